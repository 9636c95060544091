"""What a check reads and what it answers.

A check reads `CheckInput` (one request with its normal forms and counts) or `FileInput` (the file
that carried it), and `Terms`, and nothing else. Days of a request are judged as of the day on which
it was sent, or the day of decision where that is earlier: a request must be whole when it is made.

A check answers one of four states. They are plain names here because reading `State.MET` costs 0.25
microseconds on Python 3.11, and a check does little else.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Final

from counterfoil.core.values import (
    AddressForm,
    EngagedOfficer,
    Header,
    NameForm,
    Request,
    Sensitive,
    State,
)
from counterfoil.gate.checks.officer_names import words_of_name
from counterfoil.gate.checks.periods import Periods, Scope, read_periods, read_scope
from counterfoil.gate.history.batch_counts import BatchFacts, History, officer_loads
from counterfoil.gate.history.fingerprints import Forms
from counterfoil.gate.history.uses import Uses
from counterfoil.gate.law.folding import (
    first_reading,
    fold_stated,
    fold_tight,
    screened_words,
    split_words,
)
from counterfoil.gate.law.route import PeriodRules
from counterfoil.gate.law.schema import Span
from counterfoil.normalize import incomplete_part
from counterfoil.normalize.plain_text import mixes_scripts

MET: Final = State.MET
NOT_MET: Final = State.NOT_MET
NOT_SHOWN: Final = State.NOT_SHOWN
NEEDS_OFFICER: Final = State.NEEDS_OFFICER


def met_if(met: bool) -> State:
    """Met or not met: for a check that always has what it needs."""
    return MET if met else NOT_MET


_REMEMBERED: Final = 65_536
"""Groups of officers, and lists of periods, remembered at most, so that no batch fills memory; real
matters name far fewer."""


class Engaged(Sensitive, frozen=True, gc=False):
    """An engaged officer, read once a batch. `entries`: folded id, name and title, "" for one that
    has neither letter nor digit; `name`: the letters of the name as screens read it, `screened` its
    words so, `words` its folded words; `is_mixed`: one of the three mixes scripts in a word;
    `load`: requests that name the officer, in the window; `namesakes_load`: those that name any
    officer of the same name; `agency`: folded; `titled`: the words of the title as screens read
    them."""

    entries: tuple[str, str, str]
    name: str
    screened: frozenset[str]
    words: tuple[str, ...]
    is_mixed: bool
    load: int
    namesakes_load: int
    agency: str
    titled: list[str]


class CheckInput(Sensitive, frozen=True, gc=False):
    """One request, read once. `line_words` and `reason_words` are the words of address lines and
    reason as screens read them, `reason` those of its first reading together; `missing` is the
    address's first missing part; `scope` what the file's document reaches, None where it has
    none."""

    request: Request
    address: AddressForm
    name: NameForm
    periods: Periods
    missing: str | None
    line_words: list[str]
    reason: str
    reason_words: list[str]
    engaged: tuple[Engaged, ...]
    uses: Uses
    day: date
    scope: Scope | None


class FileInput(Sensitive, frozen=True, gc=False):
    """The file as a whole: header, count of rows, the statutes' days in force, what earlier files
    asked, the day of decision."""

    header: Header
    rows: int
    statutes: tuple[Span, ...]
    history: History
    on: date


def _line_words(lines: str) -> list[str]:
    """`screened_words` of the lines of an address. Behind a house number, streets repeat."""
    number, _, rest = lines.partition(" ")
    found = _words_of_street(rest) if number.isdigit() and number.isascii() else None
    return screened_words(lines) if found is None else found


@lru_cache(maxsize=32_768)
def _words_of_street(rest: str) -> list[str] | None:
    """The words of what follows a house number; None where it has a sign that a screen may read as
    a digit, beside which the number is read in other ways."""
    return screened_words(rest) if rest.replace(" ", "").isalpha() and rest.isascii() else None


class RequestReader:
    """Reads the requests of one batch. Remembers officers and periods already read: facts and rules
    fix them."""

    def __init__(
        self, rules: PeriodRules, facts: BatchFacts, history: History, day: date, edition: int = 0
    ) -> None:
        self._rules = rules
        self._edition = edition
        self._facts = facts
        self._history = history
        self._day = day
        self._engaged: dict[tuple[EngagedOfficer, ...], tuple[Engaged, ...]] = {}
        self._scope = read_scope(facts.header.document, rules, edition)
        self._periods: dict[tuple[str, ...], Periods] = {}

    def read(self, request: Request, forms: Forms, uses: Uses) -> CheckInput:
        """The request as the checks see it. `forms` and `uses` are its own. Never raises on any
        request."""
        form = forms.address
        reason = screened_words(request.reason)
        return CheckInput(
            request,
            form,
            forms.name,
            self._periods.get(request.taxable_periods)
            or self._read_periods(request.taxable_periods),
            incomplete_part(form),
            _line_words(f"{request.address.line1} {request.address.line2}"),
            " ".join(first_reading(reason)),
            reason,
            self._engaged.get(request.engaged_officers)
            or self._read_officers(request.engaged_officers),
            uses,
            self._day,
            self._scope,
        )

    def _read_periods(self, texts: tuple[str, ...]) -> Periods:
        periods = read_periods(texts, self._rules, self._edition)
        if len(self._periods) < _REMEMBERED:
            self._periods[texts] = periods
        return periods

    def _read_officers(self, officers: tuple[EngagedOfficer, ...]) -> tuple[Engaged, ...]:
        engaged = tuple([self._read_officer(officer) for officer in officers])
        if len(self._engaged) < _REMEMBERED:
            self._engaged[officers] = engaged
        return engaged

    def _read_officer(self, officer: EngagedOfficer) -> Engaged:
        entries = [fold_stated(each) for each in (officer.id, officer.name, officer.title)]
        return Engaged(
            (entries[0], entries[1], entries[2]),
            fold_tight(officer.name),
            frozenset(screened_words(officer.name)),
            tuple(words_of_name(officer.name) if self._edition > 5 else split_words(officer.name)),
            mixes_scripts(f"{officer.id} {officer.name} {officer.title}"),
            *officer_loads(officer, self._facts, self._history),
            fold_stated(officer.agency),
            screened_words(officer.title),
        )
