"""City, state and ZIP -> normal forms.

    "Ft. Worth"          -> "FORT WORTH"        "texas" · "Tx."          -> "TX"
    "N Hollywood"        -> "NORTH HOLLYWOOD"   "98103-1234" · "981O3"   -> "98103"
    "St. Louis"          -> "SAINT LOUIS"       "2139" in Massachusetts  -> "02139"
    "926" in Puerto Rico · "2139.0"             (a spreadsheet drops a 0, and writes a point)

A ZIP gets back the zeros that it lost only where it is then a ZIP of its state. 6060 in
Massachusetts is none, since 06060 is in Connecticut.

What has no normal form is "" and so incomplete.

Which ZIPs are of which state is told by their first three digits. The ranges are those that the
Postal Service publishes (three-digit ZIP code prefixes, as in Publication 65, the National
Five-Digit ZIP Code and Post Office Directory, and Domestic Mail Manual labeling list L002), written
by hand: the fifty states, the District of Columbia, territories, freely associated states, and the
military's AA, AE and AP. A prefix that two of them share is listed under both: 969 serves Guam and
the islands around it, 967 Hawaii and American Samoa. `_CROSSING` has ZIPs of a state under another
state's prefix; `_ACROSS` those that serve homes in a second state: the ZIP Code Tabulation Areas of
two states (Census Bureau, 2010 ZCTA to place relationship file), and a few of Federal offices and
of towns on a line. A range may hold a prefix that is not in use; what is in no range is nobody's.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from counterfoil.normalize.tables import DIRECTIONALS, STATE_CODES, STATES
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
_SHORT: Final = (3, 4, 7, 8)
"""How many digits are left of a ZIP, or ZIP+4, that lost one leading 0, or two."""
_FLOAT: Final = re.compile(r"(?<=[0-9])\.0*$")
"""What a spreadsheet writes after a number."""
_BESIDE_ZIP: Final = re.compile(r"^ZIP(?: ?CODE)?[ :.]+(?=[0-9])|(?<=[0-9])[ ,-]+USA?$", re.I)


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
    text = _BESIDE_ZIP.sub("", _FLOAT.sub("", text[:40].strip()))
    if state and text[:2].upper() == state and text[2:3].isspace():
        text = text[3:]  # IL 60601
    if "." in text:  # 6.0601 is no ZIP
        return ""
    digits = (clean(text) or "").replace("-", "").replace(" ", "").translate(_DIGITS)
    if not (digits.isascii() and digits.isdigit()):
        return ""
    if len(digits) in _SHORT:
        zip5 = digits.zfill(5 if len(digits) < 5 else 9)[:5]
        return zip5 if is_zip_of_state(zip5, state) else ""
    return digits[:5] if len(digits) in (5, 9) else ""


_RANGES: Final = """
    AL 350-369; AK 995-999; AZ 850-865; AR 716-729; CA 900-961; CO 800-816; CT 060-069; DE 197-199;
    DC 200 202-205 569; FL 320-339 341-342 344 346-347 349; GA 300-319 398-399; HI 967-968;
    ID 832-838; IL 600-629; IN 460-479; IA 500-528; KS 660-679; KY 400-427; LA 700-714;
    ME 039-049; MD 206-219; MA 010-027 055; MI 480-499; MN 550-567; MS 386-397; MO 630-658;
    MT 590-599; NE 680-693; NV 889-898; NH 030-038; NJ 070-089; NM 870-884; NY 005 100-149;
    NC 270-289; ND 580-588; OH 430-459; OK 730-732 734-749; OR 970-979; PA 150-196; RI 028-029;
    SC 290-299; SD 570-577; TN 370-385; TX 733 750-799 885; UT 840-847; VT 050-054 056-059;
    VA 201 220-246; WA 980-994; WV 247-268; WI 530-549; WY 820-831;
    PR 006-007 009; VI 008; GU 969; AS 967; MP 969; PW 969; FM 969; MH 969;
    AA 340; AE 090-098; AP 962-966
"""
_CROSSING: Final = frozenset({("06390", "NY"), ("83414", "WY")})
_ACROSS: Final = frozenset(
    {
        ("02861", "MA"), ("42223", "TN"), ("59221", "ND"), ("63673", "IL"), ("71749", "LA"),
        ("73949", "TX"), ("73960", "TX"), ("81137", "NM"), ("84536", "AZ"), ("86044", "UT"),
        ("86515", "NM"), ("88063", "TX"), ("89439", "CA"), ("97635", "CA"), ("20588", "MD"),
        ("20598", "VA"),
    }
)  # fmt: skip


def _prefixes() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in _RANGES.split(";"):
        state, *ranges = row.split()
        for each in ranges:
            first, _, last = each.partition("-")
            for prefix in range(int(first), int(last or first) + 1):
                found.setdefault(f"{prefix:03}", set()).add(state)
    return {prefix: frozenset(states) for prefix, states in found.items()}


STATES_OF_PREFIX: Final = _prefixes()
"""The states of the first three digits of a ZIP."""
_NOBODY: Final[frozenset[str]] = frozenset()


def is_zip_of_state(zip5: str, state: str) -> bool:
    """Whether a ZIP of five digits is one of the state of these two letters."""
    return state in STATES_OF_PREFIX.get(zip5[:3], _NOBODY) or (zip5, state) in _CROSSING


def serves_across(zip5: str, state: str) -> bool:
    """Whether a ZIP under another state's prefix serves homes of this state too."""
    return (zip5, state) in _ACROSS


@lru_cache(maxsize=16384)
def states_beside(zip5: str, state: str) -> tuple[str, ...]:
    """Every state in which a home may be that is written with this ZIP and this state: the state,
    and each other one that the ZIP goes with, in their order."""
    crossing = [other for code, other in _CROSSING | _ACROSS if code == zip5]
    return tuple(sorted({state, *STATES_OF_PREFIX.get(zip5[:3], _NOBODY), *crossing}))
