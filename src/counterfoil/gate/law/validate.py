"""What a schema cannot see: quotes against digests, entries against each other and against the
table.

Pure. Each check raises SettingsFault with the element, the field and a cure, or returns nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, groupby
from typing import Final

from counterfoil.core import canonical
from counterfoil.core.errors import SettingsFault
from counterfoil.gate.law.demands import DEMANDS, demanded_of
from counterfoil.gate.law.route import Route, RouteKind
from counterfoil.gate.law.statute import Element, Statute


def check_quote(element: Element) -> None:
    """A quote has its digest and matches it. Raises SettingsFault law_quote_digest."""
    if (element.quote is None) != (element.digest is None):
        raise _fault(
            "law_quote_digest",
            "a quote and its digest stand together or not at all",
            element,
            "digest",
            "Give both, or null for both.",
        )
    if element.quote is not None and canonical.digest(element.quote.encode()) != element.digest:
        raise _fault(
            "law_quote_digest",
            "the quoted words do not match their digest",
            element,
            "quote",
            "Restore the source's words; if the law changed, end this entry and begin one with "
            "the new words.",
        )


def check_within(statute: Statute) -> None:
    """A statute lends no element outside its own dates. Raises SettingsFault law_dates_outside."""
    for element in statute.elements:
        span, whole = element.in_force, statute.in_force
        ends_in_time = whole.last is None or (span.last is not None and span.last <= whole.last)
        if span.first < whole.first or not ends_in_time:
            raise _fault(
                "law_dates_outside",
                "the element is in force outside its statute's dates",
                element,
                "in_force",
                "Keep it within the statute's in_force.",
            )


def check_entries(elements: Sequence[Element]) -> None:
    """Dated entries agree with each other.

    Raises SettingsFault law_dates_order, law_dates_overlap, law_entry_differs or law_code_twice.
    """
    for element in elements:
        if element.in_force.last is not None and element.in_force.last < element.in_force.first:
            raise _fault(
                "law_dates_order",
                "the entry ends before it begins",
                element,
                "in_force",
                "Write from and to in that order.",
            )
    by_id = sorted(elements, key=lambda element: element.id)
    for _, entries in groupby(by_id, key=lambda element: element.id):
        for one, other in combinations(entries, 2):
            _check_pair(one, other)
    owners: dict[str, str] = {}
    for element in elements:
        if owners.setdefault(element.code, element.id) != element.id:
            raise _fault(
                "law_code_twice",
                "two elements have one code",
                element,
                "code",
                "Give each element its own code.",
            )


def check_table(route: Route, elements: Sequence[Element]) -> None:
    """Every check is of the table and of the route's kind, and every check of the kind has an
    element.

    Raises SettingsFault law_check_unknown, law_check_other_kind or law_check_unused.
    """
    demanded = demanded_of(route.kind)
    for element in elements:
        if element.check not in DEMANDS:
            raise _fault(
                "law_check_unknown",
                "no such check",
                element,
                "check",
                "Name a check of gate/law/demands.py.",
            )
        if element.check not in demanded:
            raise _fault(
                "law_check_other_kind",
                f"a route of the kind {route.kind} has no facts for this check",
                element,
                "check",
                "Remove the element from this route, or correct the route's kind.",
            )
    unused = sorted(demanded - {element.check for element in elements})
    if unused:
        raise SettingsFault(
            "law_check_unused",
            f"no element names the check {unused[0]}",
            place=f"law: elements of routes/{route.id}.yaml",
            cure="Restore the element; to end a rule, give it a last day, do not delete it.",
        )


def check_rules(route: Route) -> None:
    """A route has the rules that its kind reads, and no others. Raises SettingsFault
    law_rules_kind."""
    rules, document = route.rules, route.rules.document
    stands = {
        "removal": rules.removal is not None,
        "document": document is not None,
        "document.judges": document is not None and document.judges is not None,
    }
    for name, wanted in _RULES[route.kind].items():
        place = f"routes/{route.id}.yaml: rules.{name}"
        if wanted and not stands[name]:
            raise SettingsFault(
                "law_rules_kind",
                f"a route of the kind {route.kind} needs these rules",
                place=place,
                cure="Give them.",
            )
        if stands[name] and not wanted:
            raise SettingsFault(
                "law_rules_kind",
                f"a route of the kind {route.kind} has no such rules",
                place=place,
                cure="Write null.",
            )
    for one, other in combinations(document.days if document else (), 2):
        if one.in_force.overlaps(other.in_force):
            raise SettingsFault(
                "law_dates_overlap",
                "two numbers of days are in force on one day",
                place=f"routes/{route.id}.yaml: rules.document.days",
                cure="End the first the day before the second begins.",
            )


_RULES: Final[dict[RouteKind, dict[str, bool]]] = {
    "written-request": {"removal": True, "document": False, "document.judges": False},
    "court-order": {"removal": False, "document": True, "document.judges": True},
    "consent": {"removal": False, "document": True, "document.judges": False},
}


def _check_pair(one: Element, other: Element) -> None:
    if one.in_force.overlaps(other.in_force):
        raise _fault(
            "law_dates_overlap",
            "two entries of this element are in force on one day",
            other,
            "in_force",
            "End the first the day before the second begins.",
        )
    if (one.check, one.code) != (other.check, other.code):
        raise _fault(
            "law_entry_differs",
            "two entries of this element differ in check or code",
            other,
            "check",
            "A rule with another check is another element: give it an id of its own.",
        )


def _fault(code: str, message: str, element: Element, field: str, cure: str) -> SettingsFault:
    return SettingsFault(code, message, place=f"element {element.id}: {field}", cure=cure)
