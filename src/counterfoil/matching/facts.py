"""Levels of what is not a name: suffix, date of birth, tax number. Pure and symmetric."""

from __future__ import annotations

from datetime import date


def suffix_level(asked: str, held: str) -> str:
    """JR and II may be one person's; JR and SR, or II and III, may not."""
    if asked == held:
        return "suffix.equal" if asked else "suffix.none"
    if not asked or not held or {asked, held} == {"JR", "II"}:
        return "suffix.one"
    return "suffix.differs"


_EQUAL_BY_GIVEN = {
    "given.equal": "dob.equal",
    "given.joined": "dob.equal",
    "given.missing": "dob.equal_unnamed",
}


def dob_level(asked: date | None, held: date | None, given: str = "given.equal") -> str:
    """A date that one slip explains is near. What an equal one is worth hangs on the given names'
    level (twins)."""
    if asked is None or held is None:
        return "dob.missing"
    if asked == held:
        return _EQUAL_BY_GIVEN.get(given, "dob.equal_unsure")
    if asked.year == held.year and asked.month == held.day and asked.day == held.month:
        return "dob.near"
    digits = zip(f"{asked:%Y%m%d}".rjust(8, "0"), f"{held:%Y%m%d}".rjust(8, "0"), strict=True)
    return "dob.near" if sum(one != two for one, two in digits) == 1 else "dob.differs"


def tin_level(asked: bytes, held: bytes) -> str:
    """Keyed hashes: equal, or not."""
    if not asked or not held:
        return "tin.missing"
    return "tin.equal" if asked == held else "tin.differs"
