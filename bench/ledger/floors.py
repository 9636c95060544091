"""What this machine gives at best: syncs of its disk, commits of SQLite alone, hashes of one
core."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
from pathlib import Path

from bench.floors import hash_and_insert
from counterfoil.tlog.tree import root_of

FRAME = 4096 + 24
"""A page in SQLite's write-ahead log, with its header: the least that a commit writes."""
SECONDS = 1.0


def syncs_a_second(directory: Path) -> float:
    """One frame written over an old one and `fdatasync`, again and again: no durable commit is
    faster."""
    frame, count = bytes(FRAME), 0
    file = os.open(directory / "sync", os.O_RDWR | os.O_CREAT)
    os.pwrite(file, bytes(1000 * FRAME), 0)
    os.fsync(file)
    begun = time.perf_counter()
    while time.perf_counter() - begun < SECONDS:
        os.pwrite(file, frame, count % 1000 * FRAME)
        os.fdatasync(file)
        count += 1
    os.close(file)
    return count / SECONDS


def commits_a_second(directory: Path) -> float:
    """SQLite by its own module, write-ahead log, synchronous=FULL: one insert of 400 bytes a
    commit, nothing else."""
    connection = sqlite3.connect(directory / "bare.db", isolation_level=None)
    connection.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        "CREATE TABLE IF NOT EXISTS entry (idx INTEGER PRIMARY KEY, entry BLOB)"
    )
    count, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < SECONDS:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO entry (entry) VALUES (?)", [bytes(400)])
        connection.execute("COMMIT")
        count += 1
    connection.close()
    return count / SECONDS


def inserts_a_second(directory: Path, count: int) -> float:
    """A row an entry, each hashed once, one durable commit for all of them."""
    entries = [
        b'{"batch":"b-0f1e2d3c4b5a6978","commitment":"sha256:' + b"%064d" % at + b'"}'
        for at in range(count)
    ]
    begun = time.perf_counter()
    hash_and_insert(entries, directory / "rows.db")
    return count / (time.perf_counter() - begun)


def hashes_seconds(count: int) -> float:
    """As many leaves and nodes as a tree of `count` entries has, hashed one after another."""
    begun, sha256, entry = time.perf_counter(), hashlib.sha256, bytes(170)
    for _ in range(count):
        sha256(entry).digest()
        sha256(entry[:65]).digest()
    return time.perf_counter() - begun


def tile_seconds() -> float:
    """The median of 50: the 255 nodes over one tile's 256 leaves, all but 8 of which a proof must
    reckon."""
    leaves = [bytes([at]) * 32 for at in range(256)]
    times: list[float] = []
    for _ in range(50):
        begun = time.perf_counter()
        root_of(leaves)
        times.append(time.perf_counter() - begun)
    return sorted(times)[25]
