"""An engaged officer's name is one person's, known from how it is written."""

from __future__ import annotations

import pytest

from counterfoil.gate.checks.officer_names import (
    may_join_two,
    names_an_office,
    names_group_as_person,
    names_no_one,
    names_one_word,
    names_several,
    title_is_of_several,
)
from counterfoil.gate.law.folding import split_words


@pytest.mark.parametrize(
    "name",
    [
        "", "agent", "fields", "e r o", "j d", "all", "unknown officer", "duty officer", "special agent",
        "officer a b", "agent x", "case agent", "john doe", "jane q doe", "john q public", "tbd tbd",
        "ero anytown", "ice anytown", "anytown hsi", "field office", "to be determined", "first last",
        "officer in charge", "watch commander", "on call", "number one", "unnamed smith", "test officer",
        "xxx xxx", "asdf qwerty", "no name", "everyone involved", "the supervisor", "agent number one",
    ],
)  # fmt: skip
def test_a_duty_an_office_initials_or_nobody_name_no_one(name: str) -> None:
    assert names_no_one(name.split())


@pytest.mark.parametrize(
    "name",
    [
        "dana fields", "dana officer", "lee guard", "sam major", "kim price", "major price", "j smith",
        "special agent dana fields", "o brien pat", "min o", "dana ice", "nguyen van an", "jose nunez",
        "lukasz dang", "lee lee", "mary law", "head dean", "dean chief", "ng ng", "chief justice moss",
        "officer birch", "pat doe", "john doering", "jordan sample", "noor placeholder", "kim test",
    ],
)  # fmt: skip
def test_a_person_is_one_though_the_name_is_a_word(name: str) -> None:
    assert not names_no_one(name.split())


OFFICES = [
    "seattle field office", "field office seattle", "office of seattle", "san diego sector", "dallas ice",
    "seattle ice", "northwest region", "portland station", "seattle sac", "el paso border patrol",
    "portland resident agent in charge", "seattle branch", "miami district", "salt lake city hsi",
    "newark operations center", "agents on duty", "fugitive operations branch", "the houston office",
    "houston sac", "special agents on call",
]  # fmt: skip


@pytest.mark.parametrize("name", OFFICES)
def test_an_office_is_known_by_its_phrase_its_place_or_its_last_word(name: str) -> None:
    assert names_an_office(name.split())


PEOPLE = [
    "dana fields", "lee branch", "mark field", "dana ice", "mary desk", "dallas austin", "austin branch",
    "duty officer dana fields", "special agent dana fields", "paul washington", "diego san juan",
    "francisco del rio", "virginia west", "kim station", "chief justice moss", "xochitl branch",
    "antonio san paul", "agent chicago smith", "",
]  # fmt: skip


@pytest.mark.parametrize("name", PEOPLE)
def test_a_person_is_no_office_though_the_names_are_places_or_offices(name: str) -> None:
    assert not names_an_office(name.split())


@pytest.mark.parametrize(
    "name",
    ["robert staff", "maria group", "john teams", "special agent robert staff", "mary jane team"],
)
def test_a_word_for_a_group_is_a_family_name_after_a_listed_given_name(name: str) -> None:
    assert names_group_as_person(name.split())


@pytest.mark.parametrize(
    "name",
    [
        "support staff", "seattle staff", "legal group", "staff", "field staff", "robert staff team",
        "staff robert", "fugitive unit", "robert unit", "ice team", "robert lee kim staff", "",
        "mark staff group", "the staff", "duty team", "task group",
    ],
)  # fmt: skip
def test_a_word_for_a_group_is_a_group_beside_anything_else(name: str) -> None:
    assert not names_group_as_person(name.split())


@pytest.mark.parametrize("name", ["fields", "suharto", "nguyen"])
def test_one_word_that_is_no_duty_could_be_a_persons_name(name: str) -> None:
    assert names_one_word([name])


@pytest.mark.parametrize(
    "name",
    ["", "agent", "ero", "ice", "tbd", "seattle", "office", "xx", "asdf", "dana fields", "df"],
)
def test_one_word_for_a_duty_an_office_a_place_or_nothing_could_not(name: str) -> None:
    assert not names_one_word(name.split())


@pytest.mark.parametrize(
    "entry",
    [
        "dana fields et al.", "dana fields et. al", "dana fields etal", "dana fields and others",
        "dana fields & lee marsh", "dana fields / lee marsh", "dana fields/lee marsh", "dana fields + 3",
        "dana fields, lee marsh, kim rowe", "dana fields and lee marsh", "dana fields etc",
        "dana fields or designee", "dana fields or another agent", "dana fields w/ team", "fields & co.",
        "dana fields with colleagues", "dana fields and partners", "robert fields, lee marsh",
        "dana fields as well as lee marsh", "dana fields, other agents",
    ],
)  # fmt: skip
def test_an_entry_that_joins_people_is_several(entry: str) -> None:
    assert names_several(entry)


@pytest.mark.parametrize(
    "entry",
    [
        "dana fields", "fields, dana", "dana fields, jr.", "fields, dana, jr.", "ramon y cajal",
        "fields marsh, dana lee", "dana fields, esq.", "al etter", "ravi s/o kumar", "or levi", "pat o'brien",
        "ana de la o", "j. r. fields", "dana fields-marsh",
    ],
)  # fmt: skip
def test_an_entry_of_one_name_is_one(entry: str) -> None:
    assert not names_several(entry)


@pytest.mark.parametrize(
    "entry", ["special agents", "agents", "officers.", "special agent et al.", "agent and others"]
)
def test_a_title_may_say_that_they_are_several(entry: str) -> None:
    assert title_is_of_several(entry)


@pytest.mark.parametrize(
    "entry",
    [
        "special agent", "chief of detectives", "special agent in the document unit", "sergeant-at-arms",
        "supervisor of deportation officers", "assistant united states attorney", "",
    ],
)  # fmt: skip
def test_a_title_of_one_is_of_one_though_it_speaks_of_others(entry: str) -> None:
    assert not title_is_of_several(entry)


@pytest.mark.parametrize(
    ("entry", "joins"),
    [
        ("siobhan o'neill-vargas", False),
        ("siobhan o\u2019neill-vargas", False),
        ("dana fields o lee marsh", True),
        ("dana o'neill o lee marsh", True),
        ("dana fields y lee marsh", True),
        ("dana o' lee marsh", True),
    ],
)
def test_the_o_of_a_name_joins_nobody(entry: str, joins: bool) -> None:
    assert may_join_two(split_words(entry), entry) is joins
