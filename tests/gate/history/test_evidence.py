"""The answer is one bit about a name at an address: what a question states beside them, a date of
birth, a tax number, taxable years, is evidence that is not tried. A second one is counted, however
name and home are written, in one file or in several."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from counterfoil.core.values import Address, Grant, Person, Refusal, Request, State
from counterfoil.database import Store, create_store
from counterfoil.gate import BatchFactsBuilder, Gate
from counterfoil.gate.checks.periods import read_periods
from counterfoil.gate.history.counts import Counting, Recalled
from counterfoil.gate.history.fingerprints import (
    EVIDENCE_AT,
    NAME_AT,
    UNKNOWN,
    born_of,
    forms_of,
    is_of_first_form,
    number_of_person,
    present_form,
    years_of,
)
from counterfoil.gate.history.keyed_hash import ABSENT
from counterfoil.gate.history.reservations import settle
from counterfoil.gate.history.store import load_history, recall, record_batch, remember
from counterfoil.gate.history.uses import ONCE, Uses
from tests.gate.world import (
    HEADER,
    KEY,
    NO_HISTORY,
    ON,
    REQUEST,
    amended,
    asked_by,
    changed,
    facts_of,
    sandbox,
    uses_in,
)

BORN = date(1980, 2, 29)
NUMBERS = ("900-00-1234", "900-00-4321", "")
YEARS = (("2022", "2023"), ("2023",), ("2021-2023",))
DATES = (BORN, date(1980, 2, 28), None)
NAMES = (
    ("Rosalind", "Quill"),
    ("R0sal1nd", "Quill"),
    ("ROSALIND", "Thornquist"),
    ("Ros\u00e1lind", "X"),
    ("Rosalind May", "Quil"),
)
LINES = ("12 Elm St", "12 Elm Street", "12 ELM", "12 Ellm St")
KINDS = ("dates", "numbers", "years")


def _asked(
    name: tuple[str, str] = NAMES[0],
    line: str = LINES[0],
    *,
    born: date | None = BORN,
    number: str = NUMBERS[0],
    years: tuple[str, ...] = YEARS[0],
) -> Request:
    who = Person(name[0], "", name[1], "", born, number)
    return changed(
        person=who, address=Address(line, "", "Anytown", "WA", "98001"), taxable_periods=years
    )


OTHERS = {
    "dates": [_asked(born=born) for born in DATES[1:]],
    "numbers": [_asked(number=number) for number in NUMBERS[1:]],
    "years": [_asked(years=years) for years in YEARS[1:]],
}
EACH = [(kind, other) for kind, some in OTHERS.items() for other in some]


def _uses(*requests: Request) -> list[Uses]:
    return uses_in(*[changed(each, row=row) for row, each in enumerate(requests, 1)])


def _tried(uses: Uses) -> dict[str, int]:
    return {kind: getattr(uses, kind) for kind in KINDS}


@pytest.mark.parametrize(("kind", "other"), EACH)
def test_a_second_date_number_or_set_of_years_is_counted(kind: str, other: Request) -> None:
    expected = dict.fromkeys(KINDS, 1) | {kind: 2}
    assert [_tried(each) for each in _uses(_asked(), other)] == [expected] * 2


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("line", LINES)
def test_it_is_counted_however_name_and_home_are_written(name: tuple[str, str], line: str) -> None:
    [first, second] = _uses(_asked(), _asked(name, line, born=DATES[1], years=YEARS[1]))
    assert _tried(first) == _tried(second) == {"dates": 2, "numbers": 1, "years": 2}


def test_three_dates_are_three() -> None:
    assert [each.dates for each in _uses(*[_asked(born=born) for born in DATES])] == [3] * 3


@pytest.mark.parametrize(
    "other",
    [
        _asked(),
        _asked(years=("2022-2023",)),
        _asked(years=("2023", "2022")),
        _asked(number="900 00 1234"),
        _asked(number="\uff1900-00-1234"),
    ],
)
def test_the_same_evidence_written_otherwise_is_the_same(other: Request) -> None:
    assert [_tried(each) for each in _uses(_asked(), other)] == [dict.fromkeys(KINDS, 1)] * 2


@pytest.mark.parametrize(
    "other",
    [
        _asked(("Bartholomew", "Quill"), born=DATES[1]),
        _asked(line="14 Elm St", born=DATES[1], years=YEARS[1]),
        _asked(line="Failed to Provide", born=DATES[1]),
        _asked(years=("all years",)),
        _asked(number="900-00-123"),
    ],
    ids=["another person", "another home", "no home", "vague years", "a malformed number"],
)
def test_what_is_about_another_or_is_never_answered_tries_nothing(other: Request) -> None:
    assert [_tried(each) for each in _uses(_asked(), other)] == [dict.fromkeys(KINDS, 1)] * 2


WRITTEN = (
    ("TY 2023",),
    ("tax year 2023",),
    ("CY2023",),
    ("2023.",),
    ("2022 and 2021",),
    ("2021 through 2023",),
    ("2021\u20142023",),
    ("the taxable periods 2021 to 2022",),
    ("2022, 2024",),
)


@pytest.mark.parametrize("years", WRITTEN)
def test_years_are_evidence_in_whatever_words_the_law_admits_them(years: tuple[str, ...]) -> None:
    """What a check reads as years and the memory does not could be tried year by year."""
    rules = sandbox().terms.periods
    assert not read_periods(years, rules, sandbox().terms.edition).vague
    expected = dict.fromkeys(KINDS, 1) | {"years": 2}
    assert [_tried(each) for each in _uses(_asked(), _asked(years=years))] == [expected] * 2
    other = _asked(years=("TY 2019",))
    assert [each.years for each in _uses(_asked(years=years), other)] == [2, 2]


@pytest.mark.parametrize("years", [("TY 2022, 2023",), ("2022 to 2023",), ("2022", "CY 2023")])
def test_the_same_years_in_words_are_the_same_evidence_and_the_same_question(
    years: tuple[str, ...],
) -> None:
    uses = _uses(_asked(), _asked(years=years))
    assert [each.years for each in uses] == [1, 1]
    assert [each.contents for each in uses] == [2, 2]


def test_many_at_one_home_are_compared_as_few_are() -> None:
    """More questions than are compared one by one."""
    crowd = [_asked((given, "Quill")) for given in ("Bartholomew", "Zedekiah", "Ophelia")] * 10
    uses = _uses(*crowd, _asked(), _asked(NAMES[1], born=DATES[1]))
    assert [each.dates for each in uses] == [1] * len(crowd) + [2, 2]


def test_a_second_one_waits_for_officers_and_the_first_is_granted() -> None:
    gate = Gate(amended({}), facts_of(REQUEST), NO_HISTORY, ON)
    for kind in KINDS:
        refusal = gate.decide(REQUEST, Uses(**{kind: 2}))
        assert isinstance(refusal, Refusal)
        assert [(each.element, each.state) for each in refusal.failed] == [
            ("guard-evidence", State.NEEDS_OFFICER)
        ]
        assert not gate.is_probe(refusal)
    assert isinstance(gate.decide(REQUEST, ONCE), Grant)


# -- over files ------------------------------------------------------------------------------------


def _first_form(asked: bytes) -> bytes:
    """A question as it was kept before evidence was."""
    return asked[:32] + bytes((asked[32] & 1,)) + asked[NAME_AT:]


def test_a_question_of_the_first_form_counts_by_its_date_of_birth() -> None:
    """Its date is known by the key under which it is found; number and years are not known."""
    same, other = _asked(number="", years=YEARS[1]), _asked(born=DATES[1])
    for earlier, dates in ((same, 1), (other, 2), (_asked(born=None), 2)):
        past, counting = asked_by(earlier), Counting(asked_by(_asked()), 1000, KEY)
        wanted = counting.wanted(range(1))
        kept = _first_form(past.asked[0])
        assert is_of_first_form(kept) and not is_of_first_form(past.asked[0])
        asked = [(key, 7, kept) for key in past.keys if key in wanted.keys]
        [uses] = counting.uses(range(1), Recalled(asked)).values()
        assert _tried(uses) == {"dates": dates, "numbers": 1, "years": 1}
        assert uses.attempts == 2


def test_the_forms_of_a_question() -> None:
    [asked] = asked_by(_asked()).asked
    again = present_form(_first_form(asked), born_of(asked))
    assert (born_of(again), number_of_person(again), years_of(again)) == (
        born_of(asked),
        UNKNOWN,
        UNKNOWN,
    )
    assert again[:EVIDENCE_AT] + again[NAME_AT:] == asked[:EVIDENCE_AT] + asked[NAME_AT:]
    [bare] = asked_by(_asked(born=None, number="", years=("all",))).asked
    assert (born_of(bare), number_of_person(bare), years_of(bare)) == (ABSENT, ABSENT, UNKNOWN)


# -- P1 --------------------------------------------------------------------------------------------

STRATEGIES = 12
_LIFTED: dict[str, object] = {
    f"limits.{name}": 10**9
    for name in (
        "same_reason",
        "similar_reason",
        "people_per_investigation",
        "officer_caseload.limit",
        "guards.attempts_on_person",
        "guards.addresses_of_person",
        "guards.people_at_address",
        "guards.same_request",
    )
}
"""No other limit stops a strategy."""


class _Year:
    """A requester's files against the gate and its memory."""

    def __init__(self, store: Store) -> None:
        self._store, self._law, self._files = store, amended(_LIFTED), 0

    def send(self, on: date, requests: Sequence[Request]) -> list[bool]:
        """Which requests of a file are granted."""
        self._files += 1
        batch, limits = f"b{self._files}", self._law.agreement.limits
        builder = BatchFactsBuilder(KEY)
        builder.add(*requests)
        facts, asked = builder.finish(HEADER, ""), builder.fingerprints
        with self._store.transaction() as connection:
            record_batch(connection, facts, batch, on, self._law.agreement)
            history = load_history(connection, facts, batch, on, limits)
        remember(self._store.transaction, batch, asked)
        rows, counting = range(len(requests)), Counting(asked, limits.guards.largest + 1, KEY)
        with self._store.reading() as connection:
            uses = counting.uses(rows, recall(connection, counting, rows, batch, on, limits))
        gate = Gate(self._law, facts, history, on)
        counted = [
            (request, form, uses.get(row, ONCE))
            for row, (request, form) in enumerate(zip(requests, forms_of(requests), strict=True))
        ]
        granted = [isinstance(each, Grant) for each in gate.decide_all(counted)]
        if len(requests) % 2:  # determined: what was refused was put to nobody
            refused = {place for place in rows if not granted[place]}
            with self._store.transaction() as connection:
                settle(connection, KEY, batch, rows, lambda: enumerate(requests), set(), refused)
        return granted


def test_p1_no_strategy_is_answered_with_two_dates_numbers_or_sets_of_years(tmp_path: Path) -> None:
    """Whatever is tried about one person and home after a first question, in whatever spellings,
    files and days of one window, all that is answered states the evidence of the first: nothing of
    it can be learned but whether that was confirmed."""
    store = create_store(f"sqlite:///{tmp_path / 'office.db'}")
    year, refused = _Year(store), 0
    for number in range(STRATEGIES):
        chance, home = random.Random(number), f"{12 + 2 * number} "
        first = _asked(line=LINES[0].replace("12 ", home))
        assert year.send(ON, [first]) == [True]
        answered, day = {_evidence(first)}, ON
        while day < ON + timedelta(days=12):
            some = [
                changed(_drawn(chance, home), row=row, request_id=f"r{row}")
                for row in range(1, 1 + chance.choice((1, 1, 2, 5)))
            ]
            for request, granted in zip(some, year.send(day, some), strict=True):
                answered |= {_evidence(request)} if granted else set()
                refused += not granted
            day += timedelta(days=chance.choice((0, 1, 3)))
        assert len(answered) == 1
    store.close()
    assert refused > 3 * STRATEGIES


def _drawn(chance: random.Random, home: str) -> Request:
    return _asked(
        chance.choice(NAMES),
        chance.choice(LINES).replace("12 ", home),
        born=chance.choice(DATES),
        number=chance.choice(NUMBERS),
        years=chance.choice(YEARS),
    )


def _evidence(request: Request) -> tuple[object, ...]:
    return request.person.date_of_birth, request.person.tin, request.taxable_periods
