"""Sorting on disk, of opaque bytes only."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from counterfoil.core.errors import StoreFault
from counterfoil.register.external_sort import SortSpace


def test_pairs_come_out_in_order_of_key(tmp_path: Path) -> None:
    pairs = [(os.urandom(32), b"value %d" % at) for at in range(70_000)]
    with SortSpace(tmp_path, 256 << 20, os.urandom) as room:
        pile = room.sort("pairs")
        for key, value in pairs:
            pile.add(key, value)
        assert list(pile.drain()) == sorted(pairs)


def test_equal_keys_all_come_out_together(tmp_path: Path) -> None:
    pairs = [(bytes([at % 3]) * 32, str(at).encode()) for at in range(3000)]
    random.Random(1).shuffle(pairs)
    with SortSpace(tmp_path, 256 << 20, os.urandom) as room:
        pile = room.sort("pairs")
        for pair in pairs:
            pile.add(*pair)
        drained = list(pile.drain())
    assert [key for key, _ in drained] == sorted(key for key, _ in pairs)
    assert sorted(drained) == sorted(pairs)


def test_an_empty_pile_gives_nothing(tmp_path: Path) -> None:
    with SortSpace(tmp_path, 256 << 20, os.urandom) as room:
        assert list(room.sort("pairs").drain()) == []


def test_one_pile_is_filled_while_another_is_drained(tmp_path: Path) -> None:
    with SortSpace(tmp_path, 256 << 20, os.urandom) as room:
        first, second = room.sort("first"), room.sort("second")
        for at in range(70_000):
            first.add(at.to_bytes(4, "little"), b"x" * 40)
        for key, value in first.drain():
            second.add(key[::-1], value)
        assert sum(1 for _ in second.drain()) == 70_000


def test_more_than_the_memory_is_sorted_by_way_of_the_disk(tmp_path: Path) -> None:
    with SortSpace(tmp_path, 256 << 20, os.urandom) as room:
        pile = room.sort("pairs")
        for _ in range(500_000):
            pile.add(os.urandom(32), b"y" * 600)
        keys = [key for key, _ in pile.drain()]
    assert keys == sorted(keys)
    assert len(keys) == 500_000


def test_no_plaintext_reaches_the_disk(tmp_path: Path) -> None:
    with SortSpace(tmp_path, 256 << 20, os.urandom) as room:
        pile = room.sort("pairs")
        for _ in range(300_000):
            pile.add(os.urandom(32), b"ACHTERBERG " * 30)
        drain = pile.drain()
        next(drain)
        written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
        drain.close()
    assert sum(map(len, written)) > 10 << 20
    assert not [data for data in written if b"ACHTERBERG" in data]


def test_a_folder_that_is_gone_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(StoreFault, match="register_sort_failed"):
        SortSpace(tmp_path / "no such folder", 256 << 20, os.urandom)


def test_memory_that_cannot_hold_a_sort_is_a_fault(tmp_path: Path) -> None:
    with (
        pytest.raises(StoreFault, match="register_sort_failed"),
        SortSpace(tmp_path, 1 << 20, os.urandom) as room,
    ):
        pile = room.sort("pairs")
        for _ in range(70_000):
            pile.add(os.urandom(32), b"z" * 400)
        list(pile.drain())
