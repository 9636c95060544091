"""Catalogues of texts in gettext's format, read as they are: nothing is compiled beforehand, and no
tool of gettext is needed. English is what stands in templates and code.

    msgid "The ledger"
    msgstr "El registro"

A text goes on over several quoted lines. A line that begins with # is a comment. There are no
plural forms and no contexts; what is neither of these lines is refused. `%(name)s` in a text is
replaced by what a template passes, and a translation has the same names as its text.
"""

from __future__ import annotations

import json
import re
from typing import Final

LANGUAGES: Final = ("en", "es")
_LINE: Final = re.compile(r'(?:(msgid|msgstr) )?("(?:[^"\\]|\\.)*")')
NAMES: Final = re.compile(r"%\((\w+)\)s")


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
