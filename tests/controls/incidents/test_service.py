"""An incident is entered at once, its clock runs from when it was found, and its report holds
nothing of anybody's record."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from counterfoil import ledger
from counterfoil.client.status import office_state
from counterfoil.controls.incidents import service as incidents
from counterfoil.controls.incidents.service import (
    CLASSES,
    DUTIES,
    Incident,
    IncidentClass,
    IncidentFacts,
    Report,
)
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault, UsageFault
from counterfoil.core.use_cases import NOBODY
from counterfoil.ledger import EntryKind
from counterfoil.office.acts import list_acts
from tests.accountability.reconciliation.desk import codes
from tests.cli.desk import Desk, command
from tests.ledger.owner import open_as_owner
from tests.world.acts import close_incident, open_incident, report_incident
from tests.world.office import World
from tests.world.people import REQUESTS, SOURCE
from tests.world.scan import found_in, tokens_of

WRONG = IncidentClass.WRONG_ANSWER


def _open(world: World, hours_ago: float = 0, batch: str = "") -> Incident:
    facts = IncidentFacts(WRONG, world.now - timedelta(hours=hours_ago), batch)
    return _found(world, open_incident(world, facts).number)


def _found(world: World, number: int) -> Incident:
    with world.office.store.reading() as connection:
        return incidents.find_incident(connection, number)


def _left(world: World) -> list[int]:
    return [each.hours_left for each in incidents.due_incidents(world.office, NOBODY)]


def _report(world: World, number: int) -> Report:
    return incidents.fill_report(world.office, NOBODY, number)


def test_the_entry_commits_to_the_facts_and_names_the_officer_by_digest(world: World) -> None:
    opened = _open(world)
    entry = world.entries()[opened.entry_index]
    assert (entry["kind"], entry["event"]) == ("incident", "opened")
    assert entry["commitment"] == canonical.commit(opened.salt, opened.facts.canonical_bytes())
    assert entry["officer"] == canonical.digest(world.officer("a").officer.vkey.encode())
    assert "batch" not in entry


def test_all_entries_of_an_incident_carry_one_commitment_and_each_is_an_act(world: World) -> None:
    number = _open(world).number
    _open(world)
    report_incident(world, number, "b")
    close_incident(world, number)
    entered = [entry for entry in world.entries() if entry["kind"] == "incident"]
    assert len({entry["commitment"] for entry in entered}) == 2
    with world.office.store.reading() as connection:
        kept = list_acts(connection, EntryKind.INCIDENT)
    assert [(act.subject, act.event, act.officer) for act in kept] == [
        ("1", "opened", "officer-a"),
        ("2", "opened", "officer-a"),
        ("1", "reported", "officer-b"),
        ("1", "closed", "officer-a"),
    ]


def test_the_clock_runs_from_finding_and_not_from_entering(world: World) -> None:
    opened = _open(world, hours_ago=20)
    assert opened.due_at - world.now == timedelta(hours=4)
    assert _left(world) == [4]
    world.now += timedelta(hours=4, seconds=1)
    assert _left(world) == [-1]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM act",
        "DELETE FROM act WHERE event = 'reported'",
        "UPDATE act SET event = 'closed', kind = 'delay'",
        "UPDATE act SET committed = x'7b7d'",
        "UPDATE act SET entry_index = 0",
        "INSERT INTO act SELECT number + 9, kind, 'closed', subject, document, committed, extra, "
        "officer, second, signatures, salt, entered_at, entry_index FROM act WHERE number = 1",
    ],
)
def test_no_row_ends_an_incidents_clock_unseen(world: World, statement: str) -> None:
    report_incident(world, _open(world).number)
    assert [each.number for each in incidents.due_incidents(world.office, NOBODY)] == [1]
    owner = open_as_owner(world.path / "office.db")
    owner.execute(statement)
    owner.close()
    with pytest.raises(StateFault, match="which incidents are open"):
        incidents.due_incidents(world.office, NOBODY)
    state = office_state(world.office, NOBODY)
    assert state.incidents is None
    assert "orders_disagree" in [each.code for each in state.needs]
    assert "reconcile_acts" in codes(world)


def test_reporting_stops_the_clock_and_closing_takes_it_off_the_list(world: World) -> None:
    number = _open(world).number
    world.now += timedelta(hours=23)
    assert report_incident(world, number, "b").hours_left == 1
    world.now += timedelta(days=3)
    assert _left(world) == [1]
    close_incident(world, number, "b")
    assert _left(world) == []
    assert [entry["event"] for entry in world.entries() if entry["kind"] == "incident"] == [
        "opened",
        "reported",
        "closed",
    ]
    with world.office.store.reading() as connection:
        assert ledger.check(connection, world.office.holder_key).size == len(world.kinds())


def test_what_was_not_reported_cannot_be_closed_and_nothing_is_done_twice(world: World) -> None:
    number = _open(world).number
    steps = [
        ("incident_not_reported", close_incident),
        ("", report_incident),
        ("incident_reported", report_incident),
        ("", close_incident),
        ("incident_closed", close_incident),
    ]
    for code, step in steps:
        if not code:
            step(world, number)
            continue
        with pytest.raises(StateFault) as raised:
            step(world, number)
        assert raised.value.code == code
    for unknown in (_report, report_incident, close_incident):
        with pytest.raises(StateFault) as raised:
            unknown(world, number + 1)
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
    report = _report(world, _open(world).number)
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
    assert [facts.batch for facts in _report(world, opened.number).batches] == [other]


def test_every_class_has_its_sentence_and_its_duties() -> None:
    assert set(CLASSES) == set(DUTIES) == set(IncidentClass)


def test_the_report_names_what_the_code_has_done_for_the_taxpayer(world: World) -> None:
    duties = " ".join(_report(world, _open(world).number).duties)
    assert "7431(e)" in duties and "notify the taxpayer as soon as practicable" in duties
    inspected = " ".join(DUTIES[IncidentClass.UNAUTHORISED_INSPECTION])
    assert "7213A" in inspected and "7431(e)" in inspected


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


def test_a_report_says_that_the_office_is_suspended_for_a_fork_as_for_an_order(
    world: World,
) -> None:
    number = _open(world).number
    assert not _report(world, number).suspended
    with world.office.store.transaction() as connection:
        draft = ledger.Draft(ledger.EntryKind.FORK, {"checkpoint": canonical.digest(b"made up")})
        world.office.ledger.append(connection, [draft], world.now)
    assert _report(world, number).suspended
