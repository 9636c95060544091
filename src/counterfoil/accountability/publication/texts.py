"""The words of the public site. English stands in the templates and in this room's code; a language
beside it is one catalogue in gettext's format, `locale/es.po`, which is read here as it is: nothing
is compiled beforehand, and no tool of gettext is needed.

    msgid "The ledger"
    msgstr "El registro"

A text goes on over several quoted lines. A line that begins with # is a comment. There are no
plural forms and no contexts; what is neither of these lines is refused. `%(name)s` in a text is
replaced by what a template passes, and a translation has the same names as its text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

LANGUAGES: Final = ("en", "es")
_LOCALE: Final = Path(__file__).with_name("locale")
_LINE: Final = re.compile(r'(?:(msgid|msgstr) )?("(?:[^"\\]|\\.)*")')
NAMES: Final = re.compile(r"%\((\w+)\)s")


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Each English text with its translation; none for English. Raises ValueError for a catalogue
    that is not in its form, which is a bug of this program and no input."""
    if language == LANGUAGES[0]:
        return {}
    return read_catalogue((_LOCALE / f"{language}.po").read_text(encoding="utf-8"))


def read_catalogue(text: str) -> dict[str, str]:
    """The texts of a catalogue. Raises ValueError for anything that is not in its form."""
    pairs: list[list[str]] = []
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line)
        if found is None or (found[1] != "msgid" and not pairs):
            raise ValueError(f"not a line of a catalogue: {line}")
        if found[1] == "msgid":
            pairs.append([""])
        elif found[1] == "msgstr":
            pairs[-1].append("")
        pairs[-1][-1] += json.loads(found[2])
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError("a text has no translation, or two")
    translated = {english: other for english, other in pairs if english}
    if len(translated) < len([pair for pair in pairs if pair[0]]):
        raise ValueError("a text is there twice")
    return translated


def translator(language: str) -> Callable[[str], str]:
    """What says an English text in a language; an untranslated one stays English."""
    texts = catalogue(language)
    return lambda english: texts.get(english, english)
