"""What an accounting needs of each request (26 USC 6103(p)(3)(A), 5 USC 552a(c)): from a batch's
rows, or from what outlives them.

While a batch has its rows, its accounting is made from them. When they are disposed of
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

from collections.abc import Iterator
from itertools import islice
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from counterfoil.accountability.accounting.store import put_accounting, read_accounting
from counterfoil.accountability.accounting.traces import Traces, statute_of, traces_of
from counterfoil.batches.batch import Batch, ChunkKind
from counterfoil.batches.rows import Determination, Refused, Rejected
from counterfoil.batches.session import BatchSession, request_of
from counterfoil.batches.states import BatchState
from counterfoil.core import canonical
from counterfoil.core.errors import StoreFault
from counterfoil.core.instants import instant_text
from counterfoil.core.values import Public, Sensitive
from counterfoil.database import Connection
from counterfoil.office import Office
from counterfoil.office.journal import accounting_key
from counterfoil.office.records import decided_word

FORMAT: Final = "counterfoil-accounting-1"
NOT_ANSWERED: Final = "not_answered"
REFUSED: Final = "refused"
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


def occasion_of(office: Office, batch: Batch) -> Occasion:
    """What the lines of a batch share."""
    route = batch.header.route
    of_route = (each.route for each in office.law.every_route if each.route.id == route)
    return Occasion(
        batch=batch.id,
        requester=batch.header.requester,
        principal=batch.header.principal,
        agreement=batch.agreement,
        received_on=instant_text(batch.received_at)[:10],
        released_on=instant_text(batch.released_at)[:10] if batch.released_at else "",
        purposes=office.law.agreement.purposes,
        officers=tuple(name for name in (batch.first_officer, batch.second_officer) if name),
        route=route,
        accounted=all(each.accounted for each in of_route),
    )


def lines_of(
    office: Office, connection: Connection, batch: Batch
) -> tuple[Occasion, Iterator[Line]]:
    """The occasion and every line of a batch, whether it has its rows or they were disposed of.
    Raises StoreFault, KeyFault."""
    if batch.wrapped_key is not None:
        session = office.batch_session(connection, batch)
        return occasion_of(office, batch), _lines_of_rows(office, session)
    key = accounting_key(office)
    kept = [_open(key, batch.id, *chunk) for chunk in read_accounting(connection, batch.id)]
    occasion = kept[0][0] if kept else occasion_of(office, batch)
    return occasion, (line for _, lines in kept for line in lines)


def keep_lines(office: Office, connection: Connection, batch: Batch) -> int:
    """Seal the accounting of a batch whose rows will be disposed of in this commit; return how many
    lines it has."""
    key = accounting_key(office)
    occasion, lines = lines_of(office, connection, batch)
    kept = seq = 0
    while chunk := list(islice(lines, _CHUNK_LINES)):
        nonce = office.random(_NONCE_BYTES)
        plain = msgspec.msgpack.encode((occasion, chunk))
        sealed = nonce + AESGCM(key).encrypt(nonce, plain, _bound(batch.id, seq))
        put_accounting(connection, batch.id, seq, len(chunk), sealed)
        kept, seq = kept + len(chunk), seq + 1
    return kept


def _lines_of_rows(office: Office, session: BatchSession) -> Iterator[Line]:
    key, agreement = accounting_key(office), office.law.agreement
    for seq in range(session.count(ChunkKind.REQUEST)[0]):
        decided = {each.row: each for each in session.determinations(seq)}
        for row in session.rows(seq):
            if isinstance(row, Rejected):
                continue
            request = request_of(row)
            outcome = (
                REFUSED
                if isinstance(row, Refused)
                else _outcome(session.batch, decided.get(request.row))
            )
            yield Line(
                traces_of(key, request.person, request.address),
                request.row,
                request.request_id,
                statute_of(request.statutory_authority, agreement),
                outcome,
            )


def _outcome(batch: Batch, decided: Determination | None) -> str:
    """What became of an admitted request on our side."""
    if batch.state is not BatchState.RELEASED or decided is None:
        return NOT_ANSWERED
    return decided_word(decided)


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
