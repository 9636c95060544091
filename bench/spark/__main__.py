"""`python -m bench.spark [--rows N] [--questions N] [--spark-home DIR] [--folder DIR]`: the engine `spark`
beside this machine's own, with one and with two workers.

Makes the files of bench.speed, builds the register and determines the batch with each engine from the
same randomness, compares the bytes, and kills a worker in the middle of a build and of a batch. Writes
docs/measurements/spark.md. DIR is an Apache Spark 4 (the folder `pyspark` of its package from PyPI);
without one Sail is measured, which runs Python in one process and has no worker to kill.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyarrow.csv
import pyarrow.parquet

from bench.spark import page
from bench.spark.servers import cpu_of, custodian, endpoint, python_workers
from bench.speed.data import write_files
from counterfoil import client, disclosure
from counterfoil.batches.store import find_batch
from counterfoil.core.use_cases import NOBODY, Progress
from counterfoil.demo.offices import make_office
from counterfoil.demo.replaying import study_agreement
from counterfoil.disclosure.register_build import build_snapshot
from counterfoil.office import Office, open_office

CANARIES: Final = 100
Watch = Callable[[str], None]


class Run(NamedTuple):
    """One engine's run: seconds by the clock and of CPU of a step, and digests of what it made."""

    name: str
    build: float
    build_cpu: float
    determine: float
    determine_cpu: float
    pages: str
    determinations: str
    answers: str


class Place(NamedTuple):
    """The folder of the bench, the number of rows and questions, and where Spark is."""

    folder: Path
    rows: int
    questions: int
    home: Path | None


def main() -> None:
    """Measure, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=6_000_000)
    parser.add_argument("--questions", type=int, default=1_000_000)
    parser.add_argument("--spark-home", type=Path, default=None)
    parser.add_argument("--folder", type=Path, default=None)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(dir=given.folder, prefix="cf-"))
    before = os.getloadavg()[0]
    try:
        runs = _measured(Place(folder, given.rows, given.questions, given.spark_home))
    finally:
        shutil.rmtree(folder)
    loads = before, os.getloadavg()[0]
    page.write_page(
        runs, (given.rows, given.questions, CANARIES), _version(given.spark_home), loads
    )


def _version(home: Path | None) -> str:
    """The version of Apache Spark in `home`, by its own jar; "" without one."""
    found = (home / "jars").glob("spark-core_*.jar") if home else iter(())
    return next((path.stem.rpartition("-")[2] for path in found), "")


def _measured(place: Place) -> list[Run]:
    folder, received = place.folder, place.folder / "received"
    people, asked = write_files(folder, place.rows, place.questions)
    text = pyarrow.csv.ConvertOptions(
        column_types=dict.fromkeys(people.open().readline().strip().split(","), "string"),
        strings_can_be_null=False,
    )
    table = pyarrow.csv.read_csv(people, convert_options=text)
    pyarrow.parquet.write_table(table, folder / "people.parquet")
    del table
    (folder / "agreement.yaml").write_text(study_agreement(lifted=True), encoding="utf-8")
    office = make_office(folder / "office", "spark", folder / "agreement.yaml")
    office.store.close()
    passphrase = next((folder / "office").rglob("*.passphrase"))
    runs = list[Run]()
    with custodian(folder / "office", folder / "keeper", passphrase) as socket:
        _set(folder / "office", "custodian", str(socket))
        shutil.copytree(folder / "office", folder / "fresh")
        for name, workers, killed in _kinds(place.home):
            runs.append(_run(place, name, workers, received, asked, killed=killed))
            print(runs[-1], flush=True)
    return runs


def _kinds(home: Path | None) -> list[tuple[str, int, bool]]:
    """The runs: a name, the workers (0: no Spark), whether one is killed in the middle."""
    here = ("this machine", 0, False)
    if home is None:
        return [here, ("Sail", 1, False)]
    one, two = ("Spark, 1 worker", 1, False), ("Spark, 2 workers", 2, False)
    return [here, one, two, ("Spark, 2 workers, one killed in each step", 2, True)]


def _run(
    place: Place, name: str, workers: int, received: Path, asked: Path, *, killed: bool
) -> Run:
    """Build, then determine the batch that was received once, over the first build."""
    folder = place.folder
    if not workers:
        return _steps(place, name, received, asked, lambda _: None, 0)
    with endpoint(place.home, workers) as (remote, pid):
        _set(folder / "fresh", "spark", remote)
        if received.exists():
            _set(received, "spark", remote)

        def watch(step: str) -> None:
            if killed:
                threading.Thread(target=_kill_one, args=(pid, step), daemon=True).start()

        return _steps(place, name, received, asked, watch, pid)


def _kill_one(server: int, step: str) -> None:
    """Kill a Python worker once it has worked for a moment."""
    for _ in range(600):
        time.sleep(0.5)
        for pid in python_workers(server):
            if cpu_of(pid) > 1:
                os.kill(pid, signal.SIGKILL)
                print(f"killed a worker in the middle of {step}", flush=True)
                return


def _steps(place: Place, name: str, received: Path, asked: Path, watch: Watch, server: int) -> Run:
    folder, engine = place.folder, ("spark" if server else "local")
    office = _office(folder, folder / "fresh")
    watch("build")
    source = folder / "people.parquet"

    def build() -> Any:
        return build_snapshot(
            office, source, made_up=True, progress=lambda *_: None, canaries=CANARIES, engine=engine
        )  # pyright: ignore[reportArgumentType]

    built, build_seconds, build_cpu = _timed(build, server)
    pages = _digest(office.register_directory / built.snapshot / "whole.pages")
    if not received.exists():
        client.receive(office, asked)
        office.store.close()
        shutil.copytree(folder / "office", received)
    else:
        office.store.close()
    office = _office(folder, received)
    batch = disclosure.batch_statuses(office, NOBODY)[-1].batch
    watch("determine")

    def determine() -> Any:
        return client.determine(office, batch, _quiet, engine)  # pyright: ignore[reportArgumentType]

    _, seconds, cpu = _timed(determine, server)
    keys = [client.sandbox_key(office, f"officer-{letter}") for letter in "ab"]
    client.review(office, batch, keys[0])
    (folder / "answers").mkdir(exist_ok=True)
    out = folder / "answers" / "answers.jsonl"
    out.unlink(missing_ok=True)
    out.with_suffix(".jsonl.jws").unlink(missing_ok=True)
    client.release(office, batch, keys[1], out)
    with office.store.reading() as connection:
        decided = find_batch(connection, batch).determinations_digest
    office.store.close()
    return Run(name, build_seconds, build_cpu, seconds, cpu, pages, decided, _digest(out))


def _quiet(_: Progress | Any) -> None:
    """Say nothing."""


def _office(folder: Path, like: Path) -> Office:
    """The office as it was left in `like`, with the same randomness each time."""
    shutil.rmtree(folder / "office")
    shutil.copytree(like, folder / "office")
    return open_office(folder / "office", random=random.Random(1).randbytes)


def _timed(work: Callable[[], Any], server: int) -> tuple[Any, float, float]:
    """What `work` returns, its seconds by the clock, and those of CPU of all processes but the key
    custodian's."""
    started, before = time.perf_counter(), _cpu(server)
    found = work()
    return found, time.perf_counter() - started, _cpu(server) - before


def _cpu(server: int) -> float:
    ours = os.times()
    return sum(ours[:4]) + (cpu_of(server) if server else 0.0)


def _set(office: Path, name: str, value: str) -> None:
    settings = office / "office.toml"
    lines = settings.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(f"{name} =")]
    settings.write_text("\n".join([*kept, f'{name} = "{value}"', ""]), encoding="utf-8")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    main()
