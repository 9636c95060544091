"""What a confirmation must rest on, whatever the sum of the evidence says: `table.REQUIREMENTS`.

The guards know that two questions are about one person by normal forms alone
(normalize/asked_keys.py). Nobody is confirmed whom a question reaches otherwise: else a second
spelling of one name would be a second person to the guards. Nor is anybody confirmed by a date of
birth that is only near: dates must not be tried.

Only the best resident is looked at, and nobody is left out who would compete with them: so whoever
is confirmed was confirmed before there were requirements, and a bound on wrong confirmations that
was measured without them still bounds. Pure.
"""

from __future__ import annotations

from typing import Final

from counterfoil.core.values import NameForm
from counterfoil.matching.evidence import Line
from counterfoil.matching.table import REQUIREMENTS
from counterfoil.normalize import leads_to_family, leads_to_given

_EXCHANGED_WITHOUT_BIRTH: Final = "match-3"
"""The version in which a name whose fields are exchanged needed no date of birth."""
_UNTRACED: Final[Line] = ("given.untraced", REQUIREMENTS["given.untraced"].default)
_UNPROVEN: Final[Line] = ("family.unproven", REQUIREMENTS["family.unproven"].default)
_INEXACT: Final[Line] = ("dob.inexact", REQUIREMENTS["dob.inexact"].default)
_FULL_BIRTH: Final = "dob.equal"
"""The level of an equal date of birth beside a given name that agrees in full."""
_EQUAL_BIRTHS: Final = frozenset({_FULL_BIRTH, "dob.equal_unsure", "dob.equal_unnamed"})


def unmet_by(
    asked: NameForm, resident: NameForm, lines: tuple[Line, ...], version: str
) -> tuple[Line, ...]:
    """A fatal line for each requirement of a version that the evidence about this resident does not
    meet."""
    unmet: list[Line] = []
    levels = {level for level, _ in lines}
    may_be_exchanged = version == _EXCHANGED_WITHOUT_BIRTH or not levels.isdisjoint(_EQUAL_BIRTHS)
    if not leads_to_given(asked, resident, may_be_exchanged=may_be_exchanged):
        unmet.append(_UNTRACED)
    if "dob.near" in levels:
        unmet.append(_INEXACT)
    if _FULL_BIRTH not in levels and not leads_to_family(
        asked, resident, may_be_exchanged=may_be_exchanged
    ):
        unmet.append(_UNPROVEN)
    return tuple(unmet)
