"""`counterfoil ledger checkpoints | consistency | attest | report`: what `counterfoil-verify`
checks elsewhere."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from counterfoil.cli.options import AsJson, HolderKey, OfficeDir, named_vkey
from counterfoil.cli.output import faults, show
from counterfoil.core.errors import InputFault
from counterfoil.database import Connection
from counterfoil.ledger import EntryKind
from counterfoil.ledger.attest import attest_none
from counterfoil.ledger.report import COLUMNS, report_year
from counterfoil.ledger.store import read_checkpoints
from counterfoil.office import Office, open_office
from counterfoil.tlog.attestation import check_attestation

_Signed = Annotated[
    str, typer.Argument(help="A size that was signed, or the file of a checkpoint.")
]


def checkpoints(directory: OfficeDir, as_json: AsJson = False) -> None:
    """List the sizes at which this office signed its ledger. Needs no passphrase."""
    with faults(as_json=as_json):
        office = open_office(directory)
        with office.store.reading() as connection:
            sizes = [size for size, _ in read_checkpoints(connection)]
        show({"sizes": sizes}, "\n".join(map(str, sizes)), as_json=as_json)


def consistency(
    older: _Signed, newer: _Signed, directory: OfficeDir, as_json: AsJson = False
) -> None:
    """Print a proof that the ledger of one checkpoint continues that of an earlier one. Needs no
    passphrase."""
    with faults(as_json=as_json):
        office = open_office(directory)
        with office.store.reading() as connection:
            notes = [_note(office, connection, each) for each in (older, newer)]
            text = office.ledger.consistency_file(connection, *notes)
        show({"proof": text}, text.removesuffix("\n"), as_json=as_json)


def attest(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="What `ledger export` wrote, or a copy of it.")
    ],
    holder_key: HolderKey,
    first: Annotated[
        datetime,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First day, UTC.", show_default=False),
    ],
    last: Annotated[
        datetime,
        typer.Option(
            "--to", formats=["%Y-%m-%d"], help="Last day, itself included.", show_default=False
        ),
    ],
    none: Annotated[
        EntryKind, typer.Option(help="The kind of which there is none.")
    ] = EntryKind.RELEASE,
    checkpoint: Annotated[
        Path | None,
        typer.Option(help="A checkpoint from before the first day.", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Attest, from exported files alone, that none of a kind was entered between two days. Checks
    the export first."""
    with faults(as_json=as_json):
        key = named_vkey(holder_key)
        older = None if checkpoint is None else read_note(checkpoint)
        text = attest_none(directory, key, none, first.date(), last.date(), older)
        said = check_attestation(text, key)
        result = {"attestation": text, "size": said.checkpoint.size, "statements": said.statements}
        show(result, text.removesuffix("\n"), as_json=as_json)


def report(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="What `ledger export` wrote, or a copy of it.")
    ],
    holder_key: HolderKey,
    year: Annotated[
        int, typer.Option(help="The year, UTC.", min=1970, max=9999, show_default=False)
    ],
    as_json: AsJson = False,
) -> None:
    """Count a year's requests, refusals and disclosures by agreement and route, from exported files
    alone; small counts untold."""
    with faults(as_json=as_json):
        found = report_year(directory, named_vkey(holder_key), year)
        lines = [
            f"{found.origin}, {year}: from a ledger of {found.size} entries, root {found.root}"
        ]
        for agreement, routes in found.agreements.items():
            for route, row in routes.items():
                cells = ((name.replace("_", " "), row[name]) for name in COLUMNS)
                told = (
                    f"  {name}: {f'fewer than {found.small}, or not told' if n is None else n}"
                    for name, n in cells
                )
                lines += [f"agreement {agreement}, {route or 'no route named'}", *told]
        show(msgspec.to_builtins(found), "\n".join(lines), as_json=as_json)


def _note(office: Office, connection: Connection, named: str) -> str:
    """The checkpoint of a size, or the one in a file."""
    return (
        office.ledger.checkpoint_of(connection, int(named))
        if named.isdecimal()
        else read_note(Path(named))
    )


def read_note(path: Path) -> str:
    """The text of a checkpoint's file. Raises InputFault `checkpoint_unreadable`."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise InputFault(
            "checkpoint_unreadable",
            "the checkpoint cannot be read",
            place=path.name,
            cure="Name a file that holds one signed checkpoint.",
        ) from None
