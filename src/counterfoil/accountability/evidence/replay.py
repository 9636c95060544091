"""Replay: the answer reckoned anew from a bundle alone. What is established, in this order; the
code is labelled with the numbers:

     1  The holder signed the bundle as it stands.
     2  The law files are those of the rules that the batch was received under, and load.
     3  Every entry in it stands in the holder's ledger, under one signed checkpoint, and is what
        its role needs.
     4  The holder signed the snapshot's manifest, and the opening names it; the holder signed the
        certificates that governed, for this snapshot, and the ledger named them before the opening.
     5  Two officers, each by a signature of their own, reviewed and released the batch's
        determinations. -- what follows needs the bundle key --
     6  The sealed part is the one that was sealed to this public part.
     7  The request is the one that the ledger commits to, in the file that it names, by the route
        and document that it names.
     8  The gate, asked again under that law, day and counts, decides the same, byte for byte.
     9  The sealed buckets open with their keys alone, are all that the doors lead to, and hold
        residents.
    10  The match, made again from these residents, marks and weights, under the thresholds that
        certificates and agreement make, is the one that was determined, with all its evidence. What
        no certificate covers where the agreement requires one was not compared.
    11  The answer that follows is the one that was given, and the ledger commits to it.

It cannot show: that the doors are those that the register key makes, that an empty door or mark is
empty, and that the counts of the past and of names are right (`compare_snapshot` shows the first
two where the snapshot still exists); that no certificate was left out that raised a threshold; that
the marks say what the office had entered (withheld.py); nor that this row is among those whose
digest the officers signed, which takes all rows of the batch. The first thing that fails raises
VerifyFault.
"""

from __future__ import annotations

from counterfoil import matching, register
from counterfoil.accountability.evidence.bundle import Bundle, open_bundle, open_sealed
from counterfoil.accountability.evidence.check_public import (
    Checked,
    check_part,
    public_codes,
    versions,
)
from counterfoil.accountability.evidence.contents import (
    CERTIFICATE_ROLES,
    SealedPart,
    decode_sealed,
)
from counterfoil.accountability.evidence.suppressed import withheld_among
from counterfoil.answers.coarsen import coarsen
from counterfoil.batches.rows import (
    Determination,
    Granted,
    Refused,
    decode_determinations,
    decode_gated,
    encode_determinations,
    encode_row,
    pack,
)
from counterfoil.certification.governing import NOT_CERTIFIED, Certificates, certified_of, governing
from counterfoil.controls.overrides.store import check_override, decode_override
from counterfoil.core import canonical
from counterfoil.core.errors import VerifyFault
from counterfoil.core.values import Grant, Match, NotCompared, Public, Refusal, Request
from counterfoil.gate.replay import decide_again, set_aside
from counterfoil.ledger.entries import EntryKind
from counterfoil.office.journal import answer_bytes
from counterfoil.tlog import VerifierKey

__all__ = [
    "Replayed",
    "check_public",
    "differs",
    "inspection_bytes",
    "public_codes",
    "replay",
    "versions",
]


class Replayed(Public, frozen=True):
    """What was established, as numbered sentences. `outcome` is the answer's word, or "" where
    there is none yet."""

    batch: str
    digest: str
    holder: str
    size: int
    outcome: str
    statements: tuple[str, ...]


def check_public(data: bytes, holder: VerifierKey | None = None) -> Replayed:
    """Establish 1 to 5, for whoever has no bundle key. `holder` is the key that you have from
    elsewhere.

    Raises VerifyFault, StateFault `evidence_rules_other` where another version decided,
    SettingsFault for law that does not load.
    """
    bundle = open_bundle(data, holder)  # 1
    return _replayed(bundle, check_part(bundle), "", [])


def replay(data: bytes, key: bytes, holder: VerifierKey | None = None) -> Replayed:
    """Establish 1 to 11. Raises as `check_public`."""
    bundle = open_bundle(data, holder)  # 1
    checked = check_part(bundle)  # 2 3 4 5
    sealed = decode_sealed(open_sealed(bundle, key))  # 6
    if not sealed.withheld.is_whole:
        raise differs("the marks are not in the form that every bundle has")
    said = ["6. The bundle key opens the sealed part, which was sealed to this public part."]
    request = _check_request(sealed, checked, said)  # 7
    decision = _check_gate(sealed, checked, request, said)  # 8
    decided = _check_match(sealed, checked, decision, said)  # 9 10
    outcome = _check_answer(sealed, checked, decided, said)  # 11
    return _replayed(bundle, checked, outcome, said)


def inspection_bytes(request_id: str) -> bytes:
    """What the entry of a look at one request commits to."""
    return canonical.encode({"request_id": request_id})


def differs(message: str) -> VerifyFault:
    """The fault of a bundle that is whole and does not come out the same."""
    return VerifyFault(
        "evidence_differs",
        f"not identical: {message}",
        place="bundle",
        cure="Do not rely on the answer. Keep the bundle, and send it to the inspector.",
    )


def _check_request(sealed: SealedPart, checked: Checked, said: list[str]) -> Request:
    """The request inside the row, which the ledger commits to."""
    part, entries = checked.part, checked.entries
    [row] = _one(sealed.row)
    request = row.grant.request if isinstance(row, Granted) else row.request
    if canonical.commit(_salt(sealed.row_salt), sealed.row) != entries["gate"].fields["commitment"]:
        raise differs("the ledger commits to another request")
    if (
        canonical.commit(_salt(sealed.file_salt), part.file_digest.encode())
        != entries["batch"].fields["file"]
    ):
        raise differs("the ledger commits to another request file")
    _check_header(sealed, checked)
    looked = canonical.commit(_salt(sealed.inspection_salt), inspection_bytes(request.request_id))
    if (
        request.request_id != sealed.request_id
        or looked != entries["inspection"].fields["commitment"]
    ):
        raise differs("the ledger says that another request was looked at")
    said.append(
        f"7. The request is the one that entry {checked.indices['gate']} commits to, of the "
        "file that entry "
        f"{checked.indices['batch']} names, asked by the route {checked.route.route.id}."
    )
    return request


def _check_header(sealed: SealedPart, checked: Checked) -> None:
    """The header's route and document are those of the batch's entry."""
    header, fields = sealed.circumstances.header, checked.entries["batch"].fields
    if checked.route.route.id != (header.route or checked.law.route.id) or (
        checked.law.others and not header.route
    ):
        raise differs("the ledger names another route")
    document = header.document.digest.encode() if header.document else b""
    if fields.get("commitment") != (
        canonical.commit(_salt(sealed.document_salt), document) if document else None
    ):
        raise differs("the ledger commits to another document")


def _check_gate(
    sealed: SealedPart, checked: Checked, request: Request, said: list[str]
) -> Grant | Refusal:
    decision = decide_again(checked.law, request, sealed.circumstances, checked.part.gate_date)
    admitted = isinstance(decision, Grant)
    row = Granted(decision) if isinstance(decision, Grant) else Refused(request, decision)
    if encode_row(row) != sealed.row or checked.entries["gate"].kind is not (
        EntryKind.GRANTED if admitted else EntryKind.REFUSED
    ):
        raise differs("the gate decides otherwise")
    elements, failed = len(checked.route.in_force(checked.part.gate_date)), 0
    if isinstance(decision, Refusal):
        failed = len(decision.failed)
    said.append(
        f"8. The gate, asked again for {checked.part.gate_date}, "
        f"{'admits' if admitted else 'refuses'} it: {elements - failed} of "
        f"{elements} elements met, the same byte for byte."
    )
    return _check_override(sealed, checked, request, decision, said)


def _check_override(
    sealed: SealedPart,
    checked: Checked,
    request: Request,
    decision: Grant | Refusal,
    said: list[str],
) -> Grant | Refusal:
    """The grant that two roles made of a refusal that waited for them; the decision itself where
    there is none."""
    entry, part = checked.entries.get("override"), checked.part
    if not sealed.override:
        if entry is not None:
            raise differs("the ledger says that two roles admitted the request")
        return decision
    override = decode_override(sealed.override)
    check_override(override)
    named = {"officer": override.first, "second": override.second}
    fields = {name: canonical.digest(officer.vkey.encode()) for name, officer in named.items()}
    fields |= {
        "batch": part.batch,
        "commitment": canonical.commit(_salt(sealed.override_salt), sealed.override),
    }
    if entry is None or entry.fields != fields:
        raise differs("the ledger commits to another override")
    if (override.office, override.batch, override.refused) != (
        part.office,
        part.batch,
        checked.entries["gate"].fields["commitment"],
    ):
        raise differs("the override is of another request")
    grant = set_aside(checked.law, request, sealed.circumstances, part.gate_date, override.elements)
    if grant != override.grant:
        raise differs("the override admits otherwise")
    said[-1] += (
        f" {override.first.name} and {override.second.name} admitted it by an override, each by "
        "a signature of their own key, as entry"
        f" {checked.indices['override']} says: it waited for an officer in "
        f"{', '.join(override.elements)}, and in nothing else failed."
    )
    return grant


def _check_match(
    sealed: SealedPart, checked: Checked, decision: Grant | Refusal, said: list[str]
) -> Determination | None:
    if not sealed.determination:
        _require_no_buckets(sealed)
        said.append("9. The register was not asked.")
        said.append("10. Nothing was determined when the bundle was made.")
        return None
    [decided] = decode_determinations(sealed.determination)
    if not isinstance(decided, Match):
        _require_no_buckets(sealed)
        same = decided == decision if isinstance(decided, Refusal) else isinstance(decision, Grant)
        if isinstance(decided, NotCompared) and decided.code == NOT_CERTIFIED:
            same = same and checked.law.agreement.confirmation.certificate == "required"
        if not same or (decided.request_id, decided.row) != (sealed.request_id, _row(decision)):
            raise differs("the determination is of another request, or of other terms")
        said.append("9. The register was not asked.")
        why = (
            f"could not be compared ({decided.code})"
            if isinstance(decided, NotCompared)
            else "was refused"
        )
        said.append(f"10. The determination is that it {why}.")
        return decided
    if not isinstance(decision, Grant) or sealed.doors is None:
        raise differs("what was matched is not in the bundle")
    residents = register.residents_in(sealed.doors, decision, checked.part.snapshot)
    weights, thresholds = _check_thresholds(sealed, checked, decision)
    held = withheld_among(residents, sealed.withheld)
    again = matching.decide_suppressed(decision, residents, held, weights, thresholds)
    if encode_determinations([again]) != sealed.determination:
        raise differs("the match decides otherwise")
    behind = sum(bool(each.value) for each in (*sealed.doors.doors, *sealed.doors.homes))
    said.append(
        f"9. {len(sealed.doors.doors)} doors and marks of the asked address; the {behind} "
        "sealed buckets behind them open with their keys "
        f"and hold {len(residents.residents)} residents."
    )
    said.append(
        f"10. The match, made again, {'confirms' if again.confirmed else 'does not confirm'}: "
        "the same score, margin and evidence. "
        f"Thresholds: {_bits(thresholds.birth)} with a date of birth, {_bits(thresholds.names)} "
        f"by name, {_bits(thresholds.undated)} where "
        f"the date does not agree; margin {weights.margin_bits:.2f} bits."
    )
    return decided


def _check_thresholds(
    sealed: SealedPart, checked: Checked, grant: Grant
) -> tuple[matching.Weights, matching.Thresholds]:
    """The weights that the snapshot taught, and the thresholds that certificates and agreement make
    of them."""
    if sealed.weights is None or checked.manifest is None:
        raise differs("what was matched is not in the bundle")
    weights = matching.weights_from_dict(sealed.weights)
    taught = checked.manifest.evidence or matching.weights_to_dict(matching.default_weights())
    if any(
        sealed.weights[name] != taught[name] for name in ("levels", "doors", "threshold", "margin")
    ):
        raise differs("the weights are not those of the snapshot")
    held = {
        scope: certified_of(
            certificate,
            str(checked.entries[CERTIFICATE_ROLES[scope]].fields["certificate"]),
            weights,
        )
        for scope, certificate in checked.certificates.items()
    }
    governed = governing(Certificates(**held), checked.law.agreement.confirmation, weights)
    if not governed.puts(grant):
        raise differs("no certificate covers the question, and the agreement requires one")
    if governed.thresholds != sealed.thresholds:
        raise differs("certificates and agreement make other thresholds")
    return weights, governed.thresholds


def _bits(threshold: int) -> str:
    """Hundredths of a bit as text."""
    return "none reachable" if threshold >= matching.NEVER else f"{threshold / 100:.2f}"


def _check_answer(
    sealed: SealedPart, checked: Checked, decided: Determination | None, said: list[str]
) -> str:
    """The word that was answered, or ""."""
    if checked.ruling is None or decided is None:
        if sealed.answer:
            raise differs("there is an answer without a ruling")
        said.append("11. No answer was given when the bundle was made.")
        return ""
    answer = coarsen(decided, checked.ruling, public_codes(checked.route))
    if answer_bytes(answer) != sealed.answer:
        raise differs("the answer is another")
    entry = checked.entries.get("answer")
    if isinstance(decided, Refusal):
        said.append(
            f"11. The answer is the one that was given, {answer.answer}; entry "
            f"{checked.indices['gate']} is its refusal."
        )
        return str(answer.answer)
    kind = EntryKind.NOT_COMPARED if isinstance(decided, NotCompared) else EntryKind.DISCLOSURE
    committed = canonical.commit(_salt(sealed.answer_salt), sealed.answer)
    if entry is None or entry.kind is not kind or entry.fields["commitment"] != committed:
        raise differs("the ledger commits to another answer")
    said.append(
        f"11. The answer is the one that was given, {answer.answer}, and entry "
        f"{checked.indices['answer']} commits to it."
    )
    return str(answer.answer)


def _require_no_buckets(sealed: SealedPart) -> None:
    if (sealed.doors, sealed.weights, sealed.thresholds) != (None, None, None):
        raise differs("buckets are shown of a register that was not asked")


def _row(decision: Grant | Refusal) -> int:
    return decision.request.row if isinstance(decision, Grant) else decision.row


def _one(row: bytes) -> list[Granted | Refused]:
    rows = decode_gated(pack([row]))
    found = [each for each in rows if isinstance(each, Granted | Refused)]
    if len(found) != 1 or len(rows) != 1:
        raise differs("the row is no request")
    return found


def _salt(salt: bytes) -> bytes:
    if len(salt) != canonical.SALT_BYTES:
        raise differs("a salt is not 32 bytes")
    return salt


def _replayed(bundle: Bundle, checked: Checked, outcome: str, said: list[str]) -> Replayed:
    statements = (*checked.statements, *said)
    return Replayed(
        checked.part.batch, bundle.digest, str(bundle.holder), checked.size, outcome, statements
    )
