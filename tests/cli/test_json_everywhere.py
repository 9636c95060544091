"""With --json a verb says one object on one line and nothing on the side, whatever became of it:
every verb of the kit, and one of each group of the program."""

from __future__ import annotations

import io
import json
import re
import shlex
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
import typer.main

from counterfoil.cli.app import app, run
from counterfoil.cli.ask.app import app as ask_app
from counterfoil.cli.ask.app import run as run_ask

RUNS = {"counterfoil": (app, run), "counterfoil-ask": (ask_app, run_ask)}
LONG = frozenset({"demo", "serve", "replay", "law"})
"""What goes on until it is stopped, or for minutes."""


def _examples(program: str, node: Any = None, path: tuple[str, ...] = ()) -> list[list[str]]:
    """The words of the first example of each verb."""
    node = node or typer.main.get_command(RUNS[program][0])
    if path and path[0] in LONG:
        return []
    if hasattr(node, "commands"):
        named = list(node.commands.items())
        return [
            found
            for name, each in (named[-1:] if path else named)
            for found in _examples(program, each, (*path, name))
        ]
    shown = re.sub(r" \\\n +", " ", node.help.split("\n\n")[0])
    example = shown.splitlines()[2].strip()
    return [shlex.split(example.split(" > ")[0])]


EXAMPLES = [words for program in RUNS for words in _examples(program)]


@pytest.mark.parametrize("words", EXAMPLES, ids=lambda words: " ".join(words[:3]))
def test_an_example_in_an_empty_folder_says_one_object(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Most of them refuse there: what they name is not there."""
    monkeypatch.chdir(tmp_path)
    for name in ("COUNTERFOIL_OFFICE", "COUNTERFOIL_OFFICER"):
        monkeypatch.delenv(name, raising=False)
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = RUNS[words[0]][1]([*words[1:], "--json"])
    assert out.getvalue().count("\n") == 1, (out.getvalue(), err.getvalue())
    said = json.loads(out.getvalue())
    assert isinstance(said, dict)
    assert "error" in said or code in (0, 3) or "findings" in said, said
    if "error" in said:
        assert code and str(said["error"]), said
    assert err.getvalue() == ""
