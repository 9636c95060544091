"""The folding of texts and the grammar of periods, from their modules' own examples."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.gate.checks.periods import read_periods
from counterfoil.gate.law.folding import (
    fold_citation,
    fold_entry,
    fold_words,
    new_screen,
    screened_words,
)
from counterfoil.gate.law.route import PeriodRules

RULES = PeriodRules(earliest_year=1990, range_years=3, most_years=6)


def test_words_fold_as_documented() -> None:
    assert (
        fold_words("Willful  failure to depart; case 25-0417.") == "willful failure to depart case"
    )
    assert fold_words("\u00c9l\u00e8ve \u2014 2023") == "eleve"


CITED = "8 usc 1253 ( a ) ( 1 )"


@pytest.mark.parametrize(
    "text",
    [
        "8 U.S.C. \u00a7 1253(a)(1)",
        "8 U. S. C. \u00a7\u00a7 1253(a)(1).",
        "8 USC Sec. 1253 (a)(1)",
        "8 usc sections 1253(a)(1)",
        "8 U.S.C., Section 1253(a)(1)",
        "8USC1253(a)(1)",
        "8\u00a0U\u200b.S.C. 1253(\u00e0)(1)",
    ],
)
def test_a_clean_citation_is_its_parts(text: str) -> None:
    assert fold_citation(text) == CITED


@pytest.mark.parametrize(
    "text",
    [
        "8 sec USC section 1253sections(a)(1)",
        "8 USC section section 1253(a)(1)",
        "8 USC 1253(a)(1) section",
        "8, USC 1253(a)(1)",
        "8 USC 12 53(a)(1)",
        "8 USC 1,253(a)(1)",
        "8 USC 12.53(a)(1)",
        "8 USC \ud800 1253(a)(1)",
        "8 USC 1253(a),(1)",
    ],
)
def test_what_is_no_clean_citation_folds_to_another(text: str) -> None:
    assert fold_citation(text) != CITED


def test_entries_fold_as_documented() -> None:
    assert fold_entry(" N/A ") == "n/a"


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold_words(fold_words(text)) == fold_words(text)
    assert fold_entry(fold_entry(text)) == fold_entry(text)


def test_a_screen_finds_whole_words_only() -> None:
    screen = new_screen(["find him", "jail"])
    assert screen.hits(screened_words("to find him"))
    assert not screen.hits(screened_words("to find himself"))
    assert not screen.hits(screened_words("find the jailer"))


@pytest.mark.parametrize(
    ("texts", "years"),
    [
        (("2023",), (2023,)),
        (("2023", "2022", "2023"), (2022, 2023)),
        (("2021-2023",), (2021, 2022, 2023)),
        (("2021 - 2022",), (2021, 2022)),
        (("1990",), (1990,)),
        (("2018-2020", "2021-2023"), (2018, 2019, 2020, 2021, 2022, 2023)),
    ],
)
def test_definite_periods_are_read(texts: tuple[str, ...], years: tuple[int, ...]) -> None:
    periods = read_periods(texts, RULES)
    assert (periods.years, periods.given, periods.vague) == (years, True, False)


@pytest.mark.parametrize(
    "text",
    [
        "all",
        "2019-",
        "-2019",
        "20233",
        "2023/2024",
        "2020-2023",
        "2023-2022",
        "\u0662\u0660\u0662\u0663",
        "1989",
        "2023,2022",
    ],
)
def test_vague_periods_are_vague(text: str) -> None:
    assert read_periods((text,), RULES).vague


def test_more_years_than_a_request_may_have_are_vague() -> None:
    assert read_periods(("2017", "2018-2020", "2021-2023"), RULES).vague


def test_a_vague_item_beside_a_good_one_leaves_the_years_of_the_good_one() -> None:
    periods = read_periods(("2023", "all", ""), RULES)
    assert (periods.years, periods.vague) == ((2023,), True)


def test_nothing_given_is_not_vague() -> None:
    periods = read_periods(("", ""), RULES)
    assert (periods.given, periods.vague) == (False, False)
