"""`counterfoil principal create` and `counterfoil sign-request`: the requester's side. Neither
needs an office."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from counterfoil import intake
from counterfoil.cli.keys import make_principal
from counterfoil.cli.options import (
    AsJson,
    NewPassphrase,
    Quiet,
    ask_new,
    passphrase_for,
    read_passphrase,
)
from counterfoil.cli.output import DONE_WITH_REJECTS, faults, say, show
from counterfoil.cli.rejects import RejectList
from counterfoil.cli.verbs import add_verb, group
from counterfoil.core import keyfile
from counterfoil.core.errors import UsageFault
from counterfoil.core.values import Document, Header, Reject

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
        vkey = make_principal(keys, name, protect)
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
        passphrase = passphrase_for(key, key_passphrase_file)
        _, secret = keyfile.open_key(
            key, purpose="principal", passphrase=passphrase, allow_unprotected=False
        )
        stated = _stated(document, states)
        header = Header(
            requester, agreement, principal, datetime.now(UTC).date(), route=route, document=stated
        )
        side = intake.sign_header(file, header, secret)
        keys = {principal: keyfile.public_bytes(secret)}
        rejects, rows = RejectList(None, quiet=quiet or as_json), 0
        for row in intake.open_file(file, default_header=None, principal_keys=keys).rows():
            rows += 1
            if isinstance(row, Reject):
                rejects.add(row)
        said = {"signed": str(side), "rows": rows, "rejected": rejects.count}
        show(said, str(side), as_json=as_json)
        say(f"Signed {rows} rows; {rejects.count} of them cannot be read.", quiet=quiet or as_json)
        if rejects.count:
            raise typer.Exit(DONE_WITH_REJECTS)


def _stated(document: Path | None, states: Path | None) -> Document | None:
    """The document that the header will name: what the requester states of it, checked against the
    document's own file."""
    if document is None and states is None:
        return None
    if document is None or states is None:
        raise UsageFault(
            "document_half",
            "a document is named by its file and by what it states",
            place="--document, --states",
            cure="Give both, or neither.",
        )
    return intake.state_document(states, document)


add_verb(app, create, "principal create dhs-secretary --keys keys")
