"""The ledger for whoever reads it a page at a time: an inspector's key reads, and signs nothing; each
entry says what was checked for it, and what is altered does not pass; days are compared by a file
that anybody checks; what takes long runs beside the office and ends with what was established."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from counterfoil import client
from counterfoil.accountability import ledger_access
from counterfoil.accountability.ledger_access import ReadEntries, page_entries, read_entries
from counterfoil.accountability.ledger_pages import jobs
from counterfoil.accountability.ledger_pages.checkpoints import (
    CompareDays,
    ListCheckpoints,
    compare_days,
    list_checkpoints,
)
from counterfoil.accountability.ledger_pages.entries import (
    ListEntries,
    ShowEntry,
    list_entries,
    show_entry,
)
from counterfoil.accountability.ledger_pages.jobs import BeginJob, Job, ShowJob
from counterfoil.core.errors import CounterfoilError, InputFault, StateFault, UsageFault
from counterfoil.core.use_cases import NOBODY
from counterfoil.core.values import Officer, Role
from counterfoil.ledger.entries import KINDS
from counterfoil.tlog.attestation import check_attestation
from counterfoil.tlog.consistency import check_consistency_file
from counterfoil.tlog.tlog_proof import check_proof
from tests.world.office import World, closing


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory, world_template: Path) -> Iterator[World]:
    """An office that answered a file on one day, and another three days later."""
    folder = tmp_path_factory.mktemp("pages")
    with closing(World(folder, template=world_template)) as world:
        world.answer()
        world.now += timedelta(days=3)
        with world.office.store.transaction() as connection:
            world.office.ledger.sign_checkpoint(connection, world.office.signer())
        yield world


@pytest.fixture(scope="module")
def inspector(answered: World) -> Officer:
    office = answered.office
    client.create_officer(office, office.directory / "keys", "ig", None, Role.INSPECTOR)
    return client.sandbox_key(office, "ig").officer


def code_of(fault: pytest.ExceptionInfo[CounterfoilError]) -> str:
    return fault.value.code


def test_an_inspector_reads_the_entries_with_their_meaning(
    answered: World, inspector: Officer
) -> None:
    page = list_entries(answered.office, inspector, ListEntries(rows=200))
    kept = answered.entries()
    assert page.size == len(kept)
    assert [each.kind for each in reversed(page.entries)] == [each["kind"] for each in kept]
    assert all(each.meaning in {form.meaning for form in KINDS.values()} for each in page.entries)
    batch = next(each.fields["batch"] for each in page.entries if each.kind == "release")
    own = list_entries(answered.office, inspector, ListEntries(batch=str(batch), rows=200)).entries
    assert [each.index for each in reversed(own)] == [
        index for index, each in enumerate(kept) if each.get("batch") == batch
    ]


def test_every_entry_has_its_checks_and_a_proof_that_its_reader_checks(
    answered: World, inspector: Officer
) -> None:
    office, kept = answered.office, answered.entries()
    for index, entry in enumerate(kept):
        shown = show_entry(office, inspector, ShowEntry(index))
        assert json.loads(shown.text) == entry
        assert [each.number for each in shown.checked] == [1, 2, 3, 4, 5, 6]
        kinds = [at for at, each in enumerate(kept) if each["kind"] == entry["kind"]]
        place = kinds.index(index)
        assert shown.previous == (kinds[place - 1] if place else -1)
        assert shown.following == (kinds[place + 1] if place + 1 < len(kinds) else -1)
        if shown.proof:
            check_proof(shown.proof, shown.text.encode(), office.holder_key)
            assert shown.checked[4].state == "yes"
        else:
            assert shown.checked[4].state == "open"
        assert shown.checked[5].words.startswith("This office names no witnesses")


@pytest.mark.parametrize("index", [-1, 10**9])
def test_an_index_that_is_not_there_is_refused(
    answered: World, inspector: Officer, index: int
) -> None:
    with pytest.raises(UsageFault) as fault:
        show_entry(answered.office, inspector, ShowEntry(index))
    assert code_of(fault) == "ledger_index"


def test_an_altered_entry_is_shown_to_nobody_as_checked(world: World) -> None:
    """Somebody who writes the database exchanges one digit of a commitment."""
    world.answer()
    client.create_officer(world.office, world.office.directory / "keys", "ig", None, Role.INSPECTOR)
    ig = client.sandbox_key(world.office, "ig").officer
    index = world.kinds().index("granted")
    with world.office.store.engine.begin() as connection:
        row = connection.execute(
            text("SELECT start, entries FROM ledger_block WHERE start <= :i ORDER BY start DESC"),
            {"i": index},
        ).first()
        assert row is not None
        for (name,) in connection.execute(
            text("SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='ledger_block'")
        ).all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        data = bytes(row[1])
        at = data.index(b'"commitment":"sha256:') + 21
        other = data[:at] + (b"0" if data[at : at + 1] != b"0" else b"1") + data[at + 1 :]
        connection.execute(
            text("UPDATE ledger_block SET entries = :e WHERE start = :s"), {"e": other, "s": row[0]}
        )
    with pytest.raises(CounterfoilError) as fault:
        for number in range(row[0], index + 1):
            show_entry(world.office, ig, ShowEntry(number))
    assert fault.value.code in ("head_entry", "proof_inclusion", "ledger_rewritten")


@pytest.mark.parametrize(
    "question",
    [
        ListEntries(kind="no such kind"),
        ListEntries(batch="b-1'; DROP TABLE ledger_block"),
        ListEntries(first="yesterday"),
        ListEntries(first="2026-13-99"),
        ListEntries(last="2026-02-30"),
        ListEntries(last="2026-05-0٤"),
        ListEntries(before=-1),
        ListEntries(after=10**18),
    ],
)
def test_a_filter_that_is_none_is_refused(
    answered: World, inspector: Officer, question: ListEntries
) -> None:
    with pytest.raises(InputFault) as fault:
        list_entries(answered.office, inspector, question)
    assert code_of(fault) == "entry_filter"


def test_who_is_no_reader_reads_nothing(answered: World, inspector: Officer) -> None:
    office = answered.office
    client.create_officer(office, office.directory / "keys", "holds", None, Role.HOLDS)
    other = client.sandbox_key(office, "holds").officer
    stranger = Officer(inspector.name, other.vkey)
    for ask in (
        lambda who: list_entries(office, who, ListEntries()),
        lambda who: show_entry(office, who, ShowEntry(0)),
        lambda who: list_checkpoints(office, who, ListCheckpoints()),
        lambda who: compare_days(office, who, CompareDays(date(2026, 5, 4), date(2026, 5, 7))),
        lambda who: jobs.begin_job(office, who, BeginJob("check")),
        lambda who: jobs.list_jobs(office, who),
    ):
        for who in (NOBODY, other, stranger):
            with pytest.raises(CounterfoilError) as fault:
                ask(who)
            assert fault.value.code in ("actor_refused", "officer_role", "officer_key_other")


# -- checkpoints and days ----------------------------------------------------------------------


def test_the_history_lists_each_checkpoint_once_the_newest_first(
    answered: World, inspector: Officer
) -> None:
    office, sizes, below = answered.office, list[int](), None
    for _ in range(100):
        page = list_checkpoints(office, inspector, ListCheckpoints(below_size=below, rows=2))
        sizes += [each.size for each in page.signed]
        if not page.more_signed:
            break
        below = page.signed[-1].size
    with office.store.reading() as connection:
        rows = connection.execute(text("SELECT size FROM ledger_checkpoint ORDER BY size DESC"))
        assert sizes == [row[0] for row in rows]


def test_two_days_are_compared_by_a_file_that_anybody_checks(
    answered: World, inspector: Officer
) -> None:
    days = CompareDays(date(2026, 5, 4), date(2026, 5, 7))
    found = compare_days(answered.office, inspector, days)
    older, newer = check_consistency_file(found.file, answered.office.holder_key)
    assert (older.size, newer.size) == (found.older.size, found.newer.size)
    assert found.older.size < found.newer.size and len(found.statements) == 3
    for first, last, expected in (
        (date(2026, 5, 7), date(2026, 5, 4), "compare_days"),
        (date(2020, 1, 1), date(2026, 5, 4), "checkpoint_none"),
    ):
        with pytest.raises(UsageFault) as fault:
            compare_days(answered.office, inspector, CompareDays(first, last))
        assert code_of(fault) == expected


# -- jobs --------------------------------------------------------------------------------------


def finished(world: World, who: Officer, job: Job) -> Job:
    for _ in range(600):
        found = jobs.show_job(world.office, who, ShowJob(job.number))
        if found.state != jobs.RUNNING:
            return found
        time.sleep(0.05)
    raise AssertionError("the job did not end")


def test_a_full_check_runs_as_a_job_and_ends_with_what_it_established(
    answered: World, inspector: Officer
) -> None:
    job = jobs.begin_job(answered.office, inspector, BeginJob("check"))
    assert job.state == jobs.RUNNING and job.total == len(answered.entries())
    done = finished(answered, inspector, job)
    assert (done.state, done.done) == (jobs.DONE, job.total), done
    assert [each[0] for each in done.statements] == list("1234567")


def test_an_attestation_and_a_report_come_of_jobs(answered: World, inspector: Officer) -> None:
    office = answered.office
    asked = BeginJob("attest", "release", date(2026, 5, 5), date(2026, 5, 6))
    done = finished(answered, inspector, jobs.begin_job(office, inspector, asked))
    if done.state == jobs.DONE:
        check_attestation(done.document, office.holder_key, KINDS, date(2026, 5, 7))
    else:
        assert done.code == "attest_open"
    there = BeginJob("attest", "release", date(2026, 5, 4), date(2026, 5, 4))
    found = finished(answered, inspector, jobs.begin_job(office, inspector, there))
    assert (found.state, found.code) == (jobs.FAILED, "attest_found")
    report = finished(
        answered, inspector, jobs.begin_job(office, inspector, BeginJob("report", year=2026))
    )
    assert json.loads(report.document)["year"] == 2026
    listed = jobs.list_jobs(office, inspector)
    assert [each.number for each in listed] == sorted((e.number for e in listed), reverse=True)


def test_a_job_whose_question_is_not_whole_is_not_begun(
    answered: World, inspector: Officer
) -> None:
    for asked in (BeginJob("attest"), BeginJob("report"), BeginJob("attest", "nothing")):
        with pytest.raises(InputFault) as fault:
            jobs.begin_job(answered.office, inspector, asked)
        assert code_of(fault) == "job_asked"
    with pytest.raises(UsageFault) as unknown:
        jobs.show_job(answered.office, inspector, ShowJob(10**6))
    assert code_of(unknown) == "job_unknown"


def test_one_job_runs_at_a_time(
    answered: World, inspector: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = threading.Event()

    def slow(*_: object) -> dict[str, object]:
        go.wait(20)
        return {}

    monkeypatch.setattr(jobs, "_check", slow)
    job = jobs.begin_job(answered.office, inspector, BeginJob("check"))
    with pytest.raises(StateFault) as fault:
        jobs.begin_job(answered.office, inspector, BeginJob("check"))
    assert code_of(fault) == "job_running"
    go.set()
    assert finished(answered, inspector, job).state == jobs.DONE


@pytest.mark.parametrize("kind", ["", "release", "disclosure", "fork", "nothing"])
@pytest.mark.parametrize("since", ["", "2026-05-04", "2026-05-06", "2099-01-01"])
def test_texts_of_entries_are_those_of_a_whole_reading_page_by_page(
    answered: World, inspector: Officer, monkeypatch: pytest.MonkeyPatch, kind: str, since: str
) -> None:
    monkeypatch.setattr(ledger_access, "MOST_ROWS", 3)
    monkeypatch.setattr(ledger_access, "PAGE_ENTRIES", 7)
    entries = answered.entries()
    batch = str(next(each["batch"] for each in entries if each["kind"] == "release"))
    for start, stop, of in ((0, None, ""), (5, 30, ""), (0, None, batch), (40, 20, batch)):
        question = ReadEntries(start, stop, kind, of, since)
        wanted = [
            index
            for index, each in enumerate(entries)
            if start <= index < (len(entries) if stop is None else stop)
            and kind in ("", each["kind"])
            and of in ("", each.get("batch"))
            and str(each["time"]) >= since
        ]
        found, following = [], start
        while following >= 0:
            page = page_entries(answered.office, inspector, replace(question, start=following))
            found += page.entries
            assert len(page.entries) <= 7
            assert page.following == -1 or page.following > following, "it goes on"
            following = page.following
        assert [index for index, _ in found] == wanted
        assert [json.loads(text) for _, text in found] == [entries[index] for index in wanted]
        with read_entries(answered.office, NOBODY, question) as whole:
            assert list(whole.entries) == found
