"""An SD-JWT of a publication is read by a library that we did not write, and tells only what is
shown."""

from __future__ import annotations

import base64
import json

import pytest
from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier

from counterfoil.answers.sd_jwt import TYPE, Claim, seal_sd_jwt
from counterfoil.core import keyfile
from counterfoil.tlog import Signer

SIGNER = Signer("made-up-holder", keyfile.signing_key(b"\x01" * 32))
CLAIMS = [Claim(f"{n:02x}" * 32, f"limits.{n}", {"days": n}, shown=n % 2 == 0) for n in range(6)]
PLAIN = {"agreement": "sha256:" + "0" * 64}


def _key(signer: Signer) -> JWK:
    public = base64.urlsafe_b64encode(signer.verifier.public).rstrip(b"=").decode()
    return JWK(kty="OKP", crv="Ed25519", x=public)


def _read(statement: bytes, signer: Signer = SIGNER) -> dict[str, object]:
    verifier = SDJWTVerifier(statement.decode(), lambda _issuer, _header: _key(signer))
    payload = verifier.get_verified_payload()
    assert isinstance(payload, dict)
    return payload


def test_an_independent_reader_sees_the_shown_claims_and_no_other() -> None:
    payload = _read(seal_sd_jwt({**PLAIN, "iss": "made-up-holder"}, CLAIMS, SIGNER))
    assert payload == {
        **PLAIN,
        "iss": "made-up-holder",
        "limits.0": {"days": 0},
        "limits.2": {"days": 2},
        "limits.4": {"days": 4},
    }


def test_hidden_claims_are_counted_by_their_digests_and_in_no_telling_order() -> None:
    header, payload, *_ = seal_sd_jwt(PLAIN, CLAIMS, SIGNER).split(b".")
    body = json.loads(base64.urlsafe_b64decode(payload + b"=="))
    assert len(body["_sd"]) == len(CLAIMS)
    assert body["_sd"] == sorted(body["_sd"])
    assert json.loads(base64.urlsafe_b64decode(header + b"=="))["typ"] == TYPE


def test_another_key_does_not_verify() -> None:
    other = Signer("made-up-holder", keyfile.signing_key(b"\x02" * 32))
    with pytest.raises(Exception, match=r"(?i)signature|verif"):
        _read(seal_sd_jwt({**PLAIN, "iss": "made-up-holder"}, CLAIMS, SIGNER), other)


def test_a_changed_disclosure_shows_nothing() -> None:
    statement = seal_sd_jwt({**PLAIN, "iss": "made-up-holder"}, CLAIMS, SIGNER)
    head, first, *rest = statement.split(b"~")
    told = base64.urlsafe_b64decode(first + b"==").replace(b'"days":0', b'"days":9')
    changed = b"~".join([head, base64.urlsafe_b64encode(told).rstrip(b"="), *rest])
    assert "limits.0" not in _read(changed)


def test_p7_the_same_claims_and_key_make_the_same_bytes() -> None:
    assert seal_sd_jwt(PLAIN, CLAIMS, SIGNER) == seal_sd_jwt(PLAIN, CLAIMS, SIGNER)
