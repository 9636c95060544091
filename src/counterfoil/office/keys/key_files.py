"""Key files of an office while a key is exchanged for another: prepared, then put into place once
the commit stands that enters the exchange.

    keys/rotations               how often a key was exchanged, a decimal number; none: never
    keys/rotating/plan           PURPOSE NUMBER PUBLIC of what is prepared: which exchange of the
                                 office it is, and the new key's verifier key or id
    keys/rotating/*              the key files that are put into place
    keys/holder.next.key, .vkey  the key that follows the holder's, while both are in use
    keys/holder-N.vkey, .key     the holder's key before exchange N. Its secret is needed no more:
                                 destroy it
    keys/register-N.key          a former register key: snapshots that it sealed open under it
    keys/payload-N.key           a former payload key: it opens older copies of the database

What is prepared is put into place once the database remembers `keys` with its NUMBER, by whoever
opens the office next where the process that committed it was ended. A file that stands in the place
of a new one is kept under its number. Each step can be done again.

Trusted: as the key files are. Whoever deletes keys/rotating between commit and putting into place
takes the new key away: keep a copy of the folder `keys` before an exchange and after.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from counterfoil.core.atomic_files import replace_file, sync_path
from counterfoil.core.errors import StateFault, StoreFault
from counterfoil.core.file_lock import locked_file

ROTATIONS: Final = "rotations"
_PREPARED: Final = "rotating"
_PLAN: Final = "plan"
_NEXT: Final = ("holder.next.key", "holder.next.vkey")


class Plan(NamedTuple):
    """What is prepared. `public`: the new key's verifier key, or its id."""

    purpose: str
    number: int
    public: str


@contextmanager
def one_exchange(keys: Path) -> Generator[None]:
    """One process at a time. Raises StateFault `keys_busy`."""
    try:
        with locked_file(keys / ".rotating.lock"):
            yield
    except BlockingIOError:
        raise StateFault(
            "keys_busy",
            "another process exchanges a key of this office",
            place="keys",
            cure="Wait until it is done, then run it again.",
        ) from None


def count_rotations(keys: Path) -> int:
    """How often a key was exchanged, as the files say. Raises StoreFault `keys_unreadable`."""
    try:
        return int((keys / ROTATIONS).read_text("ascii"))
    except FileNotFoundError:
        return 0
    except (OSError, ValueError):
        raise StoreFault(
            "keys_unreadable",
            "how often a key was exchanged cannot be read",
            place=ROTATIONS,
            cure="Restore the folder `keys` from its copy.",
        ) from None


@contextmanager
def preparing(keys: Path, purpose: str, number: int) -> Generator[tuple[Path, list[str]]]:
    """An empty folder for the new key files, and a list for the new key's public name: once the
    block ends, they are prepared. What was prepared before is thrown away. Raises StoreFault."""
    folder, named = keys / _PREPARED, list[str]()
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        yield folder, named
        replace_file(folder / _PLAN, f"{purpose} {number} {named[0]}".encode())
    except OSError:
        raise _unwritten() from None


def read_plan(keys: Path) -> Plan | None:
    """What is prepared, or None."""
    try:
        purpose, number, public = (keys / _PREPARED / _PLAN).read_text("ascii").split(" ")
        return Plan(purpose, int(number), public)
    except (OSError, ValueError):
        return None


def prepared_file(keys: Path, name: str) -> Path:
    """Where a key file is that is prepared."""
    return keys / _PREPARED / name


def put_into_place(keys: Path, plan: Plan) -> None:
    """Put what is prepared into place. Raises StoreFault `keys_unwritten`."""
    folder = keys / _PREPARED
    try:
        for path in sorted(folder.iterdir()):
            if path.name == _PLAN or path.suffix == ".new":
                continue
            before = keys / path.name
            if before.exists():
                before.replace(keys / f"{before.stem}-{plan.number}{before.suffix}")
            path.replace(before)
        if plan.purpose == "retired":
            for name in _NEXT:
                (keys / name).unlink(missing_ok=True)
        sync_path(keys)
        replace_file(keys / ROTATIONS, b"%d" % plan.number)
        shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        raise _unwritten() from None


def copy_key(path: Path, target: Path) -> None:
    """Copy a key file, mode 0600. Raises OSError."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(path.read_bytes())
        file.flush()
        os.fsync(file.fileno())


def _unwritten() -> StoreFault:
    return StoreFault(
        "keys_unwritten",
        "the key files cannot be put into place",
        place="keys",
        cure="Check disk space and permissions of the office, then run the command again: it goes "
        "on where it stopped.",
    )
