"""Files are written where they are named, by nobody's link, and read by those who should."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from counterfoil.core.atomic_files import open_private, replace_file, replace_public


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.lstat().st_mode & 0o777


def write_private(path: Path, data: bytes) -> None:
    with os.fdopen(open_private(path), "wb") as file:
        file.write(data)


@pytest.mark.usefixtures("open_umask")
@pytest.mark.parametrize(
    ("write", "wanted"), [(replace_file, 0o600), (replace_public, 0o644), (write_private, 0o600)]
)
def test_a_file_has_its_own_mode_whatever_the_umask_is(
    write: Callable[[Path, bytes], None], wanted: int, tmp_path: Path
) -> None:
    path = tmp_path / "made"
    write(path, b"first")
    path.chmod(0o666)
    write(path, b"2")
    assert (mode(path), path.read_bytes(), [*tmp_path.iterdir()]) == (wanted, b"2", [path])


@pytest.mark.parametrize(
    ("write", "beside"),
    [(replace_file, "made.new"), (replace_public, ".made.0707070707070707.part")],
)
def test_nothing_is_written_through_a_link_under_the_name_of_the_temporary_file(
    write: Callable[[Path, bytes], None],
    beside: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "urandom", lambda length: b"\x07" * length)
    victim, path = tmp_path / "holder.key", tmp_path / "made"
    victim.write_bytes(b"secret")
    (tmp_path / beside).symlink_to(victim)
    try:
        write(path, b"new")
    except OSError:
        assert not path.exists()
    else:
        assert path.read_bytes() == b"new"
        assert not path.is_symlink()
    assert victim.read_bytes() == b"secret"


def test_a_private_file_is_not_written_through_a_link(tmp_path: Path) -> None:
    victim, path = tmp_path / "holder.key", tmp_path / "rejects.jsonl"
    victim.write_bytes(b"secret")
    path.symlink_to(victim)
    with pytest.raises(OSError, match="rejects"):
        write_private(path, b"new")
    assert victim.read_bytes() == b"secret"
