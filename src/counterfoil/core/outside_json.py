"""JSON from outside to a typed value: within bounds, or refused, with one fault for every cause.

A key that an object has twice is read by some programs as its first value and by others as its
last, so that two readers of one signed text can read two things. `repeats_a_key` says whether there
is one; whoever reads what somebody signs or states refuses it.
"""

from __future__ import annotations

import json
from typing import Any, Final, TypeVar

import msgspec

from counterfoil.core.bounded import is_bounded_json

Value = TypeVar("Value")
UTF8_MARK: Final = b"\xef\xbb\xbf"
"""The byte order mark that some editors put before UTF-8. It says nothing, and is passed over."""


def decode_json(data: bytes, kind: type[Value]) -> Value:
    """The value that JSON bytes hold. Raises ValueError, which says nothing of the bytes, for
    whatever is wrong with them: too deep, too many nodes, no UTF-8, no JSON, another form."""
    if not is_bounded_json(data):
        raise ValueError("the JSON is not within its bounds")
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise ValueError("the JSON is not of its form") from None


def repeats_a_key(data: bytes) -> bool:
    """Whether an object in JSON bytes, at any depth, has one key twice. False for what is no JSON
    within bounds, which `decode_json` refuses."""
    if not is_bounded_json(data):
        return False
    try:
        json.loads(data, object_pairs_hook=_once)
    except _RepeatedKey:
        return True
    except (ValueError, RecursionError):
        return False
    return False


class _RepeatedKey(Exception):
    """An object has one key twice."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _RepeatedKey
    return found
