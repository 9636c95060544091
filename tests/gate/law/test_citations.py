"""A citation is read in its short and its long form, and the list of criminal statutes has it by
chapter and section, without what is civil."""

from __future__ import annotations

import pytest

from counterfoil.gate.law.citations import fold_cited, is_within, listed_citations, range_of
from counterfoil.gate.law.folding import fold_citation
from tests.gate.world import sandbox

TERMS = sandbox().terms


@pytest.mark.parametrize(
    "text",
    [
        "Title 8, United States Code, Section 1253(a)(1)",
        "Title 8 of the United States Code, \u00a7 1253(a)(1)",
        "Title 8 U.S.C. Section 1253(a)(1).",
        "title 8, U.S. Code, at section 1253(a)(1)",
        "8 United States Code, Section 1253(a)(1)",
        "Section 1253(a)(1) of Title 8, United States Code",
        "Section 1253(a)(1), Title 8, U.S.C.",
        "8 U.S.C. 1253(a)(1)",
    ],
)
def test_a_long_form_is_the_short_one(text: str) -> None:
    assert fold_cited(text) == fold_citation("8 USC 1253(a)(1)")


@pytest.mark.parametrize(
    "text",
    [
        "section 243(a)(1) of the Immigration and Nationality Act",
        "Immigration and Nationality Act \u00a7 243(a)(1)",
        "INA section 243(a)(1)",
    ],
)
def test_the_acts_name_is_its_letters(text: str) -> None:
    assert fold_cited(text) == fold_citation("INA 243(a)(1)")


@pytest.mark.parametrize("text", ["Title 8, United States Code", "title 8", "the Code", ""])
def test_what_names_no_section_is_folded_as_it_stands(text: str) -> None:
    assert fold_cited(text) == fold_citation(text)


@pytest.mark.parametrize(
    ("citation", "statute", "below"),
    [
        ("18 USC 371", "18 usc 371", ""),
        ("18 USC 1956(a)(1)", "18 usc 1956", "( a ) ( 1 )"),
        ("18 USC 2339B", "18 usc 2339 b", ""),
        ("42 USC 1320a-7b(b)", "42 usc 1320 a - 7 b", "( b )"),
        ("8 USC 1324(a)(1)(A)(ii)", "8 usc 1324", "( a ) ( 1 ) ( a ) ( ii )"),
    ],
)
def test_sections_are_listed_with_their_subdivisions(
    citation: str, statute: str, below: str
) -> None:
    charge = range_of(fold_citation(citation), TERMS.ranges)
    assert charge is not None
    assert (charge.statute, charge.below) == (statute, below)


@pytest.mark.parametrize(
    "citation",
    [
        "18 USC 981", "18 USC 985", "18 USC 1345", "18 USC 1595", "18 USC 1836(b)",
        "18 USC 1964(c)", "18 USC 2255", "18 USC 2333(a)", "18 USC 2520", "18 USC 2724",
        "18 USC 3282", "18 USC 1956(b)", "21 USC 853", "21 USC 881", "21 USC 844a",
        "8 USC 1324a", "8 USC 1324b", "8 USC 1324c", "8 USC 1324d", "8 USC 1325(b)",
        "8 USC 1227(a)", "8 USC 1253(c)", "26 USC 7201", "31 USC 5314", "31 USC 3729",
        "42 USC 1983", "15 USC 4", "18 USC", "18 USC 9999", "28 USC 1331", "18 USC 371 et seq",
    ],
)  # fmt: skip
def test_what_is_civil_or_procedure_or_of_tax_is_not_listed(citation: str) -> None:
    folded = fold_citation(citation)
    assert range_of(folded, TERMS.ranges) is None
    assert folded not in TERMS.statutes


def test_a_letter_after_a_section_makes_another_section() -> None:
    assert not is_within(fold_citation("8 USC 1324a"), fold_citation("8 USC 1324"))
    assert is_within(fold_citation("8 USC 1324(a)"), fold_citation("8 USC 1324"))


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("8 USC 1(a)(1)(B)", True),
        ("8 USC 1(a)(1)(B) & (a)(2)(A)", True),
        ("8 USC 1(a)(1)(B), (2)(A)", True),
        ("8 USC 1(a)(1)(B); 8 USC 1(a)(2)(A)", True),
        ("Title 8, United States Code, Section 1(a)(1)(B) and (a)(2)(A)", True),
        ("8 USC 1(a)(1)(B) & (a)(3)", False),
        ("(a)(2)(A)", False),
        ("8 USC 1(a)(1)(B) & 9 USC 1", False),
        ("", False),
    ],
)
def test_a_subdivision_goes_on_from_the_citation_before_it(text: str, listed: bool) -> None:
    have = {"8 usc 1 ( a ) ( 1 ) ( b )", "8 usc 1 ( a ) ( 2 ) ( a )"}
    assert bool(listed_citations(text, have.__contains__)) is listed
