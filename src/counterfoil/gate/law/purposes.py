"""What a reason is for: patterns of words in a law's common file, and how they are read.

A word alone does not say what a disclosure is for: an arrest report is evidence, and to arrest is a
purpose. The file has patterns (`rules.purposes`), a line each, of slots with spaces between:

    deport                 this word
    arrest|detain          one of these words; `pick_up` is a phrase of two, `/` the end
    prove~                 this word with the usual endings: proves, proved, proving
    safely?                this word, or nothing
    ..                     up to three words, whatever they are
    <whom>                 a word or phrase that the file lists under `classes`; also <whom>|her
    !<proving>|then        one word that neither is nor begins one of these; -ing!<proving> is
                           one that besides ends in -ing

    <aim> <adverb>? arrest|detain           "agents will then detain him", "to arrest"
    for <the>? <adverb>? deportation        "for his prompt deportation"

    ^ <aim> serve .. <served>               looked for before anything is left out

A reason is read in this order (`judge`):

    1  what matches a pattern of `innocent` is left out: a document, an office, a fact of the past
    2  what is left is screened for the phrases of `rules.reason` and for the patterns of each other
       purpose, the whole for those that begin with `^`: those that are found are what the
       disclosure is for
    3  if none is found, the reason tells its purpose if it says what the disclosure is for in a
       matter (`proving`: an act of proof, or what stands before a court), and the fact that it
       bears on (`facts`, in which no general word counts: a record, a residence, a case); if each
       of its sentences has a word of `bearing`; and if nothing is left of `acts` and `untold`:
       what agents are going to do, and other acts of enforcement of which the text does not say
       whether they are what the disclosure is for

What cannot be told, other languages and words written backwards among it, is not shown and not
refused as another purpose. Words are read as screens read them (folding.py), numbers are kept
besides, so that `Form I-205` is `i 205`. `bearing` and `acts` take in the usual endings. A law
whose common file has format 3 has neither `proving` nor `facts` nor `untold`: there, words of so
many different things of `bearing` tell the purpose. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from counterfoil.core.values import Public
from counterfoil.gate.law.folding import (
    Screen,
    first_reading,
    fold_screened,
    forms_of,
    new_screen,
    screened_words,
)
from counterfoil.gate.law.schema import require
from counterfoil.normalize.plain_text import ONE_LETTER, plain
from counterfoil.normalize.tables import words as split

_ANY_WORDS: Final = ".."
_ANY: Final = r"(?:[^ /]+ ){0,3}"
_NOT: Final = "!"
_ENDINGS: Final = "~"
_UNTOLD: Final = "untold"
_SLOT: Final = re.compile(
    r"\.\.|(?:(?:-ing)?!)?(?:<[a-z]+>|[a-z0-9_]+~?|/)(?:\|(?:<[a-z]+>|[a-z0-9_]+~?|/))*\??"
)
_CLASS: Final = re.compile(r"<([a-z]+)>")
_TOKEN: Final = re.compile(r"[a-z]+|[0-9]+")
_PARTED: Final = re.compile(r"(?<= )(?:[a-z] ){3,}")
_BREAK: Final = "/"
_WHOLE: Final = "^"
_LEFT_OUT: Final = "~ "
_SENTENCES: Final = r"[.;!?\n]+(?:\s|\Z)|--|\u2014|\u2013"
_TITLES: Final = "titles"
"""The class of words after which a stop ends no sentence: Ms. Quill. A law may have none."""
_STOPS: Final = " .;!?\n"
_LEAST_SENTENCE: Final = 4
"""Words of a sentence: fewer are an abbreviation, a number or a heading."""
_GRAMMAR: Final = frozenset(
    map(
        fold_screened,
        split("""
            the this that these those him her his she he from with and will not to for of in into on
            at by is are was were be been has have had a an it as or no up out about when where what
        """),
    )
)
"""Words that nearly every text has: patterns are looked up by others, where they have any."""
_LEAST_REVERSED: Final = 5
"""Letters of a word that is looked for backwards: shorter ones are other words."""


class Judged(NamedTuple):
    """The other purposes that a reason has, by the names of their lists, and whether it tells its
    own."""

    purposes: frozenset[str]
    is_told: bool


class Pattern(Public, frozen=True, gc=False):
    """One line, as a regular expression over `_text`. `is_whole`: it is looked for before anything
    is left out; `needs`: of each of these, a text that matches has a word."""

    purpose: str
    is_whole: bool
    needs: tuple[frozenset[str], ...]
    expression: str

    @property
    def found(self) -> re.Pattern[str]:
        """The expression, compiled when it is first needed: most of a law's never are."""
        return _compile(self.expression)


_compile: Final = lru_cache(maxsize=None)(re.compile)


class Things(Public, frozen=True, gc=False):
    """What a text must have one of: a word of `words`, or a match of one of `patterns`."""

    words: frozenset[str]
    patterns: dict[str, tuple[tuple[int, Pattern], ...]]


class Purposes(Public, frozen=True, gc=False):
    """The patterns of one law. `watched` are the phrases of all other purposes and the acts: most
    reasons have none. `innocent` and `others`, in which those of `untold` are, have each pattern by
    the words of which a text that matches has one, with its place among all; `bearing` each word to
    the thing that it is a form of. `proving` and `facts`: None under a law of format 3; `sentences`
    is the expression of what parts two sentences."""

    innocent: dict[str, tuple[tuple[int, Pattern], ...]]
    others: dict[str, tuple[tuple[int, Pattern], ...]]
    watched: Screen
    acts: Screen
    reversed_acts: frozenset[str]
    bearing: dict[str, str]
    least: int
    proving: Things | None = None
    facts: Things | None = None
    sentences: str = _SENTENCES


_NONE: Final = frozenset[str]()
_NO_SCREEN: Final = new_screen(())
NOTHING: Final = Purposes({}, {}, _NO_SCREEN, _NO_SCREEN, _NONE, {}, 0)
"""Of a law whose common file came before these rules: phrases alone count, and every reason tells
what it is for."""


def compile_purposes(
    classes: Mapping[str, Sequence[str]],
    innocent: Iterable[str],
    patterns: Mapping[str, Iterable[str]],
    phrases: Iterable[str],
    acts: Iterable[str],
    bearing: Iterable[str],
    least: int,
    proving: Iterable[str] = (),
    facts: Iterable[str] = (),
) -> Purposes:
    """Compile. `patterns` are of other purposes and of `untold`. Raises SettingsFault law_pattern
    for a pattern that has no form of one."""
    known = {
        name: [_fold(each) for phrase in phrases for each in _spelled(phrase)]
        for name, phrases in classes.items()
    }
    forms = {form for act in acts for form in forms_of(act)}
    return Purposes(
        innocent=_indexed((("innocent", line) for line in innocent), known),
        others=_indexed(((name, line) for name in patterns for line in patterns[name]), known),
        watched=new_screen([*phrases, *forms]),
        acts=new_screen(forms),
        reversed_acts=frozenset(
            form[::-1] for form in map(fold_screened, forms) if len(form) >= _LEAST_REVERSED
        ),
        bearing={_fold(form): thing for thing in bearing for form in forms_of(thing)},
        least=least,
        proving=_things("proving", proving, known),
        facts=_things("facts", facts, known),
        sentences=_sentences(classes.get(_TITLES, ())),
    )


def _sentences(titles: Iterable[str]) -> str:
    """What parts two sentences, as an expression: a stop after a title does not."""
    return "".join(rf"(?<!\b(?i:{re.escape(title)}))" for title in titles) + f"(?:{_SENTENCES})"


def _things(name: str, lines: Iterable[str], classes: Mapping[str, Sequence[str]]) -> Things | None:
    """What lines of one list ask for; None where it has none. The single words of a line of one
    slot are words."""
    single: set[str] = set()
    rest: list[tuple[str, str]] = []
    for given in lines:
        line = given
        slots = _slots(line, classes, name)
        choices = _choices(slots[0], classes)
        if len(slots) == 1 and _NOT not in line:
            single.update(each for each in choices if " " not in each)
            line = "|".join(each.replace(" ", "_") for each in choices if " " in each)
        if line:
            rest.append((name, line))
    return Things(frozenset(single), _indexed(rest, classes)) if single or rest else None


def judge(
    reason: str, words: Sequence[str], screens: Mapping[str, Screen], rules: Purposes
) -> Judged:
    """What a reason is for. `words` are those of `screened_words`; `screens` the phrases of each
    other purpose."""
    if not rules.least:
        found = (name for name, screen in screens.items() if screen.hits(words))
        return Judged(frozenset(found), is_told=True)
    own = frozenset(words)
    candidates = _of(rules.others, own)
    if not candidates and not rules.watched.hits(words):
        return Judged(_NONE, _bears(reason, words, own, rules))
    whole = _text(reason, words)
    text = whole
    for pattern in _of(rules.innocent, frozenset(whole.split())):
        text = pattern.found.sub(_LEFT_OUT, text)
    left = text.split()
    purposes = {name for name, screen in screens.items() if screen.hits(left)}
    for pattern in candidates:
        if pattern.purpose not in purposes and pattern.found.search(
            whole if pattern.is_whole else text
        ):
            purposes.add(pattern.purpose)
    is_clear = _UNTOLD not in purposes and not rules.acts.hits(left)
    purposes.discard(_UNTOLD)
    is_told = bool(purposes) or (is_clear and _bears(reason, words, own, rules))
    return Judged(frozenset(purposes), is_told)


def is_plain(words: Sequence[str], rules: Purposes) -> bool:
    """Whether no pattern of another purpose can match these words, and no word or phrase of one is
    among them: a reason that is plain has no other purpose, and tells its own if it `bears`."""
    return not _of(rules.others, frozenset(words)) and not rules.watched.hits(words)


def bears(reason: str, words: Sequence[str], rules: Purposes) -> bool:
    """Whether a reason says what it is for in a matter, and the fact that this bears on, and no act
    is written backwards. `words` are its words, as `screened_words` gives them."""
    return _bears(reason, words, frozenset(words), rules)


def _bears(reason: str, words: Sequence[str], own: frozenset[str], rules: Purposes) -> bool:
    if not rules.reversed_acts.isdisjoint(own):
        return False
    if rules.proving is None or rules.facts is None:
        return _has_bearing(words, rules, rules.least)
    if not _has(rules.facts, own, words) or not _has(rules.proving, own, words):
        return False
    sentences = _compile(rules.sentences)
    if sentences.search(reason.rstrip(_STOPS)) is None:
        return True
    parts = sentences.split(reason)
    return all(_has_bearing(each, rules, 1) for each in _long(parts))


def _has(things: Things, own: frozenset[str], words: Sequence[str]) -> bool:
    """Whether a text of these words has one of the things."""
    if not things.words.isdisjoint(own):
        return True
    text = ""
    for word in things.patterns.keys() & own:
        for _, pattern in things.patterns[word]:
            if any(map(own.isdisjoint, pattern.needs)):
                continue
            text = text or f" {' '.join(words)} "
            if pattern.found.search(text):
                return True
    return False


def _long(parts: Iterable[str]) -> Iterator[list[str]]:
    """The words of each part that is long enough to be a sentence."""
    for part in parts:
        words = screened_words(part)
        if len(first_reading(words)) >= _LEAST_SENTENCE:
            yield words


def _has_bearing(words: Iterable[str], rules: Purposes, least: int) -> bool:
    """Whether words of so many different things bear on an offence."""
    things: set[str] = set()
    for word in words:
        if word in rules.bearing:
            things.add(rules.bearing[word])
            if len(things) >= least:
                return True
    return not rules.least


def _of(index: Mapping[str, Sequence[tuple[int, Pattern]]], words: frozenset[str]) -> list[Pattern]:
    """The patterns that a text of these words may match, in their order."""
    found = {
        place: pattern
        for word in index.keys() & words
        for place, pattern in index[word]
        if not any(map(words.isdisjoint, pattern.needs))
    }
    return [found[place] for place in sorted(found)]


def _text(reason: str, words: Sequence[str]) -> str:
    """The readings of a reason, one after the other, single spaces between and around."""
    text = f" {' '.join(words)} {_BREAK} "
    joined = _PARTED.sub(lambda run: f"{run[0].replace(' ', '')} ", text)
    if joined != text:  # words in parted letters are read besides, together
        text += joined[1:]
    if any(map(str.isdigit, reason)):
        numbered = " ".join(map(_fold_token, _TOKEN.findall(plain(reason))))
        text = f"{text}{numbered} {_BREAK} "
    return text


def _fold_token(token: str) -> str:
    return token if token.isdigit() else token.translate(ONE_LETTER).replace("rn", "m")


def _fold(phrase: str) -> str:
    """A phrase as `_text` has it."""
    return " ".join(map(_fold_token, _TOKEN.findall(phrase)))


def _indexed(
    lines: Iterable[tuple[str, str]], classes: Mapping[str, Sequence[str]]
) -> dict[str, tuple[tuple[int, Pattern], ...]]:
    found: dict[str, list[tuple[int, Pattern]]] = {}
    for place, (name, line) in enumerate(lines):
        slots = _slots(line, classes, name)
        needs = _needs(slots, classes)
        pattern = Pattern(name, line.startswith(_WHOLE), needs, _expression(slots, classes))
        for word in needs[0]:
            found.setdefault(word, []).append((place, pattern))
    return {word: tuple(patterns) for word, patterns in found.items()}


def _slots(line: str, classes: Mapping[str, Sequence[str]], field: str) -> list[str]:
    slots = line.removeprefix(_WHOLE).split()
    known = all(map(_SLOT.fullmatch, slots)) and classes.keys() >= {*_CLASS.findall(line)}
    require(
        known and any(map(_is_needed, slots)),
        "law_pattern",
        "a pattern of a reason has another form",
        f"rules.purposes.{field}",
        "Write words, a|b, word~, word?, !word, .. and classes that the file has, with spaces "
        "between.",
    )
    return slots


def _expression(slots: Iterable[str], classes: Mapping[str, Sequence[str]]) -> str:
    """A pattern as a regular expression over `_text`; it matches whole words."""
    parts: list[str] = []
    for slot in slots:
        choices = "|".join(map(re.escape, _choices(slot, classes)))
        optional = "?" if slot.endswith("?") else ""
        if slot == _ANY_WORDS:
            parts.append(_ANY)
        elif _NOT in slot:
            ending = _fold("ing") if slot.startswith("-") else ""
            parts.append(f"(?:(?!(?:{choices}) )[^ /~]+{ending} ){optional}")
        else:
            parts.append(f"(?:(?:{choices}) ){optional}")
    return f"(?<= ){''.join(parts)}"


def _is_needed(slot: str) -> bool:
    """Whether a text that matches has one of this slot's own choices."""
    return slot != _ANY_WORDS and not slot.endswith("?") and _NOT not in slot


def _choices(slot: str, classes: Mapping[str, Sequence[str]]) -> list[str]:
    found: list[str] = []
    choices = slot.removesuffix("?")
    for choice in (choices.partition(_NOT)[2] or choices).split("|"):
        named = _CLASS.fullmatch(choice)
        if named:
            found += classes[named[1]]
        elif choice == _BREAK:
            found.append(_BREAK)
        else:
            found += map(_fold, _spelled(choice.replace("_", " ")))
    return found


def _spelled(phrase: str) -> list[str]:
    """A phrase, or where `~` follows it, its forms."""
    return sorted(forms_of(phrase[:-1])) if phrase.endswith(_ENDINGS) else [phrase]


def _needs(
    slots: Iterable[str], classes: Mapping[str, Sequence[str]]
) -> tuple[frozenset[str], ...]:
    """For each slot that must be there, the longest word of each choice; first the slot with the
    fewest words of grammar, because these are in every text."""
    needed = [
        frozenset(_longest(choice) for choice in _choices(slot, classes))
        for slot in slots
        if _is_needed(slot)
    ]
    words = [each for each in needed if _BREAK not in each]
    return tuple(sorted(words, key=lambda each: (len(_GRAMMAR & each), len(each))))


def _longest(choice: str) -> str:
    """The longest word of letters that is no word of grammar: words of digits are in the last
    reading alone, and words of grammar in every text."""
    return max(
        choice.split(" "), key=lambda word: (not word.isdigit(), word not in _GRAMMAR, len(word))
    )
