"""Enrolments as the ledger has them: whether who signed was enrolled when they signed, and who
enrolled them.

Entries `key` of the purposes of officers, in their order, say who may sign from where to where. An
entry that is not among the first two officers', and is not of a sandbox or from before the office's
first `state`, names two officers who were enrolled before it; the act that is kept with it carries
what they signed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from counterfoil.batches.officers import Role
from counterfoil.batches.statements import check_signed, read_signed
from counterfoil.batches.store import list_enrolled
from counterfoil.core import canonical
from counterfoil.core.errors import CounterfoilError
from counterfoil.core.values import Officer
from counterfoil.database import Connection
from counterfoil.ledger import EntryKind
from counterfoil.ledger.entries import Entry
from counterfoil.office import acts
from counterfoil.office.context import Office
from counterfoil.office.journal import officer_digest
from counterfoil.office.officers import ADDED, FIRST_OFFICERS, RECOVERING, key_purpose

_PURPOSES: Final = frozenset(map(key_purpose, Role))
_RECOVERING: Final = frozenset(map(key_purpose, RECOVERING))
_DISCLOSURE: Final = key_purpose(Role.DISCLOSURE)


RECOVERY_EVENTS: Final = ("recover-officer", "object-recovery", "finish-recovery")
"""What is signed in a recovery, in its order; the second by one officer alone."""
_RECOVERY_ROLES: Final = (Role.DISCLOSURE, Role.RECOVERY, Role.INSPECTOR)


class Enrolments(NamedTuple):
    """(index, entry) of every entry of an officer's key, oldest first."""

    entries: Sequence[tuple[int, Entry]]

    def had(self, officer: str, index: int, role: Role = Role.DISCLOSURE) -> bool:
        """Whether the officer of this digest was enrolled in the role at the entry of an index."""
        said = [
            (entry.fields["event"], entry.fields["purpose"])
            for at, entry in self.entries
            if at < index and entry.fields["key"] == officer
        ]
        return bool(said) and said[-1] == (ADDED, key_purpose(role))


def read_enrolments(office: Office, connection: Connection) -> Enrolments:
    """Every enrolment and retirement. Raises VerifyFault."""
    found = [
        (index, entry)
        for index, entry in office.ledger.newest_of(connection, EntryKind.KEY)
        if entry.fields["purpose"] in _PURPOSES
    ]
    return Enrolments(found[::-1])


def unsigned_enrolments(
    office: Office, connection: Connection, enrolments: Enrolments
) -> list[int]:
    """The indices of enrolments and retirements that two officers had to sign and did not."""
    if office.settings.sandbox:
        return []
    states = [index for index, _ in office.ledger.newest_of(connection, EntryKind.STATE)]
    first, alone = min(states, default=0), 0
    kept = {act.entry_index: act for act in acts.list_acts(connection, EntryKind.KEY)}
    officers = {officer.name: officer for officer, _, _ in list_enrolled(connection)}
    found, seen = list[int](), set[str]()
    for index, entry in enrolments.entries:
        purpose, event = str(entry.fields["purpose"]), entry.fields["event"]
        is_first = (purpose, event) == (_DISCLOSURE, ADDED)
        if event == ADDED and purpose in _RECOVERING and purpose not in seen:
            seen.add(purpose)
            is_of_the_making = alone < FIRST_OFFICERS
        else:
            alone += is_first
            is_of_the_making = is_first and alone <= FIRST_OFFICERS
        if index < first or is_of_the_making:
            continue
        act = kept.get(index)
        if act is not None and act.event in RECOVERY_EVENTS:
            if not is_recovery_signed(entry, act, officers, enrolments, index):
                found.append(index)
            continue
        if act is None or not _is_signed(entry, act, officers, enrolments, index):
            found.append(index)
    return found


def is_recovery_signed(
    entry: Entry, act: acts.Act, officers: dict[str, Officer], enrolments: Enrolments, index: int
) -> bool:
    """Whether each who had to sign an entry of a recovery (disclosure/recovery.py) did, and was
    enrolled in that role before."""
    try:
        said = msgspec.json.decode(act.committed, type=dict[str, str])
        kept = msgspec.json.decode(act.signatures, type=list[msgspec.Raw])
        names = [act.officer, *(said[name] for name in ("recovery", "inspector") if said[name])]
        for raw, name, role in zip(kept, names, _RECOVERY_ROLES[: len(names)], strict=True):
            signed = read_signed(bytes(raw).decode(), officers[name])
            check_signed(signed)
            details = {"lost": said["lost"], "vkey": said["vkey"]}
            stated = (signed.statement.act, signed.statement.subject, signed.statement.details)
            digest = officer_digest(officers[name])
            if stated != (act.event, said["officer"], details) or not enrolments.had(
                digest, index, role
            ):
                return False
        wanted = len(_RECOVERY_ROLES) if act.event != RECOVERY_EVENTS[1] else 1
        return (
            len(names) == wanted
            and entry.fields.get("officer") == officer_digest(officers[act.officer])
            and entry.fields.get("commitment") == canonical.commit(act.salt, act.committed)
            and entry.fields["key"] == canonical.digest(said["vkey"].encode())
        )
    except (CounterfoilError, KeyError, ValueError):
        return False


def _is_signed(
    entry: Entry, act: acts.Act, officers: dict[str, Officer], enrolments: Enrolments, index: int
) -> bool:
    """Whether two officers of the role disclosure, who were enrolled before, signed what the entry
    says and commits to."""
    try:
        signers = [officers[act.officer], officers[act.second]]
        said = msgspec.json.decode(act.committed, type=dict[str, str])
        kept = msgspec.json.decode(act.signatures, type=list[msgspec.Raw])
        for raw, signer in zip(kept, signers, strict=True):
            signed = read_signed(bytes(raw).decode(), signer)
            check_signed(signed)
            details = {"role": said["role"], "vkey": said["vkey"]}
            if (signed.statement.subject, signed.statement.details) != (said["officer"], details):
                return False
        digests = [officer_digest(signer) for signer in signers]
        return (
            digests[0] != digests[1]
            and [entry.fields.get("officer"), entry.fields.get("second")] == digests
            and all(enrolments.had(digest, index) for digest in digests)
            and entry.fields.get("commitment") == canonical.commit(act.salt, act.committed)
            and entry.fields["key"] == canonical.digest(said["vkey"].encode())
        )
    except (CounterfoilError, KeyError, ValueError):
        return False
