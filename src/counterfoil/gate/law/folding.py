"""Folding of free text, so that letter case, accents, look-alikes, invisible characters, digits,
punctuation and spacing never decide a finding.

    fold_words("Willful  failure to depart; case 25-0417.")  ->  "willful failure to depart case"
    fold_citation("8 U.S.C. § 1253(a)(1)")                   ->  "8 usc 1253 ( a ) ( 1 )"
    fold_entry(" N/A ")                                      ->  "n/a"
    fold_number("No. HSI 2026-17")                           ->  "hsi202617"
    fold_alike_number("hsi20260017")                         ->  "=h51202617"
    fold_parted_number("HSI-26-0017")                        ->  "~h51.26.17"
    screened_words("County J4il")        ->  ["covnty", "j", "ll", "/", "covnty", "jall"]

All of them fold the plain form of a text (normalize/plain_text.py). A text that is screened for
phrases is read in further ways, because whoever writes for a reader can write one phrase in many:

    in look-alikes of ASCII   i, l, 1 and | are one letter, o and 0, u and v, m and rn; a digit
                              within or beside letters is the letter that it looks like (as
                              normalize/text.py reads it), or is left out
    parted or joined          `l o c a t e`, `a-r-r-e-s-t`, `lo.cate` and `tolocate`: words that
                              stand side by side and together spell a phrase are that phrase

Pure; no input raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from counterfoil.core.values import Public
from counterfoil.normalize.plain_text import ONE_LETTER, plain
from counterfoil.normalize.text import LOOKS_LIKE

_ASCII: Final = bytes(
    ord(chr(code).lower()) if code < 128 and chr(code).isalpha() else 32 for code in range(256)
)
_NO_LETTERS: Final = bytes(code for code in range(256) if _ASCII[code] == 32)
_NOT_LETTERS: Final = re.compile(r"[\W\d_]+")
_CITED: Final = re.compile(r"[a-z]+(?:\.[a-z]+)*\.?|[0-9]+|\u00a7+|\S")
_SAY_NUMBER: Final = ("no", "nr", "num", "case", "file", "matter", "investigation", "id", "badge")
"""How the words begin that say of a number that it is one."""
_NOT_OF_NUMBER: Final = re.compile(
    r"\A[\W_]*(?:(?:no|nr|num|numbers?|case|file|matter|investigation|id|badge)(?![a-z])[\W_]*)+"
    r"|[\W_]+"
)
_SECTION: Final = frozenset({"section", "sections", "sec", "secs", "\u00a7", "\u00a7\u00a7"})

_LETTERS: Final = _ASCII.translate(bytes.maketrans(b"iu", b"lv"))
_AS_LETTERS: Final = bytes(
    _LETTERS[ord(chr(code).translate(LOOKS_LIKE | {ord("|"): "L"}))] if code < 128 else 32
    for code in range(256)
)
"""ASCII to letters that stand for all that look like them; the second with digits as letters."""
_KINDS: Final = bytes(
    ord("0" if chr(code) in "0123456789|" else "a" if _ASCII[code] != 32 else " ")
    for code in range(256)
)
"""ASCII to a for letters and 0 for digits."""
_MIXED: Final = re.compile(r"[a-z][0-9|]|[0-9|][a-z]", re.IGNORECASE)
_BEFORE: Final = re.compile(r"(?<![a-z0-9|])[0-9|]+(?=[a-z])", re.IGNORECASE)
_AFTER: Final = re.compile(r"(?<=[a-z])[0-9|]+(?![a-z0-9|])", re.IGNORECASE)
_DIGITS_AND_ALIKE: Final = b"0123456789|OIZEASTGBLoizeastgbl"
"""Digits, and the letters that they are written for."""
_NOT_SIMILAR: Final = bytes(
    code for code in range(128) if _ASCII[code] == 32 or code in _DIGITS_AND_ALIKE
)
"""What ASCII texts that are similar may differ in."""
BREAK: Final = "/"
"""What stands between two readings of a text: no phrase has it."""


def fold_words(text: str) -> str:
    """Lower-case words of letters, single spaces between; digits and punctuation dropped."""
    return text.lower() if text.isascii() and text.isalpha() else " ".join(split_words(text))


def first_reading(words: list[str]) -> list[str]:
    """The first reading of `screened_words`, in which digits are left out."""
    return words[: words.index(BREAK)] if BREAK in words else words


def fold_screened(text: str) -> str:
    """A whole text to be compared with others as screens read them, digits left out."""
    return " ".join(first_reading(screened_words(text)))


def fold_tight(text: str) -> str:
    """As `fold_screened`, without spaces: `E.R.O.` is `ero`."""
    return "".join(first_reading(screened_words(text)))


def count_letters(text: str) -> int:
    """The letters of a text."""
    if text.isascii():
        return len(text.encode().translate(None, _NO_LETTERS))
    return sum(map(str.isalpha, plain(text)))


def split_words(text: str) -> list[str]:
    """The words of `fold_words`, one by one."""
    if not text.isascii():
        text = plain(text)
        if not text.isascii():
            return _NOT_LETTERS.sub(" ", text).split()
    return text.encode().translate(_ASCII).decode().split()


def fold_entry(text: str) -> str:
    """A short field entry: in plain form, white space collapsed, everything else kept."""
    folded = text.lower() if text.isascii() else plain(text)
    if folded.isalnum() or (
        folded.isprintable() and "  " not in folded and folded.strip(" ") == folded
    ):
        return folded  # the only white space that can be printed is a space
    return " ".join(folded.split())


def fold_similar(text: str) -> str:
    """A text of which similar ones are counted: its letters without spaces, and without those for
    which a digit can be written, so that neither numbers nor `h4rb0r` make another text."""
    text = text if text.isascii() else plain(text)
    if text.isascii():
        return text.encode().translate(_ASCII, _NOT_SIMILAR).decode()
    raw = text.encode("utf-8", "surrogatepass").translate(None, _DIGITS_AND_ALIKE)
    return _NOT_LETTERS.sub("", raw.decode("utf-8", "surrogatepass").lower())


def fold_number(text: str) -> str:
    """A number or id by which things are counted: letters and digits alone, without the words that
    say that it is one, so that `No. HSI 2026 0017.` is `HSI-2026-0017`."""
    folded = fold_entry(text)
    bare = folded.replace("-", "")
    if bare.isalnum() and bare.isascii() and not bare.startswith(_SAY_NUMBER):
        return bare
    return _NOT_OF_NUMBER.sub("", folded)


_OF_PERSONS: Final = frozenset(
    {"mr", "mrs", "ms", "miss", "mx", "dr", "he", "him", "his", "she", "her", "hers", "they"}
    | {"them", "their", "theirs", "s"}
)
"""Words for a person, and what is left of a name's `'s`."""


def fold_merged(reason: str, given: str, family: str) -> str:
    """A reason without the words of the person's own name, and those for a person, as
    `fold_similar`: what reasons have in common that are one text with each person's name put in. ""
    for a reason that has no word of the family name."""
    lower = reason.lower() if reason.isascii() else plain(reason)
    own = split_words(family)
    if not any(each in lower for each in own):
        return ""
    words = split_words(lower)
    if (own_words := {*own}).isdisjoint(words):
        return ""
    own_words.update(split_words(given), _OF_PERSONS)
    return "~" + fold_similar(" ".join([each for each in words if each not in own_words]))


_AS_DIGITS: Final = str.maketrans("oilszbeatg", "0115283479")
"""Letters that are written for a digit, as that digit; no digit becomes another."""
_SIGNS: Final = ("inv", "ref", "docket", "dkt", "number", "our", "your")
_SIGN: Final = re.compile(
    r"(?:inv(?:est(?:igation|igative)?)?|ref(?:erence)?|docket|dkt|number|our|your)+(?=[a-z0-9])"
)
_MORE: Final = re.compile(r"(?:cont(?:d|inued)?|copy|bis)\Z")
"""Words before a number and behind it."""
_DIGITS: Final = re.compile(r"(?<=[^0-9])[0-9]{2,}|\A[0-9]{5,}")
_YEAR: Final = re.compile(r"(20[0-4][0-9]|19[89][0-9])0*(?=[0-9])")


def fold_alike_number(number: str) -> str:
    """What numbers of `fold_number` have in common that are written for one another: `HSI-2026-17`,
    `HSI-2026-0017`, `HSI-2O26-0017`, `H5I 2026 17`, `Inv. HSI-2026-0017 (cont.)`. Letters that a
    digit is written for are digits, and zeros after a letter or the first year, and words beside a
    number, say nothing. Two numbers of one length and one kind stay two. "" for no number; no text
    of `fold_number` is one of these."""
    if not number:
        return ""
    if number.startswith(_SIGNS):
        number = number[found.end() :] if (found := _SIGN.match(number)) else number
    if number[-1].isalpha():
        number = _MORE.sub("", number)
    return "=" + _DIGITS.sub(_without_zeros, number.translate(_AS_DIGITS))


def _without_zeros(found: re.Match[str]) -> str:
    """Digits without the zeros that follow their first year; where there is none, and a letter
    before, without those at their head."""
    digits = found[0]
    if (year := _YEAR.search(digits)) is not None:
        return digits[: year.end(1)] + digits[year.end() :]
    return digits.lstrip("0") or "0" if found.start() else digits


_BETWEEN: Final = re.compile(r"[\W_]+")
_FULL_YEAR: Final = re.compile(r"(?<![0-9])(?:20[0-4][0-9]|19[89][0-9])")
_BESIDE: Final = frozenset(
    {
        *_SIGNS,
        *_SAY_NUMBER,
        "numbers",
        "invest",
        "investigative",
        "reference",
        "re",
        "cont",
        "contd",
    }
)
"""Words beside a number that say nothing of it."""
_GROUPS: Final = 2


def fold_parted_number(text: str) -> str:
    """What numbers of several groups of digits without a full year have in common that are written
    for one another: `HSI-26-17` and `HSI-26-0017`, `25-417` and `25-0417`, `2:25-cr-417` and
    `02:25-CR-0417`. Zeros at the head of a group say nothing. "" for any other number: of those
    `fold_alike_number` says as much."""
    if text.isalnum() or _FULL_YEAR.search(text) is not None:
        return ""
    groups = [each for each in _BETWEEN.split(fold_entry(text)) if each and each not in _BESIDE]
    found = [each.translate(_AS_DIGITS) for each in groups]
    numbered = [place for place, each in enumerate(groups) if any(map(str.isdigit, each))]
    if len(numbered) < _GROUPS:
        return ""
    for place in numbered:
        if found[place].isdigit():
            found[place] = found[place].lstrip("0") or "0"
    return "~" + ".".join(found)


def fold_stated(text: str) -> str:
    """A short field entry as `fold_entry`; "" where it has neither a letter nor a digit, and so
    states nothing."""
    folded = fold_entry(text)
    return folded if folded[:1].isalnum() or any(map(str.isalnum, folded)) else ""


def fold_citation(text: str) -> str:
    """A citation in its parts, single spaces between, without stops after letters and without the
    word or sign for section where it stands once before a number.

    What is no clean citation keeps the sign or word that makes it none."""
    parts: list[str] = []
    for found in _CITED.findall(plain(text).strip(" .")):
        part = found.replace(".", "") if found[0].isalpha() else found
        if (
            part.isdigit()
            and parts
            and parts[-1] in _SECTION
            and not _SECTION.issuperset(parts[-2:])
        ):
            parts.pop()
        elif part == "," and parts and parts[-1].isalpha():
            continue
        parts.append(part)
    folded = " ".join(parts)
    return _INITIALS.sub(lambda run: run[0].replace(" ", ""), folded)


_INITIALS: Final = re.compile(r"\b[a-z](?: [a-z])+\b")


def screened_words(text: str) -> list[str]:
    """The words of a text as screens read it: each reading of it, `/` between them."""
    if not text.isascii():
        text = plain(text)
        if not text.isascii():
            other = _NOT_LETTERS.sub(" ", text).translate(ONE_LETTER).replace("rn", "m").split()
            return [*other, BREAK, *screened_words(text.encode("ascii", "ignore").decode())]
    raw = text.encode()
    words = _read(raw, _LETTERS)
    kinds = raw.translate(_KINDS)
    if b"0" in kinds and (b"0a" in kinds or b"a0" in kinds):  # the first is quick, and most
        words += [BREAK, *_read(raw, _AS_LETTERS)]
        if len(_MIXED.findall(text)) > 1:  # digits may be letters here, and be left out there
            for pattern in (_BEFORE, _AFTER):
                left = pattern.sub("", text)
                words += [BREAK, *_read(left.encode(), _AS_LETTERS)]
            words += [BREAK, *_read(_BEFORE.sub("", left).encode(), _AS_LETTERS)]
    return words


def _read(raw: bytes, table: bytes) -> list[str]:
    return raw.translate(table).replace(b"rn", b"m").decode().split()


class Screen(Public, frozen=True, gc=False):
    """Phrases that a text must not have, as `screened_words` reads them.

    `phrases` are the phrases by the longest word of each: so is one found that is written in whole
    words. `joined` are the phrases without spaces by what begins a word of them without being one:
    so is one found that is parted or joined. `starts` are the words of both: most texts have
    none."""

    starts: frozenset[str]
    phrases: dict[str, tuple[str, ...]]
    joined: dict[str, tuple[str, ...]]

    def hits(self, words: Sequence[str]) -> bool:
        """Whether a text of these words (of `screened_words`) has a phrase, written in whole words,
        in parts of words, or as one word."""
        found = self.starts.intersection(words)
        if not found:
            return False
        together, padded = "".join(words), ""
        for start in found:
            if start in self.phrases:
                padded = padded or f" {' '.join(words)} "
                if any(phrase in padded for phrase in self.phrases[start]):
                    return True
            for phrase in self.joined.get(start, ()):
                if phrase in together and _is_spelled(phrase, words):
                    return True
        return False


def _is_spelled(phrase: str, words: Sequence[str]) -> bool:
    """Whether words side by side spell a phrase without spaces."""
    for index in range(len(words)):
        rest = phrase
        for word in words[index:]:
            if not rest.startswith(word):
                break
            rest = rest[len(word) :]
            if not rest:
                return True
    return False


def new_screen(phrases: Iterable[str]) -> Screen:
    """Compile phrases. A phrase that folds to nothing is a bug of the data and is refused by the
    loader. The routes and agreements of one law screen for the same phrases, compiled once."""
    return _compiled(frozenset(phrases))


@lru_cache(maxsize=64)
def _compiled(phrases: frozenset[str]) -> Screen:
    by_head: dict[str, list[str]] = {}
    by_part: dict[str, list[str]] = {}
    for phrase in sorted({" ".join(screened_words(phrase)) for phrase in phrases}):
        by_head.setdefault(max(phrase.split(" "), key=len), []).append(f" {phrase} ")
        for part in _parts(phrase.split(" ")):
            by_part.setdefault(part, []).append(phrase.replace(" ", ""))
    return Screen(
        frozenset([*by_head, *by_part]),
        {head: tuple(group) for head, group in by_head.items()},
        {part: tuple(group) for part, group in by_part.items()},
    )


def _parts(words: Sequence[str]) -> set[str]:
    """What a text's word can be that begins where a word of the phrase begins, and ends elsewhere
    than where one ends."""
    found: set[str] = set()
    for index, word in enumerate(words):
        rest, ends = "".join(words[index:]), len(word)
        found.update(rest[:end] for end in range(1, len(rest) + 1) if end != ends)
    return found


def forms_of(word: str) -> set[str]:
    """A word with the usual endings of English; of a phrase, its last word has them."""
    stems = {word}
    if word.endswith("e"):
        endings = {f"{word}s", f"{word}d", f"{word[:-1]}ing"}
    elif word.endswith("y") and word[-2:-1] not in "aeiou":
        endings = {f"{word[:-1]}ies", f"{word[:-1]}ied", f"{word}ing"}
    elif word.endswith(("s", "x", "z", "ch", "sh")):
        endings = {f"{word}es", f"{word}ed", f"{word}ing"}
    else:
        endings = {f"{word}s", f"{word}ed", f"{word}ing"}
    return stems | endings


LATEST: Final = 99
"""An edition of the law (demands.py) whose grammar has every way of writing: for the memory, which
knows no edition."""
_PERIOD_OF_YEARS: Final = re.compile(r"([0-9]{4})(?:\s*-\s*([0-9]{4}))?\Z", re.ASCII)
_NAMED: Final = re.compile(
    r"\b(?:tax(?:able)?|calendar|years?|ty|cy|periods?|for|the)\b\.?|\b(?:ty|cy)\.?(?=[0-9]{4})"
)
_AND_YEARS: Final = re.compile(r"\s*(?:,|;|&|\band\b)\s*")
_THROUGH: Final = re.compile(r"\s*(?:-|\u2013|\u2014|\bto\b|\bthrough\b|\bthru\b)\s*")


def spans_of(text: str, edition: int) -> list[range]:
    """The years of one text, item by item; an empty range for an item that is vague."""
    if edition < 4 or _PERIOD_OF_YEARS.match(text):
        return [_span(text)]
    words = _NAMED.sub(" ", text.lower()).strip(" .,;:")
    return [_span(_THROUGH.sub("-", each.strip())) for each in _AND_YEARS.split(words)]


def _span(text: str) -> range:
    """The years of one item; empty where it is vague."""
    found = _PERIOD_OF_YEARS.match(text)
    if found is None:
        return range(0)
    first = int(found[1])
    return range(first, (int(found[2]) if found[2] else first) + 1)
