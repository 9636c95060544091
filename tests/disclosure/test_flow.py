"""The order of things: what a step demands of the one before it, and what it leaves when it is
refused."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from counterfoil import client, disclosure
from counterfoil.core.errors import InputFault, StateFault, UsageFault
from counterfoil.core.use_cases import NOBODY, watcher
from counterfoil.disclosure import deciding
from counterfoil.office import retire
from tests.world.office import World
from tests.world.people import REQUESTS, person, request, write_csv


def _steps(world: World, batch: str, last: str) -> None:
    client.determine(world.office, batch)
    if last == "reviewed":
        client.review(world.office, batch, world.officer("a"))


def test_each_step_says_where_the_batch_stands(world: World) -> None:
    received = client.receive(world.office, world.requests())
    states = [received.state, client.determine(world.office, received.batch).state]
    states.append(client.review(world.office, received.batch, world.officer("a")).state)
    out = world.directory / "answers.jsonl"
    states.append(client.release(world.office, received.batch, world.officer("b"), out).state)
    assert states == ["gated", "determined", "reviewed", "released"]
    assert [each.state for each in disclosure.batch_statuses(world.office, NOBODY)] == ["released"]


def test_the_counts_of_a_received_batch_are_of_rows_and_of_refusing_elements(world: World) -> None:
    counts = client.receive(world.office, world.requests()).counts
    assert counts["granted"] + counts["refused"] == len(REQUESTS)
    assert counts["refused.i2-period-definite"] == 1


@pytest.mark.parametrize("last", ["determined", "reviewed"])
def test_determining_again_changes_nothing(world: World, last: str) -> None:
    batch = world.receive(world.requests())
    _steps(world, batch, last)
    opened = world.office.custodian().total()
    again = client.determine(world.office, batch)
    assert (again.already, again.state, world.office.custodian().total()) == (True, last, opened)


def test_a_batch_that_is_not_determined_cannot_be_reviewed(world: World) -> None:
    batch = world.receive(world.requests())
    with pytest.raises(StateFault) as caught:
        client.review(world.office, batch, world.officer("a"))
    assert caught.value.code == "batch_not_ready"


@pytest.mark.parametrize("step", ["determine", "release"])
def test_nothing_is_opened_or_released_outside_the_agreements_dates(
    world: World, step: str
) -> None:
    batch = world.receive(world.requests())
    if step == "release":
        _steps(world, batch, "reviewed")
    world.now = datetime(2040, 1, 1, tzinfo=UTC)
    with pytest.raises(StateFault) as caught:
        if step == "determine":
            client.determine(world.office, batch)
        else:
            client.release(
                world.office, batch, world.officer("b"), world.directory / "answers.jsonl"
            )
    assert caught.value.code == "agreement_not_in_force"
    assert not (world.directory / "answers.jsonl").exists()


def test_a_withdrawn_batch_is_not_determined_and_not_released(world: World) -> None:
    batch = world.receive(world.requests())
    _steps(world, batch, "reviewed")
    client.withdraw(world.office, batch, world.officer("b"))
    with pytest.raises(StateFault):
        client.release(world.office, batch, world.officer("b"), world.directory / "answers.jsonl")
    assert world.kinds()[-3:] == ["withdrawal", "accounting", "state"]
    assert disclosure.batch_statuses(world.office, NOBODY)[0].state == "withdrawn"


def test_a_released_batch_cannot_be_withdrawn(world: World) -> None:
    world.answer()
    batch = disclosure.batch_statuses(world.office, NOBODY)[0].batch
    with pytest.raises(StateFault):
        client.withdraw(world.office, batch, world.officer("a"))


def test_where_the_answer_would_go_is_looked_at_before_anything_is_released(world: World) -> None:
    batch = world.receive(world.requests())
    _steps(world, batch, "reviewed")
    with pytest.raises(UsageFault) as caught:
        client.release(
            world.office, batch, world.officer("b"), world.directory / "missing" / "answers.jsonl"
        )
    assert caught.value.code == "out_folder"
    assert "release" not in world.kinds()


def test_a_refused_file_leaves_no_batch_and_no_entry(world: World) -> None:
    before = len(world.entries())
    path = world.directory / "bad.csv"
    path.write_text("given_name\nx\n", encoding="utf-8")
    with pytest.raises(InputFault):
        client.receive(world.office, path)
    assert (disclosure.batch_statuses(world.office, NOBODY), len(world.entries())) == ([], before)


def test_a_batch_begun_on_one_snapshot_is_finished_on_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = world.receive(world.requests())

    class Stopped(BaseException):
        """Ctrl-C."""

    def stopped(*_: object) -> None:
        raise Stopped

    with monkeypatch.context() as patched:
        patched.setattr(deciding, "decide_rows", stopped)
        with pytest.raises(Stopped):
            client.determine(world.office, batch)
    begun_on = world.office.open_register().snapshot
    world.build([person("x1", "Somebody", "Else", "77 Other Ave")])
    client.determine(world.office, batch)
    client.review(world.office, batch, world.officer("a"))
    client.release(world.office, batch, world.officer("b"), world.directory / "answers.jsonl")
    assert begun_on.encode() in _payload(world)


def _payload(world: World, answers: str = "answers.jsonl") -> bytes:
    part = (world.directory / f"{answers}.jws").read_bytes().split(b".")[1]
    return urlsafe_b64decode(part + b"=" * (-len(part) % 4))


def test_every_answer_says_that_a_negative_is_no_finding(world: World) -> None:
    world.answer(REQUESTS[:1], "one.jsonl")
    limits = json.loads(_payload(world, "one.jsonl"))["use_limits"]
    agreed = world.office.law.agreement.use_limits
    assert limits[: len(agreed)] == [*agreed]
    assert "Not confirmed is no finding about anybody" in limits[-2]
    assert "18 USC 3500" in limits[-1]  # nothing that a court wants is ordered destroyed


def test_a_long_file_tells_its_progress_by_phase(world: World) -> None:
    rows = [
        request(number, "Leopold", "Winterbourne", "1847 Heron Lake Rd")
        for number in range(100, 4300)
    ]
    told: list[tuple[int, int | None, str]] = []
    path = write_csv(world.directory / "long.csv", rows)
    watch = watcher(lambda *each: told.append(each))
    batch = client.receive(world.office, path, watch).batch
    client.determine(world.office, batch, watch)
    assert told == [
        (4096, None, "read"),
        (4096, 4200, "gate"),
        (4200, 4200, "gate"),
        (1, 2, "determine"),
        (2, 2, "determine"),
    ]


def _withdrawn_at(world: World, phase: str) -> Callable[[int, int | None, str], None]:
    """A watcher that withdraws the batch once, as another officer's program does meanwhile."""
    done: list[str] = []

    def withdraw(_done: int, _total: int | None, now: str) -> None:
        if now == phase and not done:
            done.append(disclosure.batch_statuses(world.office, NOBODY)[0].batch)
            client.withdraw(world.office, done[0], world.officer("b"))

    return withdraw


@pytest.mark.parametrize("phase", ["gate", "determine"])
def test_nothing_more_is_entered_or_opened_of_a_batch_that_is_withdrawn_meanwhile(
    world: World, phase: str
) -> None:
    settings = world.path / "office.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("chunk_rows = 4096", "chunk_rows = 2"), encoding="utf-8")
    world.office = world.opened()
    watch = watcher(_withdrawn_at(world, phase))
    with pytest.raises(StateFault) as caught:
        batch = client.receive(world.office, world.requests(), watch).batch
        client.determine(world.office, batch, watch)
    assert caught.value.code == "batch_not_ready"
    entered = world.kinds()
    assert entered[-3:] == ["withdrawal", "accounting", "state"]
    assert entered.count("granted") + entered.count("refused") == (2 if phase == "gate" else 10)
    assert entered.count("opening") == (0 if phase == "gate" else 1)


@pytest.mark.parametrize("step", ["review", "release", "withdraw"])
def test_who_may_act_is_asked_before_whether_the_agreement_is_in_force(
    world: World, step: str
) -> None:
    """An officer who is not enrolled is refused as that, whatever else stands in the way."""
    batch = world.receive(world.requests())
    _steps(world, batch, "determined" if step == "review" else "reviewed")
    with world.office.store.transaction() as connection:
        retire(world.office, connection, "officer-b")
    world.now = datetime(2040, 1, 1, tzinfo=UTC)
    key, out = world.officer("b"), world.directory / "answers.jsonl"
    with pytest.raises(StateFault) as caught:
        if step == "release":
            client.release(world.office, batch, key, out)
        else:
            {"review": client.review, "withdraw": client.withdraw}[step](world.office, batch, key)
    assert caught.value.code == "officer_retired"


def test_batches_of_one_second_are_listed_in_the_order_in_which_they_came(world: World) -> None:
    """The clock of these tests stands still, and the ids of batches are drawn by chance."""
    came = [
        world.receive(world.requests([each], f"file{number}.csv"))
        for number, each in enumerate(REQUESTS)
    ]
    listed = [each.batch for each in disclosure.batch_statuses(world.office, NOBODY)]
    assert listed == came != sorted(came)
