"""Kinds of confusion about persons, and kinds of writing, that rules since match-9 part or bring
together: what twins may both write of two syllables, French and Taiwanese names, exchanged fields.

Tables are as those of test_kinds_of_persons.py; names and people are of our own invention.
"""

from __future__ import annotations

from datetime import date

import pytest

from counterfoil.normalize.name_words import FAMILY_NAMES, LATER_FAMILY_NAMES
from tests.matching.kinds import DAY, YOUNG, check, check_as_it_was, rows_of
from tests.matching.people import ask, grant, resident

MINOR = "2012-06-17"
GROWN = "1990-06-17"

INITIALS = """
    Vu Hanh||Mach           = Vu|H|Mach
    Phuc Hanh||Duong        = Phuc|H|Duong
    Yeong-Hyeon||Ji         = Yeong|H|Ji
    Ming Jun||Liu           = Ming|J|Liu
    Seong Hui||Gwon         = Seong|H|Gwon
    Hyeon-Jeong||Heo        = Hyeon|J|Heo
    Gyeong Su||Yoon         = Gyeong|S|Yoon
    Xiaomei||Qiu            = Xiao|M|Qiu
    Thi Lan||Mach           = Thi|L|Mach
    Bao Chau||Mach          = Bao|C|Mach
"""

HALVES = """
    Myeong||Seo             = Myeong||Seo
    Yeong||Yoon             = Yeong||Yoon
    Seong||Gwon             = Seong||Gwon
    Hyeon||Gwon             = Hyeon||Gwon
    Gyeong||Gwon            = Gyeong||Gwon
    Jeong||Gwon             = Jeong||Gwon
    Seung||Gwon             = Seung||Gwon
    Byeong||Gwon            = Byeong||Gwon
    Kyung||Gwon             = Kyung||Gwon
    Hyun||Gwon              = Hyun||Gwon
"""

SPELLED = """
    Jung Su||Cho            = Jeong Su||Cho
    Jung-Su||Cho            = Jeongsu||Cho
    Young Ho||Cho           = Yeong Ho||Cho
    Hee|Jin|Cho             = Hui|Jin|Cho
    Sung Min||Cho           = Seong Min||Cho
    Kyung Mi||Cho           = Gyeong Mi||Cho
    Hyun|Woo|Cho            = Hyeon|Woo|Cho
    Joon Ho||Cho            = Jun Ho||Cho
    Chul Su||Cho            = Cheol Su||Cho
    Myung Ja||Cho           = Myeong Ja||Cho
"""

TURNED = """
    An Tu||Ha               = Tu An||Ha
    An|Tu|Ha                = Tu|An|Ha
    Jo Om||Fu               = Om Jo||Fu
    Vi|Na|Gu                = Na|Vi|Gu
    Vi Li||Du               = Li|Vi|Du
    Ha Vi||Ju               = Vi Ha||Ju
    Jo|An|Ye                = An|Jo|Ye
    Vu Om||Fu               = Om|Vu|Fu
    Tu|Vi|Le                = Vi|Tu|Le
    Li An||Hu               = An Li||Hu
"""

FORMS = """
    Jasmine||Boone          = Jasmin||Boone
    Jazmin||Boone           = Jasmine||Boone
    Mike||Hale              = Michael||Hale
    Alexandria||Hale        = Alex||Hale
    Kathryn||Boone          = Kate||Boone
    Sofia||Boone            = Sophia||Boone
    Mohammed||Zaki          = Mohammad||Zaki
    Sara||Boone             = Sarah||Boone
    Geetha||Murthy          = Gita||Murthy
    Christopher||Boone      = Chris||Boone
"""


OTHER_FAMILY = """
    Lam||Le                 = Lam|Huy|Dang
    Lei||Ren                = Lei Fang||Qian
    Maria||Rios             = Maria Elena||Boone
    Jose||Rios              = Jose|Antonio|Boone
    Ana||Rios               = Ana Lucia||Boone
    Mohammed||Zaki          = Mohammed Ali||Nasser
    Ji||Gwon                = Ji|Hoon|Noh
    Thi||Mach               = Thi Lan||Bui
    Kathryn||Boone          = Kathryn|Claire|Hale
    Anne||Boone             = Anne-Marie||Hale
"""

FIELDS = """
    Safia||Haddad           = Haddad||Safia             = Y
    Kavita||Mehta           = Mehta||Kavita             = Y
    Kavita|R|Mehta          = Mehta|R|Kavita            = Y
    Devika||Iyer            = Iyer||Devika              = Y
    Rohan||Banerjee         = Banerjee||Rohan           = Y
    Zaid||Khoury            = Khoury||Zaid              = Y
    Chinedu||Okafor         = Okafor||Chinedu           = Y
    Kwabena||Owusu          = Owusu||Kwabena            = Y
    Haruto||Saito           = Saito||Haruto             = Y
    Arnav||Deshpande        = Deshpande||Arnav          = Y
    Mehta||Kavita           = Mehta||Kavita             = Y
    Kavita||Mehta           = Mehta||Lalita             = N
    Safia||Haddad           = Haddad||Samia             = N
"""

JOINED = """
    Jean Luc||Boone         = Jeanluc||Boone            = Y
    Jean-Luc||Boone         = Jeanluc||Boone            = Y
    Jean|Luc|Boone          = Jeanluc||Boone            = Y
    Jeanluc||Boone          = Jean|L|Boone              = Y
    Jean-Marc||Boone        = Jeanmarc||Boone           = Y
    Jean Claude||Boone      = Jeanclaude||Boone         = Y
    Jean-Yves||Boone        = Jeanyves||Boone           = Y
    Jean-Baptiste||Boone    = Jeanbaptiste||Boone       = Y
    Marie-Eve||Boone        = Marieeve||Boone           = Y
    Marie-Ange||Boone       = Marieange||Boone          = Y
    Anne-Sophie||Boone      = Annesophie||Boone         = Y
    Pierre-Yves||Boone      = Pierreyves||Boone         = Y
    Le|Quang|Mach           = Lequang||Mach             = Y
    Le-Quang||Mach          = Lequang||Mach             = Y
    Jean-Luc||Boone         = Jeanmarc||Boone           = N
    Jean-Luc||Boone         = Jean-Marc||Boone          = N
    Marie-Eve||Boone        = Marieange||Boone          = N
"""

TAIWAN = """
    Hsiao Mei||Qiu          = Xiao Mei||Qiu             = Y
    Hsiao-mei||Qiu          = Xiaomei||Qiu              = Y
    Hsiaomei||Qiu           = Xiao|Mei|Qiu              = Y
    Hsiao|M|Qiu             = Xiao Mei||Qiu             = Y
    Chih-Ming||Qiu          = Zhiming||Qiu              = Y
    Hsiu Ying||Qiu          = Xiuying||Qiu              = Y
    Yu-Hsuan||Qiu           = Yuxuan||Qiu               = Y
    Hsin|Yi|Qiu             = Xin Yi||Qiu               = Y
    Mei|Hsia|Qiu            = Mei Xia||Qiu              = Y
    Jui||Qiu                = Rui||Qiu                  = Y
    Shih-Lung||Qiu          = Shilong||Qiu              = Y
    Wen-Hsiang||Qiu         = Wenxiang||Qiu             = Y
    Hsiao Mei||Qiu          = Xiao Wei||Qiu             = N
    Hsiao Mei||Qiu          = Hsiao Wei||Qiu            = N
    Hsin||Qiu               = Xing||Qiu                 = N
"""

SLIPS = """
    Tao Gang||Yao           = Tao Gag||Yao
    Yong Yang||Pan          = Yong-Ayng||Pan
    Chao Xia||Peng          = Chao Ia||Peng
    Jing Ming||Tan          = Jing-Ing||Tan
    Wei|Lan|Qiu             = Wei|Lal|Qiu
    Seo Jun||Gwon           = Seo Jul||Gwon
    Min Seok||Gwon          = Min Seot||Gwon
    Jun Hang||Mach          = Jun Hag||Mach
    Bao Chau||Mach          = Bao Chaw||Mach
    Ji|Hoon|Gwon            = Ji|Hoot|Gwon
"""


def _pairs(*tables: str) -> list[tuple[str, str]]:
    lines = "".join(tables).strip().splitlines()
    found = [line.partition("=") for line in lines if line.strip()]
    return [(held.strip(), asked.strip()) for held, _, asked in found]


def _check_both(held: str, asked: str, born: str, *, expected: bool) -> None:
    for one, two in ((held, asked), (asked, held)):
        check(f"{one} @ {born}", f"{two} @ {born}", expected)


@pytest.mark.parametrize(("held", "asked"), _pairs(INITIALS, HALVES, SPELLED, TURNED))
def test_what_twins_may_both_write_names_no_young_person(held: str, asked: str) -> None:
    """Vu Hanh and Vu Hoa both write Vu H; Myeong Su and Myeong Ho both write Myeong."""
    _check_both(held, asked, YOUNG, expected=False)
    _check_both(held, asked, GROWN, expected=True)


@pytest.mark.parametrize(("held", "asked"), _pairs(FORMS))
def test_two_forms_of_one_name_alone_name_no_minor(held: str, asked: str) -> None:
    """Twins were called Jasmine and Jazmin; a middle name that agrees says that it is one."""
    _check_both(held, asked, MINOR, expected=False)
    _check_both(held, asked, YOUNG, expected=True)
    one, two = (each.replace("||", "|Quinn|") for each in (held, asked))
    _check_both(one, two, MINOR, expected=True)


@pytest.mark.parametrize(("held", "asked"), _pairs(OTHER_FAMILY))
def test_a_given_word_left_over_proves_no_other_family_name(held: str, asked: str) -> None:
    _check_both(held, asked, GROWN, expected=False)


@pytest.mark.parametrize(
    ("held", "asked", "expected"), [*rows_of(FIELDS), *rows_of(JOINED), *rows_of(TAIWAN)]
)
def test_one_name_is_one_however_its_fields_and_words_are_written(
    held: str, asked: str, expected: bool
) -> None:
    check(held, asked, expected)
    check(asked, held, expected)


@pytest.mark.parametrize(("held", "asked"), _pairs(SLIPS))
def test_a_second_syllable_that_is_none_is_a_slip_of_who_is_grown(held: str, asked: str) -> None:
    _check_both(held, asked, GROWN, expected=True)
    _check_both(held, asked, MINOR, expected=False)


def test_the_same_tax_number_overrules_what_twins_may_both_write() -> None:
    tin, born = b"t" * 16, date.fromisoformat(YOUNG)
    kept = resident("Vu Hanh||Mach", born=born, tin=tin)
    assert ask(grant("Vu|H|Mach", born=born), kept, tin=tin).confirmed


def test_later_family_names_are_no_earlier_ones() -> None:
    assert FAMILY_NAMES.isdisjoint(LATER_FAMILY_NAMES)


@pytest.mark.parametrize(
    ("held", "asked", "born", "before"),
    [
        ("Vu Hanh||Mach", "Vu|H|Mach", YOUNG, True),
        ("Myeong||Seo", "Myeong||Seo", YOUNG, True),
        ("An Tu||Ha", "Tu An||Ha", YOUNG, True),
        ("Jasmine||Boone", "Jazmin||Boone", MINOR, True),
        ("Lam||Le", "Lam|Huy|Dang", DAY, True),
        ("Kavita||Mehta", "Mehta||Kavita", DAY, False),
        ("Tao Gang||Yao", "Tao Gag||Yao", DAY, False),
    ],
)
def test_match_8_decides_as_it_did(held: str, asked: str, born: str, before: bool) -> None:
    check_as_it_was("match-8", held, asked, born, before=before)
