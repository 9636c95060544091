"""What the law says of the dated duties, as data: `duties.yaml`, format `counterfoil-duties-1`.

    id           the class, in the words of the command line
    citation     where the duty comes from
    sentence     what it is
    counts_from  the day that it counts from
    days         how many days later it is due; null where the officer who opens it names
                 the day
    days_are     whose number that is
    about        `batch`: it is about one batch. `nobody`: about none. `disclosure`: about an answer
                 that was given; only the use case that finds the answer opens it. `incident`: what
                 opens an incident opens it
    opened_by    `officer`, by name; `office`: only with what it follows from (a recall, an
                 incident, the last day of use of an answer)
    closed_by    the document that two officers close it with
    receipt      whether that document is the requester's signed receipt (controls/recall): then
                 nothing else closes it, and where none has come by the day, the office opens an
                 incident, whose report goes to the inspector general
    outcomes     of `disclosure`: the answers whose recipients are informed
    status       `settled`, or `open`: then `readings` has both, the one that is followed first
    decides      who may decide which reading holds

The file comes with the program, because it decides nothing about an answer: the digest of the rules
does not cover it.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from counterfoil.core.errors import UsageFault
from counterfoil.gate.law.route import Closed, Texts
from counterfoil.gate.law.schema import Count, Identifier, Text, read_law_file

_FILE: Final = Path(__file__).parent / "duties.yaml"
CORRECTION: Final = "correction"
ACKNOWLEDGMENT: Final = "recall-acknowledgment"
DESTRUCTION: Final = "recall-destruction"
EXPIRY: Final = "expired-answers"
PERSON_NOTICE: Final = "incident-notice"
About = Literal["batch", "nobody", "disclosure", "incident"]


class DutyClass(Closed, frozen=True, gc=False):
    """One class of duty. See the module."""

    id: Identifier
    citation: Text
    sentence: Text
    counts_from: Text
    days: Count | None
    days_are: Text
    about: About
    closed_by: Text
    status: Literal["settled", "open"]
    readings: Texts
    decides: Text
    outcomes: tuple[Literal["confirmed", "not_confirmed"], ...] = ()
    opened_by: Literal["officer", "office"] = "officer"
    receipt: bool = False

    def due_on(self, since: date, named: date | None) -> date:
        """The day on which a duty of this class is due. Raises UsageFault `duty_due` where the
        officer has to name it and did not, named one that the class does not let them name, or one
        before the duty began."""
        if (named is None) == (self.days is None) or (named is not None and named < since):
            raise UsageFault(
                "duty_due",
                "the day on which the duty is due cannot be that",
                place="--due",
                cure=f"Of {self.id} the days are {self.days_are}: "
                + ("name none." if self.days else "name a day, not before the duty began."),
            )
        return named or since + timedelta(days=self.days or 0)


class DutyTable(Closed, frozen=True, gc=False):
    """The file."""

    format: Literal["counterfoil-duties-1"]
    duties: Annotated[tuple[DutyClass, ...], msgspec.Meta(min_length=1)]


@cache
def duty_classes() -> dict[str, DutyClass]:
    """Every class by its id, the file being read once. Raises SettingsFault as `read_law_file`."""
    return {each.id: each for each in read_law_file(_FILE, DutyTable).duties}
