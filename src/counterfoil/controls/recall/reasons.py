"""Why released answers are recalled: the closed list, in the words of the command line. The reason
is kept sealed and committed to; neither the notice nor a list of recalls tells it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class RecallReason(StrEnum):
    """Why answers are recalled."""

    ANSWER_WRONG = "answer-wrong"
    REQUEST_UNLAWFUL = "request-unlawful"
    ORDERED = "ordered"
    OFFICE_FAULT = "office-fault"


REASONS: Final[dict[RecallReason, str]] = {
    RecallReason.ANSWER_WRONG: "the answers are not what the records say",
    RecallReason.REQUEST_UNLAWFUL: "the requests were not such as the law admits",
    RecallReason.ORDERED: "a court, or who may order it, had them recalled",
    RecallReason.OFFICE_FAULT: "program, law files, register or officers failed",
}
