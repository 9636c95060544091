"""`counterfoil-ask open`: a sealed answer, and what is established of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from counterfoil.cli.ask.options import (
    AsJson,
    Key,
    KeyPassphrase,
    OfficeFile,
    Quiet,
    desk_of,
    now,
    office_of,
    opening_key,
)
from counterfoil.cli.output import faults, say, show_lines
from counterfoil.requester.opening import AnsweredRow, OpenedAnswer, answered_rows, open_answer

_OUT_OF_FORCE = 6


def open_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A sealed answer that `fetch` printed.")
    ],
    key: Key,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for the answer and its rows beside the requests; else the item's own.",
            show_default=False,
        ),
    ] = None,
    key_passphrase_file: KeyPassphrase = None,
    office_file: OfficeFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Open a sealed answer, establish what it is, and print its rows as JSON lines.

    Beside the answer stands answers-with-requests.csv: every row of your file with its answer, and
    what to do where nothing was asked. Exit 5 where something does not verify; 6 where the last day
    of use is over, or the outbox is not known up to now, so that a recall would not show.
    """
    with faults(as_json=as_json):
        office = office_of(key, office_file)
        opened = opening_key(key, key_passphrase_file, office)
        done = open_answer(office, desk_of(key), file, {opened.key_id: opened}, out, now())
        rows = answered_rows(Path(done.file))
        if as_json:
            listed = [_fields(row) for row in rows]
            show_lines([msgspec.json.encode(msgspec.to_builtins(done) | {"rows": listed}).decode()])
        else:
            show_lines(msgspec.json.encode(_fields(row)).decode() for row in rows)
        _tell(done, quiet=quiet or as_json)
        if not (done.in_force and done.current):
            raise typer.Exit(_OUT_OF_FORCE)


def _fields(row: AnsweredRow) -> dict[str, object]:
    fields = msgspec.structs.asdict(row)
    number = fields.pop("row")
    return fields | ({"row": number} if number else {})


def _tell(done: OpenedAnswer, *, quiet: bool) -> None:
    say("\n".join(done.statements), quiet=quiet)
    say("\n".join(["Use limits:", *(f"  {each}" for each in done.use_limits)]), quiet=quiet)
    say(f"Use it until {done.expires_on}, then destroy it.", quiet=quiet)
    say(f"Answer: {done.file}, with its envelope.", quiet=quiet)
    if done.joined:
        say(f"Rows beside your requests: {done.joined}", quiet=quiet)
