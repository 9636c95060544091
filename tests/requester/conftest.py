"""A requester and a holder with a mailbox between them, one for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from counterfoil.cli.ask.app import run
from tests.requester.holder import Holder, make_kit
from tests.world.people import REQUESTS, write_csv


class Bench:
    """Kit, mailbox, and the program as a function: `ask` returns its exit code."""

    def __init__(self, folder: Path, kit: Path) -> None:
        self.folder = folder
        shutil.copytree(kit, folder / "kit")
        self.key = folder / "kit" / "sandbox-principal.key"
        self.mailbox = folder / "mailbox"
        self.holder = Holder(self.mailbox, folder / "kit")
        self.file = write_csv(folder / "requests.csv", REQUESTS[:2])

    def ask(self, verb: str, *arguments: object) -> int:
        return run([verb, *map(str, arguments)])


@pytest.fixture(scope="session")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kit")
    make_kit(folder)
    return folder


@pytest.fixture
def bench(tmp_path: Path, kit: Path) -> Bench:
    return Bench(tmp_path, kit)


Ask = Callable[..., int]
