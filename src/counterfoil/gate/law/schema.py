"""How a law file becomes a typed value: YAML read as text, then converted by a closed schema.

Every scalar is read as the text that a person sees (`no` is "no", not false); the schema then says
what it must be. `null` written plain is the only way to say "none". A key written twice, an unknown
field, a missing field, an empty list and a wrong type refuse, each naming file, field and cure
(P10).

Codes raised here: law_unreadable, law_yaml, law_duplicate_key, law_field.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import msgspec
import yaml

from counterfoil.core.errors import SettingsFault
from counterfoil.core.values import Public

Text = Annotated[str, msgspec.Meta(min_length=1)]
Count = Annotated[int, msgspec.Meta(gt=0)]
Identifier = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Code = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]
Digest = Annotated[str, msgspec.Meta(pattern=r"^sha256:[0-9a-f]{64}$")]

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
    return convert(_parse(read_law_text(path, _place(path)), path), kind, path)


def read_law_text(path: Path, place: str) -> str:
    """The text of one law file. Raises SettingsFault law_unreadable at `place`."""
    try:
        return path.read_text(encoding="utf-8")
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


def _parse(text: str, path: Path) -> Any:
    try:
        return _builtin(yaml.compose(text, Loader=yaml.CBaseLoader), path)  # pyright: ignore[reportUnknownMemberType]
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        line = f": line {mark.line + 1}" if mark is not None else ""
        raise SettingsFault(
            "law_yaml",
            "the law file is not well-formed YAML",
            place=f"{_place(path)}{line}",
            cure="Correct the line: check indentation, colons and quotation marks.",
        ) from None


def _builtin(node: Any, path: Path) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path)
    if isinstance(node, yaml.SequenceNode):
        return [_builtin(item, path) for item in node.value]
    if node is None or (not node.style and node.value == "null"):
        return None
    return node.value


def _mapping(node: yaml.MappingNode, path: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.value:
        require(
            key.value not in found,
            "law_duplicate_key",
            f"the field {key.value} is written twice",
            f"{_place(path)}: line {key.start_mark.line + 1}",
            "Keep one of the two.",
        )
        found[key.value] = _builtin(value, path)
    return found


def _place(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
