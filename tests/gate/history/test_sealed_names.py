"""A name is kept sealed: nobody reads it without the key, and nothing is lost of it."""

from __future__ import annotations

import pytest

from counterfoil.core.values import NameForm
from counterfoil.gate.history.sealed_names import SealedNames
from counterfoil.normalize.asked_keys import family_likeness, given_likeness
from tests.gate.world import KEY

NAMES = (
    NameForm(("ROSALIND",), ("ANN",), ("DE", "LA", "QUILL")),
    NameForm(("ROSALIND",), ("AMY",), ("DE", "LA", "QUILL")),
    NameForm((), (), ("QUILL",)),
    NameForm(),
    NameForm(("A" * 70,), (), ("B" * 90, "C")),
)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_opened_is_what_was_sealed(name: NameForm) -> None:
    names = SealedNames(KEY)
    assert names.open(names.seal(name)) == name
    assert names.given(names.seal(name)) == given_likeness(name)
    assert names.family(names.seal(name)) == family_likeness(name)


def test_one_name_is_sealed_alike_and_names_of_like_letters_have_nothing_in_common() -> None:
    one, two = (SealedNames(KEY).seal(name) for name in NAMES[:2])
    assert one == SealedNames(KEY).seal(NAMES[0])
    assert len(one) == len(two)
    assert sum(a == b for a, b in zip(one, two, strict=True)) < 5


@pytest.mark.parametrize("name", NAMES)
def test_another_key_opens_nothing(name: NameForm) -> None:
    sealed = SealedNames(KEY).seal(name)
    assert not any(word.encode() in sealed for word in name.given)
    assert SealedNames(KEY[::-1]).open(sealed) != name


def test_bytes_that_nobody_sealed_are_some_name() -> None:
    for damaged in (b"", b"\xff" * 40, b"short"):
        assert len(SealedNames(KEY).given(damaged)) == 2


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (NameForm(("HSIAO", "MEI"), (), ("CHEN",)), NameForm(("XIAO", "MEI"), (), ("CHEN",))),
        (NameForm(("MEI",), ("HSIANG",), ("CHEN",)), NameForm(("MEI",), ("XIANG",), ("CHEN",))),
        (NameForm(("JEANLUC",), (), ("ROY",)), NameForm(("JEAN", "LUC"), (), ("ROY",))),
    ],
)
def test_a_name_sealed_under_earlier_forms_is_compared_as_it_is_written_now(
    before: NameForm, now: NameForm
) -> None:
    names = SealedNames(KEY)
    earlier, later = names.seal(before), names.seal(now)
    assert names.open(earlier) == now
    assert names.are_alike_in_given(earlier, later)
