"""Every subject with its attacks. A new subject is a module or a folder beside `gate/`, with
`ITEMS` (what each item is about) and `GROUPS`, and one line in `SUBJECTS`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Final

from scripts.attacks.attack import Attack, Group

SUBJECTS: Final = ("gate", "writers")
"""Modules of this package."""


def _module(subject: str) -> object:
    return import_module(f"scripts.attacks.{subject}")


def items() -> dict[str, str]:
    """Every item by name, and what it is about."""
    found: dict[str, str] = {}
    for subject in SUBJECTS:
        found |= getattr(_module(subject), "ITEMS")  # noqa: B009 - of a module named by a string
    return found


def groups(only: Sequence[str] = ()) -> list[Group]:
    """The groups of which some attack's id or item, or the group's own name, begins with one of
    `only`; all of them where it is empty."""
    every: list[Group] = []
    for subject in SUBJECTS:
        every.extend(getattr(_module(subject), "GROUPS"))  # noqa: B009 - as above
    return [group for group in every if not only or _is_named(group, only)]


def attacks(chosen: Iterable[Group]) -> list[Attack]:
    """The attacks of these groups."""
    return [attack for group in chosen for attack in group.attacks]


def _is_named(group: Group, only: Sequence[str]) -> bool:
    named = {group.name, *(each.item for each in group.attacks), *(x.id for x in group.attacks)}
    return not named.isdisjoint(only)
