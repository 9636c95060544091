"""A key custodian that answers from a thread of the test, at a socket in a folder of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Any

from counterfoil.register.custody.client import Channel
from counterfoil.register.custody.server import CustodianServer, Serving
from tests.register.conftest import DAY, SECRET


@dataclass
class Served:
    """Where the custodian is, and what it logged."""

    path: Path
    logged: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def log(self, event: str, **fields: Any) -> None:
        self.logged.append((event, fields))

    def channel(self, wait_seconds: float = 10.0) -> Channel:
        return Channel(self.path, wait_seconds)


@contextmanager
def short_folder() -> Iterator[Path]:
    """A folder whose path leaves room for a socket's name."""
    with tempfile.TemporaryDirectory(prefix="cf-") as folder:
        yield Path(folder)


@contextmanager
def served(
    state: Path,
    *,
    keys: tuple[bytes, ...] = (SECRET,),
    limit: int = 1000,
    lends: bool = False,
    folder: Path | None = None,
    day: Any = DAY,
) -> Iterator[Served]:
    with short_folder() as own:
        path = (folder or own) / "ask.sock"
        made, stop = Served(path), Event()
        serving = Serving(keys, path, state, limit, "", lends, lambda: day)
        with CustodianServer(serving, made.log).listening() as answer:
            thread = Thread(target=answer, args=(stop.is_set,))
            thread.start()
            try:
                yield made
            finally:
                stop.set()
                thread.join()
