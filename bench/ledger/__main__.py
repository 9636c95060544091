"""Durable entries a second, alone and in group commits; proof size and time; a full check; beside
the floors of this machine.

    python -m bench.ledger [SIZE]        SIZE entries, 1,000,000 by default; writes
                                         docs/measurements/ledger.md
    python -m bench.ledger.postgres      the same commits on PostgreSQL beside SQLite; writes
                                         docs/measurements/ledger-postgres.md

Every figure is of durable commits (write-ahead log, synchronous=FULL) in a database file in the
machine's temporary place, and each stands beside a floor that was measured right before it. Nothing
is kept.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.ledger import floors, large
from bench.ledger.page import Row, write_page
from counterfoil.core import canonical
from counterfoil.database import Store, create_store
from counterfoil.ledger import Draft, EntryKind, Ledger, check
from counterfoil.tlog import Signer, check_proof
from counterfoil.tlog.cosignature import cosign
from counterfoil.tlog.note import parse_note

NAME = "bench.example/ledger"
SIGNER = Signer(NAME, Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))
WITNESSES = [
    Signer(f"witness.example/w{n}", Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32))
    for n in (2, 3, 4)
]
LEDGER = Ledger(NAME)
TIME = datetime(2026, 3, 2, tzinfo=UTC)
GROUP = 4096
SINGLE = 2000
PROOFS = 500
PAGE = Path(__file__).parents[2] / "docs" / "measurements" / "ledger.md"


def drafts(count: int, start: int = 0) -> Iterator[Draft]:
    """Entries as a batch makes them: one in twelve a refusal."""
    for at in range(start, start + count):
        kind = EntryKind.GRANTED if at % 12 else EntryKind.REFUSED
        yield Draft(
            kind, {"batch": "b-0f1e2d3c4b5a6978", "commitment": canonical.digest(b"%d" % at)}
        )


def append(store: Store, count: int, step: int) -> float:
    """Seconds to append `count` entries, `step` in each commit."""
    made = list(drafts(count))
    begun = time.perf_counter()
    for at in range(0, count, step):
        with store.transaction() as connection:
            LEDGER.append(connection, made[at : at + step], TIME)
    return time.perf_counter() - begun


def timed(function: Callable[[], Any]) -> tuple[float, float, Any]:
    """(seconds by the clock, seconds of CPU, what came of it)."""
    begun, used = time.perf_counter(), time.process_time()
    done = function()
    return time.perf_counter() - begun, time.process_time() - used, done


def cosigned(note: str) -> str:
    """The note with three cosignatures."""
    text = parse_note(note).text
    return note + "".join(cosign(text, each, 1_772_460_300) for each in WITNESSES)


def singles(directory: Path) -> list[Row]:
    """One durable commit an entry, three rounds, the median; beside the disk and beside SQLite
    alone."""
    store = create_store(f"sqlite:///{directory / 'single.db'}")
    used = 1e3 * timed(lambda: append(store, SINGLE, 1))[1] / SINGLE
    rounds = [
        (
            SINGLE / append(store, SINGLE, 1),
            floors.syncs_a_second(directory),
            floors.commits_a_second(directory),
        )
        for _ in range(3)
    ]
    store.close()
    ours, disk, bare = (median(column) for column in zip(*rounds, strict=True))
    return [
        Row(
            "single entries, a commit each",
            f"{ours:.0f} /s, {used:.2f} ms of CPU each",
            "500 /s",
            f"disk: {disk:.0f} fdatasync/s",
            disk / ours,
        ),
        Row(
            "the same",
            f"{ours:.0f} /s",
            "",
            f"SQLite alone, one insert a commit: {bare:.0f} /s",
            bare / ours,
        ),
    ]


def proofs(store: Store, size: int) -> list[Row]:
    """Proofs of entries far apart, each in a tile of its own, under a cosigned checkpoint."""
    with store.transaction() as connection:
        note = cosigned(LEDGER.sign_checkpoint(connection, SIGNER))
    makes: list[float] = []
    checks: list[float] = []
    used, longest = 0.0, 0
    with store.reading() as connection:
        prove = LEDGER.prover(connection, note)
        for at in range(0, size, max(1, size // PROOFS)):
            seconds, cpu, proof = timed(lambda at=at: prove(at))
            entry = next(LEDGER.entries(connection, at, at + 1))
            used, longest = used + cpu, max(longest, len(proof.encode()))
            makes.append(seconds)
            checks.append(
                timed(lambda proof=proof, entry=entry: check_proof(proof, entry, SIGNER.verifier))[
                    0
                ]
            )
    floor = floors.tile_seconds()
    made = f"{1e3 * median(makes):.2f} ms by the clock, {1e3 * used / len(makes):.2f} ms of CPU"
    return [
        Row(
            f"proof made, {size:,} entries",
            made,
            "1 ms",
            f"a tile's 255 nodes hashed: {1e3 * floor:.2f} ms",
            median(makes) / floor,
        ),
        Row("the same proof checked", f"{1e3 * median(checks):.2f} ms", "", "", None),
        Row(
            f"proof size, {size:,} entries, 3 Ed25519 witnesses",
            f"{longest:,} bytes",
            "2,048 bytes",
            "",
            None,
        ),
    ]


def full_check(store: Store, size: int) -> Row:
    """Everything reckoned anew, beside hashing as many entries and nodes."""
    floor = floors.hashes_seconds(size)
    with store.reading() as connection:
        seconds, used, _ = timed(lambda: check(connection, SIGNER.verifier))
    name, words = f"full check, {size:,} entries", f"every leaf and node hashed: {floor:.1f} s"
    return Row(
        name, f"{seconds:.1f} s by the clock, {used:.1f} s of CPU", "60 s", words, seconds / floor
    )


def main(size: int) -> None:
    """Measure, print, write."""
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        rows = singles(directory)
        store = create_store(f"sqlite:///{directory / 'group.db'}")
        floor = floors.inserts_a_second(directory, min(size, 200_000))
        rate = size / append(store, size, GROUP)
        words = f"an entry hashed and inserted in a row of its own: {floor:.0f} /s"
        rows.append(
            Row(
                f"group commit, {GROUP} entries", f"{rate:,.0f} /s", "5,000 /s", words, floor / rate
            )
        )
        rows += proofs(store, size)
        proof = large.proof_at(10**8, SIGNER, cosigned)
        rows.append(
            Row(
                "proof size, 100,000,000 entries, 3 Ed25519 witnesses",
                f"{proof:,} bytes",
                "2,048 bytes",
                "",
                None,
            )
        )
        rows.append(full_check(store, size))
        store.close()
    write_page(PAGE, rows, before, os.getloadavg()[0])


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
