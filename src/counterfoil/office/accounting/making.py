"""The thinking of the permanent accounting, apart from the ledger and the commits: the lines of one
chunk of a batch, from its rows, its determinations and its entries. keep_accounting.py says what is
established here.

It is the same wherever it is done: in this process, or in workers that each do some of the chunks
(core/worker_pool.py). The batch's key stays with the caller: a worker is given the salts of its
rows, and the accounting key, by which persons are found again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

import msgspec

from counterfoil.batches.rows import (
    Determination,
    Gated,
    Granted,
    Refused,
    Rejected,
    decode_determinations,
    decode_gated,
    raw_rows,
)
from counterfoil.batches.session import request_of
from counterfoil.core import canonical
from counterfoil.core.errors import VerifyFault
from counterfoil.core.values import EngagedOfficer, Grant, NotCompared, Refusal, Request, Sensitive
from counterfoil.gate.history.traces import Traces, statute_of, traces_text, traces_text_of
from counterfoil.gate.law.load import Law
from counterfoil.ledger import EntryKind
from counterfoil.office.accounting_records import (
    CHUNK_RECORDS,
    NOT_ANSWERED,
    REFUSED,
    REJECTED,
    AccountRecord,
    line_of,
    pack_records,
)
from counterfoil.office.records import decided_word

Entry = tuple[int, EntryKind, str]
"""Place in the ledger, kind, commitment."""
_MISSING: Final[Entry] = (-1, EntryKind.OFFICE, "")
_NOBODY: Final = traces_text(Traces())


class Chunk(Sensitive, frozen=True, gc=False):
    """A chunk of a batch. place: of its first row, from 0. plain: its rows. determined: what was
    determined of them, b"" where nothing left. salts: of its rows' entries. entries, answers: of
    its rows, and of the answers to them."""

    place: int
    plain: bytes
    determined: bytes
    salts: Sequence[bytes]
    entries: Sequence[Entry]
    answers: Sequence[Entry]


class Piece(Sensitive, frozen=True, gc=False):
    """Lines of records, each with its end, and how many. packed: compressed, where these are all
    that are sealed together; else b""."""

    lines: bytes
    count: int
    packed: bytes


def accounting_disagrees(batch: str) -> VerifyFault:
    """The accounting of a batch is not what the ledger says of it."""
    return VerifyFault(
        "accounting_disagrees",
        "the accounting of this batch, or what it is made from, is not what the ledger says",
        place=batch,
        cure="Keep this database, restore the backup that checks, and find out who altered it.",
    )


def _kind_of(row: Gated) -> EntryKind:
    if isinstance(row, Rejected):
        return EntryKind.REJECTED
    return EntryKind.GRANTED if isinstance(row, Granted) else EntryKind.REFUSED


def _answer_kind(found: Determination) -> EntryKind:
    return EntryKind.NOT_COMPARED if isinstance(found, NotCompared) else EntryKind.DISCLOSURE


class RecordMaker:
    """Makes the records of one batch: one worker's half of it."""

    def __init__(
        self,
        batch: str,
        key: bytes,
        law: Law | None,
        codes: Mapping[str, str],
        grants: Mapping[int, Grant],
        *,
        packs: bool = False,
    ) -> None:
        """key: of the accounting. law, codes: of the batch's route, None where this office no
        longer has that law. grants: what two roles admitted, by row. packs: lines are to be
        sealed."""
        self._batch, self._key, self._law, self._codes = batch, key, law, codes
        self._grants, self._packs = grants, packs
        self._statutes: dict[str, str] = {}

    def pieces(self, chunk: Chunk) -> list[Piece]:
        """The lines of a chunk, cut where what is sealed together ends. Raises VerifyFault
        `accounting_disagrees`."""
        lines, found, at = [line_of(record) for record in self._records(chunk)], list[Piece](), 0
        while at < len(lines):
            size = CHUNK_RECORDS - (chunk.place + at) % CHUNK_RECORDS
            some = lines[at : at + size]
            joined = b"\n".join([*some, b""])
            whole = self._packs and len(some) == CHUNK_RECORDS
            found.append(Piece(joined, len(some), pack_records(joined) if whole else b""))
            at += size
        return found

    def _records(self, chunk: Chunk) -> Iterator[AccountRecord]:
        rows, encoded = decode_gated(chunk.plain), raw_rows(chunk.plain)
        decided = decode_determinations(chunk.determined) if chunk.determined else ()
        determined = {each.row: each for each in decided}
        entries, answers = iter(chunk.entries), iter(chunk.answers)
        for row, data, salt in zip(rows, encoded, chunk.salts, strict=True):
            index, kind, commitment = next(entries, _MISSING)
            if (kind, commitment) != (_kind_of(row), canonical.commit(salt, data)):  # 1
                raise accounting_disagrees(self._batch)
            found = None if isinstance(row, Rejected) else determined.get(request_of(row).row)
            answer = _MISSING
            if found is not None and not isinstance(found, Refusal):
                answer = next(answers, _MISSING)
                if answer[1] is not _answer_kind(found):  # 3
                    raise accounting_disagrees(self._batch)
            yield self._record(row, found, (index, commitment), answer)
        if next(answers, None) is not None:
            raise accounting_disagrees(self._batch)

    def _record(
        self,
        row: Gated,
        found: Determination | None,
        entry: tuple[int, str],
        answer: tuple[int, EntryKind, str],
    ) -> AccountRecord:
        """The record of one row."""
        if isinstance(row, Rejected):
            return _of_reject(row, entry)
        request = request_of(row)
        override = self._grants.get(request.row)
        admitted = override or (row.grant if isinstance(row, Granted) else None)
        address = admitted.address if admitted else request.address
        keys = traces_text_of(self._key, request.person, address)
        known = self._statute(request.statutory_authority), keys, override is not None
        return _record_of(request, self._answered(row, found), known, (entry, answer))

    def _statute(self, written: str) -> str:
        law = self._law
        if law is None:
            return written
        if written not in self._statutes:
            if len(self._statutes) >= _STATUTES_KEPT:
                self._statutes.clear()
            self._statutes[written] = statute_of(written, law.agreement)
        return self._statutes[written]

    def _answered(
        self, row: Granted | Refused, found: Determination | None
    ) -> tuple[str, tuple[str, ...]]:
        """The outcome and its codes. What was refused is refused, whether or not the answer file
        left that says so."""
        refusal = found if isinstance(found, Refusal) else None
        if found is None and isinstance(row, Refused):
            refusal = row.refusal
        if refusal is not None:
            codes = [self._codes.get(each.element, each.element) for each in refusal.failed]
            return REFUSED, tuple(dict.fromkeys(codes))
        if isinstance(found, NotCompared):
            return decided_word(found), (found.code,)
        return decided_word(found) or NOT_ANSWERED, ()


_STATUTES_KEPT: Final = 1024


def _of_reject(row: Rejected, entry: tuple[int, str]) -> AccountRecord:
    """The record of a row that could not be read: there is nothing of it but where it failed."""
    reject = row.reject
    return AccountRecord(
        row=reject.row,
        request_id="",
        given_name="",
        middle_name="",
        family_name="",
        suffix="",
        reason="",
        statute="",
        statute_as_written="",
        taxable_periods=(),
        engaged_officers=(),
        outcome=REJECTED,
        codes=(f"{reject.field}: {reject.code}",),
        two_roles=False,
        entry=entry[0],
        commitment=entry[1],
        answer_entry=_MISSING[0],
        answer_commitment=_MISSING[2],
        person_keys=_NOBODY,
    )


@lru_cache(maxsize=1024)
def _officers(engaged: tuple[EngagedOfficer, ...]) -> tuple[dict[str, str], ...]:
    """The officers of a request as a record has them. Teams repeat."""
    return tuple(map(msgspec.structs.asdict, engaged))


def _record_of(
    request: Request,
    answered: tuple[str, tuple[str, ...]],
    known: tuple[str, str, bool],
    entries: tuple[tuple[int, str], tuple[int, EntryKind, str]],
) -> AccountRecord:
    person, (entry, answer) = request.person, entries
    return AccountRecord(
        row=request.row,
        request_id=request.request_id,
        given_name=person.given_name,
        middle_name=person.middle_name,
        family_name=person.family_name,
        suffix=person.suffix,
        reason=request.reason,
        statute=known[0],
        statute_as_written=request.statutory_authority,
        taxable_periods=request.taxable_periods,
        engaged_officers=_officers(request.engaged_officers),
        outcome=answered[0],
        codes=answered[1],
        two_roles=known[2],
        entry=entry[0],
        commitment=entry[1],
        answer_entry=answer[0],
        answer_commitment=answer[2],
        person_keys=known[1],
    )
