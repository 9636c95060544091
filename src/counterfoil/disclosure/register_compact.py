"""Removing the buckets of snapshots that nothing cites any more.

The buckets of a snapshot are kept as long as one of these is so:

    it is the current one, or the one that the ledger named last
    a batch that it decides, or has decided, still has its rows: it may be determined anew,
    explained, bundled and decided again

The rows of a batch are there until they are disposed of (accountability/retention), which orders
and litigation holds put off; so they keep the snapshot too. Manifest, signature and certificates of
a snapshot stay for ever: answers, certificates and archives name it by them. Files that a later
incremental snapshot shares stay there, and free nothing.

Nothing is removed while the office is suspended, nor while a build runs, nor beside a snapshot
whose manifest does not verify. It is entered nowhere: what it removes proves nothing by itself, and
what is proved is proved without it. Broken off, it is run again.
"""

from __future__ import annotations

import msgspec

from counterfoil import register
from counterfoil.batches import store as batches
from counterfoil.controls.suspension.service import require_running
from counterfoil.core.use_cases import Actor
from counterfoil.core.values import Public
from counterfoil.ledger import EntryKind
from counterfoil.office import Office
from counterfoil.office.authority import require_service
from counterfoil.register.snapshots import buckets_of, changing, list_snapshots, remove_buckets


class CompactRegister(Public, frozen=True):
    """Remove the buckets of snapshots that nothing cites; `dry_run`: say which, and remove
    nothing."""

    dry_run: bool = False


class SnapshotKept(Public, frozen=True):
    """A snapshot whose buckets are there: the size of its files in bytes, those that it shares
    included, what keeps it, () for nothing, and the bytes that its removal freed."""

    snapshot: str
    size: int
    kept_by: tuple[str, ...]
    freed: int = 0


def compact_register(
    office: Office, actor: Actor, command: CompactRegister
) -> tuple[SnapshotKept, ...]:
    """Every snapshot that had buckets, oldest first. Only the office itself may.

    Raises UsageFault `actor_refused`; StateFault `suspended`, `register_missing`,
    `register_build_running`; VerifyFault `manifest_not_verified`, StoreFault.
    """
    require_service(actor)
    folder = office.register_directory
    register.current_snapshot(folder)
    with changing(folder):
        found = _cited(office)
        if command.dry_run:
            return found
        return tuple(each if each.kept_by else _removed(office, each) for each in found)


def _cited(office: Office) -> tuple[SnapshotKept, ...]:
    """What cites each snapshot that has buckets. Nobody builds meanwhile."""
    folder, publics = office.register_directory, office.signing_publics
    current = register.current_snapshot(folder)
    digests = {
        name: register.manifest_digest(register.open_manifest(folder / name, publics))
        for name in list_snapshots(folder)
        if buckets_of(folder / name)
    }
    with office.store.reading() as connection:
        require_running(office, connection)
        newest = next(office.ledger.newest_of(connection, EntryKind.SNAPSHOT), None)
        have_rows = [batch for batch in batches.list_batches(connection) if batch.wrapped_key]
    cited = {name: list[str]() for name in digests}
    for name, digest in digests.items():
        if name == current:
            cited[name].append("it is the current one")
        elif newest and newest[1].fields["snapshot"] == digest:
            cited[name].append("the ledger named it last")
    for batch in have_rows:
        if batch.snapshot in cited:
            cited[batch.snapshot].append(batch.id)
    return tuple(
        SnapshotKept(
            name, sum(path.lstat().st_size for path in buckets_of(folder / name)), tuple(by)
        )
        for name, by in cited.items()
    )


def _removed(office: Office, found: SnapshotKept) -> SnapshotKept:
    freed = remove_buckets(office.register_directory / found.snapshot)
    return msgspec.structs.replace(found, freed=freed)
