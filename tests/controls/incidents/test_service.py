"""An incident is entered at once, its clock runs from when it was found, and its report holds
nothing of anybody's record."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from counterfoil import ledger
from counterfoil.controls.incidents import service as incidents
from counterfoil.controls.incidents.store import CLASSES, Incident, IncidentClass
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault, UsageFault
from tests.cli.desk import Desk, command
from tests.world.office import World
from tests.world.people import REQUESTS, SOURCE
from tests.world.scan import found_in, tokens_of

WRONG = IncidentClass.WRONG_ANSWER


def _open(world: World, hours_ago: float = 0, batch: str = "") -> Incident:
    found = world.now - timedelta(hours=hours_ago)
    return incidents.open_incident(world.office, WRONG, found, batch, *world.officer("a"))


def test_the_entry_commits_to_the_facts_and_names_the_officer_by_digest(world: World) -> None:
    opened = _open(world)
    entry = world.entries()[opened.entry_index]
    assert entry["kind"] == "incident"
    assert entry["event"] == "opened"
    assert entry["commitment"] == canonical.commit(opened.salt, opened.facts_bytes())
    assert "batch" not in entry


def test_the_clock_runs_from_finding_and_not_from_entering(world: World) -> None:
    opened = _open(world, hours_ago=20)
    assert opened.due_at - world.now == timedelta(hours=4)
    assert [left for _, left in incidents.due_incidents(world.office)] == [4]
    world.now += timedelta(hours=4, seconds=1)
    assert [left for _, left in incidents.due_incidents(world.office)] == [-1]


def test_reporting_stops_the_clock_and_closing_takes_it_off_the_list(world: World) -> None:
    number = _open(world).number
    world.now += timedelta(hours=23)
    reported = incidents.report_incident(world.office, number, *world.officer("b"))
    world.now += timedelta(days=3)
    assert incidents.hours_left(world.office, reported) == 1
    incidents.close_incident(world.office, number, *world.officer("b"))
    assert incidents.due_incidents(world.office) == []
    assert [entry["event"] for entry in world.entries() if entry["kind"] == "incident"] == [
        "opened",
        "reported",
        "closed",
    ]
    with world.office.store.reading() as connection:
        assert ledger.check(connection, world.office.holder_key).size == len(world.kinds())


def test_what_was_not_reported_cannot_be_closed_and_nothing_is_done_twice(world: World) -> None:
    number = _open(world).number
    officer = world.officer("a")
    steps = [
        ("incident_not_reported", incidents.close_incident),
        ("", incidents.report_incident),
        ("incident_reported", incidents.report_incident),
        ("", incidents.close_incident),
        ("incident_closed", incidents.close_incident),
    ]
    for code, step in steps:
        if not code:
            step(world.office, number, *officer)
            continue
        with pytest.raises(StateFault) as raised:
            step(world.office, number, *officer)
        assert raised.value.code == code
    with pytest.raises(StateFault) as raised:
        incidents.fill_report(world.office, number + 1)
    assert raised.value.code == "incident_unknown"


def test_an_incident_found_tomorrow_or_about_no_batch_of_ours_is_not_entered(world: World) -> None:
    with pytest.raises(UsageFault) as raised:
        _open(world, hours_ago=-1)
    assert raised.value.code == "incident_found_later"
    with pytest.raises(StateFault):
        _open(world, batch="b-000000000000")
    assert "incident" not in world.kinds()


def test_the_report_counts_what_the_ledger_says_and_names_nobody_of_the_records(
    world: World,
) -> None:
    answers = world.answer()
    report = incidents.fill_report(world.office, _open(world).number)
    told = report.batches[0]
    assert len(report.batches) == 1
    assert told.entries["granted"] + told.entries["refused"] == len(answers)
    assert told.entries["disclosure"] == sum(
        row["answer"] in ("confirmed", "not_confirmed") for row in answers
    )
    assert world.kinds()[told.release_index or 0] == "release"
    assert told.officers == ("officer-a", "officer-b")
    assert report.ledger_size == len(world.kinds())
    assert found_in(msgspec.json.encode(report), tokens_of([*SOURCE, *REQUESTS])) == []


def test_a_report_about_one_batch_speaks_of_that_batch_even_before_release(world: World) -> None:
    world.answer()
    other = world.receive(world.requests(REQUESTS[:1], "other.csv"))
    opened = _open(world, batch=other)
    assert world.entries()[opened.entry_index]["batch"] == other
    assert [
        facts.batch for facts in incidents.fill_report(world.office, opened.number).batches
    ] == [other]


def test_every_class_has_its_sentence() -> None:
    assert set(CLASSES) == set(IncidentClass)


def test_the_command_line_opens_lists_shows_reports_and_closes(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    batch = desk.receive()
    officer = desk.officer("a")
    told = command("incident", "open", "--class", "copy-lost", "--batch", batch, *desk.at, *officer)
    assert (told.code, told.out) == (0, "1\n")
    assert "hours left" in told.err
    listed = command("incident", "list", *desk.at, "--json").json["incidents"]
    assert [(each["incident"], each["class"]) for each in listed] == [(1, "copy-lost")]
    assert listed[0]["hours_left"] in (23, 24)
    shown = command("incident", "show", "1", *desk.at)
    assert batch in shown.out
    assert command("incident", "show", "1", *desk.at, "--json").json["batches"][0]["batch"] == batch
    assert (
        command("incident", "close", "1", *desk.at, *officer, "--json").error
        == "incident_not_reported"
    )
    assert "in time" in command("incident", "reported", "1", *desk.at, *officer).err
    assert command("incident", "close", "1", *desk.at, *officer).code == 0
    assert command("incident", "list", *desk.at).out == "No incident is open.\n"


def test_the_command_line_refuses_a_class_or_a_time_that_is_none(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    opening = ("incident", "open", *desk.at, *desk.officer("a"), "--json")
    wrong = command(*opening, "--class", "other")
    assert (wrong.code, wrong.error) == (2, "incident_class")
    late = command(*opening, "--class", "key-lost", "--found-at", "yesterday")
    assert (late.code, late.error) == (2, "incident_time")


def test_a_report_says_that_the_office_stands_still_for_a_fork_as_for_an_order(
    world: World,
) -> None:
    number = _open(world).number
    assert not incidents.fill_report(world.office, number).suspended
    with world.office.store.transaction() as connection:
        draft = ledger.Draft(ledger.EntryKind.FORK, {"checkpoint": canonical.digest(b"made up")})
        world.office.ledger.append(connection, [draft], world.now)
    assert incidents.fill_report(world.office, number).suspended
