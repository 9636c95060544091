"""A made-up office's ledger for these tests: a real database file, a fixed key, drafts of every
kind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counterfoil.core import canonical
from counterfoil.database import Connection, Store, create_store
from counterfoil.ledger import Draft, EntryKind, Ledger
from counterfoil.ledger.entries import KINDS, NUMBERS, Value
from counterfoil.ledger.store import Hashes
from counterfoil.tlog import Signer
from counterfoil.tlog.tiles import node_reader
from counterfoil.tlog.tree import prove_inclusion

ORIGIN = "made-up.example/office"
SIGNER = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))
KEY = SIGNER.verifier
LEDGER = Ledger(ORIGIN)
START = datetime(2026, 3, 2, 14, 5, tzinfo=UTC)
BATCH = "b-0f1e2d3c4b5a6978"
_WORDS = {
    "batch": BATCH,
    "event": "added",
    "purpose": "holder",
    "route": "consent",
    "scope": "names",
}


def value_of(field: str) -> Value:
    """Some value within the field's grammar."""
    if field in NUMBERS:
        return 7
    return _WORDS.get(field, canonical.digest(field.encode()))


def draft(kind: EntryKind, *, full: bool = False) -> Draft:
    form = KINDS[kind]
    return Draft(
        kind, {name: value_of(name) for name in (form.needs | form.may if full else form.needs)}
    )


def drafts(count: int) -> list[Draft]:
    """Drafts that go round all kinds, each with a digest of its own where the kind has one."""
    kinds = list(EntryKind)
    made = [draft(kinds[at % len(kinds)]) for at in range(count)]
    return [
        Draft(one.kind, {**one.fields, "commitment": canonical.digest(b"%d" % at)})
        if "commitment" in one.fields
        else one
        for at, one in enumerate(made)
    ]


def make_store(directory: Path) -> Store:
    return create_store(f"sqlite:///{directory / 'office.db'}")


def grow(store: Store, count: int, *, step: int = 100, sign: bool = True) -> str:
    """Append `count` entries in transactions of `step`, a second apart; sign and return a
    checkpoint."""
    made = drafts(count)
    for at in range(0, count, step):
        with store.transaction() as connection:
            LEDGER.append(connection, made[at : at + step], START + timedelta(seconds=at))
    if not sign:
        return ""
    with store.transaction() as connection:
        return LEDGER.sign_checkpoint(connection, SIGNER)


def inclusion_path(connection: Connection, index: int) -> list[bytes]:
    """The inclusion proof of an entry in the tree of all entries, without a checkpoint."""
    size = LEDGER.size(connection)
    return prove_inclusion(index, size, node_reader(Hashes(connection, size)))
