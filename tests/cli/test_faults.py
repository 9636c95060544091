"""What a failing command says: code, place and cure; never a value; one exit code table."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path

import pytest

from counterfoil import client
from counterfoil.cli import options, output
from counterfoil.core.errors import GateFault, VerifyFault
from counterfoil.intake.rows import RowReader, Table
from counterfoil.office import open_office
from tests.cli.desk import Desk, command
from tests.world.office import World


@pytest.mark.parametrize(
    "arguments",
    [
        ["receive"],
        ["receive", "--bogus"],
        ["bogus"],
        ["ledger", "bogus"],
        ["ledger", "prove", "seventeen", "--office", "x"],
        ["ledger", "show", "--office", "x", "--from", "-1"],
        ["status", "--office", "x", "surplus"],
        ["--bogus"],
    ],
    ids=" ".join,
)
def test_a_wrong_call_is_exit_2_in_words_and_in_json(arguments: list[str]) -> None:
    told = command(*arguments)
    assert (told.code, told.out) == (2, "")
    assert "[usage]\n  See `counterfoil" in told.err
    as_json = command(*arguments, "--json")
    assert (as_json.code, as_json.err, as_json.error) == (2, "", "usage")


def test_an_office_that_is_not_there_is_exit_1(tmp_path: Path) -> None:
    told = command("status", "--office", tmp_path)
    assert (told.code, told.out) == (1, "")
    assert told.err.startswith(
        "counterfoil: office.toml: there is no readable office here [office_missing]\n  Name "
    )
    assert command("status", "--office", tmp_path, "--json").error == "office_missing"


@pytest.mark.parametrize(("fault", "code"), [(GateFault, 4), (VerifyFault, 5)])
def test_each_kind_of_fault_has_its_exit_code(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, fault: type[GateFault | VerifyFault], code: int
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise fault("some_code", "a fact", place="a place", cure="a cure")

    monkeypatch.setattr(client, "receive", failing)
    told = command("receive", desk.requests(), *desk.at, "--json")
    assert (told.code, told.error) == (code, "some_code")


def test_a_day_without_law_is_exit_4(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The law ends fifteen months before the day of this office, whatever day it is here."""
    monkeypatch.setattr(options, "open_office", partial(open_office, clock=world.clock))
    for path in (world.path / "law").glob("*/*.yaml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("to: null}", "to: 2025-02-01}"), encoding="utf-8")
    told = command("receive", world.requests(), "--office", world.path, "--json")
    assert (told.code, told.error) == (4, "law_not_in_force")


def test_an_unforeseen_error_tells_its_type_and_place_only(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise ValueError("Quintanilla")

    monkeypatch.setattr(client, "receive", failing)
    told = command("receive", desk.requests(), *desk.at)
    assert (told.code, told.out) == (1, "")
    assert told.err.startswith("counterfoil: test_faults.py:")
    assert "unforeseen ValueError [internal]" in told.err
    assert command("receive", desk.requests(), *desk.at, "--json").error == "internal"


def test_an_unforeseen_error_deep_in_a_row_names_nobody(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = RowReader.read

    def failing(self: RowReader, table: Table) -> None:
        for row in read(self, table):
            raise KeyError(row.person.family_name, row.address.line1)  # type: ignore[union-attr]

    monkeypatch.setattr(RowReader, "read", failing)
    assert command("receive", desk.requests(), *desk.at).code == 1  # `command` scans what was said


def test_ctrl_c_says_what_to_do(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(client, "determine", interrupted)
        told = desk.answer(desk.requests())
        assert told.code == 1
        assert "what was recorded stands [interrupted]" in told.err
        assert desk.answer(desk.requests(), "--json").error == "interrupted"
    assert [each["state"] for each in desk.batches()] == ["gated"]
    assert desk.answer(desk.requests()).code == 0


class _Broken(io.StringIO):
    """A stdout whose reader has gone, or whose disk is full."""

    def __init__(self, fault: OSError) -> None:
        super().__init__()
        self._fault = fault

    def flush(self) -> None:
        raise self._fault


def test_a_full_stdout_is_told_on_stderr(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout", _Broken(OSError(28, "No space left on device")))
    with pytest.raises(output.StoreFault) as caught:
        output.show({}, "words", as_json=False)
    assert caught.value.code == "output_not_written"
    output.fail("some_code", "a fact", "", "", as_json=True)
    assert capsys.readouterr().err == ""


def test_the_words_of_a_fault_have_a_place_and_a_cure(capsys: pytest.CaptureFixture[str]) -> None:
    output.fail("some_code", "a fact", "", "", as_json=False)
    assert capsys.readouterr().err == "counterfoil: a fact [some_code]\n"
