from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from counterfoil.database import Store, open_store
from tests.ledger.office import LEDGER, grow, make_store

SIZE = 700


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty ledger, to be copied: making one anew takes longer than most tests."""
    directory = tmp_path_factory.mktemp("empty")
    make_store(directory).close()
    return directory / "office.db"


@pytest.fixture(scope="session")
def grown_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of 700 entries under one checkpoint, which is kept as cosigned too, to be copied."""
    directory = tmp_path_factory.mktemp("grown")
    store = make_store(directory)
    note = grow(store, SIZE)
    with store.transaction() as connection:
        LEDGER.keep_cosigned(connection, note)
    store.close()
    return directory / "office.db"


def _copy(database: Path, directory: Path) -> Iterator[Store]:
    shutil.copy(database, directory / "office.db")
    store = open_store(f"sqlite:///{directory / 'office.db'}")
    yield store
    store.close()


@pytest.fixture
def store(empty_database: Path, tmp_path: Path) -> Iterator[Store]:
    yield from _copy(empty_database, tmp_path)


@pytest.fixture
def grown(grown_database: Path, tmp_path: Path) -> Iterator[Store]:
    """A store whose ledger has 700 entries and is signed."""
    yield from _copy(grown_database, tmp_path)
