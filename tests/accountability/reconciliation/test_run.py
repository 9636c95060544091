"""What database and ledger say of the same batches is compared by the clock, and every difference
is told with place, code and cure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import msgpack

from counterfoil import client
from counterfoil.accountability import reconciliation
from counterfoil.accountability.reconciliation import run as daily
from counterfoil.batches import store as batches
from counterfoil.batches.batch import ChunkKind
from counterfoil.batches.rows import decode_determinations, encode_determinations
from counterfoil.core.errors import UsageFault, VerifyFault
from counterfoil.core.use_cases import NOBODY, SERVICE, Progress
from counterfoil.core.values import Match
from tests.accountability.reconciliation.desk import alter, alter_counts, answers, codes, run
from tests.cli.desk import Desk, command
from tests.ledger.owner import open_as_owner, other_digest, rewrite
from tests.world.acts import dispose, suspend
from tests.world.office import NOW, World
from tests.world.people import REQUESTS


def sealed_anew(world: World, kind: ChunkKind, change: Callable[[bytes], bytes]) -> None:
    """Put other plain bytes in the place of a batch's first chunk of a kind: what who has the
    office's keys can do."""
    with world.office.store.transaction() as connection:
        [batch] = batches.list_batches(connection)
        session = world.office.batch_session(connection, batch)
        plain = change(session.read(kind))
        sealed = session.key.seal(kind, 0, plain, world.office.random)
    alter(world, "UPDATE chunk SET sealed = ? WHERE kind = ? AND seq = 0", sealed, kind)


def test_an_office_in_order_has_no_difference_and_the_entry_says_what_was_compared(
    world: World,
) -> None:
    answers(world)
    world.receive(world.requests(REQUESTS[:3], "other.csv"))
    found = run(world, files=True, replays=2)
    assert found.differences == ()
    assert (found.batches, found.rows, found.files, found.replayed, found.left_out) == (
        2,
        13,
        1,
        4,
        0,
    )
    entry = world.entries()[found.entry]
    assert {name: entry[name] for name in ("kind", "differences", "replayed", "rows")} == {
        "kind": "reconciled",
        "differences": 0,
        "replayed": 4,
        "rows": 13,
    }


def test_the_next_run_looks_at_what_happened_since_and_a_whole_one_at_everything(
    world: World,
) -> None:
    answers(world, rows=REQUESTS[:5])
    first = run(world)
    assert (run(world).batches, run(world).rows) == (0, 0)
    answers(world, "again.csv", REQUESTS[5:])
    again = run(world)
    assert (again.since >= first.size, again.batches) == (True, 1)
    assert (run(world, whole=True).since, run(world, whole=True).batches) == (0, 2)


def test_what_is_entered_while_it_runs_is_compared_the_next_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(world, rows=REQUESTS[:5])
    decide = daily.decide_some_again

    def meanwhile(*given: object) -> object:
        world.receive(world.requests(REQUESTS[5:], "meanwhile.csv"))
        return decide(*given)  # type: ignore[arg-type]

    with monkeypatch.context() as busy:
        busy.setattr(daily, "decide_some_again", meanwhile)
        assert run(world, replays=1).batches == 1
    assert (run(world).batches, run(world).batches) == (1, 0)


def test_a_difference_is_told_again_until_it_is_gone(world: World) -> None:
    answers(world)
    sealed = [row for row in _chunks(world) if row[0] == ChunkKind.ANSWER]
    alter(world, "UPDATE chunk SET sealed = zeroblob(99) WHERE kind = ?", ChunkKind.ANSWER)
    for _ in range(2):
        assert codes(world) == {"reconcile_unreadable"}
    alter(world, "UPDATE chunk SET sealed = ? WHERE kind = ?", sealed[0][1], ChunkKind.ANSWER)
    assert (codes(world), run(world).batches) == (set(), 0)


def _chunks(world: World) -> list[tuple[str, bytes]]:
    with world.office.store.reading() as connection:
        [batch] = batches.list_batches(connection)
        return [
            (ChunkKind.ANSWER, each.sealed)
            for each in batches.iterate_chunks(connection, batch, ChunkKind.ANSWER)
        ]


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE batch SET state = 'reviewed', release_index = NULL", {"reconcile_state"}),
        ("UPDATE batch SET state = 'withdrawn'", {"reconcile_state"}),
        ("UPDATE batch SET release_index = release_index - 1", {"reconcile_state"}),
        (
            "UPDATE batch SET rules_digest = agreement_digest",
            {"reconcile_batch", "reconcile_unreadable"},
        ),
        ("UPDATE batch SET file_digest = agreement_digest", {"reconcile_rows"}),
        ("UPDATE batch SET second_officer = first_officer", {"reconcile_unreadable"}),
        (
            "UPDATE batch SET determinations_digest = agreement_digest",
            {"reconcile_state", "reconcile_unreadable"},
        ),
        ("DELETE FROM chunk WHERE kind = 'answer'", {"reconcile_answers"}),
        ("DELETE FROM chunk WHERE kind = 'request'", {"reconcile_rows"}),
        ("DELETE FROM chunk WHERE kind = 'envelope'", {"reconcile_unreadable"}),
        (
            "UPDATE chunk SET sealed = zeroblob(64) WHERE kind = 'determination'",
            {"reconcile_unreadable"},
        ),
    ],
)
def test_what_the_owner_of_the_database_alters_is_told(
    world: World, statement: str, found: set[str]
) -> None:
    answers(world)
    alter(world, statement)
    assert codes(world) - {"row_disagrees"} == found
    assert ("row_disagrees" in codes(world)) is ("batch SET" in statement or "request" in statement)


def test_a_batch_that_is_gone_and_one_that_was_never_entered_are_told(world: World) -> None:
    batch = world.receive(world.requests())
    alter(world, "UPDATE batch SET id = 'b-0123456789abcdef'")
    alter(world, "UPDATE chunk SET batch_id = 'b-0123456789abcdef'")
    found = run(world)
    assert [(each.code, each.place) for each in found.differences] == [
        ("row_disagrees", "batch b-0123456789abcdef, no entry"),
        ("reconcile_batch", "b-0123456789abcdef"),
        ("reconcile_batch", batch),
    ]


@pytest.mark.parametrize(
    ("name", "by", "code"),
    [
        ("granted", 1, "reconcile_counts"),
        ("refused", -1, "reconcile_counts"),
        ("compared", 1, "reconcile_openings"),
    ],
)
def test_counts_that_are_not_the_ledgers_are_told(
    world: World, name: str, by: int, code: str
) -> None:
    answers(world)
    alter_counts(world, lambda counts: counts.update({name: counts[name] + by}))
    assert code in codes(world)


def test_another_row_under_the_office_key_is_told_by_its_commitment(world: World) -> None:
    world.receive(world.requests())
    sealed_anew(world, ChunkKind.REQUEST, lambda plain: plain.replace(b"Marisol", b"Mirasol"))
    assert codes(world) == {"reconcile_rows"}


def test_another_answer_under_the_office_key_is_told(world: World) -> None:
    answers(world)
    sealed_anew(
        world, ChunkKind.ANSWER, lambda plain: plain.replace(b'"not_confirmed"', b'"confirmed"', 1)
    )
    assert codes(world) == {"reconcile_answers"}


def test_other_determinations_under_the_office_key_are_told(world: World) -> None:
    def confirm(plain: bytes) -> bytes:
        rows = decode_determinations(plain)
        changed = [
            Match(row.request_id, row.row, True, row.score_bits, row.margin_bits, row.evidence)
            if isinstance(row, Match)
            else row
            for row in rows
        ]
        return encode_determinations(changed)

    answers(world)
    sealed_anew(world, ChunkKind.DETERMINATION, confirm)
    assert codes(world) == {"reconcile_unreadable"}


def test_an_envelope_that_says_other_rows_is_told(world: World) -> None:
    def other(plain: bytes) -> bytes:
        form, digest, compact = msgpack.decode(plain)
        return msgpack.encode([form, digest[:-1] + ("0" if digest[-1] != "0" else "1"), compact])

    answers(world)
    sealed_anew(world, ChunkKind.ENVELOPE, other)
    assert codes(world) == {"reconcile_answers"}


def test_a_ledger_that_does_not_check_ends_the_run_with_its_own_fault(world: World) -> None:
    answers(world)
    owner = open_as_owner(world.path / "office.db")
    start = owner.execute(
        "SELECT start FROM ledger_block ORDER BY start LIMIT 1 OFFSET 3"
    ).fetchone()[0]
    rewrite(owner, start, lambda held: [other_digest(held[0]), *held[1:]])
    owner.close()
    with pytest.raises(VerifyFault) as fault:
        run(world)
    assert fault.value.code.startswith("ledger_")


def test_rows_that_were_disposed_of_are_no_difference(world: World) -> None:
    answers(world)
    world.now = NOW + timedelta(days=2000)
    assert len(dispose(world)) == 1
    found = run(world, files=True, replays=3)
    assert (found.differences, found.rows, found.replayed) == ((), 0, 0)


@pytest.mark.parametrize("step", ["determine", "review", "withdraw"])
def test_a_batch_in_the_middle_of_its_steps_is_no_difference(world: World, step: str) -> None:
    batch = world.receive(world.requests())
    if step != "withdraw":
        client.determine(world.office, batch)
    if step == "review":
        client.review(world.office, batch, world.officer("a"))
    if step == "withdraw":
        client.withdraw(world.office, batch, world.officer("a"))
    assert codes(world) == set()


def test_it_runs_while_the_office_stands_still(world: World) -> None:
    answers(world)
    suspend(world)
    assert codes(world, replays=1) == set()


def test_how_far_it_is_is_yielded_and_only_the_office_itself_may_run_it(world: World) -> None:
    answers(world)
    with pytest.raises(UsageFault) as fault:
        next(reconciliation.reconcile(world.office, NOBODY, reconciliation.Reconcile()))
    assert fault.value.code == "actor_refused"
    command = reconciliation.Reconcile(replays=1)
    work = reconciliation.reconcile(world.office, SERVICE, command)
    assert [*work] == [Progress(1, 1, "compare"), Progress(1, 1, "decide again")]
    assert world.kinds()[-2:] == ["reconciled", "state"]


def standing(world: World) -> reconciliation.ReconciliationStatus:
    return reconciliation.reconciliation_status(world.office, NOBODY)


def test_status_is_late_after_a_day(world: World) -> None:
    assert (standing(world).time, standing(world).late) == ("", False)
    world.now += timedelta(hours=25)
    assert not standing(world).late
    world.now += timedelta(seconds=1)
    assert (standing(world).time, standing(world).late) == ("", True)
    run(world)
    world.now += timedelta(hours=25)
    assert not standing(world).late
    world.now += timedelta(seconds=1)
    assert standing(world).late


def test_the_command_line_ends_with_5_and_tells_every_difference(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert "Reconciled: never.\n" in command("status", *desk.at).err
    assert desk.answer(desk.requests()).code == 0
    told = command("reconcile", *desk.at, "--answers", tmp_path)
    assert (told.code, "no difference, entered as entry" in told.out) == (0, True)
    assert "no difference." in command("status", *desk.at).err
    (tmp_path / "answers.jsonl").write_text('{"request_id":"q1","answer":"confirmed","codes":[]}\n')
    told = command("reconcile", *desk.at, "--answers", tmp_path, "--whole")
    assert (told.code, "DIFFERS: answers.jsonl" in told.out) == (5, True)
    told = command("reconcile", *desk.at, "--answers", tmp_path, "--whole", "--json")
    assert (told.code, [each["code"] for each in told.json["differences"]]) == (
        5,
        ["reconcile_file", "reconcile_file_missing"],
    )
    assert "2 differences" in command("status", *desk.at).err
    assert (
        command("reconcile", *desk.at, "--answers", tmp_path / "none", "--json").error
        == "answers_folder"
    )
