"""A security key and its browser in software: credentials and assertions as a real pair makes them,
and each way in which they can be wrong."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from counterfoil import client
from counterfoil.batches.security_keys import (
    Assertion,
    Authenticator,
    SecurityKeys,
    challenge_of,
    to_base64url,
    write_keys,
)
from counterfoil.batches.statements import security_key_signature
from counterfoil.client.actions import find_action
from counterfoil.core.use_cases import Signed, Statement, statement_bytes
from counterfoil.core.values import Officer, Role
from tests.world.office import World

RP = "office.example"
ORIGIN = "https://office.example"
PAGES = f"pages: {{rp: {RP}, origins: [{ORIGIN}, 'https://pages.office.example:8443']}}\n"
"""What an agreement says of them."""
PRESENT_AND_VERIFIED = 0x05


class SoftKey:
    """One authenticator with one credential, made from a seed; `signed` counts its signatures."""

    def __init__(self, seed: str, algorithm: str = "ES256", *, rp: str = RP, counts: bool = True):
        secret = sha256(f"made-up key {seed}".encode()).digest()
        self.private: EllipticCurvePrivateKey | Ed25519PrivateKey
        if algorithm == "ES256":
            self.private = derive_private_key(int.from_bytes(secret, "big") >> 1, SECP256R1())
            numbers = self.private.public_key().public_numbers()
            self.x, self.y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
            public = b"\x04" + self.x + self.y
        else:
            self.private = Ed25519PrivateKey.from_private_bytes(secret)
            self.x, self.y = self.private.public_key().public_bytes_raw(), b""
            public = self.x
        self.credential = sha256(f"made-up credential {seed}".encode()).digest()
        self.one = Authenticator(self.credential, public)
        self.rp, self.counts, self.signed = rp, counts, 0

    def assertion(
        self,
        challenge: bytes,
        /,
        *,
        flags: int = PRESENT_AND_VERIFIED,
        count: int | None = None,
        **client: Any,
    ) -> Assertion:
        """An assertion over a challenge. `client`: members of the client data to be other than they
        are; None leaves one out."""
        self.signed += 1
        number = count if count is not None else self.signed if self.counts else 0
        data = sha256(self.rp.encode()).digest() + bytes([flags]) + number.to_bytes(4, "big")
        said = client_data("webauthn.get", challenge, client)
        return Assertion(self.credential, data, said, self.sign(data + sha256(said).digest()))

    def sign(self, data: bytes) -> bytes:
        if isinstance(self.private, Ed25519PrivateKey):
            return self.private.sign(data)
        return self.private.sign(data, ECDSA(SHA256()))

    def get(self, options: dict[str, Any], /, **wrong: Any) -> dict[str, Any]:
        """What a browser answers to the options of a request, as JSON."""
        assert to_base64url(self.credential) in [one["id"] for one in options["allowCredentials"]]
        made = self.assertion(from_text(options["challenge"]), **wrong)
        return credential_json(made)

    def create(
        self,
        options: dict[str, Any],
        /,
        *,
        flags: int = PRESENT_AND_VERIFIED,
        cose: bytes | None = None,
        fmt: str = "none",
        **client: Any,
    ) -> dict[str, Any]:
        """What a browser answers to the options of a registration, as JSON."""
        key = self.cose() if cose is None else cose
        data = sha256(self.rp.encode()).digest() + bytes([flags | 0x40]) + bytes(4) + bytes(16)
        data += len(self.credential).to_bytes(2, "big") + self.credential + key
        attestation = b"\xa3" + _text("fmt") + _text(fmt) + _text("attStmt") + b"\xa0"
        attestation += _text("authData") + b"\x59" + len(data).to_bytes(2, "big") + data
        said = client_data("webauthn.create", from_text(options["challenge"]), client)
        name = to_base64url(self.credential)
        response = {
            "clientDataJSON": to_base64url(said),
            "attestationObject": to_base64url(attestation),
        }
        return {"id": name, "rawId": name, "type": "public-key", "response": response}

    def cose(self) -> bytes:
        """The public key as COSE (RFC 9053)."""
        if self.y:
            head = bytes.fromhex("a5010203262001215820")
            return head + self.x + bytes.fromhex("225820") + self.y
        return bytes.fromhex("a4010103272006215820") + self.x


class KeyedOfficer:
    """An officer with two security keys, who signs statements with the first of them."""

    def __init__(self, name: str, *keys: SoftKey, rp: str = RP) -> None:
        self.keys = keys or (SoftKey(f"{name} 1"), SoftKey(f"{name} 2", "EdDSA"))
        made = SecurityKeys(name, rp, tuple(key.one for key in self.keys))
        self.officer = Officer(name, write_keys(made))

    def sign(self, statement: Statement, which: int = 0, /, **wrong: Any) -> Signed:
        challenge = challenge_of(statement_bytes(statement))
        made = self.keys[which].assertion(challenge, **wrong)
        return Signed(self.officer, statement, security_key_signature(made))


def client_data(kind: str, challenge: bytes, other: dict[str, Any]) -> bytes:
    """Client data as Chromium writes it."""
    said = {"type": kind, "challenge": to_base64url(challenge), "origin": ORIGIN}
    said |= {"crossOrigin": False} | other
    return json.dumps(
        {name: value for name, value in said.items() if value is not None}, separators=(",", ":")
    ).encode()


def credential_json(made: Assertion) -> dict[str, Any]:
    """An assertion as `toJSON()` of a browser's credential gives it."""
    name = to_base64url(made.credential)
    response = {
        "clientDataJSON": to_base64url(made.client_data_json),
        "authenticatorData": to_base64url(made.authenticator_data),
        "signature": to_base64url(made.signature),
        "userHandle": None,
    }
    return {"id": name, "rawId": name, "type": "public-key", "response": response}


def from_text(text: str) -> bytes:
    from counterfoil.batches.security_keys import from_base64url

    data = from_base64url(text)
    assert data is not None
    return data


def _text(text: str) -> bytes:
    return bytes([0x60 + len(text)]) + text.encode()


def with_pages(world: World) -> None:
    """Have the agreement name the pages, and open the office under it."""
    agreement = world.path / "law" / "agreement.yaml"
    agreement.write_text(agreement.read_text(encoding="utf-8") + PAGES, encoding="utf-8")
    world.office.store.close()
    world.office = world.opened()


def enrolled(world: World, name: str, role: Role = Role.DISCLOSURE) -> KeyedOfficer:
    """An officer with security keys, enrolled by two officers with key files."""
    made = KeyedOfficer(name)
    keys = world.officer("a"), world.officer("b")
    client.enroll_key(world.office, made.officer, role, keys)
    return made


def sign_act(
    world: World, action: str, command: Any, by: KeyedOfficer, which: int = 0, /, **wrong: Any
) -> Signed:
    """Have one officer do an act that one officer does, and give what was signed."""
    found = find_action(action, "act")
    assert found.statement is not None
    signed = by.sign(found.statement(world.office, by.officer, command), which, **wrong)
    found.verb(world.office, by.officer, msgspec.structs.replace(command, signatures=(signed,)))
    return signed
