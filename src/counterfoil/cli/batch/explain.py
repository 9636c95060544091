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
    desk,
    officer_key,
)
from counterfoil.cli.output import faults, show, write_file
from counterfoil.client import ask
from counterfoil.core.values import State
from counterfoil.disclosure.explain import (
    ExplainRequest,
    Explanation,
    RequestValues,
    explain_request,
)
from counterfoil.disclosure.explain_chart import draw_svg, draw_text, feature_words


def explain(
    batch: Annotated[str, typer.Argument(metavar="BATCH", help="The id that `receive` printed.")],
    request_id: Annotated[
        str,
        typer.Argument(
            metavar="REQUEST_ID",
            help="The request's id in its file; 'row N' for a rejected row without one.",
        ),
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
        office = desk(directory, passphrase_file)
        key = officer_key(office, officer, officer_passphrase_file)
        shown = ask(office, explain_request, key.officer, ExplainRequest(batch, request_id, values))
        found, asked = shown.explanation, shown.values
        told = msgspec.to_builtins(found) | ({} if asked is None else {"asked": asked.values})
        write_file(svg, [draw_svg(found, asked.values if asked else None)] if svg else ())
        show(told, explanation_words(found, asked), as_json=as_json)


def _next(found: Explanation) -> list[str]:
    """What can be done about the outcome, beside the cures of the findings: one line, or none."""
    failed = [each for each in found.findings if each.state is not State.MET]
    waits = bool(failed) and all(each.state is State.NEEDS_OFFICER for each in failed)
    if found.not_compared:
        why = _NOT_COMPARED.get(found.not_compared, "its address could not be looked up")
        return [
            f"Nobody looked: {why} [{found.not_compared}].",
            f"  Cure: {_cure_of(found.not_compared)}",
        ]
    if found.decided == "not_confirmed":
        return ["The request was in order. Nothing of it needs a cure."]
    if not waits or found.overridden:
        return []
    if found.state == "gated":
        named = " --element ".join(each.element for each in failed)
        return [
            f"It waits. An officer and counsel admit it with `counterfoil override {found.batch} "
            f"{found.request_id} --element {named} --counsel KEY --reason FILE`, before the "
            "batch is determined."
        ]
    return [
        f"It waited and was not admitted before its batch was {found.state}. Cure: the requester "
        "asks again in a new file."
    ]


_NOT_COMPARED = {
    "not_certified": "no certificate covers a question of its kind, as the agreement requires",
    "snapshot_old": "the register is older than the agreement allows",
    "keeper_limit": "the day's limit of openings of the register was reached",
    "register_unreadable": "a part of the register could not be read",
}
"""Why a row that the law admits was not compared, by the code that is answered."""


def _cure_of(code: str) -> str:
    if code == "not_certified":
        return (
            "the requester states the date of birth in a new file, or the holder certifies such "
            "questions (`counterfoil register certify --source FILE`)."
        )
    return "the requester asks again in a new file; nothing of this one counts as asked."


def explanation_words(found: Explanation, asked: RequestValues | None) -> str:
    """An explanation, in words."""
    if (reject := found.reject) is not None:
        column = f", {reject.column}" if reject.column else ""
        return (
            f"{found.request_id}: rejected, so that nothing was asked\n\n"
            f"row {reject.row}{column}: {reject.message} [{reject.code}]\n  Cure: {reject.cure}"
        )
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
                f"  Element: {each.element}",
            ]
    met = sum(each.state is State.MET for each in found.findings)
    lines += ["", f"{met} of {len(found.findings)} elements met.", *_next(found)]
    if found.evidence:
        lines += [
            "",
            f"Best resident: evidence of {found.score_bits:.2f}, {found.margin_bits:.2f} above the "
            "next, in bits",
            "(1 bit doubles the odds).",
        ]
        lines += draw_text(found)
    if asked is not None:
        lines += [
            "",
            "As asked:",
            *(f"  {feature_words(feature)}: {value}" for feature, value in asked.values.items()),
        ]
    return "\n".join(lines)
