"""Checks that read only what many requests of a file share: asked once for each different thing,
not once a request.

| part | what it is | who shares it |
|---|---|---|
| officers | the engaged officers, and so their names and caseload in this file | the requests of
one team | | words | periods, authority, ground, stay or deferral, the certification | most requests
of a requester | | opened | the day on which the investigation was opened | the investigations of
one day | | orders | the days of the final order and of the court's | the orders of one day |
| screened | no word of the reason begins a phrase that a reason must not hold | most reasons |
| counts | how often person, address, request, reason and investigation stand in the file and the
past | what is asked once, or alike |

A request may share a part with nobody (`ALONE`): its reason holds such a word, or its address is
asked for more people than agreed. A check that is not in the table is asked for each request: a new
one is right before it is fast. A test changes everything but the part and sees that no check of the
part notices. What was found is remembered for at most some thousands of things a file.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from counterfoil.core.values import Finding, State
from counterfoil.gate.checks.inputs import MET, CheckInput
from counterfoil.gate.checks.table import REQUEST_CHECKS
from counterfoil.gate.law.compiled import Terms

_REMEMBERED: Final = 16_384
ALONE: Final = object()
"""A part that is shared with nobody: the checks are asked."""


class Part(NamedTuple):
    """A part of a request, and the names of the checks that read nothing else of it, unless it is
    `ALONE`."""

    of: Callable[[CheckInput, Terms], Hashable]
    checks: frozenset[str]


def _officers(asked: CheckInput, terms: Terms) -> Hashable:
    del terms
    return asked.request.engaged_officers


def _words(asked: CheckInput, terms: Terms) -> Hashable:
    del terms
    request = asked.request
    return (
        request.taxable_periods,
        request.statutory_authority,
        request.removal_order.ground,
        request.stay_or_deferral,
        request.use_certified,
    )


def _opened(asked: CheckInput, terms: Terms) -> Hashable:
    del terms
    return asked.request.investigation_opened_on


def _orders(asked: CheckInput, terms: Terms) -> Hashable:
    del terms
    return asked.request.removal_order.ordered_on, asked.request.removal_order.court_ordered_on


def _screened(asked: CheckInput, terms: Terms) -> Hashable:
    return () if terms.screened.isdisjoint(asked.reason_words) else ALONE


def _counts(asked: CheckInput, terms: Terms) -> Hashable:
    if asked.uses.people > terms.agreement.limits.guards.people_at_address:
        return ALONE  # a listed place of custody is let pass: the address itself is read
    return asked.uses, asked.reason_uses, asked.similar_uses, asked.investigation_people


def _checks(names: str) -> frozenset[str]:
    return frozenset(names.split())


PARTS: Final[tuple[Part, ...]] = (
    Part(
        _officers,
        _checks("officers_are_named officers_are_individuals officer_caseload_is_possible"),
    ),
    Part(
        _words,
        _checks(
            "period_is_given period_is_not_vague period_is_not_in_future authority_is_given "
            "authority_is_designated"
            " removal_ground_is_deportability no_stay_is_stated use_is_certified"
        ),
    ),
    Part(_opened, _checks("investigation_is_dated investigation_has_begun")),
    Part(
        _orders,
        _checks("removal_order_is_dated court_order_date_is_possible departure_days_have_passed"),
    ),
    Part(
        _screened,
        _checks(
            "reason_does_not_locate reason_is_not_civil reason_is_not_benefits "
            "reason_is_not_voter_rolls"
            " reason_is_of_this_purpose"
        ),
    ),
    Part(
        _counts,
        _checks(
            "person_is_not_asked_often person_addresses_are_few address_people_are_few "
            "request_is_not_repeated"
            " reason_is_not_repeated investigation_is_of_few_people"
        ),
    ),
)


def own_checks() -> frozenset[str]:
    """The names of the checks that are asked for each request."""
    return frozenset(REQUEST_CHECKS).difference(*[part.checks for part in PARTS])


class SharedSteps:
    """The checks of one part, over one file. `named` are places in the law's order with the names
    of their checks, `findings` what each place finds by state."""

    def __init__(
        self,
        part: Part,
        named: Iterable[tuple[int, str]],
        terms: Terms,
        findings: Sequence[Mapping[State, Finding]],
    ) -> None:
        self._of = part.of
        self._steps = [
            (place, REQUEST_CHECKS[check]) for place, check in named if check in part.checks
        ]
        self._terms = terms
        self._findings = findings
        self._found: dict[Hashable, list[tuple[int, Finding]]] = {}

    def failed(self, asked: CheckInput) -> list[tuple[int, Finding]]:
        """Place and finding of each check that is not met."""
        thing = self._of(asked, self._terms)
        found = self._found.get(thing)
        if found is None:
            states = [(place, check(asked, self._terms)) for place, check in self._steps]
            found = [
                (place, self._findings[place][state]) for place, state in states if state is not MET
            ]
            if thing is not ALONE and len(self._found) < _REMEMBERED:
                self._found[thing] = found
        return found
