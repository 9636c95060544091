"""Override: two roles admit one request that the gate left waiting for an officer. What is asked,
in this order:

    1  the batch is gated, and the chunk of the request has not been opened: nothing of it is
       decided yet
    2  the gate, asked again with the counts that it was refused with, finds that nothing failed and
       exactly the named elements wait
    3  an officer of the role disclosure and one of the role counsel sign the same words
       (controls/overrides/store.py)
    4  entry `override` and the sealed chunk are one commit

The refusal stands where it is, in the rows and in the ledger; `determine` puts the grant in its
place. Nobody can set aside a finding that is not met or not shown: only the gate makes a grant, and
it does not make this one.
"""

from __future__ import annotations

from counterfoil.batches import store as batches
from counterfoil.batches.batch import REQUEST, Batch
from counterfoil.batches.chunks import keep_chunk
from counterfoil.batches.officers import Role
from counterfoil.batches.states import BatchState
from counterfoil.controls.overrides.store import (
    OVERRIDE,
    Override,
    encode_override,
    read_reason,
    sign_override,
    word_bytes,
)
from counterfoil.controls.suspension.stopped import acting, require_same_rules
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault
from counterfoil.core.values import Officer, Public
from counterfoil.database import Connection
from counterfoil.gate.replay import set_aside
from counterfoil.ledger import Draft, EntryKind
from counterfoil.office import Office
from counterfoil.office.records import Recorded, read_recorded
from counterfoil.tlog import Signer


class OverrideResult(Public, frozen=True):
    """What was set aside, and the entry that says so."""

    batch: str
    request_id: str
    elements: tuple[str, ...]
    index: int


def override_request(
    office: Office,
    batch_id: str,
    request_id: str,
    elements: tuple[str, ...],
    reason: str,
    disclosure: tuple[str, Signer],
    counsel: tuple[str, Signer],
) -> OverrideResult:
    """Admit one request. Raises UsageFault (the reason), StateFault (batch, request, officers),
    GateFault as `Gate.set_aside`."""
    words, named = read_reason(reason), tuple(sorted(set(elements)))
    wrapping, history_key = office.payload_keys()
    with office.store.reading() as connection:
        reached = batches.find_batch(connection, batch_id)
    with acting(office, reached) as connection:
        batch = batches.find_batch(connection, batch_id)
        batch.require(BatchState.GATED)
        require_same_rules(office, batch)
        first, second = _officers(connection, disclosure, counsel)
        row = read_recorded(connection, batch, wrapping, history_key, request_id)
        _require_waiting(connection, batch, row)
        grant = set_aside(office.law, row.request, row.circumstances, batch.gate_date, named)
        word = word_bytes(office.settings.name, batch.id, row.commitment, named, words)
        signed = [sign_override(word, signer.private) for _, signer in (disclosure, counsel)]
        override = Override(
            office.settings.name,
            batch.id,
            row.commitment,
            named,
            words,
            first,
            signed[0],
            second,
            signed[1],
            grant,
        )
        index = _enter(office, connection, batch, row, override)
    return OverrideResult(batch.id, request_id, named, index)


def _officers(
    connection: Connection, disclosure: tuple[str, Signer], counsel: tuple[str, Signer]
) -> tuple[Officer, Officer]:
    """An officer has one role, so that these are two officers and two keys."""
    first, second = (
        batches.officer_with_key(connection, name, str(signer.verifier), role)
        for (name, signer), role in ((disclosure, Role.DISCLOSURE), (counsel, Role.COUNSEL))
    )
    return first, second


def _require_waiting(connection: Connection, batch: Batch, row: Recorded) -> None:
    if row.override is not None:
        raise StateFault(
            "override_stands",
            "this request was admitted by an override before",
            place=batch.id,
            cure="`counterfoil determine` decides it with its batch.",
        )
    if batches.get_chunk(connection, batch, REQUEST, row.seq).opened:
        raise StateFault(
            "override_late",
            "the part of the batch that holds this request is being determined",
            place=batch.id,
            cure="Nothing was changed. The requester can ask again; the override is then made "
            "before `determine`.",
        )


def _enter(
    office: Office, connection: Connection, batch: Batch, row: Recorded, override: Override
) -> int:
    plain = encode_override(override)
    fields = {
        "batch": batch.id,
        "commitment": canonical.commit(row.key.salt(OVERRIDE, row.request.row), plain),
        "officer": canonical.digest(override.first.vkey.encode()),
        "second": canonical.digest(override.second.vkey.encode()),
    }
    seq, _ = batches.count_chunks(connection, batch, OVERRIDE)
    keep_chunk(connection, batch, row.key, OVERRIDE, seq, plain, 0, office.random)
    batches.add_counts(connection, batch, {"overridden": 1})
    return office.ledger.append(
        connection, [Draft(EntryKind.OVERRIDE, {**fields})], office.clock()
    )[0]
