"""The accounting of disclosures for one person, and the disclosure record of a batch or a period.
Each look is entered before anything is shown.

    account              the requests about one person, who asks with name, address and, if they
                         have them, date of birth and number; what an inspector is shown, or what
                         the person may be shown: requests under a delay (delays.py) are
                         left out of the latter without a trace until it is over
    record_disclosures   one line a disclosure, for the holder's accounting form

The entry is an `inspection` without a batch, or with the batch that was recorded. Its commitment:
canonical.commit(HMAC-SHA-256(accounting key, "counterfoil/account-salt/v1" 0x00 count of the
entry), what was asked).
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from counterfoil.accountability.accounting.delays import delays_in_force
from counterfoil.accountability.accounting.lines import Line, Occasion, lines_of
from counterfoil.accountability.accounting.traces import Traces, is_about, traces_of
from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch
from counterfoil.core import canonical
from counterfoil.core.errors import InputFault, UsageFault
from counterfoil.core.outside_json import decode_json
from counterfoil.core.use_cases import Actor, Upload
from counterfoil.core.values import Address, Person, Public, Sensitive
from counterfoil.office import Office, journal
from counterfoil.office.authority import require_officer

PERSON_FORMAT: Final = "counterfoil-person-1"
MAX_PERSON_BYTES: Final = 65_536
ACCOUNTED_UNDER: Final = "26 USC 6103(p)(3)(A)"
DISCLOSED: Final = {
    "confirmed": "that the address in the request is the one held for the person named",
    "not_confirmed": "that the address in the request is not confirmed for the person named",
}


class Reader(StrEnum):
    """Who will read an accounting."""

    INSPECTOR = "inspector"
    PERSON = "person"


class AccountPerson(Public, frozen=True):
    """The accounting for one person. `person`: a file of format `counterfoil-person-1`."""

    person: Upload
    reader: Reader = Reader.PERSON


class RecordDisclosures(Public, frozen=True):
    """The record of one batch, or of the batches released from `first` to `last`, both included,
    UTC. Raises UsageFault `record_of_what` unless it is one of the two."""

    batch: str = ""
    first: date | None = None
    last: date | None = None

    def __post_init__(self) -> None:
        days = (self.first is not None) + (self.last is not None)
        if days != (0 if self.batch else 2):
            raise UsageFault(
                "record_of_what",
                "name one batch, or the first and the last day of a period",
                place="disclosure-record",
                cure="Give --batch, or both --from and --to.",
            )

    def covers(self, batch: Batch) -> bool:
        """Whether the batch was released, and is one that is asked for."""
        released = batch.released_at
        if self.first is None or self.last is None:
            return released is not None and batch.id == self.batch
        return released is not None and self.first <= released.date() <= self.last


class PersonFile(Sensitive, frozen=True, forbid_unknown_fields=True):
    """The person who asks, `counterfoil-person-1`: one JSON object. Absent text is ""."""

    format: str
    given_name: str
    family_name: str
    line1: str
    city: str
    state: str
    zip: str
    middle_name: str = ""
    suffix: str = ""
    date_of_birth: date | None = None
    tin: str = ""
    line2: str = ""


class Accounted(Public, frozen=True, kw_only=True):
    """One request about the person. `found_by`: what it has in common with them. `delayed_until`:
    the last day of a delay that is not over, else "". `accounted_under`: the provision that demands
    the line, "" for a disclosure by the taxpayer's own consent."""

    batch: str
    request_id: str
    received_on: str
    released_on: str
    requester: str
    principal: str
    agreement: str
    statute: str
    purposes: tuple[str, ...]
    outcome: str
    found_by: str
    delayed_until: str
    route: str
    accounted_under: str


class Disclosed(Public, frozen=True, kw_only=True):
    """One disclosure, with the fields of the holder's accounting form. `accounted_under` as in
    `Accounted`."""

    date: str
    agency: str
    principal: str
    agreement: str
    statute: str
    purposes: tuple[str, ...]
    disclosed: str
    officers: tuple[str, ...]
    batch: str
    request_id: str
    route: str
    accounted_under: str


def account(office: Office, actor: Actor, question: AccountPerson) -> tuple[Accounted, ...]:
    """Every request about a person, oldest batch first, for an officer. Enters the look.

    Raises InputFault `file_unreadable`, `file_too_long`, `person_file`; as `require_officer`;
    KeyFault, StoreFault.
    """
    person = read_person(question.person.read_whole(MAX_PERSON_BYTES))
    with office.store.transaction() as connection:
        officer = require_officer(connection, actor)
        said = {"account": canonical.digest(msgspec.msgpack.encode(person))}
        journal.enter_look(office, connection, officer, said)
    asked = _traces(journal.accounting_key(office), person)
    found: list[Accounted] = []
    with office.store.reading() as connection:
        delays = delays_in_force(connection, office.clock().date())
        for batch in batches.list_batches(connection):
            until = delays.get(batch.id, "")
            if until and question.reader is Reader.PERSON:
                continue
            occasion, lines = lines_of(office, connection, batch)
            found += [
                _accounted(occasion, line, by, until)
                for line in lines
                if (by := is_about(asked, line.traces))
            ]
    return tuple(found)


def record_disclosures(
    office: Office, actor: Actor, question: RecordDisclosures
) -> tuple[Disclosed, ...]:
    """Every answer given in the batches that the question covers, for an officer. Enters the look.

    Raises as `require_officer`; StateFault `batch_unknown`; KeyFault, StoreFault.
    """
    with office.store.transaction() as connection:
        officer = require_officer(connection, actor)
        if question.batch:
            batches.find_batch(connection, question.batch)
        said = {"record": question.batch or f"{question.first} {question.last}"}
        journal.enter_look(office, connection, officer, said, question.batch)
    found: list[Disclosed] = []
    with office.store.reading() as connection:
        for batch in filter(question.covers, batches.list_batches(connection)):
            occasion, lines = lines_of(office, connection, batch)
            found += [_disclosed(occasion, line) for line in lines if line.outcome in DISCLOSED]
    return tuple(found)


def read_person(data: bytes) -> PersonFile:
    """Raises InputFault `person_file`: never with a value of it."""
    try:
        person = decode_json(data, PersonFile)
    except ValueError:
        person = None
    if (
        person is None
        or person.format != PERSON_FORMAT
        or not (person.given_name and person.family_name)
    ):
        raise InputFault(
            "person_file",
            f"this is not a file of format {PERSON_FORMAT}",
            place="--person-file",
            cure="docs/formats/person-file.md lists its fields; names and address are required.",
        )
    return person


def _traces(key: bytes, asked: PersonFile) -> Traces:
    person = Person(
        asked.given_name,
        asked.middle_name,
        asked.family_name,
        asked.suffix,
        asked.date_of_birth,
        asked.tin,
    )
    address = Address(asked.line1, asked.line2, asked.city, asked.state, asked.zip)
    return traces_of(key, person, address)


def _accounted(occasion: Occasion, line: Line, found_by: str, until: str) -> Accounted:
    return Accounted(
        batch=occasion.batch,
        request_id=line.request_id,
        received_on=occasion.received_on,
        released_on=occasion.released_on,
        requester=occasion.requester,
        principal=occasion.principal,
        agreement=occasion.agreement,
        statute=line.statute,
        purposes=occasion.purposes,
        outcome=line.outcome,
        found_by=found_by,
        delayed_until=until,
        route=occasion.route,
        accounted_under=_accounted_under(occasion),
    )


def _disclosed(occasion: Occasion, line: Line) -> Disclosed:
    return Disclosed(
        date=occasion.released_on,
        agency=occasion.requester,
        principal=occasion.principal,
        agreement=occasion.agreement,
        statute=line.statute,
        purposes=occasion.purposes,
        disclosed=DISCLOSED[line.outcome],
        officers=occasion.officers,
        batch=occasion.batch,
        request_id=line.request_id,
        route=occasion.route,
        accounted_under=_accounted_under(occasion),
    )


def _accounted_under(occasion: Occasion) -> str:
    return ACCOUNTED_UNDER if occasion.accounted else ""
