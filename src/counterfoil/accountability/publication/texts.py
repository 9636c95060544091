"""The words of the public site. English stands in the templates and in this room's code; a language
beside it is one catalogue (core/catalogue.py), `locale/es.po`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from counterfoil.core.catalogue import LANGUAGES, NAMES, read_catalogue

__all__ = ["LANGUAGES", "NAMES", "catalogue", "read_catalogue", "translator"]
_LOCALE: Final = Path(__file__).with_name("locale")


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Each English text with its translation; none for English. Raises ValueError for a catalogue
    that is not in its form, which is a bug of this program and no input."""
    if language == LANGUAGES[0]:
        return {}
    return read_catalogue((_LOCALE / f"{language}.po").read_text(encoding="utf-8"))


def translator(language: str) -> Callable[[str], str]:
    """What says an English text in a language; an untranslated one stays English."""
    texts = catalogue(language)
    return lambda english: texts.get(english, english)
