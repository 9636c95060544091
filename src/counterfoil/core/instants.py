"""A moment as text: UTC, whole seconds, `2026-05-04T12:15:00Z`. Entries, tables and statements keep
times in this form."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

_INSTANT: Final = "%Y-%m-%dT%H:%M:%SZ"


def instant_text(moment: datetime) -> str:
    """The text of a moment. Inverse of `from_instant`."""
    return moment.astimezone(UTC).strftime(_INSTANT)


def from_instant(text: str) -> datetime:
    """The moment in a text. Raises ValueError for another form."""
    return datetime.strptime(text, _INSTANT).replace(tzinfo=UTC)


def minute_text(text: str) -> str:
    """An instant as people read it, to the minute; what is none stays as it is."""
    try:
        return f"{from_instant(text):%Y-%m-%d %H:%M} UTC"
    except ValueError:
        return text
