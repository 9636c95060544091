"""No batch over the size that agreement or court names is released before notice of it is as old
as they demand, however the rows are parted into files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from counterfoil import client
from counterfoil.client import act
from counterfoil.controls.notices import demands
from counterfoil.controls.notices import service as notices
from counterfoil.core.errors import CounterfoilError, StateFault, UsageFault, VerifyFault
from counterfoil.core.use_cases import NOBODY, SERVICE, Upload
from counterfoil.office.acts import ACT
from tests.world.acts import order
from tests.world.office import World, closing
from tests.world.people import REQUESTS

IG, COURT = "Inspector General (made up)", "Clerk of the District Court (made up)"
SMALL = REQUESTS[:4]


@pytest.fixture(scope="module")
def demanded(tmp_path_factory: pytest.TempPathFactory, world_template: Path) -> Path:
    """An office whose agreement demands 24 hours of notice of more than 5 rows, and in which the
    file of all requests is reviewed."""
    folder = tmp_path_factory.mktemp("demanded")
    with closing(World(folder, template=world_template)) as world:
        world.amend(
            "retention_days:",
            f"release_notice: {{over_rows: 5, hours: 24, to: ['{IG}']}}\nretention_days:",
        )
        (folder / "batch").write_text(reviewed(world))
    return folder


@pytest.fixture
def world(tmp_path: Path, demanded: Path) -> Iterator[World]:
    with closing(World(tmp_path, template=demanded, seed="demanded")) as made:
        yield made


@pytest.fixture
def batch(demanded: Path) -> str:
    return (demanded / "batch").read_text()


def reviewed(world: World, rows: object = REQUESTS, name: str = "requests.csv") -> str:
    batch = world.receive(world.requests(rows, name))  # type: ignore[arg-type]
    client.determine(world.office, batch)
    client.review(world.office, batch, world.officer("a"))
    return batch


def release(world: World, batch: str) -> str:
    """How the release ends: "released", or the fault's code."""
    out = world.directory / f"{batch}.jsonl"
    return _ends(lambda: client.release(world.office, batch, world.officer("b"), out).state)


def _ends(step: Callable[[], str]) -> str:
    try:
        return step()
    except CounterfoilError as fault:
        return fault.code


def give(world: World, batch: str) -> notices.NoticeEntered:
    key, file = world.officer("a"), world.directory / f"{batch}-{len(world.entries())}.txt"
    made = notices.write_notice(world.office, key.officer, notices.WriteNotice(batch))
    file.write_text(made.text)
    return enter(world, batch, file)


def enter(world: World, batch: str, file: Path) -> notices.NoticeEntered:
    command, statement = notices.EnterNotice(batch, Upload(file)), notices.enter_notice_statement
    return act(world.office, statement, notices.enter_notice, command, world.officer("a"))


def demand(
    world: World, over: int = 0, hours: int = 48, to: str = COURT, letters: str = "ab"
) -> demands.DemandEntered:
    paper = order(world, f"made up: notice {over} {hours} {to}")
    command = demands.OrderNotice(Upload(paper), over, hours, (to,))
    keys = [world.officer(letter) for letter in letters]
    return act(world.office, demands.order_notice_statement, demands.order_notice, command, *keys)


def lift(world: World, number: int, text: str = "made up: lifted") -> demands.DemandEntered:
    command = demands.LiftNotice(number, Upload(order(world, text)))
    keys = [world.officer(letter) for letter in "ab"]
    return act(world.office, demands.lift_notice_statement, demands.lift_notice, command, *keys)


def test_a_large_batch_waits_until_its_notice_is_as_old_as_the_agreement_says(
    world: World, batch: str
) -> None:
    assert release(world, batch) == "notice_missing"
    done = give(world, batch)
    assert done.to == (IG,)
    assert done.release_from == "2026-05-05T12:00:00Z"
    assert release(world, batch) == "notice_not_old"
    world.now += timedelta(hours=24) - timedelta(seconds=1)
    assert release(world, batch) == "notice_not_old"
    world.now += timedelta(seconds=1)
    assert release(world, batch) == "released"
    assert world.kinds().index("notice") < world.kinds().index("release")


def test_a_batch_of_no_more_rows_needs_none_but_two_within_the_hours_are_one(world: World) -> None:
    first = reviewed(world, SMALL, "first.csv")
    second = reviewed(world, REQUESTS[4:8], "second.csv")
    assert release(world, first) == "released"
    assert release(world, second) == "notice_missing"
    world.now += timedelta(hours=24)
    assert release(world, second) == "released"


def test_rows_of_which_notice_was_given_are_not_counted_with_others(
    world: World, batch: str
) -> None:
    give(world, batch)
    small = reviewed(world, SMALL, "small.csv")
    world.now += timedelta(hours=24)
    assert release(world, batch) == "released"
    assert release(world, small) == "released"


def test_an_order_stands_beside_the_agreement_and_weakens_nothing(world: World, batch: str) -> None:
    give(world, batch)
    demand(world, over=1000, hours=1)
    assert release(world, batch) == "notice_not_old"
    number = demand(world, over=0, hours=48).rule
    world.now += timedelta(hours=24)
    assert release(world, batch) == "notice_missing"  # the court was not named
    assert set(give(world, batch).to) == {IG, COURT}
    world.now += timedelta(hours=24)
    assert release(world, batch) == "notice_not_old"
    lift(world, number)
    assert release(world, batch) == "released"


def test_the_notice_names_the_batch_and_nobody_of_it(world: World, batch: str) -> None:
    key = world.officer("a")
    made = notices.write_notice(world.office, key.officer, notices.WriteNotice(batch))
    assert f"batch {batch}\n" in made.text
    assert "rows 10\n" in made.text
    said = made.text.casefold()
    for row in REQUESTS:
        assert str(row["family_name"]).casefold() not in said
        assert str(row["request_id"]).casefold() not in said.split()


def test_only_the_notice_that_the_office_writes_now_is_entered(world: World, batch: str) -> None:
    key, file = world.officer("a"), world.directory / "notice.txt"
    text = notices.write_notice(world.office, key.officer, notices.WriteNotice(batch)).text
    file.write_text(text.replace("rows 10", "rows 1"))
    assert _ends(lambda: str(enter(world, batch, file))) == "note_signature"
    file.write_text(text)
    demand(world)
    with pytest.raises(VerifyFault) as fault:
        enter(world, batch, file)
    assert fault.value.code == "notice_other"
    assert "notice" not in world.kinds()


def test_what_an_order_demands_takes_two_officers_an_unused_order_and_bounds(world: World) -> None:
    assert _ends(lambda: str(demand(world, letters="aa"))) == "officers_same"
    assert _ends(lambda: str(demand(world, letters="a"))) == "signatures_missing"
    for over, hours, to in [(-1, 1, COURT), (0, 0, COURT), (0, 1, " "), (0, 1, "two\nlines")]:
        with pytest.raises(UsageFault) as fault:
            demand(world, over, hours, to)
        assert fault.value.code == "notice_bounds"
    demand(world)
    assert _ends(lambda: str(demand(world))) == "order_used"
    assert _ends(lambda: str(lift(world, 2))) == "notice_rule_unknown"
    lift(world, 1)
    assert _ends(lambda: str(lift(world, 1, "made up: again"))) == "notice_rule_unknown"
    for actor in (NOBODY, SERVICE):
        with pytest.raises(UsageFault):
            notices.write_notice(world.office, actor, notices.WriteNotice("b-000000000000"))


@pytest.mark.parametrize("change", ["delete", "earlier"])
def test_nothing_is_released_where_the_acts_are_not_the_ledgers(
    world: World, batch: str, change: str
) -> None:
    demand(world)
    give(world, batch)
    world.now += timedelta(hours=47)
    with world.office.store.transaction() as connection:
        rows = ACT.c.kind == ("notice_rule" if change == "delete" else "notice")
        if change == "delete":
            connection.execute(ACT.delete().where(rows))
        else:
            connection.execute(ACT.update().where(rows).values(entered_at="2026-05-01T12:00:00Z"))
    assert release(world, batch) == "orders_disagree"
    with pytest.raises(StateFault):
        notices.list_notices(world.office, NOBODY)


def test_the_list_says_what_is_demanded_and_which_batch_waits(world: World, batch: str) -> None:
    found = notices.list_notices(world.office, NOBODY)
    assert [(each.source, each.over_rows, each.hours) for each in found.demands] == [
        ("agreement", 5, 24)
    ]
    assert [(each.batch, each.rows, each.release_from) for each in found.waiting] == [
        (batch, 10, "")
    ]
    give(world, batch)
    waiting = notices.list_notices(world.office, NOBODY).waiting
    assert [each.release_from for each in waiting] == ["2026-05-05T12:00:00Z"]
    small = reviewed(world, SMALL, "small.csv")
    assert small not in {each.batch for each in notices.list_notices(world.office, NOBODY).waiting}


def test_without_a_demand_nothing_is_written_and_nothing_waits(
    tmp_path: Path, world_template: Path
) -> None:
    with closing(World(tmp_path, template=world_template)) as world:
        batch = reviewed(world)
        officer = world.officer("a").officer
        with pytest.raises(StateFault) as fault:
            notices.write_notice(world.office, officer, notices.WriteNotice(batch))
        assert fault.value.code == "notice_no_demand"
        assert release(world, batch) == "released"
