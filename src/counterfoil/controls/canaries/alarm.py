"""What happens when somebody asks for a canary: the requester stands still at once, and the
officers are paged.

    repeated    two requests or more named a canary's door within the guards' window, over all
                files, officers and principals; found when a chunk's questions are kept
    confirmed   a request named a canary and its address; found when a chunk's determinations are
                kept

A name alone is never looked for, and one question at the address may be a slip. In the very commit
that keeps the chunk:

    1  an entry `suspension` that reaches the requester, with no officer; it commits to
       `facts_bytes`
    2  every open batch of the requester is held, this one included
    3  an incident of the class `canary-asked` is entered, without an officer: its clock runs

After the commit the program of the setting `page` is run once, with one JSON object on its standard
input: office, batch, incident, time, code. It says nothing of a person, nor of an address. A page
that fails changes nothing.

The gate's decisions do not depend on canaries (P2), and neither does what leaves: the requester
sees what any suspension shows.
"""

from __future__ import annotations

import json
import logging
import subprocess
from collections.abc import Iterable, Mapping
from typing import Final

from counterfoil import register
from counterfoil.batches.batch import Batch, instant_text
from counterfoil.batches.rows import Determination
from counterfoil.controls.canaries.store import asked_more_than_once, canary_doors, canary_records
from counterfoil.controls.incidents.service import enter_incident
from counterfoil.controls.incidents.store import IncidentClass
from counterfoil.controls.suspension.scope import Over, Reach
from counterfoil.controls.suspension.service import stop_here
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault
from counterfoil.core.values import Match, Public, Residents
from counterfoil.database import Connection
from counterfoil.gate.history.fingerprints import Fingerprints
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


def watched_doors(office: Office) -> frozenset[int]:
    """The hashed doors of the canaries in the build that answers now."""
    try:
        snapshot = register.current_snapshot(office.register_directory)
    except StateFault:
        return frozenset()
    with office.store.reading() as connection:
        return canary_doors(connection, snapshot)


def raise_if_repeated(
    office: Office,
    connection: Connection,
    batch: Batch,
    first: int,
    marks: Fingerprints,
    watched: frozenset[int],
) -> Alarm | None:
    """Of a chunk of a file that was remembered before. first: the number of its first row."""
    if watched.isdisjoint(marks.addresses):
        return None
    today = batch.gate_date.toordinal()
    begins = today - office.law.agreement.limits.guards.window_days + 1
    for row, door in enumerate(marks.addresses, first):
        if door in watched and asked_more_than_once(connection, door, begins, today):
            return _raise(office, connection, batch, row, REPEATED)
    return None


def raise_if_confirmed(
    office: Office,
    connection: Connection,
    batch: Batch,
    decided: Iterable[Determination],
    opened: Mapping[int, Residents],
) -> Alarm | None:
    """Of a chunk that was determined on the batch's snapshot. A question that reaches a canary
    reaches nobody else."""
    is_canary = canary_records(connection, office.payload_keys()[1], batch.snapshot)
    for row in decided:
        if isinstance(row, Match) and row.confirmed:
            held = opened[row.row].residents
            if any(is_canary(resident.record_ref) for resident in held):
                return _raise(office, connection, batch, row.row, CONFIRMED)
    return None


def facts_bytes(batch: str, row: int, code: str) -> bytes:
    """What the entry of such a suspension commits to, by its digest, as others do to an order's."""
    return canonical.encode({"batch": batch, "row": row, "code": code})


def page(office: Office, alarm: Alarm | None) -> None:
    """Page the officers, after the commit. What went wrong is said on stderr; nothing is raised."""
    if alarm is None:
        return
    _log.warning(
        "A canary was asked for: the requester stands still, incident %d is open.", alarm.incident
    )
    if not office.settings.page:
        _log.warning("Nobody was paged: `page` in office.toml names no program. Tell the officers.")
        return
    told = json.dumps({name: getattr(alarm, name) for name in alarm.__struct_fields__})
    try:
        done = subprocess.run(
            office.settings.page,
            input=told.encode(),
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


def _raise(office: Office, connection: Connection, batch: Batch, row: int, code: str) -> Alarm:
    reach = Reach(
        Over.REQUESTER, batch.header.get("party", office.law.agreement.parties.requester.id)
    )
    stop_here(office, connection, reach, canonical.digest(facts_bytes(batch.id, row, code)), None)
    incident = enter_incident(
        office, connection, IncidentClass.CANARY_ASKED, office.clock(), batch.id, None
    )
    return Alarm(
        office.settings.name, batch.id, incident.number, instant_text(incident.opened_at), code
    )
