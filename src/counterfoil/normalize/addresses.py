"""Address -> AddressForm: the one normal form that gate, register and match use. Pure; never
raises.

docs/formats/address-form.md holds the form and its rules. The order of reading:

1. City, state and ZIP (`places`), and both lines cleaned (`text`). Unusable text: no form.
2. A last line repeated at the end of a line, and a "care of" line without digits, are taken off.
3. A Puerto Rico urbanization is taken off (`URB LAS GLADIOLAS`).
4. Boxes, routes, military addresses, general delivery (`boxes`).
5. A street: house number (`numbers`), marked unit on either line (`units`), the street between them
(`streets`). 6. The guard: every digit of both lines stands in some part of the form, or there is no
form. A unit is never lost.

No form is kind NONE, with city, state and ZIP as far as they were read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from counterfoil.core.values import Address, AddressForm, AddressKind
from counterfoil.normalize import units
from counterfoil.normalize.boxes import Box, may_be_box, read_box
from counterfoil.normalize.house_numbers import split_number
from counterfoil.normalize.parser import Street
from counterfoil.normalize.places import Place, read_place
from counterfoil.normalize.plain_address import read_plain_address
from counterfoil.normalize.streets import read_street
from counterfoil.normalize.tables import DIRECTIONALS, NUMBER_WORDS, STATE_CODES
from counterfoil.normalize.text import clean
from counterfoil.normalize.unit_starts import holds_box, inner_unit, leading_unit, unit_start

FORMS_VERSION: Final = "forms-2"

_RUNS: Final = re.compile(r"[0-9]+")
_EMPTY: Final = frozenset({"NA", "N A", "NONE", "NULL", "NAN", "NIL", "SAME"})
_CARE_OF: Final = re.compile(r"(?:C O|CARE OF|ATTN|ATTENTION|ATT)(?: [A-Z ]*)?")
_URBANIZATIONS: Final = frozenset({"URB", "URBANIZACION"})
_ROADS: Final = frozenset({"HIGHWAY", "HWY", "ROUTE", "RTE", "RT", "INTERSTATE"})
_ROAD_OWNERS: Final = frozenset({"US", "U", "S", "STATE", "COUNTY"})
_HYPHENED: Final = re.compile(
    r"(\s*[0-9]+)-(?:([IJ-MO-RT-VX-Z])(?= +[A-Z]{2})|([NSEW])(?= "
    r"+(?:[NSEW]|NORTH|SOUTH|EAST|WEST) ))",
    re.I,
)


def normalize_address(address: Address) -> AddressForm:
    """The normal form of `address`; kind NONE where nothing usable is written. Never raises on any
    text."""
    place = read_place(address.city, address.state, address.zip)
    return read_plain_address(address, place) or read_in_full(address, place)


def read_in_full(address: Address, place: Place) -> AddressForm:
    """The form of an address of any shape, by the order of reading above."""
    line1, line2 = clean(_part_letter(address.line1)), clean(_part_letter(address.line2))
    if line1 is None or line2 is None:
        return _none(place)
    first, second = _trim(line1, place), _trim(line2, place)
    urbanization, first, second = _split_urbanization(first, second)
    form = _read_boxes(first, second, urbanization, place) or _read_street(
        first, second, urbanization, place
    )
    if form is None or not _holds_digits(form, f"{first} {second} {urbanization}"):
        return _none(place)
    return form


def _part_letter(line: str) -> str:
    """`line` with a letter hyphened to its house number marked as a unit: 4922-N South X. 1501-N X
    is the north of X."""
    found = _HYPHENED.match(line)
    return f"{found[1]} # {found[2] or found[3]}{line[found.end() :]}" if found else line


def _none(place: Place) -> AddressForm:
    return AddressForm(AddressKind.NONE, city=place.city, state=place.state, zip5=place.zip5)


def _trim(line: str, place: Place) -> str:
    """`line` without a repeated last line; "" for a word of emptiness or a care-of line."""
    if line in _EMPTY or _CARE_OF.fullmatch(line):
        return ""
    if place.zip5 and place.zip5 in line and place.city and place.state:
        line = re.sub(rf" {place.city} {place.state} {place.zip5}(?:-[0-9]{{4}})?$", "", line)
    return line


def _split_urbanization(first: str, second: str) -> tuple[str, str, str]:
    """(urbanization, line 1, line 2): a line's words from URB up to its first number are the
    urbanization."""
    for line, other in ((first, second), (second, first)):
        words = line.split()
        if words and words[0] in _URBANIZATIONS and len(words) > 1:
            end = next(
                (i for i, word in enumerate(words) if i and any(c.isdigit() for c in word)),
                len(words),
            )
            rest = " ".join(words[end:])
            name = " ".join(words[1:end]).replace("#", " ").strip()
            return " ".join(name.split()), (rest or other), (other if rest else "")
    return "", first, second


def _read_boxes(first: str, second: str, urbanization: str, place: Place) -> AddressForm | None:
    if not may_be_box(first or second) and not may_be_box(second):
        return None
    joined = read_box(f"{first} {second}".strip())
    if joined is not None:
        return _box_form(joined, "", urbanization, place)
    words = first.split()
    cut = unit_start(words[1:]) + 1
    box = read_box(" ".join(words[:cut]))
    if box is not None:
        unit = units.read([*words[cut:], *second.split()])
        return None if unit is None else _box_form(box, unit, urbanization, place)
    box = read_box(second) if second and not _RUNS.search(first) else None
    return None if box is None else _box_form(box, "", urbanization, place)


def _box_form(box: Box, unit: str, urbanization: str, place: Place) -> AddressForm:
    return AddressForm(
        box.kind,
        box.number,
        "",
        box.street,
        "",
        "",
        unit,
        urbanization,
        place.city,
        place.state,
        place.zip5,
    )


def _read_street(first: str, second: str, urbanization: str, place: Place) -> AddressForm | None:
    line, other = _order(first.split(), second.split())
    before, line = leading_unit(line)
    number, rest = split_number(line)
    rest = _without_mark(rest)
    inner: Sequence[str] = ()
    if number:
        inner, rest = inner_unit(rest)
    if holds_box(rest):
        return None
    cut = unit_start(rest)
    street = read_street(rest[:cut]) if cut else Street("", "", "", "", "")
    if street is None or (second and not second.startswith("BOX") and read_box(second)):
        return None  # unreadable, or two addresses in one
    unit = _unit(street.unit.split(), [*before, *inner, *rest[cut:]], other)
    if not (number or street.name):
        return None
    return AddressForm(
        AddressKind.STREET,
        number,
        street.predirectional,
        street.name,
        street.suffix,
        street.postdirectional,
        unit,
        urbanization,
        place.city,
        place.state,
        place.zip5,
    )


def _order(first: list[str], second: list[str]) -> tuple[list[str], list[str]]:
    """(the line that holds the street, the line that holds the rest)."""
    if not (first and second):
        return first or second, []
    number, rest = split_number(first)
    is_unit = units.read(second) is not None
    if (number and rest) or is_unit:
        return first, second
    if not split_number(second)[0]:
        return (first + second, []) if number else (first, second)
    if units.read(first) is not None:
        return second, first
    has_digits = any(char.isdigit() for word in first for char in word)
    return (first, second) if has_digits else (second, [])


def _without_mark(tokens: Sequence[str]) -> Sequence[str]:
    """The tokens of a numbered road without the mark before its number: US HIGHWAY NO 202, STATE
    HIGHWAY # 50.

    EAST WEST HIGHWAY # 718 is a road with a name, and a unit."""
    for index, word in enumerate(tokens[:-1]):
        if word in _ROADS and tokens[index + 1] in NUMBER_WORDS:
            before = tokens[index - 1] if index else ""
            if (
                not before
                or before in _ROAD_OWNERS
                or before in STATE_CODES
                or (before in DIRECTIONALS and index == 1)
            ):
                return [*tokens[: index + 1], *tokens[index + 2 :]]
    return tokens


def _unit(bare: list[str], marked: list[str], other: list[str]) -> str:
    inline = units.read_loose([*bare, *marked])
    if not other or not inline:
        return units.read_loose(other) if other else inline
    return (
        inline if units.read_loose(other) == inline else units.read_loose([*bare, *marked, *other])
    )


def _holds_digits(form: AddressForm, text: str) -> bool:
    held = f"{form.number} {form.street} {form.unit} {form.urbanization}"
    return all(run.lstrip("0") in held for run in _RUNS.findall(text))
