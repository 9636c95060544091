"""The pages on the formats say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from counterfoil.answers import format, read_envelope, rows, verify, write
from tests.answers.answers import rows_bytes

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/formats/answer-file.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "module", [read_envelope, write, rows, verify], ids=lambda module: module.__name__
)
def test_every_code_of_the_answer_file_is_on_its_page(module) -> None:
    source = Path(module.__file__).read_text(encoding="utf-8")
    codes = set(re.findall(r'(?:Fault|_fault|_not_bound)\(\s*"([a-z]+_[a-z_]+)"', source))
    assert codes and {code for code in codes if f"`{code}`" not in PAGE} == set()


def test_every_field_of_the_envelope_is_on_its_page() -> None:
    assert {field for field in format.FIELDS if f"\n| `{field}` |" not in PAGE} == set()
    assert {field for field in format.LEDGER_FIELDS if f"`{field}` (" not in PAGE} == set()


def test_the_examples_of_rows_are_what_is_written() -> None:
    assert rows_bytes("jsonl").decode() in PAGE
    assert rows_bytes("csv").decode().replace("\r\n", "\n") in PAGE
