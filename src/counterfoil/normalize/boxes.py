"""Addresses that name a box or a counter instead of a street (Publication 28, sections 24 to 28).

    written                                          kind              number  street
    PO BOX 123 · POB 123 · P.O. Drawer 123           po_box            123
    BOX 123                                          po_box            123
    RR 2 BOX 15 · RFD 2 BX 15 · ROUTE 2 BOX 15       rural             15      RR 2
    HC 3 BOX 4                                       highway_contract  4       HC 3
    STAR ROUTE BOX 4                                 highway_contract  4       HC
    PSC 1650 BOX 10                                  military          10      PSC 1650
    CMR 9 BOX 1                                      military          1       CMR 9
    UNIT 2050 BOX 4190                               military          4190    UNIT 2050
    USS NIMITZ                                       military                  USS NIMITZ
    GENERAL DELIVERY · GEN DEL                       general_delivery

A route without its box keeps the kind, with number "": incomplete. Box identifiers are written as
units are.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from counterfoil.core.values import AddressKind
from counterfoil.normalize import units

_ID: Final = (
    r"(?:# ?)?(?:(?:NO|NUM|NUMBER|NBR) )?"
    r"(?P<box>[0-9]+(?:-[0-9A-Z]+)?(?: ?[A-Z]{1,2})?|[A-Z]{1,2} ?[0-9]+[A-Z]?|[A-Z])"
)
_BOX: Final = rf"(?:P ?O )?(?:BOX|BX|BOXES) ?{_ID}"
_ROUTE: Final = r"(?:# ?)?(?:(?:NO|NUMBER) )?(?P<route>[0-9]+[A-Z]{0,2})"
_ROUTE_WORD: Final = r"(?:ROUTE|RTE|RT)"
_RURAL_WORD: Final = rf"(?:R ?R|RURAL(?: (?:{_ROUTE_WORD}|DELIVERY))?|R ?F ?D|R ?D|{_ROUTE_WORD})"
_HEADS: Final = re.compile(
    r"(?:P ?[O0]|B(?:O?X|IN)|DR|CALLER|LOCKB|APARTA|APTDO|APDO|R|H|STAR|PSC|CMR|UNIT|UMR|US|G)"
)
_PO_BOX: Final = (
    r"(?:(?:P ?[O0]|POST (?:OFFICE|OFC)) ?(?:BOX|BX|B|DRAWER|DRW|BIN|LOCKBOX) ?|P ?O |BOX|BX|DRAWER"
    r"|LOCKBOX|CALLER(?: SERVICE)?"
    rf"|(?:APARTADO|APTDO|APDO)(?: POSTAL)?) ?{_ID}"
)
_CONTRACT: Final = (
    rf"(?:H ?C ?R?(?: {_ROUTE_WORD})?|(?:HIGHWAY|HWY) CONTRACT(?: {_ROUTE_WORD})?"
    rf"|STAR {_ROUTE_WORD})"
    rf"(?: ?{_ROUTE})?(?: {_BOX})?"
)
_POST: Final = r"(?: (?:APO|FPO|DPO)(?: A[AEP])?)?"
_KINDS: Final = tuple(
    (re.compile(pattern), kind, word)
    for pattern, kind, word in (
        (r"(?:GENERAL|GENL?|GNRL) ?DEL(?:IVERY)?|GD", AddressKind.GENERAL_DELIVERY, ""),
        (rf"(?P<word>(?:USS|USNS|USCGC) [A-Z0-9 ]+?){_POST}", AddressKind.MILITARY, ""),
        (rf"(?P<word>PSC|CMR|UNIT|UMR) ?{_ROUTE} {_BOX}{_POST}", AddressKind.MILITARY, ""),
        (_PO_BOX, AddressKind.PO_BOX, ""),
        (rf"{_RURAL_WORD} ?{_ROUTE} {_BOX}", AddressKind.RURAL, "RR"),
        (rf"{_BOX} {_RURAL_WORD} ?{_ROUTE}", AddressKind.RURAL, "RR"),
        (rf"(?:R ?R|RURAL {_ROUTE_WORD}|RFD) ?{_ROUTE}", AddressKind.RURAL, "RR"),
        (_CONTRACT, AddressKind.HIGHWAY_CONTRACT, "HC"),
    )
)


_MAIL_CODE: Final = (
    r"(?P<kind>DEPT|DEPARTMENT|FILE|DRAWER|BIN|MSC|MS|M C|MC|MAIL CODE|MAIL STOP|REF|CODE"
    r"|BOX)(?: (?:NO|NUMBER|#))* (?P<id>[0-9]+[A-Z]?(?:-[0-9]+)?|[A-Z][0-9]+)"
)
_BEFORE_BOX: Final = re.compile(rf"{_MAIL_CODE} (?P<rest>(?:P ?O )?BOX .*)")
_AFTER_BOX: Final = re.compile(rf"(?P<rest>P ?O BOX (?:# )?[0-9]+) {_MAIL_CODE}")
_KINDS_OF_CODE: Final = {"DEPARTMENT": "DEPT", "M C": "MC"}


class Box(NamedTuple):
    """A delivery line that is no street."""

    kind: AddressKind
    number: str
    street: str


def split_mail_code(text: str) -> tuple[str, str]:
    """(the line of a PO box, the mail code beside it): DEPT 528 PO BOX 123 is a box of many
    departments. ("", "") for any other text."""
    found = _BEFORE_BOX.fullmatch(text) or _AFTER_BOX.fullmatch(text)
    if found is None:
        return "", ""
    kind = _KINDS_OF_CODE.get(found["kind"], found["kind"])
    code = units.read_loose(found["id"].split())
    return found["rest"], f"{kind} {code}"


def may_be_box(text: str) -> bool:
    """Whether `text` begins like one of these kinds: a quick look before `read_box`."""
    return _HEADS.match(text) is not None


def read_box(text: str) -> Box | None:
    """What `text` (clean) names as a whole, or None if it is not of these kinds."""
    if may_be_box(text):
        for pattern, kind, word in _KINDS:
            if match := pattern.fullmatch(text):
                groups = match.groupdict("")
                number = units.read_loose(groups.get("box", "").split())
                street = f"{groups.get('word', word)} {groups.get('route', '').lstrip('0')}"
                return Box(kind, number, street.strip())
    return None
