"""What the C2SP formats have in common: strict base64, strict decimals, UTF-8 without control
characters, and proofs as lines of hashes.

Each value has one form only: base64 with padding and zero spare bits, decimals without a sign or
leading zeros.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Final

from counterfoil.core.errors import VerifyFault
from counterfoil.tlog.tree import HASH_BYTES, MAX_SIZE

_DECIMAL: Final = re.compile("0|[1-9][0-9]{0,18}")
MAX_HASHES: Final = 63
"""The longest proof: a tree of 2**63 - 1 entries has 63 levels above its leaves."""


def to_base64(data: bytes) -> str:
    """RFC 4648 section 4, with padding."""
    return b64encode(data).decode("ascii")


def from_base64(text: str) -> bytes | None:
    """Inverse of `to_base64`; None for any other text."""
    try:
        data = b64decode(text, validate=True)
    except ValueError:
        return None
    return data if to_base64(data) == text else None


def from_decimal(text: str) -> int | None:
    """A size or an index in 0..2**63 - 1; None for any other text."""
    if _DECIMAL.fullmatch(text) is None:
        return None
    number = int(text)
    return number if number <= MAX_SIZE else None


def to_text(raw: str | bytes, limit: int, code: str, what: str) -> str:
    """`raw` as text of at most `limit` bytes of UTF-8 whose only control character is the newline.

    Raises VerifyFault with `code` for anything else.
    """
    try:
        data = raw.encode("utf-8") if isinstance(raw, str) else raw
        text = data.decode("utf-8")
    except UnicodeError:
        raise malformed(code, what, "it is not UTF-8") from None
    if len(data) > limit:
        raise malformed(code, what, f"it is longer than {limit} bytes")
    if any(character < " " and character != "\n" for character in text):
        raise malformed(code, what, "it holds a control character")
    return text


def read_hashes(lines: Sequence[str], code: str, what: str) -> tuple[bytes, ...]:
    """The hashes of a proof, one a line. Raises VerifyFault with `code` for more than 63 lines, or
    one that is not the base64 of 32 bytes."""
    hashes = tuple(
        data for data in map(from_base64, lines) if data is not None and len(data) == HASH_BYTES
    )
    if len(lines) > MAX_HASHES or len(hashes) != len(lines):
        raise malformed(code, what, f"a proof is not at most {MAX_HASHES} hashes of 32 bytes")
    return hashes


def malformed(code: str, what: str, why: str, place: str = "") -> VerifyFault:
    """The fault of a text that is not in its format. Never quotes the text."""
    return VerifyFault(
        code,
        f"this is not a {what}: {why}",
        place=place,
        cure="Fetch it again, byte for byte, from where it came.",
    )
