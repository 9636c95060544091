"""Keys of a street's name that survive small mistakes. `doors.py` says which door uses which, and at what cost.

    stem     letters of the name alone: no suffix, no directionals, no spaces       INTERLAKE AVE N  ->  INTERLAKE
             (a last word one letter away from a common suffix counts as one)       INTERLAKE AVW    ->  INTERLAKE
    sound    consonants by class after phonetic folding, first vowel as A           INTERLAKE        ->  ANTRLK
    start    three first letters and the last                                       INTERLAKE        ->  INTE
    end      first letter and the three last                                        INTERLAKE        ->  IAKE
    rest     all but the first letter                                               INTERLAKE        ->  NTERLAKE

A name with a digit or a single letter in it (5TH, COUNTY ROAD 12, AVENUE B) and a name that is a directional have none
of these: one letter more or less is another street there. A stem under five letters has only its stem.
"""

from __future__ import annotations

from typing import Final

from counterfoil.forms.tables import DIRECTIONALS
from counterfoil.forms.typos import one_edit
from counterfoil.model import AddressForm

MIN_STEM: Final = 5
MIN_SOUND: Final = 3

_SUFFIX_WORDS: Final = """
AVE AVENUE ST STREET RD ROAD DR DRIVE LN LANE CT COURT PL PLACE BLVD CIR CIRCLE WAY TER PKWY TRL
"""
_SUFFIX_LIKE: Final = one_edit(_SUFFIX_WORDS.split())
_SOUNDS: Final = (
    ("SCH", "S"), ("GH", ""), ("PH", "F"), ("CK", "K"), ("TH", "T"), ("SH", "S"), ("CH", "S"), ("X", "KS"),
)  # fmt: skip
_CLASSES: Final = str.maketrans("CGQZJVDBM", "KKKSSFTPN")
_SILENT: Final = frozenset("AEIOUYHW")


def stem(form: AddressForm) -> str:
    """The letters of the street's name alone."""
    words = form.street.split()
    if not form.suffix and len(words) > 1 and words[-1] in _SUFFIX_LIKE:
        del words[-1]
    return "".join(words)


def is_spelled(form: AddressForm, letters: str) -> bool:
    """Whether the street of stem `letters` is named by words: no digit, no single letter, no directional alone."""
    if len(letters) < 2 or not letters.isalpha() or form.street in DIRECTIONALS:
        return False
    return all(len(word) > 1 for word in form.street.split())


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
