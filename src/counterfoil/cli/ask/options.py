"""Options that the verbs of `counterfoil-ask` share, and what they open."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from counterfoil.cli.passphrases import passphrase_for
from counterfoil.core.bounded import read_bounded
from counterfoil.core.errors import InputFault, UsageFault
from counterfoil.core.keyfile import key_missing
from counterfoil.requester.desk import Desk, read_kept
from counterfoil.requester.keys import PrincipalKey, open_principal
from counterfoil.requester.known_office import KnownOffice, office_file_beside, read_office_file
from counterfoil.requester.opening_keys import (
    PUBLIC_SUFFIX,
    SUFFIX,
    OpeningKey,
    PublicOpeningKey,
    open_opening_key,
    opening_path,
    read_public_key,
)
from counterfoil.requester.ways import Tls, Way, open_way

PROGRAM = "counterfoil-ask"

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No remarks on stderr.")]
Key = Annotated[
    Path,
    typer.Option(
        "--key",
        help="Key file that `new-key` made; what was sent and fetched is kept in items/ beside it.",
        show_default=False,
    ),
]
KeyPassphrase = Annotated[
    Path | None,
    typer.Option(
        "--key-passphrase-file",
        help="File whose first line opens the key; else it is asked for.",
        show_default=False,
    ),
]
OfficeFile = Annotated[
    Path | None,
    typer.Option(
        "--office-file",
        help="What is known of the office; else office.json beside the key.",
        show_default=False,
    ),
]
Encoding = Annotated[
    str, typer.Option(help="utf-8, utf-16 or cp1252; else as the bytes say.", show_default=False)
]
Dates = Annotated[
    str, typer.Option(help="Order of dates that are not YYYY-MM-DD: mdy or dmy. Told, not guessed.")
]
SheetName = Annotated[
    str, typer.Option("--sheet", help="The sheet of a workbook to read.", show_default=False)
]
Route = Annotated[
    str,
    typer.Option(
        help="written-request, court-order or consent, where the agreement has several.",
        show_default=False,
    ),
]
Certificate = Annotated[
    Path | None, typer.Option("--cert", help="Client certificate of TLS, PEM.", show_default=False)
]
CertificateKey = Annotated[
    Path | None, typer.Option("--cert-key", help="Its key, PEM.", show_default=False)
]
Authority = Annotated[
    Path | None,
    typer.Option("--ca", help="Authority of the gateway's certificate, PEM.", show_default=False),
]


_MAX_KEY_BYTES = 65_536


def now() -> datetime:
    """This moment, UTC."""
    return datetime.now(UTC)


def office_of(key: Path, office_file: Path | None) -> KnownOffice:
    """What is known of the office. Raises as `read_office_file`; and KeyFault `key_missing` where
    office.json is looked for beside a key that is not there: then the key was mistyped."""
    if office_file is None and not key.exists() and not office_file_beside(key).exists():
        raise key_missing(key)
    return read_office_file(office_file or office_file_beside(key))


def signing_key(key: Path, passphrase_file: Path | None, office: KnownOffice) -> PrincipalKey:
    """The key that signs. Raises KeyFault."""
    passphrase = passphrase_for(key, passphrase_file)
    return open_principal(key, passphrase, sandbox=office.agreement.sandbox)


def opening_key(key: Path, passphrase_file: Path | None, office: KnownOffice) -> OpeningKey:
    """The key that opens, which stands beside the one that signs. Raises KeyFault."""
    path = opening_path(key)
    passphrase = passphrase_for(path, passphrase_file)
    return open_opening_key(path, passphrase, sandbox=office.agreement.sandbox)


def readers_of(key: Path, others: list[Path] | None) -> tuple[PublicOpeningKey, ...]:
    """To whom an answer is sealed: the owner of the key, and the engaged officers whose public
    keys are named. Raises KeyFault, VerifyFault."""
    own = opening_path(key)
    paths = [own.with_name(own.name.removesuffix(SUFFIX) + PUBLIC_SUFFIX), *(others or [])]
    found = {each.key_id: each for each in map(read_public_key, paths)}
    return tuple(found.values())


def desk_of(key: Path) -> Desk:
    """The folder of items beside a key."""
    return Desk.beside(key)


def way_of(named: str, certificate: Path | None, key: Path | None, authority: Path | None) -> Way:
    """The way to a gateway or a mailbox's folder. Raises UsageFault, InputFault."""
    if not named:
        raise UsageFault(
            "way_unknown",
            "neither a gateway nor a folder is named",
            place="--to, --from",
            cure="Name the gateway's URL or the folder of the mailbox.",
        )
    return open_way(named, Tls(certificate, key, authority))


def intake_key_for(
    named: Path | None, out: Path | None, key: Path, way: Way | None
) -> bytes | None:
    """The statement of the intake key: from the file named, by the way, in the folder or its
    parent, beside the key. Raises InputFault `intake_key_unreadable`."""
    if named is not None:
        try:
            return read_bounded(named, _MAX_KEY_BYTES)
        except (OSError, ValueError):
            raise InputFault(
                "intake_key_unreadable",
                "the intake key cannot be read",
                place=named.name,
                cure="Check its path and permissions.",
            ) from None
    data = way.intake_key() if way is not None else None
    if data is None:
        folders = [*([out, out.resolve().parent] if out else []), key.resolve().parent]
        data = next(filter(None, (read_kept(each / "intake-key.jws") for each in folders)), None)
    return data
