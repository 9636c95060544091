"""Normal forms of addresses and names, and the address keys made from them: one form for gate,
register and matching.

Addresses: docs/formats/address-form.md. All functions are pure and never raise on any text.
"""

from counterfoil.normalize.address_keys import (
    KNOWN_LINE,
    KNOWN_ZIP,
    PLACE,
    UNIT,
    address_keys,
    city_pair,
    counted_address,
    counted_among,
    exact_address_key,
    exact_keys,
    keys_of_forms,
    known_place_keys,
)
from counterfoil.normalize.addresses import EARLIER_FORMS, FORMS_VERSION, normalize_address
from counterfoil.normalize.asked_keys import (
    exact_name,
    home_keys,
    leads_to_family,
    leads_to_given,
    name_codes,
    person_keys,
)
from counterfoil.normalize.completeness import incomplete_part, is_placeholder
from counterfoil.normalize.names import family_out_of_middle, normalize_name

__all__ = [
    "EARLIER_FORMS",
    "FORMS_VERSION",
    "KNOWN_LINE",
    "KNOWN_ZIP",
    "PLACE",
    "UNIT",
    "address_keys",
    "city_pair",
    "counted_address",
    "counted_among",
    "exact_address_key",
    "exact_keys",
    "exact_name",
    "family_out_of_middle",
    "home_keys",
    "incomplete_part",
    "is_placeholder",
    "keys_of_forms",
    "known_place_keys",
    "leads_to_family",
    "leads_to_given",
    "name_codes",
    "normalize_address",
    "normalize_name",
    "person_keys",
]
