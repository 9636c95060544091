"""Two officers' word over one batch (P6). The types hold the order: no Ruling without a Reviewed.

Format `counterfoil-officer-1`: what an officer signs, with Ed25519, as canonical JSON
(core/canonical.py):

    {"act":"review","batch":"b-0001","determinations":"sha256:9f...","format":"counterfoil-officer-1","office":"sandbox"}

- `act` is `review` (first officer) or `release` (second); a signature for one never serves as the
  other.
- `determinations` is the digest of determinations.py: every row, in order, with its evidence.
- `office` binds the word to one office, `format` to this use of the key. Nothing else is signed.
- An unknown format is not read: `check_word` builds the bytes itself and compares signatures only.

A signature is written as standard base64 of its 64 bytes; a public key as a C2SP signed-note
verifier key, `name+8 hex+base64(0x01 || 32 bytes)`, whose name is the officer's. Two officers are
two names (case is not a difference) and two keys (the 32 bytes are compared, because the text of a
key carries its name).
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from enum import StrEnum
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from counterfoil.batches.officers import public_key
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault, VerifyFault
from counterfoil.core.values import Officer, Public, Ruling

FORMAT: Final = "counterfoil-officer-1"


class Act(StrEnum):
    """What an officer's signature says."""

    REVIEW = "review"
    RELEASE = "release"


class Determined(Public, frozen=True, gc=False):
    """A batch whose every row is determined: what the first officer is asked to sign."""

    office: str
    batch_id: str
    determinations_digest: str


class Reviewed(Public, frozen=True, gc=False):
    """A determined batch and its first officer's word. Cannot be made without a signature that
    verifies.

    Raises VerifyFault `officer_signature`, KeyFault for an officer's key that cannot be read.
    """

    determined: Determined
    officer: Officer
    signature: str

    def __post_init__(self) -> None:
        check_word(self.determined, Act.REVIEW, self.officer, self.signature)


def rule(reviewed: Reviewed, officer: Officer, signature: str) -> Ruling:
    """The ruling that a second officer's signature over the release makes.

    Raises StateFault `second_officer_same_name` or `second_officer_same_key`, VerifyFault
    `officer_signature`.
    """
    if officer.name.casefold() == reviewed.officer.name.casefold():
        raise _same_officer("second_officer_same_name", "name")
    if public_key(officer) == public_key(reviewed.officer):
        raise _same_officer("second_officer_same_key", "key")
    check_word(reviewed.determined, Act.RELEASE, officer, signature)
    return Ruling(
        batch_id=reviewed.determined.batch_id,
        determinations_digest=reviewed.determined.determinations_digest,
        first=reviewed.officer,
        first_signature=reviewed.signature,
        second=officer,
        second_signature=signature,
    )


def word_bytes(determined: Determined, act: Act) -> bytes:
    """The bytes that an officer signs for `act`."""
    return canonical.encode(
        {
            "format": FORMAT,
            "act": str(act),
            "batch": determined.batch_id,
            "determinations": determined.determinations_digest,
            "office": determined.office,
        }
    )


def sign_word(determined: Determined, act: Act, key: Ed25519PrivateKey) -> str:
    """An officer's signature over `act`, as base64. Inverse check: `check_word`."""
    return b64encode(key.sign(word_bytes(determined, act))).decode("ascii")


def check_word(determined: Determined, act: Act, officer: Officer, signature: str) -> None:
    """Raise VerifyFault `officer_signature` unless `officer` signed `act` over exactly this."""
    check_signature(word_bytes(determined, act), act, officer, signature)


def check_signature(word: bytes, act: str, officer: Officer, signature: str) -> None:
    """Raise VerifyFault `officer_signature` unless `officer` signed these bytes; `act` is what the
    fault will name."""
    try:
        raw = b64decode(signature, validate=True)
        Ed25519PublicKey.from_public_bytes(public_key(officer)).verify(raw, word)
    except (InvalidSignature, Base64Error, ValueError):
        raise VerifyFault(
            "officer_signature",
            f"the officer's signature does not stand for the {act} of this batch",
            place=officer.name,
            cure="Sign again with the key that is enrolled for this officer, over this batch as "
            "it stands now.",
        ) from None


def _same_officer(code: str, what: str) -> StateFault:
    return StateFault(
        code,
        f"the officer who releases has the {what} of the officer who reviewed",
        cure="Another enrolled officer, with a key of their own, must release.",
    )
