"""`counterfoil review`: an officer looks at every row of the sample before anything is signed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest

from counterfoil.controls.sampling.sheet_csv import write_csv_sheet
from tests.cli.desk import Desk, Told, command
from tests.controls.sampling.test_service import ask_for
from tests.controls.sampling.test_sheet import ROW

FIRST = ("Under", "Reason", "Asked", "Compared", "Decided")


class Terminal(io.StringIO):
    """Somebody who types these lines."""

    def isatty(self) -> bool:
        return True


class Reviewing:
    """One determined batch whose sample must be looked at, and its officers."""

    def __init__(self, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        self.desk = desk
        self.patch = monkeypatch
        ask_for(desk.office, 20)
        self.batch = desk.receive()
        assert command("determine", self.batch, *desk.at).code == 0

    def review(self, *more: str | Path, letter: str = "a", typed: Iterable[str] = ()) -> Told:
        lines = "".join(f"{each}\n" for each in typed)
        self.patch.setattr("sys.stdin", Terminal(lines) if lines else io.StringIO("y\n" * 99))
        said = ("review", self.batch, *self.desk.at, *self.desk.officer(letter))
        return command(*said, *more, values=True)

    @property
    def state(self) -> str:
        listed = command("batch", "list", *self.desk.at, *self.desk.officer("a"), "--json")
        return str(listed.json["batches"][0]["state"])


@pytest.fixture
def reviewing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Reviewing:
    return Reviewing(desk, monkeypatch)


def test_each_row_is_shown_with_its_reason_first_and_answered(reviewing: Reviewing) -> None:
    """A pipe that says yes to everything signs nothing. At a terminal the officer goes back, asks
    why, and signs at the end; who leaves has signed nothing."""
    refused = reviewing.review()
    assert (refused.code, reviewing.state) == (1, "determined")
    assert "sample_not_reviewed" in refused.err
    left = reviewing.review(typed=["y", "q"])
    assert ("review_left" in left.err, reviewing.state) == (True, "determined")
    count = left.err.split("Row 1 of ")[1].split(":")[0]
    rows = int(count)
    unsigned = reviewing.review(typed=["y"] * rows + ["n"])
    assert ("review_left" in unsigned.err, reviewing.state) == (True, "determined")
    done = reviewing.review(typed=["w", "n", "b", "maybe", *["y"] * rows, "y"])
    assert (done.code, done.out, reviewing.state) == (0, f"{reviewing.batch}\n", "reviewed")
    shown = done.err.split("Row 1 of ")[1]
    places = [shown.index(label) for label in FIRST]
    assert places == sorted(places)
    assert "elements met" in done.err
    assert all(len(line) <= 80 for line in left.err.split("counterfoil:")[0].splitlines())


def test_a_row_that_is_not_agreed_with_stops_the_batch_and_the_next_officer_is_not_told(
    reviewing: Reviewing,
) -> None:
    wrong = reviewing.review(typed=["n", *["y"] * 50])
    assert (wrong.code, "sample_disagreed" in wrong.err, reviewing.state) == (1, True, "determined")
    second = reviewing.review(letter="b", typed=["y"] * 50)
    assert (second.code, reviewing.state) == (0, "reviewed")
    for word in ("disagree", "officer-a"):
        assert word not in second.err


def test_a_sheet_goes_through_a_spreadsheet_and_back(reviewing: Reviewing) -> None:
    """Sorted, with semicolons, with its dates rewritten: what counts is which row, and yes or no.
    What was not filled in, and what names no row, is refused."""
    sheet = reviewing.desk.directory / "sheet.csv"
    written = reviewing.review("--sheet-out", sheet)
    assert (written.code, written.out, sheet.stat().st_mode & 0o777) == (0, f"{sheet}\n", 0o600)
    assert f"--sheet {sheet} --office" in written.err
    rows = list(csv.reader(io.StringIO(sheet.read_text(encoding="utf-8-sig"))))
    assert rows[0][0] == "agrees"
    for filled, code in ((" ", "sample_row_open"), ("yes", "")):
        lines = [[filled, *row[1:6], "1/2/1984", *row[7:]] for row in rows[:0:-1]]
        out = io.StringIO()
        csv.writer(out, delimiter=";").writerows([rows[0], *lines])
        back = reviewing.desk.directory / f"back{code}.csv"
        back.write_text(out.getvalue(), encoding="utf-8-sig")
        told = reviewing.review("--sheet", back)
        assert code in told.err if code else told.code == 0
    assert reviewing.state == "reviewed"


def test_a_cell_is_no_formula_and_an_unknown_sheet_is_refused(reviewing: Reviewing) -> None:
    made = write_csv_sheet([msgspec.structs.replace(ROW, request_id="=cmd()")])
    assert b"'=cmd()" in made
    for text, code in (("agrees\nyes\n", "sample_sheet"), ("agrees,row\nyes,1\n", "sample_sheet")):
        path = reviewing.desk.directory / f"{len(text)}.csv"
        path.write_text(text, encoding="utf-8")
        assert code in reviewing.review("--sheet", path).err
    both = reviewing.review("--sheet", path, "--sheet-out", path)
    assert (both.code, "sheet_of_what" in both.err) == (2, True)


def test_the_command_line_tells_the_second_officer_nothing_of_the_first(
    desk: Desk, tmp_path: Path
) -> None:
    ask_for(desk.office, 2)
    batch = desk.receive()
    assert command("determine", batch, *desk.at).code == 0
    sheet = tmp_path / "sheet.csv"
    officer = desk.officer("a")
    command("review", batch, *desk.at, *officer, "--sheet-out", sheet, values=True)
    filled = sheet.read_text(encoding="utf-8").splitlines()
    sheet.write_text("\n".join([filled[0], *(f"yes{row}" for row in filled[1:])]) + "\n")
    done = command("review", batch, *desk.at, *officer, "--sheet", sheet, values=True)
    assert done.code == 0, done.err
    for said in (
        command("status", *desk.at),
        command("batch", "list", *desk.at),
        command("batch", "list", *desk.at, *desk.officer("b")),
        command("batch", "show", batch, *desk.at, *desk.officer("b")),
    ):
        assert said.code == 0 and "determined" in said.out
        assert "reviewed" not in said.out + said.err and "release" not in said.out + said.err
        assert "officer-a" not in said.out + said.err
    own = command("batch", "list", *desk.at, *officer)
    assert "reviewed by officer-a" in own.out
