"""What every step of a batch prints: the batch's id on stdout, its state and counts in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from counterfoil.cli.output import DONE_WITH_REJECTS, say, show
from counterfoil.cli.rejects import RejectList
from counterfoil.core.instants import minute_text
from counterfoil.disclosure import BatchStatus
from counterfoil.disclosure.listing import BatchLine
from counterfoil.disclosure.screening import OVERRIDDEN, REFUSED_BY, WAITING


def tell(
    standing: BatchStatus,
    rejected: RejectList | None = None,
    *,
    quiet: bool,
    as_json: bool,
    out: Path | None = None,
) -> None:
    """The batch's id on stdout; state, counts and files in words. Rejects are exit 3."""
    result: dict[str, Any] = {
        "batch": standing.batch,
        "state": standing.state,
        "counts": standing.counts,
    }
    words = [f"{standing.state}: {_counted(standing)}"]
    if standing.waiting:
        result["waiting"] = standing.waiting
        words.append(f"`counterfoil waiting {standing.batch}` lists what waits for an officer.")
    if rejected is not None:
        listed = rejected.written
        result |= {"rejected": rejected.count, "rejects": str(listed) if listed else None}
        words += [f"Rejected rows are listed in {listed}"] if listed else []
    if out is not None:
        result |= {"out": str(out), "envelope": f"{out}.jws"}
        words.append(f"Wrote {out} and {out.name}.jws")
    show(result, standing.batch, as_json=as_json)
    say("\n".join(words), quiet=quiet or as_json)
    if rejected is not None and rejected.count:
        raise typer.Exit(DONE_WITH_REJECTS)


def _counted(standing: BatchStatus) -> str:
    """The counts in words: with the refused, how many of them wait for an officer, and how many
    were admitted since."""
    said: list[str] = []
    for name, value in standing.counts.items():
        if name.startswith(REFUSED_BY) or name in (WAITING, OVERRIDDEN):
            continue
        words = f"{value} {name.replace('_', ' ')}"
        notes: list[str] = []
        if name == "refused":
            admitted = standing.counts.get(OVERRIDDEN, 0)
            notes += [waiting_words(standing.waiting)] if standing.waiting else []
            notes += [f"{admitted} admitted by an override"] if admitted else []
        said.append(f"{words} ({', '.join(notes)})" if notes else words)
    return ", ".join(said)


def due_words(line: BatchLine) -> str:
    """By when a batch that is open is due, in words; "" for a closed one, and where the agreement
    names no hours."""
    if line.late:
        return f"  LATE: was due {minute_text(line.due_at)}"
    return f"  due {minute_text(line.due_at)}" if line.due_at and line.is_open else ""


def waiting_words(waiting: int) -> str:
    """How many requests wait for an officer, in words."""
    return f"{waiting} {'waits' if waiting == 1 else 'wait'} for an officer"
