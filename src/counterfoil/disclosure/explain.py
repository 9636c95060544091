"""`explain`: one request's findings and evidence, for the holder's eyes. Looking is itself entered
in the ledger.

Findings come back with the words of the law that judged the batch. Evidence is levels and weights,
as it was decided and sealed: no value of a record, and the register is not opened again. The values
of the request itself are hidden too, unless the officer asks for them by `explain_with_values`: the
entry's commitment then opens to {"request_id": ..., "values": true}, so that who saw values can be
shown later. What the register holds is never shown here, to anybody.
"""

from __future__ import annotations

from collections.abc import Mapping

from counterfoil.batches import store as batches
from counterfoil.batches.batch import DETERMINATION, REQUEST, Batch
from counterfoil.batches.chunks import read_chunk, read_overrides
from counterfoil.batches.encryption import BatchKey, unwrap_key
from counterfoil.batches.rows import (
    Determination,
    Granted,
    Refused,
    decode_determinations,
    decode_gated,
)
from counterfoil.controls.overrides.store import Override
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault
from counterfoil.core.values import Finding, Match, Public, Refusal, Request, Sensitive, State
from counterfoil.database import Connection
from counterfoil.gate.decide import ExplainedFinding, explain_finding
from counterfoil.ledger import Draft, EntryKind
from counterfoil.office import Office
from counterfoil.tlog import Signer


class Evidence(Public, frozen=True):
    """One line of the evidence for the best resident: feature, level reached, weight in bits."""

    feature: str
    level: str
    weight_bits: float


class Explanation(Public, frozen=True):
    """All that the holder's officer is shown of one request. `decided` is "" before `determine`;
    `overridden` are the elements that two roles set aside."""

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


class RequestValues(Sensitive, frozen=True):
    """The request's own values, by feature of the evidence, as received; empty ones left out. No
    value of the register.

    What cannot be printed (control characters, marks that turn the direction of text) stands as
    U+FFFD."""

    values: dict[str, str]


def explain_request(
    office: Office, batch_id: str, request_id: str, name: str, signer: Signer
) -> Explanation:
    """Findings and evidence of one request; enters that this officer looked.

    Raises StateFault (no such batch or request, officer not enrolled, rules changed), KeyFault.
    """
    return _look(office, batch_id, {"request_id": request_id}, name, signer)[0]


def explain_with_values(
    office: Office, batch_id: str, request_id: str, name: str, signer: Signer
) -> tuple[Explanation, RequestValues]:
    """The same with what was asked; enters that this officer looked at values. Raises as
    `explain_request`."""
    found, request = _look(
        office, batch_id, {"request_id": request_id, "values": True}, name, signer
    )
    return found, request_values(request)


def _look(
    office: Office, batch_id: str, what: Mapping[str, str | bool], name: str, signer: Signer
) -> tuple[Explanation, Request]:
    """`what`, committed to in the entry, is the request's id and whether its values are shown."""
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
        seq, found = _find(connection, batch, key, str(what["request_id"]))
        request, failed = (
            (found.request, found.refusal.failed)
            if isinstance(found, Refused)
            else (found.grant.request, ())
        )
        looked = canonical.commit(key.salt("inspection", request.row), canonical.encode(dict(what)))
        fields = {
            "batch": batch.id,
            "commitment": looked,
            "officer": canonical.digest(officer.vkey.encode()),
        }
        office.ledger.append(connection, [Draft(EntryKind.INSPECTION, {**fields})], office.clock())
        decided = _determination(connection, batch, key, seq, request)
        override = read_overrides(connection, batch, key).get(request.row)
    return _explanation(office, batch, request, failed, decided, override), request


def request_values(request: Request) -> RequestValues:
    """The request's own values, as they may be shown to an officer who asked for them."""
    person, address = request.person, request.address
    born = person.date_of_birth.isoformat() if person.date_of_birth else ""
    told = {
        "given": person.given_name,
        "middle": person.middle_name,
        "family": person.family_name,
        "suffix": person.suffix,
        "dob": born,
        "tin": person.tin,
        "door": ", ".join(
            part
            for part in (address.line1, address.line2, address.city, address.state, address.zip)
            if part
        ),
    }
    return RequestValues({name: _printable(value) for name, value in told.items() if value})


def _printable(value: str) -> str:
    return "".join(char if char.isprintable() else "\ufffd" for char in value)


def _find(
    connection: Connection, batch: Batch, key: BatchKey, request_id: str
) -> tuple[int, Granted | Refused]:
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
    office: Office,
    batch: Batch,
    request: Request,
    failed: tuple[Finding, ...],
    decided: Determination | None,
    override: Override | None,
) -> Explanation:
    states = {finding.element: finding.state for finding in failed}
    elements = office.law.for_route(batch.header.get("route", "")).in_force(batch.gate_date)
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
    )


def decided_word(decided: Determination | None) -> str:
    """What was determined, in one word; "" before that."""
    if isinstance(decided, Match):
        return "confirmed" if decided.confirmed else "not_confirmed"
    if isinstance(decided, Refusal):
        return "refused"
    return "" if decided is None else "not_compared"
