"""The doors of an address: which keys open the bucket of its residents, and what each forgives.

THE DOOR TABLE. Number, unit, box and urbanization are in every key: no door relaxes them. `zone` is
the ZIP, or city and state where no usable ZIP is written. One function makes the keys at build and
when asked, so two addresses meet at a door exactly if they agree in all that the door keeps. Reach
and cost: measured, docs/formats/address-form.md.

| door  | keeps, beside those                  | forgives, and why                  | costs |
|-------|--------------------------------------|------------------------------------|---------------------------------|
| exact | all of the street, zone              | city names: one ZIP has many       | nothing: they
name one door | | affix | bare stem, zone (numbered: name,     | suffix or directionals left out or
misspelled; | N MAIN, S MAIN; OAK ST, OAK CT |
|       | suffix)                              | a last word that may be a broken suffix        | |
| sound | sound of the stem, directionals, zone | spelled as heard, vowels mistyped  | 0.08 streets
of 500 sound alike | | start | start of it, directionals, zone      | slips in the second half of a
name | 0.07 streets of 500 |
| end   | end of it, directionals, zone        | slips in the first half of a name  | 0.09 streets
        of 500 |
| rest  | rest of it, directionals, zone       | first letter wrong                 | 0.02 streets
        of 500 |
| head  | all but its end, directionals, zone  | last letter wrong (y read as v)    | 0.002 streets
        of 500 |
| place | all of the street, city alike, state | ZIP wrong                          | same line,
other ZIP of a city |

A cost is the other streets of a ZIP with 500 streets that the door leads to as well; a wrong
confirmation needs, besides, the same house number and unit in that street, and a resident of the
same name there.

Who has which: streets have all (names with digits or single letters, and names under four letters:
exact, affix and place; names of four letters sound too); rural and highway contract routes exact
and place; PO boxes, military addresses and general delivery exact only, since a box number says
nothing without its ZIP.

Key: `forms-2|door|kind|number|unit|urbanization|...|zone`. Parts hold A-Z, 0-9 and spaces only, so
`|` parts them.

THE TABLE OF MARKS. A tolerance forgives only what the register does not know as a place of its own.
A mark says that the register knows one: other people live there, which a slip of the pen almost
never gives. A tolerant door leads from the asked place to another only if at least one of the two
is unmarked. How many homes make a mark: register/known_places.py.

| mark       | names                            | counted among                   | shuts, between
             two marked   |
|------------|----------------------------------|---------------------------------|-----------------------------|
| known-line | a line in its zone, no number,   | lines of that street name in    | affix sound
start end rest  |
|            |                                  |                                 | head
             |
|            | no unit                          | that zone                       |
             |
| known-zip  | a ZIP of a city, by the letters  | ZIPs of that city               | place
             |
|            | of it that `place` keeps         |                                 |
             |

Keys: `forms-2|known-line|kind|predirectional|street|suffix|postdirectional|urbanization|zone` and
`forms-2|known-zip|zip|city alike|state`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from counterfoil.core.values import AddressForm, AddressKey, AddressKind
from counterfoil.normalize.addresses import FORMS_VERSION
from counterfoil.normalize.street_keys import (
    MIN_HEARD,
    MIN_SOUND,
    MIN_STEM,
    numbered,
    shortened,
    sound,
    stems,
)

EXACT: Final = "exact"
PLACE: Final = "place"
KNOWN_LINE: Final = "known-line"
KNOWN_ZIP: Final = "known-zip"

_NO_ZIP: Final = frozenset({"", "00000", "99999"})
_STREET: Final = (
    AddressKind.STREET
)  # bound once: an enum's attribute costs more than the comparison
_MILITARY: Final = AddressKind.MILITARY
_NONE: Final = AddressKind.NONE
_GENERAL: Final = AddressKind.GENERAL_DELIVERY
_PLACED: Final = frozenset({_STREET, AddressKind.RURAL, AddressKind.HIGHWAY_CONTRACT})


def exact_address_key(form: AddressForm) -> str:
    """The key under which the residents of `form` are kept; "" where the address does not name one
    door.

    One door is named by a whole delivery line and a ZIP, or city and state: a holder's row with a
    ZIP and no city has a door, although a request like it is incomplete.
    """
    zone = _zone(form)
    if not zone or not _is_whole(form):
        return ""
    return f"{FORMS_VERSION}|{EXACT}|{_home(form)}|{_line(form)}|{zone}"


def address_keys(form: AddressForm) -> tuple[AddressKey, ...]:
    """All doors of `form`, exact first, then in the door table's order; () where it has no exact
    door."""
    zone = _zone(form)
    if not zone or not _is_whole(form):
        return ()
    home, line = _home(form), _line(form)
    keys = [(EXACT, f"{line}|{zone}")]
    if form.kind is _STREET:
        spelled = _street_keys(form.predirectional, form.street, form.suffix, form.postdirectional)
        keys += [(door, f"{kept}|{zone}") for door, kept in spelled]
    if form.kind in _PLACED and form.city and form.state:
        keys.append((PLACE, f"{line}|{_city_alike(form.city)}|{form.state}"))
    return tuple([AddressKey(door, f"{FORMS_VERSION}|{door}|{home}|{key}") for door, key in keys])


def place_keys(form: AddressForm) -> tuple[AddressKey, ...]:
    """The marks that would show the register's knowledge of the line and of the ZIP of `form`: one
    of each, or fewer."""
    zone = _zone(form)
    found: list[AddressKey] = []
    if form.kind is _STREET and form.street and zone:
        line = f"{form.kind}|{_line(form)}|{form.urbanization}|{zone}"
        found.append(AddressKey(KNOWN_LINE, f"{FORMS_VERSION}|{KNOWN_LINE}|{line}"))
    if form.kind in _PLACED and form.city and form.state and form.zip5 not in _NO_ZIP:
        place = f"{form.zip5}|{_city_alike(form.city)}|{form.state}"
        found.append(AddressKey(KNOWN_ZIP, f"{FORMS_VERSION}|{KNOWN_ZIP}|{place}"))
    return tuple(found)


def counted_among(form: AddressForm) -> tuple[AddressKey, ...]:
    """For each of `place_keys`, in their order, what it is counted among. These name no bucket and
    are never stored."""
    zone = _zone(form)
    among = {
        KNOWN_LINE: f"{form.kind}|{form.street}|{form.urbanization}|{zone}",
        KNOWN_ZIP: f"{_city_alike(form.city)}|{form.state}",
    }
    return tuple(
        [
            AddressKey(mark.tolerance, f"among|{mark.tolerance}|{among[mark.tolerance]}")
            for mark in place_keys(form)
        ]
    )


@lru_cache(maxsize=16384)
def _street_keys(
    predirectional: str, street: str, suffix: str, postdirectional: str
) -> tuple[tuple[str, str], ...]:
    """(door, what its key holds between urbanization and zone) of the doors between exact and
    place. Streets repeat."""
    form = AddressForm(_STREET, "", predirectional, street, suffix, postdirectional)
    spelled = stems(form)
    if spelled is None:
        return (("affix", numbered(form)),)
    letters, bare = spelled
    affix = [("affix", f"{name}|") for name in (bare, shortened(form)) if name]
    if len(letters) < MIN_HEARD:
        return tuple(affix)
    tail = f"{predirectional}|{postdirectional}"
    heard = sound(letters)
    sounds = [("sound", f"{heard}|{tail}")] if len(heard) >= MIN_SOUND else []
    if len(letters) < MIN_STEM:
        return (*affix, *sounds)
    return (
        *affix,
        *sounds,
        ("start", f"{letters[:3]}{letters[-1]}|{tail}"),
        ("end", f"{letters[0]}{letters[-3:]}|{tail}"),
        ("rest", f"{letters[1:]}|{tail}"),
        ("head", f"{letters[:-1]}|{tail}"),
    )


def _home(form: AddressForm) -> str:
    """What no door relaxes."""
    return f"{form.kind}|{form.number}|{form.unit}|{form.urbanization}"


def _line(form: AddressForm) -> str:
    return f"{form.predirectional}|{form.street}|{form.suffix}|{form.postdirectional}"


def _zone(form: AddressForm) -> str:
    if form.zip5 not in _NO_ZIP:
        return form.zip5
    return f"{form.city} {form.state}" if form.city and form.state else ""


def _city_alike(city: str) -> str:
    """First two and last two letters: what a slip inside a city's name leaves."""
    return f"{city[:2]}{city[-2:]}"


def _is_whole(form: AddressForm) -> bool:
    """Whether the delivery line is complete for its kind (a ship has no box)."""
    if form.kind is _STREET:
        return bool(form.number and form.street)
    if form.kind is _MILITARY:
        return bool(form.number or form.street.startswith("US"))
    if form.kind is _NONE:
        return False
    return bool(form.number) or form.kind is _GENERAL
