"""The steps of a batch: receive, determine, review, release, withdraw, and `answer`, the four at
once.

stdout is the batch's id, so that one step can be handed to the next; state and counts are words,
and in `--json`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from counterfoil import client
from counterfoil.cli.files import read_whole
from counterfoil.cli.options import (
    AsJson,
    OfficeDir,
    OfficerKeyFile,
    OfficerPassphrase,
    PassphraseFile,
    Quiet,
    desk,
    officer_key,
    opened,
    place_text,
)
from counterfoil.cli.output import DONE_WITH_REJECTS, faults, progress, say, show
from counterfoil.cli.rejects import RejectList
from counterfoil.controls.sampling.sheet import MAX_SHEET_BYTES, read_sheet
from counterfoil.core.errors import UsageFault
from counterfoil.core.use_cases import watcher
from counterfoil.disclosure import BatchStatus
from counterfoil.disclosure.screening import OVERRIDDEN, REFUSED_BY, WAITING
from counterfoil.office import Office

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
SampleSheet = Annotated[
    Path | None,
    typer.Option(
        "--sample", help="The sheet that `counterfoil sample` wrote, filled in.", show_default=False
    ),
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
        _tell(standing, rejected, directory=directory, quiet=quiet, as_json=as_json)


def determine(
    batch: BatchId,
    directory: OfficeDir,
    passphrase_file: PassphraseFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Open the register for what the gate admitted, and decide. Tells nobody."""
    with faults(as_json=as_json):
        office = opened(directory, passphrase_file)
        with progress(quiet=quiet or as_json) as advance:
            standing = client.determine(office, batch, watcher(advance))
        _tell(standing, directory=directory, quiet=quiet, as_json=as_json)


def review(
    batch: BatchId,
    directory: OfficeDir,
    officer: OfficerKeyFile,
    sample: SampleSheet = None,
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """The first officer signs what was decided, and what they found of its sample."""
    with faults(as_json=as_json):
        sheet = _sheet(sample)
        office = desk(directory, passphrase_file)
        standing = client.review(
            office, batch, officer_key(office, officer, officer_passphrase_file), sheet
        )
        _tell(standing, directory=directory, quiet=quiet, as_json=as_json)


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
        _tell(standing, directory=directory, quiet=quiet, as_json=as_json, out=out)


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
        _tell(standing, directory=directory, quiet=quiet, as_json=as_json)


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
    sample: SampleSheet = None,
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
        sheet = _sheet(sample)
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
        _tell(standing, rejected, directory=directory, quiet=quiet, as_json=as_json, out=out)


def _sheet(path: Path | None) -> dict[str, bool] | None:
    return None if path is None else read_sheet(read_whole(path, MAX_SHEET_BYTES))


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


def _tell(
    standing: BatchStatus,
    rejected: RejectList | None = None,
    *,
    directory: Path,
    quiet: bool,
    as_json: bool,
    out: Path | None = None,
) -> None:
    """The batch's id on stdout; state, counts and files in words. Rejects are exit 3."""
    result: dict[str, Any] = {
        "batch": standing.batch,
        "state": standing.state,
        "counts": standing.counts,
    }
    words = [f"{standing.state}: {_counted(standing)}"]
    if standing.waiting:
        result["waiting"] = standing.waiting
        words.append(
            f"`counterfoil waiting {standing.batch} --office {place_text(directory)}` lists what "
            "waits for an officer."
        )
    if rejected is not None:
        listed = rejected.written
        result |= {"rejected": rejected.count, "rejects": str(listed) if listed else None}
        words += [f"Rejected rows are listed in {listed}"] if listed else []
    if out is not None:
        result |= {"out": str(out), "envelope": f"{out}.jws"}
        words.append(f"Wrote {out} and {out.name}.jws")
    show(result, standing.batch, as_json=as_json)
    say("\n".join(words), quiet=quiet or as_json)
    if rejected is not None and rejected.count:
        raise typer.Exit(DONE_WITH_REJECTS)


def _counted(standing: BatchStatus) -> str:
    """The counts in words: with the refused, how many of them wait for an officer, and how many
    were admitted since."""
    said: list[str] = []
    for name, value in standing.counts.items():
        if name.startswith(REFUSED_BY) or name in (WAITING, OVERRIDDEN):
            continue
        words = f"{value} {name.replace('_', ' ')}"
        notes: list[str] = []
        if name == "refused":
            admitted = standing.counts.get(OVERRIDDEN, 0)
            notes += [waiting_words(standing.waiting)] if standing.waiting else []
            notes += [f"{admitted} admitted by an override"] if admitted else []
        said.append(f"{words} ({', '.join(notes)})" if notes else words)
    return ", ".join(said)


def waiting_words(waiting: int) -> str:
    """How many requests wait for an officer, in words."""
    return f"{waiting} {'waits' if waiting == 1 else 'wait'} for an officer"
