"""The marks of a hold: hidden among others, stored with the id of their key."""

from __future__ import annotations

import pytest

from counterfoil.controls.holds.marks import (
    MARK_BYTES,
    hide_marks,
    keep_marks,
    read_marks,
    split_marks,
)
from tests.world.office import repeating


@pytest.mark.parametrize(("true", "shown"), [(0, 16), (1, 16), (16, 16), (17, 32), (256, 256)])
def test_how_many_marks_are_true_does_not_show_below_a_class(true: int, shown: int) -> None:
    own = {bytes([number // 251, number % 251]) * 8 for number in range(true)}
    marks = hide_marks(own, repeating("marks"))
    assert len(own) == true and own <= set(marks)
    assert (len(marks), len(set(marks)), list(marks)) == (shown, shown, sorted(marks))
    assert {len(mark) for mark in marks} == {MARK_BYTES}
    assert split_marks(b"".join(marks)) == list(marks)


def test_stored_marks_come_back_with_their_key_whatever_bytes_they_have() -> None:
    joined = bytes(MARK_BYTES) + b"\xff" * MARK_BYTES
    assert read_marks(keep_marks("k" * 32, joined)) == ("k" * 32, joined)
    assert read_marks(b"") == ("", b"")
