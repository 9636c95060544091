"""`counterfoil ledger publish`: the ledger in a public folder, run by a timer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from counterfoil.accountability import publication
from counterfoil.cli.options import AsJson, OfficeDir, PassphraseFile, opened
from counterfoil.cli.output import faults, show
from counterfoil.cli.witness import require_cosigned, say_witnesses
from counterfoil.core.errors import UsageFault


def publish(
    directory: OfficeDir,
    to: Annotated[
        Path | None,
        typer.Option(
            help="The public folder; by default office.toml's `publish_to`.", show_default=False
        ),
    ] = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Enter, sign and write the ledger to its public folder, and promise the next time. With
    witnesses, exit 5 without a quorum."""
    with faults(as_json=as_json):
        office = opened(directory, passphrase_file)
        folder = to or publication.publish_folder(office)
        if folder is None:
            raise UsageFault(
                "publish_folder",
                "office.toml names no public folder",
                place="--to",
                cure="Name one, or set `publish_to` in office.toml, so that `status` watches it.",
            )
        done = publication.publish(office, folder)
        if done.cosigned is not None:
            say_witnesses(done.cosigned, quiet=as_json)
            require_cosigned(done.cosigned)
        hours = office.settings.publish_every_hours
        said = {
            "to": str(folder),
            "size": done.size,
            "entry": done.entry,
            "files": done.files,
            "hours": hours,
        }
        words = (
            f"Published {done.size} entries in {folder}; the next time within {hours} hours "
            f"is promised in entry {done.entry}."
        )
        show(said, words, as_json=as_json)
