"""Who may add, lift and list holds, and what their statements and acts say. What a hold does to an
answer is tried in tests/journeys."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from counterfoil.batches.officers import Role
from counterfoil.client import OfficerKey
from counterfoil.controls.holds import service as holds
from counterfoil.controls.holds.marks import read_marks, split_marks
from counterfoil.core import canonical
from counterfoil.core.errors import CounterfoilError
from counterfoil.core.use_cases import NOBODY, SERVICE, Actor, Upload
from counterfoil.ledger import EntryKind
from counterfoil.office.acts import Act, list_acts
from tests.world.acts import add_hold, lift_hold, officer, person_file
from tests.world.office import World

NUMBER = "900-00-1001"


@pytest.fixture
def keys(world: World) -> list[OfficerKey]:
    return [officer(world, name, Role.HOLDS) for name in ("holds-a", "holds-b")]


@pytest.fixture
def file(world: World) -> Path:
    return person_file(world, tin=NUMBER, record_refs=["r1"])


def _code(work: Callable[[], object]) -> str:
    with pytest.raises(CounterfoilError) as fault:
        work()
    return fault.value.code


def _acts(world: World) -> list[Act]:
    with world.office.store.reading() as connection:
        return list_acts(connection, EntryKind.HOLD)


def test_the_statement_holds_the_digest_of_the_marks_that_are_kept(
    world: World, keys: list[OfficerKey], file: Path
) -> None:
    statement = holds.add_hold_statement(world.office, keys[0].officer, holds.AddHold(Upload(file)))
    add_hold(world, file, *keys)
    [act] = _acts(world)
    key_id, marks = read_marks(act.extra)
    assert statement.details == {"marks": canonical.digest(marks)}
    assert (statement.act, statement.subject, key_id) == (
        "add-hold",
        "1",
        world.office.custodian().key_id,
    )
    assert NUMBER not in act.signatures and "r1" not in act.signatures


def test_the_marks_of_one_person_in_two_holds_are_hidden_among_others(
    world: World, keys: list[OfficerKey], file: Path
) -> None:
    for _ in range(2):
        add_hold(world, file, *keys)
    first, second = (set(split_marks(read_marks(act.extra)[1])) for act in _acts(world))
    assert len(first) == len(second) == 16
    custodian = world.office.custodian()
    number_hash = custodian.tin_hash(NUMBER)
    own = {*custodian.hold_fingerprints(number_hash, ""), *custodian.hold_fingerprints(b"", "r1")}
    assert first & second == own


def test_acts_say_added_and_lifted_of_one_number(
    world: World, keys: list[OfficerKey], file: Path
) -> None:
    assert [add_hold(world, file, *keys).hold for _ in range(2)] == [1, 2]
    assert lift_hold(world, 1, *keys).hold == 1
    assert [(act.event, act.subject, bool(act.extra)) for act in _acts(world)] == [
        ("added", "1", True),
        ("added", "2", True),
        ("lifted", "1", False),
    ]
    marks = read_marks(_acts(world)[0].extra)[1]
    said = {"event": "lifted", "hold": 1, "marks": canonical.digest(marks)}
    assert _acts(world)[2].committed == canonical.encode(said)
    assert _code(lambda: lift_hold(world, 1, *keys)) == "hold_lifted"
    assert _code(lambda: lift_hold(world, 3, *keys)) == "hold_unknown"


@pytest.mark.parametrize("actor", [NOBODY, SERVICE])
def test_only_officers_of_the_role_change_or_see_holds(
    world: World, file: Path, actor: Actor
) -> None:
    add, lift = holds.AddHold(Upload(file)), holds.LiftHold(1)
    for use_case, command in (
        (holds.add_hold_statement, add),
        (holds.add_hold, add),
        (holds.lift_hold_statement, lift),
        (holds.lift_hold, lift),
    ):
        assert _code(lambda u=use_case, c=command: u(world.office, actor, c)) == "actor_refused"
    assert _code(lambda: holds.list_holds(world.office, actor)) == "actor_refused"
    disclosure = world.officer("a").officer
    assert _code(lambda: holds.list_holds(world.office, disclosure)) == "officer_role"
    assert "inspection" not in world.kinds()


def test_one_officer_does_not_add_a_hold(world: World, keys: list[OfficerKey], file: Path) -> None:
    assert _code(lambda: add_hold(world, file, keys[0], keys[0])) == "officers_same"
    assert _code(lambda: add_hold(world, file, keys[0])) == "signatures_missing"
    assert _code(lambda: add_hold(world, file, keys[0], world.officer("a"))) == "officer_role"
    assert "hold" not in world.kinds()


def test_a_statement_about_another_person_is_refused(
    world: World, keys: list[OfficerKey], file: Path
) -> None:
    command = holds.AddHold(Upload(file))
    statement = holds.add_hold_statement(world.office, keys[0].officer, command)
    signed = replace(command, signatures=tuple(key.sign(statement) for key in keys))
    person_file(world, tin="900-00-1002")
    assert _code(lambda: holds.add_hold(world.office, keys[0].officer, signed)) == "statement_moved"


def test_a_list_is_entered_before_it_is_shown(
    world: World, keys: list[OfficerKey], file: Path
) -> None:
    add_hold(world, file, *keys)
    lift_hold(world, 1, *keys)
    [listed] = holds.list_holds(world.office, keys[1].officer)
    assert (listed.hold, listed.added_by, listed.lifted_by) == (1, *[("holds-a", "holds-b")] * 2)
    assert world.kinds()[-1] == "inspection"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"[]", "held_file"),
        (b"\xff", "held_file"),
        (json.dumps({"format": holds.PERSON_FORMAT}).encode(), "held_nobody"),
    ],
)
def test_a_file_of_no_person_is_refused(content: bytes, code: str) -> None:
    assert _code(lambda: holds.read_person(content)) == code
