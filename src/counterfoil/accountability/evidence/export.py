"""Export: one request of a batch, gathered from an office into a bundle. What is done, in this
order:

    1  the request, what the guards knew of it and what was determined are read; the buckets behind
       its doors are taken, still sealed, from the snapshot that decided it, and who of them was
       suppressed; the key custodian counts that as an opening
    2  the look is entered as an `inspection` and the ledger is signed, in one commit: only then is
       anything handed over
    3  the entries are proved to that one checkpoint, which witnesses cosign where a policy was
       given
    4  the bundle is sealed, signed, and replayed as its reader will: one that does not come out
       identical is not handed over

A suspension does not stop it: an inspector or a court may look while the office is suspended.
Nothing is answered.
"""

from __future__ import annotations

from typing import Any

import msgspec

from counterfoil import matching, register
from counterfoil.accountability.evidence.bundle import KEY_BYTES, seal_bundle
from counterfoil.accountability.evidence.check_public import versions
from counterfoil.accountability.evidence.contents import (
    CertificateText,
    OfficerSignature,
    PublicPart,
    SealedPart,
    encode_public,
    encode_sealed,
)
from counterfoil.accountability.evidence.prove import Wanted, prove_entries
from counterfoil.accountability.evidence.replay import inspection_bytes, replay
from counterfoil.accountability.evidence.suppressed import mark_suppressed
from counterfoil.answers.coarsen import coarsen
from counterfoil.answers.rows import answer_bytes
from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch
from counterfoil.batches.encryption import BatchKey
from counterfoil.batches.override import OVERRIDE, encode_override
from counterfoil.batches.rows import encode_determinations
from counterfoil.batches.session import BatchSession
from counterfoil.batches.states import BatchState
from counterfoil.certification.certificate import certificate_files, open_certificate
from counterfoil.certification.governing import by_scope, governing
from counterfoil.certification.pinned import pinned_certificates
from counterfoil.controls.holds.pinned import pinned_holds
from counterfoil.controls.recall.service import recalled_rows
from counterfoil.controls.witnesses import ask_for_cosignatures
from counterfoil.core import canonical
from counterfoil.core.errors import VerifyFault
from counterfoil.core.instants import instant_text
from counterfoil.core.use_cases import Actor
from counterfoil.core.values import Match, Officer, Public, Refusal, Resident, Ruling, Sensitive
from counterfoil.gate.law.archive import law_of_texts
from counterfoil.gate.law.load import Law
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, journal, match_version_of
from counterfoil.office.authority import require_reader
from counterfoil.office.records import Recorded, law_files, public_codes, read_recorded
from counterfoil.tlog.policy import parse_policy


class ExportEvidence(Public, frozen=True):
    """One request of a batch as a bundle. `policy`: text of a C2SP tlog-policy, whose witnesses are
    asked to cosign; None for nobody. `residents`: whether it shows who lives at the address that
    was asked; False for a reader who may not see them."""

    batch: str
    request_id: str
    policy: bytes | None = None
    residents: bool = True


class Exported(Sensitive, frozen=True):
    """A bundle and its key, and the index of the ledger's entry that says it was made."""

    bundle: bytes
    key: bytes
    index: int


class _Gathered(Sensitive, frozen=True):
    """What the office recorded of the request. `answer`: the bytes of the answer as was released,
    b"" where there is none; `ruling`: None before the release; `recalled_on`: the day on which the
    answer was recalled first, or ""."""

    batch: Batch
    key: BatchKey
    recorded: Recorded
    files: dict[str, str]
    law: Law
    ruling: Ruling | None
    answer: bytes
    recalled_on: str

    def salt(self, kind: str) -> bytes:
        """The salt of what the ledger commits to about this request."""
        return self.key.salt(kind, self.recorded.request.row)


class _Opened(Sensitive, frozen=True):
    """What was taken from the register and its snapshot: nothing where it was not asked, nothing of
    the residents where they are left out.

    `certificates` that governed, and the fields of the entry of each, by scope; `suppressed`: whom
    a hold suppressed.
    """

    buckets: register.EvidenceBuckets | None = None
    weights: dict[str, Any] | None = None
    thresholds: matching.Thresholds | None = None
    manifest: str = ""
    signature: str = ""
    certificates: dict[str, CertificateText] = {}
    entered: dict[str, dict[str, str]] = {}
    suppressed: tuple[Resident, ...] = ()
    left_out: bool = False


def export_evidence(
    office: Office, actor: Actor, command: ExportEvidence, *, key: bytes = b""
) -> Exported:
    """The bundle of one request, for an officer or an inspector. Enters who took it. `key`: 32
    random bytes, where several bundles have one key; b"" for a key of its own.

    Raises as `require_reader`; StateFault (no such batch or request, not gated yet, disposed of,
    received by an older version), SettingsFault (the policy), KeyFault, StoreFault (limit of
    openings, snapshot gone), VerifyFault, `witness_quorum` after the look was entered among them.
    """
    policy = None if command.policy is None else parse_policy(command.policy)
    holder = office.signer()
    with office.store.reading() as connection:
        officer = require_reader(connection, actor)
        batch = batches.find_batch(connection, command.batch)
        if batch.state is BatchState.RECEIVED:
            batch.require(BatchState.GATED)
        gathered = _gather(office, office.batch_session(connection, batch), command.request_id)
    opened = _open_register(office, gathered, residents=command.residents)  # 1
    index, note = _enter(office, gathered, officer)  # 2
    if policy is not None:
        cosigned = ask_for_cosignatures(office, policy, note)
        if not cosigned.holds:
            raise VerifyFault(
                "witness_quorum",
                "the witnesses that cosigned are no quorum",
                place="evidence",
                cure="The look is entered; no bundle was written. Ask again when the witnesses "
                "are up, or without --policy.",
            )
        note = cosigned.note
    public = _public(office, gathered, opened, index, note)  # 3
    key = key or office.random(KEY_BYTES)
    plain = encode_sealed(_sealed(office, gathered, opened))
    bundle = seal_bundle(encode_public(public), plain, key, office.random(12), holder)  # 4
    replay(bundle, key, office.holder_key)
    return Exported(bundle, key, index)


# -- gathering ---------------------------------------------------------------------------------


def _gather(office: Office, session: BatchSession, request_id: str) -> _Gathered:
    connection, batch = session.connection, session.batch
    recorded = read_recorded(session, office.payload_keys()[1], request_id)
    files = law_files(office, connection, batch, "Export")
    law, ruling, answer, recalled_on = law_of_texts(files), None, b"", ""
    if batch.state is BatchState.RELEASED:
        ruling = batches.load_ruling(connection, batch, office.settings.name)
        recalls = recalled_rows(office, connection).get(batch.id)
        recalled_on = recalls.day_of(request_id) if recalls else ""
        if recorded.determination is not None:
            codes = public_codes(law.for_route(batch.header.route))
            answer = answer_bytes(coarsen(recorded.determination, ruling, codes))
    return _Gathered(batch, session.key, recorded, files, law, ruling, answer, recalled_on)


def _open_register(office: Office, gathered: _Gathered, *, residents: bool) -> _Opened:
    recorded, grant = gathered.recorded, gathered.recorded.grant
    if grant is None or not isinstance(recorded.determination, Match):
        return _Opened()
    with office.store.reading() as connection:
        session = BatchSession(connection, gathered.batch, gathered.key)
        pinned, holds = pinned_certificates(session), pinned_holds(session)
    with office.open_register(gathered.batch.snapshot) as sealed:
        manifest, digest = sealed.manifest, register.manifest_digest(sealed.manifest)
        certified = {scope: each.certificate for scope, each in by_scope(pinned).items()}
        certificates = {
            scope: _certificate(office, manifest, scope, named)
            for scope, named in certified.items()
        }
        opened = _Opened(
            manifest=register.manifest_bytes(manifest).decode(),
            signature=register.read_signature(office.register_directory / sealed.snapshot),
            certificates=certificates,
            entered={
                scope: {"certificate": named, "snapshot": digest, "scope": scope}
                for scope, named in certified.items()
            },
            left_out=not residents,
        )
        if not residents:
            return opened
        shown = sealed.collect_buckets(grant)
        found = register.residents_in(shown, grant, sealed.snapshot, manifest.bucket_format)
        names = [grant.name, *(resident.name for resident in found.residents)]
        weights = office.weights(manifest, _match_version(gathered))
        weights = matching.reduce_weights(weights, names, office.random(16).hex())
        suppressed = office.custodian(manifest.key_id).on_hold(found, holds)
        return msgspec.structs.replace(
            opened,
            buckets=shown,
            weights=matching.weights_to_dict(weights),
            thresholds=governing(pinned, gathered.law.agreement.confirmation, weights).thresholds,
            suppressed=tuple(found.residents[place] for place in suppressed),
        )


def _certificate(
    office: Office, manifest: register.Manifest, scope: str, digest: str
) -> CertificateText:
    """A certificate that was pinned, as its file beside the snapshot has it, verified. Raises as
    `open_certificate`."""
    folder = office.register_directory / manifest.snapshot
    open_certificate(folder, office.signing_publics, manifest, scope, digest)
    data, signature = certificate_files(folder, scope, digest)
    return CertificateText(data.decode(), signature.decode("ascii"))


# -- entering ----------------------------------------------------------------------------------


def _enter(office: Office, gathered: _Gathered, officer: Officer) -> tuple[int, str]:
    """(index of the look's entry, a signed checkpoint that covers it)."""
    looked = inspection_bytes(gathered.recorded.request.request_id)
    commitment = canonical.commit(gathered.salt("inspection"), looked)
    fields = {"batch": gathered.batch.id, "commitment": commitment}
    with office.store.transaction() as connection:
        index = journal.enter(office, connection, EntryKind.INSPECTION, fields, officer)
        return index, office.ledger.sign_checkpoint(connection, office.signer())


def _commitments(gathered: _Gathered) -> frozenset[str]:
    """What the entries about the request alone commit to."""
    recorded = gathered.recorded
    own = {recorded.commitment}
    if recorded.override is not None:
        plain = encode_override(recorded.override)
        own.add(canonical.commit(gathered.salt(OVERRIDE), plain))
    if gathered.answer and not isinstance(recorded.determination, Refusal):
        own.add(canonical.commit(gathered.salt("answer"), gathered.answer))
    return frozenset(own)


# -- the two parts -----------------------------------------------------------------------------


def _match_version(gathered: _Gathered) -> str:
    """The version of the match rules that decided the batch."""
    found = match_version_of(gathered.law, gathered.batch.rules_digest)
    return found or matching.MATCH_VERSION


def _public(
    office: Office, gathered: _Gathered, opened: _Opened, index: int, note: str
) -> PublicPart:
    batch, files, ruling = gathered.batch, gathered.files, gathered.ruling
    officers = (ruling.first, ruling.second) if ruling else ()
    wanted = Wanted(_commitments(gathered), opened.entered, index, officers)
    with office.store.reading() as connection:
        proved = prove_entries(office, connection, batch, wanted, note)
    return PublicPart(
        office=office.settings.name,
        batch=batch.id,
        received_at=instant_text(batch.received_at),
        gate_date=batch.gate_date,
        agreement=batch.agreement,
        file_digest=batch.file_digest,
        versions=versions(_match_version(gathered)),
        law=files,
        law_digests={path: canonical.digest(text.encode()) for path, text in files.items()},
        snapshot=batch.snapshot if opened.manifest else "",
        manifest=opened.manifest,
        manifest_signature=opened.signature,
        certificates=opened.certificates,
        determinations=ruling.determinations_digest if ruling else "",
        review=OfficerSignature(ruling.first, ruling.first_signature) if ruling else None,
        release=OfficerSignature(ruling.second, ruling.second_signature) if ruling else None,
        entries=proved,
    )


def _sealed(office: Office, gathered: _Gathered, opened: _Opened) -> SealedPart:
    recorded, key = gathered.recorded, gathered.key
    decided, override = recorded.determination, recorded.override
    document = recorded.circumstances.header.document
    return SealedPart(
        request_id=recorded.request.request_id,
        row=recorded.row_bytes,
        row_salt=recorded.row_salt,
        file_salt=key.salt("file", 0),
        document_salt=key.salt("document", 0) if document else b"",
        inspection_salt=gathered.salt("inspection"),
        circumstances=recorded.circumstances,
        override=encode_override(override) if override else b"",
        override_salt=gathered.salt(OVERRIDE) if override else b"",
        determination=encode_determinations([decided]) if decided and not opened.left_out else b"",
        weights=opened.weights,
        thresholds=opened.thresholds,
        doors=opened.buckets,
        suppressed=mark_suppressed(opened.suppressed, office.random),
        answer=gathered.answer,
        answer_salt=gathered.salt("answer"),
        residents_left_out=opened.left_out,
        recalled_on=gathered.recalled_on,
    )
