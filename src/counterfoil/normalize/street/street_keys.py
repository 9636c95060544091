"""Keys of a street's name that survive small mistakes. `address_keys.py` says which address key
uses which, and at what cost.

    stem    letters of the name alone: no suffix, no directionals, no spaces
                INTERLAKE AVE N  ->  INTERLAKE
            a last word that is nearly a common suffix counts as one
                INTERLAKE AVW    ->  INTERLAKE
            a digit inside a word is the letter that it looks like
                1NTERLAKE AVE    ->  INTERLAKE
    bare    the stem without a first word that is, or nearly is, a directional
                WEXT INTERLAKE   ->  INTERLAKE        N SOUTH HERON  ->  NSOUTHHERON
    sound   consonants by class after phonetic folding, first vowel as A
                INTERLAKE        ->  ANTRLK

A name with a digit or a single letter in it (5TH, COUNTY ROAD 12, AVENUE B) and a name that is a
directional have none of these: one letter more or less is another street there. They have a
numbered key, name and suffix: every digit stays, but an ordinal's ending and a suffix may be
misspelled (37T ST, 48TH SY), if only one suffix can be meant.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from msgspec.structs import replace
from rapidfuzz.distance import OSA

from counterfoil.core.values import AddressForm
from counterfoil.normalize.street.highways import is_lettered_road, road_names
from counterfoil.normalize.tables import DIRECTIONALS, SUFFIXES, one_edit, ordinal_ending, words
from counterfoil.normalize.text import LOOKS_LIKE

_SUFFIX_WORDS: Final = words("""
    AVE AVENUE ST STREET RD ROAD DR DRIVE LN LANE CT COURT PL PLACE BLVD CIR CIRCLE WAY TER PKWY TRL
    BOULEVARD PARKWAY TERRACE HIGHWAY CRESCENT TURNPIKE
""")
_SUFFIX_LIKE: Final = one_edit(_SUFFIX_WORDS)
_LONG_SUFFIXES: Final = {"AV": "AVENUE", "ST": "STREET", "DR": "DRIVE", "CI": "CIRCLE"}
"""By their first two letters. Two slips after those leave one of these recognizable."""
_MAX_SUFFIX: Final = 6
_LONG_DIRECTIONALS: Final = one_edit(word for word in DIRECTIONALS if len(word) > 3)
_GLUED: Final = re.compile(
    r"([A-Z]{4,}?)(?:STREET|AVENUE|ROAD|DRIVE|LANE|COURT|PLACE|BOULEVARD|CIRCLE|AVE|BLVD|ST|RD|DR"
    r"|LN|CT|CIR|PL)"
)
_INNER_DIRECTIONALS: Final = {
    slip: DIRECTIONALS[word] for word in DIRECTIONALS if len(word) > 4 for slip in one_edit((word,))
} | {"EAST": "E", "WEST": "W"}
_DIRECTED: Final = re.compile(r"(NORTH|SOUTH|EAST|WEST)[A-Z]{2}")
_ENDINGS: Final = (
    *["FIELD", "BROOK", "VILLE", "HURST", "CREST", "HAVEN", "RIDGE", "STONE", "STEAD", "SHIRE"],
    *["WOOD", "LAND", "VIEW", "DALE", "FORD", "SIDE", "MONT", "BURY"],
    "TON",
)
_NEAR_ENDINGS: Final = {slip: end for end in reversed(_ENDINGS[:-1]) for slip in one_edit((end,))}
MIN_ROOT: Final = 3
LEAST_SLIPPED_ROOT: Final = 5
_FAMOUS_WORDS: Final = words("MLK KING JFK KENNEDY FDR ROOSEVELT LBJ JOHNSON MLKING")
_FAMOUS: Final = tuple(
    (re.compile(pattern), full)
    for pattern, full in (
        (
            r"\b(?:(?:REV|REVEREND) )?(?:(?:DR|DOCTOR) )?(?:MLK|M L K|ML KING|M L KING|MLKING"
            r"|MARTIN (?:LUTHER|LUTH|L) KING)(?: (?:JR|JUNIOR))?\b",
            "MARTIN LUTHER KING",
        ),
        (r"\b(?:JFK|J F KENNEDY|JOHN (?:FITZGERALD|F|FITZ) KENNEDY)\b", "JOHN F KENNEDY"),
        (r"\b(?:FDR|F D ROOSEVELT|FRANKLIN (?:DELANO|D) ROOSEVELT)\b", "FRANKLIN D ROOSEVELT"),
        (r"\b(?:LBJ|L B JOHNSON|LYNDON (?:BAINES|B) JOHNSON)\b", "LYNDON B JOHNSON"),
    )
)
"""Names of people under which many streets are written in several ways."""
_INITIALS: Final = re.compile(r"\b(?:M L K|J F K|F D R|L B J)\b")
_NAMED_LAST: Final = words("CALLE AVENIDA CAMINO PASEO VIA RUE CARR CARRETERA CALLEJON")
"""Words before the name of a street: CALLE SOL is not CALLE LUNA."""
_SCANNED: Final = re.compile(r"[A-Z]+[0-9][A-Z]+|[0-9][A-Z]{4,}")
_ORDINAL_SLIP: Final = re.compile(r"([0-9]+)([A-Z]{1,2})")
_SOUNDS: Final = (
    ("SCH", "S"), ("GH", ""), ("PH", "F"), ("CK", "K"), ("TH", "T"), ("SH", "S"), ("CH", "S"),
    ("X", "KS"),
)  # fmt: skip
_CLASSES: Final = str.maketrans("CGQZJVDBM", "KKKSSFTPN")
_SILENT: Final = frozenset("AEIOUYHW")


def stems(form: AddressForm) -> tuple[str, str] | None:
    """(stem, bare) of a street that is named by words; None for a name with a digit or a single
    letter, and for a directional alone."""
    street = (
        form.street if " " not in form.street and len(form.street) > 3 else one_name(form.street)
    )
    if street in DIRECTIONALS:
        return None
    if street.isalpha():  # one word
        return (street, street) if len(street) > 1 else None
    if not form.suffix and is_lettered_road(street):
        return None
    name = [word if word.isalpha() else _as_letters(word) for word in street.split()]
    if not all(len(word) > 1 and word.isalpha() for word in name):
        return None
    if not form.suffix and len(name) > 1 and _is_nearly_suffix(name[-1]):
        del name[-1]
    letters = "".join(name)
    if _is_before_directional(form.predirectional, name):
        return letters, form.predirectional + letters
    is_directed = len(name) > 1 and name[0] in _LONG_DIRECTIONALS
    return letters, letters.removeprefix(name[0]) if is_directed else letters


def inner_directionals(form: AddressForm) -> str:
    """The directionals inside a street's name, or a slip of one: N of COLUMBUS NORTH RD, OLD NROTH
    CHURCH RD; S of GREAT SOUTHERN. A street of another is another street."""
    name = form.street.split()
    found = [_INNER_DIRECTIONALS.get(word) or _directed(word) for word in name[1:]]
    return " ".join([each for each in found if each])


def first_directional(form: AddressForm) -> str:
    """The directional with which a street's name begins: E of EASTMINSTER, W of WESTMINSTER, which
    sound alike and have no other key in common."""
    return _directed(form.street.split()[0]) if form.street else ""


def _directed(word: str) -> str:
    """The directional that a longer word begins with."""
    begun = _DIRECTED.match(word) if word[:1] in "NSEW" else None
    return begun[1][0] if begun else ""


@lru_cache(maxsize=16384)
def endings(letters: str) -> tuple[tuple[tuple[str, str], ...], bool]:
    """((root, ending), ...) of a stem that ends as many do, and whether it is written right: one
    pair then (BRENT, WOOD), else one for each way to part it (MUIRDIELD is MUIR FIELD or MUIRD
    FIELD); none of any other."""
    for end in _ENDINGS:
        if letters.endswith(end) and len(letters) - len(end) >= MIN_ROOT:
            return ((letters[: -len(end)], end),), True
    sizes = [size for size in (4, 5, 3, 6) if len(letters) - size >= MIN_ROOT]
    near = [(letters[:-size], _NEAR_ENDINGS.get(letters[-size:], "")) for size in sizes]
    return tuple([pair for pair in near if pair[1]]), False


def without_one(root: str) -> tuple[str, ...]:
    """A root, and what is left of it without each of its letters: roots one slip apart share
    one. A short root has none left out: ELMWOOD and ELLWOOD are two streets."""
    if len(root) < LEAST_SLIPPED_ROOT:
        return (root,)
    return tuple(dict.fromkeys([root, *[root[:at] + root[at + 1 :] for at in range(len(root))]]))


def glued(form: AddressForm) -> str:
    """The stem of a name without the suffix that is written in one with it: MALLOWST, MALLOWAVENUE;
    "" where none is."""
    name = form.street
    if form.suffix or not name.isalpha():
        return ""
    found = _GLUED.fullmatch(name)
    return found[1] if found else ""


def shortened(form: AddressForm) -> str:
    """The bare stem without its last word, where that may be a broken suffix (VENICE AGR); "" where
    it cannot be.

    It meets the bare stem of the whole line: VENICE AVE."""
    *name, last = form.street.split()
    if last in DIRECTIONALS or (name and name[0] in _NAMED_LAST):
        return ""
    if form.suffix or not name or not 1 < len(last) <= _MAX_SUFFIX or _is_nearly_suffix(last):
        return ""
    if len(name) > 1 and name[-1] in _SUFFIX_WORDS:
        return ""  # MALLOW AVENUE CASITA is a house behind another
    found = stems(replace(form, street=" ".join(name)))
    return found[1] if found and len(found[1]) > 2 else ""


def numbered(form: AddressForm) -> tuple[str, ...]:
    """Name and suffix of a street that is no word: `5|ST`, `COUNTY ROAD 12|`. A road of no stated
    class has those of each that it may be: `HIGHWAY 64|`, `US HIGHWAY 64|` ..."""
    name, suffix = one_name(form.street).split(), form.suffix
    if len(name) == 1 and name[0].isdigit():
        if not suffix and form.predirectional and form.postdirectional:  # 350 W 200 S: a grid
            suffix = f"{form.predirectional} {form.postdirectional}"
        return (f"{name[0]}|{suffix}",)
    if not suffix and name[0] in {"HIGHWAY", "ROUTE"}:
        return tuple([f"{each}|{_side(form)}" for each in road_names(form.street)])
    if not suffix and name[0].isalpha() and any(word[0].isdigit() for word in name):
        return (f"{' '.join(name)}|{_side(form)}",)  # INTERSTATE 35 FRONTAGE ROAD
    if _is_before_directional(form.predirectional, name):
        name.insert(0, form.predirectional)
    elif name[0] in _LONG_DIRECTIONALS and len(name) > 1:
        del name[0]
    if not suffix and len(name) > 1 and name[0][0].isdigit():
        suffix = _meant_suffix(name[-1])
        if suffix:
            del name[-1]
    return (f"{_ordinal(name) or ' '.join(name)}|{suffix}",)


def _side(form: AddressForm) -> str:
    """The directionals of a numbered road: HIGHWAY 1 N and HIGHWAY 1 S have the same numbers, and
    are miles apart."""
    return f"{form.predirectional}{form.postdirectional}"


def sound(letters: str) -> str:
    """The consonant skeleton of a stem."""
    for written, spoken in _SOUNDS:
        letters = letters.replace(written, spoken)
    letters = letters.translate(_CLASSES)
    key = "A" if letters[:1] in _SILENT else letters[:1]
    for letter in letters[1:]:
        if letter not in _SILENT and letter != key[-1:]:
            key += letter
    return key


def _is_before_directional(predirectional: str, name: list[str]) -> bool:
    """Whether the name begins with another directional: in 4922 N SOUTH HERON AVE the N may be the
    unit, so it stays; also in 210 E NORTH BLVD."""
    following = DIRECTIONALS.get(name[0], "")
    return bool(predirectional and following) and (len(name) == 1 or following != predirectional)


def _as_letters(word: str) -> str:
    """A word of five characters or more with one digit in it, as a scanner's slip: CO1DENHAM,
    9ORDON."""
    return word.translate(LOOKS_LIKE) if len(word) > 4 and _SCANNED.fullmatch(word) else word


def _is_nearly_suffix(word: str) -> bool:
    full = _LONG_SUFFIXES.get(word[:2], "")
    return word in _SUFFIX_LIKE or (bool(full) and OSA.distance(word, full, score_cutoff=2) <= 2)


def _meant_suffix(word: str) -> str:
    """The one suffix that `word` is a slip of, or ""."""
    if len(word) < 2 or word not in _SUFFIX_LIKE:
        return ""
    close = [full for full in _SUFFIX_WORDS if OSA.distance(word, full, score_cutoff=1) <= 1]
    meant = {SUFFIXES[full] for full in close}
    return meant.pop() if len(meant) == 1 else ""


def _ordinal(name: list[str]) -> str:
    """The number of an ordinal whose ending has a slip: 37T, 19 DH; "" for all else."""
    slip = _ORDINAL_SLIP.fullmatch("".join(name)) if len(name) < 3 else None
    if slip is None:
        return ""
    digits, ending = slip[1], slip[2]
    return digits if OSA.distance(ending, ordinal_ending(digits), score_cutoff=1) <= 1 else ""


def one_name(name: str) -> str:
    """The one form of a name that is written in several: MLK JR, DR MARTIN LUTHER KING."""
    if " " in name:
        name = _INITIALS.sub(lambda found: found[0].replace(" ", ""), name)
    if _FAMOUS_WORDS.isdisjoint(name.split()):
        return name
    for pattern, full in _FAMOUS:
        name = pattern.sub(full, name)
    return name
