"""Durable entries a second, alone and in group commits; proof size and time; a full check; on this machine, now.

    python -m bench.ledger [SIZE]        SIZE entries, 1,000,000 by default; prints one figure a line

Every figure is of durable commits (write-ahead log, synchronous=FULL) in a database file in the current directory's
temporary place, so it measures that disk too: state it beside the figures. Nothing is kept.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counterfoil import canon
from counterfoil.ledger import Draft, Kind, Ledger, check
from counterfoil.proof import Signer, check_proof
from counterfoil.proof.cosignature import cosign
from counterfoil.proof.note import parse_note
from counterfoil.store import Store, create_store

NAME = "bench.example/ledger"
SIGNER = Signer(NAME, Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))
WITNESSES = [Signer(f"witness.example/w{n}", Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32)) for n in (2, 3, 4)]
LEDGER = Ledger(NAME)
TIME = datetime(2026, 3, 2, tzinfo=UTC)
GROUP = 4096
SINGLE = 2000


def drafts(count: int, start: int = 0) -> Iterator[Draft]:
    """Entries as a batch makes them: one in twelve a refusal."""
    for at in range(start, start + count):
        kind = Kind.GRANTED if at % 12 else Kind.REFUSED
        yield Draft(kind, {"batch": "b-0f1e2d3c4b5a6978", "commitment": canon.digest(b"%d" % at)})


def append(store: Store, count: int, step: int) -> float:
    """Seconds to append `count` entries, `step` in each commit."""
    made = list(drafts(count))
    begun = time.perf_counter()
    for at in range(0, count, step):
        with store.transaction() as connection:
            LEDGER.append(connection, made[at : at + step], TIME)
    return time.perf_counter() - begun


def timed(function: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    done = function()
    return time.perf_counter() - begun, done


def proofs(store: Store, size: int) -> None:
    with store.transaction() as connection:
        note = LEDGER.sign_checkpoint(connection, SIGNER)
    text = parse_note(note).text
    note += "".join(cosign(text, each, 1_772_460_300) for each in WITNESSES)
    makes: list[float] = []
    checks: list[float] = []
    longest = 0
    with store.reading() as connection:
        first, prove = timed(lambda: LEDGER.prover(connection, note))
        for at in range(0, size, max(1, size // 500)):
            entry = next(LEDGER.entries(connection, at, at + 1))
            seconds, proof = timed(lambda at=at: prove(at))
            makes.append(seconds)
            longest = max(longest, len(proof.encode()))
            checks.append(timed(lambda proof=proof, entry=entry: check_proof(proof, entry, SIGNER.verifier))[0])
    print(f"proof, three cosignatures, {size} entries: {longest} bytes at most")
    print(f"checkpoint compared with the tree, once for all proofs, in {1e3 * first:.1f} ms")
    print(f"proof made in {1e6 * median(makes):.0f} us and checked in {1e6 * median(checks):.0f} us (medians)")


def main(size: int) -> None:
    with tempfile.TemporaryDirectory() as directory:
        single = create_store(f"sqlite:///{Path(directory) / 'single.db'}")
        print(f"single: {SINGLE / append(single, SINGLE, 1):.0f} durable entries/s, one in each commit")
        single.close()
        store = create_store(f"sqlite:///{Path(directory) / 'group.db'}")
        seconds = append(store, size, GROUP)
        print(f"group: {size / seconds:.0f} durable entries/s, {GROUP} in each commit, {size} in {seconds:.1f} s")
        proofs(store, size)
        with store.reading() as connection:
            seconds, report = timed(lambda: check(connection, SIGNER.verifier))
        print(f"full check: {report.size} entries in {seconds:.1f} s")
        store.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
