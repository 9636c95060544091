"""What is repeated in a file, and the questions that many share: what `counts.py` compares by."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import accumulate, chain, compress, repeat
from typing import TypeVar

from counterfoil.gate.history.fingerprints import (
    CONTENT_AT,
    EVIDENCE_AT,
    NAME_AT,
    Fingerprints,
    born_of,
    content_of,
)
from counterfoil.gate.history.key_ranges import repeated_keys
from counterfoil.gate.history.keyed_hash import ABSENT, number_of
from counterfoil.gate.history.sealed_names import GivenNames

_T = TypeVar("_T")
Entry = tuple[int, bytes]
"""A question that was asked: its number, by which it is counted once, and its fingerprint. Rows of
the file have numbers from 0, what was asked before has numbers below 0."""


class Crowd:
    """The questions of a key that several share, by given name."""

    def __init__(self, questions: Iterable[Entry], given: GivenNames) -> None:
        self.names = set[bytes]()
        self._given = given
        self._by_given: dict[int, list[Entry]] = {}
        for question in questions:
            self.names.add(question[1][8:16])
            self._by_given.setdefault(given.number_of(question[1][NAME_AT:]), []).append(question)
        self.names.discard(ABSENT)
        self._numbers = {*self._by_given}
        self._by_code: dict[str, list[int]] = {}

    def sharing(self, name: bytes) -> Iterator[Entry]:
        """The questions whose given names meet that of a sealed name."""
        given = self._given
        mine = given.number_of(name)
        alike = given.alike(mine)
        for number in self._sharing_codes(mine) if alike is None else self._numbers & alike:
            yield from self._by_given[number]

    def _sharing_codes(self, number: int) -> Iterator[int]:
        """The numbers of the names that share a code, one after the other: a caller that has enough
        of them stops."""
        if not self._by_code:
            for each in self._numbers:
                for code in self._given.codes(each):
                    self._by_code.setdefault(code, []).append(each)
        seen = set[int]()
        for code in sorted(self._given.codes(number)):
            for each in self._by_code.get(code, ()):
                if each not in seen:
                    seen.add(each)
                    yield each


class FileIndex:
    """What is repeated in a file: keys, contents, reasons, and people under an investigation."""

    def __init__(self, rows: Fingerprints) -> None:
        self.rows = rows
        sizes = map(int.__add__, rows.homes, rows.people)
        self.starts = array("q", accumulate(sizes, initial=0))
        self.first, self.times = self._firsts()
        often = self.often = repeated_keys(rows.keys)
        sizes = map(int.__add__, rows.homes, rows.people)
        owner = chain.from_iterable(map(repeat, self.first, sizes))
        self.by_key: dict[int, list[int]] = {key: [] for key in often}
        shared = compress(zip(rows.keys, owner, strict=True), map(often.__contains__, rows.keys))
        for key, row in shared:
            numbers = self.by_key[key]
            if not numbers or numbers[-1] != row:
                numbers.append(row)
        self.contents = _repeated(map(content_of, filter(None, rows.asked)))
        self.reasons = _repeated(zip(rows.similar, rows.reasons, strict=True))
        self.similar = _repeated(rows.similar) | _repeated(filter(None, rows.merged))
        self.investigations = _people(rows)

    @cached_property
    def born(self) -> frozenset[int]:
        """The keys of the dates of birth of the file."""
        return frozenset(map(number_of, map(born_of, filter(None, self.rows.asked))))

    def keys_of(self, row: int) -> array[int]:
        """The keys of a row."""
        return self.rows.keys[self.starts[row] : self.starts[row + 1]]

    def _firsts(self) -> tuple[array[int], dict[int, int]]:
        """The first row of the file that asks the same about the same under the same keys, for each
        row; and how many do, where they are several."""
        firsts, times = dict[bytes, int](), dict[int, int]()
        self.by_what = dict[bytes, int]()
        found = array("q")
        for row, question in enumerate(self.rows.asked):
            what = asks(question)
            first = firsts.setdefault(what + self.keys_of(row).tobytes(), row)
            found.append(first)
            if first == row:
                self.by_what.setdefault(what, row)
            else:
                times[first] = times.get(first, 1) + 1
        return found, times


def asks(question: bytes) -> bytes:
    """Who and where a question asks about, and with what evidence: by what questions are
    compared."""
    return question[:CONTENT_AT] + question[EVIDENCE_AT:]


def _repeated(values: Iterable[_T]) -> dict[_T, int]:
    return {value: times for value, times in Counter(values).items() if times > 1}


def _people(rows: Fingerprints) -> dict[int, set[int]]:
    """People under each investigation that is named more than once."""
    found = dict[int, set[int]]()
    for numbers in (rows.investigations, rows.parted):
        often = _repeated(numbers)
        for number, owner in zip(numbers, rows.owners, strict=True):
            if number and number in often:
                found.setdefault(number, set()).add(owner)
    return found
