"""What a schema cannot see: quotes against digests, entries against each other, a route against the
checks and rules that its kind demands.

Pure. Each function raises SettingsFault with the element or file, the field and a cure, or returns
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Final

from counterfoil.core import canonical
from counterfoil.gate.law.demands import DEMANDS, demanded_of, later_than
from counterfoil.gate.law.route import Common, Route, RouteKind
from counterfoil.gate.law.schema import require
from counterfoil.gate.law.statute import Element, Statute


def check_quote(element: Element) -> None:
    """A quote has its digest and matches it. Raises SettingsFault law_quote_digest."""
    quote, digest = element.quote, element.digest
    require(
        (quote is None) == (digest is None),
        "law_quote_digest",
        "a quote and its digest go together: give both or neither",
        _at(element, "digest"),
        "Give both, or null for both.",
    )
    require(
        quote is None or canonical.digest(quote.encode()) == digest,
        "law_quote_digest",
        "the quoted words do not match their digest",
        _at(element, "quote"),
        "Restore the source's words; if the law changed, end this entry and begin one with the "
        "new words.",
    )


def check_within(statute: Statute) -> None:
    """A statute lends no element outside its own dates. Raises SettingsFault law_dates_outside."""
    for element in statute.elements:
        require(
            statute.in_force.contains(element.in_force),
            "law_dates_outside",
            "the element is in force outside its statute's dates",
            _at(element, "in_force"),
            "Keep it within the statute's in_force.",
        )


def check_entries(elements: Sequence[Element]) -> None:
    """Dated entries agree with each other.

    Raises SettingsFault law_dates_order, law_dates_overlap, law_entry_differs or law_code_twice.
    """
    owners: dict[str, str] = {}
    for element in elements:
        span = element.in_force
        require(
            span.last is None or span.first <= span.last,
            "law_dates_order",
            "the entry ends before it begins",
            _at(element, "in_force"),
            "Write from and to in that order.",
        )
        require(
            owners.setdefault(element.code, element.id) == element.id,
            "law_code_twice",
            "two elements have one code",
            _at(element, "code"),
            "Give each element its own code.",
        )
    for one, other in combinations(elements, 2):
        if one.id == other.id:
            _check_pair(one, other)


def _check_pair(one: Element, other: Element) -> None:
    """Two entries of one element."""
    require(
        not one.in_force.overlaps(other.in_force),
        "law_dates_overlap",
        "two entries of this element are in force on one day",
        _at(other, "in_force"),
        "End the first the day before the second begins.",
    )
    require(
        (one.check, one.code) == (other.check, other.code),
        "law_entry_differs",
        "two entries of this element differ in check or code",
        _at(other, "check"),
        "A rule with another check is another element: give it an id of its own.",
    )


def check_demands(route: Route, common: Common, elements: Sequence[Element]) -> None:
    """Every check is one that the route's kind demands, and every such check has an element, but
    for those that came after the format of its common file.

    Raises SettingsFault law_check_unknown, law_check_other_kind or law_check_unused.
    """
    demanded = demanded_of(route.kind)
    for element in elements:
        require(
            element.check in DEMANDS,
            "law_check_unknown",
            "no such check",
            _at(element, "check"),
            "Name a check of gate/law/demands.py.",
        )
        require(
            element.check in demanded,
            "law_check_other_kind",
            f"a route of the kind {route.kind} has no facts for this check",
            _at(element, "check"),
            "Remove the element from this route, or correct the route's kind.",
        )
    unused = sorted(demanded - later_than(common) - {element.check for element in elements})
    require(
        not unused,
        "law_check_unused",
        f"no element names the check {''.join(unused[:1])}",
        f"law: elements of routes/{route.id}.yaml",
        "Restore the element; to end a rule, give it a last day, do not delete it.",
    )


def check_rules(route: Route) -> None:
    """A route has the rules that its kind reads, and no others, and no two numbers of days for one
    day. Raises SettingsFault law_rules_kind or law_dates_overlap."""
    document = route.rules.document
    given = {
        "removal": route.rules.removal is not None,
        "document": document is not None,
        "document.judges": document is not None and document.judges is not None,
    }
    for name, is_given in given.items():
        wanted = name in _RULES[route.kind]
        place = f"routes/{route.id}.yaml: rules.{name}"
        require(
            is_given or not wanted,
            "law_rules_kind",
            f"a route of the kind {route.kind} needs these rules",
            place,
            "Give them.",
        )
        require(
            wanted or not is_given,
            "law_rules_kind",
            f"a route of the kind {route.kind} has no such rules",
            place,
            "Write null.",
        )
    for one, other in combinations(document.days if document else (), 2):
        require(
            not one.in_force.overlaps(other.in_force),
            "law_dates_overlap",
            "two numbers of days are in force on one day",
            f"routes/{route.id}.yaml: rules.document.days",
            "End the first the day before the second begins.",
        )


_RULES: Final[dict[RouteKind, frozenset[str]]] = {
    "written-request": frozenset({"removal"}),
    "court-order": frozenset({"document", "document.judges"}),
    "consent": frozenset({"document"}),
}
"""The rules that a route of each kind has."""


def _at(element: Element, field: str) -> str:
    return f"element {element.id}: {field}"
