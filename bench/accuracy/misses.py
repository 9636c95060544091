"""Why a true question was not confirmed: each miss gets the first kind of the list that fits it.

    asked: ...      what the question itself lacks, so that it was not asked
    held: ...       no row of the person at this home could be sealed
    home: ...       rows were sealed, but no door of the question leads to them
    name: ...       the person was among the residents that were opened, and the evidence did not
                    suffice

A miss of kind `home` compares with the sealed row that is nearest: number first, then unit, then
street.
"""

from __future__ import annotations

from bench.accuracy.house import Asked
from counterfoil import normalize
from counterfoil.core.values import (
    Address,
    AddressForm,
    AddressKind,
    Comparison,
    Match,
    NameForm,
    Person,
)
from counterfoil.matching import Weights, explain

Row = dict[str, str]
_AGREEMENT = {"given": 6.0, "middle": 3.0, "family": 0.5}
"""Bits of an ordinary full agreement, by feature."""


def kind_of(asked: Asked, row: Row, held: list[Row], weights: Weights) -> str:
    """The kind of one miss. `held` are the source rows of the same person at the same home."""
    if asked.grant is None or asked.residents is None:
        return "asked: " + lacking(row)
    sealed = [each for each in held if is_sealed(each)]
    if not sealed:
        return "held: " + lacking(held[0])
    refs = {each["record_ref"] for each in sealed}
    reached = [
        at for at, resident in enumerate(asked.residents.residents) if resident.record_ref in refs
    ]
    if not reached:
        return "home: " + min(
            (differing(asked.grant.address, form_of(each)) for each in sealed), key=_ORDER.index
        )
    lines = explain(asked.grant, asked.residents, weights)
    best = max((lines[at] for at in reached), key=total)
    return "name: " + weakest(best, total(best), weights, asked.decided)


def lacking(row: Row) -> str:
    """What one side lacks so that it cannot be compared."""
    form = form_of(row)
    if not names_somebody(row):
        return "name missing or placeholder"
    if not row["line1"][:1].isdigit() or (form.street and not form.number):
        return "house number missing or unreadable"
    if form.kind is AddressKind.NONE or not form.street:
        return "street missing or unreadable"
    return "ZIP a placeholder, or city, state and ZIP missing"


def names_somebody(row: Row) -> bool:
    name = name_of(row)
    return bool(name.given and name.family)


def is_full(row: Row) -> bool:
    """Whether a question has a given name in full, a family name (no placeholders), a house number
    and a street."""
    number, _, street = row["line1"].partition(" ")
    return (
        names_somebody(row)
        and len(name_of(row).given[0]) > 1
        and number[:1].isdigit()
        and bool(street.strip())
    )


def in_reach(row: Row, held: list[Row]) -> bool:
    """Whether house number and unit stand alike, beside a street, in the question and in some row
    that makes it true."""
    if not is_full(row):
        return False
    number = row["line1"].partition(" ")[0]
    return any(
        each["line1"].partition(" ")[0] == number
        and each["line1"].partition(" ")[2]
        and each["line2"] == row["line2"]
        for each in held
    )


def is_sealed(row: Row) -> bool:
    form, name = form_of(row), name_of(row)
    usable = normalize.exact_address_key(form) and (name.given or name.family)
    return bool(usable) and not normalize.is_placeholder(address_of(row), form)


def name_of(row: Row) -> NameForm:
    return normalize.normalize_name(
        Person(row["given_name"], row["middle_name"], row["family_name"], row["suffix"])
    )


def address_of(row: Row) -> Address:
    return Address(row["line1"], row["line2"], row["city"], row["state"], row["zip"])


def form_of(row: Row) -> AddressForm:
    return normalize.normalize_address(address_of(row))


_ORDER = (
    "street spelled too differently",
    "unit differs",
    "house number differs",
    "another kind of address",
)


def differing(asked: AddressForm, held: AddressForm) -> str:
    """The part that no door forgives."""
    if asked.kind is not held.kind:
        return _ORDER[3]
    if asked.number != held.number:
        return _ORDER[2]
    return _ORDER[1] if asked.unit != held.unit else _ORDER[0]


def total(lines: tuple[Comparison, ...]) -> float:
    return sum(line.weight_bits for line in lines)


def weakest(
    lines: tuple[Comparison, ...], score: float, weights: Weights, decided: Match | None
) -> str:
    """The feature that cost most beside full agreement; or the margin, where the score would have
    sufficed."""
    if score >= weights.threshold_bits and decided and decided.margin_bits < weights.margin_bits:
        return "two candidates within the margin"
    line = max(lines, key=lambda each: _AGREEMENT.get(each.feature, 0.0) - each.weight_bits)
    return f"{line.feature} {line.level}"
