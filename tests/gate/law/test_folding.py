"""Folding has short ways for the texts that most requests hold; they give what the long way
gives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.gate.law import folding
from counterfoil.gate.law.folding import (
    fold_entry,
    fold_number,
    fold_words,
    new_screen,
    screened_words,
    split_words,
)
from counterfoil.normalize.plain_text import plain

SPACES = st.sampled_from(
    [*" \t\n\u00a0\u2003\u3000\u2028\x1c\x85", "  ", "", "-", "A", "ẞ", "ǅ", "a b", "x y "]
)


@given(st.text(max_size=12) | st.lists(SPACES, max_size=6).map("".join))
def test_an_entry_is_its_plain_words_with_single_spaces(text: str) -> None:
    assert fold_entry(text) == " ".join(plain(text).split())


@given(st.text(max_size=20))
def test_folded_words_are_the_words_one_by_one(text: str) -> None:
    assert fold_words(text).split() == split_words(text)
    assert " ".join(split_words(text)) == fold_words(text)


@given(
    st.lists(
        st.sampled_from(["to", "locate", "an", "alien", "for", "the", "voter", "rolls"]), max_size=7
    )
)
def test_a_screen_finds_its_phrases_wherever_they_stand(words: list[str]) -> None:
    phrases = ["to locate", "voter rolls", "an alien for"]
    text = " ".join(words)
    assert new_screen(phrases).hits(screened_words(text)) is any(
        f" {phrase} " in f" {text} " for phrase in phrases
    )


HIDDEN = [
    "",
    "",
    "\u200b",
    "\u00ad",
    "\ufe0f",
    "\u3164",
    "\u2066",
    "\U000e0061",
    "\u034f",
    "\u0301",
]
PHRASES = ["locate", "to arrest", "civil", "deportation", "voter rolls", "jail"]
LOOKS = {
    letter: [letter, letter.upper(), chr(0xFF41 + place), chr(0x1D41A + place), chr(0x24D0 + place)]
    for place, letter in enumerate("abcdefghijklmnopqrstuvwxyz")
}
for _letter, _signs in {
    "a": "\u0430\u00e1\u0251\u1d004", "c": "\u0441\u00e7\u1d04\u03f2", "d": "\u0501\u0111", "e": "\u0435\u00e93",
    "i": "\u0456\u00ed1l|", "j": "\u0458", "l": "\u04cf\u01421I|", "m": ["rn"], "n": "\u00f1\u0274",
    "o": "\u043e\u03bf\u00f80", "p": "\u0440", "r": "\u0433", "s": "\u0455\ua7315", "t": "\u1d1b7",
    "u": "\u028b", "v": "\u03bd\u1d20",
}.items():  # fmt: skip
    LOOKS[_letter] += list(_signs)


@given(
    st.sampled_from(PHRASES).flatmap(
        lambda phrase: st.tuples(
            st.just(phrase),
            st.tuples(
                *[
                    st.tuples(st.sampled_from(LOOKS.get(sign, [sign])), st.sampled_from(HIDDEN))
                    for sign in phrase
                ]
            ),
        )
    ),
    st.sampled_from(["{}", "They are {} here", "because, {}."]),
)
def test_a_phrase_is_screened_whatever_it_looks_like(
    written: tuple[str, tuple[tuple[str, str], ...]], frame: str
) -> None:
    phrase, signs = written
    text = frame.format("".join(look + hidden for look, hidden in signs))
    assert new_screen([phrase]).hits(screened_words(text))


@pytest.mark.parametrize("between", [" ", ".", "-", "/", "_", "\u200b ", "\u00b7"])
@pytest.mark.parametrize("phrase", PHRASES)
def test_a_phrase_is_screened_where_its_letters_are_parted(phrase: str, between: str) -> None:
    screen = new_screen([phrase])
    tight = phrase.replace(" ", "")
    for text in (between.join(tight), between.join((tight[:2], tight[2:])), tight):
        assert screen.hits(screened_words(f"So {text} now"))
        assert screen.hits(screened_words(text.upper()))


@pytest.mark.parametrize(
    "text",
    [
        "The allocated counsel disputes it.",
        "Nobody but the accused benefited, and the devoted landlord was civilly served.",
        "Jailene deported herself; 4 rest homes; the U.S.C. and A. J. Lind.",
        "to restart 7 arresting cases at 12 Elm St Apt 4B, CR-2025-00417 and 2nd, 3rd",
    ],
)
def test_what_only_begins_or_ends_like_a_phrase_is_not_screened(text: str) -> None:
    assert not new_screen(PHRASES).hits(screened_words(text))


@given(st.text(st.sampled_from("noNumbercaseid.- _#1720Aé"), max_size=14))
def test_a_number_in_letters_and_hyphens_is_folded_as_any_other(text: str) -> None:
    """The quick way of folding a number is no other folding."""
    assert fold_number(text) == folding._NOT_OF_NUMBER.sub("", fold_entry(text))
