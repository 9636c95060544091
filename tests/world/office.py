"""A made-up office in a temporary directory, with a clock that stands still and randomness that
repeats."""

from __future__ import annotations

import atexit
import csv
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from counterfoil import client
from counterfoil.client import OfficerKey
from counterfoil.core.use_cases import watcher
from counterfoil.core.values import Reject
from counterfoil.disclosure import register_build
from counterfoil.office import Office, agreement_file, create_office, law_library, open_office
from counterfoil.office.settings import DATABASE
from tests.world.people import REQUESTS, SOURCE, SOURCE_COLUMNS, Row, write_csv

NOW = datetime(2026, 5, 4, 12, 0, 0, tzinfo=UTC)


class Repeating:
    """Randomness that is the same in every run: never two equal draws, nothing secret."""

    def __init__(self, seed: str) -> None:
        self.seed, self.count = seed, 0

    def __call__(self, size: int) -> bytes:
        self.count += 1
        return hashlib.shake_256(f"{self.seed} {self.count}".encode()).digest(size)


def repeating(seed: str) -> Callable[[int], bytes]:
    """A source of such randomness, from its beginning."""
    return Repeating(seed)


def quiet(_done: int, _total: int | None, _phase: str) -> None:
    """No progress."""


class World:
    """One sandbox office over `source`, and the steps that tests take in it."""

    def __init__(
        self,
        directory: Path,
        source: Iterable[Row] = SOURCE,
        *,
        seed: str = "world",
        template: Path | None = None,
        database: str = DATABASE,
    ) -> None:
        self.directory = directory
        self.path = directory / "office"
        self.now = NOW
        self._random = Repeating(seed)
        if template is None and database == DATABASE:
            template, self._random.count = _built(list(source), seed)
        if template is not None:
            shutil.copytree(template / "office", self.path)
            shutil.copy(template / "source.csv", directory)
            self.office = self.opened()
            return
        self._create(source, database)

    def _create(self, source: Iterable[Row], database: str) -> None:
        library = law_library()
        create_office(
            self.path,
            name="counterfoil.example/world",
            agreement=agreement_file("sandbox", library),
            sandbox=True,
            passphrase=None,
            library=library,
            database=database,
            clock=self.clock,
            random=self._random,
        )
        self.office = self.opened()
        self.build(source)

    def clock(self) -> datetime:
        return self.now

    def opened(self) -> Office:
        """The office opened anew, as another process would."""
        return open_office(self.path, clock=self.clock, random=self._random)

    def amend(self, old: str, new: str) -> None:
        """Change the agreement's words, and open the office under them."""
        agreement = self.path / "law" / "agreement.yaml"
        before = agreement.read_text(encoding="utf-8")
        assert old in before
        agreement.write_text(before.replace(old, new), encoding="utf-8")
        self.office.store.close()
        self.office = self.opened()

    def build(self, source: Iterable[Row], *, made_up: bool = True) -> str:
        path = write_csv(self.directory / "source.csv", source, SOURCE_COLUMNS)
        return register_build.build_snapshot(
            self.office, path, made_up=made_up, progress=quiet
        ).snapshot

    def requests(self, rows: Iterable[Row] = REQUESTS, name: str = "requests.csv") -> Path:
        return write_csv(self.directory / name, rows)

    def officer(self, letter: str) -> OfficerKey:
        return client.sandbox_key(self.office, f"officer-{letter}")

    def receive(self, path: Path) -> str:
        self.rejects: list[Reject] = []
        return client.receive(self.office, path, watcher(quiet, self.rejects.append)).batch

    def answer(
        self, rows: Iterable[Row] = REQUESTS, out: str = "answers.jsonl", name: str = "requests.csv"
    ) -> list[dict[str, object]]:
        """All four steps; the answer file's rows."""
        batch = self.receive(self.requests(rows, name))
        client.determine(self.office, batch)
        client.review(self.office, batch, self.officer("a"))
        client.release(self.office, batch, self.officer("b"), self.directory / out)
        return read_rows(self.directory / out)

    def entries(self) -> list[dict[str, object]]:
        with self.office.store.reading() as connection:
            return [
                json.loads(data)
                for data in self.office.ledger.entries(
                    connection, 0, self.office.ledger.size(connection)
                )
            ]

    def kinds(self) -> list[object]:
        return [entry["kind"] for entry in self.entries()]


class MadeHere(World):
    """An office that is created and built where it stands, whatever was built before."""

    def __init__(self, directory: Path, source: Iterable[Row], seed: str) -> None:
        self.directory, self.path, self.now = directory, directory / "office", NOW
        self._random = Repeating(seed)
        self._create(source, DATABASE)


_BUILT: dict[tuple[str, str], tuple[Path, int]] = {}


def _built(source: list[Row], seed: str) -> tuple[Path, int]:
    """The folder of an office that was built once of this source and seed, and how often it drew
    randomness. A copy that goes on drawing from there is the same, byte for byte, as one that is
    built anew."""
    key = (json.dumps(source), seed)
    if key not in _BUILT:
        folder = tempfile.mkdtemp(prefix="cf-built-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        with closing(MadeHere(Path(folder), source, seed)) as made:
            _BUILT[key] = Path(folder), made._random.count
    return _BUILT[key]


def read_rows(path: Path) -> list[dict[str, object]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            return [dict(row) for row in csv.DictReader(file)]
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@contextmanager
def closing(world: World) -> Iterator[World]:
    try:
        yield world
    finally:
        world.office.store.close()
