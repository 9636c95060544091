"""P7 over the whole office: the same questions of the same people give the same bytes, whoever's
machine it is."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.world.office import World, closing
from tests.world.people import REQUESTS, SOURCE


def _answered(world: World, rows: tuple[dict[str, str], ...]) -> bytes:
    world.answer(rows)
    return (world.directory / "answers.jsonl").read_bytes()


def test_p7_two_offices_from_the_same_keys_answer_the_same_bytes(
    world: World, tmp_path: Path
) -> None:
    """The second one's chance is another, and its register is built anew from the rows in another
    order."""
    folder = tmp_path / "second"
    folder.mkdir()
    with closing(World(folder, template=world.directory, seed="another machine")) as second:
        second.build(tuple(reversed(SOURCE)))
        assert _answered(second, REQUESTS) == _answered(world, REQUESTS) != b""


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_p7_the_order_of_the_questions_changes_the_order_of_the_lines_alone(
    world: World, tmp_path: Path, seed: int
) -> None:
    shuffled = tuple(random.Random(seed).sample(REQUESTS, len(REQUESTS)))
    folder = tmp_path / "shuffled"
    folder.mkdir()
    with closing(World(folder, template=world.directory)) as second:
        told = dict(
            zip(
                (row["request_id"] for row in shuffled),
                _answered(second, shuffled).splitlines(),
                strict=True,
            )
        )
    assert _answered(world, REQUESTS).splitlines() == [told[row["request_id"]] for row in REQUESTS]
