"""An officer's security keys: WebAuthn credentials (W3C Web Authentication, Level 3) as one more
kind of officer's key, and their signatures. Pure; needs `cryptography` alone.
docs/formats/security-key.md.

The verifier key is of the signed note's form, with the type 0xff of keys that have no number:

    name+key id+base64(0xff || "counterfoil/security-key/v1" 0x00 || canonical JSON)

    {"authenticators":[{"credential":"mXo0...","key":{"crv":"P-256","kty":"EC","x":"..","y":".."}},
     {"credential":"uR9k...","key":{"crv":"Ed25519","kty":"OKP","x":".."}}],"rp":"office.example"}

- One or two authenticators, sorted by `credential`: the credential id, 16 to 255 bytes.
- `key`: an ES256 key (P-256) or an EdDSA key (Ed25519), as a JWK (RFC 7517). All bytes are
  base64url without padding.
- `rp`: the RP ID of the pages, a name in lower case.

The signature is of the scheme `webauthn`. Its `value` is the base64 of the authenticator's
signature, its `client_data` canonical JSON of what the signature covers:

    {"authenticator_data":"...","client_data_json":"...","credential":"..."}

    1  each field has its form: client data is a JSON object of at most 4,096 bytes and 64 brackets
       without a repeated key, authenticator data is 37 bytes, without extensions
    2  `credential` is one of the officer's authenticators
    3  the client data's type is `webauthn.get`
    4  its challenge is SHA-256("counterfoil/statement/v1" 0x00 statement)
    5  its origin is https, of the RP ID or a name below it; `http://localhost` of a sandbox
    6  `crossOrigin` is false or absent, `topOrigin` absent
    7  the authenticator data begin with SHA-256(RP ID)
    8  the user was present, and verified by the authenticator
    9  the credential is bound to its device: the flags of a backup are not set
   10  the signature verifies over authenticator data || SHA-256(client data)

That the origin is one of those that the agreement names, and that the sign count rose, whoever has
the agreement and the state checks (office/page_signatures.py). Unknown members, versions and
algorithms are refused.
"""

from __future__ import annotations

import json
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.hashes import SHA256

from counterfoil.core import canonical
from counterfoil.core.errors import VerifyFault
from counterfoil.core.origins import is_page_of, is_rp
from counterfoil.core.outside_json import repeats_a_key
from counterfoil.core.values import Public
from counterfoil.tlog import compact_jws
from counterfoil.tlog.ed25519 import is_sound_key, verifies
from counterfoil.tlog.encoding import from_base64, malformed, to_base64
from counterfoil.tlog.note import key_id, split_vkey

WEBAUTHN: Final = "webauthn"
STATEMENT_CONTEXT: Final = b"counterfoil/statement/v1\x00"
TYPE: Final = 0xFF
MOST_AUTHENTICATORS: Final = 2
MAX_CLIENT_DATA: Final = 4096
AUTHENTICATOR_BYTES: Final = 37
_MOST_BRACKETS: Final = 64
_IDENTIFIER: Final = b"counterfoil/security-key/v1\x00"
_MAX_KEPT: Final = 8192
_MAX_VKEY: Final = 2048
_PRESENT, _VERIFIED, _ELIGIBLE, _BACKED_UP, _ATTESTED, _EXTENDED = 1, 4, 8, 16, 64, 128
_CURE: Final = "Nothing was done. Sign again, on the office's own page and with an enrolled key."


class Authenticator(Public, frozen=True, gc=False):
    """One credential. `public`: of ES256 the point, 0x04 || x || y; of EdDSA the 32 bytes."""

    credential: bytes
    public: bytes

    @property
    def identity(self) -> bytes:
        """What two credentials of one key share: x of the point, or the 32 bytes."""
        return self.public[1:33] if len(self.public) == 65 else self.public

    @property
    def algorithm(self) -> str:
        """`ES256` or `EdDSA`."""
        return "ES256" if len(self.public) == 65 else "EdDSA"


class SecurityKeys(Public, frozen=True):
    """An officer's authenticators, as the verifier key says them."""

    name: str
    rp: str
    authenticators: tuple[Authenticator, ...]

    def find(self, credential: bytes) -> Authenticator | None:
        """The authenticator of a credential id."""
        return next((one for one in self.authenticators if one.credential == credential), None)


class Assertion(Public, frozen=True):
    """What an authenticator signed, and what a browser said of it: bytes as they came, not checked
    yet."""

    credential: bytes
    authenticator_data: bytes
    client_data_json: bytes
    signature: bytes


class Checked(Public, frozen=True):
    """What a signature that verified says besides the statement: the page it was made on, the
    credential, and how often the authenticator says that it signed (0: it does not count)."""

    origin: str
    rp: str
    credential: bytes
    sign_count: int


# -- the verifier key --------------------------------------------------------------------------


def is_security_key(vkey: str) -> bool:
    """Whether a verifier key says that it is of security keys. Whether it holds, `read_keys`
    says."""
    data = from_base64(vkey.split("+", 2)[-1]) if len(vkey) <= _MAX_VKEY else None
    return bool(data) and data[0] == TYPE


def write_keys(keys: SecurityKeys) -> str:
    """The verifier key. Inverse of `read_keys`, and raises as it does."""
    said = {
        "authenticators": [
            {"credential": to_base64url(one.credential), "key": _jwk(one)}
            for one in sorted(keys.authenticators, key=lambda one: to_base64url(one.credential))
        ],
        "rp": keys.rp,
    }
    public = _IDENTIFIER + canonical.encode(said)
    named = f"{keys.name}+{key_id(keys.name, TYPE, public).hex()}"
    vkey = f"{named}+{to_base64(bytes([TYPE]) + public)}"
    read_keys(vkey)
    return vkey


@lru_cache(256)
def read_keys(vkey: str) -> SecurityKeys:
    """The authenticators of a verifier key. Raises VerifyFault `vkey_malformed`,
    `security_key_weak`."""
    name, data = split_vkey(vkey, _MAX_VKEY, "security key")
    prefix = bytes([TYPE]) + _IDENTIFIER
    said = canonical.read_object(data[len(prefix) :]) if data.startswith(prefix) else None
    listed = said.get("authenticators") if said else None
    if said is None or said.keys() != {"authenticators", "rp"} or not isinstance(listed, list):
        raise _malformed_key("it is of another version")
    found = tuple(map(_authenticator, cast("list[Any]", listed)))
    ids = [to_base64url(one.credential) for one in found]
    if not found or len(found) > MOST_AUTHENTICATORS or ids != sorted(ids):
        raise _malformed_key("it does not name one or two authenticators, in their order")
    if len(set(ids)) < len(ids) or len({one.identity for one in found}) < len(found):
        raise _malformed_key("it names one authenticator twice")
    if not is_rp(said["rp"]):
        raise _malformed_key("its RP ID is not the name of a host")
    return SecurityKeys(name, said["rp"], found)


def ec_public(x: bytes, y: bytes) -> bytes:
    """The public key of an ES256 authenticator. Raises VerifyFault `security_key_weak` for what is
    no point of P-256."""
    try:
        if (len(x), len(y)) != (32, 32):
            raise ValueError
        EllipticCurvePublicNumbers(
            int.from_bytes(x, "big"), int.from_bytes(y, "big"), SECP256R1()
        ).public_key()
    except ValueError:
        raise _weak() from None
    return b"\x04" + x + y


def ed25519_public(x: bytes) -> bytes:
    """The public key of an EdDSA authenticator. Raises VerifyFault `security_key_weak` for a point
    of small order, and for what is no point in its one form."""
    if not is_sound_key(x):
        raise _weak()
    return x


def _authenticator(said: Any) -> Authenticator:
    if not isinstance(said, dict) or said.keys() != {"credential", "key"}:
        raise _malformed_key("an authenticator has a member too many or too few")
    fields = cast("dict[str, Any]", said)
    credential, key = from_base64url(fields["credential"]), fields["key"]
    if credential is None or not 16 <= len(credential) <= 255:
        raise _malformed_key("a credential id is not of 16 to 255 bytes in base64url")
    names: dict[str, Any] = cast("dict[str, Any]", key) if isinstance(key, dict) else {}
    x, y = from_base64url(names.get("x")), from_base64url(names.get("y"))
    kinds = (names.get("kty"), names.get("crv"))
    if kinds == ("EC", "P-256") and len(names) == 4 and x is not None and y is not None:
        return Authenticator(credential, ec_public(x, y))
    if kinds == ("OKP", "Ed25519") and len(names) == 3 and x is not None:
        return Authenticator(credential, ed25519_public(x))
    raise _malformed_key("a public key is neither of P-256 nor of Ed25519")


def _jwk(one: Authenticator) -> dict[str, str]:
    if one.algorithm == "EdDSA":
        return {"kty": "OKP", "crv": "Ed25519", "x": to_base64url(one.public)}
    x, y = one.public[1:33], one.public[33:]
    return {"kty": "EC", "crv": "P-256", "x": to_base64url(x), "y": to_base64url(y)}


# -- the signature -----------------------------------------------------------------------------


def challenge_of(statement: bytes) -> bytes:
    """The challenge of a statement's bytes: 32 bytes."""
    return sha256(STATEMENT_CONTEXT + statement).digest()


def keep_assertion(assertion: Assertion) -> tuple[str, str]:
    """The `value` and `client_data` of a signature. Inverse of `read_assertion`."""
    said = {
        "authenticator_data": to_base64url(assertion.authenticator_data),
        "client_data_json": to_base64url(assertion.client_data_json),
        "credential": to_base64url(assertion.credential),
    }
    return to_base64(assertion.signature), canonical.encode(said).decode("ascii")


def read_assertion(value: str, client_data: str, place: str = "signature") -> Assertion:
    """An assertion from a signature's two texts (1). Raises VerifyFault
    `security_key_malformed`."""
    try:
        is_short = len(client_data) <= _MAX_KEPT and len(value) <= _MAX_KEPT
        said = (canonical.read_object(client_data.encode("utf-8")) if is_short else None) or {}
    except UnicodeEncodeError:
        said = {}
    names = ("credential", "authenticator_data", "client_data_json")
    parts = [from_base64url(said.get(name)) for name in names]
    signature = from_base64(value)
    if said.keys() != set(names) or not signature or None in parts:
        raise _refused(
            "security_key_malformed", "the signature is not in the form of one by a key", place
        )
    credential, data, client = cast("list[bytes]", parts)
    is_bounded = len(client) <= MAX_CLIENT_DATA and len(signature) <= 80
    if not is_bounded or len(data) != AUTHENTICATOR_BYTES or data[32] & (_ATTESTED | _EXTENDED):
        raise _refused(
            "security_key_malformed", "the signature is not in the form of one by a key", place
        )
    return Assertion(credential, data, client, signature)


def check_assertion(keys: SecurityKeys, statement: bytes, assertion: Assertion) -> Checked:
    """What an assertion over a statement's bytes says, once 2 to 10 of the module hold.

    Raises VerifyFault `security_key_unknown`, `security_key_type`, `security_key_challenge`,
    `security_key_origin`, `security_key_cross_origin`, `security_key_rp`,
    `security_key_unverified`, `security_key_backup`, `security_key_malformed`,
    `security_key_signature`.
    """
    one = keys.find(assertion.credential)
    if one is None:  # 2
        raise _refused(
            "security_key_unknown",
            "another authenticator than the officer's signed",
            keys.name,
            "Nothing was done. Use one of the authenticators that are enrolled for this officer.",
        )
    said = read_client_data(assertion.client_data_json, keys.name)
    check_client_data(said, "webauthn.get", challenge_of(statement), keys.rp, keys.name)  # 3 - 6
    data = assertion.authenticator_data
    check_flags(data[:32], data[32], keys.rp, keys.name)  # 7 8 9
    covered = data + sha256(assertion.client_data_json).digest()
    if not _verifies(one, assertion.signature, covered):  # 10
        raise _refused("security_key_signature", "the authenticator did not sign this", keys.name)
    count = int.from_bytes(data[33:], "big")
    return Checked(said["origin"], keys.rp, one.credential, count)


def read_client_data(data: bytes, place: str) -> dict[str, Any]:
    """The object that client data hold. Raises VerifyFault `security_key_malformed`."""
    try:
        is_flat = data.count(b"[") + data.count(b"{") <= _MOST_BRACKETS
        said: Any = None
        if is_flat and not repeats_a_key(data):
            said = json.loads(data.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise _refused("security_key_malformed", "the client data is not a JSON object", place)
    return cast("dict[str, Any]", said)


def check_client_data(
    said: dict[str, Any], kind: str, challenge: bytes, rp: str, place: str
) -> None:
    """3 to 6 of the module, for a signature (`webauthn.get`) and a registration
    (`webauthn.create`)."""
    if said.get("type") != kind:  # 3
        raise _refused("security_key_type", f"the client data is not of {kind}", place)
    if said.get("challenge") != to_base64url(challenge):  # 4
        raise _refused(
            "security_key_challenge",
            "something else was signed than this statement",
            place,
            "Nothing was done. Ask for the statement again, read it, and sign it anew.",
        )
    if not is_page_of(said.get("origin"), rp):  # 5
        raise _refused(
            "security_key_origin", "it was signed on a page that is not of the office", place
        )
    if said.get("crossOrigin", False) is not False or "topOrigin" in said:  # 6
        raise _refused(
            "security_key_cross_origin", "it was signed on a page inside another's", place
        )


def check_flags(rp_hash: bytes, flags: int, rp: str, place: str) -> None:
    """7 to 9 of the module."""
    if rp_hash != sha256(rp.encode("ascii")).digest():  # 7
        raise _refused("security_key_rp", "the authenticator signed for another site", place)
    if not (flags & _PRESENT and flags & _VERIFIED):  # 8
        raise _refused(
            "security_key_unverified",
            "the authenticator did not verify its user",
            place,
            "Nothing was done. Use a security key with a PIN or a fingerprint that is set.",
        )
    if flags & (_ELIGIBLE | _BACKED_UP):  # 9
        raise _refused(
            "security_key_backup",
            "the key can leave its device, or has left it",
            place,
            "Nothing was done. Use a security key whose keys stay in the device; a passkey of "
            "which a phone or an account keeps a copy is not one.",
        )


def _no_constant(_name: str) -> Any:
    raise ValueError("JSON has no such number")


def _verifies(one: Authenticator, signature: bytes, covered: bytes) -> bool:
    if one.algorithm == "EdDSA":
        return verifies(one.public, signature, covered)
    try:
        key = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), one.public)
        key.verify(signature, covered, ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


# -- bytes as text -----------------------------------------------------------------------------


def to_base64url(data: bytes) -> str:
    """`compact_jws.to_base64url`, as text."""
    return compact_jws.to_base64url(data).decode("ascii")


def from_base64url(text: Any) -> bytes | None:
    """Inverse of `to_base64url`; None for anything else."""
    if not isinstance(text, str) or not text.isascii():
        return None
    return compact_jws.from_base64url(text.encode("ascii"))


def _malformed_key(why: str) -> VerifyFault:
    return malformed("vkey_malformed", "verifier key of security keys", why)


def _weak() -> VerifyFault:
    return VerifyFault(
        "security_key_weak",
        "the public key of an authenticator is not one under which it alone can sign",
        place="security key",
        cure="Enroll another authenticator, and ask how this key came to be.",
    )


def _refused(code: str, message: str, place: str, cure: str = _CURE) -> VerifyFault:
    return VerifyFault(code, message, place=place, cure=cure)
