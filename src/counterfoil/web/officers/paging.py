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


def number_asked(text: str) -> int:
    """The number of a page that an address or a form names; 1 where it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 1


def page_of(rows: Sequence[Row], asked: str, size: int) -> Paged[Row]:
    """The page whose number was asked for, at most `size` rows; the first where that is no number,
    the last where it is beyond."""
    named = number_asked(asked)
    pages = max(1, -(-len(rows) // size))
    number = min(max(named, 1), pages)
    return Paged(rows[(number - 1) * size : number * size], number, pages)
