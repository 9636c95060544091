"""Checks that read only what many requests share: evaluated once for each different thing.

| part | what it is | who shares it |
|---|---|---|
| officers | the engaged officers, and so their names and caseload | the requests of one team |
| matter | periods, authority, ground, stay, review, certification | most of a requester's |
| opened | the day on which the investigation was opened | the investigations of one day |
| orders | the days of the two orders, the offence, authority | the orders of one day |
| purpose | what the reason is for | most reasons |
| named | the name is plainly one person's | most names |
| counts | how often person, address, request, reason and number occur | what is asked once |
| begun | the days of investigation and order, what explains them; authority | as of orders |

A request may share a part with nobody (`ALONE`): its name is to be looked at, or its address is
asked for more people than agreed.
A check that is of no part is evaluated for each request: a new one is right before it is fast. A
test changes everything but the part and sees that no check of the part notices. What was found is
remembered for at most some thousands of things a file.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from counterfoil.core.values import Finding, State
from counterfoil.gate.checks.inputs import MET, CheckInput
from counterfoil.gate.checks.matter import judged
from counterfoil.gate.checks.table import REQUEST_CHECKS
from counterfoil.gate.checks.taxpayer import is_plainly_one
from counterfoil.gate.law.compiled import Terms

_REMEMBERED: Final = 16_384
ALONE: Final = object()
"""A part that is shared with nobody: the checks are inputs."""


class Part(NamedTuple):
    """A part of a request, which `of` gives, and the names of the checks that read nothing else of
    the request, unless the part is `ALONE`."""

    of: Callable[[CheckInput, Terms], Hashable]
    checks: frozenset[str]


def _officers(inputs: CheckInput, terms: Terms) -> Hashable:
    return inputs.request.engaged_officers


def _matter(inputs: CheckInput, terms: Terms) -> Hashable:
    request = inputs.request
    return (
        request.taxable_periods,
        request.statutory_authority,
        request.removal_order.ground,
        request.stay_or_deferral,
        request.review,
        request.use_certified,
    )


def _opened(inputs: CheckInput, terms: Terms) -> Hashable:
    return inputs.request.investigation_opened_on


def _orders(inputs: CheckInput, terms: Terms) -> Hashable:
    request, order = inputs.request, inputs.request.removal_order
    return (
        order.ordered_on,
        order.court_ordered_on,
        request.offence_date,
        request.offence_fact,
        request.statutory_authority,
    )


def _begun(inputs: CheckInput, terms: Terms) -> Hashable:
    request = inputs.request
    return (
        request.investigation_opened_on,
        request.removal_order.ordered_on,
        request.earlier_investigation,
        request.statutory_authority,
    )


def _purpose(inputs: CheckInput, terms: Terms) -> Hashable:
    return ALONE if terms.read_alone.hits(inputs.reason_words) else judged(inputs, terms)


def _named(inputs: CheckInput, terms: Terms) -> Hashable:
    return () if is_plainly_one(inputs, terms) else ALONE


def _counts(inputs: CheckInput, terms: Terms) -> Hashable:
    if inputs.uses.people > terms.agreement.limits.guards.people_at_address:
        return ALONE  # listed places have other limits, so the check reads the address itself
    return inputs.uses


PARTS: Final[tuple[Part, ...]] = (
    Part(
        _officers,
        frozenset(
            {
                "officers_are_named",
                "officers_are_individuals",
                "officer_caseload_is_possible",
                "officers_are_of_agency",
                "officers_are_employees",
            }
        ),
    ),
    Part(
        _matter,
        frozenset(
            {
                "period_is_given",
                "period_is_not_vague",
                "period_is_within_limits",
                "period_is_not_in_future",
                "authority_is_given",
                "authority_is_designated",
                "authority_is_the_orders",
                "removal_ground_is_deportability",
                "no_stay_is_stated",
                "no_review_is_pending",
                "use_is_certified",
            }
        ),
    ),
    Part(_opened, frozenset({"investigation_is_dated", "investigation_has_begun"})),
    Part(
        _orders,
        frozenset(
            {
                "removal_order_is_dated",
                "court_order_date_is_possible",
                "departure_days_have_passed",
                "documents_are_stated",
                "hampering_is_stated",
                "appearance_is_stated",
                "reentry_order_is_dated",
                "reentry_is_dated",
                "reentry_fact_is_stated",
            }
        ),
    ),
    Part(
        _purpose,
        frozenset(
            {
                "reason_tells_purpose",
                "reason_does_not_locate",
                "reason_is_not_civil",
                "reason_is_not_benefits",
                "reason_is_not_voter_rolls",
                "reason_is_of_this_purpose",
                "reason_is_not_forfeiture",
                "reason_is_not_missing_child",
                "reason_states_none_pending",
            }
        ),
    ),
    Part(
        _named,
        frozenset(
            {
                "name_is_of_one_taxpayer",
                "taxpayer_is_no_business",
                "taxpayer_is_no_estate",
                "taxpayer_is_no_child",
            }
        ),
    ),
    Part(
        _counts,
        frozenset(
            {
                "person_is_not_asked_often",
                "person_addresses_are_few",
                "address_people_are_few",
                "evidence_is_not_tried",
                "request_is_not_repeated",
                "reason_is_not_repeated",
                "investigation_is_of_few_people",
            }
        ),
    ),
    Part(_begun, frozenset({"investigation_follows_order"})),
)


OWN_CHECKS: Final = frozenset(REQUEST_CHECKS).difference(*[part.checks for part in PARTS])
"""The names of the checks that are evaluated for each request."""


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

    def failed(self, inputs: CheckInput) -> list[tuple[int, Finding]]:
        """Place and finding of each check that is not met."""
        thing = self._of(inputs, self._terms)
        found = self._found.get(thing)
        if found is None:
            states = [(place, check(inputs, self._terms)) for place, check in self._steps]
            found = [
                (place, self._findings[place][state]) for place, state in states if state is not MET
            ]
            if thing is not ALONE and len(self._found) < _REMEMBERED:
                self._found[thing] = found
        return found
