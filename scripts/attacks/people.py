"""Made-up people, homes, officers and matters for the attacks. Everything is of the shape that the
agreement demands; no two requests share a reason, an investigation, an officer or an order unless
the attack wants it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Final

from scripts.attacks import tree

Row = dict[str, str]

SOURCE_COLUMNS: Final = (
    "record_ref", "tin", "given_name", "middle_name", "family_name", "suffix", "date_of_birth",
    "line1", "line2", "city", "state", "zip", "taxable_period",
)  # fmt: skip
GIVEN: Final = (
    "Rosalind", "Bartholomew", "Consuelo", "Percival", "Wilhelmina", "Teodoro", "Philippa",
    "Leopold", "Henrietta", "Augustin", "Gwendolyn", "Ferdinand", "Octavia", "Thaddeus",
    "Marguerite", "Ignacio", "Ursula", "Desmond", "Yolanda", "Zebulon", "Katarina", "Lysander",
)  # fmt: skip
FAMILY: Final = (
    "Achterberg", "Villanueva", "Vandermolen", "Ostrander", "Featherstone", "Quintanilla",
    "Thornquist", "Winterbourne", "Ravensworth", "Birdwhistle", "Zuckerman", "Kowalczyk",
    "Yamaguchi", "Lindqvist", "Okonkwo", "Delacroix", "Hargreaves", "Montenegro", "Pemberton",
    "Szymanski", "Umbridge", "Jefferson", "Crawford", "Nakamura",
)  # fmt: skip
STREETS: Final = (
    "Heron Lake Rd", "Copperfield Ave", "Juniper Ct", "Marigold St", "Larkspur Way", "Thimble Dr",
    "Quarry Ln", "Wisteria Blvd", "Foxglove Ter", "Dunmore Pl", "Sycamore Cir", "Bellwether Rd",
    "Mulberry Ave", "Vintner Ct", "Orchard St", "Paddock Way", "Emerson Dr", "Kestrel Ln",
)  # fmt: skip
_WORDS: Final = (
    "amber", "birch", "cedar", "dahlia", "ember", "fjord", "grove", "heath", "inlet", "jetty",
    "kiosk", "lodge", "manor", "north", "olive", "plaza", "quill", "ridge", "spire", "tower",
    "upland", "valley", "willow", "xylem", "yonder", "zenith",
)  # fmt: skip


_STARTS: Final = (
    "Bel", "Cor", "Dar", "Fen", "Gal", "Hol", "Jun", "Kel", "Lor", "Mar", "Nor", "Pel", "Quen",
    "Ros", "Syl", "Tam", "Ver", "Wil", "Yar", "Zel",
)  # fmt: skip
_ENDS: Final = (
    "amina",
    "etha",
    "ibeth",
    "olind",
    "undra",
    "avier",
    "edric",
    "istan",
    "oway",
    "uben",
)
_FAMILY_ENDS: Final = (
    "abrook", "eckham", "ingford", "ostrova", "ubertson", "anquist", "elloni", "irwood", "orenko",
    "ulvain",
)  # fmt: skip


def rare_name(number: int) -> tuple[str, str]:
    """Given and family name of a person; no two of the first 200 share either, and each stays
    unlike those of this file's lists."""
    given = _STARTS[number % 20] + _ENDS[(number // 20 + number) % 10]
    family = _STARTS[(number * 3 + 7) % 20] + _FAMILY_ENDS[(number // 20 + 3 * number) % 10]
    return given, family


def crowd(count: int = 200) -> list[Row]:
    """People of households of two, each in two years, for a register to learn from."""
    rows: list[Row] = []
    for number in range(count):
        given, family = rare_name(number)
        home = f"{4101 + 3 * (number // 2)} {STREETS[number // 2 % len(STREETS)]}"
        born = f"{1940 + number * 7 % 61}-{1 + number * 5 % 12:02d}-{1 + number * 11 % 28:02d}"
        family = rare_name(number - number % 2)[1]
        held = {"tin": f"9{number % 90 + 10}-00-{1000 + number}", "date_of_birth": born}
        rows += [
            person(f"c{number}-{year}", given, family, home, taxable_period=year, **held)
            for year in ("2023", "2024")
        ]
    return rows


def words_of(number: int) -> str:
    """Four words that no other number has."""
    base, found = len(_WORDS), list[str]()
    for _ in range(4):
        number, digit = divmod(number, base)
        found.append(_WORDS[(digit + 7 * len(found)) % base])
    return " ".join(reversed(found))


def person(ref: str, given: str, family: str, line1: str, **changes: str) -> Row:
    """One row of a register; `changes` are other columns."""
    row = dict.fromkeys(SOURCE_COLUMNS, "") | {
        "record_ref": ref,
        "given_name": given,
        "family_name": family,
        "line1": line1,
        "city": "Anytown",
        "state": "WA",
        "zip": "98101",
        "taxable_period": "2024",
    }
    return row | changes


def request(number: int, given: str, family: str, line1: str, **changes: str) -> Row:
    """One request that is in order; `changes` are other columns. Its id is `qNUMBER`."""
    words = words_of(number)
    officer = f"{GIVEN[number % len(GIVEN)]} {FAMILY[number // len(GIVEN) % len(FAMILY)]}"
    row = dict.fromkeys(tree.columns(), "") | {
        "request_id": f"q{number}",
        "given_name": given,
        "family_name": family,
        "line1": line1,
        "city": "Anytown",
        "state": "WA",
        "zip": "98101",
        "taxable_periods": "2024",
        "statutory_authority": "8 USC 1253(a)(1)",
        "reason": "Willful failure to depart after the final order: residence in the period bears "
        f"on intent, with the {words} evidence",
        "investigation_number": f"HSI-2026-{number * 7919 % 1_000_003:07d}",
        "investigation_opened_on": "2026-01-20",
        "removal_order_number": f"RO-{number * 104_729 % 10_000_019:08d}",
        "removal_order_date": "2025-03-14",
        "removal_ground": "8 USC 1227(a)(1)(B)",
        "engaged_officers": f"K{number % 528 + 1000}|{officer}|Special Agent",
        "use_certified": "true",
    }
    return row | tree.honest() | changes


def names() -> Iterator[tuple[str, str]]:
    """Given and family names of people whom no register has, no two alike."""
    for shift, (at, given) in product(range(len(FAMILY)), enumerate(GIVEN)):
        yield given, FAMILY[(at + shift) % len(FAMILY)]


def homes(first: int = 1201) -> Iterator[str]:
    """Addresses that no register has, no two of one number: whoever asks for one number on several
    streets of a ZIP may be trying to write one street."""
    for at, number in enumerate(range(first, 99_999, 37)):
        yield f"{number} {STREETS[at % len(STREETS)]}"
