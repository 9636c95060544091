"""What governs a batch, sealed with it when it is first determined: its certificates and the holds
that stand. One chunk of each kind.

Kind `certificates`:
Canonical JSON, whole numbers only; a scope without a certificate is null:

    {"birth":{"certificate":"sha256:...","limit":10000000,"threshold":750},"names":null}

Kind `holds`: the marks of all holds that stand (controls/holds/store.py), 16 bytes each, rising,
then zeros up to
4096 bytes or the next higher power of two, so that its size tells nothing below that. A mark of
     zeros is none.

A determination that was broken off goes on under these, whatever was certified meanwhile, and the
answer cites them (P7). Lost or altered: `chunk_missing`, `payload_sealed`; nothing is released.
When a hold is added, the `holds` and all determinations of each batch that is not released go
(batches/store.py), and each commit of a determination asks whether its own still stand.
"""

from __future__ import annotations

from typing import Final

import msgspec

from counterfoil import matching, register
from counterfoil.batches import store as batches
from counterfoil.batches.batch import HOLDS, Batch
from counterfoil.batches.chunks import keep_chunk, read_chunk
from counterfoil.batches.encryption import BatchKey
from counterfoil.certification.governing import (
    Certificates,
    Governing,
    find_certificates,
    governing,
)
from counterfoil.controls.holds.service import marks_in_force
from counterfoil.controls.holds.store import MARK_BYTES, split_marks
from counterfoil.core import canonical
from counterfoil.core.values import Sensitive
from counterfoil.database import Connection
from counterfoil.office import Office

CERTIFICATES: Final = "certificates"
_SMALLEST_HOLDS: Final = 4096
_NO_MARK: Final = bytes(MARK_BYTES)


class PinnedHolds(Sensitive, frozen=True):
    """The holds that a batch is determined under: their marks, and the sealed chunk that says
    so."""

    marks: frozenset[bytes]
    sealed: bytes


def pin_certificates(
    office: Office,
    connection: Connection,
    batch: Batch,
    key: BatchKey,
    manifest: register.Manifest,
    weights: matching.Weights,
) -> Governing:
    """What governs the batch: as was sealed with it, or, the first time, as stands now. The
    snapshot is pinned before.

    Raises StateFault `certificate_missing`, `certificate_unknown`, StoreFault, VerifyFault
    `certificate_not_verified`.
    """
    if batches.count_chunks(connection, batch, CERTIFICATES)[0]:
        held = pinned_certificates(connection, batch, key)
    else:
        held = find_certificates(office, connection, manifest, weights)
        plain = canonical.encode(msgspec.to_builtins(held))
        keep_chunk(connection, batch, key, CERTIFICATES, 0, plain, 0, office.random)
    return governing(held, office.law.agreement.confirmation, weights)


def pinned_certificates(connection: Connection, batch: Batch, key: BatchKey) -> Certificates:
    """The certificates that were sealed with the batch. Raises StateFault `chunk_missing`,
    StoreFault `payload_sealed`."""
    return msgspec.json.decode(
        read_chunk(connection, batch, key, CERTIFICATES, 0), type=Certificates
    )


def pin_holds(
    office: Office,
    connection: Connection,
    batch: Batch,
    key: BatchKey,
    custodian: register.KeyCustodian,
) -> PinnedHolds:
    """The holds that the batch is determined under: as were sealed with it, or, the first time, as
    stand now.

    Raises as `marks_in_force`; StoreFault `payload_sealed`.
    """
    if not batches.count_chunks(connection, batch, HOLDS)[0]:
        plain = b"".join(sorted(marks_in_force(office, connection, custodian.key_id)))
        padded = plain.ljust(max(_SMALLEST_HOLDS, 1 << len(plain).bit_length()), b"\x00")
        keep_chunk(connection, batch, key, HOLDS, 0, padded, 0, office.random)
    return PinnedHolds(
        pinned_holds(connection, batch, key), batches.get_chunk(connection, batch, HOLDS, 0).sealed
    )


def pinned_holds(connection: Connection, batch: Batch, key: BatchKey) -> frozenset[bytes]:
    """The marks that the batch was determined under. None for a batch of before there were holds.
    Raises StoreFault `payload_sealed`."""
    if not batches.count_chunks(connection, batch, HOLDS)[0]:
        return frozenset()
    return frozenset(split_marks(read_chunk(connection, batch, key, HOLDS, 0))) - {_NO_MARK}


def require_pinned_holds(connection: Connection, batch: Batch, held: PinnedHolds) -> None:
    """Raise StateFault `batch_moved` where the batch is to be determined under other holds by
    now."""
    if [chunk.sealed for chunk in batches.iterate_chunks(connection, batch, HOLDS)] != [
        held.sealed
    ]:
        raise batches.batch_moved(batch)
