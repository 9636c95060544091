"""The comparison of a court's order or a consent with what a file's header states of it: an officer
reads both, field by field, and signs that they agree, before anything is opened for the file.

    show      an officer is shown what the header states, by field
    compare   the officer names the fields that were compared, all that the header states and no
              other, and signs. An act (office/acts.py) whose subject is the batch; it commits to
              canonical JSON of {"document": digest of the document's file, "fields": the names in
              order, "stated": the keyed hash of what the header states}
    require   the register is opened for no batch that rests on a document without such an act,
              under law of format 3 (gate/law/demands.py). A batch of an earlier law goes on as it
              was begun

A field that differs is not signed: the batch is withdrawn, and the requester states the document as
it is. Who alters, adds or deletes such an act has nothing opened (`orders_disagree`).
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch, ChunkKind
from counterfoil.batches.states import BatchState
from counterfoil.core import canonical
from counterfoil.core.errors import InputFault, StateFault
from counterfoil.core.use_cases import Actor, SignedCommand, Statement, Upload
from counterfoil.core.values import Document, Public, Sensitive
from counterfoil.database import Connection
from counterfoil.gate.history.snapshot import decode_snapshot
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, acts, authority
from counterfoil.office.acts import Act, NewAct

_KINDS: Final = (EntryKind.COMPARISON,)


class ShowDocument(Public, frozen=True):
    """What a batch's header states of its document."""

    batch: str


class StatedDocument(Sensitive, frozen=True):
    """What a header states, by field; the digest of the document's file is the holder's to see."""

    batch: str
    digest: str
    stated: dict[str, Any]


class CompareDocument(SignedCommand, frozen=True):
    """Sign that the document and the header agree in these fields. `document`: its file."""

    batch: str
    document: Upload
    fields: tuple[str, ...]


class Compared(Public, frozen=True):
    """A comparison as it was entered."""

    batch: str
    document: str
    fields: tuple[str, ...]
    index: int


def show_document(office: Office, actor: Actor, question: ShowDocument) -> StatedDocument:
    """What the header states, for an officer. Raises UsageFault `actor_refused`; StateFault
    `batch_unknown`, `document_none`; as `Office.batch_session`."""
    with office.store.reading() as connection:
        authority.require_officer(connection, actor)
        batch = batches.find_batch(connection, question.batch)
        return StatedDocument(batch.id, batch.header.document, _stated(office, connection, batch))


def compare_document_statement(office: Office, actor: Actor, command: CompareDocument) -> Statement:
    """What the officer is to sign. Raises as `compare_document`."""
    digest = _digest(office, actor, command)
    with office.store.reading() as connection:
        return authority.state(office, _form(office, connection, command, digest))


def compare_document(office: Office, actor: Actor, command: CompareDocument) -> Compared:
    """Enter the comparison. Raises InputFault `comparison_fields`, `comparison_other`; StateFault
    `batch_unknown`, `document_none`, `comparison_made`; as `Batch.require`, `require_signed`."""
    digest = _digest(office, actor, command)
    with office.store.transaction() as connection:
        form = _form(office, connection, command, digest)
        batch = batches.find_batch(connection, command.batch)
        new = _act(batch.id, digest, command.fields, batch.header.stated)
        act = acts.enter_signed(office, connection, actor, form, new, command.signatures)
    return Compared(command.batch, digest, command.fields, act.entry_index)


def require_compared(office: Office, batch: Batch) -> None:
    """Raise StateFault `document_not_compared` where a batch that rests on a document has no
    comparison of it, and `orders_disagree` where the acts are not the ledger's."""
    header = batch.header
    law = office.law.for_route(header.route)
    if law.route.rules.document is None or law.terms.edition < 3:
        return
    with office.store.reading() as connection:
        loaded = acts.load_acts(office, connection, _KINDS, _meaning)
    if not loaded.agrees:
        raise acts.acts_disagree("nothing is opened by a court's order or a consent")
    if not any(each.subject == batch.id for each in loaded.acts):
        raise StateFault(
            "document_not_compared",
            "no officer has signed that the document and the file's header agree",
            place=batch.id,
            cure="An officer reads both: `counterfoil compare-document BATCH --document FILE` "
            "shows what the header "
            "states, and signs the fields that were compared. Where one differs, withdraw the "
            "batch.",
        )


def _digest(office: Office, actor: Actor, command: CompareDocument) -> str:
    """The digest of the document's file, read for an enrolled officer."""
    with office.store.reading() as connection:
        authority.require_officer(connection, actor)
    return acts.read_document(command.document)


def _form(
    office: Office, connection: Connection, command: CompareDocument, digest: str
) -> authority.ActForm:
    batch = batches.find_batch(connection, command.batch)
    batch.require(BatchState.GATED)
    stated = _stated(office, connection, batch)
    if digest != batch.header.document:
        raise InputFault(
            "comparison_other",
            "the file is not the document whose digest the header names",
            place=batch.id,
            cure="Compare with the file that was received: --document FILE.",
        )
    if command.fields != tuple(sorted(stated)):
        raise InputFault(
            "comparison_fields",
            "the fields named are not those that the header states",
            place=batch.id,
            cure=f"Compare each of them, and name them all: {', '.join(sorted(stated))}.",
        )
    if any(act.subject == batch.id for act in acts.list_acts(connection, *_KINDS)):
        raise StateFault(
            "comparison_made",
            "an officer has signed the comparison of this batch before",
            place=batch.id,
            cure="Nothing is left to do: go on with `counterfoil determine BATCH`.",
        )
    details: dict[str, str | int] = {
        "document": digest,
        "fields": ", ".join(command.fields),
        "stated": batch.header.stated,
    }
    generation = acts.count_entered(office, connection, _KINDS)
    return authority.ActForm("compare-document", batch.id, generation, details)


def _stated(office: Office, connection: Connection, batch: Batch) -> dict[str, Any]:
    """What the header states of the document, by field; what it leaves out is no field."""
    document: Document | None = None
    if batch.header.document:
        session = office.batch_session(connection, batch)
        document = decode_snapshot(session.read(ChunkKind.KNOWN)).header.document
    if document is None:
        raise StateFault(
            "document_none",
            "the file rests on no document",
            place=batch.id,
            cure="There is nothing to compare: only a file by court order or consent names one.",
        )
    fields: dict[str, Any] = msgspec.to_builtins(msgspec.structs.asdict(document))
    fields.pop("digest")
    people = [
        {name: each[at] for name, at in _PERSON.items() if each[at]} for each in fields["people"]
    ]
    return {name: value for name, value in (fields | {"people": people}).items() if value}


_PERSON: Final = {"given_name": 0, "family_name": 2, "date_of_birth": 4}
"""What a header states of a person, by its place in `values.Person`."""


def _act(batch_id: str, digest: str, fields: tuple[str, ...], stated: str) -> NewAct:
    committed = canonical.encode({"document": digest, "fields": list(fields), "stated": stated})
    return NewAct(EntryKind.COMPARISON, batch_id, committed, {"batch": batch_id}, document=digest)


def _meaning(act: Act) -> NewAct:
    """The act that the columns of one mean."""
    said: dict[str, Any] = canonical.read_object(act.committed) or {}
    fields = tuple(map(str, said.get("fields") or ()))
    return _act(act.subject, act.document, fields, str(said.get("stated")))
