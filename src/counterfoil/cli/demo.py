"""`counterfoil demo`: runs the demonstration and tells it in one screen."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from counterfoil.cli.options import AsJson, Quiet
from counterfoil.cli.output import faults, progress, say, show
from counterfoil.demo.demonstration import demonstrate

_MADE_OF = {
    "true": "held at the address",
    "household": "child or sibling of one who is held",
    "mover": "held, but at another address",
    "unit": "right building, wrong unit",
    "F1": "number only, no address",
    "F2": "five digits for an address",
    "F3": '"Failed to Provide", "NA NA"',
    "F4": "a jail, without location",
    "F5": "one officer in 300 matters",
    "F7": "no investigation",
    "F8": "civil purpose, or deferred",
    "F19": "vague taxable period",
    "F20": "one reason for all",
}


def demo(
    directory: Annotated[
        Path,
        typer.Option("--dir", help="Where everything is made; a former demonstration is replaced."),
    ] = Path("demo-office"),
    sample: Annotated[
        Path, typer.Option(help="Where the made-up sample population is (`make demo` installs it).")
    ] = Path("data/pseudopeople"),
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """The main job, end to end, on made-up people: about 2,000 requests, lawful and not, by the
    mailbox to a sandbox's service; two officers sign, and the requester's kit opens the answer."""
    with faults(as_json=as_json):
        started = time.monotonic()
        say(
            "Building an office and a register of made-up people, then answering through its "
            "service.",
            quiet=quiet or as_json,
        )
        with progress(quiet=quiet or as_json) as advance:
            figures = demonstrate(directory, sample, advance)
        figures["seconds"] = round(time.monotonic() - started, 1)
        show(figures, _told(figures, directory), as_json=as_json)


def _told(figures: dict[str, Any], directory: Path) -> str:
    held, log = figures["register"], figures["ledger"]
    parts = [
        f"Register: {held['rows']} rows of returns, {held['residents']} residents behind "
        f"{held['addresses']} sealed addresses.",
        f"Asked: {figures['asked']} requests.",
        "",
        f"  {'made of':44} {'asked':>6} {'confirmed':>10} {'not conf.':>10} {'refused':>8}",
        *(
            _group_line(name, counts)
            for name, counts in sorted(figures["groups"].items(), key=lambda item: _order(item[0]))
        ),
        "",
        "Refused, by element (a request that fails three counts in three):",
        *(f"  {count:>6}  {element}" for element, count in figures["refused_by_element"].items()),
        "",
        _deputy_line(figures["deputy"]),
        _openings_line(figures["openings"]),
        f"Ledger: {log['size']} entries, checked from the first to the last; root {log['root']}",
        *(f"  {text}" for text in figures["verified"]),
        "",
        _evaluation_line(figures["evaluation"]),
        f"Done in {figures['seconds']} s.",
        "",
        *_look_next(figures["batch"], directory),
    ]
    return "\n".join(parts)


def _look_next(batch: str, directory: Path) -> list[str]:
    keys = f"--office {directory}/office --officer {directory}/office/keys/officer-a.key"
    return [
        "Look next:",
        f"  {directory}/answers.jsonl     all that the requester gets, and its envelope "
        "answers.jsonl.jws",
        f"  {directory}/answers-with-requests.csv  the requests, each with its answer",
        f"  counterfoil verify-answer {directory}/answers.jsonl --holder-key "
        f"{directory}/office/keys/holder.vkey",
        f"  counterfoil ledger show --office {directory}/office --to 20",
        f"  counterfoil explain {batch} R00001 {keys}",
        f"  counterfoil serve all --config {directory}/service.toml",
        "  docs/ARCHITECTURE.md          where each promise is kept",
    ]


def _deputy_line(counts: dict[str, int]) -> str:
    asked = sum(counts.values())
    return (
        "F9, a file from an official whom the statute does not name: "
        f"{counts.get('refused', 0)} of {asked} refused."
    )


def _openings_line(openings: dict[str, int]) -> str:
    granted, opened = openings["granted"], openings["opened"]
    tale = (
        "No refused request touched the register."
        if granted == opened
        else "These should be equal: run `ledger check`."
    )
    return (
        f"Requests admitted: {granted}. Openings that the key custodian counted: {opened}. {tale}"
    )


def _group_line(name: str, counts: dict[str, int]) -> str:
    label = f"{name}: {_MADE_OF[name]}"
    asked, yes, no, refused = (
        sum(counts.values()),
        counts.get("confirmed", 0),
        counts.get("not_confirmed", 0),
        counts.get("refused", 0),
    )
    return f"  {label:44} {asked:>6} {yes:>10} {no:>10} {refused:>8}"


def _order(name: str) -> tuple[int, str]:
    return (int(name[1:]), name) if name[1:].isdigit() else (list(_MADE_OF).index(name) - 100, name)


def _evaluation_line(found: dict[str, Any]) -> str:
    return (
        f"Labelled questions: of {found['true']} true ones {found['confirmed_true']} confirmed "
        f"({100 * found['recall']:.1f} %), "
        f"of {found['false']} false ones {found['confirmed_false']} confirmed."
    )
