"""docs/formats/ledger.md says what the code does: its tables and examples are read from it here."""

from __future__ import annotations

import re
from pathlib import Path

from counterfoil.ledger.entries import FIELDS, KINDS, MAX_ENTRY_BYTES, NUMBERS, decode
from counterfoil.tlog import leaf_hash

PAGE = (Path(__file__).parents[2] / "docs" / "formats" / "ledger.md").read_text(encoding="utf-8")


def kind_rows() -> list[str]:
    return [
        f"| `{kind.value}` | {form.meaning} | {_names(form.needs)} | {_names(form.may)} |"
        for kind, form in KINDS.items()
    ]


def field_rows() -> list[str]:
    texts = {
        name: (grammar.replace("|", " or "), meaning) for name, (grammar, meaning) in FIELDS.items()
    }
    numbers = {name: ("number", meaning) for name, meaning in NUMBERS.items()}
    return [
        f"| `{name}` | `{form}` | {meaning} |"
        for name, (form, meaning) in sorted((texts | numbers).items())
    ]


def _names(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))


def test_the_page_lists_every_kind_and_field_as_the_code_has_them() -> None:
    assert "\n".join(kind_rows()) in PAGE
    assert "\n".join(field_rows()) in PAGE
    assert f"at most {MAX_ENTRY_BYTES} bytes" in PAGE


def test_the_example_on_the_page_is_an_entry_with_the_leaf_hash_it_names() -> None:
    (example,) = re.findall(r'^    (\{"batch".*\})$', PAGE, re.MULTILINE)
    assert decode(example.encode(), "example").count == 3
    assert leaf_hash(example.encode()).hex() in PAGE
