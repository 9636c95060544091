"""What a litigation hold reaches, by batch, by days or by person, is not disposed of until two
officers lift it, and retention says what it passed over and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from counterfoil import client
from counterfoil.accountability.retention import litigation
from counterfoil.client import act
from counterfoil.core.errors import CounterfoilError
from counterfoil.core.use_cases import NOBODY, SERVICE, Upload
from counterfoil.office.acts import ACT
from tests.accountability.evidence.bundles import released
from tests.world.acts import dispose, due, order
from tests.world.looks import asking
from tests.world.office import NOW, World, closing
from tests.world.people import REQUESTS

TODAY, LATER = date(2026, 5, 4), date(2026, 5, 5)
HOME = ("Marisol", "Quintanilla", "1847 Heron Lake Rd")


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory, world_template: Path) -> Path:
    """An office that released the answers to all requests."""
    folder = tmp_path_factory.mktemp("kept")
    with closing(World(folder, template=world_template)) as world:
        (folder / "batch").write_text(released(world))
    return folder


@pytest.fixture
def world(tmp_path: Path, answered: Path) -> Iterator[World]:
    with closing(World(tmp_path, template=answered, seed="kept")) as made:
        yield made


@pytest.fixture
def batch(answered: Path) -> str:
    return (answered / "batch").read_text()


def hold(
    world: World,
    batch: str = "",
    days: tuple[date | None, date | None] = (None, None),
    person: tuple[str, str, str] | None = None,
    text: str = "made up: preserve",
    letters: str = "ab",
) -> litigation.HoldEntered:
    file = asking(world, *person).person if person else None
    command = litigation.AddLitigationHold(Upload(order(world, text)), batch, *days, file)
    keys = [world.officer(letter) for letter in letters]
    return act(world.office, litigation.add_hold_statement, litigation.add_hold, command, *keys)


def lift(
    world: World, number: int, text: str = "made up: ended", letters: str = "ab"
) -> litigation.HoldEntered:
    command = litigation.LiftLitigationHold(number, Upload(order(world, text)))
    keys = [world.officer(letter) for letter in letters]
    return act(world.office, litigation.lift_hold_statement, litigation.lift_hold, command, *keys)


def code_of(step: Callable[[], object]) -> str:
    with pytest.raises(CounterfoilError) as fault:
        step()
    return fault.value.code


def over(world: World) -> None:
    """The retention of what was closed at first is over."""
    world.now = NOW.replace(year=NOW.year + 6)


@pytest.mark.parametrize(
    ("reach", "words"),
    [
        ("batch", "batch "),
        ("days", "received from 2026-05-04 to 2026-05-05"),
        ("from", "received from 2026-05-04 on"),
        ("person", "a person"),
    ],
)
def test_what_a_hold_reaches_is_kept_and_passed_over_until_two_officers_lift_it(
    world: World, batch: str, reach: str, words: str
) -> None:
    done = hold(
        world,
        batch if reach == "batch" else "",
        {"days": (TODAY, LATER), "from": (TODAY, None)}.get(reach, (None, None)),
        HOME if reach == "person" else None,
    )
    over(world)
    assert dispose(world) == ()
    (kept,) = due(world)
    assert (kept.held, kept.is_due, kept.passed_over) == (True, False, True)
    assert kept.kept_by[0].startswith(f"litigation hold {done.number}: {words}")
    lift(world, done.number)
    assert due(world)[0].kept_by == ()
    assert [each.batch for each in dispose(world)] == [batch]
    assert [kind for kind in world.kinds() if "litigation" in str(kind)] == ["litigation_hold"] * 2


def test_what_a_hold_does_not_reach_is_disposed_of(world: World, batch: str) -> None:
    other = world.receive(world.requests(REQUESTS[:4], "other.csv"))
    client.withdraw(world.office, other, world.officer("a"))
    hold(world, days=(date(2026, 4, 1), date(2026, 5, 3)), text="made up: days")
    hold(world, person=("Barnaby", "Untermeyer", "12 Nowhere St"), text="made up: person")
    hold(world, batch=other, text="made up: batch")
    over(world)
    assert [each.batch for each in dispose(world)] == [batch]
    assert [each.batch for each in due(world) if each.passed_over] == [other]


OTHERWISE_WRITTEN = (
    ("Marisol", "Quintanilla", "99 Another St"),  # another home than any that was asked
    ("Maris\u00f3l", "QUINTANILLA", "99 Another St"),
    ("M", "Quintanilla", "99 Another St"),
    ("Rosalind", "Featherstone", "99 Another St"),  # refused rows alone name her
)


def test_a_row_in_another_spelling_or_at_another_home_is_kept_too(world: World) -> None:
    for place, person in enumerate(OTHERWISE_WRITTEN, 1):
        done = hold(world, person=person, text=f"made up: person {place}")
        world.now = NOW.replace(year=NOW.year + 6)
        assert dispose(world) == (), place
        lift(world, done.number, f"made up: ended {place}")


def test_nothing_of_the_person_stands_in_the_database_or_the_ledger(world: World) -> None:
    hold(world, person=HOME)
    world.office.store.close()
    stored = b"".join(path.read_bytes() for path in world.path.glob("office.db*"))
    world.office = world.opened()
    for value in HOME:
        assert value.encode() not in stored
    assert litigation.list_litigation_holds(world.office, NOBODY)[0].reaches == "a person"


def test_what_cannot_be_a_hold_is_refused_and_enters_nothing(world: World, batch: str) -> None:
    before = len(world.entries())
    assert code_of(lambda: hold(world)) == "litigation_reach"
    assert code_of(lambda: hold(world, batch, (TODAY, None))) == "litigation_reach"
    assert code_of(lambda: hold(world, days=(LATER, TODAY))) == "litigation_reach"
    assert code_of(lambda: hold(world, days=(None, TODAY))) == "litigation_reach"
    assert code_of(lambda: hold(world, "b-000000000000")) == "batch_unknown"
    assert code_of(lambda: hold(world, batch, letters="aa")) == "officers_same"
    assert code_of(lambda: hold(world, batch, letters="a")) == "signatures_missing"
    assert code_of(lambda: hold(world, person=("", "", ""))) == "person_file"
    assert code_of(lambda: lift(world, 1)) == "litigation_unknown"
    for actor in (NOBODY, SERVICE):
        command = litigation.AddLitigationHold(Upload(order(world)), batch)
        assert code_of(lambda: litigation.add_hold(world.office, actor, command)) == "actor_refused"
    assert len(world.entries()) == before
    hold(world, batch)
    assert code_of(lambda: hold(world, batch)) == "order_used"
    assert code_of(lambda: lift(world, 1, "made up: preserve")) == "order_used"
    assert code_of(lambda: lift(world, 1, letters="aa")) == "officers_same"


@pytest.mark.parametrize("change", ["delete", "person", "batch"])
def test_nothing_is_disposed_of_where_the_holds_are_not_those_of_the_ledger(
    world: World, batch: str, change: str
) -> None:
    hold(world, batch, text="made up: one")
    hold(world, person=HOME, text="made up: two")
    over(world)
    with world.office.store.transaction() as connection:
        if change == "delete":
            connection.execute(ACT.delete().where(ACT.c.subject == "1"))
        elif change == "person":
            connection.execute(ACT.update().where(ACT.c.subject == "2").values(extra=bytes(64)))
        else:
            row = connection.execute(ACT.select().where(ACT.c.subject == "1")).mappings().one()
            altered = row["committed"].replace(batch.encode(), b"b-000000000000")
            connection.execute(ACT.update().where(ACT.c.subject == "1").values(committed=altered))
    assert code_of(lambda: dispose(world)) == "orders_disagree"
    assert "disposal" not in world.kinds()
