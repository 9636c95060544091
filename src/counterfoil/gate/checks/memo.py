"""Checks that read only what many requests share: evaluated once for each different thing.

| part | what it is | who shares it |
|---|---|---|
| officers | the engaged officers, and so their names and caseload | the requests of one team |
| matter | periods, authority, ground, stay, review, certification | most of a requester's |
| opened | the day on which the investigation was opened | the investigations of one day |
| orders | the days of the two orders, and whether before birth, offence, authority | one day's |
| reasoned | what the reason is for (reason_words.py tells most), and that it is specific | most |
| named | the name is plainly one person's (plainly.py) | most names |
| housed | the address is plainly one of a home (plainly.py) | most addresses |
| counts | how often person, address, request, reason and number occur | what is asked once |
| begun | the days of investigation (before birth?) and order, why; authority | as of orders |

A request may share a part with nobody (`ALONE`): its name is to be looked at, or its address is
asked for more people than agreed.
A check that is of no part is evaluated for each request: a new one is right before it is fast. A
test changes everything but the part and sees that no check of the part notices. What was found is
remembered for at most some thousands of things a file.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Final, NamedTuple

from counterfoil.core.values import Finding, State
from counterfoil.gate.checks.inputs import MET, CheckInput
from counterfoil.gate.checks.matter import judged, reason_is_given, reason_is_specific
from counterfoil.gate.checks.plainly import plain_homes, plain_names
from counterfoil.gate.checks.reason_words import plain_reasons
from counterfoil.gate.checks.removal import is_before_birth
from counterfoil.gate.checks.table import REQUEST_CHECKS
from counterfoil.gate.law.compiled import Terms
from counterfoil.gate.law.purposes import bears

_REMEMBERED: Final = 16_384
ALONE: Final = object()
"""A part that is shared with nobody: the checks are asked."""
Thing = Callable[[CheckInput], Hashable]
"""What a request shares with others in a part."""


class Part(NamedTuple):
    """A part of a request under the terms of a law, which `of` makes, and the names of the checks
    that read nothing else of the request, unless the part is `ALONE`."""

    of: Callable[[Terms], Thing]
    checks: frozenset[str]


def _fields(*names: str) -> Callable[[Terms], Thing]:
    """Fields of the request."""
    read = attrgetter(*[f"request.{name}" for name in names])
    return lambda terms: read


def _dated(day: str, *names: str) -> Callable[[Terms], Thing]:
    """A day and other fields of the request, and whether the day is before the person's birth."""
    read = attrgetter(*[f"request.{name}" for name in (day, *names)])
    read_day = attrgetter(day)
    return lambda terms: (
        lambda inputs: (read(inputs), is_before_birth(read_day(inputs.request), inputs))
    )


def _plain(told: Callable[[Terms], Callable[[CheckInput], bool]]) -> Callable[[Terms], Thing]:
    """What is plainly in order is one thing, everything else is looked at."""

    def of(terms: Terms) -> Thing:
        is_plain = told(terms)
        return lambda inputs: is_plain(inputs) or ALONE

    return of


def _reasoned(terms: Terms) -> Thing:
    is_plain = plain_reasons(terms)

    def of(inputs: CheckInput) -> Hashable:
        words = inputs.reason_words
        if is_plain(words):
            purpose: Hashable = bears(inputs.request.reason, words, terms.purposes)
        elif terms.read_alone.hits(words):
            return ALONE
        else:
            purpose = judged(inputs, terms)
        is_given, is_specific = reason_is_given(inputs, terms), reason_is_specific(inputs, terms)
        return is_given is MET, bool(inputs.reason), is_specific is MET, purpose

    return of


def _counts(terms: Terms) -> Thing:
    most = terms.agreement.limits.guards.people_at_address

    def of(inputs: CheckInput) -> Hashable:
        # Listed places have other limits, so the check reads the address itself.
        return ALONE if inputs.uses.people > most else inputs.uses

    return of


PARTS: Final[tuple[Part, ...]] = (
    Part(
        _fields("engaged_officers"),
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
        _fields(
            "taxable_periods",
            "statutory_authority",
            "removal_order.ground",
            "stay_or_deferral",
            "review",
            "use_certified",
        ),
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
    Part(
        _fields("investigation_opened_on"),
        frozenset({"investigation_is_dated", "investigation_has_begun"}),
    ),
    Part(
        _dated(
            "removal_order.ordered_on",
            "removal_order.court_ordered_on",
            "offence_date",
            "offence_fact",
            "statutory_authority",
        ),
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
        _reasoned,
        frozenset(
            {
                "reason_is_given",
                "reason_is_specific",
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
        _plain(plain_names),
        frozenset(
            {
                "name_is_given",
                "name_is_in_latin_letters",
                "name_is_no_placeholder",
                "name_is_of_one_taxpayer",
                "taxpayer_is_no_business",
                "taxpayer_is_no_estate",
                "taxpayer_is_no_child",
            }
        ),
    ),
    Part(
        _plain(plain_homes),
        frozenset(
            {
                "address_is_complete",
                "address_is_no_placeholder",
                "custodial_address_is_located",
                "address_is_not_the_requesters",
                "address_is_not_general_delivery",
                "zip_is_of_state",
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
    Part(
        _dated(
            "investigation_opened_on",
            "removal_order.ordered_on",
            "earlier_investigation",
            "statutory_authority",
        ),
        frozenset({"investigation_follows_order"}),
    ),
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
        self._of = part.of(terms)
        self._steps = [
            (place, REQUEST_CHECKS[check]) for place, check in named if check in part.checks
        ]
        self._terms = terms
        self._findings = findings
        self._found: dict[Hashable, list[tuple[int, Finding]]] = {}

    def add_failed(
        self, inputs: Sequence[CheckInput], failed: Sequence[list[tuple[int, Finding]]]
    ) -> None:
        """Add to what failed of each request place and finding of each check that is not met."""
        known = self._found
        for one, thing, found in zip(inputs, map(self._of, inputs), failed, strict=True):
            added = known.get(thing)
            if added is None:
                added = self._look(one, thing)
            found.extend(added)

    def _look(self, inputs: CheckInput, thing: Hashable) -> list[tuple[int, Finding]]:
        states = [(place, check(inputs, self._terms)) for place, check in self._steps]
        found = [
            (place, self._findings[place][state]) for place, state in states if state is not MET
        ]
        if thing is not ALONE and len(self._found) < _REMEMBERED:
            self._found[thing] = found
        return found
