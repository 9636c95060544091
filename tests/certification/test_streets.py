"""Streets are alike only where the source shows both, as places of their own, and a tolerant door
leads to both."""

from __future__ import annotations

from counterfoil.certification.places import SimilarStreets, StreetCollector


def found(*lines: str, zip5: str = "98101") -> SimilarStreets:
    streets = StreetCollector()
    for line in lines:
        streets.note(line, "Anytown", "WA", zip5)
    return streets.finish()


def homes(street: str, count: int = 3) -> list[str]:
    return [f"{100 + 4 * at} {street}" for at in range(count)]


def written(alike: SimilarStreets) -> set[str]:
    return set(alike.written.values())


def test_another_directional_another_suffix_and_another_spelling_are_alike() -> None:
    assert written(found(*homes("N Heron Rd"), *homes("S Heron Rd"))) == {
        "N HERON RD",
        "S HERON RD",
    }
    assert written(found(*homes("Heron Rd"), *homes("Heron Ct"))) == {"HERON RD", "HERON CT"}
    assert written(found(*homes("Copperfield Ave"), *homes("Coperfield Ave"))) == {
        "COPPERFIELD AVE",
        "COPERFIELD AVE",
    }


def test_streets_of_other_names_or_other_zips_are_not_alike() -> None:
    assert written(found(*homes("Heron Rd"), *homes("Juniper Rd"))) == set()
    streets = StreetCollector()
    for zip5, street in (("98101", "N Heron Rd"), ("98102", "S Heron Rd")):
        for line in homes(street):
            streets.note(line, "Anytown", "WA", zip5)
    assert streets.finish().others == {}


def test_a_street_of_two_homes_may_be_a_slip_and_is_left_alone() -> None:
    assert written(found(*homes("N Heron Rd"), *homes("S Heron Rd", 2))) == set()
    assert (
        written(
            found(
                *homes("N Heron Rd"),
                *homes("S Heron Rd", 2),
                "100 S Heron Rd",
                "100 S Heron Rd Apt 4",
            )
        )
        == set()
    )


def test_a_line_that_says_less_counts_only_if_it_has_an_eighth_of_the_fuller_one() -> None:
    assert written(found(*homes("N Heron Rd", 25), *homes("Heron Rd", 3))) == set()
    assert written(found(*homes("N Heron Rd", 24), *homes("Heron Rd", 3))) == {
        "N HERON RD",
        "HERON RD",
    }


def test_every_writing_of_a_street_finds_the_streets_like_it() -> None:
    alike = found(*homes("North Heron Road"), *homes("S Heron Rd"), "900 N. Heron Rd Apt 7")
    for line, unit in (("5 North Heron Road", ""), ("5 n. heron rd apt 7", "APT 7")):
        place = alike.find(line, "98101")
        assert place is not None
        assert place[:2] == ("5", unit)
        assert [alike.written[at] for at in place[2]] == ["S HERON RD"]
    assert alike.find("5 N Heron Rd", "98199") is None
    assert alike.find("N Heron Rd", "98101") is None


def test_what_is_no_street_is_passed_over() -> None:
    assert (
        found(
            "PO Box 12", "", "12", "RR 2 Box 5", "\u0661\u0662 Heron Rd", *homes("Heron Rd")
        ).others
        == {}
    )


def test_p1_a_table_of_streets_hides_every_street() -> None:
    assert str(found(*homes("N Heron Rd"), *homes("S Heron Rd"))) == "<SimilarStreets: hidden>"
