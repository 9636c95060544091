"""Fixtures that every room's tests share."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import Phase, settings

from counterfoil.core import worker_pool
from tests.world import once
from tests.world.office import World, closing
from tests.world.postgres import Server
from tests.world.seconds import pytest_addoption, pytest_collection_modifyitems, pytest_configure

__all__ = ["pytest_addoption", "pytest_collection_modifyitems", "pytest_configure"]

settings.register_profile("steady", derandomize=True, deadline=None)
"""What `make test` uses: the same commit has the same verdict on a busy machine too. Plain pytest
goes on exploring at random."""
settings.register_profile(
    "mutants", settings.get_profile("steady"), phases=[Phase.explicit, Phase.generate]
)
"""What `make mutants` uses: steady, and a test that fails is not asked for a smaller example."""


@pytest.fixture(scope="session", autouse=True)
def _once() -> Iterator[None]:
    """Keys are derived and the command line is built once in a test process."""
    with pytest.MonkeyPatch.context() as patch:
        once.remember(patch)
        with once.uncollected(patch):
            yield


@pytest.fixture
def cold_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The workers of a pool are started from nothing, as children of this process."""
    monkeypatch.setattr(worker_pool, "subprocess", subprocess)


@pytest.fixture(scope="session")
def world_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office with its register, made once; nobody in it exists."""
    directory = tmp_path_factory.mktemp("world")
    with closing(World(directory, seed="template")):
        return directory


@pytest.fixture
def world(tmp_path: Path, world_template: Path) -> Iterator[World]:
    """A copy of the made-up office, for one test."""
    with closing(World(tmp_path, template=world_template)) as made:
        yield made


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A PostgreSQL server of the tests' own. A test that asks for it is marked `postgres`."""
    server = Server()
    yield server
    server.remove()
