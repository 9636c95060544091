"""Faults seen in respected code that this house refuses."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from counterfoil.core import errors
from tests.house.tree import (
    ROOT,
    SOURCE,
    TESTS,
    committed_files,
    imports,
    nodes,
    python_files,
    room_of,
)

ERROR_NAMES = {name for name in vars(errors) if name.endswith("Fault")}
BUGS = {"AssertionError", "TypeError", "ValueError"}
"""What a caller inside the house did wrong: never a user's input."""

FOREIGN = {
    "intake/header.py": {"UnsupportedAlgorithmError"},
    "answers/envelope.py": {"UnsupportedAlgorithmError"},
    "core/atomic_files.py": {"PermissionError"},
    "core/bounded.py": {"OSError"},
    "cli/verifier.py": {"OSError"},
    "service/http_head.py": {"RemoteProtocolError"},
}
"""What joserfc asks an algorithm registry to raise, which never leaves that library; and what a file
of somebody else's or a pipe is, as the system's own calls say it: callers make a fault of each OSError."""

LIBRARIES = {
    "duckdb": {"register"},
    "lmdb": {"register"},
    "pyarrow": {"register", "intake", "certification", "demo"},
    "doorplate": {"normalize"},
    "nicknames": {"normalize"},
    "rapidfuzz": {"normalize", "matching"},
    "yaml": {"core"},
    "joserfc": {"intake", "answers", "web"},
    "sqlalchemy": {"office", "database", "ledger", "batches", "gate", "controls", "accountability"},
    "alembic": {"database"},
    "typer": {"cli"},
    "rich": {"cli"},
}


def _raised(node: ast.Raise) -> str:
    exc = node.exc
    if isinstance(exc, ast.Call):
        exc = exc.func
    return (
        exc.id if isinstance(exc, ast.Name) else exc.attr if isinstance(exc, ast.Attribute) else ""
    )


@pytest.mark.parametrize(
    "path", python_files(SOURCE), ids=lambda path: str(path.relative_to(SOURCE))
)
def test_only_the_one_error_tree_is_raised(path: Path) -> None:
    raised = {_raised(node) for node in nodes(path) if isinstance(node, ast.Raise)}
    foreign = {name for name in raised if name and name[0].isupper()} - ERROR_NAMES - BUGS
    of_room: set[str] = {"Exit", "BadParameter"} if room_of(path) == "cli" else set()
    assert foreign <= of_room | FOREIGN.get(str(path.relative_to(SOURCE)), set())


@pytest.mark.parametrize("library", sorted(LIBRARIES))
def test_a_library_is_used_in_its_rooms_only(library: str) -> None:
    rooms = {
        room_of(path)
        for path in python_files(SOURCE)
        for name in imports(path)
        if name.split(".")[0] == library
    }
    assert rooms <= LIBRARIES[library]


def test_the_inspectors_code_needs_the_standard_library_and_cryptography_only() -> None:
    import sys

    carried = [
        SOURCE / "core/canonical.py",
        SOURCE / "core/errors.py",
        SOURCE / "answers" / "verify.py",
        *python_files(SOURCE / "tlog"),
    ]
    foreign = {name.split(".")[0] for path in carried for name in imports(path)} - set(
        sys.stdlib_module_names
    )
    assert foreign == {"cryptography", "counterfoil"}


def test_no_code_asks_whether_it_is_being_tested() -> None:
    asking = re.compile(r"pytest|PYTEST|unittest|_called_from_test|hypothesis", re.IGNORECASE)
    assert [
        p.name for p in python_files(SOURCE) if asking.search(p.read_text(encoding="utf-8"))
    ] == []


def test_only_the_doors_print_or_exit() -> None:
    """Only the command line speaks; a child of the service ends itself without its parent."""
    speaking = re.compile(r"\b(print|sys\.exit|exit|os\._exit)\(")
    found = [p for p in python_files(SOURCE) if speaking.search(p.read_text(encoding="utf-8"))]
    ending = SOURCE / "service" / "children.py"
    assert {room_of(path) for path in found if path != ending} <= {"cli"}


def test_committed_files_name_no_registry_and_no_machine() -> None:
    hosts = re.compile(
        rb"pypi[.]org|pythonhosted[.]org|registry[.]npmjs|deb[.]debian[.]org|(?<![\w.])/(work|root|home)/"
    )
    named = [path.name for path in committed_files() if hosts.search(path.read_bytes())]
    assert [name for name in named if name != Path(__file__).name] == []


def test_committed_files_are_text() -> None:
    """What somebody built or downloaded stays out: a reader cannot review it. Pictures of the
    guides, which a test makes, are looked at."""
    files = [path for path in committed_files() if path.parent != ROOT / "docs/guides/pictures"]
    assert [path.name for path in files if b"\0" in path.read_bytes()] == []


def test_no_unfinished_work_is_committed() -> None:
    unfinished = re.compile(
        r"#.*\b(TODO|FIXME|XXX)\b|\b(NotImplementedError|pytest\.skip|mark\.skip|mark\.xfail)\b"
    )
    files = [path for path in committed_files() if path.suffix == ".py" and path != Path(__file__)]
    assert [
        path.name for path in files if unfinished.search(path.read_text(encoding="utf-8"))
    ] == []


def _asserts(node: ast.AST) -> bool:
    """Whether a test can fail: it asserts, expects an error, or hands its work to a `check_` or
    `assert_` helper."""
    for child in ast.walk(node):
        if isinstance(child, ast.Assert) and not isinstance(child.test, ast.Constant):
            return True
        if isinstance(child, ast.Call):
            name = (
                child.func.attr
                if isinstance(child.func, ast.Attribute)
                else getattr(child.func, "id", "")
            )
            if name in {"raises", "fail"} or name.lstrip("_").startswith(
                ("check", "assert", "verify", "expect")
            ):
                return True
    return False


@pytest.mark.parametrize("path", python_files(TESTS), ids=lambda path: str(path.relative_to(TESTS)))
def test_every_test_can_fail(path: Path) -> None:
    tests = [
        n for n in nodes(path) if isinstance(n, ast.FunctionDef) and n.name.startswith("test_")
    ]
    assert [test.name for test in tests if not _asserts(test)] == []
    constant = [
        n for n in nodes(path) if isinstance(n, ast.Assert) and isinstance(n.test, ast.Constant)
    ]
    assert constant == []
