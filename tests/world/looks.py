"""What an officer of a made-up office is shown of requests and persons."""

from __future__ import annotations

import json

from counterfoil.accountability.accounting.service import (
    PERSON_FORMAT,
    Accounted,
    AccountPerson,
    ShownToPerson,
    account,
    account_to_person,
)
from counterfoil.client import OfficerKey
from counterfoil.core.use_cases import Upload
from counterfoil.disclosure.explain import ExplainRequest, Explanation, explain_request
from tests.world.office import World

PLACE = {"city": "Anytown", "state": "WA", "zip": "98101"}


def explained(
    world: World, batch: str, request_id: str, key: OfficerKey | None = None
) -> Explanation:
    actor = (key or world.officer("a")).officer
    return explain_request(world.office, actor, ExplainRequest(batch, request_id)).explanation


def accounted(world: World, given: str, family: str, line1: str) -> tuple[Accounted, ...]:
    """The accounting of somebody at a place in Anytown, for an inspector."""
    question = asking(world, given, family, line1)
    return account(world.office, world.officer("a").officer, question)


def shown_to_person(world: World, given: str, family: str, line1: str) -> tuple[ShownToPerson, ...]:
    """What somebody at a place in Anytown may be shown of it."""
    question = asking(world, given, family, line1)
    return account_to_person(world.office, world.officer("a").officer, question)


def asking(world: World, given: str, family: str, line1: str) -> AccountPerson:
    said = {"format": PERSON_FORMAT, "given_name": given, "family_name": family, "line1": line1}
    path = world.directory / "person.json"
    path.write_text(json.dumps(said | PLACE), encoding="utf-8")
    return AccountPerson(Upload(path))
