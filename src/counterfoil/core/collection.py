"""How often Python's garbage collector looks through memory, where a step makes very many values
that live until its end.

Such values (the rows of a file, what they are counted by) are freed by their reference counts, and
refer to nothing that refers back to them. By default the collector looks through the newest of them
after every 700, and through all of them again and again, which was a twelfth of what `receive`
cost. What does refer in a circle, as an error's traceback may, is still collected, later.
"""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

_NEW_VALUES: Final = 500_000
"""Containers made and not freed after which the collector looks again: some 50 MB."""


def collect_rarely() -> None:
    """Let the collector of this process look rarely, from now on."""
    gc.set_threshold(_NEW_VALUES, *gc.get_threshold()[1:])


@contextmanager
def collecting_rarely() -> Generator[None]:
    """Let the collector of this process look rarely while this lasts."""
    before = gc.get_threshold()
    collect_rarely()
    try:
        yield
    finally:
        gc.set_threshold(*before)
