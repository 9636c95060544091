"""`counterfoil receipt`: a requester signs what became of answers that were recalled or expired.
It needs no office."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from counterfoil.cli.files import read_whole, require_new, write_new
from counterfoil.cli.options import AsJson, HolderKey, named_vkey, principal_key
from counterfoil.cli.output import faults, say, show
from counterfoil.core.errors import UsageFault
from counterfoil.requester.receipts import (
    MAX_NOTICE_BYTES,
    MakeReceipt,
    names_of,
    receipt_of_answer,
    receipt_of_notice,
)

_Day = typer.Option(
    formats=["%Y-%m-%d"], help="The day on which that was done.", show_default=False
)


def receipt(
    holder_key: HolderKey,
    principal: Annotated[
        str, typer.Option(help="The principal's id in the agreement.", show_default=False)
    ],
    key: Annotated[Path, typer.Option(help="The principal's key file.", show_default=False)],
    to: Annotated[Path, typer.Option(help="The receipt, a new file.", show_default=False)],
    notice: Annotated[
        Path | None, typer.Option(help="The notice of a recall.", show_default=False)
    ] = None,
    answer: Annotated[
        Path | None,
        typer.Option(
            help="Or the answer file that expired; FILE.jws stands beside it.", show_default=False
        ),
    ] = None,
    passed_to: Annotated[
        list[str] | None,
        typer.Option(help="An agency or official who has them too.", show_default=False),
    ] = None,
    passed_to_nobody: Annotated[
        bool, typer.Option("--passed-to-nobody", help="Nobody else has them.")
    ] = False,
    destroyed_on: Annotated[datetime | None, _Day] = None,
    returned_on: Annotated[datetime | None, _Day] = None,
    key_passphrase_file: Annotated[
        Path | None, typer.Option(help="File whose first line opens the key.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Sign that answers were recalled or expired, who else had them, and, once it is done, that
    every copy was destroyed or returned. The holder enters it."""
    with faults(as_json=as_json):
        require_new(to)
        if (notice is None) == (answer is None) or (destroyed_on and returned_on):
            raise UsageFault(
                "receipt_of_what",
                "name the notice or the answer, and destroyed or returned, not both",
                place="--notice, --answer, --destroyed-on, --returned-on",
                cure="A receipt is of one notice or one answer file.",
            )
        holder, opened = named_vkey(holder_key), principal_key(key, key_passphrase_file)
        command = MakeReceipt.of(
            principal,
            names_of(passed_to or (), nobody=passed_to_nobody),
            destroyed_on and destroyed_on.date(),
            returned_on and returned_on.date(),
            datetime.now(UTC).date(),
        )
        if notice is not None:
            notes = read_whole(notice, MAX_NOTICE_BYTES)
            data = receipt_of_notice(notes, holder, command, opened)
        else:
            data = receipt_of_answer(answer or Path(), holder, command, opened)
        write_new(to, data)
        show({"receipt": str(to)}, str(to), as_json=as_json)
        say("Send it to the holder, who enters it.", quiet=as_json)
