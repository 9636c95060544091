"""A duty is dated, is due on a day, shows as late after it, and is closed by two officers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from counterfoil.client import act
from counterfoil.controls.duties import service as duties
from counterfoil.controls.duties.table import duty_classes
from counterfoil.core.errors import CounterfoilError
from counterfoil.core.use_cases import NOBODY, SERVICE, Upload
from counterfoil.office.acts import ACT
from tests.world.acts import order
from tests.world.office import World

TODAY = date(2026, 5, 4)
SOON = TODAY + timedelta(days=40)


def add(
    world: World,
    about: str = "safeguard-report",
    since: date = TODAY,
    due: date | None = SOON,
    batch: str = "",
) -> duties.DutyResult:
    command = duties.OpenDuty(about, since, Upload(order(world, "made up: asked")), due, batch)
    return act(
        world.office, duties.open_duty_statement, duties.open_duty, command, world.officer("a")
    )


def close(world: World, number: int, letters: str = "ab") -> duties.DutyResult:
    command = duties.CloseDuty(number, Upload(order(world, "made up: the report")))
    keys = [world.officer(letter) for letter in letters]
    return act(world.office, duties.close_duty_statement, duties.close_duty, command, *keys)


def listed(world: World) -> duties.DutyListing:
    return duties.list_duties(world.office, NOBODY)


def code_of(step: Callable[[], object]) -> str:
    with pytest.raises(CounterfoilError) as fault:
        step()
    return fault.value.code


def test_a_report_is_due_on_the_day_that_the_officer_names_and_late_after_it(world: World) -> None:
    done = add(world)
    assert (done.duty.number, done.duty.due_on, done.duty.late) == (1, SOON.isoformat(), False)
    entry = world.entries()[done.index]
    assert (entry["kind"], entry["event"]) == ("duty", "opened")
    assert "second" not in entry
    world.now += timedelta(days=40)
    assert not listed(world).open[0].late
    world.now += timedelta(days=1)
    assert listed(world).open[0].late


def test_two_officers_close_a_duty_and_it_stays_listed(world: World) -> None:
    add(world)
    assert code_of(lambda: close(world, 1, "aa")) == "officers_same"
    assert code_of(lambda: close(world, 1, "a")) == "signatures_missing"
    done = close(world, 1)
    entry = world.entries()[done.index]
    assert (entry["event"], "second" in entry) == ("closed", True)
    assert listed(world).open == ()
    assert listed(world).duties[0].closed_by == ("officer-a", "officer-b")
    assert code_of(lambda: close(world, 1)) == "duty_closed"
    assert code_of(lambda: close(world, 2)) == "duty_unknown"


def test_notice_to_the_person_is_due_by_the_table_from_when_process_became_public(
    world: World,
) -> None:
    batch = world.receive(world.requests())
    since = TODAY - timedelta(days=20)
    done = add(world, "process-public", since, None, batch)
    assert done.duty.due_on == (since + timedelta(days=30)).isoformat()
    assert done.duty.citation == "5 USC 552a(e)(8)"
    assert "batch" not in world.entries()[done.index]
    world.now += timedelta(days=11)
    assert listed(world).open[0].late
    assert close(world, 1).duty.late  # done, and after its day


IMPOSSIBLE: tuple[tuple[str, date, date | None, str, str], ...] = (
    ("tea", TODAY, SOON, "", "duty_class"),
    ("correction", TODAY, None, "", "duty_class"),
    ("safeguard-report", TODAY + timedelta(days=1), SOON, "", "duty_since"),
    ("safeguard-report", TODAY, None, "", "duty_due"),
    ("safeguard-report", TODAY, TODAY - timedelta(days=1), "", "duty_due"),
    ("process-public", TODAY, SOON, "b-000000000000", "duty_due"),
    ("process-public", TODAY, None, "", "duty_batch"),
    ("process-public", TODAY, None, "b-000000000000", "batch_unknown"),
    ("safeguard-finding", TODAY, SOON, "b-000000000000", "duty_batch"),
)


def test_what_cannot_be_a_duty_is_refused_and_enters_nothing(world: World) -> None:
    before = len(world.entries())
    for *said, code in IMPOSSIBLE:
        with pytest.raises(CounterfoilError) as fault:
            add(world, *said)
        assert fault.value.code == code
    assert len(world.entries()) == before


def test_nobody_but_an_officer_opens_a_duty(world: World) -> None:
    command = duties.OpenDuty("safeguard-report", TODAY, Upload(order(world)), SOON)
    for actor in (NOBODY, SERVICE):
        for step in (duties.open_duty_statement, duties.open_duty):
            assert code_of(lambda: step(world.office, actor, command)) == "actor_refused"


@pytest.mark.parametrize("change", ["delete", "later"])
def test_a_duty_that_was_altered_shows_and_nothing_is_opened_over_it(
    world: World, change: str
) -> None:
    add(world)
    with world.office.store.transaction() as connection:
        if change == "delete":
            connection.execute(ACT.delete())
        else:
            row = connection.execute(ACT.select()).mappings().one()
            altered = row["committed"].replace(SOON.isoformat().encode(), b"2036-06-13")
            connection.execute(ACT.update().values(committed=altered))
    assert not listed(world).agrees
    assert code_of(lambda: add(world)) == "orders_disagree"


def test_every_class_says_where_it_comes_from_and_an_open_one_has_both_readings() -> None:
    for each in duty_classes().values():
        assert each.citation.split(" USC ")[0] in {"5", "26"}
        assert len(each.readings) == (2 if each.status == "open" else 1)
        assert bool(each.outcomes) == (each.about == "disclosure")
