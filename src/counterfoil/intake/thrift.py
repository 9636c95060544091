"""Thrift's compact protocol, as far as Parquet's footer and page headers need it: bytes to dicts.

    struct    field header (delta of the id << 4 | type), value, ..., 0
    list      size << 4 | type, elements; size 15: the size follows as a varint
    binary    length as a varint, bytes

A struct is a dict from field ids to values. Who wrote the bytes is not trusted: a length is
compared with what is left before anything is made, structs and values are counted, and nothing is
more than MAX_LEVELS deep. Raises ValueError for whatever is not of the protocol, or beyond that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

MAX_LEVELS: Final = 16
MAX_STRUCTS: Final = 200_000
MAX_VALUES: Final = 2_000_000
_MALFORMED: Final = "malformed Thrift"
_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = 1, 2, 3, 7, 8, 9, 10, 11, 12
_INTEGERS: Final = (4, 5, 6)


class ThriftReader:
    """Reads structs from `data`, one after the other. `at` is where the next one begins."""

    def __init__(self, data: bytes) -> None:
        self.at = 0
        self._data = data
        self._structs = 0
        self._values = 0
        self._readers: dict[int, Callable[[int], Any]] = {
            **dict.fromkeys((_TRUE, _FALSE, _BYTE), lambda _: self._byte()),
            **dict.fromkeys(_INTEGERS, lambda _: self._signed()),
            _DOUBLE: lambda _: self._bytes(8),
            _BINARY: lambda _: self._bytes(self._varint()),
            **dict.fromkeys((_LIST, _SET), self._list),
            _MAP: self._map,
            _STRUCT: self.read_struct,
        }

    def read_struct(self, level: int = 0) -> dict[int, Any]:
        """The struct that begins here."""
        self._structs += 1
        if level > MAX_LEVELS or self._structs > MAX_STRUCTS:
            raise ValueError(_MALFORMED)
        fields: dict[int, Any] = {}
        number = 0
        while (head := self._byte()) != 0:
            number = number + (head >> 4) if head >> 4 else self._signed()
            kind = head & 15
            fields[number] = kind == _TRUE if kind in (_TRUE, _FALSE) else self._value(kind, level)
        return fields

    def _value(self, kind: int, level: int) -> Any:
        self._values += 1
        if self._values > MAX_VALUES:
            raise ValueError(_MALFORMED)
        read = self._readers.get(kind)
        if read is None:
            raise ValueError(_MALFORMED)
        return read(level + 1)

    def _list(self, level: int) -> list[Any]:
        if level > MAX_LEVELS:
            raise ValueError(_MALFORMED)
        head = self._byte()
        size = self._size(self._varint() if head >> 4 == 15 else head >> 4)
        return [self._value(head & 15, level) for _ in range(size)]

    def _map(self, level: int) -> list[tuple[Any, Any]]:
        if level > MAX_LEVELS:
            raise ValueError(_MALFORMED)
        size = self._size(self._varint())
        kinds = self._byte() if size else 0
        return [
            (self._value(kinds >> 4, level), self._value(kinds & 15, level)) for _ in range(size)
        ]

    def _size(self, size: int) -> int:
        """A number of elements: each takes a byte at least."""
        if size > len(self._data) - self.at:
            raise ValueError(_MALFORMED)
        return size

    def _signed(self) -> int:
        value = self._varint()
        return (value >> 1) ^ -(value & 1)

    def _varint(self) -> int:
        value = shift = 0
        while (byte := self._byte()) & 0x80:
            value |= (byte & 0x7F) << shift
            shift += 7
            if shift > 63:
                raise ValueError(_MALFORMED)
        return value | byte << shift

    def _byte(self) -> int:
        if self.at >= len(self._data):
            raise ValueError(_MALFORMED)
        self.at += 1
        return self._data[self.at - 1]

    def _bytes(self, length: int) -> bytes:
        end = self.at + self._size(length)
        found, self.at = self._data[self.at : end], end
        return found
