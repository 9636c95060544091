"""What an accounting needs of each request (26 USC 6103(p)(3)(A), 5 USC 552a(c)): from a batch's
rows, or from what outlives them.

While a batch's rows stand, its accounting is reckoned from them. When they are disposed of
(accountability/retention/service.py), it is sealed first, in the same commit, in chunks of the
table `accounting`:

    sealed    nonce(12) || AES-256-GCM(accounting key, MessagePack of [Occasion, [Line ...]])    AAD
              {"batch","format","seq"}
    key       HMAC-SHA-256(second half of the payload key's secret, "counterfoil/accounting/v1"): no
              batch key opens it, and deleting one does not close it

A line names nobody: keyed hashes (accountability/accounting/traces.py) under the accounting key,
request id, statute, outcome. It is kept for good, so for at least the five years of 552a(c)(2) and
for the life of the record, whatever the agreement says of rows. Another format is refused.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from itertools import islice
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from counterfoil.accountability.accounting.traces import Traces, statute_of, traces_of
from counterfoil.accountability.retention.store import put_accounting, read_accounting
from counterfoil.batches import store as batches
from counterfoil.batches.batch import DETERMINATION, REQUEST, Batch, instant_text
from counterfoil.batches.chunks import read_chunk, read_overrides
from counterfoil.batches.encryption import unwrap_key
from counterfoil.batches.rows import (
    Determination,
    Granted,
    Refused,
    decode_determinations,
    decode_gated,
)
from counterfoil.batches.states import BatchState
from counterfoil.core import canonical
from counterfoil.core.errors import StoreFault
from counterfoil.core.values import Match, NotCompared, Public, Request, Sensitive
from counterfoil.database import Connection
from counterfoil.ledger import EntryKind
from counterfoil.office import Office
from counterfoil.office.journal import with_overrides

FORMAT: Final = "counterfoil-accounting-1"
NOT_ANSWERED: Final = "not_answered"
_KEY_CONTEXT: Final = b"counterfoil/accounting/v1"
_SALT_CONTEXT: Final = b"counterfoil/account-salt/v1\x00"
_CHUNK_LINES: Final = 4096
_NONCE_BYTES: Final = 12


class Occasion(Public, frozen=True, gc=False, array_like=True):
    """What a batch's lines share. Days are UTC; `released_on` is "" where nothing was answered.
    `accounted`: whether its route's disclosures belong to the accounting of 26 USC 6103(p)(3)(A):
    those by consent do not."""

    batch: str
    requester: str
    principal: str
    agreement: str
    received_on: str
    released_on: str
    purposes: tuple[str, ...]
    officers: tuple[str, ...]
    route: str = ""
    accounted: bool = True


class Line(Sensitive, frozen=True, gc=False, array_like=True):
    """One request: who it is about, as traces; the requester's own id; statute; what became of it
    on our side."""

    traces: Traces
    row: int
    request_id: str
    statute: str
    outcome: str


def accounting_key(office: Office) -> bytes:
    """The key of traces and sealed accounting. Raises KeyFault."""
    return hmac.digest(office.payload_keys()[1], _KEY_CONTEXT, "sha256")


def look_commitment(
    office: Office, connection: Connection, key: bytes, said: dict[str, str]
) -> str:
    """What the entry of a look at no single request commits to: `said`, salted by the entry's count
    under the accounting key."""
    count = office.ledger.counts(connection)[EntryKind.INSPECTION] + 1
    return canonical.commit(
        hmac.digest(key, _SALT_CONTEXT + b"%d" % count, "sha256"), canonical.encode(said)
    )


def occasion_of(office: Office, batch: Batch) -> Occasion:
    """What the lines of a batch share."""
    released = instant_text(batch.released_at)[:10] if batch.released_at else ""
    officers = tuple(name for name in (batch.first_officer, batch.second_officer) if name)
    route = batch.header.route
    accounted = all(
        each.route.accounted for each in office.law.every_route if each.route.id == route
    )
    return Occasion(
        batch.id,
        batch.header.requester,
        batch.header.principal,
        batch.agreement,
        instant_text(batch.received_at)[:10],
        released,
        office.law.agreement.purposes,
        officers,
        route,
        accounted,
    )


def lines_of(
    office: Office, connection: Connection, batch: Batch, key: bytes
) -> tuple[Occasion, Iterator[Line]]:
    """The occasion and every line of a batch, its rows standing or disposed of. Raises StoreFault,
    KeyFault.

    `key` is the accounting key.
    """
    if batch.wrapped_key is not None:
        return occasion_of(office, batch), _lines_of_rows(office, connection, batch, key)
    held = [
        _open(key, batch.id, seq, sealed) for seq, sealed in read_accounting(connection, batch.id)
    ]
    occasion = held[0][0] if held else occasion_of(office, batch)
    return occasion, (line for _, lines in held for line in lines)


def keep_lines(office: Office, connection: Connection, batch: Batch, key: bytes) -> int:
    """Seal the accounting of a batch whose rows will be disposed of in this commit; return how many
    lines it has."""
    occasion, lines = lines_of(office, connection, batch, key)
    kept = seq = 0
    while chunk := list(islice(lines, _CHUNK_LINES)):
        nonce = office.random(_NONCE_BYTES)
        plain = msgspec.msgpack.encode((occasion, chunk))
        sealed = nonce + AESGCM(key).encrypt(nonce, plain, _bound(batch.id, seq))
        put_accounting(connection, batch.id, seq, len(chunk), sealed)
        kept, seq = kept + len(chunk), seq + 1
    return kept


def _lines_of_rows(
    office: Office, connection: Connection, batch: Batch, key: bytes
) -> Iterator[Line]:
    batch_key = unwrap_key(batch.id, batch.wrapped_key, office.payload_keys()[0])
    determined = batches.count_chunks(connection, batch, DETERMINATION)[0]
    overrides = read_overrides(connection, batch, batch_key)
    for seq in range(batches.count_chunks(connection, batch, REQUEST)[0]):
        rows = with_overrides(
            decode_gated(read_chunk(connection, batch, batch_key, REQUEST, seq)), overrides
        )
        decided: dict[int, Determination] = {}
        if seq < determined:
            plain = read_chunk(connection, batch, batch_key, DETERMINATION, seq)
            decided = {each.row: each for each in decode_determinations(plain)}
        for row in rows:
            if isinstance(row, Granted):
                outcome = _outcome(batch, decided.get(row.grant.request.row))
                yield _line(office, key, row.grant.request, outcome)
            elif isinstance(row, Refused):
                yield _line(office, key, row.request, "refused")


def _line(office: Office, key: bytes, request: Request, outcome: str) -> Line:
    traces = traces_of(key, request.person, request.address)
    statute = statute_of(request.statutory_authority, office.law.agreement)
    return Line(traces, request.row, request.request_id, statute, outcome)


def _outcome(batch: Batch, decided: Determination | None) -> str:
    """What became of an admitted request on our side."""
    if batch.state is not BatchState.RELEASED or decided is None:
        return NOT_ANSWERED
    if isinstance(decided, Match):
        return "confirmed" if decided.confirmed else "not_confirmed"
    return "not_compared" if isinstance(decided, NotCompared) else "refused"


def _open(key: bytes, batch: str, seq: int, sealed: bytes) -> tuple[Occasion, list[Line]]:
    try:
        plain = AESGCM(key).decrypt(
            sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _bound(batch, seq)
        )
        return msgspec.msgpack.decode(plain, type=tuple[Occasion, list[Line]])
    except (InvalidTag, ValueError, msgspec.MsgspecError):
        raise StoreFault(
            "accounting_sealed",
            "a batch's accounting does not open with this office's key",
            place=batch,
            cure="Check that the payload key is this office's; if it is, the database was "
            "altered: restore its backup.",
        ) from None


def _bound(batch: str, seq: int) -> bytes:
    return canonical.encode({"batch": batch, "format": FORMAT, "seq": seq})
