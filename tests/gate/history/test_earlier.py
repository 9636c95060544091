"""What the first version counted is hashed and counted as it was, for ever."""

from __future__ import annotations

import pytest

from counterfoil.core.values import Person
from counterfoil.gate.history.earlier import (
    Counts,
    EarlierFile,
    EarlierFingerprinter,
    content_bytes,
)
from counterfoil.gate.history.keyed_hash import ABSENT, keyed_hash, number_of, utf8
from counterfoil.gate.history.uses import Uses
from counterfoil.normalize import counted_address, normalize_address
from tests.gate.world import KEY, REQUEST, changed

HASHES = EarlierFingerprinter(KEY)


def test_a_question_is_hashed_as_the_first_version_hashed_it() -> None:
    address = counted_address(normalize_address(REQUEST.address))
    assert HASHES.asked(REQUEST) == (
        keyed_hash(KEY, b"asked person", b"rosalind|quill|1980-02-29"),
        keyed_hash(KEY, b"asked door", utf8(address)),
        keyed_hash(KEY, b"asked content", content_bytes(REQUEST)),
    )
    reason = "The address on the notice to depart is disputed before the grand jury."
    found = [number_of(each) for each in HASHES.matter(REQUEST)]
    assert found == [
        keyed_hash(KEY, b"reason", reason.lower().encode()),
        keyed_hash(KEY, b"reason", reason.lower().rstrip(".").encode()),
        keyed_hash(KEY, b"investigation", b"cr-2025-00417"),
        keyed_hash(KEY, b"asked person", b"rosalind|quill|1980-02-29"),
    ]


@pytest.mark.parametrize(
    "nobody", [Person("", "", "Quill"), Person("Rosalind", "", "12"), Person()]
)
def test_who_is_not_named_whole_is_nobody(nobody: Person) -> None:
    assert HASHES.person(nobody) == ABSENT


def test_two_spellings_are_as_alike_as_they_were() -> None:
    def person(given: str, family: str) -> bytes:
        return HASHES.person(Person(given, "", family))

    assert person("Ada", "O'Quill") == person("ADA", "o quill")
    assert person("Ada", "Quill") != person("\u00c1da", "Quill")


def test_columns_are_persons_and_contents() -> None:
    people, contents = HASHES.columns([REQUEST, changed(person=Person())])
    person, _, content = HASHES.asked(REQUEST)
    assert [number_of(each) for each in people] == [person, 0]
    assert number_of(contents[0]) == content != number_of(contents[1])


def test_a_file_is_counted_anew_as_it_was_counted() -> None:
    neighbour = changed(row=3, person=Person("Philippa", "", "Quill"))
    rows = [REQUEST, changed(row=2, request_id="r2"), neighbour, changed(reason="7")]
    file = EarlierFile(KEY, [rows[:1], rows[1:]])
    person, address, content = HASHES.asked(REQUEST)
    past = Counts({person: 5}, {person: {address, 7}}, {address: {8, 9}}, {content: 1})
    assert file.rows == 4
    assert file.officer_load(REQUEST.engaged_officers[0]) == 4
    assert file.uses(REQUEST, past) == Uses(
        attempts=8, addresses=2, people=4, contents=3, reasons=3, similar=3, investigated=2
    )
