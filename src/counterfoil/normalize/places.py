"""City, state and ZIP -> normal forms.

    "Ft. Worth"          -> "FORT WORTH"        "texas" · "Tx."          -> "TX"
    "N Hollywood"        -> "NORTH HOLLYWOOD"   "98103-1234" · "981O3"   -> "98103"
    "St. Louis"          -> "SAINT LOUIS"       "2139" in Massachusetts  -> "02139"
                                                (a spreadsheet drops the 0)

What has no normal form is "" and so incomplete.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from counterfoil.normalize.tables import DIRECTIONALS, STATE_CODES, STATES, ZERO_ZIP_STATES
from counterfoil.normalize.text import MAX_LENGTH, clean

NO_ZIPS: Final = frozenset({"00000", "99999"})
"""ZIPs that are written where none is known."""

_CITY_WORDS: Final = {
    "ST": "SAINT", "STE": "SAINTE", "FT": "FORT", "MT": "MOUNT", "PT": "POINT", "SPGS": "SPRINGS",
    "HTS": "HEIGHTS", "BCH": "BEACH", "CTY": "CITY", "VLG": "VILLAGE", "TWP": "TOWNSHIP",
    "JCT": "JUNCTION", "LK": "LAKE",
}  # fmt: skip
_DIRECTIONS: Final = {short: full for full, short in DIRECTIONALS.items() if full != short}
_DIGITS: Final = str.maketrans("OILoil|", "0110111")
_SHIFTED: Final = (4, 8)
"""How many digits are left of a ZIP, or ZIP+4, that lost its leading 0."""


class Place(NamedTuple):
    """The last line of an address in normal form; "" for what is absent or unreadable."""

    city: str
    state: str
    zip5: str


def read_place(city: str, state: str, zip_code: str) -> Place:
    """The normal form of a last line. Never raises."""
    code = _state(state)
    return Place(_city(city), code, _zip5(zip_code, code))


@lru_cache(maxsize=16384)
def _city(text: str) -> str:
    upper = text.upper()
    if upper.isascii() and upper.isalpha() and len(upper) <= MAX_LENGTH:
        return _CITY_WORDS.get(upper, upper)
    words = (clean(text) or "").replace("#", " ").replace("-", " ").split()
    if len(words) > 1:
        words[0] = _DIRECTIONS.get(words[0], words[0])
    return " ".join(_CITY_WORDS.get(word, word) for word in words)


def _state(text: str) -> str:
    if text in STATE_CODES:
        return text
    words = clean(text) or ""
    return STATE_CODES.get(words.replace(" ", "")) or STATES.get(words, "")


def _zip5(text: str, state: str) -> str:
    if len(text) == 5 and text.isascii() and text.isdigit():
        return text
    digits = (clean(text[:40]) or "").replace("-", "").replace(" ", "").translate(_DIGITS)
    if not (digits.isascii() and digits.isdigit()):
        return ""
    if len(digits) in _SHIFTED and state in ZERO_ZIP_STATES:
        digits = "0" + digits
    return digits[:5] if len(digits) in (5, 9) else ""
