"""Folding has short ways for the texts that most requests hold; they give what the long way
gives."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from counterfoil.gate.law.folding import fold_entry, fold_words, new_screen, split_words

SPACES = st.sampled_from(
    [*" \t\n\u00a0\u2003\u3000\u2028\x1c\x85", "  ", "", "-", "A", "ẞ", "ǅ", "a b", "x y "]
)


@given(st.text(max_size=12) | st.lists(SPACES, max_size=6).map("".join))
def test_an_entry_is_its_folded_words_with_single_spaces(text: str) -> None:
    assert fold_entry(text) == " ".join(text.casefold().split())


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
    assert new_screen(phrases).hits(words) is any(
        f" {phrase} " in f" {text} " for phrase in phrases
    )
