"""The accounting of disclosures for one person, and the disclosure record of a batch or a period.
Each look is entered before anything is shown.

    account              the requests about one person, who asks with name, address and, if they
                         have them, date of birth and number: all of them, for an inspector
    account_to_person    what the person may be shown of them. The table of routes says which
                         (office/accounting_law.py): a request by consent; a request by another
                         route only where an officer decided so for its batch (orders.py); none that
                         is under a delay. What is not shown leaves no trace
    record_disclosures   one line a disclosure, for the holder's accounting form

What a person is shown says that an answer was given, never which: a yes beside a no at one address
would show that somebody was held back under 26 USC 6103(i)(6), and the lines of a person under a
hold are byte for byte those of a person who is not. An answer that was recalled says so, with the
day; not why. Nor does it name the route, or the paragraph of
(i): an order of a court cannot be inferred from it.

The entry is an `inspection` without a batch, or with the batch that was recorded. Its commitment:
canonical.commit(HMAC-SHA-256(accounting key, "counterfoil/account-salt/v1" 0x00 count of the
entry), what was asked).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

import msgspec

from counterfoil.accountability.accounting.lines import Line, lines_of
from counterfoil.accountability.accounting.orders import delays_in_force, load_inform_orders
from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch
from counterfoil.controls.recall.service import RecalledRows, recalled_rows
from counterfoil.core import canonical
from counterfoil.core.errors import InputFault, UsageFault
from counterfoil.core.outside_json import decode_json
from counterfoil.core.use_cases import Actor, Upload
from counterfoil.core.values import Address, Officer, Person, Public, Sensitive
from counterfoil.database import Connection
from counterfoil.gate.history.traces import Traces, is_about, traces_of
from counterfoil.office import Office, journal
from counterfoil.office.accounting_law import accounting_of_route
from counterfoil.office.accounting_records import DISCLOSED as OUTCOMES_DISCLOSED
from counterfoil.office.accounting_records import NOT_ANSWERED, REFUSED, Occasion
from counterfoil.office.authority import require_officer, require_reader

PERSON_FORMAT: Final = "counterfoil-person-1"
MAX_PERSON_BYTES: Final = 65_536
ACCOUNTED_UNDER: Final = "26 USC 6103(p)(3)(A)"
ANSWERED: Final = (
    "an answer was given to whether the address in the request is the one held for the person named"
)
"""What a person is shown of a yes and of a no alike."""
SHOWN: Final = {
    REFUSED: "the request was refused, and nothing was disclosed",
    NOT_ANSWERED: "nothing was disclosed",
    "not_compared": "the records were not looked at, and nothing was disclosed",
} | dict.fromkeys(OUTCOMES_DISCLOSED, ANSWERED)
DISCLOSED: Final = {
    "confirmed": "that the address in the request is the one held for the person named",
    "not_confirmed": "that the address in the request is not confirmed for the person named",
}


class AccountPerson(Public, frozen=True):
    """The accounting for one person. `person`: a file of format `counterfoil-person-1`."""

    person: Upload


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
    """One request about the person. `purpose` is the request's own reason. `found_by`: what it has
    in common with them. `delayed_until`: the last day of a delay that is not over, else "".
    `accounted_under`: the provision that demands the line, "" for a disclosure by the taxpayer's
    own consent. `recalled_on`: the day on which the answer was recalled, else ""."""

    batch: str
    request_id: str
    received_on: str
    released_on: str
    requester: str
    requester_address: str
    principal: str
    agreement: str
    statute: str
    purpose: str
    outcome: str
    found_by: str
    delayed_until: str
    route: str
    provision: str
    accounted_under: str
    recalled_on: str


class ShownToPerson(Public, frozen=True, kw_only=True):
    """One line of what a person is shown (5 USC 552a(c)(1)): date, nature and purpose of the
    disclosure, name and address of the agency; `recalled_on` as in `Accounted`. See the module for
    what is not in it."""

    date: str
    agency: str
    agency_address: str
    provision: str
    purpose: str
    nature: str
    found_by: str
    recalled_on: str


class Disclosed(Public, frozen=True, kw_only=True):
    """One disclosure, with the fields of the holder's accounting form. `accounted_under` and
    `recalled_on` as in `Accounted`."""

    date: str
    agency: str
    agency_address: str
    principal: str
    agreement: str
    statute: str
    purpose: str
    disclosed: str
    officers: tuple[str, ...]
    batch: str
    request_id: str
    route: str
    accounted_under: str
    recalled_on: str


def account(office: Office, actor: Actor, question: AccountPerson) -> tuple[Accounted, ...]:
    """Every request about a person, oldest batch first, for an officer or an inspector. Enters the
    look.

    Raises InputFault `file_unreadable`, `file_too_long`, `person_file`; as `require_reader`;
    KeyFault, StoreFault.
    """
    asked = _enter_asking(office, actor, question, require_reader)
    found: list[Accounted] = []
    with office.store.reading() as connection:
        delays = delays_in_force(connection, office.clock().date())
        recalled = recalled_rows(office, connection)
        for batch in batches.list_batches(connection):
            occasion, lines = lines_of(office, connection, batch)
            found += [
                _accounted(occasion, line, by, delays.get(batch.id, ""), recalled.get(batch.id))
                for line in lines
                if (by := is_about(asked, line.traces))
            ]
    return tuple(found)


def account_to_person(
    office: Office, actor: Actor, question: AccountPerson
) -> tuple[ShownToPerson, ...]:
    """What a person may be shown of the requests about them, oldest batch first, for an officer who
    hands it over. Enters the look.

    Raises as `account`; StateFault `orders_disagree`.
    """
    asked = _enter_asking(office, actor, question, require_officer)
    found: list[ShownToPerson] = []
    with office.store.reading() as connection:
        orders = load_inform_orders(office, connection, office.clock().date())
        recalled = recalled_rows(office, connection)
        for batch in batches.list_batches(connection):
            informs = accounting_of_route(batch.header.route).informs == "always"
            if batch.id in orders.delays or not (informs or batch.id in orders.decided):
                continue
            occasion, lines = lines_of(office, connection, batch)
            found += [
                _shown(occasion, line, by, recalled.get(batch.id))
                for line in lines
                if (by := is_about(asked, line.traces))
            ]
    return tuple(found)


def _enter_asking(
    office: Office,
    actor: Actor,
    question: AccountPerson,
    require: Callable[[Connection, Actor], Officer],
) -> Traces:
    """Enter the look, and return the traces of the person who asks. `require`: who may look."""
    with office.store.reading() as connection:
        require(connection, actor)  # before anything of the file is looked at
    person = read_person(question.person.read_whole(MAX_PERSON_BYTES))
    with office.store.transaction() as connection:
        officer = require(connection, actor)
        said = {"account": canonical.digest(msgspec.msgpack.encode(person))}
        journal.enter_look(office, connection, officer, said)
    return traces_for(office, person)


def record_disclosures(
    office: Office, actor: Actor, question: RecordDisclosures
) -> tuple[Disclosed, ...]:
    """Every answer given in the batches that the question covers, for an officer or an inspector.
    Enters the look.

    Raises as `require_reader`; StateFault `batch_unknown`; KeyFault, StoreFault.
    """
    with office.store.transaction() as connection:
        officer = require_reader(connection, actor)
        if question.batch:
            batches.find_batch(connection, question.batch)
        said = {"record": question.batch or f"{question.first} {question.last}"}
        journal.enter_look(office, connection, officer, said, question.batch)
    found: list[Disclosed] = []
    with office.store.reading() as connection:
        recalled = recalled_rows(office, connection)
        for batch in filter(question.covers, batches.list_batches(connection)):
            occasion, lines = lines_of(office, connection, batch)
            found += [
                _disclosed(occasion, line, recalled.get(batch.id))
                for line in lines
                if line.outcome in DISCLOSED
            ]
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


def traces_for(office: Office, asked: PersonFile) -> Traces:
    """The traces by which the requests about a person are found. Raises KeyFault."""
    key = journal.accounting_key(office)
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


def _accounted(
    occasion: Occasion, line: Line, found_by: str, until: str, recalled: RecalledRows | None
) -> Accounted:
    return Accounted(
        batch=occasion.batch,
        request_id=line.request_id,
        received_on=occasion.received_on,
        released_on=occasion.released_on,
        requester=occasion.requester_name or occasion.requester,
        requester_address=occasion.requester_address,
        principal=occasion.principal,
        agreement=occasion.agreement,
        statute=line.statute,
        purpose=line.reason,
        outcome=line.outcome,
        found_by=found_by,
        delayed_until=until,
        route=occasion.route,
        provision=occasion.provision,
        accounted_under=_accounted_under(occasion),
        recalled_on=_recalled_on(line, recalled),
    )


def _shown(
    occasion: Occasion, line: Line, found_by: str, recalled: RecalledRows | None
) -> ShownToPerson:
    """The only place where a line becomes what a person is shown."""
    row = accounting_of_route(occasion.route)
    return ShownToPerson(
        date=occasion.released_on or occasion.received_on,
        agency=occasion.requester_name or occasion.requester,
        agency_address=occasion.requester_address,
        provision=row.shown_as,
        purpose=line.reason if row.shows_reason else f"enforcement of {line.statute}",
        nature=SHOWN[line.outcome],
        found_by=found_by,
        recalled_on=_recalled_on(line, recalled),
    )


def _disclosed(occasion: Occasion, line: Line, recalled: RecalledRows | None) -> Disclosed:
    return Disclosed(
        date=occasion.released_on,
        agency=occasion.requester_name or occasion.requester,
        agency_address=occasion.requester_address,
        principal=occasion.principal,
        agreement=occasion.agreement,
        statute=line.statute,
        purpose=line.reason,
        disclosed=DISCLOSED[line.outcome],
        officers=occasion.holder_officers,
        batch=occasion.batch,
        request_id=line.request_id,
        route=occasion.route,
        accounted_under=_accounted_under(occasion),
        recalled_on=_recalled_on(line, recalled),
    )


def _recalled_on(line: Line, recalled: RecalledRows | None) -> str:
    return recalled.day_of(line.request_id) if recalled else ""


def _accounted_under(occasion: Occasion) -> str:
    return ACCOUNTED_UNDER if occasion.accounted else ""
