"""A page of entries is exactly the entries that are asked for, by kind, batch and day, whatever the
blocks are; whoever follows the pages sees each once; and a page costs no more than it may."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

import msgspec
import pytest

from counterfoil.database import Store, open_store
from counterfoil.ledger import EntryKind, pages
from counterfoil.ledger.entries import Draft, Entry, decode
from counterfoil.ledger.pages import EntryPage, PageQuery, find_page, index_of_day
from tests.ledger.office import LEDGER, START, draft

OTHER = "b-ffffffffffffffff"
KINDS = (EntryKind.GRANTED, EntryKind.REFUSED, EntryKind.DISCLOSURE, EntryKind.PUBLISHED)


@pytest.fixture(scope="module")
def paged(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """900 entries of four kinds and two batches on nine days, in blocks of chance sizes."""
    folder = tmp_path_factory.mktemp("paged")
    shutil.copy(empty_database, folder / "office.db")
    store = open_store(f"sqlite:///{folder / 'office.db'}")
    chance, made = Random(5), [_draft(number) for number in range(900)]
    at, day = 0, 0
    while at < len(made):
        step = chance.choice([1, 3, 40, 150])
        with store.transaction() as connection:
            LEDGER.append(connection, made[at : at + step], START + timedelta(days=day))
        at, day = at + step, min(8, (at + step) // 100)
    yield store
    store.close()


def _draft(number: int) -> Draft:
    made = draft(KINDS[number * number % 4 if number % 90 else 3])
    if "batch" in made.fields and number % 7 == 0:
        return Draft(made.kind, made.fields | {"batch": OTHER})
    return made


def all_entries(store: Store) -> list[tuple[int, Entry]]:
    with store.reading() as connection:
        read = LEDGER.entries(connection, 0, LEDGER.size(connection))
        return [(index, decode(data, "entry")) for index, data in enumerate(read)]


def page_of(store: Store, query: PageQuery) -> EntryPage:
    with store.reading() as connection:
        return find_page(connection, query)


QUERIES = [
    PageQuery(rows=37),
    PageQuery(kind=EntryKind.PUBLISHED, rows=5),
    PageQuery(kind=EntryKind.REFUSED, rows=200),
    PageQuery(kind=EntryKind.FORK),
    PageQuery(batch=OTHER, rows=11),
    PageQuery(batch=OTHER, kind=EntryKind.REFUSED, rows=11),
    PageQuery(batch="b-000000000000", rows=11),
    PageQuery(first="2026-03-04", last="2026-03-06", rows=29),
    PageQuery(first="2026-03-04", last="2026-03-06", kind=EntryKind.REFUSED, rows=9),
    PageQuery(first="2026-03-04", last="2026-03-04", batch=OTHER, rows=3),
    PageQuery(first="2026-03-11", rows=9),
    PageQuery(last="2026-03-01", rows=9),
    PageQuery(first="2026-03-06", last="2026-03-04", rows=9),
]


def wanted(store: Store, query: PageQuery) -> list[tuple[int, Entry]]:
    return [
        (index, entry)
        for index, entry in all_entries(store)
        if query.kind in (None, entry.kind)
        and query.batch in ("", entry.fields.get("batch"))
        and query.first <= entry.time
        and (not query.last or entry.time[:10] <= query.last)
    ]


@pytest.mark.parametrize("query", QUERIES, ids=str)
@pytest.mark.parametrize("most", [1, 400])
def test_whoever_follows_the_pages_sees_each_wanted_entry_once(
    paged: Store, query: PageQuery, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Downward by `low` and upward by `high`, also where a page may look through one block only."""
    monkeypatch.setattr(pages, "MOST_BLOCKS", most)
    expected = wanted(paged, query)
    page, down = page_of(paged, query), list[tuple[int, Entry]]()
    lowest = page
    for _ in range(1000):
        assert len(lowest.entries) <= query.rows
        down += lowest.entries
        if not lowest.older:
            break
        lowest = page_of(paged, msgspec.structs.replace(query, before=lowest.low))
    assert down == expected[::-1]
    up = list(lowest.entries[::-1])
    for _ in range(1000):
        if not lowest.newer:
            break
        lowest = page_of(paged, msgspec.structs.replace(query, after=lowest.high - 1))
        up += lowest.entries[::-1]
    assert up == expected


def test_a_page_shows_the_same_whatever_is_entered_later(paged: Store) -> None:
    query = PageQuery(kind=EntryKind.GRANTED, before=500, rows=20)
    before = page_of(paged, query).entries
    with paged.transaction() as connection:
        LEDGER.append(connection, [draft(EntryKind.GRANTED)] * 300, START + timedelta(days=9))
    assert page_of(paged, query).entries == before
    assert before and all(index < 500 for index, _ in before)


def test_a_day_is_found_by_its_entries(paged: Store) -> None:
    entries = all_entries(paged)
    with paged.reading() as connection:
        for day in ("2026-03-01", "2026-03-02", "2026-03-05", "2026-03-10", "2026-04-01"):
            first = sum(entry.time[:10] < day for _, entry in entries)
            after = sum(entry.time[:10] <= day for _, entry in entries)
            assert index_of_day(connection, day) == first
            assert index_of_day(connection, day, after=True) == after


def test_an_empty_ledger_has_an_empty_page(store: Store) -> None:
    for query in QUERIES:
        assert page_of(store, query) == EntryPage(0, (), 0, 0, older=False, newer=False)
