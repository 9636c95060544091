"""The classes of an incident: what is thought to have happened, and what the Code then says."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class IncidentClass(StrEnum):
    """What is thought to have happened. The closed list, in the words of the command line."""

    WRONG_ANSWER = "wrong-answer"
    UNLAWFUL_DISCLOSURE = "unlawful-disclosure"
    UNAUTHORISED_INSPECTION = "unauthorised-inspection"
    COPY_LOST = "copy-lost"
    KEY_LOST = "key-lost"
    LEDGER_FAULT = "ledger-fault"
    USE_BEYOND_AGREEMENT = "use-beyond-agreement"
    CANARY_ASKED = "canary-asked"
    REQUESTER_SILENT = "requester-silent"


CLASSES: Final[dict[IncidentClass, str]] = {
    IncidentClass.WRONG_ANSWER: "Answers that were released were wrong, or not compared as they "
    "should have been.",
    IncidentClass.UNLAWFUL_DISCLOSURE: "Answers left for a request that the law did not admit.",
    IncidentClass.UNAUTHORISED_INSPECTION: "Somebody of the holder looked at records or "
    "evidence without a reason.",
    IncidentClass.COPY_LOST: "A copy of requests, answers or the register is where it should "
    "not be.",
    IncidentClass.KEY_LOST: "A key or a passphrase is lost, or known to somebody else.",
    IncidentClass.LEDGER_FAULT: "The ledger does not check, or a witness refused a checkpoint.",
    IncidentClass.USE_BEYOND_AGREEMENT: "The requester used answers for another purpose or "
    "passed them on.",
    IncidentClass.CANARY_ASKED: "A made-up person or address was asked for, which nobody can "
    "truthfully ask about.",
    IncidentClass.REQUESTER_SILENT: "The requester did not say by the day what became of answers "
    "that were recalled or expired.",
}


_CHARGED: Final = (
    "26 USC 7431(e): if any person is criminally charged with the inspection or disclosure, the "
    "Secretary shall notify the taxpayer as soon as practicable."
)
_DISCIPLINE: Final = (
    "26 USC 7431(e): the Secretary shall also notify the taxpayer if disciplinary or adverse "
    "action against an employee is proposed for it, with the date and the taxpayer's rights."
)
_DAMAGES: Final = (
    "26 USC 7431(a), (c), (d): the taxpayer may sue within 2 years after discovery, for at least "
    "$1,000 for each act: keep what shows what happened."
)
_DISCLOSED: Final = (
    "26 USC 7213(a): a willful disclosure that the title does not authorize is a felony.",
    _CHARGED,
    _DISCIPLINE,
    _DAMAGES,
)
_INSPECTED: Final = (
    "26 USC 7213A(a), (b): willfully to inspect return information, except as authorized, is "
    "punishable by a fine, or imprisonment of not more than 1 year, or both; an officer or "
    "employee of the United States who is convicted is dismissed.",
    _CHARGED,
    _DISCIPLINE,
    _DAMAGES,
)
_RECIPIENT: Final = (
    "26 USC 6103(p)(4): the Secretary may refuse to disclose to the recipient until its safeguards "
    "are met; 26 USC 7213(a) and 7431 reach whoever passed it on.",
    _CHARGED,
    _DAMAGES,
)
DUTIES: Final[dict[IncidentClass, tuple[str, ...]]] = {
    IncidentClass.WRONG_ANSWER: _DISCLOSED,
    IncidentClass.UNLAWFUL_DISCLOSURE: _DISCLOSED,
    IncidentClass.UNAUTHORISED_INSPECTION: _INSPECTED,
    IncidentClass.COPY_LOST: _DISCLOSED,
    IncidentClass.KEY_LOST: (),
    IncidentClass.LEDGER_FAULT: (),
    IncidentClass.USE_BEYOND_AGREEMENT: _RECIPIENT,
    IncidentClass.CANARY_ASKED: (),
    IncidentClass.REQUESTER_SILENT: (
        "26 USC 6103(p)(4)(F)(ii): a Federal agency returns the information with its copies, makes "
        "it undisclosable, or keeps what is left under the conditions of (A) to (E); that it "
        "certifies which is the agreement's term. 6103(p)(4): the Secretary may refuse further "
        "disclosures to it until the paragraph's requirements are met.",
    ),
}
"""What the Code says of an incident of each class and has the holder do for the taxpayer. The words
are a summary; who is to be notified, and whether, is for the holder's counsel."""

NOTIFIES: Final = frozenset(about for about, duties in DUTIES.items() if _CHARGED in duties)
"""The classes that raise the duty of notice to the person, 26 USC 7431(e)."""
