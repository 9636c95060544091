"""What the guards knew is read back as it was written, and damage refuses."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from counterfoil.core.errors import StoreFault
from counterfoil.core.values import Document, Header, Person
from counterfoil.gate.history.batch_counts import History
from counterfoil.gate.history.earlier import Counts
from counterfoil.gate.history.snapshot import (
    HistorySnapshot,
    decode_snapshot,
    encode_snapshot,
    snapshot_of,
)
from counterfoil.gate.history.uses import Uses
from tests.gate.world import ON, facts_of
from tests.world.faults import expect_fault

DOCUMENT = Document(
    "sha256:" + "a" * 64, ON, None, (Person("Ada", "", "Quill"),), ("2023",), ("address",)
)
KNOWN = HistorySnapshot(
    Header(
        "Agency A",
        "sandbox",
        "sandbox-principal",
        ON,
        signed=True,
        route="court-order",
        document=DOCUMENT,
    ),
    History({b"\x01" * 16: 3}, 4, 5, ((date(2025, 8, 1), 6),)),
    Counts({-1: 2}, {-1: {7, 8}}, {9: {-1}}, {10: 2}),
)


def test_what_was_known_is_read_back_as_it_was() -> None:
    assert decode_snapshot(encode_snapshot(KNOWN)) == KNOWN


@pytest.mark.parametrize(
    "damage", [b"", encode_snapshot(KNOWN)[:-1], b"\xc0", encode_snapshot(KNOWN) + b"\x00"]
)
def test_a_damaged_chunk_is_told_as_that(damage: bytes) -> None:
    with expect_fault(StoreFault, "known_unreadable", ""):
        decode_snapshot(damage)


def test_the_counts_of_a_chunk_are_kept_as_they_were() -> None:
    uses = {0: Uses(2, 1, 1, 1, 3), 4095: Uses(similar=20)}
    known = snapshot_of(facts_of(), History(probe_days=30), uses)
    again = decode_snapshot(encode_snapshot(known))
    assert (again, again.uses) == (known, uses)


def test_the_field_names_are_those_of_chunks_that_were_stored_before() -> None:
    assert list(msgspec.to_builtins(KNOWN.past)) == ["attempts", "doors", "people", "contents"]
    assert list(msgspec.to_builtins(KNOWN)) == ["header", "history", "past"]
