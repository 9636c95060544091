"""Two questions whose address keys can lead to one home share a home key, however the street, the
unit and the last line are written."""

from __future__ import annotations

import random
import string
from itertools import combinations

import pytest

from counterfoil.core.values import Address, AddressForm
from counterfoil.normalize import address_keys, exact_address_key, home_keys, normalize_address

STREETS = (
    "Interlake", "Main", "Oak", "White Birch", "Martin Luther King", "Phillips", "Schafer", "Ghent",
    "Venice", "5th", "148th", "Saint Louis", "Elm Grove", "North Heron", "West End", "Avenue B",
    "County Road 12", "Xenia", "Carter", "Bay", "Quail Hollow", "La Cienega", "Washington", "Erie",
)  # fmt: skip
SUFFIXES = ("Ave", "St", "Rd", "Dr", "Ln", "Ct", "Blvd", "Way", "")
DIRECTIONS = ("", "", "N", "S", "East", "NW")
UNITS = ("", "", "Apt 4", "Unit 12B", "# 7")
OTHER_UNITS = {"Apt 4": ("#4", "Unit 4", "Apartment 04"), "Unit 12B": ("Apt 12-B", "# 12 B")}
CITIES = ("Seattle", "Fort Worth", "Saint Paul", "Chula Vista")
PLACES = {
    "WA": ("98103", "98133", "98109"), "ID": ("83414", "83422"), "WY": ("83414", "83001"),
    "GU": ("96910", "96950"), "MP": ("96950", "96910"), "NY": ("06390", "11201"),
    "CT": ("06390", "06320"),
}  # fmt: skip
"""States and ZIPs; some ZIPs go with two of the states."""
HEARD = (("i", "y"), ("e", "a"), ("ph", "f"), ("c", "k"), ("ll", "l"), ("s", "z"), ("t", "d"))


def _slip(text: str, chance: random.Random) -> str:
    at, letter = chance.randrange(len(text)), chance.choice(string.ascii_lowercase)
    return chance.choice(
        (
            text[:at] + letter + text[at + 1 :],
            text[:at] + text[at + 1 :],
            text[:at] + letter + text[at:],
            text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :],
        )
    )


def _street(street: str, chance: random.Random) -> str:
    """The name as it may be misspelled: by slips in one half or both, at an end, or by sound."""
    what = chance.random()
    if what < 0.3:
        return street
    if what < 0.4:
        return chance.choice(string.ascii_uppercase) + street[1:]
    if what < 0.5:
        return street[:-1] + chance.choice(string.ascii_lowercase)
    if what < 0.6:
        return street[:3] + _slip(street[3:-1] or "x", chance) + street[-1]
    if what < 0.7:
        return street[0] + _slip(street[1:-3] or "x", chance) + street[-3:]
    if what < 0.85:
        old, new = chance.choice(HEARD)
        return street.replace(old, new, 1)
    return _slip(_slip(street, chance), chance)


class Home:
    """A home by its parts, and ways to write it."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.number = str(chance.randrange(1, 9999))
        self.before, self.after = chance.choice(DIRECTIONS), chance.choice(DIRECTIONS)
        self.street, self.suffix = chance.choice(STREETS), chance.choice(SUFFIXES)
        self.unit, self.city = chance.choice(UNITS), chance.choice(CITIES)
        self.state = chance.choice(("WA", "WA", "WA", *PLACES))
        self.zip = chance.choice((*PLACES[self.state], ""))

    def form(self) -> AddressForm:
        """As it is."""
        line = " ".join([self.number, self.before, self.street, self.suffix, self.after])
        return normalize_address(Address(line, self.unit, self.city, self.state, self.zip))

    def written(self) -> AddressForm:
        """As somebody writes it."""
        chance = self.chance
        parts = [
            self.number,
            chance.choice((self.before, self.before, "", _slip(self.before or "W", chance))),
            _street(self.street, chance),
            chance.choice((self.suffix, self.suffix, "", _slip(self.suffix or "St", chance))),
            chance.choice((self.after, self.after, "")),
        ]
        unit = chance.choice((self.unit, *OTHER_UNITS.get(self.unit, ())))
        city = chance.choice((self.city, _slip(self.city, chance), "Nowhere"))
        state = chance.choice((self.state, self.state, chance.choice([*PLACES])))
        zip_code = chance.choice((self.zip, self.zip, chance.choice(PLACES[state]), ""))
        return normalize_address(Address(" ".join(parts), unit, city, state, zip_code))


@pytest.mark.parametrize("seed", range(4))
def test_questions_that_can_lead_to_one_home_share_a_key(seed: int) -> None:
    chance, pairs = random.Random(seed), 0
    for _ in range(60):
        home = Home(chance)
        opened = {each.key for each in address_keys(home.form())}
        asked = {home.written() for _ in range(40)}
        leading = [form for form in asked if any(key.key in opened for key in address_keys(form))]
        for one, two in combinations(leading, 2):
            assert not set(home_keys(one)).isdisjoint(home_keys(two)), (one, two)
            pairs += 1
    assert pairs > 3_000


@pytest.mark.parametrize(
    "other",
    [
        Address("1503 Interlake Ave N", "", "Seattle", "WA", "98103"),
        Address("1501 Interlake Ave N", "Apt 2", "Seattle", "WA", "98103"),
        Address("1501 Interlake Ave N", "", "Portland", "OR", "97201"),
        Address("1501 Elm St", "", "Seattle", "WA", "98133"),
        Address("PO Box 1501", "", "Seattle", "WA", "98103"),
    ],
)
def test_another_home_is_another(other: Address) -> None:
    home = normalize_address(Address("1501 Interlake Ave N", "", "Seattle", "WA", "98103"))
    assert set(home_keys(home)).isdisjoint(home_keys(normalize_address(other)))


def test_what_names_no_home_has_no_key() -> None:
    for address in (Address(), Address("Interlake Ave", "", "Seattle", "WA", "98103")):
        form = normalize_address(address)
        assert (exact_address_key(form), home_keys(form)) == ("", ())


def test_a_home_is_in_each_state_that_its_zip_goes_with() -> None:
    line, city = "1501 Interlake Ave N", "Alta"
    right = normalize_address(Address(line, "", city, "ID", "83414"))
    moved = normalize_address(Address(line, "", city, "WY", "83001"))
    home = {
        each.key for each in address_keys(normalize_address(Address(line, "", city, "WY", "83414")))
    }
    for asked in (right, moved):
        assert not home.isdisjoint(each.key for each in address_keys(asked))
    assert not set(home_keys(right)).isdisjoint(home_keys(moved))
    far = normalize_address(Address(line, "", city, "MT", "59001"))
    assert set(home_keys(far)).isdisjoint({*home_keys(right), *home_keys(moved)})


def test_boxes_and_routes_have_the_keys_of_their_kind() -> None:
    box = normalize_address(Address("PO Box 12", "", "Seattle", "WA", "98103"))
    route = normalize_address(Address("RR 2 Box 15", "", "Seattle", "WA", "98103"))
    moved = normalize_address(Address("RR 2 Box 15", "", "Seattle", "WA", "98133"))
    assert len(home_keys(box)) == 1
    assert set(home_keys(route)) & set(home_keys(moved))
