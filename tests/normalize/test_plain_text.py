"""The plain form of a text is what a reader sees, whatever it is written with."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.normalize.plain_text import is_blank, mixes_scripts, plain

LAWFUL = [
    "Jos\u00e9 N\u00fa\u00f1ez", "Nguy\u1ec5n V\u0103n \u0110\u1ea1t", "\u0141ukasz \u0110\u1eb7ng", "O\u2019Brien", "O\u02bcNeil", "Zo\u00eb M\u00fcller-Stra\u00dfe",
    "\u00de\u00f3r \u00c6sirsson", "\u0130brahim Y\u0131ld\u0131z", "\u0418\u0432\u0430\u043d \u041f\u0435\u0442\u0440\u043e\u0432", "\u5c71\u7530\u592a\u90ce", "\u3084\u307e\u3060 \u30bf\u30ed\u30a6", "\u5c71\u7530\u305f\u308d\u3046", "\uae40\ubbfc\uc218",
    "\u0645\u062d\u0645\u062f \u0639\u0644\u064a", "\u05d3\u05d5\u05d3 \u05db\u05d4\u05df", "\u039d\u03af\u03ba\u03bf\u03c2", "\uff2a\uff4f\uff53\uff45", "12\u00bd Main St \u2014 \u2116 4", "",
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Ja\u00adil", "jail"),
        ("J\u00e1il J\u0061\u0301il", "jail jail"),
        ("\uff2a\uff21\uff29\uff2c", "jail"),
        ("l\u043ecate", "locate"),
        ("\u029f\u1d0f\u1d04\u1d00\u1d1b\u1d07", "locate"),
        ("\U0001f15b\U0001f15e\U0001f152\U0001f150\U0001f163\U0001f154", "locate"),
        ("\u24db\u24de\u24d2", "loc"),
        ("\U0001d4c1\u2134\U0001d4b8", "loc"),
        ("\U0001f1e9\U0001f1ed\U0001f1f8", "dhs"),
        ("A\u2010104 A\u2013104 A\u2014104", "a-104 a-104 a-104"),
        ("lo\u200bca\u2060te\ufe0f\U000e0041", "locate"),
        ("\u202elo\u202c\u2066cate\u2069", "locate"),
        ("\u0661\u0662\u0663", "123"),
        ("N/A  x", "n/a  x"),
        ("O\u2019Brien \u0141ukasz \u0110\u1eb7ng Stra\u00dfe", "o'brien lukasz dang strasse"),
    ],
)
def test_the_plain_form_is_what_is_seen(text: str, form: str) -> None:
    assert plain(text) == form


@given(st.text(max_size=80))
def test_the_plain_form_of_a_plain_form_is_itself(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(
    st.text(max_size=30),
    st.sampled_from(["\u200b", "\u00ad", "\u3164", "\u115f", "\uffa0", "\U000e0020", "\u061c"]),
)
def test_an_invisible_character_anywhere_changes_nothing(text: str, hidden: str) -> None:
    assert plain(hidden.join(text)) == plain("".join(map(plain, text)))


@given(st.text(st.characters(codec="ascii"), max_size=30))
def test_ascii_is_folded_by_case_alone(text: str) -> None:
    assert plain(text) == text.lower()
    assert not mixes_scripts(text)


@pytest.mark.parametrize("text", LAWFUL)
def test_a_lawful_name_is_in_one_script(text: str) -> None:
    assert not mixes_scripts(text)
    assert not mixes_scripts(unicodedata.normalize("NFD", text))
    assert not mixes_scripts(text.upper())


@pytest.mark.parametrize(
    "text",
    [
        "l\u043ecate",
        "All \u0430gents",
        "\u0391nytown",
        "Qu\u0456ll",
        "\u13dfurt",
        "pay\u200b\u0440al",
        "J\u0301\u043ehn",
        "a\u0531",
        "x\U000118a0",
        "\u0561\u043e",
    ],
)
def test_a_word_of_several_scripts_is_known(text: str) -> None:
    assert mixes_scripts(text)
    assert mixes_scripts(f"in {text}, written")


def test_words_of_different_scripts_side_by_side_are_not_one_word() -> None:
    assert not mixes_scripts("Ivan \u0418\u0432\u0430\u043d Petrov")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "/",
        "\u200b",
        "\u3164",
        "|-.",
        "\ufe0f\u2066",
        "\u0301",
        "\u2014 \u00a7",
        "\U000e0041",
    ],
)
def test_a_text_without_letter_or_digit_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", "1", "\u00e9", "\u5c71", "/1/", "\u0663"])
def test_a_letter_or_a_digit_is_something(text: str) -> None:
    assert not is_blank(text)


def test_a_lone_surrogate_is_kept_and_is_of_no_known_script() -> None:
    assert plain("\ud800X") == "\ud800x"
    assert mixes_scripts("\ud800X")
