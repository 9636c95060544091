"""Openings of the register: entered before the register is opened, and what the key custodian
counted is compared with what is remembered of it. And which snapshot is opened: the one that the
ledger named last, whatever the register's folder says (`require_entered_snapshot`).

The custodian's count is a file beside the register. What it said at the newest opening is
remembered with the ledger's head, so that an older copy of the file, or none, stops the next one.
"""

from __future__ import annotations

from typing import Final

from counterfoil import register
from counterfoil.core.errors import VerifyFault
from counterfoil.database import Connection
from counterfoil.database.remembered import remember_value, remembered_value
from counterfoil.ledger import EntryKind
from counterfoil.office import journal
from counterfoil.office.context import Office

_SUBJECT: Final = "custodian"


def enter_openings(
    office: Office,
    connection: Connection,
    kind: EntryKind,
    batch: str,
    manifest: register.Manifest,
    count: int,
) -> None:
    """Enter `opening` or `replay`: the register is about to be opened for so many requests. Raises
    as `check_counted`."""
    check_counted(office, connection)
    fields = {"batch": batch, "rows": count, "snapshot": register.manifest_digest(manifest)}
    journal.enter(office, connection, kind, fields)


def require_entered_snapshot(
    office: Office, connection: Connection, manifest: register.Manifest
) -> None:
    """Raise VerifyFault `snapshot_other` unless a batch may be decided from this snapshot, which
    the register's folder names as the current one: it is the one that the ledger named last.

    A build that was ended after its snapshot was current and before its entry is entered here: it
    was built after the newest one that is entered.
    """
    digest = register.manifest_digest(manifest)
    entered = [entry for _, entry in office.ledger.newest_of(connection, EntryKind.SNAPSHOT)]
    if entered and entered[0].fields["snapshot"] == digest:
        return
    is_known = any(entry.fields["snapshot"] == digest for entry in entered)
    if is_known or (entered and manifest.built_at < entered[0].time):
        raise VerifyFault(
            "snapshot_other",
            "the register's folder names another snapshot than the ledger named last",
            place=f"register/current: {manifest.snapshot}",
            cure="Nothing was opened. Restore the register's folder from its newest copy, or build "
            "the register again, and tell the inspector.",
        )
    fields = {"snapshot": digest, "rows": manifest.counts.rows}
    journal.enter(office, connection, EntryKind.SNAPSHOT, fields)


def check_register(office: Office, snapshot: str) -> None:
    """Compare every byte of a snapshot's file with its signed manifest. Raises as
    `register.check_store`."""
    register.check_store(office.register_directory, office.signing_publics, snapshot=snapshot)


def check_counted(office: Office, connection: Connection) -> None:
    """Compare what the key custodian counted with what is remembered of it, and remember it: before
    each opening, and after. Raises VerifyFault `custodian_state_altered`."""
    counted, known = office.custodian().total(), remembered_value(connection, _SUBJECT)
    if known and counted < int(known):
        raise VerifyFault(
            "custodian_state_altered",
            f"the key custodian counted {counted} openings, and had counted {known} before",
            place="register/openings.json",
            cure="Nothing was opened. Restore the file's newest copy, and tell the inspector.",
        )
    remember_value(connection, _SUBJECT, str(counted))
