"""How long an item is, so that its length tells little: Padme (Nikitin and others, PETS 2019).

A length keeps its leading bits only: of L bytes, with E = floor(log2 L), the last E - floor(log2 E)
- 1 bits are rounded up. What is added is at most 12 %, and falls as L grows: near 1 GiB there are
32 lengths per doubling. Nothing is shorter than 4,096 bytes.

An answer's length follows from its request alone: `answer_length` is the room for whatever its rows
may say (answers/packed_rows.py), rounded up in the same way.
"""

from __future__ import annotations

from typing import Final

LEAST: Final = 4096
ANSWER_ROOM: Final = 65_536
"""Bytes of an answer's content beside its rows: the envelope, the proof, the list of parts."""


def padded_length(length: int) -> int:
    """The least length of Padme that holds `length` bytes, and at least `LEAST`."""
    if length <= LEAST:
        return LEAST
    exponent = length.bit_length() - 1
    mask = (1 << (exponent - exponent.bit_length())) - 1
    return (length + mask) & ~mask


def answer_length(packed_rows: int) -> int:
    """The length of an answer whose packed rows take `packed_rows` bytes, which their request
    decides."""
    return padded_length(packed_rows + ANSWER_ROOM)
