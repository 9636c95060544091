"""Disclosure holds of 26 USC 6103(i)(6): two officers add or lift one, and those in force are
applied after matching (matching/suppressed.py).

    add     the marks of the person, the entry, and every batch that was determined and not released
            sent back, in one commit
    lift    the entry; batches that are determined already keep what was decided
    list    numbers, days and officers, for an officer of the role; entered as an `inspection`

No route asks about holds and nobody is informed of one: an answer about the person is
`not_confirmed`, as every other negative. The person comes from a file, `counterfoil-held-1`: one
JSON object of at most 64 KiB with the holder's own `record_refs`, a tax number, or both. The
register is not asked whether it knows them. docs/decisions/0010 says what was chosen and what a
clerk without the role can infer.

Each addition and each lifting is an act (office/acts.py) of kind `hold`; its subject is the hold's
number: 1, 2, 3 ... Both commit to canonical JSON of {"event": "added" | "lifted", "hold": number,
"marks": digest of the marks}. The marks rest with the addition (marks.py).

Trusted: no. Nothing is determined where the acts are not those of the ledger. Who reads them learns
how many holds there are, with days and officers. Who has the register key too can test a number or
a reference that he guesses.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from itertools import count
from typing import Final

from counterfoil.batches import store as batches
from counterfoil.batches.officers import Role
from counterfoil.batches.states import BatchState
from counterfoil.controls.holds.marks import hide_marks, keep_marks, read_marks, split_marks
from counterfoil.core import canonical
from counterfoil.core.errors import InputFault, StateFault, VerifyFault
from counterfoil.core.instants import instant_text
from counterfoil.core.outside_json import decode_json
from counterfoil.core.use_cases import Actor, SignedCommand, Statement, Upload
from counterfoil.core.values import Public, Sensitive
from counterfoil.database import Connection
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, acts, authority, journal
from counterfoil.office.acts import Act, NewAct

PERSON_FORMAT: Final = "counterfoil-held-1"
MAX_PERSON_BYTES: Final = 65_536
MOST_REFS: Final = 256
ADDED: Final = "added"
LIFTED: Final = "lifted"
ANSWERED: Final = "answered"
"""The event of what was done for a court that ordered the disclosure (court.py)."""
_KINDS: Final = (EntryKind.HOLD,)
_ROLES: Final = (Role.HOLDS, Role.HOLDS)
_ALONE: Final = "change a hold"
_CLOSED: Final = (BatchState.RELEASED, BatchState.WITHDRAWN)
_FILLER_CONTEXT: Final = b"counterfoil/hold-filler/v1\x00"


class HoldPerson(Sensitive, frozen=True, forbid_unknown_fields=True):
    """Whom a hold is of. Absent: no reference, no number."""

    format: str
    record_refs: tuple[str, ...] = ()
    tin: str = ""


class AddHold(SignedCommand, frozen=True):
    """Hold the person of a file; two officers."""

    person: Upload


class LiftHold(SignedCommand, frozen=True):
    """Lift the hold of this number; two officers."""

    number: int


class HoldResult(Public, frozen=True):
    """What was done. `batches`: how many are determined anew."""

    hold: int
    index: int
    batches: int = 0


class HoldListing(Public, frozen=True):
    """A hold as an officer of the role is shown it. Times are UTC text; the last two are "" while
    it is in force."""

    hold: int
    added_at: str
    added_by: tuple[str, str]
    lifted_at: str
    lifted_by: tuple[str, str]


class _Hold(Public, frozen=True):
    """One hold, by its acts. `lifted` is None while it is in force."""

    added: Act
    lifted: Act | None = None


class _Marks(Public, frozen=True):
    """The marks that name a person, joined end to end, and the id of the key that made them."""

    joined: bytes
    key_id: str


# -- to add ------------------------------------------------------------------------------------


def add_hold_statement(office: Office, actor: Actor, command: AddHold) -> Statement:
    """What two officers are to sign. Raises as `add_hold`."""
    person = _read_person_for(office, actor, command)
    with office.store.reading() as connection:
        number = _next_number(connection)
        marks = _marks_of(office, person, number)
        return authority.state(office, _form(office, connection, ADDED, number, marks.joined))


def add_hold(office: Office, actor: Actor, command: AddHold) -> HoldResult:
    """Hold a person from this commit on. Batches that are determined and not released are
    determined anew under it.

    Raises InputFault `file_unreadable`, `file_too_long`, `held_file`, `held_nobody`, `held_tin`,
    KeyFault, StoreFault; as `require_signed`.
    """
    person = _read_person_for(office, actor, command)
    with office.store.transaction() as connection:
        number = _next_number(connection)
        marks = _marks_of(office, person, number)
        form = _form(office, connection, ADDED, number, marks.joined)
        new = _new_act(ADDED, number, marks.joined, keep_marks(marks.key_id, marks.joined))
        act = acts.enter_signed(office, connection, actor, form, new, command.signatures)
        begun = [
            batch
            for batch in batches.list_batches(connection)
            if batch.snapshot and batch.state not in _CLOSED
        ]
        for batch in begun:
            batches.mark_reconsidered(connection, batch)
    return HoldResult(number, act.entry_index, len(begun))


def read_person(data: bytes) -> HoldPerson:
    """Raises InputFault `held_file`, `held_nobody`: never with a value of it. The number's form is
    for `add_hold` to check."""
    try:
        person = decode_json(data, HoldPerson)
    except ValueError:
        person = None
    refs = [ref.strip() for ref in person.record_refs] if person else []
    if (
        person is None
        or person.format != PERSON_FORMAT
        or len(refs) > MOST_REFS
        or not all(map(_is_reference, refs))
    ):
        raise _unusable(
            "held_file",
            f"this is not a file of format {PERSON_FORMAT}",
            f"docs/formats/person-file.md lists its fields; at most {MOST_REFS} references, "
            "none empty.",
        )
    if not refs and not person.tin:
        raise _unusable(
            "held_nobody",
            "the file names neither a record reference nor a tax number",
            "Give at least one of the two.",
        )
    return HoldPerson(person.format, tuple(refs), person.tin)


def _read_person_for(office: Office, actor: Actor, command: AddHold) -> HoldPerson:
    """The person of a file, read for an officer of the role."""
    with office.store.reading() as connection:
        authority.require_officer(connection, actor, Role.HOLDS)
    return read_person(command.person.read_whole(MAX_PERSON_BYTES))


def _marks_of(office: Office, person: HoldPerson, number: int) -> _Marks:
    """The marks of a person for the hold of this number: the same each time, so that what officers
    signed is what is kept. Raises InputFault `held_tin`, KeyFault."""
    custodian = office.custodian()
    number_hash = custodian.tin_hash(person.tin)
    if person.tin and not number_hash:
        raise _unusable(
            "held_tin",
            "the tax number is not one",
            "Nine digits; hyphens and spaces may stand between.",
        )
    marks = {mark for ref in person.record_refs for mark in custodian.hold_fingerprints(b"", ref)}
    marks.update(custodian.hold_fingerprints(number_hash, ""))
    said = b"%d\x00" % number + b"".join(sorted(marks))
    hidden = hide_marks(marks, _filler(journal.accounting_key(office), said))
    return _Marks(b"".join(hidden), custodian.key_id)


def _filler(key: bytes, said: bytes) -> Callable[[int], bytes]:
    """Bytes that name nobody, made from what they hide: who lacks the key, or does not know the
    marks, cannot tell them from marks."""
    numbers = count()
    return lambda size: hmac.digest(
        key, _FILLER_CONTEXT + b"%d\x00" % next(numbers) + said, "sha256"
    )[:size]


def _is_reference(ref: str) -> bool:
    """As the register takes one (register/rows.py)."""
    return bool(ref) and ref.isprintable()


def _unusable(code: str, message: str, cure: str) -> InputFault:
    return InputFault(code, message, place="--person-file", cure=cure)


# -- to lift and to list -----------------------------------------------------------------------


def lift_hold_statement(office: Office, actor: Actor, command: LiftHold) -> Statement:
    """What two officers are to sign. Raises as `lift_hold`."""
    with office.store.reading() as connection:
        authority.require_officer(connection, actor, Role.HOLDS)
        marks = _marks_in_force_of(connection, command.number)
        return authority.state(office, _form(office, connection, LIFTED, command.number, marks))


def lift_hold(office: Office, actor: Actor, command: LiftHold) -> HoldResult:
    """Lift a hold for what is first determined from this commit on. Raises StateFault
    `hold_unknown`, `hold_lifted`; as `require_signed`."""
    with office.store.transaction() as connection:
        authority.require_officer(connection, actor, Role.HOLDS)
        marks = _marks_in_force_of(connection, command.number)
        form = _form(office, connection, LIFTED, command.number, marks)
        new = _new_act(LIFTED, command.number, marks)
        act = acts.enter_signed(office, connection, actor, form, new, command.signatures)
    return HoldResult(command.number, act.entry_index)


def list_holds(office: Office, actor: Actor) -> list[HoldListing]:
    """Every hold, lifted ones too. Entered before anything is shown. Raises as `require_officer`;
    KeyFault."""
    with office.store.transaction() as connection:
        officer = authority.require_officer(connection, actor, Role.HOLDS)
        journal.enter_look(office, connection, officer, {"holds": "listed"})
        return [_listed(number, hold) for number, hold in _list(connection).items()]


def _marks_in_force_of(connection: Connection, number: int) -> bytes:
    """The marks of a hold that is in force. Raises StateFault `hold_unknown`, `hold_lifted`."""
    hold = _list(connection).get(number)
    if hold is None:
        raise StateFault(
            "hold_unknown",
            "this office has no hold of that number",
            place=str(number),
            cure="`counterfoil hold list` shows those it has.",
        )
    if hold.lifted is not None:
        raise StateFault(
            "hold_lifted",
            "this hold was lifted before",
            place=str(number),
            cure="There is nothing to lift. `counterfoil hold list` says when.",
        )
    return read_marks(hold.added.extra)[1]


def _listed(number: int, hold: _Hold) -> HoldListing:
    added, lifted = hold.added, hold.lifted
    return HoldListing(
        number,
        instant_text(added.entered_at),
        (added.officer, added.second),
        instant_text(lifted.entered_at) if lifted else "",
        (lifted.officer, lifted.second) if lifted else ("", ""),
    )


# -- what is in force --------------------------------------------------------------------------


def marks_in_force(office: Office, connection: Connection, key_id: str) -> list[bytes]:
    """The marks of every hold in force, once all acts are what the ledger's entries say. `key_id`
    is the key custodian's.

    Raises VerifyFault `holds_altered`, StateFault `hold_key_other` where a hold's marks were made
    under another register key.
    """
    holds = _list(connection)
    marks = {number: read_marks(hold.added.extra) for number, hold in holds.items()}

    def meaning(act: Act) -> NewAct:
        if act.event == ANSWERED:
            return court_answer(act.subject, act.extra)
        number = _number(act)
        return _new_act(act.event, number, marks[number][1] if number in marks else b"")

    if not acts.load_acts(office, connection, _KINDS, meaning).agrees:
        raise VerifyFault(
            "holds_altered",
            "the holds in the database are not those that the ledger has entries of",
            place="act",
            cure="Nothing is determined. Restore the database from a copy that has them all, "
            "and tell the inspector.",
        )
    in_force = [number for number, hold in holds.items() if hold.lifted is None]
    if others := [number for number in in_force if marks[number][0] != key_id]:
        raise StateFault(
            "hold_key_other",
            "a hold was made under another register key, and names nobody under this one",
            place=str(others[0]),
            cure="Nothing is determined. Two officers add it again from their own papers, then "
            "lift this one.",
        )
    return [mark for number in in_force for mark in split_marks(marks[number][1])]


def _list(connection: Connection) -> dict[int, _Hold]:
    """Every hold by its number, lifted ones too, oldest first."""
    found = acts.list_acts(connection, *_KINDS)
    lifted = {act.subject: act for act in found if act.event == LIFTED}
    added = [act for act in found if act.event == ADDED]
    return {_number(act): _Hold(act, lifted.get(act.subject)) for act in added}


def _number(act: Act) -> int:
    """The number of the hold that an act is about; 0, which no hold has, where it was altered."""
    return int(act.subject) if act.subject.isdecimal() else 0


def _next_number(connection: Connection) -> int:
    return max(_list(connection), default=0) + 1


def _form(
    office: Office, connection: Connection, event: str, number: int, marks: bytes
) -> authority.ActForm:
    act = {ADDED: "add-hold", LIFTED: "lift-hold"}[event]
    return holds_form(office, connection, act, str(number), {"marks": canonical.digest(marks)})


def holds_form(
    office: Office, connection: Connection, act: str, subject: str, details: dict[str, str | int]
) -> authority.ActForm:
    """What two officers of the role sign about holds."""
    generation = acts.count_entered(office, connection, _KINDS)
    return authority.ActForm(act, subject, generation, details, _ROLES, _ALONE)


def court_answer(batch: str, answer: bytes) -> NewAct:
    """The act of an answer to a court, whose entry looks like that of an addition: `answer` rests
    with the act and is committed to, with the batch, in the place of marks."""
    said = {"event": ANSWERED, "hold": 0, "marks": canonical.digest(batch.encode() + answer)}
    return NewAct(EntryKind.HOLD, batch, canonical.encode(said), {}, event=ANSWERED, extra=answer)


def _new_act(event: str, number: int, marks: bytes, extra: bytes = b"") -> NewAct:
    """Additions and liftings have entries that look alike: a commitment and two digests."""
    said = {"event": event, "hold": number, "marks": canonical.digest(marks)}
    return NewAct(EntryKind.HOLD, str(number), canonical.encode(said), {}, event=event, extra=extra)
