"""Somebody who writes the database and has no key, and the inspector who reads the ledger: whatever
is altered, deleted, renumbered or put back, a page, a search, a day, a check, an attestation or a
sample says what it said before, or says that the ledger was altered."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterfoil import client, ledger
from counterfoil.accountability.ledger_access import (
    CheckLedger,
    ProveEntry,
    ReadEntries,
    check_ledger,
    page_entries,
    prove_entry,
)
from counterfoil.accountability.ledger_pages.checkpoints import CompareDays, compare_days
from counterfoil.accountability.ledger_pages.entries import (
    ListEntries,
    ShowEntry,
    list_entries,
    show_entry,
)
from counterfoil.core.errors import CounterfoilError, VerifyFault
from counterfoil.core.use_cases import NOBODY, SERVICE
from counterfoil.core.values import Officer, Role
from tests.ledger.owner import open_as_owner, other_digest, rewrite
from tests.world.acts import resume, suspend
from tests.world.office import World

KINDS = ("", "release", "suspension", "fork", "state")


class Read:
    """An office whose ledger is a few days long, and everything that its inspector reads of it."""

    def __init__(self, directory: Path, template: Path) -> None:
        self.world = World(directory, template=template)
        world = self.world
        world.answer()
        world.now += timedelta(days=2)
        suspend(world)
        resume(world)
        world.now += timedelta(days=2)
        client.create_officer(world.office, world.path / "keys", "ig", None, Role.INSPECTOR)
        with world.office.store.transaction() as connection:
            world.office.ledger.sign_checkpoint(connection, world.office.signer())
        self.inspector: Officer = client.sandbox_key(world.office, "ig").officer
        self.entries = world.entries()
        self.batch = str(next(each["batch"] for each in self.entries if "batch" in each))
        self.world.office.store.close()
        self.copy = directory / "copy.db"
        shutil.copy(self.path, self.copy)
        self.reopen()
        self.before = {name: self.read(name) for name in self.readings()}

    @property
    def path(self) -> Path:
        return self.world.path / "office.db"

    def back(self) -> None:
        self.world.office.store.close()
        for path in self.path.parent.glob("office.db-*"):
            path.unlink()
        shutil.copy(self.copy, self.path)

    def reopen(self) -> None:
        """As another process: nothing is known of what was read before."""
        self.world.office.store.close()
        self.world.office = self.world.opened()

    def altered(self, *edits: Callable[[sqlite3.Connection], object]) -> None:
        """The office as it was, with these edits."""
        self.back()
        with closing(open_as_owner(self.path)) as owner:
            for edit in edits:
                with suppress(sqlite3.IntegrityError):
                    edit(owner)
        self.reopen()

    def readings(self) -> dict[str, Callable[[], Any]]:
        office, who = self.world.office, self.inspector
        found: dict[str, Callable[[], Any]] = {}

        def add(name: str, query: Callable[..., Any], question: object) -> None:
            found[name] = lambda: query(office, who, question)

        for kind in KINDS:
            for batch in ("", self.batch):
                for day in ("", "2026-05-06"):
                    listed = ListEntries(kind=kind, batch=batch, last=day, rows=200)
                    add(f"list {kind} {batch} to {day}", list_entries, listed)
                    from_day = ListEntries(kind=kind, batch=batch, first=day, rows=3)
                    add(f"list {kind} {batch} from {day}", list_entries, from_day)
                    texts = ReadEntries(kind=kind, batch=batch, since=day)
                    add(f"texts {kind} {batch} since {day}", page_entries, texts)
        for index in (0, 7, len(self.entries) // 2, len(self.entries) - 1):
            add(f"entry {index}", show_entry, ShowEntry(index))
        days = CompareDays(date(2026, 5, 4), date(2026, 5, 6))
        add("days", compare_days, days)
        return found

    def read(self, name: str) -> Any:
        """What the office says; the code of its fault."""
        try:
            return self.readings()[name]()
        except CounterfoilError as fault:
            return f"fault {fault.code}"


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory, world_template: Path) -> Iterator[Read]:
    made = Read(tmp_path_factory.mktemp("altered"), world_template)
    yield made
    made.world.office.store.close()


def blocks(owner: sqlite3.Connection) -> list[int]:
    return [row[0] for row in owner.execute("SELECT start FROM ledger_block ORDER BY start")]


Edit = Callable[[sqlite3.Connection, int, int], object]


def other_text(owner: sqlite3.Connection, one: int, two: int) -> None:
    """An entry says something else, in its grammar."""
    starts = blocks(owner)

    def change(entries: list[bytes]) -> list[bytes]:
        at = two % len(entries)
        with suppress(ValueError):
            entries[at] = other_digest(entries[at])
        return entries

    rewrite(owner, starts[one % len(starts)], change)


def other_kind(owner: sqlite3.Connection, one: int, two: int) -> None:
    kinds = [b'"granted"', b'"refused"', b'"release"', b'"review"', b'"state"', b'"suspension"']
    old, new = kinds[two % 6], kinds[(two // 6 + 1) % 6]
    starts = blocks(owner)
    rewrite(
        owner,
        starts[one % len(starts)],
        lambda entries: [each.replace(b'"kind":' + old, b'"kind":' + new) for each in entries],
    )


def other_batch(owner: sqlite3.Connection, one: int, _two: int) -> None:
    starts = blocks(owner)
    rewrite(
        owner,
        starts[one % len(starts)],
        lambda entries: [each.replace(b'"b-', b'"b-0', 1)[:768] for each in entries],
    )


def counts(owner: sqlite3.Connection, one: int, two: int) -> None:
    """A block says how many of a kind there are, falsely."""
    starts = blocks(owner)
    start = starts[one % len(starts)]
    kind = ("release", "suspension", "state")[two % 3]
    owner.execute(
        f"UPDATE ledger_block SET counts = json_set(counts, '$.{kind}', ?) WHERE start = ?",
        (two // 3, start),
    )


def times(owner: sqlite3.Connection, one: int, two: int) -> None:
    """A block says another time."""
    starts = blocks(owner)
    day = f"2026-05-{4 + two % 5:02d}T12:00:00Z"
    owner.execute(
        "UPDATE ledger_block SET time = ? WHERE start = ?", (day, starts[one % len(starts)])
    )


def deleted(owner: sqlite3.Connection, one: int, _two: int) -> None:
    starts = blocks(owner)
    owner.execute("DELETE FROM ledger_block WHERE start = ?", (starts[one % len(starts)],))


def moved(owner: sqlite3.Connection, one: int, two: int) -> None:
    """A block begins or ends elsewhere."""
    starts = blocks(owner)
    column = ("start", "stop")[two % 2]
    owner.execute(
        f"UPDATE ledger_block SET {column} = {column} + ? WHERE start = ?",
        (two % 3 - 1 or 1, starts[one % len(starts)]),
    )


def overlapping(owner: sqlite3.Connection, one: int, two: int) -> None:
    """A second block says something of the same places."""
    starts = blocks(owner)
    owner.execute(
        "INSERT OR IGNORE INTO ledger_block SELECT start + 1, stop, time, counts, entries "
        "FROM ledger_block WHERE start = ?",
        (starts[one % len(starts)],),
    )
    if two % 2:
        times(owner, one + 1, two)


def exchanged(owner: sqlite3.Connection, one: int, two: int) -> None:
    """What two blocks hold is exchanged."""
    starts = blocks(owner)
    pair = starts[one % len(starts)], starts[two % len(starts)]
    held = [
        owner.execute("SELECT entries FROM ledger_block WHERE start = ?", (each,)).fetchone()[0]
        for each in pair
    ]
    for start, entries in zip(pair, reversed(held), strict=True):
        owner.execute("UPDATE ledger_block SET entries = ? WHERE start = ?", (entries, start))


EDITS: tuple[Edit, ...] = (
    other_text,
    other_kind,
    other_batch,
    counts,
    times,
    deleted,
    moved,
    overlapping,
    exchanged,
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    edits=st.lists(
        st.tuples(st.sampled_from(EDITS), st.integers(0, 60), st.integers(0, 60)),
        min_size=1,
        max_size=3,
    ),
    number=st.integers(0, 10_000),
)
def test_a_reading_says_what_it_said_before_or_that_the_ledger_was_altered(
    read: Read, edits: list[tuple[Edit, int, int]], number: int
) -> None:
    read.altered(*(lambda owner, each=each: each[0](owner, *each[1:]) for each in edits))
    names = list(read.before)
    for name in [names[(number + place * 7) % len(names)] for place in range(8)]:
        said = read.read(name)
        assert said == read.before[name] or str(said).startswith("fault "), name


def released(read: Read) -> int:
    return next(at for at, each in enumerate(read.entries) if each["kind"] == "release")


def another_release(read: Read) -> Callable[[sqlite3.Connection], object]:
    """The edit by which the release says something else."""
    at = released(read)

    def edit(owner: sqlite3.Connection) -> None:
        start = max(each for each in blocks(owner) if each <= at)

        def change(entries: list[bytes]) -> list[bytes]:
            entries[at - start] = other_digest(entries[at - start])
            return entries

        rewrite(owner, start, change)

    return edit


@pytest.mark.parametrize("name", ["texts   since ", "list   to ", "list release  to "])
def test_an_altered_release_is_shown_by_no_reading(read: Read, name: str) -> None:
    assert not str(read.before[name]).startswith("fault ")
    read.altered(another_release(read))
    assert read.read(name) == "fault head_entry"


@pytest.mark.parametrize("name", ["list release  to 2026-05-06", "list release  to "])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_block SET counts = json_remove(counts, '$.release') WHERE stop < "
        "(SELECT max(stop) FROM ledger_block)",
        "UPDATE ledger_block SET time = '2026-05-07T12:00:00Z' WHERE stop > {0}",
    ],
)
def test_a_release_is_not_hidden_from_a_search_by_kind_or_day(
    read: Read, name: str, statement: str
) -> None:
    read.altered(lambda owner: owner.execute(statement.format(released(read))))
    said = read.read(name)
    assert said == read.before[name] or str(said).startswith("fault ")


def test_a_full_check_an_export_and_a_proof_stop_at_an_altered_entry(
    read: Read, tmp_path: Path
) -> None:
    """An attestation and a report are made of an export, which is checked whole."""
    read.altered(another_release(read))
    office = read.world.office

    def export() -> int:
        with office.store.reading() as connection:
            note = office.ledger.newest_checkpoint(connection) or ""
            return ledger.export(connection, tmp_path, note)

    steps: list[Callable[[], object]] = [
        lambda: check_ledger(office, NOBODY, CheckLedger()),
        export,
        lambda: prove_entry(office, SERVICE, ProveEntry(released(read), signed_before=True)),
    ]
    for step in steps:
        with pytest.raises(VerifyFault) as fault:
            step()
        assert fault.value.cure
