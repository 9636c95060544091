"""A few commands as real processes: pipes, Ctrl-C, a full disk, a terminal. The first is started
from nothing, as a shell starts it; the others are forked from a process that has read the libraries
(tests/world/warm.py)."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import typer

from counterfoil.cli.app import run
from tests.cli.desk import TOKENS, Desk, command
from tests.world.people import REQUESTS, request
from tests.world.scan import found_in
from tests.world.warm import Program

_INTERRUPTED = """
import itertools, os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from counterfoil.cli import main
from counterfoil.database import Store

count, transaction, last = itertools.count(1), Store.transaction, int(sys.argv.pop(1))

def interrupted(store):
    if next(count) == last:
        os.kill(os.getpid(), signal.SIGINT)
    return transaction(store)

Store.transaction = interrupted
main()
"""
"""The program, to which Ctrl-C comes when it begins its nth transaction. It hears Ctrl-C also where
the tests run in the background of a shell, which has its programs ignore it."""
PROGRAM = [sys.executable, "-c", "from counterfoil.cli import main; main()"]


def _run(
    *arguments: str | Path,
    program: Sequence[str] = PROGRAM,
    begin: type[subprocess.Popen[Any]] = Program,
) -> subprocess.CompletedProcess[str]:
    called = [*program, *map(str, arguments)]
    with begin(called, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        out, errors = process.communicate(timeout=120)
    done = subprocess.CompletedProcess[str](called, process.returncode, out, errors)
    assert found_in((done.stdout + done.stderr).encode(), TOKENS) == []
    assert "Traceback" not in done.stderr
    return done


def _answer(desk: Desk, out: str = "answers.jsonl") -> list[str]:
    keys = desk.office / "keys"
    first, second = ("--officer", keys / "officer-a.key"), ("--second", keys / "officer-b.key")
    return [
        *map(
            str,
            (
                "answer",
                desk.directory / "requests.csv",
                *desk.at,
                *first,
                *second,
                "--out",
                desk.directory / out,
            ),
        )
    ]


def _many(desk: Desk, count: int = 300) -> None:
    rows = [
        request(number, "Marisol", "Quintanilla", "1847 Heron Lake Rd")
        for number in range(100, 100 + count)
    ]
    desk.requests([*REQUESTS, *rows])
    settings = desk.office / "office.toml"
    settings.write_text(
        settings.read_text().replace("chunk_rows = 4096", "chunk_rows = 20"), encoding="utf-8"
    )


def test_data_is_on_stdout_and_words_are_on_stderr(desk: Desk) -> None:
    desk.requests()
    done = _run(*_answer(desk), begin=subprocess.Popen)
    assert (done.returncode, done.stdout[:2], done.stdout.count("\n")) == (0, "b-", 1)
    assert done.stderr.startswith("released: ")


def test_an_error_in_json_is_one_object_on_stdout(tmp_path: Path) -> None:
    done = _run("status", "--office", tmp_path, "--json")
    assert (done.returncode, done.stderr, set(json.loads(done.stdout))) == (1, "", {"error"})


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_reader_that_goes_away_ends_the_run_quietly(desk: Desk, more: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    called = [*PROGRAM, "ledger", "show", *map(str, desk.at), *more]
    with Program(called, stdout=writing, stderr=subprocess.PIPE) as process:
        _, errors = process.communicate(timeout=60)
    os.close(writing)
    assert (process.returncode, errors) == (1, b"")


def test_a_full_stdout_is_said_on_stderr(desk: Desk) -> None:
    with Path("/dev/full").open("wb") as full:
        called = [*PROGRAM, "ledger", "check", *map(str, desk.at)]
        with Program(called, stdout=full, stderr=subprocess.PIPE, text=True) as process:
            _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "stdout: the result could not be printed [output_not_written]" in errors
    assert "Traceback" not in errors


def test_ctrl_c_at_any_moment_leaves_what_the_next_run_finishes(desk: Desk) -> None:
    """Ctrl-C as the run begins, and twice where it has gone on for a while."""
    _many(desk)
    for nth in (1, 12, 24):
        done = _run(str(nth), *_answer(desk), program=[sys.executable, "-c", _INTERRUPTED])
        assert (done.returncode, "[interrupted]" in done.stderr) == (1, True)
        assert command("ledger", "check", *desk.at).code == 0
        assert len(desk.batches()) <= 1
    assert desk.answer(desk.directory / "requests.csv").code == 0
    assert len(desk.answers()) == len(REQUESTS) + 300
    assert [each["state"] for each in desk.batches()] == ["released"]


_ON_A_SMALL_DISK = """
import resource, signal, sys
from counterfoil.cli import main

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]),) * 2)
del sys.argv[1]
main()
"""
"""The program, of which no file may grow beyond the limit: what a full disk does to a write."""


@pytest.mark.parametrize("more_kib", [8, 200])
def test_on_a_full_disk_nothing_is_answered_and_the_batch_can_be_run_again(
    desk: Desk, more_kib: int
) -> None:
    _many(desk)
    limit = (desk.office / "office.db").stat().st_size + more_kib * 1024
    small = [sys.executable, "-c", _ON_A_SMALL_DISK, str(limit)]
    done = _run(*_answer(desk), "--json", program=small)
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] in {
        "store_failed",
        "custodian_state_unwritable",
        "answer_not_written",
    }
    assert not (desk.directory / "answers.jsonl").exists()
    assert _run("ledger", "check", *desk.at).returncode == 0
    assert _run(*_answer(desk)).returncode == 0
    assert len(desk.answers()) == len(REQUESTS) + 300


def test_a_disk_that_is_full_for_the_answer_alone_leaves_a_batch_that_can_be_released_again(
    desk: Desk,
) -> None:
    desk.requests()
    batch = desk.receive()
    command("determine", batch, *desk.at)
    command("review", batch, *desk.at, *desk.officer("a"))
    (desk.directory / "locked").mkdir()
    out = desk.directory / "locked" / "answers.jsonl"
    partial = out.with_name(".answers.jsonl.partial")
    partial.mkdir()  # no file of that name can be opened
    told = command("release", batch, *desk.at, *desk.officer("b"), "--out", out, "--json")
    assert told.code == 1
    partial.rmdir()
    assert command("release", batch, *desk.at, *desk.officer("b"), "--out", out).code == 0
    assert out.is_file()


def test_the_passphrase_is_asked_for_at_the_terminal_and_not_shown(tmp_path: Path) -> None:
    terminal, program_side = pty.openpty()
    called = [
        *PROGRAM,
        "office",
        "create",
        str(tmp_path / "office"),
        "--agreement",
        "treasury-dhs-2025",
        "--name",
        "ledger.agency.test/disclosure",
    ]
    process = Program(
        called,
        stdin=program_side,
        stdout=subprocess.PIPE,
        stderr=program_side,
        start_new_session=True,
        text=True,
    )
    os.close(program_side)
    shown = b""
    for prompt in (b"keys: ", b"again: "):
        while prompt not in shown:
            shown += os.read(terminal, 1024)
        os.write(terminal, b"made-up horses of the tests\n")
    out, _ = process.communicate(timeout=60)
    os.close(terminal)
    assert process.returncode == 0
    assert out.startswith("ledger.agency.test/disclosure+")
    assert b"made-up horses of the tests" not in shown


def test_ctrl_c_outside_a_verbs_own_work_is_told_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("counterfoil.cli.app.app", lambda **_: 130)
    assert (run(["status"]), "[interrupted]" in capsys.readouterr().err) == (1, True)
    monkeypatch.setattr("counterfoil.cli.app.app", _aborted)
    assert (run(["status"]), "[interrupted]" in capsys.readouterr().err) == (1, True)


def _aborted(**_: object) -> None:
    raise typer.Abort
