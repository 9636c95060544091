"""`counterfoil ledger publish`: the ledger in a public folder, with pages, run by a timer; or anew,
by two officers, where that folder is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from counterfoil.accountability import publication
from counterfoil.cli.options import (
    AsJson,
    OfficeDir,
    OfficerPassphrase,
    PassphraseFile,
    SecondPassphrase,
    desk,
    officer_key,
    opened,
)
from counterfoil.cli.output import faults, show
from counterfoil.cli.oversight.witness import say_witnesses
from counterfoil.client import act
from counterfoil.controls.witnesses import require_cosigned
from counterfoil.core.errors import UsageFault
from counterfoil.core.use_cases import SERVICE


def publish(
    directory: OfficeDir,
    to: Annotated[
        Path | None,
        typer.Option(
            help="The public folder; by default office.toml's `publish_to`.", show_default=False
        ),
    ] = None,
    first: Annotated[
        Path | None,
        typer.Option(
            help="Key file of an officer: with --second, publish anew where what was published is "
            "missing.",
            show_default=False,
        ),
    ] = None,
    second: Annotated[
        Path | None, typer.Option(help="Key file of the second officer.", show_default=False)
    ] = None,
    officer_passphrase_file: OfficerPassphrase = None,
    second_passphrase_file: SecondPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Enter, sign and write the ledger to its public folder, with pages for people, and promise the
    next time. With witnesses, exit 5 without a quorum."""
    with faults(as_json=as_json):
        if first and second and not to:
            office = desk(directory, passphrase_file)
            key = officer_key(office, first, officer_passphrase_file)
            keys = key, officer_key(office, second, second_passphrase_file)
            statement, verb = publication.publish_anew_statement, publication.publish_anew
            done = act(office, statement, verb, publication.PublishAnew(), *keys)
        elif first or second:
            raise UsageFault(
                "publish_anew",
                "two officers publish anew, to the folder that office.toml names",
                place="--second",
                cure="Name both officers' key files and no --to, or none of the three.",
            )
        else:
            office = opened(directory, passphrase_file)
            done = publication.publish(office, SERVICE, publication.PublishLedger(to))
        if done.cosigned is not None:
            say_witnesses(done.cosigned, quiet=as_json)
            require_cosigned(done.cosigned)
        said = {
            "to": done.folder,
            "size": done.size,
            "entry": done.entry,
            "files": done.files,
            "hours": done.hours,
            "pages": done.pages,
        }
        words = (
            f"Published {done.size} entries in {done.folder}; the next time within {done.hours} "
            f"hours is promised in entry {done.entry}. {done.pages} files for people: index.html."
        )
        show(said, words, as_json=as_json)
