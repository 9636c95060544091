"""Bounds on JSON from outside: counted on the bytes, before anything is built."""

from __future__ import annotations

import json
import time
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.core import canonical
from counterfoil.core.bounded import MAX_DEPTH, MAX_NODES, is_bounded_json
from counterfoil.core.outside_json import decode_json

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text('[]{}"\\,ab', max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=30,
)


def _deep(value: Any) -> int:
    inside = list(value.values()) if isinstance(value, dict) else value
    return 1 + max(map(_deep, inside), default=0) if isinstance(inside, list) else 0


@given(_VALUES, st.integers(0, 2 * MAX_DEPTH))
def test_depth_is_that_of_the_value_whatever_its_strings_hold(value: Any, levels: int) -> None:
    for _ in range(levels):
        value = [value]
    assert is_bounded_json(json.dumps(value).encode()) is (_deep(value) <= MAX_DEPTH)


@pytest.mark.parametrize(
    "bomb",
    [
        b"[" * 200_000,
        b'{"a":' * 200_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'["' + b"[" * 100 + b'",' + b"[" * 100,
        b"[" + b"[]," * MAX_NODES + b"[]]",
        b"[" + b"0," * (2 * MAX_NODES) + b"0]",
        b'"' * 3_000_000 + b"[" * 100,
        b'"\\' * 1_500_000 + b'"' + b"[" * 100,
    ],
)
def test_a_bomb_is_refused_within_seconds(bomb: bytes) -> None:
    begun = time.process_time()
    assert canonical.read_object(bomb) is None
    with pytest.raises(ValueError, match="JSON"):
        decode_json(bomb, dict[str, Any])
    assert time.process_time() - begun < 3


@given(st.binary(max_size=200) | st.text('[]{}",:\\a0', max_size=200).map(str.encode))
def test_any_bytes_are_a_value_or_one_fault(data: bytes) -> None:
    try:
        found = decode_json(data, dict[str, Any])
    except ValueError as fault:
        assert type(fault) is ValueError
        assert str(fault).startswith("the JSON")
    else:
        assert found == msgspec.json.decode(data)
