"""The help of every verb leads with examples that can be run as they stand."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest
import typer.main

from counterfoil.cli.app import app
from tests.cli.desk import command


def _verbs(node: Any = None, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    node = node or typer.main.get_command(app)
    if hasattr(node, "commands"):
        return [
            found for name, each in node.commands.items() for found in _verbs(each, (*path, name))
        ]
    return [path]


VERBS = _verbs()


@pytest.mark.parametrize("verb", [(), ("ledger",), ("office",), *VERBS], ids=" ".join)
def test_help_leads_with_an_example(verb: tuple[str, ...]) -> None:
    told = command(*verb, "--help")
    lines = [line.strip() for line in told.out.splitlines() if line.strip()]
    assert (told.code, lines[0][:6], lines[1][:7]) == (0, "Usage:", "Example")
    assert lines[2].startswith("counterfoil ")


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_an_example_names_its_verb_and_every_option_in_it_exists(verb: tuple[str, ...]) -> None:
    node: Any = typer.main.get_command(app)
    for name in verb:
        node = node.commands[name]
    known = {option for parameter in node.params for option in parameter.opts}
    required = {
        parameter.opts[0]
        for parameter in node.params
        if parameter.required and parameter.opts[0][0] == "-"
    }
    shown = re.sub(r" \\\n +", " ", node.help.split("\n\n")[0])  # one command in several lines
    examples = [line.strip() for line in shown.splitlines()[2:]]
    assert examples
    for example in examples:
        words = shlex.split(example.split(" > ")[0])
        used = {word for word in words if word.startswith("--")}
        assert tuple(words[1 : 1 + len(verb)]) == verb
        assert used <= known
        assert required <= used


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_every_verb_takes_json(verb: tuple[str, ...]) -> None:
    node: Any = typer.main.get_command(app)
    for name in verb:
        node = node.commands[name]
    assert "--json" in {option for parameter in node.params for option in parameter.opts}


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_no_option_takes_a_secret(verb: tuple[str, ...]) -> None:
    node: Any = typer.main.get_command(app)
    for name in verb:
        node = node.commands[name]
    secret = [parameter for parameter in node.params if "passphrase" in parameter.name]
    assert all(parameter.name.endswith("_file") and not parameter.envvar for parameter in secret)


@pytest.mark.parametrize("verb", [(), ("ledger",)], ids=["counterfoil", "ledger"])
def test_no_verb_shows_the_help_and_is_a_usage_error(verb: tuple[str, ...]) -> None:
    told = command(*verb)
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith("Usage:")
