"""Each value of the flow can be made only by the room that owns it."""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import cache

import pytest

from tests.house.tree import SOURCE, nodes, python_files, room_of

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


@cache
def _calls() -> dict[str, set[str]]:
    """The rooms that call each name."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path in python_files(SOURCE):
        for node in nodes(path):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                found[called].add(room_of(path))
    return found


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_only_its_room_makes_the_value(name: str) -> None:
    makers = _calls()[name] - {"core"}
    assert makers == {MAKERS[name]}


def test_one_function_coarsens() -> None:
    places = [
        f"{path.name}:{node.name}"
        for path in python_files(SOURCE)
        for node in nodes(path)
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
        for node in nodes(path)
        if isinstance(node, ast.Call)
        and (getattr(node.func, "id", "") == "Draft" or getattr(node.func, "attr", "") == "Draft")
    }
    assert places == {"office/journal.py"}
