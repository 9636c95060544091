"""Counts by month and statute: what is shown is right, nothing that is small is shown, and what is
not shown cannot be reckoned from what is: not from sums, and not from the page of another day."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import settings as few
from hypothesis import strategies as st

from counterfoil.accountability.publication.counts import (
    COLUMNS,
    PARTS,
    SMALL,
    FileCounts,
    Row,
    Table,
    count_files,
    tabulate,
)
from counterfoil.core import canonical
from counterfoil.ledger import EntryKind
from counterfoil.ledger.entries import encode

A, B = "sha256:" + "aa" * 32, "sha256:" + "bb" * 32
SORTS = ("granted", "refused", "answered", "not_compared", "unreadable")


def file(month: str, *, closed: bool = True, route: str = "consent", **counts: int) -> FileCounts:
    return FileCounts(month, A, route, closed, counts)


def rows(files: Sequence[FileCounts], today: str = "2027-06-01") -> dict[str, Row]:
    [table] = tabulate(files, today)
    return {row.period: row for row in table.rows}


def shown(row: Row) -> dict[str, int | None]:
    assert row.counts is not None
    return row.counts


def test_a_month_of_large_counts_is_shown_with_its_sums() -> None:
    found = rows(
        [
            file("2026-01", granted=50, answered=30, not_compared=20, refused=12, unreadable=11),
            file("2026-02", granted=40, answered=40, refused=0),
        ]
    )
    assert shown(found["2026-01"]) == dict(zip(COLUMNS, (62, 12, 30, 20, 0, 11), strict=True))
    assert shown(found["2026"]) == dict(zip(COLUMNS, (102, 12, 70, 20, 0, 11), strict=True))
    assert list(found) == ["2026", "2026-02", "2026-01"]


@pytest.mark.parametrize(("count", "wanted"), [(0, 0), (1, None), (9, None), (10, 10)])
def test_a_count_of_1_to_9_is_not_shown_and_neither_is_a_sum_over_it(
    count: int, wanted: int | None
) -> None:
    row = shown(rows([file("2026-01", refused=count, granted=20, answered=20)])["2026-01"])
    assert (row["refused"], row["answered"]) == (wanted, 20)
    assert row["asked"] == (None if wanted is None else 20 + count)


def test_files_of_one_month_are_one_row() -> None:
    files = [file("2026-01", refused=6) for _ in range(2)]
    assert shown(rows(files)["2026-01"])["refused"] == 12


@pytest.mark.parametrize("today", ["2026-01-31", "2026-01-01", "2025-12-31"])
def test_a_month_that_is_not_over_is_not_shown(today: str) -> None:
    assert rows([file("2026-01", refused=20)], today)["2026-01"].counts is None


def test_a_month_with_a_file_that_is_still_open_is_not_shown_and_neither_is_its_year() -> None:
    found = rows([file("2026-01", refused=20), file("2026-01", closed=False), file("2026-02")])
    assert found["2026-01"].counts is None
    assert found["2026-02"].counts is not None
    assert found["2026"].counts is None


def test_a_year_that_is_not_over_has_no_sum() -> None:
    files = [file("2026-01", refused=20)]
    assert rows(files, "2026-12-31")["2026"].counts is None
    assert shown(rows(files, "2027-01-01")["2026"])["refused"] == 20


def test_statutes_and_agreements_stand_apart_and_no_sum_is_over_them() -> None:
    files = [file("2026-01"), file("2026-01", route="court-order")]
    files.append(FileCounts("2026-01", B, "consent", True, {}))
    tables = tabulate(files, "2027-06-01")
    assert [(each.agreement, each.route) for each in tables] == [
        (A, "consent"),
        (A, "court-order"),
        (B, "consent"),
    ]


# -- trying to reckon what is not shown --------------------------------------------------------

COUNTS = st.fixed_dictionaries(
    dict.fromkeys((*PARTS, "unreadable"), st.one_of(st.integers(0, 12), st.integers(0, 10**6)))
)
MONTHS = st.dictionaries(
    st.sampled_from([f"2026-{m:02d}" for m in range(1, 13)]), COUNTS, min_size=1
)


def files_of(months: dict[str, dict[str, int]]) -> list[FileCounts]:
    return [
        file(
            month,
            refused=each["refused"],
            answered=each["answered"],
            not_compared=each["not_compared"],
            granted=each["answered"] + each["not_compared"] + each["withdrawn"],
            unreadable=each["unreadable"],
        )
        for month, each in months.items()
    ]


@few(max_examples=40)
@given(MONTHS, st.data())
def test_a_page_is_the_same_whatever_the_counts_are_that_it_does_not_show(
    months: dict[str, dict[str, int]], data: st.DataObject
) -> None:
    """So nobody can tell them, by whatever reckoning: each may be any number from 1 to 9."""
    other = {
        month: {
            name: data.draw(st.integers(1, SMALL - 1)) if 0 < count < SMALL else count
            for name, count in each.items()
        }
        for month, each in months.items()
    }
    days = ["2026-03-01", "2026-12-31", "2027-01-01"]
    assert [tabulate(files_of(months), day) for day in days] == [
        tabulate(files_of(other), day) for day in days
    ]


@few(max_examples=40)
@given(MONTHS)
def test_no_sum_and_no_difference_of_what_is_shown_gives_a_small_count(
    months: dict[str, dict[str, int]],
) -> None:
    """The attack that a reader with a pencil tries: each sum less all but one of its parts."""
    table = rows(files_of(months))
    for month, counts in months.items():
        row = shown(table[month])
        if row["asked"] is not None:
            assert all(row[name] is not None for name in PARTS)
        for name, count in counts.items():
            assert (row[name] is None) == (0 < count < SMALL)
    year = shown(table["2026"])
    for name in COLUMNS:
        if year[name] is not None:
            assert all(shown(table[month])[name] is not None for month in months)


@few(max_examples=40)
@given(MONTHS)
def test_a_row_that_was_shown_once_is_never_another_one_later(
    months: dict[str, dict[str, int]],
) -> None:
    """So the pages of two days cannot be subtracted."""
    files = files_of(months)
    days = [f"{2026 + at // 12}-{at % 12 + 1:02d}-15" for at in range(15)]
    pages = [
        {row.period: row.counts for row in table.rows if row.counts is not None}
        for day in days
        for table in tabulate([each for each in files if each.month <= day[:7]], day)
    ]
    for earlier, later in itertools.pairwise(pages):
        assert earlier.items() <= later.items()


# -- from entries ------------------------------------------------------------------------------


def entry(
    kind: EntryKind, batch: str, time: str = "2026-01-05T12:00:00Z", **more: str | int
) -> bytes:
    fields: dict[str, str | int] = {"batch": batch, "commitment": A}
    return encode(kind, fields | more, 1, time)


def batch(name: str, time: str, route: str = "consent") -> bytes:
    fields = {"agreement": A, "batch": name, "file": A, "rules": A, "route": route}
    return encode(EntryKind.BATCH, fields, 1, time)


def test_entries_are_counted_by_the_month_of_their_file() -> None:
    one, other = "b-0f1e2d3c4b5a", "b-1f1e2d3c4b5a"
    later = "2026-02-01T00:00:00Z"
    found = count_files(
        [
            batch(one, "2026-01-31T23:59:59Z"),
            entry(EntryKind.GRANTED, one),
            entry(EntryKind.GRANTED, one),
            entry(EntryKind.REFUSED, one),
            entry(EntryKind.REJECTED, one),
            batch(other, later),
            entry(EntryKind.DISCLOSURE, one, later),
            entry(EntryKind.NOT_COMPARED, one, later),
            entry(EntryKind.OVERRIDE, one, later, officer=A, second=A),
            encode(
                EntryKind.RELEASE,
                {"answers": A, "batch": one, "determinations": A, "officer": A, "second": A},
                1,
                later,
            ),
            encode(EntryKind.WITHDRAWAL, {"batch": other}, 1, later),
            canonical.encode({"kind": "other"}),
        ]
    )
    counts = {
        "granted": 2,
        "refused": 1,
        "unreadable": 1,
        "answered": 1,
        "not_compared": 1,
        "overridden": 1,
    }
    assert found == (
        FileCounts("2026-01", A, "consent", True, counts),
        FileCounts("2026-02", A, "consent", True, {}),
    )


def test_a_refusal_that_two_roles_set_aside_is_no_refusal() -> None:
    counted = {"granted": 10, "refused": 30, "overridden": 10, "answered": 20}
    row = shown(rows([FileCounts("2026-01", A, "consent", True, counted)])["2026-01"])
    assert row == dict(zip(COLUMNS, (40, 20, 20, 0, 0, 0), strict=True))
    unnamed = {"refused": 30, "answered": 20}
    row = shown(rows([FileCounts("2026-01", A, "consent", True, unnamed)])["2026-01"])
    assert row == dict(zip(COLUMNS, (50, 30, 20, 0, 0, 0), strict=True))
    assert tabulate([], "2026-01-01") == tuple[Table]()
