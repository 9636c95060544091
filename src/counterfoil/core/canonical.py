"""The one byte form that is hashed and signed: RFC 8785 (JCS), restricted.

Allowed: objects with string keys, arrays, strings without lone surrogates, integers within
+-(2**53 - 1), true, false, null. Floats are refused: nothing that is hashed here needs one, and
without them JCS needs no number formatting. Keys are sorted by UTF-16 code units, as RFC 8785
section 3.2.3 asks. Standard library only: the inspector's verifier carries this file.

    encode({"b": 1, "a": "\\u00e9"})  ->  b'{"a":"\\xc3\\xa9","b":1}'

A commitment hides a value of low entropy (an answer is one of four words) behind a salt:

    commit(salt, data) = SHA-256("counterfoil/commit/v1" 0x00 salt data), salt of 32 bytes
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any, Final, cast

from counterfoil.core.bounded import is_bounded_json

MAX_INTEGER: Final = 2**53 - 1
SALT_BYTES: Final = 32
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_COMMIT_CONTEXT: Final = b"counterfoil/commit/v1\x00"


def encode(value: Any) -> bytes:
    """Return the canonical bytes of `value`.

    Raises TypeError for a type outside the restricted set, ValueError for an integer or string
    outside it. Both are bugs of the caller, never a user's input.
    """
    return _ENCODER.encode(_ordered(value)).encode("utf-8")


def read_object(data: bytes) -> dict[str, Any] | None:
    """The object whose canonical bytes `data` is, the inverse of `encode`; None for any other
    bytes, and for an object that is deeper or larger than `bounded.py` allows."""
    if not is_bounded_json(data):
        return None
    try:
        value = json.loads(data)
        return (
            cast("dict[str, Any]", value)
            if isinstance(value, dict) and encode(value) == data
            else None
        )
    except (ValueError, TypeError, RecursionError):
        return None


def _ordered(value: Any) -> Any:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise ValueError("integer outside the range that JSON readers agree on")
        return value
    if isinstance(value, list | tuple):
        return [_ordered(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value, key=_utf16)}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    raise TypeError(f"{type(value).__name__} has no canonical form here")


def _utf16(key: Any) -> bytes:
    if not isinstance(key, str):
        raise TypeError("object keys must be strings")
    return key.encode("utf-16-be")


def digest(data: bytes) -> str:
    """SHA-256 of `data` as `sha256:` and 64 hex digits."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def commit(salt: bytes, data: bytes) -> str:
    """A salted commitment to `data` as `sha256:` and 64 hex digits. `salt` is 32 random bytes.

    Raises ValueError for a salt of another length.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError("a salt is 32 bytes")
    return digest(_COMMIT_CONTEXT + salt + data)


def commit_each(salts: Sequence[bytes], data: Sequence[bytes]) -> list[str]:
    """`commit` of each of `data` under its own salt. Raises ValueError for a salt of another
    length, and for more of one than of the other."""
    if any(len(salt) != SALT_BYTES for salt in salts):
        raise ValueError("a salt is 32 bytes")
    sha256 = hashlib.sha256
    return [
        "sha256:" + sha256(_COMMIT_CONTEXT + salt + each).hexdigest()
        for salt, each in zip(salts, data, strict=True)
    ]
