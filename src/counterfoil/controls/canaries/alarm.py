"""What happens when somebody asks for a canary: nothing of the requester is opened or released from
then on, and the officers are paged; what the requester sees comes on a day that was fixed before.

    repeated    two requests or more named a canary's address within the guards' window, over all
                files, officers and principals; found when a chunk's questions are kept
    confirmed   a request named a canary and its address; found when a chunk's determinations are
                kept

A name alone is never looked for, and one question at the address may be a slip. In the very commit
that keeps the chunk:

    1  an entry `suspension` of the requester, with no officer; it commits to the digest of
       `facts_bytes`
    2  every open batch of the requester is held, this one included, once it is judged
    3  an incident of the class `canary-asked` is entered, without an officer: its clock runs

After the commit the program of the setting `page` is run once, with one JSON object on its standard
input: office, batch, incident, time, code. It says nothing of a person, nor of an address. A page
that fails changes nothing.

Where the requester is suspended already, nothing is entered a second time.

The gate's decisions do not depend on canaries (P2), and neither does what leaves, nor what the
requester sees until the day of notice (controls/suspension/service.py): its files are received,
with the receipts and the time of any, and wait for officers as any may; from that day they are
refused. So that receiving takes no longer, its page is run apart.
"""

from __future__ import annotations

import json
import logging
import subprocess
from collections.abc import Iterable, Sequence
from threading import Thread
from typing import Final

from counterfoil import register
from counterfoil.batches.batch import Batch
from counterfoil.controls.canaries.store import canary_addresses, canary_records, newest_kept
from counterfoil.controls.incidents.service import IncidentClass, IncidentFacts, enter_incident
from counterfoil.controls.suspension.scope import Scope, ScopeKind
from counterfoil.controls.suspension.service import enter_suspension, suspensions
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault
from counterfoil.core.instants import instant_text
from counterfoil.core.values import Public
from counterfoil.database import Connection
from counterfoil.gate.history.fingerprints import Fingerprints
from counterfoil.gate.history.store import times_asked_at
from counterfoil.office import Office

REPEATED: Final = "canary_repeated"
CONFIRMED: Final = "canary_confirmed"
PAGE_SECONDS: Final = 30
_log: Final = logging.getLogger("counterfoil")


class Alarm(Public, frozen=True):
    """One alarm, as the officers are paged of it."""

    office: str
    batch: str
    incident: int
    time: str
    code: str


def watched_addresses(office: Office) -> frozenset[int]:
    """The hashed address keys of the canaries in the build that answers now, and in the one whose
    canaries were kept last: so that nobody silences them by what the register's folder names as
    current. Raises VerifyFault `row_disagrees`."""
    try:
        snapshot = register.current_snapshot(office.register_directory)
    except StateFault:
        snapshot = ""
    with office.store.reading() as connection:
        current = canary_addresses(connection, snapshot)
        return current | canary_addresses(connection, newest_kept(connection))


def raise_if_repeated(
    office: Office,
    connection: Connection,
    batch: Batch,
    first: int,
    asked: Fingerprints,
    watched: frozenset[int],
) -> Alarm | None:
    """Raise the alarm `repeated` for the first question of a chunk that gives cause, if one does.

    The guards' memory holds the questions already. `first` is the number of the chunk's first row,
    `watched` what `watched_addresses` found.
    """
    if watched.isdisjoint(asked.addresses):
        return None
    today = batch.gate_date.toordinal()
    begins = today - office.law.agreement.limits.guards.window_days + 1
    for row, address in enumerate(asked.addresses, first):
        if address not in watched:
            continue
        homes = asked.home_keys(row - first)
        if times_asked_at(connection, address, homes, begins, today) > 1:
            return _raise(office, connection, batch, row, REPEATED)
    return None


def raise_if_confirmed(
    office: Office,
    connection: Connection,
    batch: Batch,
    confirmed: Iterable[tuple[int, Sequence[str]]],
) -> Alarm | None:
    """Raise the alarm `confirmed` for the first row of a chunk that gives cause, if one does.

    The chunk was determined on the batch's snapshot; `confirmed` has the number of each row that
    was confirmed, and the record references of all who live there. A question that finds a canary's
    bucket finds nobody else's.
    """
    is_canary = canary_records(connection, office.payload_keys()[1], batch.snapshot)
    for row, references in confirmed:
        if any(map(is_canary, references)):
            return _raise(office, connection, batch, row, CONFIRMED)
    return None


def facts_bytes(batch: str, row: int, code: str) -> bytes:
    """What the entry of such a suspension commits to, by its digest, as others do to an order's."""
    return canonical.encode({"batch": batch, "row": row, "code": code})


def page(office: Office, alarm: Alarm | None) -> None:
    """Page the officers, after the commit. What went wrong is said on stderr; nothing is raised."""
    if alarm is None:
        return
    _log.warning(
        "A canary was asked for: the requester is suspended, incident %d is open.", alarm.incident
    )
    if not office.settings.page:
        _log.warning("Nobody was paged: `page` in office.toml names no program. Tell the officers.")
        return
    facts = json.dumps({name: getattr(alarm, name) for name in alarm.__struct_fields__})
    try:
        done = subprocess.run(
            office.settings.page,
            input=facts.encode(),
            timeout=PAGE_SECONDS,
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        failed = f"exit {done.returncode}" if done.returncode else ""
    except (OSError, subprocess.SubprocessError) as fault:
        failed = type(fault).__name__
    if failed:
        _log.warning(
            "The page failed (%s). Tell the officers; the program is `page` in office.toml.", failed
        )


def page_apart(office: Office, alarm: Alarm | None) -> Thread | None:
    """`page` in a thread of its own, which the process waits for before it ends."""
    if alarm is None:
        return None
    thread = Thread(target=page, args=(office, alarm), name="page")
    thread.start()
    return thread


def _raise(
    office: Office, connection: Connection, batch: Batch, row: int, code: str
) -> Alarm | None:
    requester = batch.header.party or office.law.agreement.parties.requester.id
    if str(Scope(ScopeKind.REQUESTER, requester)) in suspensions(office, connection).scopes:
        return None
    document = canonical.digest(facts_bytes(batch.id, row, code))
    enter_suspension(office, connection, document, Scope(ScopeKind.REQUESTER, requester))
    facts = IncidentFacts(IncidentClass.CANARY_ASKED, office.clock(), batch.id)
    incident = enter_incident(office, connection, facts)
    opened_at = instant_text(incident.opened_at)
    return Alarm(office.settings.name, batch.id, incident.number, opened_at, code)
