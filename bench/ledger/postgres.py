"""Durable entries a second on PostgreSQL beside SQLite, in turns in one run: `python -m
bench.ledger.postgres [ENTRIES]`.

A server of its own on a unix socket, with fsync on, in the machine's temporary place, like the
SQLite file. Nothing is kept but the page.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from statistics import median

from tests.world.postgres import Server

from bench.ledger import floors
from bench.ledger.__main__ import GROUP, PAGE, append
from counterfoil.database import create_store

SINGLES = 500
ROUNDS = 3
HEAD = """# The ledger on PostgreSQL beside SQLite

Written by `python -m bench.ledger.postgres`; not edited by hand. Every commit waits for the disk. Medians of {rounds} rounds, in
turns; {cores} cores, PostgreSQL {version} on the same machine over a unix socket, load average {before:.1f} before and {after:.1f} after:
above {cores}, others' work is in the figures.

| what | PostgreSQL | SQLite | PostgreSQL / SQLite | disk |
|---|---|---|---|---|
"""


def main(entries: int) -> None:
    """Measure, print, write."""
    before, server = os.getloadavg()[0], Server()
    try:
        with tempfile.TemporaryDirectory() as name, server.connect() as connection:
            version = connection.info.server_version // 10_000
            urls = {
                "postgres": server.url(server.new_database()),
                "sqlite": f"sqlite:///{name}/office.db",
            }
            lines = measured(urls, Path(name), entries)
    finally:
        server.remove()
    words = {
        "rounds": ROUNDS,
        "cores": os.cpu_count(),
        "version": version,
        "before": before,
        "after": os.getloadavg()[0],
    }
    page = HEAD.format(**words) + "".join(lines)
    PAGE.with_name("ledger-postgres.md").write_text(page, encoding="utf-8")
    print(page)


def measured(urls: dict[str, str], directory: Path, entries: int) -> list[str]:
    """The rows of the table."""
    stores = {name: create_store(url) for name, url in urls.items()}
    lines: list[str] = []
    for words, count, step in (
        ("single entries, a commit each", SINGLES, 1),
        (f"group commit, {GROUP} entries", entries, GROUP),
    ):
        rates: dict[str, list[float]] = {name: [] for name in stores}
        syncs: list[float] = []
        for _ in range(ROUNDS):
            syncs.append(floors.syncs_a_second(directory))
            for name, store in stores.items():
                rates[name].append(count / append(store, count, step))
        ours, theirs = median(rates["postgres"]), median(rates["sqlite"])
        disk = f"{median(syncs):,.0f} fdatasync/s"
        lines.append(
            f"| {words} | {ours:,.0f} /s | {theirs:,.0f} /s | {ours / theirs:.2f} | {disk} |\n"
        )
    for store in stores.values():
        store.close()
    return lines


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
