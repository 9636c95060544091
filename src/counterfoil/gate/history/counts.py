"""Guards with a memory: who is asked about, where, and how often. Hashes and counts only; pure.

Person, door and content are those of marks.py. A question without a usable name has no person, an
address that opens no door has none (0): neither is counted. A question asks at its own person and
door, so every count is at least 1. `Counts` holds what is repeated, of one batch or of the past.

Counts depend on questions only, never on answers (P2): nothing here has seen a register.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from typing import Final

from counterfoil.core.values import Request, Sensitive
from counterfoil.gate.history.fingerprints import Fingerprinter, Fingerprints, Question

_NOBODY: Final = frozenset[int]()


class Counts(Sensitive, frozen=True, gc=False):
    """By hash: requests about a person, doors asked for a person, people asked at a door, requests
    with one content."""

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
    return Fingerprinter(key).question(request)


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


def _together(
    own: int, at: int, batch: Mapping[int, Set[int]], past: Mapping[int, Set[int]]
) -> int:
    """How many different ones were asked there, `own` among them. An absent one counts nobody."""
    if not at or not own:
        return 1
    here, before = batch.get(at, _NOBODY), past.get(at, _NOBODY)
    if before:
        return len(before) + len(here - before) + (own not in here and own not in before)
    return len(here) + (own not in here)


def count_marks(marks: Fingerprints) -> Counts:
    """What is repeated among the questions of one batch."""
    attempts = repeated(marks.persons)
    return Counts(
        attempts,
        group(marks.persons, marks.doors, attempts),
        group(marks.doors, marks.persons, repeated(marks.doors)),
        repeated(marks.contents),
    )


def group(
    keys: Iterable[int], values: Iterable[int], wanted: Mapping[int, int]
) -> dict[int, set[int]]:
    """The different values under each wanted key. Absent keys and values (0) are left out."""
    found: dict[int, set[int]] = {}
    for key, value in zip(keys, values, strict=True):
        if key in wanted and value:
            found.setdefault(key, set()).add(value)
    return found


def repeated(hashes: Iterable[int]) -> dict[int, int]:
    """How often each hash stands there that does so more than once; absent ones are left out."""
    return {hashed: times for hashed, times in Counter(hashes).items() if times > 1 and hashed}
