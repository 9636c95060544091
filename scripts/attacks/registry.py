"""Every subject with its attacks. A new subject is a module or a folder beside `gate/`, with
`ITEMS` (what each item is about) and `GROUPS`, and one line in `SUBJECTS`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Final

from scripts.attacks.attack import Attack, Group

SUBJECTS: Final = {
    "gate": "b0e784e6b2f0878e35cd09bea662b5d20bc09267",
    "law": "245cbd31901783c8df740c01405b1adbc5c1ff87",
    "writers": "245cbd31901783c8df740c01405b1adbc5c1ff87",
}
"""Modules of this package, and the commit at which the attacks of each were reported."""


_MORE: Final = {"writers": ("recalls", "files")}
"""Further modules of a subject, in the same form."""


def _modules(subject: str) -> list[object]:
    names = (subject, *_MORE.get(subject, ()))
    return [import_module(f"scripts.attacks.{name}") for name in names]


def items(subjects: Iterable[str] = SUBJECTS) -> dict[str, str]:
    """Every item of the subjects by name, and what it is about."""
    found: dict[str, str] = {}
    for subject in subjects:
        for module in _modules(subject):
            found |= getattr(module, "ITEMS")  # noqa: B009 - of a module named by a string
    return found


def groups(only: Sequence[str] = ()) -> list[Group]:
    """The groups of which some attack's id, item or subject, or the group's own name, is one of
    `only`; all of them where it is empty."""
    every: list[Group] = []
    for subject in SUBJECTS:
        for module in _modules(subject):
            every.extend(getattr(module, "GROUPS"))  # noqa: B009 - as above
    return [group for group in every if not only or _is_named(group, only)]


def attacks(chosen: Iterable[Group]) -> list[Attack]:
    """The attacks of these groups."""
    return [attack for group in chosen for attack in group.attacks]


def _is_named(group: Group, only: Sequence[str]) -> bool:
    named = {group.name, *(each.item for each in group.attacks), *(x.id for x in group.attacks)}
    named |= {each.item.partition("-")[0] for each in group.attacks}
    return not named.isdisjoint(only)
