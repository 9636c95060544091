"""ZIPs that are places of their own, and who was where: counted in bounded memory."""

from __future__ import annotations

from counterfoil.certification.places import BloomSet, Presence, ZipCollector, checksum_of


def counted(**homes: int) -> ZipCollector:
    counter = ZipCollector()
    for zip5, count in homes.items():
        for at in range(count):
            counter.note(f"{at} Heron Rd", "Anytown", "WA", zip5.removeprefix("z"))
    return counter


def test_zips_of_a_city_are_found_whatever_its_letter_case() -> None:
    zips = counted(z98101=6, z98102=9).finish()
    assert zips.others("anytown", "wa", "98101") == ("98102",)
    assert zips.knows("ANYTOWN", "WA", "98101")


def test_a_zip_of_few_homes_may_be_a_slip_and_is_left_alone() -> None:
    zips = counted(z98101=6, z98102=5).finish()
    assert zips.others("Anytown", "WA", "98101") == ()
    assert not zips.knows("Anytown", "WA", "98102")
    assert zips.everywhere == (("ANYTOWN", "WA", "98101"),)


def test_a_zip_of_a_small_share_of_its_city_may_be_a_slip_too() -> None:
    assert counted(z98101=890, z98102=6).finish().others("Anytown", "WA", "98101") == ()
    assert counted(z98101=700, z98102=6).finish().others("Anytown", "WA", "98101") == ("98102",)


def test_a_home_counts_once_however_often_it_is_written() -> None:
    counter = ZipCollector()
    for _ in range(9):
        counter.note("12 Heron Rd", "Anytown", "WA", "98101")
    assert counter.finish().everywhere == ()


def test_who_was_noted_somewhere_is_never_said_to_be_absent() -> None:
    presence = Presence()
    people = [checksum_of(f"900-00-{number:04}", "12 Heron Rd") for number in range(5000)]
    for person in people:
        presence.note(person, "2023")
    assert all(presence.may_hold(person, "2023") for person in people)
    assert not any(presence.may_hold(person, "2024") for person in people)
    assert sum(presence.may_hold(person + 1, "2023") for person in people) < 50


def test_something_is_new_once() -> None:
    seen = BloomSet()
    assert [seen.add(checksum_of("Heron", "Rd")), seen.add(checksum_of("HERON", "RD"))] == [
        True,
        False,
    ]
    assert seen.holds(checksum_of("heron", "rd"))
    assert not seen.holds(checksum_of("heronrd"))
