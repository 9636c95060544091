"""The whole of two names: what is left of the given names beside the first, and whether one name is
the other in another order.

Twins share a date of birth, a family name and often one of two given names: Maria Elena and Maria
Isabel, Xiao Mei and Xiao Wei. So the date counts in full only where nothing in the given names
differs:

    rest_level      the given names but for the pair that was compared first: each word of the side
                    with fewer has its like on the other side, or the names differ
    has_more        a given word of one side that the other lacks
    is_turned       the same given names in another order
    is_swapped_whole, is_rearranged     given and family name in each other's field; middle and
                    family name rearranged

All functions are pure, and symmetric in the two names.
"""

from __future__ import annotations

import re
from typing import Final

from rapidfuzz.distance import OSA

from counterfoil.core.values import NameForm
from counterfoil.normalize import name_similarity as similarity
from counterfoil.normalize.asked_keys import are_syllables, syllables
from counterfoil.normalize.name_similarity import LATEST
from counterfoil.normalize.name_words import CANTONESE, HALVES, PARTICLES, SYLLABLES

Words = tuple[str, ...]

_FORMS: Final = frozenset({similarity.NICKNAME, similarity.VARIANT})
_WHOLE: Final = frozenset({"given.turned", "given.swapped", "given.missing"})
"""Levels beside which no given word is left over: of all of them, or of none, nothing is known."""
_ALIKE: Final = frozenset({"given.variant", "given.nickname", "given.near", "given.near_rare"})
_DIFFER: Final = "middle.differs"
_SPOKEN: Final = re.compile(
    r"(?:NGH?|N[HJY]|KH|GH|GY|GI|PH|TH|TR|TS|TZ|CH|SH|ZH|HS|HW|HY|JH|KW|KY|LY|MY|PY|QU|RY|BY|DY|DJ"
    r"|SS|WH|[B-DF-HJ-NP-TV-Z])?[AEIOUWY]*[AEIOU][AEIOUWY]*(?:NG|NH|CH|CK|[BCGHKLMNPRST])?"
)
"""How a syllable of a language of East Asia may be spelled, in any romanization."""
_PAIR: Final = 2
"""The syllables of a given name of two."""
_SYLLABLES: Final = frozenset[str]().union(*SYLLABLES)
"""Those of every language."""
_MISSING: Final = "middle.missing"


def all_given(name: NameForm) -> Words:
    """Given and middle words in the order written."""
    return name.given + name.middle


def count_given(name: NameForm) -> int:
    """How many given and middle words there are. Most pairs of names are told by it to be no two
    forms of one, before their words are looked at."""
    return len(name.given) + len(name.middle)


def is_turned(first: NameForm, second: NameForm) -> bool:
    """Whether both have the same given and middle names of two letters or more, two of them at
    least, in another order."""
    words = count_given(first)
    if words < _PAIR or words != count_given(second):
        return False
    one, two = all_given(first), all_given(second)
    return one != two and min(map(len, one)) > 1 and sorted(one) == sorted(two)


def are_syllables_turned(first: NameForm, second: NameForm) -> bool:
    """Whether one name is two syllables and the other the same in the other order, written apart (U
    JIN, JIN U), as one word, or parted elsewhere (HA EUN, EUNHA)."""
    if _PAIR not in (count_given(first), count_given(second)):
        return False
    one, two = all_given(first), all_given(second)
    return one != two and (_are_turned(one, two) or _are_turned(two, one))


def _are_turned(pair: Words, other: Words) -> bool:
    return len(pair) == _PAIR and "".join(other) == pair[1] + pair[0] and are_syllables(pair)


def is_misspelled_whole(first: NameForm, second: NameForm) -> bool:
    """Whether one name is two syllables and the other the same as one unknown word with one slip,
    which makes it no two syllables: TAO QIANG, TAOMQIANG."""
    if count_given(first) + count_given(second) != _PAIR + 1:
        return False
    one, two = all_given(first), all_given(second)
    pair, whole = (one, two) if len(one) > len(two) else (two, one)
    return (
        (len(pair), len(whole)) == (_PAIR, 1)
        and are_syllables(pair)
        and not similarity.is_known_name(whole[0])
        and OSA.distance("".join(pair), whole[0], score_cutoff=1) == 1
        and not syllables(whole[0])
        and not _is_syllable(whole[0])
    )


def is_unsure_whole(first: NameForm, second: NameForm) -> bool:
    """Whether two names that count as one may be those of two people without the same date of birth
    or below the age of `requirements.GROWN`."""
    return is_misspelled_whole(first, second) or is_first_syllable(first, second)


def is_first_syllable(first: NameForm, second: NameForm) -> bool:
    """Whether the one given word of one name is a syllable with which the one of the other, which
    can be parted in more than one way, may begin: JIN, JINU."""
    if count_given(first) != 1 or count_given(second) != 1:
        return False
    head, whole = sorted((all_given(first)[0], all_given(second)[0]), key=len)
    parts = syllables(whole) if len(head) > 1 and whole.startswith(head) else ()
    return head in parts and whole[len(head) :] in parts


def is_swapped_whole(first: NameForm, second: NameForm) -> bool:
    """Whether the first given word of each is the first word of the other's family name."""
    one, two = core(first.family)[:1], core(second.family)[:1]
    return bool(one and two) and first.given[:1] == two and second.given[:1] == one


def is_rotated(first: NameForm, second: NameForm) -> bool:
    """Whether one name is the other with its family name written first, in fields that were meant
    for given, middle and family name: PARK, JI, HOON for JI HOON, PARK."""
    if second.given != first.family and first.given != second.family:
        return False
    one, two = all_given(first) + first.family, all_given(second) + second.family
    if len(one) != len(two) or len(one) <= _PAIR or one == two:
        return False
    return (one == (*two[1:], two[0]) and second.given == first.family) or (
        two == (*one[1:], one[0]) and first.given == second.family
    )


def is_rearranged(first: NameForm, second: NameForm) -> bool:
    """Whether middle and family name hold the same words, differently parted or ordered: IVAN
    PETROVICH PETROV, IVAN PETROV PETROVICH."""
    one, two = first.middle + first.family, second.middle + second.family
    return first.family != second.family and len(one) > 1 and sorted(one) == sorted(two)


def hidden_word(first: NameForm, second: NameForm, given: str) -> str:
    """The word of two letters or more for which the other side writes its initial, besides the pair
    that reached the level `given` (MARIA E, MARIA ELENA; SEO J, SEO JUN); "" where there is none. A
    twin who shares the first word may share the initial of the second."""
    found = None if given in _WHOLE else _paired(*_beside(first, second, given))
    for word, like in found[0] if found else ():
        if min(len(word), len(like)) == 1 < max(len(word), len(like)):
            return max(word, like, key=len)
    return ""


def is_turned_by_initial(first: NameForm, second: NameForm) -> bool:
    """Whether one name is two syllables and the other the same in the other order, the syllable
    that it has last as an initial: JUN CHAO, CHAO J."""
    one, two = all_given(first), all_given(second)
    if len(one[-1:][0]) == 1:
        one, two = two, one
    return (
        len(one) == len(two) == _PAIR
        and are_syllables(one)
        and min(map(len, one)) > 1
        and two == (one[1], one[0][0])
    )


def rest_level(
    first: NameForm,
    second: NameForm,
    given: str,
    *,
    by_syllables: bool = True,
    tables: int = LATEST,
    by_tables: bool = True,
) -> str:
    """Level of the given names beside the pair that reached the level `given`. `by_syllables` as
    by the rules since match-6, `by_tables` (a syllable is what the tables have) since match-9;
    `tables` of later spellings, of which those of before match-7 read none."""
    one, two = _beside(first, second, given)
    if not one or not two:
        return _MISSING
    if "".join(one) == "".join(two):
        return "middle.initial" if max(map(len, one)) == 1 else "middle.equal"
    if tables and given == "given.equal" and _is_misspelled_syllable(one, two, by_tables=by_tables):
        return "middle.initial"
    found = _paired(one, two, by_syllables=by_syllables, tables=tables)
    if found is None:
        return _DIFFER
    is_full = any(word == like and len(word) > 1 for word, like in found[0])
    return "middle.equal" if is_full else "middle.initial"


def has_more(first: NameForm, second: NameForm, given: str, *, tables: int = LATEST) -> bool:
    """Whether one side has a given word of two letters or more, besides the pair that reached the
    level `given`, of which the other has neither its like nor an initial, an initial beside a
    syllable included (PHUC P, PHUC: twins share a syllable); or more than one word has for its like
    another word (MARY MEGAN, MOLLY MEAGAN)."""
    if given in _WHOLE or is_rearranged(first, second):
        return False
    if tables and is_first_syllable(first, second):
        return True
    one, two = _beside(first, second, given)
    if "".join(one) == "".join(two):
        return False
    if tables and given == "given.equal" and _is_misspelled_syllable(one, two):
        return False
    found = _paired(one, two, tables=tables)
    is_by_syllables = tables and _is_syllable(first.given[0]) and _is_syllable(second.given[0])
    least = 1 if is_by_syllables else 2
    if found is None or any(len(word) >= least for word in found[1]):
        return True
    others = [word for word, like in found[0] if word != like and min(len(word), len(like)) > 1]
    return len(others) + (given in _ALIKE) > 1


def _paired(
    one: Words, two: Words, *, by_syllables: bool = True, tables: int = LATEST
) -> tuple[list[tuple[str, str]], list[str]] | None:
    """Each word of the side with fewer and its like on the other, and what is left of that; None
    where one has none."""
    fewer, more = sorted((one, two), key=lambda words: (len(words), words))
    pairs, left = list[tuple[str, str]](), list(more)
    for word in sorted(fewer, key=len, reverse=True):
        like = _like(word, left, by_syllables=by_syllables, tables=tables)
        if not like:
            return None
        left.remove(like)
        pairs.append((word, like))
    return pairs, left


def core(family: Words) -> Words:
    """A family name without its particles, unless it has no other words."""
    return tuple([word for word in family if word not in PARTICLES]) or family


def _beside(first: NameForm, second: NameForm, given: str) -> tuple[Words, Words]:
    """The given and middle words of both, without those that were compared first."""
    one, two = all_given(first), all_given(second)
    if given == "given.turned":
        return (), ()
    if given == "given.joined":
        if "".join(first.given) == "".join(second.given):
            return first.middle, second.middle
        return (), ()
    if given == "given.among":
        if one[0] in two:
            return one[1:], _without(two, one[0])
        return _without(one, two[0]), two[1:]
    return one[1:], two[1:]


def _without(words: Words, word: str) -> Words:
    at = words.index(word)
    return words[:at] + words[at + 1 :]


def _like(word: str, words: list[str], *, by_syllables: bool, tables: int) -> str:
    """The word among `words` that may be this one: the same, else a form or a slip of it, else one
    of the two an initial of the other; "" if none is."""
    if word in words:
        return word
    for other in words if len(word) > 1 else ():
        if len(other) == 1 or _are_two_syllables(word, other, tables):
            continue  # TRONG AN and TRONG ANH are twins
        if (
            similarity.compare_words(word, other, tables=tables) in _FORMS
            or _is_slip(word, other, with_known=tables > 0)
            or (by_syllables and _is_slip_of_syllable(word, other))
        ):
            return other
    return next(
        (other for other in words if other[0] == word[0] and min(len(word), len(other)) == 1), ""
    )


def _is_slip(one: str, two: str, *, with_known: bool) -> bool:
    """Whether exactly one of two words is a listed name, and the other a slip of it. `with_known`:
    two known names are two."""
    if with_known and similarity.is_known_name(one) and similarity.is_known_name(two):
        return False
    if similarity.is_listed_name(one) == similarity.is_listed_name(two):
        return False
    pair = (one, two) if similarity.is_listed_name(one) else (two, one)
    return similarity.is_slip_of_hand(*pair)


def _is_slip_of_syllable(one: str, two: str) -> bool:
    """Whether exactly one of two words is a syllable that given names are made of, and the other,
    which is no name, a slip of it."""
    if _is_syllable(one) == _is_syllable(two):
        return False
    name, slip = (one, two) if _is_syllable(one) else (two, one)
    return not similarity.is_listed_name(slip) and similarity.is_slip_of_hand(name, slip)


def _is_misspelled_syllable(one: Words, two: Words, *, by_tables: bool = False) -> bool:
    """Whether each is one word, exactly one a syllable that given names are made of, and the other
    one stroke from it and spelled as no syllable of any language is (GANG, GXNG; MIN, MN): no
    parent gave it to a twin. `by_tables`: it is none of the tables (GAG), which is enough of who is
    of age (`has_more` asks for the others)."""
    if len(one) != 1 or len(two) != 1 or _is_syllable(one[0]) == _is_syllable(two[0]):
        return False
    name, slip = (one[0], two[0]) if _is_syllable(one[0]) else (two[0], one[0])
    return (
        min(len(name), len(slip)) > 1
        and not similarity.is_listed_name(slip)
        and OSA.distance(name, slip, score_cutoff=1) == 1
        and (not _is_known_word(slip) if by_tables else _SPOKEN.fullmatch(slip) is None)
    )


def _is_known_word(word: str) -> bool:
    return word in CANTONESE or similarity.is_known_name(word)


def are_two_syllables(one: str, two: str, *, by_table: bool = True) -> bool:
    """Whether two words are syllables that given names are made of, and no table has them as two
    spellings of one: AN and ANH, ZHEN and SHEN are twins, JUNG and JEONG are one, unless no table
    is asked."""
    return _are_two_syllables(one, two, LATEST if by_table else 1)


def are_of_syllables(first: NameForm, second: NameForm) -> bool:
    """Whether all given words of both names that are more than an initial are syllables of one
    language."""
    words = [word for word in all_given(first) + all_given(second) if len(word) > 1]
    return bool(words) and are_syllables(tuple(words))


def is_half(first: NameForm, second: NameForm) -> bool:
    """Whether both given names are one and the same syllable of a language in which a given name
    has two: of twins who share it, each may write it alone."""
    one, two = all_given(first), all_given(second)
    return len(one) == 1 and one == two and one[0] in HALVES


def longest_word(name: NameForm) -> int:
    """Letters of the longest of the given words."""
    return max(map(len, all_given(name)), default=0)


def _are_two_syllables(one: str, two: str, tables: int) -> bool:
    if not tables or not (_is_syllable(one) and _is_syllable(two)):
        return False
    return tables < LATEST or not similarity.are_listed_spellings(one, two)


def _is_syllable(word: str) -> bool:
    return word in _SYLLABLES
