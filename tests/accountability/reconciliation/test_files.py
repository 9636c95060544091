"""What stands in the folder of answers is what was released, and nothing else has answers in it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.accountability.reconciliation.desk import answers, codes, run
from tests.world.acts import dispose
from tests.world.office import NOW, World
from tests.world.people import REQUESTS


def test_answers_of_both_forms_and_other_files_are_no_difference(world: World) -> None:
    answers(world, rows=REQUESTS[:5])
    answers(world, "more.csv", REQUESTS[5:])
    out = world.directory / "out"
    (out / "notes.txt").write_text("made up: called the requester")
    (out / "answers.jsonl.rejects.jsonl").write_text(
        '{"row":1,"field":"zip","code":"zip_invalid"}\n'
    )
    (out / ".answers.jsonl.partial").write_text(
        '{"request_id":"q1","answer":"confirmed","codes":[]}\n'
    )
    found = run(world, files=True)
    assert (found.differences, found.files) == ((), 2)


@pytest.mark.parametrize("at", [0, 40, -2])
def test_a_changed_byte_of_the_rows_is_told(world: World, at: int) -> None:
    answers(world)
    path = world.directory / "out" / "answers.jsonl"
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)
    assert codes(world, files=True) == {"reconcile_file", "reconcile_file_missing"}


def test_a_changed_envelope_is_one_that_was_never_released(world: World) -> None:
    answers(world)
    path = world.directory / "out" / "answers.jsonl.jws"
    path.write_bytes(path.read_bytes()[:-1])
    assert codes(world, files=True) == {"reconcile_file_unreleased", "reconcile_file_missing"}


def test_a_file_of_answers_that_nobody_released_is_told(world: World) -> None:
    answers(world)
    out = world.directory / "out"
    (out / "list.txt").write_text('{"request_id":"q1","answer":"confirmed","codes":[]}\n')
    (out / "list.csv").write_bytes(b"request_id,answer,codes\r\nq1,confirmed,\r\n")
    found = run(world, files=True)
    assert [(each.code, each.place) for each in found.differences] == [
        ("reconcile_file_unreleased", "list.csv"),
        ("reconcile_file_unreleased", "list.txt"),
    ]


def test_an_answer_that_was_released_and_is_not_there_is_told_until_it_is(world: World) -> None:
    answers(world)
    path = world.directory / "out" / "answers.jsonl"
    moved = path.rename(world.directory / "moved")
    assert codes(world, files=True) == {"reconcile_file", "reconcile_file_missing"}
    moved.rename(path)
    assert codes(world, files=True) == set()


def test_an_answer_whose_rows_were_disposed_of_is_known_by_its_signature(world: World) -> None:
    answers(world)
    world.now = NOW + timedelta(days=2000)
    dispose(world)
    assert codes(world, files=True) == set()
    path = world.directory / "out" / "answers.jsonl"
    path.write_bytes(path.read_bytes() + b"\n")
    assert codes(world, files=True) == {"reconcile_file"}
