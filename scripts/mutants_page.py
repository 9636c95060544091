"""Write docs/measurements/mutants.md from the last `make mutants`: `python -m scripts.mutants_page`.

mutmut keeps, beside each mutated file, FILE.meta: JSON with `exit_code_by_key`, the tests' exit code for each mutant. 0 is a
mutant that no test noticed; null is one that was not tried; 24, 36 and -24 ran out of time and count as not noticed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "measurements" / "mutants.md"
_OUT_OF_TIME = (24, 36, -24)
_KEPT = "## Survivors that change nothing"


class Module(NamedTuple):
    """One mutated file: how many mutants were tried, how many a test noticed, and the names of the others."""

    name: str
    tried: int
    killed: int
    survivors: tuple[str, ...]


def read_modules(directory: Path) -> list[Module]:
    """Every file of a run that tried at least one mutant, in order of name."""
    found: list[Module] = []
    for path in sorted(directory.rglob("*.py.meta")):
        codes = json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
        tried = {name: code for name, code in codes.items() if code is not None}
        left = tuple(name for name, code in tried.items() if code == 0 or code in _OUT_OF_TIME)
        if tried:
            found.append(Module(path.name.removesuffix(".meta"), len(tried), len(tried) - len(left), left))
    return found


def page(modules: list[Module], kept: str) -> str:
    """The page. `kept` is the hand-written part, which says of survivors why they change nothing."""
    tried, killed = sum(each.tried for each in modules), sum(each.killed for each in modules)
    rows = [f"| `{m.name}` | {m.tried} | {m.killed} | {100 * m.killed / m.tried:.1f} % |" for m in modules]
    left = [f"- `{name}`" for module in modules for name in module.survivors]
    lines = [
        "# Mutants of the gate",
        "",
        "<!-- Made by `python -m scripts.mutants_page` after `make mutants`; what is below the last heading is kept. -->",
        "",
        "mutmut breaks one expression of `src/counterfoil/gate/` at a time and runs the gate's tests. A mutant is killed when a test",
        f"fails. {killed} of {tried} tried mutants were killed ({100 * killed / tried:.1f} %).",
        "A file that is not in the table was not tried.",
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
    modules = read_modules(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "mutants")
    if not modules:
        raise SystemExit("no mutant was tried: run `make mutants` first")
    before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    _, _, after = before.partition(_KEPT)
    PAGE.write_text(page(modules, f"{_KEPT}{after}" if after else f"{_KEPT}\n\nNone is known.\n"), encoding="utf-8")


if __name__ == "__main__":
    main()
