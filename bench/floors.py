"""What each step is measured against: the least work that any program would have to do for it."""

from __future__ import annotations

import csv
import hashlib
import hmac
import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM


def read_csv(path: Path) -> int:
    """The csv module alone: no checks, no objects."""
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file))


def hash_and_insert(entries: Sequence[bytes], path: Path) -> int:
    """A table with one row an entry, each hashed once, one durable commit for all of them."""
    connection = sqlite3.connect(path)
    connection.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE entry (idx INTEGER "
        "PRIMARY KEY, entry BLOB)"
    )
    with connection:
        rows = (
            (index, hashlib.sha256(entry).digest() + entry) for index, entry in enumerate(entries)
        )
        connection.executemany("INSERT INTO entry VALUES (?, ?)", rows)
    connection.close()
    return len(entries)


def derive_and_open(doors: Sequence[str]) -> int:
    """One HMAC-SHA-512 for each door, and one AES-256-GCM opening of 512 bytes for each
    question."""
    key, nonce = os.urandom(64), bytes(12)
    sealed = AESGCM(key[:32]).encrypt(nonce, bytes(512), b"")
    for door in doors:
        hmac.digest(key, door.encode(), "sha512")
    return len(AESGCM(key[:32]).decrypt(nonce, sealed, b""))


def derive_and_open_all(keys: Sequence[str], questions: int) -> int:
    """One HMAC-SHA-512 and one look-up in memory for each key, and one AES-256-GCM opening of 512
    bytes for each question."""
    key, nonce = os.urandom(64), bytes(12)
    cipher = AESGCM(key[:32])
    sealed, known = cipher.encrypt(nonce, bytes(512), b""), dict[bytes, bytes]()
    found = sum(hmac.digest(key, each.encode(), "sha512") in known for each in keys)
    return found + sum(len(cipher.decrypt(nonce, sealed, b"")) for _ in range(questions))
