"""`counterfoil sample`: what the reviewing officer looks at before anything is released."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from counterfoil.cli.files import require_new, write_new
from counterfoil.cli.options import (
    AsJson,
    BatchArgument,
    OfficeDir,
    OfficerKeyFile,
    OfficerPassphrase,
    PassphraseFile,
    desk,
    officer_key,
)
from counterfoil.cli.output import faults, say, show
from counterfoil.client import ask
from counterfoil.controls.sampling.service import ShowSample, show_sample
from counterfoil.controls.sampling.sheet import write_sheet


def sample(
    batch: BatchArgument,
    directory: OfficeDir,
    officer: OfficerKeyFile,
    to: Annotated[
        Path,
        typer.Option(
            help="The sheet, a new file. It holds what was asked: destroy it.", show_default=False
        ),
    ],
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Write the sample of a batch: each drawn request beside what was compared, to be filled in.
    That you looked is entered."""
    with faults(as_json=as_json):
        require_new(to)
        office = desk(directory, passphrase_file)
        key = officer_key(office, officer, officer_passphrase_file)
        rows = ask(office, show_sample, key.officer, ShowSample(batch))
        write_new(to, write_sheet(rows))
        show({"sheet": str(to), "rows": len(rows)}, str(to), as_json=as_json)
        words = (
            f'{len(rows)} rows. Write true or false after "agrees" in each; then '
            f"`counterfoil review {batch} --sample {to}`."
        )
        say(words, quiet=as_json)
