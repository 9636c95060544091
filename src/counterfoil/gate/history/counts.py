"""Who is asked about, where, and how often, in one batch and before. Hashes and counts only; pure.

Person, address and content are the hashes of fingerprints.py. A request without a usable name has
no person, and an address without a key has none (0): neither is counted. A request is itself among
those counted, so every count is at least 1. `Counts` has what is repeated, of one batch or of the
past.

Counts depend on questions only, never on answers (P2): no count was made from a register.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from typing import Final

from counterfoil.core.values import Request, Sensitive
from counterfoil.gate.history.fingerprints import Fingerprinter, Fingerprints, Question

_NOBODY: Final = frozenset[int]()


class Counts(Sensitive, frozen=True, gc=False, rename={"addresses": "doors"}):
    """By hash: requests about a person, addresses asked for a person, people asked at an address,
    requests with one content. Stored (snapshot.py): `addresses` is there under the name `doors`."""

    attempts: Mapping[int, int] = {}
    addresses: Mapping[int, Set[int]] = {}
    people: Mapping[int, Set[int]] = {}
    contents: Mapping[int, int] = {}


NO_COUNTS: Final = Counts()


class Uses(Sensitive, frozen=True, gc=False):
    """The counts of one question, batch and past together, itself included."""

    attempts: int
    addresses: int
    people: int
    contents: int


_FIRST: Final = Uses(1, 1, 1, 1)


def read_question(key: bytes, request: Request) -> Question:
    """The question of a request under the history key. Never raises on any request."""
    return Fingerprinter(key).question(request)


def uses_of(question: Question, batch: Counts, past: Counts) -> Uses:
    """What the checks compare with the agreement's limits."""
    person, address, content = question.person, question.address, question.content
    attempts = batch.attempts.get(person, 1) + past.attempts.get(person, 0) if person else 1
    contents = batch.contents.get(content, 1) + past.contents.get(content, 0) if content else 1
    people = _together(person, address, batch.people, past.people)
    addresses = _together(address, person, batch.addresses, past.addresses)
    if attempts == contents == people == addresses == 1:
        return _FIRST
    return Uses(attempts, addresses, people, contents)


def _together(
    own: int, at: int, batch: Mapping[int, Set[int]], past: Mapping[int, Set[int]]
) -> int:
    """How many different hashes were asked at the hash `at`, `own` among them; 1 where either is
    absent."""
    if not at or not own:
        return 1
    here, before = batch.get(at, _NOBODY), past.get(at, _NOBODY)
    if before:
        return len(before) + len(here - before) + (own not in here and own not in before)
    return len(here) + (own not in here)


def count_repeated(rows: Fingerprints) -> Counts:
    """What is repeated among the questions of one batch."""
    attempts = repeated(rows.persons)
    return Counts(
        attempts,
        group(rows.persons, rows.addresses, attempts),
        group(rows.addresses, rows.persons, repeated(rows.addresses)),
        repeated(rows.contents),
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
    """How often each hash occurs that occurs more than once; absent ones are left out."""
    return {hashed: times for hashed, times in Counter(hashes).items() if times > 1 and hashed}
