"""The rows of an answer on their way in an item: packed to a length that the request alone decides.

As lines, `confirmed` is four letters shorter than `not_confirmed`, and a refusal is as long as its
reasons are many: the length of a sealed item would tell. Packed, each row takes the same bytes
beside its request id, whatever it says:

    "counterfoil-rows-1" newline
    the form, `csv` or `jsonl`, a space, the version, `1` or `2`, spaces up to 8 bytes, newline
    the codes that occur, each once where the rows agree on an order, each ended by a newline, then
    spaces up to 16,384 bytes
    for each row: the length of the request id (1 byte), the id; which of confirmed, not_confirmed,
    refused, not_compared, rejected it is (1 byte, from 0); which of the codes it has, in their
    order, the first code being the highest bit (32 bytes); its row number, 0 for none (8 bytes,
    big-endian)

Unpacking gives FILE back byte for byte (format.py), and the envelope's digest of it is what counts:
nothing here is signed by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import BinaryIO, Final

from counterfoil.answers.format import CSV_HEADERS, FORMAT, FORMAT_2, REJECTED, ROWS, WORDS
from counterfoil.answers.read_envelope import MAX_ROW_BYTES
from counterfoil.core.errors import StateFault, VerifyFault

PACKED_FORMAT: Final = "counterfoil-rows-1"
MAX_CODES: Final = 256
_MAGIC: Final = PACKED_FORMAT.encode() + b"\n"
_FORM_BYTES, _TABLE_BYTES = 8, 16_384
_BITS: Final = MAX_CODES // 8
_ROW_BYTES: Final = 1 + 1 + _BITS + 8
_HEAD_BYTES: Final = len(_MAGIC) + _FORM_BYTES + 1 + _TABLE_BYTES
_WORDS: Final = (*WORDS, REJECTED)
_VERSIONS: Final = {FORMAT: "1", FORMAT_2: "2"}
_Tail = tuple[str, tuple[str, ...], int]


def packed_length(rows: int, id_bytes: int) -> int:
    """How long packed rows are: `rows` counts the rejected ones too, `id_bytes` is the length of
    all their ids that can be read."""
    return _HEAD_BYTES + rows * _ROW_BYTES + id_bytes


def pack_rows(source: BinaryIO, sink: BinaryIO, form: str, version: str) -> None:
    """Pack the rows of an answer file of this form and format, which can be read twice. Inverse of
    `unpack_rows`. Raises StateFault `packed_codes`, `packed_row` for rows that have no form."""
    seen: dict[bytes, _Tail] = {}
    orders: set[tuple[str, ...]] = set()
    for _, tail in _split(source, form, version):
        if tail not in seen:
            found = _read_tail(tail, form)
            orders.add(found[1])
            if not found[2]:  # a rejected row has a number, and no other row has its tail
                seen[tail] = found
    table = _table(orders)
    head = f"{form} {_VERSIONS[version]}".encode().ljust(_FORM_BYTES) + b"\n"
    sink.write(_MAGIC + head + table.ljust(_TABLE_BYTES))
    codes = table.decode("ascii").splitlines()
    packed = {tail: _pack_tail(found, codes) for tail, found in seen.items()}
    for request_id, tail in _split(source, form, version):
        cell = packed.get(tail) or _pack_tail(_read_tail(tail, form), codes)
        sink.write(bytes([len(request_id)]) + request_id + cell)


def unpack_rows(source: BinaryIO, sink: BinaryIO) -> tuple[str, str]:
    """Write the answer file that was packed. Returns its form and its format. Raises VerifyFault
    `packed_rows`."""
    head = source.read(_HEAD_BYTES)
    if len(head) < _HEAD_BYTES or not head.startswith(_MAGIC):
        raise _malformed()
    form, _, number = head[len(_MAGIC) :][:_FORM_BYTES].decode("latin-1").strip().partition(" ")
    version = next((name for name, each in _VERSIONS.items() if each == number), "")
    if form not in ROWS[FORMAT] or not version:
        raise _malformed()
    table = head[-_TABLE_BYTES:].decode("latin-1").rstrip(" ").splitlines()
    if form == "csv":
        sink.write(CSV_HEADERS[version])
    cells: dict[bytes, bytes] = {}
    while length := source.read(1):
        request_id, cell = source.read(length[0]), source.read(_ROW_BYTES - 1)
        if len(request_id) < length[0] or len(cell) < _ROW_BYTES - 1:
            raise _malformed()
        tail = cells.get(cell)
        if tail is None:
            tail = _write_tail(_unpack_tail(cell, table), form, version)
            if not any(cell[-8:]):
                cells[cell] = tail
        sink.write((request_id if form == "csv" else b'{"request_id":"' + request_id) + tail)
    return form, version


def _split(source: BinaryIO, form: str, version: str) -> Iterator[tuple[bytes, bytes]]:
    """Each row's id and the rest of its line."""
    source.seek(0)
    if form == "csv" and source.readline(MAX_ROW_BYTES) != CSV_HEADERS[version]:
        raise _no_form()
    has_form = re.compile(ROWS[version][form]).fullmatch
    for line in iter(lambda: source.readline(MAX_ROW_BYTES), b""):
        if has_form(line) is None:
            raise _no_form()
        at = line.index(b",") if form == "csv" else line.index(b'"', 15)
        yield line[:at] if form == "csv" else line[15:at], line[at:]


def _read_tail(tail: bytes, form: str) -> _Tail:
    """Answer, codes and row number of what follows the id."""
    text = tail.decode("ascii")
    if form == "csv":
        answer, codes, *number = text.removesuffix("\r\n")[1:].split(",")
        return (
            answer,
            tuple(codes.split(";")) if codes else (),
            int(number[0] or 0) if number else 0,
        )
    answer = text[len('","answer":"') :].partition('"')[0]
    codes, _, row = text.partition('"codes":[')[2].partition("]")
    number = row.removeprefix(',"row":').removesuffix("}\n")
    return answer, tuple(codes.replace('"', "").split(",")) if codes else (), int(number or 0)


def _write_tail(tail: _Tail, form: str, version: str) -> bytes:
    answer, codes, row = tail
    if form == "csv":
        number = f",{row or ''}" if version == FORMAT_2 else ""
        return f",{answer},{';'.join(codes)}{number}\r\n".encode("latin-1")
    listed = ",".join(f'"{code}"' for code in codes)
    number = f',"row":{row}' if row else ""
    return f'","answer":"{answer}","codes":[{listed}]{number}}}\n'.encode("latin-1")


def _pack_tail(tail: _Tail, table: list[str]) -> bytes:
    answer, codes, row = tail
    bits, at = 0, 0
    for code in codes:
        at = table.index(code, at) + 1
        bits |= 1 << (MAX_CODES - at)
    return bytes([_WORDS.index(answer)]) + bits.to_bytes(_BITS) + row.to_bytes(8)


def _unpack_tail(cell: bytes, table: list[str]) -> _Tail:
    bits = int.from_bytes(cell[1 : 1 + _BITS])
    places = [place for place in range(MAX_CODES) if bits >> (MAX_CODES - 1 - place) & 1]
    if cell[0] >= len(_WORDS) or (places and places[-1] >= len(table)):
        raise _malformed()
    return _WORDS[cell[0]], tuple(table[place] for place in places), int.from_bytes(cell[-8:])


def _table(orders: set[tuple[str, ...]]) -> bytes:
    """The codes, each ended by a newline, in an order of which every row's codes are a part."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for order in sorted(orders):
        for code in order:
            sorter.add(code)
        for before, after in pairwise(order):
            sorter.add(after, before)
    try:
        codes = list(sorter.static_order())
    except CycleError:  # rows that name codes in two orders: each order by itself
        codes = [code for order in sorted(orders) for code in order]
    table = "".join(f"{code}\n" for code in codes).encode("ascii")
    if len(codes) > MAX_CODES or len(table) > _TABLE_BYTES:
        raise StateFault(
            "packed_codes",
            f"the rows name more than {MAX_CODES} codes, and cannot be sent as one item",
            cure="Nothing was sent. Hand the answer file out by hand, and report this.",
        )
    return table


def _no_form() -> StateFault:
    return StateFault(
        "packed_row",
        "a row of the answer file has no form in which it may leave",
        cure="Nothing was sent. Write the file again with `release`.",
    )


def _malformed() -> VerifyFault:
    return VerifyFault(
        "packed_rows",
        f"the answer's rows are not packed as {PACKED_FORMAT}",
        place="item, answer.rows",
        cure="Ask the office for the answer again, or open it with a newer version.",
    )
