"""The gate itself: one request, the law in force, the counts, a date; out comes a Grant or a Refusal.

Every element in force is evaluated, whatever the others found. All met: a Grant, which carries the one
address form and name form that register and match use. Otherwise a Refusal that lists every finding
that is not met, in the law's order. Nothing else is read: no register, no clock, no file (P2).

`Gate` holds what is the same for a whole batch: elements of the file are asked once, when it is made.
It may be pickled or made again in another process; two gates with the same arguments decide alike.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from counterfoil.errors import GateFault
from counterfoil.gate.asked import Asked, Reader, Sent
from counterfoil.gate.checks import BATCH_CHECKS, REQUEST_CHECKS
from counterfoil.gate.checks_guards import PROBING
from counterfoil.gate.facts import BatchFacts, History
from counterfoil.gate.guards import NO_COUNTS, Counts, Question, read_question
from counterfoil.gate.known import Known
from counterfoil.gate.law import Law
from counterfoil.gate.states import MET
from counterfoil.gate.statute import Element
from counterfoil.model import Finding, Grant, Public, Refusal, Request, State

_LOCKOUT: Final = "no_lockout_is_in_force"
ALWAYS: Final = "law_is_in_force"
"""The check without which no day is decided: on a day that has no such element, the law does not reach."""


class Explained(Public, frozen=True, gc=False):
    """One finding with the words of its element. Carries nothing of the request."""

    element: str
    state: State
    code: str
    citation: str
    uslm: str | None
    quote: str | None
    explanation: str
    cure: str


class Gate:
    """The law on one day over one batch. Raises GateFault law_not_in_force on a day that the law does not reach."""

    def __init__(self, law: Law, facts: BatchFacts, history: History, on: date) -> None:
        self.elements = law.in_force(on)
        if not any(element.check == ALWAYS for element in self.elements):
            raise GateFault(
                "law_not_in_force",
                "no law of this office is in force on this day",
                place=f"agreement {law.agreement.id}",
                cure="Check the clock; if it is right, the office's law files must be renewed before it can receive.",
            )
        self._terms = law.terms
        self._rules = law.digest
        header = facts.header
        sent = Sent(header, facts.rows, tuple(statute.in_force for statute in law.statutes), history, on)
        named = [(place, element.check) for place, element in enumerate(self.elements)]
        self._batch = tuple(
            (place, BATCH_CHECKS[check](sent, law.terms)) for place, check in named if check in BATCH_CHECKS
        )
        self._batch_failed = [found for found in self._batch if found[1] is not MET]
        self._steps = tuple((place, REQUEST_CHECKS[check]) for place, check in named if check in REQUEST_CHECKS)
        self._findings = tuple({state: Finding(element.id, state) for state in State} for element in self.elements)
        locked = any(self.elements[place].check == _LOCKOUT for place, _ in self._batch_failed)
        self._probing = frozenset(element.id for element in self.elements if element.check in PROBING and not locked)
        self._key = facts.key
        self._known = (header, history)
        self._reader = Reader(law.route.rules.periods, facts, history, min(on, header.sent_on))

    @property
    def batch_failed(self) -> tuple[Finding, ...]:
        """What the file as a whole fails: each of its requests is refused for these at least."""
        return tuple(self._findings[place][state] for place, state in self._batch_failed)

    def question(self, request: Request) -> Question:
        """What the guards know of a request: read it once, to ask the past about it and then to decide."""
        return read_question(self._key, request)

    def known(self, past: Counts) -> Known:
        """What the guards know beside the file itself, with the past of a chunk: to be kept with it."""
        return Known(*self._known, past)

    def is_probe(self, decision: Grant | Refusal) -> bool:
        """Whether a refusal counts toward a lockout. While one is in force nothing prolongs it."""
        return isinstance(decision, Refusal) and any(each.element in self._probing for each in decision.failed)

    def decide(self, request: Request, question: Question | None = None, past: Counts = NO_COUNTS) -> Grant | Refusal:
        """Evaluate every element of one request. `past` counts what earlier batches asked."""
        asked = self._reader.read(request, question or self.question(request), past)
        terms = self._terms
        failed = [(place, state) for place, check in self._steps if (state := check(asked, terms)) is not MET]
        if failed or self._batch_failed:
            return self._refuse(asked, failed)
        return Grant(request, asked.address, asked.name, asked.periods.years, self._rules)

    def findings(self, request: Request) -> tuple[Finding, ...]:
        """Every finding, met ones too, in the law's order."""
        asked = self._reader.read(request, self.question(request), NO_COUNTS)
        states = dict(self._batch) | {place: check(asked, self._terms) for place, check in self._steps}
        return tuple(by_state[states[place]] for place, by_state in enumerate(self._findings))

    def _refuse(self, asked: Asked, failed: list[tuple[int, State]]) -> Refusal:
        ordered = sorted(failed + self._batch_failed) if self._batch_failed else failed
        findings = tuple([self._findings[place][state] for place, state in ordered])
        return Refusal(asked.request.request_id, asked.request.row, findings, self._rules)


def decide(request: Request, law: Law, facts: BatchFacts, history: History, on: date) -> Grant | Refusal:
    """Decide one request. For many requests of one batch make one `Gate`: it is the same decision, faster."""
    return Gate(law, facts, history, on).decide(request)


def explain(request: Request, law: Law, facts: BatchFacts, history: History, on: date) -> tuple[Explained, ...]:
    """Every element with its finding, citation and words, in the law's order: for the holder's eyes."""
    gate = Gate(law, facts, history, on)
    return tuple(
        explain_finding(element, finding)
        for element, finding in zip(gate.elements, gate.findings(request), strict=True)
    )


def explain_finding(element: Element, finding: Finding) -> Explained:
    """One finding with the words of its element."""
    return Explained(
        element.id,
        finding.state,
        element.code,
        element.citation,
        element.uslm,
        element.quote,
        element.explanation,
        element.cure,
    )
