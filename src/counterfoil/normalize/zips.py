"""Which ZIP codes are of which state: the first three digits, by state.

The ranges are those that the Postal Service publishes (three-digit ZIP code prefixes, as in
Publication 65, the National Five-Digit ZIP Code and Post Office Directory, and Domestic Mail Manual
labeling list L002), written by hand: the fifty states, the District of Columbia, territories,
freely associated states, and the military's AA, AE and AP. A prefix that two of them share is
listed under both: 969 serves Guam and the islands around it, 967 also American Samoa, 008 the
Virgin Islands. A few post offices of one state deliver beyond its border (06390 is New York's,
83414 is Wyoming's): `_CROSSING` has those whose prefix is another state's. A range may hold a
prefix that is not in use; what is in no range is nobody's.
"""

from __future__ import annotations

from typing import Final

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


def zip_is_of_state(zip5: str, state: str) -> bool:
    """Whether a ZIP of five digits is one of the state of these two letters."""
    return state in STATES_OF_PREFIX.get(zip5[:3], _NOBODY) or (zip5, state) in _CROSSING
