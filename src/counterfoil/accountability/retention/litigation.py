"""Litigation holds: what a court, 18 USC 3500 or counsel wants kept is not disposed of, whatever
the agreement's retention says.

    add      two officers, with the document that says why
    lift     two officers, with another document
    list     every hold, with what it reaches and who added and lifted it
    keeps    which holds keep a closed batch; retention asks before it disposes of one

A hold reaches a batch, the batches received from one day to another (the last one may be left
open), or every batch that has a row about a person. A row is about the person where the tax number,
or the name with date of birth or address, is theirs (gate/history/traces.py), and, because a hold
keeps too much rather than too little, where the name alone leads to theirs by the rules by which a
question is matched (normalize/): another spelling, a nickname, an initial.

The rows of a batch have one key, so the batch is kept whole. The permanent accounting is never
disposed of, with a hold or without.

Each addition and each lifting is an act (office/acts.py) of kind `litigation_hold`; its subject is
the hold's number: 1, 2, 3 ... Both commit to canonical JSON of

    {"batch","document","event","first","hold","last","person"}

`batch` an id, `first` and `last` days, `person` the digest of the sealed person; "" for what the
hold is not of. The person rests with the addition: nonce(12) || AES-256-GCM(HMAC-SHA-256(accounting
key, "counterfoil/litigation-hold/v1"), MessagePack of the person's file), AAD the hold's number.

Trusted: no. Nothing is disposed of where the acts are not those of the ledger. Lost: restore the
backup. Who reads them learns how many holds there are, and which batches and days they reach.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from counterfoil.accountability.accounting.lines import raw_lines
from counterfoil.accountability.accounting.service import MAX_PERSON_BYTES, PersonFile, read_person
from counterfoil.accountability.accounting.sought import bears_their_name, is_theirs, seek
from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch
from counterfoil.batches.officers import Role
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault, StoreFault, UsageFault
from counterfoil.core.instants import instant_text
from counterfoil.core.use_cases import Actor, SignedCommand, Statement, Upload
from counterfoil.core.values import Public
from counterfoil.database import Connection
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, acts, authority, journal
from counterfoil.office.accounting_records import REJECTED, read_record
from counterfoil.office.acts import Act, NewAct

ADDED: Final = "added"
LIFTED: Final = "lifted"
_KINDS: Final = (EntryKind.LITIGATION_HOLD,)
_TWO: Final = (Role.DISCLOSURE, Role.DISCLOSURE)
_NONCE_BYTES: Final = 12
_SEAL_CONTEXT: Final = b"counterfoil/litigation-hold/v1"


class AddLitigationHold(SignedCommand, frozen=True):
    """Keep rows: of a batch, of the batches received from `first` to `last` (None: no last day), or
    of a person. One of the three; two officers. `document` says why."""

    document: Upload
    batch: str = ""
    first: date | None = None
    last: date | None = None
    person: Upload | None = None


class LiftLitigationHold(SignedCommand, frozen=True):
    """Lift the hold of this number; two officers. `document` says why."""

    number: int
    document: Upload


class LitigationHold(Public, frozen=True):
    """One hold, as it is listed: a person is not named. Times are UTC text; the last three are
    empty while it stands."""

    number: int
    reaches: str
    added_at: str
    added_by: tuple[str, ...]
    document: str
    lifted_at: str = ""
    lifted_by: tuple[str, ...] = ()
    lifted_with: str = ""


class HoldEntered(Public, frozen=True):
    """The number of a hold, and the place of the entry of its addition or lifting."""

    number: int
    index: int


class _Reach(Public, frozen=True):
    """What a hold is of. `sealed`: a person, as the act keeps them; else b""."""

    batch: str = ""
    first: str = ""
    last: str = ""
    sealed: bytes = b""

    def words(self) -> str:
        """What the hold reaches, in words; a person is not named."""
        if self.batch:
            return f"batch {self.batch}"
        if self.first:
            return f"received from {self.first} " + (f"to {self.last}" if self.last else "on")
        return "a person"


class _Standing(Public, frozen=True):
    """A hold that stands."""

    number: int
    reach: _Reach


# -- to add and to lift ------------------------------------------------------------------------


def add_hold_statement(office: Office, actor: Actor, command: AddLitigationHold) -> Statement:
    """What two officers are to sign. Raises as `add_hold`."""
    document, person = _read(office, actor, command)
    with office.store.reading() as connection:
        form = _add_form(office, connection, command, document, person)[0]
        return authority.state(office, form)


def add_hold(office: Office, actor: Actor, command: AddLitigationHold) -> HoldEntered:
    """Enter a hold: from this commit on nothing within its reach is disposed of.

    Raises InputFault (the document), `person_file`; UsageFault `litigation_reach`; StateFault
    `batch_unknown`, `order_used`, `orders_disagree`; KeyFault; as `require_signed`.
    """
    document, person = _read(office, actor, command)
    with office.store.transaction() as connection:
        form, new = _add_form(office, connection, command, document, person)
        act = acts.enter_signed(office, connection, actor, form, new, command.signatures)
    return HoldEntered(int(act.subject), act.entry_index)


def lift_hold_statement(office: Office, actor: Actor, command: LiftLitigationHold) -> Statement:
    """What two officers are to sign. Raises as `lift_hold`."""
    document, _ = _read(office, actor, command)
    with office.store.reading() as connection:
        return authority.state(office, _lift_form(office, connection, command, document)[0])


def lift_hold(office: Office, actor: Actor, command: LiftLitigationHold) -> HoldEntered:
    """Lift a hold. Raises InputFault (the document); StateFault `litigation_unknown`, `order_used`,
    `orders_disagree`; as `require_signed`."""
    document, _ = _read(office, actor, command)
    with office.store.transaction() as connection:
        form, new = _lift_form(office, connection, command, document)
        act = acts.enter_signed(office, connection, actor, form, new, command.signatures)
    return HoldEntered(command.number, act.entry_index)


def _add_form(
    office: Office,
    connection: Connection,
    command: AddLitigationHold,
    document: str,
    person: PersonFile | None,
) -> tuple[authority.ActForm, NewAct]:
    before = _load(office, connection)
    _require_unused(before, document)
    number = sum(act.event == ADDED for act in before) + 1
    reach = _reach_of(office, connection, command, number, person)
    new = _act(ADDED, number, reach, document)
    return _form(office, connection, "add-litigation-hold", number, new), new


def _lift_form(
    office: Office, connection: Connection, command: LiftLitigationHold, document: str
) -> tuple[authority.ActForm, NewAct]:
    before = _load(office, connection)
    _require_unused(before, document)
    standing = {each.number: each for each in _standing(before)}
    if command.number not in standing:
        raise StateFault(
            "litigation_unknown",
            "no hold of that number stands",
            place=str(command.number),
            cure="`counterfoil litigation list` shows those that do.",
        )
    reach = standing[command.number].reach
    new = msgspec.structs.replace(_act(LIFTED, command.number, reach, document), extra=b"")
    return _form(office, connection, "lift-litigation-hold", command.number, new), new


def _reach_of(
    office: Office,
    connection: Connection,
    command: AddLitigationHold,
    number: int,
    person: PersonFile | None,
) -> _Reach:
    named = [bool(command.batch), command.first is not None, person is not None]
    in_order = command.last is None or (command.first is not None and command.first <= command.last)
    if named.count(True) != 1 or not in_order:
        raise UsageFault(
            "litigation_reach",
            "a hold is of one batch, of days, or of one person",
            place="--batch, --from, --person-file",
            cure="Name one of the three; with --from the last day, --to, may be left out.",
        )
    if command.batch:
        return _Reach(batch=batches.find_batch(connection, command.batch).id)
    if person is not None:
        return _Reach(sealed=_seal(office, number, person))
    last = command.last.isoformat() if command.last else ""
    return _Reach(first=command.first.isoformat() if command.first else "", last=last)


def _form(
    office: Office, connection: Connection, act: str, number: int, new: NewAct
) -> authority.ActForm:
    said = canonical.read_object(new.committed) or {}
    details = {name: said[name] for name in ("batch", "document", "first", "last", "person")}
    generation = acts.count_entered(office, connection, _KINDS)
    alone = "change a litigation hold"
    return authority.ActForm(act, str(number), generation, details, _TWO, alone)


def _require_unused(before: Sequence[Act], document: str) -> None:
    if acts.was_used(before, document):
        raise StateFault(
            "order_used",
            "this office acted on that order before",
            place=document,
            cure="Each hold, and what lifts it, needs a document of its own.",
        )


# -- to list, and to ask -----------------------------------------------------------------------


def list_litigation_holds(office: Office, _actor: Actor) -> tuple[LitigationHold, ...]:
    """Every hold, lifted ones too, oldest first. Anybody may ask. Raises StateFault
    `orders_disagree`."""
    with office.store.reading() as connection:
        loaded = _load(office, connection)
    lifted = {act.subject: act for act in loaded if act.event == LIFTED}
    return tuple(_listed(act, lifted.get(act.subject)) for act in loaded if act.event == ADDED)


def _listed(added: Act, lifted: Act | None) -> LitigationHold:
    return LitigationHold(
        number=int(added.subject),
        reaches=_reach_from(added).words(),
        added_at=instant_text(added.entered_at),
        added_by=(added.officer, added.second),
        document=added.document,
        lifted_at=instant_text(lifted.entered_at) if lifted else "",
        lifted_by=(lifted.officer, lifted.second) if lifted else (),
        lifted_with=lifted.document if lifted else "",
    )


class LitigationHolds:
    """The holds that stand, as they are asked for one batch after another in one transaction."""

    def __init__(self, office: Office, connection: Connection) -> None:
        """Raises StateFault `orders_disagree`."""
        self._office, self._connection = office, connection
        self._standing = _standing(_load(office, connection))

    def keep(self, batch: Batch, *, rows: bool = True) -> tuple[str, ...]:
        """What each hold that keeps this closed batch is, in words; () where none does. `rows`:
        whether the rows are read for the holds of persons.

        Raises KeyFault, StoreFault, VerifyFault as `raw_lines`.
        """
        kept = [each for each in self._standing if _reaches(each.reach, batch)]
        people = [each for each in self._standing if each.reach.sealed]
        if people and rows:
            kept += self._about(batch, people)
        kept.sort(key=lambda each: each.number)
        return tuple(f"litigation hold {each.number}: {each.reach.words()}" for each in kept)

    def _about(self, batch: Batch, people: Sequence[_Standing]) -> Iterator[_Standing]:
        """The holds of persons of whom the batch has a row. Every line is read: only after the last
        one is it certain that they are what the ledger says."""
        held = [
            (each, seek(self._office, _open(self._office, each.number, each.reach.sealed)))
            for each in people
        ]
        found: set[int] = set()
        lines = raw_lines(self._office, self._connection, batch)
        for line in lines[1] if lines else ():
            record = read_record(line)
            if record.outcome != REJECTED:
                found.update(
                    each.number
                    for each, person in held
                    if is_theirs(record, person) or bears_their_name(record, person)
                )
        return (each for each, _ in held if each.number in found)


def _reaches(reach: _Reach, batch: Batch) -> bool:
    """Whether a hold of a batch or of days reaches this one."""
    received = instant_text(batch.received_at)[:10]
    in_days = bool(reach.first) and reach.first <= received <= (reach.last or received)
    return reach.batch == batch.id or in_days


# -- the person --------------------------------------------------------------------------------


def _seal(office: Office, number: int, person: PersonFile) -> bytes:
    """The person, sealed: the same bytes each time for one hold, so that what officers signed is
    what is kept. Inverse of `_open`."""
    key, plain = _key(office), msgspec.msgpack.encode(person)
    nonce = hmac.digest(key, b"%d\x00" % number + plain, "sha256")[:_NONCE_BYTES]
    return nonce + AESGCM(key).encrypt(nonce, plain, b"%d" % number)


def _open(office: Office, number: int, sealed: bytes) -> PersonFile:
    nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        plain = AESGCM(_key(office)).decrypt(nonce, rest, b"%d" % number)
        return msgspec.msgpack.decode(plain, type=PersonFile)
    except (InvalidTag, ValueError, msgspec.MsgspecError):
        raise StoreFault(
            "litigation_sealed",
            "the person of a litigation hold does not open with this office's key",
            place=str(number),
            cure="Nothing is disposed of. Check that the payload key is this office's; if it is, "
            "restore the database's backup.",
        ) from None


def _key(office: Office) -> bytes:
    return hmac.digest(journal.accounting_key(office), _SEAL_CONTEXT, "sha256")


# -- the acts ----------------------------------------------------------------------------------


def _load(office: Office, connection: Connection) -> tuple[Act, ...]:
    loaded = acts.load_acts(office, connection, _KINDS, _meaning)
    if not loaded.agrees:
        raise acts.acts_disagree("nothing is disposed of")
    return loaded.acts


def _standing(loaded: Sequence[Act]) -> list[_Standing]:
    lifted = {act.subject for act in loaded if act.event == LIFTED}
    return [
        _Standing(int(act.subject), _reach_from(act))
        for act in loaded
        if act.event == ADDED and act.subject not in lifted
    ]


def _act(event: str, number: int | str, reach: _Reach, document: str) -> NewAct:
    said = {
        "batch": reach.batch,
        "document": document,
        "event": event,
        "first": reach.first,
        "hold": str(number),
        "last": reach.last,
        "person": canonical.digest(reach.sealed) if reach.sealed else "",
    }
    return NewAct(
        EntryKind.LITIGATION_HOLD,
        str(number),
        canonical.encode(said),
        {"event": event},
        event=event,
        document=document,
        extra=reach.sealed,
    )


def _meaning(act: Act) -> NewAct:
    """The act that the columns of one mean. That of a lifting repeats the digest of the person,
    whom the addition keeps."""
    reach = _reach_from(act)
    new = _act(act.event, act.subject, reach, act.document)
    if act.event == LIFTED:
        said = canonical.read_object(new.committed) or {}
        said["person"] = str(_said(act).get("person"))
        new = msgspec.structs.replace(new, committed=canonical.encode(said))
    return new


def _reach_from(act: Act) -> _Reach:
    said = _said(act)
    return _Reach(*(str(said.get(name)) for name in ("batch", "first", "last")), sealed=act.extra)


def _said(act: Act) -> dict[str, Any]:
    return canonical.read_object(act.committed) or {}


def _read(
    office: Office, actor: Actor, command: AddLitigationHold | LiftLitigationHold
) -> tuple[str, PersonFile | None]:
    """(digest of the document, the person of the file), read for an enrolled officer."""
    with office.store.reading() as connection:
        authority.require_officer(connection, actor)
    document = acts.read_document(command.document)
    if isinstance(command, LiftLitigationHold) or command.person is None:
        return document, None
    return document, read_person(command.person.read_whole(MAX_PERSON_BYTES))
