"""The holds that a batch is determined under, sealed with it when it is first determined: one chunk
of the kind `holds`.

The marks of all holds in force (marks.py), 16 bytes each, rising, then zeros up to 4096 bytes or
the next higher power of two, so that its size tells nothing below that. A mark of zeros is none.

A determination that was broken off goes on under these (P7). Lost or altered: `chunk_missing`,
`payload_sealed`; nothing is released. When a hold is added, this chunk and all determinations of
each batch that is not released are deleted (batches/store.py), and each commit of a determination
asks whether its own chunk is still there.
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
    """The holds that a batch is determined under: their marks, and the sealed chunk that says
    so."""

    marks: frozenset[bytes]
    sealed: bytes


def pin_holds(
    office: Office, session: BatchSession, custodian: register.KeyCustodian
) -> PinnedHolds:
    """The holds that the batch is determined under: as were sealed with it, or, the first time,
    those in force now.

    Raises as `marks_in_force`; StoreFault `payload_sealed`.
    """
    if not session.count(ChunkKind.HOLDS)[0]:
        plain = b"".join(sorted(marks_in_force(office, session.connection, custodian.key_id)))
        padded = plain.ljust(max(_SMALLEST_HOLDS, 1 << len(plain).bit_length()), b"\x00")
        session.keep(ChunkKind.HOLDS, padded, office.random)
    return PinnedHolds(pinned_holds(session), session.chunk(ChunkKind.HOLDS).sealed)


def pinned_holds(session: BatchSession) -> frozenset[bytes]:
    """The marks that the batch was determined under. None for a batch of before there were holds.
    Raises StoreFault `payload_sealed`."""
    if not session.count(ChunkKind.HOLDS)[0]:
        return frozenset()
    return frozenset(split_marks(session.read(ChunkKind.HOLDS))) - {_NO_MARK}


def require_pinned_holds(session: BatchSession, held: PinnedHolds) -> None:
    """Raise StateFault `batch_moved` where the batch is to be determined under other holds by
    now."""
    if (
        not session.count(ChunkKind.HOLDS)[0]
        or session.chunk(ChunkKind.HOLDS).sealed != held.sealed
    ):
        raise batches.batch_moved(session.batch)
