"""`counterfoil reconcile`: database, ledger, answer files and rules compared, by a timer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from counterfoil.accountability import reconciliation
from counterfoil.cli.options import AsJson, OfficeDir, PassphraseFile, opened
from counterfoil.cli.output import faults, progress, show
from counterfoil.core.errors import VerifyFault
from counterfoil.core.use_cases import SERVICE, finish, watcher


def reconcile(
    directory: OfficeDir,
    answers: Annotated[
        list[Path] | None,
        typer.Option(
            help="A folder that answers are written to; may be given often.", show_default=False
        ),
    ] = None,
    replays: Annotated[
        int,
        typer.Option(
            help="Answers of each batch to decide again: so many confirmed, as many not.",
            min=0,
            max=1000,
        ),
    ] = 5,
    whole: Annotated[
        bool, typer.Option("--whole", help="Since the office was made, not since the last time.")
    ] = False,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Compare what database, ledger and answer files say of the batches since the last time. Exit 5
    where they differ."""
    with faults(as_json=as_json):
        office = opened(directory, passphrase_file)
        command = reconciliation.Reconcile(tuple(answers or ()), replays, whole)
        with progress(quiet=as_json) as advance:
            work = reconciliation.reconcile(office, SERVICE, command)
            done = finish(work, watcher(advance))
        show(msgspec.to_builtins(done), _words(done), as_json=as_json)
        if done.differences:
            raise typer.Exit(VerifyFault.exit_code)


def _words(done: reconciliation.Reconciled) -> str:
    lines = [
        f"Entries {done.since} to {done.size}: {done.batches} batches, {done.rows} rows, "
        f"{done.files} answer files, "
        f"{done.replayed} answers decided again, {done.left_out} that could not be."
    ]
    for each in done.differences:
        lines += [f"DIFFERS: {each.place}: {each.message} [{each.code}]", f"  {each.cure}"]
    found = "no difference" if not done.differences else f"{len(done.differences)} differences"
    return "\n".join([*lines, f"{found}, entered as entry {done.entry}."])
