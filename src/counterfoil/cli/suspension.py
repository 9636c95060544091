"""`counterfoil suspend` and `counterfoil resume`: standing still by order, the whole office or a
part of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from counterfoil.cli.options import (
    AsJson,
    OfficeDir,
    OfficerKeyFile,
    OfficerPassphrase,
    officer_signer,
)
from counterfoil.cli.output import faults, say, show
from counterfoil.controls.suspension.service import OrderResult
from counterfoil.controls.suspension.service import resume as run_resume
from counterfoil.controls.suspension.service import suspend as run_suspend
from counterfoil.office import open_office

OrderFile = Annotated[
    Path,
    typer.Option(
        "--order", help="File of the order, as it was served. It is not copied.", show_default=False
    ),
]
Digest = Annotated[
    str,
    typer.Option("--digest", help="sha256:... of the order, where it came apart from the file."),
]
Scope = Annotated[
    str,
    typer.Option(
        help="What it reaches: office, batch:ID, route:NAME, principal:ID, or requester (the "
        "agreement's)."
    ),
]


def suspend(
    directory: OfficeDir,
    order: OrderFile,
    officer: OfficerKeyFile,
    digest: Digest = "",
    scope: Scope = "office",
    officer_passphrase_file: OfficerPassphrase = None,
    as_json: AsJson = False,
) -> None:
    """Stop: a run in progress at its next chunk, what waits where it stands, every release; in the
    whole office, or within a scope alone. Needs no passphrase of the office."""
    with faults(as_json=as_json):
        office = open_office(directory)
        stood = run_suspend(
            office, order, digest, *officer_signer(office, officer, officer_passphrase_file), scope
        )
        _tell(
            stood,
            f"{_what(stood)} still from entry {stood.index} on; {stood.batches} batches are held.",
            as_json,
        )


def resume(
    directory: OfficeDir,
    order: OrderFile,
    officer: OfficerKeyFile,
    second: Annotated[
        Path,
        typer.Option(
            help="Key file of the second officer, another than the first.", show_default=False
        ),
    ],
    digest: Digest = "",
    scope: Scope = "office",
    officer_passphrase_file: OfficerPassphrase = None,
    second_passphrase_file: Annotated[
        Path | None,
        typer.Option(
            help="File whose first line opens the second officer's key.", show_default=False
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Lift one suspension of the same scope: two officers, and the order that lifts it. Held
    batches go on where they were."""
    with faults(as_json=as_json):
        office = open_office(directory)
        first = officer_signer(office, officer, officer_passphrase_file)
        other = officer_signer(office, second, second_passphrase_file)
        stood = run_resume(office, order, digest, first, other, scope)
        words = (
            f"{_what(stood).removesuffix('stands')}goes on from entry {stood.index}; "
            f"{stood.batches} batches go on where they were."
            if stood.running
            else f"Lifted by entry {stood.index}; another suspension still stands."
        )
        _tell(stood, words, as_json)


def _what(stood: OrderResult) -> str:
    return (
        "The office stands" if stood.scope == "office" else f"What is within {stood.scope} stands"
    )


def _tell(stood: OrderResult, words: str, as_json: bool) -> None:
    show(msgspec.to_builtins(stood), str(stood.index), as_json=as_json)
    say(words, quiet=as_json)
