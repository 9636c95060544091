"""The steps of a batch: receive, determine, release, withdraw, and `answer`, all at once; `review`
stands in review.py.

stdout is the batch's id, so that one step can be handed to the next; state and counts are words,
and in `--json`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from counterfoil import client
from counterfoil.cli.batch.sheets import SheetIn, read_sheet_file
from counterfoil.cli.batch.tell import tell
from counterfoil.cli.options import (
    AsJson,
    EngineName,
    OfficeDir,
    OfficerKeyFile,
    OfficerPassphrase,
    PassphraseFile,
    Quiet,
    desk,
    officer_key,
    opened,
)
from counterfoil.cli.output import faults, progress, say
from counterfoil.cli.rejects import RejectList
from counterfoil.core.errors import UsageFault
from counterfoil.core.use_cases import watcher
from counterfoil.disclosure import BatchStatus
from counterfoil.office import Office
from counterfoil.office.context import LOCAL

BatchId = Annotated[str, typer.Argument(metavar="BATCH", help="The id that `receive` printed.")]
RequestFile = Annotated[
    Path,
    typer.Argument(
        metavar="FILE", help="CSV, JSON lines or Parquet: docs/formats/request-file.md."
    ),
]
Out = Annotated[
    Path,
    typer.Option(
        "--out",
        help="JSON lines, or CSV where it ends in .csv; FILE.jws is written beside.",
        show_default=False,
    ),
]
OutMaybe = Annotated[
    Path | None,
    typer.Option(
        "--out",
        help="JSON lines, or CSV where it ends in .csv; FILE.jws is written beside. A service "
        "needs none.",
        show_default=False,
    ),
]
SecondPassphrase = Annotated[
    Path | None,
    typer.Option(help="File whose first line opens the second officer's key.", show_default=False),
]
DocumentFile = Annotated[
    Path | None,
    typer.Option(
        "--document",
        help="The court's order or the consent that the file's header names.",
        show_default=False,
    ),
]
RejectsOut = Annotated[
    Path | None,
    typer.Option(
        "--rejects", help="Where rejected rows are listed, as JSON lines.", show_default=False
    ),
]


def receive(
    file: RequestFile,
    directory: OfficeDir,
    document: DocumentFile = None,
    rejects: RejectsOut = None,
    passphrase_file: PassphraseFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Read a request file and put every row before the law. Prints the batch's id."""
    with faults(as_json=as_json):
        office = opened(directory, passphrase_file)
        standing, rejected = _receive(office, file, rejects, document, quiet=quiet or as_json)
        tell(standing, rejected, quiet=quiet, as_json=as_json)


def determine(
    batch: BatchId,
    directory: OfficeDir,
    engine: EngineName = LOCAL,
    passphrase_file: PassphraseFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Open the register for what the gate admitted, and decide. Tells nobody."""
    with faults(as_json=as_json):
        office = opened(directory, passphrase_file)
        with progress(quiet=quiet or as_json) as advance:
            standing = client.determine(office, batch, watcher(advance), engine)
        tell(standing, quiet=quiet, as_json=as_json)


def release(
    batch: BatchId,
    directory: OfficeDir,
    officer: OfficerKeyFile,
    out: OutMaybe = None,
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """A second officer releases: the answers are entered in the ledger, then leave by the mailbox
    of a service, or are written to --out. Run again: the same bytes."""
    with faults(as_json=as_json):
        office = desk(directory, passphrase_file)
        if not isinstance(office, client.RemoteOffice) and out is None:
            raise UsageFault(
                "out_missing",
                "an answer that leaves by no mailbox is written to a file",
                place="--out",
                cure="Name the file with --out, such as answers.jsonl.",
            )
        key = officer_key(office, officer, officer_passphrase_file)
        if isinstance(office, client.RemoteOffice):
            standing = client.release_there(office, batch, key, out)
        else:
            standing = client.release(office, batch, key, out or Path())
        tell(standing, quiet=quiet, as_json=as_json, out=out)


def withdraw(
    batch: BatchId,
    directory: OfficeDir,
    officer: OfficerKeyFile,
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Close a batch unanswered, for good."""
    with faults(as_json=as_json):
        office = desk(directory, passphrase_file)
        standing = client.withdraw(
            office, batch, officer_key(office, officer, officer_passphrase_file)
        )
        tell(standing, quiet=quiet, as_json=as_json)


def answer(
    file: RequestFile,
    directory: OfficeDir,
    officer: OfficerKeyFile,
    out: Out,
    second: Annotated[
        Path,
        typer.Option(
            help="Key file of the second officer, another than the first.", show_default=False
        ),
    ],
    document: DocumentFile = None,
    sample: SheetIn = None,
    officer_passphrase_file: OfficerPassphrase = None,
    second_passphrase_file: SecondPassphrase = None,
    passphrase_file: PassphraseFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Receive, determine, review and release in one go: for two officers at one desk, and for a
    sandbox."""
    with faults(as_json=as_json):
        if not out.parent.is_dir():
            cure = "Make it, or name another."
            raise UsageFault(
                "out_folder", "the folder to write to does not exist", place=out.name, cure=cure
            )
        sheet = read_sheet_file(sample)
        office = opened(directory, passphrase_file)
        first_officer = officer_key(office, officer, officer_passphrase_file)
        second_officer = officer_key(office, second, second_passphrase_file)
        beside = out.with_name(f"{out.name}.rejects.jsonl")
        standing, rejected = _receive(office, file, beside, document, quiet=quiet or as_json)
        if standing.state != "released":
            with progress(quiet=quiet or as_json) as advance:
                standing = client.determine(office, standing.batch, watcher(advance))
            if standing.state == "determined":
                client.review_once(office, standing.batch, first_officer, sheet)
        standing = client.release(office, standing.batch, second_officer, out)
        tell(standing, rejected, quiet=quiet, as_json=as_json, out=out)


def _receive(
    office: Office, file: Path, rejects: Path | None, document: Path | None, *, quiet: bool
) -> tuple[BatchStatus, RejectList]:
    listed = RejectList(rejects, quiet=quiet)
    try:
        with progress(quiet=quiet) as advance:
            watch = watcher(advance, listed.add)
            standing = client.receive(office, file, watch, document=document)
    finally:
        listed.close()
    if standing.already:
        say(f"This file was received before, as {standing.batch}.", quiet=quiet)
    return standing, listed
