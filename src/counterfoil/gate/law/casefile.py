"""Sentences about the law as data: `law/cases/base*.yaml` and `law/cases/**/*.yaml`.

    format: counterfoil-case-base-1              one whole request that every element admits
    agreement, on, header, request               header and request as in a request file, columns as
    text
    document                                     what the header states of an order or consent, if
    the route needs one

    format: counterfoil-cases-1
    title: Names
    base: base-consent                           another base file than base.yaml; may be left out
    cases:
      - element: i2-name-given                   the element that the sentences are about
        sentences:
          - because: the given name is empty     read: on this date this request is refused, because
                                                 ...
            change: {given_name: ""}             columns that differ from the base
            finds: {i2-name-given: not_shown}    every finding that is not met; {} means admitted

Optional in a sentence: `agreement` and `on` (else the base's), `header` (fields that differ;
`sent_on` is else the day of decision), `document` (fields of it that differ), `no_document: true`,
`batch` (`rows`, `same_reason`, `similar_reason`, `people_in_investigation`, `officers`: id
to requests in the file; and for guards `attempts_on_person`, `addresses_of_person`,
`people_at_address`, `same_request`, of the file, this request included), `past` (the same of
earlier files, and `requests_today`, `requests_of_365_days`, `probes_days_ago`: days to attempts),
`history` (officer id to earlier requests), `amend` (field of the agreement, dotted, to another
value) and `repeal` (statute id to its last day). An unknown field refuses.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec

from counterfoil.core.values import Document, Person, Request, State
from counterfoil.gate.law.route import Closed
from counterfoil.gate.law.schema import Count, Digest, Identifier, Text, convert

BASE: Final = "base"
NotNegative = Annotated[int, msgspec.Meta(ge=0)]


class Columns(Closed, frozen=True, gc=False):
    """The columns of a request file (docs/formats/request-file.md), as text; absent is empty."""

    request_id: str = "case"
    given_name: str = ""
    middle_name: str = ""
    family_name: str = ""
    suffix: str = ""
    date_of_birth: str = ""
    tin: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    taxable_periods: str = ""
    statutory_authority: str = ""
    reason: str = ""
    investigation_number: str = ""
    investigation_opened_on: str = ""
    removal_order_number: str = ""
    removal_order_date: str = ""
    removal_ground: str = ""
    court_order_date: str = ""
    stay_or_deferral: str = ""
    engaged_officers: str = ""
    use_certified: str = ""


class HeaderChange(Closed, frozen=True, gc=False):
    """Header fields that a sentence sets; None leaves the base's."""

    requester: str | None = None
    agreement: str | None = None
    principal: str | None = None
    sent_on: date | None = None
    signed: bool | None = None
    route: str | None = None


class StatedPerson(Closed, frozen=True, gc=False):
    """A person whom a document names."""

    given_name: str
    family_name: str
    date_of_birth: date | None = None


class StatedDocument(Closed, frozen=True, gc=False):
    """An order or consent, with the fields that a header has for it."""

    digest: Digest
    issued_on: date
    expires_on: date | None = None
    people: tuple[StatedPerson, ...] = ()
    periods: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    court: str = ""
    judge: str = ""
    finds: tuple[str, ...] = ()
    recipient: str = ""
    purpose: str = ""


class BatchChange(Closed, frozen=True, gc=False):
    """Counts of the file that the request came in."""

    rows: Count = 1
    same_reason: Count = 1
    similar_reason: Count = 1
    people_in_investigation: Count = 1
    officers: dict[str, Count] = {}
    attempts_on_person: Count = 1
    addresses_of_person: Count = 1
    people_at_address: Count = 1
    same_request: Count = 1


class Past(Closed, frozen=True, gc=False):
    """What earlier files asked about the request's person, address and content, and in all.

    `probes_days_ago`: attempts to probe in an earlier file, by how many days ago it came.
    """

    attempts_on_person: NotNegative = 0
    addresses_of_person: NotNegative = 0
    people_at_address: NotNegative = 0
    same_request: NotNegative = 0
    requests_today: NotNegative = 0
    requests_of_365_days: NotNegative = 0
    probes_days_ago: dict[int, Count] = {}


class Sentence(Closed, frozen=True, gc=False):
    """One sentence. See the module."""

    because: Text
    finds: dict[str, State]
    change: dict[str, str] = {}
    agreement: Identifier | None = None
    on: date | None = None
    header: HeaderChange = HeaderChange()
    batch: BatchChange = BatchChange()
    history: dict[str, Count] = {}
    past: Past = Past()
    amend: dict[str, Any] = {}
    document: dict[str, Any] = {}
    no_document: bool = False
    repeal: dict[str, date] = {}


class Case(Closed, frozen=True, gc=False):
    """The sentences about one element."""

    element: Identifier
    sentences: tuple[Sentence, ...]


class CaseFile(Closed, frozen=True, gc=False):
    """One file of cases."""

    format: Literal["counterfoil-cases-1"]
    title: Text
    cases: tuple[Case, ...]
    base: Identifier = BASE


class Base(Closed, frozen=True, gc=False):
    """The request that every sentence starts from."""

    format: Literal["counterfoil-case-base-1"]
    agreement: Identifier
    on: date
    header: HeaderChange
    request: dict[str, str]
    document: dict[str, Any] | None = None


def read_columns(fields: dict[str, str], path: Path) -> Request:
    """A request from text columns. Raises SettingsFault law_field for an unknown column or a bad
    date."""
    text = convert(fields, Columns, path)
    return convert(_request(text), Request, path)


def _request(text: Columns) -> list[Any]:
    """The fields of `Request` in their order."""
    person = [
        text.given_name,
        text.middle_name,
        text.family_name,
        text.suffix,
        text.date_of_birth or None,
        text.tin,
    ]
    ordered_on, court_ordered_on = text.removal_order_date or None, text.court_order_date or None
    return [
        text.request_id,
        1,
        person,
        [text.line1, text.line2, text.city, text.state, text.zip],
        _items(text.taxable_periods),
        text.statutory_authority,
        text.reason,
        text.investigation_number,
        text.investigation_opened_on or None,
        [text.removal_order_number, ordered_on, text.removal_ground, court_ordered_on],
        text.stay_or_deferral,
        [_officer(item) for item in _items(text.engaged_officers)],
        text.use_certified or "false",
    ]


def _items(text: str) -> list[str]:
    return [item.strip() for item in text.split(";")] if text.strip() else []


def _officer(item: str) -> list[str]:
    parts = [part.strip() for part in item.split("|")]
    return [*parts, "", "", ""][:3]


def read_case_files(directory: Path) -> list[Path]:
    """Every case file under a directory, the bases left out, in order of path."""
    return sorted(
        path for path in directory.rglob("*.yaml") if path not in set(directory.glob("base*.yaml"))
    )


def read_document(fields: dict[str, Any], path: Path) -> Document:
    """A document as a header states it. Raises SettingsFault law_field."""
    stated = convert(fields, StatedDocument, path)
    people = tuple(
        Person(each.given_name, "", each.family_name, "", each.date_of_birth)
        for each in stated.people
    )
    document: dict[str, Any] = msgspec.structs.asdict(stated) | {"people": people}
    return Document(**document)


def changed(base: Any, changes: dict[str, Any]) -> Any:
    """Builtins with dotted fields set to other values; a number selects an item of a list.

    Raises ValueError, IndexError or TypeError for a field that is not there.
    """
    for dotted, value in changes.items():
        *path, last = dotted.split(".")
        fields = _fields_at(base, path)
        if last not in fields:
            raise ValueError("no such field")
        fields[last] = value
    return base


def _fields_at(place: Any, path: list[str]) -> dict[str, Any]:
    for part in path:
        place = place[part if part in place else int(part)]
    return place


def to_builtins(value: Any) -> Any:
    """A law value as lists, dicts and text, ready to be changed and converted again."""
    return msgspec.to_builtins(value)
