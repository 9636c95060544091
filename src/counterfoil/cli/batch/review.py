"""`counterfoil review`: the first officer looks at the sample, and signs.

Where the office demands a sample, nothing is signed before each of its rows was answered: at the
terminal, row by row (walk.py), or in a sheet that was written before (`--sheet-out`) and is handed
in filled (`--sheet`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from counterfoil import client
from counterfoil.cli.batch.explain import explanation_words
from counterfoil.cli.batch.sheets import SheetIn, read_sheet_file, sheet_words, write_sample
from counterfoil.cli.batch.tell import tell
from counterfoil.cli.batch.walk import can_walk, walk
from counterfoil.cli.options import (
    AsJson,
    BatchArgument,
    OfficeDir,
    OfficerKeyFile,
    OfficerPassphrase,
    PassphraseFile,
    Quiet,
    desk,
    officer_key,
)
from counterfoil.cli.output import faults, say, show
from counterfoil.client import Desk, OfficerKey, ask
from counterfoil.controls.sampling.service import ShowSample, show_sample
from counterfoil.controls.sampling.sheet import SheetRow
from counterfoil.core.errors import StateFault, UsageFault
from counterfoil.disclosure import BatchStatus
from counterfoil.disclosure.explain import ExplainRequest, explain_request


def review(
    batch: BatchArgument,
    directory: OfficeDir,
    officer: OfficerKeyFile,
    sheet: SheetIn = None,
    sheet_out: Annotated[
        Path | None,
        typer.Option(
            "--sheet-out",
            help="Write the sample to a new file, CSV or where it ends in .jsonl JSON lines, and "
            "sign nothing. It holds what was asked: destroy it.",
            show_default=False,
        ),
    ] = None,
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """The first officer looks at the sample of what was decided, row by row, and signs. At a
    terminal each row is shown and answered; elsewhere it goes through a sheet."""
    with faults(as_json=as_json):
        if sheet and sheet_out:
            raise UsageFault(
                "sheet_of_what",
                "a sheet is written or handed in, not both",
                place="--sheet, --sheet-out",
                cure="Have it written first, fill it in, and hand it in with a second command.",
            )
        found = read_sheet_file(sheet)
        office = desk(directory, passphrase_file)
        key = officer_key(office, officer, officer_passphrase_file)
        if sheet_out:
            count = write_sample(office, key, batch, sheet_out)
            show({"sheet": str(sheet_out), "rows": count}, str(sheet_out), as_json=as_json)
            say(sheet_words(sheet_out, count, batch), quiet=quiet or as_json)
            return
        standing = _review(office, key, batch, found)
        tell(standing, quiet=quiet, as_json=as_json)


def _review(
    office: Desk, key: OfficerKey, batch: str, found: dict[str, bool] | None
) -> BatchStatus:
    """Sign; where a sample has to be looked at first and no sheet was handed in, walk through it.
    Raises as `client.review`, UsageFault `review_left`."""
    try:
        return client.review(office, batch, key, found)
    except StateFault as fault:
        if fault.code != "sample_not_reviewed" or not can_walk():
            raise
    rows = ask(office, show_sample, key.officer, ShowSample(batch))

    def why(row: SheetRow) -> str:
        question = ExplainRequest(batch, row.request_id)
        shown = ask(office, explain_request, key.officer, question)
        return explanation_words(shown.explanation, None)

    return client.review(office, batch, key, walk(rows, why))
