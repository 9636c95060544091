"""`python -m bench.pages [--entries N] [--requests M] [--loops L] [--file-rows R] [--store DIR]`: the
time that the server takes for each page and each list of the API, over a store of N ledger entries
and M requests. Writes docs/measurements/pages.md. Exit 1 if the 95th percentile of a page's work is
over 100 ms, or a page over 150 KB. `--store` keeps the store in DIR, and uses the one that is there.

One file of requests is received as any is; the others, files of 1,000 rows each, are batches with
copies of its sealed rows, written by the store's own functions under the office's head, because
what the pages read of a batch is the same (`--file-rows` sets another size). The entries that are
missing to N are appended to the same ledger under its head, as batches of 10,000 entries on days of
three years. Asked is the application in this process, one request after
the other, with signing in, guards and templates; not the network, and not a browser.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

import httpx
import msgspec
from starlette.applications import Starlette

from bench.__main__ import SAMPLE, write_requests
from counterfoil import client
from counterfoil.api.dispatch import Dispatch
from counterfoil.api.gateway import Gateway, GatewaySettings
from counterfoil.api.limits import RateLimits
from counterfoil.batches import store
from counterfoil.batches.batch import ChunkKind, NewBatch
from counterfoil.client.actions import ACTIONS
from counterfoil.core import canonical
from counterfoil.core.instants import from_instant, instant_text
from counterfoil.core.values import Public, Role
from counterfoil.demo import demonstration
from counterfoil.ledger import Draft, EntryKind
from counterfoil.office import Office, open_office
from counterfoil.office.signed_request import Enrolled
from counterfoil.web.console import ConsoleSettings, office_site
from counterfoil.web.requester.pages import RequesterPages

PAGE = Path("docs/measurements/pages.md")
ORIGIN = "http://pages.test"
MOST_MS = 100.0
MOST_BYTES = 150_000
_OF_A_BATCH = 10_000
_FILE_ROWS = 1_000
_AT_ONCE = 100_000
_MADE = "made.json"
_NO_LIMITS = RateLimits(1e9, 10**9)
Asks = Callable[[], str]
"""Gives the address of a page, after its method where that is not GET."""
_FORM = {"outcome": ""}
_OWN = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}


def main(entries: int, requests: int, loops: int, file_rows: int, kept: Path | None) -> int:
    """Measure, print and write the page; 0 where every page is fast and small enough."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = kept or Path(scratch) / "store"
        if not (folder / _MADE).exists():
            _store(folder, entries, requests, file_rows)
        made = msgspec.json.decode((folder / _MADE).read_bytes(), type=Made)
        later = from_instant(made.until)
        office = open_office(folder / "demo" / "office", clock=lambda: later)
        rows, lists = asyncio.run(_measure(office, made.received, Path(scratch), loops))
        with office.store.reading() as connection:
            size = office.ledger.size(connection)
        office.store.close()
    text = _page(rows, lists, size, made, loops)
    PAGE.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return int(any(row.high_work > MOST_MS or row.size > MOST_BYTES for row in rows))


# -- the store ---------------------------------------------------------------------------------


class Made(Public, frozen=True):
    """What a store holds: how many requests in files of so many rows, the batch that was received,
    until when its entries are (UTC text), and the seconds that it took to make."""

    requests: int
    file_rows: int
    received: str
    until: str
    seconds: int


def _store(directory: Path, entries: int, requests: int, file_rows: int) -> None:
    begun = time.perf_counter()
    directory.mkdir(exist_ok=True)
    demonstration.demonstrate(directory / "demo", SAMPLE, lambda *_: None)
    path = directory / "demo" / "office"
    office = open_office(path)
    client.create_officer(office, path / "keys", "inspector", None, Role.INSPECTOR)
    received = client.receive(office, write_requests(directory, min(file_rows, requests))).batch
    _copy(office, received, (requests - 1) // file_rows)
    with office.store.reading() as connection:
        missing = entries - office.ledger.size(connection)
    drafts, done = _drafts(), 0
    start = office.clock() + timedelta(days=1)
    while done < missing:
        count = min(_AT_ONCE, missing - done)
        at = start + timedelta(days=1095 * done / max(missing, 1))
        with office.store.transaction() as connection:
            office.ledger.append(connection, (next(drafts) for _ in range(count)), at)
            office.ledger.sign_checkpoint(connection, office.signer())
        done += count
    office.store.close()
    later = start + timedelta(days=1100)
    seconds = int(time.perf_counter() - begun)
    made = Made(requests, file_rows, received, instant_text(later), seconds)
    (directory / _MADE).write_bytes(msgspec.json.encode(made))


def _copy(office: Office, received: str, copies: int) -> None:
    """Write batches with the rows of a batch that was received, each under an id of its own."""
    with office.store.reading() as connection:
        batch = store.find_batch(connection, received)
        chunks = [
            chunk for kind in ChunkKind for chunk in store.iterate_chunks(connection, batch, kind)
        ]
    fields = {each: getattr(batch, each) for each in NewBatch.__struct_fields__}
    for number in range(copies):
        named = {"id": f"b-{2**63 + number:016x}", "file_digest": canonical.digest(b"%d" % number)}
        with office.store.transaction() as connection:
            made, _ = store.create_batch(connection, NewBatch(**fields | named))
            for chunk in chunks:
                store.put_chunk(connection, made, chunk)
            store.mark_gated(connection, made, batch.counts)


def _drafts() -> Iterator[Draft]:
    """Entries of made-up batches, one after the other."""
    digest, number = canonical.digest(b"made up"), 0
    while True:
        batch = f"b-{number:016x}"
        told: dict[str, str | int] = {"batch": batch}
        yield Draft(EntryKind.BATCH, told | dict.fromkeys(("agreement", "file", "rules"), digest))
        for at in range(_OF_A_BATCH - 2):
            kind = (EntryKind.GRANTED, EntryKind.REFUSED, EntryKind.DISCLOSURE)[at % 3]
            named = canonical.digest(b"%d %d" % (number, at))
            yield Draft(kind, told | {"commitment": named})
        said = dict.fromkeys(("answers", "determinations", "officer", "second"), digest)
        yield Draft(EntryKind.RELEASE, told | said)
        number += 1


# -- the pages ---------------------------------------------------------------------------------


class Row(NamedTuple):
    """One page: median and 95th percentile by the clock and of the process's own work, in
    milliseconds, and its bytes."""

    name: str
    median: float
    high: float
    work: float
    high_work: float
    size: int


async def _measure(
    office: Office, received: str, scratch: Path, loops: int
) -> tuple[list[Row], list[Row]]:
    """What each page took, and each list of the API."""
    dispatch = Dispatch(office, _no_log)
    app = office_site(dispatch, ConsoleSettings(ORIGIN), _no_log, rate=_NO_LIMITS).app()
    with office.store.reading() as connection:
        size = office.ledger.size(connection)
    by_role = {each.role: each for each in await dispatch.enrolled() if each.is_active}
    rows = await _times(app, _watched(office, size), loops, sign_in="inspector")
    officer = by_role[Role.DISCLOSURE].officer.name
    rows += await _times(app, _decided(received), loops, sign_in=officer)
    settings = GatewaySettings(
        scratch / "mailbox", scratch, str(office.holder_key), rate=_NO_LIMITS
    )
    gateway = Gateway(settings, _no_log)
    gateway.mailbox.make()
    item = os.urandom(16).hex()
    gateway.mailbox.answer(item).write_bytes(b"sealed")
    outside: dict[str, Asks] = {
        "requester: hand over": lambda: "/?lang=es",
        "requester: an item": lambda: f"/items/{item}",
        "requester: why": lambda: "/why",
    }
    rows += await _times(gateway.app(RequesterPages(gateway).routes()), outside, loops)
    return rows, [await _list(dispatch, by_role, each, loops) for each in _LISTS]


def _watched(office: Office, size: int) -> dict[str, Asks]:
    """The pages of an inspector."""
    chance = Random(1)
    day = lambda: f"{office.clock() - timedelta(days=chance.randrange(1, 1090)):%Y-%m-%d}"  # noqa: E731
    batch = lambda: f"b-{chance.randrange(max(1, size // _OF_A_BATCH)):016x}"  # noqa: E731
    return {
        "newest entries": lambda: "/ledger",
        "entries below a random one": lambda: f"/ledger?before={chance.randrange(size)}",
        "entries of a frequent kind": lambda: (
            f"/ledger?kind=refused&before={chance.randrange(size)}"
        ),
        "entries of a rare kind": lambda: "/ledger?kind=release",
        "entries of a day": lambda: f"/ledger?first={day()}",
        "entries of a kind from a day on": lambda: f"/ledger?kind=disclosure&first={day()}",
        "a page of the search for a batch": lambda: f"/ledger?batch={batch()}",
        "one entry with its checks": lambda: f"/ledger/{chance.randrange(size)}",
        "checkpoints": lambda: "/checkpoints",
        "two days compared": lambda: f"/compare?first={day()}&last=2999-01-01",
        "checks": lambda: "/checks",
        "evidence": lambda: "/evidence",
        "a sample to draw": lambda: "/inspection",
        "accounting, the form": lambda: "/accounting",
    }


def _decided(received: str) -> dict[str, Asks]:
    """The pages of an officer of disclosure."""
    return {
        "inbox": lambda: "/",
        "inbox, its last page": lambda: "/?page=99999",
        "how the office stands": lambda: "/standing",
        "agreement": lambda: "/agreement",
        "versions of the agreement": lambda: "/agreement/versions",
        "register": lambda: "/register",
        "retention": lambda: "/retention",
        "a batch": lambda: f"/batches/{received}",
        "a batch, its rows": lambda: f"POST /batches/{received}/rows",
        "acts to sign": lambda: "/to-sign",
        "suspensions": lambda: "/stops",
        "recalls": lambda: "/recalls",
        "incidents": lambda: "/incidents",
        "notices": lambda: "/notices",
        "officers": lambda: "/officers",
    }


_LISTS = (
    "batches", "batch-page", "status", "retention-due", "suspensions", "recalls", "receipts",
    "statements", "officers", "incidents", "duties", "notices", "agreement-versions", "register",
    "ledger-entries", "ledger-texts", "checkpoints", "jobs",
)  # fmt: skip
"""The questions of the table of roles that give a list of what there is."""


async def _list(dispatch: Dispatch, by_role: Mapping[Role, Enrolled], name: str, loops: int) -> Row:
    """What a question took that names nothing, and the bytes of its result as JSON."""
    action, taken, told = ACTIONS[name], list[tuple[float, float]](), b""
    asks = next(by_role[role] for role in action.roles if role in by_role)
    question = [] if action.takes is None else [action.takes()]
    for _ in range(loops):
        begun, worked = time.perf_counter(), time.process_time()
        told = msgspec.json.encode(await dispatch.ask(asks, name, *question))
        taken.append((time.perf_counter() - begun, time.process_time() - worked))
    return _row(name, taken, len(told))


async def _times(
    app: Starlette, pages: Mapping[str, Asks], loops: int, sign_in: str = ""
) -> list[Row]:
    rows: list[Row] = []
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as browser:
        if sign_in:
            done = await browser.post("/sign-in", data={"officer": sign_in, "to": ""}, headers=_OWN)
            assert done.status_code == 303, done.text
        for name, path in pages.items():
            taken, found = list[tuple[float, float]](), None
            for _ in range(loops):
                method, _, asked = path().rpartition(" ")
                begun, worked = time.perf_counter(), time.process_time()
                found = await browser.request(
                    method or "GET", asked, headers=_OWN, data=_FORM if method else None
                )
                taken.append((time.perf_counter() - begun, time.process_time() - worked))
                assert found.status_code in (200, 400), found.text
            assert found is not None
            rows.append(_row(name, taken, len(found.content)))
    return rows


def _row(name: str, taken: Sequence[tuple[float, float]], size: int) -> Row:
    clock, work = ([each[at] for each in taken] for at in (0, 1))
    return Row(name, *_cuts(clock), *_cuts(work), size)


def _cuts(seconds: Iterable[float]) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds."""
    taken = [1000 * each for each in seconds]
    return statistics.median(taken), statistics.quantiles(taken, n=20, method="inclusive")[-1]


def _no_log(_event: str, **_fields: object) -> None:
    """Nothing is written."""


def _page(rows: list[Row], lists: list[Row], size: int, made: Made, loops: int) -> str:
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    batches = -(-made.requests // made.file_rows)
    return f"""# How long the server takes for a page

<!-- Made by `python -m bench.pages`; do not edit. -->

Measured {datetime.now(UTC):%Y-%m-%d} by `python -m bench.pages` on this machine, with {os.cpu_count()} cores: {size:,} ledger
entries, {made.requests:,} requests in {batches:,} open batches besides the demonstration's own, SQLite, each page {loops} times at chance places. The store took {made.seconds:,} s to make; the process was {memory:.0f} MB at most.
Milliseconds of the whole request in the server, by the clock and as work of its process; kilobytes of the page alone, uncompressed.

| page | median | 95 % | work, median | work, 95 % | KB |
|---|---|---|---|---|---|
{_table(rows)}

Load of the machine when this was measured: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores. Where the clock says much more than the work, others had the processor. A person's accounting itself is no page of this table: it opens every batch's records, so that it grows with all requests that there were
([accounting.md](accounting.md)).

The questions of the office's API that list something, without signature and transport; kilobytes of their JSON:

| question | median | 95 % | work, median | work, 95 % | KB |
|---|---|---|---|---|---|
{_table(lists)}
"""


def _table(rows: Sequence[Row]) -> str:
    return "\n".join(
        f"| {row.name} | {row.median:.1f} | {row.high:.1f} | {row.work:.1f} | {row.high_work:.1f} "
        f"| {row.size / 1000:.1f} |"
        for row in rows
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--requests", type=int, default=1_000)
    parser.add_argument("--loops", type=int, default=40)
    parser.add_argument("--file-rows", type=int, default=_FILE_ROWS)
    parser.add_argument("--store", type=Path)
    given = parser.parse_args()
    sys.exit(main(given.entries, given.requests, given.loops, given.file_rows, given.store))
