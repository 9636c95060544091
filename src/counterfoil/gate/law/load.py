"""The law in force at one office: read, checked whole, digested, compiled.

    DIRECTORY/statutes/*.yaml     see statute.py
    DIRECTORY/routes/*.yaml       see route.py
    DIRECTORY/common/*.yaml       see route.py
    DIRECTORY/lists/*.yaml        see lists.py
    DIRECTORY/agreement.yaml      see agreement.py; a library has agreements/NAME.yaml instead

What loading establishes, in this order:

    1  every file reads, and fits its closed schema (schema.py)
    2  a file's id is its name, so that no two files claim one id
    3  every quote has its digest, and matches it
    4  every route that the agreement names is there, with what it shares and every statute that it
       rests on, and a statute lends its elements only within its own dates
    5  entries of one element id share no day, one check and one code; no code serves two elements
       of a route
    6  a route's checks are those of its kind, all of them (demands.py), and so are its rules
    7  the agreement's words and places compile (compiled.py)
    8  the agreement has the form that the law asks for, and designates nothing but listed Federal
       criminal statutes, each with elements of its own, and its pages are of one host (agreed.py)
    9  every signature in it verifies (signatures.py)
    10 where the parties signed the digests of the law files, each in use has its own (roots.py)

The law's digest is SHA-256 over the canonical form of all that was read, with the versions of the
checks and of the address forms: two offices with one digest decide alike. Closed by default (P10):
any fault is a SettingsFault that names file, field and cure, and no law is returned.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

import msgspec

from counterfoil.core import canonical
from counterfoil.core.bounded import read_bounded
from counterfoil.core.errors import GateFault, SettingsFault
from counterfoil.core.values import Public
from counterfoil.gate.law.agreed import check_agreed, check_pages, check_readings
from counterfoil.gate.law.agreement import Agreement
from counterfoil.gate.law.clauses import agreement_digest
from counterfoil.gate.law.compiled import Terms, compile_terms
from counterfoil.gate.law.demands import checks_version, edition_of
from counterfoil.gate.law.lists import LawList, Lists, check_list
from counterfoil.gate.law.roots import check_signed_law
from counterfoil.gate.law.route import Common, Route
from counterfoil.gate.law.schema import MAX_LAW_BYTES, parse_law_text, read_law_text, require
from counterfoil.gate.law.signatures import check_signatures
from counterfoil.gate.law.statute import Element, Statute
from counterfoil.gate.law.validate import (
    check_demands,
    check_entries,
    check_quote,
    check_rules,
    check_within,
)
from counterfoil.normalize import EARLIER_FORMS, FORMS_VERSION

AGREEMENT_FILE: Final = "agreement.yaml"
LAW_PARTS: Final = ("statutes", "routes", "common", "lists")
"""The folders of a law directory. An office made before there were lists has no folder of them."""
KEPT_LAWS: Final = 8
"""How many laws a process keeps, those used last."""
F = TypeVar("F", Statute, Route, Common, LawList)


class _LawText(NamedTuple):
    """A law file: its name without ending, its place in messages, and its text."""

    name: str
    place: str
    text: str


_Folder = tuple[_LawText, ...]


class Law(Public, frozen=True, gc=False):
    """Checked law of an agreement, as one of its routes demands it. `elements` has every dated
    entry, in the law's order.

    `statutes` are those of the route, in its order. `digest` is "sha256:..." of the agreement with
    all of its routes, `earlier_digests` as it was with earlier normal forms, by their version,
    `agreement_digest` of the agreement alone (clauses.py). `lists`: None under a
    common file of format 1 or 2. `others` are its further routes; the first that it names is this
    one.
    """

    statutes: tuple[Statute, ...]
    route: Route
    common: Common
    agreement: Agreement
    elements: tuple[Element, ...]
    terms: Terms
    digest: str
    agreement_digest: str
    lists: Lists | None = None
    others: tuple[Law, ...] = ()
    earlier_digests: dict[str, str] = {}

    @property
    def every_route(self) -> tuple[Law, ...]:
        """The law of each route of the agreement, in its order."""
        return (self, *self.others)

    @property
    def use_limits(self) -> tuple[str, ...]:
        """What every answer under this law says of its use: the agreement's sentences, and those
        that all agreements share."""
        shared = self.common.rules.use_limits
        more = () if isinstance(shared, msgspec.UnsetType) else shared
        return (*self.agreement.use_limits, *more)

    def for_route(self, route: str) -> Law:
        """The law of the route that a header names; "" is the agreement's only one.

        Raises GateFault route_missing where there are several, route_not_agreed for another.
        """
        if not route and not self.others:
            return self
        laws = {law.route.id: law for law in self.every_route}
        if route in laws:
            return laws[route]
        routes = ", ".join(laws)
        if not route:
            raise GateFault(
                "route_missing",
                "the agreement has several routes, and the file's header names none",
                place=f"agreement {self.agreement.id}: routes",
                cure=f"Name one in the header, and sign again: {routes}.",
            )
        raise GateFault(
            "route_not_agreed",
            "the file's header names a route that the agreement does not have",
            place=f"agreement {self.agreement.id}: routes",
            cure=f"Ask by a route of the agreement: {routes}. Another route needs an agreement "
            "that names it.",
        )

    def in_force(self, on: date) -> tuple[Element, ...]:
        """The elements that a request decided on this day must meet, in the law's order."""
        return tuple(element for element in self.elements if element.in_force.covers(on))

    def code_of(self, element_id: str) -> str:
        """The code that the requester sees. Raises ValueError for an id that is not of this law."""
        codes = {element.id: element.code for element in self.elements}
        if element_id not in codes:
            raise ValueError("no such element in this law")
        return codes[element_id]


def load_law(directory: Path, agreement: str | Path | None = None) -> Law:
    """Read and check a law directory; `agreement` names one of a library's, or is a file; None is
    the office's own.

    Files with the texts of a law that this process has loaded are that law: a process opens one
    office many times. Raises SettingsFault: see the module for what is checked.
    """
    folders = tuple(map(_read_folder, (directory / part for part in LAW_PARTS)))
    return _loaded(folders, _read_file(_agreement_path(directory, agreement)))


@lru_cache(maxsize=KEPT_LAWS)
def _loaded(folders: tuple[_Folder, ...], agreement: _LawText) -> Law:
    statutes, routes, common, lists = folders
    library = _Library(
        _parse_all(statutes, Statute),
        _parse_all(routes, Route),
        _parse_all(common, Common),
        _parse_all(lists, LawList),
    )
    agreed = parse_law_text(agreement.text, Agreement, agreement.place)
    parts = [_parts_of(library, name, f"agreement {agreed.id}: routes") for name in agreed.routes]
    require(
        len(set(agreed.routes)) == len(agreed.routes),
        "law_route_twice",
        "a route is listed twice",
        f"agreement {agreed.id}: routes",
        "Keep one of the two.",
    )
    checks = "+".join(sorted({checks_version(common) for _, common, *_ in parts}))
    lists = [each for *_, each in parts if each is not None]
    whole = [[part[:3] for part in parts], agreed, *lists]
    digest, *earlier = (
        canonical.digest(canonical.encode(msgspec.to_builtins([checks, forms, *whole])))
        for forms in (FORMS_VERSION, *EARLIER_FORMS)
    )
    digests = digest, agreement_digest(agreed)
    laws = [_law_of(*part, agreed, digests) for part in parts]
    check_readings((statute for law in laws for statute in law.statutes), agreed)
    check_pages(agreed)
    check_signatures(agreed)
    by_forms = dict(zip(EARLIER_FORMS, earlier, strict=True))
    first, *others = [msgspec.structs.replace(law, earlier_digests=by_forms) for law in laws]
    law = msgspec.structs.replace(first, others=tuple(others))
    if agreed.roots is not None:
        texts = {file.place: file.text for folder in folders for file in folder}
        check_signed_law(agreed.roots, {path: texts[path] for path in sorted(files_of(law))})
    return law


def files_of(law: Law) -> set[str]:
    """The paths of the files that a law was read from, in the law directory, but the agreement."""
    found = set[str]()
    for each in law.every_route:
        found |= {f"routes/{each.route.id}.yaml", f"common/{each.common.id}.yaml"}
        found |= {f"statutes/{statute.id}.yaml" for statute in each.statutes}
        lists = msgspec.structs.asdict(each.lists).values() if each.lists else ()
        found |= {f"lists/{one.id}.yaml" for one in lists}
    return found


def copy_law(library: Path, agreement: Path, directory: Path) -> Law:
    """Copy a library's statutes and routes and one agreement file into a new office's law
    directory; return it loaded.

    Raises SettingsFault if the copy cannot be used or written; an existing directory is refused.
    """
    try:
        for part in LAW_PARTS:
            (directory / part).mkdir(parents=True)
            for path in _files(library / part):
                _copy(path, directory / part / path.name)
        _copy(agreement, directory / AGREEMENT_FILE)
    except (OSError, ValueError) as fault:
        raise SettingsFault(
            "law_not_copied",
            f"the law could not be copied ({type(fault).__name__})",
            place=f"law/{directory.name}",
            cure="Name an agreement file that exists and an office directory that does not.",
        ) from None
    return load_law(directory)


def _copy(source: Path, target: Path) -> None:
    target.write_bytes(read_bounded(source, MAX_LAW_BYTES))


def _read_file(path: Path) -> _LawText:
    place = f"{path.parent.name}/{path.name}"
    return _LawText(path.stem, place, read_law_text(path, place))


def _read_folder(directory: Path) -> _Folder:
    return tuple(map(_read_file, _files(directory)))


def _parse_all(files: _Folder, kind: type[F]) -> dict[str, F]:
    found: dict[str, F] = {}
    for file in files:
        value = parse_law_text(file.text, kind, file.place)
        require(
            value.id == file.name,
            "law_id",
            "the id is not the file's name",
            f"{file.place}: id",
            "Make the two the same.",
        )
        found[value.id] = value
    return found


def _files(directory: Path) -> list[Path]:
    return sorted(directory.glob("*.yaml"))


def _agreement_path(directory: Path, agreement: str | Path | None) -> Path:
    if isinstance(agreement, Path):
        return agreement
    return (
        directory / AGREEMENT_FILE
        if agreement is None
        else directory / "agreements" / f"{agreement}.yaml"
    )


def _named(files: dict[str, F], name: str, folder: str, named_by: str) -> F:
    require(
        name in files,
        "law_missing",
        f"there is no file {folder}/{name}.yaml",
        named_by,
        "Restore the file, or correct the name.",
    )
    return files[name]


class _Library(NamedTuple):
    statutes: dict[str, Statute]
    routes: dict[str, Route]
    common: dict[str, Common]
    lists: dict[str, LawList]


_Parts = tuple[Route, Common, tuple[Statute, ...], Lists | None]


def _parts_of(library: _Library, name: str, named_by: str) -> _Parts:
    """A route with what it shares, its statutes, and its lists."""
    route = _named(library.routes, name, "routes", named_by)
    common = _named(library.common, route.common, "common", f"routes/{route.id}.yaml: common")
    place = f"routes/{route.id}.yaml: statutes"
    return (
        route,
        common,
        tuple(_named(library.statutes, each, "statutes", place) for each in route.statutes),
        _lists_of(library, common),
    )


def _lists_of(library: _Library, common: Common) -> Lists | None:
    """The lists that a common file names, each checked."""
    names = common.rules.lists
    require(
        (names is None) == (edition_of(common) < 3),
        "law_field",
        "a common file names its lists from format 3 on",
        f"common/{common.id}.yaml: rules.lists",
        "Name the four lists, or write the format that the file has.",
    )
    if names is None:
        return None
    place = f"common/{common.id}.yaml: rules.lists"
    found = {
        field: _named(library.lists, name, "lists", place)
        for field, name in msgspec.structs.asdict(names).items()
    }
    for each in found.values():
        check_list(each)
    return Lists(**found)


def elements_of(statutes: Iterable[Statute], route: Route, common: Common) -> tuple[Element, ...]:
    """Every dated entry in the law's order: the statutes', the route's own, those of all routes."""
    return (
        *(element for statute in statutes for element in statute.elements),
        *route.elements,
        *common.elements,
    )


def _law_of(
    route: Route,
    common: Common,
    statutes: tuple[Statute, ...],
    lists: Lists | None,
    agreed: Agreement,
    digests: tuple[str, str],
) -> Law:
    """One route's law, checked whole. `digests` are those of the law and of the agreement."""
    elements = elements_of(statutes, route, common)
    for element in elements:
        check_quote(element)
    for statute in statutes:
        check_within(statute)
    check_entries(elements)
    check_demands(route, common, elements)
    check_rules(route)
    terms = compile_terms(route, common, agreed, lists)
    check_agreed(route, common, lists, agreed)
    return Law(statutes, route, common, agreed, elements, terms, *digests, lists=lists)
