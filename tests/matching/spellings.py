"""Every way in which a person's name is written otherwise, by a slip or by somebody who wants to be
counted as another: for the tests of what the guards count."""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from datetime import date, timedelta

from counterfoil.core.values import NameForm, Person
from counterfoil.matching import Weights, default_weights
from counterfoil.matching.table import LEVELS
from counterfoil.normalize import normalize_name
from counterfoil.normalize.name_similarity import familiar_forms, spellings
from counterfoil.normalize.name_words import FAMILY_NAMES

LISTED = sorted({*familiar_forms(), *spellings()})
FAMILIES = sorted(FAMILY_NAMES)
SYLLABLES = [
    "BA",
    "CHE",
    "DO",
    "EUN",
    "FEI",
    "GIA",
    "HYUN",
    "IO",
    "JAY",
    "KEI",
    "LON",
    "MEI",
    "NI",
    "SOO",
    "TRA",
    "VU",
    "WEI",
    "XIAO",
    "YA",
    "ZE",
]
PARTICLES = ("DE LA", "DEL", "VAN DER", "DE", "O", "MC", "AL", "SAN")
LOOKS_LIKE = str.maketrans("OIZEASGTB", "012345678")
ACCENTS = {"A": "Á", "E": "É", "I": "Í", "O": "Ö", "U": "Ü", "N": "Ñ", "C": "Ç", "L": "Ł"}
HIDDEN = ("\u200b", "\u00ad", "\u2060", "\ufe0f", "\u0301", "\u034f")
HYPHENS = ("-", "\u2010", "\u2013", " ", "")
CONFUSED = (("RN", "M"), ("M", "RN"), ("CL", "D"), ("D", "CL"), ("VV", "W"), ("PH", "F"),
            ("C", "K"), ("K", "C"), ("Y", "I"), ("I", "Y"), ("S", "Z"), ("TH", "T"))  # fmt: skip
TITLES = ("DR ", "MR ", "SRA ", "MRS. ")
BORN = date(1980, 3, 4)
BIRTHS = (None, None, BORN, BORN, date(1980, 4, 3), date(1980, 3, 5))

Field = Callable[[str, random.Random], str]


def _at(text: str, chance: random.Random) -> int:
    return chance.randrange(len(text)) if text else 0


def _typed(text: str, chance: random.Random) -> str:
    at, letter = _at(text, chance), chance.choice(string.ascii_uppercase)
    return chance.choice(
        (
            text[:at] + letter + text[at + 1 :],
            text[:at] + text[at + 1 :],
            text[:at] + letter + text[at:],
            text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :],
            text[: at + 1] + text[at:],
        )
    )


def _digits(text: str, chance: random.Random) -> str:
    at = _at(text, chance)
    return text[:at] + text[at : at + 1].translate(LOOKS_LIKE) + text[at + 1 :]


def _accents(text: str, chance: random.Random) -> str:
    return "".join(
        ACCENTS.get(letter, letter) if chance.random() < 0.5 else letter for letter in text
    )


def _hidden(text: str, chance: random.Random) -> str:
    at = _at(text, chance)
    return text[:at] + chance.choice(HIDDEN) + text[at:]


def _confused(text: str, chance: random.Random) -> str:
    old, new = chance.choice(CONFUSED)
    return text.replace(old, new, 1)


def _familiar(text: str, chance: random.Random) -> str:
    words = text.split() or [""]
    forms = sorted({*familiar_forms().get(words[0], ()), *spellings().get(words[0], ())})
    return " ".join([chance.choice(forms), *words[1:]]) if forms else text


def _joined(text: str, chance: random.Random) -> str:
    return text.replace(" ", chance.choice(HYPHENS))


def _parted(text: str, chance: random.Random) -> str:
    at = _at(text, chance)
    return text[:at] + " " + text[at:]


def _turned(text: str, chance: random.Random) -> str:
    words = text.split()
    return " ".join(words[::-1])


def _fewer(text: str, chance: random.Random) -> str:
    words = text.split()
    return " ".join(chance.sample(words, max(1, len(words) - 1))) if words else text


def _initial(text: str, chance: random.Random) -> str:
    words = text.split()
    return " ".join(word[:1] if chance.random() < 0.6 else word for word in words)


def _lower(text: str, chance: random.Random) -> str:
    return text.lower() if chance.random() < 0.5 else text.title()


def _other(text: str, chance: random.Random) -> str:
    return chance.choice((chance.choice(LISTED), chance.choice(FAMILIES), rare(chance)))


FIELD: tuple[Field, ...] = (
    _typed, _typed, _typed, _digits, _accents, _hidden, _confused, _confused, _familiar, _familiar,
    _joined, _parted, _turned, _fewer, _initial, _lower, _other,
)  # fmt: skip
BLANKS = ("", "X", "XX", "Q Z", "-", "Jr", "O", "Unknown", "\u042f", "G V", "LNU")


def rare(chance: random.Random) -> str:
    """An invented name of two or three syllables."""
    return "".join(chance.choice(SYLLABLES) for _ in range(chance.choice((1, 2, 2, 3))))


def person(chance: random.Random) -> Person:
    """A resident with listed, rare and compound names."""
    given = chance.choice((chance.choice(LISTED), chance.choice(LISTED), rare(chance)))
    if chance.random() < 0.3:
        given += " " + chance.choice((chance.choice(LISTED), rare(chance)))
    middle = chance.choice(("", "", "L", chance.choice(LISTED), rare(chance)))
    family = chance.choice((chance.choice(FAMILIES), rare(chance), chance.choice(LISTED)))
    if chance.random() < 0.2:
        family = chance.choice(PARTICLES) + " " + family
    if chance.random() < 0.2:
        family += " " + chance.choice((chance.choice(FAMILIES), rare(chance)))
    if chance.random() < 0.03:
        family = chance.choice(BLANKS)
    return Person(given, middle, family, chance.choice(("", "", "", "Jr")))


def spelled(who: Person, chance: random.Random) -> Person:
    """The same person with up to three changes of any field, or of two fields at once."""
    given, middle, family = who.given_name, who.middle_name, who.family_name
    suffix = who.suffix if chance.random() < 0.9 else chance.choice(("", "Jr", "II"))
    for _ in range(chance.choice((0, 1, 1, 1, 2, 2, 3))):
        change = chance.choice(FIELD)
        what = chance.random()
        if what < 0.4:
            given = change(given, chance)
        elif what < 0.7:
            family = change(family, chance)
        elif what < 0.75:
            middle = change(middle, chance)
        elif what < 0.8:
            given, family = family, given
        elif what < 0.84:
            given, middle = f"{given} {middle}", ""
        elif what < 0.88 and " " in given:
            given, _, middle = given.partition(" ")
        elif what < 0.9:
            given, middle = middle or given, ""
        elif what < 0.92 and " " in family:
            middle, _, family = family.partition(" ")
        elif what < 0.95:
            given = chance.choice(TITLES) + given
        elif what < 0.98:
            family = chance.choice(BLANKS)
        else:
            middle = ""
    return Person(given, middle, family, suffix, chance.choice(BIRTHS))


def generous_weights() -> Weights:
    """The weights that confirm most of all that a register can teach."""
    levels = {
        name: level.bounds[1] if level.bounds else level.default for name, level in LEVELS.items()
    }
    some = {"-": 0}
    return Weights(
        levels=levels,
        tolerances=default_weights().tolerances,
        given=some,
        family=some,
        salt="",
        threshold_bits=4.0,
        margin_bits=1.0,
    )


def form(who: Person) -> NameForm:
    """The normal form, of one who is asked about."""
    return normalize_name(who)


def a_day_apart(born: date) -> date:
    """A date that differs in one digit."""
    return born + timedelta(days=1)
