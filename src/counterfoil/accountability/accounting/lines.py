"""What an accounting needs of each request (26 USC 6103(p)(3)(A), 5 USC 552a(c)), wherever it is:

    of a closed batch    its permanent accounting (office/accounting_records.py)
    of an open batch, or one that an earlier version closed
                         made from its rows as they are now (office/keep_accounting.py)
    of a batch whose rows an earlier version disposed of
                         chunks of the table `accounting`, below: traces, request id, statute and
                         outcome. Names, reasons and rejected rows were not kept, and nothing binds
                         the chunks to the ledger

A chunk of the table `accounting`, which only earlier versions wrote:

    sealed    nonce(12) || AES-256-GCM(accounting key, MessagePack of [_OlderOccasion,
              [_OlderLine ...]])    AAD {"batch","format","seq"}
    key       HMAC-SHA-256(second half of the payload key's secret, "counterfoil/accounting/v1")

Another format is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from counterfoil.accountability.accounting.store import read_accounting
from counterfoil.batches.batch import Batch
from counterfoil.core import canonical
from counterfoil.core.errors import StoreFault
from counterfoil.core.values import Public, Sensitive
from counterfoil.database import Connection
from counterfoil.gate.history.traces import Traces, traces_from_text
from counterfoil.office import Office
from counterfoil.office.accounting_records import (
    REJECTED,
    AccountingSeal,
    Occasion,
    find_kept,
    read_occasion,
    read_record,
)
from counterfoil.office.journal import accounting_key
from counterfoil.office.keep_accounting import make_lines, occasion_of, read_kept

OLDER_FORMAT: Final = "counterfoil-accounting-1"
NOT_KEPT: Final = "not kept by the version that disposed of the rows"
_NONCE_BYTES: Final = 12


class Line(Sensitive, frozen=True, gc=False):
    """One request: who it is about, as traces; the requester's own id; its statute and its reason;
    what became of it on our side."""

    traces: Traces
    row: int
    request_id: str
    statute: str
    reason: str
    outcome: str


class _OlderOccasion(Public, frozen=True, gc=False, array_like=True):
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


class _OlderLine(Sensitive, frozen=True, gc=False, array_like=True):
    traces: Traces
    row: int
    request_id: str
    statute: str
    outcome: str


def lines_of(
    office: Office, connection: Connection, batch: Batch
) -> tuple[Occasion, Iterator[Line]]:
    """The occasion and every line of a batch that is about somebody. After the last line it is
    certain that they are what the ledger says; use nothing of them before, unless the fault takes
    it back.

    Raises StoreFault `accounting_missing`, `accounting_sealed`, VerifyFault `accounting_disagrees`;
    KeyFault.
    """
    found = raw_lines(office, connection, batch)
    if found is None:
        return older_lines(office, connection, batch)
    head, lines = found
    return read_occasion(head), _read(lines)


def raw_lines(
    office: Office, connection: Connection, batch: Batch
) -> tuple[bytes, Iterator[bytes]] | None:
    """The batch's line and each record's as bytes; None where an earlier version disposed of the
    rows. Raises as `lines_of`."""
    kept = find_kept(connection, batch.id)
    if kept is not None:
        return read_kept(office, connection, kept, AccountingSeal(office))
    if batch.wrapped_key is not None:
        return make_lines(office, office.batch_session(connection, batch))
    return None


def older_lines(
    office: Office, connection: Connection, batch: Batch
) -> tuple[Occasion, Iterator[Line]]:
    """What an earlier version kept of a batch when it disposed of the rows. Raises StoreFault
    `accounting_missing` where nothing is kept of rows that there were, `accounting_sealed`."""
    key = accounting_key(office)
    kept = [_open(key, batch.id, *chunk) for chunk in read_accounting(connection, batch.id)]
    if not kept and any(batch.counts.values()):
        raise StoreFault(
            "accounting_missing",
            "the accounting of this batch, whose rows were disposed of, is not in the database",
            place=batch.id,
            cure="Restore the database from its backup, and find out who deleted it.",
        )
    occasion = occasion_of(office, connection, batch)
    if kept:
        said = kept[0][0]
        occasion = msgspec.structs.replace(
            occasion,
            agreement_purposes=said.purposes,
            holder_officers=said.officers,
            accounted=said.accounted,
        )
    lines = (
        Line(each.traces, each.row, each.request_id, each.statute, NOT_KEPT, each.outcome)
        for _, chunk in kept
        for each in chunk
    )
    return occasion, lines


def _read(lines: Iterator[bytes]) -> Iterator[Line]:
    for line in lines:
        record = read_record(line)
        if record.outcome != REJECTED:
            yield Line(
                traces_from_text(record.person_keys),
                record.row,
                record.request_id,
                record.statute,
                record.reason,
                record.outcome,
            )


def _open(
    key: bytes, batch: str, seq: int, sealed: bytes
) -> tuple[_OlderOccasion, list[_OlderLine]]:
    try:
        plain = AESGCM(key).decrypt(
            sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _bound(batch, seq)
        )
        return msgspec.msgpack.decode(plain, type=tuple[_OlderOccasion, list[_OlderLine]])
    except (InvalidTag, ValueError, msgspec.MsgspecError):
        raise StoreFault(
            "accounting_sealed",
            "a batch's accounting does not open with this office's key",
            place=batch,
            cure="Check that the payload key is this office's; if it is, the database was "
            "altered: restore its backup.",
        ) from None


def _bound(batch: str, seq: int) -> bytes:
    return canonical.encode({"batch": batch, "format": OLDER_FORMAT, "seq": seq})
