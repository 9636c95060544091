"""Publication on a clock: what `ledger publish` does, and whether an office is on time. One run, in
this order:

    1  Where the folder does not show the newest `published` entry yet, because a run was broken off
       or could not write, the folder is written first. So an entry never follows another one that
       nobody could see, and a folder that cannot be written gets no entry.
    2  `published` is entered with the hours within which the next one is promised, and the ledger
       is signed, in one commit.
    3  The witnesses that office.toml names are asked to cosign. What some of them cosigned is
       published even where it is no quorum.
    4  Tiles and entries are written, the checkpoint last; then all of it is checked as a reader
       would. The list of recalls as of that checkpoint is written as `recalls`, also where nothing
       was recalled: a folder without one says nothing about it.
    5  The pages of the public site are written beside them (site.py).

Once the folder was written it is remembered, and from then on nothing is entered by a process that
finds no checkpoint there (office/opening.py, `require_newest`), until witnesses confirm the newest
checkpoint, or two officers publish anew. Then 1 is left out.

What the folder shows counts, not what was entered: `publication_status` reads it there. A
suspension does not stop it: what an office did can be published while it is suspended. Whoever
reads the folder tells a missed clock from the entries (ledger/clock.py).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from counterfoil import ledger
from counterfoil.accountability.publication.site import write_site
from counterfoil.controls.recall.listing import list_at
from counterfoil.controls.witnesses import (
    Ask,
    Cosign,
    Cosigned,
    ask_for_cosignatures,
    cosign,
    office_policy,
)
from counterfoil.core import canonical
from counterfoil.core.atomic_files import replace_public
from counterfoil.core.bounded import read_ordinary
from counterfoil.core.errors import StateFault, StoreFault, UsageFault, VerifyFault
from counterfoil.core.use_cases import SERVICE, Actor, SignedCommand, Statement
from counterfoil.core.values import Public, Role
from counterfoil.database import Connection
from counterfoil.database.remembered import remember_value
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, acts, authority, journal
from counterfoil.office.authority import require_service
from counterfoil.office.opening import PUBLISHED_TO, find_missing
from counterfoil.tlog import Checkpoint, check_checkpoint
from counterfoil.tlog.note import MAX_NOTE_BYTES
from counterfoil.tlog.witness_client import ask_witnesses

RECALLS: Final = "recalls"
"""The file of the list of recalls in the public folder."""


class PublishLedger(Public, frozen=True):
    """Publish the ledger. `folder`: None for the one that office.toml names."""

    folder: Path | None = None


class PublishAnew(SignedCommand, frozen=True):
    """Publish to the folder of office.toml where what was published is missing: two officers say
    that this ledger is the newest."""


class Published(Public, frozen=True):
    """What was published and where: entries, the `published` entry's index, new files of the
    ledger, the hours within which the next one is promised; what the witnesses said, None where
    none are set; how many files the site has."""

    folder: str
    size: int
    entry: int
    files: int
    hours: int
    cosigned: Cosigned | None
    pages: int


class PublicationStatus(Public, frozen=True):
    """Whether an office is on its clock. `folder` is "" where office.toml names none; `size` -1
    and `time` "" where it shows nothing; a new office is late when its first hours are over."""

    folder: str
    size: int
    time: str
    hours: int
    late: bool


def publish(
    office: Office, actor: Actor, command: PublishLedger, ask: Ask = ask_witnesses
) -> Published:
    """Publish the ledger, with or without a quorum (controls/witnesses.py, `require_cosigned`).

    Raises UsageFault `actor_refused`, `publish_folder`; StateFault `export_other`, StoreFault
    `export_failed`, SettingsFault `publish_agreement`, KeyFault, VerifyFault (as `require_newest`);
    StateFault `orders_disagree`.
    """
    require_service(actor)
    folder = command.folder or _required_folder(office)
    _require_newest(office, ask)
    _catch_up(office, folder)  # 1
    with office.store.transaction() as connection:
        hours = {"hours": office.settings.publish_every_hours}
        entry = journal.enter(office, connection, EntryKind.PUBLISHED, hours)  # 2
        note = office.ledger.sign_checkpoint(connection, office.signer())
    return _show(office, folder, entry, note, ask)


def publish_anew_statement(office: Office, actor: Actor, _command: PublishAnew) -> Statement:
    """What two officers are to sign. Raises as `require_officer`."""
    with office.store.reading() as connection:
        authority.require_officer(connection, actor)
        return authority.state(office, _anew_form(office, connection))


def publish_anew(
    office: Office, actor: Actor, command: PublishAnew, ask: Ask = ask_witnesses
) -> Published:
    """Publish where what was published is missing, by two officers of the role disclosure. Raises
    as `publish`, and as `require_signed`."""
    folder, hours = _required_folder(office), office.settings.publish_every_hours
    with office.store.transaction() as connection:
        form = _anew_form(office, connection)
        new = acts.NewAct(
            EntryKind.PUBLISHED, "ledger", canonical.encode(form.details), {"hours": hours}
        )
        act = acts.enter_signed(office, connection, actor, form, new, command.signatures)
        find_missing(office, connection)  # Raises where there is something, and it is newer.
        office.found_newest.append(True)
        try:
            note = office.ledger.sign_checkpoint(connection, office.signer())
        except BaseException:
            office.found_newest.clear()
            raise
    return _show(office, folder, act.entry_index, note, ask)


def _anew_form(office: Office, connection: Connection) -> authority.ActForm:
    size, count = office.ledger.size(connection), office.ledger.counts(connection)
    details: dict[str, str | int] = {"size": size}
    details["root"] = office.ledger.root(connection, size).hex()
    return authority.ActForm(
        "publish-anew",
        "ledger",
        count[EntryKind.PUBLISHED],
        details,
        (Role.DISCLOSURE, Role.DISCLOSURE),
        "say that this ledger is the newest",
    )


def _show(office: Office, folder: Path, entry: int, note: str, ask: Ask) -> Published:
    """Steps 3 to 5, of a checkpoint that was signed over the entry of this index."""
    cosigned = cosign(office, SERVICE, Cosign(), ask) if office_policy(office) else None  # 3
    note = note if cosigned is None else cosigned.note
    files = _write(office, folder, note)  # 4
    checked = ledger.check_export(folder, office.holder_key)
    with office.store.transaction() as connection:
        where = office.settings.publish_to if folder == _own_folder(office) else folder.absolute()
        remember_value(connection, PUBLISHED_TO, str(where))
    _write_recalls(office, SERVICE, folder, note)
    pages, hours = write_site(office, folder, checked), office.settings.publish_every_hours  # 5
    return Published(str(folder), checked.size, entry, files, hours, cosigned, pages)


def publication_status(office: Office, _actor: Actor) -> PublicationStatus:
    """Whether what the folder of office.toml shows was published in time. Anybody may ask."""
    folder, hours = _own_folder(office), office.settings.publish_every_hours
    with office.store.reading() as connection:
        shown = _shown(office, connection, folder) if folder else None
        size = shown.size if shown else -1
        published = office.ledger.newest_of(connection, EntryKind.PUBLISHED)
        time = next((entry.time for index, entry in published if index < size), "")
        since = time or office.ledger.begun(connection)
    late = not since or office.clock() > datetime.fromisoformat(since) + timedelta(hours=hours)
    return PublicationStatus(str(folder or ""), size, time, hours, late)


def _write_recalls(office: Office, actor: Actor, folder: Path, note: str) -> None:
    try:
        replace_public(folder / RECALLS, list_at(office, actor, note).data)
    except OSError:
        raise StoreFault(
            "export_failed",
            "the list of recalls cannot be written",
            place=RECALLS,
            cure="Check disk space and permissions of the public folder, then run it again.",
        ) from None


def _require_newest(office: Office, ask: Ask) -> None:
    """Before anything is written: as `require_newest`; but where the public folder shows nothing,
    witnesses who cosign the newest checkpoint are enough."""
    if office.found_newest:
        return
    with office.store.reading() as connection:
        missing = find_missing(office, connection)
        note = office.ledger.newest_checkpoint(connection)
    policy = office_policy(office)
    if missing is not None and not (
        policy and note and ask_for_cosignatures(office, policy, note, ask).holds
    ):
        raise missing
    office.found_newest.append(True)


def _required_folder(office: Office) -> Path:
    folder = _own_folder(office)
    if folder is None:
        raise UsageFault(
            "publish_folder",
            "office.toml names no public folder",
            place="--to",
            cure="Name one, or set `publish_to` in office.toml, so that `status` watches it.",
        )
    return folder


def _own_folder(office: Office) -> Path | None:
    """The folder that office.toml names; a relative path is inside the office. None where it names
    none."""
    return office.directory / office.settings.publish_to if office.settings.publish_to else None


def _catch_up(office: Office, folder: Path) -> None:
    """Step 1. Raises StateFault `export_other` where the folder shows another ledger."""
    with office.store.reading() as connection:
        shown = _shown(office, connection, folder)
        newest = office.ledger.newest_checkpoint(connection)
        entered = office.ledger.index_of_newest(connection, EntryKind.PUBLISHED)
    if shown is None and _read(folder) is not None:
        raise StateFault(
            "export_other",
            "what stands in the folder is no checkpoint of this ledger",
            place="checkpoint",
            cure="Keep it, and publish to an empty folder.",
        )
    if newest is not None and entered >= (shown.size if shown else -1):
        _write(office, folder, newest)


def _shown(office: Office, connection: Connection, folder: Path) -> Checkpoint | None:
    """The checkpoint that the folder shows, where it is one of this ledger."""
    try:
        shown = check_checkpoint(_read(folder) or b"", office.log_keys)
        office.ledger.check_ours(connection, shown)
    except VerifyFault:
        return None
    return shown


def _read(folder: Path) -> bytes | None:
    try:
        return read_ordinary(folder / "checkpoint", MAX_NOTE_BYTES)
    except (OSError, ValueError):
        return None


def _write(office: Office, folder: Path, note: str) -> int:
    with office.store.reading() as connection:
        return ledger.export(connection, folder, note)
