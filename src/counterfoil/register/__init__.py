"""The sealed register: the address is the key (DESIGN section 5, docs/formats/sealed-register.md).

`build` seals a source into a snapshot, and `open_register` opens one.
`SealedRegister.open_residents` returns the residents at the addresses of grants, through the key
custodian that counts openings. Nothing here lists or walks residents, and nothing finds a person by
name or number.
"""

from __future__ import annotations

from counterfoil.register.build import build
from counterfoil.register.custodian import KeyCustodian, key_id
from counterfoil.register.learning import Learner
from counterfoil.register.manifest import (
    Counts,
    Manifest,
    PublicKeys,
    describe,
    is_signed,
    manifest_bytes,
    manifest_digest,
    open_manifest,
    read_manifest,
    read_signature,
    sign_again,
)
from counterfoil.register.pages.changing import update
from counterfoil.register.pages.evidence import EvidenceBucket, EvidenceBuckets
from counterfoil.register.pages.plan import BuildPlan
from counterfoil.register.reader import (
    SealedRegister,
    check_manifest,
    check_store,
    not_compared,
    open_register,
    residents_in,
)
from counterfoil.register.snapshots import current_snapshot

__all__ = [
    "BuildPlan",
    "Counts",
    "EvidenceBucket",
    "EvidenceBuckets",
    "KeyCustodian",
    "Learner",
    "Manifest",
    "PublicKeys",
    "SealedRegister",
    "build",
    "check_manifest",
    "check_store",
    "current_snapshot",
    "describe",
    "is_signed",
    "key_id",
    "manifest_bytes",
    "manifest_digest",
    "not_compared",
    "open_manifest",
    "open_register",
    "read_manifest",
    "read_signature",
    "residents_in",
    "sign_again",
    "update",
]
