"""Fingerprints of requests: keyed hashes of who, where and what is asked. Pure; made once a file.

    person         given and family name as folded words, and date of birth: spelling of a name
                   aside, dates tell namesakes apart
    address        the address as register and gate know it (`normalize.exact_address_key`), so that
                   two spellings are one address
    content        the whole request as it was sent, but for its id and row
    reason         the reason by case and white space
    similar        the reason by folded words, so that a changed number does not matter
    investigation  the investigation's number
    owner          the person under an investigation, in one file only: as above, or with the suffix
                   where one is stated

The hashes are those of keyed_hash.py. 0 is the hash of what is absent: a name that names nobody, an
address without a key, no investigation, a row that is no request. `Fingerprints` has a file's
hashes in columns, 56 bytes a row while the file is counted and 48 while it is decided.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from counterfoil.core.values import Address, AddressForm, Person, Reject, Request, Sensitive
from counterfoil.gate.history.keyed_hash import ABSENT, column_of, prepare, utf8
from counterfoil.gate.law.folding import fold_entry, fold_words
from counterfoil.normalize import exact_address_key, normalize_address

_encode: Final = msgspec.msgpack.Encoder().encode
_CONTEXTS: Final = (
    b"asked person",
    b"asked door",
    b"asked content",
    b"reason",
    b"investigation",
    b"person",
)
"""What each kind of hash is personalized by. Stored hashes depend on these: never change them."""
_NO_FORM: Final = normalize_address(Address())


def address_forms(rows: Iterable[Request | Reject]) -> list[AddressForm]:
    """The address form of each row, which fingerprints, checks and register all use; the form of an
    empty address where the row is no request."""
    return [
        normalize_address(row.address) if isinstance(row, Request) else _NO_FORM for row in rows
    ]


class Question(Sensitive, frozen=True, gc=False):
    """One request's fingerprint, and its address form, which the gate decides on."""

    form: AddressForm
    person: int
    address: int
    content: int
    reason: int = 0
    similar: int = 0
    investigation: int = 0


class Fingerprints(Sensitive, frozen=True, gc=False):
    """The fingerprints of consecutive rows of a file, by column. `owners`, which only counting
    needs, may be left out."""

    persons: array[int]
    addresses: array[int]
    contents: array[int]
    reasons: array[int]
    similar: array[int]
    investigations: array[int]
    owners: array[int] = msgspec.field(default_factory=lambda: array("q"))

    def __len__(self) -> int:
        return len(self.persons)

    def without_owners(self) -> Fingerprints:
        """The same fingerprints without owners."""
        return Fingerprints(*_columns(self)[:-1])

    def part(self, start: int, stop: int) -> Fingerprints:
        """The fingerprints of rows start .. stop-1, counted from 0, without owners."""
        return Fingerprints(*[column[start:stop] for column in _columns(self)[:-1]])

    def questions(self, forms: Iterable[AddressForm]) -> list[Question]:
        """The questions of these rows, whose address forms are given in order."""
        return list(map(Question, forms, *_columns(self)[:-1]))

    def extend(self, more: Fingerprints) -> None:
        """Add the fingerprints of the rows that follow: for a file that is read in stretches."""
        for column, added in zip(_columns(self), _columns(more), strict=True):
            column.extend(added)


def _columns(fingerprints: Fingerprints) -> tuple[Any, ...]:
    return msgspec.structs.astuple(fingerprints)


def empty_fingerprints() -> Fingerprints:
    """The fingerprints of no rows, to be extended."""
    return Fingerprints(*[array("q") for _ in Fingerprints.__struct_fields__])


class Fingerprinter:
    """Makes fingerprints under one history key. Never raises on any request."""

    def __init__(self, key: bytes) -> None:
        (
            self._person,
            self._address,
            self._content,
            self._reason,
            self._investigation,
            self._owner,
        ) = [prepare(key, context) for context in _CONTEXTS]

    def fingerprint(
        self, rows: Iterable[Request | Reject], forms: Iterable[AddressForm]
    ) -> Fingerprints:
        """The fingerprints of these rows, whose address forms are given, in order."""
        pairs = list(zip(rows, forms, strict=True))
        asked = [(row, form) for row, form in pairs if isinstance(row, Request)]
        columns = self._hashes([request for request, _ in asked], [form for _, form in asked])
        if len(asked) < len(pairs):
            are = [isinstance(row, Request) for row, _ in pairs]
            columns = [
                [next(column) if is_request else ABSENT for is_request in are]
                for column in map(iter, columns)
            ]
        return Fingerprints(*map(column_of, columns))

    def question(self, request: Request) -> Question:
        """The question of one request."""
        forms = [normalize_address(request.address)]
        return self.fingerprint([request], forms).questions(forms)[0]

    def _hashes(self, requests: list[Request], forms: list[AddressForm]) -> list[list[bytes]]:
        """Eight bytes of each request for each column of `Fingerprints`. Column by column, so that
        the processor stays with one step at a time."""
        people = [request.person for request in requests]
        reasons = [request.reason for request in requests]
        numbers = [request.investigation_number for request in requests]
        persons = [self._person(text) if text else ABSENT for text in map(_person, people)]
        return [
            persons,
            [self._address(text) if text else ABSENT for text in map(exact_address_key, forms)],
            list(map(self._content, map(content_bytes, requests))),
            list(map(self._reason, map(fold_entry, reasons))),
            list(map(self._reason, map(fold_words, reasons))),
            [self._investigation(fold_entry(number)) if number else ABSENT for number in numbers],
            [
                self._owner_of(person, hashed) if number else ABSENT
                for person, hashed, number in zip(people, persons, numbers, strict=True)
            ],
        ]

    def _owner_of(self, person: Person, hashed: bytes) -> bytes:
        if hashed is not ABSENT and not person.suffix:
            return hashed
        names = map(fold_entry, (person.given_name, person.family_name, person.suffix))
        return self._owner("|".join([*names, str(person.date_of_birth or "")]))


def _person(person: Person) -> str:
    given, family = fold_words(person.given_name), fold_words(person.family_name)
    return f"{given}|{family}|{person.date_of_birth or ''}" if given and family else ""


def content_bytes(request: Request) -> bytes:
    """A request without its id and row, encoded. A lone surrogate, which no encoding accepts, is
    kept as it is."""
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
