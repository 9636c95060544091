"""What is seen from outside of an item is the same, whatever the outcome; and the classifiers that
look for a difference find one where there is one, and none where there is none."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from bench.outside.__main__ import differences, observations
from bench.outside.classify import area, separate
from bench.outside.observe import Seen, World, measure_items, measure_rows
from bench.outside.world import CLASSES, outcomes, questions, source

from counterfoil.service.queue import even_seconds


@pytest.mark.whole
def test_sizes_and_entries_of_items_are_the_same_whatever_the_outcome(tmp_path: Path) -> None:
    """Real items of one question, inbox to outbox: some are confirmed, the others are not, each for
    its own reason."""
    world = World(tmp_path, 2, seed=3)
    try:
        seen = measure_items(world, 12)
    finally:
        world.office.store.close()
    assert len({each.outcome for each in seen}) >= 4
    assert differences(seen) == []
    assert "disclosure" in {kind for kind, _ in seen[0].entries}


@pytest.mark.whole
def test_what_a_determination_takes_is_measured_of_every_outcome(tmp_path: Path) -> None:
    world = World(tmp_path, 4, seed=3)
    try:
        took = measure_rows(world, 0)
    finally:
        world.office.store.close()
    assert took.one.keys() == set(CLASSES)
    assert sum(map(len, took.one.values())) + took.left_out.total() == 4 * len(CLASSES)
    assert all(seconds > 0 for each in took.one.values() for seconds in each)


def test_with_protections_on_nothing_is_seen_of_an_outcome_that_stays_under_the_floor() -> None:
    """However long it took: two outcomes give the same observations, to the last bit. What a
    classifier finds between them is chance, and its bound a matter of how many there are."""
    seen = [Seen("hold", 3000, 87_000, 150, (), 0.1 + at / 999, 0.2) for at in range(40)]
    for rows in (1, 1000):
        floor = even_seconds(rows)
        found = [
            list(observations(outcome, took, seen, rows, random.Random(5), protected=True))
            for outcome, took in (
                ("confirmed", [floor * at / 200 for at in range(200)]),
                ("nobody", [floor * at / 900 for at in range(200)]),
            )
        ]
        assert found[0] == found[1]


def test_a_difference_that_shows_is_named() -> None:
    one = Seen("hold", 3000, 87_000, 150, (("determined", 186),), 0.1, 0.1)
    assert differences([one, one._replace(outcome="nobody")]) == []
    assert differences([one, one._replace(answer=87_001)]) == ["answer"]
    assert differences([one, one._replace(entries=())]) == ["entries"]


def test_the_questions_do_not_tell_the_outcome() -> None:
    drawn = outcomes(5, 1)
    assert {name: drawn.count(name) for name in CLASSES} == dict.fromkeys(CLASSES, 5)
    again = [row for at in (0, 10, 20) for row in questions(at, 10)]
    assert list(questions(0, 30)) == again
    assert len(list(source(drawn))) == 25


def test_the_area_counts_ties_half() -> None:
    assert area([1.0, 1.0], [1.0, 1.0, 1.0]).area == 0.5
    assert area([1.0, 2.0], [3.0, 4.0]).area == 1.0
    assert area([3.0, 4.0], [1.0, 2.0]).area == 0.0


def test_the_classifiers_tell_what_differs_and_nothing_else() -> None:
    chance = random.Random(2)

    def drawn(shift: float) -> list[list[float]]:
        return [[chance.gauss(0, 1), chance.gauss(shift, 1), 7.0] for _ in range(1500)]

    alike, apart = separate(drawn(0), drawn(0)), separate(drawn(0), drawn(1))
    assert all(0.45 < each.area < 0.55 for each in alike.values())
    assert all(each.area > 0.7 for each in apart.values())


def test_with_protections_on_a_file_of_one_outcome_looks_like_another() -> None:
    """Files of 1,000 questions, of which one kind takes twice as long to decide: with the
    protections off both classifiers tell them apart, with them on neither does."""
    seen = [
        Seen("hold", 3000, 87_000, 150, (), 0.1 + at / 1000, 0.1 + at / 700) for at in range(40)
    ]
    chance = random.Random(4)
    quick = [chance.gauss(0.08, 0.002) for _ in range(1200)]
    slow = [chance.gauss(0.16, 0.002) for _ in range(1200)]
    assert max(slow) < even_seconds(1000)
    found = {
        protected: separate(
            *(
                list(observations("nobody", took, seen, 1000, chance, protected=protected))
                for took in (quick, slow)
            )
        )
        for protected in (True, False)
    }
    assert all(0.44 < each.area < 0.56 for each in found[True].values())
    assert all(each.area > 0.6 for each in found[False].values())
