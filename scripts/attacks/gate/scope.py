"""gate-2: a consent, or a court's order, names one person; the request is written so that the scope
reads that person and the matcher another.

Each attack has a file of its own, with its own document, and a resident whom the document does not
name. It succeeded where that resident is confirmed. How a request may be written otherwise and
still be about the person named is shown by the controls.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from scripts.attacks import tree
from scripts.attacks.attack import Attack, Group, Outcome, stopped, succeeded
from scripts.attacks.office import CONFIRMED, Office, Sent, control, make_office
from scripts.attacks.people import STREETS, Row, crowd, person, request

Name = tuple[str, str]


class Case(NamedTuple):
    """Whom the document names, how the request is written, who lives there."""

    document: Name
    request: Name
    resident: Name
    what: str
    listed: bool = False
    asked: dict[str, str] = {}
    resident_more: dict[str, str] = {}


_JUAN, _JUANA = ("Juan", "Perez"), ("Juana", "Perez")
CASES: Final[dict[str, Case]] = {
    "juan4": Case(_JUAN, ("Juan4", "Perez"), _JUANA, "a digit read as the last letter", True),
    "mario": Case(("Mari", "Duarte"), ("Mari0", "Duarte"), ("Mario", "Duarte"), "a digit for o"),
    "erica": Case(("Eric", "Solano"), ("Eric4", "Solano"), ("Erica", "Solano"), "a digit for a"),
    "paula": Case(("Paul", "Ferrer"), ("P4ul4", "Ferrer"), ("Paula", "Ferrer"), "two digits"),
    "daniela": Case(
        ("Daniel", "Ochoa"), ("Daniel\u0430", "Ochoa"), ("Daniela", "Ochoa"), "a Cyrillic letter"
    ),
    "roberta": Case(
        ("Robert", "Salas"), ("Robert\uff14", "Salas"), ("Roberta", "Salas"), "a full-width digit"
    ),
    "carla": Case(
        ("Carl", "Ibarra"), ("Carl\u2463", "Ibarra"), ("Carla", "Ibarra"), "a digit in a circle"
    ),
    "gabriela": Case(
        ("Gabriel", "Roldan"),
        ("Gabriel-4", "Roldan"),
        ("Gabriela", "Roldan"),
        "a hyphen and a digit",
    ),
    "andrea": Case(
        ("Andre", "Pineda"), ("Andre 4", "Pineda"), ("Andrea", "Pineda"), "a space and a digit"
    ),
    "manuela": Case(
        ("Manuel", "Tapia"),
        ("Manuel\u200b4", "Tapia"),
        ("Manuela", "Tapia"),
        "one that nobody sees",
    ),
    "family-digit": Case(
        ("Ximena", "Reye"), ("Ximena", "Reye5"), ("Ximena", "Reyes"), "a digit in the family name"
    ),
    "family-a": Case(
        ("Norbert", "Garci"),
        ("Norbert", "Garci4"),
        ("Norbert", "Garcia"),
        "the same, another letter",
    ),
    "inner": Case(
        ("Jon", "Medina"), ("J0on", "Medina"), ("Joon", "Medina"), "a digit within the given name"
    ),
    "superscript": Case(
        ("Fernand", "Lugo"), ("Fernand\u2070", "Lugo"), ("Fernando", "Lugo"), "a digit raised"
    ),
    "arabic-digit": Case(
        ("Alexandr", "Vidal"),
        ("Alexandr\u0664", "Vidal"),
        ("Alexandra", "Vidal"),
        "an Arabic digit",
    ),
    "sign": Case(
        ("Francisc", "Mejia"), ("Francisc@", "Mejia"), ("Francisca", "Mejia"), "a sign for a letter"
    ),
    "born": Case(
        ("Juan", "Perez"),
        ("Juan", "Perez"),
        ("Juan", "Perez"),
        "the son of the same name",
        False,
        {"suffix": "JR"},
        {"suffix": "JR", "date_of_birth": "2001-07-08"},
    ),
}
DOCUMENTS: Final = {
    "consent": ("a consent", "dhs-inspector-general"),
    "court-order": ("a court's order", "dhs-secretary"),
}
_AMEND: Final = (
    ("routes: [written-request]", "routes: [written-request, court-order, consent]"),
    ("office: agency-inspector-general", "office: designee"),
    ("office: agency-head", "office: united-states-attorney"),
)


def _home(place: int) -> str:
    return f"{2301 + 10 * place} {STREETS[place % len(STREETS)]}"


def _source() -> list[Row]:
    made = [
        person(
            f"s{place}",
            *case.resident,
            _home(place),
            **({"date_of_birth": "1986-02-17"} | case.resident_more),
        )
        for place, case in enumerate(CASES.values())
    ]
    return [
        *made,
        person("h1", "Perla", "Quiroga", "991 Paddock Way"),
        person("h2", "Inocencio", "Zarate", "993 Paddock Way"),
        *crowd(),
    ]


def _signed(by: str) -> dict[str, str]:
    """What a version that asks for it is told of who signed a consent."""
    from counterfoil.core.values import Document

    asks = "alone" in Document.__struct_fields__
    stated = {"signed_by": by, "capacity": "taxpayer", "alone": "yes", "revoked": "no"}
    return stated if asks else {}


def send(office: Office, route: str, named: Name, row: Row, born: str = "") -> Sent:
    """One request under a document that names this person."""
    document = office.folder / f"{row['request_id']}.pdf"
    document.write_text(f"A made-up {route}: {row['request_id']}.\n", encoding="utf-8")
    issued = datetime.now(UTC).date() - timedelta(days=10)
    who = {"given_name": named[0], "family_name": named[1]}
    states = {
        "digest": f"sha256:{hashlib.sha256(document.read_bytes()).hexdigest()}",
        "issued_on": issued.isoformat(),
        "people": [who | ({"date_of_birth": born} if born else {})],
        "periods": ["2024"],
        "items": ["address"],
    }
    if route == "consent":
        states |= {"recipient": "dhs", "purpose": "To confirm the address that I gave for letters"}
        states |= _signed(" ".join(named))
    else:
        states |= tree.of_order()
    path = office.folder / f"{row['request_id']}.json"
    path.write_text(json.dumps(tree.document(states)), encoding="utf-8")
    principal = DOCUMENTS[route][1]
    return office.send([row], principal=principal, route=route, document=document, states=path)


def _run(route: str, folder: Path) -> dict[str, Outcome]:
    office, found = make_office(folder, _source(), amend=_AMEND), dict[str, Outcome]()
    for place, (name, case) in enumerate(CASES.items()):
        row = request(place + 1, *case.request, _home(place), **case.asked)
        born = "1955-01-09" if name == "born" else ""
        sent = send(office, route, case.document, row, born)
        ours = sent.answer(row["request_id"]) == CONFIRMED
        found[f"{route}-{name}"] = (
            succeeded("confirmed") if ours else stopped(sent.code(row["request_id"]))
        )
    honest = request(101, "Perla", "Quiroga", "991 Paddock Way")
    sent = send(office, route, ("Perla", "Quiroga"), honest)
    found[f"{route}-honest"] = control(sent, "q101")
    written = request(102, "INOCENCIO", "Z\u00e1rate", "993 Paddock Way")
    sent = send(office, route, ("Inocencio", "Z\u00e1rate"), written)
    found[f"{route}-honest-case"] = control(sent, "q102")
    return found


def _attacks(route: str) -> tuple[Attack, ...]:
    said = DOCUMENTS[route][0]
    return (
        *(
            Attack(
                "gate-2",
                f"{route}-{name}",
                f"{said} of {' '.join(case.document)}, request for {' '.join(case.request)!a}: "
                f"{case.what}",
                case.listed,
            )
            for name, case in CASES.items()
        ),
        Attack("gate-2", f"{route}-honest", f"the person whom {said} names", control=True),
        Attack("gate-2", f"{route}-honest-case", "the same in capitals and accents", control=True),
    )


def _runner(route: str) -> Group:
    return Group(f"scope-{route}", _attacks(route), lambda folder: _run(route, folder))


GROUPS: Final = (_runner("consent"), _runner("court-order"))
