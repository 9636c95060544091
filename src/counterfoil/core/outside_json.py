"""JSON from outside to a typed value: within bounds, or refused, with one fault for every cause."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from counterfoil.core.bounded import is_bounded_json

Value = TypeVar("Value")


def decode_json(data: bytes, kind: type[Value]) -> Value:
    """The value that JSON bytes hold. Raises ValueError, which says nothing of the bytes, for
    whatever is wrong with them: too deep, too many nodes, no UTF-8, no JSON, another form."""
    if not is_bounded_json(data):
        raise ValueError("the JSON is not within its bounds")
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise ValueError("the JSON is not of its form") from None
