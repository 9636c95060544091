"""Released answers are decided again by the clock; a defect in what decided them is found the day
after, not after 5.5 months."""

from __future__ import annotations

import shutil

import pytest
from msgspec.structs import replace

from counterfoil import matching
from counterfoil.core.values import Finding, Grant, Match, Refusal, State
from counterfoil.gate.decide import Gate
from tests.accountability.reconciliation.desk import answers, codes, run
from tests.world.office import World
from tests.world.people import REQUESTS, SOURCE


def test_some_of_each_outcome_are_decided_again_and_the_opening_is_entered_before(
    world: World,
) -> None:
    answers(world)
    opened = world.office.custodian().total()
    found = run(world, replays=2)
    assert (found.replayed, found.left_out, found.differences) == (4, 0, ())
    replay = [entry for entry in world.entries() if entry["kind"] == "replay"]
    assert [entry["rows"] for entry in replay] == [4]
    assert world.office.custodian().total() == opened + 4
    assert world.kinds()[-3:] == ["replay", "reconciled", "state"]


def test_more_than_there_are_is_all_of_them(world: World) -> None:
    answers(world)
    assert run(world, replays=100).replayed == 8


def test_p7_a_match_that_confirmed_what_the_rules_do_not_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script that released what was never compared: made up as the defect that was reported of
    August 2025."""
    decided = matching.decide_suppressed

    def confirming(*given: object) -> Match:
        return replace(decided(*given), confirmed=True)  # type: ignore[arg-type]

    with monkeypatch.context() as script:
        script.setattr(matching, "decide_suppressed", confirming)
        answers(world, rows=REQUESTS[:5])
        assert codes(world) == set()  # the entries alone do not show it
        answers(world, "more.jsonl", REQUESTS[5:])
    found = run(world, replays=3)
    assert {each.code for each in found.differences} == {"reconcile_replay"}
    assert [each.place.partition(" ")[2] for each in found.differences] == ["row 4", "row 5"]


def test_a_gate_that_admitted_what_the_law_refuses_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(world)
    decided = Gate.decide

    def strict(gate: Gate, *given: object) -> Grant | Refusal:
        found = decided(gate, *given)  # type: ignore[arg-type]
        if isinstance(found, Grant):
            return Refusal(
                found.request.request_id,
                found.request.row,
                (Finding("made-up", State.NOT_MET),),
                found.rules,
            )
        return found

    monkeypatch.setattr(Gate, "decide", strict)
    assert codes(world, replays=1) == {"reconcile_replay"}


def test_what_cannot_be_decided_again_is_counted_and_is_no_difference(world: World) -> None:
    answers(world)
    world.build(SOURCE[:2])
    for snapshot in (world.path / "register").glob("0001-*"):
        shutil.rmtree(snapshot)
    found = run(world, replays=2)
    assert (found.replayed, found.left_out, found.differences) == (0, 4, ())


def test_at_the_keepers_limit_nothing_is_opened(world: World) -> None:
    world.amend("openings_per_day: 1000000", "openings_per_day: 9")
    answers(world)
    found = run(world, replays=1)
    assert (found.replayed, found.left_out) == (0, 2)
    assert "replay" not in world.kinds()


def test_a_batch_of_another_law_is_decided_again_under_its_own(world: World) -> None:
    answers(world)
    world.amend("answer_expiry_days: 90", "answer_expiry_days: 30")
    found = run(world, replays=2)
    assert (found.replayed, found.differences) == (4, ())


def test_a_snapshot_that_was_altered_is_told(world: World) -> None:
    answers(world)
    for manifest in (world.path / "register").glob("0001-*/manifest.json"):
        manifest.write_bytes(manifest.read_bytes().replace(b'"counts"', b'"coumts"'))
    assert codes(world, replays=1) == {"reconcile_unreadable", "reconcile_register"}


def test_a_file_in_several_chunks_comes_out_the_same(world: World) -> None:
    settings = world.path / "office.toml"
    settings.write_text(settings.read_text().replace("chunk_rows = 4096", "chunk_rows = 3"))
    world.office.store.close()
    world.office = world.opened()
    world.answer([*REQUESTS, {**REQUESTS[0], "request_id": "q90", "tin": "not a number"}])
    found = run(world, replays=100)
    assert (found.replayed, found.differences) == (8, ())
