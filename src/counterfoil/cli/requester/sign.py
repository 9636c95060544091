"""`counterfoil principal create` and `counterfoil sign-request`: the requester's side. Neither
needs an office."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from counterfoil.cli.options import (
    AsJson,
    NewPassphrase,
    Quiet,
    ask_new,
    passphrase_for,
    read_passphrase,
)
from counterfoil.cli.output import DONE_WITH_REJECTS, faults, no_progress, say, show
from counterfoil.cli.rejects import RejectList
from counterfoil.cli.verbs import add_verb, group
from counterfoil.core.use_cases import finish, watcher
from counterfoil.requester.keys import make_principal, open_principal
from counterfoil.requester.request_file import SignRequest
from counterfoil.requester.request_file import sign_request as sign_request_file

app = group(
    "Make the key of a principal who signs request files.",
    "principal create dhs-secretary --keys keys",
)


def create(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The principal's id in the agreement.")
    ],
    keys: Annotated[
        Path,
        typer.Option(help="Folder where NAME.key and NAME.vkey are written.", show_default=False),
    ],
    key_passphrase_file: NewPassphrase = None,
    as_json: AsJson = False,
) -> None:
    """Make a principal's key. Prints the verifier key, which the parties enter in the agreement."""
    with faults(as_json=as_json):
        protect = read_passphrase(key_passphrase_file) or ask_new(f"Passphrase for {name}")
        vkey = str(make_principal(keys, name, protect))
        show({"principal": name, "vkey": vkey}, vkey, as_json=as_json)


def sign_request(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="The request file; FILE.header.jws is written beside it."
        ),
    ],
    requester: Annotated[
        str, typer.Option(help="The requester's id in the agreement.", show_default=False)
    ],
    agreement: Annotated[str, typer.Option(help="The agreement's id.", show_default=False)],
    principal: Annotated[
        str, typer.Option(help="The principal's id in the agreement.", show_default=False)
    ],
    key: Annotated[Path, typer.Option(help="The principal's key file.", show_default=False)],
    key_passphrase_file: Annotated[
        Path | None, typer.Option(help="File whose first line opens the key.", show_default=False)
    ] = None,
    route: Annotated[
        str,
        typer.Option(
            help="written-request, court-order or consent, where the agreement has several.",
            show_default=False,
        ),
    ] = "",
    document: Annotated[
        Path | None,
        typer.Option(
            help="The file of the order or consent that the requests rest on.", show_default=False
        ),
    ] = None,
    states: Annotated[
        Path | None,
        typer.Option(
            help="What the order or consent states, as JSON: docs/formats/request-file.md.",
            show_default=False,
        ),
    ] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Sign a request file, then read it as the holder will. Rows that could not be read are told:
    exit 3."""
    with faults(as_json=as_json):
        opened = open_principal(key, passphrase_for(key, key_passphrase_file))
        today = datetime.now(UTC).date()
        command = SignRequest(file, requester, agreement, principal, today, route, document, states)
        rejects = RejectList(None, quiet=quiet or as_json)
        done = finish(sign_request_file(opened, command), watcher(no_progress, rejects.add))
        said = {
            "signed": str(done.header),
            "rows": done.rows,
            "rejected": done.rejected,
            "lacks": done.lacks,
        }
        show(said, str(done.header), as_json=as_json)
        words = f"Signed {done.rows} rows; {done.rejected} of them cannot be read."
        say(words, quiet=quiet or as_json)
        for thing, rows in done.lacks.items():
            say(f"Not stated in {rows} rows, and asked for: {thing}.", quiet=quiet or as_json)
        if done.rejected:
            raise typer.Exit(DONE_WITH_REJECTS)


add_verb(app, create, "principal create dhs-secretary --keys keys")
