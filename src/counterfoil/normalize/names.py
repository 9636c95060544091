"""The normal form of a person's name: one form for gate, register and matching.

    given   words of A-Z in the order written; titles, suffixes and degrees taken out
    middle  the same; a lone initial that closes the given names ("JOHN A") is the middle name where
            none is given
    family  the same; particles stay (DE LA CRUZ), heads join (O BRIEN -> OBRIEN, MC DONALD ->
            MCDONALD), a hyphen parts two words
    suffix  JR SR II III IV V VI or "", wherever it was written; the suffix field wins, then family,
            middle, given

    given "Dr. José  Luis", family "Peña-de la Cruz, Jr."
        ->  (JOSE, LUIS) () (PENA, DE, LA, CRUZ) JR

A text becomes words of A-Z and 0-9 first (`words_of`): case, accents, letters of other Latin
alphabets and punctuation are folded.

    "Nuñez-O'Brien"  ->  NUNEZ, OBRIEN      "Ł. Müller"  ->  L, MULLER      "5mith"  ->  SMITH

Apostrophes vanish, every other sign separates. A digit inside a word of letters is a scanning error
and is read as the letter it looks like; words of digits only, and ordinals (2ND), stay for the
suffix. Only the first 256 characters are read. Letters outside the Latin alphabet are dropped: a
name written only with them has no form, and is insufficient rather than guessed.

A given name of two syllables is two words however it is written ("Xiaomei", "Xiao-Mei"), where the
tables part it in one way only and do not list it as a name; one that is a syllable (Qiang) is one.
Of two ways, the one counts whose second syllable begins with a consonant, as Hanyu Pinyin writes
them without an apostrophe (Yangang is Yan Gang; Yang Ang would be Yang'ang). Two names of the
tables that are written as one ("Juancarlos", "Rosamaria") are two words as well. So are French
names that a table has as one ("Jeanluc"). A syllable of Wade-Giles that is one syllable of Hanyu
Pinyin is written as that ("Hsiao" is XIAO).

What software did to a text is undone where only one reading is possible: UTF-8 that was read as
Windows-1252 ("Jos\u00c3\u00a9" is JOSE), and a letter that was lost to a question mark ("Mar?a" is
MARIA, where exactly one name of the tables fits; else the letter is left out).

Abbreviations that clerks write are read as the name ("Wm", "Fco", "Ma. Elena"), so that one name
has one form; name_words.py has their table.

A placeholder ("Mrs", "Baby boy", "Child F", "Unknown") gives an empty part: it names nobody, so it
is missing and never agrees with anything. At most 6 words a part are kept. The functions are total:
any text, lone surrogates included, gives a form, possibly empty. Their version is part of
`FORMS_VERSION`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from html import unescape
from typing import Final
from urllib.parse import unquote

from counterfoil.core.values import NameForm, Person
from counterfoil.normalize.name_similarity import is_known_name
from counterfoil.normalize.name_words import (
    ABBREVIATED,
    ABBREVIATED_FAMILY,
    ABBREVIATED_FIRST,
    AFTER_JOSE,
    DEGREES,
    FAMILY_NAMES,
    GENERATION,
    GENERATION_IN_SUFFIX_FIELD,
    GENERATION_LAST,
    JOINED_HEADS,
    JOINED_NAMES,
    NO_MIDDLE,
    NO_MIDDLE_BESIDE,
    PLACEHOLDER_BESIDE,
    PLACEHOLDER_FAMILY,
    PLACEHOLDER_GIVEN,
    PLACEHOLDER_WHOLE,
    SYLLABLES,
    TITLES,
    WADE_GILES,
)
from counterfoil.normalize.text import LOOKS_LIKE

MAX_CHARACTERS: Final = 256
MAX_WORDS: Final = 6
_WESTERN: Final = frozenset({"DA", "HA", "KA", "LA", "MA", "NA", "RA", "SA", "SHA", "TA", "YA"})
"""Syllables that end many given names of one word."""
_PARTED_BY: Final = (SYLLABLES[0].union(WADE_GILES), *SYLLABLES[1:])
"""Syllables into which a word is parted, by language."""
_VOWELS: Final = frozenset("AEO")
"""First letters of a syllable before which Hanyu Pinyin puts an apostrophe."""
LEAST_PARTED: Final = 5
MOST_PARTED: Final = 12
"""Letters of a given name that may be two syllables."""
LEAST_TOGETHER: Final = 10
LEAST_NAME: Final = 4
"""Letters of a given name that may be two names of the tables, and of each of the two."""
_ARTICLES: Final = frozenset({"AL", "EL", "UL", "AR", "ER", "UR", "AS", "ES", "US", "AN"})
_SERVANT: Final = re.compile(
    r"ABD[AEU](?:L(?!LAH?I?$)|R(?=R)|S(?=S)|N(?=N)|Z(?=Z)|D(?=D)|T(?=T))([A-Z]{3,})"
)
"""ABDULRAHMAN, ABDERRAHIM: a name of two words in Arabic; ABDULLAH is one."""
_OFTEN_FIRST: Final = frozenset({"ANA", "JOSE", "JUAN", "LUIS", "LUZ", "MARIA"})
_OFTEN_LAST: Final = frozenset({"JOSE", "MARIA"})
"""Names so often written together with another that fewer letters do. Rosalinda, Mariana and
Annabel are one name."""

Words = tuple[str, ...]

_LETTERS: Final = str.maketrans(
    {
        "ß": "ss", "ẞ": "SS", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D",
        "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE",
        "\u0131": "i", "ħ": "h", "Ħ": "H", "ŋ": "n", "Ŋ": "N", "ə": "a", "Ə": "A", "ŧ": "t",
        "Ŧ": "T",
    }
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
)  # fmt: skip
_APOSTROPHES: Final = str.maketrans(
    "", "", "'`\u2018\u2019\u02bb\u02bc\u00b4\u02b9\uff07\u02bf\u02be"
)
_WORD: Final = re.compile(r"[A-Z0-9]+")
_TWICE: Final = re.compile("[\u00c2-\u00c5\u00e1\u1e9e][\u0080-\u00bf\u0152-\u2122]")
_DECODED: Final = 2
_LOST_HYPHEN: Final = re.compile("(?<=[a-z])\u00c3(?=[a-z])")
"""What is left of an i with accent whose second byte, a soft hyphen, was dropped."""
_ESCAPED: Final = re.compile(
    r"\\u([0-9A-Fa-f]{4})|((?:%[C-Fc-f][0-9A-Fa-f](?:%[89ABab][0-9A-Fa-f])+)+)"
)
"""A letter as software writes it into JSON (\\u00e9), or into an address of the web (%C3%A9)."""
_OEM_CODES: Final = ("cp437", "cp850")
_OEM_TWICE: Final = re.compile("[\u251c\u252c\u2500\u253c]")
"""What the first byte of a letter of UTF-8 is in these: a line of a box."""
_OEM: Final = re.compile("(?<=[A-Za-z])[\u00a1-\u00a5\u201a]|(?<=[A-Za-z])[\u201d\u201e](?=[a-z])")
_OEM_LETTERS: Final = str.maketrans("\u00a1\u00a2\u00a3\u00a4\u00a5\u201a\u201d\u201e", "iounNeoa")
"""Letters of those codes that were read as Windows-1252, by what they bear accents on."""
_SHORT_JOSE: Final = ("J",)
_NA: Final = {"NA"}
_HEAD: Final = 2
"""Letters of the head of a name that is written apart, and the words that it then has."""
_SHORT_MARIA: Final = re.compile(r"\s*M\.?A\s*[.\u00aa]|\s*M\.?\u00aa", re.IGNORECASE)
_BYTES: Final = 256
_LOST: Final = re.compile(r"[A-Z?]*[A-Z][A-Z?]*")
_ACCENTED: Final = "AEINOUC"
"""Letters that are lost most often, because they bear accents."""
_ORDINAL: Final = re.compile(r"[1-9](?:ST|ND|RD|TH)")
_SPECIAL: Final = frozenset(
    {
        "NA",
        "X",
        *GENERATION,
        *GENERATION_LAST,
        *PLACEHOLDER_GIVEN,
        *PLACEHOLDER_FAMILY,
        *NO_MIDDLE,
        *ABBREVIATED,
        *ABBREVIATED_FAMILY,
        *ABBREVIATED_FIRST,
        *WADE_GILES,
    }
)
"""Lone words that are no name, or that may be none."""


def words_of(text: str) -> list[str]:
    """The words of `text` in order, of A-Z and 0-9. Never raises."""
    if text.isalpha() and text.isascii() and len(text) <= MAX_CHARACTERS:
        return [text.upper()]
    text = text[:MAX_CHARACTERS]
    if "&" in text or "\\" in text or "%" in text:
        text = _ESCAPED.sub(_unescaped, unescape(text))
    if not text.isascii():
        text = _OEM.sub(_of_oem, _decoded_once(_of_box_lines(text)))
        text = unicodedata.normalize("NFKD", text.translate(_LETTERS)).translate(_APOSTROPHES)
        text = text.encode("ascii", "ignore").decode("ascii")
    text = text.translate(_APOSTROPHES).upper()
    if "?" in text:
        text = _LOST.sub(_found_again, text)
    return [_letters_only(word) for word in _WORD.findall(text)]


def _unescaped(found: re.Match[str]) -> str:
    """The letters that an escape stands for."""
    return chr(int(found[1], 16)) if found[1] else unquote(found[0], errors="ignore")


def _of_box_lines(text: str) -> str:
    """The text, where UTF-8 was read as a code of DOS, as it was before: JOS\u251c\u2310."""
    if _OEM_TWICE.search(text) is None:
        return text
    for code in _OEM_CODES:
        try:
            return text.encode(code).decode("utf-8")
        except UnicodeError:
            continue
    return text


def _of_oem(found: re.Match[str]) -> str:
    """The letter of a code of DOS that was read as Windows-1252."""
    return found[0].translate(_OEM_LETTERS)


def _decoded_once(text: str) -> str:
    """The text, where UTF-8 was read as Windows-1252 once or twice, as it was before."""
    text = text.replace("\u00ef\u00bf\u00bd", "?")  # a lost letter's sign, read so itself
    for _ in range(_DECODED):
        if _TWICE.search(text) is None:
            break
        try:
            text = b"".join(map(_byte_of, text)).decode("utf-8")
        except (UnicodeError, ValueError):
            break
    return _LOST_HYPHEN.sub("i", text).replace("\ufffd", "?")


def _byte_of(letter: str) -> bytes:
    """The byte that was read as this letter. Raises UnicodeError where there is none."""
    return bytes((ord(letter),)) if ord(letter) < _BYTES else letter.encode("cp1252")


def _found_again(word: re.Match[str]) -> str:
    """A word, where it has lost letters read as the one name of the tables that it can be."""
    if "?" not in word[0]:
        return word[0]
    text, rest = word[0], word[0].replace("?", "")
    if len(text) - len(rest) > 1:
        return rest
    found = [name for letter in _ACCENTED if _is_known(name := text.replace("?", letter))]
    return found[0] if len(found) == 1 else rest


def _is_known(word: str) -> bool:
    """Whether the tables have this given or family name."""
    return word in FAMILY_NAMES or is_known_name(word)


def _letters_only(word: str) -> str:
    """Read digits inside a word of letters as the letters they look like."""
    if word.isalpha() or word.isdigit() or _ORDINAL.fullmatch(word):
        return word
    return word.translate(LOOKS_LIKE)


def normalize_name(person: Person) -> NameForm:
    """The normal form of the name of `person`. Pure; never raises on any string."""
    if not person.suffix:
        given, middle = _plain(person.given_name), _plain(person.middle_name)
        family = _plain(person.family_name)
        if given is not None and given != _SHORT_JOSE and middle is not None and family is not None:
            return NameForm(_parted(given[0]) if given else given, middle, family)
    return read_name_in_full(person)


@lru_cache(maxsize=65536)
def _plain(text: str) -> Words | None:
    """The form of a field of one word of A-Z, as most are, or of an empty one; None for every
    other. It is cached because names repeat."""
    if not text:
        return ()
    if not (text.isascii() and text.isalpha()) or len(text) > MAX_CHARACTERS:
        return None
    word = text.upper()
    return None if word in _SPECIAL else (word,)


def read_name_in_full(person: Person) -> NameForm:
    """The form of a name of any shape: `normalize_name` without its fast path."""
    given, given_suffix = _field(person.given_name)
    middle, middle_suffix = _field(person.middle_name, may_be_last=True)
    family, family_suffix = _field(person.family_name)
    if given[:1] == ("MA",) and _SHORT_MARIA.match(person.given_name):
        given = ("MARIA", *given[1:])
    given, middle = _given(given, _middle(given, middle))
    named = _named(_joined_heads(_in_full(family, ABBREVIATED_FAMILY)), PLACEHOLDER_FAMILY)
    is_name = bool(named) and {*named} != _NA and _may_be_na(given, named)
    return NameForm(
        given if is_name else _named(_given_in_full(given, middle), PLACEHOLDER_GIVEN),
        middle if middle == ("NA",) else _named(_middle_in_full(middle), PLACEHOLDER_GIVEN),
        named,
        _suffix(person.suffix) or family_suffix or middle_suffix or given_suffix,
    )


def _may_be_na(given: Words, family: Words) -> bool:
    """Whether a given name of NA is one beside this family name: NA NA, which is also written for
    none, beside a syllable only (NA NA QIU)."""
    is_twice = given == ("NA", "NA") and any(family[0] in syllables for syllables in SYLLABLES)
    return is_twice or given == ("NA",)


@lru_cache(maxsize=32768)
def _field(text: str, *, may_be_last: bool = False) -> tuple[Words, str]:
    """The words of one field without suffix, degree and bare digits, and the suffix found in it.
    `may_be_last`: a lone word may stand behind those of another field.

    It is cached because names repeat."""
    words = words_of(text)
    if words and words[-1] in GENERATION_LAST and (may_be_last or len(words) > 1):
        return tuple([word for word in words[:-1] if word.isalpha()]), GENERATION_LAST[words[-1]]
    if len(words) == 1 and words[0] in GENERATION:
        return (), GENERATION[words[0]]
    while len(words) > 1 and words[-1] in DEGREES:
        words.pop()
    suffix = ""
    for index in range(len(words) - 1, -1, -1):
        found = GENERATION.get(words[index], "")
        # A leading SR is the title Senor.
        if found and len(words) > 1 and not (index == 0 and found == "SR"):
            suffix = found
            del words[index]
            break
    return tuple([word for word in words if word.isalpha()]), suffix


def _middle(given: Words, middle: Words) -> Words:
    """The middle names, none where the words say that there is none. A lone X is written for none
    as well; behind a syllable (FANG NA, CHAO X) both are names."""
    is_behind = bool(given) and any(syllables.issuperset(given) for syllables in SYLLABLES)
    if is_behind and middle in (("NA",), ("X",)):
        return middle
    if middle in NO_MIDDLE_BESIDE or middle == ("X",):
        return ()
    return tuple([word for word in middle if word not in NO_MIDDLE])


def _given_in_full(given: Words, middle: Words) -> Words:
    """The given names with abbreviations read, and a first word of two syllables parted. ABD AL
    RAHMAN is ABDUL RAHMAN."""
    found = _with_head(_first_in_full(given, middle))
    if len(found) > 2 and found[0] == "ABD" and found[1] in _ARTICLES:
        found = ("ABDUL", *found[2:])
    found = _in_full(found, WADE_GILES)
    return _parted(found[0]) + found[1:] if len(found) == 1 else found


def as_written_now(name: NameForm) -> NameForm:
    """A form of forms-6 or before as this version writes that name; one of this version as it
    is."""
    given = _in_full(name.given, WADE_GILES)
    return NameForm(
        _parted(given[0]) if len(given) == 1 else given,
        _in_full(name.middle, WADE_GILES),
        name.family,
        name.suffix,
    )


def _middle_in_full(middle: Words) -> Words:
    """The middle names with abbreviations read, and syllables of Wade-Giles as in Hanyu Pinyin."""
    return _in_full(_in_full(middle, ABBREVIATED), WADE_GILES)


def _with_head(words: Words) -> Words:
    """Two given words of which the first is the head of a known name that is written apart, LA TOYA
    and DE ANDRE, as that name; so LU LU. LI SA may be two syllables."""
    if len(words) != _HEAD or len(words[0]) != _HEAD or not is_known_name("".join(words)):
        return words
    are_parts = is_known_name(words[0]) or any(map(frozenset(words).issubset, SYLLABLES))
    return words if are_parts and words[0] != words[1] else ("".join(words),)


@lru_cache(maxsize=65536)
def _parted(word: str) -> Words:
    """The two syllables, or the two listed names, of a given name that is no listed name and no
    syllable; else the word. WANDA and LASHA are no two."""
    if len(word) < LEAST_PARTED or is_known_name(word):
        return (word,)
    if (joined := _SERVANT.fullmatch(word)) is not None:
        return ("ABDUL", joined[1])
    return _two_syllables(word) or _two_names(word) or (word,)


def _two_syllables(word: str) -> Words:
    if len(word) > MOST_PARTED:
        return ()
    if any(word in syllables for syllables in SYLLABLES):
        return ()
    found = {
        (word[:at], word[at:])
        for at in range(2, len(word) - 1)
        for syllables in _PARTED_BY
        if word[:at] in syllables and word[at:] in syllables and word[at:] not in _WESTERN
    }
    if len(found) > 1:
        found = {pair for pair in found if pair[1][0] not in _VOWELS}
    return _in_full(found.pop(), WADE_GILES) if len(found) == 1 else ()


def _two_names(word: str) -> Words:
    """The two names of the tables that are written as this one word, where they are long or often
    written so, and no other two are."""
    if word in JOINED_NAMES:
        return JOINED_NAMES[word]
    cuts = range(LEAST_NAME - 1, len(word) - LEAST_NAME + 2)
    pairs = ((word[:at], word[at:]) for at in cuts)
    found = [pair for pair in pairs if _are_together(*pair)]
    return found[0] if len(found) == 1 else ()


def _are_together(first: str, last: str) -> bool:
    """Whether these two words are names, and are long or often written together."""
    if not (is_known_name(first) and is_known_name(last)):
        return False
    if last in _OFTEN_LAST or (first in _OFTEN_FIRST and len(last) >= LEAST_NAME):
        return True
    return len(first + last) >= LEAST_TOGETHER and min(len(first), len(last)) >= LEAST_NAME


def _first_in_full(given: Words, middle: Words) -> Words:
    """The given names with abbreviations read. MA is MARIA only before another name: alone it is a
    name of its own."""
    following = (given + middle)[1:2]
    if given and given[0] in ABBREVIATED_FIRST and following and len(following[0]) > 1:
        given = (ABBREVIATED_FIRST[given[0]], *given[1:])
    elif given[:1] == _SHORT_JOSE and not AFTER_JOSE.isdisjoint(following):
        given = ("JOSE", *given[1:])
    if len(given) > 1:
        given = (given[0], *[word for word in given[1:] if word not in NO_MIDDLE])
    return _in_full(given, ABBREVIATED)


def _in_full(words: Words, table: dict[str, str]) -> Words:
    """The words, each that is an abbreviation of the table in full."""
    if table.keys().isdisjoint(words):
        return words
    return tuple([table.get(word, word) for word in words])


def _given(given: Words, middle: Words) -> tuple[Words, Words]:
    """Drop titles at the head; move a closing initial to an empty middle name."""
    while len(given) > 1 and given[0] in TITLES:
        given = given[1:]
    if middle or len(given) < 2 or len(given[-1]) > 1 or _is_nobody(given, PLACEHOLDER_GIVEN):
        return given, middle
    return given[:-1], given[-1:]


def _joined_heads(family: Words) -> Words:
    if len(family) < 2:
        return family
    joined: list[str] = []
    head = ""
    for word in family:
        if word in JOINED_HEADS and not head:
            head = word
        else:
            joined.append(head + word)
            head = ""
    return (*joined, head) if head else tuple(joined)


def _named(words: Words, placeholders: frozenset[str]) -> Words:
    """The part of a form that these words are: none where they name nobody."""
    return words[:MAX_WORDS] if words and not _is_nobody(words, placeholders) else ()


def _is_nobody(words: Words, placeholders: frozenset[str]) -> bool:
    """Whether every word is a placeholder or completes one, and at least one is."""
    if len(words) == 1:
        return words[0] in placeholders or (words[0] == "NA" and placeholders is PLACEHOLDER_GIVEN)
    if words in PLACEHOLDER_WHOLE:
        return True
    rest = [word for word in words if word not in placeholders]
    return len(rest) < len(words) and all(word in PLACEHOLDER_BESIDE for word in rest)


@lru_cache(maxsize=4096)
def _suffix(text: str) -> str:
    found = [GENERATION_IN_SUFFIX_FIELD.get(word, "") for word in words_of(text)]
    return next(filter(None, found), "")


def family_out_of_middle(
    first: NameForm, second: NameForm, *, of_one_word: bool = False
) -> tuple[NameForm, NameForm]:
    """Both names, where one side writes a part of the other's family name in the middle name's
    field, with that part moved back. `of_one_word`: also where the other's family name is that one
    word, as of who put a new one behind it."""
    least = 1 if of_one_word else 2
    return _moved(first, second, least), _moved(second, first, least)


def _moved(one: NameForm, two: NameForm, least: int) -> NameForm:
    if len(two.family) < least or not one.middle:
        return one
    word = one.middle[0]
    if word not in two.family or word in one.family or word in two.middle or word in two.given:
        return one
    return NameForm(one.given, one.middle[1:], (word, *one.family), one.suffix)
