"""The certificates that govern a batch, sealed with it when it is first determined. Kind `certificates`, one chunk.

Canonical JSON, whole numbers only; a scope without a certificate is null:

    {"birth":{"certificate":"sha256:...","limit":10000000,"threshold":750},"names":null}

A determination that was broken off goes on under these, whatever was certified meanwhile, and the answer cites them (P7). Lost or
altered: `chunk_missing`, `payload_sealed`; nothing is released.
"""

from __future__ import annotations

from typing import Final

import msgspec

from counterfoil import canon, match, register
from counterfoil.office import Office
from counterfoil.office.certified import Certificates, Governing, find_certificates, governing
from counterfoil.payloads import keep_chunk, read_chunk
from counterfoil.review import store as batches
from counterfoil.review.batch import Batch
from counterfoil.review.payload import BatchKey
from counterfoil.store import Connection

CERTIFICATES: Final = "certificates"


def pin_certificates(
    office: Office, connection: Connection, batch: Batch, key: BatchKey, manifest: register.Manifest,
    weights: match.Weights,
) -> Governing:  # fmt: skip
    """What governs the batch: as was sealed with it, or, the first time, as stands now. The snapshot is pinned before.

    Raises StateFault `certificate_missing`, `certificate_unknown`, StoreFault, VerifyFault `certificate_not_verified`.
    """
    if batches.count_chunks(connection, batch, CERTIFICATES)[0]:
        held = pinned_certificates(connection, batch, key)
    else:
        held = find_certificates(office, connection, manifest, weights)
        plain = canon.encode(msgspec.to_builtins(held))
        keep_chunk(connection, batch, key, CERTIFICATES, 0, plain, 0, office.random)
    return governing(held, office.law.agreement.confirmation, weights)


def pinned_certificates(connection: Connection, batch: Batch, key: BatchKey) -> Certificates:
    """The certificates that were sealed with the batch. Raises StateFault `chunk_missing`, StoreFault `payload_sealed`."""
    return msgspec.json.decode(read_chunk(connection, batch, key, CERTIFICATES, 0), type=Certificates)
