"""What the demonstration and the replay have in common: a directory of their own and sandbox
offices in it."""

from __future__ import annotations

import shutil
from pathlib import Path

from counterfoil.core.errors import UsageFault
from counterfoil.office import Office, create_office, law_library, open_office


def prepare_directory(directory: Path, marker: str, verb: str, taken: UsageFault) -> None:
    """Make an empty `directory`; one that the same verb made before is replaced.

    A file of the name `marker` says which verb made a directory. Raises `taken` where something
    else is there.
    """
    if directory.exists():
        if not (directory / marker).is_file():
            raise taken
        shutil.rmtree(directory)
    directory.mkdir(parents=True)
    (directory / marker).write_text(
        f"Made by `counterfoil {verb}`, which replaces this directory.\n", encoding="utf-8"
    )


def make_office(directory: Path, name: str, agreement: Path) -> Office:
    """A new sandbox office of this name under this agreement, opened."""
    create_office(
        directory,
        name=f"counterfoil.example/{name}",
        agreement=agreement,
        sandbox=True,
        passphrase=None,
        library=law_library(),
    )
    return open_office(directory)
