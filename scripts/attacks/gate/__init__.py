"""Attacks on the gate: on its counts, scopes, word screens, windows and bounds. One module for one
or two items; `GROUPS` is all of them."""

from __future__ import annotations

from scripts.attacks.attack import Group
from scripts.attacks.gate import (
    bombs,
    canary,
    homes,
    names,
    office_races,
    races,
    scope,
    spent,
    windows,
    words,
)

ITEMS = {
    "gate-1": "One person under many spellings evades the counts",
    "gate-2": "The scope of a consent or of a court's order, by another spelling",
    "gate-3": "Many people at one address, its street spelled otherwise",
    "gate-4": "A given name and an address, with no family name",
    "gate-5": "Texts that the word screens must not let pass",
    "gate-6": "Limits that looked at one file, or at one spelling of an officer",
    "gate-7": "A denial: questions that nobody answered are used up",
    "gate-8": "Small files that take memory, time or the process",
    "gate-9": "Two commands at once",
    "gate-10": "A canary tells which row it was",
}
"""What each item is about."""
GROUPS: tuple[Group, ...] = (
    *names.GROUPS,
    *scope.GROUPS,
    *homes.GROUPS,
    *words.GROUPS,
    *windows.GROUPS,
    *spent.GROUPS,
    *bombs.GROUPS,
    *races.GROUPS,
    *office_races.GROUPS,
    *canary.GROUPS,
)
