"""`counterfoil office doctor`: what keeps an office from working, or will."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from counterfoil.cli.options import AsJson, OfficeDir, office_url
from counterfoil.cli.output import FAILED, faults, say, show
from counterfoil.client.actions import here_only
from counterfoil.service.doctor import Finding, examine_office


def doctor(
    directory: OfficeDir,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            help="The service's configuration; else service.toml beside the office.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Look at an office on its own machine: configuration, permissions, keys, database, clock,
    register, certificates, witnesses, disk, mailbox. Reads only, and needs no passphrase. Ends with
    1 where something keeps the office from working."""
    with faults(as_json=as_json):
        if office_url(directory):
            raise here_only()
        found = examine_office(directory, config)
        words = "\n".join(line for each in found for line in _lines(each))
        show({"findings": msgspec.to_builtins(found)}, words, as_json=as_json)
        wrong = sum(each.level == "fail" for each in found)
        warned = sum(each.level == "warn" for each in found)
        say(f"{len(found)} findings: {wrong} fail, {warned} warn.", quiet=as_json)
        if wrong:
            raise typer.Exit(FAILED)


def _lines(each: Finding) -> list[str]:
    """A finding, readable on 80 columns: level, subject, what was found; below it the cure."""
    code = f" [{each.code}]" if each.code else ""
    first = f"{each.level:4}  {each.subject:14}"
    indent = " " * len(first)
    lines = textwrap.wrap(
        f"{each.place}: {each.words}{code}", 79, initial_indent=first, subsequent_indent=indent
    )
    if each.cure:
        cure = f"Cure: {each.cure}"
        if "`" in cure:  # a command is left in one piece, to be copied
            return [*lines, indent + cure]
        lines += textwrap.wrap(cure, 79, initial_indent=indent, subsequent_indent=indent)
    return lines
