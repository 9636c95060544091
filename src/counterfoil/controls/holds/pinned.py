"""The disclosure holds that a batch is determined under, sealed with it as one chunk.

The chunk, of kind `holds`, is the fingerprints of all holds in force (controls/holds/store.py), 16
bytes each, rising, then zeros up to 4096 bytes or the next higher power of two, so that its size
tells nothing below that. A fingerprint of zeros is none.

A determination that was broken off goes on under these holds. When a hold is added, the chunk and
all determinations of each batch that is not released are removed (batches/store.py), and each
commit of a determination asks whether the chunk it began with is still the batch's. Lost or
altered: `payload_sealed`, and nothing is released.
"""

from __future__ import annotations

from typing import Final

from counterfoil import register
from counterfoil.batches import store as batches
from counterfoil.batches.batch import HOLDS, Batch
from counterfoil.batches.chunks import keep_chunk, read_chunk
from counterfoil.batches.encryption import BatchKey
from counterfoil.controls.holds.service import marks_in_force
from counterfoil.controls.holds.store import MARK_BYTES, split_marks
from counterfoil.core.values import Sensitive
from counterfoil.database import Connection
from counterfoil.office import Office

_SMALLEST_HOLDS: Final = 4096
_NO_MARK: Final = bytes(MARK_BYTES)


class PinnedHolds(Sensitive, frozen=True):
    """The fingerprints of the holds that a batch is determined under, and their sealed chunk."""

    marks: frozenset[bytes]
    sealed: bytes


def pin_holds(
    office: Office,
    connection: Connection,
    batch: Batch,
    key: BatchKey,
    custodian: register.KeyCustodian,
) -> PinnedHolds:
    """The holds that were sealed with the batch; the first time, those in force now, which are
    sealed with it.

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
    """The fingerprints of the holds that the batch was determined under; none for a batch from
    before there were holds.

    Raises StoreFault `payload_sealed`.
    """
    if not batches.count_chunks(connection, batch, HOLDS)[0]:
        return frozenset()
    return frozenset(split_marks(read_chunk(connection, batch, key, HOLDS, 0))) - {_NO_MARK}


def require_pinned_holds(connection: Connection, batch: Batch, pinned: PinnedHolds) -> None:
    """Raise StateFault `batch_moved` where the batch is by now to be determined under other
    holds."""
    if [chunk.sealed for chunk in batches.iterate_chunks(connection, batch, HOLDS)] != [
        pinned.sealed
    ]:
        raise batches.batch_moved(batch)
