"""A snapshot that is older than the agreement lets it be is asked nothing: 5 USC 552a(e)(5)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from counterfoil import client
from counterfoil.accountability.evidence import replay
from counterfoil.core.errors import VerifyFault
from counterfoil.disclosure import determine
from counterfoil.register.snapshot_age import is_too_old
from tests.accountability.evidence.bundles import make
from tests.world.office import NOW, World, read_rows
from tests.world.people import SOURCE

BUILT = "2026-05-04T12:00:00Z"
CASES = (
    ("it was built on the day on which it is asked", 0, False),
    ("it is as old as the agreement lets it be", 30, False),
    ("it is one day older", 31, True),
    ("it is years older", 800, True),
    ("its clock was ahead of ours", -1, False),
)


@pytest.mark.parametrize(("because", "days", "old"), CASES)
def test_age_is_counted_in_days_from_the_build(because: str, days: int, old: bool) -> None:
    today = (NOW + timedelta(days=days)).date()
    assert is_too_old(BUILT, 30, today) is old, because
    assert not is_too_old(BUILT, None, today)


def test_an_older_snapshot_answers_nobody_and_a_newer_one_the_same_question(world: World) -> None:
    world.amend("certificate: not_required,", "certificate: not_required, oldest_days: 30,")
    world.now += timedelta(days=31)
    rows = {str(row["request_id"]): row for row in world.answer()}
    assert {row["answer"] for row in rows.values()} == {"refused", "not_compared"}
    assert rows["q1"]["codes"] == ["snapshot_old"]
    assert "opening" not in world.kinds()
    (batch,) = {entry["batch"] for entry in world.entries() if entry["kind"] == "release"}
    assert replay((made := make(world, str(batch))).data, made.key).outcome == "not_compared"
    world.build(SOURCE)
    again = world.requests(name="again.jsonl.csv")
    again.write_text(again.read_text().replace("q1,", "q1b,"))
    second = world.receive(again)
    client.determine(world.office, second)
    client.review(world.office, second, world.officer("a"))
    client.release(world.office, second, world.officer("b"), world.directory / "again.jsonl")
    found = {row["request_id"]: row["answer"] for row in read_rows(world.directory / "again.jsonl")}
    assert found["q1b"] == "confirmed"


def test_a_bundle_of_a_match_on_an_older_snapshot_does_not_replay(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.amend("certificate: not_required,", "certificate: not_required, oldest_days: 30,")
    world.now += timedelta(days=31)
    monkeypatch.setattr(determine, "is_too_old", lambda *_: False)  # an office that does not look
    world.answer()
    (batch,) = {entry["batch"] for entry in world.entries() if entry["kind"] == "release"}
    with pytest.raises(VerifyFault) as fault:
        make(world, str(batch))
    assert "older than the agreement lets it be" in fault.value.message
