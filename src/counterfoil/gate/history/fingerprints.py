"""Fingerprints of requests: keyed hashes of who, where and what is asked. Pure; made once a file.

All are made from the normal forms by which the register is asked and the matcher decides
(normalize/asked_keys.py), so that nobody is counted otherwise than they would be found. A question
is kept as it is counted, in one text of bytes:

    0 .. 7      person    the exact name and the date of birth, or that none is stated
    8 .. 15     name      the exact name
    16 .. 23    address   the exact address key
    24 .. 31    content   the whole request by its normal forms, but for id and row
    32          2, 1 more where a date of birth is stated, 4 more where the file was determined and
                the question was refused: nobody put it to the register
    33 .. 40    born      the date of birth: its key among those of people, below
    41 .. 48    number    the nine digits of the tax number
    49 .. 56    years     the set of the taxable years
    57 ..       the name, sealed (sealed_names.py): what likeness is judged by

A question of the first form of these bytes has 0 or 1 at 32 and its name from 33: see
`present_form`. Born, number and years are evidence, of which a second one is not to be tried for
one person at one home. To state none is one of them: it is to ask without it. `UNKNOWN` is a number
that has not nine digits, and periods of which one is vague: nobody answers those.

Eight zero bytes are the hash of what is absent: a name that names nobody, an address without a key.
Beside it, each question has keys, under which questions that may be about one home or one person
meet:

    homes       two questions whose address keys can lead to one bucket share at least one
    people      two questions about one person at different homes share at least one

A question without a usable name has no person, and its content in the place of a person's key. Of
the matter are counted: `reason` by its normal form, `similar` by letters that no digit stands for
(where the reason has the person's own name, without it too), `investigation` by what its number has
in common with those that are written for it (of some in two ways), `owner` the person under an
investigation. The hashes are those of keyed_hash.py. Stored hashes depend on the
contexts below: a new version of the normal forms is counted beside the earlier one, as earlier.py
does for the first, and as `written` for investigations.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final, NamedTuple

import msgspec

from counterfoil.core.values import (
    Address,
    AddressForm,
    EngagedOfficer,
    NameForm,
    Person,
    Reject,
    Request,
    Sensitive,
)
from counterfoil.gate.history.earlier import EarlierFingerprinter
from counterfoil.gate.history.keyed_hash import ABSENT, column_of, prepare, prepare_column, utf8
from counterfoil.gate.history.sealed_names import SealedNames
from counterfoil.gate.law.folding import (
    LATEST,
    fold_alike_number,
    fold_entry,
    fold_merged,
    fold_number,
    fold_parted_number,
    fold_similar,
    spans_of,
)
from counterfoil.normalize import counted_address, normalize_address, normalize_name
from counterfoil.normalize.asked_keys import (
    born_key,
    exact_name,
    given_letters,
    keys_of_home,
    person_keys,
)
from counterfoil.normalize.plain_text import plain

CONTENT_AT: Final = 24
_DATED_AT: Final = 32
EVIDENCE_AT: Final = 33
UNKNOWN: Final = b"\xff" * 8
"""Evidence of which it is not known what it is: it is no other than any."""
NAME_AT: Final = 57
_DATED, _WITH_EVIDENCE, _NOT_PUT = 1, 2, 4
_MOST_YEARS: Final = 100
_TIN_DIGITS: Final = 9
_NO_NUMBER: Final = re.compile(r"000|666|[0-8]..00|.....0000")
_encode: Final = msgspec.msgpack.Encoder().encode
_NO_FORMS: Final = (normalize_address(Address()), normalize_name(Person()))


class Forms(NamedTuple):
    """The address form and the name form of one row, which fingerprints, checks and register use;
    those of nothing where the row is no request."""

    address: AddressForm
    name: NameForm


def forms_of(rows: Iterable[Request | Reject]) -> list[Forms]:
    """The forms of each row."""
    return [
        Forms(normalize_address(row.address), normalize_name(row.person))
        if isinstance(row, Request)
        else Forms(*_NO_FORMS)
        for row in rows
    ]


class Fingerprints(Sensitive, frozen=True, gc=False):
    """The fingerprints of consecutive rows of a file, by column; b"" and 0 for what is no request.

    `asked`: the questions as they are counted. `keys`: the keys of all rows one after the other,
    `homes` and `people` of each row. `written`: investigations by the number in its normal form, as
    they were kept before there were those of `investigations`. `parted`: the same by groups of
    digits, of numbers whose zeros only the groups show. `merged`: similar reasons without the
    person's own name, of those that have it; both are 0 for others. `letters`: the letter classes
    of each given name, which are never stored. `earlier_people`, `earlier_contents`: as the first
    version hashed them, where its memory is still in the window, else empty.
    """

    asked: list[bytes]
    addresses: array[int]
    keys: array[int]
    homes: array[int]
    people: array[int]
    reasons: array[int]
    similar: array[int]
    investigations: array[int]
    written: array[int]
    parted: array[int]
    merged: array[int]
    owners: array[int]
    letters: array[int]
    earlier_people: array[int]
    earlier_contents: array[int]

    def __len__(self) -> int:
        return len(self.asked)

    def part(self, start: int, stop: int) -> Fingerprints:
        """The fingerprints of rows start .. stop-1, counted from 0."""
        first = sum(self.homes[:start]) + sum(self.people[:start])
        last = first + sum(self.homes[start:stop]) + sum(self.people[start:stop])
        parts = [
            column[first:last] if column is self.keys else column[start:stop]
            for column in _columns(self)
        ]
        return Fingerprints(*parts)

    def home_keys(self, row: int) -> array[int]:
        """The home keys of one row."""
        first = sum(self.homes[:row]) + sum(self.people[:row])
        return self.keys[first : first + self.homes[row]]

    def extend(self, more: Fingerprints) -> None:
        """Add the fingerprints of the rows that follow: for a file that is read in stretches."""
        for column, added in zip(_columns(self), _columns(more), strict=True):
            column.extend(added)


def _columns(fingerprints: Fingerprints) -> tuple[Any, ...]:
    return msgspec.structs.astuple(fingerprints)


def empty_fingerprints() -> Fingerprints:
    """The fingerprints of no rows, to be extended."""
    columns: list[Any] = [array(kind) for kind in "qqBBqqqqqqqqqq"]
    return Fingerprints([], *columns)


def person_of(asked: bytes) -> bytes:
    """The hash of the person of a question."""
    return asked[0:8]


def name_of(asked: bytes) -> bytes:
    """The hash of its exact name."""
    return asked[8:16]


def address_of(asked: bytes) -> bytes:
    """The hash of its exact address key."""
    return asked[16:24]


def content_of(asked: bytes) -> bytes:
    """The hash of its content."""
    return asked[24:32]


def is_dated(asked: bytes) -> bool:
    """Whether it states a date of birth."""
    return bool(asked[_DATED_AT] & _DATED)


def born_of(asked: bytes) -> bytes:
    """The hash of its date of birth."""
    return asked[33:41]


def number_of_person(asked: bytes) -> bytes:
    """The hash of its tax number."""
    return asked[41:49]


def years_of(asked: bytes) -> bytes:
    """The hash of its taxable years."""
    return asked[49:57]


def sealed_name_of(asked: bytes) -> bytes:
    """Its name, sealed."""
    return asked[NAME_AT:]


def was_not_put(asked: bytes) -> bool:
    """Whether it is known that nobody put it to the register: its evidence tried nothing."""
    return bool(asked[_DATED_AT] & _NOT_PUT)


def with_put(asked: bytes, put: bool) -> bytes:
    """The question, known to have been put to the register, or not."""
    flags = asked[_DATED_AT] & ~_NOT_PUT | (0 if put else _NOT_PUT)
    return asked[:_DATED_AT] + bytes((flags,)) + asked[_DATED_AT + 1 :]


def is_of_first_form(asked: bytes) -> bool:
    """Whether it was written before evidence was kept."""
    return not asked[_DATED_AT] & _WITH_EVIDENCE


def present_form(asked: bytes, born: bytes) -> bytes:
    """A question of the first form in the present one. Number and years are not known of it. `born`
    is the key of its date of birth where that is known; else the hash of the person stands for it,
    which is no other question's date."""
    flags = asked[_DATED_AT]
    date_of_birth = born or asked[0:8] if flags & _DATED else ABSENT
    evidence = bytes((flags | _WITH_EVIDENCE,)) + date_of_birth + 2 * UNKNOWN
    return asked[:_DATED_AT] + evidence + asked[EVIDENCE_AT:]


class Fingerprinter:
    """Makes fingerprints under one history key. `earlier`: those of the first version too. Never
    raises on any request."""

    def __init__(self, key: bytes, *, earlier: bool = False) -> None:
        self._person = prepare_column(key, b"question person")
        self._name = prepare_column(key, b"question name")
        self._address = prepare_column(key, b"asked door")
        self._content = prepare(key, b"question content")
        self._home = prepare_column(key, b"question home")
        self._people = prepare_column(key, b"question people")
        self._born = lru_cache(maxsize=65_536)(self._key_of_birth)
        self._number = prepare(key, b"question number")
        self._years = prepare(key, b"question years")
        self._years_of = lru_cache(maxsize=4096)(self._stated_years)
        self._reason = prepare_column(key, b"question reason")
        self._investigation = prepare_column(key, b"question matter")
        self._owner = prepare(key, b"question owner")
        self._seal = SealedNames(key).seal
        self._earlier = EarlierFingerprinter(key) if earlier else None

    def fingerprint(self, rows: Sequence[Request | Reject], forms: Sequence[Forms]) -> Fingerprints:
        """The fingerprints of these rows, whose forms are given, in order. Column by column, so
        that the processor stays with one step at a time."""
        asked = [isinstance(row, Request) for row in rows]
        requests = [row for row in rows if isinstance(row, Request)]
        mine = [form for form, is_request in zip(forms, asked, strict=True) if is_request]
        made = self._made(requests, mine)
        if len(requests) == len(rows):
            return made
        return _spread(made, asked, earlier=self._earlier is not None)

    def _made(self, requests: Sequence[Request], forms: Sequence[Forms]) -> Fingerprints:
        names = [exact_name(form.name) for form in forms]
        born = [request.person.date_of_birth for request in requests]
        exact = [counted_address(form.address) for form in forms]
        addresses, name_hashes = _filled(self._address, exact), _filled(self._name, names)
        dated = [
            f"{text}|{day or ''}" if text else "" for text, day in zip(names, born, strict=True)
        ]
        persons = _filled(self._person, dated)
        reasons = [fold_entry(request.reason) for request in requests]
        numbers = [fold_number(request.investigation_number) for request in requests]
        contents = [
            self._content(_content(*each))
            for each in zip(requests, forms, exact, reasons, numbers, strict=True)
        ]
        sealed = [self._seal(form.name) for form in forms]
        homes = [
            self._home(keys_of_home(form.address)) if text else ()
            for form, text in zip(forms, exact, strict=True)
        ]
        people = [
            (self._born(day) if day else self._people(person_keys(form.name, None))) if text else ()
            for form, day, text in zip(forms, born, names, strict=True)
        ]
        hashed: list[bytes] = []
        for at, about, content in zip(homes, people, contents, strict=True):
            hashed += at
            hashed += about or (content,)
        evidence = [
            self._evidence(request, about[-1] if about else ABSENT)
            for request, about in zip(requests, people, strict=True)
        ]
        owners = [
            self._owner_of(request, person) if number else ABSENT
            for request, person, number in zip(requests, persons, numbers, strict=True)
        ]
        earlier = self._earlier.columns(requests) if self._earlier else ((), ())
        return Fingerprints(
            [
                b"".join(parts)
                for parts in zip(
                    persons, name_hashes, addresses, contents, evidence, sealed, strict=True
                )
            ],
            column_of(addresses),
            column_of(hashed),
            array("B", map(len, homes)),
            array("B", [len(about) or 1 for about in people]),
            column_of(self._reason(reasons)),
            column_of(self._reason([fold_similar(request.reason) for request in requests])),
            column_of(_filled(self._investigation, list(map(fold_alike_number, numbers)))),
            column_of(_filled(self._investigation, numbers)),
            column_of(
                _filled(
                    self._investigation,
                    [fold_parted_number(request.investigation_number) for request in requests],
                )
            ),
            column_of(_filled(self._reason, [_merged(request) for request in requests])),
            column_of(owners),
            array("q", [given_letters(form.name) for form in forms]),
            *map(column_of, earlier),
        )

    def _key_of_birth(self, day: date) -> list[bytes]:
        """The key of a date of birth, which is that of the person where one is stated."""
        return self._people((born_key(day),))

    def _evidence(self, request: Request, key: bytes) -> bytes:
        """What a question states beside name and address: bytes 32 to 56. `key` is that of the
        date of birth, if it states one."""
        person, number = request.person, ABSENT
        if person.tin:
            digits = _digits(person.tin)
            number = self._number(digits) if digits else UNKNOWN
        born = b"\x03" + key if person.date_of_birth else b"\x02" + ABSENT
        return born + number + self._years_of(request.taxable_periods)

    def _stated_years(self, periods: tuple[str, ...]) -> bytes:
        years = _years(periods)
        return self._years(" ".join(map(str, years))) if years else UNKNOWN

    def _owner_of(self, request: Request, person: bytes) -> bytes:
        """Who is counted under an investigation: the person, or where there is none, or a suffix
        is stated, the name as it is written."""
        if person is not ABSENT and not request.person.suffix:
            return person
        who = request.person
        names = map(fold_entry, (who.given_name, who.family_name, who.suffix))
        return self._owner("|".join([*names, str(who.date_of_birth or "")]))


def _filled(hashed: Callable[[Iterable[str]], list[bytes]], texts: Sequence[str]) -> list[bytes]:
    """The hashes of texts, eight zero bytes in the place of each that is empty."""
    if all(texts):
        return hashed(texts)
    hashes = iter(hashed(filter(None, texts)))
    return [next(hashes) if text else ABSENT for text in texts]


def is_number_known(tin: str) -> bool:
    """Whether a tax number is evidence that is counted: it has nine digits, or there is none."""
    return not tin or bool(_digits(tin))


def are_years_known(periods: tuple[str, ...]) -> bool:
    """Whether taxable periods are evidence that is counted: none of them is vague."""
    return bool(_years(periods))


def _merged(request: Request) -> str:
    person = request.person
    return fold_merged(request.reason, person.given_name, person.family_name)


def _digits(tin: str) -> str:
    """The digits of a tax number, however it is written; "" where they are not nine, or are no
    person's number: nobody answers those."""
    digits = "".join([letter for letter in plain(tin) if letter.isdecimal()])
    return digits if len(digits) == _TIN_DIGITS and not _NO_NUMBER.match(digits) else ""


def _years(periods: tuple[str, ...]) -> list[int]:
    """The years that periods name, in the widest grammar of folding.py, whatever limits a law
    sets; none where one of them is vague."""
    years = set[int]()
    for span in (span for period in periods for span in spans_of(period, LATEST)):
        if not 0 < len(span) <= _MOST_YEARS:
            return []
        years.update(span)
    return sorted(years)


@lru_cache(maxsize=4096)
def _written(periods: tuple[str, ...]) -> tuple[str, ...]:
    """Periods as a question's content has them: as written, or where they are written in words, by
    the years that they name."""
    if all(map(str.isdigit, "".join(periods).replace("-", "").split())):
        return periods
    return tuple(map(str, _years(periods))) or periods


def _content(request: Request, forms: Forms, address: str, reason: str, number: str) -> bytes:
    """A request without its id and row, by its normal forms where it has them. A lone surrogate,
    which no encoding accepts, is kept as it is."""
    person, name, order = request.person, forms.name, request.removal_order
    content = (
        name if name.given and name.family else person,
        person.date_of_birth,
        person.tin.replace("-", ""),
        address or request.address,
        _written(request.taxable_periods),
        _folded(request.statutory_authority),
        reason,
        number,
        request.investigation_opened_on,
        fold_number(order.number),
        order.ordered_on,
        _folded(order.ground),
        order.court_ordered_on,
        _folded(request.stay_or_deferral),
        _engaged(request.engaged_officers),
        request.use_certified,
        *_added(request),
    )
    try:
        return _encode(content)
    except UnicodeEncodeError:
        return utf8(repr(msgspec.to_builtins(content)))


def _added(request: Request) -> tuple[object, ...]:
    """What a request states in the columns that came after the first two dozen; nothing of one
    that states nothing there, so that its content is what it was before there were these."""
    stated = request.review, request.offence_fact, request.earlier_investigation
    if not any(stated) and request.offence_date is None:
        return ()
    return *map(_folded, stated), request.offence_date


_folded: Final = lru_cache(maxsize=4096)(fold_entry)


@lru_cache(maxsize=4096)
def _engaged(officers: tuple[EngagedOfficer, ...]) -> tuple[str, ...]:
    return tuple(
        [fold_entry(part) for each in officers for part in (each.id, each.name, each.title)]
    )


def _spread(made: Fingerprints, asked: Sequence[bool], *, earlier: bool) -> Fingerprints:
    """The same, with nothing in the place of each row that is no request. `earlier`: whether there
    are hashes of the first version."""
    columns: list[Any] = []
    for name, column in zip(made.__struct_fields__, _columns(made), strict=True):
        if name == "keys" or (name.startswith("earlier") and not earlier):
            columns.append(column)
            continue
        values = iter(column)
        nothing = b"" if name == "asked" else 0
        filled: Any = [next(values) if is_request else nothing for is_request in asked]
        if name != "asked":
            filled = array("B" if name in {"homes", "people"} else "q", filled)
        columns.append(filled)
    return Fingerprints(*columns)
