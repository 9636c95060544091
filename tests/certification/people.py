"""Made-up rows, decks and residents for decoys."""

from __future__ import annotations

from datetime import date

from counterfoil.certification.decoys import SourceRecord
from counterfoil.certification.places import CityZips, Presence, SimilarStreets, StreetCollector
from counterfoil.certification.source_sample import SourceSample, sampled_name
from counterfoil.core.values import Address, Grant, NameForm, Person, Request, Resident, Residents
from counterfoil.normalize import normalize_address, normalize_name

RECORD = SourceRecord(
    "Marisol", "Ana", "Quintanilla", "", "1981-05-29",
    "1847 N Heron Lake Rd", "Apt 4B", "Anytown", "WA", "98101", "r1", "900-00-1001", "2024",
)  # fmt: skip


def alike() -> SimilarStreets:
    """Two streets of one name, each with three homes, and one that stands alone."""
    streets = StreetCollector()
    for line in ("N Heron Lake Rd", "S Heron Lake Rd", "Thornquist Ave"):
        for number in (1843, 1847, 1851):
            streets.note(f"{number} {line}", "Anytown", "WA", "98101")
    return streets.finish()


SAMPLE = SourceSample(
    (
        sampled_name("Teodoro", "B", "Ostrander", "1979-10-27"),
        sampled_name("Wilhelmina", "", "Vandermolen", "1990-01-02"),
        sampled_name("Marisol", "C", "Thornquist", "1962-03-04"),
        sampled_name("Marta", "", "Featherstone", "1955-07-08"),
    ),
    CityZips(
        {("ANYTOWN", "WA"): ("98101", "98102"), ("ELSEWHERE", "WA"): ("98109",)},
        (("ANYTOWN", "WA", "98101"), ("ANYTOWN", "WA", "98102"), ("ELSEWHERE", "WA", "98109")),
    ),
    alike(),
    Presence(),
    (2023, 2024),
    4,
)


def grant(
    given: str,
    family: str,
    *,
    line1: str = "1847 Heron Lake Rd",
    suffix: str = "",
    years: tuple[int, ...] = (2024,),
    born: date | None = None,
) -> Grant:
    person, address = (
        Person(given, "", family, suffix, born),
        Address(line1, "", "Anytown", "WA", "98101"),
    )
    request = Request("q1", 1, person, address, tuple(map(str, years)))
    return Grant(request, normalize_address(address), normalize_name(person), years, "sha256:")


def resident(
    ref: str,
    given: str,
    family: str,
    *,
    tin: bytes = b"",
    born: date | None = None,
    suffix: str = "",
    years: tuple[int, ...] = (2024,),
) -> Resident:
    return Resident(NameForm((given,), (), (family,), suffix), born, tin, ref, years)


def opened(*held: Resident, doors: tuple[str, ...] = ()) -> Residents:
    return Residents(held, doors or ("exact",) * len(held))
