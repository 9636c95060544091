"""The signatures of two officers over one batch (P6). The types hold the order: no Ruling without a
Reviewed.

An officer signs a statement (core/use_cases.py) whose `act` is `review` (first officer) or
`release` (second), whose `subject` is the batch, and whose `details` name `determinations`: the
digest of rows.py, every row in order, with its evidence. It is kept as the text of statements.py.
A first officer who does not agree with the sample signs `disagree`, and there is no review.

Batches that were signed by an older version keep a signature of format `counterfoil-officer-1`:
base64 of 64 bytes, Ed25519 over canonical JSON:

    {"act":"review","batch":"b-0001","determinations":"sha256:9f...",
     "format":"counterfoil-officer-1","office":"sandbox"}

It is read, and never made. Whoever checks either form builds what must have been signed and
compares; an unknown form is refused. A signature for one act never serves as another.

A public key is a C2SP signed-note verifier key, `name+8 hex+base64(0x01 || 32 bytes)`, whose name
is the officer's, or that of security keys (security_keys.py). Two officers are two names (case is
not a difference) and no key in common (the keys' own bytes are compared, because the text of a key
carries its name).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from counterfoil.batches.officers import share_key
from counterfoil.batches.statements import (
    check_signature,
    check_signed,
    read_signed,
    signature_fault,
)
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault
from counterfoil.core.values import Officer, Public, Ruling

OLDER_FORMAT: Final = "counterfoil-officer-1"


class Act(StrEnum):
    """What an officer's signature says."""

    REVIEW = "review"
    DISAGREE = "disagree"
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
    if share_key(officer, reviewed.officer):
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


def check_word(determined: Determined, act: Act, officer: Officer, signature: str) -> None:
    """Raise VerifyFault `officer_signature` unless `officer` signed `act` over exactly this."""
    if not signature.startswith("{"):
        check_signature(_older_bytes(determined, act), act, officer, signature)
        return
    signed = read_signed(signature, officer)
    said = signed.statement
    if (said.act, said.office, said.subject, said.details.get("determinations")) != (
        act,
        determined.office,
        determined.batch_id,
        determined.determinations_digest,
    ):
        raise signature_fault(officer, act)
    check_signed(signed)


def _older_bytes(determined: Determined, act: Act) -> bytes:
    """What an officer signed for `act` in an older version."""
    return canonical.encode(
        {
            "format": OLDER_FORMAT,
            "act": str(act),
            "batch": determined.batch_id,
            "determinations": determined.determinations_digest,
            "office": determined.office,
        }
    )


def _same_officer(code: str, what: str) -> StateFault:
    return StateFault(
        code,
        f"the officer who releases has the {what} of the officer who reviewed",
        cure="Another enrolled officer, with a key of their own, must release.",
    )
