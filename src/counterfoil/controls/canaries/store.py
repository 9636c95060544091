"""What the office keeps of its canaries: keyed hashes. Table `canary`.

    snapshot   the build that they are sealed in
    door       64 bits: the exact address key, hashed as the guards hash a question's
               (gate/history/fingerprints.py)
    record     64 bits: the record reference, hashed under the same key

No name and no address: without the history key nobody can tell which address is a canary's, and
with it only by guessing. They are looked for in questions and never in what the gate decides (P2):
no decision reads this table.

A build's rows are remembered with the ledger's head (database/remembered.py), and so is which
build's were kept last: `canaries`. Of a build of before that was so, its rows are taken as they
are.

Trusted: no. Who deletes, alters or adds rows of a remembered build stops what looks for its
canaries (`row_disagrees`). Lost: build again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Final

from sqlalchemy import BigInteger, Column, Connection, String, Table, insert, select

from counterfoil.database import METADATA
from counterfoil.database.remembered import (
    check_remembered,
    remember_value,
    remembered_subjects,
    remembered_value,
    row_content,
    touch,
)
from counterfoil.gate.history.keyed_hash import number_of, prepare, utf8

CANARY: Final = Table(
    "canary",
    METADATA,
    Column("snapshot", String(64), primary_key=True),
    Column("door", BigInteger, primary_key=True, autoincrement=False),
    Column("record", BigInteger, nullable=False),
)
_NEWEST: Final = "canaries"
_OF_BUILD: Final = "canaries of "
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
    _keep(connection, snapshot, rows)


def keep_canaries_of(connection: Connection, parent: str, snapshot: str) -> None:
    """Keep the canaries of a snapshot for an incremental one that was made of it. Raises
    VerifyFault `row_disagrees`."""
    _check(connection, parent)
    rows = connection.execute(
        select(CANARY.c.door, CANARY.c.record).where(CANARY.c.snapshot == parent)
    ).all()
    kept = [{"snapshot": snapshot, "door": door, "record": record} for door, record in rows]
    _keep(connection, snapshot, kept)


def _keep(connection: Connection, snapshot: str, rows: Sequence[Mapping[str, str | int]]) -> None:
    touch(connection, _OF_BUILD + snapshot, partial(_content, connection, snapshot))
    if rows:
        connection.execute(insert(CANARY), rows)
    remember_value(connection, _NEWEST, snapshot)


def newest_kept(connection: Connection) -> str:
    """The build whose canaries were kept last; "" where that is not remembered."""
    return remembered_value(connection, _NEWEST)


def canary_addresses(connection: Connection, snapshot: str) -> frozenset[int]:
    """The hashed address keys of a build's canaries. Raises VerifyFault `row_disagrees`."""
    _check(connection, snapshot)
    return frozenset(
        connection.execute(select(CANARY.c.door).where(CANARY.c.snapshot == snapshot)).scalars()
    )


def canary_records(connection: Connection, key: bytes, snapshot: str) -> Callable[[str], bool]:
    """Whether a record reference is that of one of a build's canaries. Raises VerifyFault
    `row_disagrees`."""
    _check(connection, snapshot)
    records = frozenset(
        connection.execute(select(CANARY.c.record).where(CANARY.c.snapshot == snapshot)).scalars()
    )
    record_hash = prepare(key, _RECORD)
    return lambda reference: bool(records) and number_of(record_hash(utf8(reference))) in records


def _check(connection: Connection, snapshot: str) -> None:
    subject = _OF_BUILD + snapshot
    if subject in remembered_subjects(connection, subject):
        check_remembered(connection, subject, partial(_content, connection, snapshot))


def _content(connection: Connection, snapshot: str) -> bytes | None:
    """What the rows of a build hold; None of one without canaries."""
    columns = CANARY.c.door, CANARY.c.record
    chosen = select(*columns).where(CANARY.c.snapshot == snapshot).order_by(*columns)
    rows = [list(row) for row in connection.execute(chosen)]
    return row_content(*rows) if rows else None
