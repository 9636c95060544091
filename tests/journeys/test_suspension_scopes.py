"""A suspension of a batch, a route, a principal or the requester stops what it reaches, and the
ledger alone shows that."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from bench.suspension import ACTS as ALL_ACTS

from counterfoil import client, disclosure, ledger
from counterfoil.controls.incidents import service as incidents
from counterfoil.controls.incidents.service import IncidentClass, IncidentFacts
from counterfoil.controls.suspension import service as suspension
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault, UsageFault
from counterfoil.core.use_cases import NOBODY, watcher
from counterfoil.office.acts import ACT
from tests.cli.desk import Desk, command
from tests.world.acts import open_incident
from tests.world.acts import resume as _resume
from tests.world.acts import suspend as _suspend
from tests.world.office import World
from tests.world.people import REQUESTS, request

ACTS = ALL_ACTS - {"batch"}
OTHER = (
    "  - {id: other-principal, title: Deputy of Agency A (made up), office: agency-head,"
    " in_force: {from: 2025-01-01, to: 2035-12-31}, key: null, papers: null, unsigned_accepted: "
    "true}\ndelegation:"
)


def _file(world: World, name: str, principal: str = "sandbox-principal", rows: int = 1) -> Path:
    path = world.requests(
        [
            request(100 + each, "Marisol", "Quintanilla", "1847 Heron Lake Rd")
            for each in range(rows)
        ],
        name,
    )
    header = {
        "requester": "agency-a",
        "agreement": "sandbox",
        "principal": principal,
        "sent_on": "2026-05-04",
    }
    path.with_name(f"{name}.header.json").write_text(json.dumps(header), encoding="utf-8")
    return path


def _finish(world: World, batch: str) -> str:
    out = world.directory / f"{batch}.jsonl"
    client.determine(world.office, batch)
    client.review(world.office, batch, world.officer("a"))
    return client.release(world.office, batch, world.officer("b"), out).state


def _refused(world: World, step: object, *arguments: Any) -> str:
    with pytest.raises(StateFault) as raised:
        step(world.office, *arguments)  # type: ignore[operator]
    return raised.value.code


def _reached_after(world: World, index: int) -> tuple[list[str], list[str]]:
    """From exported entries alone: kinds of acts after the suspension at `index`, of batches within
    its reach and of others."""
    entries = [json.loads(canonical.encode(entry)) for entry in world.entries()]
    said = entries[index]
    reach = {
        name: said[name] for name in ("batch", "route", "principal", "requester") if name in said
    }
    files = [entry for entry in entries if entry["kind"] == "batch"]
    within = {
        entry["batch"] for entry in files if all(entry[name] == of for name, of in reach.items())
    }
    after = [entry for entry in entries[index + 1 :] if entry["kind"] in ACTS | {"batch"}]
    return tuple(
        [entry["kind"] for entry in after if (entry["batch"] in within) is inside]
        for inside in (True, False)
    )  # type: ignore[return-value]


@pytest.mark.parametrize("done", range(3))
def test_a_suspended_batch_is_held_while_another_is_released(world: World, done: int) -> None:
    batch, other = (
        world.receive(_file(world, "one.csv")),
        world.receive(_file(world, "two.csv", rows=2)),
    )
    if done >= 1:
        client.determine(world.office, batch)
    if done >= 2:
        client.review(world.office, batch, world.officer("a"))
    stood = _suspend(world, f"batch:{batch}")
    assert (stood.batches, stood.running, stood.scope) == (1, False, f"batch:{batch}")
    out = world.directory / "out.jsonl"
    assert _refused(world, client.receive, _file(world, "one.csv")) == "suspended"
    assert _refused(world, client.determine, batch) == "suspended"
    assert _refused(world, client.review, batch, world.officer("a")) == "suspended"
    assert _refused(world, client.release, batch, world.officer("b"), out) == "suspended"
    assert _finish(world, other) == "released"
    reached, others = _reached_after(world, stood.index)
    assert (reached, {"opening", "review", "release"} <= set(others)) == ([], True)
    assert _resume(world, f"batch:{batch}").batches == 1
    assert _finish(world, batch) == "released"


def test_a_released_batch_of_a_suspended_scope_is_not_written_out_again(world: World) -> None:
    batch = world.receive(_file(world, "one.csv"))
    _finish(world, batch)
    again = world.directory / "again.jsonl"
    _suspend(world, f"batch:{batch}")
    assert _refused(world, client.release, batch, world.officer("b"), again) == "suspended"
    assert not again.exists()
    _resume(world, f"batch:{batch}")
    assert client.release(world.office, batch, world.officer("b"), again).already


def test_a_suspended_principals_next_file_is_refused_and_another_principals_goes_on(
    world: World,
) -> None:
    world.amend("delegation:", OTHER)
    waiting = world.receive(_file(world, "one.csv", "other-principal"))
    stood = _suspend(world, "principal:other-principal")
    assert stood.batches == 1
    size = len(world.entries())
    assert (
        _refused(world, client.receive, _file(world, "two.csv", "other-principal")) == "suspended"
    )
    assert len(world.entries()) == size
    assert _refused(world, client.determine, waiting) == "suspended"
    assert _finish(world, world.receive(_file(world, "three.csv"))) == "released"
    reached, others = _reached_after(world, stood.index)
    assert (reached, "release" in others) == ([], True)
    assert _resume(world, "principal:other-principal").batches == 1
    assert world.receive(_file(world, "two.csv", "other-principal"))


def test_a_route_stops_alone(world: World) -> None:
    _suspend(world, "route:consent")
    assert _finish(world, world.receive(_file(world, "one.csv"))) == "released"
    stood = _suspend(world, "route:written-request", "made up: stop the other")
    assert _refused(world, client.receive, _file(world, "two.csv")) == "suspended"
    assert _reached_after(world, stood.index) == ([], [])


def test_the_requester_stops_with_everything_that_is_asked_under_the_agreement(
    world: World,
) -> None:
    waiting = world.receive(_file(world, "one.csv"))
    stood = _suspend(world, "requester")
    assert (stood.batches, stood.scope) == (1, "requester:agency-a")
    assert _refused(world, client.receive, _file(world, "two.csv")) == "suspended"
    assert _reached_after(world, stood.index) == ([], [])
    assert _resume(world, "requester:agency-a").running
    assert _finish(world, waiting) == "released"


@pytest.mark.parametrize(
    "scope", ["principal:sandbox-principal", "route:written-request", "requester", "batch"]
)
def test_a_run_in_progress_within_the_scope_stops_at_its_next_chunk(
    world: World, scope: str
) -> None:
    settings = world.path / "office.toml"
    settings.write_text(settings.read_text().replace("chunk_rows = 4096", "chunk_rows = 5"))
    world.office = world.opened()

    def stop(done: int, _total: int | None, phase: str) -> None:
        if phase == "gate" and done == 10:
            received = str(
                next(entry["batch"] for entry in world.entries() if entry["kind"] == "batch")
            )
            _suspend(world, f"batch:{received}" if scope == "batch" else scope)

    assert (
        _refused(world, client.receive, _file(world, "one.csv", rows=30), watcher(stop))
        == "suspended"
    )
    kinds = world.kinds()
    assert kinds.count("granted") + kinds.count("refused") == 10
    assert _reached_after(world, kinds.index("suspension")) == ([], [])
    with world.office.store.reading() as connection:
        assert ledger.check(connection, world.office.holder_key).size == len(kinds)


def test_each_scope_is_counted_and_lifted_by_itself(world: World) -> None:
    batch = world.receive(_file(world, "one.csv"))
    _suspend(world, f"batch:{batch}")
    _suspend(world, "office", "made up: and the office")
    with pytest.raises(StateFault) as raised:
        _resume(world, "requester")
    assert raised.value.code == "not_suspended"
    lifted = _resume(world, "office")
    assert (lifted.running, lifted.batches) == (True, 0)
    assert _refused(world, client.determine, batch) == "suspended"
    assert _finish(world, world.receive(_file(world, "two.csv", rows=2))) == "released"
    assert _resume(world, f"batch:{batch}", "made up: lifted too").batches == 1


def test_a_batch_that_a_wider_suspension_still_stops_does_not_go_on(world: World) -> None:
    batch = world.receive(_file(world, "one.csv"))
    _suspend(world, f"batch:{batch}")
    _suspend(world, "requester", "made up: and all of theirs")
    lifted = _resume(world, f"batch:{batch}")
    assert (lifted.running, lifted.batches) == (False, 0)
    assert disclosure.batch_statuses(world.office, NOBODY)[0].state == "held"


def test_a_scope_that_names_nothing_is_refused_and_enters_nothing(world: World) -> None:
    for scope in (
        "batch:b-000000000000",
        "route:telephone",
        "principal:nobody",
        "requester:nobody",
    ):
        with pytest.raises(UsageFault) as raised:
            _suspend(world, scope)
        assert raised.value.code == "scope_nothing"
    assert "suspension" not in world.kinds()


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "batch:b-000000000000"},
        {"subject": "x"},
        {"kind": "resumption"},
        {"salt": bytes(32)},
        None,
    ],
)
def test_the_whole_office_stands_still_while_its_table_of_orders_is_not_what_the_ledger_says(
    world: World, change: dict[str, Any] | None
) -> None:
    world.amend("delegation:", OTHER)
    _suspend(world, "principal:other-principal")
    with world.office.store.transaction() as connection:
        connection.execute(ACT.delete() if change is None else ACT.update().values(**change))
    assert _refused(world, client.receive, _file(world, "one.csv")) == "orders_disagree"
    with pytest.raises(StateFault) as raised:
        _resume(world, "principal:other-principal")
    assert raised.value.code == "orders_disagree"
    assert not suspension.suspension_status(world.office, NOBODY).agrees


def test_an_incidents_report_names_what_stands_still(world: World) -> None:
    found = open_incident(world, IncidentFacts(IncidentClass.KEY_LOST, world.now))
    _suspend(world, "requester")
    report = incidents.fill_report(world.office, NOBODY, found.number)
    assert (report.suspended, report.suspensions) == (False, ("requester:agency-a",))


def test_the_command_line_stops_lists_and_lifts_a_scope(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    batch = desk.receive(REQUESTS[:2])
    (tmp_path / "order.txt").write_text("made up: stop")
    (tmp_path / "lifted.txt").write_text("made up: lifted")
    scope = ("--scope", f"batch:{batch}")
    told = command(
        "suspend", *desk.at, *desk.officer("a"), "--order", tmp_path / "order.txt", *scope
    )
    index = told.out.strip()
    assert (
        told.err
        == f"What is within batch:{batch} is suspended from entry {index} on; batches that wait: 1.\n"
    )
    assert f"Suspended: batch:{batch} (1 to be lifted).\n" in command("status", *desk.at).err
    assert command("status", *desk.at, "--json").json["stopped"] == {
        "reaches": {f"batch:{batch}": 1},
        "agrees": True,
    }
    second = ("--second", desk.office / "keys" / "officer-b.key")
    told = command(
        "resume", *desk.at, *desk.officer("a"), *second, "--order", tmp_path / "lifted.txt", *scope
    )
    assert f"What is within batch:{batch} goes on from entry" in told.err
    assert (
        command(
            "suspend",
            *desk.at,
            *desk.officer("a"),
            "--order",
            tmp_path / "order.txt",
            "--scope",
            "all",
        ).code
        == 2
    )
