"""Normal forms of addresses and names, and the door keys made from them: one form for gate, register and match.

Addresses: docs/formats/address-form.md. All functions are pure and never raise on any text.
"""

from counterfoil.forms.addresses import FORMS_VERSION, normalise_address
from counterfoil.forms.completeness import incomplete_part, is_placeholder
from counterfoil.forms.doors import doors, exact_door
from counterfoil.forms.names import normalise_name

__all__ = [
    "FORMS_VERSION",
    "doors",
    "exact_door",
    "incomplete_part",
    "is_placeholder",
    "normalise_address",
    "normalise_name",
]
