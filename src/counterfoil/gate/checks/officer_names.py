"""Names of engaged officers that name no one person, or more than one.

    one word, initials          `Agent`, `J. D.`: one word that is no duty waits for an officer,
                                alone or behind a title (`Agent Smith`)
    an office, duty or agency   `Duty Officer`, `Seattle Field Office`, `E.R.O.`, `Portland Sector`
    somebody or anybody         `John Doe`, `To Be Determined`
    several people              `Dana Fields et al.`, `Dana Fields & Lee Marsh`, `Dana and others`

A name is judged by its words in lower case (`split_words`; under law of format 6 `words_of_name`),
and what joins several people by the folded entry, because it is a sign. Words for a group of people
that are family names too (Staff, Group, Team) are one after a given name of the tables: Robert
Staff is a person, Support Staff is not. The tables are written by hand by the authors from common
knowledge. Pure; nothing raises.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from counterfoil.gate.checks.fillers import DIGITS_AS_LETTERS, says_nothing
from counterfoil.gate.checks.missing_names import has_other_letters
from counterfoil.gate.law.folding import split_words
from counterfoil.normalize.asked_keys import are_syllables
from counterfoil.normalize.name_similarity import is_listed_name
from counterfoil.normalize.name_words import FAMILY_NAMES
from counterfoil.normalize.plain_text import plain
from counterfoil.normalize.tables import words

_TITLES: Final = words("""
    mr mrs ms miss mx dr agent officer special supervisory senior detective det inspector insp
    deputy sergeant sgt lieutenant lt capt captain investigator trooper marshal sa ssa asac sac do
    ido dso
""")
"""Titles of an officer. Major, Price or Guard are names too."""

_ROLES: Final = _TITLES | words("""
    in charge duty desk branch section sector center centre station pool force task field office
    shift watch command commander supervisor supervising manager director chief head lead
    acting case on off call number nr one two three four five six seven eight nine
    ten the of and or any all each every other another our your their this that some no not name
    first last given family surname firstname lastname test tester user admin sample example law
    us usa national federal regional district local state county city border patrol homeland
    security customs immigration enforcement removal operations fugitive criminal investigations
    investigation investigative legal responsible relevant assigned engaged listed same above
    see attached to be determined provided announced later guard major analyst attorney counsel
    prosecutor clerk operator employee contractor official person individual nobody
""")
"""Words of offices and duties. A name that has no other word is an office or a duty."""

_UNITS: Final = words("""
    ero hsi dhs cbp fbi usms dea atf usao doj uscis opla eoir tsa irs treasury
    investigators detectives inspectors deputies analysts attorneys marshals prosecutors taskforce
    bureau headquarters hq dept everyone everybody anyone anybody someone somebody whoever
""")
"""Words of agencies and of several people, which are nobody's name."""
_AGENCIES: Final = frozenset({"ice", "us", "usa"})
"""Agencies whose letters are family names too: only at the head of a name."""
_NO_NAME: Final = words("""
    unknown unk unkn tbd tba tbc pending none null nil undetermined unassigned unspecified
    unavailable undisclosed withheld redacted anonymous unnamed xxx
""")
_PERSONS: Final = frozenset(
    {
        ("john", "doe"), ("jane", "doe"), ("jon", "doe"), ("j", "doe"), ("john", "roe"),
        ("jane", "roe"), ("richard", "roe"), ("john", "public"), ("jane", "public"),
        ("joe", "bloggs"), ("fred", "bloggs"), ("jane", "bloggs"), ("juan", "perengano"),
    }
)  # fmt: skip
"""First and last words of names that stand for anybody."""


_APOSTROPHES: Final = str.maketrans(dict.fromkeys("'`\u2018\u2019\u02bb\u02bc\u00b4"))
_OF_LETTERS_AND_DIGITS: Final = re.compile(r"[a-z0-9]*(?:[a-z][0-9]|[0-9][a-z])[a-z0-9]*")
_KNOWN: Final = _ROLES | _UNITS | _NO_NAME
_PAIR: Final = 2


def words_of_name(name: str) -> list[str]:
    """The words of an officer's name, in lower case: O'Brien and O Brien are `obrien`, and a digit
    within a word is the letter that it is written for (`N0ne`, `Nu11`). None of a name in letters
    that are not Latin."""
    if has_other_letters(name):
        return []
    text = plain(name.translate(_APOSTROPHES))
    if not text.replace(" ", "").isalpha():
        text = _OF_LETTERS_AND_DIGITS.sub(_as_letters, text)
    found = split_words(text)
    if "o" in found[:-1]:
        found = _with_o(found)
    return found


def _as_letters(found: re.Match[str]) -> str:
    readings = [found[0].translate(table) for table in DIGITS_AS_LETTERS]
    return next((each for each in readings if each in _KNOWN), readings[0])


def _with_o(name: Sequence[str]) -> list[str]:
    """A name whose O stands before its last word, joined with it: one in the midst of four words or
    more besides initials may join two people."""
    if name[-2] != "o" or sum(len(word) > 1 for word in name) > _MOST_OF_ONE:
        return list(name)
    return [*name[:-2], f"o{name[-1]}"]


_MOST_OF_ONE: Final = 3
"""Words, besides initials, of the name of one person whose family name begins with O."""


def names_titled_word(name: Sequence[str], entry: str) -> bool:
    """Whether a name, of this folded entry, is a title and one word that could be a person's: no
    more than that word alone names. Behind a name a title is a family name, but for a comma."""
    own = [word for word in name if word not in _TITLES_ALONE]
    if len(own) != 1 or len(name) < _PAIR or own[0] in _KNOWN or len(own[0]) == 1:
        return False
    return name[-1] == own[0] or "," in entry


_TITLES_ALONE: Final = _TITLES - words("do sa lt marshal det insp")
"""Titles that are no names: Do and Sa are some people's."""


def may_be_called(name: Sequence[str], called_too: frozenset[str]) -> bool:
    """Whether a name of two words has one of emptiness that people are called too (Null), and
    another that may be a person's."""
    if len(name) != _PAIR:
        return False
    others = [word for word in name if word not in _NO_NAME]
    if len(others) != 1 or not called_too.issuperset({*name} - {*others}):
        return False
    return others[0] not in _KNOWN and len(others[0]) > 1 and not says_nothing(others[0])


def names_by_initial(name: Sequence[str]) -> bool:
    """Whether a name is initials and a family name that the tables list, or a syllable: `A. Li` is
    no `All`."""
    family = name[-1].upper() if name else ""
    return (
        len(name) > 1
        and all(len(word) == 1 for word in name[:-1])
        and (family in FAMILY_NAMES or are_syllables((family,)))
    )


def names_no_one(name: Sequence[str]) -> bool:
    """Whether the words of an officer's name, in lower case, name no one person: one word,
    initials, an office, a duty, an agency, or a name that stands for anybody."""
    if not name or not _UNITS.isdisjoint(name) or name[0] in _AGENCIES:
        return True
    if not _NO_NAME.isdisjoint(name) or _ROLES.issuperset(name):
        return True
    if len(name) < 2 or all(len(word) == 1 or word in _TITLES for word in name):
        return True
    return (name[0], name[-1]) in _PERSONS or all(map(says_nothing, name))


_GROUPS_AND_NAMES: Final = words("staff group team teams")
"""Words for a group of people that are family names too."""
_OFFICES: Final = words("""
    office offices sector sectors region precinct headquarters hq desk station branch district
    division command center centre hub sac asac field section ice
""")
"""Words for an office: one at the end of a name makes it one, but for a person's family name."""
_OF_OFFICES: Final = _OFFICES | _AGENCIES | _UNITS | _ROLES
_FAMILY_NAMES: Final = words("station branch center field ice command section district division")
"""Those of them that are family names of people of any given name, but not after a place."""
_PLACES: Final = words("""
    atlanta baltimore boston buffalo chicago detroit harlingen honolulu laredo losangeles los
    angeles memphis miami minneapolis nashville newark newyork york orleans philadelphia pittsburgh
    portland sacramento salt lake city san antonio diego francisco juan seattle spokane louis paul
    saint st tacoma tampa tucson washington yuma el paso del rio grande valley big bend rgv
    alabama alaska arizona arkansas california colorado connecticut delaware florida hawaii idaho
    illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota
    mississippi missouri montana nebraska nevada hampshire jersey mexico new north south east west
    northeast northwest southeast southwest northern southern eastern western central ohio oklahoma
    oregon pennsylvania rhode texas utah vermont wisconsin wyoming columbia puerto rico guam county
    metro area main local national regional anytown
""")
_CITIES_AND_NAMES: Final = words("dallas houston denver phoenix austin virginia georgia carolina")
"""Places that people are called after: only the agencies beside them make an office."""
_PLACES_AND_NAMES: Final = words("""
    louis paul diego juan francisco angeles san rio valley washington jersey delaware new york
    orleans newark north south east west central southern northern eastern western mexico
    indiana montana nevada newyork lake city county main local columbia grande norte paso del
""")
"""Places whose names are family names."""
_IN_CHARGE: Final = ("sac", "asac")
_OFFICE_PHRASE: Final = re.compile(
    r"\b(?:field|sub|area|district|regional|resident|home|branch|main|head|legal|local) ?offices?\b"
    r"|\b(?:task|strike) ?force\b|\bagents? in charge\b|\bofficers? in charge\b"
    r"|\b(?:command|operations|service|processing|call) cent(?:er|re)\b|\bborder patrol\b"
    r"|\bhomeland security\b|\bon (?:duty|call|shift)\b|\bduty (?:desk|roster|team)\b"
)
_SEVERAL: Final = re.compile(
    r"[&+]|(?<=\w\w) ?/ ?(?=\w\w)|\bw/|\bet\.? ?al\b|\betal\b|\b(?:and|plus|with|others?|etc"
    r"|etcetera|colleagues?|associates|co-?workers?|designees?|delegates?|partners?)\b"
    r"|\bor (?:an|any|another|his|her|their|a)\b|\bas well as\b"
)
_WORDS: Final = re.compile(r"[&+/]|\w+")
_JOINING: Final = words("""
    & + / et etal and plus with other others etc etcetera colleague colleagues associates co
    coworker coworkers designee designees delegate delegates partner partners or as
""")
"""Words and signs that join several people: no entry without one does."""
_OTHERS: Final = re.compile(r"\bet\.? ?al\b|\bothers\b|\betc\b")
_PLURAL: Final = re.compile(
    r"(?:agents|officers|deputies|investigators|inspectors|detectives|marshals|analysts|attorneys"
    r"|employees|troopers|sergeants|lieutenants|examiners)\W*\Z"
)
_SINGULAR: Final = re.compile(r"\b(?:of|for|in|to|over)\b")


_OF_PHRASES: Final = words("""
    office offices force taskforce strikeforce charge center centre
    patrol security on duty
""")


def names_group_as_person(name: Sequence[str]) -> bool:
    """Whether the last word alone is one for a group of people, and follows a given name that the
    tables list: a person's family name, then."""
    own = _without_titles(name)
    return (
        2 <= len(own) <= 3
        and own[-1] in _GROUPS_AND_NAMES
        and _is_given(own[0])
        and (_ROLES | _UNITS | _GROUPS_AND_NAMES | _PLACES).isdisjoint(own[:-1])
    )


def names_one_word(name: Sequence[str], least: int = 3) -> bool:
    """Whether a name is one word that could be a person's: some people have one name alone."""
    if len(name) != 1 or len(name[0]) < least:
        return False
    known = _ROLES | _UNITS | _AGENCIES | _NO_NAME | _OFFICES | _PLACES | _CITIES_AND_NAMES
    return name[0] not in known and not says_nothing(name[0])


def names_several(entry: str) -> bool:
    """Whether a folded entry of a name joins several people, or one and unnamed others."""
    if not _JOINING.isdisjoint(_WORDS.findall(entry)) and _SEVERAL.search(entry):
        return True
    if "," not in entry:
        return False
    parts = [part.split() for part in entry.split(",")]
    if len(parts) > 2:
        return all(len(part) > 1 for part in parts)
    return len(parts) == 2 and all(len(part) > 1 and _is_given(part[0]) for part in parts)


_BESIDE: Final = re.compile(r"[(\[{<]([^)\]}>]*)")
_APART: Final = re.compile(r"\s[-\u2013\u2014\u2022\u00b7]+\s|[;|]")
_ALONE: Final = words("one name only single mononym no family given last surname")
_MAY_JOIN: Final = words("y e i u o og och oraz")
_OF_NAME: Final = re.compile(r"\bo['\u2019\u02bc`]([^\W\d_]+)", re.IGNORECASE)
_ZEROS: Final = re.compile(r"[\W_]*0[0\W_]*")


def states_nobody(entries: Sequence[str], name: Sequence[str], empty: frozenset[str]) -> bool:
    """Whether id, name or title is written for a missing one: an id of zeros, or words of `empty`
    and no other: `To Be Named`, `Un-known`, `See file`. Law of an earlier format has no such
    words."""
    if not empty:
        return False
    if _ZEROS.fullmatch(entries[0]):
        return True
    texts = (entries[0].split(), name, entries[2].split())
    return any(bool(text) and empty.issuperset(text) for text in texts)


def beside_name(entry: str) -> str:
    """What stands in brackets beside a name, of its folded entry; "" for nothing."""
    found = _BESIDE.search(entry)
    return found[1] if found else ""


def names_two(entry: str) -> bool:
    """Whether a sign parts a folded entry into two names of two words or more each."""
    parts = _APART.split(entry)
    return len(parts) > 1 and all(len(part.split()) > 1 for part in parts)


def may_name_two(entry: str) -> bool:
    """Whether a comma parts a folded entry into two that may each be a whole name. What follows a
    comma may be a title, or the given names of a person whose family names come first."""
    if "," not in entry or names_several(entry):
        return False
    first, *others = [
        [word for word in part.replace(".", " ").split() if word not in _ROLES]
        for part in entry.split(",")
    ]
    return len(first) > 1 and any(len(other) > 1 for other in others)


def names_person_as_unit(name: Sequence[str], units: frozenset[str], heads: frozenset[str]) -> bool:
    """Whether a name of two words has one that is a unit's or an agency's, and another that may be
    a person's: Hsi Chen, Ian Division. `heads` are words by which units are called."""
    own = _without_titles(name)
    if len(own) != 2:
        return False
    agencies = units | _AGENCIES | _UNITS
    others = [word for word in own if word not in agencies]
    if len(others) != 1 or (own[-1] in _GROUPS_AND_NAMES and _is_given(own[0])):
        return False
    known = _ROLES | _OFFICES | _PLACES | _CITIES_AND_NAMES | _NO_NAME
    return others[0] not in known | heads and len(others[0]) > 1


def names_one_alone(name: Sequence[str]) -> bool:
    """Whether a name is one word and the remark that there is no other: `Suharto (one name)`."""
    own = [word for word in name if word not in _ALONE]
    return len(own) == 1 < len(name) and names_one_word(own)


def names_only_units(name: Sequence[str], heads: frozenset[str]) -> bool:
    """Whether every word of a name is one by which units and duties are called, and the first is no
    given name that the tables list: `Special Response`, `Night Shift Lead`."""
    known = heads | _ROLES | _OFFICES | _UNITS | _PLACES
    return len(name) > 1 and known.issuperset(name) and not _is_given(name[0])


def may_join_two(name: Sequence[str], entry: str) -> bool:
    """Whether a name of four words or more has one that joins two people in another language, or
    two family names: `Dana Fields y Lee Marsh`. The O of `Anna O'Neill-Vargas` joins nobody."""
    if len(name) < 4 or _MAY_JOIN.isdisjoint(name[1:-1]):
        return False
    own = sum(f"o{rest.lower()}" not in name for rest in _OF_NAME.findall(entry))
    return any(word in _MAY_JOIN and (word != "o" or name.count(word) > own) for word in name[1:-1])


def may_be_an_office(name: Sequence[str]) -> bool:
    """Whether a name ends in a place, and does not begin with a given name that the tables list:
    what stands before the place may be a unit."""
    own = _without_titles(name)
    return (
        len(own) == 2
        and own[1] in _PLACES - _PLACES_AND_NAMES
        and not _is_given(own[0])
        and len(own[0]) > 1
    )


def title_is_of_several(entry: str) -> bool:
    """Whether a folded entry of a title is of several people: `Special Agents`, `Agent et al.` A
    chief of detectives is one."""
    if ("et" in entry or "other" in entry) and _OTHERS.search(entry):
        return True
    if not entry.endswith(("s", ".", ")")):
        return False
    return _PLURAL.search(entry) is not None and _SINGULAR.search(entry) is None


def names_an_office(name: Sequence[str]) -> bool:
    """Whether the words of a name are those of an office: a phrase for one, a word for one at the
    end, or a place and such words."""
    if not _OF_PHRASES.isdisjoint(name) and _OFFICE_PHRASE.search(" ".join(name)):
        return True
    own = list(name) if name and name[-1] in _IN_CHARGE else _without_titles(name)
    if _OF_OFFICES.isdisjoint(own):
        return False
    if own[-1] in _OFFICES and own[-1] not in _FAMILY_NAMES and not _is_given(own[0]):
        return True
    beside = _PLACES | _CITIES_AND_NAMES if own[-1] in _AGENCIES.union(_IN_CHARGE) else _PLACES
    return (beside | _OF_OFFICES).issuperset(own) and not (
        _is_given(own[0]) and own[0] not in _CITIES_AND_NAMES
    )


def _is_given(word: str) -> bool:
    return is_listed_name(word.upper()) and word not in _ROLES


def _without_titles(name: Sequence[str]) -> list[str]:
    return [word for word in name if word not in _TITLES] or list(name)
