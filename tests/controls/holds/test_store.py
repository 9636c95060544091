"""Holds in the database: numbered, hidden among random marks, lifted once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from counterfoil.controls.holds import store
from counterfoil.controls.holds.store import HOLD, MARK_BYTES, Hold, Word, hide_marks, split_marks
from counterfoil.core.errors import StateFault
from counterfoil.database import METADATA, create_store
from tests.batches.office import NOW
from tests.world.office import repeating

WORD = Word("holds-a", "holds-b", b"s" * 32, NOW, 7)
LIFT = Word("holds-b", "holds-c", b"t" * 32, NOW, 9)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    made = create_store(f"sqlite:///{tmp_path}/office.db")
    with made.transaction() as connection:
        yield connection
    made.close()


def kept(connection: Connection, marks: bytes = b"m" * 256) -> Hold:
    hold = Hold(store.next_number(connection), marks, "k" * 32, WORD)
    store.keep_hold(connection, hold)
    return hold


def test_the_migration_makes_the_table_that_the_code_uses(connection: Connection) -> None:
    context = MigrationContext.configure(
        connection,
        opts={
            "compare_type": True,
            "include_name": lambda name, kind, _: kind != "table" or name == HOLD.name,
        },
    )
    found = compare_metadata(context, METADATA)
    assert [change for change in found if getattr(change[1], "name", "") == HOLD.name] == []


def test_holds_are_numbered_and_come_back_as_they_were_kept(connection: Connection) -> None:
    made = [kept(connection), kept(connection)]
    assert [hold.number for hold in made] == [1, 2]
    assert store.list_holds(connection) == made
    assert store.find_standing(connection, 2) == made[1]


def test_a_hold_is_lifted_once(connection: Connection) -> None:
    hold = kept(connection)
    store.lift_hold(connection, hold, LIFT)
    [lifted] = store.list_holds(connection)
    assert (lifted.marks, lifted.added, lifted.lifted) == (hold.marks, WORD, LIFT)
    with pytest.raises(StateFault) as fault:
        store.find_standing(connection, 1)
    assert (fault.value.code, fault.value.place) == ("hold_lifted", "1")


def test_a_number_that_no_hold_has_is_unknown(connection: Connection) -> None:
    kept(connection)
    with pytest.raises(StateFault) as fault:
        store.find_standing(connection, 2)
    assert (fault.value.code, fault.value.place) == ("hold_unknown", "2")


@pytest.mark.parametrize(("true", "shown"), [(0, 16), (1, 16), (16, 16), (17, 32), (256, 256)])
def test_how_many_marks_are_true_does_not_show_below_a_class(true: int, shown: int) -> None:
    own = {bytes([number // 251, number % 251]) * 8 for number in range(true)}
    marks = hide_marks(own, repeating("marks"))
    assert len(own) == true and own <= set(marks)
    assert (len(marks), len(set(marks)), list(marks)) == (shown, shown, sorted(marks))
    assert {len(mark) for mark in marks} == {MARK_BYTES}
    assert split_marks(b"".join(marks)) == list(marks)
