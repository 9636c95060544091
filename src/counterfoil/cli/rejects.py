"""Rejected rows: the first few are told on stderr, all of them are listed in a file where one is
named, as JSON lines.

    {"row":2,"field":"date_of_birth","code":"date_invalid","message":"...","cure":"...",
     "request_id":"R-0001"}

Rows count as the sender's spreadsheet counts them; `request_id` is left out where none can be read.
Nobody but whoever wrote the list reads it, and it is written through no link. A reject names row
and column and never carries a value (intake/rejects.py).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from counterfoil.cli.output import say
from counterfoil.core.atomic_files import open_private
from counterfoil.core.errors import StoreFault
from counterfoil.core.values import Reject

_TOLD_ON_TERMINAL: Final = 10


class RejectList:
    """Tells and counts rejects. The file is begun with the first reject, in place of an older one,
    and written as they come."""

    def __init__(self, path: Path | None, *, quiet: bool) -> None:
        self._path = path
        self._quiet = quiet
        self._file: BinaryIO | None = None
        self.count = 0

    @property
    def written(self) -> Path | None:
        """The file, if a reject is in it."""
        return self._path if self.count else None

    def add(self, reject: Reject) -> None:
        """Take one reject. Raises StoreFault `rejects_not_written`."""
        self.count += 1
        if self.count <= _TOLD_ON_TERMINAL:
            field = f", {reject.field}" if reject.field else ""
            say(
                f"row {reject.shown_row}{field}: {reject.message} [{reject.code}]\n  {reject.cure}",
                quiet=self._quiet,
            )
        elif self.count == _TOLD_ON_TERMINAL + 1:
            say(
                f"(more rows were rejected{'; the list has all' if self._path else ''})",
                quiet=self._quiet,
            )
        if self._path is not None:
            shown = msgspec.structs.replace(reject, row=reject.shown_row, sheet_row=0)
            self._write(self._path, msgspec.json.encode(shown) + b"\n")

    def close(self) -> None:
        """Write out what is held back. Raises StoreFault `rejects_not_written`."""
        file, self._file = self._file, None
        try:
            if file is not None:
                file.close()
        except OSError:
            raise _not_written(self._path) from None

    def _write(self, path: Path, line: bytes) -> None:
        try:
            if self._file is None:
                self._file = os.fdopen(open_private(path), "wb")
            self._file.write(line)
        except OSError:
            raise _not_written(path) from None


def _not_written(path: Path | None) -> StoreFault:
    return StoreFault(
        "rejects_not_written",
        "the list of rejected rows could not be written",
        place=path.name if path else "",
        cure="Check the folder and disk space, then run it again.",
    )
