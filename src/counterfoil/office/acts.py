"""Acts: what officers ordered, with the order's document, what it is about, and its entry in the
ledger. Table `act`, one row for each.

    number       1, 2, 3 ... in the order of entry
    kind         the kind of the ledger's entry: suspension, resumption, hold, incident,
                 retention_hold, retention_lift, delay
    event        of a hold: added | lifted; of an incident: opened | reported | closed; else ""
    subject      of a suspension or resumption its scope, of an order over a batch the batch's id,
                 of a hold or an incident its number
    document     SHA-256 of the order's file, "" where there is none; the file itself stays where
                 the office keeps its papers
    committed    the very bytes that the entry commits to: commitment = canonical.commit(salt,
                 committed)
    extra        what `committed` binds by its digest, such as the marks of a hold; else empty
    officer      name of the officer who signed, "" where the office acted by itself
    second       name of the second officer, "" where one was enough
    signatures   JSON list of the statements that they signed (batches/statements.py), in that
                 order; "" where nobody signed one, as in an older version
    salt         32 bytes
    entered_at   UTC
    entry_index  index of the entry. -1: carried over from an older version, which kept no index,
                 and the entry was not found: such an act agrees with no entry

What stands now is derived from the acts: a suspension while more suspensions than resumptions of
its scope were entered, a hold while it was added and not lifted. No row is changed or deleted.

Trusted: no. The subjects whose acts decide something load them with `load_acts`, which holds every
row against its entry and their number against the ledger's running counts: suspensions, holds and
orders over a batch. Who alters, adds or deletes such a row stops what depends on it, and can let
nothing go on. Of every kind, incidents too, `altered_acts` compares what the entries commit to and
how many there are: for reconciliation, and before an office says which incidents are open. Not
compared: `signatures`, which are kept to be checked later. Lost: restore the backup; the entries
still show every act.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec
from msgspec.structs import asdict
from sqlalchemy import (
    Column,
    Index,
    Integer,
    LargeBinary,
    RowMapping,
    String,
    Table,
    func,
    insert,
    select,
)

from counterfoil.batches.statements import keep_signed
from counterfoil.batches.tables import OFFICER
from counterfoil.core import canonical
from counterfoil.core.errors import InputFault, StateFault, VerifyFault
from counterfoil.core.instants import from_instant, instant_text
from counterfoil.core.use_cases import Actor, Signed, Upload
from counterfoil.core.values import Officer, Public
from counterfoil.database import METADATA, Connection
from counterfoil.ledger import EntryKind
from counterfoil.office import authority, journal
from counterfoil.office.context import Office

BY_ACTS: Final = (
    EntryKind.SUSPENSION,
    EntryKind.RESUMPTION,
    EntryKind.INCIDENT,
    EntryKind.RETENTION_HOLD,
    EntryKind.RETENTION_LIFT,
    EntryKind.DELAY,
    EntryKind.INFORM,
    EntryKind.HOLD,
    EntryKind.COMPARISON,
    EntryKind.NOTICE_RULE,
    EntryKind.NOTICE,
    EntryKind.DUTY,
    EntryKind.LITIGATION_HOLD,
    EntryKind.RECALL,
    EntryKind.RECEIPT,
    EntryKind.CLOSING,
)
"""Kinds of which every entry is that of an act."""
MAX_DOCUMENT_BYTES: Final = 50_000_000

ACT: Final = Table(
    "act",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("event", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("document", String, nullable=False),
    Column("committed", LargeBinary, nullable=False),
    Column("extra", LargeBinary, nullable=False),
    Column("officer", String, nullable=False),
    Column("second", String, nullable=False),
    Column("signatures", String, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("entered_at", String, nullable=False),
    Column("entry_index", Integer, nullable=False),
    Index("act_kind", "kind"),
)


class NewAct(Public, frozen=True, gc=False):
    """An act before it is entered. `fields` are what its entry says besides the commitment and the
    officers."""

    kind: EntryKind
    subject: str
    committed: bytes
    fields: Mapping[str, str | int]
    event: str = ""
    document: str = ""
    extra: bytes = b""


class Act(Public, frozen=True, gc=False):
    """One act as it was entered. See the module."""

    number: int
    kind: EntryKind
    event: str
    subject: str
    document: str
    committed: bytes
    extra: bytes
    officer: str
    second: str
    signatures: str
    salt: bytes
    entered_at: datetime
    entry_index: int


class LoadedActs(Public, frozen=True):
    """All acts of some kinds, in the order of entry. `agrees`: whether they are those of the
    ledger."""

    acts: tuple[Act, ...]
    agrees: bool


def enter_act(
    office: Office,
    connection: Connection,
    new: NewAct,
    officers: Sequence[Officer] = (),
    signatures: Sequence[Signed] = (),
    *,
    salt: bytes = b"",
) -> Act:
    """Enter an act and keep its row, in the caller's commit. No officer: the office acts by itself.

    `salt` is that of an earlier act, where both entries commit to the same thing.
    """
    at, salt = office.clock(), salt or office.random(canonical.SALT_BYTES)
    fields = {"commitment": canonical.commit(salt, new.committed), **new.fields}
    index = journal.enter(office, connection, new.kind, fields, *officers, at=at)
    first, second = (*(officer.name for officer in officers), "", "")[:2]
    act = Act(
        number=_highest_number(connection) + 1,
        kind=new.kind,
        event=new.event,
        subject=new.subject,
        document=new.document,
        committed=new.committed,
        extra=new.extra,
        officer=first,
        second=second,
        signatures=f"[{','.join(map(keep_signed, signatures))}]" if signatures else "",
        salt=salt,
        entered_at=at,
        entry_index=index,
    )
    row = asdict(act) | {"kind": str(act.kind), "entered_at": instant_text(at)}
    connection.execute(insert(ACT).values(row))
    return act


def enter_signed(
    office: Office,
    connection: Connection,
    actor: Actor,
    form: authority.ActForm,
    new: NewAct,
    signatures: Sequence[Signed],
    *,
    salt: bytes = b"",
) -> Act:
    """Enter an act that officers signed, as `form` states it now. Raises as `require_signed`."""
    officers = authority.require_signed(office, connection, actor, form, signatures)
    return enter_act(office, connection, new, officers, signatures, salt=salt)


def list_acts(connection: Connection, *kinds: EntryKind) -> list[Act]:
    """The acts of these kinds in the order of entry, as the table has them. Raises StateFault
    `orders_disagree` for a row that cannot be one."""
    chosen = select(ACT).where(ACT.c.kind.in_(map(str, kinds))).order_by(ACT.c.number)
    return [_act(row) for row in connection.execute(chosen).mappings()]


def load_acts(
    office: Office,
    connection: Connection,
    kinds: Sequence[EntryKind],
    meaning: Callable[[Act], NewAct],
) -> LoadedActs:
    """The acts of these kinds, and whether they are those that the ledger has entries of:

        1  of each kind there are as many acts as the ledger counts entries
        2  no entry is that of two acts
        3  the entry of each act says what the act means (`is_entered`)

    `meaning` makes an act anew from what its columns mean. Raises VerifyFault where an entry cannot
    be read.
    """
    acts, counts = list_acts(connection, *kinds), office.ledger.counts(connection)
    kept = Counter(act.kind for act in acts)
    digests = _officer_digests(connection) if acts else {}
    agrees = (
        all(kept[kind] == counts[kind] for kind in kinds)
        and len({act.entry_index for act in acts}) == len(acts)
        and all(is_entered(office, connection, act, meaning(act), digests) for act in acts)
    )
    return LoadedActs(tuple(acts), agrees)


def altered_acts(
    office: Office, connection: Connection, kinds: Sequence[EntryKind] = BY_ACTS
) -> list[str]:
    """The places where the acts of these kinds are not those that the ledger has entries of: an act
    whose entry is of another kind or commits to something else, and a kind of which there are more
    or fewer acts than entries. Raises as `list_acts`; VerifyFault where an entry cannot be read."""
    found, counts = list[str](), office.ledger.counts(connection)
    kept = Counter[EntryKind]()
    for act in list_acts(connection, *kinds):
        kept[act.kind] += 1
        if act.entry_index < 0:  # An older version kept no index, and its number is counted alone.
            continue
        entry = office.ledger.entry(connection, act.entry_index)
        committed = canonical.commit(act.salt, act.committed)
        if entry is None or (entry.kind, entry.fields.get("commitment")) != (act.kind, committed):
            found.append(f"act {act.number}, entry {act.entry_index}")
    numbers = [(kind, kept[kind], counts[kind]) for kind in kinds]
    found += [
        f"{kind}: {rows} acts, {said} entries" for kind, rows, said in numbers if rows != said
    ]
    return found


def is_entered(
    office: Office, connection: Connection, act: Act, new: NewAct, digests: Mapping[str, str]
) -> bool:
    """Whether the act's columns are those of what it means, and the entry at its index is of its
    kind and time, carries the act's commitment, names its officers, and says the fields of `new`
    and nothing else. `extra` is not compared: it is bound by `committed`, or by nothing.

    `new` is the act made anew; `digests` are those of the officers' keys, by name.
    """
    index = act.entry_index
    kept = (act.committed, act.subject, act.event, act.document)
    if kept != (new.committed, new.subject, new.event, new.document):
        return False
    entry = office.ledger.entry(connection, index)
    if entry is None:
        return False
    named = {"officer": act.officer, "second": act.second}
    officers = {field: digests.get(name, "") for field, name in named.items() if name}
    commitment = canonical.commit(act.salt, act.committed)
    said = {"commitment": commitment, **new.fields, **officers}
    when = instant_text(act.entered_at)
    return (entry.kind, entry.time, entry.fields) == (act.kind, when, said)


def count_entered(office: Office, connection: Connection, kinds: Sequence[EntryKind]) -> int:
    """How many acts of these kinds the ledger has: the generation of a statement about the next
    one."""
    counts = office.ledger.counts(connection)
    return sum(counts[kind] for kind in kinds)


def acts_disagree(consequence: str) -> StateFault:
    """The acts in the database are not those of the ledger; `consequence` is what follows."""
    return StateFault(
        "orders_disagree",
        f"the table of orders does not say what the ledger says; {consequence}",
        place="act",
        cure="Restore the database from its backup, and find out who altered it.",
    )


# -- the document of an order ------------------------------------------------------------------


def read_document(order: Upload, expected: str = "") -> str:
    """The digest of an order's file. `expected` is its digest where that was given apart from the
    file, else "".

    Raises InputFault `order_unreadable`, `order_empty`, VerifyFault `order_digest`.
    """
    data = order.read(
        MAX_DOCUMENT_BYTES,
        lambda why: InputFault(
            "order_unreadable",
            f"the order cannot be read ({why})",
            place=order.name,
            cure="Name the file of the order, as it was served.",
        ),
    )
    if not data or len(data) > MAX_DOCUMENT_BYTES:
        raise InputFault(
            "order_empty",
            f"the order's file is empty, or larger than {MAX_DOCUMENT_BYTES} bytes",
            place=order.name,
            cure="Name the file of the order, as it was served.",
        )
    digest = canonical.digest(data)
    if expected and digest != expected:
        raise VerifyFault(
            "order_digest",
            "the order's file does not match the digest that was given",
            place=order.name,
            cure="Get the order again from where it was issued; nothing was changed.",
        )
    return digest


def was_used(acts: Sequence[Act], document: str) -> bool:
    """Whether one of these acts was ordered by the same document."""
    return any(act.document == document for act in acts)


def _act(row: RowMapping) -> Act:
    """The act of a row. Raises StateFault `orders_disagree` where a column has no value that this
    office writes: SQLite keeps a value of any type in any column."""
    values = {str(column): value for column, value in row.items()}
    try:
        values["entered_at"] = from_instant(values["entered_at"])
        return msgspec.convert(values, Act, builtin_types=(bytes, datetime))
    except (ValueError, TypeError):
        raise acts_disagree("nothing that rests on it is done") from None


def _highest_number(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.max(ACT.c.number), 0))).scalar_one())


def _officer_digests(connection: Connection) -> dict[str, str]:
    """The digest of each officer's key by name, retired ones too."""
    rows = connection.execute(select(OFFICER.c.name, OFFICER.c.vkey))
    return {row.name: journal.officer_digest(Officer(row.name, row.vkey)) for row in rows}
