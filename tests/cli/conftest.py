"""A desk for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A sandbox office with its register, for one test."""
    return Desk(tmp_path)
