"""The folding of texts and the grammar of periods, from their modules' own examples."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.core.values import Request, State
from counterfoil.gate import Gate, Law
from counterfoil.gate.checks.periods import read_periods
from counterfoil.gate.law.compiled import compile_terms
from counterfoil.gate.law.folding import (
    fold_citation,
    fold_entry,
    fold_words,
    new_screen,
    screened_words,
)
from counterfoil.gate.law.route import PeriodRules
from tests.gate.world import NO_HISTORY, ON, changed, facts_of, sandbox

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
        "2023-2022",
        "\u0662\u0660\u0662\u0663",
        "2023,2022",
    ],
)
def test_vague_periods_are_vague(text: str) -> None:
    assert read_periods((text,), RULES).vague


@pytest.mark.parametrize("texts", [("2020-2023",), ("1989",), ("2017", "2018-2020", "2021-2023")])
def test_what_the_agreement_does_not_allow_is_a_period_beyond_its_limits(
    texts: tuple[str, ...],
) -> None:
    periods = read_periods(texts, RULES)
    assert (periods.vague, periods.beyond) == (False, True)


@pytest.mark.parametrize("form", ["counterfoil-common-1", "counterfoil-common-2"])
def test_a_law_of_before_finds_a_period_beyond_the_limits_vague(form: str) -> None:
    law = sandbox()
    request = changed(taxable_periods=("1989",))
    assert _periods_found(law, request) == {"period-within-limits"}
    older = msgspec.structs.replace(law.common, format=form)
    assert "i2-period-definite" in _periods_found(
        msgspec.structs.replace(
            law, common=older, terms=compile_terms(law.route, older, law.agreement)
        ),
        request,
    )


def _periods_found(law: Law, request: Request) -> set[str]:
    gate = Gate(law, facts_of(request), NO_HISTORY, ON)
    return {each.element for each in gate.findings(request) if each.state is not State.MET}


def test_a_vague_item_beside_a_good_one_leaves_the_years_of_the_good_one() -> None:
    periods = read_periods(("2023", "all", ""), RULES)
    assert (periods.years, periods.vague) == ((2023,), True)


def test_nothing_given_is_not_vague() -> None:
    periods = read_periods(("", ""), RULES)
    assert (periods.given, periods.vague) == (False, False)
