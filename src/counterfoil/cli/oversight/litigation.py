"""`counterfoil litigation hold | lift | list`: rows that are kept for litigation, whatever the
agreement's retention says."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from counterfoil.accountability.retention import litigation
from counterfoil.cli.options import (
    AsJson,
    OfficeDir,
    OfficerKeyFile,
    OfficerPassphrase,
    PassphraseFile,
    SecondKey,
    SecondPassphrase,
    officer_key,
    opened,
    opened_here,
)
from counterfoil.cli.output import faults, row, say, show
from counterfoil.cli.verbs import add_verb, group
from counterfoil.client import act
from counterfoil.core.use_cases import NOBODY, Upload

app = group(
    "Keep rows for litigation: of a batch, of days, of a person.",
    "litigation list --office tax-office",
)
_Document = Annotated[
    Path, typer.Option(help="The document that says why. It is not copied.", show_default=False)
]


def hold(
    document: _Document,
    directory: OfficeDir,
    officer: OfficerKeyFile,
    second: SecondKey,
    batch: Annotated[str, typer.Option(help="The batch that is kept.")] = "",
    first: Annotated[
        datetime | None,
        typer.Option(
            "--from", formats=["%Y-%m-%d"], help="Batches received from this day on, UTC."
        ),
    ] = None,
    last: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="The last such day, itself included."),
    ] = None,
    person_file: Annotated[
        Path | None,
        typer.Option(help="Every batch with a row about this person, as counterfoil-person-1."),
    ] = None,
    officer_passphrase_file: OfficerPassphrase = None,
    second_passphrase_file: SecondPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Keep rows from disposal: of one batch, of the batches received on some days, or of every
    batch that has a row about a person. Two officers. Prints the hold's number."""
    with faults(as_json=as_json):
        office = opened(directory, passphrase_file)
        one = officer_key(office, officer, officer_passphrase_file)
        other = officer_key(office, second, second_passphrase_file)
        wanted = litigation.AddLitigationHold(
            Upload(document),
            batch,
            first.date() if first else None,
            last.date() if last else None,
            Upload(person_file) if person_file else None,
        )
        statement = litigation.add_hold_statement
        done = act(office, statement, litigation.add_hold, wanted, one, other)
        show(msgspec.to_builtins(done), str(done.number), as_json=as_json)
        say(f"Litigation hold {done.number} stands from entry {done.index} on.", quiet=as_json)


def lift(
    number: Annotated[
        int, typer.Argument(metavar="NUMBER", help="Its number, as `litigation hold` printed it.")
    ],
    document: _Document,
    directory: OfficeDir,
    officer: OfficerKeyFile,
    second: SecondKey,
    officer_passphrase_file: OfficerPassphrase = None,
    second_passphrase_file: SecondPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Lift a hold, with another document that says why. Two officers."""
    with faults(as_json=as_json):
        office = opened(directory, passphrase_file)
        one = officer_key(office, officer, officer_passphrase_file)
        other = officer_key(office, second, second_passphrase_file)
        wanted = litigation.LiftLitigationHold(number, Upload(document))
        statement = litigation.lift_hold_statement
        done = act(office, statement, litigation.lift_hold, wanted, one, other)
        show(msgspec.to_builtins(done), str(done.number), as_json=as_json)
        say(f"Litigation hold {done.number} is lifted by entry {done.index}.", quiet=as_json)


def show_list(directory: OfficeDir, as_json: AsJson = False) -> None:
    """Every hold, lifted ones too: what it reaches, days and officers. A person is not named."""
    with faults(as_json=as_json):
        found = litigation.list_litigation_holds(opened_here(directory), NOBODY)
        words = "\n".join(map(_line, found)) or "No litigation hold was ever added."
        show({"holds": msgspec.to_builtins(found)}, words, as_json=as_json)


def _line(each: litigation.LitigationHold) -> str:
    lifted = (
        f"lifted {each.lifted_at} by {' and '.join(each.lifted_by)}" if each.lifted_at else "stands"
    )
    by = " and ".join(each.added_by)
    return row(f"{each.number}  {each.reaches}", f"added {each.added_at} by {by}", lifted)


_DESK = "--office tax-office --officer a.key --second b.key"
add_verb(
    app,
    hold,
    f"litigation hold --batch b-0f1e2d3c4b5a6978 --document preserve.pdf {_DESK}",
    f"litigation hold --from 2026-01-01 --to 2026-03-31 --document preserve.pdf {_DESK}",
    f"litigation hold --person-file person.json --document preserve.pdf {_DESK}",
)
add_verb(app, lift, f"litigation lift 1 --document ended.pdf {_DESK}")
add_verb(app, show_list, "litigation list --office tax-office", name="list")
