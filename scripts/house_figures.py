"""Figures of the house, of one tree or of two side by side:
`python -m scripts.house_figures TREE [TREE]`.

A tree is a checkout: its package is read from `src/counterfoil` and nothing of it is run. A room is
whatever stands at the root of the package, a folder or a single module, so that a tree from before
the rooms can be compared with one from after. The house tests hold some of these figures.

What is counted, one row each:

- rooms at the root of the package, `__init__` left out, and the most files in one folder
- arrows between rooms: pairs of rooms of which the first imports the second, also for types only
- names that doors import from the rooms of floors 2 and 3, once a module
- statements and branches, as coverage counts them
- functions, those over 35 lines and those over 70, and files over 500 lines

Migrations are left out, as the house tests leave them out, except from the arrows.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import grimp
from coverage.python import PythonParser

PACKAGE: Final = "counterfoil"
NOT_COUNTED: Final = r"if TYPE_CHECKING:|@overload"
DOORS: Final = frozenset({"cli", "api", "web"})
LOWER: Final = frozenset({
    "normalize", "tlog", "database", "intake", "gate", "register", "matching", "ledger", "answers",
    "batches", "envelopes",
})  # fmt: skip
"""The rooms of floors 2 and 3, of which a door needs use cases rather than insides."""
LOWER_BEFORE: Final = frozenset(
    {"forms", "proof", "witness", "store", "match", "respond", "review"}
)
"""What those rooms were called before they were moved, for a tree of that time."""


def room(module: str) -> str:
    """The room of a dotted name: `gate` for `counterfoil.gate.law`, nothing for the root."""
    return module.partition(".")[2].partition(".")[0]


def python_files(tree: Path) -> list[Path]:
    """The source files of a tree, migrations left out."""
    found = (tree / "src" / PACKAGE).rglob("*.py")
    return sorted(path for path in found if "migrations" not in path.parts)


def imported_names(path: Path) -> Iterator[str]:
    """Every name of the package that a file imports, dotted, at any depth and for types too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names if each.name.startswith(f"{PACKAGE}."))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == PACKAGE:
            yield from (f"{node.module}.{each.name}" for each in node.names)


def door_imports(tree: Path) -> list[str]:
    """`cli.verbs imports ledger.check` for each name that a door takes from floors 2 and 3."""
    root = tree / "src" / PACKAGE
    found: set[str] = set()
    for path in python_files(tree):
        place = path.relative_to(root).with_suffix("").parts
        if place[0] in DOORS:
            lower = (name for name in imported_names(path) if room(name) in LOWER | LOWER_BEFORE)
            found |= {f"{'.'.join(place)} imports {name.partition('.')[2]}" for name in lower}
    return sorted(found)


def arrows(graph: grimp.ImportGraph) -> list[tuple[str, str]]:
    """The pairs of rooms of which the first imports the second."""
    return sorted(
        {
            (room(module), room(target))
            for module in graph.modules
            for target in graph.find_modules_directly_imported_by(module)
            if room(module) and room(target) and room(module) != room(target)
        }
    )


def read_graph(tree: Path) -> grimp.ImportGraph:
    """The imports of the tree's package. The first tree that a process reads is the one it gets."""
    sys.path.insert(0, str((tree / "src").resolve()))
    return grimp.build_graph(PACKAGE, cache_dir=None)


def function_lines(path: Path) -> Iterator[int]:
    """The length of each function in lines, docstring and decorators left out."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
            yield (body[-1].end_lineno or 0) - body[0].lineno + 1


def counted(path: Path) -> tuple[int, int]:
    """Statements and branches of a file, as coverage counts them."""
    parser = PythonParser(
        text=path.read_text(encoding="utf-8"), filename=str(path), exclude=NOT_COUNTED
    )
    parser.parse_source()
    return len(parser.statements), sum(
        count for count in parser.exit_counts().values() if count > 1
    )


def figures(tree: Path) -> dict[str, int]:
    """The rows of the table for one tree."""
    files = python_files(tree)
    root = tree / "src" / PACKAGE
    rooms = {path.relative_to(root).parts[0].removesuffix(".py") for path in files} - {"__init__"}
    lengths = [lines for path in files for lines in function_lines(path)]
    counts = [counted(path) for path in files]
    return {
        "rooms at the root": len(rooms),
        "most files in a folder": max(Counter(path.parent for path in files).values()),
        "arrows between rooms": len(arrows(read_graph(tree))),
        "names that doors import from floors 2 and 3": len(door_imports(tree)),
        "files": len(files),
        "files over 500 lines": sum(
            len(path.read_text(encoding="utf-8").splitlines()) > 500 for path in files
        ),
        "statements": sum(statements for statements, _ in counts),
        "branches": sum(branches for _, branches in counts),
        "functions": len(lengths),
        "functions over 35 lines": sum(lines > 35 for lines in lengths),
        "functions over 70 lines": sum(lines > 70 for lines in lengths),
    }


def main(arguments: list[str]) -> None:
    """Print the table. Each tree is read in a process of its own, because the package of both has
    the same name."""
    if not arguments:
        sys.exit(__doc__)
    if arguments[0] == "--json":
        sys.stdout.write(json.dumps(figures(Path(arguments[1]))))
        return
    columns: list[dict[str, int]] = []
    for tree in arguments:
        done = subprocess.run(
            [sys.executable, "-m", "scripts.house_figures", "--json", Path(tree).resolve()],
            cwd=Path(__file__).parents[1],
            stdout=subprocess.PIPE,
            check=True,
        )
        columns.append(json.loads(done.stdout))
    rows = [f"{'':45}" + "".join(f"{Path(tree).name:>12}" for tree in arguments)]
    for name in columns[0]:
        rows.append(f"{name:45}" + "".join(f"{column[name]:12,}" for column in columns))
    sys.stdout.write("\n".join(rows) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
