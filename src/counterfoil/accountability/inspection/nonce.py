"""What an inspector signs for a sample: format `counterfoil-nonce-1`, a signed object
(answers/signed_object.py) by the inspector's own key, which `counterfoil principal create` makes.

    checkpoint   the signed note of the ledger's checkpoint, with its cosignatures: it was there
                 when the nonce was drawn
    first, last  the days on which the answers were released, UTC
    nonce        32 random bytes, base64
    office       the name of the ledger
    reply_to     an X25519 public key, made for this sample alone, base64: the key of the bundles is
                 sealed to it (HPKE, RFC 9180: X25519, HKDF-SHA-256, AES-256-GCM)
    rows         how many answers, 1 to 1,000

The secret half of `reply_to` stays with the inspector, in a file of mode 0600:

    {"format":"counterfoil-nonce-key-1","key":"<base64>"}

Who has it opens every bundle of the sample; nobody else but the holder does.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final, Literal

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from counterfoil.accountability.inspection.rule import MOST_ROWS, NONCE_BYTES
from counterfoil.answers.signed_object import check_object, sign_object
from counterfoil.core import canonical
from counterfoil.core.errors import InputFault, UsageFault, VerifyFault
from counterfoil.core.values import Public, Sensitive
from counterfoil.tlog import Checkpoint, Signer, VerifierKey, check_checkpoint
from counterfoil.tlog.cosignature import check_cosignatures, time_words
from counterfoil.tlog.encoding import from_base64, to_base64
from counterfoil.tlog.policy import Policy

FORMAT: Final = "counterfoil-nonce-1"
KEY_FORMAT: Final = "counterfoil-nonce-key-1"
MAX_BYTES: Final = 4_000_000
MAX_KEY_BYTES: Final = 4096
_INFO: Final = b"counterfoil/inspector-sample/v1"
_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class SampleNonce(Public, frozen=True, forbid_unknown_fields=True):
    """The fields of the format. See the module."""

    checkpoint: str
    first: date
    format: Literal["counterfoil-nonce-1"]
    last: date
    nonce: str
    office: str
    reply_to: str
    rows: int


class AskedSample(Public, frozen=True):
    """A nonce that its inspector signed, over a checkpoint that the holder signed. `cosigned`: who
    cosigned that, and when, as text."""

    said: SampleNonce
    nonce: bytes
    checkpoint: Checkpoint
    cosigned: tuple[str, ...]


class MadeNonce(Sensitive, frozen=True):
    """A signed nonce, and the file of its secret half."""

    nonce: bytes
    key: bytes


class AskSample(Public, frozen=True):
    """Ask for a sample. `checkpoint`: a signed note, as it is published."""

    checkpoint: str
    first: date
    last: date
    rows: int
    today: date


def make_nonce(
    command: AskSample,
    holder: VerifierKey,
    signer: Signer,
    random: Callable[[int], bytes],
    policy: Policy | None,
) -> MadeNonce:
    """Draw and sign a nonce over a checkpoint that is there. Raises UsageFault `sample_bounds`;
    VerifyFault `sample_quorum`; as `check_checkpoint`."""
    if not (1 <= command.rows <= MOST_ROWS and command.first <= command.last < command.today):
        raise UsageFault(
            "sample_bounds",
            "the rows or the days of the sample are not within their bounds",
            place="--from, --to, --rows",
            cure=f"Ask for 1 to {MOST_ROWS:,} rows, of days in their order that are over, UTC.",
        )
    _checked(command.checkpoint, holder, policy)
    secret = X25519PrivateKey.from_private_bytes(random(32))
    said = SampleNonce(
        checkpoint=command.checkpoint,
        first=command.first,
        format=FORMAT,
        last=command.last,
        nonce=to_base64(random(NONCE_BYTES)),
        office=holder.name,
        reply_to=to_base64(secret.public_key().public_bytes_raw()),
        rows=command.rows,
    )
    body = {"format": KEY_FORMAT, "key": to_base64(secret.private_bytes_raw())}
    return MadeNonce(sign_object(msgspec.to_builtins(said), signer), canonical.encode(body) + b"\n")


def check_nonce(
    data: bytes, inspector: VerifierKey, holder: VerifierKey, policy: Policy | None
) -> AskedSample:
    """A nonce that `inspector` signed, over a checkpoint of `holder` that the policy's quorum
    cosigned. Raises VerifyFault `sample_nonce`, `sample_quorum`; as `check_object`,
    `check_checkpoint`."""
    found, _ = check_object(data, inspector, FORMAT, "nonce", MAX_BYTES)
    try:
        said = msgspec.convert(found, SampleNonce)
        nonce, reply_to = from_base64(said.nonce) or b"", from_base64(said.reply_to) or b""
    except msgspec.ValidationError:
        raise _malformed() from None
    if (len(nonce), len(reply_to), said.office) != (NONCE_BYTES, 32, holder.name):
        raise _malformed()
    if not (1 <= said.rows <= MOST_ROWS and said.first <= said.last):
        raise _malformed()
    if inspector.public == holder.public:
        raise VerifyFault(
            "sample_nonce",
            "the holder is no inspector of its own ledger",
            place="nonce",
            cure="Name the key of the inspector, from elsewhere than the holder.",
        )
    checkpoint, cosigned = _checked(said.checkpoint, holder, policy)
    return AskedSample(said, nonce, checkpoint, cosigned)


def seal_key(key: bytes, said: SampleNonce) -> bytes:
    """A bundle key, sealed for the inspector. Inverse of `open_key`."""
    public = X25519PublicKey.from_public_bytes(from_base64(said.reply_to) or b"")
    return _SUITE.encrypt(key, public, _INFO)


def open_key(sealed: bytes, secret: bytes) -> bytes:
    """The bundle key, by the file of the secret half. Raises InputFault `nonce_key_unreadable`;
    VerifyFault `sample_key`."""
    said = canonical.read_object(secret.strip()) if len(secret) <= MAX_KEY_BYTES else None
    key = from_base64(str((said or {}).get("key", ""))) or b""
    if said is None or said.get("format") != KEY_FORMAT or len(key) != 32:
        raise InputFault(
            "nonce_key_unreadable",
            f"this is not a file of format {KEY_FORMAT}",
            place="--key",
            cure="Name the file that `counterfoil inspect nonce --help` wrote beside the nonce.",
        )
    try:
        return _SUITE.decrypt(sealed, X25519PrivateKey.from_private_bytes(key), _INFO)
    except (InvalidTag, ValueError):
        raise VerifyFault(
            "sample_key",
            "the key of the bundles does not open with this file",
            place="key",
            cure="Name the key of this very nonce. If it is, have the sample drawn again.",
        ) from None


def _checked(
    note: str, holder: VerifierKey, policy: Policy | None
) -> tuple[Checkpoint, tuple[str, ...]]:
    checkpoint = check_checkpoint(note, holder)
    if policy is None:
        return checkpoint, ()
    times = check_cosignatures(note, [each.key for each in policy.witnesses])
    if not policy.holds(times):
        raise VerifyFault(
            "sample_quorum",
            "the witnesses that cosigned the checkpoint are no quorum",
            place="checkpoint",
            cure="Take a checkpoint that the quorum cosigned, and draw the nonce after that.",
        )
    return checkpoint, tuple(f"{key.name} at {time_words(time)}" for key, time in times.items())


def _malformed() -> VerifyFault:
    return VerifyFault(
        "sample_nonce",
        "the nonce is signed, and is not in the form of its format, or is of another office",
        place="nonce",
        cure="Have the inspector sign one with `counterfoil inspect nonce --help`.",
    )
