"""JSON lines: docs/formats/request-file.md, "JSON lines".

    [{"header": {...}}]          first line, may be left out
    {"request_id": "...", ...}   keys are columns, values strings or null; use_certified may be a
                                 boolean

msgspec decodes a line straight into a struct with the columns as fields. Where it refuses, the line
is looked at once more, key by key, to name the column: msgspec's own message is not passed on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, BinaryIO, Final

import msgspec

from counterfoil.core.outside_json import repeats_a_key
from counterfoil.core.values import Reject
from counterfoil.intake.cells import REQUEST_ID
from counterfoil.intake.columns import (
    COLUMNS,
    MAX_ROW_CHARACTERS,
    NAMES,
    REQUIRED,
    Column,
    ColumnKind,
)
from counterfoil.intake.header import check_keys
from counterfoil.intake.lines import first_line, read_lines
from counterfoil.intake.rejects import reject
from counterfoil.intake.rows import Table


def _field(column: Column) -> tuple[str, Any] | tuple[str, Any, str]:
    kind = str | bool | None if column.kind is ColumnKind.YES_NO else str | None
    return (column.name, kind) if column.required else (column.name, kind, "")


_ROW: Final = msgspec.json.Decoder(
    msgspec.defstruct(
        "_Row",
        [_field(column) for column in COLUMNS],
        forbid_unknown_fields=True,
        kw_only=True,
        gc=False,
    )
)
_KEYS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_TEXT: Final = b'"'
_NULL: Final = b"n"


def read_jsonl(file: BinaryIO, name: str) -> Iterator[Table]:
    """Yield the file's rows, a block of lines at a time. Raises InputFault `encoding_invalid`,
    `file_empty`."""
    blocks = read_lines(file, name)
    text, number, block = first_line(blocks, _is_blank, name)
    row, line = 0, number
    if _header_of(text) is None:
        block, line = [text, *block], number - 1
    for lines in chain([block], blocks):
        table = _cut(lines, row, line)
        row, line = row + len(table.rows) + len(table.rejects), line + len(lines)
        yield table


def jsonl_header(file: BinaryIO, name: str) -> bytes | None:
    """The header object of the first line as JSON, or None where the first line is an ordinary
    row. Raises as `read_jsonl`, and InputFault `key_repeated` where the line has two headers."""
    line = first_line(read_lines(file, name), _is_blank, name)[0]
    header = _header_of(line)
    if header is not None:
        check_keys(line.encode(), name)
    return header


def _header_of(line: str) -> bytes | None:
    keys = _keys(line)
    return bytes(keys["header"]) if keys is not None and list(keys) == ["header"] else None


def _is_blank(text: str) -> bool:
    return len(text) <= MAX_ROW_CHARACTERS and not text.strip()


def _cut(lines: Sequence[str], row: int, line: int) -> Table:
    structs: list[Any] = []
    rows: list[int] = []
    sheet_rows: list[int] = []
    rejects: list[Reject] = []
    for number, text in enumerate(lines, start=line + 1):
        if _is_blank(text):
            continue
        row += 1
        struct, field, code = _read(text)
        if struct is None:
            readable = code not in ("row_too_long", "key_repeated")
            found = _id_of(text) if readable else ""
            rejects.append(
                reject(row, field, code, line=number, sheet_row=number, request_id=found)
            )
        elif _has_text(struct):
            structs.append(struct)
            rows.append(row)
            sheet_rows.append(number)
        else:
            row -= 1
    return Table(_by_column(structs), rows, rejects, sheet_rows=sheet_rows)


def _read(text: str) -> tuple[Any, str, str]:
    """A line's row and nothing, or None with the column and the code of what is wrong with it. A
    line with as many colons as keys has each key once; others are looked at whole."""
    if len(text) > MAX_ROW_CHARACTERS:
        return None, "", "row_too_long"
    try:
        struct = _ROW.decode(text)
        if text.count(":") != len(_KEYS.decode(text)) and repeats_a_key(text.encode()):
            return None, "", "key_repeated"
    except (msgspec.MsgspecError, RecursionError):
        return None, *_fault(text)
    return struct, "", ""


def _has_text(struct: Any) -> bool:
    """Whether a row has a cell with text in it."""
    if struct.request_id and struct.request_id.strip():
        return True
    cells: Sequence[Any] = msgspec.structs.astuple(struct)
    return any(not isinstance(cell, str) or cell.strip() for cell in cells if cell is not None)


def _id_of(text: str) -> str:
    """The id of a line that is an object but no row; "" where none can be read."""
    raw = bytes((_keys(text) or {}).get(COLUMNS[0].name, b""))
    try:
        found = msgspec.json.decode(raw, type=str).strip()
    except msgspec.MsgspecError:
        return ""
    return found if REQUEST_ID.fullmatch(found) else ""


def _by_column(structs: list[Any]) -> list[Sequence[str]]:
    columns = zip(*map(msgspec.structs.astuple, structs), strict=True)
    return [_as_text(cells) for cells in columns] or [()] * len(COLUMNS)


def _as_text(cells: Sequence[Any]) -> Sequence[str]:
    if set(map(type, cells)) == {str}:
        return cells
    words = {None: "", True: "true", False: "false"}
    return [cell if isinstance(cell, str) else words[cell] for cell in cells]


def _fault(text: str) -> tuple[str, str]:
    """Why a line is no row: (column or "", code). The order is fixed: form, unknown, missing,
    type."""
    keys = _keys(text)
    if keys is None:
        return "", "json_malformed"
    if any(key not in NAMES for key in keys):
        return "", "column_unknown"
    if missing := [column for column in REQUIRED if column not in keys]:
        return missing[0], "column_missing"
    for column in COLUMNS:
        if column.name in keys and not _is_allowed(bytes(keys[column.name])[:1], column):
            return column.name, "text_expected"
    return "", "json_malformed"


def _is_allowed(first: bytes, column: Column) -> bool:
    return first in (_TEXT, _NULL) or (column.kind is ColumnKind.YES_NO and first in (b"t", b"f"))


def _keys(text: str) -> dict[str, msgspec.Raw] | None:
    try:
        return _KEYS.decode(text)
    except (msgspec.MsgspecError, RecursionError):
        return None
