"""The whole accounting as one file, for the Joint Committee on Taxation (26 USC 6103(p)(3)(A),
(B)): made here, checked by check.py. Format `counterfoil-accounting-export-1`: UTF-8, one JSON
object a line, each line ended by 0x0a.

    {"type":"accounting", ...}    first: office, day, the officer, the entry of the act, size and
                                  root (base64) of the ledger that the file belongs to
    for each batch, oldest first:
    {"type":"batch", ...}         what its records share, as kept (office/accounting_records.py)
    {"type":"record", ...}        one for each row, as kept
    one of
    {"type":"kept", ...}          place of the ledger's entry `accounting`, and its salt (64 hex
                                  digits)
    {"type":"open", ...}          the batch is not closed, or an earlier version closed it: its
                                  records are made from its rows, and the ledger commits to each row
                                  and to none of the records
    {"type":"earlier", ...}       an earlier version disposed of its rows: place of the entry
                                  `disposal`, and its rows. It stands after lines of type "older":
                                  row, request id, statute, outcome, which is all that was kept
    {"type":"end","note":...}     last: a C2SP signed note by the office's key over the format, the
                                  office, size and root of the ledger, the number of lines before
                                  this one, and "sha256:..." of their bytes, a line each

It is made as a stream: a chunk of records is in memory. The act is an officer's signed statement
("export-accounting"); it is entered as an `inspection` before anything is read. The file names
every person that was asked about: it is to be kept as return information.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Final

import msgspec

from counterfoil.accountability.accounting.keeping import require_all_kept
from counterfoil.accountability.accounting.lines import older_lines, raw_lines
from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch
from counterfoil.core.errors import StoreFault
from counterfoil.core.instants import instant_text
from counterfoil.core.use_cases import Actor, SignedCommand, Statement
from counterfoil.core.values import Public
from counterfoil.database import Connection
from counterfoil.ledger import EntryKind
from counterfoil.ledger.store import rows_of_batch
from counterfoil.office import Office, authority, journal
from counterfoil.office.accounting_records import AccountingSeal, find_kept, line_of
from counterfoil.tlog.encoding import to_base64
from counterfoil.tlog.note import sign_note

FORMAT: Final = "counterfoil-accounting-export-1"
_encode: Final = msgspec.json.Encoder().encode


class ExportAccounting(SignedCommand, frozen=True):
    """Export the whole accounting."""


class FileHead(Public, frozen=True, tag_field="type", tag="accounting"):
    """The first line. `size` and `root`: of the ledger that the file belongs to."""

    format: str
    office: str
    made_at: str
    officer: str
    entry: int
    size: int
    root: str


class OlderLine(Public, frozen=True, tag_field="type", tag="older"):
    """What an earlier version kept of a request."""

    row: int
    request_id: str
    statute: str
    outcome: str


class KeptEnd(Public, frozen=True, tag_field="type", tag="kept"):
    """Ends a batch that the ledger commits to."""

    batch: str
    entry: int
    salt: str


class OpenEnd(Public, frozen=True, tag_field="type", tag="open"):
    """Ends a batch whose records were made from its rows."""

    batch: str


class EarlierEnd(Public, frozen=True, tag_field="type", tag="earlier"):
    """Ends a batch whose rows an earlier version disposed of."""

    batch: str
    disposal: int
    rows: int


class FileEnd(Public, frozen=True, tag_field="type", tag="end"):
    """The last line."""

    note: str


def note_text(head: FileHead, lines: int, digest: str) -> str:
    """The text that the note of the last line signs."""
    parts = (FORMAT, head.office, str(head.size), head.root, str(lines), digest)
    return "".join(f"{part}\n" for part in parts)


def export_accounting_statement(
    office: Office, actor: Actor, command: ExportAccounting
) -> Statement:
    """What the officer is to sign. Raises as `require_officer`."""
    with office.store.reading() as connection:
        authority.require_officer(connection, actor)
        return authority.state(office, _form(office, connection))


@contextmanager
def export_accounting(
    office: Office, actor: Actor, command: ExportAccounting
) -> Generator[Iterator[bytes]]:
    """The lines of the file, for as long as they are being written. A fault may come with any of
    them: a file without its last line is no export.

    Raises as `require_signed`; VerifyFault `accounting_disagrees`; StoreFault `accounting_missing`,
    `accounting_sealed`; KeyFault.
    """
    with office.store.transaction() as connection:
        form = _form(office, connection)
        officers = authority.require_signed(office, connection, actor, form, command.signatures)
        said = {"accounting": FORMAT}
        index = journal.enter_look(office, connection, officers[0], said)
    with office.store.reading() as connection:
        head = FileHead(
            format=FORMAT,
            office=office.settings.name,
            made_at=instant_text(office.clock()),
            officer=officers[0].name,
            entry=index,
            size=office.ledger.size(connection),
            root=to_base64(office.ledger.root(connection)),
        )
        yield _signed_lines(office, connection, head)


def _form(office: Office, connection: Connection) -> authority.ActForm:
    """The statement of the act. It serves once, because the act enters an inspection."""
    counts = office.ledger.counts(connection)
    details: dict[str, str | int] = {"format": FORMAT, "batches": counts[EntryKind.BATCH]}
    generation = counts[EntryKind.INSPECTION]
    return authority.ActForm("export-accounting", "accounting", generation, details)


def _signed_lines(office: Office, connection: Connection, head: FileHead) -> Iterator[bytes]:
    digest, count = hashlib.sha256(), 0
    for line in _lines(office, connection, head):
        whole = line + b"\n"
        digest.update(whole)
        count += 1
        yield whole
    note = sign_note(note_text(head, count, f"sha256:{digest.hexdigest()}"), [office.signer()])
    yield _encode(FileEnd(note)) + b"\n"


def _lines(office: Office, connection: Connection, head: FileHead) -> Iterator[bytes]:
    require_all_kept(office, connection)
    yield _encode(head)
    for batch in batches.list_batches(connection):
        found = raw_lines(office, connection, batch)
        if found is None:
            yield from _earlier(office, connection, batch)
            continue
        yield found[0]
        yield from found[1]
        kept = find_kept(connection, batch.id)
        if kept is None:
            yield _encode(OpenEnd(batch.id))
        else:
            salt = AccountingSeal(office).salt(batch.id).hex()
            yield _encode(KeptEnd(batch.id, kept.entry_index, salt))


def _earlier(office: Office, connection: Connection, batch: Batch) -> Iterator[bytes]:
    occasion, lines = older_lines(office, connection, batch)
    yield line_of(occasion)
    for each in lines:
        yield _encode(OlderLine(each.row, each.request_id, each.statute, each.outcome))
    received = instant_text(batch.received_at)
    found = next(rows_of_batch(connection, batch.id, received, {EntryKind.DISPOSAL}), None)
    entry = None if found is None else office.ledger.entry(connection, found[0])
    if found is None or entry is None:
        raise StoreFault(
            "accounting_missing",
            "the rows of this batch are gone, and the ledger has no entry of their disposal",
            place=batch.id,
            cure="Restore the database from its backup, and find out who deleted them.",
        )
    yield _encode(EarlierEnd(batch.id, found[0], int(entry.fields["rows"])))
