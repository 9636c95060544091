"""The certificates that govern a batch, sealed with it when it is first determined: one chunk of
the kind `certificates`.

Canonical JSON, whole numbers only; a scope without a certificate is null:

    {"birth":{"certificate":"sha256:...","limit":10000000,"threshold":750},"names":null}

A determination that was broken off goes on under these, whatever was certified meanwhile, and the
answer cites them (P7). Lost or altered: `chunk_missing`, `payload_sealed`; nothing is released.
"""

from __future__ import annotations

import msgspec

from counterfoil import matching, register
from counterfoil.batches.batch import ChunkKind
from counterfoil.batches.session import BatchSession
from counterfoil.certification.governing import (
    Certificates,
    Governing,
    find_certificates,
    governing,
)
from counterfoil.core import canonical
from counterfoil.office import Office


def pin_certificates(
    office: Office, session: BatchSession, manifest: register.Manifest, weights: matching.Weights
) -> Governing:
    """What governs the batch: as was sealed with it, or, the first time, as stands now. The
    snapshot is pinned before.

    Raises StateFault `certificate_missing`, `certificate_unknown`, StoreFault, VerifyFault
    `certificate_not_verified`.
    """
    if session.count(ChunkKind.CERTIFICATES)[0]:
        held = pinned_certificates(session)
    else:
        held = find_certificates(office, session.connection, manifest, weights)
        plain = canonical.encode(msgspec.to_builtins(held))
        session.keep(ChunkKind.CERTIFICATES, plain, office.random)
    return governing(held, office.law.agreement.confirmation, weights)


def pinned_certificates(session: BatchSession) -> Certificates:
    """The certificates that were sealed with the batch. Raises StateFault `chunk_missing`,
    StoreFault `payload_sealed`."""
    return msgspec.json.decode(session.read(ChunkKind.CERTIFICATES), type=Certificates)
