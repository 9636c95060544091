"""What an office keeps is kept when its tables change."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from counterfoil.batches.batch import BatchHeader
from counterfoil.batches.store import find_batch, mark_determined
from counterfoil.database import engine, open_store

ASKED = """
INSERT INTO asked VALUES
    ('b2', 1, 20, 7, 8, 9, 0), ('b2', 2, 20, 7, 8, 9, 1), ('b2', 3, 20, 7, 0, 5, 0), ('b3', 1, 21, 0, 8, 6, 0), ('b3', 2, 21, 7, 8, 9, 0);
INSERT INTO asked_file VALUES ('b1', 1, 4, 0), ('b2', 20, 3, 1), ('b3', 21, 2, 0);
"""
"""The guards' memory as version 0013 held it: a row a request. The first file's questions were
forgotten."""

HEADER = {"requester": "bureau", "principal": "head", "sent_on": "2025-01-02", "signed": "true"}
BATCH = {
    **{"id": "b-0f1e2d3c4b5a6978", "state": "gated", "held_from": "", "identity": "sha256:01"},
    **{"file_digest": "sha256:02", "agreement": "sandbox", "agreement_digest": "sha256:03"},
    **{"rules_digest": "sha256:04", "snapshot": "0001-a", "header": json.dumps(HEADER)},
    **{"received_at": "2025-01-02T12:00:00Z", "gate_date": "2025-01-02", "wrapped_key": b"key"},
    **{"counts": '{"granted":2}', "determinations_digest": "", "released_at": ""},
    **{"first_officer": "", "first_signature": "", "second_officer": "", "second_signature": ""},
}
"""A batch as version 0014 held it."""


def older(directory: Path, version: str) -> tuple[str, sqlite3.Connection]:
    """The URL of a database as a version made it, and a connection of its owner."""
    url = f"sqlite:///{directory / 'office.db'}"
    with engine._first(url) as (store, connection):
        engine._upgrade(connection, version)
    store.close()
    return url, sqlite3.connect(directory / "office.db")


def test_a_batch_of_before_there_were_generations_begins_to_count_its_steps(tmp_path: Path) -> None:
    url, database = older(tmp_path, "0014_questions")
    marks = ", ".join("?" * len(BATCH))
    insert = f"INSERT INTO batch ({', '.join(BATCH)}) VALUES ({marks})"
    database.execute(insert, tuple(BATCH.values()))
    database.commit()
    database.close()
    store = open_store(url)
    with store.transaction() as connection:
        batch = find_batch(connection, BATCH["id"])  # type: ignore[arg-type]
        assert (batch.generation, batch.counts, batch.snapshot) == (0, {"granted": 2}, "0001-a")
        assert batch.header == BatchHeader("bureau", "head", "2025-01-02", signed=True)
        mark_determined(connection, batch, "sha256:05", {})
        assert find_batch(connection, batch.id).generation == 1
    store.close()


def test_the_guards_memory_is_carried_into_two_tables(tmp_path: Path) -> None:
    url, database = older(tmp_path, "0013_recall")
    database.executescript(ASKED)
    open_store(url).close()
    held = {
        name: database.execute(f"SELECT * FROM {name} ORDER BY 1, 2, 3, 4").fetchall()
        for name in ("asked", "asked_at", "asked_file")
    }
    database.close()
    assert held == {
        "asked": [
            (0, 8, 6, "b3", 21, 1),
            (7, 0, 5, "b2", 20, 1),
            (7, 8, 9, "b2", 20, 2),
            (7, 8, 9, "b3", 21, 1),
        ],
        "asked_at": [(8, 0, "b3", 21, 1), (8, 7, "b2", 20, 2), (8, 7, "b3", 21, 1)],
        "asked_file": [
            ("b1", 1, 4, 0, 0, 1, "final"),
            ("b2", 20, 3, 1, 1, 2, "final"),
            ("b3", 21, 2, 0, 1, 3, "final"),
        ],
    }
