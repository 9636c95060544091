"""Two files, each whole or not at all; never over anything else; the same bytes again."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from counterfoil.answers.read_envelope import envelope_path
from counterfoil.answers.write import check_out, write_answer
from counterfoil.core import canonical
from counterfoil.core.errors import CounterfoilError, StoreFault, UsageFault, VerifyFault

ENVELOPE = b"header.payload.signature"
ROWS = [b"a row\n" * 1000, b"another\n" * 1000]
DIGEST = canonical.digest(b"".join(ROWS))


def _write(out: Path, rows: list[bytes] | Iterator[bytes] = ROWS) -> None:
    write_answer(out, ENVELOPE, rows, DIGEST)


def _whole(out: Path) -> bool:
    return out.read_bytes() == b"".join(ROWS) and envelope_path(out).read_bytes() == ENVELOPE


def _names(out: Path) -> list[str]:
    return sorted(path.name for path in out.parent.iterdir())


@contextmanager
def _disk_of(limit_bytes: int) -> Iterator[None]:
    """Files may not grow beyond the limit: the kernel refuses, as it does on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "answers.jsonl"


def test_both_files_are_written_and_nothing_else(out: Path) -> None:
    _write(out)
    assert _whole(out)
    assert _names(out) == ["answers.jsonl", "answers.jsonl.jws"]


def test_only_the_owner_may_read_them(out: Path) -> None:
    _write(out)
    assert {path.stat().st_mode & 0o777 for path in (out, envelope_path(out))} == {0o600}


def test_p7_running_again_finds_the_same_files_and_reads_no_row(out: Path) -> None:
    _write(out)
    _write(out, iter(()))
    assert _whole(out)


class _Killed(BaseException):
    """What no `except` of the code under test may stop: a stand-in for the end of the process."""


def _dying() -> Iterator[bytes]:
    yield ROWS[0]
    raise _Killed


def test_a_crash_between_the_two_files_leaves_the_envelope_and_the_next_run_repairs(
    out: Path,
) -> None:
    with pytest.raises(_Killed):
        _write(out, _dying())
    assert envelope_path(out).read_bytes() == ENVELOPE and not out.exists()
    _write(out)
    assert _whole(out)


def test_a_partial_file_left_by_a_crash_is_written_over(out: Path) -> None:
    (out.parent / ".answers.jsonl.partial").write_bytes(b"half of a longer file" * 10_000)
    (out.parent / ".answers.jsonl.jws.partial").write_bytes(b"half")
    _write(out)
    assert _whole(out) and len(_names(out)) == 2


@pytest.mark.parametrize("limit_bytes", [0, 10, 100, 8000])
def test_a_full_disk_is_a_stated_fault_and_leaves_no_half_file(out: Path, limit_bytes: int) -> None:
    with _disk_of(limit_bytes), pytest.raises(StoreFault) as fault:
        _write(out)
    assert fault.value.code == "answer_not_written" and fault.value.cure
    assert not out.exists() and set(_names(out)) <= {"answers.jsonl.jws"}
    _write(out)
    assert _whole(out)


def test_a_disk_that_does_not_sync_leaves_no_file(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_descriptor: int) -> None:
        raise OSError(errno.EIO, "input/output error")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(StoreFault):
        _write(out)
    assert _names(out) == []


def test_rows_other_than_the_released_ones_are_never_put_in_place(out: Path) -> None:
    with pytest.raises(VerifyFault) as fault:
        _write(out, ROWS[:1])
    assert fault.value.code == "rows_changed" and not out.exists()


def test_a_fault_while_the_rows_are_read_leaves_no_file(out: Path) -> None:
    def failing() -> Iterator[bytes]:
        yield ROWS[0]
        raise StoreFault("payload_sealed", "a stored payload does not open")

    with pytest.raises(StoreFault) as fault:
        _write(out, failing())
    assert fault.value.code == "payload_sealed" and _names(out) == ["answers.jsonl.jws"]


@pytest.mark.parametrize("name", ["answers.jsonl", "answers.jsonl.jws"])
def test_a_file_that_is_not_this_answer_is_never_overwritten(out: Path, name: str) -> None:
    (out.parent / name).write_bytes(b"the request file itself")
    with pytest.raises(UsageFault) as fault:
        _write(out)
    assert fault.value.code == "out_taken" and fault.value.place == name
    assert {path.name: path.read_bytes() for path in out.parent.iterdir()} == {
        name: b"the request file itself"
    }


@pytest.mark.parametrize("name", ["answers.jsonl", "answers.jsonl.jws"])
def test_before_a_first_release_both_names_must_be_free(out: Path, name: str) -> None:
    check_out(out)
    (out.parent / name).write_bytes(b"")
    with pytest.raises(UsageFault) as fault:
        check_out(out)
    assert fault.value.code == "out_taken"


def test_before_a_first_release_the_folder_must_exist(tmp_path: Path) -> None:
    with pytest.raises(UsageFault) as fault:
        check_out(tmp_path / "missing" / "answers.jsonl")
    assert fault.value.code == "out_folder"


def test_a_folder_that_went_missing_is_a_stated_fault(tmp_path: Path) -> None:
    with pytest.raises(CounterfoilError) as fault:
        _write(tmp_path / "missing" / "answers.jsonl")
    assert fault.value.code == "answer_not_written"


def test_a_name_that_is_a_folder_is_a_stated_fault(out: Path) -> None:
    out.mkdir()
    with pytest.raises(StoreFault):
        _write(out)


def test_a_link_in_the_partial_files_place_is_not_followed(out: Path) -> None:
    elsewhere = out.parent / "elsewhere"
    (out.parent / ".answers.jsonl.jws.partial").symlink_to(elsewhere)
    with pytest.raises(StoreFault):
        _write(out)
    assert not elsewhere.exists()
