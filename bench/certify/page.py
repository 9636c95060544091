"""The table of docs/measurements/certificate.md, from the curve that `register certify --curve`
wrote.

    python -m bench.certify.page curve.csv [--limit 1e-5]

Columns: the weights' own threshold, the lowest at which every kind meets the limit from there on,
and one and two bits above it. Where none does, the thresholds from the own one up in steps of two
bits.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path

Line = dict[str, str]


def read_curve(path: Path) -> list[Line]:
    """The lines of a curve, lowest threshold first."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def kinds_of(line: Line) -> list[str]:
    """The kinds of decoy that were tried."""
    return [name.removesuffix("_asked") for name in line if name.endswith("_asked")]


def lowest_meeting(lines: Sequence[Line], limit: float) -> Line | None:
    """The lowest line from which on every kind's bound meets the limit."""
    chosen: Line | None = None
    for line in reversed(lines):
        if max(float(line[f"{kind}_bound"]) for kind in kinds_of(line)) > limit:
            break
        chosen = line
    return chosen


def shown(lines: Sequence[Line], limit: float) -> list[Line]:
    """The lines that become columns."""
    met = lowest_meeting(lines, limit)
    at = lines.index(met) if met else 0
    places = {0, at, at + 2, at + 4} if met else set(range(0, 16, 4))
    return [lines[place] for place in sorted(places) if place < len(lines)]


def table(lines: Sequence[Line], limit: float) -> str:
    """The table, in Markdown: wrong ones, and the bound at the threshold that meets the limit."""
    columns, met = shown(lines, limit), lowest_meeting(lines, limit)
    head = [
        "kind",
        "asked",
        *(f"wrong at {line['threshold_bits']} bits" for line in columns),
        "bound" if met else "",
    ]
    rows = [head, ["---"] * len(head)]
    for kind in kinds_of(lines[0]):
        wrong = [f"{int(line[f'{kind}_wrong']):,}" for line in columns]
        bound = met[f"{kind}_bound"] if met else ""
        rows.append([f"`{kind}`", f"{int(lines[0][f'{kind}_asked']):,}", *wrong, bound])
    rows.append(
        [
            "own people as held",
            "",
            *(f"{float(line['own_people_as_held']):.4f}" for line in columns),
            "",
        ]
    )
    told = (
        f"Met from {met['threshold_bits']} bits on; the bounds are of there."
        if met
        else "Met nowhere."
    )
    return (
        "\n".join("| " + " | ".join(row) + " |" for row in rows)
        + f"\n\nLimit {limit:.0e}. {told}\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("curve", type=Path)
    parser.add_argument("--limit", type=float, default=1e-5)
    asked = parser.parse_args()
    print(table(read_curve(asked.curve), asked.limit), end="")


if __name__ == "__main__":
    main()
