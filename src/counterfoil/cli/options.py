"""The options that verbs share, and how secrets are read: from files or a prompt, never from flags
or the environment."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Final

import typer

from counterfoil.accountability.retention.closing import require_not_closed
from counterfoil.cli.passphrases import ask, ask_new, passphrase_for, read_passphrase
from counterfoil.client import Desk, OfficerKey, RemoteOffice, open_officer_key
from counterfoil.client.actions import here_only
from counterfoil.core.errors import StoreFault, UsageFault
from counterfoil.core.use_cases import NOBODY, Actor
from counterfoil.core.values import Role
from counterfoil.office import Office, open_office, read_vkey
from counterfoil.office.context import Engine
from counterfoil.office.lease import service_place
from counterfoil.office.officers import require_enrolled
from counterfoil.office.settings import read_settings
from counterfoil.requester.keys import PrincipalKey, VerifierKey, open_principal, parse_vkey

_URL: Final = re.compile(r"(https?):/+(.+)|unix:.+")


def _nearest_office() -> Path:
    """The working directory, where it is an office. Raises BadParameter."""
    if Path("office.toml").is_file():
        return Path()
    raise typer.BadParameter(
        "name an office with --office, or in COUNTERFOIL_OFFICE, or work in its directory"
    )


OfficeDir = Annotated[
    Path,
    typer.Option(
        "--office",
        help="The office's directory, or the URL of its service.",
        envvar="COUNTERFOIL_OFFICE",
        show_envvar=False,
        default_factory=_nearest_office,
        show_default=False,
    ),
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
    Path,
    typer.Option(
        "--officer",
        help="Key file of an officer; else what COUNTERFOIL_OFFICER names.",
        envvar="COUNTERFOIL_OFFICER",
        show_envvar=False,
        show_default=False,
    ),
]
OfficerMaybe = Annotated[
    Path | None,
    typer.Option(
        "--officer",
        help="Key file of an officer; needed where the office is reached through a service.",
        envvar="COUNTERFOIL_OFFICER",
        show_envvar=False,
        show_default=False,
    ),
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
EngineName = Annotated[
    Engine,
    typer.Option(
        "--engine",
        help="`local`: this machine. `spark`: the endpoint that office.toml names; "
        "docs/operate/spark.md.",
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


def office_url(directory: Path) -> str | None:
    """The URL that was written where an office's directory may stand; None for a directory."""
    found = _URL.fullmatch(str(directory))
    if found is None:
        return None
    return f"{found[1]}://{found[2]}" if found[1] else found[0]


def place_text(directory: Path) -> str:
    """What was written after --office, as it can be written again."""
    return office_url(directory) or str(directory)


def desk(directory: Path, passphrase_file: Path | None) -> Desk:
    """The office: through its service where a URL was named or a service of the directory runs,
    else opened here. Raises as `opened`, StoreFault `office_unreachable`."""
    url = office_url(directory) or service_place(directory)
    return RemoteOffice(url) if url else opened(directory, passphrase_file)


def quick_desk(directory: Path) -> Desk:
    """The office without its passphrase: for a suspension, which needs none. Where its service does
    not answer, the office is opened beside it. Raises as `desk`."""
    url = office_url(directory)
    if url:
        return RemoteOffice(url)
    served = service_place(directory)
    try:
        return RemoteOffice(served) if served else open_office(directory)
    except StoreFault:
        return open_office(directory, serves=True)


def log_in(office: Desk, path: Path | None, passphrase_file: Path | None) -> Actor:
    """Ask a service as this officer from now on; an office that was opened here asks for none, and
    without one it is nobody who asks. Raises UsageFault `officer_missing`, KeyFault."""
    if path is not None:
        return officer_key(office, path, passphrase_file).officer
    if isinstance(office, RemoteOffice):
        raise UsageFault(
            "officer_missing",
            "no officer's key was named",
            place="--officer",
            cure="Name an enrolled officer's key file with --officer.",
        )
    return NOBODY


def opened_here(directory: Path, passphrase: str | None = None) -> Office:
    """The office of a directory, to look at without the passphrase of its keys, or opened with the
    one given. Raises UsageFault `office_here_only` for a URL; else as `open_office`."""
    if office_url(directory):
        raise here_only()
    return open_office(directory, passphrase)


def looking_desk(directory: Path, path: Path | None, passphrase_file: Path | None) -> Desk:
    """The office to look at without the passphrase of its keys: by its URL as an officer, or beside
    a service that runs. Raises as `open_office`, `log_in`."""
    url = office_url(directory)
    if url is None:
        return open_office(directory)
    office = RemoteOffice(url)
    log_in(office, path, passphrase_file)
    return office


def opened(directory: Path, passphrase_file: Path | None) -> Office:
    """Open an office with its keys, for more than reading; ask for its passphrase where it is no
    sandbox and no file was given. Raises UsageFault `office_here_only` for a URL, StateFault
    `office_closed`."""
    office = opened_to_close(directory, passphrase_file)
    require_not_closed(office, NOBODY)
    return office


def opened_to_close(directory: Path, passphrase_file: Path | None) -> Office:
    """As `opened`, whether or not the office is closed: for who finishes its closing."""
    if office_url(directory):
        raise here_only()
    if passphrase_file is None and not read_settings(directory).sandbox:
        return opened_here(directory, ask("Passphrase of the office"))
    return opened_here(directory, read_passphrase(passphrase_file))


def officer_key(
    office: Desk, path: Path, passphrase_file: Path | None, role: Role = Role.DISCLOSURE
) -> OfficerKey:
    """The key of an officer enrolled in this role; asks for its passphrase where it has one and no
    file was given.

    Raises KeyFault, StateFault: who may not sign here begins nothing, and is handed no answer that
    was released before.
    """
    passphrase = passphrase_for(path, passphrase_file)
    if isinstance(office, RemoteOffice):
        key = open_officer_key(path, passphrase, allow_unprotected=office.facts.sandbox)
        key.log_in(office)
        return key
    key = open_officer_key(path, passphrase, allow_unprotected=office.settings.sandbox)
    require_enrolled(office, key.officer, role)
    return key


__all__ = [
    "OfficerKey",
    "PrincipalKey",
    "VerifierKey",
    "ask",
    "ask_new",
    "both_officers",
    "desk",
    "log_in",
    "named_vkey",
    "office_url",
    "officer_key",
    "opened",
    "opened_to_close",
    "passphrase_for",
    "place_text",
    "principal_key",
    "quick_desk",
    "read_passphrase",
]


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
