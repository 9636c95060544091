"""The names of the made-up households: three arms of equal size, with equal frequencies.

    compound   two family names, Spanish given names     GARCIA RUIZ, DE LA CRUZ SOTO
    spanish    one family name of the same list, the same given names
    other      one made-up family name, English given names

An arm is a way of making a file, not a kind of person. Spanish given names and their familiar forms
come from the project's own table (src/counterfoil/normalize/data/spanish_given_names.csv), English
ones from the table of nicknames that the forms read. The family names below are written by hand;
`other` ones are put together of syllables. Lists of a kind have the same length and the same
frequencies, so that arms differ in names alone.
"""

from __future__ import annotations

import random
from importlib.resources import files
from itertools import accumulate
from typing import Final, NamedTuple

from bench.certify.make_people import family_names
from counterfoil.normalize.name_similarity import familiar_forms

ARMS: Final = ("compound", "spanish", "other")
ROUND: Final = ("compound", "spanish", "other", "other")
"""The arms of each round of households: Spanish and other given names are borne by equally many
people of the register."""


def _words(text: str) -> list[str]:
    return text.split()


SPANISH_FAMILY: Final = _words(
    "GARCIA RODRIGUEZ MARTINEZ HERNANDEZ LOPEZ GONZALEZ PEREZ SANCHEZ RAMIREZ TORRES FLORES "
    "RIVERA GOMEZ DIAZ REYES MORALES "
    "CRUZ ORTIZ GUTIERREZ CHAVEZ RAMOS RUIZ ALVAREZ MENDOZA VASQUEZ CASTILLO JIMENEZ MORENO "
    "ROMERO HERRERA MEDINA AGUILAR "
    "GARZA CASTRO VARGAS FERNANDEZ GUZMAN MUNOZ MENDEZ SALAZAR SOTO DELGADO PENA RIOS ALVARADO "
    "SANDOVAL CONTRERAS VALDEZ "
    "GUERRERO ORTEGA ESTRADA NUNEZ MALDONADO VEGA SANTIAGO DOMINGUEZ ESPINOZA SILVA PADILLA "
    "MARQUEZ CORTEZ ROJAS ACOSTA "
    "FIGUEROA LUNA JUAREZ NAVARRO CAMPOS MOLINA AVILA AYALA ROBLES MEJIA CARRILLO VALENCIA "
    "SERRANO ROSALES MEZA CERVANTES "
    "CABRERA SALINAS ZAMORA LEON SUAREZ TREVINO OCHOA VILLARREAL PACHECO CALDERON FUENTES "
    "CARDENAS BELTRAN BARRERA ESCOBAR "
    "VELASQUEZ LARA MIRANDA MARES QUINTERO IBARRA GALLEGOS TREJO OROZCO VELAZQUEZ ROSARIO "
    "ARROYO PINEDA ARIAS CISNEROS"
)
PARTICLED: Final = (
    "DE LA CRUZ",
    "DE LEON",
    "DEL RIO",
    "DE LOS SANTOS",
    "DE LA ROSA",
    "DEL TORO",
    "DE LA TORRE",
)
_PARTICLES: Final = 0.06


class Arm(NamedTuple):
    """The lists of one arm, most frequent first, and each given name's familiar forms."""

    name: str
    given: list[str]
    family: list[str]
    familiar: dict[str, list[str]]


def make_arms(chance: random.Random) -> dict[str, Arm]:
    """The three arms; lists cut to one length."""
    spanish = spanish_table()
    english = {
        name: sorted(forms)
        for name, forms in familiar_forms().items()
        if len(name) > 2 and name not in spanish
    }
    taken = {form for forms in spanish.values() for form in forms}
    plain = [name for name in _shuffled(sorted(english), chance) if name not in taken][
        : len(spanish)
    ]
    given = _shuffled(sorted(spanish), chance)[: len(plain)]
    other = family_names(chance)[len(SPANISH_FAMILY) :][: len(SPANISH_FAMILY)]
    return {
        "compound": Arm("compound", given, SPANISH_FAMILY, spanish),
        "spanish": Arm("spanish", given, SPANISH_FAMILY, spanish),
        "other": Arm("other", plain, other, english),
    }


def spanish_table() -> dict[str, list[str]]:
    """Each Spanish given name of the project's table with its familiar forms."""
    text = (
        files("counterfoil.normalize")
        .joinpath("data", "spanish_given_names.csv")
        .read_text(encoding="ascii")
    )
    lines = (line.split(",") for line in text.splitlines() if line and not line.startswith("#"))
    return {line[0]: line[1:] for line in lines if len(line) > 1}


def draw(chance: random.Random, names: list[str]) -> str:
    """One name; frequencies fall as 1 / (rank + 20): the most frequent of 120 is borne by one in
    40."""
    weights = list(accumulate(1 / (rank + 20) for rank in range(len(names))))
    return chance.choices(names, cum_weights=weights)[0]


def draw_family(chance: random.Random, arm: Arm) -> str:
    """One family name; in Spanish arms some with particles."""
    if arm.name != "other" and chance.random() < _PARTICLES:
        return chance.choice(PARTICLED)
    return draw(chance, arm.family)


def _shuffled(names: list[str], chance: random.Random) -> list[str]:
    return chance.sample(names, len(names))
