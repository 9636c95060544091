"""`explain`: one request's findings and evidence, for the holder's eyes. Looking is itself entered
in the ledger.

Findings come back with the words of the law that judged the batch. Evidence is levels and weights,
as it was decided and sealed: no value of a record, and the register is not opened again. The values
of the request itself are hidden too, unless the officer asks for them by `explain_with_values`: the
entry's commitment then opens to {"request_id": ..., "values": true}, so that who saw values can be
shown later. What the register holds is never shown here, to anybody.
"""

from __future__ import annotations

from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch
from counterfoil.batches.override import Override
from counterfoil.batches.rows import Determination, Refused
from counterfoil.batches.session import BatchSession, request_of
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault
from counterfoil.core.use_cases import Actor
from counterfoil.core.values import (
    Finding,
    Match,
    NotCompared,
    Officer,
    Public,
    Reject,
    Request,
    Sensitive,
    State,
)
from counterfoil.gate.decide import ExplainedFinding, explain_finding
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, journal
from counterfoil.office.authority import require_officer
from counterfoil.office.records import RequestValues, decided_word, request_values


class ExplainRequest(Public, frozen=True):
    """Explain one request. `values`: whether its own values are shown too, which the entry says."""

    batch: str
    request_id: str
    values: bool = False


class Evidence(Public, frozen=True):
    """One line of the evidence for the best resident: feature, level reached, weight in bits."""

    feature: str
    level: str
    weight_bits: float


class RejectedPlace(Public, frozen=True):
    """Why a row could not become a request: the row as the sender's spreadsheet counts it, the
    column or "", the code, and what it says. No value of the row is kept."""

    row: int
    column: str
    code: str
    message: str
    cure: str


class Explanation(Public, frozen=True):
    """All that the holder's officer is shown of one request. `decided` is "" before `determine`;
    `overridden` are the elements that two roles set aside; `reject` is there for a row that was
    rejected, of which there is nothing else: its `row` and `outcome` say so. `state` is the
    batch's, `not_compared` the code of what kept an admitted request from being compared."""

    batch: str
    request_id: str
    row: int
    outcome: str
    findings: tuple[ExplainedFinding, ...]
    decided: str
    score_bits: float
    margin_bits: float
    evidence: tuple[Evidence, ...]
    overridden: tuple[str, ...] = ()
    reject: RejectedPlace | None = None
    state: str = ""
    not_compared: str = ""


class ExplainedRequest(Sensitive, frozen=True):
    """An explanation, and the request's own values where they were asked for."""

    explanation: Explanation
    values: RequestValues | None


def explain_request(office: Office, actor: Actor, question: ExplainRequest) -> ExplainedRequest:
    """Findings and evidence of one request; enters that this officer looked, and whether at values.

    Raises UsageFault `actor_refused`; StateFault (no such batch or request, officer not enrolled,
    rules changed), KeyFault.
    """
    with office.store.transaction() as connection:
        officer = require_officer(connection, actor)
        batch = batches.find_batch(connection, question.batch)
        if not office.match_version_of(batch.rules_digest):
            raise StateFault(
                "rules_changed",
                "the law, the agreement or the version changed since this batch was received",
                place=batch.id,
                cure="Explain it with the version and law that judged it.",
            )
        session = office.batch_session(connection, batch)
        rejected = _rejected(session, question.request_id)
        if rejected is not None:
            _enter(office, session, question, rejected.row, officer)
            return ExplainedRequest(_explain_reject(batch, question.request_id, rejected), None)
        seq, _, row = session.find_request(question.request_id)
        request = request_of(row)
        failed = row.refusal.failed if isinstance(row, Refused) else ()
        _enter(office, session, question, request.row, officer)
        decided = session.determination(seq, request.row)
        override = session.overrides.get(request.row)
    explanation = _explanation(office, batch, request, failed, decided, override)
    return ExplainedRequest(explanation, request_values(request) if question.values else None)


def _enter(
    office: Office, session: BatchSession, question: ExplainRequest, row: int, officer: Officer
) -> None:
    """Enter that this officer looked."""
    said: dict[str, str | bool] = {"request_id": question.request_id}
    said |= {"values": True} if question.values else {}
    salt = session.key.salt("inspection", row)
    commitment = canonical.commit(salt, canonical.encode(said))
    fields = {"batch": session.batch.id, "commitment": commitment}
    journal.enter(office, session.connection, EntryKind.INSPECTION, fields, officer)


def _rejected(session: BatchSession, named: str) -> Reject | None:
    """The rejected row that is meant, unless a request of the batch has the id."""
    found = session.find_reject(named)
    if found is None:
        return None
    if not named.startswith("row "):
        try:
            session.find_request(named)
        except StateFault:
            return found[1]
        return None
    return found[1]


def _explain_reject(batch: Batch, named: str, reject: Reject) -> Explanation:
    place = RejectedPlace(reject.shown_row, reject.field, reject.code, reject.message, reject.cure)
    return Explanation(
        batch=batch.id,
        request_id=reject.request_id or named,
        row=reject.row,
        outcome="rejected",
        findings=(),
        decided="",
        score_bits=0.0,
        margin_bits=0.0,
        evidence=(),
        reject=place,
        state=str(batch.state),
    )


def _explanation(
    office: Office,
    batch: Batch,
    request: Request,
    failed: tuple[Finding, ...],
    decided: Determination | None,
    override: Override | None,
) -> Explanation:
    states = {finding.element: finding.state for finding in failed}
    elements = office.law.for_route(batch.header.route).in_force(batch.gate_date)
    findings = tuple(
        explain_finding(each, Finding(each.id, states.get(each.id, State.MET))) for each in elements
    )
    matched = decided if isinstance(decided, Match) else None
    return Explanation(
        batch=batch.id,
        request_id=request.request_id,
        row=request.row,
        outcome="refused" if failed and override is None else "granted",
        findings=findings,
        decided=decided_word(decided),
        score_bits=matched.score_bits if matched else 0.0,
        margin_bits=matched.margin_bits if matched else 0.0,
        evidence=tuple(Evidence(e.feature, e.level, e.weight_bits) for e in matched.evidence)
        if matched
        else (),
        overridden=override.elements if override else (),
        state=str(batch.state),
        not_compared=decided.code if isinstance(decided, NotCompared) else "",
    )
