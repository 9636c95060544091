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
from typing import Any, Final, Literal

import msgspec

from counterfoil.answers.format import CSV_HEADERS, FORMAT, FORMAT_2, ROWS
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault
from counterfoil.core.values import Answer, RejectedRow

RowsFormat = Literal["jsonl", "csv"]

CHUNK_ROWS: Final = 4096
_ENCODER: Final = msgspec.json.Encoder()
_PLAIN_ID: Final = re.compile(r"[A-Za-z0-9._:-]*", re.ASCII)
_PART: Final = {
    (version, form): re.compile(b"(?:%b)*+" % row)
    for version, rows in ROWS.items()
    for form, row in rows.items()
}


def rows_format(path: Path) -> RowsFormat:
    """The form that an answer file of this name has: CSV for `.csv`, else JSON lines."""
    return "csv" if path.suffix.lower() == ".csv" else "jsonl"


def render_rows(
    answers: Iterable[Answer | RejectedRow], form: RowsFormat, version: str = FORMAT
) -> Iterator[bytes]:
    """The rows as bytes, a few thousand at a time. The CSV header comes first, also where there is
    no answer. `version` is the format; only the second has rows that were rejected.

    Raises StateFault `row_form` for an answer that has no form: it cannot leave.
    """
    if form == "csv":
        yield CSV_HEADERS[version]
    source, lines = iter(answers), _LINES[form, version]
    has_form = _PART[version, form].fullmatch
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
    codes, request_id = answer.codes, answer.request_id
    if not codes and _PLAIN_ID.fullmatch(request_id):  # most: the same bytes, at a tenth
        return f'{{"answer":"{answer.answer}","codes":[],"request_id":"{request_id}"}}'.encode()
    row = {"request_id": request_id, "answer": str(answer.answer)}
    return canonical.encode(row | {"codes": list(codes)})


def _csv_lines(answers: list[Answer]) -> bytes:
    rows = [
        f"{answer.request_id},{answer.answer.value},{';'.join(answer.codes)}\r\n"
        for answer in answers
    ]
    return "".join(rows).encode()


def _csv_lines_2(answers: list[Answer | RejectedRow]) -> bytes:
    rows = [
        f"{each.request_id},{each.answer},{';'.join(each.codes)},{getattr(each, 'row', '')}\r\n"
        for each in answers
    ]
    return "".join(rows).encode()


_LINES: Final[dict[tuple[str, str], Callable[[list[Any]], bytes]]] = {
    ("jsonl", FORMAT): _ENCODER.encode_lines,
    ("jsonl", FORMAT_2): _ENCODER.encode_lines,
    ("csv", FORMAT): _csv_lines,
    ("csv", FORMAT_2): _csv_lines_2,
}
