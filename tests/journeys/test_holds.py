"""A hold of 26 USC 6103(i)(6), from two officers to an answer that looks like any other
negative."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from contextlib import closing as closed
from pathlib import Path

import pytest

from counterfoil import client, disclosure
from counterfoil.accountability.evidence import ExportEvidence, export_evidence, replay
from counterfoil.batches import store as batches
from counterfoil.batches.batch import ChunkKind
from counterfoil.batches.officers import Role
from counterfoil.batches.rows import decode_determinations
from counterfoil.client import OfficerKey
from counterfoil.controls.holds import service as holds
from counterfoil.core.errors import CounterfoilError, StateFault
from counterfoil.core.use_cases import NOBODY
from counterfoil.core.values import Match
from counterfoil.disclosure import deciding
from counterfoil.disclosure.explain_chart import draw_text
from tests.accountability.evidence.bundles import Made, make, parts
from tests.world.acts import add_hold, lift_hold, person_file, resume, suspend
from tests.world.acts import officer as enrolled
from tests.world.looks import accounted, explained
from tests.world.office import World, closing, read_rows
from tests.world.people import REQUESTS, SOURCE, request
from tests.world.scan import files_below

MARISOL = holds.HoldPerson(holds.PERSON_FORMAT, tin="900-00-1001")
PHILIPPA = holds.HoldPerson(holds.PERSON_FORMAT, record_refs=("r5",))
"""Marisol (q1) has a household; Philippa (q7) lives alone."""
OPEN = {
    "q1": "confirmed",
    "q2": "confirmed",
    "q3": "not_confirmed",
    "q4": "not_confirmed",
    "q5": "not_confirmed",
    "q6": "refused",
    "q7": "confirmed",
    "q8": "refused",
    "q9": "not_confirmed",
    "q10": "not_confirmed",
}
HIDDEN = OPEN | {"q1": "not_confirmed"}


@pytest.fixture
def held(world: World) -> World:
    """The made-up office with two officers of the role."""
    for name in ("holds-a", "holds-b"):
        enrolled(world, name, Role.HOLDS)
    return world


def officer(world: World, letter: str) -> OfficerKey:
    return client.sandbox_key(world.office, f"holds-{letter}")


def add(world: World, person: holds.HoldPerson = MARISOL) -> holds.HoldResult:
    file = person_file(world, tin=person.tin, record_refs=list(person.record_refs))
    return add_hold(world, file, officer(world, "a"), officer(world, "b"))


def lift(world: World, number: int = 1) -> holds.HoldResult:
    return lift_hold(world, number, officer(world, "a"), officer(world, "b"))


def told(rows: list[dict[str, object]]) -> dict[object, object]:
    return {row["request_id"]: row["answer"] for row in rows}


def finish(world: World, batch: str) -> dict[object, object]:
    """A batch taken from where it is gated to its answer."""
    out = world.directory / "answers.jsonl"
    client.determine(world.office, batch)
    client.review(world.office, batch, world.officer("a"))
    client.release(world.office, batch, world.officer("b"), out)
    return told(read_rows(out))


def matches(world: World, batch_id: str) -> dict[str, Match]:
    """What was determined of each request that was compared."""
    with world.office.store.reading() as connection:
        batch = batches.find_batch(connection, batch_id)
        kept = world.office.batch_session(connection, batch).read_all(ChunkKind.DETERMINATION)
        rows = [row for plain in kept for row in decode_determinations(plain)]
    return {row.request_id: row for row in rows if isinstance(row, Match)}


def small_chunks(world: World) -> None:
    settings = world.path / "office.toml"
    settings.write_text(settings.read_text().replace("chunk_rows = 4096", "chunk_rows = 3"))
    world.office.store.close()
    world.office = world.opened()


# -- what is answered ------------------------------------------------------------------------------


def test_the_held_are_not_confirmed_and_nobody_else_is_touched(held: World) -> None:
    add(held)
    assert told(held.answer()) == HIDDEN


def test_the_requester_is_handed_the_same_bytes_as_of_a_register_that_never_heard_of_them(
    held: World, tmp_path: Path
) -> None:
    add(held)
    held.answer()
    (tmp_path / "other").mkdir()
    with closing(
        World(tmp_path / "other", [row for row in SOURCE if row["record_ref"] != "r1"])
    ) as stranger:
        stranger.answer()
    ours, theirs = (
        (folder / "answers.jsonl").read_bytes() for folder in (held.directory, tmp_path / "other")
    )
    assert ours == theirs


def test_what_is_kept_of_one_held_who_lives_alone_is_what_is_kept_where_nobody_lives(
    held: World,
) -> None:
    add(held, PHILIPPA)
    batch = held.receive(held.requests())
    client.determine(held.office, batch)
    found = matches(held, batch)
    hidden, nobody = found["q7"], found["q9"]
    assert (hidden.confirmed, hidden.score_bits, hidden.margin_bits, hidden.evidence) == (
        nobody.confirmed,
        nobody.score_bits,
        nobody.margin_bits,
        nobody.evidence,
    )


def test_an_officer_who_looks_sees_as_if_they_were_not_there(held: World) -> None:
    batch = held.receive(held.requests())
    client.determine(held.office, batch)
    before = {each: explained(held, batch, each) for each in ("q4", "q9")}
    add(held, PHILIPPA)
    client.determine(held.office, batch)
    found = explained(held, batch, "q7")
    assert (found.decided, found.evidence, draw_text(found)) == (
        "not_confirmed",
        before["q9"].evidence,
        [],
    )
    assert explained(held, batch, "q4") == before["q4"]


def test_the_accounting_tells_an_inspector_what_was_answered_and_no_more(held: World) -> None:
    add(held)
    held.answer()
    found = accounted(held, "Marisol", "Quintanilla", "1847 Heron Lake Rd")
    assert [each.outcome for each in found] == ["not_confirmed"]


def test_a_lifted_hold_lets_the_next_batch_confirm(held: World) -> None:
    add(held)
    assert told(held.answer())["q1"] == "not_confirmed"
    lift(held)
    again = request(31, "Marisol", "Quintanilla", "1847 Heron Lake Rd")
    assert told(held.answer([again], out="second.jsonl", name="second.csv")) == {"q31": "confirmed"}


def test_of_two_holds_both_must_be_lifted(held: World) -> None:
    assert [add(held).hold, add(held).hold] == [1, 2]
    lift(held, 1)
    assert told(held.answer()) == HIDDEN


# -- a hold that comes while a batch is on its way -------------------------------------------------


@pytest.mark.parametrize("steps", [1, 2])
def test_p4_a_hold_added_before_the_release_is_not_missed(held: World, steps: int) -> None:
    batch = held.receive(held.requests())
    client.determine(held.office, batch)
    if steps == 2:
        client.review(held.office, batch, held.officer("a"))
    assert add(held).batches == 1
    assert disclosure.batch_statuses(held.office, NOBODY)[0].state == "gated"
    with pytest.raises(StateFault) as fault:
        client.release(held.office, batch, held.officer("b"), held.directory / "answers.jsonl")
    assert fault.value.code == "batch_not_ready"
    assert finish(held, batch) == HIDDEN
    assert held.kinds().count("opening") == 2  # what is opened again is entered again


def test_a_run_that_is_determining_stops_and_is_finished_under_the_hold(
    held: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_chunks(held)
    batch = held.receive(held.requests())
    really, calls = deciding.decide_rows, []

    def interrupted(*arguments: object) -> object:
        calls.append(1)
        if len(calls) == 2:
            add(held)
        return really(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(deciding, "decide_rows", interrupted)
        with pytest.raises(StateFault) as fault:
            client.determine(held.office, batch)
    assert (fault.value.code, len(calls)) == ("batch_moved", 2)
    assert finish(held, batch) == HIDDEN


def test_a_hold_added_after_the_last_chunk_stops_the_run_too(held: World) -> None:
    batch = held.receive(held.requests())
    with pytest.raises(StateFault) as fault:
        client.determine(held.office, batch, lambda *_: add(held) and None)
    assert fault.value.code == "batch_moved"
    assert finish(held, batch) == HIDDEN


def test_p7_a_determination_broken_off_goes_on_under_the_same_holds(held: World) -> None:
    """A hold that is lifted meanwhile counts for the whole batch."""
    small_chunks(held)
    add(held)
    batch = held.receive(held.requests())

    class Stopped(BaseException):
        """Ctrl-C."""

    def stop(*_: object) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        client.determine(held.office, batch, stop)
    lift(held)
    assert finish(held, batch) == HIDDEN


def test_a_batch_that_is_suspended_comes_back_to_be_determined_anew(held: World) -> None:
    batch = held.receive(held.requests())
    client.determine(held.office, batch)
    client.review(held.office, batch, held.officer("a"))
    suspend(held)
    assert add(held).batches == 1
    assert disclosure.batch_statuses(held.office, NOBODY)[0].state == "held"
    resume(held)
    assert disclosure.batch_statuses(held.office, NOBODY)[0].state == "gated"
    assert finish(held, batch) == HIDDEN


def test_a_released_answer_stands_and_is_written_again_as_it_was(held: World) -> None:
    out = held.directory / "answers.jsonl"
    batch = held.receive(held.requests())
    assert finish(held, batch) == OPEN
    before = out.read_bytes()
    assert add(held).batches == 0
    out.unlink()
    assert client.release(held.office, batch, held.officer("b"), out).already
    assert out.read_bytes() == before


def test_a_batch_that_is_not_determined_yet_is_left_as_it_is(held: World) -> None:
    batch = held.receive(held.requests())
    assert (add(held).batches, disclosure.batch_statuses(held.office, NOBODY)[0].state) == (
        0,
        "gated",
    )
    assert finish(held, batch) == HIDDEN


# -- evidence --------------------------------------------------------------------------------------


def bundles(world: World, batch: str) -> dict[str, Made]:
    return {str(row["request_id"]): make(world, batch, str(row["request_id"])) for row in REQUESTS}


def test_p7_every_bundle_replays_to_the_answer_and_has_the_same_form_with_and_without_a_hold(
    held: World,
) -> None:
    add(held)
    add(held, PHILIPPA)
    hidden, shown = HIDDEN | {"q7": "not_confirmed"}, []
    assert told(held.answer()) == hidden
    for name, made in bundles(
        held, disclosure.batch_statuses(held.office, NOBODY)[0].batch
    ).items():
        assert replay(made.data, made.key, held.office.holder_key).outcome == hidden[name]
        marks = parts(made)[1].suppressed
        shown.append((marks.is_whole, len(marks.marks), len(marks.salt)))
    assert shown == [(True, 16, 32)] * 10


def test_a_reconsidered_batch_has_its_bundles_too(held: World) -> None:
    batch = held.receive(held.requests())
    client.determine(held.office, batch)
    client.review(held.office, batch, held.officer("a"))
    add(held)
    finish(held, batch)
    assert {name: replay(*made).outcome for name, made in bundles(held, batch).items()} == HIDDEN


# -- the ledger and the database -------------------------------------------------------------------


def test_adding_and_lifting_look_alike_in_the_ledger_and_name_no_batch(held: World) -> None:
    add(held)
    lift(held)
    entered = [entry for entry in held.entries() if entry["kind"] == "hold"]
    assert [set(entry) for entry in entered] == [
        {"commitment", "count", "kind", "officer", "second", "time", "v"}
    ] * 2
    assert len({entry["commitment"] for entry in entered}) == 2
    assert len({(entry["officer"], entry["second"]) for entry in entered}) == 1


def test_a_thief_of_the_office_finds_neither_number_nor_reference_nor_a_hash_of_them(
    held: World,
) -> None:
    person = holds.HoldPerson(holds.PERSON_FORMAT, ("held-reference-77",), "900-00-1001")
    add(held, person)
    client.determine(held.office, held.receive(held.requests()))
    tins = [b"900-00-1001", b"900001001", held.office.custodian().tin_hash("900-00-1001")]
    refs = [b"held-reference-77"]
    plain = [*tins, *refs]
    hashes = [
        made(value).digest()
        for value in plain
        for made in (hashlib.sha256, hashlib.sha1, hashlib.md5, hashlib.sha512)
    ]
    sought = [
        *plain,
        *(each[:16] for each in hashes),
        *(each.hex()[:32].encode() for each in hashes),
    ]
    data = b"".join(
        path.read_bytes() for path in files_below(held.path) if path.name.startswith("office.db")
    )
    assert len(data) > 100_000
    assert [each for each in sought if each in data] == []


def test_no_step_and_no_size_of_the_batch_shows_whether_there_are_holds(held: World) -> None:
    def pin(batch_id: str) -> int:
        with held.office.store.reading() as connection:
            return len(
                batches.get_chunk(
                    connection, batches.find_batch(connection, batch_id), ChunkKind.HOLDS, 0
                ).sealed
            )

    first = held.receive(held.requests())
    client.determine(held.office, first)
    without = pin(first)
    for _ in range(15):
        add(held)
    client.determine(held.office, first)
    assert pin(first) == without
    add(held)
    client.determine(held.office, first)
    assert pin(first) > without


def by_owner(world: World, statement: str) -> None:
    with closed(sqlite3.connect(world.path / "office.db")) as plain:
        plain.execute(statement)
        plain.commit()


HANDS = {
    "a hold deleted": ("DELETE FROM act WHERE number = 1", "holds_altered"),
    "a mark altered": (
        "UPDATE act SET extra = CAST(extra || 'a' AS BLOB) WHERE number = 1",
        "holds_altered",
    ),
    "called lifted without an entry": (
        "INSERT INTO act SELECT 3, kind, 'lifted', subject, document, committed, x'', officer,"
        " second, signatures, salt, entered_at, 3 FROM act WHERE number = 1",
        "holds_altered",
    ),
    "one deleted, the other called lifted by its entry": (
        "UPDATE act SET event = 'lifted', subject = '1' WHERE number = 2",
        "holds_altered",
    ),
    "an entry that is not there": ("UPDATE act SET entry_index = 999999", "holds_altered"),
    "another officer": ("UPDATE act SET second = 'officer-a'", "holds_altered"),
    "a number that is none": ("UPDATE act SET subject = 'x' WHERE number = 1", "holds_altered"),
    "a number written otherwise": (
        "UPDATE act SET subject = '01' WHERE number = 1",
        "holds_altered",
    ),
    "made under another register key": (
        "UPDATE act SET extra = CAST('another' || substr(extra, instr(extra, x'00')) AS BLOB)",
        "hold_key_other",
    ),
}


@pytest.mark.parametrize("hand", HANDS)
def test_p10_nothing_is_determined_where_holds_are_not_what_the_ledger_says(
    held: World, hand: str
) -> None:
    statements, code = HANDS[hand]
    add(held)
    add(held)
    batch = held.receive(held.requests())
    for statement in statements.split("; "):
        by_owner(held, statement)
    with pytest.raises(CounterfoilError) as fault:
        client.determine(held.office, batch)
    assert (fault.value.code, bool(fault.value.cure)) == (code, True)
    assert (
        disclosure.batch_statuses(held.office, NOBODY)[0].state,
        held.kinds().count("opening"),
    ) == ("gated", 0)


def test_a_hold_is_taken_from_the_ledger_and_the_database_together_or_not_at_all(
    held: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = held.receive(held.requests())
    client.determine(held.office, batch)
    before = held.entries()

    def broken(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(batches, "mark_reconsidered", broken)
        with pytest.raises(RuntimeError):
            add(held)
    assert (held.entries(), disclosure.batch_statuses(held.office, NOBODY)[0].state) == (
        before,
        "determined",
    )
    assert holds.list_holds(held.office, officer(held, "a").officer) == []


# -- who may ---------------------------------------------------------------------------------------


def test_the_list_shows_days_and_officers_and_is_entered_before_it_is_shown(held: World) -> None:
    add(held)
    lift(held)
    add(held, PHILIPPA)
    found = holds.list_holds(held.office, officer(held, "b").officer)
    when, pair = "2026-05-04T12:00:00Z", ("holds-a", "holds-b")
    assert found == [
        holds.HoldListing(1, when, pair, when, pair),
        holds.HoldListing(2, when, pair, "", ("", "")),
    ]
    last = held.entries()[-1]
    assert (last["kind"], "batch" in last) == ("inspection", False)


def _add_by(world: World, *keys: OfficerKey) -> object:
    return add_hold(world, person_file(world, tin=MARISOL.tin), *keys)


def by_one(world: World) -> object:
    return _add_by(world, officer(world, "a"), officer(world, "a"))


def by_disclosure_officers(world: World) -> object:
    return _add_by(world, world.officer("a"), world.officer("b"))


def by_one_of_another_role(world: World) -> object:
    return _add_by(world, officer(world, "a"), world.officer("b"))


def listed_by_a_disclosure_officer(world: World) -> object:
    return holds.list_holds(world.office, world.officer("a").officer)


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (by_one, "officers_same"),
        (by_disclosure_officers, "officer_role"),
        (by_one_of_another_role, "officer_role"),
        (listed_by_a_disclosure_officer, "officer_role"),
    ],
)
def test_p6_two_officers_of_the_role_and_nobody_else(
    held: World, act: Callable[[World], object], code: str
) -> None:
    before = held.entries()
    with pytest.raises(StateFault) as fault:
        act(held)
    assert (fault.value.code, bool(fault.value.place), bool(fault.value.cure)) == (code, True, True)
    assert held.entries() == before
    assert told(held.answer()) == OPEN


def test_an_officer_of_holds_neither_reviews_nor_releases_nor_looks(held: World) -> None:
    batch = held.receive(held.requests())
    client.determine(held.office, batch)
    for act in (
        lambda: client.review(held.office, batch, officer(held, "a")),
        lambda: explained(held, batch, "q1", officer(held, "a")),
        lambda: export_evidence(
            held.office, officer(held, "a").officer, ExportEvidence(batch, "q1")
        ),
    ):
        with pytest.raises(StateFault) as fault:
            act()
        assert fault.value.code == "officer_role"
