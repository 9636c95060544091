"""A made-up office for the review room: three officers' keys, one determined batch, rows of every
kind."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, date, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counterfoil.batches.batch import BatchHeader, NewBatch
from counterfoil.batches.officers import enrol_form
from counterfoil.batches.rows import Granted, Refused, Rejected
from counterfoil.batches.ruling import Act, Determined, Reviewed, rule
from counterfoil.batches.statements import ed25519_signature, keep_signed
from counterfoil.core import canonical
from counterfoil.core.use_cases import Signed, Statement, statement_bytes
from counterfoil.core.values import (
    Address,
    AddressForm,
    Comparison,
    EngagedOfficer,
    Finding,
    Grant,
    Match,
    NameForm,
    NotCompared,
    Officer,
    Person,
    Refusal,
    Reject,
    RemovalOrder,
    Request,
    State,
)

NOW = datetime(2026, 3, 2, 14, 5, tzinfo=UTC)
DIGEST = "sha256:" + "5a" * 32
DETERMINED = Determined("example.gov/disclosure", "b-0f1e2d3c4b5a", DIGEST)


def officer_key(number: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)


def officer(name: str, number: int) -> Officer:
    return enrol_form(name, officer_key(number).public_key().public_bytes_raw())


ADA, BEN = officer("officer-a", 1), officer("officer-b", 2)


def statement(
    subject: Determined = DETERMINED, act: str = "review", /, **changes: object
) -> Statement:
    """What the office hands out to be signed for an act over these determinations."""
    fields = {
        "act": str(act),
        "office": subject.office,
        "subject": subject.batch_id,
        "generation": 2,
        "details": {"determinations": subject.determinations_digest},
        "nonce": "5d" * 16,
        "expires": "2026-03-02T14:20:00Z",
    }
    return Statement(**(fields | changes))  # type: ignore[arg-type]


def sign(said: Statement, signer: Officer, number: int) -> Signed:
    """The statement, signed with key `number` in the name of `signer`."""
    return Signed(signer, said, ed25519_signature(officer_key(number).sign(statement_bytes(said))))


def word(subject: Determined, act: Act, number: int, /, **changes: object) -> str:
    """The kept text of a signed statement; the officer's name is not in it."""
    return keep_signed(sign(statement(subject, act, **changes), ADA, number))


def older_word(subject: Determined, act: Act, number: int) -> str:
    """A signature of format `counterfoil-officer-1`, as an older version made it."""
    body = {
        "act": str(act),
        "batch": subject.batch_id,
        "determinations": subject.determinations_digest,
        "format": "counterfoil-officer-1",
        "office": subject.office,
    }
    return b64encode(officer_key(number).sign(canonical.encode(body))).decode("ascii")


def reviewed(subject: Determined = DETERMINED) -> Reviewed:
    return Reviewed(subject, ADA, word(subject, Act.REVIEW, 1))


def ruling(subject: Determined = DETERMINED):
    return rule(reviewed(subject), BEN, word(subject, Act.RELEASE, 2))


def new_batch(**changes: object) -> NewBatch:
    facts = {
        "id": DETERMINED.batch_id,
        "file_digest": "sha256:" + "01" * 32,
        "agreement": "sandbox",
        "agreement_digest": DIGEST,
        "rules_digest": DIGEST,
        "header": BatchHeader("made-up bureau", "head", "2026-03-01", signed=False),
        "received_at": NOW,
        "gate_date": date(2026, 3, 2),
        "wrapped_key": b"wrapped",
    }
    return NewBatch(**(facts | changes))  # type: ignore[arg-type]


REQUEST = Request(
    "q1",
    1,
    Person("Marisol", "Inés", "Quintanilla", "", date(1981, 5, 29), "900-00-1001"),
    Address("1847 Heron Lake Rd", "", "Anytown", "WA", "98101"),
    ("2024",),
    "8 USC 1253(a)(1)",
    "a stated reason",
    "INV-1",
    date(2026, 1, 15),
    RemovalOrder("A1", date(2025, 6, 2), "8 USC 1227(a)(2)", None),
    "",
    (EngagedOfficer("E1", "N", "T"),),
    True,
)
GRANT = Grant(
    REQUEST,
    AddressForm(number="1847", street="HERON LAKE"),
    NameForm(("MARISOL",), (), ("QUINTANILLA",)),
    (2024,),
    DIGEST,
)
REFUSAL = Refusal(
    "q2", 2, (Finding("period", State.NOT_SHOWN), Finding("purpose", State.NOT_MET)), DIGEST
)
MATCH = Match("q1", 1, True, 31.25, 12.5, (Comparison("given", "equal", 9.75),))
NO_MATCH = Match("q4", 4, False, float("-inf"), 0.0, ())
NOT_COMPARED = NotCompared("q3", 3, "keeper_limit")

GATED = [
    Granted(GRANT),
    Refused(REQUEST, REFUSAL),
    Rejected(Reject(3, "date_of_birth", "date_malformed", "no such date", "Correct it.")),
]
DETERMINATIONS = [MATCH, REFUSAL, NOT_COMPARED, NO_MATCH]
