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
    dates, numbers, years
                    different dates of birth, tax numbers and sets of taxable years among the
                    attempts at the home, none being one of them: what a question states beside name
                    and address is evidence, of which another is not to be tried
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

from collections.abc import Callable, Iterable, Sequence, Set
from itertools import chain
from typing import Final, NamedTuple

from counterfoil.core.values import Sensitive
from counterfoil.gate.history.earlier import NO_COUNTS, Counts
from counterfoil.gate.history.file_index import Crowd, FileIndex, asks
from counterfoil.gate.history.fingerprints import (
    CONTENT_AT,
    NAME_AT,
    UNKNOWN,
    Fingerprints,
    address_of,
    born_of,
    content_of,
    is_dated,
    is_of_first_form,
    number_of_person,
    person_of,
    present_form,
    was_not_put,
    years_of,
)
from counterfoil.gate.history.keyed_hash import ABSENT, number_of
from counterfoil.gate.history.sealed_names import GivenNames, SealedNames
from counterfoil.gate.history.tables import INVESTIGATIONS
from counterfoil.gate.history.uses import ONCE, Uses
from counterfoil.normalize.likeness import are_far

MOST_COMPARED: Final = 65_536
_CONTENT_END: Final = 32
_FEW: Final = 12
"""Questions that are compared one by one; of more, an index by given name is made."""
_REMEMBERED: Final = 262_144
_NOBODY: Final = frozenset[int]()
_NO_ADDRESSES: Final = frozenset[bytes]()


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
    dates: int = 1
    numbers: int = 1
    years: int = 1


class Counting:
    """Counts the questions of one file, chunk by chunk. `enough` is one more than the largest
    limit; `key` the history key, under which the names are sealed."""

    def __init__(self, rows: Fingerprints, enough: int, key: bytes) -> None:
        self.fingerprints = rows
        self._sealed = SealedNames(key)
        self._given = GivenNames(self._sealed)
        self._index = FileIndex(rows)
        self._enough = enough
        self._by_key, self._times = self._index.by_key, self._index.times
        self._before: dict[int, bytes] = {}
        self._merged: dict[int, int] = {}
        self._first_form: dict[int, set[bytes]] = {}
        self._contents: dict[bytes, int] = {}
        self._reasons: dict[tuple[int, int], int] = {}
        self._similar: dict[int, int] = {}
        self._people: dict[int, set[int]] = {}
        self._recalled = Wanted(set(), set(), set())
        self._latest = range(0), self._recalled
        self._crowds: dict[int, Crowd] = {}
        self._crowd_of: dict[tuple[int, ...], Crowd] = {}
        self._found: dict[int, _Found] = {}

    def wanted(self, rows: range) -> Wanted:
        """What is to be recalled for these rows and was not recalled yet."""
        some, before = self._named(rows), self._recalled
        self._latest = rows, some
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
            {*some.similar[rows.start : rows.stop], *some.merged[rows.start : rows.stop]},
            {
                *some.investigations[rows.start : rows.stop],
                *some.written[rows.start : rows.stop],
                *some.parted[rows.start : rows.stop],
            },
        )

    def _take(self, rows: range, recalled: Recalled) -> None:
        """Keep what was recalled. Only what the file repeats would be asked for again."""
        latest, before, index = self._latest, self._recalled, self._index
        some = latest[1] if latest[0] == rows else self._named(rows)
        before.keys.update(some.keys & index.often)
        before.similar.update(some.similar & index.similar.keys())
        before.investigations.update(some.investigations & index.investigations.keys())
        keys = dict[int, list[int]]()
        for key, number, question in recalled.asked:
            if number in keys:
                keys[number].append(key)
            else:
                keys[number] = [key]
                self._before[-1 - number] = question
            if is_of_first_form(question):
                self._before[-1 - number] = self._in_present_form(number, key, question)
        for number, some_keys in keys.items():
            self._take_question(-1 - number, some_keys)
        for kind, key, part, times in recalled.matters:
            if kind == INVESTIGATIONS:
                self._people.setdefault(key, set()).add(part)
            else:
                self._reasons[key, part] = int(times)
                self._similar[key] = self._similar.get(key, 0) + int(times)

    def _in_present_form(self, number: int, key: int, question: bytes) -> bytes:
        """A question of the first form, which is found under this key: where that is the key of a
        date of birth, it is of that date."""
        found = self._first_form.setdefault(number, set())
        if key in self._index.born:
            found.add(_bytes_of(key))
        return present_form(question, min(found, default=b""))

    def _take_question(self, number: int, keys: Iterable[int]) -> None:
        """Keep one question of the past under these keys. One that asks the same as a row of the
        file, under keys of that row, is only counted with it."""
        question, index = self._before[number], self._index
        is_new = number not in self._merged
        if is_new:
            content = question[CONTENT_AT:_CONTENT_END]
            self._contents[content] = self._contents.get(content, 0) + 1
            self._merged[number] = row = index.by_what.get(asks(question), -1)
        else:
            row = self._merged[number]
        if row >= 0 and set(index.keys_of(row)).issuperset(keys):
            if is_new:
                self._times[row] = self._times.get(row, 1) + 1
            return
        for key in keys:
            if key in self._by_key:
                self._by_key[key].append(number)
            else:
                self._by_key[key] = [number]

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
        if merged := rows.merged[row]:
            alike = max(alike, index.similar.get(merged, 1) + self._similar.get(merged, 0))
        investigated = self._investigated(row, number, rows.owners[row]) if number else 1
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
            found.dates,
            found.numbers,
            found.years,
        )
        return ONCE if counted == _ONCE else Uses(*counted)

    def _investigated(self, row: int, number: int, owner: int) -> int:
        """People under the investigation of a row, this one included. What was kept under the
        number as it is written counts as well."""
        here = self._index.investigations.get(number, _NOBODY)
        before = self._people.get(number, _NOBODY)
        if written := self._people.get(self.fingerprints.written[row]):
            before = before | written
        if parted := self.fingerprints.parted[row]:
            here = here | self._index.investigations.get(parted, _NOBODY)
            before = before | self._people.get(parted, _NOBODY)
        if not (here or before):
            return 1
        return len(here) + len(before - here) + (owner not in here and owner not in before)

    def _found_of(self, row: int, own: bytes) -> _Found:
        first = self._index.first[row]
        found = self._found.get(first)
        if found is None:
            found = self._compared(first, own)
            if first != row or first in self._times:
                self._found[first] = found
        return found

    def _alone(self, row: int, own: bytes) -> _Found:
        """The counts of a question that only those are like that ask the same."""
        times = self._times.get(row, 1)
        return _ALONE if times == 1 else _found(own, times, {own[16:24]}, {own[16:24]}, 1)

    def _are_strangers(self, row: int, own: bytes, some: Iterable[int]) -> bool:
        """Whether the letters show that those who share a person's key, most often a date of birth,
        are somebody else."""
        letters, person = self.fingerprints.letters, own[:8]
        mine = letters[row]
        if mine < 0 or not is_dated(own):
            return False
        for other in some:
            if other >= 0:
                theirs = letters[other]
            else:
                question = self._before[other]
                if question[:8] == person:
                    return False
                theirs = self._sealed.letters(question[NAME_AT:])
            if not are_far(mine, theirs):
                return False
        return True

    def _compared(self, row: int, own: bytes) -> _Found:
        """The question beside those that share its keys: one by one, or where they are many by
        their names."""
        if person_of(own) == ABSENT:
            return _ALONE
        by_key, keys, homes = self._by_key, self._index.keys_of(row), self.fingerprints.homes[row]
        at = [found for key in keys[:homes] if (found := by_key.get(key))]
        about = [found for key in keys[homes:] if (found := by_key.get(key))]
        if not at and not about:
            return self._alone(row, own)
        if sum(map(len, at)) + sum(map(len, about)) > _FEW:
            crowds, of_people = (
                [crowd for key in some if (crowd := self._crowd(key))]
                for some in (keys[:homes], keys[homes:])
            )
            return self._compared_with_crowds(row, own, [*dict.fromkeys(crowds)], of_people)
        at_home, of_person = {*chain.from_iterable(at)}, {*chain.from_iterable(about)}
        at_home.discard(row)
        of_person.discard(row)
        if not at_home and (not of_person or self._are_strangers(row, own, of_person)):
            return self._alone(row, own)
        return self._compared_with_few(row, own, at_home, of_person)

    def _compared_with_few(self, row: int, own: bytes, at: set[int], about: set[int]) -> _Found:
        """One question beside few that share its keys. Whoever has the same exact name is alike,
        which saves most of the work."""
        person, name, address = own[:8], own[8:16], own[16:24]
        attempts, addresses, born, names = {row}, {address}, {address}, {name}
        tried = [own]
        asked, before, are_alike = self.fingerprints.asked, self._before, self._alike_elsewhere(own)
        for each in at:
            other = asked[each] if each >= 0 else before[each]
            if other[8:16] != name:
                names.add(other[8:16])
                if not self._are_alike_in_given(row, own, each, other):
                    continue
            attempts.add(each)
            tried.append(other)
        for each in about:
            other = asked[each] if each >= 0 else before[each]
            if other[:8] == person:
                attempts.add(each)
                addresses.add(other[16:24])
                born.add(other[16:24])
            elif self._are_alike_in_given(row, own, each, other):
                born.add(other[16:24])
                if are_alike(own[NAME_AT:], other[NAME_AT:]):
                    attempts.add(each)
                    addresses.add(other[16:24])
        people = len(names - {ABSENT})
        return _found(own, self._total(attempts), addresses, born, people, tried)

    def _compared_with_crowds(
        self, row: int, own: bytes, homes: Sequence[Crowd], people: Sequence[Crowd]
    ) -> _Found:
        """One question beside many that share its keys. See the module."""
        person, mine, visited, enough = own[:8], own[NAME_AT:], 0, self._enough
        attempts, addresses, born = {row}, {own[16:24]}, {own[16:24]}
        tried = [own]
        for each, other in chain.from_iterable(crowd.sharing(mine) for crowd in homes):
            attempts.add(each)
            tried.append(other)
            if len(attempts) > enough:
                break
        are_alike = self._alike_elsewhere(own)
        for each, other in chain.from_iterable(crowd.sharing(mine) for crowd in people):
            visited += 1
            born.add(other[16:24])
            if other[:8] == person or are_alike(mine, other[NAME_AT:]):
                attempts.add(each)
                addresses.add(other[16:24])
            if len(attempts) > enough or visited > MOST_COMPARED:
                break
        over = enough if visited > MOST_COMPARED else 0
        names = _names_at(own[8:16], homes, enough)
        return _found(own, max(self._total(attempts), over), addresses, born, names, tried)

    def _alike_elsewhere(self, own: bytes) -> Callable[[bytes, bytes], bool]:
        """What shows that the name of a question and another that meets it in the given name may be
        one person's at two homes."""
        sealed = self._sealed
        return sealed.are_alike_in_family if is_dated(own) else sealed.are_alike_undated

    def _total(self, questions: Iterable[int]) -> int:
        """How often these were asked, with those that ask the same."""
        times = self._times
        return sum([times.get(each, 1) for each in questions])

    def _are_alike_in_given(self, row: int, own: bytes, other: int, asked: bytes) -> bool:
        """Whether the given name of a row meets that of another question. Of most pairs the letters
        show that they do not, and of two of the file without their names being opened."""
        letters, name = self.fingerprints.letters, asked[NAME_AT:]
        theirs = letters[other] if other >= 0 else self._sealed.letters(name)
        return not are_far(letters[row], theirs) and self._sealed.are_alike_in_given(
            own[NAME_AT:], name
        )

    def _crowd(self, key: int) -> Crowd | None:
        """All questions of a key, if there are any. Keys of the same questions, as those of one
        home most often are, have one crowd."""
        found, numbers = self._crowds.get(key), self._by_key.get(key)
        if found is None and numbers:
            same = tuple(numbers)
            found = self._crowd_of.get(same)
            if found is None:
                asked, before = self.fingerprints.asked, self._before
                entries = [(each, asked[each] if each >= 0 else before[each]) for each in numbers]
                found = self._crowd_of[same] = Crowd(entries, self._given)
            self._crowds[key] = found
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
            found.dates,
            found.numbers,
            found.years,
        )


_ONCE: Final = (1,) * len(Uses.__struct_fields__)
_ALONE: Final = _Found(1, _NO_ADDRESSES, 1, 1)


def _bytes_of(number: int) -> bytes:
    return number.to_bytes(8, "big", signed=True)


def _found(
    asked: bytes,
    attempts: int,
    addresses: set[bytes],
    born: set[bytes],
    people: int,
    tried: Sequence[bytes] = (),
) -> _Found:
    """The counts of a question. `tried`: it and the attempts at its home."""
    placed = address_of(asked) != ABSENT
    addresses.discard(ABSENT)
    born.discard(ABSENT)
    return _Found(
        attempts,
        addresses if placed else _NO_ADDRESSES,
        len(born) if placed and is_dated(asked) else 1,
        people,
        *_evidence(asked, tried),
    )


def _evidence(asked: bytes, tried: Sequence[bytes]) -> tuple[int, int, int]:
    """How many dates of birth, numbers and sets of years these questions state. What names nobody
    was answered to nobody, and what was refused was put to nobody: both try nothing."""
    tried = [each for each in tried if person_of(each) != ABSENT and not was_not_put(each)]
    if len(tried) < 2:
        return 1, 1, 1
    dates, numbers, years = (
        len({of(each) for each in tried} - {UNKNOWN}) if of(asked) != UNKNOWN else 1
        for of in (born_of, number_of_person, years_of)
    )
    return dates, numbers, years


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
