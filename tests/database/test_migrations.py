"""What an office keeps is kept when its tables change."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from counterfoil.database import open_store
from tests.database import older

BEFORE = """
INSERT INTO asked VALUES
    ('b2', 1, 20, 7, 8, 9, 0), ('b2', 2, 20, 7, 8, 9, 1), ('b2', 3, 20, 7, 0, 5, 0), ('b3', 1, 21, 0, 8, 6, 0), ('b3', 2, 21, 7, 8, 9, 0);
INSERT INTO asked_file VALUES ('b1', 1, 4, 0), ('b2', 20, 3, 1), ('b3', 21, 2, 0);
"""
"""The guards' memory as version 0013 had it: a row a request. The first file's questions were
forgotten."""


def test_the_guards_memory_is_carried_into_two_tables(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'office.db'}"
    older.make(url, "0013_recall")
    database = sqlite3.connect(tmp_path / "office.db")
    database.executescript(BEFORE)
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
        "asked_file": [("b1", 1, 4, 0, 0), ("b2", 20, 3, 1, 1), ("b3", 21, 2, 0, 1)],
    }
