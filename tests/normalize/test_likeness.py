"""Two likenesses meet exactly where they share a code: how two questions are compared must not decide
whether they are alike."""

from __future__ import annotations

import random

from counterfoil.core.values import NameForm
from counterfoil.normalize.asked_keys import (
    _exchanged,
    _words_likeness,
    family_likeness,
    given_letters,
    given_likeness,
    name_codes,
)
from counterfoil.normalize.likeness import (
    anchor,
    are_far,
    codes_of,
    leading_codes,
    meet,
    word_codes,
)
from counterfoil.normalize.name_similarity import LATEST, familiar_forms

PAIRS = 4_000
PARTS = ("MAR", "IA", "ZAY", "LON", "DA", "ELA", "J", "QUE", "O", "SH", "WN", "RI", "CAR", "XI")
LISTED = ("MARIA", "JOSE", "WILLIAM", "BILL", "ALBERT", "AL", "MARTA", "JO", "SARAH", "MEI")


def _word(chance: random.Random) -> str:
    if chance.random() < 0.2:
        return chance.choice(LISTED)
    return "".join(chance.choices(PARTS, k=chance.randint(1, 5)))


def _slipped(word: str, chance: random.Random) -> str:
    letters = list(word)
    for _ in range(chance.randint(0, 3)):
        at = chance.randrange(len(letters) + 1)
        letters[at : at + chance.randint(0, 1)] = chance.choice(("", "A", "R", "L"))
    return "".join(letters) or word


def test_two_names_meet_exactly_where_they_share_a_code() -> None:
    chance, met = random.Random(11), [0, 0]
    for _ in range(PAIRS):
        words = [_word(chance) for _ in range(4)]
        one = NameForm((words[0],), (words[1],), (words[2], words[3])[: chance.randint(1, 2)])
        two = NameForm(
            *(tuple(_slipped(word, chance) for word in side) for side in (one.given, one.middle)),
            tuple(_slipped(word, chance) for word in one.family),
        )
        sides = zip(
            (given_likeness, family_likeness), name_codes(one), name_codes(two), strict=True
        )
        for side, (likeness, codes, others) in enumerate(sides):
            mine, theirs = likeness(one), likeness(two)
            assert meet(mine, theirs) == meet(theirs, mine) == (not codes.isdisjoint(others))
            assert meet(mine, mine)
            assert codes == codes_of(mine)
            met[side] += meet(mine, theirs)
        if are_far(given_letters(one), given_letters(two)):
            assert not meet(given_likeness(one), given_likeness(two))
    assert all(PAIRS // 10 < each < PAIRS * 19 // 20 for each in met)


def test_where_a_word_leads_and_its_anchor_are_among_its_codes() -> None:
    chance = random.Random(7)
    for word in {_word(chance) for _ in range(PAIRS)}:
        assert leading_codes(word) <= word_codes(word)
        for tables in range(LATEST + 1):  # a word leads to itself: `leads_to_given` rests on it
            assert not anchor(word).isdisjoint(leading_codes(word, tables=tables))
        assert anchor(word) <= word_codes(word)


def test_names_whose_letters_are_far_apart_do_not_meet() -> None:
    chance, far = random.Random(5), 0
    words = [_word(chance) for _ in range(PAIRS)] + sorted({*familiar_forms()})
    for _ in range(PAIRS * 20):
        word = chance.choice(words)
        one, two = (NameForm((_slipped(word, chance) or "A",)) for _ in range(2))
        if are_far(given_letters(one), given_letters(two)):
            far += 1
            assert not meet(given_likeness(one), given_likeness(two)), (one.given, two.given)
    assert far > PAIRS // 10


def test_initials_beside_one_given_name_change_nothing_that_it_is_compared_by() -> None:
    """JI A is JIA, so that an initial that is a syllable is looked at."""
    chance, same = random.Random(3), 0
    words = [_word(chance) for _ in range(PAIRS // 4)] + ["JI", "A", "MEI", "J"]
    for word in words:
        for middle in (("A",), ("J",), ("Q", "R"), ("A", "MEI"), ()):
            for given in ((word,), (word, "ANN"), (word, "J")):
                likeness = given_likeness(NameForm(given, middle, ("QUILL",)))
                exchanged = _exchanged(given, ("QUILL",))
                assert likeness == _words_likeness(given, middle, exchanged), (given, middle)
                same += likeness == given_likeness(NameForm(given, (), ("QUILL",)))
    assert same > PAIRS
    assert given_likeness(NameForm(("JI",), ("A",), ("QUILL",))) != given_likeness(
        NameForm(("JI",), (), ("QUILL",))
    )
