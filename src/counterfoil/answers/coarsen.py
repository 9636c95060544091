"""The only place where a determination becomes an answer. Nothing else may build an Answer.

    determination              answer          codes
    Match, confirmed           confirmed       none
    Match, not confirmed       not_confirmed   none, whatever the evidence: no record, another
                                               address, another person, two candidates, a hold (P4)
    Refusal                    refused         the public codes of the elements that failed, in the
                                               law's order, each once: they depend on the question
                                               alone (P2)
    NotCompared                not_compared    its one code: nothing was compared, ask again

A row that could not become a request is no answer: it is returned as `rejected`, with what intake
says of its form.

What is not in this table cannot leave (P1): an Answer has these three fields and no other. Without
a Ruling that names two officers nothing is coarsened (P6). An element without a public code refuses
(P10).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from counterfoil.answers.format import REJECTED
from counterfoil.core.errors import SettingsFault, StateFault
from counterfoil.core.values import (
    Answer,
    Finding,
    Match,
    NotCompared,
    Outcome,
    Refusal,
    Reject,
    RejectedRow,
    Ruling,
)

PublicCodes = Mapping[str, str]
"""Public code of each element of the law in force, by the element's identifier."""


def coarsen(
    determination: Match | Refusal | NotCompared, ruling: Ruling, public_codes: PublicCodes
) -> Answer:
    """The answer that a determination becomes.

    Raises StateFault `ruling_one_officer`, SettingsFault `public_code_missing`.
    """
    _require_two(ruling)
    if isinstance(determination, Match):
        outcome = Outcome.CONFIRMED if determination.confirmed else Outcome.NOT_CONFIRMED
        return Answer(determination.request_id, outcome)
    if isinstance(determination, Refusal):
        return Answer(
            determination.request_id, Outcome.REFUSED, _codes(determination.failed, public_codes)
        )
    return Answer(determination.request_id, Outcome.NOT_COMPARED, (determination.code,))


def coarsen_reject(reject: Reject, ruling: Ruling) -> RejectedRow:
    """The row that a rejected row becomes: its number, its code, and its id where one can be read.
    What is wrong depends on the request file alone (P2). Raises StateFault `ruling_one_officer`."""
    _require_two(ruling)
    return RejectedRow(reject.request_id, REJECTED, (reject.code,), reject.shown_row)


def _codes(failed: Iterable[Finding], public_codes: PublicCodes) -> tuple[str, ...]:
    try:
        codes = tuple(dict.fromkeys([public_codes[finding.element] for finding in failed]))
    except KeyError as missing:
        raise SettingsFault(
            "public_code_missing",
            "an element of the law has no public code, so its refusal cannot be stated",
            place=str(missing.args[0]),
            cure="Give the element a code in the law's data.",
        ) from None
    if not codes:
        raise StateFault(
            "refusal_without_code", "a refusal names no element", cure="Determine the batch again."
        )
    return codes


def _require_two(ruling: Ruling) -> None:
    first, second = ruling.first, ruling.second
    if first.name.casefold() == second.name.casefold() or first.vkey == second.vkey:
        raise StateFault(
            "ruling_one_officer",
            "the ruling does not name two officers",
            place=ruling.batch_id,
            cure="A second officer, with a name and a key of their own, must release.",
        )
