"""gate-1: one person written in many ways, so that no count sees one person. gate-4: a question
that names no family, so that it asks who of that given name lives there.

gate-1, how it is run: the spellings that the matcher reads as the resident are found in an office
without guards. In an office with the limits of April 2025 they are then asked, each at another home
and the last at the person's own. The agreement allows two homes of one person: the attack succeeded
where more were put to the register.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

from scripts.attacks.attack import ANSWERED, DENIED, Attack, Group, Outcome, stopped, succeeded
from scripts.attacks.gate import spellings
from scripts.attacks.office import WIDE, Sent, control, make_office
from scripts.attacks.people import Row, crowd, homes, person, rare_name, request

HOMES_OF_PERSON: Final = 2
"""What the agreement allows."""
ERIC: Final = person(
    "r1", "Eric", "Alonso Tellez", "1847 Heron Lake Rd", date_of_birth="1981-05-29"
)
WILLIAM: Final = person(
    "r2", "William", "Featherstone", "5105 Marigold St", date_of_birth="1974-11-03"
)
SOURCE: Final = (
    ERIC,
    WILLIAM,
    person("r3", "Marisol", "Quintanilla", "2290 Copperfield Ave", date_of_birth="1990-02-11"),
    *crowd(),
)
Spelling = Mapping[str, str]
Ways = Callable[[], Iterator[Spelling]]


def _eric(way: str, most: int, **more: str) -> Ways:
    """Eric, his given and family name written in one way at a time, then both."""

    def spell() -> Iterator[Spelling]:
        given = spellings.distinct(spellings.ALL[way]("Eric"), most, "Eric")
        family = spellings.distinct(spellings.ALL[way]("Alonso Tellez"), most, "Alonso Tellez")
        rows = [{"given_name": each, "family_name": "Alonso Tellez"} for each in given]
        rows += [{"given_name": "Eric", "family_name": each} for each in family]
        both = zip(given, family, strict=False)
        rows += [{"given_name": one, "family_name": other} for one, other in both]
        return ({**row, **more} for row in rows)

    return spell


def _words(given: tuple[str, ...], family: tuple[str, ...], **more: str) -> Ways:
    return lambda: (
        {"given_name": one, "family_name": other, **more} for one in given for other in family
    )


def _dates(name: Row) -> Ways:
    days = [*(f"1981-05-{day}" for day in (28, 30, 27, 31)), "1981-06-29", "1982-05-29", ""]
    return lambda: (
        {"given_name": name["given_name"], "family_name": name["family_name"], "date_of_birth": day}
        for day in [*days, name["date_of_birth"]]
    )


_BORN: Final = ERIC["date_of_birth"]
_TWO: Final = ("Alonso Tellez",)
_SECOND_WORDS: Final = (
    "Jon",
    "Ray",
    "Luis",
    "Ivan",
    "Omar",
    "Saul",
    "Hugo",
    "Noel",
    "Abel",
    "Ciro",
)
_MORE_FAMILY: Final = tuple(
    f"Alonso {each}" for each in ("Garcia", "Ruiz", "Mora", "Vega", "Luna", "Rios", "Paz", "Gil")
)
WAYS: Final[dict[str, tuple[str, bool, Ways, Row]]] = {
    "leet": ("digits for letters, 499 spellings", True, _eric("leet", 170), ERIC),
    "accents": ("accents on the vowels, 499 spellings", True, _eric("accents", 170), ERIC),
    "leet-dated": (
        "digits, and a date of birth",
        True,
        _eric("leet", 9, date_of_birth=_BORN),
        ERIC,
    ),
    "accents-dated": (
        "accents, and a date of birth",
        True,
        _eric("accents", 9, date_of_birth=_BORN),
        ERIC,
    ),
    "cyrillic": ("Cyrillic letters within the word", False, _eric("cyrillic", 7), ERIC),
    "greek": ("Greek letters within the word", False, _eric("greek", 7), ERIC),
    "marks": ("combining marks on the letters", False, _eric("marks", 7), ERIC),
    "ignored": ("characters that nobody sees", False, _eric("ignored", 7), ERIC),
    "ignored-dated": (
        "the same, and a date of birth",
        False,
        _eric("ignored", 7, date_of_birth=_BORN),
        ERIC,
    ),
    "wide": ("full-width letters", False, _eric("wide", 7), ERIC),
    "mathematical": (
        "letters of the mathematical alphabets",
        False,
        _eric("mathematical", 6),
        ERIC,
    ),
    "punctuation": ("signs between the letters", False, _eric("punctuation", 9), ERIC),
    "typos": ("one slip of the keyboard", False, _eric("typos", 9), ERIC),
    "typos-dated": (
        "one slip, and a date of birth",
        False,
        _eric("typos", 9, date_of_birth=_BORN),
        ERIC,
    ),
    "sounds": ("letters that sound alike", False, _eric("sounds", 9), ERIC),
    "parts": (
        "parts of the family name left out, turned or joined",
        False,
        _words(
            ("Eric",),
            (
                "Alonso",
                "Tellez",
                "Tellez Alonso",
                "AlonsoTellez",
                "Alonso-Tellez",
                "Alonso y Tellez",
                "de Alonso Tellez",
                "Alonso de Tellez",
            ),
        ),
        ERIC,
    ),
    "parts-dated": (
        "the same, and a date of birth",
        False,
        _words(
            ("Eric",),
            ("Alonso", "Tellez", "Tellez Alonso", "AlonsoTellez", "Alonso-Tellez"),
            date_of_birth=_BORN,
        ),
        ERIC,
    ),
    "second-word": (
        "a second given name, another each time",
        False,
        _words(tuple(f"Eric {each}" for each in _SECOND_WORDS), _TWO),
        ERIC,
    ),
    "second-family": (
        "a second family name, another each time",
        False,
        _words(("Eric",), _MORE_FAMILY),
        ERIC,
    ),
    "second-family-dated": (
        "the same, and a date of birth",
        False,
        _words(("Eric",), _MORE_FAMILY, date_of_birth=_BORN),
        ERIC,
    ),
    "moved-word": (
        "a family word written with the given name",
        False,
        _words(("Eric Alonso", "Eric", "Alonso Eric"), ("Tellez", "Tellez, Eric", "Alonso Tellez")),
        ERIC,
    ),
    "titles": (
        "titles and suffixes within the name",
        False,
        _words(("Mr Eric", "Dr. Eric", "Eric Jr", "Eric III", "Sr. Eric", "Don Eric"), _TWO),
        ERIC,
    ),
    "nicknames": (
        "nicknames of one given name",
        False,
        _words(("Bill", "Will", "Billy", "Willie", "Wm", "Liam", "Willy"), ("Featherstone",)),
        WILLIAM,
    ),
    "nicknames-dated": (
        "nicknames, and a date of birth",
        False,
        _words(
            ("Bill", "Will", "Billy", "Willie", "Wm", "William"),
            ("Featherstone",),
            date_of_birth=WILLIAM["date_of_birth"],
        ),
        WILLIAM,
    ),
    "initials": (
        "an initial, and a middle name that changes",
        False,
        lambda: (
            {
                "given_name": given,
                "family_name": "Featherstone",
                "middle_name": middle,
                "date_of_birth": WILLIAM["date_of_birth"],
            }
            for given, middle in [
                ("W", ""),
                ("W.", "J"),
                ("W J", ""),
                ("W K", ""),
                ("W-L", ""),
                ("William", ""),
            ]
        ),
        WILLIAM,
    ),
    "dates": ("another date of birth each time", False, _dates(ERIC), ERIC),
    "everything": (
        "a few of every way",
        False,
        lambda: (
            {"given_name": one, "family_name": other}
            for one, other in zip(
                spellings.any_of("Eric", 24), spellings.any_of("Alonso Tellez", 24), strict=False
            )
        ),
        ERIC,
    ),
}
"""By name: what it is, whether it was reported, the spellings, and the resident."""


def _attack(spell: Ways, resident: Row, name: str, folder: Path) -> dict[str, Outcome]:
    """Whether more homes were tried for one person than the agreement allows."""
    rows = list(islice(spell(), 499))
    numbered = [
        {**request(number, "", "", resident["line1"]), **spelling}
        for number, spelling in enumerate(rows, 1)
    ]
    tried = make_office(folder / "wide", SOURCE, limits=WIDE).send(numbered)
    read = [row for row in numbered if tried.answer(row["request_id"]) == "confirmed"]
    if not read:
        return {name: stopped(tried.code())}
    places = dict(zip((row["request_id"] for row in read[:-1]), homes(), strict=False))
    asked = [{**row, "line1": places.get(row["request_id"], row["line1"])} for row in read]
    sent = make_office(folder / "office", SOURCE).send(asked)
    return {name: flooded(sent, len(asked), HOMES_OF_PERSON, "homes of one person")}


def flooded(sent: Sent, asked: int, most: int, what: str) -> Outcome:
    """The outcome of a file of which the agreement lets `most` questions be put to the register."""
    if sent.put() <= most:
        return stopped(sent.code())
    confirmed = sent.confirmed()
    return succeeded(f"{sent.put()} of {asked} {what} tried, {most} allowed, {confirmed} confirmed")


def _one_by_one(folder: Path) -> dict[str, Outcome]:
    """Files of one row, one after the other, until one is refused."""
    office, put = make_office(folder, SOURCE), 0
    rows = [
        ("3ric", "Alonso Tellez"),
        ("Er1c", "Alonso Tellez"),
        ("Eric", "4lonso Tellez"),
        ("Eric", "Alon5o Tellez"),
        ("\u00c9ric", "Alonso Tellez"),
    ]
    for number, ((given, family), home) in enumerate(zip(rows, homes(), strict=False), 1):
        row = request(number, given, family, ERIC["line1"] if number == len(rows) else home)
        sent = office.send([row])
        if not sent.was_put(row["request_id"]):
            code = sent.code(row["request_id"])
            allowed = put <= HOMES_OF_PERSON
            return {"one-by-one": stopped(code) if allowed else succeeded(f"{put} homes tried")}
        put += 1
    return {"one-by-one": succeeded(f"{put} homes of one person tried in {put} files")}


def _honest(folder: Path) -> dict[str, Outcome]:
    """Each resident asked about once, where they live, as they are called."""
    office = make_office(folder, SOURCE)
    rows = [
        request(number, each["given_name"], each["family_name"], each["line1"], date_of_birth=born)
        for number, (each, born) in enumerate(
            [(ERIC, ""), (WILLIAM, ""), (SOURCE[2], SOURCE[2]["date_of_birth"])], 1
        )
    ]
    sent = office.send(rows)
    dated = {"date_of_birth": SOURCE[2]["date_of_birth"]}  # as before: another would be a try
    accented = office.send([request(4, "Mar\u00edsol", "Quintanilla", SOURCE[2]["line1"], **dated)])
    return {
        "honest": control(sent, "q1"),
        "honest-other": control(sent, "q2"),
        "honest-dated": control(sent, "q3"),
        "honest-accent": control(accented, "q4"),
    }


# -- gate-4 ------------------------------------------------------------------------------------

_EACH: Final = 4
"""Residents for each text."""
FAMILIES: Final[dict[str, tuple[str, bool]]] = {
    "x": ("X", True),
    "xx": ("XX", False),
    "xxxx": ("Xxxx", False),
    "z": ("Z", False),
    "q-digit": ("Q1", False),
    "lnu": ("LNU", False),
    "lnu-stops": ("L.N.U.", False),
    "fnu": ("Fnu", False),
    "nln": ("NLN", False),
    "none": ("None", False),
    "na": ("N/A", False),
    "unknown": ("Unknown", False),
    "no-last-name": ("No Last Name", False),
    "surname": ("Surname", False),
    "question": ("?a", False),
    "test": ("Test", False),
    "accent": ("\u1e8a", False),
    "ignored": ("X\u200b", False),
    "cyrillic": ("\u0425", False),
    "wide": ("\uff38", False),
    "o": ("O", False),
    "de": ("De", False),
}
"""Family names that name nobody, or no more than a letter."""


def _resident(number: int) -> Row:
    given, family = rare_name(number)
    return person(f"f{number}", given, family, f"{3001 + 2 * number} Thimble Dr")


_ONE_LETTER: Final = person("f900", "Seunghee", "O", "88 Paddock Way", date_of_birth="1985-04-17")
_FAMILIES_SOURCE: Final = (*map(_resident, range(_EACH * (len(FAMILIES) + 3))), _ONE_LETTER)


def _families(folder: Path) -> dict[str, Outcome]:
    """Every text asked about four residents, of whom the given name and the address are true."""
    office, found = make_office(folder, _FAMILIES_SOURCE), dict[str, Outcome]()
    texts = {name: text for name, (text, _) in FAMILIES.items()}
    texts |= {"initial": "", "given-x": "", "honest": ""}
    ids: dict[str, list[str]] = {}
    rows: list[Row] = []
    for place, (name, text) in enumerate(texts.items()):
        for number in range(place * _EACH, (place + 1) * _EACH):
            who = _resident(number)
            given = "X" if name == "given-x" else who["given_name"]
            family = {"initial": who["family_name"][0]}.get(name, text or who["family_name"])
            rows.append(request(number + 1, given, family, who["line1"]))
            ids.setdefault(name, []).append(f"q{number + 1}")
    rows.append(request(999, "Seunghee", "O", _ONE_LETTER["line1"], date_of_birth="1985-04-17"))
    sent = office.send(rows)
    for name, of in ids.items():
        confirmed = sum(sent.answer(each) == "confirmed" for each in of)
        if name == "honest":
            best = confirmed == _EACH
            found[name] = Outcome(ANSWERED if best else DENIED, f"{confirmed} of {_EACH} confirmed")
        elif confirmed:
            found[name] = succeeded(f"{confirmed} of {_EACH} confirmed")
        else:
            found[name] = stopped(sent.code(of[0]))
    return found | {"honest-o": control(sent, "q999")}


_FOUR: Final = (
    *(
        Attack("gate-4", name, f"the family name {text!a}", listed)
        for name, (text, listed) in FAMILIES.items()
    ),
    Attack("gate-4", "initial", "the first letter of the true family name"),
    Attack("gate-4", "given-x", "the given name 'X' and the true family name"),
    Attack("gate-4", "honest", "the whole name", control=True),
    Attack("gate-4", "honest-o", "one whose family name is O, with a date of birth", control=True),
)
GROUPS: Final = (
    *(
        Group(
            f"names-{name}",
            (Attack("gate-1", name, what, listed),),
            partial(_attack, spell, resident, name),
            quick=name in {"leet-dated", "accents-dated", "second-family"},
        )
        for name, (what, listed, spell, resident) in WAYS.items()
    ),
    Group(
        "names-one-by-one",
        (Attack("gate-1", "one-by-one", "five spellings in files of one row"),),
        _one_by_one,
    ),
    Group(
        "names-honest",
        (
            Attack("gate-1", "honest", "a resident, once", control=True),
            Attack("gate-1", "honest-other", "another resident, once", control=True),
            Attack("gate-1", "honest-dated", "a resident, with a date of birth", control=True),
            Attack("gate-1", "honest-accent", "a resident, with an accent", control=True),
        ),
        _honest,
        quick=True,
    ),
    Group("families", _FOUR, _families, quick=True),
)
