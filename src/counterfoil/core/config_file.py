"""A process's configuration: one TOML file, within bounds, of a format that it names."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

import msgspec

from counterfoil.core.bounded import read_bounded
from counterfoil.core.errors import SettingsFault

_MOST_BYTES: Final = 65_536


class _HasFormat(Protocol):
    @property
    def format(self) -> str: ...


Config = TypeVar("Config", bound=_HasFormat)


def read_config_file(
    path: Path,
    kind: type[Config],
    form: str,
    missing: Callable[[str], SettingsFault],
    unusable: Callable[[str, str], SettingsFault],
) -> Config:
    """The configuration at `path`, a struct of `kind` whose `format` is `form`. Its paths stay as
    they are written.

    Raises missing(place) where no text can be read there, unusable(why, place) otherwise.
    """
    try:
        text = read_bounded(path, _MOST_BYTES).decode("utf-8")
    except (OSError, ValueError):
        raise missing(path.name) from None
    try:
        found = msgspec.convert(tomllib.loads(text), kind, dec_hook=as_path)
    except (tomllib.TOMLDecodeError, RecursionError):
        raise unusable("it is no TOML", path.name) from None
    except msgspec.ValidationError as fault:
        raise unusable(str(fault), path.name) from None
    if found.format != form:
        raise unusable(f"it is not of format {form}", path.name)
    return found


def as_path(kind: type, value: Any) -> Any:
    """Hook of msgspec that reads a path from a text."""
    if kind is Path and isinstance(value, str) and value:
        return Path(value)
    raise ValueError("a path is a text")
