"""What a use case is made of: the bytes that an officer signs, the files that come in, the work
that is watched."""

from __future__ import annotations

import gc
import re
import weakref
from collections.abc import Callable, Generator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.core import canonical, use_cases
from counterfoil.core.errors import InputFault
from counterfoil.core.use_cases import (
    NOBODY,
    SERVICE,
    STATEMENT_FORMAT,
    Progress,
    SignedCommand,
    Statement,
    Upload,
    Work,
    finish,
    statement_bytes,
    watcher,
    yielding,
)
from counterfoil.core.values import Reject

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
STATEMENTS = st.builds(
    Statement,
    TEXT,
    TEXT,
    TEXT,
    st.integers(0, canonical.MAX_INTEGER),
    st.dictionaries(TEXT, TEXT | st.integers(0, canonical.MAX_INTEGER), max_size=3),
    TEXT,
    TEXT,
)
REJECT = Reject(3, "date_of_birth", "date_malformed", "no such date", "Correct it.")


# -- what is signed ------------------------------------------------------------------------------


def test_the_signed_bytes_are_those_of_the_worked_example() -> None:
    drawn = re.search(r"\n    (\{\"act\".*?\"subject\":\"b-0001\"\})\n", use_cases.__doc__, re.S)
    assert drawn is not None
    example = re.sub(r"\n +", "", drawn[1])
    said = Statement(
        "review",
        "tax-office.example",
        "b-0001",
        3,
        {"determinations": "sha256:9f...", "sample": ""},
        "5d...",
        "2026-05-04T12:15:00Z",
    )
    assert statement_bytes(said).decode() == example


@given(STATEMENTS)
def test_the_signed_bytes_are_canonical_json_of_every_field_and_the_format(said: Statement) -> None:
    fields = canonical.read_object(statement_bytes(said))
    assert fields is not None
    assert fields.pop("format") == STATEMENT_FORMAT == "counterfoil-statement-1"
    assert fields == msgspec.structs.asdict(said)


@given(STATEMENTS, STATEMENTS)
def test_two_statements_are_never_the_same_bytes(one: Statement, other: Statement) -> None:
    assert (statement_bytes(one) == statement_bytes(other)) == (one == other)


def test_a_command_of_an_act_is_unsigned_until_it_is_signed() -> None:
    assert SignedCommand().signatures == ()


def test_whoever_acts_is_told_apart() -> None:
    assert SERVICE != NOBODY


# -- what comes in -------------------------------------------------------------------------------


def _unreadable(kind: str) -> InputFault:
    return InputFault("file_unreadable", kind)


def test_an_upload_is_read_again_and_again(tmp_path: Path) -> None:
    path = tmp_path / "requests.csv"
    path.write_bytes(b"given_name\n")
    upload = Upload(path)
    assert [upload.read(100, _unreadable) for _ in range(2)] == [b"given_name\n"] * 2
    assert upload.name == "requests.csv"


@pytest.mark.parametrize(("size", "read"), [(9, 9), (10, 10), (11, 11), (12, 11), (100, 11)])
def test_one_byte_more_than_the_limit_shows_that_a_file_is_too_large(
    tmp_path: Path, size: int, read: int
) -> None:
    path = tmp_path / "order.pdf"
    path.write_bytes(bytes(size))
    assert len(Upload(path).read(10, _unreadable)) == read


def test_an_upload_that_cannot_be_read_is_the_callers_own_fault_without_a_path(
    tmp_path: Path,
) -> None:
    with pytest.raises(InputFault) as fault:
        Upload(tmp_path / "none.csv").read(10, _unreadable)
    assert (fault.value.code, fault.value.message) == ("file_unreadable", "FileNotFoundError")
    assert fault.value.__cause__ is None


# -- what is yielded -----------------------------------------------------------------------------


class _Work:
    """A long verb of three steps, which says whether it was closed."""

    def __init__(self) -> None:
        self.begun, self.closed = 0, False

    def run(self) -> Generator[Progress | Reject, None, str]:
        try:
            for step in range(1, 4):
                self.begun = step
                yield Progress(step, 3, "gate")
                yield REJECT
        finally:
            self.closed = True
        return "done"


def test_a_long_verb_returns_its_result_and_its_events_in_order() -> None:
    seen: list[Progress | Reject] = []
    assert finish(_Work().run(), seen.append) == "done"
    assert seen == [each for step in range(1, 4) for each in (Progress(step, 3, "gate"), REJECT)]


def test_a_long_verb_can_run_unwatched() -> None:
    work = _Work()
    assert finish(work.run()) == "done"
    assert (work.begun, work.closed) == (3, True)


def test_nothing_is_done_before_a_long_verb_is_run() -> None:
    work = _Work()
    work.run()
    assert work.begun == 0


def test_a_watcher_that_stops_closes_the_work_at_once() -> None:
    work = _Work()

    def stop(event: Progress | Reject) -> None:
        if event == Progress(2, 3, "gate"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        finish(work.run(), stop)
    assert (work.begun, work.closed) == (2, True)


def test_what_a_long_verb_raises_is_raised() -> None:
    def failing() -> Work[str]:
        yield Progress(1, None, "read")
        raise InputFault("file_unreadable", "no")

    with pytest.raises(InputFault):
        finish(failing())


def test_a_watcher_tells_progress_and_rejects_apart() -> None:
    told: list[object] = []
    finish(_Work().run(), watcher(lambda *each: told.append(each), told.append))
    assert told == [each for step in range(1, 4) for each in ((step, 3, "gate"), REJECT)]


def test_a_watcher_without_a_list_of_rejects_passes_them_over() -> None:
    told: list[object] = []
    finish(_Work().run(), watcher(lambda *each: told.append(each)))
    assert told == [(1, 3, "gate"), (2, 3, "gate"), (3, 3, "gate")]


# -- a long verb that calls back -----------------------------------------------------------------


class _Open:
    """Something that the work has open while it runs."""


def _calling_back(opened: list[weakref.ref[_Open]]) -> Work[str]:
    def run(emit: Callable[[Progress], None]) -> str:
        held = _Open()
        opened.append(weakref.ref(held))
        for done in range(3):
            emit(Progress(done, 3, "phase"))
        return "result"

    return yielding(run)


def test_work_that_calls_back_yields_what_it_is_called_with_and_returns_its_result() -> None:
    seen: list[Progress | Reject] = []
    assert finish(_calling_back([]), seen.append) == "result"
    assert seen == [Progress(done, 3, "phase") for done in range(3)]


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_work_that_is_closed_before_its_end_lets_go_of_what_it_had_open(steps: int) -> None:
    opened: list[weakref.ref[_Open]] = []
    gc.disable()  # at once, and not when the collector comes by
    try:
        work = _calling_back(opened)
        for _ in range(steps):
            next(work)
        work.close()
        assert [each() for each in opened] == [None]
    finally:
        gc.enable()


def test_what_work_that_calls_back_raises_is_raised() -> None:
    def run(emit: Callable[[Progress], None]) -> str:
        emit(Progress(0, None, "phase"))
        raise ValueError("made up")

    with pytest.raises(ValueError, match="made up"):
        finish(yielding(run))
