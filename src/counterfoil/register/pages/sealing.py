"""How a bucket is sealed: format `counterfoil-bucket-3`.

An address key (text that only `normalize` makes) and the register key (64 bytes) give a secret; a
secret gives a tag; a secret, the register key and the salt of a page file give the key that opens
this bucket in that file and no other:

    secret  first 16 bytes of HMAC-SHA-256(register key, "counterfoil/register/bucket/v3" 00
            FORMS_VERSION 00 KIND 00 key text); KIND as in format 2: "exact", "tolerant", "mark"
    tag     first 16 bytes of SHA-256("counterfoil/register/tag/v3" 00 secret)
    key     HMAC-SHA-256(register key, "counterfoil/register/open/v3" 00 salt secret)

    value   AES-256-GCM(key, nonce of 12 zero bytes, frame, AAD), with its tag of 16 bytes
    AAD     "counterfoil-bucket-3" 00 | kind (1 byte) | tag

No nonce is stored: a key seals one value. The salt is random for each page file, and a build that
is taken up again after a kill seals the same bytes or draws another salt (steps.py).

    kind 1  residents, in the section of exact buckets. frame = length of body (4 bytes, big-endian)
            | body | zeros, so that the value has a size class: 64, 80, 96, 112, 128, 160, 192, 224,
            256, 320 ... (four to each doubling). body = MessagePack of `ExactBody`
    kind 2  references, in the other section. frame = 1, 2, 3, 4, 6, 8, 12, 16, 24 or 31 slots of 17
            bytes: 01, or 02 where that home is at a known place (its line for the keys of the
            street, its ZIP for `place`), and the secret of an exact bucket; zeros in what is over.
            One slot that begins with 03 stands for more than 31 homes: it leads nowhere, and says
            so to an incremental build
    kind 3  a known place, in the other section: the one byte 03, not sealed. Nobody makes its tag
            without the register key

`ExactBody` is [residents, streets, places]:

    residents  as in format 2; none in a file of changes where nobody is left
    streets    [[tolerance, secret], ...]: every other home that the keys of the line lead to, by
               the first key that does. The tolerance is its place in `TOLERANCES`
    places     {pair: [secret, ...]}: for each pair of city and state that the rows name
               (`normalize.city_pair`), every other home that `place` leads to

Both leave out what a question at this address would not reach: a home at a known place, where this
one is known too (known_places.py). Where an exact bucket is held, everything but `place` is a
function of the exact key; `place` depends on the pair besides. So a question whose pair is among
`places` needs no other value; another looks up `place` and the mark of its ZIP.

Worked example: one reference is 17 bytes, and 33 sealed; a home of two residents is about 150 bytes
and sealed in 192.

Whoever alters a value, or moves it to another tag or file, alters a page, which the index shows
before the value is used; the value would not open either (`register_bucket_altered`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from counterfoil import normalize
from counterfoil.core.errors import VerifyFault
from counterfoil.core.values import Resident, Sensitive
from counterfoil.register.bucket import EXACT

BUCKET_FORMAT: Final = "counterfoil-bucket-3"
TOLERANCES: Final = (
    EXACT, normalize.UNIT, "affix", "sound", "start", "end", "rest", "head", normalize.PLACE,
)  # fmt: skip
TOLERANCE_CODE: Final = {name: code for code, name in enumerate(TOLERANCES)}
PLACE_CODE: Final = TOLERANCE_CODE[normalize.PLACE]
UNIT_CODE: Final = TOLERANCE_CODE[normalize.UNIT]
SECRET_BYTES: Final = 16
REFERENCES_MAX: Final = 31
RESIDENTS_KIND, REFERENCES_KIND, KNOWN_PLACE = b"\x01", b"\x02", b"\x03"

_SLOT: Final = 1 + SECRET_BYTES
_SLOTS: Final = (1, 2, 3, 4, 6, 8, 12, 16, 24, 31)
_SLOTS_OF: Final = tuple(
    next(slots for slots in _SLOTS if slots >= count) for count in range(REFERENCES_MAX + 1)
)
"""By how many references a bucket has: how many slots."""
_GCM_TAG: Final = 16
_LENGTH: Final = 4
_SMALLEST: Final = 64
_NONCE: Final = bytes(12)
_TAG_CONTEXT: Final = b"counterfoil/register/tag/v3\x00"
_CROWDED: Final = b"\x03"
_ARRAY_OF_THREE: Final = b"\x93"
"""How MessagePack begins an array of three."""
_AAD: Final = BUCKET_FORMAT.encode() + b"\x00"

Lead = tuple[int, bytes]
"""The place of a tolerance in `TOLERANCES`, and the secret of a home."""
Reference = tuple[bytes, bool]
"""The secret of a home, and whether it is at a known place."""


class ExactBody(Sensitive, frozen=True, gc=False, array_like=True):
    """What an exact bucket holds; see the module."""

    residents: tuple[Resident, ...]
    streets: tuple[Lead, ...] = ()
    places: dict[str, tuple[bytes, ...]] = {}


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(ExactBody)


def tag_of(secret: bytes) -> bytes:
    """The tag of the bucket of a secret."""
    return hashlib.sha256(_TAG_CONTEXT + secret).digest()[:16]


def size_class(size: int) -> int:
    """The least size class that holds so many bytes."""
    if size <= _SMALLEST:
        return _SMALLEST
    step = 1 << (size - 1).bit_length() - 3
    return -(-size // step) * step


def seal_exact(body: ExactBody, *, tag: bytes, key: bytes) -> bytes:
    """The value of an exact bucket. Inverse of `open_exact`."""
    residents = _ENCODER.encode(body.residents)
    return seal_exact_bytes(residents, body.streets, body.places, tag=tag, key=key)


def seal_exact_bytes(
    residents: bytes,
    streets: tuple[Lead, ...],
    places: dict[str, tuple[bytes, ...]],
    *,
    tag: bytes,
    key: bytes,
) -> bytes:
    """The same, of residents that are encoded already."""
    data = _ARRAY_OF_THREE + residents + _ENCODER.encode(streets) + _ENCODER.encode(places)
    frame = len(data).to_bytes(_LENGTH, "big") + data
    padded = frame.ljust(size_class(len(frame) + _GCM_TAG) - _GCM_TAG, b"\x00")
    return AESGCM(key).encrypt(_NONCE, padded, _AAD + RESIDENTS_KIND + tag)


def open_exact(value: bytes, *, tag: bytes, key: bytes) -> ExactBody:
    """Inverse of `seal_exact`. Raises VerifyFault `register_bucket_altered`."""
    frame = _open(value, RESIDENTS_KIND, tag, key)
    length = int.from_bytes(frame[:_LENGTH], "big")
    try:
        return _DECODER.decode(frame[_LENGTH : _LENGTH + length])
    except msgspec.MsgspecError:
        raise _altered() from None


def seal_references(references: Sequence[Reference], *, tag: bytes, key: bytes) -> bytes:
    """The value of a tolerant bucket of at most 31 references. Inverse of `open_references`."""
    frame = b"".join([(b"\x02" if known else b"\x01") + secret for secret, known in references])
    padded = frame.ljust(_SLOTS_OF[len(references)] * _SLOT, b"\x00")
    return AESGCM(key).encrypt(_NONCE, padded, _AAD + REFERENCES_KIND + tag)


def open_references(value: bytes, *, tag: bytes, key: bytes) -> list[Reference]:
    """Inverse of `seal_references`. Raises VerifyFault `register_bucket_altered`."""
    frame = _open(value, REFERENCES_KIND, tag, key)
    return [
        (frame[at + 1 : at + _SLOT], frame[at] == 2)
        for at in range(0, len(frame), _SLOT)
        if frame[at] in (1, 2)
    ]


def seal_crowded(*, tag: bytes, key: bytes) -> bytes:
    """The value of a tolerant bucket that would lead to more than 31 homes."""
    frame = _CROWDED.ljust(_SLOT, b"\x00")
    return AESGCM(key).encrypt(_NONCE, frame, _AAD + REFERENCES_KIND + tag)


def is_crowded(value: bytes, *, tag: bytes, key: bytes) -> bool:
    """Whether a tolerant bucket stands for too many homes. Raises as `open_references`."""
    return _open(value, REFERENCES_KIND, tag, key)[:1] == _CROWDED


def _open(value: bytes, kind: bytes, tag: bytes, key: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(_NONCE, value, _AAD + kind + tag)
    except (InvalidTag, ValueError):
        raise _altered() from None


def _altered() -> VerifyFault:
    return VerifyFault(
        "register_bucket_altered",
        "a bucket of the sealed register is not what was sealed",
        place="sealed register",
        cure="Nothing was answered. Restore the snapshot from its backup, or build the register "
        "again.",
    )
