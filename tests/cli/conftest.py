"""A desk for each test, copied from one that is made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.desk import Desk


@pytest.fixture(scope="session")
def desk_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("desk")
    Desk(directory)
    return directory


@pytest.fixture
def desk(tmp_path: Path, desk_template: Path) -> Desk:
    """A sandbox office with its register, for one test."""
    return Desk(tmp_path, desk_template)
