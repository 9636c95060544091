"""How two words of a name compare: the same, a familiar form, an initial, one slip of a hand apart,
or other.

    equal      JOSE / JOSE
    nickname   JOSE / PEPE, WILLIAM / BILL: a name and a familiar form of it, in one step
    variant    SARA / SARAH, KATHERINE / CATHERINE: two spellings of one sound
    initial    J / JOSE: one side holds the first letter only
               (two names that differ by a closing A or O are never one, whatever a table says:
               ANGEL / ANGELA)
    near       JOSE / JOSW: within the few changes that typing, scanning or mishearing make, and at
               most one of the two is a name in the tables. MARIA / MARIO, JON / JOAN, ANA / ANN are
               two names, so they are other, and so are a name and what an ending draws from it:
               ALEX / ALEXIA
    other      all else

English familiar forms come from the package `nicknames` (Apache-2.0), Spanish ones from
data/spanish_given_names.csv, written by hand; pairs that siblings bear side by side
(data/two_names.csv) are struck from both. Whether a spelling is a name *in the register* is for
`match` to say: it knows frequencies.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Final

from nicknames import name_triplets
from rapidfuzz.distance import OSA

EQUAL: Final = "equal"
NICKNAME: Final = "nickname"
VARIANT: Final = "variant"
INITIAL: Final = "initial"
NEAR: Final = "near"
OTHER: Final = "other"

_MISHEARD: Final = (
    ("PH", "F"),
    ("TH", "T"),
    ("CK", "K"),
    ("GH", "G"),
    ("WR", "R"),
    ("KN", "N"),
    ("SCH", "S"),
    ("SH", "S"),
    ("CH", "K"),
    ("CE", "SE"),
    ("CI", "SI"),
    ("C", "K"),
    ("Q", "K"),
    ("Z", "S"),
    ("X", "KS"),
    ("V", "F"),
    ("D", "T"),
    ("B", "P"),
    ("G", "J"),
    ("W", ""),
    ("H", ""),
)
_DAUGHTERS: Final = frozenset(
    {
        "IA",
        "INA",
        "INE",
        "ITA",
        "ICA",
        "ELLA",
        "ELLE",
        "ETTA",
        "ETTE",
        "ANNA",
        "ANNE",
        "LYN",
        "LYNN",
    }
)
_MISREAD: Final = (
    ("RN", "M"),
    ("CL", "D"),
    ("VV", "W"),
    ("RI", "N"),
    ("LO", "B"),
    ("LC", "K"),
    ("IJ", "U"),
    ("LI", "U"),
    ("III", "M"),
)


@lru_cache(maxsize=65536)
def compare_words(one: str, two: str) -> str:
    """Return the level reached by two words of given names. Symmetric."""
    if one == two:
        return EQUAL if len(one) > 1 else INITIAL
    if len(one) == 1 or len(two) == 1:
        return INITIAL if one[0] == two[0] else OTHER
    if one[0] == two[0] and is_pair_of_sexes(one, two):
        return OTHER
    if two in familiar_forms().get(one, ()):
        return NICKNAME
    return VARIANT if _is_variant(one, two) else _near_or_other(one, two)


def _is_variant(one: str, two: str) -> bool:
    return two in spellings().get(one, ()) or spelling_key(one) == spelling_key(two)


def _near_or_other(one: str, two: str) -> str:
    if (
        not slip_apart(one, two)
        or (is_listed_name(one) and is_listed_name(two))
        or _is_drawn_from(one, two)
    ):
        return OTHER
    return NEAR


def _is_drawn_from(one: str, two: str) -> bool:
    """True if one name is the other with an ending that makes a daughter's name of a father's:
    ALEX, ALEXIA."""
    shorter, longer = sorted((one, two), key=len)
    return longer.startswith(shorter) and longer[len(shorter) :] in _DAUGHTERS


@lru_cache(maxsize=65536)
def slip_apart(one: str, two: str) -> bool:
    """True if typing, scanning or mishearing may have made one word of the other. Words under 3
    letters never."""
    shorter = min(len(one), len(two))
    if shorter < 3:
        return False
    allowed = 1 if shorter < 6 else 2
    distance = OSA.distance(one, two, score_cutoff=allowed + 1)
    if distance <= allowed or shorter == 3:
        return distance <= allowed
    if distance == allowed + 1 and one[0] == two[0] and sound_key(one) == sound_key(two):
        return True
    return misread_key(one) == misread_key(two)


def is_pair_of_sexes(one: str, two: str) -> bool:
    """True for names that differ by a closing A or O alone (ANGEL, ANGELA): brother and sister,
    never a slip."""
    return one != two and _stem(one) == _stem(two)


def _stem(word: str) -> str:
    return word[:-1] if word[-1] in "AO" and len(word) > 3 else word


def is_listed_name(word: str) -> bool:
    """True if the word is a given name, or a familiar form of one, in the tables."""
    return word in familiar_forms() or word in spellings()


@lru_cache(maxsize=32768)
def spelling_key(word: str) -> str:
    """Fold the spellings of one sound: PH/F, CHR/KR, CK/K, C/K or C/S, Z/S, doubled letters, silent
    H.

    The closing vowel stays, and Y and I there stay apart, because that is where names of two sexes
    part."""
    key = word.replace("PH", "F").replace("CHR", "KR").replace("CK", "K")
    key = (
        key.replace("CE", "SE")
        .replace("CI", "SI")
        .replace("CY", "SI")
        .replace("C", "K")
        .replace("KH", "CH")
        .replace("Z", "S")
    )
    key = key[:-1].replace("Y", "I") + key[-1:]
    key = (
        key[:1] + key[1:].replace("H", "")
        if not key.startswith("CH")
        else "CH" + key[2:].replace("H", "")
    )
    return _undoubled(key)


@lru_cache(maxsize=32768)
def sound_key(word: str) -> str:
    """A coarse key for mishearing: consonant classes in order, vowels dropped after the first
    letter."""
    for written, heard in _MISHEARD:
        word = word[:1] + word[1:].replace(written, heard)
    return _undoubled(word[:1] + "".join(letter for letter in word[1:] if letter not in "AEIOUY"))


@lru_cache(maxsize=32768)
def misread_key(word: str) -> str:
    """A key under which letters that scanners confuse (M/RN, D/CL, W/VV) fall together."""
    for read, printed in _MISREAD:
        word = word.replace(read, printed)
    return word.translate(_LOOKALIKES)


_LOOKALIKES: Final = str.maketrans(
    {
        "Q": "O",
        "D": "O",
        "G": "O",
        "L": "I",
        "J": "I",
        "V": "U",
        "Y": "U",
        "P": "F",
        "E": "F",
        "B": "S",
    }
)


def _undoubled(word: str) -> str:
    kept = word[:1]
    for letter in word[1:]:
        if letter != kept[-1]:
            kept += letter
    return kept


@lru_cache(maxsize=1)
def familiar_forms() -> dict[str, frozenset[str]]:
    """Every listed name with the names one step away, both directions. Read once from the installed
    tables."""
    steps: dict[str, set[str]] = {}
    for name, form in [*_english(), *_spanish()]:
        if name != form:
            steps.setdefault(name, set()).add(form)
            steps.setdefault(form, set()).add(name)
    for one, two in _table("two_names.csv"):
        steps.setdefault(one, set()).discard(two)
        steps.setdefault(two, set()).discard(one)
    return {name: frozenset(forms) for name, forms in steps.items()}


@lru_cache(maxsize=1)
def spellings() -> dict[str, frozenset[str]]:
    """Every name of data/given_name_spellings.csv with the other spellings of it. Read once."""
    groups = [frozenset(line) for line in _table("given_name_spellings.csv")]
    found: dict[str, set[str]] = {}
    for group in groups:
        for name in group:
            found.setdefault(name, set()).update(group - {name})
    return {name: frozenset(others) for name, others in found.items()}


def _english() -> list[tuple[str, str]]:
    pairs = [
        (row.name1.upper(), row.name2.upper())
        for row in name_triplets()
        if row.relationship == "has_nickname"
    ]
    return [pair for pair in pairs if pair[0].isalpha() and pair[1].isalpha()]


def _spanish() -> list[tuple[str, str]]:
    return [(line[0], form) for line in _table("spanish_given_names.csv") for form in line[1:]]


def _table(name: str) -> list[list[str]]:
    text = files("counterfoil.normalize").joinpath("data", name).read_text(encoding="ascii")
    return [line.split(",") for line in text.splitlines() if line and not line.startswith("#")]
