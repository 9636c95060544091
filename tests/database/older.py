"""A database as an older version made it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from alembic import command
from alembic.config import Config

from counterfoil.database import create_store, engine


def make(url: str, revision: str) -> None:
    """Make the tables of the version whose newest migration is `revision`."""

    def upgrade(config: Config, _head: str) -> None:
        command.upgrade(config, revision)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(engine, "command", SimpleNamespace(upgrade=upgrade))
        create_store(url).close()
