"""Answers as bytes: the rows of the answer file, in the order asked, in the forms of
answer_file.py.

The same answers are the same bytes (P7). Every part is matched against the one form of a row before
it is given out, so that what leaves is what a reader accepts and nothing else (P1).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final, Literal

import msgspec

from counterfoil.answers.format import CSV_HEADER, ROW
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault
from counterfoil.core.values import Answer

RowsFormat = Literal["jsonl", "csv"]

CHUNK_ROWS: Final = 4096
_ENCODER: Final = msgspec.json.Encoder()
_PART: Final = {form: re.compile(b"(?:%b)*+" % row) for form, row in ROW.items()}


def rows_format(path: Path) -> RowsFormat:
    """The form that an answer file of this name has: CSV for `.csv`, else JSON lines."""
    return "csv" if path.suffix.lower() == ".csv" else "jsonl"


def render_rows(answers: Iterable[Answer], form: RowsFormat) -> Iterator[bytes]:
    """The rows as bytes, a few thousand at a time. The CSV header comes first, also where there is
    no answer.

    Raises StateFault `row_form` for an answer that has no form: it cannot leave.
    """
    if form == "csv":
        yield CSV_HEADER
    source, lines = iter(answers), _LINES[form]
    has_form = _PART[form].fullmatch
    while chunk := list(islice(source, CHUNK_ROWS)):
        part = lines(chunk)
        if has_form(part) is None:
            raise StateFault(
                "row_form",
                "an answer has no form in which it may leave",
                cure="Nothing was released. Report this.",
            )
        yield part


def answer_bytes(answer: Answer) -> bytes:
    """The canonical bytes of an answer that its ledger entry commits to."""
    row = {"request_id": answer.request_id, "answer": str(answer.answer)}
    return canonical.encode(row | {"codes": list(answer.codes)})


def _csv_lines(answers: list[Answer]) -> bytes:
    rows = [
        f"{answer.request_id},{answer.answer.value},{';'.join(answer.codes)}\r\n"
        for answer in answers
    ]
    return "".join(rows).encode()


_LINES: Final[dict[str, Callable[[list[Answer]], bytes]]] = {
    "jsonl": _ENCODER.encode_lines,
    "csv": _csv_lines,
}
