"""The page on officers' signatures says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from counterfoil.batches import officers, ruling, states, store
from counterfoil.batches.ruling import Act, Determined, word_bytes

PAGE = (Path(__file__).parents[2] / "docs/formats/officer-signature.md").read_text(encoding="utf-8")
ELSEWHERE = {"batch_unknown", "snapshot_changed", "chunk_missing", "chunk_opened"}
"""Codes of the store that no officer's signature can meet."""


@pytest.mark.parametrize(
    "module", [states, officers, ruling, store], ids=lambda module: module.__name__
)
def test_every_code_that_a_signature_can_meet_is_on_its_page(module) -> None:
    source = Path(module.__file__).read_text(encoding="utf-8")
    codes = set(re.findall(r'(?:Fault|_same_officer)\(\s*"([a-z]+_[a-z_]+)"', source))
    assert codes and {code for code in codes - ELSEWHERE if f"`{code}`" not in PAGE} == set()


def test_the_example_is_what_is_signed() -> None:
    assert word_bytes(Determined("sandbox", "b-0001", "sha256:9f"), Act.REVIEW).decode() in PAGE
