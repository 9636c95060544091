"""`counterfoil office adopt`: an office of an earlier version, taken as it is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from counterfoil.cli.options import AsJson, OfficeDir, PassphraseFile, opened
from counterfoil.cli.output import faults, show
from counterfoil.core.use_cases import SERVICE, Upload
from counterfoil.office import AdoptOffice, adopt_office


def adopt(
    directory: OfficeDir,
    checkpoint: Annotated[
        Path,
        typer.Option(
            help="The newest checkpoint of its ledger that was kept outside.", show_default=False
        ),
    ],
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Take an office that an earlier version made as it is, once: its ledger is checked whole and
    must continue the checkpoint. An office that this version made needs no such thing: where one
    asks for it, somebody cut its ledger off."""
    with faults(as_json=as_json):
        office = opened(directory, passphrase_file)
        done = adopt_office(office, SERVICE, AdoptOffice(Upload(checkpoint)))
        words = f"Taken as it is: {done.size} entries, of which the checkpoint covers {done.kept}."
        show(msgspec.to_builtins(done), words, as_json=as_json)
