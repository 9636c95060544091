"""`counterfoil retention run | hold | lift`: deleting the keys of batches whose time is over, and
orders against it."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from counterfoil.accountability.retention import service as retention
from counterfoil.cli.options import (
    AsJson,
    BatchArgument,
    OfficeDir,
    OfficerKeyFile,
    OfficerPassphrase,
    OrderFile,
    PassphraseFile,
    SecondKey,
    SecondPassphrase,
    officer_key,
    opened,
    opened_here,
)
from counterfoil.cli.output import faults, say, show
from counterfoil.cli.verbs import add_verb, group
from counterfoil.client import act
from counterfoil.core.use_cases import NOBODY, SERVICE, Upload, finish

app = group(
    "Dispose of rows whose time is over; hold them by an order.",
    "retention run --office tax-office --dry-run",
)


def run(
    directory: OfficeDir,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what is due, and delete nothing.")
    ] = False,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Delete the key of every closed batch whose retention is over. Its accounting and every proof
    stay."""
    with faults(as_json=as_json):
        keyless = dry_run and passphrase_file is None
        office = opened_here(directory) if keyless else opened(directory, passphrase_file)
        found = () if dry_run else finish(retention.dispose(office, SERVICE))
        listed = retention.list_due(office, NOBODY)
        passed_over = [each for each in listed if each.passed_over]
        found = listed if dry_run else found
        words = [
            f"{each.batch}  {each.rows} rows, closed {each.closed_on}, due "
            f"{each.due_on}{_state(each)}"
            for each in found
        ]
        show(
            {
                "dry_run": dry_run,
                "batches": msgspec.to_builtins(found),
                "passed_over": msgspec.to_builtins(passed_over),
            },
            "\n".join(words),
            as_json=as_json,
        )
        if not dry_run:
            say(f"{len(found)} batches disposed of; each is entered in the ledger.", quiet=as_json)
            for each in passed_over:
                say(f"Passed over: {each.batch}, kept by {'; '.join(each.kept_by)}.", quiet=as_json)


def hold(
    batch: BatchArgument,
    directory: OfficeDir,
    order: OrderFile,
    officer: OfficerKeyFile,
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Keep a batch's rows from disposal by an order, such as a litigation hold. Entered in the
    ledger."""
    with faults(as_json=as_json):
        office = opened(directory, passphrase_file)
        key = officer_key(office, officer, officer_passphrase_file)
        wanted = retention.KeepRows(batch, Upload(order))
        done = act(office, retention.keep_rows_statement, retention.keep_rows, wanted, key)
        show(
            msgspec.to_builtins(done),
            f"{done.batch} is held from entry {done.index} on.",
            as_json=as_json,
        )


def lift(
    batch: BatchArgument,
    directory: OfficeDir,
    order: OrderFile,
    officer: OfficerKeyFile,
    second: SecondKey,
    officer_passphrase_file: OfficerPassphrase = None,
    second_passphrase_file: SecondPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Lift one such order: two officers, and the order that lifts it."""
    with faults(as_json=as_json):
        office = opened(directory, passphrase_file)
        first = officer_key(office, officer, officer_passphrase_file)
        other = officer_key(office, second, second_passphrase_file)
        wanted = retention.LiftRetention(batch, Upload(order))
        done = act(
            office,
            retention.lift_retention_statement,
            retention.lift_retention,
            wanted,
            first,
            other,
        )
        rest = "another order still holds it" if done.held else "no order holds it now"
        show(msgspec.to_builtins(done), f"Lifted by entry {done.index}; {rest}.", as_json=as_json)


def _state(due: retention.Due) -> str:
    if due.held:
        return f", kept by {'; '.join(due.kept_by)}"
    return "" if due.is_due else ", not due yet"


_DESK = "b-0f1e2d3c4b5a6978 --office tax-office --officer a.key"
add_verb(
    app, run, "retention run --office tax-office --dry-run", "retention run --office tax-office"
)
add_verb(app, hold, f"retention hold {_DESK} --order hold.pdf")
add_verb(app, lift, f"retention lift {_DESK} --second b.key --order lifted.pdf")
