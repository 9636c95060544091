"""`counterfoil compare-document`: an officer compares a court's order or a consent with what the
file's header states of it, and signs that."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, cast

import msgspec
import typer

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
from counterfoil.cli.output import faults, show
from counterfoil.client import act, ask
from counterfoil.controls import comparison as service
from counterfoil.core.use_cases import Upload

_Document = Annotated[
    Path,
    typer.Option(
        "--document", help="The order's or the consent's file, as received.", show_default=False
    ),
]
_Agree = Annotated[
    list[str] | None,
    typer.Option(
        "--agree",
        help="A field in which document and header agree; once for each. Left out: what the header "
        "states is shown, and nothing is signed.",
        show_default=False,
    ),
]


def compare_document(
    batch: BatchArgument,
    document: _Document,
    directory: OfficeDir,
    officer: OfficerKeyFile,
    agree: _Agree = None,
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Compare a court's order or a consent with what the file's header states of it, and sign the
    fields that were compared. Without it nothing is opened. Entered in the ledger."""
    with faults(as_json=as_json):
        office = desk(directory, passphrase_file)
        key = officer_key(office, officer, officer_passphrase_file)
        if not agree:
            found = ask(office, service.show_document, key.officer, service.ShowDocument(batch))
            result = {"batch": found.batch, "document": found.digest, "stated": found.stated}
            show(result, _stated_words(found.stated), as_json=as_json)
            return
        fields = tuple(sorted(set(agree)))
        command = service.CompareDocument(batch, Upload(document), fields)
        done = act(
            office, service.compare_document_statement, service.compare_document, command, key
        )
        words = (
            f"Document and header were compared in {', '.join(done.fields)}; entry {done.index}."
        )
        show(msgspec.to_builtins(done), words, as_json=as_json)


def _stated_words(stated: dict[str, Any]) -> str:
    lines = [f"{name}: {_text(value)}" for name, value in sorted(stated.items())]
    options = " ".join(f"--agree {name}" for name in sorted(stated))
    return "\n".join([*lines, "", f"If the document says the same in every field: {options}"])


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(map(_text, cast(list[Any], value)))
    parts = cast(dict[str, Any], value).values() if isinstance(value, dict) else [value]
    return ", ".join(map(str, parts))
