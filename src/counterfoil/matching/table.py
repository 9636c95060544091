"""The evidence table: every level that a comparison can reach, its weight, and why. See
docs/formats/evidence.md.

Weights are in hundredths of a bit: +100 means twice as likely if the resident is the person asked
about than if the resident is somebody else *of the same address*. A level with bounds takes its
weight from the register (learn.py), between them; the default is used where the register says too
little. A fatal level is a contradiction: whatever the rest says, that resident is not the person.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from counterfoil.normalize.name_similarity import LATER, LATEST

FATAL: Final = -6000
OUT_OF_REACH: Final = -3000
"""A score below this has a contradiction in it."""
THRESHOLD: Final = 600
MARGIN: Final = 300
LEAST_THRESHOLD: Final = 400
LEAST_MARGIN: Final = 100


class Level(NamedTuple):
    """One row: default weight, its sentence, and between what bounds the register may teach another
    weight."""

    default: int
    because: str
    bounds: tuple[int, int] | None = None

    @property
    def fatal(self) -> bool:
        """True if the level is a contradiction."""
        return self.default <= FATAL


MATCH_VERSION: Final = "match-9"
"""The version of the rules. It moves with whatever could change an answer."""
WITHOUT_REQUIREMENTS: Final = "match-2"
"""The version that decided by the sum alone."""
BY_FIRST_WORDS: Final = frozenset({WITHOUT_REQUIREMENTS, "match-3", "match-4"})
"""Versions in which an equal date of birth counted in full beside an equal first given word, every
date was a date, and a date that the register lacks raised no threshold."""
BY_PARTS: Final = BY_FIRST_WORDS | {"match-5"}
"""Versions in which a given word that one side lacked was nobody else's, and a joined name was
parted only where both of its parts are names of the tables."""
BEFORE_SYLLABLES: Final = BY_PARTS | {"match-6"}
"""Versions in which two syllables were one name only where both sides part them alike, and a slip
in the second was one only where it is long."""
BEFORE_INITIALS: Final = BEFORE_SYLLABLES | {"match-7"}
"""Versions in which an initial stood for the second given word of a minor too, and two syllables
could be two spellings of one name."""
BEFORE_HALVES: Final = BEFORE_INITIALS | {"match-8"}
"""Versions in which an initial stood for a syllable from 18 years on, and two turned syllables, or
one of a name that is always of two, were a young person's whole name."""


def spelling_tables(version: str) -> int:
    """How many tables of later spellings the rules of this version read."""
    if version in BEFORE_SYLLABLES:
        return 0
    return LATER if version in BEFORE_INITIALS else LATEST


LEVELS: Final[dict[str, Level]] = {
    # given name: what parts one resident from another. An equal name weighs as the name is rare
    # (see `rarity`).
    "given.equal": Level(-10, "Same given name; added to its rarity.", (-60, 0)),
    "given.joined": Level(
        -40, "Same given names, written together or apart (MARY ANN, MARYANN); added to rarity."
    ),
    "given.variant": Level(
        -250,
        "Another spelling of the same sound (SARA, SARAH); added to the rarity of the rarer one.",
        (-500, -100),
    ),
    "given.nickname": Level(
        -350, "A familiar form (JOSE, PEPE); added to the rarity of the rarer one.", (-600, -150)
    ),
    "given.near": Level(
        350,
        "One slip of typing, scanning or hearing apart, and exactly one of the two is a name in "
        "use.",
        (0, 500),
    ),
    "given.near_rare": Level(
        100,
        "One slip apart, neither a name in use: invented names of siblings look like slips of "
        "each other.",
    ),
    "given.among": Level(
        -250,
        "Goes by a middle name: the first name of one side is a later one of the other; added "
        "to rarity.",
        (-500, -100),
    ),
    "given.turned": Level(
        -40, "The same given names in another order (THI LAN, LAN THI); added to rarity."
    ),
    "given.swapped": Level(250, "Given and family name are in each other's field."),
    "given.initial": Level(
        150,
        "Only an initial on one side, and it agrees: so does that of one co-resident in ten.",
        (0, 250),
    ),
    "given.missing": Level(
        -200, "No given name on one side (absent, or a placeholder): the rest must carry it all."
    ),
    "given.other": Level(
        FATAL,
        "Another given name: another resident. Two names in use are two names, a letter apart "
        "or not.",
    ),
    # middle name
    "middle.equal": Level(350, "Same middle name in full.", (0, 400)),
    "middle.initial": Level(300, "Middle initials agree.", (0, 350)),
    "middle.missing": Level(0, "No middle name on one side: says nothing."),
    "middle.differs": Level(
        -450,
        "Middle names or initials differ: seldom one person, often two of one name.",
        (-700, -300),
    ),
    # family name: co-residents share it, so agreement says little and difference something
    "family.equal": Level(60, "Same family name: most co-residents share it.", (0, 150)),
    "family.joined": Level(50, "Same parts, together, apart or hyphened.", (0, 150)),
    "family.reordered": Level(50, "Same parts in another order.", (0, 150)),
    "family.part": Level(
        50, "All that one side writes of a compound name is in the other.", (0, 150)
    ),
    "family.shared": Level(
        -150,
        "A part agrees and each side has another that the other lacks: parent and child.",
        (-400, 0),
    ),
    "family.near": Level(
        50, "One slip apart, and one of the two is no common family name.", (0, 150)
    ),
    "family.swapped": Level(0, "Given and family name are in each other's field (weighed there)."),
    "family.missing": Level(
        -100, "No family name on one side: in a crowd, nothing then parts two of one given name."
    ),
    "family.other": Level(
        -750,
        "Another family name: somebody who changed it, or a co-resident who shares the given name.",
        (-1000, -650),
    ),
    # suffix
    "suffix.equal": Level(50, "Same suffix, or none on both sides."),
    "suffix.none": Level(
        0, "No suffix on either side: says nothing, since fathers often write none."
    ),
    "suffix.one": Level(
        -700,
        "A suffix on one side only: the namesake may live here; needs date of birth or number.",
    ),
    "suffix.differs": Level(FATAL, "Junior is not senior."),
    # date of birth
    "dob.equal": Level(
        750,
        "Same date of birth: co-residents share it if they are twins, or by chance.",
        (600, 850),
    ),
    "dob.equal_form": Level(
        750,
        "Same date of birth, and given names that are two forms or spellings of one: twins do not "
        "bear them.",
    ),
    "dob.equal_common": Level(
        400, "Same year and 1 January, which is written where only the year is known."
    ),
    "dob.equal_unsure": Level(
        150, "Same date of birth, but the given names do not agree fully: twins are the trap."
    ),
    "dob.equal_unnamed": Level(
        600, "Same date of birth, and no given name on one side to say otherwise."
    ),
    "dob.near": Level(150, "One digit differs, or day and month are exchanged."),
    "dob.missing": Level(0, "No date of birth on one side."),
    "dob.differs": Level(FATAL, "Another date of birth."),
    # tax number (keyed hash: equal or not)
    "tin.equal": Level(
        1000, "Same tax number; not more, since spouses' numbers are exchanged on forms."
    ),
    "tin.missing": Level(0, "No tax number on one side."),
    "tin.differs": Level(FATAL, "Another tax number."),
}

LATER_LEVELS: Final = frozenset({"given.turned", "dob.equal_form", "dob.equal_common"})
"""Levels that came with match-5."""

REQUIREMENTS: Final[dict[str, Level]] = {
    "given.untraced": Level(
        FATAL,
        "The question's given name does not lead to the resident's own first name: an initial, a "
        "later name alone, a spelling that is nearer to another name, or, without the same date of "
        "birth, a name whose two fields are exchanged.",
    ),
    "given.unsure": Level(
        FATAL,
        "Without the same tax number, an initial confirms nobody; and beside the same date of "
        "birth a slip in the given name confirms only if a hand makes it of a name in use, or from "
        "27 years on it begins alike and is spelled as no name is, and the middle names agree, "
        "and a name found among later ones only if no initial stands for the rest, or for the "
        "first of two syllables; and, below 27 years, two syllables as one word only if it is "
        "spelled so: else it may be a twin's name.",
    ),
    "given.partial": Level(
        FATAL,
        "Beside the same date of birth, what both write may be a twin's name as well. Under 27 at "
        "the end of the latest period: a given word of one side, or an initial beside a syllable, "
        "is not on the other (MARIA ELENA, MARIA; PHUC P, PHUC), or is there as an initial for "
        "the second syllable of a given name (VU HANH, VU H), or both write one syllable of a "
        "name that has two (MYEONG), two spellings of a syllable (JUNG SU, JEONG SU), or two words "
        "of two letters turned (AN TU, TU AN). Under 18 also an initial for any second given word "
        "(MARIA E), or two forms of one name without an equal middle name (JASMINE, JAZMIN). Only "
        "the same tax number overrules it.",
    ),
    "middle.unlike": Level(
        FATAL,
        "The given names beside the first differ (MARIA ELENA, MARIA ISABEL), as those of twins "
        "and sisters do: only the same tax number overrules it.",
    ),
    "family.unproven": Level(
        FATAL,
        "No family name of two letters or more leads to the resident's (another, missing, one "
        "letter, initials, a later part alone): needs the full given name and the date of birth, "
        "or two forms of one, the date, and no other family name; beside another family name no "
        "given word that the other side lacks, and of two syllables both in full.",
    ),
    "dob.inexact": Level(
        FATAL,
        "The date of birth is one slip from the resident's: a date that is near would confirm "
        "while dates are tried one after the other.",
    ),
}
"""What the best resident must meet besides the sum, or is not confirmed. The register teaches none
of it."""

TOLERANCES: Final[dict[str, int]] = {
    "exact": 0,
    "unit": 0,  # APT 4 and # 4
    "affix": -200,  # N MAIN and S MAIN are two streets
    "sound": -100,
    "start": -100,
    "end": -100,
    "rest": -100,
    "head": -100,
    "place": -200,  # one line in two ZIPs of a city
    "*": -300,
}
"""What a tolerance costs, by its name in the table of address keys (normalize/address_keys.py); "*"
for every name not listed."""

MOST_RARITY: Final = 850
"""No given name weighs more: two or three co-residents in 1,000 share one because one is named for
the other.

A constant, not learned: a register's own pairs of this kind are mostly one person under two
numbers."""

UNDATED: Final = 2000
"""How much higher the threshold is where the question states a date of birth and the register holds
none: out of reach of any name and number, because a name cannot tell a father from his son."""

FEW_BITS: Final = 3
"""Up to 7 entries in a bucket are a household. Each doubling from 8 on costs a bit: more people,
more coincidences."""

LISTED_RARITY: Final = 600
"""Rarity of a name of the name tables where the register has no frequencies: a share of 1 in 64, to
be careful."""

LEAST_BEARERS: Final = 3
LEAST_SHARE_RARITY: Final = 1500
"""A spelling that three residents bear, and one in 2**15 at least, is a name in use. A rarer one
may be a slip."""
