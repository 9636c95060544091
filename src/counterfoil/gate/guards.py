"""Guards with a memory: who is asked about, where, and how often. Hashes and counts only; pure.

    person     given and family name as folded words, and date of birth: spelling of a name aside, dates tell namesakes apart
    door       the address as register and gate know it (`forms.exact_door`), so that two spellings are one address
    content    the whole request as it was sent, but for its id and row

A question without a usable name has no person, an address that opens no door has none (0): neither is counted. A question
asks at its own person and door, so every count is at least 1. `Counts` holds what is repeated, of one batch or of the past;
memory of a batch grows by 24 bytes a row while it is read, and is then as large as what is repeated in it.

Counts depend on questions only, never on answers (P2): nothing here has seen a register.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Set
from typing import Final

import msgspec

from counterfoil.forms import exact_door, normalise_address
from counterfoil.gate.hashing import keyed_hash, utf8
from counterfoil.gate.words import fold_words
from counterfoil.model import AddressForm, Person, Request, Sensitive

_NOBODY: Final = frozenset[int]()
_encode: Final = msgspec.msgpack.Encoder().encode


class Question(Sensitive, frozen=True, gc=False):
    """What the guards know of one request: its address form, which the gate goes on with, and three hashes."""

    address: AddressForm
    person: int
    door: int
    content: int


class Counts(Sensitive, frozen=True, gc=False):
    """By hash: requests about a person, doors asked for a person, people asked at a door, requests with one content."""

    attempts: Mapping[int, int] = {}
    doors: Mapping[int, Set[int]] = {}
    people: Mapping[int, Set[int]] = {}
    contents: Mapping[int, int] = {}


NO_COUNTS: Final = Counts()


class Uses(Sensitive, frozen=True, gc=False):
    """The counts of one question, batch and past together, itself included."""

    attempts: int
    doors: int
    people: int
    contents: int


_FIRST: Final = Uses(1, 1, 1, 1)


def read_question(key: bytes, request: Request) -> Question:
    """The question of a request under the history key. Never raises on any request."""
    address = normalise_address(request.address)
    door, person = exact_door(address), _person(request.person)
    return Question(
        address,
        keyed_hash(key, b"asked person", utf8(person)) if person else 0,
        keyed_hash(key, b"asked door", utf8(door)) if door else 0,
        keyed_hash(key, b"asked content", _content(request)),
    )


def uses_of(question: Question, batch: Counts, past: Counts) -> Uses:
    """What the checks compare with the agreement's limits."""
    person, door, content = question.person, question.door, question.content
    attempts = batch.attempts.get(person, 1) + past.attempts.get(person, 0) if person else 1
    contents = batch.contents.get(content, 1) + past.contents.get(content, 0) if content else 1
    people = _together(person, door, batch.people, past.people)
    doors = _together(door, person, batch.doors, past.doors)
    if attempts == contents == people == doors == 1:
        return _FIRST
    return Uses(attempts, doors, people, contents)


def _together(own: int, at: int, batch: Mapping[int, Set[int]], past: Mapping[int, Set[int]]) -> int:
    """How many different ones were asked there, `own` among them. An absent one counts nobody."""
    if not at or not own or (at not in batch and at not in past):
        return 1
    return len({own} | batch.get(at, _NOBODY) | past.get(at, _NOBODY))


class CountsBuilder:
    """Collects the questions of one batch, in a pass over it."""

    def __init__(self) -> None:
        self._persons, self._doors, self._contents = array("q"), array("q"), array("q")

    def add(self, question: Question) -> None:
        """Count one question."""
        self._persons.append(question.person)
        self._doors.append(question.door)
        self._contents.append(question.content)

    def finish(self) -> Counts:
        """What is repeated among the questions added."""
        attempts = _repeated(self._persons)
        return Counts(
            attempts,
            group(self._persons, self._doors, attempts),
            group(self._doors, self._persons, _repeated(self._doors)),
            _repeated(self._contents),
        )


def group(keys: Iterable[int], values: Iterable[int], wanted: Mapping[int, int]) -> dict[int, set[int]]:
    """The different values under each wanted key. Absent keys and values (0) are left out."""
    found: dict[int, set[int]] = {}
    for key, value in zip(keys, values, strict=True):
        if key in wanted and value:
            found.setdefault(key, set()).add(value)
    return found


def _repeated(hashes: Iterable[int]) -> dict[int, int]:
    return {hashed: times for hashed, times in Counter(hashes).items() if times > 1 and hashed}


def _person(person: Person) -> str:
    given, family = fold_words(person.given_name), fold_words(person.family_name)
    return f"{given}|{family}|{person.date_of_birth or ''}" if given and family else ""


def _content(request: Request) -> bytes:
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
