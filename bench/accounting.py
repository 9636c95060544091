"""`python -m bench.accounting [ROWS]`: the permanent accounting of ROWS requests, kept, left by the
disposal of the rows, exported, and checked against the exported ledger. Writes
docs/measurements/accounting.md. Exit 1 if the file does not check, or is not the one of before the
disposal.

The office is the demonstration's; the file asks about its people, in order but for the question.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bench.__main__ import SAMPLE, write_requests
from counterfoil import client
from counterfoil.accountability.accounting.check import CheckedAccounting, check_exported_accounting
from counterfoil.accountability.accounting.export import (
    ExportAccounting,
    export_accounting,
    export_accounting_statement,
)
from counterfoil.accountability.accounting.keeping import KeepAccounting, keep_missing
from counterfoil.accountability.accounting.reporting import ReportDisclosures, report_disclosures
from counterfoil.accountability.ledger_access import ExportLedger, export_ledger
from counterfoil.accountability.retention import service as retention
from counterfoil.core.use_cases import SERVICE, Upload, finish
from counterfoil.demo import demonstration
from counterfoil.office import Office, open_office
from counterfoil.office.context import utc_now
from counterfoil.tlog import parse_vkey

PAGE = Path("docs/measurements/accounting.md")
_RETENTION = timedelta(days=4000)


def main(rows: int) -> int:
    """Measure, print and write the page; 0 where everything checked."""
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch)
        demonstration.demonstrate(directory / "demo", SAMPLE, lambda *_: None)
        _lift(directory / "demo" / "office" / "law" / "agreement.yaml")
        run = _Run(directory)
        run.release(write_requests(directory, rows))
        run.again()
        before = run.export("before.jsonl")
        run.dispose()
        after = run.export("after.jsonl")
        checked = run.check(directory / "after.jsonl")
        run.report()
        run.alone()
        page = _page(rows, run, checked)
    print(page)
    PAGE.write_text(page, encoding="utf-8")
    return 0 if before == after else 1


class _Run:
    """The office, and what was measured in it."""

    def __init__(self, directory: Path) -> None:
        self.directory, self.path = directory, directory / "demo" / "office"
        self.office = open_office(self.path)
        self.lines: list[tuple[str, str]] = []

    def timed(self, what: str, work: Callable[[], Any]) -> Any:
        """Do it; keep seconds by the clock and of CPU of this process."""
        clock, cpu = time.monotonic(), time.process_time()
        done = work()
        said = f"{time.monotonic() - clock:.1f} s by the clock, {time.process_time() - cpu:.1f} s of CPU"
        self.lines.append((what, said))
        return done

    def release(self, requests: Path) -> None:
        """Answer the file. The release keeps the accounting."""
        office, keys = self.office, [_key(self.office, letter) for letter in "ab"]
        self.batch = client.receive(office, requests).batch
        client.determine(office, self.batch)
        client.review(office, self.batch, keys[0])
        out = self.directory / "answers.jsonl"
        self.timed(
            "release, the accounting made and kept in its commit",
            lambda: client.release(office, self.batch, keys[1], out),
        )
        kept = "SELECT sum(length(sealed)) FROM accounting_record"
        entries = "SELECT sum(length(entries)) FROM ledger_block"
        with office.store.reading() as connection:
            sizes = [int(connection.execute(text(sql)).scalar_one()) for sql in (kept, entries)]
        self.lines.append(("the batch's accounting, sealed in the database", _megabytes(sizes[0])))
        self.lines.append(("the ledger's entries beside it", _megabytes(sizes[1])))

    def again(self) -> None:
        """Make it again from the rows, as after a loss."""
        with self.office.store.transaction() as connection:
            for table in ("accounting_record", "accounting_batch"):
                connection.execute(text(f"DELETE FROM {table}"))
        self.timed(
            "all accountings made again from the rows (`accounting keep`)",
            lambda: finish(keep_missing(self.office, SERVICE, KeepAccounting())),
        )

    def alone(self) -> None:
        """The most memory of a process that does nothing but export and check."""
        folder, vkey = self.directory / "published", str(self.office.holder_key)
        command = (self.path, self.directory / "alone.jsonl", folder, vkey)
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            for what, peak in pool.submit(alone, *command).result():
                self.lines.append((f"most memory of a process, {what}", f"{peak:.0f} MB"))

    def dispose(self) -> None:
        """Dispose of every batch that was closed."""
        later = utc_now() + _RETENTION
        self.office.store.close()
        self.office = open_office(self.path, clock=lambda: later)
        found = self.timed(
            "disposal of the rows, each accounting read and held against the ledger",
            lambda: finish(retention.dispose(self.office, SERVICE)),
        )
        if self.batch not in [each.batch for each in found]:
            raise SystemExit("the batch was not disposed of")

    def export(self, name: str) -> str:
        """Export; the digest of the lines between the first one and the last one."""
        path, digest = self.directory / name, hashlib.sha256()

        def write() -> None:
            command, key = ExportAccounting(), _key(self.office, "a")
            statement, verb = export_accounting_statement, export_accounting
            with (
                client.act(self.office, statement, verb, command, key) as lines,
                path.open("wb") as file,
            ):
                file.writelines(lines)

        when = "before" if name.startswith("before") else "after"
        self.timed(f"export {when} the disposal", write)
        with path.open("rb") as file:
            for line in file:
                # What belongs to the day of the export, or says that a batch is open.
                if not line.startswith((b'{"type":"accounting"', b'{"type":"end"')):
                    digest.update(line)
        if when == "after":
            self.lines.append(("the file", _megabytes(path.stat().st_size)))
        return digest.hexdigest()

    def check(self, file: Path) -> CheckedAccounting:
        """Check the file against the exported ledger, with the holder's key alone."""
        folder, key = self.directory / "published", self.office.holder_key
        export_ledger(self.office, SERVICE, ExportLedger(folder))
        return self.timed(
            "check of the file against the exported ledger",
            lambda: check_exported_accounting(Upload(file), folder, key),
        )

    def report(self) -> None:
        """The yearly report over it."""
        year = ReportDisclosures(utc_now().year)
        actor = _key(self.office, "a").officer
        self.timed("yearly report", lambda: report_disclosures(self.office, actor, year))


def alone(path: Path, file: Path, folder: Path, vkey: str) -> list[tuple[str, float]]:
    """Export and check in a process of its own; its peak after each, in MB."""
    peaks = [("all modules imported", _peak())]
    office = open_office(path, clock=lambda: utc_now() + _RETENTION)
    key, statement = _key(office, "a"), export_accounting_statement
    with (
        client.act(office, statement, export_accounting, ExportAccounting(), key) as lines,
        file.open("wb") as out,
    ):
        out.writelines(lines)
    peaks.append(("after the export", _peak()))
    export_ledger(office, SERVICE, ExportLedger(folder))
    check_exported_accounting(Upload(file), folder, parse_vkey(vkey))
    return [*peaks, ("after the check", _peak())]


def _peak() -> float:
    """The most memory that this process had at once. (What `getrusage` says is its parent's, where
    that had more.)"""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def _page(rows: int, run: _Run, checked: CheckedAccounting) -> str:
    table = "\n".join(f"| {what} | {said} |" for what, said in run.lines)
    statements = "\n".join(f"    {each}" for each in checked.statements)
    return f"""# The accounting's figures

Written by `python -m bench.accounting {rows}`; not edited by hand. {rows:,} requests in one file, beside
the demonstration's own batches, in an office on SQLite whose commits are durable; Python
{sys.version.split()[0]}. The rows were disposed of between the two exports, and the lines of both are the same.
Of the memory, up to 64 MB are SQLite's own pages.

| what | measured |
|---|---|
{table}

The check said:

{statements}
"""


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


def _key(office: Office, letter: str) -> client.OfficerKey:
    return client.sandbox_key(office, f"officer-{letter}")


def _lift(agreement: Path) -> None:
    """The sandbox's declared caseload is below 100,000 rows: ten times as much is let in."""
    before = agreement.read_text(encoding="utf-8")
    after = before
    for limit in ("batch_rows: 100000", "matters: 1000"):
        if limit not in before:
            raise SystemExit(f"the agreement does not say {limit}")
        after = after.replace(limit, f"{limit}0")
    agreement.write_text(after, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
