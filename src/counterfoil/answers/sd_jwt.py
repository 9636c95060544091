"""A selectively disclosed statement as SD-JWT (RFC 9901), without key binding.

    BASE64URL(header) . BASE64URL(payload) . BASE64URL(signature) ~ disclosure ~ ... ~

header    {"alg": "EdDSA", "kid": key name+key id, "typ": TYPE}
payload   the plain claims, `_sd_alg` "sha-256" and `_sd`: BASE64URL(SHA-256(disclosure)) of every
          claim, disclosed or not, sorted, so that their order says nothing (section 4.2.4.1)
disclosure   BASE64URL(UTF-8 JSON of [salt, name, value]) of each claim that is disclosed (section
             4.2.1)

What is hidden is its digest alone; how many are hidden can be counted. Any SD-JWT library reads it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

import msgspec
from joserfc import jws
from joserfc.jwk import OKPKey

from counterfoil.answers.envelope import OnlyEdDSA
from counterfoil.answers.format import ALGORITHM
from counterfoil.tlog.compact_jws import kid_of, to_base64url
from counterfoil.tlog.note import Signer

TYPE: Final = "counterfoil-agreement+sd-jwt"


class Claim(NamedTuple):
    """One claim that may be disclosed: its salt (32 bytes in hex), name and value, and whether it
    is disclosed."""

    salt: str
    name: str
    value: Any
    shown: bool


def seal_sd_jwt(plain: Mapping[str, Any], claims: Iterable[Claim], signer: Signer) -> bytes:
    """The statement's bytes, the same for the same claims and key."""
    disclosures = [(_disclosure(claim), claim.shown) for claim in claims]
    digests = sorted(to_base64url(hashlib.sha256(text).digest()) for text, _ in disclosures)
    payload = {**plain, "_sd_alg": "sha-256", "_sd": [digest.decode() for digest in digests]}
    key = signer.verifier
    header = {"alg": ALGORITHM, "kid": kid_of(key), "typ": TYPE}
    body = msgspec.json.encode(payload, order="sorted")
    signed = jws.serialize_compact(
        header, body, OKPKey.import_key(signer.private), registry=OnlyEdDSA()
    )
    return b"~".join([signed.encode("ascii"), *(text for text, shown in disclosures if shown), b""])


def _disclosure(claim: Claim) -> bytes:
    return to_base64url(msgspec.json.encode([claim.salt, claim.name, claim.value]))
