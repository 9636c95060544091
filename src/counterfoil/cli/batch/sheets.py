"""The sheet of a sample, as verbs write it and take it back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from counterfoil.cli.files import read_whole, require_new, write_new
from counterfoil.client import Desk, OfficerKey, ask
from counterfoil.controls.sampling.service import ShowSample, show_sample
from counterfoil.controls.sampling.sheet import MAX_SHEET_BYTES, write_sheet
from counterfoil.controls.sampling.sheet_csv import read_any_sheet, write_csv_sheet

SheetIn = Annotated[
    Path | None,
    typer.Option(
        "--sheet",
        "--sample",
        help="The sheet that --sheet-out wrote, or the verb `sample`, filled in.",
        show_default=False,
    ),
]


def read_sheet_file(path: Path | None) -> dict[str, bool] | None:
    """What a filled sheet says of each row; None where none was named. Raises InputFault."""
    return None if path is None else read_any_sheet(read_whole(path, MAX_SHEET_BYTES))


def write_sample(office: Desk, key: OfficerKey, batch: str, to: Path) -> int:
    """Write the sample of a batch to a new file; how many rows. That this officer looked is
    entered. Raises as `show_sample`, UsageFault `out_taken`, `out_folder`."""
    require_new(to)
    rows = ask(office, show_sample, key.officer, ShowSample(batch))
    write_new(to, write_sheet(rows) if to.suffix == ".jsonl" else write_csv_sheet(rows))
    return len(rows)


def sheet_words(to: Path, count: int, batch: str) -> str:
    """What to do with a sheet."""
    write = 'true or false after "agrees"' if to.suffix == ".jsonl" else "yes or no under `agrees`"
    return f"{count} rows. Write {write} in each; then `counterfoil review {batch} --sheet {to}`."
