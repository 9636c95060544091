"""Addresses that name a box or a counter instead of a street (Publication 28, sections 24 to 28).

    PO BOX 123 · POB 123 · P.O. Drawer 123 · BOX 123     ->  po_box            number 123
    RR 2 BOX 15 · RFD 2 BX 15 · ROUTE 2 BOX 15           ->  rural             number 15   street RR
    2
    HC 3 BOX 4 · STAR ROUTE BOX 4                        ->  highway_contract  number 4    street HC
    3, HC PSC 1650 BOX 10 · CMR 9 BOX 1 · UNIT 2050 BOX 4190   ->  military          number 10
    street PSC 1650
    USS NIMITZ                                           ->  military          number ""   street
    USS NIMITZ
    GENERAL DELIVERY · GEN DEL                           ->  general_delivery

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
_BOX: Final = rf"(?:BOX|BX|BOXES) ?{_ID}"
_ROUTE: Final = r"(?:# ?)?(?:(?:NO|NUMBER) )?(?P<route>[0-9]+[A-Z]?)"
_HEADS: Final = re.compile(
    r"(?:P ?[O0]|B(?:O?X|IN)|DR|CALLER|LOCKB|APARTA|APTDO|R|H|STAR|PSC|CMR|UNIT|UMR|US|G)"
)
_PO_BOX: Final = re.compile(
    r"(?:(?:P ?[O0]|POST (?:OFFICE|OFC)) ?(?:BOX|BX|B|DRAWER|DRW|BIN|LOCKBOX) ?|P ?O |BOX|BX|DRAWER"
    r"|LOCKBOX|CALLER(?: SERVICE)?"
    rf"|(?:APARTADO|APTDO)(?: POSTAL)?) ?{_ID}"
)
_RURAL_WORD: Final = r"(?:R ?R|RURAL(?: (?:ROUTE|RTE|RT|DELIVERY))?|R ?F ?D|R ?D|ROUTE|RTE|RT)"
_RURAL: Final = re.compile(rf"{_RURAL_WORD} ?{_ROUTE} {_BOX}")
_RURAL_TURNED: Final = re.compile(rf"{_BOX} {_RURAL_WORD} ?{_ROUTE}")
_RURAL_ALONE: Final = re.compile(rf"(?:R ?R|RURAL (?:ROUTE|RTE|RT)|RFD) ?{_ROUTE}")
_CONTRACT: Final = re.compile(
    r"(?:H ?C ?R?|(?:HIGHWAY|HWY) CONTRACT(?: (?:ROUTE|RTE|RT))?|STAR (?:ROUTE|RTE|RT))(?: "
    rf"?{_ROUTE})?(?: {_BOX})?"
)
_MILITARY: Final = re.compile(
    rf"(?P<kind>PSC|CMR|UNIT|UMR) ?{_ROUTE} {_BOX}(?: (?:APO|FPO|DPO)(?: A[AEP])?)?"
)
_SHIP: Final = re.compile(
    r"(?P<ship>(?:USS|USNS|USCGC) [A-Z0-9 ]+?)(?: (?:APO|FPO|DPO)(?: A[AEP])?)?"
)
_GENERAL: Final = re.compile(r"(?:GENERAL|GENL?|GNRL) ?DEL(?:IVERY)?|GD")


class Box(NamedTuple):
    """A delivery line that is no street."""

    kind: AddressKind
    number: str = ""
    street: str = ""


def may_be_box(text: str) -> bool:
    """Whether `text` begins like one of these kinds: a quick look before `read_box`."""
    return _HEADS.match(text) is not None


def read_box(text: str) -> Box | None:
    """What `text` (clean) names as a whole, or None if it is not of these kinds."""
    if not may_be_box(text):
        return None
    if _GENERAL.fullmatch(text):
        return Box(AddressKind.GENERAL_DELIVERY)
    ship = _SHIP.fullmatch(text)
    if ship:
        return Box(AddressKind.MILITARY, "", ship["ship"])
    for pattern, kind, word in _ROUTES:
        match = pattern.fullmatch(text)
        if match:
            return _boxed(match, kind, word)
    return None


_ROUTES: Final = (
    (_MILITARY, AddressKind.MILITARY, ""),
    (_PO_BOX, AddressKind.PO_BOX, ""),
    (_RURAL, AddressKind.RURAL, "RR"),
    (_RURAL_TURNED, AddressKind.RURAL, "RR"),
    (_RURAL_ALONE, AddressKind.RURAL, "RR"),
    (_CONTRACT, AddressKind.HIGHWAY_CONTRACT, "HC"),
)


def _boxed(match: re.Match[str], kind: AddressKind, word: str) -> Box:
    groups = match.groupdict()
    number = units.read_loose((groups.get("box") or "").split())
    route = (groups.get("route") or "").lstrip("0")
    word = groups.get("kind") or word
    return Box(kind, number, f"{word} {route}".strip() if word else "")
