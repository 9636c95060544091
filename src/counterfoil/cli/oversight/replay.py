"""`counterfoil replay BUNDLE`: one answer reckoned again; without a bundle, the run of August 2025
as reported."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from counterfoil.cli.options import AsJson, PassphraseFile, Quiet
from counterfoil.cli.output import faults, progress, say, show
from counterfoil.cli.oversight.evidence import replay_bundle
from counterfoil.demo.replay import REPORTED_ROWS
from counterfoil.demo.replaying import replay as run_replay


def replay(
    bundle: Annotated[
        Path | None,
        typer.Argument(
            metavar="[BUNDLE]", help="What `evidence export` wrote.", show_default=False
        ),
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option(help="The bundle's key; BUNDLE.key by default.", show_default=False),
    ] = None,
    holder_key: Annotated[
        str,
        typer.Option(
            "--holder-key",
            help="The holder's verifier key, from elsewhere than the bundle, or its file.",
        ),
    ] = "",
    office: Annotated[
        Path | None,
        typer.Option(help="Compare with this office's snapshot as well.", show_default=False),
    ] = None,
    directory: Annotated[
        Path, typer.Option("--dir", help="Where everything is made; a former replay is replaced.")
    ] = Path("replay-office"),
    rows: Annotated[int, typer.Option(help="Rows of the request file.", min=1)] = REPORTED_ROWS,
    passphrase_file: PassphraseFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """With BUNDLE: reckon one answer again from its evidence alone; exit 5 where it is not
    identical. Without: the run of August 2025 as reported, about made-up people, refused whole
    under the agreement's limits, then, for study, with the limits of file, caseload and quota
    lifted; exit 5 where an answer is not what its row was made for."""
    with faults(as_json=as_json):
        if bundle is not None:
            replay_bundle(bundle, key, holder_key, office, passphrase_file, as_json=as_json)
            return
        started = time.monotonic()
        say(
            f"Making {rows} requests and the register that they are asked of.",
            quiet=quiet or as_json,
        )
        with progress(quiet=quiet or as_json) as advance:
            figures = run_replay(directory, rows, advance)
        figures["seconds"] = round(time.monotonic() - started, 1)
        show(figures, _told(figures), as_json=as_json)


def _told(figures: dict[str, Any]) -> str:
    limited, lifted = figures["limited"], figures["lifted"]
    lines = [
        f"Under the limits of treasury-dhs-2025: {limited['refused']} of {figures['rows']} "
        "refused, the whole file for",
        *(f"  {element}" for element in limited["whole_file"]),
        "",
        "With the limits of file, declared caseload and quota lifted, by what each row was made "
        "of:",
        f"  {'made of':8} {'confirmed':>10} {'not conf.':>10} {'refused':>8}  stopped by",
    ]
    for group, outcomes in sorted(
        lifted["outcomes"].items(), key=lambda item: (item[0][0] == "F", len(item[0]), item[0])
    ):
        by = ", ".join(
            f"{element} {count}"
            for element, count in list(lifted["stopped_by"].get(group, {}).items())[:4]
        )
        yes, no, refused = (
            outcomes.get(word, 0) for word in ("confirmed", "not_confirmed", "refused")
        )
        lines.append(f"  {group:8} {yes:>10} {no:>10} {refused:>8}  {by}")
    return "\n".join([*lines, "", _summary(figures)])


def _summary(figures: dict[str, Any]) -> str:
    outcomes = figures["lifted"]["outcomes"]
    sums = {
        word: sum(each.get(word, 0) for each in outcomes.values())
        for word in ("confirmed", "not_confirmed", "refused")
    }
    asked = sum(outcomes["held"].values())
    return (
        f"replay: {figures['rows']} asked; limits kept: {figures['limited']['refused']} "
        f"refused; limits lifted: {sums['refused']} refused, "
        f"{sums['confirmed']} confirmed of {asked} made to be, {sums['not_confirmed']} not "
        "confirmed, "
        f"0 confirmed that were not made to be, {figures['lifted']['opened']} openings; "
        f"{figures['seconds']} s"
    )
