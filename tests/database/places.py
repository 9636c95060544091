"""The two kinds of store, for a test that both must pass: an URL to make one at, and what its owner
can do behind our back."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import psycopg

from tests.ledger.owner import Owner, open_as_owner
from tests.world.postgres import Server

LEDGER_TABLES = ("ledger_block", "ledger_tile", "ledger_checkpoint", "ledger_cosigned")


class FilePlace:
    """SQLite, in a file."""

    kind = "sqlite"
    refused = sqlite3.IntegrityError

    def __init__(self, directory: Path) -> None:
        self.path = directory / "office.db"
        self.url = f"sqlite:///{self.path}"

    def plain(self) -> Owner:
        """A connection that is not ours, with every trigger in force."""
        return sqlite3.connect(self.path, isolation_level=None)

    def owner(self) -> Owner:
        """A connection on which nothing is refused."""
        return open_as_owner(self.path)


class ServerPlace:
    """PostgreSQL, in a database of its own."""

    kind = "postgresql"
    refused = psycopg.IntegrityError

    def __init__(self, server: Server) -> None:
        self.server, self.name = server, server.new_database()
        self.url = server.url(self.name)

    def plain(self) -> Owner:
        """A connection that is not ours, with every trigger in force."""
        return _Translated(self.server.connect(self.name))

    def owner(self) -> Owner:
        """A connection on which nothing is refused."""
        owner = self.plain()
        for table in LEDGER_TABLES:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        return owner


class _Translated:
    """psycopg with SQLite's `?`. Closed when nobody holds it any more, as the test's server is."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection

    def execute(self, statement: str, values: list[Any] | None = None, /) -> Any:
        return self.connection.execute(statement.replace("?", "%s"), values)  # type: ignore[arg-type]

    def close(self) -> None:
        self.connection.close()


Place = FilePlace | ServerPlace
