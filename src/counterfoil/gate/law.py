"""The law in force at one office: read, checked whole, digested, compiled.

    DIRECTORY/statutes/*.yaml     see statute.py
    DIRECTORY/routes/*.yaml       see route.py
    DIRECTORY/agreement.yaml      see agreement.py; a library holds agreements/NAME.yaml instead

What loading establishes, in this order:

    1  every file reads, and fits its closed schema (lawfile.py)
    2  a file's id is its name, so that no two files claim one id
    3  every quote has its digest, and matches it
    4  every statute that the route rests on is there, and lends its elements only within its own dates
    5  entries of one element id share no day, one check and one code; no code serves two elements
    6  every check is of the table, and every check of the table has an element
    7  the agreement's words and places compile (terms.py), and every signature that stands verifies (signatures.py)

The law's digest is SHA-256 over the canonical form of all that was read, with the versions of the
checks and of the address forms: two offices with one digest decide alike. Closed by default (P10):
any fault is a SettingsFault that names file, field and cure, and no law is returned.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from counterfoil import canon
from counterfoil.errors import SettingsFault
from counterfoil.forms import FORMS_VERSION
from counterfoil.gate.agreement import Agreement
from counterfoil.gate.checks import CHECKS_VERSION
from counterfoil.gate.clauses import agreement_digest
from counterfoil.gate.lawcheck import check_entries, check_quote, check_table, check_within
from counterfoil.gate.lawfile import read_law_file
from counterfoil.gate.route import Route
from counterfoil.gate.signatures import check_signatures
from counterfoil.gate.statute import Element, Statute
from counterfoil.gate.terms import Terms, compile_terms
from counterfoil.model import Public

AGREEMENT_FILE: Final = "agreement.yaml"
F = TypeVar("F", Statute, Route)


class Law(Public, frozen=True, gc=False):
    """Checked law. `elements` hold every dated entry, in the law's order; `digest` is "sha256:...".

    `statutes` are those of the route, in its order. `agreement_digest` is of the agreement alone (clauses.py).
    """

    statutes: tuple[Statute, ...]
    route: Route
    agreement: Agreement
    elements: tuple[Element, ...]
    terms: Terms
    digest: str
    agreement_digest: str

    def in_force(self, on: date) -> tuple[Element, ...]:
        """The elements that a request decided on this day must meet, in the law's order."""
        return tuple(element for element in self.elements if element.in_force.covers(on))

    def code_of(self, element_id: str) -> str:
        """The code that the requester sees. Raises ValueError for an id that this law does not hold."""
        for element in self.elements:
            if element.id == element_id:
                return element.code
        raise ValueError("no such element in this law")


def load_law(directory: Path, agreement: str | Path | None = None) -> Law:
    """Read and check a law directory; `agreement` names one of a library's, or is a file; None is the office's own.

    Raises SettingsFault: see the module for what is checked.
    """
    every_statute = _read_all(directory / "statutes", Statute)
    routes = _read_all(directory / "routes", Route)
    agreed = read_law_file(_agreement_path(directory, agreement), Agreement)
    route = _named(routes, agreed.route, "routes", f"agreement {agreed.id}: route")
    statutes = tuple(
        _named(every_statute, name, "statutes", f"routes/{route.id}.yaml: statutes") for name in route.statutes
    )
    elements = (*(element for statute in statutes for element in statute.elements), *route.elements)
    _check(statutes, elements)
    terms = compile_terms(route, agreed)
    check_signatures(agreed)
    digest = _digest(CHECKS_VERSION, FORMS_VERSION, statutes, route, agreed)
    return Law(statutes, route, agreed, elements, terms, digest, agreement_digest(agreed))


def copy_law(library: Path, agreement: Path, directory: Path) -> Law:
    """Copy a library's statutes and routes and one agreement file into a new office's law directory; return it loaded.

    Raises SettingsFault if the copy cannot be used or written; an existing directory is refused.
    """
    try:
        for part in ("statutes", "routes"):
            (directory / part).mkdir(parents=True)
            for path in _files(library / part):
                (directory / part / path.name).write_bytes(path.read_bytes())
        (directory / AGREEMENT_FILE).write_bytes(agreement.read_bytes())
    except OSError as fault:
        raise SettingsFault(
            "law_not_copied",
            f"the law could not be copied ({type(fault).__name__})",
            place=f"law/{directory.name}",
            cure="Name an agreement file that exists and an office directory that does not.",
        ) from None
    return load_law(directory)


def _read_all(directory: Path, kind: type[F]) -> dict[str, F]:
    found: dict[str, F] = {}
    for path in _files(directory):
        value = read_law_file(path, kind)
        if value.id != path.stem:
            raise SettingsFault(
                "law_id",
                "the id is not the file's name",
                place=f"{directory.name}/{path.name}: id",
                cure="Make the two the same.",
            )
        found[value.id] = value
    return found


def _files(directory: Path) -> list[Path]:
    return sorted(directory.glob("*.yaml"))


def _agreement_path(directory: Path, agreement: str | Path | None) -> Path:
    if isinstance(agreement, Path):
        return agreement
    return directory / AGREEMENT_FILE if agreement is None else directory / "agreements" / f"{agreement}.yaml"


def _named(files: dict[str, F], name: str, folder: str, named_by: str) -> F:
    if name not in files:
        raise SettingsFault(
            "law_missing",
            f"there is no file {folder}/{name}.yaml",
            place=named_by,
            cure="Restore the file, or correct the name.",
        )
    return files[name]


def _check(statutes: tuple[Statute, ...], elements: tuple[Element, ...]) -> None:
    for element in elements:
        check_quote(element)
    for statute in statutes:
        check_within(statute)
    check_entries(elements)
    check_table(elements)


def _digest(*parts: object) -> str:
    return canon.digest(canon.encode([msgspec.to_builtins(part) for part in parts]))
