"""Each value of the flow can be made only by the room that owns it."""

from __future__ import annotations

import ast

import pytest

from tests.house.tree import SOURCE, python_files, room_of, syntax

MAKERS = {
    "Request": "intake",
    "Reject": "intake",
    "AddressForm": "normalize",
    "NameForm": "normalize",
    "AddressKey": "normalize",
    "Grant": "gate",
    "Refusal": "gate",
    "Resident": "register",
    "Residents": "register",
    "Match": "matching",
    "NotCompared": "register",
    "Ruling": "batches",
    "Answer": "answers",
}


def _calls(name: str) -> list[str]:
    found: list[str] = []
    for path in python_files(SOURCE):
        for node in ast.walk(syntax(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                if called == name:
                    found.append(room_of(path))
    return found


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_only_its_room_makes_the_value(name: str) -> None:
    makers = set(_calls(name)) - {"core"}
    assert makers == {MAKERS[name]}


def test_one_function_coarsens() -> None:
    places = [
        f"{path.name}:{node.name}"
        for path in python_files(SOURCE)
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.FunctionDef)
        and any(
            isinstance(c, ast.Call) and getattr(c.func, "id", "") == "Answer"
            for c in ast.walk(node)
        )
    ]
    assert {place.split(":")[0] for place in places} == {"coarsen.py"}


def test_only_the_journal_drafts_entries() -> None:
    """What the ledger says is said in one file: nobody else makes a `Draft`."""
    places = {
        str(path.relative_to(SOURCE))
        for path in python_files(SOURCE)
        for node in ast.walk(syntax(path))
        if isinstance(node, ast.Call)
        and (getattr(node.func, "id", "") == "Draft" or getattr(node.func, "attr", "") == "Draft")
    }
    assert places == {"office/journal.py"}
