"""The options that verbs share, and how secrets are read: from files or a prompt, never from flags
or the environment."""

from __future__ import annotations

import sys
from getpass import getpass
from pathlib import Path
from typing import Annotated

import typer

from counterfoil.client import OfficerKey, open_officer_key
from counterfoil.core import keyfile
from counterfoil.core.bounded import read_bounded
from counterfoil.core.errors import KeyFault, UsageFault
from counterfoil.core.values import Role
from counterfoil.office import Office, open_office, read_vkey
from counterfoil.office.officers import require_enrolled
from counterfoil.office.settings import read_settings
from counterfoil.requester.keys import PrincipalKey, VerifierKey, open_principal, parse_vkey

_MAX_PASSPHRASE_BYTES = 65_536

OfficeDir = Annotated[
    Path, typer.Option("--office", help="The office's directory.", show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="No progress bar and no remarks on stderr.")
]
PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        help="File whose first line opens the office's service keys.",
        show_default=False,
    ),
]
OfficerKeyFile = Annotated[
    Path, typer.Option("--officer", help="Key file of a disclosure officer.", show_default=False)
]
OfficerPassphrase = Annotated[
    Path | None,
    typer.Option(
        "--officer-passphrase-file",
        help="File whose first line opens the officer's key.",
        show_default=False,
    ),
]
SecondKey = Annotated[
    Path,
    typer.Option(
        "--second",
        help="Key file of the second officer, another than the first.",
        show_default=False,
    ),
]
SecondPassphrase = Annotated[
    Path | None,
    typer.Option(
        "--second-passphrase-file",
        help="File whose first line opens the second officer's key.",
        show_default=False,
    ),
]
OrderFile = Annotated[
    Path,
    typer.Option(
        "--order", help="File of the order, as it was served. It is not copied.", show_default=False
    ),
]
BatchArgument = Annotated[
    str, typer.Argument(metavar="BATCH", help="The id that `receive` printed.")
]
NewPassphrase = Annotated[
    Path | None,
    typer.Option(
        "--key-passphrase-file",
        help="File whose first line protects the new key.",
        show_default=False,
    ),
]
HolderKey = Annotated[
    str,
    typer.Option(
        "--holder-key",
        help="The holder's verifier key, or a file that holds it.",
        show_default=False,
    ),
]


def named_vkey(named: str) -> VerifierKey:
    """A verifier key that was written on the command line, or the one in the file named there.
    Raises as `read_vkey`."""
    if "+" in named and not Path(named).is_file():
        return parse_vkey(named)
    return read_vkey(Path(named))


def principal_key(path: Path, passphrase_file: Path | None) -> PrincipalKey:
    """The key of a principal's key file; asks for its passphrase where none was named. Raises
    KeyFault."""
    return open_principal(path, passphrase_for(path, passphrase_file))


def opened(directory: Path, passphrase_file: Path | None) -> Office:
    """Open an office with its keys; ask for its passphrase where it is no sandbox and no file was
    given."""
    if passphrase_file is None and not read_settings(directory).sandbox:
        return open_office(directory, ask("Passphrase of the office"))
    return open_office(directory, read_passphrase(passphrase_file))


def officer_key(
    office: Office, path: Path, passphrase_file: Path | None, role: Role = Role.DISCLOSURE
) -> OfficerKey:
    """The key of an officer enrolled in this role; asks for its passphrase where it has one and no
    file was given.

    Raises KeyFault, StateFault: who may not sign here begins nothing, and is handed no answer that
    was released before.
    """
    passphrase = passphrase_for(path, passphrase_file)
    key = open_officer_key(path, passphrase, allow_unprotected=office.settings.sandbox)
    require_enrolled(office, key.officer, role)
    return key


def both_officers(
    office: Office,
    paths: tuple[Path, Path],
    passphrase_files: tuple[Path | None, Path | None],
    role: Role = Role.DISCLOSURE,
) -> tuple[OfficerKey, OfficerKey]:
    """The keys of two officers of this role. Raises as `officer_key`."""
    first, second = (
        officer_key(office, path, file, role)
        for path, file in zip(paths, passphrase_files, strict=True)
    )
    return first, second


def passphrase_for(path: Path, passphrase_file: Path | None) -> str | None:
    """The passphrase of a key file: from the file named, or asked for where the key needs one.
    Raises KeyFault."""
    passphrase = read_passphrase(passphrase_file)
    if passphrase is None and keyfile.needs_passphrase(path):
        return ask(f"Passphrase of {path.name}")
    return passphrase


def read_passphrase(path: Path | None) -> str | None:
    """The first line of a passphrase file, or None where none was named. Raises KeyFault."""
    if path is None:
        return None
    try:
        lines = read_bounded(path, _MAX_PASSPHRASE_BYTES).decode("utf-8").splitlines()
    except (OSError, ValueError):
        raise KeyFault(
            "passphrase_unreadable",
            "the passphrase file cannot be read",
            place=path.name,
            cure="Check its path and permissions.",
        ) from None
    if not lines or not lines[0]:
        raise KeyFault(
            "passphrase_empty",
            "the passphrase is empty",
            place=path.name,
            cure="Write it in the file's first line.",
        )
    return lines[0]


def ask(prompt: str) -> str:
    """Ask at the terminal, unseen. Raises UsageFault where there is no terminal to ask at."""
    try:
        answer = getpass(f"{prompt}: ") if sys.stdin.isatty() else ""
    except EOFError:
        answer = ""
    if not answer:
        raise UsageFault(
            "passphrase_missing",
            "a passphrase is needed and none was typed",
            cure="Type it at the terminal, or give it in a file; see --help.",
        )
    return answer


def ask_new(prompt: str) -> str:
    """Ask twice for a passphrase that will be needed again. Raises UsageFault where the two
    differ."""
    first = ask(prompt)
    if ask(f"{prompt}, again") != first:
        raise UsageFault(
            "passphrase_differs",
            "the two passphrases differ",
            cure="Nothing was made. Run it again.",
        )
    return first
