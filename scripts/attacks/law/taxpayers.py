"""law-3: two taxpayers in a row, where 26 USC 6103(b)(6) and (i)(2)(B)(i) say "the taxpayer". One
of the two lives there."""

from __future__ import annotations

from typing import Final

from scripts.attacks.law.rows import Case, group
from scripts.attacks.people import GIVEN, Row

_FAMILY: Final = (
    "Perez", "Arriaga", "Bontempi", "Castellano", "Duquesne", "Echeverria", "Fontaine", "Galindo",
    "Herrera", "Iturbide", "Jimenez", "Kandinsky", "Larranaga", "Mendizabal", "Noriega", "Olivares",
    "Pacheco", "Quesada", "Robledo", "Saavedra", "Tejada", "Urrutia", "Valverde", "Wolinski",
    "Ybarra", "Zaldivar",
)  # fmt: skip


def _case(number: int, name: str, given: str, family: str = "{f}", listed: bool = False) -> Case:
    """`{g}` and `{f}` stand for the resident's given and family name."""
    own, its = GIVEN[number % len(GIVEN)], _FAMILY[number]
    if number < len(_REPORTED):
        own, its = "Juan", ("Perez", "Perez-Luna")[number]
    changes: Row = {
        "given_name": given.format(g=own, f=its),
        "family_name": family.format(g=own, f=its),
    }
    return Case(name, changes, listed, resident=(own, its))


_REPORTED: Final = (("and", "{g} and Zelda"), ("or", "{g} or Maria"))
_GIVEN: Final = (
    ("sign", "{g} & Zelda"),
    ("sign-wide", "{g} \uff06 Zelda"),
    ("plus", "{g} + Zelda"),
    ("stroke", "{g}/Zelda"),
    ("leet", "{g} 4nd Zelda"),
    ("cyrillic", "{g} \u0430nd Zelda"),
    ("unseen", "{g} a\u200bnd Zelda"),
    ("wide", "{g} \uff41\uff4e\uff44 Zelda"),
    ("hyphens", "{g}-and-Zelda"),
    ("latin", "{g} et ux"),
    ("titles", "Mr and Mrs {g}"),
    ("spanish", "{g} y Zelda"),
    ("comma", "{g}, Zelda"),
    ("semicolon", "{g}; Zelda"),
    ("parentheses", "{g} (Zelda)"),
    ("turned", "Zelda and {g}"),
)
_BOTH: Final = (
    ("family", "{g}", "and Zelda {f}"),
    ("family-sign", "{g}", "& Zelda {f}"),
    ("household", "{g}", "{f} household"),
    ("whole", "{g} {f} and Zelda", "{f}"),
    ("family-last", "{g}", "{f} family"),
    ("brothers", "Brothers {g}", "{f}"),
    ("hermanas", "Hermanas {g}", "{f}"),
)
CASES: Final = (
    *(_case(n, name, given, listed=True) for n, (name, given) in enumerate(_REPORTED)),
    *(_case(n, name, given) for n, (name, given) in enumerate(_GIVEN, 2)),
    *(_case(n, *each) for n, each in enumerate(_BOTH, 2 + len(_GIVEN))),
    Case(
        "middle",
        {"given_name": "Casimir", "middle_name": "and Zelda", "family_name": "Wyszynski"},
        resident=("Casimir", "Wyszynski"),
    ),
    Case(
        "suffix",
        {"given_name": "Ludmila", "family_name": "Vorobieva", "suffix": "and husband"},
        resident=("Ludmila", "Vorobieva"),
    ),
    Case("honest", {}, control=True),
    Case("honest-two-words", {}, control=True, resident=("Maria Jose", "Lopez Portillo")),
    Case("honest-name-or", {}, control=True, resident=("Or", "Cohenour")),
    Case("honest-joined", {}, control=True, resident=("Santiago", "Ramon y Cajal")),
    Case("honest-inside", {}, control=True, resident=("Anders", "Sandovar")),
)
GROUPS: Final = (group("law-3", CASES),)
