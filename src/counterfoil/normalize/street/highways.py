"""Numbered and lettered roads: one name each, however they are written.

    US HWY 192 · U S ROUTE 192 · US 192              ->  US HIGHWAY 192
    ST RD 7 · SR 7 · STATE ROUTE 7 · NC HWY 7        ->  STATE HIGHWAY 7
    MARYLAND 762 in Maryland · M-43 in Michigan      ->  STATE HIGHWAY 762, 43
    STATE ROUTE K · STATE HWY K · SR MM              ->  STATE HIGHWAY K, MM
    CR 12A · C R 12A · CO RD 12A · CTY HWY 12A       ->  COUNTY ROAD 12A
    CO RTE 17                                        ->  COUNTY ROAD 17 (in Colorado: STATE HIGHWAY)
    ANDERSON COUNTY RD 12                            ->  ANDERSON COUNTY ROAD 12
    I 35 · INTERSTATE 35                             ->  INTERSTATE 35
    FM 1431 · RM 1431 · RANCH ROAD 1431              ->  FM 1431
    PRIVATE ROAD 147 · PR 147 · PVT RD 147           ->  PRIVATE ROAD 147 (not in Puerto Rico)
    TOWNSHIP RD 12 · TWP RD 12 · TR 12               ->  TOWNSHIP ROAD 12
    HWY 701 · HIGHWAY 701 · HGHWAY 701               ->  HIGHWAY 701
    RT 9 · ROUTE 9                                   ->  ROUTE 9

A tail is a road of its own (Publication 28, appendix F), wherever it stands, and so is an old road:

    HWY 13 BYP · BYPASS 13                           ->  HIGHWAY 13 BYPASS
    US BUS 64 · BUSINESS US 64 · US 64 BUS           ->  US HIGHWAY 64 BUSINESS
    I 35 FRONTAGE RD                                 ->  INTERSTATE 35 FRONTAGE ROAD
    OLD STATE RD 34                                  ->  OLD STATE HIGHWAY 34

State and county names for their numbered roads differ by custom and are mixed up in practice;
within one ZIP there is one road of each class and number. HIGHWAY 64 and ROUTE 64 say no class:
`road_names` has those that they may be.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from counterfoil.normalize.tables import (
    DIRECTIONALS,
    STATE_CODES,
    STATES,
    SUFFIXES,
    one_edit,
    words,
)

_ROAD: Final = r"(?:HIGHWAY|HWY|HIGHWY|HIWAY|HWAY|ROUTE|RTE|RT|ROAD|RD)"
_STATE: Final = "|".join(
    sorted(code for code in STATE_CODES if code not in SUFFIXES and code not in {"FL", "FM", "CO"})
)
_ROUTE: Final = r"(?P<route>[0-9]+[A-Z]?|[A-Z][0-9]+[A-Z]?)"
_LETTERED: Final = r"(?P<route>[0-9]+[A-Z]?|[A-Z]{1,2})"
_DOUBLE: Final = r"(?P<route>[0-9]+[A-Z]?|[A-Z][0-9]+[A-Z]?|[A-Z]|([A-Z])\2)"
_REST: Final = r"(?: (?P<rest>.*))?"
_CLASSES: Final = (
    (rf"U ?S (?:{_ROAD} )?{_ROUTE}", "US HIGHWAY"),
    (
        rf"(?:S ?R|S ?H|S ?T ?H|STHY|STHWY|(?:STATE|ST)(?: TRUNK)? {_ROAD}) {_DOUBLE}",
        "STATE HIGHWAY",
    ),
    (
        rf"(?:(?:{_STATE}|FL|CO) (?:HIGHWAY|HWY|ROUTE|RTE|RT)|(?:{_STATE})) {_ROUTE}",
        "STATE HIGHWAY",
    ),
    (
        rf"(?:C ?R|C ?RD|C ?H|C ?T ?H|CSAH"
        rf"|(?:COUNTY|CNTY|CTY|CO)(?: STATE AID)?(?: TRUNK)? {_ROAD})"
        rf" (?:{_ROAD} )?{_LETTERED}",
        "COUNTY ROAD",
    ),
    (rf"(?:INTERSTATE|I ?H?) (?:HIGHWAY |HWY )?{_ROUTE}", "INTERSTATE"),
    (
        r"(?:(?:F ?M|R ?M|R ?R|FARM TO MARKET|RANCH TO MARKET)(?: ROAD| RD)?|FARM(?: ROAD| RD)?"
        rf"|RANCH (?:ROAD|RD)) {_ROUTE}",
        "FM",
    ),
    (rf"(?:P ?R|(?:PRIVATE|PVT|PRIV) (?:ROAD|RD|DRIVE|DR)) {_ROUTE}", "PRIVATE ROAD"),
    (rf"(?:T ?R|(?:TOWNSHIP|TWP|TWNSHP|TOWN) (?:ROAD|RD|HIGHWAY|HWY)) {_ROUTE}", "TOWNSHIP ROAD"),
    (rf"(?:F ?S ?R|(?:FOREST(?: SERVICE)?|F ?S|NF|USFS) (?:ROAD|RD)) {_ROUTE}", "FOREST ROAD"),
    (rf"(?:PARISH) {_ROAD} {_ROUTE}", "PARISH ROAD"),
    (rf"(?:STATE )?(?:LOOP|LP) {_ROUTE}", "LOOP"),
    (rf"(?:STATE )?SPUR {_ROUTE}", "SPUR"),
    (rf"(?:HIGHWAY|HWY|HIGHWY|HIWAY|HWAY) (?:NO |# )?{_ROUTE}", "HIGHWAY"),
    (rf"(?:ROUTE|RTE|RT) (?:NO |# )?{_ROUTE}", "ROUTE"),
)
_PATTERNS: Final = tuple(
    (re.compile(rf"{written}(?: {_ROAD})?{_REST}"), name) for written, name in _CLASSES
)
_NAMED_COUNTY: Final = re.compile(
    rf"(?P<county>[A-Z]{{3,}}) (?:COUNTY|CNTY|CO) {_ROAD} {_ROUTE}{_REST}"
)
_NO_COUNTIES: Final = words("OLD NEW") | set(DIRECTIONALS)
_STATE_BEFORE_NUMBER: Final = re.compile(rf"(?:{_STATE}|FL|CO) {_ROUTE} {_ROAD}{_REST}")
_HIGHWAY_SLIPS: Final = one_edit(("HIGHWAY",))
_HEADS: Final = set(STATE_CODES) | words("""
    US U HIGHWAY HWY HIWAY HIGHWY HWAY ROUTE RTE RT STATE ST SR S SH STH STHY STHWY CR C COUNTY CNTY
    CTY CO CTH CH CSAH INTERSTATE I IH FM RM RR F R FARM RANCH PRIVATE PVT PRIV PR P TOWNSHIP TWP TR
    T FOREST FS FSR NF USFS PARISH LOOP SPUR CARR CARRETERA RUTA WIS TH BUSINESS BUS BYPASS BYP ALT
    ALTERNATE TRUCK OLD M K N
""")
_LETTERED_HEADS: Final = words("COUNTY CNTY CTY CH CTH STATE ST SR ROUTE RTE RT HWY HIGHWAY OLD MO")
_MOVED: Final = {
    "BUS": "BUSINESS", "BUSINESS": "BUSINESS", "BUSN": "BUSINESS", "BYP": "BYPASS",
    "BYPASS": "BYPASS", "BYPAS": "BYPASS", "BYPA": "BYPASS", "BYPS": "BYPASS",
    "ALT": "ALTERNATE", "ALTERNATE": "ALTERNATE", "TRUCK": "TRUCK", "TRK": "TRUCK",
}  # fmt: skip
"""Tails that are written before the number too."""
_TAILS: Final = _MOVED | {
    "SPUR": "SPUR", "LOOP": "LOOP", "LP": "LOOP", "EXPY": "EXPRESSWAY", "EXPRESSWAY": "EXPRESSWAY",
    "FWY": "FREEWAY", "FREEWAY": "FREEWAY", "SCENIC": "SCENIC", "CONNECTOR": "CONNECTOR",
    "CONN": "CONNECTOR", "EXT": "EXTENSION", "EXTENSION": "EXTENSION", "EXTN": "EXTENSION",
}  # fmt: skip
_SIDE_ROADS: Final = {
    "FRONTAGE": "FRONTAGE", "FRNTG": "FRONTAGE", "FRTG": "FRONTAGE", "SERVICE": "SERVICE",
    "SVC": "SERVICE", "ACCESS": "ACCESS", "FEEDER": "FEEDER",
}  # fmt: skip
_OWN_LETTERS: Final = {"MI": "M", "KS": "K", "NE": "N"}
"""States whose numbered roads are written by one letter: M-43."""
_OWN_WORDS: Final = {
    "PR": (["PR"], ["CARR"], ["CARRETERA"], ["CARR", "PR"], ["CARRETERA", "ESTATAL"], ["RUTA"]),
    "WI": (["WIS"],),
    "MN": (["TH"],),
}
"""Other words for a state's own roads."""
_FULL_NAMES: Final = {code: name for name, code in STATES.items()}
_NUMBER: Final = re.compile(r"[0-9]+[A-Z]?|[A-Z][0-9]+[A-Z]?")
_LETTERED_NAME: Final = re.compile(r"(?:OLD )?(?:STATE HIGHWAY|COUNTY ROAD) [A-Z]{1,2}(?: .*)?")
_CLASSLESS: Final = re.compile(r"(?:HIGHWAY|ROUTE) ([A-Z]?[0-9].*)")


def begins_road(tokens: Sequence[str]) -> bool:
    """Whether the first word can begin a road of these kinds."""
    return bool(tokens) and tokens[0] in _HEADS


def may_be_lettered(tokens: Sequence[str]) -> bool:
    """Whether a line without a digit can be such a road: STATE ROUTE K."""
    return bool(tokens) and tokens[0] in _LETTERED_HEADS


def read_highway(tokens: Sequence[str], state: str = "") -> tuple[str, Sequence[str]] | None:
    """(normal name, the tokens after it), or None if `tokens` begin no such road. `state`: two
    letters, where the road is."""
    is_old = len(tokens) > 2 and tokens[0] in {"OLD", "FORMER"}
    line = _of_own_state(_corrected(tokens[is_old:]), state)
    before, line = _moved(line)
    found = _read(line, state)
    if found is None:
        return None
    name, rest = found
    tail, rest = _tail(rest)
    if not tail and len(rest) > 1 and rest[0] in DIRECTIONALS:  # I 49 S SERVICE RD
        tail, after = _tail(rest[1:])
        rest = [rest[0], *after] if tail else rest
    if rest and rest[0] in SUFFIXES and rest[0] not in DIRECTIONALS:
        return None
    tails = dict.fromkeys(each for each in (before, tail) if each)
    return " ".join([*(["OLD"] if is_old else []), name, *tails]), rest


@lru_cache(maxsize=4096)
def road_names(name: str) -> tuple[str, ...]:
    """The names under which a numbered road meets others: its own, and where it states no class,
    those of the classes that it may be."""
    found = _CLASSLESS.fullmatch(name)
    if found is None:
        return (name,)
    return tuple(f"{road} {found[1]}" for road in ("HIGHWAY", "US HIGHWAY", "STATE HIGHWAY"))


def is_lettered_road(name: str) -> bool:
    """Whether a name is a road that letters name: STATE HIGHWAY MM."""
    return _LETTERED_NAME.fullmatch(name) is not None


def _corrected(tokens: Sequence[str]) -> list[str]:
    corrected = ["HIGHWAY" if token in _HIGHWAY_SLIPS else token for token in tokens]
    return " ".join(corrected).replace("-", " ").split()


def _of_own_state(line: list[str], state: str) -> list[str]:
    """A road that is named by its own state's name, letter or code as STATE HIGHWAY; CO as COUNTY
    where the state is another than Colorado."""
    if not line:
        return line
    if line[0] == "CO" and state != "CO":
        return ["COUNTY", *line[1:]] if len(line) > 2 else line
    if line[0] == "CO" and len(line) > 1 and _NUMBER.fullmatch(line[1]):
        return ["STATE", "HIGHWAY", *line[1:]]
    if line[:2] == ["COUNTY", "TRUNK"] and len(line) == 3:
        return ["COUNTY", "ROAD", line[2]]
    name = _FULL_NAMES.get(state, "").split()
    for own in (
        name,
        [state] if state != "CO" else [""],
        [_OWN_LETTERS.get(state, "")],
        *_OWN_WORDS.get(state, ()),
    ):
        rest = line[len(own) :]
        if own and own == line[: len(own)] and own != [""]:
            while len(rest) > 1 and re.fullmatch(_ROAD, rest[0]):
                rest = rest[1:]
            if rest and _NUMBER.fullmatch(rest[0]):
                return ["STATE", "HIGHWAY", *rest]
    return line


def _moved(line: list[str]) -> tuple[str, list[str]]:
    """(a tail that stands before the number, the rest): US BUS 64."""
    for index, word in enumerate(line[:4]):
        if _NUMBER.fullmatch(word):
            break
        if word in _MOVED and len(line) > index + 1:
            rest = line[:index] + line[index + 1 :]
            is_bare = index == 0 and bool(_NUMBER.fullmatch(rest[0]))
            return _MOVED[word], (["HIGHWAY", *rest] if is_bare else rest)
    return "", line


def _read(line: Sequence[str], state: str) -> tuple[str, list[str]] | None:
    text = " ".join(line)
    if found := _STATE_BEFORE_NUMBER.fullmatch(text):
        return f"STATE HIGHWAY {found['route']}", (found["rest"] or "").split()
    found = _NAMED_COUNTY.fullmatch(text)
    if found and found["county"] not in _NO_COUNTIES:
        return f"{found['county']} COUNTY ROAD {found['route']}", (found["rest"] or "").split()
    if lettered := _lettered(line, state):
        return lettered, []
    for pattern, name in _PATTERNS:
        if found := pattern.fullmatch(text):
            rest = (found["rest"] or "").split()
            return f"{name} {found['route'].lstrip('0') or '0'}", rest
    return None


def _lettered(line: Sequence[str], state: str) -> str:
    """HWY K in the two states that letter their roads: Missouri's own, Wisconsin's counties'."""
    if len(line) != 2 or state not in {"MO", "WI"} or not re.fullmatch(r"[A-Z]{1,2}", line[1]):
        return ""
    if line[0] in {"HWY", "HIGHWAY"} or (state == "MO" and line[0] in {"ROUTE", "RTE", "RT", "MO"}):
        return f"{'STATE HIGHWAY' if state == 'MO' else 'COUNTY ROAD'} {line[1]}"
    return ""


def _tail(rest: list[str]) -> tuple[str, list[str]]:
    """(the tail that `rest` begins with, in full; what follows it)."""
    if not rest:
        return "", rest
    if rest[0] in _SIDE_ROADS and len(rest) > 1 and rest[1] in {"RD", "ROAD"}:
        return f"{_SIDE_ROADS[rest[0]]} ROAD", rest[2:]
    if rest[0] in _TAILS:
        after = rest[1:]
        return _TAILS[rest[0]], after[1:] if after and re.fullmatch(_ROAD, after[0]) else after
    return "", rest
