"""The gate itself: one request, the law in force, the counts, a date; out comes a Grant or a
Refusal.

Every element in force is evaluated, whatever the others found. If all are met, the result is a
Grant, which carries the one address form and name form that register and match use. Otherwise it is
a Refusal that lists every finding that is not met, in the law's order. Nothing else is read: no
register, no clock, no file (P2).

`Gate` has what is the same for a whole batch. Elements of the file are evaluated once, when it is
made; elements that read only what requests share are evaluated once for each different thing
(checks/memo.py). Of many requests, each element is evaluated for some before the next element is
(`decide_all`): the findings are the same, and the processor stays with one check at a time. It may
be made again in another process: two gates with the same arguments decide alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from counterfoil.core.errors import GateFault
from counterfoil.core.values import Finding, Grant, Public, Refusal, Request, State
from counterfoil.gate.checks.inputs import MET, CheckInput, FileInput, RequestReader
from counterfoil.gate.checks.limits import PROBING
from counterfoil.gate.checks.memo import OWN_CHECKS, PARTS, SharedSteps
from counterfoil.gate.checks.table import BATCH_CHECKS, REQUEST_CHECKS
from counterfoil.gate.history.batch_counts import BatchFacts, History
from counterfoil.gate.history.fingerprints import Forms, forms_of
from counterfoil.gate.history.uses import ONCE, Uses
from counterfoil.gate.law.load import Law
from counterfoil.gate.law.statute import Element

_LOCKOUT: Final = "no_lockout_is_in_force"
ALWAYS: Final = "law_is_in_force"
"""The check without which no day is decided: a day without such an element is one that the law does
not cover."""
_TOGETHER: Final = 128
"""Requests that are evaluated together, one element after the other: what is made of them fits the
processor's cache."""


class ExplainedFinding(Public, frozen=True, gc=False, rename={"other_provision": "door"}):
    """One finding with the words of its element. Carries nothing of the request.

    `other_provision` names the provision that such a request would need, with its USLM identifier;
    "" where there is none to name. It is written under the name `door`.
    """

    element: str
    state: State
    code: str
    citation: str
    uslm: str | None
    quote: str | None
    explanation: str
    cure: str
    other_provision: str = ""


class Gate:
    """The law on one day over one batch, by the route that the batch's header names.

    Raises GateFault law_not_in_force on a day that the law does not cover, and route_missing and
    route_not_agreed as `Law.for_route`.
    """

    def __init__(self, law: Law, facts: BatchFacts, history: History, on: date) -> None:
        law, header = law.for_route(facts.header.route), facts.header
        self.elements = _in_force(law, on)
        checks = [element.check for element in self.elements]
        self._terms, self._rules = law.terms, law.digest
        self._reader = RequestReader(
            law.terms.periods, facts, history, min(on, header.sent_on), law.terms.edition
        )
        self._findings = tuple(
            {state: Finding(element.id, state) for state in State} for element in self.elements
        )
        spans = tuple(statute.in_force for statute in law.statutes)
        file, named = FileInput(header, facts.rows, spans, history, on), list(enumerate(checks))
        self._batch = {
            place: BATCH_CHECKS[check](file, law.terms)
            for place, check in named
            if check in BATCH_CHECKS
        }
        self._batch_failed = [
            (place, self._findings[place][state])
            for place, state in self._batch.items()
            if state is not MET
        ]
        self._steps = {
            place: REQUEST_CHECKS[check] for place, check in named if check in REQUEST_CHECKS
        }
        self._own = [(place, self._steps[place]) for place, check in named if check in OWN_CHECKS]
        self._shared = [SharedSteps(part, named, law.terms, self._findings) for part in PARTS]
        locked_out = any(checks[place] == _LOCKOUT for place, _ in self._batch_failed)
        self._probing = frozenset(
            element.id for element in self.elements if element.check in PROBING and not locked_out
        )

    @property
    def batch_failed(self) -> tuple[Finding, ...]:
        """What the file as a whole fails: each of its requests is refused for these at least."""
        return tuple(finding for _, finding in self._batch_failed)

    def is_probe(self, decision: Grant | Refusal) -> bool:
        """Whether a refusal counts toward a lockout. While one is in force nothing prolongs it."""
        return isinstance(decision, Refusal) and any(
            finding.element in self._probing for finding in decision.failed
        )

    def decide(self, request: Request, uses: Uses = ONCE) -> Grant | Refusal:
        """Evaluate every element of one request. `uses` are its counts, file and past together."""
        return self.decide_all([(request, forms_of([request])[0], uses)])[0]

    def decide_all(self, requests: Sequence[tuple[Request, Forms, Uses]]) -> list[Grant | Refusal]:
        """Evaluate every element of many requests, each with its forms and counts; the decisions in
        their order."""
        starts = range(0, len(requests), _TOGETHER)
        return [
            each for start in starts for each in self._decided(requests[start : start + _TOGETHER])
        ]

    def _decided(
        self, requests: Sequence[tuple[Request, Forms, Uses]]
    ) -> Iterator[Grant | Refusal]:
        terms = self._terms
        inputs = [self._reader.read(*each) for each in requests]
        failed: list[list[tuple[int, Finding]]] = [[] for _ in inputs]
        for place, check in self._own:
            findings = self._findings[place]
            for one, found in zip(inputs, failed, strict=True):
                if (state := check(one, terms)) is not MET:
                    found.append((place, findings[state]))
        for shared in self._shared:
            shared.add_failed(inputs, failed)
        return map(self._decision, inputs, failed)

    def _decision(self, inputs: CheckInput, failed: list[tuple[int, Finding]]) -> Grant | Refusal:
        if not failed and not self._batch_failed:
            return self._grant(inputs)
        request = inputs.request
        # No two findings are of one place, so findings themselves are never compared.
        findings = tuple([finding for _, finding in sorted(failed + self._batch_failed)])
        return Refusal(request.request_id, request.row, findings, self._rules)

    def set_aside(self, request: Request, uses: Uses, elements: frozenset[str]) -> Grant:
        """Admit a request of which nothing failed and exactly `elements` wait for an officer. The
        caller has made sure that the officers have signed for it.

        Raises GateFault override_statute where a finding is not met or not shown: nobody can set
        that aside; override_elements where other findings wait than are named, or none do.
        """
        decision = self.decide(request, uses)
        failed = decision.failed if isinstance(decision, Refusal) else ()
        if any(finding.state is not State.NEEDS_OFFICER for finding in failed):
            raise GateFault(
                "override_statute",
                "an element of the law or a guard is not met: that cannot be set aside",
                place=f"row {request.row}",
                cure="`counterfoil explain BATCH REQUEST_ID` shows what is not met, and its cure. "
                "The requester "
                "asks again, in order.",
            )
        if not failed or frozenset(finding.element for finding in failed) != elements:
            raise GateFault(
                "override_elements",
                "the elements named are not those that wait for an officer",
                place=f"row {request.row}",
                cure="Name every finding that `counterfoil explain BATCH REQUEST_ID` shows as "
                "needs_officer, and "
                "no other.",
            )
        return self._grant(self._reader.read(request, forms_of([request])[0], uses))

    def _grant(self, inputs: CheckInput) -> Grant:
        years = inputs.periods.years
        return Grant(inputs.request, inputs.address, inputs.name, years, self._rules)

    def findings(self, request: Request, uses: Uses = ONCE) -> tuple[Finding, ...]:
        """Every finding, met ones too, in the law's order."""
        inputs = self._reader.read(request, forms_of([request])[0], uses)
        states = self._batch | {
            place: check(inputs, self._terms) for place, check in self._steps.items()
        }
        return tuple(by_state[states[place]] for place, by_state in enumerate(self._findings))


def _in_force(law: Law, on: date) -> tuple[Element, ...]:
    """The elements of the day. Raises GateFault law_not_in_force where no law covers it."""
    elements = law.in_force(on)
    if not any(element.check == ALWAYS for element in elements):
        raise GateFault(
            "law_not_in_force",
            "no law of this office is in force on this day",
            place=f"agreement {law.agreement.id}",
            cure="Check the clock; if it is right, the office's law files must be renewed before "
            "it can receive.",
        )
    return elements


def decide(
    request: Request, law: Law, facts: BatchFacts, history: History, on: date
) -> Grant | Refusal:
    """Decide one request. For many requests of one batch make one `Gate`: it is the same decision,
    faster."""
    return Gate(law, facts, history, on).decide(request)


def explain(
    request: Request, law: Law, facts: BatchFacts, history: History, on: date
) -> tuple[ExplainedFinding, ...]:
    """Every element with its finding, citation and words, in the law's order: for the holder's
    eyes."""
    gate = Gate(law, facts, history, on)
    return tuple(
        explain_finding(element, finding)
        for element, finding in zip(gate.elements, gate.findings(request), strict=True)
    )


def explain_finding(element: Element, finding: Finding) -> ExplainedFinding:
    """One finding with the words of its element."""
    other = element.other_provision
    return ExplainedFinding(
        element.id,
        finding.state,
        element.code,
        element.citation,
        element.uslm,
        element.quote,
        element.explanation,
        element.cure,
        f"this would need {other.needs}: {other.citation} ({other.uslm})" if other else "",
    )
