"""Nothing that a person reads in a terminal is wider than 80 columns: the help of every verb, and what
a journey through an office prints. Every command that the journey prints is one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import pytest
from typer.main import get_command

from counterfoil.cli.app import app
from counterfoil.cli.app import run as run_counterfoil
from counterfoil.cli.ask.app import app as ask
from counterfoil.cli.ask.app import run as run_ask
from counterfoil.cli.hints import HINT
from tests.cli.desk import Desk, Told, command
from tests.cli.test_hints import fault_of

COLUMNS: Final = 80
PROGRAMS: Final = {
    "counterfoil": (get_command(app), run_counterfoil),
    "counterfoil-ask": (get_command(ask), run_ask),
}
ORDER: Final = "an order of a made-up court\n"


def _paths(node: Any, path: tuple[str, ...]) -> list[tuple[str, ...]]:
    under = getattr(node, "commands", {})
    return [path] + [found for name, each in under.items() for found in _paths(each, (*path, name))]


@pytest.mark.parametrize(
    "path",
    [found for name, (node, _) in PROGRAMS.items() for found in _paths(node, (name,))],
    ids=" ".join,
)
def test_a_help_page_has_80_columns(
    path: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(COLUMNS))
    assert PROGRAMS[path[0]][1]([*path[1:], "--help"]) == 0
    assert [line for line in capsys.readouterr().out.splitlines() if len(line) > COLUMNS] == []


def _wide(told: Told) -> list[str]:
    """The lines of a result that are too wide, without those that have a command to be copied."""
    lines = told.out.splitlines()
    wide = [line for line in lines if len(line) > COLUMNS and "`counterfoil" not in line]
    return [line for line in wide if len(line.split()) > 1]  # A path alone is as long as it is.


class Journey:
    """One office, and everything that was printed there."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.order = desk.directory / "order.pdf"
        self.order.write_text(ORDER, encoding="utf-8")
        self.printed: list[tuple[str, Told]] = []

    def run(self, *words: str | Path, officers: str = "a", code: int | None = 0) -> Told:
        """Run a verb at the office, by one officer, two, or none."""
        flags = ("--officer", "--second")
        keys = self.desk.office / "keys"
        named = [
            each
            for flag, letter in zip(flags, officers, strict=False)
            for each in (flag, keys / f"officer-{letter}.key")
        ]
        told = command(*words, *self.desk.at, *named, values=True)
        self.printed.append((" ".join(map(str, words)), told))
        assert code is None or told.code == code, (words, told)
        return told


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Journey:
    """A batch from its receipt to its recall, with all that an office keeps beside it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", str(COLUMNS))
        made = Journey(Desk(tmp_path_factory.mktemp("columns")))
        _go(made)
    return made


def _go(at: Journey) -> None:
    out, run = at.desk.directory, at.run
    run("status", officers="")
    batch = at.desk.receive()
    for words in (("batch", "list"), ("batch", "show", batch), ("waiting", batch)):
        run(*words, code=None)
    run("release", batch, "--out", out / "early.jsonl", code=None)
    run("determine", batch, officers="")
    run("batch", "claim", batch)
    run("batch", "claim", batch, officers="b", code=None)
    run("batch", "hand-over", batch, "--to", "officer-b")
    run("batch", "claim", batch, "--from", "officer-b")
    run("review", batch, "--sheet-out", out / "sheet.csv")
    run("review", batch, code=None)
    run("release", batch, "--out", out / "same.jsonl", code=None)
    run("release", batch, "--out", out / "answers.jsonl", officers="b")
    run("release", batch, "--out", out / "answers.jsonl", officers="b", code=None)
    run("batch", "list")
    run("batch", "show", batch)
    run("batch", "show", batch, "--outcome", "refused")
    run("explain", batch, at.desk.requests().read_text("utf-8").split("\n")[1].split(",")[0])
    run("explain", batch, "nothing", code=None)
    run("withdraw", batch, code=None)
    run("suspend", "--order", at.order)
    run("status", officers="")
    run("receive", at.desk.requests(), officers="", code=None)
    at.order.write_text("another order of a made-up court\n", encoding="utf-8")
    run("resume", "--order", at.order, officers="ab")
    run("incident", "open", "--class", "wrong-answer", "--batch", batch)
    for words in (("incident", "list"), ("incident", "show", "1")):
        run(*words, officers="")
    run("incident", "close", "1", code=None)
    run("recall", "answers", batch, "--reason", "ordered", "--document", at.order, "--notice",
        out / "recall.jws", officers="ab")  # fmt: skip
    for words in (("recall", "list"), ("duty", "list")):
        run(*words, officers="")
    for words in (("recall", "show", "1"), ("recall", "statements"), ("hold", "list")):
        run(*words, code=None)
    run("duty", "add", "--class", "safeguard-report", "--since", "2026-01-05", "--due",
        "2026-02-28", "--document", at.order, officers="a", code=None)  # fmt: skip
    run("duty", "list", officers="")
    run("litigation", "hold", "--batch", batch, "--document", at.order, officers="ab")
    for words in (("litigation", "list"), ("notice", "list"), ("officer", "list")):
        run(*words, officers="")
    run("retention", "hold", batch, "--order", at.order, code=None)
    run("retention", "run", officers="", code=None)
    run("reconcile", officers="", code=None)
    run("ledger", "check", officers="")
    run("ledger", "checkpoints", officers="")
    run("ledger", "publish", "--to", out / "public", officers="", code=None)
    run("accounting", "report", "--year", "2026", code=None)
    run("office", "doctor", officers="", code=None)
    run("status", officers="")
    run("determine", "b-0000000000000000", officers="", code=None)
    run("recall", "show", "9", code=None)
    run("officer", "retire", "nobody", officers="ab", code=None)
    run("key", "rotate", "holder", officers="ab", code=None)
    run("notice", "write", batch, "--to", out / "notice.txt", code=None)


SENTENCES: Final = ("reconcile", "ledger check", "ledger publish")
"""What prints findings in sentences, each a line, which a terminal breaks."""


def test_what_a_journey_prints_has_80_columns(journey: Journey) -> None:
    """Results, that is: a message is a sentence, which a terminal breaks."""
    wide = {
        words: lines
        for words, told in journey.printed
        if not words.startswith(SENTENCES) and (lines := _wide(told))
    }
    assert wide == {}
    assert sum(bool(told.out) for _, told in journey.printed) > 30


def test_every_command_that_a_journey_prints_is_one(journey: Journey) -> None:
    found = {hint for _, told in journey.printed for hint in HINT.findall(told.out + told.err)}
    assert len(found) > 10
    assert {hint: fault for hint in found if (fault := fault_of(hint))} == {}


def test_no_error_of_a_journey_is_one_of_ours(journey: Journey) -> None:
    """Neither an unforeseen error nor a refusal without a cure."""
    for words, told in journey.printed:
        assert "[internal]" not in told.err, words
        if told.code and (match := re.search(r"\[([a-z_]+)\]\n(.*)\Z", told.err, re.DOTALL)):
            assert match[2].strip(), (words, match[1])
