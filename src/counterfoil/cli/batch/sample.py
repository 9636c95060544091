"""`counterfoil sample`: what the reviewing officer looks at before anything is released."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from counterfoil.cli.batch.sheets import sheet_words, write_sample
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


def sample(
    batch: BatchArgument,
    directory: OfficeDir,
    officer: OfficerKeyFile,
    to: Annotated[
        Path,
        typer.Option(
            help="The sheet, a new file: JSON lines where it ends in .jsonl, else CSV. It holds "
            "what was asked: destroy it.",
            show_default=False,
        ),
    ],
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Write the sample of a batch: each drawn request beside what was compared, to be filled in.
    That you looked is entered."""
    with faults(as_json=as_json):
        office = desk(directory, passphrase_file)
        key = officer_key(office, officer, officer_passphrase_file)
        count = write_sample(office, key, batch, to)
        show({"sheet": str(to), "rows": count}, str(to), as_json=as_json)
        say(sheet_words(to, count, batch), quiet=as_json)
