"""While mutants are tried (`make mutants`), the tests nearest to the mutant come first: the run ends with the first that fails."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest


@cache
def _imports(path: Path, module: str) -> bool:
    return f"from {module} import" in path.read_text(encoding="utf-8")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of files that import the mutated module itself go before others, and those of one example before those of many."""
    module = os.environ.get("MUTANT_UNDER_TEST", "").rpartition(".")[0]
    if module:
        items.sort(
            key=lambda item: (not _imports(item.path, module), hasattr(getattr(item, "obj", None), "hypothesis"))
        )
