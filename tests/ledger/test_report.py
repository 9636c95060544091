"""The yearly counts say what may be told, and nothing that lets a small count be reckoned."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from counterfoil.core import canonical
from counterfoil.core.errors import VerifyFault
from counterfoil.database import Store
from counterfoil.ledger import Draft, EntryKind, export
from counterfoil.ledger.report import report_year
from tests.ledger.office import BATCH, KEY, LEDGER, SIGNER, draft

OTHER = "b-ffffffffffffffff"
ROUTE = {BATCH: "written-request", OTHER: "consent"}
AGREEMENT = {BATCH: canonical.digest(b"agreement"), OTHER: canonical.digest(b"another")}


def enter(store: Store, year: int, batch: str, counts: dict[EntryKind, int]) -> None:
    """Entries of a batch in the middle of a year."""
    drafts = [draft(kind) for kind, count in counts.items() for _ in range(count)]
    fields = {"batch": batch, "agreement": AGREEMENT[batch]}
    named = [
        Draft(one.kind, {**one.fields, **{n: fields[n] for n in fields if n in one.fields}})
        for one in drafts
    ]
    named = [
        Draft(one.kind, one.fields | {"route": ROUTE[batch]})
        if one.kind is EntryKind.BATCH
        else one
        for one in named
    ]
    with store.transaction() as connection:
        LEDGER.append(connection, named, datetime(year, 7, 1, tzinfo=UTC))


def rows(store: Store, directory: Path, year: int) -> dict[str, dict[str, dict[str, int | None]]]:
    with store.transaction() as connection:
        export(connection, directory / "export", LEDGER.sign_checkpoint(connection, SIGNER))
    return report_year(directory / "export", KEY, year).agreements


def test_a_years_entries_are_counted_by_agreement_and_route(store: Store, tmp_path: Path) -> None:
    enter(store, 2025, BATCH, {EntryKind.BATCH: 1, EntryKind.GRANTED: 50})
    enter(store, 2026, OTHER, {EntryKind.BATCH: 1, EntryKind.REFUSED: 12})
    enter(
        store,
        2026,
        BATCH,
        {
            EntryKind.GRANTED: 30,
            EntryKind.REFUSED: 20,
            EntryKind.DISCLOSURE: 30,
            EntryKind.RELEASE: 11,
        },
    )
    enter(store, 2027, BATCH, {EntryKind.DISCLOSURE: 50})
    assert rows(store, tmp_path, 2026) == {
        AGREEMENT[BATCH]: {
            "written-request": {
                "requests": 50,
                "unreadable": 0,
                "refused": 20,
                "disclosed": 30,
                "not_compared": 0,
                "releases": 11,
            }
        },
        AGREEMENT[OTHER]: {
            "consent": {
                "requests": 12,
                "unreadable": 0,
                "refused": 12,
                "disclosed": 0,
                "not_compared": 0,
                "releases": 0,
            }
        },
    }
    assert rows(store, tmp_path, 2024) == {}


@pytest.mark.parametrize(
    ("counts", "untold"),
    [
        ({EntryKind.GRANTED: 100, EntryKind.REFUSED: 9}, {"requests", "refused"}),
        (
            {EntryKind.GRANTED: 100, EntryKind.NOT_COMPARED: 1, EntryKind.DISCLOSURE: 99},
            {"requests", "not_compared"},
        ),
        ({EntryKind.GRANTED: 9, EntryKind.REFUSED: 100}, {"requests"}),
        ({EntryKind.GRANTED: 10, EntryKind.REFUSED: 10, EntryKind.REJECTED: 3}, {"unreadable"}),
        (
            {
                EntryKind.GRANTED: 10,
                EntryKind.REFUSED: 10,
                EntryKind.DISCLOSURE: 10,
                EntryKind.RELEASE: 1,
            },
            {"releases"},
        ),
        ({EntryKind.GRANTED: 10}, set()),
    ],
)
def test_a_count_below_ten_is_not_told_and_cannot_be_reckoned(
    store: Store, tmp_path: Path, counts: dict[EntryKind, int], untold: set[str]
) -> None:
    enter(store, 2026, BATCH, {EntryKind.BATCH: 1, **counts})
    row = rows(store, tmp_path, 2026)[AGREEMENT[BATCH]][ROUTE[BATCH]]
    assert {column for column, count in row.items() if count is None} == untold


def test_an_entry_of_no_batch_is_refused(store: Store, tmp_path: Path) -> None:
    enter(store, 2026, BATCH, {EntryKind.GRANTED: 1})
    with pytest.raises(VerifyFault) as fault:
        rows(store, tmp_path, 2026)
    assert (fault.value.code, fault.value.place) == ("report_batch", "entry 0")
