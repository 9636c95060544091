"""Replay: the answer made again from a bundle alone. What is established, in this order; the
code is labelled with the numbers:

     1  The holder signed the bundle as it is.
     2  The law files are those of the rules that the batch was received under, and load.
     3  Every entry in it is in the holder's ledger, under one signed checkpoint, and is what
        its role needs.
     4  The holder signed the snapshot's manifest, and the opening names it; the holder signed the
        certificates that governed, for this snapshot, and the ledger named them before the opening.
     5  Two officers, each by a signature of their own, reviewed and released the batch's
        determinations; the ledger had enrolled them before, where the bundle shows it.
        -- what follows needs the bundle key --
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

    12  Only of an answer that was recalled before the bundle was made: the holder says so, and the
        day.

Of a bundle without residents, 9 and 10 are not established, and 11 is that the ledger commits to
the answer as the bundle has it: yes, or no.

It cannot show: that the doors are those that the register key makes, that an empty door or mark is
empty, and that the counts of the past and of names are right (`compare_snapshot` shows the first
two where the snapshot still exists); that no certificate was left out that raised a threshold; that
the marks say what the office had entered (suppressed.py); that neither officer was retired before
signing (`reconcile` shows it, and no bundle is made where one was); nor that this row is among
those whose digest the officers signed, which takes all rows of the batch. The first thing that
fails raises VerifyFault.
"""

from __future__ import annotations

import re

import msgspec

from counterfoil import matching, normalize, register
from counterfoil.accountability.evidence.bundle import Bundle, open_bundle, open_sealed
from counterfoil.accountability.evidence.check_public import Checked, check_page, check_part
from counterfoil.accountability.evidence.contents import (
    CERTIFICATE_ROLES,
    SealedPart,
    decode_sealed,
)
from counterfoil.accountability.evidence.suppressed import suppressed_among
from counterfoil.answers.coarsen import coarsen
from counterfoil.answers.rows import answer_bytes
from counterfoil.batches.override import Override, check_override, decode_override
from counterfoil.batches.rows import (
    Determination,
    Granted,
    Refused,
    Rejected,
    decode_determinations,
    decode_gated,
    encode_determinations,
    encode_row,
    pack,
)
from counterfoil.batches.session import request_of
from counterfoil.certification.governing import NOT_CERTIFIED, Certificates, certified_of, governing
from counterfoil.core import canonical
from counterfoil.core.errors import VerifyFault
from counterfoil.core.instants import from_instant
from counterfoil.core.values import Grant, Match, NotCompared, Public, Refusal, Request
from counterfoil.gate.replay import decide_again, set_aside
from counterfoil.ledger.entries import EntryKind
from counterfoil.office.journal import officer_fields
from counterfoil.office.records import public_codes
from counterfoil.register.snapshot_age import SNAPSHOT_OLD, is_too_old
from counterfoil.tlog import VerifierKey


class Replayed(Public, frozen=True):
    """What was established, as numbered sentences. `outcome` is the answer's word, or "" where
    there is none yet. `made_again`: False of a bundle without residents, whose match was not.
    `recalled_on`: the day on which the holder recalled the answer, as the bundle says it, or ""."""

    batch: str
    digest: str
    holder: str
    size: int
    outcome: str
    statements: tuple[str, ...]
    made_again: bool = True
    recalled_on: str = ""


def check_public(data: bytes, holder: VerifierKey | None = None) -> Replayed:
    """Establish 1 to 5, for whoever has no bundle key. `holder` is the key that you have from
    elsewhere.

    Raises VerifyFault, StateFault `evidence_rules_other` where another version decided,
    SettingsFault for law that does not load.
    """
    bundle = open_bundle(data, holder)  # 1
    return _replayed(bundle, check_part(bundle), "")  # 2 3 4 5


def replay(data: bytes, key: bytes, holder: VerifierKey | None = None) -> Replayed:
    """Establish 1 to 11. Raises as `check_public`."""
    bundle = open_bundle(data, holder)  # 1
    checked = check_part(bundle)  # 2 3 4 5
    sealed = decode_sealed(open_sealed(bundle, key))  # 6
    _require(sealed.suppressed.is_whole, "the marks are not in the form that every bundle has")
    request, asked = _check_request(sealed, checked)  # 7
    decision, judged = _check_gate(sealed, checked, request)  # 8
    decided, opened, matched = _check_determination(sealed, checked, decision)  # 9 10
    outcome, answered = _check_answer(sealed, checked, decided)  # 11
    unsealed = "6. The bundle key opens the sealed part, which was sealed to this public part."
    said = (unsealed, asked, judged, opened, matched, answered, *_recall_words(sealed, checked))
    return msgspec.structs.replace(
        _replayed(bundle, checked, outcome, *said),
        made_again=not sealed.residents_left_out,
        recalled_on=sealed.recalled_on,
    )


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


# -- the request -------------------------------------------------------------------------------


def _check_request(sealed: SealedPart, checked: Checked) -> tuple[Request, str]:
    """The request inside the row, which the ledger commits to, and statement 7."""
    part, entries = checked.part, checked.entries
    request = request_of(read_row(sealed.row))
    _require(
        _commit(sealed.row_salt, sealed.row) == entries.fields("gate")["commitment"],
        "the ledger commits to another request",
    )
    _require(
        _commit(sealed.file_salt, part.file_digest.encode()) == entries.fields("batch")["file"],
        "the ledger commits to another request file",
    )
    _check_header(sealed, checked)
    looked = _commit(sealed.inspection_salt, inspection_bytes(request.request_id))
    _require(
        request.request_id == sealed.request_id
        and looked == entries.fields("inspection")["commitment"],
        "the ledger says that another request was looked at",
    )
    return request, (
        f"7. The request is the one that entry {entries.index('gate')} commits to, of the "
        f"file that entry {entries.index('batch')} names, asked by the route "
        f"{checked.route.route.id}."
    )


def _check_header(sealed: SealedPart, checked: Checked) -> None:
    """The header's route and document are those of the batch's entry."""
    header, law = sealed.circumstances.header, checked.law
    _require(
        checked.route.route.id == (header.route or law.route.id)
        and bool(header.route or not law.others),
        "the ledger names another route",
    )
    document = header.document.digest.encode() if header.document else b""
    committed = _commit(sealed.document_salt, document) if document else None
    _require(
        checked.entries.fields("batch").get("commitment") == committed,
        "the ledger commits to another document",
    )


# -- the gate ----------------------------------------------------------------------------------


def _as_recorded(decision: Grant, sealed: SealedPart, checked: Checked) -> Grant:
    """The decision with the forms that were recorded, where another version of the normal forms
    wrote them: what that version read is taken from the row that the ledger commits to."""
    if checked.part.versions["forms"] not in normalize.EARLIER_FORMS:
        return decision
    [recorded] = decode_gated(pack([sealed.row]))
    if not isinstance(recorded, Granted):
        return decision
    forms = recorded.grant
    return msgspec.structs.replace(decision, address=forms.address, name=forms.name)


def _check_gate(
    sealed: SealedPart, checked: Checked, request: Request
) -> tuple[Grant | Refusal, str]:
    """The decision, an override put in its place, and statement 8."""
    day = checked.part.gate_date
    decision = decide_again(checked.law, request, sealed.circumstances, day)
    if isinstance(decision, Grant):
        decision = _as_recorded(decision, sealed, checked)
        row, kind, failed, verb = Granted(decision), EntryKind.GRANTED, 0, "admits"
    else:
        row, kind = Refused(request, decision), EntryKind.REFUSED
        failed, verb = len(decision.failed), "refuses"
    _require(
        encode_row(row) == sealed.row and checked.entries.kind("gate") is kind,
        "the gate decides otherwise",
    )
    elements = len(checked.route.in_force(day))
    said = (
        f"8. The gate, asked again for {day}, {verb} it: {elements - failed} of "
        f"{elements} elements met, the same byte for byte."
    )
    if not sealed.override:
        _require(
            "override" not in checked.entries.found,
            "the ledger says that two roles admitted the request",
        )
        return decision, said
    override = decode_override(sealed.override)
    _check_override(sealed, checked, request, override)
    return override.grant, said + _override_words(checked, override)


def _check_override(
    sealed: SealedPart, checked: Checked, request: Request, override: Override
) -> None:
    """Two roles admitted the request, which waited for them."""
    check_override(override)
    check_page(checked.law, override.first, override.first_signature)
    check_page(checked.law, override.second, override.second_signature)
    part, entries = checked.part, checked.entries
    commitment = _commit(sealed.override_salt, sealed.override)
    fields = {"batch": part.batch, "commitment": commitment}
    _require(
        entries.fields("override") == fields | officer_fields([override.first, override.second]),
        "the ledger commits to another override",
    )
    _require(
        (override.office, override.batch, override.refused)
        == (part.office, part.batch, entries.fields("gate")["commitment"]),
        "the override is of another request",
    )
    grant = set_aside(checked.law, request, sealed.circumstances, part.gate_date, override.elements)
    _require(grant == override.grant, "the override admits otherwise")


def _override_words(checked: Checked, override: Override) -> str:
    return (
        f" {override.first.name} and {override.second.name} admitted it by an override, each by "
        f"a signature of their own key, as entry {checked.entries.index('override')} says: it "
        f"waited for an officer in {', '.join(override.elements)}, and in nothing else failed."
    )


# -- the determination -------------------------------------------------------------------------


def _check_determination(
    sealed: SealedPart, checked: Checked, decision: Grant | Refusal
) -> tuple[Determination | None, str, str]:
    """What was determined, and statements 9 and 10."""
    if sealed.residents_left_out:
        return None, *_check_left_out(sealed, checked, decision)
    rows = decode_determinations(sealed.determination) if sealed.determination else [None]
    _require(len(rows) == 1, "the determination is of another request, or of other terms")
    decided = rows[0]
    if isinstance(decided, Match):
        return decided, *_check_match(sealed, checked, decision)
    _require(
        (sealed.doors, sealed.weights, sealed.thresholds) == (None, None, None),
        "buckets are shown of a register that was not asked",
    )
    said = "10. Nothing was determined when the bundle was made."
    if decided is not None:
        _require(
            _is_not_compared(sealed, checked, decision, decided),
            "the determination is of another request, or of other terms",
        )
        why = (
            f"could not be compared ({decided.code})"
            if isinstance(decided, NotCompared)
            else "was refused"
        )
        said = f"10. The determination is that it {why}."
    return decided, "9. The register was not asked.", said


def _check_left_out(
    sealed: SealedPart, checked: Checked, decision: Grant | Refusal
) -> tuple[str, str]:
    """Statements 9 and 10 of a request that was compared, whose bundle shows no resident."""
    shown = (sealed.determination, sealed.doors, sealed.weights, sealed.thresholds)
    _require(shown == (b"", None, None, None), "residents are shown that were to be left out")
    _require(
        isinstance(decision, Grant) and "opening" in checked.entries.found,
        "residents are left out of a register that was not asked",
    )
    return (
        f"9. The register was asked, as entry {checked.entries.index('opening')} says; who lives "
        "at the asked address is left out of this bundle.",
        "10. The match was not made again: that takes a bundle with the residents.",
    )


def _is_not_compared(
    sealed: SealedPart, checked: Checked, decision: Grant | Refusal, decided: Refusal | NotCompared
) -> bool:
    """Whether the decision of the gate leaves the request undetermined in this way."""
    if isinstance(decided, Refusal):
        follows = decided == decision
    else:
        agreed = checked.law.agreement.confirmation
        may_be = {
            NOT_CERTIFIED: agreed.certificate == "required",
            SNAPSHOT_OLD: agreed.oldest_days is not None,
        }
        follows = isinstance(decision, Grant) and may_be.get(decided.code, True)
    row = decision.request.row if isinstance(decision, Grant) else decision.row
    return follows and (decided.request_id, decided.row) == (sealed.request_id, row)


def _check_match(
    sealed: SealedPart, checked: Checked, decision: Grant | Refusal
) -> tuple[str, str]:
    """Statements 9 and 10 of a request that was compared."""
    if not isinstance(decision, Grant) or sealed.doors is None or checked.manifest is None:
        raise differs("what was matched is not in the bundle")
    made_by = checked.manifest.bucket_format
    residents = register.residents_in(sealed.doors, decision, checked.part.snapshot, made_by)
    weights, thresholds = _check_thresholds(sealed, checked, decision)
    suppressed = suppressed_among(residents, sealed.suppressed)
    again = matching.decide_suppressed(decision, residents, suppressed, weights, thresholds)
    _require(encode_determinations([again]) == sealed.determination, "the match decides otherwise")
    buckets = sum(bool(each.value) for each in (*sealed.doors.doors, *sealed.doors.homes))
    return (
        f"9. {len(sealed.doors.doors)} doors and marks of the asked address; the {buckets} "
        "sealed buckets behind them open with their keys "
        f"and hold {len(residents.residents)} residents.",
        f"10. The match, made again, {'confirms' if again.confirmed else 'does not confirm'}: "
        "the same score, margin and evidence. "
        f"Thresholds: {_bits(thresholds.birth)} with a date of birth, {_bits(thresholds.names)} "
        f"by name, {_bits(thresholds.undated)} where "
        f"the date does not agree; margin {weights.margin_bits:.2f} bits.",
    )


def _check_thresholds(
    sealed: SealedPart, checked: Checked, grant: Grant
) -> tuple[matching.Weights, matching.Thresholds]:
    """The weights that the snapshot taught, and the thresholds that certificates and agreement make
    of them."""
    if sealed.weights is None or checked.manifest is None:
        raise differs("what was matched is not in the bundle")
    weights = matching.weights_from_dict(sealed.weights)
    weights = matching.as_version(weights, checked.part.versions["match"])
    own = matching.as_version(matching.default_weights(), weights.version)
    taught = checked.manifest.evidence or matching.weights_to_dict(own)
    same = ("levels", "doors", "threshold", "margin")
    _require(
        all(sealed.weights[name] == taught[name] for name in same),
        "the weights are not those of the snapshot",
    )
    certified = {
        scope: certified_of(
            certificate,
            str(checked.entries.fields(CERTIFICATE_ROLES[scope])["certificate"]),
            weights,
        )
        for scope, certificate in checked.certificates.items()
    }
    governed = governing(Certificates(**certified), checked.law.agreement.confirmation, weights)
    _require(
        governed.puts(grant), "no certificate covers the question, and the agreement requires one"
    )
    opened_on = from_instant(checked.entries.found["opening"][1].time).date()
    _require(
        not is_too_old(
            checked.manifest.built_at, checked.law.agreement.confirmation.oldest_days, opened_on
        ),
        "the snapshot was older than the agreement lets it be",
    )
    _require(
        governed.thresholds == sealed.thresholds, "certificates and agreement make other thresholds"
    )
    return weights, governed.thresholds


def _bits(threshold: int) -> str:
    """Hundredths of a bit as text."""
    return "none reachable" if threshold >= matching.NEVER else f"{threshold / 100:.2f}"


# -- the answer --------------------------------------------------------------------------------


def _check_answer(
    sealed: SealedPart, checked: Checked, decided: Determination | None
) -> tuple[str, str]:
    """What was answered, in one word or "", and statement 11."""
    entries = checked.entries
    if sealed.residents_left_out and checked.ruling is not None:
        return _check_bare_answer(sealed, checked)
    if checked.ruling is None or decided is None:
        _require(not sealed.answer, "there is an answer without a ruling")
        return "", "11. No answer was given when the bundle was made."
    answer = coarsen(decided, checked.ruling, public_codes(checked.route))
    _require(answer_bytes(answer) == sealed.answer, "the answer is another")
    given = f"11. The answer is the one that was given, {answer.answer}"
    if isinstance(decided, Refusal):
        return str(answer.answer), f"{given}; entry {entries.index('gate')} is its refusal."
    kind = EntryKind.NOT_COMPARED if isinstance(decided, NotCompared) else EntryKind.DISCLOSURE
    committed = _commit(sealed.answer_salt, sealed.answer)
    _require(
        entries.kind("answer") is kind and entries.fields("answer")["commitment"] == committed,
        "the ledger commits to another answer",
    )
    return str(answer.answer), f"{given}, and entry {entries.index('answer')} commits to it."


def _check_bare_answer(sealed: SealedPart, checked: Checked) -> tuple[str, str]:
    """Statement 11 where the match is not in the bundle: a yes or a no, that the ledger commits
    to."""
    said, entries = canonical.read_object(sealed.answer) or {}, checked.entries
    word = str(said.get("answer"))
    _require(
        said.get("request_id") == sealed.request_id and word in ("confirmed", "not_confirmed"),
        "the answer is none of this request",
    )
    committed = _commit(sealed.answer_salt, sealed.answer)
    _require(
        entries.kind("answer") is EntryKind.DISCLOSURE
        and entries.fields("answer")["commitment"] == committed,
        "the ledger commits to another answer",
    )
    return word, (
        f"11. The answer that was given is {word}, and entry {entries.index('answer')} commits "
        "to it."
    )


def _recall_words(sealed: SealedPart, checked: Checked) -> tuple[str, ...]:
    """Statement 12, of an answer that was recalled."""
    day = sealed.recalled_on
    if not day:
        return ()
    _require(
        checked.ruling is not None and re.fullmatch(r"\d{4}-\d\d-\d\d", day, re.ASCII) is not None,
        "a recall is stated of what was not answered, or of no day",
    )
    return (
        f"12. The holder says that this answer was recalled on {day}, and must no longer be used; "
        "the holder's published list of recalls shows the entry.",
    )


# -- parts -------------------------------------------------------------------------------------


def read_row(row: bytes) -> Granted | Refused:
    """The one row of the sealed part. Raises VerifyFault `evidence_differs`, StoreFault."""
    found = decode_gated(pack([row]))
    if len(found) != 1 or isinstance(found[0], Rejected):
        raise differs("the row is no request")
    return found[0]


def _commit(salt: bytes, data: bytes) -> str:
    _require(len(salt) == canonical.SALT_BYTES, "a salt is not 32 bytes")
    return canonical.commit(salt, data)


def _require(holds: bool, message: str) -> None:
    """Raise VerifyFault `evidence_differs` unless the check holds; `message` says what is wrong."""
    if not holds:
        raise differs(message)


def _replayed(bundle: Bundle, checked: Checked, outcome: str, *said: str) -> Replayed:
    return Replayed(
        batch=checked.part.batch,
        digest=bundle.digest,
        holder=str(bundle.holder),
        size=checked.entries.size,
        outcome=outcome,
        statements=(*checked.statements, *said),
    )
