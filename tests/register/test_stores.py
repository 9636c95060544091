"""LMDB as a store of sealed buckets."""

from __future__ import annotations

from multiprocessing import get_context
from pathlib import Path

import pytest

from counterfoil.core.errors import StateFault, StoreFault
from counterfoil.register.stores import (
    BucketReader,
    BucketWriter,
    LmdbReader,
    LmdbWriter,
    digest_head,
)
from tests.register.store_conformance import PAIRS, StoreConformance


class TestLmdb(StoreConformance):
    def writer(self, folder: Path) -> BucketWriter:
        return LmdbWriter(folder / "buckets.lmdb", map_bytes=1 << 16)

    def reader(self, folder: Path) -> BucketReader:
        path = folder / "buckets.lmdb"
        return LmdbReader(path, path.stat().st_size, digest_head(path))


def written(folder: Path) -> Path:
    writer = LmdbWriter(folder / "buckets.lmdb")
    writer.put_many(PAIRS)
    writer.close()
    return folder / "buckets.lmdb"


def test_a_cut_file_is_refused_before_it_is_mapped(tmp_path: Path) -> None:
    path = written(tmp_path)
    whole = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(whole // 2)
    with pytest.raises(StoreFault, match="register_unreadable"):
        LmdbReader(path, whole, digest_head(path))


def test_a_file_that_is_not_lmdb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "buckets.lmdb"
    path.write_bytes(b"no store at all " * 1024)
    with pytest.raises(StoreFault, match="register_unreadable"):
        LmdbReader(path, path.stat().st_size, digest_head(path))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreFault, match="register_unreadable"):
        LmdbReader(tmp_path / "buckets.lmdb", 0, "")


def test_a_store_that_was_closed_gives_a_fault_and_no_answer(tmp_path: Path) -> None:
    path = written(tmp_path)
    reader = LmdbReader(path, path.stat().st_size, digest_head(path))
    reader.close()
    with pytest.raises(StoreFault, match="register_unreadable"):
        reader.get_many([PAIRS[0][0]])


def test_a_store_that_cannot_be_made_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(StoreFault, match="register_not_written"):
        LmdbWriter(tmp_path / "no such folder" / "buckets.lmdb")


def test_reading_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = written(tmp_path)
    before = path.read_bytes()
    LmdbReader(path, len(before), digest_head(path)).get_many([PAIRS[0][0]])
    assert path.read_bytes() == before
    assert [found.name for found in tmp_path.iterdir()] == ["buckets.lmdb"]


def read_in_another_process(path: Path) -> list[bytes | None]:
    return LmdbReader(path, path.stat().st_size, digest_head(path)).get_many([PAIRS[3][0]])


def test_several_processes_read_at_once(tmp_path: Path) -> None:
    path = written(tmp_path)
    here = LmdbReader(path, path.stat().st_size, digest_head(path))
    with get_context("spawn").Pool(1) as pool:
        assert pool.apply(read_in_another_process, (path,)) == here.get_many([PAIRS[3][0]])


def test_a_second_reader_in_one_process_is_told_to_share(tmp_path: Path) -> None:
    path = written(tmp_path)
    held = LmdbReader(path, path.stat().st_size, digest_head(path))
    with pytest.raises(StateFault, match="register_open_already"):
        LmdbReader(path, path.stat().st_size, digest_head(path))
    held.close()


def test_a_head_that_was_altered_is_refused_before_it_is_followed(tmp_path: Path) -> None:
    path = written(tmp_path)
    head = digest_head(path)
    data = bytearray(path.read_bytes())
    data[4096 + 100] ^= 0xFF
    path.write_bytes(bytes(data))
    with pytest.raises(StoreFault, match="register_unreadable"):
        LmdbReader(path, len(data), head)
