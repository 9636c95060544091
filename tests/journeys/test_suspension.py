"""A court's order stops work in flight, and the ledger shows that nothing left after it."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from bench.suspension import ACTS

from counterfoil import client, disclosure, ledger
from counterfoil.controls.suspension import service as suspension
from counterfoil.core import canonical
from counterfoil.core.errors import CounterfoilError, InputFault, StateFault, VerifyFault
from counterfoil.core.use_cases import NOBODY, watcher
from counterfoil.office.acts import ACT
from tests.cli.desk import Desk, command
from tests.world.acts import order as _order
from tests.world.acts import resume, suspend
from tests.world.office import World
from tests.world.people import REQUESTS, request

STEPS = ("receive", "determine", "review", "release")


def _suspend(world: World, text: str = "made up: stop") -> suspension.OrderResult:
    return suspend(world, "office", text)


def _resume(
    world: World, text: str = "made up: lifted", second: str = "b"
) -> suspension.OrderResult:
    return resume(world, "office", text, f"a{second}")


def _step(world: World, step: str, batch: str) -> disclosure.BatchStatus:
    out = world.directory / "answers.jsonl"
    steps = {
        "receive": lambda: client.receive(world.office, world.requests()),
        "determine": lambda: client.determine(world.office, batch),
        "review": lambda: client.review(world.office, batch, world.officer("a")),
        "release": lambda: client.release(world.office, batch, world.officer("b"), out),
    }
    return steps[step]()


def _many(world: World, rows: int, chunk_rows: int) -> Path:
    settings = world.path / "office.toml"
    settings.write_text(
        settings.read_text().replace("chunk_rows = 4096", f"chunk_rows = {chunk_rows}")
    )
    world.office = world.opened()
    people = [
        ("Marisol", "Quintanilla", "1847 Heron Lake Rd"),
        ("Leopold", "Winterbourne", "1847 Heron Lake Rd"),
    ]
    return world.requests(
        [*REQUESTS, *[request(number, *people[number % 2]) for number in range(20, 10 + rows)]]
    )


def _acts_after_the_suspension(world: World) -> list[object]:
    kinds = world.kinds()
    return [kind for kind in kinds[kinds.index("suspension") + 1 :] if kind in ACTS]


@pytest.mark.parametrize("done", range(4))
def test_every_step_is_blocked_and_what_waits_is_held_where_it_stands(
    world: World, done: int
) -> None:
    batch = ""
    for step in STEPS[:done]:
        batch = _step(world, step, batch).batch
    stood = _suspend(world)
    assert (stood.batches, stood.running) == (1 if done else 0, False)
    for step in STEPS:
        with pytest.raises(StateFault) as raised:
            _step(world, step, batch)
        assert raised.value.code == "suspended"
    assert [standing.state for standing in disclosure.batch_statuses(world.office, NOBODY)] == [
        "held"
    ] * bool(done)
    assert _acts_after_the_suspension(world) == []
    assert not (world.directory / "answers.jsonl").exists()


def test_a_run_of_many_rows_stops_at_its_next_chunk_and_goes_on_when_it_is_lifted(
    world: World,
) -> None:
    path = _many(world, 1000, 50)

    def stop_in_the_middle(done: int, _total: int | None, phase: str) -> None:
        if phase == "gate" and done == 300:
            _suspend(world)

    with pytest.raises(StateFault) as raised:
        client.receive(world.office, path, watcher(stop_in_the_middle))
    assert raised.value.code == "suspended"
    kinds = world.kinds()
    assert kinds.count("granted") + kinds.count("refused") == 300
    assert _acts_after_the_suspension(world) == []
    assert _resume(world).batches == 1
    assert client.receive(world.office, path).counts["granted"] == 998


@pytest.mark.parametrize("chunks", [0, 1, 3])
def test_a_register_is_not_opened_after_the_suspension(world: World, chunks: int) -> None:
    batch = world.receive(_many(world, 200, 50))

    def stop(done: int, _total: int | None, _phase: str) -> None:
        if done == chunks:
            _suspend(world)

    if chunks == 0:
        _suspend(world)
    with pytest.raises(StateFault):
        client.determine(world.office, batch, watcher(stop))
    assert world.kinds().count("opening") == chunks
    assert world.office.custodian().total() == sum(_granted(world)[:chunks])
    _resume(world)
    assert client.determine(world.office, batch).state == "determined"


def _granted(world: World) -> list[int]:
    return [int(str(entry["rows"])) for entry in world.entries() if entry["kind"] == "opening"]


@pytest.mark.parametrize("share", [0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
def test_a_suspension_at_any_moment_of_a_run_leaves_nothing_after_it(
    world: World, share: float
) -> None:
    path, ended = _many(world, 2000, 100), []

    def run() -> None:
        office = world.opened()
        try:
            batch = client.receive(office, path).batch
            client.determine(office, batch)
            client.review(office, batch, world.officer("a"))
            ended.append(
                client.release(
                    office, batch, world.officer("b"), world.directory / "answers.jsonl"
                ).state
            )
        except CounterfoilError as fault:
            ended.append(fault.code)
        finally:
            office.store.close()

    thread = threading.Thread(target=run)
    thread.start()
    time.sleep(2.0 * share)
    _suspend(world)
    thread.join(timeout=60)
    assert ended in (["suspended"], ["released"])
    assert _acts_after_the_suspension(world) == []
    with world.office.store.reading() as connection:
        assert ledger.check(connection, world.office.holder_key).size == len(world.kinds())


def test_a_reviewed_batch_is_reviewed_again_after_it_was_held(world: World) -> None:
    batch = _step(world, "receive", "").batch
    for step in ("determine", "review"):
        _step(world, step, batch)
    _suspend(world)
    _resume(world)
    assert [standing.state for standing in disclosure.batch_statuses(world.office, NOBODY)] == [
        "determined"
    ]
    for step in ("review", "release"):
        _step(world, step, batch)
    assert (world.directory / "answers.jsonl").exists()


def test_a_held_batch_may_be_withdrawn(world: World) -> None:
    batch = _step(world, "receive", "").batch
    _suspend(world)
    assert client.withdraw(world.office, batch, world.officer("a")).state == "withdrawn"
    assert _resume(world).batches == 0


def test_two_suspensions_need_two_orders_to_lift_them(world: World) -> None:
    _suspend(world)
    _suspend(world, "made up: another court")
    assert not _resume(world).running
    with pytest.raises(StateFault):
        _step(world, "receive", "")
    assert _resume(world, "made up: lifted too").running


def test_one_officer_cannot_lift_it_and_neither_can_the_order_that_stopped(world: World) -> None:
    _suspend(world)
    with pytest.raises(StateFault) as alone:
        _resume(world, second="a")
    with pytest.raises(StateFault) as same:
        _resume(world, "made up: stop")
    assert (alone.value.code, same.value.code) == ("officers_same", "order_used")


def test_what_is_not_suspended_cannot_be_lifted(world: World) -> None:
    with pytest.raises(StateFault) as raised:
        _resume(world)
    assert raised.value.code == "not_suspended"


def test_an_order_that_cannot_be_read_or_is_another_changes_nothing(world: World) -> None:
    empty = _order(world, "made up")
    empty.write_bytes(b"")
    given = {
        "order_unreadable": (world.directory / "none.txt", ""),
        "order_empty": (empty, ""),
        "order_digest": (_order(world), canonical.digest(b"another")),
    }
    for code, (path, digest) in given.items():
        with pytest.raises((InputFault, VerifyFault)) as raised:
            suspend(world, file=path, digest=digest)
        assert raised.value.code == code
    assert "suspension" not in world.kinds()


def test_the_entry_commits_to_the_order_and_the_office_can_open_it(world: World) -> None:
    stood = _suspend(world)
    with world.office.store.reading() as connection:
        kept = connection.execute(ACT.select()).one()
    entry = world.entries()[stood.index]
    assert entry["commitment"] == canonical.commit(
        kept.salt, canonical.digest(b"made up: stop").encode()
    )
    assert (kept.kind, kept.officer, kept.entry_index) == ("suspension", "officer-a", stood.index)


def test_the_command_line_stops_and_lifts(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    batch = desk.receive()
    order, lifted = tmp_path / "order.txt", tmp_path / "lifted.txt"
    order.write_text("made up: stop")
    lifted.write_text("made up: lifted")
    told = command("suspend", *desk.at, *desk.officer("a"), "--order", order)
    assert (told.code, told.err) == (
        0,
        f"The office is suspended from entry {told.out.strip()} on; batches that wait: 1.\n",
    )
    assert command("status", *desk.at).out == f"{batch}  held\n"
    blocked = command("determine", batch, *desk.at, "--json")
    assert (blocked.code, blocked.error) == (1, "suspended")
    second = ("--second", desk.office / "keys" / "officer-b.key")
    told = command("resume", *desk.at, *desk.officer("a"), *second, "--order", lifted, "--json")
    assert (told.code, told.json["running"], told.json["batches"]) == (0, True, 1)
    assert command("determine", batch, *desk.at).code == 0
