"""A tolerance forgives only what the register does not know as a place of its own."""

from __future__ import annotations

import pytest

from counterfoil import normalize
from counterfoil.core.values import Address
from counterfoil.register.known_places import known_lines
from counterfoil.register.loading import decode_links, encode_links, find_links
from counterfoil.register.stores import LmdbReader
from tests.register.conftest import Office, grant_at

TOWN = {"line2": "", "city": "Seattle", "state": "WA", "zip": "98103"}
ROSALIND = {"given_name": "Rosalind", "family_name": "Achterberg", "taxable_period": "2020"}


def home(line1: str, ref: str = "", **place: str) -> dict[str, str]:
    return {"record_ref": ref or line1, "line1": line1, **ROSALIND, **TOWN, **place}


def street(line: str, homes: int, **place: str) -> list[dict[str, str]]:
    """Homes 1, 2, 3 ... on a line."""
    return [
        home(f"{number} {line}", f"{line} {number} {place}", **place)
        for number in range(1, homes + 1)
    ]


def found(office: Office, line1: str, **place: str) -> list[str]:
    """The doors by which residents of the asked address are reached, other addresses' included."""
    with office.open() as register:
        [residents] = register.open_residents([grant_at(TOWN | {"line1": line1} | place)])
    return sorted(residents.tolerances)


@pytest.mark.parametrize(
    ("asked", "held"),
    [
        ("Oak St", "Oak Ct"),
        ("N Oak St", "S Oak St"),
        ("Carter St", "Varter St"),
        ("Olney Ave", "Olny Ave"),
        ("Interlake Ave", "Intqrlpke Ave"),
    ],
)
def test_between_two_streets_that_people_live_in_no_tolerant_door_leads(
    office: Office, asked: str, held: str
) -> None:
    counts = office.build([*street(asked, 3)[1:], home(f"7 {asked}"), *street(held, 3)]).counts
    assert counts.known_lines == 2
    assert found(office, f"1 {asked}") == []
    assert found(office, f"2 {held}") == ["exact"]
    assert found(office, f"2 {asked}") == ["exact"]


@pytest.mark.parametrize(("asked", "held"), [(3, 2), (2, 3), (0, 3), (3, 1), (2, 2)])
def test_where_one_of_the_two_streets_has_fewer_than_three_homes_it_may_be_a_slip(
    office: Office, asked: int, held: int
) -> None:
    office.build([*street("Oak St", asked + 1)[1:], *street("Oak Ct", held)])
    assert found(office, "1 Oak St") == ["affix"]


def test_a_persons_own_row_under_a_misspelled_street_is_found_from_the_right_one(
    office: Office,
) -> None:
    office.build([*street("Interlake Ave N", 5), home("1 Interlale Ave N", "slip")])
    assert found(office, "1 Interlake Ave N") == ["exact", "start"]


def test_between_two_zips_of_the_city_no_door_leads(office: Office) -> None:
    counts = office.build([*street("Oak St", 3), *street("Elm St", 3, zip="98105")]).counts
    assert counts.known_zips == 2
    assert found(office, "1 Oak St", zip="98105") == []
    assert found(office, "1 Elm St") == []


def test_a_zip_that_few_of_the_city_carry_is_forgiven_on_either_side(office: Office) -> None:
    office.build([*street("Oak St", 3), *street("Elm St", 2, zip="98105")])
    assert found(office, "1 Oak St", zip="98105") == ["place"]
    assert found(office, "1 Elm St") == ["place"]
    assert found(office, "1 Oak St", zip="98199") == ["place"]


def test_a_zip_of_less_than_a_256th_of_the_city_is_a_slip(office: Office) -> None:
    few = street("Elm St", 3, zip="98105")
    assert office.build([*street("Oak St", 3 * 255), *few]).counts.known_zips == 2
    assert office.build([*street("Oak St", 3 * 256), *few]).counts.known_zips == 1
    assert found(office, "1 Elm St") == ["place"]


def test_a_line_that_leaves_out_the_suffix_is_a_street_only_with_an_eighth_of_the_homes(
    office: Office,
) -> None:
    assert office.build([*street("Oak St", 24), *street("Oak", 3)]).counts.known_lines == 2
    assert office.build([*street("Oak St", 25), *street("Oak", 3)]).counts.known_lines == 1
    assert office.build([*street("N Oak St", 25), *street("Oak", 3)]).counts.known_lines == 1
    assert found(office, "20 Oak") == ["affix"]


def test_a_court_is_not_weighed_against_the_street_of_its_name(office: Office) -> None:
    assert office.build([*street("Oak St", 200), *street("Oak Ct", 3)]).counts.known_lines == 2


def test_units_of_one_house_are_one_home_of_the_line(office: Office) -> None:
    flats = [home("1 Oak Ct", unit, line2=f"Apt {unit}") for unit in "ABCD"]
    assert office.build([*flats, home("3 Oak Ct")]).counts.known_lines == 0
    assert office.build([*flats, home("3 Oak Ct"), home("5 Oak Ct")]).counts.known_lines == 1


def test_the_same_line_in_another_zip_or_urbanization_is_counted_apart(office: Office) -> None:
    elsewhere = [*street("Oak Ct", 2, zip="98105"), *street("Oak Ct", 2)]
    urbanizations = [
        home(
            f"{number} Calle A",
            f"{urb} {number}",
            line2=f"Urb {urb}",
            city="Ponce",
            state="PR",
            zip="00717",
        )
        for urb in ("Las Flores", "Los Pinos")
        for number in (1, 2)
    ]
    assert office.build([*elsewhere, *urbanizations]).counts.known_lines == 0


def test_boxes_and_routes_have_no_line_mark(office: Office) -> None:
    people = [
        home(f"{kind} {number}", zip=f"9810{number}")
        for kind in ("PO Box", "RR 2 Box")
        for number in range(9)
    ]
    assert office.build(people).counts.known_lines == 0


def test_marks_do_not_depend_on_the_order_of_rows(office: Office) -> None:
    people = [
        *street("Oak St", 30),
        *street("Oak", 3),
        *street("Oak Ct", 3),
        *street("Elm St", 3, zip="98105"),
    ]
    counts = office.build(people).counts
    assert office.build(people[::-1]).counts == counts
    assert (counts.known_lines, counts.known_zips) == (3, 2)


def test_a_mark_is_stored_in_the_smallest_class_and_holds_nothing(office: Office) -> None:
    manifest = office.build_pairs(street("Oak St", 3))
    [line, _] = office.custodian().derive(
        normalize.known_place_keys(
            normalize.normalize_address(Address(**TOWN | {"line1": "9 Oak St"}))
        )
    )
    store = LmdbReader(
        office.register / manifest.snapshot / "buckets.lmdb",
        manifest.store_bytes,
        manifest.store_head_digest,
    )
    [value] = store.get_many([line[1]])
    store.close()
    assert value is not None
    assert len(value) == 128
    assert sum(manifest.counts.size_classes.values()) == (
        manifest.counts.exact_doors + manifest.counts.tolerant_doors + 1 + 1
    )


def test_where_a_row_leads_survives_its_encoding(office: Office) -> None:
    form = normalize.normalize_address(Address(**TOWN | {"line1": "9 N Oak St"}))
    _, links = find_links(form, office.custodian())
    assert decode_links(encode_links(links)) == links
    assert (links.parts, links.number, len(links.streets)) == (("N", "ST", ""), "9", 1)


def test_a_city_of_many_zips_forgets_the_rarest(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("counterfoil.register.known_places.ZIPS_MAX", 4)
    slips = [home(f"{number} Oak St", zip=f"9820{number}") for number in range(9)]
    counts = office.build([*street("Oak St", 9), *slips]).counts
    assert counts.known_zips == 1


def test_beyond_the_homes_held_at_once_the_first_tell_what_is_marked(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("counterfoil.register.known_places.HOMES_MAX", 4)
    counts = office.build(street("Oak St", 9)).counts
    assert (counts.known_lines, counts.exact_doors) == (1, 9)
    assert found(office, "7 Oak Ct") == ["affix"]


def test_no_homes_make_no_marks() -> None:
    assert known_lines([]) == frozenset()
