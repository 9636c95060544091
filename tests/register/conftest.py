"""A made-up holder: a few people of 9xx-00 numbers at two streets, and an office folder to seal
them in."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from counterfoil import normalize
from counterfoil.core import keyfile
from counterfoil.core.values import Address, Grant, Person, Request
from counterfoil.register import (
    BuildPlan,
    KeyCustodian,
    Manifest,
    SealedRegister,
    build,
    open_register,
)
from counterfoil.register.bucket import BUCKET_FORMAT
from counterfoil.register.source import COLUMNS

SECRET = bytes(range(64))
HOLDER = b"h" * 32
PUBLIC = keyfile.public_bytes(HOLDER)
DAY = date(2025, 8, 7)
NOW = datetime(2025, 8, 7, 12, 0, 0, tzinfo=UTC)

JUNIPER = {
    "line1": "1287 Juniper Ln",
    "line2": "",
    "city": "Larkspur",
    "state": "CA",
    "zip": "94939",
}
FLAT = {
    "line1": "5521 Quarry Ave",
    "line2": "Apt 7",
    "city": "Hollis",
    "state": "NH",
    "zip": "03049",
}
PEOPLE: list[dict[str, str]] = [
    {
        "record_ref": "REF-7781",
        "tin": "900-00-1234",
        "given_name": "Rosalind",
        "family_name": "Achterberg",
        "date_of_birth": "1961-04-09",
        "taxable_period": "2019",
        **JUNIPER,
    },
    {
        "record_ref": "REF-7781",
        "tin": "900-00-1234",
        "given_name": "Rosalind",
        "family_name": "Achterberg",
        "date_of_birth": "1961-04-09",
        "taxable_period": "2020",
        **JUNIPER,
    },
    {
        "record_ref": "REF-7782",
        "tin": "900-00-5678",
        "given_name": "Bartholomew",
        "family_name": "Achterberg",
        "taxable_period": "2020",
        **JUNIPER,
    },
    {
        "record_ref": "REF-7783",
        "tin": "901-00-2468",
        "given_name": "Consuelo",
        "middle_name": "Inmaculada",
        "family_name": "Villanueva",
        "taxable_period": "2020",
        **FLAT,
    },
]


def write_csv(path: Path, people: list[dict[str, str]], columns: tuple[str, ...] = COLUMNS) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(people)
    return path


def grant_at(address: dict[str, str], tin: str = "", number: int = 1) -> Grant:
    person = Person("Rosalind", "", "Achterberg", "", None, tin)
    asked = Address(**address)
    request = Request(f"Q{number}", number, person, asked)
    return Grant(
        request,
        normalize.normalize_address(asked),
        normalize.normalize_name(person),
        (2020,),
        "sha256:rules",
    )


@dataclass
class Office:
    folder: Path
    limit: int = 1000
    day: date = DAY
    random: Random = field(default_factory=lambda: Random(20250807))
    """Seeded, so that no noise spells a word of a test once in a thousand runs."""

    @property
    def register(self) -> Path:
        return self.folder / "register"

    def custodian(self, secret: bytes = SECRET) -> KeyCustodian:
        return KeyCustodian(secret, self.folder / "custodian.json", self.limit, self.day)

    def plan(self, **options: Any) -> BuildPlan:
        if "learner" in options:
            options = {"evidence": dict} | options
        given = {
            "custodian": self.custodian(),
            "sign": keyfile.signing_key(HOLDER).sign,
            "now": NOW,
            "match_version": "match-0",
            "random": self.random.randbytes,
        }
        return BuildPlan(**(given | options))

    def build(self, people: list[dict[str, str]] = PEOPLE, **options: Any) -> Manifest:
        return build(
            write_csv(self.folder / "source.csv", people), self.register, self.plan(**options)
        )

    def build_pairs(self, people: list[dict[str, str]] = PEOPLE, **options: Any) -> Manifest:
        """A register of format 2, as offices have them from before."""
        return self.build(people, bucket_format=BUCKET_FORMAT, **options)

    def open(self, **options: Any) -> SealedRegister:
        return open_register(self.register, self.custodian(), PUBLIC, **options)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)
