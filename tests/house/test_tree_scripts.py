"""The scripts that compare two trees count what they say, and find what differs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from scripts.house_figures import door_imports
from scripts.same_demo import Comparable, differences

from tests.house.tree import ROOT

FILES = {
    "__init__.py": '"""A package."""\n',
    "alone.py": "from __future__ import annotations\n\nfrom counterfoil.ledger import log\n\nX = log\n",
    "ledger/__init__.py": "",
    "ledger/log.py": "def first(given):\n    if given:\n        return 1\n    return 2\n",
    "cli/__init__.py": "",
    "cli/verbs.py": "from counterfoil import alone\nfrom counterfoil.ledger.log import first\n",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "src" / "counterfoil" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_the_figures_of_a_small_tree(tree: Path) -> None:
    command = [sys.executable, "-m", "scripts.house_figures", "--json", tree]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    found = json.loads(done.stdout)
    assert found["rooms at the root"] == 3
    assert found["arrows between rooms"] == 3
    assert found["names that doors import from floors 2 and 3"] == 1
    assert (found["files"], found["most files in a folder"]) == (6, 2)
    assert (found["statements"], found["branches"], found["functions"]) == (9, 2, 1)
    assert door_imports(tree) == ["cli.verbs imports ledger.log.first"]


BATCH, OTHER = "b-0f1e2d3c4b5a6978", "b-1111111111111111"


def _told(batch: str, time: str, **more: Any) -> dict[str, Any]:
    entry = {"kind": "batch", "batch": batch, "time": time, "rules": "sha256:" + "1" * 64}
    return {"ledger": [entry | more, {"kind": "release", "batch": batch}]}


def test_what_chance_and_the_clock_made_is_no_difference() -> None:
    one = Comparable().of(_told(BATCH, "2026-11-27T10:00:00Z"))
    assert one == Comparable().of(_told(OTHER, "2026-11-27T11:11:11Z"))
    assert list(differences(one, one)) == []


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"rules": "sha256:" + "2" * 64}, "ledger[0].rules"),
        ({"kind": "granted"}, "ledger[0].kind"),
        ({"batch": OTHER}, "ledger[1].batch"),
        ({"rows": 3}, "ledger[0].rows"),
    ],
)
def test_what_was_decided_otherwise_is_found(changed: dict[str, Any], place: str) -> None:
    first = _told(BATCH, "2026-11-27T10:00:00Z")
    one = Comparable().of(first)
    other = Comparable().of({"ledger": [first["ledger"][0] | changed, first["ledger"][1]]})
    assert [each.partition(":")[0] for each in differences(one, other)] == [place]


def test_an_entry_more_is_found() -> None:
    assert list(differences({"ledger": [1, 2]}, {"ledger": [1]})) == [
        "ledger: 2 in the first tree, 1 in the second"
    ]
