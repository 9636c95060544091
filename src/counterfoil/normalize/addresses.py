"""Address -> AddressForm: the one normal form that gate, register and matching use. Pure; never
raises.

docs/formats/address-form.md has the form and its rules. The order of reading:

1. City, state and ZIP (`places`), and both lines cleaned (`text`). Unusable text: no form.
2. What stands beside an address in its lines is taken off (`beside`): care of, the last line once
   more, words of emptiness.
3. A Puerto Rico urbanization is taken off (`URB LAS GLADIOLAS`), and a house number or kilometer
   after its street put before it (`puerto_rico`).
4. Boxes, routes, military addresses, general delivery (`boxes`).
5. A street: house number (`house_numbers`), a marked unit on either line (`units`), the street
   between them (`streets`).
6. The last check: every digit of both lines is in some part of the form, or there is no form. A
   unit is never lost.

No form is kind NONE, with city, state and ZIP as far as they were read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from counterfoil.core.values import Address, AddressForm, AddressKind
from counterfoil.normalize import units
from counterfoil.normalize.beside import clean_line
from counterfoil.normalize.boxes import may_be_box, read_box, split_mail_code
from counterfoil.normalize.parser import Street
from counterfoil.normalize.places import Place, read_place
from counterfoil.normalize.plain_address import read_plain_address
from counterfoil.normalize.puerto_rico import number_first, read_kilometer, split_urbanization
from counterfoil.normalize.street.house_numbers import split_number
from counterfoil.normalize.street.streets import read_street
from counterfoil.normalize.tables import DIRECTIONALS, NUMBER_WORDS, STATE_CODES, words
from counterfoil.normalize.text import has_digit
from counterfoil.normalize.unit_starts import holds_box, inner_unit, leading_unit, unit_start

FORMS_VERSION: Final = "forms-7"
EARLIER_FORMS: Final = ("forms-6", "forms-5", "forms-4", "forms-3", "forms-2")
"""Earlier versions of the forms that registers and batches may still be of, newest first."""

_RUNS: Final = re.compile(r"[0-9]+")
_TOGETHER: Final = re.compile(
    r"([0-9]+(?:ST|ND|RD|TH)?)(FL|FLR|FLOOR)"
    r"|([0-9]+(?:ST|ND|RD|TH))(ST|STREET|AVE|AV|AVENUE|RD|ROAD|DR|DRIVE|LN|CT|PL|BLVD|WAY)"
    r"|([NSEW]|NE|NW|SE|SW)([0-9]+(?:ST|ND|RD|TH))"
)
_ROADS: Final = words("HIGHWAY HWY ROUTE RTE RT INTERSTATE")
_ROAD_OWNERS: Final = words("US U S STATE COUNTY") | set(STATE_CODES)
_OWNED: Final = words("ROAD RD HIGHWAY HWY ROUTE RTE RT")
_OWNERS: Final = words("COUNTY CO CTY CNTY STATE TOWNSHIP TWP TWSP PRIVATE PVT FOREST RANCH PARISH")
_SHORT_ROADS: Final = words("CR FM RM SH SR TR CH RR")
"""Roads that have no name but their number, by their letters."""
_RANCH_ROAD: Final = re.compile(
    r"(\s*[0-9]+[A-Z]?\s+(?:N|S|E|W|NORTH|SOUTH|EAST|WEST|OLD)\.?\s+RM)(?=[ -]+[0-9]{2,4}\b)", re.I
)
"""2418 N RM 620, where RM is no room: Texas has ranch-to-market roads."""
_HALF: Final = re.compile(r"(\s*[0-9]+)\.50?(?= +[A-Za-z])")
"""88.5 ELM ST: a half in a spreadsheet."""
_HYPHENED: Final = re.compile(
    r"(\s*[0-9]+)-(?:([IJ-MO-RT-VX-Z])(?= +[A-Z]{2})"
    r"|([NSEW])(?= +(?:[NSEW]|NORTH|SOUTH|EAST|WEST) ))",
    re.I,
)


def normalize_address(address: Address) -> AddressForm:
    """The normal form of `address`; kind NONE where nothing usable is written. Never raises on any
    text."""
    place = read_place(address.city, address.state, address.zip)
    return read_plain_address(address, place) or read_in_full(address, place)


def read_in_full(address: Address, place: Place) -> AddressForm:
    """The form of an address of any shape, by the order of reading above."""
    form = None
    ranch = _RANCH_ROAD.sub(r"\1 ROAD", address.line1) if place.state == "TX" else address.line1
    line1 = clean_line(_part_letter(_HALF.sub(r"\1 1/2", ranch)), place)
    line2 = clean_line(_part_letter(address.line2), place)
    if line1 is not None and line2 is not None:
        urbanization, first, second = split_urbanization(line1, line2)
        if place.state == "PR":
            first, second = number_first(first), number_first(second)
        form = (
            _read_boxes(first, second, urbanization, place)
            or _read_kilometer(first, second, urbanization, place)
            or _read_street(first, second, urbanization, place)
        )
        if form and not _has_digits(form, f"{first} {second} {urbanization}"):
            form = None
    return form or AddressForm(
        AddressKind.NONE, city=place.city, state=place.state, zip5=place.zip5
    )


def _part_letter(line: str) -> str:
    """`line` with a letter hyphened to its house number marked as a unit: 4922-N South X. 1501-N X
    is the north of X."""
    found = _HYPHENED.match(line)
    return f"{found[1]} # {found[2] or found[3]}{line[found.end() :]}" if found else line


def _read_boxes(first: str, second: str, urbanization: str, place: Place) -> AddressForm | None:
    line, code = (
        split_mail_code(f"{first} {second}".strip()) if "BOX" in first + second else ("", "")
    )
    if line and (box := read_box(line)) and box.kind is AddressKind.PO_BOX:
        return AddressForm(box.kind, box.number, "", "", "", "", code, urbanization, *place)
    if not may_be_box(first or second) and not may_be_box(second):
        return None
    box, unit = read_box(f"{first} {second}".strip()), ""
    if box is None:
        tokens = first.split()
        cut = unit_start(tokens[1:]) + 1
        box = read_box(" ".join(tokens[:cut]))
        unit = units.read([*tokens[cut:], *second.split()]) if box else ""
    if box is None and second and not has_digit(first):
        box = read_box(second)
    if box is None or unit is None:
        return None
    return AddressForm(box.kind, box.number, "", box.street, "", "", unit, urbanization, *place)


def _read_kilometer(first: str, second: str, urbanization: str, place: Place) -> AddressForm | None:
    found = read_kilometer(first) if place.state == "PR" and " K" in first else None
    if found is None:
        return None
    number, road, rest = found
    unit = units.read_loose([*rest.split(), *second.split()])
    return AddressForm(AddressKind.STREET, number, "", road, "", "", unit, urbanization, *place)


def _read_street(first: str, second: str, urbanization: str, place: Place) -> AddressForm | None:
    line, other = _order(_apart(first.split()), _apart(second.split()))
    before, line = leading_unit(line)
    number, rest = split_number(line)
    inner, rest = inner_unit(_without_sign(rest), number)
    if holds_box(rest) or (second and not second.startswith("BOX") and read_box(second)):
        return None  # two addresses in one
    cut = unit_start(rest)
    street = read_street(rest[:cut], place.state) if cut else Street()
    if street is None or not (number or street.name):
        return None
    inline = [*street.unit.split(), *before, *inner, *rest[cut:]]
    unit = _unit(inline, other) if inline else units.read_loose(other)
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


def _apart(tokens: Sequence[str]) -> Sequence[str]:
    """The tokens with a number apart from its word: 10FL, 10THFLOOR, 8THST, E14TH."""
    if not any(_TOGETHER.fullmatch(token) for token in tokens):
        return tokens
    out: list[str] = []
    for index, token in enumerate(tokens):
        found = _TOGETHER.fullmatch(token)
        is_first = index == 0 and len(tokens) > 1  # a house number
        out += list(filter(None, found.groups())) if found and not is_first else [token]
    return out


def _order(first: Sequence[str], second: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """(the line that holds the street, the line that holds the rest)."""
    if not (first and second):
        return first or second, []
    number, rest = split_number(first)
    if (number and rest) or units.read(second) is not None:
        return first, second
    if not split_number(second)[0]:
        return ([*first, *second], []) if number else (first, second)
    if units.read(first) is not None:
        return second, first
    return (first, second) if any(map(has_digit, first)) else (second, [])


def _without_sign(tokens: Sequence[str]) -> Sequence[str]:
    """The tokens of a numbered road without the word before its number: US HIGHWAY NO 202, STATE
    HIGHWAY # 50, COUNTY ROAD NO 17.

    EAST WEST HIGHWAY # 718 is a road with a name, and a unit."""
    for index, word in enumerate(tokens[:-1]):
        if tokens[index + 1] in NUMBER_WORDS:
            before = tokens[index - 1] if index else ""
            is_first = not before or (before in DIRECTIONALS and index == 1)
            if (
                (word in _ROADS and (is_first or before in _ROAD_OWNERS))
                or (word in _SHORT_ROADS and is_first)
                or (word in _OWNED and before in _OWNERS)
            ):
                return [*tokens[: index + 1], *tokens[index + 2 :]]
    return tokens


def _unit(inline: Sequence[str], other: Sequence[str]) -> str:
    """The unit that the street's line and the other line write, once where both write the same."""
    unit, other_unit = units.read_loose(inline), units.read_loose(other)
    if not unit or not other or unit == other_unit:
        return unit or other_unit
    same = set(units.same_texts(other_unit)) if other_unit else set[str]()  # `#` alone names none
    kinds = {unit, other_unit} & set(units.same_texts(unit)) & same
    if kinds and not any(each.startswith(("FL", "BLDG")) for each in kinds):
        return kinds.pop()  # APT 4 on one line, # 4 on the other
    return units.read_loose([*inline, *other])


def _has_digits(form: AddressForm, text: str) -> bool:
    """Whether every number of `text` is in some part of the form."""
    parts = f"{form.number} {form.street} {form.unit} {form.urbanization}"
    return all(run.lstrip("0") in parts for run in _RUNS.findall(text))
