"""How two words of a name compare: the same, a familiar form, an initial, one slip of a hand apart,
or other.

    equal      JOSE / JOSE
    nickname   JOSE / PEPE, WILLIAM / BILL: a name and a familiar form of it, in one step
    variant    SARA / SARAH, KATHERINE / CATHERINE: two spellings of one sound
    initial    J / JOSE: one side holds the first letter only
    near       JOSE / JOSW: within the few changes that typing, scanning or mishearing make, and at
               most one of the two is a name in the tables. MARIA / MARIO, JON / JOAN, ANA / ANN are
               two names, so they are other, and so are a name and what an ending draws from it:
               ALEX / ALEXIA
    other      all else; and two names that differ by a closing A or O (ANGEL / ANGELA), whatever a
               table says

English familiar forms come from the package `nicknames` (Apache-2.0), Spanish ones from
data/spanish_given_names.csv, written by hand; pairs that siblings bear side by side
(data/two_names.csv) are struck from both. Whether a spelling is a name *in the register* is for
`matching` to say: it knows frequencies.

Most of the people at an address bear another given name than the one asked for, and most of those
names are far from it. What `compare_words` finds after four keys and an edit distance, `apart_from`
can often see from the letters:

- an edit changes at most two letters of the set of letters that a word is made of, so that words
  within d edits differ in at most 2 d letters, and in at most d of their length;
- mishearing and misreading, which go further, leave their keys equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from importlib.resources import files
from typing import Final

from nicknames import name_triplets
from rapidfuzz.distance import OSA

from counterfoil.normalize.tables import words

EQUAL: Final = "equal"
NICKNAME: Final = "nickname"
VARIANT: Final = "variant"
INITIAL: Final = "initial"
NEAR: Final = "near"
OTHER: Final = "other"

LONG: Final = 6
SHORT_EDITS: Final = 1
LONG_EDITS: Final = 2
"""Words of fewer than `LONG` letters may be one edit apart, others two."""

_MISHEARD: Final = (
    ("PH", "F"), ("TH", "T"), ("CK", "K"), ("GH", "G"), ("WR", "R"), ("KN", "N"), ("SCH", "S"),
    ("SH", "S"), ("CH", "K"), ("CE", "SE"), ("CI", "SI"), ("C", "K"), ("Q", "K"), ("Z", "S"),
    ("X", "KS"), ("V", "F"), ("D", "T"), ("B", "P"), ("G", "J"), ("W", ""), ("H", ""),
)  # fmt: skip
_MISREAD: Final = (
    ("RN", "M"), ("CL", "D"), ("VV", "W"), ("RI", "N"), ("LO", "B"), ("LC", "K"), ("IJ", "U"),
    ("LI", "U"), ("III", "M"),
)  # fmt: skip
_LOOKALIKES: Final = str.maketrans("QDGLJVYPEB", "OOOIIUUFFS")
_NEIGHBORS: Final = """
    QWA WQEAS EWRSD RETDF TRYFG YTUGH UYIHJ IUOJK OIPKL POL AQWSZ SAWEDXZ DSERFCX FDRTGVC GFTYHBV
    HGYUJNB JHUIKN KJIOL LKOP ZASX XZSDC CXDFV VCFGB BVGHN NBHJM MNJ
"""
_ALIKE_IN_SOUND: Final = "BP PB DT TD GK KG CS SC CK KC FV VF SZ ZS CG GC"
_BESIDE: Final = {
    row[0]: row[1:] + "".join(pair[1] for pair in _ALIKE_IN_SOUND.split() if pair[0] == row[0])
    for row in _NEIGHBORS.split()
}
"""The letters beside each on the keyboard, and those that a hand writes for it by ear."""
LEAST_SLIPPED: Final = 4
_DAUGHTERS: Final = words("IA INA INE ITA ICA ELLA ELLE ETTA ETTE ANNA ANNE LYN LYNN")
_NO_FORMS: Final[frozenset[str]] = frozenset()
_LATER_TABLES: Final = ("later_spellings.csv", "latest_spellings.csv")
LATER: Final = 1
LATEST: Final = len(_LATER_TABLES)
"""How many of these tables are read: by the rules of match-7, and by those since."""


@lru_cache(maxsize=65536)
def compare_words(one: str, two: str, *, tables: int = LATEST) -> str:
    """The level reached by two words of given names, each of one letter at least. Symmetric.
    `tables`: the tables of spellings that are read, as many as the version of the rules knows."""
    if one == two:
        return EQUAL if len(one) > 1 else INITIAL
    if len(one) == 1 or len(two) == 1:
        return INITIAL if one[0] == two[0] else OTHER
    if is_pair_of_sexes(one, two):
        return OTHER
    if two in familiar_forms().get(one, _NO_FORMS):
        return NICKNAME
    if _are_spellings(one, two, tables):
        return VARIANT
    return NEAR if _is_near(one, two) else OTHER


def _are_spellings(one: str, two: str, tables: int) -> bool:
    return (
        two in spellings().get(one, _NO_FORMS)
        or spelling_key(one) == spelling_key(two)
        or two in later_spellings(tables).get(one, _NO_FORMS)
    )


def are_listed_spellings(one: str, two: str) -> bool:
    """Whether a table, and not likeness alone, says that two words are spellings of one name."""
    forms = spellings().get(one, _NO_FORMS) | later_spellings().get(one, _NO_FORMS)
    return two in forms


def _is_near(one: str, two: str) -> bool:
    if not slip_apart(one, two) or (is_listed_name(one) and is_listed_name(two)):
        return False
    # An ending that makes a daughter's name of a father's is no slip: ALEX, ALEXIA.
    shorter, longer = sorted((one, two), key=len)
    return not (longer.startswith(shorter) and longer[len(shorter) :] in _DAUGHTERS)


@lru_cache(maxsize=4096)
def apart_from(word: str) -> Callable[[str], bool]:
    """A function that says of another word of two letters or more whether it is surely another name
    than `word`.

    It says so only where `compare_words` gives `other`; a property test checks that."""
    length, letters, heard, read, spelled = _keys(word)
    forms = forms_of(word)

    def is_apart(other: str) -> bool:
        other_length, other_letters, other_heard, other_read, other_spelled = _keys(other)
        edits = SHORT_EDITS if length < LONG or other_length < LONG else LONG_EDITS
        if (
            -edits <= length - other_length <= edits
            and (letters ^ other_letters).bit_count() <= 2 * edits
        ) or (heard == other_heard or read == other_read or spelled == other_spelled):
            return False
        return other not in forms

    return is_apart


@lru_cache(maxsize=131072)
def _keys(word: str) -> tuple[int, int, str, str, str]:
    """Length, set of letters as bits, keys of sound, sight and spelling."""
    letters = 0
    for letter in word:
        letters |= 1 << (ord(letter) & 31)
    return len(word), letters, sound_key(word), misread_key(word), spelling_key(word)


@lru_cache(maxsize=65536)
def slip_apart(one: str, two: str) -> bool:
    """Whether typing, scanning or mishearing may have made one word of the other. Words under 3
    letters never."""
    shorter = min(len(one), len(two))
    if shorter < 3:
        return False
    allowed = SHORT_EDITS if shorter < LONG else LONG_EDITS
    distance = OSA.distance(one, two, score_cutoff=allowed + 1)
    if distance <= allowed or shorter == 3:
        return distance <= allowed
    if distance == allowed + 1 and one[0] == two[0] and sound_key(one) == sound_key(two):
        return True
    return misread_key(one) == misread_key(two)


@lru_cache(maxsize=16384)
def is_slip_of_hand(name: str, slip: str) -> bool:
    """Whether a hand, an ear or a scanner makes `slip` of `name` by one slip behind its first
    letter: two letters turned, one left out, one doubled or struck with its neighbor, or one for
    its neighbor on the keyboard, for one that sounds or looks like it.

    Twins are given names that rhyme or end alike. Any other change of one letter may be theirs, so
    ask this only of a name in use and a word that is none."""
    if min(map(len, (name, slip))) < LEAST_SLIPPED:
        return False
    at = next(
        (at for at, pair in enumerate(zip(name, slip, strict=False)) if pair[0] != pair[1]), 0
    )
    return at > 0 and _is_struck(name[at - 1], name[at:], slip[at:], is_alike=_alike(name, slip))


def is_unlike_names(word: str) -> bool:
    """Whether three letters of a word stand together in no name of the tables, its ends counted
    as letters: no parent gave it. Ask this only of what is a slip of such a name."""
    return not _runs_of_names().issuperset(_runs(word))


@lru_cache(maxsize=1)
def _runs_of_names() -> frozenset[str]:
    return frozenset(run for name in listed_names() for run in _runs(name))


def _runs(word: str) -> list[str]:
    whole = f"^{word}$"
    return [whole[at : at + 3] for at in range(len(whole) - 2)]


def _alike(one: str, two: str) -> bool:
    return misread_key(one) == misread_key(two)


def _is_struck(before: str, name: str, slip: str, *, is_alike: bool) -> bool:
    """Whether one stroke makes `slip` of `name`, both from the letter on where they differ."""
    if len(slip) < len(name):
        return name[1:] == slip and len(name) > 1
    if len(slip) > len(name):
        return slip[1:] == name and _strikes(slip[0], before + name[:1])
    if name[1:] == slip[1:]:
        one, two = (word[:1].translate(_LOOKALIKES) for word in (name, slip))
        return is_alike or one == two or _strikes(slip[0], name[:1])
    return name[:2] == slip[:2][::-1] and name[2:] == slip[2:]


def _strikes(letter: str, aims: Iterable[str]) -> bool:
    """Whether a finger that aims at one of these letters strikes this one, or again the same."""
    return any(letter == aim or letter in _BESIDE.get(aim, "") for aim in aims)


def is_pair_of_sexes(one: str, two: str) -> bool:
    """Whether two names differ by a closing A or O alone (ANGEL, ANGELA): brother and sister, never
    a slip."""
    return one != two and one[0] == two[0] and _stem(one) == _stem(two)


def _stem(word: str) -> str:
    return word[:-1] if word[-1] in "AO" and len(word) > 3 else word


def is_listed_name(word: str) -> bool:
    """Whether the word is a given name, or a familiar form of one, in the tables."""
    return word in listed_names()


@lru_cache(maxsize=1)
def listed_names() -> frozenset[str]:
    """The words of `is_listed_name`."""
    return frozenset({*familiar_forms(), *spellings()})


def is_known_name(word: str) -> bool:
    """Whether the word is a listed name, or one of data/given_names.csv: those have no other form,
    and what looks like a slip of one may be an invented name (TAMIKA, TAMIA; JAYDEN, JADEN), so
    they are names for parting and tracing only."""
    return word in known_names()


@lru_cache(maxsize=1)
def known_names() -> frozenset[str]:
    """The words of `is_known_name`."""
    return listed_names().union(name for line in _table("given_names.csv") for name in line)


@lru_cache(maxsize=32768)
def spelling_key(word: str) -> str:
    """Fold the spellings of one sound: PH/F, CHR/KR, CK/K, C/K or C/S, Z/S, doubled letters, silent
    H.

    The closing vowel stays, and Y and I there stay apart, because that is where names of two sexes
    part."""
    key = word.replace("PH", "F").replace("CHR", "KR").replace("CK", "K")
    key = key.replace("CE", "SE").replace("CI", "SI").replace("CY", "SI").replace("C", "K")
    key = key.replace("KH", "CH").replace("Z", "S")
    key = key[:-1].replace("Y", "I") + key[-1:]
    head = 2 if key.startswith("CH") else 1
    return _undoubled(key[:head] + key[head:].replace("H", ""))


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
    english = [
        (row.name1.upper(), row.name2.upper())
        for row in name_triplets()
        if row.relationship == "has_nickname" and row.name1.isalpha() and row.name2.isalpha()
    ]
    forms = _joined([*english, *_pairs("spanish_given_names.csv")])
    for one, two in _pairs("two_names.csv"):
        forms[one] = forms.get(one, _NO_FORMS) - {two}
        forms[two] = forms.get(two, _NO_FORMS) - {one}
    return forms


@lru_cache(maxsize=1)
def spellings() -> dict[str, frozenset[str]]:
    """Every name of data/given_name_spellings.csv with the other spellings of it. Read once."""
    lines = _table("given_name_spellings.csv")
    return _joined((one, two) for line in lines for one in line for two in line)


@lru_cache(maxsize=LATEST + 1)
def later_spellings(tables: int = LATEST) -> dict[str, frozenset[str]]:
    """The same of the tables that came later: data/later_spellings.csv, which rules since match-7
    read, and data/latest_spellings.csv, of those since match-8. None of them becomes a listed name
    by it. Each is read once."""
    lines = [line for name in _LATER_TABLES[:tables] for line in _table(name)]
    return _joined((one, two) for line in lines for one in line for two in line)


def forms_of(word: str) -> frozenset[str]:
    """The familiar forms and other spellings of a name."""
    return (
        familiar_forms().get(word, _NO_FORMS)
        | spellings().get(word, _NO_FORMS)
        | later_spellings().get(word, _NO_FORMS)
    )


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """Every name of the pairs with the other names that it is paired with."""
    found: dict[str, set[str]] = {}
    for one, two in pairs:
        if one != two:
            found.setdefault(one, set()).add(two)
            found.setdefault(two, set()).add(one)
    return {name: frozenset(others) for name, others in found.items()}


def _pairs(name: str) -> list[tuple[str, str]]:
    """The first name of each line of a table with each of the others."""
    return [(line[0], other) for line in _table(name) for other in line[1:]]


def _table(name: str) -> list[list[str]]:
    text = files("counterfoil.normalize").joinpath("data", name).read_text(encoding="ascii")
    return [line.split(",") for line in text.splitlines() if line and not line.startswith("#")]
