"""How every verb speaks: data on stdout, words on stderr, one exit code table.

    0 done · 1 failed · 2 usage · 3 done with rejects · 4 refused by the gate · 5 something did not
      verify

With `--json` stdout holds exactly one JSON object, also on failure: {"error": {"code", "message",
"place", "cure"}}. An error that is a bug of ours prints its type and source line only: its text
could hold a value of a record (P1). A reader of stdout that goes away (`| head`) ends the run
quietly with 1; what was recorded stands.
"""

from __future__ import annotations

import os
import sys
import textwrap
import traceback
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from counterfoil.cli.hints import completed
from counterfoil.core.atomic_files import open_private
from counterfoil.core.errors import CounterfoilError, StoreFault, UsageFault

DONE_WITH_REJECTS: Final = 3
FAILED: Final = 1
_COLUMNS: Final = 80

_program = ["counterfoil"]
"""The name under which this process speaks."""

Advance = Callable[[int, int | None, str], None]
"""Progress of a long step: (done, total or None, phase)."""


def show(result: Mapping[str, Any], words: str, *, as_json: bool) -> None:
    """Print a result: one JSON object with `as_json`, else the words. `words` may span lines.
    Raises StoreFault."""
    show_lines([msgspec.json.encode(result).decode() if as_json else completed(words)])


def show_lines(lines: Iterable[str]) -> None:
    """Print lines as they come. Raises StoreFault `output_not_written`, BrokenPipeError where
    nobody reads on."""
    try:
        for line in lines:
            sys.stdout.write(line + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError:
        _close_stdout()
        raise StoreFault(
            "output_not_written",
            "the result could not be printed",
            place="stdout",
            cure=f"The step itself is done: `{_program[0]} status` says what stands.",
        ) from None


def row(first: str, *more: str) -> str:
    """One thing of a list: its parts beside each other, and below where a terminal of 80 columns
    has no room for the next one. Parts that say nothing are left out."""
    lines = [first]
    for part in filter(None, more):
        if len(lines[-1]) + len(part) + 2 > _COLUMNS:
            lines.append(f"   {part}")
        else:
            lines[-1] += f"  {part}"
    return "\n".join(lines)


def folded(text: str) -> str:
    """A sentence in lines of at most 80 columns; what is below is set in."""
    return textwrap.fill(
        text, _COLUMNS, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )


def write_file(path: Path | None, lines: Iterable[str]) -> None:
    """Write a result's file where one was named, for its owner alone to read. Raises UsageFault
    `out_folder`, StoreFault `out_unwritable`."""
    if path is None:
        return
    if not path.parent.is_dir():
        cure = "Make it, or name another."
        raise UsageFault(
            "out_folder", "the folder to write to does not exist", place=path.name, cure=cure
        )
    try:
        with os.fdopen(open_private(path), "w", encoding="utf-8") as file:
            file.writelines(lines)
    except OSError as fault:
        raise StoreFault(
            "out_unwritable",
            f"the file cannot be written ({type(fault).__name__})",
            place=path.name,
            cure="Name a file in a folder that exists.",
        ) from None


def say(words: str, *, quiet: bool = False) -> None:
    """A sentence for the person at the terminal, on stderr."""
    if not quiet:
        sys.stderr.write(completed(words) + "\n")


@contextmanager
def speaking_as(program: str) -> Generator[None]:
    """Give messages the name of another program than `counterfoil` while this lasts."""
    before, _program[0] = _program[0], program
    try:
        yield
    finally:
        _program[0] = before


def no_progress(_done: int, _total: int | None, _phase: str) -> None:
    """Shows nothing."""


@contextmanager
def progress(*, quiet: bool) -> Generator[Advance]:
    """A progress bar on a terminal, nothing elsewhere. Yields a function (done, total, phase)."""
    if quiet or not sys.stderr.isatty():
        yield no_progress
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, Any] = {}

        def advance(done: int, total: int | None, phase: str) -> None:
            if phase not in tasks:
                tasks[phase] = bar.add_task(phase, total=total)
            bar.update(tasks[phase], completed=done, total=total)

        yield advance


@contextmanager
def faults(*, as_json: bool) -> Generator[None]:
    """Turn every error of the tree into its message and exit code; hide the text of anything
    else."""
    try:
        yield
    except CounterfoilError as fault:
        fail(fault.code, fault.message, fault.place, fault.cure, as_json=as_json)
        raise typer.Exit(fault.exit_code) from None
    except KeyboardInterrupt:
        cure = (
            f"Run the same command again: it goes on where it stopped. `{_program[0]} status` "
            "shows what stands."
        )
        fail(
            "interrupted",
            "stopped before the end; what was recorded stands",
            "",
            cure,
            as_json=as_json,
        )
        raise typer.Exit(FAILED) from None
    except BrokenPipeError:
        _close_stdout()
        raise typer.Exit(FAILED) from None
    except (typer.Exit, typer.Abort):
        raise
    except Exception as bug:  # noqa: BLE001 - the last line of P1: an unforeseen error's text may hold a value
        frame = traceback.extract_tb(bug.__traceback__)[-1]
        where = f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
        cure = (
            "Please report the type and the place; the error's own text is withheld, because it "
            f"may hold personal data. `{_program[0]} status` shows what stands."
        )
        fail("internal", f"unforeseen {type(bug).__name__}", where, cure, as_json=as_json)
        raise typer.Exit(FAILED) from None


def fail(code: str, message: str, place: str, cure: str, *, as_json: bool) -> None:
    """Say what failed, where, and what to do: on stdout as one JSON object, or on stderr in
    words. Commands in the cure are completed (hints.py)."""
    cure = completed(cure)
    if as_json:
        error = {"code": code, "message": message, "place": place, "cure": cure}
        _print_error(msgspec.json.encode({"error": error}).decode())
        return
    sys.stderr.write(f"{_program[0]}: {place + ': ' if place else ''}{message} [{code}]\n")
    if cure:
        sys.stderr.write(f"  {cure}\n")


def _print_error(line: str) -> None:
    try:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    except OSError:
        _close_stdout()


def _close_stdout() -> None:
    """Nobody can read what is still in the buffer: send it nowhere, so that leaving does not fail
    on it."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        return
