"""What the office keeps of its canaries: keyed hashes. Table `canary`.

    snapshot   the build that they are sealed in
    door       64 bits: the exact address key, hashed as the guards hash a question's
               (gate/history/fingerprints.py)
    record     64 bits: the record reference, hashed under the same key

No name and no address: without the history key nobody can tell which address is a canary's, and
with it only by guessing. They are looked for in questions and never in what the gate decides (P2):
no decision reads this table.

Trusted: yes, for raising an alarm only. Who deletes rows silences canaries; who adds a real
address's hash stops the requester until two officers lift it. Lost: build again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from sqlalchemy import BigInteger, Column, Connection, String, Table, insert, select

from counterfoil.database import METADATA
from counterfoil.gate.history.keyed_hash import number_of, prepare, utf8

CANARY: Final = Table(
    "canary",
    METADATA,
    Column("snapshot", String(64), primary_key=True),
    Column("door", BigInteger, primary_key=True, autoincrement=False),
    Column("record", BigInteger, nullable=False),
)
_ADDRESS: Final = b"asked door"
_RECORD: Final = b"canary record"


def keep_canaries(
    connection: Connection, key: bytes, snapshot: str, canaries: Iterable[tuple[str, str]]
) -> None:
    """Keep the canaries of a build: (exact address key, record reference) of each. `key` is the
    history key."""
    address_hash, record_hash = prepare(key, _ADDRESS), prepare(key, _RECORD)
    rows = [
        {
            "snapshot": snapshot,
            "door": number_of(address_hash(utf8(address_key))),
            "record": number_of(record_hash(utf8(reference))),
        }
        for address_key, reference in canaries
    ]
    if rows:
        connection.execute(insert(CANARY), rows)


def keep_canaries_of(connection: Connection, parent: str, snapshot: str) -> None:
    """Keep the canaries of a snapshot for an incremental one that was made of it."""
    rows = connection.execute(
        select(CANARY.c.door, CANARY.c.record).where(CANARY.c.snapshot == parent)
    ).all()
    if rows:
        kept = [{"snapshot": snapshot, "door": door, "record": record} for door, record in rows]
        connection.execute(insert(CANARY), kept)


def canary_addresses(connection: Connection, snapshot: str) -> frozenset[int]:
    """The hashed address keys of a build's canaries."""
    return frozenset(
        connection.execute(select(CANARY.c.door).where(CANARY.c.snapshot == snapshot)).scalars()
    )


def canary_records(connection: Connection, key: bytes, snapshot: str) -> Callable[[str], bool]:
    """Whether a record reference is that of one of a build's canaries."""
    records = frozenset(
        connection.execute(select(CANARY.c.record).where(CANARY.c.snapshot == snapshot)).scalars()
    )
    record_hash = prepare(key, _RECORD)
    return lambda reference: bool(records) and number_of(record_hash(utf8(reference))) in records
