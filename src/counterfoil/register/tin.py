"""The form of a tax number, for comparison only. What kind of number it is says nothing here (P8).

Nine digits, with hyphens or spaces anywhere between them. Numbers that nobody is given (one digit
repeated, area 000 or serial 0000) are what people write when they have none, and count as absent.
9xx-00 numbers are free for made-up people and are accepted.
"""

from __future__ import annotations

_DROPPED = str.maketrans("", "", "- ")


def tin_digits(tin: str) -> str:
    """The nine digits of a well-formed number, else ""."""
    digits = tin.translate(_DROPPED)
    if len(digits) != 9 or not (digits.isascii() and digits.isdigit()):
        return ""
    if digits == digits[0] * 9 or digits[:3] == "000" or digits[5:] == "0000":
        return ""
    return digits
