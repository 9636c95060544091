"""Invented kinds of confusion ask about somebody else at the resident's home, and what is said to
be named in `not_covered` stands there."""

from __future__ import annotations

import pytest
from bench.certify.invented import KINDS, ask_all, lines_of

from counterfoil.certification.compose import _NOT_COVERED  # pyright: ignore[reportPrivateUsage]


@pytest.mark.parametrize("name", KINDS)
def test_what_is_said_to_be_named_is_named(name: str) -> None:
    assert any(KINDS[name].named in sentence for sentence in _NOT_COVERED)


def test_each_kind_is_asked_and_told() -> None:
    found = ask_all(20, 5, 3000)
    assert {name: asked for name, (asked, _) in found.items()} == dict.fromkeys(KINDS, 20)
    assert found["next_day"] == (20, 0)
    assert found["generation"] == (20, 0)
    assert len(list(lines_of(found))) == len(KINDS)
