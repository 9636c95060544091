"""A person whose rows are sought in an accounting, in other spellings too: names are compared by
the rules by which a question is matched to a record (normalize/), since a question in such a
spelling may have been confirmed."""

from __future__ import annotations

from counterfoil.accountability.accounting.service import PersonFile, traces_for
from counterfoil.core.values import NameForm, Person, Sensitive
from counterfoil.gate.history.traces import Traces, is_about, traces_from_text
from counterfoil.normalize import leads_to_family, leads_to_given, normalize_name
from counterfoil.office import Office
from counterfoil.office.accounting_records import AccountRecord


class SoughtPerson(Sensitive, frozen=True):
    """A person as the records of an accounting are compared with them."""

    traces: Traces
    name: NameForm


def seek(office: Office, person: PersonFile) -> SoughtPerson:
    """The person of a file. Raises KeyFault."""
    return SoughtPerson(traces_for(office, person), _name(person))


def is_theirs(record: AccountRecord, sought: SoughtPerson) -> bool:
    """Whether a record is about the person: by number, or by name with date of birth or address,
    or by another spelling of the name at the same address."""
    traces = traces_from_text(record.person_keys)
    if is_about(sought.traces, traces):
        return True
    same_home = sought.traces.door and sought.traces.door == traces.door
    return bool(same_home) and bears_their_name(record, sought)


def bears_their_name(record: AccountRecord, sought: SoughtPerson) -> bool:
    """Whether the name of a record leads to the person's, or theirs to it."""
    asked = _name(record)
    return _leads(asked, sought.name) or _leads(sought.name, asked)


def _name(of: AccountRecord | PersonFile) -> NameForm:
    return normalize_name(Person(of.given_name, of.middle_name, of.family_name, of.suffix))


def _leads(one: NameForm, other: NameForm) -> bool:
    """Whether one name leads to another; an initial leads to every given name that begins so."""
    given = leads_to_given(one, other, may_be_exchanged=True) or any(
        1 in (len(mine), len(theirs)) and mine[0] == theirs[0]
        for mine in one.given[:1]
        for theirs in other.given[:1]
    )
    return given and leads_to_family(one, other, may_be_exchanged=True)
