"""Whoever knows the seed draws the same rows, and nobody who does not can tell which."""

from __future__ import annotations

import hashlib

import pytest

from counterfoil.controls.sampling.draw import draw

SEED = bytes(range(32))


def test_the_rows_of_least_rank_are_drawn_rising() -> None:
    ranks = {
        row: hashlib.sha256(b"counterfoil/draw/v1\x00" + SEED + row.to_bytes(8, "big")).digest()
        for row in range(50)
    }
    assert draw(SEED, range(50), 5) == sorted(sorted(ranks, key=ranks.__getitem__)[:5])


def test_the_order_in_which_rows_are_given_changes_nothing() -> None:
    assert draw(SEED, range(1000), 20) == draw(SEED, reversed(range(1000)), 20)


def test_another_seed_draws_other_rows() -> None:
    assert draw(SEED, range(1000), 20) != draw(SEED[::-1], range(1000), 20)


def test_where_there_are_no_more_all_are_drawn() -> None:
    assert draw(SEED, [7, 3, 5], 5) == [3, 5, 7]
    assert draw(SEED, [7], 0) == []


def test_every_row_is_drawn_about_as_often_as_another() -> None:
    drawn = [row for seed in range(400) for row in draw(seed.to_bytes(32, "big"), range(20), 5)]
    assert all(60 <= drawn.count(row) <= 145 for row in range(20))


def test_a_seed_of_another_length_is_a_bug() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        draw(b"", range(3), 1)
