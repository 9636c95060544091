"""How a law file becomes a typed value: YAML read as text, then converted by a closed schema.

Every scalar is read as the text that a person sees (`no` is "no", not false); the schema then says
what it must be. `null` written plain is the only way to say "none". A key written twice, an unknown
field, a missing field, an empty list and a wrong type refuse, each naming file, field and cure
(P10).

How much a file may hold is bounded before it is read (core/bounded_yaml.py).

Codes raised here: law_unreadable, law_too_long, law_yaml, law_bounds, law_duplicate_key, law_field.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar, cast

import msgspec

from counterfoil.core.bounded_yaml import read_yaml
from counterfoil.core.errors import SettingsFault
from counterfoil.core.values import Public

Text = Annotated[str, msgspec.Meta(min_length=1)]
Count = Annotated[int, msgspec.Meta(gt=0)]
Identifier = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Code = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]
Digest = Annotated[str, msgspec.Meta(pattern=r"^sha256:[0-9a-f]{64}$")]

MAX_LAW_BYTES: Final = 1_048_576
KEPT_TEXTS: Final = 128
"""How many law files a process keeps parsed: twice as many as the library has."""
T = TypeVar("T")
_CORRECT: Final = "Correct the field; docs/formats/law.md lists every field of every law file."


class Span(
    Public,
    frozen=True,
    gc=False,
    forbid_unknown_fields=True,
    rename={"first": "from", "last": "to"},
):
    """Dates in force, both included. `last` is None only where the file says `to: null`."""

    first: date
    last: date | None

    def covers(self, day: date) -> bool:
        """Whether the rule is in force on `day`."""
        return self.first <= day and (self.last is None or day <= self.last)

    def contains(self, other: Span) -> bool:
        """Whether no day of `other` is outside."""
        ends_in_time = self.last is None or (other.last is not None and other.last <= self.last)
        return self.first <= other.first and ends_in_time

    def overlaps(self, other: Span) -> bool:
        """Whether some day is in both."""
        return (other.last is None or self.first <= other.last) and (
            self.last is None or other.first <= self.last
        )


def require(holds: bool, code: str, message: str, place: str, cure: str) -> None:
    """Raise SettingsFault of this code unless the rule holds."""
    if not holds:
        raise SettingsFault(code, message, place=place, cure=cure)


def read_law_file(path: Path, kind: type[T]) -> T:
    """Read one YAML file as `kind`. Raises SettingsFault naming file, field and cure."""
    return parse_law_text(read_law_text(path, _place(path)), kind, _place(path))


def parse_law_text(text: str, kind: type[T], place: str) -> T:
    """One law file's text as `kind`; the same value again for the same text. `place` is the
    file's, for messages. Raises SettingsFault naming place, field and cure."""
    return cast("T", _parsed(text, kind, place))


@lru_cache(maxsize=KEPT_TEXTS)
def _parsed(text: str, kind: type[object], place: str) -> object:
    return convert(read_yaml(text, place), kind, Path(place))


def read_law_text(path: Path, place: str) -> str:
    """The text of one law file. Raises SettingsFault law_unreadable, law_too_long at `place`."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_LAW_BYTES + 1)
        require(
            len(data) <= MAX_LAW_BYTES,
            "law_too_long",
            f"the law file is longer than {MAX_LAW_BYTES} bytes",
            place,
            "Name the law file itself, and leave out of it what is no law.",
        )
        return data.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except (OSError, UnicodeDecodeError) as fault:
        raise SettingsFault(
            "law_unreadable",
            f"the law file cannot be read ({type(fault).__name__})",
            place=place,
            cure="Restore the file as UTF-8 text; without it everything is refused.",
        ) from None


def convert(value: Any, kind: type[T], path: Path) -> T:
    """Check a parsed value against the closed schema `kind`. Raises SettingsFault law_field."""
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as fault:
        message, _, field = str(fault).partition(" - at ")
        place = f"{_place(path)}: {field.strip('`') or '$'}"
        raise SettingsFault(
            "law_field", f"the law file cannot be used: {message}", place=place, cure=_CORRECT
        ) from None


def _place(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
