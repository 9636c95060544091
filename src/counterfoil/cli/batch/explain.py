"""`counterfoil explain`: looking at one decision from the holder's side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from counterfoil.cli.options import (
    AsJson,
    OfficeDir,
    OfficerKeyFile,
    OfficerPassphrase,
    PassphraseFile,
    officer_key,
    opened,
)
from counterfoil.cli.output import faults, show, write_file
from counterfoil.core.values import State
from counterfoil.disclosure.explain import (
    ExplainRequest,
    Explanation,
    RequestValues,
    explain_request,
)
from counterfoil.disclosure.explain_chart import draw_svg, draw_text


def explain(
    batch: Annotated[str, typer.Argument(metavar="BATCH", help="The id that `receive` printed.")],
    request_id: Annotated[
        str, typer.Argument(metavar="REQUEST_ID", help="The request's id in its file.")
    ],
    directory: OfficeDir,
    officer: OfficerKeyFile,
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    svg: Annotated[
        Path | None, typer.Option(help="Draw the evidence as a waterfall.", show_default=False)
    ] = None,
    values: Annotated[
        bool, typer.Option("--values", help="Show what the request asked, too: never what is held.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Findings and evidence of one request, for the holder's eyes. That you looked is entered in
    the ledger."""
    with faults(as_json=as_json):
        office = opened(directory, passphrase_file)
        key = officer_key(office, officer, officer_passphrase_file)
        shown = explain_request(office, key.officer, ExplainRequest(batch, request_id, values))
        found, asked = shown.explanation, shown.values
        told = msgspec.to_builtins(found) | ({} if asked is None else {"asked": asked.values})
        write_file(svg, [draw_svg(found, asked.values if asked else None)] if svg else ())
        show(told, _words(found, asked), as_json=as_json)


def _words(found: Explanation, asked: RequestValues | None) -> str:
    lines = [
        f"{found.request_id}: {found.outcome}" + (f", {found.decided}" if found.decided else "")
    ]
    if found.overridden:
        lines.append(f"Admitted by an override of {', '.join(found.overridden)}.")
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
        lines += [
            "",
            f"Best resident: {found.score_bits:.2f} bits, {found.margin_bits:.2f} above the next.",
        ]
        lines += draw_text(found)
    if asked is not None:
        lines += [
            "",
            "As asked:",
            *(f"  {feature}: {value}" for feature, value in asked.values.items()),
        ]
    return "\n".join(lines)
