"""Three readers of one row, each in the fold of truth.py. None: the reader says that it cannot read
the row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import doorplate
import usaddress

from bench.addresses.sets import Row, fields
from bench.addresses.truth import BOX, NUMBER, STREET, UNIT, Parts, parts, truth_of
from counterfoil.core.values import Address, AddressKind
from counterfoil.normalize import incomplete_part, normalize_address


def read_ours(row: Row) -> Parts | None:
    """The normal form. A delivery line without its number, street or box has no exact address key: it can be
    neither in a register nor asked about.

    Such a row is not read, unless the form says all that the label says."""
    line, city, state, code = fields(row[1])
    form = normalize_address(Address(line, "", city, state, code))
    if form.kind is AddressKind.NONE:
        return None
    if form.kind is AddressKind.STREET:
        said = parts(
            form.number,
            form.predirectional,
            form.street,
            form.suffix,
            form.postdirectional,
            form.unit,
            "",
        )
    else:
        said = parts("", "", "", "", "", form.unit, f"{form.street} {form.number}")
    has_key = incomplete_part(form) not in {"number", "street", "box"}
    return said if has_key or said == truth_of(row[1]) else None


def read_usaddress(row: Row) -> Parts | None:
    """usaddress reads the whole text as it was labeled."""
    try:
        found, _ = usaddress.tag(row[0])
    except usaddress.RepeatedLabelError:
        return None

    def said(*labels: str) -> str:
        return " ".join(found.get(label, "") for label in labels)

    return parts(
        said(*NUMBER),
        said("StreetNamePreDirectional"),
        said(*STREET),
        said("StreetNamePostType"),
        said("StreetNamePostDirectional"),
        said(*UNIT),
        said(*BOX),
    )


def read_doorplate(row: Row) -> Parts | None:
    """doorplate as it comes, with the fields apart."""
    line, city, state, code = fields(row[1])
    try:
        found = doorplate.parse_fields(line1=line, city=city, state=state, zip=code)
    except ValueError:
        return None
    street = found.highway["name"] if found.highway else found.street_name
    units = (found.unit_type, found.unit_number, found.second_unit_type, found.second_unit_number)
    return parts(
        found.street_number or "",
        found.street_dir_prefix or "",
        street or "",
        "" if found.highway else found.street_suffix or "",
        found.street_dir_suffix or "",
        " ".join(unit or "" for unit in units),
        found.po_box or "",
    )


READERS: Final[dict[str, Callable[[Row], Parts | None]]] = {
    "ours": read_ours,
    "usaddress": read_usaddress,
    "doorplate": read_doorplate,
}
