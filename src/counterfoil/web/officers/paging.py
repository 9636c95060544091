"""A long list, shown a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, NamedTuple, TypeVar

Row = TypeVar("Row")


class Paged(NamedTuple, Generic[Row]):
    """The rows of one page, its number, and how many pages there are. Both count from 1."""

    rows: Sequence[Row]
    number: int
    pages: int


def page_of(rows: Sequence[Row], asked: str, size: int) -> Paged[Row]:
    """The page whose number was asked for, at most `size` rows; the first where that is no number,
    the last where it is beyond."""
    named = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else 1
    pages = max(1, -(-len(rows) // size))
    number = min(max(named, 1), pages)
    return Paged(rows[(number - 1) * size : number * size], number, pages)
