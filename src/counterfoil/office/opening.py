"""Opening an office: its settings, law and database, and what watches the database from then on.

What watches it is ledger/head.py; here stands what an office gives it: the key, the tail that it
believes without the key, and what it believes of an office of an older version.
"""

from __future__ import annotations

import hmac
import os
from pathlib import Path
from typing import Final

import msgspec
from sqlalchemy import select

from counterfoil import gate, ledger
from counterfoil.batches import remembered, store
from counterfoil.batches.officers import Role
from counterfoil.batches.shares import ShareStore
from counterfoil.batches.statements import check_signed, read_signed
from counterfoil.batches.tables import OFFICER
from counterfoil.core import canonical
from counterfoil.core.bounded import read_ordinary
from counterfoil.core.errors import (
    CounterfoilError,
    InputFault,
    KeyFault,
    SettingsFault,
    UsageFault,
    VerifyFault,
)
from counterfoil.core.use_cases import Actor, Upload
from counterfoil.core.values import Officer, Public
from counterfoil.database import Connection, look_at_store, open_store
from counterfoil.database.remembered import Content, remember_value, remembered_value
from counterfoil.ledger import EntryKind, Ledger
from counterfoil.ledger.entries import decode
from counterfoil.ledger.head import KEY_CONTEXT, HeadKeeper, has_head, tail_fault
from counterfoil.ledger.watched import checked_head
from counterfoil.office import acts, journal
from counterfoil.office.acts import Act
from counterfoil.office.authority import require_service
from counterfoil.office.context import (
    PASSPHRASE_FILE,
    Clock,
    Office,
    Random,
    database_url,
    read_vkey,
    utc_now,
)
from counterfoil.office.keys.closed import is_closed, is_destroyed, require_open
from counterfoil.office.keys.current_keys import require_current_keys, settle_keys
from counterfoil.office.keys.key_files import count_rotations
from counterfoil.office.lease import writing_beside
from counterfoil.office.page_signatures import require_page
from counterfoil.office.roots import require_roots
from counterfoil.office.settings import FILE, controls_text, read_settings
from counterfoil.tlog import Checkpoint, check_checkpoint
from counterfoil.tlog.note import MAX_NOTE_BYTES

HEAD_MARK: Final = "ledger-head"
"""Beside the keys: that this office's ledger has a head."""
PUBLISHED_TO: Final = "published"
"""What the office remembers of the folder that it published to last, once it was written: a path,
and a relative one is inside the office."""
_BOTH: Final = (EntryKind.SUSPENSION, EntryKind.RESUMPTION)


class AdoptOffice(Public, frozen=True):
    """Take the office of an earlier version as it is. `checkpoint`: the newest one of its ledger
    that was kept outside."""

    checkpoint: Upload


class Adopted(Public, frozen=True):
    """How many entries were taken, and how many of them the checkpoint was signed over."""

    size: int
    kept: int


def open_office(
    directory: Path,
    passphrase: str | None = None,
    *,
    clock: Clock = utc_now,
    random: Random = os.urandom,
    serves: bool = False,
    looks_only: bool = False,
) -> Office:
    """Open the office at `directory`. A sandbox finds its own passphrase. `serves`: whoever opens
    it has its lease (lease.py); everybody else writes only while no service runs. A closed office
    is read only (keys/closed.py). `looks_only`: nothing is migrated or settled; an older database
    is refused (`database_older`).

    Raises SettingsFault (settings or law), StateFault or StoreFault (database); StateFault
    `office_closed` where it is to be served.
    """
    settings, law = read_settings(directory), gate.load_law(directory / "law")
    if settings.sandbox != law.agreement.sandbox:
        raise SettingsFault(
            "office_sandbox",
            "a sandbox has a sandbox agreement, and no other office has one",
            place=FILE,
            cure="Write `sandbox` as the agreement of both parties has it.",
        )
    if law.agreement.roots is not None:
        files = [directory / "keys" / name for name in ("holder.vkey", "holder.next.vkey")]
        holders = [str(read_vkey(path)) for path in files if path.exists()]
        require_roots(directory, settings, law, holders)
    if settings.sandbox and passphrase is None:
        passphrase = _sandbox_passphrase(directory)
    opener = look_at_store if looks_only else open_store
    office = Office(
        directory=directory,
        settings=settings,
        store=opener(database_url(settings.database, directory)),
        shares=ShareStore(database_url(settings.batch_keys, directory)),
        law=law,
        ledger=Ledger(settings.name),
        passphrase=passphrase,
        clock=clock,
        random=random,
    )
    office.rotated[0] = (
        count_rotations(directory / "keys") if looks_only else settle_keys(directory, office.store)
    )
    office.store.watch = _keeper(office)
    if serves:
        with office.store.reading() as connection:
            require_open(connection)
    else:
        office.store.lease = lambda: writing_beside(directory)
    return office


def _keeper(office: Office) -> HeadKeeper:
    """What authenticates the office's ledger in each of its transactions."""

    def check(connection: Connection) -> dict[EntryKind, int]:
        report = ledger.check(connection, office.log_keys)
        if not report.checkpoints:
            raise _never_signed()
        if not office.adopts:
            raise _not_adopted(report.size)
        return report.counts

    def baseline(connection: Connection) -> dict[str, Content]:
        require_entered_officers(office, connection)
        return remembered.contents(connection)

    def before(connection: Connection) -> None:
        require_current_keys(office, connection)
        if office.is_finishing and is_closed(connection):
            return
        enter_settings(office, connection)
        if not office.found_newest:
            require_newest(office, connection)
            office.found_newest.append(True)

    def admit(connection: Connection) -> None:
        if not office.is_finishing:
            require_open(connection)

    return HeadKeeper(
        office.settings.name,
        lambda: head_key(office),
        enter=lambda connection, commitment: journal.enter_state(office, connection, commitment),
        check=check,
        tail=lambda connection, start, stop: _require_signed(office, connection, start, stop),
        baseline=baseline,
        before=before,
        admit=admit,
        mark=office.directory / "keys" / HEAD_MARK,
    )


def head_key(office: Office) -> bytes | None:
    """The key of the ledger's head; None where the passphrase was not given, or the office is
    closed and the key destroyed. Raises KeyFault."""
    if office.passphrase is None or is_destroyed(office.directory / "keys" / "payload.key"):
        return None
    return hmac.digest(office.payload_keys()[1], KEY_CONTEXT, "sha256")


def enter_settings(office: Office, connection: Connection) -> None:
    """Enter the settings that are controls, where they are others than those entered last: in the
    first commit that is made under them."""
    said = controls_text(office.settings, office.directory)
    if remembered_value(connection, "settings") == said:
        return
    remember_value(connection, "settings", said)
    rows = office.settings.sample_rows
    fields = {"commitment": canonical.digest(said.encode()), "rows": rows}
    journal.enter(office, connection, EntryKind.SETTINGS, fields)


def require_newest(office: Office, connection: Connection) -> None:
    """Raise VerifyFault `ledger_behind`, `published_missing` unless what this office published
    shows that this is no older copy of it. Asked by a process before the first thing that it
    enters."""
    missing = find_missing(office, connection)
    if missing is not None:
        raise missing


def find_missing(office: Office, connection: Connection) -> VerifyFault | None:
    """What is wrong where the office has published, and no folder shows a checkpoint of this
    ledger: whoever puts back an older copy can delete what shows it. The folders are the one that
    it published to last, which it remembers, and the one that office.toml names.

    Raises VerifyFault `ledger_behind` where one shows a checkpoint of the holder's that is newer
    than this database, or of another history.
    """
    last = remembered_value(connection, PUBLISHED_TO)
    named = dict.fromkeys(each for each in (last, office.settings.publish_to) if each)
    notes = [note for each in named if (note := _published_note(office, each)) is not None]
    for shown in notes:
        try:
            office.ledger.check_ours(connection, shown)
        except VerifyFault:
            raise VerifyFault(
                "ledger_behind",
                f"the public folder shows a checkpoint over {shown.size} entries that is not of "
                "this database: it is an older copy, or another history",
                place="checkpoint",
                cure="Nothing was entered. Restore the newest copy of the database, and tell the "
                "inspector.",
            ) from None
    if not last or notes:
        return None
    return VerifyFault(
        "published_missing",
        "this office has published its ledger, and the public folder shows no checkpoint of it: "
        "nothing shows that this is not an older copy",
        place="checkpoint",
        cure="Nothing was entered. Put the public folder back, or name the place that it was moved "
        "to as `publish_to` in office.toml. If it is lost, compare the newest checkpoint that "
        "somebody else has (`counterfoil ledger check --checkpoint FILE`), then publish anew: by "
        "two officers (`counterfoil ledger publish --first KEY --second KEY`), or without them "
        "where the witnesses confirm this ledger.",
    )


def _published_note(office: Office, folder: str) -> Checkpoint | None:
    """The checkpoint of this ledger's name, signed by the holder, that a folder shows; else
    None."""
    try:
        note = read_ordinary(office.directory / folder / "checkpoint", MAX_NOTE_BYTES)
        return check_checkpoint(note, office.log_keys)
    except (OSError, ValueError, VerifyFault):
        return None


def _never_signed() -> VerifyFault:
    """Each version signs a checkpoint as it makes an office, and this one enters `state` before: a
    ledger without either was cut off, and is not an older version's."""
    return VerifyFault(
        "head_missing",
        "the ledger has no head, and no checkpoint that the office signed when it had none",
        place="ledger_head",
        cure="Nothing was done. Keep this database, restore a copy that checks, and tell the "
        "inspector: somebody wrote into it who is not the office.",
    )


def _not_adopted(size: int) -> VerifyFault:
    """Whoever deletes every trace of the head, and cuts an office that an older version made back
    to what that version signed, has what looks like that office: only who keeps a newer checkpoint
    sees the difference."""
    return VerifyFault(
        "head_none",
        f"the ledger of {size} entries has no head: an earlier version made this office, or "
        "somebody cut it back to what that version left",
        place="ledger_head",
        cure="Nothing was done. If this version opens it for the first time, take it as it is: "
        "`counterfoil office adopt --checkpoint FILE`, with the newest checkpoint that was kept "
        "outside. Else restore the newest copy, and tell the inspector.",
    )


def adopt_office(office: Office, actor: Actor, command: AdoptOffice) -> Adopted:
    """Take the office of an earlier version as it is, once: its ledger must check, and continue the
    checkpoint. Only the office itself may.

    Raises UsageFault `actor_refused`, `office_adopted`; InputFault `checkpoint_unreadable`,
    VerifyFault (the checkpoint, `ledger_rewritten`; as `check`), KeyFault `head_key`.
    """
    require_service(actor)
    kept = check_checkpoint(
        command.checkpoint.read(
            MAX_NOTE_BYTES,
            lambda why: InputFault(
                "checkpoint_unreadable",
                f"the checkpoint cannot be read ({why})",
                place=command.checkpoint.name,
                cure="Name a file that `counterfoil ledger checkpoint` printed.",
            ),
        ),
        office.log_keys,
    )
    if head_key(office) is None:
        raise KeyFault(
            "head_key",
            "what is entered is authenticated under the office's key, which was not opened",
            cure="Give the office's passphrase.",
        )
    with office.store.transaction() as connection:
        if has_head(connection):
            raise UsageFault(
                "office_adopted",
                "the ledger of this office has its head already",
                place="ledger_head",
                cure="Go on; nothing was changed.",
            )
        office.ledger.check_ours(connection, kept)
        office.adopts.append(True)
        try:
            checked_head(connection)
        finally:
            office.adopts.clear()
        size = office.ledger.size(connection)
    return Adopted(size, kept.size)


def require_entered_officers(office: Office, connection: Connection) -> None:
    """Who may sign in an older version's office has an entry `key` that says so, and none after it
    that takes it back. Raises VerifyFault `row_disagrees`."""
    events: dict[object, object] = {}
    for _, entry in office.ledger.newest_of(connection, EntryKind.KEY):
        events.setdefault(entry.fields["key"], entry.fields["event"])
    may_sign = select(OFFICER.c.name, OFFICER.c.vkey).where(OFFICER.c.active)
    for officer in (Officer(*row) for row in connection.execute(may_sign)):
        if events.get(journal.officer_digest(officer)) != "added":
            raise VerifyFault(
                "row_disagrees",
                "the ledger has no entry that enrolled this officer",
                place=f"officer {officer.name}, no entry",
                cure="Nothing was done. Keep this database, restore a copy that checks, and tell "
                "the inspector: somebody wrote into it who is not the office.",
            )


def _require_signed(office: Office, connection: Connection, start: int, stop: int) -> None:
    """Raise VerifyFault `head_entries` unless each of these entries is a suspension that an officer
    signed who may sign now, for the place that it has among suspensions and resumptions."""
    found = {act.entry_index: act for act in acts.list_acts(connection, EntryKind.SUSPENSION)}
    before = acts.count_entered(office, connection, _BOTH) - (stop - start)
    for index, data in enumerate(office.ledger.entries(connection, start, stop), start):
        entry = decode(data, f"entry {index}")
        try:
            act = found[index]
            fields = {"officer": _signer(office, connection, act, before + index - start)}
            fields["commitment"] = canonical.commit(act.salt, act.committed)
            is_signed = (
                entry.kind is EntryKind.SUSPENSION and fields.items() <= entry.fields.items()
            )
        except (CounterfoilError, KeyError, ValueError):
            is_signed = False
        if not is_signed:
            raise tail_fault(index)


def _signer(office: Office, connection: Connection, act: Act, generation: int) -> str:
    """The digest of the officer who signed this suspension. Raises VerifyFault, StateFault,
    ValueError."""
    officer, role = store.signing_officer(connection, act.officer)
    [kept] = msgspec.json.decode(act.signatures, type=list[msgspec.Raw])
    signed = read_signed(bytes(kept).decode(), officer)
    made = check_signed(signed)
    if made is not None:
        require_page(office.law.agreement.pages, made, officer)
    said = signed.statement
    stated = (said.act, said.office, said.subject, said.generation, said.details)
    order = {"order": act.document}
    wanted = ("suspend", office.settings.name, act.subject, generation, order)
    if stated != wanted or role is not Role.DISCLOSURE or act.committed != act.document.encode():
        raise ValueError("another suspension was signed")
    return journal.officer_digest(officer)


def _sandbox_passphrase(directory: Path) -> str | None:
    try:
        return (directory / "keys" / PASSPHRASE_FILE).read_text(encoding="utf-8").strip()
    except OSError:
        return None
