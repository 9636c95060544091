"""The register's folder: its snapshots, the one that is current, and the one being built.

    register/                mode 0700
      .lock                  locked by the one build that may run
      .building/             the build in progress; the next build removes what a killed one left
      0001-3f9a1c.../        a snapshot: buckets.lmdb, manifest.json, manifest.sig, rejects.jsonl;
                             never changed again
      current                the name of the snapshot that answers; replaced whole, last of all

So a build that is stopped at any point leaves `current` as it was. A snapshot that was moved into
place but not made current is harmless, and its number is not used again. Old snapshots stay,
because answers cite them, until `counterfoil register compact` removes the buckets of those that
nothing cites any more; what is signed of a snapshot stays for ever.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from counterfoil.core.atomic_files import replace_file, sync_path
from counterfoil.core.errors import CounterfoilError, StateFault, StoreFault

BUILDING: Final = ".building"
CURRENT: Final = "current"
SIGNED: Final = ("manifest.json", "manifest.sig", "certificate-*")
"""What is signed of a snapshot, and shows what answered when its buckets are gone."""
_NAME: Final = re.compile(r"[0-9]{4,}-[0-9a-f]{12}")


ELSEWHERE: Final = frozenset(
    {"spark_failed", "spark_unreachable", "spark_folder", "custodian_down", "custodian_slow"}
)
"""Faults of what a build goes on with once it is mended, from where it was broken off."""


@contextmanager
def building(directory: Path, *, keep: bool = False) -> Generator[Path]:
    """A folder to build in, for one build at a time; gone afterwards, whatever happens but a kill,
    or with `keep` a cluster that failed (`ELSEWHERE`). It is empty, or with `keep` as such a build
    left it.

    Raises StateFault if another build runs, StoreFault where the disk fails.
    """
    with changing(directory), _storing():
        folder = directory / BUILDING
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        goes_on = False
        try:
            yield folder
        except CounterfoilError as fault:
            goes_on = keep and fault.code in ELSEWHERE
            raise
        finally:
            if not goes_on:
                shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def changing(directory: Path) -> Generator[None]:
    """Whoever makes or removes a snapshot, one at a time. Raises StateFault
    `register_build_running`, StoreFault where the disk fails."""
    with _storing():
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(directory / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(lock)
        yield
    finally:
        os.close(lock)


def list_snapshots(directory: Path) -> list[str]:
    """The names of the snapshots that are there, oldest first; those of which only what is signed
    is left too."""
    return sorted(
        (path.name for path in directory.glob("[0-9]*-*") if _NAME.fullmatch(path.name)),
        key=lambda name: (_number(name), name),
    )


def buckets_of(folder: Path) -> list[Path]:
    """The files of a snapshot that hold its buckets, and what else nobody signed: none where they
    were removed."""
    return sorted(path for path in folder.iterdir() if not any(map(path.match, SIGNED)))


def remove_buckets(folder: Path) -> int:
    """Remove the buckets of a snapshot for good, and keep what is signed of it: the bytes that this
    frees, which a snapshot made of this one may still hold. Broken off, it is done again. Raises
    StoreFault where the disk fails; nobody else may change the folder meanwhile (`changing`)."""
    freed = 0
    with _storing():
        for path in buckets_of(folder):
            found = path.lstat()
            freed += found.st_size if found.st_nlink == 1 else 0
            path.unlink()
        sync_path(folder)
    return freed


def publish(folder: Path, directory: Path, snapshot: str) -> None:
    """Move the finished snapshot in `folder` into place and make it current. Raises OSError."""
    for file in folder.iterdir():
        sync_path(file)
    sync_path(folder)
    folder.rename(directory / snapshot)
    sync_path(directory)
    replace_file(directory / CURRENT, snapshot.encode() + b"\n")


def current_snapshot(directory: Path) -> str:
    """The name of the snapshot that answers. Raises StateFault if there is none."""
    try:
        name = (directory / CURRENT).read_text("ascii").strip()
    except FileNotFoundError:
        raise StateFault(
            "register_missing",
            "no register has been built here",
            place="register",
            cure="Build one with `counterfoil register build FILE`.",
        ) from None
    except (OSError, UnicodeDecodeError) as fault:
        raise StoreFault(
            "register_unreadable",
            f"the register folder cannot be read ({type(fault).__name__})",
            place=CURRENT,
            cure="Check its permissions, or build again.",
        ) from None
    return check_name(name)


def check_name(name: str) -> str:
    """`name` if it has a snapshot's form; so no path can be slipped in. Raises StateFault."""
    if not _NAME.fullmatch(name):
        raise StateFault(
            "snapshot_name",
            "this is not the name of a snapshot",
            place="register",
            cure="Name one as `counterfoil register info` prints it.",
        )
    return name


def next_number(directory: Path) -> int:
    """The number after the highest in use."""
    return 1 + max((_number(name) for name in list_snapshots(directory)), default=0)


def _number(name: str) -> int:
    return int(name.split("-", maxsplit=1)[0])


@contextmanager
def _storing() -> Generator[None]:
    try:
        yield
    except OSError as fault:
        raise StoreFault(
            "register_not_written",
            f"the register folder cannot be written ({type(fault).__name__})",
            place="register folder",
            cure="The old snapshot is still current. Check disk space and permissions, then build "
            "again.",
        ) from None


def _take(lock: int) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise StateFault(
            "register_build_running",
            "another build of this register is running",
            place="register",
            cure="Wait for it to end.",
        ) from None
