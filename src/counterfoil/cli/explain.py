"""`counterfoil explain`: looking at one decision from the holder's side."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from counterfoil.cli.options import (
    AsJson,
    OfficeDir,
    OfficerKey,
    OfficerPassphrase,
    PassphraseFile,
    officer_signer,
    opened,
)
from counterfoil.cli.output import faults, show
from counterfoil.explaining import Explanation, explain_request
from counterfoil.model import State


def explain(
    batch: Annotated[str, typer.Argument(metavar="BATCH", help="The id that `receive` printed.")],
    request_id: Annotated[str, typer.Argument(metavar="REQUEST_ID", help="The request's id in its file.")],
    directory: OfficeDir,
    officer: OfficerKey,
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Findings and evidence of one request, for the holder's eyes. That you looked is entered in the ledger."""
    with faults(as_json=as_json):
        office = opened(directory, passphrase_file)
        found = explain_request(office, batch, request_id, *officer_signer(office, officer, officer_passphrase_file))
        show(msgspec.to_builtins(found), _words(found), as_json=as_json)


def _words(found: Explanation) -> str:
    lines = [f"{found.request_id}: {found.outcome}" + (f", {found.decided}" if found.decided else "")]
    for each in found.findings:
        if each.state is not State.MET:
            lines += [
                "",
                f"{each.state.value.replace('_', ' ')}: {each.citation} [{each.code}]",
                f"  {each.explanation}",
                f"  Cure: {each.cure}",
            ]
    met = sum(each.state is State.MET for each in found.findings)
    lines += ["", f"{met} of {len(found.findings)} elements met."]
    if found.evidence:
        lines += ["", f"Best resident: {found.score_bits:.2f} bits, {found.margin_bits:.2f} above the next."]
        lines += [f"  {each.weight_bits:+8.2f}  {each.feature}: {each.level}" for each in found.evidence]
    return "\n".join(lines)
