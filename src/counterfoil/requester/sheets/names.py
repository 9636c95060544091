"""Column names as people write them: `Given Name`, `GIVEN_NAME` and `given-name` are one name."""

from __future__ import annotations

import re
from typing import Final

_BETWEEN: Final = re.compile(r"[\s_-]+")


def fold_name(text: str) -> str:
    """A name of a column in the one form that the format has."""
    return _BETWEEN.sub("_", text.strip().strip("\ufeff").lower())
