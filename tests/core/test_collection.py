"""The collector looks rarely while a step lasts, and as before afterwards."""

from __future__ import annotations

import gc
import weakref

import pytest

from counterfoil.core.collection import collecting_rarely


class _Circle:
    """What refers to itself."""

    def __init__(self) -> None:
        self.me = self


def test_the_collector_is_as_it_was_after_a_step_that_failed() -> None:
    before = gc.get_threshold()
    with pytest.raises(ValueError, match="failed"), collecting_rarely():
        assert gc.get_threshold()[0] > 100 * before[0]
        raise ValueError("failed")
    assert gc.get_threshold() == before


def test_what_refers_in_a_circle_is_still_collected() -> None:
    gc.collect()
    with collecting_rarely():
        circle = weakref.ref(_Circle())
        kept = [[each] for each in range(2 * gc.get_threshold()[0])]
        assert circle() is None
    assert kept
