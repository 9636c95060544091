"""Kinds of confusion about persons, and kinds of writing that are one person's, tried by somebody who
wanted to break them: names and dates that no rule was made for.

Tables are as those of test_kinds_of_persons.py. The last are of rules since match-7.
"""

from __future__ import annotations

import pytest

from counterfoil.matching import as_version, default_weights
from tests.matching.kinds import DAY, YOUNG, check, parts, rows_of
from tests.matching.people import ask, grant, resident

TWINS = """
    Marie Claire||Dubois = Marie Laure||Dubois = N
    Jean-Paul||Tremblay = Jean-Marc||Tremblay = N
    Joao Pedro||Furtado = Joao Paulo||Furtado = N
    Ji-Woo||Gong = Ji-Won||Gong = N
    Soo Jin||Gong = Soo Bin||Gong = N
    Bao Chau||Mach = Bao Tran||Mach = N
    Thanh Tam||Mach = Thanh Truc||Mach = N
    Mohammed Amin||Zaki = Mohammed Yasin||Zaki = N
    Sai Krishna||Reddyvari = Sai Kiran||Reddyvari = N
    Anna Lena||Krauser = Anna Maria||Krauser = N
    Luz Marina||Oquendo = Luz Elena||Oquendo = N
    Juan Carlos||Oquendo = Juan Camilo||Oquendo = N
    Juancarlos||Oquendo = Juancamilo||Oquendo = N
    Mariajose||Oquendo = Mariapaz||Oquendo = N
    Maria Jose||Oquendo = Maria Josefa||Oquendo = N
    Rosa|M|Oquendo = Rosa|L|Oquendo = N
    Deandre|T|Tolliver = Leandre|T|Tolliver = N
    Amari|J|Tolliver = Omari|J|Tolliver = N
    Tamia|R|Tolliver = Tamika|R|Tolliver = N
    Brayden|L|Tolliver = Braylen|L|Tolliver = N
    Kaylee|A|Tolliver = Kailey|A|Tolliver = N
    Haylee|A|Tolliver = Kaylee|A|Tolliver = N
    Jaden|M|Tolliver = Jayden|M|Tolliver = N
    J|R|Tolliver = Jerome|R|Tolliver = N
    A|B|Tolliver = A|B|Tolliver = N
    R J||Tolliver = Robert James||Tolliver = N
    Robert|J|Tolliver = R|J|Tolliver = N
    Yu Chen||Shao = Yu Cheng||Shao = N
    Yuchen||Shao = Yucheng||Shao = N
    Xin Yi||Shao = Xin Yu||Shao = N
    Zi Han||Shao = Zi Hang||Shao = N
    Siu Ming||Tsoi = Siu Man||Tsoi = N
    Kai Wing||Tsoi = Kai Ming||Tsoi = N
    Min-Ho||Gong = Min-Hyuk||Gong = N
    Sumaya||Zaki = Sumaiya||Zaki = Y
    Hassan||Zaki = Hussein||Zaki = N
    Hasan||Zaki = Husain||Zaki = N
    Abdul Aziz||Zaki = Abdul Hadi||Zaki = N
    Abdulaziz||Zaki = Abdulhadi||Zaki = N
    Abdullah||Zaki = Abdul||Zaki = N
    Syed Ali||Zaki = Syed Raza||Zaki = N
    Mary Ann||Gantry = Mary Jo||Gantry = N
    Maryann||Gantry = Maryjo||Gantry = N
    Billy Ray||Gantry = Billy Joe||Gantry = N
    Ana Paula||Furtado = Ana Carolina||Furtado = N
    Ana|Paula|Furtado = Anapaula||Furtado = Y
    Ann||Gantry = Anne||Gantry = Y
    Edgar|T|Gantry = Edgardo|T|Gantry = N
    Gabriel|A|Gantry = Gabriela|A|Gantry = N
    Julian|A|Gantry = Juliana|A|Gantry = N
    Elisa|A|Gantry = Elsa|A|Gantry = N
    Isla|A|Gantry = Ayla|A|Gantry = N
"""

DATES = """
    Nora||Fenwick @ 1900-01-01 = Nora||Fenwick-Bell @ 1900-01-01 = Y
    Nora|A|Fenwick @ 1900-01-01 = Nora|C|Fenwick @ 1900-01-01 = N
    Nora||Fenwick @ 1970-01-01 = Nora||Hadley @ 1970-01-01 = N
    Nora||Fenwick @ 2000-01-01 = Nora||Hadley @ 2000-01-01 = N
    Nora||Fenwick @ 1901-01-01 = Nora||Hadley @ 1901-01-01 = N
    Nora||Fenwick @ 9999-01-01 = Nora||Hadley @ 9999-01-01 = N
    Nora||Fenwick @ 2099-12-31 = Nora||Hadley @ 2099-12-31 = N
    Nora||Fenwick @ 1950-01-01 = Norma||Fenwick @ 1950-01-01 = N
    Nora|B|Fenwick @ 1950-01-01 = Nora|B|Fenwick @ 1960-01-01 = N
    Nora|B|Fenwick @ 1950-01-01 = Nora|B|Fenwick @ 1951-01-01 = N
    Ali||Haddad @ 1965-01-01 = Ali||Nasser @ 1965-01-01 = N
    Amina||Haddad @ 1965-01-01 = Amena||Haddad @ 1965-01-01 = Y
    Ali|M|Haddad @ 1000-01-01 = Ali|M|Haddad @ 1000-01-01 = Y
    Ali|M|Haddad @ 1899-12-31 = Ali|K|Haddad @ 1899-12-31 = N
    Ali|M|Haddad @ 1904-01-01 = Ali|M|Nasser @ 1904-01-01 = N
    Ali|M|Haddad @ 1600-12-31 = Ali|K|Haddad @ 1600-12-31 = N
"""

NO_MIDDLE = """
    Rita|NMI|Gantry = Rita|A|Gantry = Y
    Rita|NULL|Gantry = Rita||Gantry = Y
    Rita|nan|Gantry = Rita|Anne|Gantry = Y
    Rita|X|Gantry = Rita|Anne|Gantry = Y
    Rita|(NMN)|Gantry = Rita|A|Gantry = Y
    Rita|N.M.I.|Gantry = Rita|A|Gantry = Y
    Rita|None|Gantry = Rita|A|Gantry = Y
    Rita|-|Gantry = Rita|A|Gantry = Y
    Rita|.|Gantry = Rita|A|Gantry = Y
    Rita|no middle|Gantry = Rita|A|Gantry = Y
    Rita|unk|Gantry = Rita|A|Gantry = Y
    Rita|N/A|Gantry = Rita|A|Gantry = Y
    Rita|#N/A|Gantry = Rita|A|Gantry = Y
    Rita|NaN|Gantry = Rita|A|Gantry = Y
    Rita|<NA>|Gantry = Rita|A|Gantry = Y
    Rita|undefined|Gantry = Rita|A|Gantry = Y
    Rita|not provided|Gantry = Rita|A|Gantry = Y
    Rita|0|Gantry = Rita|A|Gantry = Y
    Rita NMI||Gantry = Rita|A|Gantry = Y
    Rita (NMI)||Gantry = Rita|A|Gantry = Y
    Rita|NoMiddleName|Gantry = Rita|A|Gantry = Y
    Rita|blank|Gantry = Rita|A|Gantry = Y
    Rita|(null)|Gantry = Rita|A|Gantry = Y
"""

ONE_NAME = """
    Mohammed Ali||Sabet = Muhammad Ali||Sabet = Y
    Mohd||Sabet = Mohammad||Sabet = Y
    Md|Rafiq|Sabet = Mohammed|Rafiq|Sabet = Y
    Mahmud||Sabet = Mahmoud||Sabet = Y
    Khaled||Sabet = Khalid||Sabet = Y
    Aisha||Sabet = Ayesha||Sabet = Y
    Fatima||Sabet = Fatimah||Sabet = Y
    Omar||Sabet = Umar||Sabet = Y
    Abdel||Sabet = Abdul||Sabet = Y
    Abd al-Rahman||Sabet = Abdulrahman||Sabet = Y
    Abdel Rahman||Sabet = Abdul Rahman||Sabet = Y
    Geoffrey||Alcott = Jeffrey||Alcott = Y
    Stephen||Alcott = Steven||Alcott = Y
    Sean||Alcott = Shawn||Alcott = Y
    Lindsay||Alcott = Lindsey||Alcott = Y
    Caitlin||Alcott = Kaitlyn||Alcott = Y
    Jon||Alcott = Jonathan||Alcott = Y
    Nicholas||Alcott = Nicolas||Alcott = Y
    Mathew||Alcott = Matthew||Alcott = Y
    Theresa||Alcott = Teresa||Alcott = Y
    Sara||Alcott = Sarah||Alcott = Y
    Eric||Alcott = Erik||Alcott = Y
    Philip||Alcott = Phillip||Alcott = Y
    Isabel||Alcott = Isabelle||Alcott = Y
    Jaime||Alcott = Jamie||Alcott = N
    Liz||Alcott = Elizabeth||Alcott = Y
    Bob||Alcott = Robert||Alcott = Y
    Peggy||Alcott = Margaret||Alcott = Y
    Pepe||Bonilla = Jose||Bonilla = Y
    Pancho||Bonilla = Francisco||Bonilla = Y
    Lupe||Bonilla = Guadalupe||Bonilla = Y
    Nacho||Bonilla = Ignacio||Bonilla = Y
    Ma Guadalupe||Bonilla = Maria Guadalupe||Bonilla = Y
    Mª Teresa||Bonilla = Maria Teresa||Bonilla = Y
    Ma. del Carmen||Bonilla = Maria del Carmen||Bonilla = Y
    Maria del Carmen||Bonilla = Maria Carmen||Bonilla = Y
    Geo||Alcott = George||Alcott = Y
    Jas||Alcott = James||Alcott = Y
    Robt||Alcott = Robert||Alcott = Y
    Benj.||Alcott = Benjamin||Alcott = Y
    Edw.||Alcott = Edward||Alcott = Y
    Saml||Alcott = Samuel||Alcott = Y
    Jos.||Alcott = Joseph||Alcott = Y
    Margt||Alcott = Margaret||Alcott = Y
    Danl||Alcott = Daniel||Alcott = Y
    Alex.||Alcott = Alexander||Alcott = Y
    Roberto||Glez = Roberto||Gonzalez = Y
    Roberto||Rdgz. = Roberto||Rodriguez = Y
    Roberto||Mtz = Roberto||Martinez = Y
    Roberto||Gmz = Roberto||Gomez = Y
    Roberto||Gcia = Roberto||Garcia = Y
    Roberto||Pz = Roberto||Perez = N
    Andr?s||Bonilla = Andrés||Bonilla = Y
    In?s||Bonilla = Inés||Bonilla = Y
    Sof?a||Bonilla = Sofía||Bonilla = Y
    Roc?o||Bonilla = Rocío||Bonilla = Y
    Ra?l||Bonilla = Raúl||Bonilla = Y
    Ana||Pe?a = Ana||Peña = Y
    Ana||Nu?ez = Ana||Nuñez = Y
    Ana||Ib??ez = Ana||Ibañez = N
    Ana||IbÃ¡Ã±ez = Ana||Ibañez = Y
    FranÃ§ois||Marchand = François||Marchand = Y
    S\u00c3\u00b8ren||Marchand = Søren||Marchand = Y
    Nguyá»…n||Khai = Khai||Nguyễn = Y
    Thanh||Nguyá»…n = Thanh||Nguyen = Y
    ZoÃ«||Marchand = Zoe||Marchand = Y
    BjÃ¶rn||Marchand = Bjorn||Marchand = Y
    Van Hung||Tong = Hung Van||Tong = Y
    Ngoc Anh||Tong = Anh Ngoc||Tong = Y
    Pham||Thi Hoa = Thi Hoa||Pham = Y
    Tran|Van|Minh = Minh|Van|Tran = Y
    Kim||Min Soo = Min Soo||Kim = Y
    Park|Ji|Hoon = Ji Hoon||Park = Y
    Li||Wei = Wei||Li = Y
    Singh||Gurpreet = Gurpreet||Singh = Y
    Martinez||Rosa = Rosa||Martinez = Y
    Rodriguez Lopez||Juan = Juan||Rodriguez Lopez = Y
    Na||Zhu = Na||Zhu = Y
    Na|Li|Zhu = Na Li||Zhu = Y
    NA||Perkinson = Alice||Perkinson = N
    FNU||Gurmeet = FNU||Gurmeet = N
    Luis|Junior|Bonilla = Luis||Bonilla|JR = Y
    Luis||Bonilla Jr = Luis||Bonilla|Junior = Y
    Luis Jr||Bonilla = Luis||Bonilla|Jr. = Y
    Luis||Bonilla, JR = Luis||Bonilla|jr = Y
    Luis Senior||Bonilla = Luis||Bonilla|SR = Y
    Luis||Bonilla|Sr = Luis||Bonilla|Jr = N
    Luis||Bonilla|III = Luis||Bonilla|3rd = Y
    Luis||Bonilla III = Luis||Bonilla|III = Y
    Junior||Bonilla = Junior||Bonilla = Y
    Luis||Junior = Luis||Junior = Y
    Rosa Maria||Bonilla = Rosamaria||Bonilla = Y
    Jose Luis||Bonilla = Joseluis||Bonilla = Y
    Karen||Alcott = Karin||Alcott = N
    Ha Eun||Gong = Haeun||Gong = Y
    Ye Ji||Gong = Yeji||Gong = Y
    Eun Ha||Gong = Haeun||Gong = Y
    U Jin||Gong = Ujin||Gong = Y
    U Jin||Gong = Jin U||Gong = Y
    Chao|X|Shao = Chao|Xia|Shao = Y
    Chao|X|Shao = Chao|Min|Shao = N
    Yan Jun||Shao = Yan Jln||Shao = Y
    Li Gang||Shao = Li Gxng||Shao = Y
    Li Gang||Shao = Li Gong||Shao = N
    Li Mei||Shao = Li Wei||Shao = N
    Luz Maria||Bonilla = Luzmaria||Bonilla = Y
    Bianca Martha||Bonilla = Biancamartha||Bonilla = Y
    Biancamartha||Bonilla = Bianca|M|Bonilla = Y
    Sandi||Alcott = Sandy||Alcott = Y
    Henri||Alcott = Henry||Alcott = Y
    Dan||Alcott = Dante||Alcott = N
    Ka||Alcott = Karen||Alcott = N
    Kathy||Alcott = Cathy||Alcott = Y
"""

YOUNG_ONES = """
    Phuc|P|Mach             = Phuc||Mach                = N
    Chi||Mach               = Chi|C|Mach                = N
    Jin||Gong               = Jinu||Gong                = N
    Tao Qiang||Shao         = Taomqiang||Shao           = N
    Josemaria||Bonilla      = Jose||Bonilla             = N
    Abdulaziz||Zaki         = Abdul||Zaki               = N
    Li Gang||Shao           = Li Gxng||Shao             = Y
    Phuc|P|Mach             = Phuc|P|Mach               = Y
    Kim|P|Alcott            = Kimberly|P|Alcott         = Y
    Marcus|P|Alcott         = Marcus||Alcott            = Y
"""

GROWN = """
    Tao Qiang||Shao         = Taomqiang||Shao           = Y
    Josemaria||Bonilla      = Jose||Bonilla             = Y
    Matt|J|Alcott           = Matthew|J|                = Y
    Nikki|K|Camden          = Nicole|K|Xamden           = Y
    Tao Qiang||Shao         = Taokqing||Shao            = N
    Miriam|M|Alcott         = Wiriam|M|Alcott           = N
    Trong An||Mach          = Trong Anh||Mach           = N
    Kathryn|C|Alcott        = Vathryn|C|Alcott          = N
    Miriam|M|Alcott         = Mirixm|M|Alcott           = Y
    Tamika|R|Tolliver       = Tamia|R|Tolliver          = N
    Ana Tamika||Bonilla     = Ana Tamia||Bonilla        = N
    Park|Ji|Hoon            = Ji Hoon||Park             = Y
    Park|Ji|Hoon            = Ji Min||Park              = N
"""


@pytest.mark.parametrize(("held", "asked", "expected"), [*rows_of(TWINS), *rows_of(GROWN)])
def test_what_twins_share_confirms_no_twin(held: str, asked: str, expected: bool) -> None:
    check(held, asked, expected)
    check(asked, held, expected)


@pytest.mark.parametrize(("held", "asked", "expected"), rows_of(YOUNG_ONES))
def test_below_27_years_every_given_word_and_initial_counts(
    held: str, asked: str, expected: bool
) -> None:
    for one, two in ((held, asked), (asked, held)):
        check(one.replace(DAY, YOUNG), two.replace(DAY, YOUNG), expected)


@pytest.mark.parametrize(("held", "asked", "expected"), rows_of(DATES))
def test_a_date_that_stands_for_none_parts_and_proves_nobody(
    held: str, asked: str, expected: bool
) -> None:
    check(held, asked, expected)


@pytest.mark.parametrize(("held", "asked", "expected"), [*rows_of(NO_MIDDLE), *rows_of(ONE_NAME)])
def test_one_name_is_one_however_it_is_written(held: str, asked: str, expected: bool) -> None:
    check(held, asked, expected)
    check(asked, held, expected)


@pytest.mark.parametrize(
    ("held", "asked"),
    [
        ("Ha Eun||Gong", "Eunha||Gong"),
        ("Yan Jun||Shao", "Yan Jln||Shao"),
        ("Isabel||Alcott", "Isabelle||Alcott"),
        ("Pham||Thi Hoa", "Thi Hoa||Pham"),
        ("Matthew|J|", "Matt|J|Alcott"),
        ("Jin||Gong", "Jinu||Gong"),
    ],
)
def test_match_6_decides_as_it_did(held: str, asked: str) -> None:
    names, born = parts(f"{asked} @ {DAY}")
    question, kept = grant(names, born=born), resident(held, born=born)
    before = as_version(default_weights(), "match-6")
    assert not ask(question, kept, weights=before).confirmed
    assert ask(question, kept).confirmed
