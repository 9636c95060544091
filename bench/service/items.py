"""Sealed items as a requester makes them, of made-up rows that are in order: each row has a person,
a home, an investigation and a reason of its own."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from counterfoil.core.use_cases import finish
from counterfoil.demo.questions import REASON_WORDS, REQUEST_COLUMNS, complete_request
from counterfoil.requester.desk import Desk
from counterfoil.requester.keys import open_principal
from counterfoil.requester.known_office import read_office_file
from counterfoil.requester.opening_keys import SUFFIX, read_public_key
from counterfoil.requester.outgoing import Signer, SignItem, sign_item, trusted_intake_key

_SYLLABLES: Final = (
    "ba",
    "dre",
    "fi",
    "gol",
    "ha",
    "kem",
    "lu",
    "mar",
    "nis",
    "po",
    "ra",
    "ste",
    "tu",
    "vo",
    "wen",
)


_HOMES: Final = 99_900
_FIRST_BIRTH: Final = date(1935, 1, 1)
_BIRTHS: Final = 25_000
"""Days on which somebody was born, as many as a country's adults have. Each question is counted beside
those that share its date of birth, so that too few days cost their square."""


class MadeItem(NamedTuple):
    """One item: its id, its file, and how many rows it asks."""

    item: str
    file: Path
    rows: int


class Requester:
    """A sandbox's requester, with what signs and seals."""

    def __init__(self, sandbox: Path, folder: Path) -> None:
        key = sandbox / "kit" / "requester.key"
        self.office = read_office_file(key.with_name("office.json"))
        public = key.with_name(key.name.removesuffix(".key") + SUFFIX.replace(".key", ".pub"))
        opened = open_principal(key, None, sandbox=True)
        self.signer = Signer(opened, self.office, (read_public_key(public),))
        self.desk = Desk(folder / "items")
        self.folder = folder
        self._intake = sandbox / "mailbox" / "intake-key.jws"
        self._next = 1

    def make(self, rows: int) -> MadeItem:
        """An item of so many new rows."""
        self._next += rows
        return self._make(question_rows(self._next - rows, rows), rows)

    def make_of(self, rows: Sequence[dict[str, str]]) -> MadeItem:
        """An item of these rows."""
        return self._make(rows, len(rows))

    def _make(self, rows: Iterable[dict[str, str]], count: int) -> MadeItem:
        file = write_rows(self.folder / "item.csv", rows)
        now = datetime.now(UTC).replace(microsecond=0)
        intake = trusted_intake_key(self.office, self._intake.read_bytes(), now)
        sent = finish(sign_item(self.signer, self.desk, intake, SignItem(file, again=True), now))
        file.unlink()
        return MadeItem(sent.item, self.desk.sealed(sent.item), count)


def question_rows(first: int, count: int) -> Iterator[dict[str, str]]:
    """Rows that no other number has, in order before the sandbox's agreement.

    No house number and unit repeat: the guards know a person at a home by how the given name
    sounds, the house number and the unit, and would take a second one for a try.
    """
    for number in range(first, first + count):
        words = " ".join(_words(number))
        row = {
            "given_name": name_of(number, 3),
            "family_name": name_of(number // 7 + 11, 4),
            "date_of_birth": (_FIRST_BIRTH + timedelta(number * 7919 % _BIRTHS)).isoformat(),
            "line1": f"{100 + number % _HOMES} {name_of(number // _HOMES + 5, 4)} St",
            "line2": f"Apt {1 + number // _HOMES}",
            "city": "Anytown",
            "state": "WA",
            "zip": "98001",
            "taxable_periods": "2023;2024",
        }
        officer = number // 200
        made = complete_request(number, row, officer=officer)
        letters = [chr(97 + officer // 26**at % 26) for at in range(3)]
        engaged = "E{:05d}|Dana{} Fields{}{}|Special Agent|Agency A".format(officer, *letters)
        reason = f"Willful failure to depart: residence bears on intent, with the {words} evidence"
        yield made | {"request_id": f"L{number:07d}", "reason": reason, "engaged_officers": engaged}


def write_rows(path: Path, rows: Iterable[dict[str, str]]) -> Path:
    """A request file in CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, REQUEST_COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path


def _words(number: int) -> Iterator[str]:
    for _ in range(6):
        number, word = divmod(number, len(REASON_WORDS))
        yield REASON_WORDS[word]


def name_of(number: int, syllables: int) -> str:
    """A made-up name of so many syllables."""
    made = ""
    for _ in range(syllables):
        number, part = divmod(number * 7 + 3, len(_SYLLABLES))
        made += _SYLLABLES[part]
    return made.capitalize()
