"""Bytes to lines of text, a block at a time: UTF-8 with or without byte order mark, LF or CRLF.

CSV and JSON lines are both read through it. Memory: one block (small, so that what is made of it
stays in the processor's cache) and the line that runs over its end. A line over MAX_LINE_BYTES is
replaced, while it is read, by as many spaces: still over the limit of a row (65,536 characters of
at most 4 bytes), so its reader rejects it, and the file goes on after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

from counterfoil.core.errors import InputFault
from counterfoil.intake.columns import MAX_ROW_CHARACTERS

BLOCK_BYTES: Final = 1 << 16
MAX_LINE_BYTES: Final = 4 * MAX_ROW_CHARACTERS + BLOCK_BYTES
_BOM: Final = b"\xef\xbb\xbf"


def read_lines(file: BinaryIO, name: str) -> Iterator[list[str]]:
    """Yield the whole lines of `file`, without their ends, a block at a time; none is left out,
    blank ones included.

    Raises InputFault `encoding_invalid` with the offset of the first byte that is not UTF-8.
    """
    for offset, block in _whole_line_blocks(file):
        bom = len(_BOM) if offset == 0 and block.startswith(_BOM) else 0
        text = _decode(block[bom:] if bom else block, offset + bom, name).replace("\r\n", "\n")
        lines = text.split("\n")
        if not lines[-1]:
            lines.pop()  # what follows the last line end
        yield lines


def first_line(
    blocks: Iterator[list[str]], is_blank: Callable[[str], bool], name: str
) -> tuple[str, int, list[str]]:
    """The first line that is not blank, its number in the file from 1, and the lines of its block
    that follow it. Raises InputFault `file_empty`."""
    before = 0
    for block in blocks:
        for position, text in enumerate(block, start=1):
            if not is_blank(text):
                return text, before + position, block[position:]
        before += len(block)
    raise InputFault("file_empty", "the file is empty", place=name, cure="Send the file again.")


def _whole_line_blocks(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield (offset in the file, bytes that end with a line end); the last block may lack the line
    end."""
    offset, rest = 0, b""
    while data := file.read(BLOCK_BYTES):
        cut = data.rfind(b"\n") + 1
        if cut:
            yield offset, rest + data[:cut]
            offset, rest = offset + len(rest) + cut, data[cut:]
        else:
            offset, rest = _bounded(offset, rest + data)
    if rest:
        yield offset, rest


def _bounded(offset: int, rest: bytes) -> tuple[int, bytes]:
    """Bound what is kept of a line without an end; its last byte stays in place."""
    excess = len(rest) - MAX_LINE_BYTES
    return (offset + excess, b" " * MAX_LINE_BYTES) if excess > 0 else (offset, rest)


def _decode(block: bytes, offset: int, name: str) -> str:
    try:
        return block.decode("utf-8")
    except UnicodeDecodeError as fault:
        place = f"{name}, byte {offset + fault.start}"
    raise InputFault(
        "encoding_invalid",
        "the file is not UTF-8 text",
        place=place,
        cure="Save the file with UTF-8 encoding.",
    )
