"""The table of look-alike characters and scripts that the screens read, made from Unicode's own
files: `python -m scripts.unicode_tables UCD CONFUSABLES`.

UCD is a folder of the Unicode Character Database (Debian's package `unicode-data` has it as
/usr/share/unicode), CONFUSABLES the file confusables.txt of UTS 39 of the same version (Debian's
source package `icu` has it as source/data/unidata/confusables.txt). What comes out is kept in
`src/counterfoil/normalize/data/unicode.tsv`, whose head describes it; normalize/plain_text.py
reads it.

A character becomes, in this order: nothing, where it is default-ignorable or an accent; a hyphen
or a space, where it is a dash or a separator; its decimal digit; the letter or digit of ASCII that
is its prototype by UTS 39; the letter A-Z that its name says (LATIN SMALL LETTER L WITH STROKE,
LATIN LETTER SMALL CAPITAL L, NEGATIVE SQUARED LATIN CAPITAL LETTER L), which UTS 39 leaves apart
because it compares within one case; any other prototype by UTS 39. UTS 39 has "rn" for what looks
like m, and l for what looks like I: here the first is m.
"""

from __future__ import annotations

import hashlib
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

OUT: Final = Path(__file__).parents[1] / "src/counterfoil/normalize/data/unicode.tsv"
COLUMNS: Final = 98
_LETTER: Final = re.compile(
    r"(?:(?:NEGATIVE |CROSSED )*(?:CIRCLED|SQUARED|PARENTHESIZED) )?"
    r"(?:LATIN (?:SMALL|CAPITAL) LETTER|LATIN LETTER SMALL CAPITAL|REGIONAL INDICATOR SYMBOL LETTER"
    r"|LATIN LETTER|LATIN EPIGRAPHIC LETTER)"
    r"(?: (?:TURNED|REVERSED|INVERTED|SIDEWAYS|OPEN|CLOSED|LONG|LAZY|BARRED|SMALL|SCRIPT|INSULAR"
    r"|BLACKLETTER|STRETCHED|DOTLESS|VOLAPUK|MIDDLE-WELSH|HALF|BROAD))*"
    r" ([A-Z]|AE|OE|ENG|ESH|EZH|SCHWA|ETH|KRA|ALPHA|IOTA|UPSILON)(?: ROTUNDA| WITH .*)?"
)
_NAMED: Final = {
    "ENG": "n", "ESH": "s", "EZH": "z", "SCHWA": "e", "ETH": "d", "KRA": "k", "ALPHA": "a",
    "IOTA": "i", "UPSILON": "u",
}  # fmt: skip
_OWN: Final = {
    "\u00df": "ss", "\u1e9e": "ss", "\u028d": "m", "\u026f": "w", "\u03b2": "b", "\u00fe": "p",
    "\u00de": "p", "\u00d7": "x", "\u03a3": "e", "\u00a7": "\u00a7", "\u017f": "s",
    "\u2014": "-", "\u2015": "-", "\u30fc": "-",
}  # fmt: skip
"""Characters that neither a name nor UTS 39 brings to what they look like or mean."""

Ranges = Iterable[tuple[int, int, str]]


def ranges(path: Path) -> Iterator[tuple[int, int, str]]:
    """First and last code point and value of each line of a file of properties."""
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = [field.strip() for field in line.partition("#")[0].split(";")]
        if len(fields) >= 2:
            first, _, last = fields[0].partition("..")
            yield int(first, 16), int(last or first, 16), fields[1]


def prototypes(path: Path) -> dict[str, str]:
    """The prototype of each character by UTS 39."""
    found: dict[str, str] = {}
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        fields = [field.strip() for field in line.partition("#")[0].split(";")]
        if len(fields) >= 3:
            found[chr(int(fields[0], 16))] = "".join(chr(int(c, 16)) for c in fields[1].split())
    return found


def scripts(ucd: Path) -> dict[int, str]:
    """The scripts of each code point, short names with spaces between: UTS 39's Script_Extensions,
    augmented (Han is written in Japanese and Korean texts too)."""
    short = {
        fields[2].strip(): fields[1].strip()
        for line in (ucd / "PropertyValueAliases.txt").read_text(encoding="utf-8").splitlines()
        if (fields := line.split(";")) and fields[0].strip() == "sc"
    }
    found: dict[int, str] = {}
    for first, last, name in ranges(ucd / "Scripts.txt"):
        found.update(dict.fromkeys(range(first, last + 1), short[name]))
    for first, last, names in ranges(ucd / "ScriptExtensions.txt"):
        found.update(dict.fromkeys(range(first, last + 1), names))
    more = {
        "Hani": ("Hanb", "Jpan", "Kore"), "Hira": ("Jpan",), "Kana": ("Jpan",),
        "Hang": ("Kore",), "Bopo": ("Hanb",),
    }  # fmt: skip
    augmented = {
        names: " ".join(
            sorted({*names.split(), *(each for n in names.split() for each in more.get(n, ()))})
        )
        for names in set(found.values())
    }
    return {code: augmented[names] for code, names in found.items()}


class Reading:
    """What each character is read as. See the module for the order."""

    def __init__(self, ucd: Path, confusables: Path) -> None:
        self.scripts = scripts(ucd)
        self.ignorable = {
            code
            for first, last, name in ranges(ucd / "DerivedCoreProperties.txt")
            if name == "Default_Ignorable_Code_Point"
            for code in range(first, last + 1)
        }
        self.prototypes = prototypes(confusables)

    def of(self, char: str) -> str:
        """What a character of a text in NFKD is read as."""
        plain = self._plain(char)
        if plain is None:
            prototype = self._prototype(char)
            plain = "".join(map(self._member, unicodedata.normalize("NFKD", prototype)))
        return plain

    def _plain(self, char: str) -> str | None:
        """The reading of a character that needs no prototype; None of one that does."""
        category = unicodedata.category(char)
        if char in _OWN:
            return _OWN[char]
        if ord(char) in self.ignorable or category == "Me" or self._is_accent(char):
            return ""
        if category in {"Pd", "Zs", "Zl", "Zp"}:
            return "-" if category == "Pd" else " "
        digit = unicodedata.decimal(char, None)
        if digit is not None:
            return str(digit)
        looks = self.prototypes.get(char, "")
        if looks.isascii() and looks.isalnum():
            return "m" if looks == "rn" else looks.lower()
        found = _LETTER.fullmatch(unicodedata.name(char, ""))
        return _NAMED.get(found[1], found[1].lower()) if found else None

    def _is_accent(self, char: str) -> bool:
        return unicodedata.category(char) == "Mn" and self.scripts.get(ord(char)) in {
            "Zinh", "Zyyy", None,
        }  # fmt: skip

    def _prototype(self, char: str) -> str:
        """The prototype of a character, or of the same letter in the other case where only that one
        has one that is of A-Z."""
        own = self.prototypes.get(char, char)
        if own.isascii():
            return "m" if own == "rn" else own
        for other in (char.lower(), char.upper()):
            found = self.prototypes.get(other, "")
            if found and found.isascii():
                return "m" if found == "rn" else found
        return own

    def _member(self, char: str) -> str:
        if char.isascii():
            return char.lower()
        plain = self._plain(char)
        return char.lower() if plain is None else plain


def read_as(reading: Reading) -> dict[str, list[int]]:
    """The code points beyond ASCII that become another text, by that text."""
    found: dict[str, list[int]] = defaultdict(list)
    for code in range(128, 0x110000):
        char = chr(code)
        if 0xD800 <= code < 0xE000:
            continue
        text, parts = reading.of(char), unicodedata.normalize("NFKD", char)
        whole = text.isascii() and text.isalnum()
        if parts != char and not (whole and text != "".join(map(reading.of, parts))):
            continue  # its parts are read
        if text.lower() != char.lower():
            found[text].append(code)
    return found


def _spans(codes: Iterable[int]) -> str:
    """Code points as ascending hexadecimal ranges."""
    spans: list[list[int]] = []
    for code in sorted(codes):
        if spans and spans[-1][1] == code - 1:
            spans[-1][1] = code
        else:
            spans.append([code, code])
    return " ".join(f"{a:X}" if a == b else f"{a:X}-{b:X}" for a, b in spans)


def _lines(section: str, key: str, codes: Iterable[int]) -> Iterator[str]:
    """Lines of a section that are no longer than `COLUMNS`, the key repeated on each."""
    head = f"{section}\t{key}\t"
    line = ""
    for span in _spans(codes).split():
        if line and len(head) + len(line) + 1 + len(span) > COLUMNS:
            yield head + line
            line = ""
        line = f"{line} {span}".strip()
    yield head + line


def table(ucd: Path, confusables: Path) -> str:
    """The whole file."""
    reading = Reading(ucd, confusables)
    digests = "".join(
        f"#   {hashlib.sha256(path.read_bytes()).hexdigest()} {path.name}\n"
        for path in (
            confusables, ucd / "DerivedCoreProperties.txt", ucd / "PropertyValueAliases.txt",
            ucd / "ScriptExtensions.txt", ucd / "Scripts.txt",
        )
    )  # fmt: skip
    out: list[str] = []
    for text, codes in sorted(read_as(reading).items()):
        out += _lines("read", " ".join(f"{ord(char):X}" for char in text), codes)
    by_script: dict[str, list[int]] = defaultdict(list)
    for code, names in reading.scripts.items():
        if code > 127 and names not in {"Zyyy", "Zinh"}:
            by_script[names].append(code)
    for names, codes in sorted(by_script.items()):
        out += _lines("script", names, codes)
    by_script_free = [c for c, n in reading.scripts.items() if n in {"Zyyy", "Zinh"} and c > 127]
    out += _lines("script", "", by_script_free)
    return _HEAD.format(digests=digests) + "\n".join(out) + "\n"


_HEAD: Final = """\
# Made by `python -m scripts.unicode_tables`; do not edit. Data of Unicode 15.0.0, modified:
# Copyright 1991-2022 Unicode, Inc., under the license in unicode-license.txt beside this file.
# SHA-256 of the files that it was made from:
{digests}#
# read    TEXT    CODES   each of these characters is read as this text (hexadecimal code points;
#                         none where the character is left out)
# script  SCRIPTS CODES   each of these characters is of these scripts (ISO 15924, UTS 39's
#                         augmented sets); without any, it goes with every script
"""


def main(arguments: list[str]) -> int:
    """Write the table."""
    ucd, confusables = map(Path, arguments)
    OUT.write_text(table(ucd, confusables), encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
