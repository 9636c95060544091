"""`counterfoil ledger checkpoints | consistency | attest | report`: what `counterfoil-verify`
checks elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from counterfoil.accountability import exported_ledger
from counterfoil.accountability.ledger_access import (
    ProveConsistency,
    prove_consistency,
    signed_sizes,
)
from counterfoil.cli.options import (
    AsJson,
    HolderKey,
    OfficeDir,
    PassphraseFile,
    named_vkey,
    opened,
    opened_here,
)
from counterfoil.cli.output import faults, show
from counterfoil.core.use_cases import NOBODY, Upload

_Signed = Annotated[
    str, typer.Argument(help="A size that was signed, or the file of a checkpoint.")
]


def checkpoints(directory: OfficeDir, as_json: AsJson = False) -> None:
    """List the sizes at which this office signed its ledger. Needs no passphrase."""
    with faults(as_json=as_json):
        office = opened_here(directory)
        sizes = signed_sizes(office, NOBODY)
        show({"sizes": sizes}, "\n".join(map(str, sizes)), as_json=as_json)


def consistency(
    older: _Signed, newer: _Signed, directory: OfficeDir, as_json: AsJson = False
) -> None:
    """Print a proof that the ledger of one checkpoint continues that of an earlier one. Needs no
    passphrase."""
    with faults(as_json=as_json):
        office = opened_here(directory)
        question = ProveConsistency(_checkpoint(older), _checkpoint(newer))
        text = prove_consistency(office, NOBODY, question)
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
        exported_ledger.EntryKind,
        typer.Option(metavar="KIND", help="The kind of which there is none; see the end."),
    ] = exported_ledger.EntryKind.RELEASE,
    checkpoint: Annotated[
        Path | None,
        typer.Option(help="A checkpoint from before the first day.", show_default=False),
    ] = None,
    office: Annotated[
        Path | None,
        typer.Option(help="The holder's office, which signs what is attested.", show_default=False),
    ] = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Attest, from exported files, that none of a kind was entered between two days. Checks the
    export first. With --office the holder signs it; without, anybody can make it."""
    with faults(as_json=as_json):
        older = None if checkpoint is None else Upload(checkpoint)
        question = exported_ledger.AttestNone(none, first.date(), last.date(), older)
        signer = None if office is None else opened(office, passphrase_file).signer()
        holder, today = named_vkey(holder_key), datetime.now(UTC).date()
        found = exported_ledger.attest(directory, holder, question, today, signer)
        show(msgspec.to_builtins(found), found.attestation.removesuffix("\n"), as_json=as_json)


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
        found = exported_ledger.report_year(directory, named_vkey(holder_key), year)
        lines = [
            f"{found.origin}, {year}: from a ledger of {found.size} entries, root {found.root}"
        ]
        for agreement, routes in found.agreements.items():
            for route, row in routes.items():
                cells = ((name.replace("_", " "), row[name]) for name in exported_ledger.COLUMNS)
                told = (
                    f"  {name}: {f'fewer than {found.small}, or not told' if n is None else n}"
                    for name, n in cells
                )
                lines += [f"agreement {agreement}, {route or 'no route named'}", *told]
        recalls = f"fewer than {found.small}" if found.recalls is None else found.recalls
        lines.append(f"recalls, of all agreements: {recalls}")
        show(msgspec.to_builtins(found), "\n".join(lines), as_json=as_json)


def _checkpoint(named: str) -> Upload | int:
    """A size that was signed, or the file of a checkpoint."""
    return int(named) if named.isdecimal() else Upload(Path(named))
