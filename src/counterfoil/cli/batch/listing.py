"""`counterfoil batch list | show | claim | hand-over`: what there is, what became of each row, and
who has which."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from counterfoil.cli.batch.tell import due_words
from counterfoil.cli.options import (
    AsJson,
    BatchArgument,
    OfficeDir,
    OfficerKeyFile,
    OfficerMaybe,
    OfficerPassphrase,
    PassphraseFile,
    desk,
    log_in,
    officer_key,
)
from counterfoil.cli.output import faults, say, show, write_file
from counterfoil.cli.verbs import add_verb, group
from counterfoil.client import Desk, OfficerKey, act, ask
from counterfoil.core.use_cases import Actor
from counterfoil.disclosure.claims import ClaimBatch, claim_batch, claim_statement
from counterfoil.disclosure.listing import (
    LISTED_AT_ONCE,
    BatchLine,
    BatchRow,
    ListBatches,
    ShowBatch,
    list_batches,
    show_batch,
)

app = group(
    "Look at the batches, and take one in hand.",
    "batch list --office http://127.0.0.1:8441 --officer a.key",
    "batch show b-0f1e2d3c4b5a6978 --office tax-office --officer a.key --outcome refused",
)
_WAITS = "what waits for an officer"
_COLUMNS = ("request_id", "row", "outcome", "codes", "elements")


def show_list(
    directory: OfficeDir,
    officer: OfficerMaybe = None,
    state: Annotated[
        str, typer.Option(help="Only those in this state, such as determined.", show_default=False)
    ] = "",
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Every batch with its state and counts, by when it is due, and what it waits for; what is late
    comes first."""
    with faults(as_json=as_json):
        office = desk(directory, passphrase_file)
        actor = log_in(office, officer, officer_passphrase_file)
        found = list(_listed(office, actor, state))
        words = "\n".join(_line(each) for each in found) or "No batch has been received."
        show({"batches": msgspec.to_builtins(found)}, words, as_json=as_json)
        for each in found:
            if each.waiting:
                say(f"`counterfoil waiting {each.batch}` lists {_WAITS}.", quiet=as_json)


def _listed(office: Desk, actor: Actor, state: str) -> Iterator[BatchLine]:
    """Every batch in this state, as many at once as the office gives."""
    for number in count(1):
        found = ask(office, list_batches, actor, ListBatches(state, number=number))
        yield from found
        if len(found) < LISTED_AT_ONCE:
            return


def show_rows(
    batch: BatchArgument,
    directory: OfficeDir,
    officer: OfficerKeyFile,
    outcome: Annotated[
        str,
        typer.Option(
            help="Only rows of this outcome: confirmed, not_confirmed, not_compared, refused, "
            "rejected, granted; or waiting, for those that wait for an officer.",
            show_default=False,
        ),
    ] = "",
    to: Annotated[
        Path | None, typer.Option("--csv", help="Write the rows as CSV.", show_default=False)
    ] = None,
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """The rows of a batch, what became of each and why, without a value of anybody. That you looked
    is entered in the ledger."""
    with faults(as_json=as_json):
        office = desk(directory, passphrase_file)
        key = officer_key(office, officer, officer_passphrase_file)
        found = ask(office, show_batch, key.officer, ShowBatch(batch, outcome))
        write_file(to, [_csv(found.rows)] if to else ())
        lines = [_line(found.batch), *(_row(each) for each in found.rows)]
        show(msgspec.to_builtins(found), "\n".join(lines), as_json=as_json)


def claim(
    batch: BatchArgument,
    directory: OfficeDir,
    officer: OfficerKeyFile,
    taken_from: Annotated[
        str,
        typer.Option(
            "--from", help="The officer who has it now, from whom you take it.", show_default=False
        ),
    ] = "",
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Take a batch in hand, so that `batch list` shows who looks at it. It binds nobody."""
    with faults(as_json=as_json):
        office = desk(directory, passphrase_file)
        key = officer_key(office, officer, officer_passphrase_file)
        _claim(office, key, ClaimBatch(batch, taken_from=taken_from), as_json=as_json)


def hand_over(
    batch: BatchArgument,
    directory: OfficeDir,
    officer: OfficerKeyFile,
    to: Annotated[
        str, typer.Option(help="The officer who is to have it, by name.", show_default=False)
    ],
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Hand a batch that you have, or that nobody has, to another officer of disclosure."""
    with faults(as_json=as_json):
        office = desk(directory, passphrase_file)
        key = officer_key(office, officer, officer_passphrase_file)
        _claim(office, key, ClaimBatch(batch, to), as_json=as_json)


def _claim(office: Desk, key: OfficerKey, command: ClaimBatch, *, as_json: bool) -> None:
    done = act(office, claim_statement, claim_batch, command, key)
    show(msgspec.to_builtins(done), f"{done.officer} has {done.batch}", as_json=as_json)


def _line(each: BatchLine) -> str:
    shown = ("granted", "refused", "rejected", "compared", "not_compared")
    counts = ", ".join(
        f"{each.counts[name]} {name.replace('_', ' ')}" for name in shown if name in each.counts
    )
    who = f"  reviewed by {each.reviewed_by}" if each.state == "reviewed" else ""
    who += f"  {each.claimed_by} has it" if each.claimed_by else ""
    waits = f"  {each.waiting} wait for an officer" if each.waiting else ""
    line = f"{each.batch}  {each.received_at}  {each.state}{due_words(each)}{who}{waits}"
    return f"{line}\n    {counts}"


def _row(each: BatchRow) -> str:
    named = each.request_id or f"row {each.row}"
    why = f"  {' '.join(each.codes)}" if each.codes else ""
    waits = f"\n    waits: {' '.join(each.elements)}" if each.elements else ""
    return f"{named:20}  {each.outcome}{why}{waits}"


def _csv(rows: tuple[BatchRow, ...]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for each in rows:
        writer.writerow(
            (each.request_id, each.row, each.outcome, ";".join(each.codes), ";".join(each.elements))
        )
    return text.getvalue()


add_verb(app, show_list, "batch list --office tax-office", name="list")
add_verb(
    app,
    show_rows,
    "batch show b-0f1e2d3c4b5a6978 --office tax-office --officer a.key",
    "batch show b-0f1e2d3c4b5a6978 --office tax-office --officer a.key --csv rows.csv",
    name="show",
)
add_verb(
    app,
    claim,
    "batch claim b-0f1e2d3c4b5a6978 --office tax-office --officer a.key",
    "batch claim b-0f1e2d3c4b5a6978 --office tax-office --officer a.key --from officer-b",
)
add_verb(
    app,
    hand_over,
    "batch hand-over b-0f1e2d3c4b5a6978 --office tax-office --officer a.key --to officer-b",
)
