"""No page's work grows with what the store holds, but for those that list every batch: no statement
of any other page reads a growing table from end to end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from counterfoil import client
from tests.web.sites import pages_of
from tests.world.office import World, closing
from tests.world.people import REQUESTS

LISTS = {"/", "/notices", "/retention", "/standing"}
"""Pages that list every batch. What they read of each is a line of counts."""
OF_BATCHES = {"batch", "chunk"}
FEW = {"ledger_head", "office_officer"}
"""Tables of one row, and of a row for each officer."""
BOUNDED = re.compile(r"ORDER BY (\w+)\.(?:start|size|number) (?:DESC)?\s+LIMIT", re.IGNORECASE)
"""The ends of tables that are kept in the order of their keys, a bounded number of rows."""


@pytest.fixture(scope="module")
def scans(
    tmp_path_factory: pytest.TempPathFactory, world_template: Path
) -> Iterator[dict[str, set[str]]]:
    """By page: the tables that a statement of it reads from end to end."""
    folder = tmp_path_factory.mktemp("plans")
    with closing(World(folder, template=world_template)) as world, pages_of(world) as pages:
        world.answer()
        batch = world.receive(world.requests(REQUESTS[:3], "more.csv"))
        client.determine(world.office, batch)
        browser, found, said = pages.browser("officer-a"), dict[str, set[str]](), set[str]()
        engine = world.office.store.engine
        event.listen(engine, "checkout", lambda made, *_: made.set_trace_callback(said.add))
        paths = [each.path for each in pages.site.pages.values() if each.show]
        paths = [each for each in paths if "{" not in each]
        paths += [f"/batches/{batch}", f"/batches/{batch}/sample", "/ledger/7", "/ledger/7/proof"]
        paths += ["/ledger?kind=release", f"/ledger?batch={batch}", "/ledger?first=2026-05-04"]
        paths += ["/compare?first=2026-05-04&last=2026-05-05"]
        statements = dict[str, set[str]]()
        for path in paths:
            said.clear()
            browser.get(path)
            statements[path] = set(said)
        with engine.connect() as connection:
            for path, texts in statements.items():
                assert texts, "each page asks the store who is enrolled"
                found[path] = {
                    table for each in texts for table in _scanned(connection.connection, each)
                }
        yield found


def _scanned(made: object, statement: str) -> set[str]:
    """The tables that a statement reads from end to end."""
    if not statement.lstrip().upper().startswith(("SELECT", "WITH")):
        return set()
    cursor = made.cursor()  # pyright: ignore[reportAttributeAccessIssue]
    steps = [row[3] for row in cursor.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()]
    tables = {each.split()[1] for each in steps if each.startswith("SCAN ")}
    return tables - FEW - set(BOUNDED.findall(statement))


def test_no_page_reads_a_growing_table_from_end_to_end(scans: dict[str, set[str]]) -> None:
    others = {path: tables for path, tables in scans.items() if path not in LISTS}
    assert {path: tables for path, tables in others.items() if tables} == {}
    assert len(others) > 25


def test_pages_that_list_every_batch_read_nothing_else_whole(scans: dict[str, set[str]]) -> None:
    assert all(scans[path] <= OF_BATCHES for path in LISTS)
    assert scans["/"] == OF_BATCHES, "the looking itself: a scan is seen"
