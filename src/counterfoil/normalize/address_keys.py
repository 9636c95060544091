"""The keys of an address: which of them open the bucket of its residents, and what each forgives.

THE TABLE OF ADDRESS KEYS. Number, unit, box and urbanization are in every key: no key relaxes them.
The unit is that of the form in `exact`, and the same without the word APT in the others. `zone` is
the ZIP, or city and state where no usable ZIP is written. One function makes the keys when a
register is built and when it is asked, so two addresses meet under a key exactly if they agree in
all that the key keeps. Reach and cost: measured, docs/formats/address-form.md.

    key    keeps, beside those          forgives, and why                    costs
    -----  ---------------------------  -----------------------------------  -----------------------
    exact  all of the street, zone      city names: one ZIP has many         nothing: they name one
                                                                             home
    unit   the same; the unit of any    the kind of unit that `#` leaves     nothing where one unit
           kind where none is stated    open; BLDG A APT 12 as APT A12       of a house has a number
    affix  bare stem, zone (numbered    suffix or directionals left out or   N MAIN and S MAIN; OAK
           streets: name, suffix; of    misspelled; a last word that may be  ST and OAK CT
           highways the directionals)   a broken suffix
    sound  sound of the stem,           spelled as heard, vowels mistyped    0.08 streets of 500
           directionals, zone                                                sound alike
    start  first three letters of the   slips in the second half of a name   0.07 streets of 500
           stem and its last,
           directionals, zone
    end    first letter of the stem     slips in the first half of a name    0.09 streets of 500
           and its last three,
           directionals, zone
           (-WOOD, -LAND, -TON and      one slip before the ending, for      less: BRENTWOOD is not
           their like: start has the    end; in it, for start                BEECHWOOD, nor LINWOOD
           root, end the root with at                                        LYNNWOOD
           most a letter left out,
           sound three sounds of it)
    rest   all but the first letter of  first letter wrong                   0.02 streets of 500
           the stem, directionals, zone
    head   all but the last letter of   last letter wrong (y read as v)      0.002 streets of 500
           the stem, directionals, zone
    place  all of the street, first     ZIP wrong                            same line, other ZIP
           and last two letters of the                                       of a city
           city, state

A cost is the other streets of a ZIP with 500 streets that the key leads to as well; a wrong
confirmation needs, besides, the same house number and unit in that street, and a resident of the
same name there.

`directionals` are those before and after the street and those inside its name.

Who has which: streets have all (names with digits or single letters, and names under four letters:
exact, affix and place; names of four letters sound too); rural and highway contract routes exact
and place; PO boxes, military addresses and general delivery exact only, since a box number says
nothing without its ZIP.

A key is a text, `forms-7|tolerance|kind|number|unit|urbanization|...|zone`. Parts are of A-Z, 0-9
and spaces only, so `|` parts them.

THE TABLE OF KNOWN PLACES. A tolerance forgives only what the register does not know as a place of
its own. A known-place key says that the register knows one: other people live there, which a slip
of the pen almost never gives. A tolerant key leads from the asked place to another only if at least
one of the two is not known. How many homes make a known place: register/known_places.py.

    key         names                        counted among            closes, between two known
    ----------  ---------------------------  -----------------------  ------------------------------
    known-line  a line in its zone, without  lines of that street     affix sound start end rest
                number and unit              name in that zone        head
    known-zip   a ZIP of a city, by the      ZIPs of that city        place
                letters of it that `place`
                keeps

Keys: `forms-7|known-line|kind|predirectional|street|suffix|postdirectional|urbanization|zone` and
`forms-7|known-zip|zip|first and last two letters of the city|state`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from counterfoil.core.values import AddressForm, AddressKey, AddressKind
from counterfoil.normalize.addresses import FORMS_VERSION
from counterfoil.normalize.places import NO_ZIPS
from counterfoil.normalize.street.street_keys import (
    LEAST_SLIPPED_ROOT,
    endings,
    first_directional,
    glued,
    inner_directionals,
    numbered,
    shortened,
    sound,
    stems,
    without_one,
)
from counterfoil.normalize.units import identifiers, same_texts, without_apt

EXACT: Final = "exact"
UNIT: Final = "unit"
PLACE: Final = "place"
KNOWN_LINE: Final = "known-line"
KNOWN_ZIP: Final = "known-zip"

MIN_HEARD: Final = 4
MIN_STEM: Final = 5
"""Stems under five letters have only a sound, those under four none."""
MIN_SOUND: Final = 3

_COUNTED_VERSION: Final = "forms-2"
_NO_ZIPS: Final = NO_ZIPS | {""}
# Bound once: an enum's attribute costs more than the comparison.
_STREET: Final = AddressKind.STREET
_MILITARY: Final = AddressKind.MILITARY
_NONE: Final = AddressKind.NONE
_GENERAL: Final = AddressKind.GENERAL_DELIVERY
PLACED: Final = frozenset({_STREET, AddressKind.RURAL, AddressKind.HIGHWAY_CONTRACT})
"""The kinds of address whose ZIP the tolerance `place` forgives."""


def exact_address_key(form: AddressForm) -> str:
    """The key under which the residents of `form` are stored; "" where the address does not name
    one home.

    One home is named by a whole delivery line and a ZIP, or city and state: a holder's row with a
    ZIP and no city has an exact key, although a request like it is incomplete.
    """
    zone = zone_text(form)
    if not zone or not _is_whole(form):
        return ""
    return f"{FORMS_VERSION}|{EXACT}|{_home(form, form.unit)}|{_line(form)}|{zone}"


def exact_keys(form: AddressForm) -> tuple[AddressKey, ...]:
    """The exact key of `form` alone, as `address_keys` has it; () where there is none."""
    exact = exact_address_key(form)
    return (AddressKey(EXACT, exact),) if exact else ()


def counted_address(form: AddressForm) -> str:
    """The text by which questions are counted as about one address or two; "" where there is no
    exact key.

    It is the exact key of forms-2 for each address that both versions read alike, so that what was
    asked before the forms changed counts on. APT 4 and # 4 are one; STE 4 and APT 4 are two."""
    zone = zone_text(form)
    if not zone or not _is_whole(form):
        return ""
    return f"{_COUNTED_VERSION}|{EXACT}|{_home(form, without_apt(form.unit))}|{_line(form)}|{zone}"


def address_keys(form: AddressForm) -> tuple[AddressKey, ...]:
    """All keys of `form`, exact first, then in the order of the table of address keys; () where it
    has no exact key."""
    zone = zone_text(form)
    if not zone or not _is_whole(form):
        return ()
    line, exact = _line(form), _home(form, form.unit)
    home = _home(form, without_apt(form.unit)) if form.unit else exact
    keys = list[tuple[str, str]]()
    if form.kind is _STREET:
        spelled = _street_keys(form.predirectional, form.street, form.suffix, form.postdirectional)
        keys += [(tolerance, f"{kept}|{zone}") for tolerance, kept in spelled]
    if form.kind in PLACED and form.city and form.state:
        keys.append((PLACE, f"{line}|{_city_alike(form.city)}|{form.state}"))
    first = [AddressKey(EXACT, f"{FORMS_VERSION}|{EXACT}|{exact}|{line}|{zone}")]
    if form.unit:
        first += [
            AddressKey(UNIT, f"{FORMS_VERSION}|{UNIT}|{_home(form, unit)}|{line}|{zone}")
            for unit in same_texts(form.unit)
        ]
    return tuple(
        first
        + [
            AddressKey(tolerance, f"{FORMS_VERSION}|{tolerance}|{home}|{key}")
            for tolerance, key in keys
        ]
    )


def keys_of_forms(keys: Iterable[AddressKey], forms_version: str) -> list[AddressKey]:
    """The keys as a register of these normal forms has them, which may be earlier ones."""
    start = len(FORMS_VERSION)
    return [AddressKey(each.tolerance, forms_version + each.key[start:]) for each in keys]


def known_place_keys(form: AddressForm) -> tuple[AddressKey, ...]:
    """The keys that would show that the register knows the line and the ZIP of `form`: one of each,
    or fewer."""
    zone = zone_text(form)
    found: list[AddressKey] = []
    if form.kind is _STREET and form.street and zone:
        line = f"{form.kind}|{_line(form)}|{form.urbanization}|{zone}"
        found.append(AddressKey(KNOWN_LINE, f"{FORMS_VERSION}|{KNOWN_LINE}|{line}"))
    if form.kind in PLACED and form.city and form.state and form.zip5 not in _NO_ZIPS:
        place = f"{form.zip5}|{_city_alike(form.city)}|{form.state}"
        found.append(AddressKey(KNOWN_ZIP, f"{FORMS_VERSION}|{KNOWN_ZIP}|{place}"))
    return tuple(found)


def counted_among(form: AddressForm) -> tuple[AddressKey, ...]:
    """For each of `known_place_keys`, in their order, what it is counted among. These name no
    bucket and are never stored."""
    among = {
        KNOWN_LINE: f"{form.kind}|{form.street}|{form.urbanization}|{zone_text(form)}",
        KNOWN_ZIP: f"{_city_alike(form.city)}|{form.state}",
    }
    kinds = [known.tolerance for known in known_place_keys(form)]
    return tuple([AddressKey(kind, f"among|{kind}|{among[kind]}") for kind in kinds])


@lru_cache(maxsize=16384)
def _street_keys(
    predirectional: str, street: str, suffix: str, postdirectional: str
) -> list[tuple[str, str]]:
    """(tolerance, what its key keeps between urbanization and zone) of the keys between exact and
    place. Streets repeat."""
    form = AddressForm(_STREET, "", predirectional, street, suffix, postdirectional)
    spelled = stems(form)
    if spelled is None:
        return [("affix", each) for each in numbered(form)]
    letters, bare = spelled
    keys = [("affix", f"{name}|") for name in (bare, shortened(form), glued(form)) if name]
    tail = f"{predirectional}|{postdirectional}|{inner_directionals(form)}"
    parted, is_right = endings(letters)
    root, end = parted[0] if is_right else (letters, "")
    heard = sound(root)
    if len(letters) >= MIN_HEARD and len(heard) >= MIN_SOUND:
        heard += f" {end}" if is_right else ""
        begun = first_directional(form)
        keys.append(("sound", f"{heard}|{tail}" + (f"|{begun}" if begun else "")))
    keys += [("start", f"{each} {of}|{tail}") for each, of in parted]
    if is_right:
        keys += [("end", f"{each} {end}|{tail}") for each in without_one(root)]
    elif len(letters) >= MIN_STEM:
        keys += [
            ("start", f"{letters[:3]}{letters[-1]}|{tail}"),
            ("end", f"{letters[0]}{letters[-3:]}|{tail}"),
        ]
    if len(letters) >= MIN_STEM and (not is_right or len(root) >= LEAST_SLIPPED_ROOT):
        keys.append(("rest", f"{letters[1:]}|{tail}"))  # BOXWOOD is not FOXWOOD
    if len(letters) >= MIN_STEM:
        keys.append(("head", f"{letters[:-1]}|{tail}"))
    return keys


def city_pair(form: AddressForm) -> str:
    """What `place` and `known-zip` keep of the city, with the state; "" where a form has no key of
    the tolerance `place`. With the exact key it settles that key and the mark of the ZIP."""
    if form.kind in PLACED and form.city and form.state:
        return f"{_city_alike(form.city)}|{form.state}"
    return ""


def home_text(form: AddressForm) -> str:
    """What no key relaxes: the unit without its kind, which a `#` leaves open."""
    return _home(form, identifiers(form.unit) if form.unit else "")


def _home(form: AddressForm, unit: str) -> str:
    return f"{form.kind}|{form.number}|{unit}|{form.urbanization}"


def _line(form: AddressForm) -> str:
    return f"{form.predirectional}|{form.street}|{form.suffix}|{form.postdirectional}"


def zone_text(form: AddressForm) -> str:
    """The ZIP, or city and state where no usable ZIP is written; "" where neither is."""
    if form.zip5 not in _NO_ZIPS:
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
    return form.kind is _GENERAL or (form.kind is not _NONE and bool(form.number))
