"""Export: one request of a batch, gathered from an office into a bundle. What is done, in this
order:

    1  the request, what the guards knew of it and what was determined are read; the buckets behind
       its doors are taken, still sealed, from the snapshot that decided it, and who of them was
       withheld; the key custodian counts that as an opening
    2  the look is entered as an `inspection` and the ledger is signed, in one commit: only then is
       anything handed over
    3  the entries are proved to that one checkpoint, which witnesses cosign where a policy is at
       hand
    4  the bundle is sealed, signed, and replayed as its reader will: one that does not come out
       identical is not handed over

Not held up by a suspension: an inspector or a court may look while the office stands still. Nothing
is answered.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from counterfoil import matching, register
from counterfoil.accountability.evidence.bundle import KEY_BYTES, seal_bundle
from counterfoil.accountability.evidence.contents import (
    CertificateText,
    PublicPart,
    SealedPart,
    Word,
    encode_public,
    encode_sealed,
)
from counterfoil.accountability.evidence.prove import Wanted, prove_entries
from counterfoil.accountability.evidence.replay import (
    inspection_bytes,
    public_codes,
    replay,
    versions,
)
from counterfoil.accountability.evidence.suppressed import mark_withheld
from counterfoil.answers.coarsen import coarsen
from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch, instant_text
from counterfoil.batches.rows import encode_determinations
from counterfoil.batches.states import BatchState
from counterfoil.certification.certificate import certificate_files, open_certificate
from counterfoil.certification.governing import by_scope, governing
from counterfoil.certification.pinned import pinned_certificates, pinned_holds
from counterfoil.controls.overrides.store import OVERRIDE, encode_override
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault
from counterfoil.core.values import (
    Answer,
    Grant,
    Match,
    Officer,
    Public,
    Refusal,
    Resident,
    Residents,
    Ruling,
    Sensitive,
)
from counterfoil.database import Connection
from counterfoil.gate.law.archive import kept_law, law_of_texts, read_law_texts
from counterfoil.gate.law.load import Law
from counterfoil.ledger import Draft, EntryKind
from counterfoil.office import Office
from counterfoil.office.journal import answer_bytes
from counterfoil.office.records import Recorded, read_recorded
from counterfoil.tlog import Signer

Cosign = Callable[[str], str]
"""A signed checkpoint to the same with its witnesses' cosignatures. Called between two
transactions."""


class Exported(Public, frozen=True):
    """A bundle and its key, and the ledger's entry that says it was made."""

    bundle: bytes
    key: bytes
    index: int


class _Asked(Sensitive, frozen=True):
    """What was taken from the register and its snapshot: nothing of them where it was not asked.

    `certificates` that governed, and the fields of the entry of each, by scope; `held`: who was
    withheld.
    """

    buckets: register.Shown | None = None
    weights: dict[str, Any] | None = None
    thresholds: matching.Thresholds | None = None
    manifest: str = ""
    signature: str = ""
    certificates: dict[str, CertificateText] = {}
    entered: dict[str, dict[str, str]] = {}
    held: tuple[Resident, ...] = ()


_NOTHING: Final = _Asked()


def export_evidence(
    office: Office, batch_id: str, request_id: str, name: str, signer: Signer, cosign: Cosign = str
) -> Exported:
    """The bundle of one request. Enters that this officer took it.

    Raises StateFault (no such batch or request, not gated yet, disposed of, received by an older
    version), KeyFault, StoreFault (limit of openings, snapshot gone), VerifyFault.
    """
    holder, (wrapping, history_key) = office.signer(), office.payload_keys()
    with office.store.reading() as connection:
        officer = batches.officer_with_key(connection, name, str(signer.verifier))
        batch = batches.find_batch(connection, batch_id)
        if batch.state is BatchState.RECEIVED:
            batch.require(BatchState.GATED)
        recorded = read_recorded(connection, batch, wrapping, history_key, request_id)
        files = _law_files(office, connection, batch)
        ruling = (
            batches.load_ruling(connection, batch, office.settings.name)
            if _is_released(batch)
            else None
        )
    law = law_of_texts(files)
    asked = _ask_register(office, batch, recorded, law)
    answer = _answer(recorded, ruling, law.for_route(batch.header.get("route", "")))
    index, note = _enter(office, batch, recorded, officer, holder)
    note = cosign(note)
    with office.store.reading() as connection:
        wanted = Wanted(_commitments(recorded, answer), asked.entered)
        proved = prove_entries(office, connection, batch, wanted, index, note)
    public = PublicPart(
        office=office.settings.name,
        batch=batch.id,
        received_at=instant_text(batch.received_at),
        gate_date=batch.gate_date,
        agreement=batch.agreement,
        file_digest=batch.file_digest,
        versions=versions(),
        law=files,
        law_digests={path: canonical.digest(text.encode()) for path, text in files.items()},
        snapshot=batch.snapshot if asked.buckets else "",
        manifest=asked.manifest,
        manifest_signature=asked.signature,
        certificates=asked.certificates,
        determinations=ruling.determinations_digest if ruling else "",
        review=Word(ruling.first, ruling.first_signature) if ruling else None,
        release=Word(ruling.second, ruling.second_signature) if ruling else None,
        entries=proved,
    )
    key = office.random(KEY_BYTES)
    plain = encode_sealed(_sealed(office, recorded, asked, answer))
    bundle = seal_bundle(encode_public(public), plain, key, office.random(12), holder)
    replay(bundle, key, office.holder_key)
    return Exported(bundle, key, index)


def _sealed(office: Office, recorded: Recorded, asked: _Asked, answer: Answer | None) -> SealedPart:
    number, decided, override = recorded.request.row, recorded.determination, recorded.override
    return SealedPart(
        request_id=recorded.request.request_id,
        row=recorded.row_bytes,
        row_salt=recorded.row_salt,
        file_salt=recorded.key.salt("file", 0),
        document_salt=recorded.key.salt("document", 0)
        if recorded.circumstances.header.document
        else b"",
        inspection_salt=recorded.key.salt("inspection", number),
        circumstances=recorded.circumstances,
        override=b"" if override is None else encode_override(override),
        override_salt=b"" if override is None else recorded.key.salt(OVERRIDE, number),
        determination=b"" if decided is None else encode_determinations([decided]),
        weights=asked.weights,
        thresholds=asked.thresholds,
        doors=asked.buckets,
        withheld=mark_withheld(asked.held, office.random),
        answer=b"" if answer is None else answer_bytes(answer),
        answer_salt=recorded.key.salt("answer", number),
    )


def _is_released(batch: Batch) -> bool:
    return batch.state is BatchState.RELEASED


def _law_files(office: Office, connection: Connection, batch: Batch) -> dict[str, str]:
    """The law files that judged the batch: kept when it was received, or those in force where they
    are the same."""
    kept = kept_law(connection, batch.rules_digest)
    if kept is not None:
        return kept
    if batch.rules_digest != office.rules:
        raise StateFault(
            "rules_changed",
            "the law, the agreement or the version changed since this batch was received",
            place=batch.id,
            cure="Export it with the version and law that judged it.",
        )
    return read_law_texts(office.directory / "law")


def _ask_register(office: Office, batch: Batch, recorded: Recorded, law: Law) -> _Asked:
    if recorded.grant is None or not isinstance(recorded.determination, Match):
        return _NOTHING
    with office.store.reading() as connection:
        pinned = pinned_certificates(connection, batch, recorded.key)
        holds = pinned_holds(connection, batch, recorded.key)
    with office.open_register(batch.snapshot) as sealed:
        manifest, folder = sealed.manifest, office.register_directory / sealed.snapshot
        held = {scope: found.certificate for scope, found in by_scope(pinned).items()}
        certificates = {
            scope: _text(office, manifest, scope, digest) for scope, digest in held.items()
        }
        shown = sealed.show(recorded.grant)
        found = register.residents_shown(shown, recorded.grant, sealed.snapshot)
        names = _names(recorded.grant, found)
        weights = matching.reduce_weights(office.weights(manifest), names, office.random(16).hex())
        return _Asked(
            shown,
            matching.weights_to_dict(weights),
            governing(pinned, law.agreement.confirmation, weights).thresholds,
            register.manifest_bytes(manifest).decode(),
            register.read_signature(folder),
            certificates,
            {
                scope: {
                    "certificate": digest,
                    "snapshot": register.manifest_digest(manifest),
                    "scope": scope,
                }
                for scope, digest in held.items()
            },
            tuple(found.residents[place] for place in office.custodian().held_among(found, holds)),
        )


def _text(office: Office, manifest: register.Manifest, scope: str, digest: str) -> CertificateText:
    """A certificate that was pinned, as it stands beside the snapshot, verified. Raises as
    `open_certificate`."""
    folder = office.register_directory / manifest.snapshot
    open_certificate(folder, office.holder_key.public, manifest, scope, digest)
    data, signature = certificate_files(folder, scope, digest)
    return CertificateText(data.decode(), signature.decode("ascii"))


def _names(grant: Grant, found: Residents) -> list[Any]:
    return [grant.name, *(resident.name for resident in found.residents)]


def _answer(recorded: Recorded, ruling: Ruling | None, law: Law) -> Answer | None:
    """The answer as it was released: coarsened again, which P7 makes the same bytes."""
    if ruling is None or recorded.determination is None:
        return None
    return coarsen(recorded.determination, ruling, public_codes(law))


def _commitments(recorded: Recorded, answer: Answer | None) -> frozenset[str]:
    own = {recorded.commitment}
    if recorded.override is not None:
        own.add(
            canonical.commit(
                recorded.key.salt(OVERRIDE, recorded.request.row),
                encode_override(recorded.override),
            )
        )
    if answer is not None and not isinstance(recorded.determination, Refusal):
        own.add(
            canonical.commit(
                recorded.key.salt("answer", recorded.request.row), answer_bytes(answer)
            )
        )
    return frozenset(own)


def _enter(
    office: Office, batch: Batch, recorded: Recorded, officer: Officer, holder: Signer
) -> tuple[int, str]:
    """(index of the inspection's entry, a checkpoint that covers it)."""
    looked = inspection_bytes(recorded.request.request_id)
    commitment = canonical.commit(recorded.key.salt("inspection", recorded.request.row), looked)
    fields = {
        "batch": batch.id,
        "commitment": commitment,
        "officer": canonical.digest(officer.vkey.encode()),
    }
    with office.store.transaction() as connection:
        index = office.ledger.append(
            connection, [Draft(EntryKind.INSPECTION, {**fields})], office.clock()
        )[0]
        return index, office.ledger.sign_checkpoint(connection, holder)
