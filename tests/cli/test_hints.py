"""Every command that a message names is one: its verb, its options and what it needs are there. And
what is printed between backticks works as it is printed: the office, the key and the batch that were
typed are in it."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cache
from typing import Any, Final

import pytest
from typer.main import get_command

from counterfoil.accountability.reconciliation import run as reconciling
from counterfoil.cli.app import app, run
from counterfoil.cli.ask.app import app as ask
from counterfoil.cli.hints import HINT, completed, completing, verb_of
from counterfoil.cli.office import status as standing
from tests.cli.desk import Desk, command
from tests.house.tree import ROOT

PROGRAMS: Final = {"counterfoil": get_command(app), "counterfoil-ask": get_command(ask)}
FROM_ELSEWHERE: Final = {"--office", "--officer"}
"""What is completed from the command before, or found in the environment."""
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_FILLED = "X1"


def fault_of(hint: str) -> str:
    """What keeps a command from being run; "" where nothing does."""
    words = shlex.split(hint.replace("...", _FILLED))
    program = PROGRAMS[words[0]]
    verb: Any = verb_of(program, words[1:])
    if "--help" in words:
        return "" if words[-1] == "--help" and verb is not program else "help of what?"
    if hasattr(verb, "commands"):
        return "names no verb"
    given = words[1 + _depth(program, words[1:]) :]
    options = {option: each for each in verb.params for option in each.opts}
    stated: set[str] = set()
    arguments = 0
    while given:
        word = given.pop(0)
        if not word.startswith("-"):
            arguments += 1
            continue
        if word not in options:
            return f"there is no {word}"
        stated.add(options[word].name)
        if not options[word].is_flag:
            given[:1] = []
    for each in verb.params:
        is_wanted = each.param_type_name == "option" and each.required
        if is_wanted and each.name not in stated and not FROM_ELSEWHERE & set(each.opts):
            return f"needs {each.opts[0]}"
    wanted = [each for each in verb.params if each.param_type_name == "argument"]
    least = sum(each.required for each in wanted)
    return "" if least <= arguments <= len(wanted) else f"needs {least} arguments"


def _depth(program: Any, words: Sequence[str]) -> int:
    depth = 0
    while hasattr(program, "commands") and words[depth] in program.commands:
        program = program.commands[words[depth]]
        depth += 1
    return depth


def hints_in_source() -> Iterator[tuple[str, str]]:
    """Every command between backticks in a string of the source that is no docstring."""
    for path in sorted((ROOT / "src").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        passed = {
            id(each.body[0].value)
            for each in ast.walk(tree)
            if isinstance(each, _DOCUMENTED) and isinstance(each.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                passed |= set(map(id, node.values))
        for node in ast.walk(tree):
            for hint in HINT.findall("" if id(node) in passed else _text(node)):
                yield f"{path.name}:{getattr(node, 'lineno', 0)} {hint}", hint


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if not isinstance(node, ast.JoinedStr):
        return ""
    return "".join(map(_text, node.values)) if _is_plain(node) else _joined(node)


def _is_plain(node: ast.JoinedStr) -> bool:
    return all(isinstance(each, ast.Constant) for each in node.values)


def _joined(node: ast.JoinedStr) -> str:
    return "".join(
        _text(each) if isinstance(each, ast.Constant) else _FILLED for each in node.values
    )


BUILT_AT_RUN_TIME: Final = {f"counterfoil {_FILLED}", f"counterfoil {_FILLED} --office DIR"}
"""Whose verb is a variable: `status`, the doctor and the marker of a demonstration."""


@cache
def _hints() -> list[tuple[str, str]]:
    """Found once, and not while tests are collected, which every process of the tests does."""
    return list(hints_in_source())


def test_a_command_in_a_message_can_be_run() -> None:
    wrong = {place: fault_of(hint) for place, hint in _hints() if hint not in BUILT_AT_RUN_TIME}
    assert {place: fault for place, fault in wrong.items() if fault} == {}


def test_there_are_hints_and_wrong_ones_are_found() -> None:
    assert len(_hints()) > 60
    assert fault_of("counterfoil review BATCH --nothing") == "there is no --nothing"
    assert fault_of("counterfoil review") == "needs 1 arguments"
    assert fault_of("counterfoil agreement") == "names no verb"
    assert fault_of("counterfoil resume --order FILE") == "needs --second"


def test_commands_are_completed_with_what_was_typed() -> None:
    typed = ["release", "b-0f1e2d3c4b5a6978", "--office", "a b", "--officer=c.key"]
    with completing(lambda: PROGRAMS["counterfoil"], typed):
        assert completed("Run `counterfoil review BATCH` first.") == (
            "Run `counterfoil review b-0f1e2d3c4b5a6978 --office 'a b' --officer c.key` first."
        )
        assert completed("`counterfoil law list`") == "`counterfoil law list`"
        assert completed("`counterfoil status --office x`") == (
            "`counterfoil status --office x --officer c.key`"
        )
    assert completed("`counterfoil status`") == "`counterfoil status`"


def test_the_other_officers_key_is_completed_too() -> None:
    hint = "`counterfoil key retire --second KEY`"
    with completing(lambda: PROGRAMS["counterfoil"], ["key", "rotate", "--second", "b b.key"]):
        assert completed(hint) == "`counterfoil key retire --second 'b b.key'`"
    with completing(lambda: PROGRAMS["counterfoil"], ["key", "rotate"]):
        assert completed(hint) == hint


def test_what_the_clock_of_a_service_does_is_no_command_beside_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`reconcile` beside a running service ends with `office_served`, so `status` does not print
    it as what is next."""
    late = "[reconcile_late]"
    assert late not in command("status", *desk.at).err  # made a moment ago
    monkeypatch.setattr(reconciling, "WITHIN", timedelta(days=-1))
    alone = command("status", *desk.at).err
    assert late in alone
    assert "`counterfoil reconcile" in alone
    monkeypatch.setattr(standing, "service_place", lambda _directory: "http://127.0.0.1:1")
    served = command("status", *desk.at).err
    assert late in served
    assert "`counterfoil reconcile" not in served
    assert "The service does it by its clock" in served


@pytest.mark.parametrize(
    "verb",
    [
        ("officer", "list"),
        ("incident", "list"),
        ("register", "info"),
        ("ledger", "check"),
        ("litigation", "list"),
        ("recall", "list"),
        ("reconcile",),
    ],
    ids=" ".join,
)
def test_a_verb_of_the_offices_own_machine_says_so_of_a_url(verb: tuple[str, ...]) -> None:
    """It does not look for a directory of that name and tell the officer to make an office."""
    told = command(*verb, "--office", "http://127.0.0.1:8441", "--json")
    assert (told.code, told.error) == (2, "office_here_only")


def test_what_a_real_run_prints_can_be_run(desk: Desk) -> None:
    """`status` and the doctor build their commands; a refusal names the next step."""
    batch = desk.receive()
    told = command("status", *desk.at).err
    told += command("office", "doctor", *desk.at).out
    told += command("release", batch, *desk.at, *desk.officer("a"), "--out", "x.jsonl").err
    printed = re.findall(HINT, told)
    assert f"counterfoil determine {batch} --office {desk.office}" in printed
    for hint in printed:
        assert fault_of(hint) == ""
        assert f"--office {desk.office}" in hint


def test_help_is_grouped_by_who_uses_a_verb_and_the_version_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["--help"]) == 0
    shown = capsys.readouterr().out
    for who in ("officers", "operator", "inspectors", "requesters"):
        assert re.search(rf"^For (the )?{who}.*:$", shown, re.MULTILINE)
    assert "\nCommands:" not in shown
    assert all(len(line) <= 80 for line in shown.split("Options:")[1].splitlines())
    assert run(["--version"]) == 0
    assert re.fullmatch(r"counterfoil \S+\n", capsys.readouterr().out)
    monkeypatch.setenv("_COUNTERFOIL_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "counterfoil revi")
    monkeypatch.setenv("COMP_CWORD", "1")
    with pytest.raises(SystemExit):
        run([])
    assert "review" in capsys.readouterr().out
