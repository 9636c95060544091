"""`counterfoil law check | explain | table`: the law as a lawyer reads it, of an office or of a
library of law files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from counterfoil import gate
from counterfoil.cli.options import AsJson
from counterfoil.cli.output import faults, say, show
from counterfoil.cli.verbs import add_verb, group
from counterfoil.core.errors import UsageFault, VerifyFault

app = group(
    "Check the law files, and look elements up.", "law check", "law explain i2-period-definite"
)

OfficeLaw = Annotated[
    Path | None,
    typer.Option("--office", help="Read the law in force at this office.", show_default=False),
]
Library = Annotated[
    Path | None,
    typer.Option(
        "--library",
        help="Read a library of law files; else the one that comes with Counterfoil.",
        show_default=False,
    ),
]


def check(office: OfficeLaw = None, library: Library = None, as_json: AsJson = False) -> None:
    """Load every agreement, compare every quote with its digest, run every sentence. Exit 5 where a
    sentence fails."""
    with faults(as_json=as_json):
        directory, cases = _places(office, library)
        report = gate.check_law(directory, cases)
        if report.broken:
            say("\n".join(_sentence(each) for each in report.broken), quiet=as_json)
            first = report.broken[0]
            raise VerifyFault(
                "law_sentence_fails",
                f"{len(report.broken)} of {report.sentences} sentences are not borne out by the "
                "law",
                place=f"cases/{first.file}: {first.element}: because {first.because}",
                cure="Correct the law or the sentence; `counterfoil law explain ELEMENT` shows "
                "both.",
            )
        words = (
            f"OK: {len(report.agreements)} agreements, {report.routes} routes, "
            f"{report.statutes} statutes, {report.elements} elements, "
            f"{report.quotes} quotes match their digests, {report.sentences} sentences hold."
        )
        show(msgspec.to_builtins(report), words, as_json=as_json)


def explain(
    element: Annotated[
        str, typer.Argument(metavar="ELEMENT", help="An element's id, or the code of a refusal.")
    ],
    office: OfficeLaw = None,
    library: Library = None,
    as_json: AsJson = False,
) -> None:
    """Words, citation, dates and cure of one element, and the sentences that test it."""
    with faults(as_json=as_json):
        page = gate.explain_element(*_places(office, library), element)
        if page is None:
            raise UsageFault(
                "element_unknown",
                "the law holds no element and no code of that name",
                place="ELEMENT",
                cure="`counterfoil law table` lists every element with its code.",
            )
        show(msgspec.to_builtins(page), _words(page), as_json=as_json)


def table(office: OfficeLaw = None, library: Library = None, as_json: AsJson = False) -> None:
    """Every element of the law as one page of Markdown."""
    with faults(as_json=as_json):
        laws = gate.routes_of(_places(office, library)[0])
        elements = {each.id: each for law in laws for each in law.elements}
        page = gate.table_page(laws).removesuffix("\n")
        show({"elements": msgspec.to_builtins(list(elements.values()))}, page, as_json=as_json)


def _places(office: Path | None, library: Path | None) -> tuple[Path, Path]:
    """(directory whose law is read, library whose sentences are run). Raises UsageFault."""
    if office is not None and library is not None:
        raise UsageFault(
            "law_place_twice",
            "an office and a library are two places",
            place="--office, --library",
            cure="Name one.",
        )
    if office is not None:
        return office / "law", gate.law_library()
    chosen = library or gate.law_library()
    return chosen, chosen


def _words(page: gate.ElementPage) -> str:
    lines = [f"{page.entries[0].id}  [{page.entries[0].code}]", f"  law/{page.file}"]
    for entry in page.entries:
        lines += [
            "",
            f"In force from {entry.in_force.first} to {entry.in_force.last or 'no end'}: "
            f"{entry.citation}",
        ]
        lines += [f"  {entry.uslm}"] if entry.uslm else []
        lines += (
            [f'  "{entry.quote}"', f"  {entry.digest}"]
            if entry.quote
            else ["  No words of a statute are quoted."]
        )
        if entry.other_provision:
            other = entry.other_provision
            lines += [f"  This would need {other.needs}: {other.citation} ({other.uslm})"]
        lines += [f"  {entry.explanation}", f"  Cure: {entry.cure}", f"  Check: {entry.check}"]
    lines += [
        "",
        f"{len(page.sentences)} sentences:",
        *(f"  {_sentence(each)}" for each in page.sentences),
    ]
    return "\n".join(lines)


def _sentence(result: gate.CaseResult) -> str:
    """`cases/FILE: because ...: refused for ...`; where the law finds otherwise, both are said."""
    told = f"cases/{result.file}: because {result.because}: {_found(result.expected)}"
    return told if result.agrees else f"{told}; the law finds {_found(result.found)}"


def _found(found: gate.Findings) -> str:
    if not found:
        return "admitted"
    return "refused for " + ", ".join(
        f"{element} ({state.value.replace('_', ' ')})" for element, state in found
    )


add_verb(app, check, "law check", "law check --office tax-office")
add_verb(
    app, explain, "law explain i2-period-definite", "law explain period_vague --office tax-office"
)
add_verb(app, table, "law table > elements.md")
