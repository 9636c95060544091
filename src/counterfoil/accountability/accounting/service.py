"""The accounting of disclosures for one person, and the disclosure record of a batch or a period.
Each look is entered.

    account    the requests about one person, who asks with name, address and, if they have them,
               date of birth and number; what an inspector is shown, or what the person may be
               shown: requests under a delay (disposing.delay) are left out of the latter without a
               trace while it stands
    record     one line a disclosure, for the holder's accounting form

The entry is an `inspection` without a batch, or with the batch that was recorded. Its commitment:
canon.commit(HMAC-SHA-256(accounting key, "counterfoil/account-salt/v1" 0x00 count of the entry),
what was asked).
"""

from __future__ import annotations

from datetime import date
from typing import Final

import msgspec

from counterfoil.accountability.accounting.delays import delayed_until
from counterfoil.accountability.accounting.lines import (
    NOT_ANSWERED,
    Line,
    Occasion,
    accounting_key,
    lines_of,
    look_commitment,
)
from counterfoil.accountability.accounting.traces import is_about, traces_of
from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch, instant_text
from counterfoil.core import canonical
from counterfoil.core.errors import InputFault
from counterfoil.core.values import Address, Officer, Person, Public, Sensitive
from counterfoil.ledger import Draft, EntryKind
from counterfoil.office import Office
from counterfoil.tlog import Signer

PERSON_FORMAT: Final = "counterfoil-person-1"
MAX_PERSON_BYTES: Final = 65_536
ACCOUNTED_UNDER: Final = "26 USC 6103(p)(3)(A)"
DISCLOSED: Final = {
    "confirmed": "that the address in the request is the one held for the person named",
    "not_confirmed": "that the address in the request is not confirmed for the person named",
}


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


class Accounted(Public, frozen=True):
    """One request about the person. `found_by`: what it has in common with them. `delayed_until`:
    "" for none that stands. `accounted_under`: the provision that demands the line, "" for a
    disclosure by the taxpayer's own consent."""

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


class Disclosed(Public, frozen=True):
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


def read_person(data: bytes) -> PersonFile:
    """Raises InputFault `person_file`: never with a value of it."""
    try:
        person = (
            msgspec.json.decode(data, type=PersonFile) if len(data) <= MAX_PERSON_BYTES else None
        )
    except (msgspec.MsgspecError, UnicodeDecodeError):
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


def account(
    office: Office, person: PersonFile, for_person: bool, name: str, signer: Signer
) -> list[Accounted]:
    """Every request about a person, oldest batch first. Entered before anything is shown.

    Raises StateFault, KeyFault (the officer), StoreFault.
    """
    key = accounting_key(office)
    named = Person(
        person.given_name,
        person.middle_name,
        person.family_name,
        person.suffix,
        person.date_of_birth,
        person.tin,
    )
    asked = traces_of(
        key, named, Address(person.line1, person.line2, person.city, person.state, person.zip)
    )
    _enter(
        office, key, {"account": canonical.digest(msgspec.msgpack.encode(person))}, "", name, signer
    )
    found: list[Accounted] = []
    today = office.clock().date()
    with office.store.reading() as connection:
        for batch in batches.list_batches(connection):
            last = delayed_until(connection, batch.id)
            stands = last is not None and last >= today
            if for_person and stands:
                continue
            occasion, lines = lines_of(office, connection, batch, key)
            until = last.isoformat() if last is not None and stands else ""
            found += [
                _accounted(occasion, line, by, until)
                for line in lines
                if (by := is_about(asked, line.traces))
            ]
    return found


def record_disclosures(
    office: Office, batch_id: str, first: date, last: date, name: str, signer: Signer
) -> list[Disclosed]:
    """Every answer given, in a batch or, where `batch_id` is "", in the batches released from
    `first` to `last`, UTC.

    Raises as `account`; StateFault `batch_unknown`.
    """
    key = accounting_key(office)
    with office.store.reading() as connection:
        chosen = (
            [batches.find_batch(connection, batch_id)]
            if batch_id
            else batches.list_batches(connection)
        )
        chosen = [
            batch
            for batch in chosen
            if batch.released_at and (batch_id or first <= _day(batch) <= last)
        ]
    said = {"record": batch_id or f"{first} {last}"}
    _enter(office, key, said, batch_id, name, signer)
    found: list[Disclosed] = []
    with office.store.reading() as connection:
        for batch in chosen:
            occasion, lines = lines_of(office, connection, batch, key)
            found += [_disclosed(occasion, line) for line in lines if line.outcome in DISCLOSED]
    return found


def _accounted(occasion: Occasion, line: Line, found_by: str, until: str) -> Accounted:
    outcome = line.outcome if occasion.released_on or line.outcome == "refused" else NOT_ANSWERED
    return Accounted(
        occasion.batch,
        line.request_id,
        occasion.received_on,
        occasion.released_on,
        occasion.requester,
        occasion.principal,
        occasion.agreement,
        line.statute,
        occasion.purposes,
        outcome,
        found_by,
        until,
        occasion.route,
        _accounted_under(occasion),
    )


def _disclosed(occasion: Occasion, line: Line) -> Disclosed:
    return Disclosed(
        occasion.released_on,
        occasion.requester,
        occasion.principal,
        occasion.agreement,
        line.statute,
        occasion.purposes,
        DISCLOSED[line.outcome],
        occasion.officers,
        occasion.batch,
        line.request_id,
        occasion.route,
        _accounted_under(occasion),
    )


def _accounted_under(occasion: Occasion) -> str:
    return ACCOUNTED_UNDER if occasion.accounted else ""


def _enter(
    office: Office, key: bytes, said: dict[str, str], batch_id: str, name: str, signer: Signer
) -> None:
    """Enter that this officer looked. Raises StateFault, KeyFault."""
    with office.store.transaction() as connection:
        officer = batches.officer_with_key(connection, name, str(signer.verifier))
        fields = {
            "commitment": look_commitment(office, connection, key, said),
            "officer": _named(officer),
        }
        if batch_id:
            fields["batch"] = batch_id
        office.ledger.append(connection, [Draft(EntryKind.INSPECTION, {**fields})], office.clock())


def _named(officer: Officer) -> str:
    return canonical.digest(officer.vkey.encode())


def _day(batch: Batch) -> date:
    return (
        date.fromisoformat(instant_text(batch.released_at)[:10]) if batch.released_at else date.min
    )
