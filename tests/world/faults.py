"""A fault as docs/formats/codes.md promises it to the person who reads it: code, what it says, and
the cure, with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from counterfoil.core.errors import CounterfoilError

PAGE = Path(__file__).parents[2] / "docs" / "formats" / "codes.md"


@cache
def _promises() -> list[list[str]]:
    """Code, class, exit code, words and cure of each row of the page."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    return [
        line.removeprefix("| `").removesuffix(" |").split(" | ")
        for line in lines
        if line.startswith("| `")
    ]


def _says(promised: str, written: str) -> bool:
    """Whether the words are the page's. `...` is what is filled in when it happens."""
    return (
        re.fullmatch(".+".join(map(re.escape, promised.split("..."))), written.replace("|", "\\|"))
        is not None
    )


def assert_as_documented(fault: CounterfoilError) -> None:
    """What the fault says, and its cure, stand on the page under its code and class."""
    of_code = [
        row for row in _promises() if row[0] == f"{fault.code}`" and row[1] == type(fault).__name__
    ]
    assert of_code, f"{fault.code} is no code of {PAGE.name}"
    assert any(_says(row[3], fault.message) and _says(row[4], fault.cure) for row in of_code), str(
        fault
    )


@contextmanager
def expect_fault(
    kind: type[CounterfoilError], code: str, place: str
) -> Iterator[pytest.ExceptionInfo[CounterfoilError]]:
    """The block raises this fault, with this code and at this place, in the words of the page."""
    with pytest.raises(kind) as raised:
        yield raised
    assert (raised.value.code, raised.value.place) == (code, place)
    assert_as_documented(raised.value)
