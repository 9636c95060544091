"""What holds for any question and any household."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from counterfoil.core.values import Grant, NameForm, Person, Resident, Residents
from counterfoil.matching import decide, default_weights, explain
from counterfoil.matching.evidence import dob_level
from counterfoil.matching.names import given_level, stranger_to
from counterfoil.normalize import normalize_name
from tests.matching.people import PERIODS, grant

GIVEN = [
    "Marta",
    "Martha",
    "Maria",
    "Mario",
    "Jon",
    "John",
    "Joan",
    "Jose",
    "Pepe",
    "J",
    "",
    "Mrs",
    "Mary Ann",
    "Zaylon",
    "Zaylen",
]
FAMILY = [
    "Ostrow",
    "Ostrov",
    "Ruiz",
    "Ruiz Tellez",
    "Tellez-Ruiz",
    "de la Cruz",
    "Jose",
    "",
    "Unknown",
]
NAMES = st.builds(
    Person,
    given_name=st.sampled_from(GIVEN) | st.text(max_size=6),
    middle_name=st.sampled_from(["", "A", "B", "Ann", "Luis"]),
    family_name=st.sampled_from(FAMILY) | st.text(max_size=6),
    suffix=st.sampled_from(["", "", "Jr", "Sr"]),
)
BIRTHS = st.sampled_from(
    [None, None, date(1980, 3, 4), date(1980, 4, 3), date(1980, 3, 5), date(1951, 12, 9)]
)
TINS = st.sampled_from([b"", b"t" * 16, b"u" * 16, b"v" * 16])
PEOPLE = st.builds(
    Resident,
    name=NAMES.map(normalize_name),
    date_of_birth=BIRTHS,
    tin_hash=TINS,
    record_ref=st.sampled_from(["r1", "r2"]),
    periods=st.sampled_from([(2023,), (2024,), (2023, 2024), (2019,)]),
)
TOLERANCES = st.sampled_from(["exact", "street_alike", "zip_wrong"])
HOUSEHOLD = st.lists(st.tuples(PEOPLE, TOLERANCES), max_size=9)
WEIGHTS = default_weights()


@st.composite
def questions(draw: st.DrawFn) -> Grant:
    person = draw(NAMES)
    asked = grant(
        "x", born=draw(BIRTHS), periods=draw(st.sampled_from([PERIODS, (2023,), (2019,), ()]))
    )
    return Grant(asked.request, asked.address, normalize_name(person), asked.periods, asked.rules)


def opened(household: list[tuple[Resident, str]], tin: bytes) -> Residents:
    return Residents(
        tuple(who for who, _ in household), tuple(tolerance for _, tolerance in household), tin
    )


@given(questions(), HOUSEHOLD, TINS, st.randoms(use_true_random=False))
def test_the_order_of_residents_never_changes_a_match(
    asked: Grant, household: list, tin: bytes, random: object
) -> None:
    shuffled = list(household)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert decide(asked, opened(household, tin), WEIGHTS) == decide(
        asked, opened(shuffled, tin), WEIGHTS
    )


@given(questions(), HOUSEHOLD, TINS, PEOPLE, TOLERANCES)
@settings(max_examples=400)
def test_adding_a_resident_who_would_not_be_confirmed_alone_never_turns_no_into_yes(
    asked: Grant, household: list, tin: bytes, newcomer: Resident, tolerance: str
) -> None:
    assume(not decide(asked, opened([(newcomer, tolerance)], tin), WEIGHTS).confirmed)
    before = decide(asked, opened(household, tin), WEIGHTS).confirmed
    after = decide(asked, opened([*household, (newcomer, tolerance)], tin), WEIGHTS).confirmed
    assert before or not after


@given(questions(), HOUSEHOLD, TINS)
@settings(max_examples=300)
def test_nobody_with_a_contradiction_is_ever_confirmed(
    asked: Grant, household: list, tin: bytes
) -> None:
    residents = opened(household, tin)
    if decide(asked, residents, WEIGHTS).confirmed:
        lines = explain(asked, residents, WEIGHTS)
        assert any(all(line.weight_bits > -60 for line in one) for one in lines)


@given(questions(), HOUSEHOLD, TINS)
def test_a_confirmation_reaches_threshold_and_margin(
    asked: Grant, household: list, tin: bytes
) -> None:
    match = decide(asked, opened(household, tin), WEIGHTS)
    assert not match.confirmed or (
        match.score_bits >= WEIGHTS.threshold_bits
        and match.margin_bits >= WEIGHTS.margin_bits
        and match.score_bits == round(sum(line.weight_bits for line in match.evidence), 2)
    )


@given(questions(), HOUSEHOLD, TINS)
def test_residents_of_other_periods_are_as_if_not_there_but_for_the_crowd(
    asked: Grant, household: list, tin: bytes
) -> None:
    during = [
        (who, tolerance) for who, tolerance in household if set(who.periods) & set(asked.periods)
    ]
    assume(len(household) < 8)
    assert decide(asked, opened(household, tin), WEIGHTS) == decide(
        asked, opened(during, tin), WEIGHTS
    )


SCRIPT = """
import hashlib, msgspec
from tests.matching.people import ask, resident
names = ["Marta|L|Ostrow", "Maria|Ann|Ruiz Tellez", "Jose Luis||de la Cruz|Jr", "Pepe|L|Cruz", "Lupe|B|Tellez-Ruiz", "J|L|Ostrov"]
people = [resident(name) for name in names]
matches = [msgspec.json.encode(ask(name, *people)) for name in names]
print(hashlib.sha256(b"".join(matches)).hexdigest())
"""


def test_two_hash_seeds_give_the_same_bytes() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(digests) == 1


@given(NAMES.map(normalize_name), NAMES.map(normalize_name))
def test_a_stranger_at_a_glance_bears_another_given_name(asked: NameForm, held: NameForm) -> None:
    if stranger_to(asked)(held):
        assert given_level(asked, held, WEIGHTS) == "given.other"


@given(st.dates(), st.dates(), st.sampled_from(("year", "month", "day", "")))
def test_two_dates_with_more_than_one_digit_apart_differ_unless_day_and_month_are_exchanged(
    one: date, other: date, changed: str
) -> None:
    if changed:  # the year, the month or the day alone
        one = one.replace(day=min(one.day, 28))
        value = getattr(other, changed)
        other = one.replace(**{changed: min(value, 28) if changed == "day" else value})
    digits = zip(one.isoformat(), other.isoformat(), strict=True)
    apart = sum(left != right for left, right in digits)
    is_exchanged = (one.year, one.month, one.day) == (other.year, other.day, other.month)
    level = "dob.near" if is_exchanged or apart == 1 else "dob.differs"
    assert dob_level(one, other) == ("dob.equal" if apart == 0 else level)
