"""How a bucket is sealed: format `counterfoil-bucket-2`.

An address key (text that only `normalize` makes) and the register key (64 bytes) give 64 bytes:

    HMAC-SHA-512(register key, "counterfoil/register/door/v1" 00 FORMS_VERSION 00 KIND 00 key text)
    KIND is "exact" for an exact key, "mark" for the key of a known place (known-line, known-zip),
    "tolerant" for every other key
    bytes 0-31   tag: the dictionary key. It begins with the bits 0 for an exact bucket, 10 for a
                 tolerant one and 11 for a known place, so that all exact buckets sort before all
                 tolerant ones, these before all known places, and none collide
    bytes 32-63  the AES-256-GCM key that opens this bucket and no other

The value under a tag:

    nonce (12 random bytes) | AES-256-GCM(key, nonce, frame, AAD) with its 16-byte tag
    AAD   = "counterfoil-bucket-2" 00 snapshot id 00 tag
    frame = kind (1 byte: 01 residents, 02 references, 03 known place) | length of body (4 bytes,
    big-endian) | body | zero padding

A value is padded to a size class: exactly 128, 256, 512, 1024 ... bytes. The body of kind 01 is
MessagePack of an array of `core.values.Resident`. The body of kind 02 is one to 31 references of 65
bytes (31 is what the class of 2048 bytes holds): the tag and key of an exact bucket, then 01 if
that home is at a known place, else 00. The body of kind 03 is empty: the bucket says that the place
is known. A tolerant key that leads to more exact buckets is too ambiguous to help and is not
stored.

Worked example: one reference is 5 + 65 + 28 = 98 bytes and so a value of 128; a known place is one
of 128 too; four residents are about 400 bytes and so a value of 512.

Whoever alters a value, moves it to another tag or takes it from another snapshot causes
`register_bucket_altered`. Whoever deletes one turns answers into `not_confirmed`; the digests in
the manifest show it. An unknown kind is refused.

Addresses can be guessed, so whoever holds the register key can test guesses. The key and its
custodian are what protects (custodian.py). The file without the key shows the number of buckets and
their size classes, and two snapshots under one key show which address keys are in both.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NoReturn

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from counterfoil import normalize
from counterfoil.core.errors import KeyFault, VerifyFault
from counterfoil.core.values import AddressKey, Resident

if TYPE_CHECKING:
    from hashlib import _Hash as Hash  # pyright: ignore[reportPrivateUsage] # it has no public name

BUCKET_FORMAT: Final = "counterfoil-bucket-2"
EXACT: Final = "exact"
TAG_BYTES: Final = 32
TAG_KEY_BYTES: Final = 64
"""Tag and key of a bucket."""
REFERENCE_BYTES: Final = TAG_KEY_BYTES + 1
REFERENCES_MAX: Final = 31
RESIDENTS_KIND: Final = 1
REFERENCES_KIND: Final = 2
KNOWN_PLACE_KIND: Final = 3
_KINDS: Final = (RESIDENTS_KIND, REFERENCES_KIND, KNOWN_PLACE_KIND)
SMALLEST_CLASS: Final = 128
NONCE_BYTES: Final = 12

_KEY_BYTES: Final = 64
_OVERHEAD: Final = NONCE_BYTES + 16
_HEAD: Final = 5
_BUCKET_CONTEXT: Final = b"counterfoil/register/door/v1\x00"
_TIN_CONTEXT: Final = b"counterfoil/register/tin/v1\x00"
_HOLD_CONTEXT: Final = b"counterfoil/register/hold/v1\x00"
_NAMES_CONTEXT: Final = b"counterfoil/register/names/v1\x00"
_SECRET_CONTEXT: Final = b"counterfoil/register/bucket/v3\x00"
_OPEN_CONTEXT: Final = b"counterfoil/register/open/v3\x00"
_BUILD_CONTEXT: Final = b"counterfoil/register/build/v3\x00"
_STATE_CONTEXT: Final = b"counterfoil/register/keeper-state/v1\x00"
_ID_CONTEXT: Final = b"counterfoil/register/key-id/v1\x00"
_SHA512_BLOCK: Final = 128
_SALTS: Final = 1024
_BYTES: Final = [bytes((number,)) for number in range(256)]
_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(tuple[Resident, ...])

BucketKey = tuple[str, bytes, bytes]
"""Tolerance, tag and bucket key of an address key."""
Reference = tuple[bytes, bytes, bool]
"""Tag and key of an exact bucket, and whether its home is at a known place."""


class RegisterKey:
    """The register key as the few functions it is used for; its bytes cannot be read back from
    here.

    `forms_version` is part of what every tag is derived from. Raises KeyFault for a secret that is
    not 64 bytes.
    """

    __slots__ = (
        "_holds",
        "_holds_outer",
        "_kinds",
        "_outer",
        "_salts",
        "_secret",
        "_secrets",
        "_tins",
        "_tolerant",
        "key_id",
    )

    def __init__(self, secret: bytes, forms_version: str | None = None) -> None:
        if len(secret) != _KEY_BYTES:
            raise KeyFault(
                "register_key_length",
                "a register key is 64 bytes",
                cure="Name the office's register key file.",
            )
        version = (normalize.FORMS_VERSION if forms_version is None else forms_version).encode()
        self._secret = secret
        block = secret.ljust(_SHA512_BLOCK, b"\x00")
        self._outer = hashlib.sha512(bytes(byte ^ 0x5C for byte in block))
        inner = hashlib.sha512(bytes(byte ^ 0x36 for byte in block))
        inner.update(_BUCKET_CONTEXT + version + b"\x00")
        known_place = _begun(inner, b"mark\x00"), 0x3F, 0xC0
        self._tolerant = _begun(inner, b"tolerant\x00"), 0x3F, 0x80
        self._kinds = {
            EXACT: (_begun(inner, b"exact\x00"), 0x7F, 0),
            normalize.KNOWN_LINE: known_place,
            normalize.KNOWN_ZIP: known_place,
        }
        holds = _begun(hashlib.sha256(bytes(byte ^ 0x36 for byte in secret)), _HOLD_CONTEXT)
        self._holds = {kind: _begun(holds, kind + b"\x00") for kind in (b"tin", b"ref")}
        self._holds_outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in secret))
        self._tins = _begun(hashlib.sha256(bytes(byte ^ 0x36 for byte in secret)), _TIN_CONTEXT)
        named = hashlib.sha256(bytes(byte ^ 0x36 for byte in secret))
        named.update(_SECRET_CONTEXT + version + b"\x00")
        marks = _begun(named, b"mark\x00")
        self._secrets = {
            EXACT: _begun(named, b"exact\x00"),
            normalize.KNOWN_LINE: marks,
            normalize.KNOWN_ZIP: marks,
            "": _begun(named, b"tolerant\x00"),
        }
        self._salts: dict[bytes, Hash] = {}
        self.key_id: Final = hmac.digest(secret, _ID_CONTEXT, "sha256")[:16].hex()

    def derive(self, address_keys: Iterable[AddressKey]) -> list[BucketKey]:
        """Tolerance, tag and bucket key of each address key. HMAC's two key blocks (RFC 2104) are
        hashed once: 3 microseconds, not 8."""
        kinds, tolerant, outer_start = self._kinds, self._tolerant, self._outer
        derived: list[BucketKey] = []
        for address_key in address_keys:
            start, kept, first_bits = kinds.get(address_key.tolerance, tolerant)
            inner = start.copy()
            inner.update(address_key.key.encode("utf-8", "surrogatepass"))
            outer = outer_start.copy()
            outer.update(inner.digest())
            both = outer.digest()
            tag = _BYTES[both[0] & kept | first_bits] + both[1:TAG_BYTES]
            derived.append((address_key.tolerance, tag, both[TAG_BYTES:]))
        return derived

    def derive_secrets(self, address_keys: Iterable[AddressKey]) -> list[bytes]:
        """The 16-byte secret of each address key, as format 3 has them (pages/sealing.py)."""
        kinds, tolerant, outer_start = self._secrets, self._secrets[""], self._holds_outer
        derived: list[bytes] = []
        for address_key in address_keys:
            inner = kinds.get(address_key.tolerance, tolerant).copy()
            inner.update(address_key.key.encode("utf-8", "surrogatepass"))
            outer = outer_start.copy()
            outer.update(inner.digest())
            derived.append(outer.digest()[:16])
        return derived

    def bucket_key(self, salt: bytes, secret: bytes) -> bytes:
        """The AES-256 key of the bucket of this secret in the page file of this salt."""
        return self.bucket_keys(salt, (secret,))[0]

    def bucket_keys(self, salt: bytes, secrets: Iterable[bytes]) -> list[bytes]:
        """`bucket_key` of each secret."""
        start = self._salts.get(salt)
        if start is None:
            if len(self._salts) >= _SALTS:  # as many as a snapshot has files, and more
                self._salts.clear()
            start = hashlib.sha256(bytes(byte ^ 0x36 for byte in self._secret))
            start = self._salts[salt] = _begun(start, _OPEN_CONTEXT + salt)
        begin, finish, keys = start.copy, self._holds_outer.copy, list[bytes]()
        for secret in secrets:
            inner, outer = begin(), finish()
            inner.update(secret)
            outer.update(inner.digest())
            keys.append(outer.digest())
        return keys

    def build_key(self, salt: bytes) -> bytes:
        """The AES-256 key of the temporary files of the build of this salt."""
        return hmac.digest(self._secret, _BUILD_CONTEXT + salt, "sha256")

    def tin_hash(self, digits: str) -> bytes:
        """The 16-byte keyed hash of a tax number of nine digits."""
        inner, outer = self._tins.copy(), self._holds_outer.copy()
        inner.update(digits.encode("ascii"))
        outer.update(inner.digest())
        return outer.digest()[:16]

    def hold_fingerprint(self, kind: bytes, value: bytes) -> bytes:
        """The 16-byte keyed hash (HMAC-SHA-256) by which a hold names a person: of a `tin` (its
        keyed hash) or a `ref`."""
        inner, outer = self._holds[kind].copy(), self._holds_outer.copy()
        inner.update(value)
        outer.update(inner.digest())
        return outer.digest()[:16]

    def names_salt(self) -> str:
        """The salt, 32 hex digits, under which the manifest's evidence counts names. It is in no
        file."""
        return hmac.digest(self._secret, _NAMES_CONTEXT, "sha256")[:16].hex()

    def state_mac(self, data: bytes) -> str:
        """Authenticates the key custodian's own state file."""
        return hmac.digest(self._secret, _STATE_CONTEXT + data, "sha256").hex()

    def __repr__(self) -> str:
        return "<RegisterKey: hidden>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a register key is not copied or pickled")


def _begun(inner: Hash, kind: bytes) -> Hash:
    """A copy of the hash that continues with this kind."""
    begun = inner.copy()
    begun.update(kind)
    return begun


def size_class(length: int) -> int:
    """The size in bytes of a sealed value whose frame holds `length` bytes of body."""
    return max(SMALLEST_CLASS, 1 << (length + _HEAD + _OVERHEAD - 1).bit_length())


def encode_residents(residents: tuple[Resident, ...]) -> bytes:
    """Body of an exact bucket. Inverse of `decode_residents`."""
    return _ENCODER.encode(residents)


def decode_residents(body: bytes) -> tuple[Resident, ...]:
    """Residents of an exact bucket's body. Inverse of `encode_residents`; raises VerifyFault."""
    try:
        return _DECODER.decode(body)
    except msgspec.MsgspecError:
        raise _altered() from None


def split_references(body: bytes) -> list[Reference]:
    """(tag, key, whether the home is at a known place) of each reference of a tolerant
    bucket's body."""
    return [
        (
            body[at : at + TAG_BYTES],
            body[at + TAG_BYTES : at + TAG_KEY_BYTES],
            body[at + TAG_KEY_BYTES : at + REFERENCE_BYTES] != b"\x00",
        )
        for at in range(0, len(body), REFERENCE_BYTES)
    ]


def seal_bucket(
    kind: int, body: bytes, *, tag: bytes, key: bytes, bound: bytes, nonce: bytes
) -> bytes:
    """The value to store under `tag`. Inverse of `open_bucket`.

    `bound` is `bound_to(snapshot)`; `nonce` is 12 random bytes, never used twice.
    """
    frame = bytes((kind,)) + len(body).to_bytes(4, "big") + body
    padded = frame.ljust(size_class(len(body)) - _OVERHEAD, b"\x00")
    return nonce + AESGCM(key).encrypt(nonce, padded, bound + tag)


def open_bucket(value: bytes, *, tag: bytes, key: bytes, bound: bytes) -> tuple[int, bytes]:
    """(kind, body) of a value. Inverse of `seal_bucket`; `bound` is `bound_to(snapshot)`.

    Raises VerifyFault if the value is not what was sealed under this tag, key and snapshot.
    """
    try:
        frame = AESGCM(key).decrypt(value[:NONCE_BYTES], value[NONCE_BYTES:], bound + tag)
    except (InvalidTag, ValueError):
        raise _altered() from None
    kind, length = frame[0], int.from_bytes(frame[1:_HEAD], "big")
    if kind not in _KINDS or length > len(frame) - _HEAD:
        raise _altered()
    return kind, frame[_HEAD : _HEAD + length]


def snapshot_binding(snapshot: str) -> bytes:
    """The part of the authenticated data that all buckets of a snapshot share."""
    return BUCKET_FORMAT.encode() + b"\x00" + snapshot.encode() + b"\x00"


def _altered() -> VerifyFault:
    return VerifyFault(
        "register_bucket_altered",
        "a bucket of the sealed register is not what was sealed",
        place="sealed register",
        cure="Nothing was answered. Restore the snapshot from its backup, or build the register "
        "again.",
    )
