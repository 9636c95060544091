"""The certificates that govern a batch, sealed with it as one chunk when it is first determined.

The chunk, of kind `certificates`, is canonical JSON with whole numbers only. A scope without a
certificate is null:

    {"birth":{"certificate":"sha256:...","limit":10000000,"threshold":750},"names":null}

A determination that was broken off goes on under these certificates, whatever was certified
meanwhile, and the answers cite them (P7). Lost or altered: `chunk_missing`, `payload_sealed`, and
nothing is released.
"""

from __future__ import annotations

from typing import Final

import msgspec

from counterfoil import matching, register
from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch
from counterfoil.batches.chunks import keep_chunk, read_chunk
from counterfoil.batches.encryption import BatchKey
from counterfoil.certification.governing import (
    Certificates,
    Governing,
    find_certificates,
    governing,
)
from counterfoil.core import canonical
from counterfoil.database import Connection
from counterfoil.office import Office

CERTIFICATES: Final = "certificates"


def pin_certificates(
    office: Office,
    connection: Connection,
    batch: Batch,
    key: BatchKey,
    manifest: register.Manifest,
    weights: matching.Weights,
) -> Governing:
    """What governs the batch: the certificates that were sealed with it; the first time, those in
    force now, which are sealed with it. The batch's snapshot is pinned before.

    Raises StateFault `certificate_missing`, `certificate_unknown`, StoreFault, VerifyFault
    `certificate_not_verified`.
    """
    if batches.count_chunks(connection, batch, CERTIFICATES)[0]:
        certificates = pinned_certificates(connection, batch, key)
    else:
        certificates = find_certificates(office, connection, manifest, weights)
        plain = canonical.encode(msgspec.to_builtins(certificates))
        keep_chunk(connection, batch, key, CERTIFICATES, 0, plain, 0, office.random)
    return governing(certificates, office.law.agreement.confirmation, weights)


def pinned_certificates(connection: Connection, batch: Batch, key: BatchKey) -> Certificates:
    """The certificates that were sealed with the batch.

    Raises StateFault `chunk_missing`, StoreFault `payload_sealed`.
    """
    return msgspec.json.decode(
        read_chunk(connection, batch, key, CERTIFICATES, 0), type=Certificates
    )
