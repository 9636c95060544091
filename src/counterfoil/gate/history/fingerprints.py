"""What the guards know of each request: keyed hashes of who, where and what is asked. Pure; made
once a file.

    person         given and family name as folded words, and date of birth: spelling of a name
                   aside, dates tell namesakes apart
    door           the address as register and gate know it (`forms.exact_address_key`), so that two
                   spellings are one address
    content        the whole request as it was sent, but for its id and row
    reason         the reason by case and white space; similar: by folded words, so that a changed
                   number does not matter
    investigation  the investigation's number; owner: the person under it, in this file only: as
                   above, or with the suffix where one is stated

0 stands for what is not there: a name that names nobody, an address that opens no door, no
  investigation, a row that is no
request. `Fingerprints` holds a file's hashes in columns, 56 bytes a row while the file is counted
and 48 while it is decided.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import Final

import msgspec

from counterfoil.core.values import Address, AddressForm, Person, Reject, Request, Sensitive
from counterfoil.gate.history.keyed_hash import ABSENT, column_of, prepare, utf8
from counterfoil.gate.law.folding import fold_entry, fold_words
from counterfoil.normalize import exact_address_key, normalize_address

_encode: Final = msgspec.msgpack.Encoder().encode
_COLUMNS: Final = 7
_NO_FORM: Final = normalize_address(Address())


def address_forms(rows: Iterable[Request | Reject]) -> list[AddressForm]:
    """The address form of each row, which marks, checks and register all go on with; of no kind
    where it is no request."""
    return [
        normalize_address(row.address) if isinstance(row, Request) else _NO_FORM for row in rows
    ]


class Question(Sensitive, frozen=True, gc=False):
    """One request's marks, and its address form, which the gate goes on with."""

    address: AddressForm
    person: int
    door: int
    content: int
    reason: int = 0
    similar: int = 0
    investigation: int = 0


class Fingerprints(Sensitive, frozen=True, gc=False):
    """The marks of the rows of a file, or of a stretch of it, by column. `owners` may be left
    out."""

    persons: array[int]
    doors: array[int]
    contents: array[int]
    reasons: array[int]
    similar: array[int]
    investigations: array[int]
    owners: array[int] = msgspec.field(default_factory=lambda: array("q"))

    def __len__(self) -> int:
        return len(self.persons)

    def kept(self) -> Fingerprints:
        """The same marks without owners, which only counting needs."""
        return Fingerprints(*self._kept())

    def part(self, start: int, stop: int) -> Fingerprints:
        """The marks of rows start .. stop-1, counted from 0, without owners."""
        return Fingerprints(*[column[start:stop] for column in self._kept()])

    def questions(self, addresses: Iterable[AddressForm]) -> list[Question]:
        """The questions of these rows, whose address forms are given in order."""
        return list(map(Question, addresses, *self._kept()))

    def extend(self, more: Fingerprints) -> None:
        """Add the marks of the rows that follow: for whoever reads a file in stretches."""
        for column, added in zip(
            (*self._kept(), self.owners), (*more._kept(), more.owners), strict=True
        ):
            column.extend(added)

    def _kept(self) -> tuple[array[int], ...]:
        return (
            self.persons,
            self.doors,
            self.contents,
            self.reasons,
            self.similar,
            self.investigations,
        )


def new_marks() -> Fingerprints:
    """The marks of no rows, to be extended."""
    return Fingerprints(*[array("q") for _ in range(_COLUMNS)])


class Fingerprinter:
    """Makes marks under one history key. Never raises on any request."""

    def __init__(self, key: bytes) -> None:
        self._person, self._door, self._content, self._reason, self._investigation, self._owner = [
            prepare(key, context)
            for context in (
                b"asked person",
                b"asked door",
                b"asked content",
                b"reason",
                b"investigation",
                b"person",
            )
        ]

    def mark(
        self, rows: Iterable[Request | Reject], addresses: Iterable[AddressForm]
    ) -> Fingerprints:
        """The marks of these rows, whose address forms are given, in order."""
        pairs = list(zip(rows, addresses, strict=True))
        asked = [(row, address) for row, address in pairs if isinstance(row, Request)]
        columns = self._columns(
            [request for request, _ in asked], [address for _, address in asked]
        )
        if len(asked) < len(pairs):
            are = [isinstance(row, Request) for row, _ in pairs]
            columns = [
                [next(column) if is_request else ABSENT for is_request in are]
                for column in map(iter, columns)
            ]
        return Fingerprints(*map(column_of, columns))

    def question(self, request: Request) -> Question:
        """The question of one request."""
        addresses = [normalize_address(request.address)]
        return self.mark([request], addresses).questions(addresses)[0]

    def _columns(self, requests: list[Request], addresses: list[AddressForm]) -> list[list[bytes]]:
        """Eight bytes of each request for each column of `Fingerprints`. Column by column: the
        processor stays with one step at a time."""
        people, reasons = (
            [request.person for request in requests],
            [request.reason for request in requests],
        )
        numbers = [request.investigation_number for request in requests]
        persons = [self._person(text) if text else ABSENT for text in map(_person, people)]
        owned = zip(people, persons, numbers, strict=True)
        return [
            persons,
            [self._door(text) if text else ABSENT for text in map(exact_address_key, addresses)],
            list(map(self._content, map(content_bytes, requests))),
            list(map(self._reason, map(fold_entry, reasons))),
            list(map(self._reason, map(fold_words, reasons))),
            [self._investigation(fold_entry(number)) if number else ABSENT for number in numbers],
            [
                self._owner_of(person, known) if number else ABSENT
                for person, known, number in owned
            ],
        ]

    def _owner_of(self, person: Person, known: bytes) -> bytes:
        return known if known is not ABSENT and not person.suffix else self._owner(_owner(person))


def _person(person: Person) -> str:
    given, family = fold_words(person.given_name), fold_words(person.family_name)
    return f"{given}|{family}|{person.date_of_birth or ''}" if given and family else ""


def _owner(person: Person) -> str:
    born = person.date_of_birth.isoformat() if person.date_of_birth else ""
    return f"{fold_entry(person.given_name)}|{fold_entry(person.family_name)}|{fold_entry(person.suffix)}|{born}"


def content_bytes(request: Request) -> bytes:
    """A request without id and row. A lone surrogate, which no encoding takes, is kept as it is."""
    content = (
        request.person,
        request.address,
        request.taxable_periods,
        request.statutory_authority,
        request.reason,
        request.investigation_number,
        request.investigation_opened_on,
        request.removal_order,
        request.stay_or_deferral,
        request.engaged_officers,
        request.use_certified,
    )
    try:
        return _encode(content)
    except UnicodeEncodeError:
        return utf8(repr(msgspec.to_builtins(content)))
