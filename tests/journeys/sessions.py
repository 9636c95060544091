"""The sessions in the documentation, read and run.

A session is a fenced block of the language `console`: a line that begins with `$ ` is a command (a
backslash at its end goes on), the lines up to the next one are all that it prints, words and data
as at a terminal. `...` in a line stands for anything but a line end; a line of `...` alone for any
number of lines. A command must end with 0: one that does not is written `command || echo "exit
$?"`.

A comment `<!-- session: NAME -->` before a block says what stands in the folder it runs in
(test_sessions.py); the blocks that follow, up to the next such comment, run in the same folder.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

from counterfoil.cli.app import run
from counterfoil.cli.ask.app import run as ask

_PART = re.compile(r"<!-- session: (?P<setup>[\w-]+) -->|```console\n(?P<block>.*?)```", re.DOTALL)
_CAT = re.compile(r"\$\(cat ([\w.-]+)\)")
_TELLS = ' || echo "exit $?"'
_SHELL = re.compile(r"[|<>$;&`]")
_PROGRAMS = {"counterfoil": run, "counterfoil-ask": ask}


class Step(NamedTuple):
    """One command and what it prints."""

    command: str
    expected: str


class Session(NamedTuple):
    """Commands that run in one folder. `setup` names what stands there first."""

    setup: str
    steps: tuple[Step, ...]


def read_sessions(text: str) -> list[Session]:
    """Every session of a page, in order."""
    sessions: list[Session] = []
    setup = ""
    for part in _PART.finditer(text):
        if part["setup"]:
            setup = part["setup"]
            sessions.append(Session(setup, ()))
        elif sessions:
            sessions[-1] = Session(setup, (*sessions[-1].steps, *_steps(part["block"])))
        else:
            raise ValueError("a session stands before the comment that says what it runs in")
    return sessions


def _steps(block: str) -> Iterator[Step]:
    for piece in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, printed = piece.replace("\\\n", "").partition("\n")
        yield Step(" ".join(command.split()), printed)


def as_pattern(expected: str) -> re.Pattern[str]:
    """What a command may print, as a pattern."""
    lines = expected.splitlines(keepends=True)
    pieces = [
        r"(?:.*\n)*?"
        if line == "...\n"
        else ".*?".join(re.escape(part) for part in line.split("..."))
        for line in lines
    ]
    return re.compile("".join(pieces))


def run_step(command: str) -> tuple[int, str]:
    """(exit code, everything printed) of a command in the current folder.

    A plain `counterfoil` or `counterfoil-ask` runs in this process, with `$(cat FILE)` put in, `> FILE` followed and `|| echo "exit $?"` done;
    anything else in a shell.
    """
    plain = _CAT.sub(lambda found: Path(found[1]).read_text(encoding="utf-8").strip(), command)
    plain, _, out = plain.partition(" > ")
    plain, tells, _ = plain.partition(_TELLS)
    program = _PROGRAMS.get(plain.partition(" ")[0])
    if program is None or _SHELL.search(plain):
        return _in_shell(command)
    printed = io.StringIO()
    data = io.StringIO() if out else printed
    with redirect_stdout(data), redirect_stderr(printed):
        code = program([each for word in shlex.split(plain)[1:] for each in _expanded(word)])
        if tells and code:
            printed.write(f"exit {code}\n")
            code = 0
    if out:
        Path(out).write_text(data.getvalue(), encoding="utf-8")
    return code, printed.getvalue()


def _expanded(word: str) -> list[str]:
    """The files that a pattern names, as a shell puts them in; the word itself where it is none."""
    return (sorted(map(str, Path().glob(word))) if "*" in word else []) or [word]


def _in_shell(command: str) -> tuple[int, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "PATH": path},
    )
    return done.returncode, done.stdout
