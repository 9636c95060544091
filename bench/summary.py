"""`python -m bench.summary`: one table of what the parts of `make bench` measured last, each beside
what it is compared with.

Each part keeps its lines under its own name in data/bench.json, which git ignores.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

KEPT: Final = Path(__file__).parents[1] / "data" / "bench.json"
Line = tuple[str, str, str]
"""What was measured, the figure, and what it is beside."""


def keep(part: str, lines: Iterable[Line], kept: Path = KEPT) -> None:
    """Keep the lines of a part, in the place of those that it had."""
    found = _read(kept) | {part: [list(line) for line in lines]}
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(found, indent=1), encoding="utf-8")


def table(kept: Path = KEPT) -> str:
    """All lines of all parts."""
    lines = [(part, *line) for part, of_part in _read(kept).items() for line in of_part]
    rows = [("part", "what", "figure", "beside"), *lines]
    widths = [max(len(str(row[at])) for row in rows) for at in range(4)]
    return "\n".join(
        "  ".join(str(cell).ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _read(kept: Path) -> dict[str, list[list[str]]]:
    return json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}


if __name__ == "__main__":
    print(table())
