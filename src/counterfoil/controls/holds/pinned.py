"""The disclosure holds that a batch is determined under, sealed with it as one chunk.

The chunk, of kind `holds`, is the fingerprints of all holds in force (controls/holds/marks.py), 16
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
from counterfoil.batches.batch import ChunkKind
from counterfoil.batches.session import BatchSession
from counterfoil.controls.holds.marks import MARK_BYTES, split_marks
from counterfoil.controls.holds.service import marks_in_force
from counterfoil.core.values import Sensitive
from counterfoil.office import Office

_SMALLEST_HOLDS: Final = 4096
_NO_MARK: Final = bytes(MARK_BYTES)


class PinnedHolds(Sensitive, frozen=True):
    """The fingerprints of the holds that a batch is determined under, and their sealed chunk."""

    marks: frozenset[bytes]
    sealed: bytes


def pin_holds(
    office: Office, session: BatchSession, custodian: register.KeyCustodian
) -> PinnedHolds:
    """The holds that were sealed with the batch; the first time, those in force now, which are
    sealed with it.

    Raises as `marks_in_force`; StoreFault `payload_sealed`.
    """
    if not session.count(ChunkKind.HOLDS)[0]:
        plain = b"".join(sorted(marks_in_force(office, session.connection, custodian.key_id)))
        padded = plain.ljust(max(_SMALLEST_HOLDS, 1 << len(plain).bit_length()), b"\x00")
        session.keep(ChunkKind.HOLDS, padded, office.random)
    return PinnedHolds(pinned_holds(session), session.chunk(ChunkKind.HOLDS).sealed)


def pinned_holds(session: BatchSession) -> frozenset[bytes]:
    """The fingerprints of the holds that the batch was determined under; none for a batch from
    before there were holds.

    Raises StoreFault `payload_sealed`.
    """
    if not session.count(ChunkKind.HOLDS)[0]:
        return frozenset()
    return frozenset(split_marks(session.read(ChunkKind.HOLDS))) - {_NO_MARK}


def require_pinned_holds(session: BatchSession, pinned: PinnedHolds) -> None:
    """Raise StateFault `batch_moved` where the batch is by now to be determined under other
    holds."""
    if (
        not session.count(ChunkKind.HOLDS)[0]
        or session.chunk(ChunkKind.HOLDS).sealed != pinned.sealed
    ):
        raise batches.batch_moved(session.batch)
