"""What every store of sealed buckets must do. A store's test class inherits this and gives `fill`
and `read`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

import pytest

from counterfoil.core.errors import StoreFault
from counterfoil.register.stores import BucketReader, BucketWriter, Pair

PAIRS: list[Pair] = [
    (number.to_bytes(32, "big"), bytes([number % 251]) * (128 << number % 5))
    for number in range(0, 5000, 2)
]


class StoreConformance(ABC):
    @abstractmethod
    def writer(self, folder: Path) -> BucketWriter:
        """An empty store to fill."""

    @abstractmethod
    def reader(self, folder: Path) -> BucketReader:
        """The store that was filled in this folder."""

    def filled(self, folder: Path, calls: Sequence[Sequence[Pair]] = (PAIRS,)) -> BucketReader:
        writer = self.writer(folder)
        for pairs in calls:
            writer.put_many(pairs)
        writer.close()
        return self.reader(folder)

    def test_what_was_put_is_got_in_the_order_asked(self, tmp_path: Path) -> None:
        asked = [PAIRS[7], PAIRS[0], PAIRS[-1], PAIRS[7]]
        assert self.filled(tmp_path).get_many([key for key, _ in asked]) == [
            value for _, value in asked
        ]

    def test_every_pair_of_every_call_is_kept(self, tmp_path: Path) -> None:
        store = self.filled(tmp_path, [PAIRS[:1], PAIRS[1:1000], [], PAIRS[1000:]])
        assert store.get_many([key for key, _ in PAIRS]) == [value for _, value in PAIRS]

    def test_an_absent_key_gives_none(self, tmp_path: Path) -> None:
        assert self.filled(tmp_path).get_many([(1).to_bytes(32, "big"), b"\xff" * 32]) == [
            None,
            None,
        ]

    def test_no_keys_give_no_values(self, tmp_path: Path) -> None:
        assert self.filled(tmp_path).get_many([]) == []

    def test_a_value_of_a_megabyte_is_kept(self, tmp_path: Path) -> None:
        pair = (b"k" * 32, b"v" * (1 << 20))
        assert self.filled(tmp_path, [[pair]]).get_many([pair[0]]) == [pair[1]]

    def test_keys_that_do_not_ascend_are_refused(self, tmp_path: Path) -> None:
        writer = self.writer(tmp_path)
        with pytest.raises(StoreFault):
            writer.put_many([PAIRS[1], PAIRS[0]])

    def test_a_key_twice_is_refused(self, tmp_path: Path) -> None:
        writer = self.writer(tmp_path)
        writer.put_many(PAIRS[:3])
        with pytest.raises(StoreFault):
            writer.put_many(PAIRS[2:4])

    def test_a_reader_cannot_list_what_the_store_holds(self, tmp_path: Path) -> None:
        offered = {name for name in dir(self.filled(tmp_path)) if not name.startswith("_")}
        assert offered == {"close", "get_many"}
