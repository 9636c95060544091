"""The log: one event a line, as JSON on standard error, which the service manager keeps.

    {"at":"2026-05-04T12:00:00Z","process":"gateway","event":"refused","code":"item_id",
     "status":400}

on one line.

A field is a code, an id that we made, a route as it is written in the program, or a number. What a
request says never becomes one: not a path, not a name, not the text of an error.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, TextIO

import msgspec

from counterfoil.core.instants import instant_text

Field = str | int | float | bool | None
Log = Callable[..., None]
_TEXT: Final = re.compile(r"[A-Za-z0-9 _.,:;/@{}+=-]{0,200}")


def log_of(process: str, stream: TextIO | None = None) -> Log:
    """The log of one process."""

    def log(event: str, **fields: Field) -> None:
        now = instant_text(datetime.now(UTC).replace(microsecond=0))
        said = {name: _field(value) for name, value in fields.items()}
        line = msgspec.json.encode({"at": now, "process": process, "event": event, **said})
        out = stream or sys.stderr
        try:
            out.write(line.decode() + "\n")
            out.flush()
        except (OSError, ValueError):  # nobody reads the log: the work goes on
            return

    return log


def _field(value: Field) -> Field:
    """A text that is no code, id or route is withheld."""
    return "withheld" if isinstance(value, str) and not _TEXT.fullmatch(value) else value


class _Libraries(logging.Handler):
    """What a library has to say, as an event that holds its name and the class of an error alone:
    its text could hold a value."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Log one event. `where`: the library's own name for the place."""
        kind = record.exc_info[0] if record.exc_info else None
        self._log(
            "library",
            code="library",
            where=record.name,
            kind=kind.__name__ if kind else record.levelname,
        )


def hear_libraries(log: Log) -> None:
    """From now on, whatever libraries log in this process becomes events of its log."""
    logging.basicConfig(handlers=[_Libraries(log)], level=logging.WARNING, force=True)
