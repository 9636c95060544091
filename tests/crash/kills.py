"""`make kills LOOPS=1000`: the whole `answer` run killed with SIGKILL at a random moment, again and
again; not part of `make test`.

    python -m tests.crash.kills [LOOPS] [SEED]

Each loop takes a copy of a made-up office, forks a child from this process, which has read the law
and the keys and holds no file open, kills it, and checks what stands: 1 the ledger checks; 2 it
holds at least what the child had said was entered (nothing lost); 3 a file of the answer stands
only beside its `release` entry (no answer without an entry). Then a second child goes on to the
end, and 4 the ledger has as many entries of each kind as one that was never killed, and the same
answers (nothing twice, nothing lost).
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from counterfoil import client, ledger
from counterfoil.core.use_cases import watcher
from counterfoil.database import open_store
from counterfoil.office import Office, open_office
from tests.world.office import NOW, World, closing, read_rows
from tests.world.people import REQUESTS, request, write_csv

ROWS = 60
CHUNK_ROWS = 10
PEOPLE = [
    ("Marisol", "Quintanilla", "1847 Heron Lake Rd"),
    ("Leopold", "Winterbourne", "1847 Heron Lake Rd"),
]


def make_template(directory: Path) -> None:
    """An office whose commits are many and small."""
    with closing(World(directory)) as world:
        settings = world.path / "office.toml"
        settings.write_text(
            settings.read_text().replace("chunk_rows = 4096", f"chunk_rows = {CHUNK_ROWS}")
        )
        rows = [request(number, *PEOPLE[number % 2]) for number in range(20, 20 + ROWS)]
        write_csv(directory / "many.csv", [*REQUESTS, *rows])


def opened_as(warm: Office, path: Path) -> Office:
    """The copy at `path` with the law and the keys that `warm`, an office whose store is closed,
    has read already."""
    return replace(warm, directory=path, store=open_store(f"sqlite:///{path / 'office.db'}"))


def answer(office: Office, requests: Path, out: Path, said: int) -> None:
    """All four steps. After each commit that is acknowledged, the size of the ledger is written to
    `said`."""

    def acknowledge(*_: object) -> None:
        with office.store.reading() as connection:
            os.write(said, b"%d\n" % office.ledger.size(connection))

    keys = {
        name: office.officer(office.directory / "keys" / f"officer-{name}.key", None)
        for name in "ab"
    }
    standing = client.receive(office, requests, watcher(acknowledge))
    if (
        standing.state != "released"
        and client.determine(office, standing.batch, acknowledge).state == "determined"
    ):
        client.review(office, standing.batch, keys["a"])
        acknowledge()
    client.release(office, standing.batch, keys["b"], out)
    acknowledge()


def forked(work: Callable[[int], None], after: float | None) -> tuple[int, int, float]:
    """(exit status, last size that the child said, seconds) of `work` in a child, killed `after` so
    many seconds."""
    heard, said = os.pipe()
    begun = time.perf_counter()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(heard)
            work(said)
            status = 0
        finally:
            os._exit(status)
    os.close(said)
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    with os.fdopen(heard, "rb") as pipe:
        told = pipe.read()
    status = os.waitpid(child, 0)[1]
    lines = told[: told.rfind(b"\n") + 1].split()
    return status, int(lines[-1]) if lines else 0, time.perf_counter() - begun


def check_standing(office: Office, out: Path, least: int) -> dict[str, int]:
    """Establish 1, 2 and 3; entries by kind."""
    try:
        with office.store.reading() as connection:
            report = ledger.check(connection, office.holder_key)  # 1
    finally:
        office.store.close()
    assert report.size >= least, f"{least} entries were acknowledged, and {report.size} stand"  # 2
    counts = {kind.value: count for kind, count in report.counts.items() if count}
    answered = [each.name for each in (out, out.with_name(out.name + ".jws")) if each.exists()]
    assert not answered or counts.get("release") == 1, "an answer stands without its entry"  # 3
    return counts


class Loops:
    """Loops over copies of one office; `stages`: the last kind that had been entered at each
    kill."""

    def __init__(self, directory: Path, seed: int) -> None:
        self.directory, self.chance = directory, random.Random(seed)
        self.template = directory / "template"
        self.template.mkdir()
        assert forked(lambda _: make_template(self.template), None)[0] == 0
        self.stages: Counter[str] = Counter()
        self.warm = open_office(self.template / "office", clock=lambda: NOW)
        self.warm.signer()
        self.warm.payload_keys()
        self.warm.custodian()
        self.warm.store.close()
        office, out = self._copy("whole")
        status, least, self.seconds = self._run(office, out, None)
        assert status == 0
        self.entered, self.answers = (
            check_standing(opened_as(self.warm, office), out, least),
            read_rows(out),
        )

    def _copy(self, name: str) -> tuple[Path, Path]:
        shutil.copytree(self.template / "office", self.directory / name)
        return self.directory / name, self.directory / f"{name}.jsonl"

    def _run(self, office: Path, out: Path, after: float | None) -> tuple[int, int, float]:
        return forked(
            lambda said: answer(
                opened_as(self.warm, office), self.template / "many.csv", out, said
            ),
            after,
        )

    def loop(self) -> None:
        """One copy, one kill, one run to the end."""
        office, out = self._copy("killed")
        status, least, _ = self._run(office, out, self.chance.uniform(0, self.seconds))
        counts = check_standing(opened_as(self.warm, office), out, least)
        kinds = [
            kind
            for kind in ("release", "review", "opening", "granted", "batch")
            if counts.get(kind)
        ]
        self.stages[
            "over before the kill"
            if status == 0
            else f"after {kinds[0]}"
            if kinds
            else "before batch"
        ] += 1
        status, least, seconds = self._run(office, out, None)
        self.seconds += (seconds - self.seconds) / 20
        assert status == 0, "the run did not go on"
        assert check_standing(opened_as(self.warm, office), out, least) == self.entered, (
            "entries were lost or made twice"
        )  # 4
        assert read_rows(out) == self.answers, "the answers differ"  # 4
        shutil.rmtree(office)
        for each in self.directory.glob("killed.jsonl*"):
            each.unlink()


def main(count: int, seed: int) -> None:
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as directory:
        loops = Loops(Path(directory), seed)
        for number in range(1, count + 1):
            loops.loop()
            if number % 50 == 0 or number == count:
                print(
                    f"{number} kills, {time.perf_counter() - begun:.0f} s, nothing lost, "
                    f"nothing twice: {dict(loops.stages)}",
                    flush=True,
                )


if __name__ == "__main__":
    os.nice(10)
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 1000,
        int(sys.argv[2]) if len(sys.argv) > 2 else 1,
    )
