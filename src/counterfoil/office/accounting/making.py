"""The thinking of the permanent accounting, apart from the ledger and the commits: the lines of one
chunk of a batch, from its rows, its determinations and its entries. keep_accounting.py says what is
established here.

It is the same wherever it is done: in this process, or in workers that each do some of the chunks
(core/worker_pool.py). The batch's key stays with the caller: a worker is given the salts of its
rows, and the accounting key, by which persons are found again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from counterfoil.core.values import (
    Address,
    AddressForm,
    EngagedOfficer,
    Grant,
    NotCompared,
    Person,
    Refusal,
    Request,
    Sensitive,
)
from counterfoil.gate.history.traces import Traces, statute_of, traces_text, traces_texts
from counterfoil.gate.law.load import Law
from counterfoil.ledger import EntryKind
from counterfoil.office.accounting_records import (
    CHUNK_RECORDS,
    NOT_ANSWERED,
    REFUSED,
    REJECTED,
    AccountRecord,
    lines_of,
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


_KINDS: Final = {
    Granted: EntryKind.GRANTED,
    Refused: EntryKind.REFUSED,
    Rejected: EntryKind.REJECTED,
}
"""What is entered of a row, by what the gate left of it."""


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
        records, found, at = self._records(chunk), list[Piece](), 0
        while at < len(records):
            size = CHUNK_RECORDS - (chunk.place + at) % CHUNK_RECORDS
            some = records[at : at + size]
            lines = lines_of(some)
            whole = self._packs and len(some) == CHUNK_RECORDS
            found.append(Piece(lines, len(some), pack_records(lines) if whole else b""))
            at += size
        return found

    def _records(self, chunk: Chunk) -> list[AccountRecord]:
        rows = decode_gated(chunk.plain)
        decided = decode_determinations(chunk.determined) if chunk.determined else ()
        determined = {each.row: each for each in decided}
        committed = canonical.commit_each(chunk.salts, raw_rows(chunk.plain))
        keys = self._person_keys(rows)
        entries, answers = iter(chunk.entries), iter(chunk.answers)
        records: list[AccountRecord] = []
        for row, commitment, person_keys in zip(rows, committed, keys, strict=True):
            entry = next(entries, _MISSING)
            if entry[1] is not _KINDS[type(row)] or entry[2] != commitment:  # 1
                raise accounting_disagrees(self._batch)
            if isinstance(row, Rejected):
                records.append(_of_reject(row, entry))
                continue
            request, answer = request_of(row), _MISSING
            found = determined.get(request.row)
            if found is not None and not isinstance(found, Refusal):
                answer = next(answers, _MISSING)
                if answer[1] is not _answer_kind(found):  # 3
                    raise accounting_disagrees(self._batch)
            known = self._statute(request.statutory_authority), person_keys
            outcome = *self._answered(row, found), request.row in self._grants
            records.append(_record_of(request, outcome, known, (entry, answer)))
        if next(answers, None) is not None:
            raise accounting_disagrees(self._batch)
        return records

    def _person_keys(self, rows: Sequence[Gated]) -> list[str]:
        """By what the person of each row is found again."""
        asked: list[tuple[Person, Address | AddressForm] | None] = []
        for row in rows:
            if isinstance(row, Rejected):
                asked.append(None)
                continue
            request = request_of(row)
            admitted = self._grants.get(request.row) or (
                row.grant if isinstance(row, Granted) else None
            )
            asked.append((request.person, admitted.address if admitted else request.address))
        keys = iter(traces_texts(self._key, [each for each in asked if each]))
        return [next(keys) if each else _NOBODY for each in asked]

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


def _of_reject(row: Rejected, entry: Entry) -> AccountRecord:
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
        commitment=entry[2],
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
    answered: tuple[str, tuple[str, ...], bool],
    known: tuple[str, str],
    entries: tuple[Entry, Entry],
) -> AccountRecord:
    """The record of a request. The fields stand in their order: named, they cost three times as
    much as the rest of this function."""
    person, (outcome, codes, two_roles), (statute, person_keys) = request.person, answered, known
    (entry, _, commitment), (answer_entry, _, answer_commitment) = entries
    return AccountRecord(
        request.row,
        request.request_id,
        person.given_name,
        person.middle_name,
        person.family_name,
        person.suffix,
        request.reason,
        statute,
        request.statutory_authority,
        request.taxable_periods,
        _officers(request.engaged_officers),
        outcome,
        codes,
        two_roles,
        entry,
        commitment,
        answer_entry,
        answer_commitment,
        person_keys,
    )
