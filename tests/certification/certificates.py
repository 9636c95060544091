"""Made-up certificates, and an office that enters them as `register certify` does, without asking a
decoy."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from msgspec.structs import replace

from counterfoil import register
from counterfoil.certification.certificate import (
    Certificate,
    CertifiedKind,
    certificate_digest,
    write_certificate,
)
from counterfoil.certification.decoys import KINDS
from counterfoil.ledger import Draft, EntryKind
from tests.world.office import World

BORN: Final = date(1981, 5, 29)


def made_certificate(manifest: register.Manifest, **changes: Any) -> Certificate:
    """One that meets 1e-5 at 7.5 bits, of the scope `birth` unless `asks` says otherwise."""
    kinds = tuple(
        CertifiedKind(name, KINDS[name].sentence, 300_000, 0, 9_985_724, 12) for name in KINDS
    )
    made = Certificate(
        snapshot=manifest.snapshot,
        manifest=register.manifest_digest(manifest),
        source_digest=manifest.source_digest,
        forms_version=manifest.forms_version,
        match_version=manifest.match_version,
        made_up=True,
        certified_at="2026-05-04T12:00:00Z",
        seed="00" * 32,
        asks="birth",
        confidence_percent=95,
        limit=10_000_000,
        own_threshold=600,
        threshold=750,
        margin=300,
        kinds=kinds,
        maximum=9_985_724,
        mix=dict.fromkeys(KINDS, 111_111),
        mix_said="equal",
        weighted=9_985_724,
        proxy_asked=10,
        proxy_confirmed=9,
        people=9,
        not_covered=("stale rows",),
    )
    return replace(made, **changes)


def current_manifest(world: World) -> register.Manifest:
    folder = world.office.register_directory
    return register.open_manifest(
        folder / register.current_snapshot(folder), world.office.holder_key.public
    )


def certify(world: World, asks: str = "birth", **changes: Any) -> Certificate:
    """Enter and write a certificate of the current snapshot."""
    office, manifest = world.office, current_manifest(world)
    certificate = made_certificate(manifest, asks=asks, **changes)
    fields = {
        "certificate": certificate_digest(certificate),
        "snapshot": certificate.manifest,
        "scope": asks,
    }
    with office.store.transaction() as connection:
        office.ledger.append(connection, [Draft(EntryKind.CERTIFICATE, {**fields})], office.clock())
    write_certificate(
        office.register_directory / manifest.snapshot, certificate, office.signer().private.sign
    )
    return certificate
