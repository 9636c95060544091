"""One stage of Counterfoil on the bench's files, or one floor, in a process of its own.

    python -m bench.speed.stages STAGE FOLDER

    build      make the office and build people.csv into its register
    receive, determine, release        of questions.csv; release has both officers' signatures
    floor-...  the least that any program would have to do for the stage of that name

It prints one line of JSON: {"code", "seconds", "cpu"}, seconds of the stage itself, without what the
process needs to begin.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from bench import floors
from counterfoil import client, disclosure
from counterfoil.core.use_cases import NOBODY
from counterfoil.demo.offices import make_office
from counterfoil.demo.replaying import study_agreement
from counterfoil.disclosure.register_build import build_snapshot
from counterfoil.office import Office, open_office

_KEYS_OF_ADDRESS: Final = 9
_ENTRY: Final = b'{"batch":"b-0f1e2d3c4b5a6978","commitment":"sha256:' + b"0" * 64 + b'","count":1}'
_CHUNK_ROWS: Final = 4096


def main(stage: str, folder: Path) -> dict[str, Any]:
    """Do a stage; what it took, and what came out."""
    work = _STAGES[stage](folder)
    started, before = time.perf_counter(), _cpu()
    found = work()
    return {"seconds": time.perf_counter() - started, "cpu": _cpu() - before, "found": found}


def _cpu() -> float:
    both = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in both)


def _build(folder: Path) -> Callable[[], Any]:
    """The office has the sandbox agreement, its limits lifted."""
    agreement, place = folder / "agreement.yaml", folder / "office"
    shutil.rmtree(place, ignore_errors=True)
    agreement.write_text(study_agreement(lifted=True), encoding="utf-8")
    office = make_office(place, "speed", agreement)
    source = folder / "people.csv"
    return lambda: (
        build_snapshot(office, source, made_up=True, progress=lambda *_: None).counts.rows
    )


def _opened(folder: Path) -> Office:
    """The office, its keys opened."""
    office = open_office(folder / "office")
    office.signer()
    office.payload_keys()
    return office


def _receive(folder: Path) -> Callable[[], Any]:
    office = _opened(folder)
    return lambda: str(client.receive(office, folder / "questions.csv").counts)


def _batch(office: Office) -> str:
    return disclosure.batch_statuses(office, NOBODY)[-1].batch


def _determine(folder: Path) -> Callable[[], Any]:
    office = _opened(folder)
    return lambda: str(client.determine(office, _batch(office)).counts)


def _release(folder: Path) -> Callable[[], Any]:
    office = _opened(folder)
    keys = [client.sandbox_key(office, f"officer-{letter}") for letter in "ab"]
    shutil.rmtree(folder / "answers", ignore_errors=True)
    (folder / "answers").mkdir()
    out = folder / "answers" / "answers.jsonl"

    def release() -> Any:
        batch = _batch(office)
        client.review(office, batch, keys[0])
        client.release(office, batch, keys[1], out)
        with out.open(encoding="utf-8") as file:
            answers = Counter(json.loads(line).get("answer", "") for line in file)
        return dict(answers)

    return release


# -- floors --------------------------------------------------------------------------------------


def _count(folder: Path) -> int:
    return floors.read_csv(folder / "questions.csv") - 1


def _floor_build(folder: Path) -> Callable[[], Any]:
    """Bare reading of the source."""
    return lambda: floors.read_csv(folder / "people.csv")


def _floor_receive(folder: Path) -> Callable[[], Any]:
    """Bare reading of the questions, and SHA-256 and a row of SQLite for each."""
    count, path = _count(folder), folder / "floor.db"
    path.unlink(missing_ok=True)
    return lambda: [_count(folder), floors.hash_and_insert([_ENTRY] * count, path)]


def _floor_determine(folder: Path) -> Callable[[], Any]:
    """HMAC-SHA-512 for each address key of a question, and opening one bucket of each."""
    count = _count(folder)
    keys = [f"forms|exact|street|{at}||98103" for at in range(count * _KEYS_OF_ADDRESS)]
    return lambda: floors.derive_and_open_all(keys, count)


def _floor_release(folder: Path) -> Callable[[], Any]:
    """SHA-256 and a row for each answer."""
    count, path = _count(folder), folder / "floor.db"
    path.unlink(missing_ok=True)
    return lambda: floors.hash_and_insert([_ENTRY] * count, path)


def _floor_commits(folder: Path) -> Callable[[], Any]:
    """As many durable commits as three stages make of chunks."""
    count, path = -(-_count(folder) // _CHUNK_ROWS) * 4, folder / "floor.db"
    path.unlink(missing_ok=True)

    def commit() -> int:
        connection = sqlite3.connect(path)
        connection.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE chunk (sealed BLOB)"
        )
        for _ in range(count):
            with connection:
                connection.execute("INSERT INTO chunk VALUES (?)", (os.urandom(100_000),))
        connection.close()
        return count

    return commit


_STAGES: Final[dict[str, Callable[[Path], Callable[[], Any]]]] = {
    "build": _build,
    "receive": _receive,
    "determine": _determine,
    "release": _release,
    "floor-build": _floor_build,
    "floor-receive": _floor_receive,
    "floor-determine": _floor_determine,
    "floor-release": _floor_release,
    "floor-commits": _floor_commits,
}

if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]))))
