"""How one person's name is written at another time: the same rates in every arm; what only compound
names have comes on top.

Rates are of this file's authors' choosing, not measured: they are there to make groups comparable,
not to foretell a recall.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from bench.slices.names import Arm


@dataclass(frozen=True)
class Written:
    """A name as a row holds it. `family` in words with its parts: one or two, each perhaps with
    particles."""

    given: str
    middle: str
    family: tuple[str, ...]
    joint: str = " "

    @property
    def family_name(self) -> str:
        """The family name as written."""
        return self.joint.join(self.family)


Change = Callable[[Written, Arm, random.Random], Written]


def slip(word: str, chance: random.Random) -> str:
    """One letter wrong, missing, doubled or swapped with the next; never the first."""
    if len(word) < 4:
        return word
    at, kind = chance.randrange(1, len(word) - 1), chance.randrange(4)
    wrong = chance.choice(string.ascii_uppercase)
    return (
        word[:at]
        + (
            wrong + word[at + 1 :],
            word[at + 1 :],
            word[at] + word[at:],
            word[at + 1] + word[at] + word[at + 2 :],
        )[kind]
    )


def _nickname(name: Written, arm: Arm, chance: random.Random) -> Written:
    forms = arm.familiar.get(name.given, [])
    return replace(name, given=chance.choice(forms)) if forms else name


def _given_slip(name: Written, _arm: Arm, chance: random.Random) -> Written:
    return replace(name, given=slip(name.given, chance))


def _family_slip(name: Written, _arm: Arm, chance: random.Random) -> Written:
    at = chance.randrange(len(name.family))
    return replace(
        name, family=(*name.family[:at], slip(name.family[at], chance), *name.family[at + 1 :])
    )


def _initial(name: Written, _arm: Arm, _chance: random.Random) -> Written:
    return replace(name, given=name.given[0])


def _swapped(name: Written, _arm: Arm, _chance: random.Random) -> Written:
    return replace(name, given=name.family_name, family=(name.given,), joint=" ")


def _middle_dropped(name: Written, _arm: Arm, _chance: random.Random) -> Written:
    return replace(name, middle="")


def _middle_initial(name: Written, _arm: Arm, _chance: random.Random) -> Written:
    return replace(name, middle=name.middle[:1])


def _both_given(name: Written, _arm: Arm, _chance: random.Random) -> Written:
    return replace(name, given=f"{name.given} {name.middle}".strip(), middle="")


def _by_middle(name: Written, _arm: Arm, _chance: random.Random) -> Written:
    return replace(name, given=name.middle, middle="") if len(name.middle) > 1 else name


def _last_only(name: Written, _arm: Arm, _chance: random.Random) -> Written:
    return replace(name, family=name.family[1:])


def _first_only(name: Written, _arm: Arm, _chance: random.Random) -> Written:
    return replace(name, family=name.family[:1])


def _other_order(name: Written, _arm: Arm, _chance: random.Random) -> Written:
    return replace(name, family=name.family[::-1])


def _hyphen(name: Written, _arm: Arm, _chance: random.Random) -> Written:
    return replace(name, joint="-")


def _joined(name: Written, _arm: Arm, _chance: random.Random) -> Written:
    return replace(name, family=("".join(name.family).replace(" ", ""),))


def _first_in_the_middle(name: Written, _arm: Arm, _chance: random.Random) -> Written:
    return replace(name, middle=name.family[0], family=name.family[1:])


def _second_initial(name: Written, _arm: Arm, _chance: random.Random) -> Written:
    return replace(name, family=(name.family[0], name.family[1][0]))


def _particles_dropped(name: Written, _arm: Arm, _chance: random.Random) -> Written:
    return replace(name, family=tuple(part.split()[-1] for part in name.family))


def _particles_joined(name: Written, _arm: Arm, _chance: random.Random) -> Written:
    return replace(name, family=tuple(part.replace(" ", "") for part in name.family))


ALL: Final[dict[str, tuple[float, Change]]] = {
    "familiar form": (0.06, _nickname),
    "slip in the given name": (0.03, _given_slip),
    "slip in the family name": (0.03, _family_slip),
    "initial for the given name": (0.01, _initial),
    "middle name left out": (0.20, _middle_dropped),
    "middle name as an initial": (0.25, _middle_initial),
    "both given names in one field": (0.10, _both_given),
    "goes by the middle name": (0.02, _by_middle),
    "given and family name swapped": (0.005, _swapped),
}
COMPOUND: Final[dict[str, tuple[float, Change]]] = {
    "first part only": (0.06, _first_only),
    "last part only": (0.03, _last_only),
    "order of the parts swapped": (0.02, _other_order),
    "hyphen": (0.10, _hyphen),
    "parts joined": (0.01, _joined),
    "first part in the middle name's field": (0.02, _first_in_the_middle),
    "second part as an initial": (0.01, _second_initial),
}
PARTICLES: Final[dict[str, tuple[float, Change]]] = {
    "particles left out": (0.15, _particles_dropped),
    "particles joined": (0.10, _particles_joined),
}


def write_again(name: Written, arm: Arm, chance: random.Random) -> tuple[Written, list[str]]:
    """The name as another hand writes it, and what was changed. Of the parts of a compound name one
    thing at most is changed."""
    told: list[str] = []
    if any(" " in part for part in name.family):
        name = _change(name, arm, chance, PARTICLES, told)
    if len(name.family) > 1:
        name = _change(name, arm, chance, COMPOUND, told)
    for what, (rate, change) in ALL.items():
        if chance.random() < rate and (after := change(name, arm, chance)) != name:
            name = after
            told.append(what)
    return name, told


def _change(
    name: Written,
    arm: Arm,
    chance: random.Random,
    table: dict[str, tuple[float, Change]],
    told: list[str],
) -> Written:
    """One change of the table, or none."""
    at = chance.random()
    for what, (rate, change) in table.items():
        at -= rate
        if at < 0:
            told.append(what)
            return change(name, arm, chance)
    return name
