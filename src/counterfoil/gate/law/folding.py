"""Folding of free text, so that letter case, digits, punctuation and spacing never decide a
finding.

    fold_words("Willful  failure to depart; case 25-0417.")  ->  "willful failure to depart case"
    fold_citation("8 U.S.C. § 1253(a)(1)")                   ->  "8usc1253(a)(1)"
    fold_entry(" N/A ")                                      ->  "n/a"

Pure; no input raises.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from typing import Final

from counterfoil.core.values import Public

_ASCII: Final = bytes(
    ord(chr(code).lower()) if code < 128 and chr(code).isalpha() else 32 for code in range(256)
)
_NOT_LETTERS: Final = re.compile(r"[\W\d_]+")
_CITATION_NOISE: Final = b" \t\r\n.,"


def fold_words(text: str) -> str:
    """Lower-case words of letters, single spaces between; digits and punctuation dropped."""
    return text.lower() if text.isascii() and text.isalpha() else " ".join(split_words(text))


def split_words(text: str) -> list[str]:
    """The words of `fold_words`, one by one."""
    if text.isascii():
        return text.encode().translate(_ASCII).decode().split()
    plain = unicodedata.normalize("NFKC", text).casefold()
    return _NOT_LETTERS.sub(" ", plain).split()


def fold_citation(text: str) -> str:
    """A citation without spaces, stops, section signs and the word section."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text.replace("§", ""))
    tight = plain.casefold().encode("utf-8", "replace").translate(None, _CITATION_NOISE).decode()
    return (
        tight.replace("sections", "").replace("section", "").replace("sec", "")
        if "sec" in tight
        else tight
    )


def fold_entry(text: str) -> str:
    """A short field entry: case folded, white space collapsed, everything else kept."""
    folded = text.casefold()
    if folded.isalnum() or (
        folded.isprintable() and "  " not in folded and folded.strip(" ") == folded
    ):
        return folded  # the only white space that can be printed is a space
    return " ".join(folded.split())


class Screen(Public, frozen=True, gc=False):
    """Phrases that a text must not have. `heads` are the longest word of each: most texts have none
    of them. `phrases` by head."""

    heads: frozenset[str]
    phrases: dict[str, tuple[str, ...]]

    def hits(self, words: Collection[str]) -> bool:
        """Whether a text of these words (of `split_words`) has a phrase as whole words."""
        if self.heads.isdisjoint(words):
            return False
        found = self.heads.intersection(words)
        padded = f" {' '.join(words)} "
        return any(phrase in padded for head in found for phrase in self.phrases[head])


def new_screen(phrases: Iterable[str]) -> Screen:
    """Compile phrases. A phrase that folds to nothing is a bug of the data and is refused by the
    loader."""
    by_head: dict[str, list[str]] = {}
    for phrase in sorted({fold_words(phrase) for phrase in phrases}):
        by_head.setdefault(max(phrase.split(" "), key=len), []).append(f" {phrase} ")
    return Screen(frozenset(by_head), {head: tuple(group) for head, group in by_head.items()})
