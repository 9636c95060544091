"""Normal forms of addresses and names, and the door keys made from them: one form for gate,
register and match.

Addresses: docs/formats/address-form.md. All functions are pure and never raise on any text.
"""

from counterfoil.normalize.address_keys import (
    KNOWN_LINE,
    KNOWN_ZIP,
    PLACE,
    counted_among,
    doors,
    exact_door,
    marks,
)
from counterfoil.normalize.addresses import FORMS_VERSION, normalise_address
from counterfoil.normalize.completeness import incomplete_part, is_placeholder
from counterfoil.normalize.names import family_out_of_middle, normalise_name

__all__ = [
    "FORMS_VERSION",
    "KNOWN_LINE",
    "KNOWN_ZIP",
    "PLACE",
    "counted_among",
    "doors",
    "exact_door",
    "family_out_of_middle",
    "incomplete_part",
    "is_placeholder",
    "marks",
    "normalise_address",
    "normalise_name",
]
