"""Holds of 26 USC 6103(i)(6): whom no answer may confirm. Table `disclosure_hold`.

    number          1, 2, 3 ...
    marks           16 bytes each, rising: the keyed hashes that name the person (hold_fingerprints)
                    among random ones, 16 or the next multiple, so that nobody sees how many numbers
                    and references it has
    key_id          the register key that made them
    officer, second, salt, entered_at, entry_index              who added it; of its ledger entry
    lift_officer, lift_second, lift_salt, lifted_at, lift_index who lifted it; "" and null while it
    stands

Both entries commit to canonical JSON of {"event": "added" | "lifted", "hold": number, "marks":
digest of the marks}.

Trusted: no. Every addition and every lifting is an entry of kind `hold`, and nothing is determined
where the rows are not what these entries say (controls/holds/service.py). Who reads it learns how
many holds there are, with days and officers. Who has the register key too can test a number or a
reference that he guesses. Lost: restore it; two officers can add the holds again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    LargeBinary,
    RowMapping,
    String,
    Table,
    func,
    insert,
    select,
)

from counterfoil.batches.batch import from_instant, instant_text
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault
from counterfoil.core.values import Public
from counterfoil.database import METADATA

MARK_BYTES: Final = 16
MARKS_AT_ONCE: Final = 16

HOLD: Final = Table(
    "disclosure_hold",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("marks", LargeBinary, nullable=False),
    Column("key_id", String, nullable=False),
    Column("officer", String, nullable=False),
    Column("second", String, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("entered_at", String, nullable=False),
    Column("entry_index", Integer, nullable=False),
    Column("lift_officer", String, nullable=False),
    Column("lift_second", String, nullable=False),
    Column("lift_salt", LargeBinary, nullable=False),
    Column("lifted_at", String, nullable=False),
    Column("lift_index", Integer, nullable=True),
)


class Word(Public, frozen=True, gc=False):
    """What two officers did to a hold: their names, the entry's salt, time and index."""

    officer: str
    second: str
    salt: bytes
    at: datetime
    index: int


class Hold(Public, frozen=True, gc=False):
    """One hold. `lifted` is None while it stands."""

    number: int
    marks: bytes
    key_id: str
    added: Word
    lifted: Word | None = None


def hide_marks(marks: Iterable[bytes], random: Callable[[int], bytes]) -> tuple[bytes, ...]:
    """These marks among random ones, rising; 16 in all or the next multiple."""
    held = set(marks)
    wanted = max(MARKS_AT_ONCE, -(-len(held) // MARKS_AT_ONCE) * MARKS_AT_ONCE)
    while len(held) < wanted:
        held.add(random(MARK_BYTES))
    return tuple(sorted(held))


def split_marks(joined: bytes) -> list[bytes]:
    """The marks that were joined end to end."""
    return [joined[at : at + MARK_BYTES] for at in range(0, len(joined), MARK_BYTES)]


def word_bytes(event: str, number: int, marks: bytes) -> bytes:
    """What the entry of an addition or a lifting commits to."""
    return canonical.encode({"event": event, "hold": number, "marks": canonical.digest(marks)})


def next_number(connection: Connection) -> int:
    """The number of the next hold."""
    return (
        int(connection.execute(select(func.coalesce(func.max(HOLD.c.number), 0))).scalar_one()) + 1
    )


def keep_hold(connection: Connection, hold: Hold) -> None:
    """Keep a hold in the commit of its entry."""
    word = hold.added
    row = {
        "number": hold.number,
        "marks": hold.marks,
        "key_id": hold.key_id,
        "officer": word.officer,
        "second": word.second,
        "salt": word.salt,
        "entered_at": instant_text(word.at),
        "entry_index": word.index,
        "lift_officer": "",
        "lift_second": "",
        "lift_salt": b"",
        "lifted_at": "",
        "lift_index": None,
    }
    connection.execute(insert(HOLD).values(row))


def find_standing(connection: Connection, number: int) -> Hold:
    """The hold of this number. Raises StateFault `hold_unknown`, `hold_lifted`."""
    row = connection.execute(select(HOLD).where(HOLD.c.number == number)).mappings().first()
    if row is None:
        raise StateFault(
            "hold_unknown",
            "this office has no hold of that number",
            place=str(number),
            cure="`counterfoil hold list` shows those it has.",
        )
    if row["lifted_at"]:
        raise StateFault(
            "hold_lifted",
            "this hold was lifted before",
            place=str(number),
            cure="There is nothing to lift. `counterfoil hold list` says when.",
        )
    return _hold(row)


def lift_hold(connection: Connection, hold: Hold, word: Word) -> None:
    """Lift a standing hold in the commit of its entry."""
    values = {
        "lift_officer": word.officer,
        "lift_second": word.second,
        "lift_salt": word.salt,
        "lifted_at": instant_text(word.at),
        "lift_index": word.index,
    }
    connection.execute(HOLD.update().where(HOLD.c.number == hold.number).values(values))


def list_holds(connection: Connection) -> list[Hold]:
    """Every hold, lifted ones too, oldest first."""
    return [
        _hold(row) for row in connection.execute(select(HOLD).order_by(HOLD.c.number)).mappings()
    ]


def _hold(row: RowMapping) -> Hold:
    added = Word(
        row["officer"],
        row["second"],
        bytes(row["salt"]),
        from_instant(row["entered_at"]),
        row["entry_index"],
    )
    lifted = None
    if row["lifted_at"]:
        lifted = Word(
            row["lift_officer"],
            row["lift_second"],
            bytes(row["lift_salt"]),
            from_instant(row["lifted_at"]),
            row["lift_index"],
        )
    return Hold(row["number"], bytes(row["marks"]), row["key_id"], added, lifted)
