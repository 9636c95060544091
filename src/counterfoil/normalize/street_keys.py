"""Keys of a street's name that survive small mistakes. `doors.py` says which door uses which, and
at what cost.

    stem     letters of the name alone: no suffix, no directionals, no spaces       INTERLAKE AVE N
             ->  INTERLAKE (a last word that is nearly a common suffix counts as one, a digit
                 INTERLAKE AVW    ->  INTERLAKE
             inside a word as the letter it looks like)                             1NTERLAKE AVE
             ->  INTERLAKE
    bare     the stem without a first word that is, or nearly is, a directional     WEXT INTERLAKE
             ->  INTERLAKE
                                                                           N SOUTH HERON    ->  NSOUTHHERON
    sound    consonants by class after phonetic folding, first vowel as A           INTERLAKE
             ->  ANTRLK
    start    three first letters and the last                                       INTERLAKE
             ->  INTE
    end      first letter and the three last                                        INTERLAKE
             ->  IAKE
    rest     all but the first letter                                               INTERLAKE
             ->  NTERLAKE
    head     all but the last letter                                                INTERLAKE
             ->  INTERLAK

A name with a digit or a single letter in it (5TH, COUNTY ROAD 12, AVENUE B) and a name that is a
directional have none of these: one letter more or less is another street there. They have a
numbered key, name and suffix: every digit stays, but an ordinal's ending and a suffix may be
misspelled (37T ST, 48TH SY), if only one suffix can be meant.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec.structs import replace
from rapidfuzz.distance import OSA

from counterfoil.core.values import AddressForm
from counterfoil.normalize.tables import DIRECTIONALS, SUFFIXES
from counterfoil.normalize.typos import one_edit

MIN_STEM: Final = 5
MIN_HEARD: Final = 4
"""Stems under five letters have only a sound, those under four none."""
MIN_SOUND: Final = 3

_SUFFIX_WORDS: Final = """
AVE AVENUE ST STREET RD ROAD DR DRIVE LN LANE CT COURT PL PLACE BLVD CIR CIRCLE WAY TER PKWY TRL
"""
_SUFFIX_LIKE: Final = one_edit(_SUFFIX_WORDS.split())
_LONG_SUFFIXES: Final = ("AVENUE", "STREET", "DRIVE", "CIRCLE")
"""Two slips in one of these leave it recognisable, if its first two letters stand."""
_MAX_SUFFIX: Final = 6
_HEADED: Final = frozenset(word[:2] for word in _LONG_SUFFIXES)
_LONG_DIRECTIONALS: Final = one_edit(word for word in DIRECTIONALS if len(word) > 3)
_SCANNED: Final = re.compile(r"[A-Z]+[0-9][A-Z]+|[0-9][A-Z]{4,}")
_LOOKS_LIKE: Final = str.maketrans("012345678", "OIZEASGTB") | {ord("9"): "G"}
_ORDINAL_SLIP: Final = re.compile(r"([0-9]+)([A-Z]{1,2})")
_ENDINGS: Final = {"1": "ST", "2": "ND", "3": "RD"}
_SOUNDS: Final = (
    ("SCH", "S"), ("GH", ""), ("PH", "F"), ("CK", "K"), ("TH", "T"), ("SH", "S"), ("CH", "S"), ("X", "KS"),
)  # fmt: skip
_CLASSES: Final = str.maketrans("CGQZJVDBM", "KKKSSFTPN")
_SILENT: Final = frozenset("AEIOUYHW")


def stems(form: AddressForm) -> tuple[str, str] | None:
    """(stem, bare) of a street that is named by words; None for a name with a digit or a single
    letter, and for a directional alone."""
    street = form.street
    if street.isalpha():  # one word
        return (street, street) if len(street) > 1 and street not in DIRECTIONALS else None
    words = [word if word.isalpha() else _as_letters(word) for word in street.split()]
    if street in DIRECTIONALS or not all(len(word) > 1 and word.isalpha() for word in words):
        return None
    if not form.suffix and len(words) > 1 and _is_nearly_suffix(words[-1]):
        del words[-1]
    letters = "".join(words)
    if _is_turned(form.predirectional, words):
        return letters, form.predirectional + letters
    return letters, "".join(words[1:]) if len(words) > 1 and words[
        0
    ] in _LONG_DIRECTIONALS else letters


def shortened(form: AddressForm) -> str:
    """The bare stem without its last word, where that may be a broken suffix (VENICE AGR); "" where
    it cannot be.

    It meets the bare stem of the whole line: VENICE AVE."""
    words = form.street.split()
    if (
        form.suffix
        or len(words) < 2
        or not 1 < len(words[-1]) <= _MAX_SUFFIX
        or _is_nearly_suffix(words[-1])
    ):
        return ""
    found = stems(replace(form, street=" ".join(words[:-1])))
    return found[1] if found and len(found[1]) > 2 else ""


def numbered(form: AddressForm) -> str:
    """Name and suffix of a street that is no word: `5|ST`, `COUNTY ROAD 12|`."""
    words, suffix = form.street.split(), form.suffix
    if len(words) == 1 and words[0].isdigit():
        return f"{words[0]}|{suffix}"
    if _is_turned(form.predirectional, words):
        words.insert(0, form.predirectional)
    elif words[0] in _LONG_DIRECTIONALS and len(words) > 1:
        del words[0]
    if not suffix and len(words) > 1 and words[0][0].isdigit():
        suffix = _meant_suffix(words[-1])
        if suffix:
            del words[-1]
    return f"{_ordinal(words) or ' '.join(words)}|{suffix}"


def _is_turned(predirectional: str, words: list[str]) -> bool:
    """Whether the directional stands before another one: in 4922 N SOUTH HERON AVE the N may be the
    unit, so it stays; also in 210 E NORTH BLVD."""
    turned = DIRECTIONALS.get(words[0], "")
    return bool(predirectional and turned) and (len(words) == 1 or turned != predirectional)


def _as_letters(word: str) -> str:
    """A word of five characters or more with one digit in it, as a scanner's slip: CO1DENHAM,
    9ORDON."""
    return word.translate(_LOOKS_LIKE) if len(word) > 4 and _SCANNED.fullmatch(word) else word


def _is_nearly_suffix(word: str) -> bool:
    if word in _SUFFIX_LIKE:
        return True
    if word[:2] not in _HEADED:
        return False
    return any(
        word[:2] == full[:2] and OSA.distance(word, full, score_cutoff=2) <= 2
        for full in _LONG_SUFFIXES
    )


def _meant_suffix(word: str) -> str:
    """The one suffix that `word` is a slip of, or ""."""
    if len(word) < 2 or word not in _SUFFIX_LIKE:
        return ""
    meant = {
        SUFFIXES[full]
        for full in _SUFFIX_WORDS.split()
        if OSA.distance(word, full, score_cutoff=1) <= 1
    }
    return meant.pop() if len(meant) == 1 else ""


def _ordinal(words: list[str]) -> str:
    """The number of an ordinal whose ending has a slip: 37T, 19 DH; "" for all else."""
    slip = _ORDINAL_SLIP.fullmatch("".join(words)) if len(words) < 3 else None
    if slip is None:
        return ""
    digits, ending = slip[1], slip[2]
    usual = "TH" if digits[-2:-1] == "1" else _ENDINGS.get(digits[-1], "TH")
    return digits if OSA.distance(ending, usual, score_cutoff=1) <= 1 else ""


def sound(letters: str) -> str:
    """The consonant skeleton of a stem."""
    for written, spoken in _SOUNDS:
        if written in letters:
            letters = letters.replace(written, spoken)
    letters = letters.translate(_CLASSES)
    key = "A" if letters[:1] in _SILENT else letters[:1]
    for letter in letters[1:]:
        if letter not in _SILENT and letter != key[-1:]:
            key += letter
    return key
