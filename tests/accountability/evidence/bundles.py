"""Bundles made from the made-up office, and bundles that somebody altered and signed again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from counterfoil import disclosure
from counterfoil.accountability.evidence import (
    CompareSnapshot,
    ExportEvidence,
    compare_snapshot,
    export_evidence,
)
from counterfoil.accountability.evidence.bundle import open_bundle, open_sealed, seal_bundle
from counterfoil.accountability.evidence.contents import (
    PublicPart,
    SealedPart,
    decode_public,
    decode_sealed,
    encode_public,
    encode_sealed,
)
from counterfoil.core.use_cases import NOBODY, SERVICE
from tests.world.office import World


class Made(NamedTuple):
    """A bundle's bytes and its key."""

    data: bytes
    key: bytes


def released(world: World) -> str:
    """The id of a batch that was answered."""
    world.answer()
    return disclosure.batch_statuses(world.office, NOBODY)[0].batch


def make(world: World, batch: str, request_id: str = "q1") -> Made:
    actor = world.officer("a").officer
    done = export_evidence(world.office, actor, ExportEvidence(batch, request_id))
    return Made(done.bundle, done.key)


def compared(world: World, made: Made) -> str:
    """What the office's own snapshot says of a bundle."""
    return compare_snapshot(world.office, SERVICE, CompareSnapshot(made.data, made.key))


def parts(made: Made) -> tuple[PublicPart, SealedPart]:
    bundle = open_bundle(made.data)
    return decode_public(bundle.public), decode_sealed(open_sealed(bundle, made.key))


def signed_again(
    world: World,
    made: Made,
    public: Callable[[dict[str, Any]], object] | None = None,
    sealed: dict[str, Any] | None = None,
) -> bytes:
    """The bundle with parts changed, signed by the holder's own key: what a holder who lies could
    hand over."""
    said, hidden = parts(made)
    body = encode_public(said)
    if public is not None:
        public(body)
    plain = encode_sealed(msgspec.structs.replace(hidden, **(sealed or {})))
    return seal_bundle(body, plain, made.key, bytes(12), world.office.signer())
