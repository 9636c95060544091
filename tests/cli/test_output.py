"""How the command line speaks at a terminal, and how it begins and ends."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from counterfoil import cli
from counterfoil.cli import app, demo, output, rejects
from counterfoil.core.errors import StoreFault
from counterfoil.core.values import Reject
from tests.cli.desk import command


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_a_progress_bar_on_stderr(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with output.progress(quiet=False) as advance:
        advance(1, 10, "seal")
        advance(10, 10, "seal")
    assert "seal" in terminal.getvalue()


@pytest.mark.parametrize("quiet", [True, False])
def test_there_is_no_progress_bar_elsewhere(monkeypatch: pytest.MonkeyPatch, quiet: bool) -> None:
    monkeypatch.setattr("sys.stderr", _Terminal() if quiet else io.StringIO())
    with output.progress(quiet=quiet) as advance:
        advance(1, 10, "seal")
    assert sys.stderr.getvalue() == ""  # type: ignore[attr-defined]


class _Gone(io.StringIO):
    def write(self, _text: str) -> int:
        raise BrokenPipeError


def test_a_reader_that_goes_away_is_exit_1_without_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout", _Gone())
    with pytest.raises(typer.Exit) as ended, output.faults(as_json=False):
        output.show({}, "words", as_json=False)
    assert (ended.value.exit_code, capsys.readouterr().err) == (1, "")


def _main(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Any:
    monkeypatch.setattr("sys.argv", ["counterfoil", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code


def test_the_program_ends_with_the_exit_code_of_its_verb(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert _main(monkeypatch, "--help") == 0
    assert _main(monkeypatch, "status", "--office", str(tmp_path)) == 1
    assert _main(monkeypatch, "bogus") == 2


def test_ctrl_c_before_a_verb_begins_has_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(app, "run", interrupted)
    assert _main(monkeypatch, "status") == 1
    assert capsys.readouterr().err == "counterfoil: stopped before it began [interrupted]\n"


def test_an_aborted_prompt_is_exit_1(monkeypatch: pytest.MonkeyPatch) -> None:
    def aborted(**_: object) -> None:
        raise typer.Abort

    monkeypatch.setattr(app, "app", aborted)
    assert command("status", "--json").error == "interrupted"


def test_a_list_of_rejects_on_a_full_disk_is_said(tmp_path: Path) -> None:
    listed = rejects.RejectList(Path("/dev/full"), quiet=True)
    listed.add(Reject(1, "tin", "some_code", "a fact", "a cure"))
    with pytest.raises(StoreFault) as caught:
        listed.close()
    assert caught.value.code == "rejects_not_written"


def test_a_list_of_rejects_is_private_and_written_through_no_link(tmp_path: Path) -> None:
    victim, path = tmp_path / "victim", tmp_path / "rejects.jsonl"
    victim.write_text("kept")
    path.symlink_to(victim)
    listed = rejects.RejectList(path, quiet=True)
    with pytest.raises(StoreFault):
        listed.add(Reject(1, "tin", "some_code", "a fact", "a cure"))
    assert victim.read_text() == "kept"
    path.unlink()
    listed.add(Reject(1, "tin", "some_code", "a fact", "a cure"))
    listed.close()
    assert path.stat().st_mode & 0o777 == 0o600


FIGURES: dict[str, Any] = {
    "register": {"rows": 10, "residents": 8, "addresses": 5},
    "asked": 3,
    "groups": {"true": {"confirmed": 2}, "F1": {"refused": 1}},
    "refused_by_element": {"i2-address-real": 1},
    "deputy": {"refused": 4},
    "openings": {"granted": 2, "opened": 2},
    "ledger": {"size": 20, "root": "AAAA"},
    "verified": ["1 signed"],
    "evaluation": {"true": 2, "confirmed_true": 2, "recall": 1.0, "false": 1, "confirmed_false": 0},
    "batch": "b-0000000000000000",
}


@pytest.mark.parametrize(
    ("opened", "tale"), [(2, "No refused request touched the register."), (3, "should be equal")]
)
def test_the_demonstration_tells_its_figures(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, opened: int, tale: str
) -> None:
    figures = {**FIGURES, "openings": {"granted": 2, "opened": opened}}
    monkeypatch.setattr(demo, "demonstrate", lambda *_: dict(figures))
    told = command("demo", "--dir", tmp_path, "--sample", tmp_path)
    assert told.code == 0
    assert tale in told.out
    assert "F9, a file from an official whom the statute does not name: 4 of 4 refused." in told.out
    assert command("demo", "--dir", tmp_path, "--sample", tmp_path, "--json").json["asked"] == 3
