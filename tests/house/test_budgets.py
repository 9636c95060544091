"""The budgets of the house: how long a file and a function may be, how many files a folder holds,
how deep a room is, and how wide a line.

Where a room is still over a budget, the figure of today stands in a table here, and no figure may
grow. A figure that has fallen is lowered in the table; an empty table is deleted.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests.house.graph import import_graph
from tests.house.tree import (
    ROOT,
    SOURCE,
    committed_links,
    functions,
    imports,
    line_count,
    modules,
    python_files,
    syntax,
)

FILE_LINES, FUNCTION_LINES, SHORT_FUNCTION_LINES, COLUMNS = 500, 70, 35, 100
FILES_IN_A_FOLDER, FLOORS_IN_A_ROOM = 20, 6

DEEP_ROOMS = {
    "accountability": 7,
    "certification": 9,
    "gate": 13,
    "matching": 7,
    "register": 11,
    "tlog": 8,
}
"""Floors of the rooms that are deeper than six today."""


def _rooms() -> set[str]:
    """The rooms that the import rules name; those rules are exhaustive."""
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    [layers] = [
        each["layers"]
        for each in rules["importlinter"]["contracts"]
        if each["containers"] == ["counterfoil"]
    ]
    return {room.strip("() ") for layer in layers for room in layer.replace("|", ":").split(":")}


# -- files and folders -------------------------------------------------------------------------


def test_at_the_root_of_the_package_stand_rooms_and_nothing_else() -> None:
    found = {path.name for path in SOURCE.iterdir() if path.name != "__pycache__"}
    assert found - {"__init__.py", "py.typed"} == _rooms()


def test_no_file_is_over_500_lines() -> None:
    """But for `counterfoil-verify`, which is one file on purpose: tests/ledger/test_verifier.py holds
    its budget (decision 19)."""
    long = [path for path in python_files(SOURCE) if line_count(path) > FILE_LINES]
    assert [path.name for path in long if path != SOURCE / "cli" / "verifier.py"] == []


def test_a_folder_holds_at_most_20_files() -> None:
    held = Counter(str(path.parent.relative_to(SOURCE)) for path in python_files(SOURCE))
    over = {folder: files for folder, files in held.items() if files > FILES_IN_A_FOLDER}
    assert over == {}


# -- functions ---------------------------------------------------------------------------------


def test_nine_functions_in_ten_are_under_35_lines() -> None:
    lines = [function.lines for path in python_files(SOURCE) for function in functions(path)]
    assert sum(each < SHORT_FUNCTION_LINES for each in lines) >= 0.9 * len(lines)


def test_no_function_is_over_70_lines() -> None:
    found = [function for path in python_files(SOURCE) for function in functions(path)]
    assert [f"{f.file.name}:{f.name}" for f in found if f.lines > FUNCTION_LINES] == []


# -- lines -------------------------------------------------------------------------------------


def test_no_line_is_over_100_columns() -> None:
    """But for what a linter is told at the end of it."""
    wide = {
        f"{path.relative_to(SOURCE)}:{number}"
        for path in SOURCE.rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(re.sub(r"  # (noqa|pyright): ?.*", "", line)) > COLUMNS
    }
    assert wide == set()


UNFORMATTED = {"cli/verifier.py"}
"""Files that stand outside the formatter as a whole."""


def test_the_formatter_is_stopped_at_tables_only() -> None:
    stopped = [
        f"{path.relative_to(SOURCE)}:{line}"
        for path in python_files(SOURCE)
        if str(path.relative_to(SOURCE)) not in UNFORMATTED
        for line in _stopped_outside_tables(path)
    ]
    assert stopped == []


def _stopped_outside_tables(path: Path) -> list[int]:
    """The lines of a file's `fmt:` comments that do not end a table of the module."""
    text = path.read_text(encoding="utf-8")
    if "fmt:" not in text:
        return []
    tables = {
        node.end_lineno
        for node in syntax(path).body
        if isinstance(node, ast.Assign | ast.AnnAssign)
    }
    return [
        token.start[0]
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
        and "fmt:" in token.string
        and token.start[0] not in tables
    ]


# -- imports -----------------------------------------------------------------------------------


def test_no_module_imports_itself_through_others() -> None:
    known = modules()
    graph = {
        name: sorted(
            {
                target
                for raw in imports(path)
                if (target := _module(raw, set(known))) and target != name
            }
        )
        for name, path in known.items()
    }
    # A package's own __init__ re-exports its files; a file that imports its package back would be a
    # cycle.
    assert _cycles(graph) == []


def _module(raw: str, known: set[str]) -> str | None:
    return (
        raw if raw in known else raw.rpartition(".")[0] if raw.rpartition(".")[0] in known else None
    )


def _cycles(graph: dict[str, list[str]]) -> list[list[str]]:
    done: set[str] = set()
    found: list[list[str]] = []

    def visit(name: str, path: list[str]) -> None:
        if name in path:
            found.append(path[path.index(name) :])
            return
        if name in done:
            return
        for target in graph[name]:
            visit(target, [*path, name])
        done.add(name)

    for name in graph:
        visit(name, [])
    return found


def longest_chain(graph: dict[str, set[str]], passages: set[str]) -> int:
    """How many modules the longest chain of imports goes through. The graph has no cycle. A
    passage, such as an `__init__` that re-exports its folder's files, is gone through and not
    counted."""

    @cache
    def below(name: str) -> int:
        return (name not in passages) + max((below(each) for each in graph[name]), default=0)

    return max((below(name) for name in graph), default=0)


@pytest.mark.parametrize("room", sorted(_rooms()))
def test_a_room_has_at_most_six_floors(room: str) -> None:
    graph, files = import_graph(), modules()
    inside = {name for name in graph.modules if name.split(".")[1:2] == [room]}
    chains = {name: graph.find_modules_directly_imported_by(name) & inside for name in inside}
    passages = {name for name in inside if name in files and files[name].name == "__init__.py"}
    assert longest_chain(chains, passages) <= DEEP_ROOMS.get(room, FLOORS_IN_A_ROOM)


def test_a_chain_is_as_long_as_its_modules_are_many() -> None:
    graph = {"top": {"all"}, "all": {"a", "b"}, "a": {"b"}, "b": set[str]()}
    assert longest_chain(graph, set()) == 4
    assert longest_chain(graph, {"all"}) == 3


def test_no_link_is_committed() -> None:
    assert committed_links() == []
