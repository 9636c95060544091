"""Nothing is released before an officer looked at a sample that nobody chose, and agreed with every
row of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from counterfoil import client, disclosure
from counterfoil.batches import store as batches
from counterfoil.controls.sampling.service import ShowSample, show_sample
from counterfoil.controls.sampling.sheet import SheetRow
from counterfoil.core import canonical
from counterfoil.core.errors import CounterfoilError, InputFault, StateFault
from counterfoil.core.use_cases import NOBODY
from counterfoil.core.values import Officer
from counterfoil.office import enrol, make_officer
from tests.accountability.reconciliation.desk import alter
from tests.cli.desk import Desk, Told, command
from tests.world.office import World
from tests.world.people import REQUESTS, request

CONFIRMED, OTHERS = ["q1", "q2", "q7"], ["q10", "q3", "q4", "q5", "q9"]


def ask_for(directory: Path, rows: int) -> None:
    path = directory / "office.toml"
    text = path.read_text(encoding="utf-8")
    lines = [
        f"sample_rows = {rows}" if line.startswith("sample_rows") else line
        for line in text.splitlines()
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def strict(world: World) -> Iterator[World]:
    """An office whose officers look at two rows of each kind."""
    reopened(world, 2)
    yield world


def reopened(world: World, rows: int) -> None:
    ask_for(world.path, rows)
    world.office.store.close()
    world.office = world.opened()


def determined(world: World) -> str:
    batch = world.receive(world.requests())
    client.determine(world.office, batch)
    return batch


def drawn(world: World, batch: str, letter: str = "a") -> list[SheetRow]:
    return show_sample(world.office, world.officer(letter).officer, ShowSample(batch))


def review(world: World, batch: str, letter: str = "a", **wrong: bool) -> str:
    """Review with a sheet that agrees with every row but those named."""
    sheet = {row.digest: wrong.get(row.request_id, True) for row in drawn(world, batch, letter)}
    return client.review(world.office, batch, world.officer(letter), sheet).state


def release(world: World, batch: str, letter: str = "b") -> str:
    return client.release(
        world.office, batch, world.officer(letter), world.directory / "answers.jsonl"
    ).state


def code_of(work: Callable[[], object]) -> str:
    with pytest.raises(CounterfoilError) as fault:
        work()
    assert fault.value.cure
    return fault.value.code


def entries(world: World, kind: str) -> list[dict[str, object]]:
    return [entry for entry in world.entries() if entry["kind"] == kind]


def test_nothing_is_released_before_the_sample_was_looked_at(strict: World) -> None:
    batch = determined(strict)
    assert (
        code_of(lambda: client.review(strict.office, batch, strict.officer("a")))
        == "sample_not_reviewed"
    )
    assert {"sample", "review"}.isdisjoint(strict.kinds())
    assert review(strict, batch) == "reviewed"
    assert release(strict, batch) == "released"
    kinds = [
        kind
        for kind in strict.kinds()
        if kind in ("determined", "inspection", "sample", "review", "release")
    ]
    assert kinds == ["determined", "inspection", "sample", "review", "release"]


def test_the_sample_is_what_anyone_draws_from_the_ledgers_entry(strict: World) -> None:
    batch = determined(strict)
    with strict.office.store.reading() as connection:
        size = strict.office.ledger.size(connection)
        raw = list(strict.office.ledger.entries(connection, 0, size))[
            strict.kinds().index("determined")
        ]
    seed = hashlib.sha256(b"\x00" + raw).digest()

    def rank(request_id: str) -> bytes:
        row = int(request_id[1:])
        return hashlib.sha256(b"counterfoil/draw/v1\x00" + seed + row.to_bytes(8, "big")).digest()

    expected = {*sorted(CONFIRMED, key=rank)[:2], *sorted(OTHERS, key=rank)[:2]}
    assert {row.request_id for row in drawn(strict, batch)} == expected
    assert {row.request_id for row in drawn(strict, batch, "b")} == expected


def test_every_confirmation_is_looked_at_where_there_are_no_more_than_asked_for(
    strict: World,
) -> None:
    reopened(strict, 3)
    rows = drawn(strict, determined(strict))
    assert sorted(row.request_id for row in rows if row.decided == "confirmed") == CONFIRMED
    assert sum(row.decided == "not_confirmed" for row in rows) == 3


def test_a_row_stands_beside_what_was_asked_and_what_was_compared(strict: World) -> None:
    reopened(strict, 100)
    rows = {row.request_id: row for row in drawn(strict, determined(strict))}
    assert rows.keys() == {*CONFIRMED, *OTHERS}
    assert rows["q2"].asked["door"] == "2290 Copperfield Ave, Apt 4B, Anytown, WA, 98101"
    assert ("given", "equal") in rows["q2"].evidence
    assert all(row.agrees is None for row in rows.values())


def test_the_entries_say_who_looked_and_not_how_many_were_confirmed(strict: World) -> None:
    batch = determined(strict)
    review(strict, batch)
    [looked], [sampled] = entries(strict, "inspection"), entries(strict, "sample")
    officer = canonical.digest(strict.officer("a").officer.vkey.encode())
    assert (looked["officer"], sampled["officer"], sampled["disagreed"]) == (officer, officer, 0)
    assert sampled.keys() == {
        "batch",
        "commitment",
        "count",
        "determinations",
        "disagreed",
        "kind",
        "officer",
        "time",
        "v",
    }


def test_one_row_that_the_officer_does_not_agree_with_stops_the_batch_and_is_entered(
    strict: World,
) -> None:
    batch = determined(strict)
    wrong = drawn(strict, batch)[1].request_id
    assert code_of(lambda: review(strict, batch, **{wrong: False})) == "sample_disagreed"
    assert [entry["disagreed"] for entry in entries(strict, "sample")] == [1]
    assert "review" not in strict.kinds()
    assert disclosure.batch_statuses(strict.office, NOBODY)[0].state == "determined"
    assert code_of(lambda: release(strict, batch)) == "batch_not_ready"


def test_who_disagreed_cannot_be_brought_to_agree_and_must_release_or_refuse(strict: World) -> None:
    batch = determined(strict)
    wrong = drawn(strict, batch)[0].request_id
    assert code_of(lambda: review(strict, batch, **{wrong: False})) == "sample_disagreed"
    assert code_of(lambda: review(strict, batch)) == "sample_disagreed_before"
    assert review(strict, batch, "b") == "reviewed"
    assert code_of(lambda: release(strict, batch, "b")) == "second_officer_same_name"
    assert release(strict, batch, "a") == "released"
    assert [entry["disagreed"] for entry in entries(strict, "sample")] == [1, 0]


def test_another_batchs_rows_too_few_or_too_many_are_refused(strict: World) -> None:
    batch = determined(strict)
    sheet = {row.digest: True for row in drawn(strict, batch)}
    fewer = dict(list(sheet.items())[1:])
    for other in (fewer, sheet | {"q99": True}, fewer | {"q99": True}, {}):
        with pytest.raises(InputFault) as fault:
            client.review(strict.office, batch, strict.officer("a"), other)
        assert fault.value.code == "sample_other"
    assert "sample" not in strict.kinds()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM chunk WHERE kind = 'sample'",
        "UPDATE chunk SET sealed = zeroblob(80) WHERE kind = 'sample'",
        "UPDATE batch SET determinations_digest = agreement_digest",
    ],
)
def test_a_sample_that_was_taken_away_or_altered_releases_nothing(
    strict: World, statement: str
) -> None:
    batch = determined(strict)
    review(strict, batch)
    alter(strict, statement)
    assert code_of(lambda: release(strict, batch)) in {"row_disagrees", "payload_sealed"}
    assert "release" not in strict.kinds()


def test_a_batch_that_was_reviewed_without_a_sample_is_not_released_once_one_is_asked_for(
    world: World,
) -> None:
    batch = determined(world)
    client.review(world.office, batch, world.officer("a"))
    reopened(world, 1)
    assert code_of(lambda: release(world, batch)) == "sample_not_reviewed"


def test_what_is_determined_anew_is_looked_at_anew(strict: World) -> None:
    batch = determined(strict)
    review(strict, batch)
    with strict.office.store.transaction() as connection:
        batches.mark_reconsidered(connection, batches.find_batch(connection, batch))
    client.determine(strict.office, batch)
    assert len(entries(strict, "determined")) == 2
    assert (
        code_of(lambda: client.review(strict.office, batch, strict.officer("a")))
        == "sample_not_reviewed"
    )
    assert review(strict, batch) == "reviewed"
    assert release(strict, batch) == "released"


def test_a_batch_whose_digest_was_altered_has_no_sample(strict: World) -> None:
    batch = determined(strict)
    alter(strict, "UPDATE batch SET determinations_digest = agreement_digest")
    assert code_of(lambda: drawn(strict, batch)) == "row_disagrees"


def test_where_nothing_was_compared_there_is_nothing_to_look_at(strict: World) -> None:
    batch = strict.receive(
        strict.requests([request(6, "Rosalind", "Featherstone", "Failed to Provide")])
    )
    client.determine(strict.office, batch)
    assert drawn(strict, batch) == []
    assert client.review(strict.office, batch, strict.officer("a")).state == "reviewed"
    assert release(strict, batch) == "released"
    assert [entry["disagreed"] for entry in entries(strict, "sample")] == [0]


def test_only_an_enrolled_officer_is_shown_it_and_only_after_it_was_determined(
    strict: World,
) -> None:
    batch = strict.receive(strict.requests())
    assert code_of(lambda: drawn(strict, batch)) == "batch_not_ready"
    client.determine(strict.office, batch)
    stranger = Officer("officer-a", strict.officer("b").officer.vkey)
    with pytest.raises(CounterfoilError) as fault:
        show_sample(strict.office, stranger, ShowSample(batch))
    assert fault.value.code == "officer_key_other"
    assert "inspection" not in strict.kinds()


def test_a_third_officer_may_release_over_a_disagreement_and_both_words_stand(
    strict: World,
) -> None:
    made = make_officer(strict.path / "keys", "officer-c", None, strict.office.random)
    with strict.office.store.transaction() as connection:
        enrol(strict.office, connection, made)
    batch = determined(strict)
    wrong = drawn(strict, batch)[0].request_id
    with pytest.raises(StateFault):
        review(strict, batch, **{wrong: False})
    review(strict, batch, "b")
    assert release(strict, batch, "c") == "released"
    assert [entry["disagreed"] for entry in entries(strict, "sample")] == [1, 0]


# -- the command line --------------------------------------------------------------------------


def _sheet(desk: Desk, batch: str, text: str) -> Path:
    """The sheet of a batch, every row filled in alike."""
    sheet = desk.directory / "sheet.jsonl"
    told = command("sample", batch, *desk.at, *desk.officer("a"), "--to", sheet)
    assert (told.code, told.out) == (0, f"{sheet}\n")
    looked = desk.directory / f"{text}.jsonl"
    looked.write_text(
        sheet.read_text(encoding="utf-8").replace('"agrees":null', f'"agrees":{text}'),
        encoding="utf-8",
    )
    return looked


def _answer(desk: Desk, *more: str | Path) -> Told:
    return desk.answer(desk.requests(REQUESTS), *more)


def test_the_command_line_stops_at_the_sample_and_goes_on_with_the_sheet(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    ask_for(desk.office, 2)
    told = _answer(desk, "--json")
    assert (told.code, told.error) == (1, "sample_not_reviewed")
    [batch] = desk.batches()
    assert batch["state"] == "determined"
    assert _answer(desk, "--sample", _sheet(desk, batch["batch"], "true")).code == 0
    assert desk.answers()["q1"] == "confirmed"
    (tmp_path / "sheet.jsonl").unlink()


def test_a_sheet_that_is_open_or_disagrees_ends_with_1(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    ask_for(desk.office, 2)
    batch = desk.receive()
    command("determine", batch, *desk.at)
    review = ("review", batch, *desk.at, *desk.officer("a"), "--json", "--sample")
    wrong = _sheet(desk, batch, "false")
    assert command(*review, tmp_path / "sheet.jsonl").error == "sample_row_open"
    assert command(*review, tmp_path / "none.jsonl").error == "file_unreadable"
    told = command(*review, wrong)
    assert (told.code, told.error) == (1, "sample_disagreed")
    assert (
        command("sample", batch, *desk.at, *desk.officer("a"), "--to", wrong, "--json").error
        == "out_taken"
    )
    assert (tmp_path / "sheet.jsonl").stat().st_mode & 0o777 == 0o600
    assert {
        json.loads(line)["agrees"] for line in (tmp_path / "sheet.jsonl").read_text().splitlines()
    } == {None}
