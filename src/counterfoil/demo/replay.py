"""The run of August 2025 as reported, about made-up people: a request file of any size, and the
register that it is asked of.

Reported: 1,280,000 asked; 47,289 answered, 42,695 of them with no comparison of addresses and about
4,594 by comparing them. `SHARES` keeps these proportions. How the other rows were made is not
known; they are spread over the other defects reported.

    held       at the address, and the request is in order               confirmed, but for the
               matcher's misses
    other      somebody else in a household of the register; in order    not_confirmed
    moved      in the register at another address; in order  (F22)       not_confirmed
    nobody     not in the register; in order           (F22)             not_confirmed
    F1 .. F21  held at the address but for what the defect hides; one reported defect each
               refused, by the element named

Everybody asked about is in the register but `other` and `nobody`, so that only the law keeps a
defect from a yes. Made-up names of syllables, streets likewise; row N is the same in every run.
Nothing here is random or secret.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from counterfoil.core.values import Public
from counterfoil.demo.questions import PLACEHOLDERS, REASON_WORDS, REQUEST_COLUMNS
from counterfoil.demo.sample import SOURCE_COLUMNS, Row

REPORTED_ROWS: Final = 1_280_000
LEAST_ROWS: Final = 5_000
"""Below it some defect has too few rows to be one: an officer in 250 matters, a reason in 20."""

SHARES: Final[dict[str, int]] = {
    "held": 4_594, "other": 4_000, "moved": 4_000, "nobody": 4_000,
    "F1": 12_695, "F2": 10_000, "F3": 10_000, "F4": 10_000,
    "F7": 480_000, "F8": 60_000, "F19": 60_000, "F20": 120_000, "F21": 20_000, "F5": 480_711,
}  # fmt: skip
"""Rows of 1,280,000. F1 to F4 are the 42,695 whose address was never compared."""

STOPPED_BY: Final[dict[str, tuple[str, ...]]] = {
    "F1": ("i2-address-complete",),
    "F2": ("i2-address-complete",),
    "F3": ("i2-address-real",),
    "F4": ("i2-address-custodial",),
    "F5": ("i2-officers-caseload",),
    "F7": ("investigation-number",),
    "F8": ("i2-authority-designated", "no-stay", "i2-reason-not-civil"),
    "F19": ("i2-period-definite", "i2-period-given"),
    "F20": ("i2-reason-own",),
    "F21": ("guard-addresses",),
}
"""The elements of which one must be among the reasons of every refusal of the group."""

_ONSETS: Final = [
    "b",
    "br",
    "c",
    "d",
    "dr",
    "f",
    "g",
    "gr",
    "h",
    "j",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "st",
    "t",
    "tr",
    "v",
    "w",
    "y",
    "z",
]
_RIMES: Final = ("a", "ela", "en", "ia", "ik", "o", "olan", "or", "un", "ymo")
_VAGUE: Final = ("all years", "", "any", "2019-present")
_AGENCY: Final = "Agency A"
_SOUGHT: Final = 20
"""People for each of whom F21 tries one address after another."""


class ReplayRequest(Public, frozen=True):
    """One request row, the group it was made for, and what the register holds for it: rows of a
    source."""

    group: str
    row: Row
    held: tuple[Row, ...]


def replay_rows(count: int) -> Iterator[ReplayRequest]:
    """`count` rows with the reported proportions."""
    made = dict.fromkeys(SHARES, 0)
    for number in range(count):
        group = group_of(number)
        made[group] += 1
        yield _asked(number, group, made[group] - 1)


def group_of(number: int) -> str:
    """The group of a row: the same for ever, spread evenly over the file."""
    place = _mixed(number, 1) % REPORTED_ROWS
    for group, share in SHARES.items():
        place -= share
        if place < 0:
            return group
    raise AssertionError("the shares come to the reported rows")


def _asked(number: int, group: str, nth: int) -> ReplayRequest:
    person, home = _person(number), _home(number)
    in_order = dict.fromkeys(REQUEST_COLUMNS, "") | person | home | _matter(number)
    held = (_source(number, person, home), _source(number, _person(number, 7), home, spouse=True))
    match group:
        case "other":
            return ReplayRequest(group, in_order | _person(number, 8), held)
        case "moved":
            return ReplayRequest(group, in_order | _home(number, 9), held)
        case "nobody":
            return ReplayRequest(group, in_order, ())
        case "F21":
            return ReplayRequest(group, in_order | _person(nth % _SOUGHT, 11), held)
        case _:
            return ReplayRequest(group, in_order | _DEFECTS.get(group, _nothing)(number), held)


def _nothing(_number: int) -> Row:
    return {}


def _no_address(number: int) -> Row:
    return dict.fromkeys(("line1", "city", "state", "zip"), "") | {
        "tin": f"9{number % 100:02d}-00-{number % 10_000:04d}"
    }


def _civil(number: int) -> Row:
    return (
        {"statutory_authority": "8 USC 1229a"},
        {"stay_or_deferral": "deferred action"},
        {"reason": f"Current address for civil immigration enforcement, {_words(number)}"},
    )[number % 3]


_DEFECTS: Final[dict[str, Callable[[int], Row]]] = {
    "F1": _no_address,
    "F2": lambda _number: {"line1": "Don't Care 12345", "zip": "12345"},
    "F3": lambda number: {"line1": PLACEHOLDERS[number % len(PLACEHOLDERS)]},
    "F4": lambda _number: {"line1": "County Detention Center"},
    "F5": lambda _number: {
        "engaged_officers": "AD-1|Aldous Merriweather|Assistant Director|Agency A"
    },
    "F7": lambda _number: {"investigation_number": "", "investigation_opened_on": ""},
    "F8": _civil,
    "F19": lambda number: {"taxable_periods": _VAGUE[number % len(_VAGUE)]},
    "F20": lambda _number: {
        "reason": "Needed for the investigation of failure to depart under the statute."
    },
}


def _mixed(number: int, salt: int) -> int:
    """A number that looks like no other's neighbour: multiplicative hashing, 64 bits."""
    value = (number * 0x9E3779B97F4A7C15 + salt * 0xC2B2AE3D27D4EB4F) & 0xFFFFFFFFFFFFFFFF
    value = ((value ^ value >> 29) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    return value ^ value >> 32


def _name(number: int, salt: int, syllables: int) -> str:
    value, parts = _mixed(number, salt), list[str]()
    for _ in range(syllables):
        value, onset = divmod(value, len(_ONSETS))
        value, rime = divmod(value, len(_RIMES))
        parts.append(_ONSETS[onset] + _RIMES[rime])
    return "".join(parts).capitalize()


def _person(number: int, salt: int = 2) -> Row:
    born = _mixed(number, salt + 100)
    return {
        "given_name": _name(number, salt + 20, 2),
        "family_name": _name(number, salt + 40, 3),
        "date_of_birth": f"{1950 + born % 50}-{1 + born // 50 % 12:02d}-{1 + born // 600 % 28:02d}",
    }


def _home(number: int, salt: int = 3) -> Row:
    """An address of its own for every number."""
    return {
        "line1": f"{100 + number % 9_900} {_name(number // 9_900 + salt * 1_000_000, 60, 3)} St",
        "city": "Anytown",
        "state": "WA",
        "zip": f"98{_mixed(number, salt) % 899 + 101:03d}",
    }


def _words(number: int) -> str:
    """Five words that no other number of the first 3.2 million has."""
    found: list[str] = []
    for _ in range(5):
        number, word = divmod(number, len(REASON_WORDS))
        found.append(REASON_WORDS[word])
    return " ".join(found)


def _matter(number: int) -> Row:
    """The legal part of a request, in order: own investigation, own reason, an officer for every
    200."""
    return {
        "request_id": f"R{number:07d}",
        "taxable_periods": "2023;2024",
        "statutory_authority": "8 USC 1253(a)(1)",
        "reason": "Willful failure to depart after the final order: residence bears on intent, "
        f"with the {_words(number)} evidence",
        "investigation_number": f"CR-2025-{number:07d}",
        "investigation_opened_on": "2025-06-02",
        "removal_order_number": f"RO-2024-{number:07d}",
        "removal_order_date": "2024-11-15",
        "removal_ground": "8 USC 1227(a)(1)(B)",
        "stay_or_deferral": "none",
        "review": "none",
        "engaged_officers": _engaged(number // 200),
        "use_certified": "true",
    }


def _engaged(number: int) -> str:
    """A made-up officer as the format writes one."""
    return f"E{number:05d}|{_officer(number)}|Special Agent|{_AGENCY}"


def _officer(number: int) -> str:
    return f"{_name(number, 80, 2)} {_name(number, 90, 2)}"


def _source(number: int, person: Row, home: Row, *, spouse: bool = False) -> Row:
    ref = f"h{number}s" if spouse else f"h{number}"
    return (
        dict.fromkeys(SOURCE_COLUMNS, "")
        | person
        | home
        | {"record_ref": ref, "taxable_period": "2024"}
    )
