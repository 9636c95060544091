"""The page on officers' signatures says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from counterfoil.batches import officers, override, ruling, statements, states, store
from counterfoil.batches.ruling import Act, Determined
from counterfoil.controls.sampling import sheet
from counterfoil.core.use_cases import Statement, statement_bytes
from counterfoil.office import authority

PAGE = (Path(__file__).parents[2] / "docs/formats/officer-signature.md").read_text(encoding="utf-8")
ELSEWHERE = {"batch_unknown", "snapshot_changed", "chunk_missing", "chunk_opened"}
"""Codes of the store that no officer's signature can meet."""


@pytest.mark.parametrize(
    "module",
    [authority, states, officers, override, ruling, statements, store],
    ids=lambda module: module.__name__,
)
def test_every_code_that_a_signature_can_meet_is_on_its_page(module) -> None:
    source = Path(module.__file__).read_text(encoding="utf-8")
    codes = set(re.findall(r'(?:Fault|_same_officer)\(\s*"([a-z]+_[a-z_]+)"', source))
    assert codes and {code for code in codes - ELSEWHERE if f"`{code}`" not in PAGE} == set()


def test_the_example_is_what_is_signed() -> None:
    said = Statement(
        "review",
        "tax-office.example",
        "b-0001",
        3,
        {"determinations": "sha256:9f...", "sample": ""},
        "5d...",
        "2026-05-04T12:15:00Z",
    )
    assert statement_bytes(said).decode() in PAGE


@pytest.mark.parametrize("module", [ruling, override, sheet], ids=lambda module: module.__name__)
def test_the_page_says_of_each_older_format_that_it_is_only_read(module) -> None:
    assert f"`{module.OLDER_FORMAT}`" in PAGE
    assert "only read" in PAGE


def test_the_example_of_the_older_format_is_what_was_signed() -> None:
    subject = Determined("sandbox", "b-0001", "sha256:9f")
    assert ruling._older_bytes(subject, Act.REVIEW).decode() in PAGE
