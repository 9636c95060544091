"""Must show 4: a thief of the register's folder finds no name, street, city or number of the
source."""

from __future__ import annotations

import re
from pathlib import Path

from tests.register.conftest import PEOPLE, Office

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le")
NOT_SECRET = {"taxable_period", "date_of_birth"}
"""Looked for as a whole (a year alone stands in the manifest's own date)."""


DIGEST = re.compile(rb"[0-9a-f]{12,}")
"""Four digits in a row stand in many a digest by chance."""


def forbidden(people: list[dict[str, str]]) -> set[str]:
    """Words of four letters or more, numbers of four digits or more, and whole values, of every
    field."""
    found: set[str] = set()
    for person in people:
        for name, value in person.items():
            if name not in NOT_SECRET:
                found.update(re.findall(r"[^\W\d_]{4,}|\d{4,}", value))
            found.add(value if len(value) > 4 else "")
    return {word.lower() for word in found if word}


def found_in(folder: Path, words: set[str]) -> list[tuple[str, str]]:
    """(file, word) for every forbidden word that stands in a file or in its name, in any letter
    case and encoding."""
    hits: list[tuple[str, str]] = []
    for path in folder.rglob("*"):
        data = (
            (path.read_bytes() if path.is_file() else b"").lower()
            + b" "
            + path.name.encode().lower()
        )
        data = DIGEST.sub(b"", data)
        hits += [
            (path.name, word)
            for word in words
            for encoding in ENCODINGS
            if word.encode(encoding) in data
        ]
    return hits


BAD = [
    PEOPLE[0] | {"taxable_period": "Whenever"},
    PEOPLE[1] | {"line1": "Juniper"},
    PEOPLE[2] | {"given_name": "", "family_name": "", "suffix": "Esquire"},
]


class Learner:
    def __init__(self) -> None:
        self.seen = 0

    def same_person(self, *_: object) -> None:
        self.seen += 1

    def co_residents(self, *_: object) -> None:
        self.seen += 1

    def merge(self, other: Learner, /) -> None:
        self.seen += other.seen

    def evidence(self) -> dict[str, int]:
        return {"seen": self.seen}


def test_a_thief_finds_nothing(office: Office) -> None:
    learner = Learner()
    office.build(PEOPLE + BAD, learner=learner, evidence=learner.evidence)
    assert len(forbidden(PEOPLE + BAD)) > 20
    assert found_in(office.register, forbidden(PEOPLE + BAD)) == []


def test_a_thief_finds_nothing_after_the_doors_were_opened(office: Office) -> None:
    from tests.register.conftest import FLAT, JUNIPER, grant_at

    office.build()
    with office.open() as register:
        register.open_residents([grant_at(JUNIPER, "900-00-1234"), grant_at(FLAT)])
    (office.folder / "source.csv").unlink()
    assert found_in(office.folder, forbidden(PEOPLE)) == []


def test_the_scan_would_find_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"\x00\x01ACHTERBERG\x00")
    (tmp_path / "two").write_bytes("Juniper".encode("utf-16-le"))
    assert {word for _, word in found_in(tmp_path, forbidden(PEOPLE))} == {"achterberg", "juniper"}
