"""A law directory as a whole: check it, look one element up, print all of it. What `counterfoil
law` shows.

A library has `statutes/`, `routes/`, `common/`, `agreements/` and `cases/`. An office has
`statutes/`, `routes/`, `common/` and one `agreement.yaml`; the sentences of a library are run on
its statutes and routes, under the agreements that they name.

What a check establishes, in this order:

    1  every agreement loads: all that gate/law/load.py establishes, the digest of every quote among
       it
    2  every sentence of the cases finds what it says
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from counterfoil.core.values import Public
from counterfoil.gate.cases import CaseResult, run_cases
from counterfoil.gate.law.load import AGREEMENT_FILE, Law, load_law
from counterfoil.gate.law.statute import Element


def law_library() -> Path:
    """The statutes, routes and agreements that come with Counterfoil: in the wheel, or at the root
    of the source tree."""
    package = Path(__file__).parents[1]
    shipped = package / "_law"
    return shipped if shipped.is_dir() else package.parents[1] / "law"


class LawReport(Public, frozen=True, gc=False):
    """Counts of what was checked. `entries` are dated entries of elements; `broken` are the
    sentences that the law does not agree with."""

    agreements: tuple[str, ...]
    routes: int
    statutes: int
    elements: int
    entries: int
    quotes: int
    sentences: int
    digests: tuple[str, ...]
    broken: tuple[CaseResult, ...]


class ElementPage(Public, frozen=True, gc=False):
    """One element: its file, its dated entries, and the sentences about it."""

    file: str
    entries: tuple[Element, ...]
    sentences: tuple[CaseResult, ...]


def laws_of(directory: Path) -> list[Law]:
    """Every agreement of a library with its law, or an office's one. Raises SettingsFault: see
    gate/law/load.py."""
    if (directory / AGREEMENT_FILE).is_file():
        return [load_law(directory)]
    paths = sorted((directory / "agreements").glob("*.yaml"))
    return [load_law(directory, path) for path in paths] or [load_law(directory)]


def check_law(directory: Path, library: Path) -> LawReport:
    """Check `directory` with the sentences and supposed agreements of `library`. Raises
    SettingsFault."""
    laws = laws_of(directory)
    results = run_cases(directory, library / "cases", library / "agreements")
    routes = [route for law in laws for route in law.every_route]
    entries = {
        (element.id, element.in_force.first): element for law in routes for element in law.elements
    }
    return LawReport(
        agreements=tuple(law.agreement.id for law in laws),
        routes=len({law.route.id for law in routes}),
        statutes=len({statute.id for law in routes for statute in law.statutes}),
        elements=len({name for name, _ in entries}),
        entries=len(entries),
        quotes=sum(element.quote is not None for element in entries.values()),
        sentences=len(results),
        digests=tuple(law.digest for law in laws),
        broken=tuple(result for result in results if not result.agrees),
    )


def explain_element(directory: Path, library: Path, name: str) -> ElementPage | None:
    """The element of this id, or whose code this is; None if the law has neither. Raises
    SettingsFault."""
    for law in routes_of(directory):
        for file, elements in _by_file(law):
            entries = tuple(element for element in elements if name in (element.id, element.code))
            if entries:
                places = directory, library / "cases", library / "agreements"
                return ElementPage(file, entries, tuple(run_cases(*places, about=entries[0].id)))
    return None


def routes_of(directory: Path) -> list[Law]:
    """The law of each route that some agreement names, in their order, each route once. Raises
    SettingsFault."""
    found: dict[str, Law] = {}
    for law in laws_of(directory):
        for each in law.every_route:
            found.setdefault(each.route.id, each)
    return list(found.values())


def table_page(laws: Sequence[Law]) -> str:
    """Every element of these routes as one Markdown page, in the law's order, file by file, each
    file once."""
    head = [
        "| element | citation | in force | code | what it demands | cure |",
        "|---|---|---|---|---|---|",
    ]
    parts = ["# Elements of the law", _ABOUT, "\n".join(map(_route_line, laws))]
    for file, elements in {
        file: elements for law in laws for file, elements in _by_file(law)
    }.items():
        parts += [f"## {file}", "\n".join([*head, *map(_table_row, elements)])]
        quoted = [
            f'- `{each.id}`: "{each.quote}" ({each.citation})' for each in elements if each.quote
        ]
        parts += ["Quoted words:", "\n".join(quoted)] if quoted else []
        others = [
            f"- `{each.id}`: {other.needs}, {other.citation} (`{other.uslm}`)"
            for each in elements
            if (other := each.other_provision)
        ]
        parts += ["Requests that need another provision:", "\n".join(others)] if others else []
        whys = [f"- `{each.id}`: {each.why}" for each in elements if isinstance(each.why, str)]
        parts += ["Elements that no words of the law state:", "\n".join(whys)] if whys else []
    parts += _open_page(laws)
    return "\n\n".join(parts) + "\n"


def _open_page(laws: Sequence[Law]) -> list[str]:
    """What the law leaves open, with every reading; the first is the one that counts."""
    questions = {
        each.id: each for law in laws for statute in law.statutes for each in statute.open_questions
    }
    if not questions:
        return []
    head = ["| question | citation | readings, the first of which counts | decided by |"]
    rows = [
        f"| `{each.id}`: {each.question} | {each.citation} | "
        + " ".join(
            f"`{reading.id}` ({reading.discloses}): {reading.says}" for reading in each.readings
        )
        + f" | {each.decided_by} |"
        for each in questions.values()
    ]
    return ["## What is open", "\n".join([*head, "|---|---|---|---|", *rows])]


_ABOUT = (
    "<!-- Made by `counterfoil law table`; do not edit. -->\n\n"
    "Every element that a route demands, in the law's order: statutes first, then what the "
    "route adds, then what all routes "
    "share. All of a route's elements are evaluated for every request, and all must be met. "
    "`counterfoil law explain ELEMENT` "
    "shows the sentences that test one."
)


def _route_line(law: Law) -> str:
    files = ", ".join(f"`{file}`" for file, _ in _by_file(law))
    return f"- `{law.route.id}` ({law.route.title}): {files}"


def _by_file(law: Law) -> Iterable[tuple[str, tuple[Element, ...]]]:
    yield from ((f"statutes/{statute.id}.yaml", statute.elements) for statute in law.statutes)
    yield f"routes/{law.route.id}.yaml", law.route.elements
    yield f"common/{law.common.id}.yaml", law.common.elements


def _table_row(element: Element) -> str:
    span = f"{element.in_force.first} to {element.in_force.last or 'no end'}"
    cells = (
        f"`{element.id}`",
        element.citation,
        span,
        f"`{element.code}`",
        element.explanation,
        element.cure,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
