"""Notice before release: the demands, the notice that is written and entered, and the gate that
waits for it (rules.py).

    order    two officers enter what a court's order demands: a size, hours, and who has notice
    lift     two officers lift it, by another order
    write    the notice of a batch, a text that the holder's key signs; it names no person
    enter    an officer enters that this notice was given: its hours run from then on
    list     the demands in force, and the batches that wait for notice
    require  the release of a batch that does not meet every demand is refused

The demands of orders are acts (office/acts.py) of kind `notice_rule`, their subject the number 1,
2, 3 ... A notice is an act of kind `notice`, its subject the batch. They commit to canonical JSON

    {"event","hours","order","over_rows","rule","to"}        `event`: added | lifted
    {"batch","notice","to"}                                  `notice`: digest of the notice's file

The notice is a signed note (tlog/note.py) of this text, in lines, and is the same whenever it is
written while the demands are the same:

    counterfoil-release-notice-1
    office NAME
    agreement ID DIGEST
    requester NAME OF THE AGREEMENT'S PARTY
    route ID
    batch ID
    received DAY
    rows NUMBER
    demand SOURCE: over ROWS rows, HOURS hours               one line each
    to NAME                                                  one line each

Trusted: no. A release loads the acts as the ledger has them: who alters, adds or deletes one has
nothing released (`orders_disagree`). Lost: restore the backup; the entries still show every act.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch, ChunkKind
from counterfoil.batches.pages import batches_in
from counterfoil.batches.states import BatchState
from counterfoil.controls.notices.entered import (
    KINDS,
    EnteredNotices,
    entered_of,
    load_entered_acts,
    notice_act,
    one_line,
)
from counterfoil.controls.notices.rules import Demand, Released, reaches, unmet_demands
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault, VerifyFault
from counterfoil.core.instants import from_instant, instant_text
from counterfoil.core.use_cases import Actor, SignedCommand, Statement, Upload
from counterfoil.core.values import Public
from counterfoil.database import Connection
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, acts, authority
from counterfoil.office.acts import NewAct
from counterfoil.tlog.note import MAX_NOTE_BYTES, check_note, sign_note

FORMAT: Final = "counterfoil-release-notice-1"
_OPEN: Final = (BatchState.GATED, BatchState.DETERMINED, BatchState.REVIEWED)


class WriteNotice(Public, frozen=True):
    """The notice of a batch."""

    batch: str


class EnterNotice(SignedCommand, frozen=True):
    """Enter that this notice of a batch was given."""

    batch: str
    notice: Upload


class NoticeEntered(Public, frozen=True):
    """A notice as it was entered. `release_from`: when every demand that stands now is met, UTC
    text."""

    batch: str
    index: int
    to: tuple[str, ...]
    release_from: str


class WrittenNotice(Public, frozen=True):
    """A notice, signed, and to whom it goes."""

    batch: str
    to: tuple[str, ...]
    text: str


class WaitingBatch(Public, frozen=True):
    """An open batch of which notice is demanded. `release_from`: "" until a notice was entered that
    meets what is demanded."""

    batch: str
    rows: int
    release_from: str


class NoticeListing(Public, frozen=True):
    """The demands in force, and the open batches that they reach now."""

    demands: tuple[Demand, ...]
    waiting: tuple[WaitingBatch, ...]


# -- the notice --------------------------------------------------------------------------------


def write_notice(office: Office, actor: Actor, question: WriteNotice) -> WrittenNotice:
    """The notice of an open batch, signed by the holder, for an officer. Nothing is entered by it.

    Raises StateFault `batch_unknown`, `batch_not_ready`, `notice_no_demand`, `orders_disagree`; as
    `require_officer`; KeyFault.
    """
    with office.store.reading() as connection:
        authority.require_officer(connection, actor)
        text, to = _text(office, connection, question.batch)
    return WrittenNotice(question.batch, to, sign_note(text, [office.signer()]))


def enter_notice_statement(office: Office, actor: Actor, command: EnterNotice) -> Statement:
    """What the officer is to sign. Raises as `enter_notice`."""
    document = _read_notice(office, actor, command)
    with office.store.reading() as connection:
        return authority.state(office, _notice_form(office, connection, command, document)[0])


def enter_notice(office: Office, actor: Actor, command: EnterNotice) -> NoticeEntered:
    """Enter that the notice was given to those whom it names: the hours run from this entry on.

    Raises InputFault `file_unreadable`, `file_too_long`; VerifyFault `notice_other` unless it is
    the notice that the office writes of the batch now, `note_malformed`, `note_signature`,
    `note_unsigned`; as `write_notice`, `require_signed`.
    """
    document = _read_notice(office, actor, command)
    with office.store.transaction() as connection:
        form, new = _notice_form(office, connection, command, document)
        act = acts.enter_signed(office, connection, actor, form, new, command.signatures)
        batch = batches.find_batch(connection, command.batch)
        entered = entered_of(office, load_entered_acts(office, connection))
        before = _released(office, connection, entered.demands)
        waiting = _waiting(office, connection, batch, entered, before)
        from_time = waiting.release_from if waiting else instant_text(act.entered_at)
    to = tuple((canonical.read_object(act.committed) or {})["to"])
    return NoticeEntered(command.batch, act.entry_index, to, from_time)


def _read_notice(office: Office, actor: Actor, command: EnterNotice) -> tuple[str, str]:
    """(text, digest of the file) of a notice that the holder's key signed, read for an officer."""
    with office.store.reading() as connection:
        authority.require_officer(connection, actor)
    data = command.notice.read_whole(MAX_NOTE_BYTES)
    note, _ = check_note(data, [office.holder_key])
    return note.text, canonical.digest(data)


def _notice_form(
    office: Office, connection: Connection, command: EnterNotice, document: tuple[str, str]
) -> tuple[authority.ActForm, NewAct]:
    text, to = _text(office, connection, command.batch)
    if text != document[0]:
        raise VerifyFault(
            "notice_other",
            "this is not the notice of this batch as it stands and as it is demanded now",
            place=command.batch,
            cure="Write it again with `counterfoil notice write BATCH --to FILE`, give that one, "
            "and enter it.",
        )
    new = notice_act(command.batch, to, document[1])
    generation = acts.count_entered(office, connection, KINDS)
    details: dict[str, str | int] = {"notice": document[1], "to": "; ".join(to)}
    return authority.ActForm("enter-notice", command.batch, generation, details), new


def _text(office: Office, connection: Connection, batch_id: str) -> tuple[str, tuple[str, ...]]:
    """The text of the notice of a batch, without its signature, and whom it names."""
    batch = batches.find_batch(connection, batch_id)
    batch.require(*_OPEN)
    demands = entered_of(office, load_entered_acts(office, connection)).demands
    if not demands:
        raise StateFault(
            "notice_no_demand",
            "neither the agreement nor an order demands notice before release",
            place=batch_id,
            cure="Release needs none. `counterfoil notice order --help` enters what a court "
            "demands.",
        )
    agreement = office.law.agreement
    names = tuple(dict.fromkeys(name for demand in demands for name in demand.to))
    asked = [
        f"demand {each.source}: over {each.over_rows} rows, {each.hours} hours" for each in demands
    ]
    lines = [
        FORMAT,
        f"office {office.settings.name}",
        f"agreement {batch.agreement} {batch.agreement_digest}",
        f"requester {one_line(agreement.parties.requester.name)}",
        f"route {office.law.for_route(batch.header.route).route.id}",
        f"batch {batch.id}",
        f"received {instant_text(batch.received_at)[:10]}",
        f"rows {_rows_of(connection, batch)}",
        *asked,
        *(f"to {name}" for name in names),
    ]
    return "".join(f"{line}\n" for line in lines), names


# -- the gate ----------------------------------------------------------------------------------


def require_noticed(office: Office, connection: Connection, batch: Batch) -> None:
    """Raise StateFault `notice_missing` or `notice_not_old` unless a batch that is about to be
    released meets every demand, `orders_disagree` where the acts are not the ledger's."""
    entered = entered_of(office, load_entered_acts(office, connection))
    wanted = Released(batch.id, _rows_of(connection, batch), office.clock())
    before = _released(office, connection, entered.demands)
    for unmet in unmet_demands(wanted, entered.demands, entered.notices, before):
        demand = unmet.demand
        size = f"of more than {demand.over_rows} rows within {demand.hours} hours"
        if unmet.from_time is None:
            raise StateFault(
                "notice_missing",
                f"the {demand.source} demands notice before the release {size}, and none was "
                "entered of this batch that names everybody who is to have it",
                place=batch.id,
                cure="Run `counterfoil notice write BATCH --to FILE`, give the notice, and enter "
                "it with "
                f"`counterfoil notice enter BATCH --notice FILE`; {demand.hours} hours later it "
                "can be released.",
            )
        raise StateFault(
            "notice_not_old",
            f"the {demand.source} demands that notice of a release {size} be {demand.hours} hours "
            "old",
            place=batch.id,
            cure=f"Release it from {instant_text(unmet.from_time)} on.",
        )


def list_notices(office: Office, _actor: Actor) -> NoticeListing:
    """The demands in force, and the open batches of which notice is demanded. Anybody may ask.
    Raises StateFault `orders_disagree`."""
    with office.store.reading() as connection:
        entered = entered_of(office, load_entered_acts(office, connection))
        found = list(_all_waiting(office, connection, entered)) if entered.demands else []
    return NoticeListing(entered.demands, tuple(each for each in found if each is not None))


def _all_waiting(
    office: Office, connection: Connection, entered: EnteredNotices
) -> Iterator[WaitingBatch | None]:
    before = _released(office, connection, entered.demands)
    for batch in batches_in(connection, _OPEN):
        yield _waiting(office, connection, batch, entered, before)


def _waiting(
    office: Office,
    connection: Connection,
    batch: Batch,
    entered: EnteredNotices,
    before: list[Released],
) -> WaitingBatch | None:
    """What a batch waits for, as if it were to be released now; None where nothing reaches it."""
    wanted = Released(batch.id, _rows_of(connection, batch), office.clock())
    if not any(reaches(each, wanted, entered.notices, before) for each in entered.demands):
        return None
    times = [
        each.from_time for each in unmet_demands(wanted, entered.demands, entered.notices, before)
    ]
    latest = max((time for time in times if time is not None), default=wanted.at)
    return WaitingBatch(batch.id, wanted.rows, "" if None in times else instant_text(latest))


def _released(
    office: Office, connection: Connection, demands: tuple[Demand, ...]
) -> list[Released]:
    """What was released within the longest hours of the demands, as the ledger states it."""
    if not demands:
        return []
    first = office.clock() - timedelta(hours=max(each.hours for each in demands))
    found: list[Released] = []
    for _, entry in office.ledger.newest_of(connection, EntryKind.RELEASE):
        at = from_instant(entry.time)
        if at < first:
            break
        found.append(Released(str(entry.fields["batch"]), int(entry.fields.get("rows", 0)), at))
    return found


def _rows_of(connection: Connection, batch: Batch) -> int:
    return batches.count_chunks(connection, batch, ChunkKind.REQUEST)[1]
