"""Kinds of confusion about persons, and kinds of writing, that rules since match-8 part or bring
together: initials of minors, syllables, spellings of one name, and text that software wrote.

Tables are as those of test_kinds_of_persons.py; names and people are of our own invention.
"""

from __future__ import annotations

from datetime import date

import pytest

from tests.matching.kinds import DAY, check, check_as_it_was, rows_of
from tests.matching.people import ask, grant, resident

MINOR = "2012-06-17"
TIN = b"t" * 16

MINORS = """
    Maria Elena||Rios       = Maria E||Rios             = N
    Maria Elena||Rios       = Maria|E|Rios              = N
    Maria|Elena|Rios        = Maria|E|Rios              = N
    Jose Antonio||Rios      = Jose|A|Rios               = N
    Anne-Marie||Boone       = Anne|M|Boone              = N
    Chi Hanh||Mach          = Chi|H|Mach                = N
    Seo|Jun|Gwon            = Seo|J|Gwon                = N
    Yeong Suk||Gwon         = Yeong|S|Gwon              = N
    Xiao|M|Qiu              = Xiao|Mei|Qiu              = N
    Xiaomei||Qiu            = Xiao|M|Qiu                = N
    Mohammed|A|Zaki         = Mohammed Ali||Zaki        = N
    Kathryn|Claire|Boone    = Kathryn|C|Boone           = N
    Kathryn|C|Boone         = Kathryn|C|Boone           = Y
    Kathryn|Claire|Boone    = Kathryn|Claire|Boone      = Y
    Kathryn|C|Boone         = Kathryn||Boone            = Y
    Maria Elena||Rios       = Maria Elena||Rios         = Y
    Xiao Mei||Qiu           = Xiaomei||Qiu              = Y
    Seo Jun||Gwon           = Seojun||Gwon              = Y
"""


@pytest.mark.parametrize(("held", "asked", "expected"), rows_of(MINORS))
def test_an_initial_stands_for_no_second_word_of_a_minor(
    held: str, asked: str, expected: bool
) -> None:
    """A minor lives with the twin, who as a rule files nothing, and whose second word may begin
    alike: Maria Elena, Maria Esther."""
    for one, two in ((held, asked), (asked, held)):
        check(one.replace(DAY, MINOR), two.replace(DAY, MINOR), expected)
        check(one, two, expected=True)


@pytest.mark.parametrize(("born", "expected"), [("2007-01-02", False), ("2006-12-31", True)])
def test_the_year_in_which_a_person_is_18_decides(born: str, expected: bool) -> None:
    """The latest period that is asked about is 2024."""
    question = grant("Maria|E|Rios", born=date.fromisoformat(born))
    kept = resident("Maria Elena||Rios", born=question.request.person.date_of_birth)
    assert ask(question, kept).confirmed is expected


def test_the_same_tax_number_overrules_an_initial() -> None:
    kept = resident("Maria Elena||Rios", born=date.fromisoformat(MINOR), tin=TIN)
    question = grant("Maria|E|Rios", born=date.fromisoformat(MINOR))
    assert ask(question, kept, tin=TIN).confirmed
    assert not ask(question, kept).confirmed


TWINS = """
    An||Mach                = Anh||Mach                 = N
    Thu||Mach               = Tu||Mach                  = N
    Thi||Mach               = Ti||Mach                  = N
    Minh||Mach              = Min||Mach                 = N
    Hanh||Mach              = Han||Mach                 = N
    Thuy||Mach              = Tuy||Mach                 = N
    Phong||Mach             = Phuong||Mach              = N
    Zhen||Qiu               = Shen||Qiu                 = N
    Zhi||Qiu                = Shi||Qiu                  = N
    Cai||Qiu                = Kai||Qiu                  = N
    Anh Thu||Mach           = An Thu||Mach              = N
    Seung Min||Gong         = Sung Min||Gong            = N
    Jeong Sik||Noh          = Jeong|S|Gwon              = N
    Jeong Sik||Noh          = Jeong Sik||Gwon           = Y
    Elena|S|Noh             = Elena|S|Gwon              = Y
    Mei||Qiu                = Mei||Qiu                  = Y
"""

SPELLINGS = """
    Jung Hee||Gong          = Jeong Hui||Gong           = Y
    Ji Young||Gong          = Ji Yeong||Gong            = Y
    Min Soo||Gong           = Min Su||Gong              = Y
    Hyun Woo||Gong          = Hyeon Woo||Gong           = Y
    Oleksandr||Koval        = Alexander||Koval          = Y
    Dmytro||Koval           = Dmitry||Koval             = Y
    Olena||Koval            = Elena||Koval              = Y
    Iryna||Koval            = Irena||Koval              = Y
    Yulia||Koval            = Julia||Koval              = Y
    Katarzyna||Nowik        = Kasia||Nowik              = Y
    Marco|R|Boone           = Marko|R|Boone             = Y
    Brianna|R|Boone         = Breanna|R|Boone           = Y
    Leila||Zaki             = Layla||Zaki               = Y
    Qasim||Zaki             = Kassem||Zaki              = Y
    Mhmd||Zaki              = Mohammed||Zaki            = Y
    Abdur Rahman||Zaki      = Abdul Rahman||Zaki        = Y
    Geetha||Murthy          = Gita||Murthy              = Y
"""

WRITTEN = """
    Jose||Munoz             = Jos&eacute;||Mu&ntilde;oz = Y
    Jose||Munoz             = Jos&#233;||Mu&#241;oz     = Y
    Jose||Munoz             = Jos\\u00e9||Mu\\u00f1oz     = Y
    Jose||Munoz             = Jos%C3%A9||Mu%C3%B1oz     = Y
    Jose||Munoz             = Jos├⌐||Mu├▒oz             = Y
    Jose||Munoz             = Jos├®||Mu├▒oz             = Y
    Jose||Munoz             = Jos\u201a||Mu¤oz               = Y
    Jose||Munoz             = JOSE||MU¥OZ               = Y
    Bjorn||Dahl             = Bj”rn||Dahl               = Y
    Maria||Garcia           = Mar¡a||Garc¡a             = Y
    Ann||Smith & Jones      = Ann||Smith Jones          = Y
    J. Jesus||Luna          = Jose Jesus||Luna          = Y
    J|Jesus|Luna            = Jose Jesus||Luna          = Y
    J. Guadalupe||Luna      = Jose Guadalupe||Luna      = Y
    J. Daniel||Luna         = Jose Daniel||Luna         = N
    La Toya||Boone          = LaToya||Boone             = Y
    De Andre||Boone         = Deandre||Boone            = Y
    Lu Lu||Qiu              = Lulu||Qiu                 = Y
    Ming Ming||Qiu          = Mingming||Qiu             = Y
    Na Na||Qiu              = Na-Na||Qiu                = Y
    Na Na||Boone            = Na Na||Boone              = N
    Duyen||Mach             = Duyen Thao||Mach          = Y
    Duyen|T|Mach            = Duyen Thao||Mach          = Y
    Duyenthao||Mach         = Duyen Thao||Mach          = Y
    Nhien Xuan||Mach        = Nhien||Mach               = Y
"""


@pytest.mark.parametrize(
    ("held", "asked", "expected"), [*rows_of(TWINS), *rows_of(SPELLINGS), *rows_of(WRITTEN)]
)
def test_syllables_part_twins_and_one_name_is_one_however_it_is_written(
    held: str, asked: str, expected: bool
) -> None:
    check(held, asked, expected)
    check(asked, held, expected)


@pytest.mark.parametrize(
    ("held", "asked", "born", "before"),
    [
        ("Maria Elena||Rios", "Maria|E|Rios", MINOR, True),
        ("An||Mach", "Anh||Mach", DAY, True),
        ("Jeong Sik||Noh", "Jeong|S|Gwon", DAY, True),
        ("Geetha||Murthy", "Gita||Murthy", DAY, False),
        ("Duyen Thao||Mach", "Duyen||Mach", DAY, False),
        ("Ji Young||Gong", "Ji Yeong||Gong", DAY, False),
    ],
)
def test_match_7_decides_as_it_did(held: str, asked: str, born: str, before: bool) -> None:
    check_as_it_was("match-7", held, asked, born, before=before)
