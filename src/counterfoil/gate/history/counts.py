"""Who is asked about, where, and how often: one file and what was asked before, by one function.

Pure. `FileIndex` has what is repeated in a file; `Past` what earlier files asked about the same
keys, as the store found it; `Counting` counts a question over both. A question is itself among
those counted, so every count is at least 1. What is compared (fingerprints.py):

    attempts        questions that share a home key and a given code; and those that share a
                    person's key, a given code and a family code, or are about the same exact person
    addresses       different exact addresses among those that share a person's key and are alike in
                    both names, or about the same exact person
    born_addresses  different exact addresses among those of one date of birth that share a given
                    code
    people          different exact names among those that share a home key
    contents        questions with the same content
    reasons, similar, investigated: requests with one reason, and with a similar one, and people
                    under one investigation

Counts stop once they are over `enough`, the largest limit, so that what very many share does not
make a file quadratic: beyond it a count is only known to be over every limit. Whoever shares a
person's key with more than `MOST_COMPARED` questions that are alike in the given name is counted as
over every limit (closed by default); a file of lawful questions does not come near it.

Counts depend on questions only, never on answers (P2): no count was made from a register.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import accumulate, chain, compress, repeat
from typing import Final, NamedTuple, TypeVar

from counterfoil.core.values import Sensitive
from counterfoil.gate.history.earlier import NO_COUNTS, Counts
from counterfoil.gate.history.fingerprints import (
    CONTENT_AT,
    NAME_AT,
    Fingerprints,
    address_of,
    content_of,
    is_dated,
    name_of,
    person_of,
    sealed_name_of,
)
from counterfoil.gate.history.keyed_hash import ABSENT, number_of
from counterfoil.gate.history.sealed_names import SealedNames
from counterfoil.gate.history.tables import INVESTIGATIONS
from counterfoil.gate.history.uses import ONCE, Uses
from counterfoil.normalize.likeness import are_far

MOST_COMPARED: Final = 65_536
_CONTENT_END: Final = 32
_FEW: Final = 24
"""Questions of one key that are compared one by one; of more, an index by code is made."""
_REMEMBERED: Final = 262_144
_NOBODY: Final = frozenset[int]()
_NO_ADDRESSES: Final = frozenset[bytes]()
_T = TypeVar("_T")
Entry = tuple[int, bytes]
"""A question that was asked: its number, by which it is counted once, and its fingerprint. Rows of
the file have numbers from 0, what was asked before has numbers below 0."""


class Wanted(Sensitive, frozen=True, gc=False):
    """What is to be recalled for a chunk of rows: what the file repeats is asked for once."""

    keys: set[int]
    similar: set[int]
    investigations: set[int]


class Recalled(Sensitive, frozen=True, gc=False):
    """What earlier files asked about what was `Wanted`: (key, number, fingerprint) of each
    question; (0, similar reason, reason, requests) and (1, investigation, person, requests).
    `earlier` counts what the first version remembered about the rows."""

    asked: Sequence[tuple[int, int, bytes]] = ()
    matters: Iterable[Sequence[int]] = ()
    earlier: Counts = NO_COUNTS


NOTHING: Final = Recalled()


class _Found(NamedTuple):
    """What the questions of a file and of the past say of one question."""

    attempts: int
    addresses: Set[bytes]
    born_addresses: int
    people: int


class Crowd:
    """The questions of a key that many share, by name, and the names by given code."""

    def __init__(self, entries: Sequence[Entry], sealed: SealedNames) -> None:
        self.names = {name_of(asked) for _, asked in entries} - {ABSENT}
        self._sealed = sealed
        self._by_name: dict[bytes, list[Entry]] = {}
        for entry in entries:
            self._by_name.setdefault(sealed_name_of(entry[1]), []).append(entry)
        self._by_code: dict[str, list[bytes]] = {}
        for name in self._by_name:
            for code in sealed.given_codes(name):
                self._by_code.setdefault(code, []).append(name)

    def sharing(self, name: bytes) -> Iterator[tuple[bytes, list[Entry]]]:
        """The sealed names that share a given code with this one, and their questions."""
        seen = set[bytes]()
        for code in sorted(self._sealed.given_codes(name)):
            for each in self._by_code.get(code, ()):
                if each not in seen:
                    seen.add(each)
                    yield each, self._by_name[each]


class FileIndex:
    """What is repeated in a file: keys, contents, reasons, and people under an investigation."""

    def __init__(self, rows: Fingerprints) -> None:
        self.rows = rows
        self.starts = [0, *accumulate(a + b for a, b in zip(rows.homes, rows.people, strict=True))]
        often = self.often = {key for key, times in Counter(rows.keys).items() if times > 1}
        sizes = map(int.__add__, rows.homes, rows.people)
        owner = chain.from_iterable(map(repeat, range(len(rows)), sizes))
        self.by_key: dict[int, list[int]] = {key: [] for key in often}
        shared = compress(zip(rows.keys, owner, strict=True), map(often.__contains__, rows.keys))
        for key, row in shared:
            self.by_key[key].append(row)
        self.contents = _repeated(map(content_of, filter(None, rows.asked)))
        self.reasons = _repeated(zip(rows.similar, rows.reasons, strict=True))
        self.similar = _repeated(rows.similar)
        self.investigations = _people(rows)


def _repeated(values: Iterable[_T]) -> dict[_T, int]:
    return {value: times for value, times in Counter(values).items() if times > 1}


def _people(rows: Fingerprints) -> dict[int, set[int]]:
    """People under each investigation that is named more than once."""
    often, found = _repeated(rows.investigations), dict[int, set[int]]()
    for number, owner in zip(rows.investigations, rows.owners, strict=True):
        if number and number in often:
            found.setdefault(number, set()).add(owner)
    return found


class Counting:
    """Counts the questions of one file, chunk by chunk. `enough` is one more than the largest
    limit; `key` the history key, under which the names are sealed."""

    def __init__(self, rows: Fingerprints, enough: int, key: bytes) -> None:
        self.fingerprints = rows
        self._sealed = SealedNames(key)
        self._index = FileIndex(rows)
        self._enough = enough
        self._by_key = self._index.by_key
        self._before: dict[int, bytes] = {}
        self._contents: dict[bytes, int] = {}
        self._reasons: dict[tuple[int, int], int] = {}
        self._similar: dict[int, int] = {}
        self._people: dict[int, set[int]] = {}
        self._recalled = Wanted(set(), set(), set())
        self._crowds: dict[int, Crowd] = {}
        self._found: dict[bytes, _Found] = {}

    def wanted(self, rows: range) -> Wanted:
        """What is to be recalled for these rows and was not recalled yet."""
        some, before = self._named(rows), self._recalled
        return Wanted(
            some.keys - before.keys,
            some.similar - before.similar,
            some.investigations - before.investigations,
        )

    def uses(self, rows: range, recalled: Recalled = NOTHING) -> dict[int, Uses]:
        """The counts of these rows by their number from 0; those left out are `ONCE`. `recalled` is
        what was found of all that they want."""
        self._take(rows, recalled)
        asked, found, past = self.fingerprints.asked, dict[int, Uses](), recalled.earlier
        for row in rows:
            own = asked[row]
            if own:
                uses = self._uses(row, own, past if past.any else None)
                if uses is not ONCE:
                    found[row] = uses
        return found

    def _named(self, rows: range) -> Wanted:
        some, starts = self.fingerprints, self._index.starts
        return Wanted(
            set(some.keys[starts[rows.start] : starts[rows.stop]]),
            set(some.similar[rows.start : rows.stop]),
            set(some.investigations[rows.start : rows.stop]),
        )

    def _take(self, rows: range, recalled: Recalled) -> None:
        """Keep what was recalled. Only what the file repeats would be asked for again."""
        some, before, index = self._named(rows), self._recalled, self._index
        before.keys.update(some.keys & index.often)
        before.similar.update(some.similar & index.similar.keys())
        before.investigations.update(some.investigations & index.investigations.keys())
        known, by_key = self._before, self._by_key
        for key, asked, question in recalled.asked:
            number = -1 - asked
            if key in by_key:
                by_key[key].append(number)
            else:
                by_key[key] = [number]
            if number not in known:
                known[number] = question
                content = question[CONTENT_AT:_CONTENT_END]
                self._contents[content] = self._contents.get(content, 0) + 1
        for kind, key, part, times in recalled.matters:
            if kind == INVESTIGATIONS:
                self._people.setdefault(key, set()).add(part)
            else:
                self._reasons[key, part] = int(times)
                self._similar[key] = self._similar.get(key, 0) + int(times)

    def _uses(self, row: int, own: bytes, earlier: Counts | None) -> Uses:
        rows, index = self.fingerprints, self._index
        similar, number, content = rows.similar[row], rows.investigations[row], content_of(own)
        matter = (similar, rows.reasons[row])
        found = self._found_of(row, own)
        contents = index.contents.get(content, 1) + self._contents.get(content, 0)
        if earlier:
            found = self._with_earlier(row, found, earlier)
            contents += earlier.contents.get(rows.earlier_contents[row], 0)
        reasons = index.reasons.get(matter, 1) + self._reasons.get(matter, 0)
        alike = index.similar.get(similar, 1) + self._similar.get(similar, 0)
        investigated = self._investigated(number, rows.owners[row]) if number else 1
        if found is _ALONE and contents == reasons == alike == investigated == 1:
            return ONCE
        counted = (
            found.attempts,
            len(found.addresses) or 1,
            found.people,
            contents,
            found.born_addresses,
            reasons,
            alike,
            investigated,
        )
        return ONCE if counted == _ONCE else Uses(*counted)

    def _investigated(self, number: int, owner: int) -> int:
        here = self._index.investigations.get(number, _NOBODY)
        before = self._people.get(number, _NOBODY)
        if not (here or before):
            return 1
        return len(here) + len(before - here) + (owner not in here and owner not in before)

    def _found_of(self, row: int, own: bytes) -> _Found:
        starts, rows, by_key = self._index.starts, self.fingerprints, self._by_key
        keys = rows.keys[starts[row] : starts[row + 1]]
        if by_key.keys().isdisjoint(keys):
            return _ALONE
        shared = [key for key in keys if key in by_key]
        if shared == [keys[-1]] and self._are_strangers(row, own, shared[0]):
            return _ALONE
        if self._index.often.isdisjoint(shared):
            return self._compared(row, own, keys, rows.homes[row])
        same = own[:CONTENT_AT] + own[NAME_AT:] + keys.tobytes()
        found = self._found.get(same)
        if found is None:
            found = self._compared(row, own, keys, rows.homes[row])
            if len(self._found) < _REMEMBERED:
                self._found[same] = found
        return found

    def _are_strangers(self, row: int, own: bytes, key: int) -> bool:
        """Whether the letters show of everybody else who shares a person's key, most often a date
        of birth, that they are somebody else."""
        letters, before, open_letters = (
            self.fingerprints.letters,
            self._before,
            self._sealed.letters,
        )
        mine, person, some = letters[row], person_of(own), self._by_key[key]
        if mine < 0 or not is_dated(own) or len(some) > _FEW:
            return False
        for other in some:
            if other == row:
                continue
            if other >= 0:
                theirs = letters[other]
            elif person_of(before[other]) == person:
                return False
            else:
                theirs = open_letters(sealed_name_of(before[other]))
            if not are_far(mine, theirs):
                return False
        return True

    def _compared(self, row: int, own: bytes, keys: Sequence[int], homes: int) -> _Found:
        """The question beside those that share its keys: one by one, or where they are many by
        their given codes."""
        if person_of(own) == ABSENT:
            return _ALONE
        by_key = self._by_key
        at, about = (
            [found for key in some if (found := by_key.get(key))]
            for some in (keys[:homes], keys[homes:])
        )
        if sum(map(len, at)) + sum(map(len, about)) <= _FEW * len(keys):
            return self._compared_with_few(row, own, set().union(*at), set().union(*about))
        at_home, of_people = (
            [crowd for key in some if (crowd := self._crowd(key))]
            for some in (keys[:homes], keys[homes:])
        )
        return _compared_with_crowds((row, own), at_home, of_people, self._enough, self._sealed)

    def _compared_with_few(self, row: int, own: bytes, at: set[int], about: set[int]) -> _Found:
        """One question beside few that share its keys. Whoever has the same exact name is alike,
        which saves most of the work."""
        person, name, address = own[:8], own[8:16], own[16:24]
        attempts, addresses, born, names = {row}, {address}, {address}, {name}
        asked, before = self.fingerprints.asked, self._before
        for each in at:
            other = asked[each] if each >= 0 else before[each]
            if other[8:16] == name:
                attempts.add(each)
                continue
            names.add(other[8:16])
            if self._are_alike_in_given(row, own, each, other):
                attempts.add(each)
        for each in about:
            other = asked[each] if each >= 0 else before[each]
            if other[:8] == person:
                attempts.add(each)
                addresses.add(other[16:24])
                born.add(other[16:24])
            elif self._are_alike_in_given(row, own, each, other):
                born.add(other[16:24])
                if self._sealed.are_alike_in_family(own[NAME_AT:], other[NAME_AT:]):
                    attempts.add(each)
                    addresses.add(other[16:24])
        return _found(own, len(attempts), addresses, born, len(names - {ABSENT}))

    def _are_alike_in_given(self, row: int, own: bytes, other: int, asked: bytes) -> bool:
        """Whether the given name of a row meets that of another question. Of two of the file the
        letters show it without their names being opened."""
        letters = self.fingerprints.letters
        if other >= 0 and are_far(letters[row], letters[other]):
            return False
        return self._sealed.are_alike_in_given(own[NAME_AT:], asked[NAME_AT:])

    def _crowd(self, key: int) -> Crowd | None:
        """All questions of a key, if there are any."""
        found, numbers = self._crowds.get(key), self._by_key.get(key)
        if found is None and numbers:
            asked, before = self.fingerprints.asked, self._before
            entries = [(each, asked[each] if each >= 0 else before[each]) for each in numbers]
            found = self._crowds[key] = Crowd(entries, self._sealed)
        return found

    def _with_earlier(self, row: int, found: _Found, earlier: Counts) -> _Found:
        """With what the first version remembered, which knew people and homes in its own way."""
        rows = self.fingerprints
        person, address = rows.earlier_people[row], rows.addresses[row]
        asked_at = earlier.addresses.get(person, _NOBODY) if person and address else _NOBODY
        people = earlier.people.get(address, _NOBODY) if person and address else _NOBODY
        addresses = {number_of(each) for each in found.addresses or {address_of(rows.asked[row])}}
        return _Found(
            found.attempts + (earlier.attempts.get(person, 0) if person else 0),
            frozenset(_bytes_of(each) for each in addresses | asked_at),
            found.born_addresses,
            found.people + len(people - {person}),
        )


_ONCE: Final = (1,) * len(Uses.__struct_fields__)
_ALONE: Final = _Found(1, _NO_ADDRESSES, 1, 1)


def _bytes_of(number: int) -> bytes:
    return number.to_bytes(8, "big", signed=True)


def _found(
    asked: bytes, attempts: int, addresses: set[bytes], born: set[bytes], people: int
) -> _Found:
    placed = address_of(asked) != ABSENT
    addresses.discard(ABSENT)
    born.discard(ABSENT)
    return _Found(
        attempts,
        addresses if placed else _NO_ADDRESSES,
        len(born) if placed and is_dated(asked) else 1,
        people,
    )


def _compared_with_crowds(
    own: Entry, homes: Sequence[Crowd], people: Sequence[Crowd], enough: int, sealed: SealedNames
) -> _Found:
    """One question beside many that share its keys. See the module."""
    number, asked = own
    person, name, address = person_of(asked), name_of(asked), address_of(asked)
    mine, visited = sealed_name_of(asked), 0
    attempts, addresses, born = {number}, {address}, {address}
    for _, entries in chain.from_iterable(crowd.sharing(mine) for crowd in homes):
        attempts.update([each for each, _ in entries])
        if len(attempts) > enough:
            break
    for theirs, entries in chain.from_iterable(crowd.sharing(mine) for crowd in people):
        alike = sealed.are_alike_in_family(mine, theirs)
        for each, other in entries:
            visited += 1
            born.add(address_of(other))
            if alike or person_of(other) == person:
                attempts.add(each)
                addresses.add(address_of(other))
        if len(attempts) > enough or visited > MOST_COMPARED:
            break
    over = enough if visited > MOST_COMPARED else 0
    names = _names_at(name, homes, enough)
    return _found(asked, max(len(attempts), over), addresses, born, names)


def _names_at(name: bytes, homes: Sequence[Crowd], enough: int) -> int:
    names = {name}
    for group in homes:
        if len(group.names) > enough:
            return len(group.names)
        names |= group.names
    return len(names)


def count_file(rows: Fingerprints, key: bytes, enough: int = 1 << 62) -> dict[int, Uses]:
    """The counts of every row of a file without a past, by row from 0; those left out are
    `ONCE`."""
    return Counting(rows, enough, key).uses(range(len(rows)))
