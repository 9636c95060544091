"""Somebody asks for a made-up person: nothing of the requester is opened or released, it is
entered, and the officers are paged; the requester is refused from a day that was fixed before."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from counterfoil import client, disclosure, ledger
from counterfoil.batches import store as batches
from counterfoil.batches.batch import ChunkKind
from counterfoil.controls.canaries import alarm
from counterfoil.controls.canaries.store import CANARY
from counterfoil.controls.incidents import service as incidents
from counterfoil.controls.suspension import service as suspension_service
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault, VerifyFault
from counterfoil.core.use_cases import NOBODY
from counterfoil.disclosure import determine, register_build
from counterfoil.ledger import EntryKind
from counterfoil.office.acts import list_acts
from counterfoil.register.canaries import Canary
from tests.cli.desk import Desk, command
from tests.world.acts import resume, suspend
from tests.world.crowd import people
from tests.world.office import World, closing, quiet
from tests.world.people import SOURCE_COLUMNS, Row, request, write_csv

OTHER = (
    "  - {id: other-principal, title: Deputy of Agency A (made up), office: agency-head,"
    " in_force: {from: 2025-01-01, to: 2035-12-31}, key: null, papers: null, unsigned_accepted: "
    "true}\ndelegation:"
)


class Crowd(NamedTuple):
    """An office with a crowd's register, how often it drew randomness, and its canaries."""

    office: Path
    draws: int
    canaries: list[Canary]


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory, world_template: Path) -> Crowd:
    """Built once; tests take copies."""
    made: list[Canary] = []
    folder = tmp_path_factory.mktemp("crowd")
    with closing(World(folder, template=world_template)) as world:
        path = write_csv(folder / "crowd.csv", people(200), SOURCE_COLUMNS)
        register_build.build_snapshot(
            world.office, path, made_up=True, progress=quiet, canaries=6, told=made.extend
        )
        assert len(made) == 6
        return Crowd(world.path, world._random.count, made)


@pytest.fixture
def canaries(world: World, crowd: Crowd) -> list[Canary]:
    """The canaries of a crowd's register, which is the current one."""
    world.office.store.close()
    shutil.rmtree(world.path)
    shutil.copytree(crowd.office, world.path)
    shutil.copy(crowd.office.parent / "crowd.csv", world.directory)
    world._random.count = crowd.draws
    world.office = world.opened()
    return [*crowd.canaries]


@pytest.fixture
def paged(world: World) -> Iterator[Path]:
    """The file that the office's page program writes what it is told to."""
    told = world.directory / "paged.jsonl"
    program = f"import sys; open({str(told)!r}, 'a').write(sys.stdin.read() + chr(10))"
    _set(world, page=[sys.executable, "-c", program])
    yield told


def _set(world: World, **fields: object) -> None:
    settings = world.path / "office.toml"
    kept = [
        line for line in settings.read_text().splitlines() if line.split(" = ")[0] not in fields
    ]
    settings.write_text(
        "\n".join([*kept, *(f"{name} = {json.dumps(value)}" for name, value in fields.items())])
        + "\n"
    )
    world.office.store.close()
    world.office = world.opened()


def _about(canary: Canary, number: int, **changes: str) -> Row:
    """A question about a canary that meets every element."""
    who, at = canary.resident, canary.address
    asked = {
        "city": at.city,
        "state": at.state,
        "zip": at.zip,
        "taxable_periods": "2019;2020",
        "date_of_birth": who.date_of_birth.isoformat() if who.date_of_birth else "",
    }
    return request(
        number, " ".join(who.name.given), " ".join(who.name.family), at.line1, **(asked | changes)
    )


def _stranger(canary: Canary, number: int) -> Row:
    """Somebody else, asked for at the canary's address."""
    return _about(
        canary, number, given_name="Ottoline", family_name="Birdwhistle", date_of_birth=""
    )


def _suspended(world: World, step: object, *arguments: object) -> None:
    with pytest.raises(StateFault) as raised:
        step(world.office, *arguments)  # type: ignore[operator]
    assert (raised.value.code, raised.value.place) == ("suspended", "requester:agency-a")


def _lift(
    world: World, text: str = "made up: lifted", letters: str = "ab"
) -> suspension_service.OrderResult:
    return resume(world, "requester", text, letters)


def _wait_for_page() -> None:
    for thread in threading.enumerate():
        if thread.name == "page":
            thread.join()


def _of_kind(world: World, kind: str) -> list[dict[str, object]]:
    return [entry for entry in world.entries() if entry["kind"] == kind]


def test_a_confirmed_canary_suspends_the_requester_opens_an_incident_and_pages(
    world: World, canaries: list[Canary], paged: Path
) -> None:
    other = world.receive(
        world.requests([request(50, "Rosalind", "Achterberg", "1 Elsewhere Rd")], "other.csv")
    )
    batch = world.receive(world.requests([_about(canaries[0], 1)]))
    assert not paged.exists()
    _suspended(world, client.determine, batch)
    [suspension] = _of_kind(world, "suspension")
    assert suspension["requester"] == canonical.digest(b"agency-a")
    assert not {"officer", "second", "batch"} & suspension.keys()
    assert [standing.state for standing in disclosure.batch_statuses(world.office, NOBODY)] == [
        "held",
        "held",
    ]
    [due] = incidents.due_incidents(world.office, NOBODY)
    with world.office.store.reading() as connection:
        incident = incidents.find_incident(connection, due.number)
    assert (str(due.about), incident.facts.batch, incident.officer, due.hours_left) == (
        "canary-asked",
        batch,
        "",
        24,
    )
    told = json.loads(paged.read_text())
    assert told == {
        "office": "counterfoil.example/world",
        "batch": batch,
        "incident": incident.number,
        "time": "2026-05-04T12:00:00Z",
        "code": "canary_confirmed",
    }
    new = world.receive(world.requests([request(60, "A", "B", "2 Elsewhere Rd")], "new.csv"))
    for waiting in (batch, other, new):
        _suspended(world, client.determine, waiting)
    world.now = suspension_service.notice_of(world.now, 7)
    later = world.requests([request(61, "A", "B", "3 Elsewhere Rd")], "later.csv")
    _suspended(world, client.receive, later)
    with world.office.store.reading() as connection:
        assert ledger.check(connection, world.office.holder_key).size == len(world.entries())


def test_the_entry_commits_to_batch_row_and_code(world: World, canaries: list[Canary]) -> None:
    rows = [request(50, "Rosalind", "Achterberg", "1 Elsewhere Rd"), _about(canaries[0], 2)]
    batch = world.receive(world.requests(rows))
    _suspended(world, client.determine, batch)
    with world.office.store.reading() as connection:
        [kept] = list_acts(connection, EntryKind.SUSPENSION)
    [entry] = _of_kind(world, "suspension")
    assert kept.document == canonical.digest(alarm.facts_bytes(batch, 2, alarm.CONFIRMED))
    assert entry["commitment"] == canonical.commit(kept.salt, kept.document.encode())


def test_two_officers_who_ask_one_canarys_address_in_two_files_suspend_the_requester(
    world: World, canaries: list[Canary], paged: Path
) -> None:
    world.amend("delegation:", OTHER)
    first = world.requests(
        [
            _stranger(canaries[1], 1)
            | {"engaged_officers": "E001|Dana birch|Special Agent|Agency A"}
        ],
        "one.csv",
    )
    second = world.requests(
        [_about(canaries[1], 2) | {"engaged_officers": "E002|Dana cedar|Special Agent|Agency A"}],
        "two.csv",
    )
    for path, principal in ((first, "sandbox-principal"), (second, "other-principal")):
        header = {
            "requester": "agency-a",
            "agreement": "sandbox",
            "principal": principal,
            "sent_on": "2026-05-04",
        }
        path.with_name(f"{path.name}.header.json").write_text(json.dumps(header), encoding="utf-8")
    world.receive(first)
    assert "suspension" not in world.kinds()
    world.now += timedelta(days=3)
    received = client.receive(world.office, second)
    assert (received.state, received.already) == ("gated", False)
    _wait_for_page()
    _suspended(world, client.determine, received.batch)
    assert json.loads(paged.read_text())["code"] == "canary_repeated"
    assert len(_of_kind(world, "suspension")) == len(_of_kind(world, "incident")) == 1


def test_outside_the_window_and_by_name_alone_nothing_is_raised(
    world: World, canaries: list[Canary]
) -> None:
    who = canaries[2]
    elsewhere = [_about(who, number) | {"line1": f"{number} Elsewhere Rd"} for number in (1, 2, 3)]
    assert (
        client.determine(world.office, world.receive(world.requests(elsewhere, "names.csv"))).state
        == "determined"
    )
    world.receive(world.requests([_stranger(who, 4)], "once.csv"))
    world.now += timedelta(days=30)
    assert (
        client.determine(
            world.office, world.receive(world.requests([_stranger(who, 5)], "later.csv"))
        ).state
        == "determined"
    )
    assert "suspension" not in world.kinds()


def test_what_the_gate_decides_is_the_same_with_and_without_canaries(
    world: World, canaries: list[Canary], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        _about(canaries[0], 1),
        _stranger(canaries[0], 2),
        _about(canaries[1], 3) | {"line1": "Unknown"},
        *[
            request(number, "Rosalind", "Achterberg", f"{number} Elsewhere Rd")
            for number in range(10, 20)
        ],
    ]
    path = world.requests(rows)
    _set(world, chunk_rows=2)
    watched = client.receive(world.office, path)
    _suspended(world, client.determine, watched.batch)
    assert _lift(world).batches == 0
    counts = watched.counts
    client.withdraw(world.office, watched.batch, world.officer("a"))
    seen = _gated(world, watched.batch)

    def none(_connection: object, _snapshot: str) -> frozenset[int]:
        return frozenset()

    monkeypatch.setattr(alarm, "canary_addresses", none)
    world.now += timedelta(days=31)
    again = client.receive(world.office, path)
    assert (again.counts, len(_of_kind(world, "suspension"))) == (counts, 1)
    assert _gated(world, again.batch) == seen


def test_canaries_that_somebody_took_out_of_the_database_or_off_the_register_stop_a_question(
    world: World, canaries: list[Canary]
) -> None:
    watched = alarm.watched_addresses(world.office)
    assert len(watched) == len(canaries)
    current = world.office.register_directory / "current"
    named = current.read_bytes()
    current.unlink()
    assert alarm.watched_addresses(world.office) == watched
    current.write_bytes(named)
    with contextlib.closing(sqlite3.connect(world.path / "office.db")) as owner:
        owner.execute("DELETE FROM canary WHERE rowid = (SELECT min(rowid) FROM canary)")
        owner.commit()
    with pytest.raises(VerifyFault) as fault:
        client.receive(world.office, world.requests([_about(canaries[0], 1)]))
    assert fault.value.code == "row_disagrees"


def _gated(world: World, batch_id: str) -> list[bytes]:
    return _chunks(world, batch_id, ChunkKind.REQUEST)


def _chunks(world: World, batch_id: str, kind: ChunkKind) -> list[bytes]:
    with world.office.store.reading() as connection:
        batch = batches.find_batch(connection, batch_id)
        return list(world.office.batch_session(connection, batch).read_all(kind))


def test_lifted_by_two_officers_and_an_order_the_run_goes_on_and_the_answer_has_the_shape_of_any(
    world: World, canaries: list[Canary]
) -> None:
    rows = [_about(canaries[0], 1), request(50, "Rosalind", "Achterberg", "1 Elsewhere Rd")]
    batch = world.receive(world.requests(rows))
    _suspended(world, client.determine, batch)
    with pytest.raises(StateFault) as raised:
        _lift(world, letters="aa")
    assert raised.value.code == "officers_same"
    assert _lift(world).batches == 1
    client.determine(world.office, batch)
    client.review(world.office, batch, world.officer("a"))
    client.release(world.office, batch, world.officer("b"), world.directory / "answers.jsonl")
    answers = [
        json.loads(line) for line in (world.directory / "answers.jsonl").read_text().splitlines()
    ]
    assert [sorted(answer) for answer in answers] == [sorted(answers[0])] * 2
    assert len(_of_kind(world, "suspension")) == 1


@pytest.mark.parametrize("broken", ["enter_incident", "page"])
def test_broken_off_before_or_after_the_commit_it_is_entered_once(
    world: World, canaries: list[Canary], monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    batch = world.receive(world.requests([_about(canaries[0], 1)]))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken_off:
        broken_off.setattr(alarm if broken == "enter_incident" else determine, broken, killed)
        with pytest.raises(KeyboardInterrupt):
            client.determine(world.office, batch)
    assert len(_of_kind(world, "suspension")) == (0 if broken == "enter_incident" else 1)
    _suspended(world, client.determine, batch)
    assert (
        len(_of_kind(world, "suspension"))
        == len(_of_kind(world, "incident"))
        == len(_of_kind(world, "opening"))
        == 1
    )


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ([], "Nobody was paged"),
        (["/nonexistent/pager"], "(FileNotFoundError)"),
        ([sys.executable, "-c", "raise SystemExit(3)"], "(exit 3)"),
    ],
)
def test_a_page_that_is_not_set_or_fails_is_said_and_changes_nothing(
    world: World,
    canaries: list[Canary],
    caplog: pytest.LogCaptureFixture,
    page: list[str],
    said: str,
) -> None:
    _set(world, page=page)
    batch = world.receive(world.requests([_about(canaries[0], 1)]))
    _suspended(world, client.determine, batch)
    assert said in caplog.text
    assert len(_of_kind(world, "suspension")) == len(_of_kind(world, "incident")) == 1


def test_determinations_of_all_others_are_the_same_bytes_with_and_without_canaries(
    tmp_path: Path,
) -> None:
    rows, kept = people(150), []
    asked = [
        request(
            number,
            row["given_name"],
            row["family_name"],
            row["line1"],
            **{name: row[name] for name in ("line2", "city", "state", "zip", "date_of_birth")},
            taxable_periods="2019;2020",
        )
        for number, row in enumerate(rows[:60], 1)
    ]
    for name, wanted in (("without", 0), ("with", 10)):
        (tmp_path / name).mkdir()
        world = World(tmp_path / name, seed="same")
        path = write_csv(world.directory / "crowd.csv", rows, SOURCE_COLUMNS)
        register_build.build_snapshot(
            world.office, path, made_up=True, progress=quiet, canaries=wanted
        )
        batch = world.receive(world.requests(asked))
        client.determine(world.office, batch)
        kept.append(_chunks(world, batch, ChunkKind.DETERMINATION))
        world.office.store.close()
    assert kept[0] == kept[1]


def test_the_database_holds_hashes_of_canaries_and_no_word_of_them(
    world: World, canaries: list[Canary]
) -> None:
    with world.office.store.reading() as connection:
        held = connection.execute(CANARY.select()).all()
    assert len(held) == len(canaries)
    for canary in canaries:
        assert canary.resident.record_ref not in str(held)
        assert canary.form.number not in {str(value) for row in held for value in row}
    world.office.store.close()
    data = b"".join(path.read_bytes() for path in world.path.glob("office.db*"))
    for canary in canaries:
        assert canary.resident.record_ref.encode() not in data
        assert canary.keys[0].key.encode() not in data
    world.office = world.opened()


def test_the_command_line_builds_with_as_many_as_are_asked_for_or_set(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    source = write_csv(tmp_path / "crowd.csv", people(100), SOURCE_COLUMNS)
    told = command("register", "build", source, *desk.at, "--made-up", "--canaries", "3", "--json")
    assert told.json["canaries"] == 3
    settings = desk.office / "office.toml"
    settings.write_text(settings.read_text().replace("canaries = 0", "canaries = 2"))
    assert (
        "2 canaries are sealed among them."
        in command("register", "build", source, *desk.at, "--made-up").err
    )
    assert "canaries" not in command("register", "info", *desk.at).out


def _trace(world: World, files: list[list[Row]], days: int) -> list[tuple[object, ...]]:
    """What the requester sees on each day: the receipt of a new file, that of the newest and of the
    first file sent again, or the fault. The office works on meanwhile."""
    seen: list[tuple[object, ...]] = []
    sent: list[Path] = []
    for day in range(days):
        sent.append(world.requests(files[day], f"file-{day}.csv"))
        for path in (sent[-1], sent[-1], sent[0]):
            try:
                receipt = client.receive(world.office, path)
                seen.append((day, receipt.already, receipt.counts["granted"]))
            except StateFault as fault:
                seen.append((day, fault.code, fault.message, fault.place, fault.cure))
        _wait_for_page()
        for standing in disclosure.batch_statuses(world.office, NOBODY):
            with contextlib.suppress(StateFault):
                client.determine(world.office, standing.batch)
        world.now += timedelta(days=1)
    return seen


ORDINARY = [
    [request(200 + day, "Rosalind", "Achterberg", f"{day + 50} Elsewhere Rd")] for day in range(16)
]


@pytest.fixture(scope="module")
def same(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[object, ...]]:
    """What is seen of sixteen days without a canary's file."""
    with closing(World(tmp_path_factory.mktemp("other"))) as other:
        return _trace(other, ORDINARY, 16)


@pytest.mark.parametrize("asked_on", [0, 1, 8])
def test_until_the_day_of_notice_nothing_tells_which_file_was_about_a_canary(
    world: World, canaries: list[Canary], asked_on: int, same: list[tuple[object, ...]]
) -> None:
    """The canary's file is of one row. From the day of notice on every file is refused alike."""
    asked = [*ORDINARY]
    asked[asked_on] = [_about(canaries[0], 100)]
    begun = world.now
    notice = suspension_service.notice_of(begun + timedelta(days=asked_on), 7)
    waits = -(-(notice - begun) // timedelta(days=1))
    trace = _trace(world, asked, 16)
    assert trace[: 3 * waits] == same[: 3 * waits]
    assert {each[1] for each in same} == {True, False}
    assert {each[1:] for each in trace[3 * waits :]} == {trace[-1][1:]}
    assert trace[-1][1] == "suspended"
    assert len(_of_kind(world, "suspension")) == len(_of_kind(world, "incident")) == 1
    assert not _of_kind(world, "release")


@pytest.mark.parametrize("hour", range(0, 24 * 15, 7))
def test_the_day_of_notice_depends_on_the_period_alone(hour: int) -> None:
    start = datetime(2026, 5, 3, tzinfo=UTC)
    first = suspension_service.notice_of(start, 7)
    found = suspension_service.notice_of(start + timedelta(hours=hour), 7)
    assert found > start + timedelta(hours=hour)
    assert (found - first) % timedelta(days=7) == timedelta(0)
    assert found - (start + timedelta(hours=hour)) <= timedelta(days=7)


def test_an_order_of_a_court_is_seen_at_once_also_where_a_canary_waits(
    world: World, canaries: list[Canary]
) -> None:
    batch = world.receive(world.requests([_about(canaries[0], 1)]))
    _suspended(world, client.determine, batch)
    suspend(world, "requester", "made up: order")
    path = world.requests([request(60, "A", "B", "2 Elsewhere Rd")], "new.csv")
    _suspended(world, client.receive, path)
    _lift(world)
    assert client.receive(world.office, path).state == "gated"
    _suspended(world, client.determine, batch)


def test_what_was_released_is_not_written_again_and_what_was_reviewed_is_not_released(
    world: World, canaries: list[Canary]
) -> None:
    released, reviewed = (
        world.receive(
            world.requests(
                [request(number, "R", "Achterberg", f"{number} Elsewhere Rd")], f"{number}.csv"
            )
        )
        for number in (50, 51)
    )
    for batch in (released, reviewed):
        client.determine(world.office, batch)
        client.review(world.office, batch, world.officer("a"))
    out = world.directory / "answers.jsonl"
    client.release(world.office, released, world.officer("b"), out)
    caught = world.receive(world.requests([_about(canaries[0], 1)]))
    _suspended(world, client.determine, caught)
    again = world.directory / "again.jsonl"
    _suspended(world, client.release, released, world.officer("b"), again)
    _suspended(world, client.release, reviewed, world.officer("b"), again)
    assert not again.exists()
