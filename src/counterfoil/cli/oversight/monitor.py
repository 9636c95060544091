"""`counterfoil monitor`: a published ledger followed from outside, run by a timer."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from counterfoil.accountability import monitoring
from counterfoil.cli.options import AsJson, named_vkey
from counterfoil.cli.output import faults, show
from counterfoil.controls.witnesses import read_policy

OUT_OF_FORCE = 6
"""The exit code of a publication that verifies and is late."""


def monitor(
    source: Annotated[
        str, typer.Argument(metavar="FOLDER_OR_URL", help="Where the ledger is published.")
    ],
    key: Annotated[
        str,
        typer.Option(
            help="The holder's verifier key, or a file that holds it.", show_default=False
        ),
    ],
    policy: Annotated[
        Path,
        typer.Option(help="Whose cosignatures are enough: a C2SP tlog-policy.", show_default=False),
    ],
    state: Annotated[
        Path, typer.Option(help="Your own folder, which keeps what was seen.", show_default=False)
    ],
    ask_witnesses: Annotated[
        bool,
        typer.Option("--ask-witnesses", help="Compare with what each witness cosigned last, too."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check that a published ledger continues what was seen last time, is cosigned, and came when
    it was promised.

    For a timer: exit 0 all is well, 1 it could not be read, 5 something does not verify, 6 it
    verifies and is late."""
    with faults(as_json=as_json):
        question = monitoring.MonitorLedger(source, state, ask_witnesses)
        now = datetime.now(UTC)
        seen = monitoring.monitor(question, named_vkey(key), read_policy(policy), now)
        last = "LATE" if seen.late else "OK"
        words = "\n".join([*seen.statements, f"{last}: {seen.size} entries"])
        show(msgspec.to_builtins(seen), words, as_json=as_json)
        if seen.late:
            raise typer.Exit(OUT_OF_FORCE)
