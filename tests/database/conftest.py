from __future__ import annotations

from pathlib import Path

import pytest

from tests.database.places import FilePlace, Place, ServerPlace


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A place for a store, of each kind in turn."""
    if request.param == "sqlite":
        return FilePlace(tmp_path)
    return ServerPlace(request.getfixturevalue("postgres_server"))
