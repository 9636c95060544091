"""Five ways in which the owner of the database rewrites history, triggers dropped first; each is
found, and says why.

What no sum within the file can show, since its owner can reckon all sums anew, is found by a
checkpoint that is held elsewhere: the one that the witnesses cosigned last.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from counterfoil.core.errors import VerifyFault
from counterfoil.database import Store
from counterfoil.ledger import check
from counterfoil.ledger.entries import Draft, decode
from counterfoil.tlog.cosignature import cosign
from counterfoil.tlog.note import parse_note
from tests.ledger.office import KEY, LEDGER, SIGNER, START, draft, make_store
from tests.ledger.owner import (
    counted_anew,
    open_as_owner,
    other_digest,
    rewrite,
    say_what_the_entries_say,
)
from tests.tlog.loopback import signer

SIZE = 700
LAST_BLOCK = 600
TABLES = ("ledger_block", "ledger_tile", "ledger_checkpoint", "ledger_cosigned")
Way = Callable[[sqlite3.Connection], object]


class Rewritten:
    """A checked ledger of 700 entries whose last checkpoint was cosigned, and what is found after
    its owner was at it."""

    def __init__(self, store: Store, path: Path) -> None:
        self.store, self.path = store, path
        with store.transaction() as connection:
            note = LEDGER.newest_checkpoint(connection) or ""
            self.cosigned = note + cosign(parse_note(note).text, signer(2), int(START.timestamp()))
            LEDGER.keep_cosigned(connection, self.cosigned)
        assert self.found() is None

    def by(self, way: Way) -> None:
        owner = open_as_owner(self.path)
        way(owner)
        owner.close()

    def found(self, *held: str) -> tuple[str, str] | None:
        """(code, place) of what `ledger check` says, or None where it finds nothing."""
        with self.store.reading() as connection:
            try:
                check(connection, KEY, [*LEDGER.cosigned(connection), *held])
            except VerifyFault as fault:
                assert fault.message
                assert fault.cure
                return fault.code, fault.place
        return None


@pytest.fixture
def ledger(grown: Store, tmp_path: Path) -> Rewritten:
    return Rewritten(grown, tmp_path / "office.db")


def forget_signatures(owner: sqlite3.Connection) -> None:
    owner.execute("DELETE FROM ledger_checkpoint")
    owner.execute("DELETE FROM ledger_cosigned")


def replace_tables(owner: sqlite3.Connection, entries: list[Draft], directory: Path) -> None:
    """Put a whole other ledger in the place of this one: consistent, and signed by the office's own
    key."""
    other = make_store(directory)
    with other.transaction() as connection:
        LEDGER.append(connection, entries, START)
        LEDGER.sign_checkpoint(connection, SIGNER)
    other.close()
    owner.execute("ATTACH ? AS other", [str(directory / "office.db")])
    for table in TABLES:
        owner.execute(f"DELETE FROM main.{table}")
        owner.execute(f"INSERT INTO main.{table} SELECT * FROM other.{table}")


def test_way_1_an_entry_edited(ledger: Rewritten) -> None:
    ledger.by(
        lambda owner: rewrite(
            owner, 100, lambda held: [*held[:41], other_digest(held[41]), *held[42:]]
        )
    )
    assert ledger.found() == ("ledger_tile", "entry 141")


def test_way_2_the_last_entry_deleted(ledger: Rewritten) -> None:
    def shorten(owner: sqlite3.Connection) -> None:
        rewrite(owner, LAST_BLOCK, lambda held: held[:-1])
        owner.execute("UPDATE ledger_block SET stop = stop - 1 WHERE start = ?", [LAST_BLOCK])
        say_what_the_entries_say(owner, LAST_BLOCK)

    ledger.by(shorten)
    assert ledger.found() == ("ledger_shortened", f"entry {SIZE - 1}")
    ledger.by(forget_signatures)
    assert ledger.found() is None  # so complete a cut is found from outside only
    assert ledger.found(ledger.cosigned) == ("ledger_shortened", f"entry {SIZE - 1}")


def test_way_3_an_entry_deleted_and_the_rest_renumbered(ledger: Rewritten) -> None:
    def renumber(owner: sqlite3.Connection) -> None:
        rewrite(owner, LAST_BLOCK, lambda held: counted_anew(held[0], held[1:]))
        owner.execute("UPDATE ledger_block SET stop = stop - 1 WHERE start = ?", [LAST_BLOCK])
        say_what_the_entries_say(owner, LAST_BLOCK)

    ledger.by(renumber)
    assert ledger.found() == ("ledger_shortened", f"entry {SIZE - 1}")
    ledger.by(forget_signatures)
    assert ledger.found() is None
    assert ledger.found(ledger.cosigned) == ("ledger_shortened", f"entry {SIZE - 1}")


def test_way_4_two_entries_swapped(ledger: Rewritten) -> None:
    def swap(held: list[bytes]) -> list[bytes]:
        held[7], held[8] = held[8], held[7]  # of two kinds, so that no running count tells
        return held

    ledger.by(lambda owner: rewrite(owner, 0, swap))
    assert ledger.found() == ("ledger_tile", "entry 7")


def test_way_5_the_whole_ledger_replaced_by_a_consistent_and_signed_one(
    ledger: Rewritten, tmp_path: Path
) -> None:
    with ledger.store.reading() as connection:
        held = [decode(data, "") for data in LEDGER.entries(connection, 0, SIZE)]
    other = [Draft(entry.kind, draft(entry.kind).fields) for entry in held]
    assert other != [Draft(entry.kind, entry.fields) for entry in held]
    beside = tmp_path / "beside"
    beside.mkdir()
    ledger.by(lambda owner: replace_tables(owner, other, beside))
    assert ledger.found() is None  # its own signature is on it
    assert ledger.found(ledger.cosigned) == ("ledger_rewritten", f"checkpoint of size {SIZE}")


def test_a_cosigned_checkpoint_that_stays_in_the_file_finds_it_too(
    ledger: Rewritten, tmp_path: Path
) -> None:
    beside = tmp_path / "beside"
    beside.mkdir()

    def replace_all_but_the_cosigned(owner: sqlite3.Connection) -> None:
        replace_tables(owner, [draft(decode(data, "").kind) for data in _entries(ledger)], beside)
        owner.execute("INSERT INTO ledger_cosigned VALUES (1, ?)", [ledger.cosigned])

    ledger.by(replace_all_but_the_cosigned)
    assert ledger.found() == ("ledger_rewritten", f"checkpoint of size {SIZE}")


def _entries(ledger: Rewritten) -> list[bytes]:
    with ledger.store.reading() as connection:
        return list(LEDGER.entries(connection, 0, SIZE))
