"""Names that are written where a person's name is missing.

    a part that names nobody   `F N U`, `L.N.U.`, `No Given Name`, `awaiting 2025`, `to follow`,
                               `xyz`, `asdfgh`, `aaaa`, `p3nding`
    a pair that names nobody   First and Last, Given and Family, Not and Known, Foo and Bar
    a pair for anybody         John Doe, Jane Roe: there are people of these names, so an officer
                               of the holder looks

A part is judged by its words as `normalize.names` reads them, without digits. No word that
stands alone in the tables is the family name of a hundred people in the United States or a given
name in use, but for entries that the census itself has because a name was missing (Fnu, Unknown,
Anonymous). Words that are names too (See, To, Given, Blank) count only where every word of a
phrase, or both parts of a name, are such words. tests/gate/checks/test_missing_names.py says how
many of the frequent names are refused: none.

The tables are written by hand by the authors from common knowledge. Pure; nothing raises.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from counterfoil.core.values import NameForm
from counterfoil.normalize.names import words_of
from counterfoil.normalize.plain_text import plain
from counterfoil.normalize.tables import words

_MISSING: Final = words("""
    AWAITING AWAITED PENDING TBD TBA TBC TBN UNKNOWN UNKNWN UNKOWN UNKNOW UNK UNKN UKN UNNAMED
    ANONYMOUS ANON REDACTED WITHHELD UNDISCLOSED UNDETERMINED UNSPECIFIED UNIDENTIFIED UNAVAILABLE
    UNASSIGNED UNLISTED UNSTATED UNRECORDED NOTKNOWN NOTGIVEN NOTPROVIDED NOTAVAILABLE NONAME
    NOGIVENNAME NOFAMILYNAME NOLASTNAME NOFIRSTNAME NOSURNAME FIRSTNAME LASTNAME GIVENNAME
    FAMILYNAME FULLNAME SURNAME FORENAME FORTHCOMING PLACEHOLDER DUMMY MISSING EMPTY NONE FNU LNU
    NFN NLN NMN NLU FNM TOFOLLOW SEEABOVE SEEBELOW SEEATTACHED SEEFILE ASABOVE SAMEASABOVE
    TESTTEST TESTING JOHNDOE JANEDOE DEFENDANT RESPONDENT SUSPECT TARGET ALIEN DETAINEE OFFENDER
    APPLICANT PETITIONER CLAIMANT TAXPAYER BENEFICIARY SOMEBODY ANYBODY NOBODY EVERYBODY SOMEONE
    ANYONE EVERYONE WHOEVER CONFIDENTIAL CLASSIFIED DESCONOCIDO DESCONOCIDA SINNOMBRE
    SINAPELLIDO LOREM IPSUM FOOBAR
""")
"""Words that alone stand for a missing name."""

_PHRASE: Final = _MISSING | words("""
    A AN AND APPLICABLE ADD ADDED ADVISE ADVISED AS ASSIGNED AT ATTACHED ABOVE AVAILABLE BE BELOW
    BLANK CODE COME COMPLETED CONFIRM CONFIRMED DECLINED DETERMINE DETERMINED DISCLOSED DISCOVERED
    DITTO DOES ENTERED ESTABLISHED FAMILY FIELD FILE FIRST FOLLOW FOLLOWS FOR FOUND FULL GIVEN HAS
    HAVE ID IDENTIFIED IN IS KNOWN LAST LATER LEFT LEGAL LISTED MAIDEN MIDDLE MOMENT NAME NAMES NO
    NOT OBTAINED OF ON ONE ONLY PERSON PRESENT PROVIDE PROVIDED REAL RECORD RECORDED RECORDS
    REFUSED REPORTED SAME SEE STATED STILL SUBJECT SUPPLIED SUPPLY THE THIS TIME TO TRUE UNABLE
    UPDATED WAS WILL YET
""")
"""Words of the phrases that say that a name is missing."""

_KEY: Final = _MISSING | words("""
    ABOVE ADVISED APPLICABLE ATTACHED AVAILABLE CONFIRMED DETERMINED DISCLOSED ESTABLISHED FOLLOW
    FOLLOWS IDENTIFIED KNOWN LISTED NAME NOT OBTAINED PROVIDED RECORDED REFUSED REPORTED STATED
    SUPPLIED
""")
"""Those of them of which a phrase has at least one."""

_FIELDS: Final = words("FIRST LAST GIVEN FAMILY MIDDLE FULL LEGAL MAIDEN NAME NAMES SURNAME")
_DOUBLED: Final = words("""
    BLANK SAMPLE EXAMPLE FOO BAR NIL NULL NAN TESTER SUBJECT PERSON DITTO NA NO X XX
""")
"""Words that are names too, but not as given and family name of one person."""
_PAIR_LINES: Final = """
FOO BAR; BAR FOO; BAR BAZ; HELLO WORLD; NO BODY; ANY BODY; SOME BODY; EVERY BODY; NO ONE; ANY ONE
SOME ONE; EVERY ONE; NO NAME; SOME NAME; ANY NAME; YOUR NAME; MY NAME; HIS NAME; HER NAME; CODE NAME
SAMPLE PERSON; SAMPLE NAME; EXAMPLE PERSON; EXAMPLE NAME; TEST PERSON; TEST SUBJECT; TEST USER
TEST CASE; TEST NAME; DUMMY NAME; NEW PERSON; TARGET SUBJECT; SUBJECT PERSON; MR X; MS X; X Y; Y Z
AB CD; ABC DEF; QWE RTY; ASD FGH; ZXC VBN; JOE BLOGGS; FRED BLOGGS; MAX MUSTERMANN
ERIKA MUSTERMANN; FULANO DETAL; FULANO MENGANO; JUAN PERENGANO; NOMBRE APELLIDO; SEE FILE; ON FILE
SEE RECORD; SEE RECORDS; ON RECORD; NO RECORD; SEE BELOW; LEFT BLANK; NO GIVEN; NO FAMILY; NO FIRST
NO LAST; NONE GIVEN
"""
_PAIRS: Final = frozenset(tuple(pair.split()) for pair in re.split("[;\n]", _PAIR_LINES.strip()))
"""Two words, in one field or in two, that are nobody together."""
_OF_PAIRS: Final = _PHRASE.union(_FIELDS, _DOUBLED, *_PAIRS)
_DOE: Final = ("DOE", "ROE")
_ANYBODY: Final = frozenset(
    (given, family)
    for given in ("JOHN", "JANE", "JON", "JOHNNY", "RICHARD", "J")
    for family in _DOE
)
"""Names that stand for anybody, and that some people have."""

_ROWS: Final = ("QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_KEYS: Final = " ".join((*_ROWS, *(row[::-1] for row in _ROWS)))
_SHORT_RUNS: Final = words("QWE ASD ZXC QAZ WSX XYZ ABC JKL")
_NAMED_RUNS: Final = words("TREW WERT")
"""Runs of keys that are family names."""
_REPEATED: Final = re.compile(r"([A-Z])\1{2,}|([A-Z]{2,3})\2{2,}")
_NO_DIGITS: Final = re.compile(r"(?<![^\W\d_])[\d#/.,:-]+(?![^\W\d_])")
"""Digits and signs that are no part of a word."""

LOOKED_AT: Final = _OF_PAIRS.union(_SHORT_RUNS, _DOE)
"""Words that a missing name has, or one that is anybody's, unless it is no word at all."""
_RUNS: Final = frozenset(_KEYS[at : at + 3] for at in range(len(_KEYS) - 2))

Words = tuple[str, ...]


def is_missing(given: str, family: str, form: NameForm) -> bool:
    """Whether a name of these parts, whose normal form is `form`, is written for a missing one."""
    if _is_missing_part(given) or _is_missing_part(family):
        return True
    one, two = form.given, form.family
    if len(one) + len(two) > 2:
        return _is_phrase((*_words(given), *_words(family)))
    pair = (*one, *two)
    if len(pair) < 2 or _OF_PAIRS.isdisjoint(pair):  # most names have none of these words
        return False
    doubled = pair[0] == pair[1] and pair[0] in _DOUBLED
    return doubled or _FIELDS.issuperset(pair) or _is_phrase(pair)


def may_be_no_word(word: str) -> bool:
    """Whether a word of A-Z may be one block of letters over and over, or keys as they lie; told
    quickly, because hardly any is. A name of two words that are neither, nor of `LOOKED_AT`, is not
    missing, and nobody's."""
    return (
        (word[:3] in _RUNS and word[-3:] in _RUNS)
        or word[:2] == word[1:3]
        or word[:4] == word[2:6]
        or word[:6] == word[3:9]
    )


def is_anybody(form: NameForm) -> bool:
    """Whether a name stands for anybody, as John Doe does."""
    family = form.family
    return bool(family) and family[-1] in _DOE and (*form.given[:1], family[-1]) in _ANYBODY


@lru_cache(maxsize=32_768)
def _is_missing_part(text: str) -> bool:
    """Whether one field of a name says that there is none. It is cached because names repeat."""
    found = _words(text)
    if not found:
        return False
    if len(found) == 1:
        return (
            found[0] in _MISSING or _REPEATED.fullmatch(found[0]) is not None or _is_run(found[0])
        )
    joined = "".join(found)
    if all(len(word) == 1 for word in found):
        return joined in _MISSING or joined in _SHORT_RUNS
    if len(joined) > 6 and joined in _MISSING:
        return True
    return _is_phrase(found) or all(_is_run(word) or word in _MISSING for word in found)


@lru_cache(maxsize=32_768)
def _words(text: str) -> Words:
    """The words of a field, numbers left out."""
    if text.isascii():
        if text.isalpha():
            return (text.upper(),)
    else:
        text = plain(text)
    return tuple(word for word in words_of(_NO_DIGITS.sub(" ", text)) if word.isalpha())


def _is_phrase(found: Words) -> bool:
    if found in _PAIRS:
        return True
    return len(found) > 1 and _PHRASE.issuperset(found) and not _KEY.isdisjoint(found)


def _is_run(word: str) -> bool:
    """Whether a word is keys as they lie side by side, in runs of at least three: `asdfjkl`."""
    if len(word) < 4:
        return word in _SHORT_RUNS
    if word in _NAMED_RUNS:
        return False
    start = 0
    while start < len(word):
        end = start + 3
        if len(word) < end or word[start:end] not in _KEYS:
            return False
        while end < len(word) and word[start : end + 1] in _KEYS:
            end += 1
        start = end
    return True


def has_other_letters(text: str) -> bool:
    """Whether a word of the text has letters, and none that is read as a Latin one."""
    return not text.isascii() and any(
        not words_of(word) and any(map(str.isalpha, word)) for word in text.split()
    )
