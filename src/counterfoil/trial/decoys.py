"""Decoys: questions whose true answer is no, by kind of confusion. Pure; made of one source row, a deck and choices.

THE TABLE OF KINDS is `KINDS`, at the end: for each its sentence, how its question is made, and what shows that it is
no decoy after all. `names` questions state name and address only; `birth` questions state a date of birth too: the person's
own, or for a namesake or a made-up person another one.

withheld      the row's person, at the row's address; afterwards all that the register holds of that person is taken
              out of what was opened, and the household stays
junior_senior father or son of the row's person: the same name, another suffix
sibling       the row's family name with another given name; every second one a twin: the same first letter if there
              is one among eight drawn, and the same date of birth
next_unit     the row's name in the next unit, or in a unit of a house that has none
next_number   the row's name two house numbers on, or in the next PO box
other_zip     the row's name at the same line in another ZIP of that city, or in the neighbouring ZIP
like_street   the row's name in the street of that name with another suffix or directional
former        the row's person at the row's address, in a period for which the register does not hold that person there
synthetic     given, middle and family name and date of birth drawn each for itself, at the row's address
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Final, NamedTuple

from msgspec.structs import astuple, replace

from counterfoil.model import Sensitive
from counterfoil.trial.chance import Chance
from counterfoil.trial.deck import Deck, Named
from counterfoil.trial.street_decoys import bump_last, bump_number, like_street

BIRTH: Final = "birth"
NAMES: Final = "names"
ASKS: Final = (NAMES, BIRTH)
_UNIT: Final = re.compile(r"(?i)(?:\b(?:apt|unit|ste|suite|apartment|rm|room|lot|trlr|fl)\b|#)\s*[a-z0-9-]+\s*$")
_MIDDLE: Final = date(1970, 1, 1).toordinal()
_OTHER_SUFFIX: Final = {"": "JR", "SR": "JR", "JR": "SR", "II": "SR", "III": "JR", "IV": "III"}


class Held(Sensitive, frozen=True, gc=False, array_like=True):
    """One source row, in the order of the source's columns, stripped."""

    ref: str
    tin: str
    given: str
    middle: str
    family: str
    suffix: str
    born: str
    line1: str
    line2: str
    city: str
    state: str
    zip: str
    period: str


class Asked(Sensitive, frozen=True, gc=False, array_like=True):
    """One question: the columns of a request file that speak of person, address and periods."""

    given: str
    middle: str
    family: str
    suffix: str
    born: str
    line1: str
    line2: str
    city: str
    state: str
    zip: str
    periods: str

    def cells(self) -> tuple[str, ...]:
        """The values, in the order of the columns."""
        return astuple(self)


def _periods(held: Held, deck: Deck) -> str:
    """The row's period and those beside it that the register holds: all of the household can be taken for the person."""
    year = int(held.period)
    return ";".join(str(other) for other in deck.periods if abs(other - year) <= 1)


def _ask(held: Held, deck: Deck, **changes: str) -> Asked:
    """The row's own question, with changes."""
    own = Asked(
        held.given, held.middle, held.family, held.suffix, held.born,
        held.line1, held.line2, held.city, held.state, held.zip, _periods(held, deck),
    )  # fmt: skip
    return replace(own, **changes) if changes else own


def withheld(held: Held, chance: Chance, deck: Deck) -> Asked | None:
    """Three in four as held; the others without middle name, or with one letter of the given name exchanged."""
    writing = chance.below(8)
    if writing == 0:
        return _ask(held, deck, middle="")
    if writing == 1 and len(held.given) > 3:
        at = 1 + chance.below(len(held.given) - 2)
        given = held.given
        return _ask(held, deck, given=given[:at] + given[at + 1] + given[at] + given[at + 2 :])
    return _ask(held, deck)


def junior_senior(held: Held, chance: Chance, deck: Deck) -> Asked | None:
    """Another suffix; for a held suffix, in every second question none: seniors often write none."""
    own = held.suffix.strip(". ").upper()
    suffix = _OTHER_SUFFIX.get(own, "JR")
    if own and chance.below(2):
        suffix = ""
    return _ask(held, deck, suffix=suffix, born=_years_apart(held.born, 20 + chance.below(16), chance))


def sibling(held: Held, chance: Chance, deck: Deck) -> Asked | None:
    """A twin or a sibling within nine years."""
    others = [other for other in (chance.of(deck.names) for _ in range(8)) if _is_other_given(other, held)]
    if not others:
        return None
    twin = chance.below(2) == 0
    alike = [other for other in others if other.given[:1].upper() == held.given[:1].upper()]
    drawn = alike[0] if twin and alike else others[0]
    born = held.born if twin else _years_apart(held.born, 1 + chance.below(9), chance)
    return _ask(held, deck, given=drawn.given, middle=drawn.middle, suffix="", born=born)


def next_unit(held: Held, chance: Chance, deck: Deck) -> Asked | None:
    """The unit one on, wherever it is written; a unit where none is."""
    born = _another_birth(held, chance, deck)
    if held.line2:
        return _ask(held, deck, line2=bump_last(held.line2, 1), born=born)
    if _UNIT.search(held.line1):
        return _ask(held, deck, line1=bump_last(held.line1, 1), born=born)
    return _ask(held, deck, line2=f"APT {1 + chance.below(9)}", born=born)


def next_number(held: Held, chance: Chance, deck: Deck) -> Asked | None:
    """Two on or back: the neighbour on the same side of the street."""
    line1 = bump_number(held.line1, 2 if chance.below(2) else -2)
    return _ask(held, deck, line1=line1, born=_another_birth(held, chance, deck)) if line1 else None


def other_zip(held: Held, chance: Chance, deck: Deck) -> Asked | None:
    """Another ZIP of the city, or the next one by number where the register knows none."""
    own = held.zip[:5]
    known = [found for found in deck.zips.get((held.city.upper(), held.state.upper()), ()) if found != own]
    if not known and not own.isdecimal():
        return None
    other = chance.of(known) if known else f"{own[:4]}{(int(own[4:] or 0) + 1) % 10}"
    return _ask(held, deck, zip=other, born=_another_birth(held, chance, deck))


def in_like_street(held: Held, chance: Chance, deck: Deck) -> Asked | None:
    """N for S, ST for CT."""
    line1 = like_street(held.line1, chance)
    return _ask(held, deck, line1=line1, born=_another_birth(held, chance, deck)) if line1 else None


def former(held: Held, chance: Chance, deck: Deck) -> Asked | None:
    """One other period: of those that the register holds, or the year after the last."""
    years = [year for year in (*deck.periods, deck.periods[-1] + 1) if year != int(held.period)]
    if len(years) > 1:
        years.pop()
    return _ask(held, deck, periods=str(chance.of(years)))


def synthetic(held: Held, chance: Chance, deck: Deck) -> Asked | None:
    """Nobody: each part of the name has the register's frequency, and none knows of the others."""
    one, two, three, four = (chance.of(deck.names) for _ in range(4))
    return _ask(held, deck, given=one.given, middle=two.middle, family=three.family, suffix="", born=four.born)


def _is_other_given(other: Named, held: Held) -> bool:
    return bool(other.given) and other.given.split()[0].upper() != (held.given.upper().split() or [""])[0]


def _another_birth(held: Held, chance: Chance, deck: Deck) -> str:
    """A date of birth of somebody else: a namesake is another person."""
    born = chance.of(deck.names).born
    return born if born != held.born else _years_apart(born, 1 + chance.below(40), chance)


def _years_apart(born: str, years: int, chance: Chance) -> str:
    """Another day so many years away, on the side that stays between 1900 and 2020; "" for no date."""
    try:
        day = date.fromisoformat(born).toordinal()
    except ValueError:
        return ""
    apart = years * 365 + chance.below(365)
    return date.fromordinal(day + apart if day < _MIDDLE else max(1, day - apart)).isoformat()


class KindOfDecoy(NamedTuple):
    """One row of `KINDS`. `elsewhere`: the question names another address than the row's.

    `same_given`: it is no decoy where a resident of the asked suffix bears the asked given name."""

    sentence: str
    make: Callable[[Held, Chance, Deck], Asked | None]
    elsewhere: bool = False
    same_given: bool = False


KINDS: Final[dict[str, KindOfDecoy]] = {
    "withheld": KindOfDecoy("A person who lived here is not held, and the household is.", withheld),
    "junior_senior": KindOfDecoy("A father or son of a resident: the same name, another suffix.", junior_senior, same_given=True),
    "sibling": KindOfDecoy("A brother, sister or twin of a resident.", sibling, same_given=True),
    "next_unit": KindOfDecoy("A namesake in the next unit.", next_unit, elsewhere=True),
    "next_number": KindOfDecoy("A namesake two house numbers on.", next_number, elsewhere=True),
    "other_zip": KindOfDecoy("A namesake at the same line in another ZIP of the city.", other_zip, elsewhere=True),
    "like_street": KindOfDecoy("A namesake in the street of another suffix or directional.", in_like_street, elsewhere=True),
    "former": KindOfDecoy("A resident of other periods than the one asked about.", former),
    "synthetic": KindOfDecoy("Nobody: a name drawn from the register's own frequencies.", synthetic),
}  # fmt: skip
