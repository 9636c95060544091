"""The YAML of a law file as plain values, within bounds, and never by recursion.

    depth    at most MAX_DEPTH mappings and lists inside each other, those behind an alias counted
    nodes    at most MAX_NODES values, each alias counted with all that it repeats
    aliases  at most MAX_ALIASES
    letters  at most MAX_CHARACTERS in all texts, each alias counted with all that it repeats

The file is read event by event: PyYAML's own composer calls itself for each level and ends the
process on a file of brackets alone, and values behind aliases of aliases double with each line. Who
writes an agreement may be the other party, so that all of it is refused before anything is built.

Every scalar is the text that a person sees; a plain `null`, or nothing at all, is None; tags say
nothing. An anchor is named once, and an alias comes after the whole of what it repeats.

Raises SettingsFault `law_yaml`, `law_bounds`, `law_duplicate_key`; the place names the line.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple, cast

import yaml

from counterfoil.core.errors import SettingsFault

MAX_DEPTH: Final = 32
MAX_NODES: Final = 200_000
MAX_ALIASES: Final = 1_000
MAX_CHARACTERS: Final = 4_194_304
"""Four times what the longest law file has: an alias of a long text is short, and what is made of
the values (a digest, a page) has it each time."""


class _Built(NamedTuple):
    """A value with how many nodes and characters it has and how many levels it is deep."""

    value: Any
    nodes: int
    depth: int
    characters: int


class _Open:
    """A mapping or list whose end has not come. `key` waits for its value."""

    def __init__(self, event: Any, line: int) -> None:
        self.value: dict[str, Any] | list[Any] = (
            {} if isinstance(event, yaml.MappingStartEvent) else []
        )
        self.anchor: str | None = event.anchor
        self.line = line
        self.key: str | None = None
        self.nodes = 1
        self.depth = 1
        self.characters = 0

    def take(self, built: _Built, line: int, *, is_scalar: bool) -> None:
        """Take the next key or value."""
        self.nodes += built.nodes
        self.characters += built.characters
        self.depth = max(self.depth, built.depth + 1)
        if isinstance(self.value, list):
            self.value.append(built.value)
        elif self.key is not None:
            self.value[self.key] = built.value
            self.key = None
        else:
            key = "null" if built.value is None else built.value
            if not (is_scalar and isinstance(key, str)):
                raise _malformed(line)
            if key in self.value:
                raise _repeated(line, key)
            self.key = key


def read_yaml(text: str, place: str) -> Any:
    """The one document of a text as dicts, lists, texts and None; None for an empty text. `place`
    is the file's, for messages."""
    reader = _Reader()
    try:
        return _read(text, reader)
    except SettingsFault as fault:
        fault.place = f"{place}{fault.place}"
        raise


def write_yaml(fields: dict[str, Any]) -> str:
    """The text of a mapping, its keys in their order: `read_yaml` reads it."""
    text = yaml.safe_dump(fields, sort_keys=False, allow_unicode=True)
    if "\x85" in text:  # PyYAML writes this line break as it is, and reads it as a blank
        text = yaml.safe_dump(fields, sort_keys=False)
    return text


def _read(text: str, reader: _Reader) -> Any:
    try:
        parsed = yaml.parse(text, Loader=yaml.CBaseLoader)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        for event in cast("Iterator[Any]", parsed):
            reader.read(event)
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        raise _malformed(0 if mark is None else mark.line + 1) from None
    return reader.root


class _Reader:
    """Puts the values of one document together. `root` is its value once it has ended."""

    def __init__(self) -> None:
        self.root: Any = None
        self._open: list[_Open] = []
        self._anchors: dict[str, _Built] = {}
        self._named: set[str] = set()
        self._nodes = 0
        self._characters = 0
        self._aliases = 0
        self._documents = 0

    def read(self, event: Any) -> None:
        """Take the next event."""
        line = cast("int", event.start_mark.line) + 1
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise _malformed(line)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._name(event.anchor, line)
            self._open.append(_Open(event, line))
            self._count(1, 1, 0, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            closed = self._open.pop()
            built = _Built(closed.value, closed.nodes, closed.depth, closed.characters)
            self._add(built, closed.anchor, closed.line)
        elif isinstance(event, yaml.ScalarEvent):
            self._name(event.anchor, line)
            is_none = not event.style and event.value == "null"
            characters = len(event.value)
            self._count(1, 0, characters, line)
            built = _Built(None if is_none else event.value, 1, 0, characters)
            self._add(built, event.anchor, line, is_scalar=True)
        elif isinstance(event, yaml.AliasEvent):
            self._repeat(event.anchor, line)

    def _repeat(self, anchor: str, line: int) -> None:
        self._aliases += 1
        built = self._anchors.get(anchor)
        if built is None:
            raise _malformed(line)
        if self._aliases > MAX_ALIASES:
            raise _bounds(line)
        self._count(built.nodes, built.depth, built.characters, line)
        self._add(built, None, line, is_scalar=built.depth == 0)

    def _name(self, anchor: str | None, line: int) -> None:
        if anchor is not None and anchor in self._named:
            raise _malformed(line)
        if anchor is not None:
            self._named.add(anchor)

    def _count(self, nodes: int, levels: int, characters: int, line: int) -> None:
        """Count what comes next, `levels` deep below what is open."""
        self._nodes += nodes
        self._characters += characters
        depth = len(self._open) + (levels if nodes > 1 else 0)
        is_large = self._nodes > MAX_NODES or self._characters > MAX_CHARACTERS
        if is_large or depth > MAX_DEPTH:
            raise _bounds(line)

    def _add(
        self, built: _Built, anchor: str | None, line: int, *, is_scalar: bool = False
    ) -> None:
        if anchor is not None:
            self._anchors[anchor] = built
        if self._open:
            self._open[-1].take(built, line, is_scalar=is_scalar)
        else:
            self.root = built.value


def _malformed(line: int) -> SettingsFault:
    return SettingsFault(
        "law_yaml",
        "the law file is not well-formed YAML",
        place=_line(line),
        cure="Correct the line: check indentation, colons and quotation marks.",
    )


def _repeated(line: int, field: str) -> SettingsFault:
    return SettingsFault(
        "law_duplicate_key",
        f"the field {field[:100]} is written twice",
        place=_line(line),
        cure="Keep one of the two.",
    )


def _bounds(line: int) -> SettingsFault:
    return SettingsFault(
        "law_bounds",
        f"the law file is deeper than {MAX_DEPTH} levels, has more than {MAX_NODES} values or "
        f"{MAX_CHARACTERS} characters with all that aliases repeat, or has more than {MAX_ALIASES} "
        "aliases",
        place=_line(line),
        cure="Write it as docs/formats/law.md shows; no law needs so much.",
    )


def _line(line: int) -> str:
    return f": line {line}" if line else ""
