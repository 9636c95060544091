"""What a Parquet file would take in memory, found out before a page of it is decoded.

    file     "PAR1" pages ... footer, length of the footer (4 bytes, little-endian), "PAR1"
    footer   Thrift: schema, row groups, and in each its column chunks with their place and size
    chunk    page header (Thrift), page, page header, page, ...

A page header says how long its page is once it is decompressed, and that is what a reader
allocates; the footer says sizes too, which nobody has to keep. So the footer is read for the places
alone, and the header of every page is looked at. Established, in this order:

    1  the footer is whole, at most MAX_FOOTER_BYTES, and no more than thrift.py allows
    2  the schema is flat: no column has columns inside it
    3  no more rows than ROWS_A_BYTE for each byte of the file, and 4,096
    4  every column chunk lies inside the file, and no two share a byte
    5  every page is inside its chunk, at most MAX_PAGES of them in the file
    6  every page is encoded plainly or by a dictionary: what the other encodings decode to does not
       follow from the length of their page
    7  a dictionary has no more values than its page has room for
    8  the longest page of every column, and its dictionary, together are at most MAX_DECODED_BYTES

Reading a dictionary column then takes its dictionary and one number a row (parquet_file.py), so
that a value which is repeated is in memory once. A value is looked at for its length there.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, BinaryIO, Final, NoReturn

from counterfoil.core.errors import InputFault
from counterfoil.intake.thrift import ThriftReader

MAX_FOOTER_BYTES: Final = 16 << 20
MAX_DECODED_BYTES: Final = 128 << 20
MAX_PAGES: Final = 1_000_000
ROWS_A_BYTE: Final = 4
_ROWS_FREE: Final = 4096
_MAGIC: Final = b"PAR1"
_TAIL: Final = 8
_HEADER_BYTES: Final = 4096
_MAX_HEADER_BYTES: Final = 1 << 20
_DATA, _INDEX, _DICTIONARY, _DATA_V2 = 0, 1, 2, 3
_ENCODINGS: Final = frozenset({0, 2, 3, 4, 8})
"""PLAIN, PLAIN_DICTIONARY, RLE, BIT_PACKED, RLE_DICTIONARY."""
_LEAST_VALUE_BYTES: Final = 4
_MALFORMED: Final = "the footer or a page header is malformed"


class Footer:
    """The parts of a footer that bounds need. `columns` are the names in the schema's order;
    `nested` those that have columns inside them."""

    def __init__(self, fields: Mapping[int, Any]) -> None:
        root, *elements = fields[2]
        self.columns: list[str] = []
        self.nested: set[str] = set()
        waiting = [_count(root.get(5, 0))]
        for element in elements:
            while waiting and waiting[-1] == 0:
                waiting.pop()
            if not waiting:
                raise ValueError(_MALFORMED)
            waiting[-1] -= 1
            name, children = str(element[4], "utf-8"), _count(element.get(5, 0))
            if len(waiting) == 1:
                self.columns.append(name)
                if children:
                    self.nested.add(name)
            waiting.append(children)
        self.rows = _count(fields[3])
        self.groups: list[tuple[int, list[dict[int, Any]]]] = [
            (_count(group[3]), [chunk[3] for chunk in group[1]]) for group in fields[4]
        ]


def read_footer(file: BinaryIO, name: str) -> Footer:
    """Establish 1. Raises InputFault `parquet_unreadable`, `parquet_too_large`."""
    size = file.seek(0, 2)
    file.seek(max(size - _TAIL, 0))
    tail = file.read(_TAIL)
    length = int.from_bytes(tail[:4], "little")
    if len(tail) < _TAIL or tail[4:] != _MAGIC or length + _TAIL + len(_MAGIC) > size:
        raise unreadable(name)
    if length > MAX_FOOTER_BYTES:
        _too_large(f"its footer is longer than {MAX_FOOTER_BYTES} bytes", name)
    file.seek(size - _TAIL - length)
    try:
        footer = Footer(ThriftReader(file.read(length)).read_struct())
    except (LookupError, TypeError, ValueError, AttributeError):
        raise unreadable(name) from None
    return footer


def check_bounds(file: BinaryIO, footer: Footer, name: str) -> None:
    """Establish 3 to 8. Raises InputFault `parquet_unreadable`, `parquet_too_large`,
    `column_encoding`."""
    size = file.seek(0, 2)
    rows = max(footer.rows, sum(count for count, _ in footer.groups))
    if rows > ROWS_A_BYTE * size + _ROWS_FREE:  # 3
        _too_large("it has more rows than its bytes can hold questions", name)
    places: list[tuple[int, int]] = []
    pages = 0
    for number, (_, chunks) in enumerate(footer.groups, start=1):
        place = f"{name}, row group {number}"
        if len(chunks) != len(footer.columns):
            raise unreadable(place)
        decoded = 0
        for column, chunk in zip(footer.columns, chunks, strict=True):
            try:
                begins, ends = _place(chunk)
                if begins < len(_MAGIC) or ends > size:  # 4
                    raise ValueError(_MALFORMED)
                walk = _PageWalk(file, begins, ends, MAX_PAGES - pages)
                decoded += walk.read(f"{place}, column {column}")
            except (LookupError, TypeError, ValueError):
                raise unreadable(place) from None
            pages += walk.pages
            places.append((begins, ends))
        if decoded > MAX_DECODED_BYTES:  # 8
            _too_large(f"its pages would take more than {MAX_DECODED_BYTES} bytes at once", place)
    places.sort()
    if any(later[0] < earlier[1] for earlier, later in pairwise(places)):  # 4
        raise unreadable(name)
    file.seek(0)


def unreadable(place: str) -> InputFault:
    """The fault of a file that is cut, damaged or no Parquet."""
    return InputFault(
        "parquet_unreadable",
        "the file is not whole Parquet",
        place=place,
        cure="Write or send the file again.",
    )


def _place(chunk: Mapping[int, Any]) -> tuple[int, int]:
    """Where the pages of a column chunk begin and end."""
    begins = _count(chunk[9])
    dictionary = chunk.get(11)
    if dictionary:  # some writers say 0 where there is none
        begins = min(begins, _count(dictionary))
    return begins, begins + _count(chunk[7])


def _count(value: Any) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError(_MALFORMED)
    return value


class _PageWalk:
    """The pages of one column chunk, from header to header. `pages`: how many it has."""

    def __init__(self, file: BinaryIO, begins: int, ends: int, most: int) -> None:
        self.pages = 0
        self._file = file
        self._at = begins
        self._ends = ends
        self._most = most

    def read(self, place: str) -> int:
        """Establish 5 to 7. How many bytes the longest page and the dictionary take."""
        dictionary = longest = 0
        while self._at < self._ends:
            self.pages += 1
            if self.pages > self._most:
                _too_large(f"it has more than {MAX_PAGES} pages", place)
            header, length = self._header()
            decoded, stored = _count(header[2]), _count(header[3])
            self._at += length + stored
            if self._at > self._ends:  # 5
                raise ValueError(_MALFORMED)
            is_dictionary = _check_page(header, decoded, place)
            if is_dictionary:
                dictionary += decoded
            longest = max(longest, decoded)
        return dictionary + longest

    def _header(self) -> tuple[dict[int, Any], int]:
        """The page header that begins here, and its length in bytes."""
        for window in (_HEADER_BYTES, _MAX_HEADER_BYTES):
            self._file.seek(self._at)
            reader = ThriftReader(self._file.read(min(window, self._ends - self._at)))
            try:
                return reader.read_struct(), reader.at
            except ValueError:
                if window == _MAX_HEADER_BYTES:
                    raise
        raise AssertionError("the last window raises")


def _check_page(header: Mapping[int, Any], decoded: int, place: str) -> bool:
    """Establish 6 and 7 of one page. Whether it is a dictionary."""
    kind = header[1]
    if kind == _DICTIONARY:
        if _count(header[7][1]) * _LEAST_VALUE_BYTES > decoded:  # 7
            raise ValueError(_MALFORMED)
        encoding = header[7][2]
    elif kind in (_DATA, _DATA_V2):
        encoding = header[5][2] if kind == _DATA else header[8][4]
    elif kind == _INDEX:
        return False
    else:
        raise ValueError(_MALFORMED)
    if encoding not in _ENCODINGS:  # 6
        raise InputFault(
            "column_encoding",
            "the column is encoded in a form that does not show its size",
            place=place,
            cure="Write it with plain or dictionary encoding, which is what most tools do.",
        )
    return kind == _DICTIONARY


def _too_large(why: str, place: str) -> NoReturn:
    raise InputFault(
        "parquet_too_large",
        f"the file is not read: {why}",
        place=place,
        cure="Write the file with smaller row groups and pages, or send it as CSV.",
    )
