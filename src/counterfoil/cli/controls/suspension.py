"""`counterfoil suspend` and `counterfoil resume`: a stop by order, of the whole office or a
part of it."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from counterfoil.cli.options import (
    AsJson,
    OfficeDir,
    OfficerKeyFile,
    OfficerPassphrase,
    OrderFile,
    PassphraseFile,
    SecondKey,
    SecondPassphrase,
    desk,
    officer_key,
    quick_desk,
)
from counterfoil.cli.output import faults, say, show
from counterfoil.client import act
from counterfoil.controls.suspension import service as suspension
from counterfoil.core.use_cases import Upload

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
        office = quick_desk(directory)
        key = officer_key(office, officer, officer_passphrase_file)
        wanted = suspension.Suspend(Upload(order), digest, scope)
        done = act(office, suspension.suspend_statement, suspension.suspend, wanted, key)
        words = f"{_what(done)} is suspended from entry {done.index} on; "
        words += f"batches that wait: {done.batches}."
        _show(done, words, as_json)


def resume(
    directory: OfficeDir,
    order: OrderFile,
    officer: OfficerKeyFile,
    second: SecondKey,
    digest: Digest = "",
    scope: Scope = "office",
    officer_passphrase_file: OfficerPassphrase = None,
    second_passphrase_file: SecondPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Lift one suspension of the same scope: two officers, and the order that lifts it. Held
    batches go on where they were."""
    with faults(as_json=as_json):
        office = desk(directory, passphrase_file)
        first = officer_key(office, officer, officer_passphrase_file)
        other = officer_key(office, second, second_passphrase_file)
        wanted = suspension.Resume(Upload(order), digest, scope)
        done = act(office, suspension.resume_statement, suspension.resume, wanted, first, other)
        words = (
            f"{_what(done)} goes on from entry {done.index}; "
            f"batches that go on where they were: {done.batches}."
            if done.running
            else f"Lifted by entry {done.index}; another suspension is still in force."
        )
        _show(done, words, as_json)


def _what(done: suspension.OrderResult) -> str:
    return "The office" if done.scope == "office" else f"What is within {done.scope}"


def _show(done: suspension.OrderResult, words: str, as_json: bool) -> None:
    show(msgspec.to_builtins(done), str(done.index), as_json=as_json)
    say(words, quiet=as_json)
