"""Publication on a clock: what `ledger publish` does, and how an office stands with it. One run, in
this order:

    1  Where the folder does not show the newest `published` entry yet, because a run was broken off
       or could not write, the folder is written first. So an entry never follows another one that
       nobody could see, and a folder that cannot be written gets no entry.
    2  `published` is entered with the hours within which the next one is promised, and the ledger
       is signed, in one commit.
    3  The witnesses that office.toml names are asked to cosign. What some of them cosigned is
       published even where it is no quorum.
    4  Tiles and entries are written, the checkpoint last; then all of it is checked as a reader
       would.

What stands in the folder counts, not what was entered: `publication_status` reads it there. Not
held up by a suspension: what an office did can be published while it stands still. Whoever reads
the folder tells a missed clock from the entries (ledger/clock.py).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from counterfoil import ledger
from counterfoil.controls.witnesses import Ask, Cosign, Cosigned, cosign, office_policy
from counterfoil.core.errors import StateFault, VerifyFault
from counterfoil.core.use_cases import SERVICE
from counterfoil.core.values import Public
from counterfoil.database import Connection
from counterfoil.ledger import Draft, EntryKind
from counterfoil.office import Office
from counterfoil.tlog import Checkpoint, check_checkpoint
from counterfoil.tlog.note import MAX_NOTE_BYTES
from counterfoil.tlog.witness_client import ask_witnesses


class Published(Public, frozen=True):
    """What was published: entries, the `published` entry's index, new files; what the witnesses
    said, None where none are set."""

    size: int
    entry: int
    files: int
    cosigned: Cosigned | None


class PublicationStatus(Public, frozen=True):
    """How an office stands with its clock. `folder` is "" where office.toml names none; `size` -1
    and `time` "" where it shows nothing."""

    folder: str
    size: int
    time: str
    hours: int
    late: bool


def publish_folder(office: Office) -> Path | None:
    """The folder that office.toml names; a relative path is inside the office. None where it names
    none."""
    return office.directory / office.settings.publish_to if office.settings.publish_to else None


def publish(office: Office, folder: Path, ask: Ask = ask_witnesses) -> Published:
    """Publish the ledger in `folder`. Raises StateFault `export_other`, StoreFault `export_failed`,
    KeyFault, VerifyFault."""
    _catch_up(office, folder)
    with office.store.transaction() as connection:
        draft = Draft(EntryKind.PUBLISHED, {"hours": office.settings.publish_every_hours})
        entry = office.ledger.append(connection, [draft], office.clock())[0]
        note = office.ledger.sign_checkpoint(connection, office.signer())
    policy = office_policy(office)
    cosigned = None if policy is None else cosign(office, SERVICE, Cosign(), ask)
    files = _write(office, folder, note if cosigned is None else cosigned.note)
    return Published(ledger.check_export(folder, office.holder_key).size, entry, files, cosigned)


def publication_status(office: Office, connection: Connection) -> PublicationStatus:
    """Whether what stands in the folder of office.toml was published in time."""
    folder, hours = publish_folder(office), office.settings.publish_every_hours
    shown = _shown(office, connection, folder) if folder else None
    size = shown.size if shown else -1
    published = office.ledger.newest_of(connection, EntryKind.PUBLISHED)
    time = next((entry.time for index, entry in published if index < size), "")
    due = datetime.fromisoformat(time) + timedelta(hours=hours) if time else None
    return PublicationStatus(
        str(folder or ""), size, time, hours, due is None or office.clock() > due
    )


def _catch_up(office: Office, folder: Path) -> None:
    """Step 1. Raises StateFault `export_other` where the folder shows another ledger."""
    with office.store.reading() as connection:
        shown, newest = (
            _shown(office, connection, folder),
            office.ledger.newest_checkpoint(connection),
        )
        behind = office.ledger.index_of_newest(connection, EntryKind.PUBLISHED) >= (
            shown.size if shown else -1
        )
    if shown is None and _read(folder) is not None:
        raise StateFault(
            "export_other",
            "what stands in the folder is no checkpoint of this ledger",
            place="checkpoint",
            cure="Keep it, and publish to an empty folder.",
        )
    if behind and newest is not None:
        _write(office, folder, newest)


def _shown(office: Office, connection: Connection, folder: Path) -> Checkpoint | None:
    """The checkpoint that stands in the folder, where it is one of this ledger."""
    try:
        shown = check_checkpoint(_read(folder) or b"", office.holder_key)
        office.ledger.check_ours(connection, shown)
    except VerifyFault:
        return None
    return shown


def _read(folder: Path) -> bytes | None:
    try:
        with (folder / "checkpoint").open("rb") as file:
            return file.read(MAX_NOTE_BYTES + 1)
    except OSError:
        return None


def _write(office: Office, folder: Path, note: str) -> int:
    with office.store.reading() as connection:
        return ledger.export(connection, folder, note)
