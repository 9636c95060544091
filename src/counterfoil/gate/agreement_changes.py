"""What differs between two versions of an agreement, field by field. Pure.

A field is named by its path, as a clause is (law/clauses.py), and further down where a clause holds
named values: `limits.guards.window_days`, `principals.dhs-secretary.key`. A list is told by what
came and what left; what only changed its place is told as `moved`. The signatures are no field:
each version has its own. Nor is `clause_salt`, which is a secret of the parties: another salt
changes the digest of a version and no word of it, and is told by `has_other_salt`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal, cast

from counterfoil.core import canonical
from counterfoil.core.values import Public
from counterfoil.gate.law.agreement import Agreement
from counterfoil.gate.law.clauses import SIGNATURES, clauses_of

How = Literal["added", "removed", "changed", "moved"]
_NOTHING: Final = "none"


class Change(Public, frozen=True):
    """One field. `before` and `after` are what stood and stands there, a line for each part: of a
    list only what left it and what came, so that of a list that is `moved` both are empty."""

    path: str
    how: How
    before: tuple[str, ...]
    after: tuple[str, ...]


def changes_of(before: Agreement, after: Agreement) -> tuple[Change, ...]:
    """What differs, in the order of the later version; what it no longer has comes last."""
    old, new = _fields(before), _fields(after)
    changed = [
        _change(path, old[path], value) if path in old else Change(path, "added", (), _lines(value))
        for path, value in new.items()
        if path not in old or old[path] != value
    ]
    gone = [Change(path, "removed", _lines(old[path]), ()) for path in old if path not in new]
    return (*changed, *gone)


def has_other_salt(before: Agreement, after: Agreement) -> bool:
    """Whether the two versions hide their clauses by different salts."""
    return before.clause_salt != after.clause_salt


def _fields(agreement: Agreement) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for clause in clauses_of(agreement):
        if clause.path not in SIGNATURES:
            found.update(_down(clause.path, clause.value))
    return found


def _down(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """The named values below a field. The `id` by which a field is named is none of them."""
    if isinstance(value, dict) and value:
        for name, below in cast(dict[str, Any], value).items():
            if name != "id":
                yield from _down(f"{path}.{name}", below)
    else:
        yield path, value


def _change(path: str, old: Any, new: Any) -> Change:
    if isinstance(old, list | tuple) and isinstance(new, list | tuple):
        left, came = _lines(old), _lines(new)
        gone = tuple(each for each in left if each not in came)
        more = tuple(each for each in came if each not in left)
        if len(left) == len(set(left)) and len(came) == len(set(came)):
            return Change(path, "changed" if gone or more else "moved", gone, more)
        return Change(path, "changed", left, came)
    return Change(path, "changed", _lines(old), _lines(new))


def _lines(value: Any) -> tuple[str, ...]:
    """A value as lines of text."""
    if isinstance(value, list | tuple):
        return tuple(_text(each) for each in cast(tuple[Any, ...], value))
    return (_text(value),)


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(
            f"{name}: {_text(each)}" for name, each in cast(dict[str, Any], value).items()
        )
    if isinstance(value, str):
        return value
    return _NOTHING if value is None else canonical.encode(value).decode()
