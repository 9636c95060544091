"""A snapshot that is older than the agreement lets it be is asked nothing: 5 USC 552a(e)(5)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

import msgspec
import pytest

from counterfoil import client
from counterfoil.accountability.evidence import replay
from counterfoil.core.errors import VerifyFault
from counterfoil.disclosure import determine
from counterfoil.register.snapshot_age import SNAPSHOT_OLD, is_too_old
from tests.accountability.evidence.bundles import make
from tests.house.tree import ROOT
from tests.world.office import World, read_rows
from tests.world.people import SOURCE

CASES = ROOT / "law" / "cases" / "after-the-gate" / "snapshot-age.yaml"


class Sentence(msgspec.Struct, forbid_unknown_fields=True):
    """One sentence of the file, which says what its fields are."""

    because: str
    built_on: date
    oldest_days: int | None
    asked_on: date
    finds: Literal["asked", "snapshot_old"]


class File(msgspec.Struct, forbid_unknown_fields=True):
    """The file."""

    format: Literal["counterfoil-snapshot-cases-1"]
    title: str
    sentences: list[Sentence]


SENTENCES = msgspec.yaml.decode(CASES.read_bytes(), type=File).sentences


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda each: each.because)
def test_a_snapshot_is_asked_as_the_sentence_says(sentence: Sentence) -> None:
    built_at = f"{sentence.built_on}T23:59:59Z"
    old = is_too_old(built_at, sentence.oldest_days, sentence.asked_on)
    assert (SNAPSHOT_OLD if old else "asked") == sentence.finds


def test_two_sentences_at_least_say_each() -> None:
    finds = [each.finds for each in SENTENCES]
    assert min(finds.count("asked"), finds.count(SNAPSHOT_OLD)) >= 2


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
