"""Accountings in a made-up office, as the command line asks for them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from counterfoil.accountability.accounting.service import (
    PERSON_FORMAT,
    Accounted,
    AccountPerson,
    Reader,
    account,
)
from counterfoil.core.use_cases import Upload
from tests.world.office import World

MARISOL: Final = {
    "format": PERSON_FORMAT,
    "given_name": "Marisol",
    "family_name": "Quintanilla",
    "line1": "1847 Heron Lake Road",
    "city": "Anytown",
    "state": "WA",
    "zip": "98101",
}


def person_file(world: World, person: Mapping[str, str]) -> Upload:
    """The file of a person who asks."""
    path = world.directory / "person.json"
    path.write_text(json.dumps(person), encoding="utf-8")
    return Upload(path)


def accounted(
    world: World, person: Mapping[str, str] = MARISOL, reader: Reader = Reader.INSPECTOR
) -> list[Accounted]:
    """The accounting for a person, by officer a."""
    question = AccountPerson(person_file(world, person), reader)
    return [*account(world.office, world.officer("a").officer, question)]
