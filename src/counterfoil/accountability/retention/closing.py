"""Closing an office for good: two officers, then an archive, then no keys.

    close     two officers of the role disclosure sign; the closing is entered, and the ledger
              signed in the same commit. From there on the office is read only
              (office/keys/closed.py)
    finish    the office itself, which may be broken off at any moment and run again:
              1  where witnesses are set, a quorum cosigns the last checkpoint
              2  the public folder, where office.toml names one, shows the ledger to its end
              3  the archive is written (archive.py), read back from the disk and checked whole
              4  `keys/closed` notes that it stands; only from here on are keys destroyed
              5  the keys are destroyed (destruction.py)

Refused while a batch is neither released nor withdrawn (`closing_batches`), and while an order or a
litigation hold keeps rows (`closing_holds`): what it keeps could not be read again. The accounting
of 26 USC 6103(p)(3)(A) is permanent and goes with the keys, so that an office which received a
batch is closed only with its whole accounting exported before (`closing_accounting`); two officers
sign its digest. What else stands stops the closing unless both sign that they close in spite of it
(`closing_stands`):

    duties      dated duties that are open
    incidents   incidents that are not closed
    rows        closed batches whose retention is not over

The act is of kind `closing`, its subject `office`, its document the order's. It commits to
canonical JSON of {"accounting","despite","duties","incidents","order","rows"}: two digests ("" for
no accounting), the words of `despite` in order, and three counts.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from counterfoil import ledger
from counterfoil.accountability.accounting.check import CheckAccounting, check_accounting
from counterfoil.accountability.retention import archive
from counterfoil.accountability.retention.destruction import destroy_keys
from counterfoil.accountability.retention.litigation import list_litigation_holds
from counterfoil.accountability.retention.service import list_due
from counterfoil.batches import store as batches
from counterfoil.batches.officers import Role
from counterfoil.batches.states import BatchState
from counterfoil.controls.duties.service import list_duties
from counterfoil.controls.incidents.service import due_incidents
from counterfoil.controls.witnesses import Cosign, cosign, office_policy, require_cosigned
from counterfoil.core import canonical
from counterfoil.core.errors import InputFault, StateFault, StoreFault, UsageFault
from counterfoil.core.use_cases import NOBODY, Actor, SignedCommand, Statement, Upload
from counterfoil.core.values import Public
from counterfoil.database import Connection
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, acts, authority
from counterfoil.office.acts import Act, NewAct
from counterfoil.office.keys.closed import (
    ClosedMark,
    is_closed,
    read_mark,
    require_open,
    write_mark,
)
from counterfoil.tlog import parse_checkpoint
from counterfoil.tlog.witness_client import ask_witnesses

DESPITE: Final = ("duties", "incidents", "rows")
SUBJECT: Final = "office"
_TWO: Final = (Role.DISCLOSURE, Role.DISCLOSURE)
_OVER: Final = (BatchState.RELEASED, BatchState.WITHDRAWN)
_ACCOUNTED: Final = (
    EntryKind.BATCH,
    EntryKind.RELEASE,
    EntryKind.WITHDRAWAL,
    EntryKind.ACCOUNTING,
    EntryKind.INFORM,
    EntryKind.RECALL,
    EntryKind.RECEIPT,
)
"""What an export of the accounting tells, or is told by: none may come after it."""


class CloseOffice(SignedCommand, frozen=True):
    """Close the office by an order. `accounting`: what `accounting export` wrote last, None where
    the office never received a batch; `despite`: words of DESPITE, what stands and is closed over.
    """

    order: Upload
    accounting: Upload | None = None
    despite: tuple[str, ...] = ()


class ClosingEntered(Public, frozen=True):
    """The closing as it was entered, and the place of its entry."""

    index: int
    order: str


class FinishClosing(Public, frozen=True):
    """Write the archive into a folder, and destroy the keys. `accounting`: as the officers signed
    it."""

    archive: Path
    accounting: Path | None = None


class Closed(Public, frozen=True):
    """A finished closing. `archive`, `digest` and `size`: of what was checked before the first key
    was destroyed; `destroyed`: the key files that were, by this run."""

    archive: str
    digest: str
    size: int
    destroyed: tuple[str, ...]


class ClosingStatus(Public, frozen=True):
    """Whether two officers closed the office and when, UTC text, "" for not; and the name of the
    archive that was checked before its keys were destroyed, "" where they are not."""

    entered: str
    archive: str


def closing_status(office: Office, _actor: Actor) -> ClosingStatus:
    """Where a closing stands. Anybody may ask. Raises StoreFault `closing_mark`."""
    mark = read_mark(office.directory / "keys")
    with office.store.reading() as connection:
        closed = is_closed(connection)
        found = office.ledger.newest_of(connection, EntryKind.CLOSING)
        time = next((entry.time for _, entry in found), "") if closed else ""
    return ClosingStatus(time, mark.archive if closed and mark else "")


def require_not_closed(office: Office, _actor: Actor) -> None:
    """Raise StateFault `office_closed` where two officers closed the office: for who is about to
    open its keys."""
    with office.store.reading() as connection:
        require_open(connection)


# -- to close ----------------------------------------------------------------------------------


def close_office_statement(office: Office, actor: Actor, command: CloseOffice) -> Statement:
    """What two officers are to sign. Raises as `close_office`."""
    said = _said(office, actor, command)
    with office.store.reading() as connection:
        return authority.state(office, _form(office, connection, said))


def close_office(office: Office, actor: Actor, command: CloseOffice) -> ClosingEntered:
    """Close the office for good. Nothing but reading is done from then on.

    Raises StateFault `office_closed`, `closing_batches`, `closing_holds`, `closing_stands`,
    `orders_disagree`; UsageFault `closing_despite`; InputFault `closing_accounting` and the order;
    KeyFault; as `check_accounting` and `require_signed`.
    """
    said, signer = _said(office, actor, command), office.signer()
    with office.store.transaction() as connection:
        form = _form(office, connection, said)
        committed = canonical.encode(said)
        order = str(said["order"])
        new = NewAct(EntryKind.CLOSING, SUBJECT, committed, {}, document=order)
        act = acts.enter_signed(office, connection, actor, form, new, command.signatures)
        office.ledger.sign_checkpoint(connection, signer)
    return ClosingEntered(act.entry_index, order)


def _said(office: Office, actor: Actor, command: CloseOffice) -> dict[str, str | int]:
    """What the closing says: everything is looked at for an enrolled officer alone."""
    with office.store.reading() as connection:
        require_open(connection)
        authority.require_officer(connection, actor)
    despite = sorted(set(command.despite))
    if not set(despite) <= set(DESPITE):
        raise UsageFault(
            "closing_despite",
            "an office is not closed in spite of that",
            place="--despite",
            cure=f"Name one of {', '.join(DESPITE)}.",
        )
    order = acts.read_document(command.order)
    _require_nothing_kept(office)
    stands = _standing(office)
    left = [f"{name}: {count}" for name, count in stands.items() if count and name not in despite]
    if left:
        raise StateFault(
            "closing_stands",
            f"something stands that closing the office would cut off ({', '.join(left)})",
            place=SUBJECT,
            cure="See to it first; or name each with --despite, and both officers sign for it.",
        )
    accounting = _accounted(office, command.accounting)
    return {"accounting": accounting, "despite": ",".join(despite), "order": order} | stands


def _form(office: Office, connection: Connection, said: dict[str, str | int]) -> authority.ActForm:
    """The statement of the act. What was looked at before this transaction is bound to it by the
    size of the ledger: whatever was entered since makes it another statement."""
    require_open(connection)
    size = office.ledger.size(connection)
    return authority.ActForm("close-office", SUBJECT, size, said, _TWO, "close an office")


def _require_nothing_kept(office: Office) -> None:
    with office.store.reading() as connection:
        found = batches.list_batches(connection)
    open_batches = [each.id for each in found if each.state not in _OVER]
    if open_batches:
        raise StateFault(
            "closing_batches",
            f"{len(open_batches)} batches are neither released nor withdrawn",
            place=open_batches[0],
            cure="Release or withdraw each: `counterfoil batch list` shows them.",
        )
    held = any(not each.lifted_at for each in list_litigation_holds(office, NOBODY))
    if held or any(each.held for each in list_due(office, NOBODY)):
        raise StateFault(
            "closing_holds",
            "an order or a hold keeps rows, which nobody could read again",
            place=SUBJECT,
            cure="Export what it keeps, then lift it by the order that ends it, with the verbs "
            "`litigation` and `resume`. `counterfoil retention run --dry-run` shows "
            "what is kept.",
        )


def _standing(office: Office) -> dict[str, int]:
    duties = list_duties(office, NOBODY)
    if not duties.agrees:
        raise acts.acts_disagree("the office is not closed")
    due = list_due(office, NOBODY)
    counts = (len(duties.open), len(due_incidents(office, NOBODY)))
    return dict(zip(DESPITE, (*counts, sum(not each.is_due for each in due)), strict=True))


def _accounted(office: Office, file: Upload | None) -> str:
    """The digest of the exported accounting, "" where no batch was ever received."""
    with office.store.reading() as connection:
        if not office.ledger.counts(connection)[EntryKind.BATCH]:
            return ""
        newest = max(office.ledger.index_of_newest(connection, kind) for kind in _ACCOUNTED)
    if file is None:
        raise _not_accounted("the accounting of its batches goes with the keys")
    found = check_accounting(office, NOBODY, CheckAccounting(file))
    if found.size <= newest or found.open:
        raise _not_accounted("the exported accounting is older than what was entered since")
    return _digest(file.path)


def _not_accounted(why: str) -> InputFault:
    return InputFault(
        "closing_accounting",
        f"{why}; 26 USC 6103(p)(3)(A) has it kept for ever",
        place="--accounting",
        cure="Export it last of all, with `counterfoil accounting export --to FILE`, and name "
        "that file.",
    )


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
    except OSError:
        raise _not_accounted("the exported accounting cannot be read") from None


# -- to finish ---------------------------------------------------------------------------------


def finish_closing(
    office: Office, actor: Actor, command: FinishClosing, ask: archive.Ask = ask_witnesses
) -> Closed:
    """Write the archive, check it, and destroy the keys; goes on where it was broken off. Only the
    office itself may.

    Raises StateFault `closing_none`, `archive_taken`, `export_other`; UsageFault `actor_refused`,
    `archive_inside`; InputFault `closing_accounting`; VerifyFault as `archive.check_archive` and
    `require_cosigned`; StoreFault `archive_failed`, `closing_unwritten`, `keys_not_destroyed`;
    KeyFault.
    """
    authority.require_service(actor)
    with office.store.reading() as connection:
        act = _entered(connection)
    keys = office.directory / "keys"
    with office.finishing():
        mark = read_mark(keys)
        if mark is None:
            mark = _archived(office, actor, command, act, ask)
            try:
                write_mark(keys, mark)  # 4
            except OSError:
                raise _unwritten() from None
        return Closed(mark.archive, mark.digest, mark.size, destroy_keys(office))  # 5


def _archived(
    office: Office, actor: Actor, command: FinishClosing, act: Act, ask: archive.Ask
) -> ClosedMark:
    archive.require_outside(office, command.archive)
    said = canonical.read_object(act.committed) or {}
    brought = _digest(command.accounting) if command.accounting else ""
    if brought != said.get("accounting", ""):
        raise _not_accounted("this is not the accounting that both officers signed")
    note = _last_checkpoint(office, actor, act, ask)  # 1
    folder = office.settings.publish_to
    if folder:
        with office.store.reading() as connection:
            ledger.export(connection, office.directory / folder, note)  # 2
    digest = archive.write_archive(office, command.archive, note, act)  # 3
    checked = archive.check_archive(command.archive, office.holder_key)
    if checked.digest != digest or checked.size <= act.entry_index:
        raise archive.archive_differs("archive.json")
    return ClosedMark(command.archive.name, digest, checked.size)


def _last_checkpoint(office: Office, actor: Actor, act: Act, ask: archive.Ask) -> str:
    """The checkpoint over the closing: cosigned by a quorum where the office has witnesses."""
    with office.store.reading() as connection:
        note = office.ledger.newest_cosigned(connection)
        signed = office.ledger.newest_checkpoint(connection)
        size = office.ledger.size(connection)
    if office_policy(office) is None:
        if signed is None or parse_checkpoint(signed).size < size:
            with office.store.transaction() as connection:
                return office.ledger.sign_checkpoint(connection, office.signer())
        return signed
    if note is not None and parse_checkpoint(note).size >= size:
        return note
    done = cosign(office, actor, Cosign(), ask)
    require_cosigned(done)
    return done.note


def _entered(connection: Connection) -> Act:
    found = acts.list_acts(connection, EntryKind.CLOSING)
    if not found:
        raise StateFault(
            "closing_none",
            "no officers closed this office",
            place=SUBJECT,
            cure="Two officers close it: name both with --officer and --second, and the order.",
        )
    return found[-1]


def _unwritten() -> StoreFault:
    return StoreFault(
        "closing_unwritten",
        "what notes that the archive stands cannot be written",
        place="keys",
        cure="No key was destroyed. Check disk space and permissions, then run it again.",
    )
