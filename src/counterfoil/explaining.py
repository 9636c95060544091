"""`explain`: one request's findings and evidence, for the holder's eyes. Looking is itself entered in the ledger.

Findings come back with the words of the law that judged the batch. Evidence is levels and weights, as it was decided and sealed:
no value of a record, and the register is not opened again.
"""

from __future__ import annotations

from counterfoil import canon
from counterfoil.errors import StateFault
from counterfoil.gate.decide import Explained, explain_finding
from counterfoil.ledger import Draft, Kind
from counterfoil.model import Finding, Match, Public, Refusal, Request, State
from counterfoil.office import Office
from counterfoil.payloads import read_chunk
from counterfoil.proof import Signer
from counterfoil.review import store as batches
from counterfoil.review.batch import DETERMINATION, REQUEST, Batch
from counterfoil.review.determinations import Determination, Granted, Refused, decode_determinations, decode_gated
from counterfoil.review.payload import BatchKey, unwrap_key
from counterfoil.store import Connection


class Evidence(Public, frozen=True):
    """One line of the evidence for the best resident: feature, level reached, weight in bits."""

    feature: str
    level: str
    weight_bits: float


class Explanation(Public, frozen=True):
    """All that the holder's officer is shown of one request. `decided` is "" before `determine`."""

    batch: str
    request_id: str
    row: int
    outcome: str
    findings: tuple[Explained, ...]
    decided: str
    score_bits: float
    margin_bits: float
    evidence: tuple[Evidence, ...]


def explain_request(office: Office, batch_id: str, request_id: str, name: str, signer: Signer) -> Explanation:
    """Findings and evidence of one request; enters that this officer looked.

    Raises StateFault (no such batch or request, officer not enrolled, rules changed), KeyFault.
    """
    wrapping, _ = office.payload_keys()
    with office.store.transaction() as connection:
        batch = batches.find_batch(connection, batch_id)
        officer = batches.officer_with_key(connection, name, str(signer.verifier))
        if batch.rules_digest != office.rules:
            raise StateFault(
                "rules_changed",
                "the law, the agreement or the version changed since this batch was received",
                place=batch.id,
                cure="Explain it with the version and law that judged it.",
            )
        key = unwrap_key(batch.id, batch.wrapped_key, wrapping)
        seq, found = _find(connection, batch, key, request_id)
        request, failed = (
            (found.request, found.refusal.failed) if isinstance(found, Refused) else (found.grant.request, ())
        )
        looked = canon.commit(key.salt("inspection", request.row), canon.encode({"request_id": request_id}))
        fields = {"batch": batch.id, "commitment": looked, "officer": canon.digest(officer.vkey.encode())}
        office.ledger.append(connection, [Draft(Kind.INSPECTION, {**fields})], office.clock())
        decided = _determination(connection, batch, key, seq, request)
    return _explanation(office, batch, request, failed, decided)


def _find(connection: Connection, batch: Batch, key: BatchKey, request_id: str) -> tuple[int, Granted | Refused]:
    for chunk in batches.iterate_chunks(connection, batch, REQUEST):
        for row in decode_gated(key.open(REQUEST, chunk.seq, chunk.sealed)):
            if isinstance(row, Granted) and row.grant.request.request_id == request_id:
                return chunk.seq, row
            if isinstance(row, Refused) and row.request.request_id == request_id:
                return chunk.seq, row
    raise StateFault(
        "request_unknown",
        "the batch holds no request of that id",
        place=batch.id,
        cure="Ids are those of the request file; a rejected row has none.",
    )


def _determination(
    connection: Connection, batch: Batch, key: BatchKey, seq: int, request: Request
) -> Determination | None:
    if batches.count_chunks(connection, batch, DETERMINATION)[0] <= seq:
        return None
    rows = decode_determinations(read_chunk(connection, batch, key, DETERMINATION, seq))
    return next((row for row in rows if row.row == request.row), None)


def _explanation(
    office: Office, batch: Batch, request: Request, failed: tuple[Finding, ...], decided: Determination | None
) -> Explanation:
    states = {finding.element: finding.state for finding in failed}
    elements = office.law.under(batch.header.get("route", "")).in_force(batch.gate_date)
    findings = tuple(explain_finding(each, Finding(each.id, states.get(each.id, State.MET))) for each in elements)
    matched = decided if isinstance(decided, Match) else None
    return Explanation(
        batch=batch.id,
        request_id=request.request_id,
        row=request.row,
        outcome="refused" if failed else "granted",
        findings=findings,
        decided=_decided(decided),
        score_bits=matched.score_bits if matched else 0.0,
        margin_bits=matched.margin_bits if matched else 0.0,
        evidence=tuple(Evidence(e.feature, e.level, e.weight_bits) for e in matched.evidence) if matched else (),
    )


def _decided(decided: Determination | None) -> str:
    if isinstance(decided, Match):
        return "confirmed" if decided.confirmed else "not_confirmed"
    if isinstance(decided, Refusal):
        return "refused"
    return "" if decided is None else "not_compared"
