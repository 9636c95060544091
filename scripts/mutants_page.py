"""Write docs/measurements/mutants.md from the last `make mutants`: `python -m
scripts.mutants_page`.

mutmut keeps, beside each mutated file, FILE.meta: JSON with `exit_code_by_key`, the tests' exit
code for each mutant.

    null                 not tried
    1, 3                 killed: a test failed, or the tests broke off
    33, 5                no test reaches it: nobody would notice
    24, 36, -24, 152, 255   ran out of time: nobody would notice
    0, any other         not noticed
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

from counterfoil.certification.curves import upper_bound

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "measurements" / "mutants.md"
_KILLED = (1, 3)
_WHY = dict.fromkeys((33, 5), "no test reaches it") | dict.fromkeys(
    (24, 36, -24, 152, 255), "out of time"
)
_KEPT = "## Survivors that change nothing"


class Module(NamedTuple):
    """One mutated file: how many mutants there are, how many were tried, and by name why each of
    the others was not noticed."""

    name: str
    made: int
    tried: int
    survivors: dict[str, str]

    @property
    def killed(self) -> int:
        """How many a test noticed."""
        return self.tried - len(self.survivors)


def read_modules(directory: Path) -> tuple[list[Module], date]:
    """Every file of a run that made mutants, in order of name, and the day of its last result."""
    found: list[Module] = []
    last = 0.0
    for path in sorted(directory.rglob("*.py.meta")):
        codes = json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
        tried = {name: code for name, code in codes.items() if code is not None}
        left = {name: _WHY.get(code, "") for name, code in tried.items() if code not in _KILLED}
        if codes:
            found.append(Module(path.name.removesuffix(".meta"), len(codes), len(tried), left))
            last = max(last, path.stat().st_mtime)
    return found, datetime.fromtimestamp(last, UTC).date()


def page(modules: list[Module], day: date, kept: str) -> str:
    """The page. `kept` is the hand-written part, which says of survivors why they change
    nothing."""
    tried, killed = sum(each.tried for each in modules), sum(each.killed for each in modules)
    rows = [
        f"| `{m.name}` | {m.tried} | {m.killed} | {100 * m.killed / m.tried:.1f} % |"
        for m in modules
        if m.tried
    ]
    rest = [f"`{m.name}` ({m.made - m.tried} of {m.made})" for m in modules if m.tried < m.made]
    made = sum(each.made for each in modules)
    drawn = (
        f" They are a random sample of all {made}: with 95 % confidence at least "
        f"{100 - 100 * upper_bound(tried - killed, tried):.1f} % of all would be."
        if tried < made
        else ""
    )
    left = [
        f"- `{name}`{why and f': {why}'}"
        for module in modules
        for name, why in module.survivors.items()
    ]
    lines = [
        "# Mutants of the gate",
        "",
        "<!-- Made by `python -m scripts.mutants_page` after `make mutants`; what is below the "
        "last heading is kept. -->",
        "",
        "`make mutants` breaks one expression of `src/counterfoil/gate/` at a time and runs the "
        "tests of `tests/gate` that reach it,",
        "but for those that go through the whole house (marked `whole`). A mutant is killed "
        "when a test fails; one that no test",
        "reaches, or whose tests run out of time, is not.",
        "",
        f"Last run: {day}. {killed} of {tried} tried mutants were killed "
        f"({100 * killed / tried:.1f} %).{drawn}",
        "",
        f"Made and not tried: {', '.join(rest) or 'none'}. No mutants are made of `__init__.py` "
        "and `tables.py`, of what stands outside",
        "of functions (tables, patterns, schemas), and of decorated functions (properties, and "
        "what is cached).",
        "",
        "| file | tried | killed | |",
        "|---|---|---|---|",
        *rows,
        "",
        "Not killed (`mutmut show NAME` prints one):",
        "",
        *(left or ["- none"]),
        "",
    ]
    return "\n".join(lines) + "\n" + kept


def main() -> None:
    """Write the page from `mutants/`, or from the folder that is named."""
    modules, day = read_modules(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "mutants")
    if not any(module.tried for module in modules):
        raise SystemExit("no mutant was tried: run `make mutants` first")
    before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    _, _, after = before.partition(_KEPT)
    PAGE.write_text(
        page(modules, day, f"{_KEPT}{after}" if after else f"{_KEPT}\n\nNone is known.\n"),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
