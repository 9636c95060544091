"""`counterfoil override`: the only way past "needs officer", by two roles with keys and a
reason."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from counterfoil.cli.files import read_whole
from counterfoil.cli.options import (
    AsJson,
    BatchArgument,
    OfficeDir,
    OfficerKeyFile,
    OfficerPassphrase,
    PassphraseFile,
    desk,
    officer_key,
)
from counterfoil.cli.output import faults, say, show
from counterfoil.client import act
from counterfoil.controls.overrides.service import (
    OverrideRequest,
    override_request,
    override_statement,
)
from counterfoil.core.values import Role

_MOST_BYTES: Final = 16_000


def override(
    batch: BatchArgument,
    request_id: Annotated[
        str, typer.Argument(metavar="REQUEST_ID", help="The request's id in its file.")
    ],
    directory: OfficeDir,
    officer: OfficerKeyFile,
    counsel: Annotated[
        Path, typer.Option(help="Key file of an officer of the role counsel.", show_default=False)
    ],
    element: Annotated[
        list[str],
        typer.Option(
            help="An element that waits for an officer; name each of them.", show_default=False
        ),
    ],
    reason: Annotated[
        Path,
        typer.Option(
            help="Text file: why the request may be answered, in the officers' words.",
            show_default=False,
        ),
    ],
    officer_passphrase_file: OfficerPassphrase = None,
    counsel_passphrase_file: Annotated[
        Path | None,
        typer.Option(help="File whose first line opens counsel's key.", show_default=False),
    ] = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Admit one request that waits for an officer, before its batch is determined. What is not met
    or not shown cannot be set aside."""
    with faults(as_json=as_json):
        office = desk(directory, passphrase_file)
        first = officer_key(office, officer, officer_passphrase_file)
        second = officer_key(office, counsel, counsel_passphrase_file, Role.COUNSEL)
        # What is not UTF-8 becomes characters that no reason may have.
        words = read_whole(reason, _MOST_BYTES).decode("utf-8", "surrogateescape")
        wanted = OverrideRequest(batch, request_id, tuple(element), words)
        done = act(office, override_statement, override_request, wanted, first, second)
        show(msgspec.to_builtins(done), str(done.index), as_json=as_json)
        say(
            f"{request_id} is admitted, as entry {done.index} says; `counterfoil determine "
            f"{batch}` "
            "decides it.",
            quiet=as_json,
        )
