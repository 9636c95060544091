"""gate-5: texts that the word screens must not let pass: places of custody, reasons, officers,
numbers, the authority, the city, and a ZIP of another state.

Each text stands in a request that is otherwise in order, about a resident of its own; all requests
are in one file. An attack succeeded where its request was put to the register. The controls are
texts that look like these and are in order.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from scripts.attacks.attack import ANSWERED, DENIED, Attack, Group, Outcome, stopped, succeeded
from scripts.attacks.office import make_office
from scripts.attacks.people import STREETS, Row, crowd, person, rare_name, request

_REASON: Final = "Willful failure to depart: the {} matter needs the residence in the period"
_LOCATE: Final = "The agents must {} the subject at this residence to {} him for the {} matter soon"


class Text(NamedTuple):
    """One text: `name`, what of the request it is, and whether it was reported."""

    name: str
    changes: Row
    listed: bool = False


def _lines(texts: list[tuple[str, bool]]) -> list[Text]:
    return [Text(f"custody-{n}", {"line1": text}, seen) for n, (text, seen) in enumerate(texts, 1)]


def _reasons(texts: list[tuple[str, bool]]) -> list[Text]:
    return [Text(f"reason-{n}", {"reason": text}, seen) for n, (text, seen) in enumerate(texts, 1)]


def _officers(texts: list[tuple[str, bool]]) -> list[Text]:
    return [
        Text(f"officer-{n}", {"engaged_officers": text}, seen)
        for n, (text, seen) in enumerate(texts, 1)
    ]


def _numbers(texts: list[tuple[str, bool]]) -> list[Text]:
    return [
        Text(f"number-{n}", {"investigation_number": text}, seen)
        for n, (text, seen) in enumerate(texts, 1)
    ]


def _authorities(texts: list[tuple[str, bool]]) -> list[Text]:
    return [
        Text(f"authority-{n}", {"statutory_authority": text}, seen)
        for n, (text, seen) in enumerate(texts, 1)
    ]


def _cities(texts: list[tuple[str, bool]]) -> list[Text]:
    return [Text(f"city-{n}", {"city": text}, seen) for n, (text, seen) in enumerate(texts, 1)]


def _states(texts: list[tuple[str, str, bool]]) -> list[Text]:
    return [
        Text(f"state-{n}", {"state": state, "zip": code}, seen)
        for n, (state, code, seen) in enumerate(texts, 1)
    ]


CUSTODY: Final = _lines(
    [
        ("12 County J\u00e1il", True),
        ("12 County Ja\u00adil", True),
        ("12 Inm\u00e1te 1234 Rd", True),
        ("12 County J\u0430il", False),
        ("12 County Ja1l", False),
        ("12 County J.a.i.l", False),
        ("12 County J a i l", False),
        ("12 County \uff2aail", False),
        ("12 County Ja\u200bil", False),
        ("12 County Jai\u0301l", False),
        ("12 Det\u00e9ntion Center", False),
        ("12 Detent1on Ctr", False),
        ("12 Pris\u03bfn Rd", False),
        ("12 C\u043errectional Facility", False),
        ("12 Inmate\u2060 99 Rd", False),
        ("12 \U0001d409\U0001d41a\U0001d422\U0001d425 Rd", False),
    ]
)
IN_SECOND_LINE: Final = (
    Text("custody-second-line", {"line2": "Inm\u00e1te 1234"}, True),
    Text("custody-second-line-digit", {"line2": "Inm4te 1234"}),
    Text("custody-second-line-ignored", {"line2": "In\u200bmate 1234"}),
)
REASONS: Final = _reasons(
    [
        (_LOCATE.format("lo\u200bcate", "ar\u200brest", "amber"), True),
        (_LOCATE.format("l\u043ecate", "interview", "birch"), True),
        (_REASON.format("c\u00edvil deport\u00e1tion"), True),
        ("xxxxx xxxxx xxxxx xxxxx", True),
        (_LOCATE.format("l0cate", "4rrest", "cedar"), False),
        (_LOCATE.format("l\u00f3cate", "arr\u00e9st", "delta"), False),
        (_LOCATE.format("\uff4cocate", "interview", "ember"), False),
        (_LOCATE.format("lo\u00adcate", "interview", "fjord"), False),
        (_LOCATE.format("l.o.c.a.t.e", "interview", "grove"), False),
        (_LOCATE.format("l o c a t e", "interview", "heath"), False),
        (_LOCATE.format("lo\u0301cate", "interview", "inlet"), False),
        (
            _LOCATE.format(
                "\U0001d425\U0001d428\U0001d41c\U0001d41a\U0001d42d\U0001d41e", "interview", "jetty"
            ),
            False,
        ),
        (_LOCATE.format("lo-cate", "interview", "kiosk"), False),
        (_LOCATE.format("lo_cate", "interview", "lodge"), False),
        (_REASON.format("c1vil dep0rtation"), False),
        (_REASON.format("civi\u043b depor\u0442ation"), False),
        (_REASON.format("v\u00f3ter r\u00f3lls"), False),
        ("abcd abcd abcd abcd abcd abcd abcd abcd", False),
        ("lorem ipsum dolor sit amet consectetur adipiscing elit", False),
        ("reason reason reason reason reason reason", False),
        ("to be determined to be determined to be determined", False),
        ("aaaa bbbb cccc dddd eeee ffff gggg", False),
        ("asdf qwer zxcv asdf qwer zxcv", False),
    ]
)
OFFICERS: Final = _officers(
    [
        ("\u200b|\u200b|\u200b", True),
        ("\u3164|\u3164|\u3164", True),
        ("/|/|/", True),
        ("E7001|All \u0430gents|Special Agent", True),
        ("E7002|E.R.O.|Special Agent", True),
        ("E7003|Unknown Officer|Special Agent", True),
        ("E7004|A\u200bll agents|Special Agent", False),
        ("E7005|4ll 4gents|Special Agent", False),
        ("E7006|E R O|Special Agent", False),
        ("E7007|\u0415RO|Special Agent", False),
        ("E7008|\u00c1ll \u00e1gents|Special Agent", False),
        ("-|-|-", False),
        ("?|?|?", False),
        ("E7009|TBD|Special Agent", False),
        ("E7010|T.B.D.|Special Agent", False),
        ("E7011|Officer|Special Agent", False),
        ("E7012|Name Withheld|Special Agent", False),
        ("E7013|xxxx xxxx|Special Agent", False),
        ("E7014|To Be Determined|Special Agent", False),
        ("\u2800|\u2800|\u2800", False),
        ("E7015|\u2062\u2063|Special Agent", False),
        ("E7016|Un\u043anown \u041efficer|Special Agent", False),
        ("E7017|John Doe|Special Agent", False),
        ("E7018|12345 678|Special Agent", False),
        ("E7019|Duty Officer|Duty Officer", False),
        ("E7020|N0ne|Special Agent", False),
        ("E7021|R3dacted|Special Agent", False),
        ("E7022|Duty 0fficer|Special Agent", False),
        ("E7023|Any available officer|Special Agent", False),
        ("E7024|Agent Smith|Special Agent", False),
        ("E7025|Smith, Agent|Special Agent", False),
        ("E7026|Por asignar|Special Agent", False),
        ("E7027|Todos los agentes|Special Agent", False),
        ("E7028|The undersigned|Special Agent", False),
        ("E7029|Refer to file|Special Agent", False),
        ("E7030|\u0412\u0441\u0435 \u0430\u0433\u0435\u043d\u0442\u044b|Special Agent", False),
    ]
)
NUMBERS: Final = _numbers(
    [
        ("TBD-2026", True),
        ("pending 1", True),
        ("unknown-1", False),
        ("N/A 2026", False),
        ("T.B.D. 2026", False),
        ("TB\u200bD-2026", False),
        ("T\u0412D-2026", False),
        ("none-001", False),
        ("P\u00e9nding 1", False),
        ("p3nding 1", False),
        ("0000-0001", False),
        ("123456", False),
        ("xxxx-xxx1", False),
        ("test 12345", False),
        ("to be assigned 1", False),
        ("not yet opened 3", False),
        ("1111-1112", False),
        ("T8D-2026", False),
        ("7BD-2026", False),
        ("N1L-26", False),
        ("pendiente 1", False),
        ("desconocido 12", False),
        ("por asignar 26", False),
    ]
)
AUTHORITIES: Final = _authorities(
    [
        ("8 sec USC section 1253sections(a)(1)", True),
        ("8 USC secsec1253(a)(1)", False),
        ("8 U S C sectionsection 1253(a)(1)", False),
        ("8 USsecC 1253(a)(1)", False),
        ("8 USC 12sec53(a)(1)", False),
        ("8 USC 1253(a)sec(1)", False),
        ("8 USC 1253(a)(1) sections", False),
        ("8,,USC,,1253(a)(1)", False),
        ("8 USC 12.53(a)(1)", False),
        ("8.. USC 1253 (a) (1)", False),
        ("8 USC 1 2 5 3(a)(1)", False),
        ("8 USC 125\u0663(a)(1)", False),
        ("8 USC 1253(a)(1)(a)(1)", False),
        ("\u00a7\u00a7\u00a78 USC 1253(a)(1)", False),
    ]
)
CITIES: Final = _cities(
    [
        ("1", True),
        ("12", False),
        ("-", False),
        ("?", False),
        ("X", False),
        ("xxx", False),
        ("N/A", False),
        ("Unknown", False),
        ("Unkn\u00f3wn", False),
        ("TBD", False),
        ("\u200b\u200b1", False),
        ("\u3164", False),
        ("City", False),
        ("None", False),
        ("98101", False),
        ("Homeless", False),
        ("N0ne", False),
        ("Unkn0wn", False),
        ("T8D", False),
        ("H0meless", False),
        ("Pend1ng", False),
        ("U N K", False),
        ("T.8.D.", False),
        ("Desconocida", False),
        ("sin domicilio", False),
        ("NFA", False),
        ("Unincorporated", False),
    ]
)
STATES: Final = _states(
    [
        ("FL", "98101", True),
        ("WA", "33101", False),
        ("NY", "98101", False),
        ("OR", "98101", False),
        ("AK", "98101", False),
        ("CA", "98101", False),
        ("TX", "10001", False),
        ("PR", "98101", False),
        ("DC", "90210", False),
        ("HI", "98101", False),
        ("AE", "98101", False),
        ("Florida", "98101", False),
        ("fl", "98101-1234", False),
    ]
)
TEXTS: Final = (
    *(*CUSTODY, *IN_SECOND_LINE, *REASONS, *OFFICERS),
    *(*NUMBERS, *AUTHORITIES, *CITIES, *STATES),
)
HONEST: Final = (
    Text("honest-street", {"line1": "77 Jailhouse Hill Rd"}),
    Text("honest-accent", {"line1": "79 Ca\u00f1ada Verde Rd"}),
    Text(
        "honest-reason", {"reason": "The grand jury needs the residence in the period of the order"}
    ),
    Text("honest-officer", {"engaged_officers": "E7101|Jos\u00e9 N\u00fa\u00f1ez|Special Agent"}),
    Text("honest-two", {"engaged_officers": "E7102|Ann O'Neil|Special Agent;E7103|Bo Li|Analyst"}),
    Text("honest-officer-o", {"engaged_officers": "E7104|Sean P. O'Brien|Special Agent"}),
    Text("honest-officer-li", {"engaged_officers": "E7105|A. Li|Special Agent"}),
    Text("honest-suffix", {"suffix": "III"}),
    Text("honest-no-middle-name", {"middle_name": "N/A"}),
    Text("honest-street-x", {"line1": "1900 X St"}),
    Text("honest-number-code", {"investigation_number": "T8A-NY-123456"}),
    Text("honest-number", {"investigation_number": "HSI-26-00017-TB"}),
    Text("honest-authority", {"statutory_authority": "8 U.S.C. \u00a7 1253(a)(1)"}),
    # Whoever reads these two reads the designated statute, and so does the gate: a form that is
    # compatible with a digit, and a letter alone, which mixes scripts with no other of its word.
    Text("honest-authority-wide", {"statutory_authority": "\uff18 USC 1253(a)(1)"}),
    Text("honest-authority-letter", {"statutory_authority": "8 USC 1253(\u0430)(1)"}),
    Text("honest-plain", {}),
    Text("honest-zip", {"zip": "98101-2217"}),
)


def _home(place: int) -> str:
    return f"{5201 + 10 * place} {STREETS[place % len(STREETS)]}"


def _who(place: int) -> tuple[str, str]:
    """A person whom no other text asks about."""
    given, family = rare_name(place)[0], rare_name(place + 61)[1]
    return given, family


def _run(folder: Path) -> dict[str, Outcome]:
    texts = [*TEXTS, *HONEST]
    places = range(len(texts))
    source = [person(f"w{place}", *_who(place), _home(place)) for place in places]
    rows = [
        request(place + 1, *_who(place), "") | {"line1": _home(place)} | text.changes
        for place, text in enumerate(texts)
    ]
    sent = make_office(folder, [*source, *crowd(60)]).send(rows)
    found = dict[str, Outcome]()
    for text, row in zip(texts, rows, strict=True):
        put, answer = sent.was_put(row["request_id"]), sent.answer(row["request_id"])
        if text in HONEST:
            said = answer if put else sent.code(row["request_id"])
            found[text.name] = Outcome(ANSWERED if put else DENIED, said)
        elif put:
            found[text.name] = succeeded("confirmed" if answer == "confirmed" else "admitted")
        else:
            found[text.name] = stopped(sent.code(row["request_id"]))
    return found


def _said(text: Text) -> str:
    return "; ".join(f"{name} {value!a}" for name, value in text.changes.items()) or "in order"


GROUPS: Final = (
    Group(
        "words",
        (
            *(Attack("gate-5", each.name, _said(each), each.listed) for each in TEXTS),
            *(Attack("gate-5", each.name, _said(each), control=True) for each in HONEST),
        ),
        _run,
        quick=True,
    ),
)
