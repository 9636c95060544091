"""How the first version counted: kept because its memory counts on until no window reaches it, and
because what it decided must replay by its own counts.

The first version folded texts in ways of its own (`_words`, `_entry`; they never change) and knew a
person by the folded name and the date of birth, an address by its exact key, a request by its
bytes. Tables `asked` and `asked_at` have its memory (tables.py); a chunk that it kept has `Counts`
of the past (snapshot.py), to which those of the file are added from its rows.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Final

import msgspec

from counterfoil.core.values import EngagedOfficer, Person, Request, Sensitive
from counterfoil.gate.history.keyed_hash import ABSENT, number_of, prepare, utf8
from counterfoil.gate.history.uses import Uses
from counterfoil.normalize import counted_address, normalize_address

_NOT_LETTERS: Final = re.compile(r"[\W\d_]+")
_NOBODY: Final = frozenset[int]()
_encode: Final = msgspec.msgpack.Encoder().encode


class Counts(Sensitive, frozen=True, gc=False, rename={"addresses": "doors"}):
    """By hash: requests about a person, addresses asked for a person, people asked at an address,
    requests with one content. Stored (snapshot.py): `addresses` is there under the name `doors`."""

    attempts: Mapping[int, int] = {}
    addresses: Mapping[int, Set[int]] = {}
    people: Mapping[int, Set[int]] = {}
    contents: Mapping[int, int] = {}

    @property
    def any(self) -> bool:
        """Whether anything was counted."""
        return bool(self.attempts or self.people or self.contents)


NO_COUNTS: Final = Counts()


class EarlierFingerprinter:
    """The first version's hashes of requests under one history key. Never raises."""

    def __init__(self, key: bytes) -> None:
        self._person = prepare(key, b"asked person")
        self._address = prepare(key, b"asked door")
        self._content = prepare(key, b"asked content")
        self._reason = prepare(key, b"reason")
        self._investigation = prepare(key, b"investigation")
        self._owner = prepare(key, b"person")

    def columns(self, requests: Sequence[Request]) -> tuple[list[bytes], list[bytes]]:
        """Persons and contents of these requests; eight zero bytes for nobody."""
        persons = [self.person(request.person) for request in requests]
        return persons, [self._content(content_bytes(request)) for request in requests]

    def person(self, person: Person) -> bytes:
        """The hash of a person; eight zero bytes without a usable name."""
        given, family = _words(person.given_name), _words(person.family_name)
        if not (given and family):
            return ABSENT
        return self._person(f"{given}|{family}|{person.date_of_birth or ''}")

    def asked(self, request: Request) -> tuple[int, int, int]:
        """Person, address and content of a request; 0 for what is absent."""
        address = counted_address(normalize_address(request.address))
        return (
            number_of(self.person(request.person)),
            number_of(self._address(address)) if address else 0,
            number_of(self._content(content_bytes(request))),
        )

    def matter(self, request: Request) -> tuple[bytes, bytes, bytes, bytes]:
        """Reason, similar reason, investigation and the person under it."""
        number = _entry(request.investigation_number)
        return (
            self._reason(_entry(request.reason)),
            self._reason(_words(request.reason)),
            self._investigation(number) if number else ABSENT,
            self._owner_of(request.person),
        )

    def _owner_of(self, person: Person) -> bytes:
        hashed = self.person(person)
        if hashed is not ABSENT and not person.suffix:
            return hashed
        names = map(_entry, (person.given_name, person.family_name, person.suffix))
        return self._owner("|".join([*names, str(person.date_of_birth or "")]))


class EarlierFile:
    """A file counted as the first version did, from its requests: for replay."""

    def __init__(self, key: bytes, stretches: Iterable[Sequence[Request]]) -> None:
        self._hashes = EarlierFingerprinter(key)
        self.rows = 0
        self._attempts, self._contents = Counter[int](), Counter[int]()
        self._reasons, self._similar = Counter[bytes](), Counter[bytes]()
        self._addresses: dict[int, set[int]] = {}
        self._people: dict[int, set[int]] = {}
        self._owners: dict[bytes, set[bytes]] = {}
        self._officers = Counter[str]()
        for stretch in stretches:
            for request in stretch:
                self._add(request)

    def _add(self, request: Request) -> None:
        self.rows += 1
        person, address, content = self._hashes.asked(request)
        self._attempts[person] += 1
        self._contents[content] += 1
        if person and address:
            self._addresses.setdefault(person, set()).add(address)
            self._people.setdefault(address, set()).add(person)
        reason, similar, investigation, owner = self._hashes.matter(request)
        self._reasons[reason] += 1
        self._similar[similar] += 1
        if investigation is not ABSENT:
            self._owners.setdefault(investigation, set()).add(owner)
        self._officers.update({_entry(officer.id) for officer in request.engaged_officers})

    def uses(self, request: Request, past: Counts) -> Uses:
        """The counts of one request of the file, with those of the past."""
        person, address, content = self._hashes.asked(request)
        reason, similar, investigation, _ = self._hashes.matter(request)
        here = self._addresses.get(person, _NOBODY), self._people.get(address, _NOBODY)
        before = past.addresses.get(person, _NOBODY), past.people.get(address, _NOBODY)
        return Uses(
            attempts=self._attempts[person] + past.attempts.get(person, 0) if person else 1,
            addresses=len(here[0] | before[0]) if person and address else 1,
            people=len(here[1] | before[1]) if person and address else 1,
            contents=self._contents[content] + past.contents.get(content, 0),
            reasons=self._reasons[reason],
            similar=self._similar[similar],
            investigated=len(self._owners.get(investigation, _NOBODY)) or 1,
        )

    def officer_load(self, officer: EngagedOfficer) -> int:
        """Requests of the file that name this officer."""
        return self._officers[_entry(officer.id)]


def earlier_entry(text: str) -> str:
    """An entry as the first version folded it: by case and white space."""
    return _entry(text)


def content_bytes(request: Request) -> bytes:
    """A request without its id and row, encoded. A lone surrogate, which no encoding accepts, is
    kept as it is."""
    content = request.first_columns
    try:
        return _encode(content)
    except UnicodeEncodeError:
        return utf8(repr(msgspec.to_builtins(content)))


def _entry(text: str) -> str:
    return " ".join(text.casefold().split())


def _words(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(_NOT_LETTERS.sub(" ", plain).split())
