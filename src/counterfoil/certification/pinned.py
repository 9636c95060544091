"""What governs a batch, sealed with it when it is first determined: its certificates and the holds
that stand. One chunk of each kind.

Kind `certificates`:
Canonical JSON, whole numbers only; a scope without a certificate is null:

    {"birth":{"certificate":"sha256:...","limit":10000000,"threshold":750},"names":null}

Kind `holds`: the marks of all holds that stand (controls/holds/marks.py), 16 bytes each, rising,
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
from counterfoil.batches.batch import ChunkKind
from counterfoil.batches.session import BatchSession
from counterfoil.certification.governing import (
    Certificates,
    Governing,
    find_certificates,
    governing,
)
from counterfoil.controls.holds.marks import MARK_BYTES, split_marks
from counterfoil.controls.holds.service import marks_in_force
from counterfoil.core import canonical
from counterfoil.core.values import Sensitive
from counterfoil.office import Office

_SMALLEST_HOLDS: Final = 4096
_NO_MARK: Final = bytes(MARK_BYTES)


class PinnedHolds(Sensitive, frozen=True):
    """The holds that a batch is determined under: their marks, and the sealed chunk that says
    so."""

    marks: frozenset[bytes]
    sealed: bytes


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


def pin_holds(
    office: Office, session: BatchSession, custodian: register.KeyCustodian
) -> PinnedHolds:
    """The holds that the batch is determined under: as were sealed with it, or, the first time, as
    stand now.

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
