"""Reads the source tree once for the house tests: files, syntax trees, function lengths,
imports."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "counterfoil"
TESTS = ROOT / "tests"


class Function(NamedTuple):
    """A function's name, file and length in lines, docstring and decorators left out."""

    file: Path
    name: str
    lines: int


def python_files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*.py") if "migrations" not in path.parts)


@cache
def syntax(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Every node of a file's syntax tree."""
    return tuple(ast.walk(syntax(path)))


def line_count(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def functions(path: Path) -> Iterator[Function]:
    for node in nodes(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
            end = body[-1].end_lineno or 0
            yield Function(path, node.name, end - body[0].lineno + 1)


def room_of(path: Path) -> str:
    """`register` for src/counterfoil/register/x.py, `flow` for
    src/counterfoil/disclosure/receive.py."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def modules() -> dict[str, Path]:
    """Every module's dotted name with its file."""
    found: dict[str, Path] = {}
    for path in python_files(SOURCE):
        parts = ("counterfoil", *path.relative_to(SOURCE).with_suffix("").parts)
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Every dotted name that a file imports, at any depth and under TYPE_CHECKING too."""
    found: list[str] = []
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found += (f"{node.module}.{alias.name}" for alias in node.names)
    return tuple(found)


@cache
def committed_files() -> list[Path]:
    """The files that git tracks, or would track; every file when this is not a checkout."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    return [
        ROOT / name
        for name in listing.stdout.decode().split("\0")
        if name and (ROOT / name).is_file()
    ]


def committed_links() -> list[str]:
    """The links that git tracks: a link replaces what stands in its place on another machine."""
    listing = subprocess.run(
        ["git", "ls-files", "--stage"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    return [line for line in listing.stdout.splitlines() if line.startswith("120000")]
