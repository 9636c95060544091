"""What the office says about an item: its signed receipt, in the mailbox (docs/formats/outbox.md).

A receipt of a received item has where the ledger says so; how many rows the file had, and how many
could not be read, is sealed to the keys that the answer will be sealed to. A receipt of a refused
item has the code of the refusal. Both can be written again: they say the same.
"""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime
from pathlib import Path

import msgspec

from counterfoil.core.atomic_files import place_file
from counterfoil.core.instants import instant_text
from counterfoil.database import Connection
from counterfoil.envelopes import (
    Counts,
    LedgerPlace,
    Receipt,
    make_receipt,
    parse_opening_key,
    seal_counts,
)
from counterfoil.exchange.folders import ItemRecord, StatementRecord
from counterfoil.exchange.mailbox import Mailbox, Waiting
from counterfoil.ledger import EntryKind
from counterfoil.office import Office


def write_receipt(office: Office, mailbox: Mailbox, record: ItemRecord, counts: Counts) -> None:
    """Receipt a received item. Raises OSError, KeyFault, StoreFault."""
    keys = [parse_opening_key(each) for each in record.reply_to]
    with office.store.reading() as connection:
        place = _ledger_place(office, connection, record.batch)
    receipt = msgspec.structs.replace(
        _taken(office, record),
        expected=record.expected,
        counts=seal_counts(record.item, counts, keys) if keys else (),
        ledger=place,
    )
    _write(mailbox.receipt(record.item), make_receipt(receipt, office.signer()))


def write_statement_receipt(office: Office, mailbox: Mailbox, record: StatementRecord) -> None:
    """Receipt a statement that waits for two officers, or that they entered. Raises OSError,
    KeyFault."""
    _write(mailbox.receipt(record.item), make_receipt(_taken(office, record), office.signer()))


def write_refusal(
    office: Office, mailbox: Mailbox, waiting: Waiting, digest: str, code: str, at: datetime
) -> None:
    """Receipt an item that was refused. Raises OSError, KeyFault."""
    receipt = Receipt(
        office=office.settings.name,
        item=waiting.item,
        digest=digest,
        content="",
        received_at=instant_text(at),
        refused=code,
    )
    _write(mailbox.receipt(waiting.item), make_receipt(receipt, office.signer()))


def _taken(office: Office, record: ItemRecord | StatementRecord) -> Receipt:
    """What every receipt of an item says that was taken."""
    return Receipt(
        office=office.settings.name,
        item=record.item,
        digest=record.digest,
        content=record.content,
        received_at=record.received_at,
        batch=record.batch,
    )


def _ledger_place(office: Office, connection: Connection, batch: str) -> LedgerPlace | None:
    """The entry of the batch, proven under the newest checkpoint; None where there is none yet."""
    ledger = office.ledger
    checkpoint = ledger.newest_checkpoint(connection)
    found = (
        index
        for index, entry in ledger.newest_of(connection, EntryKind.BATCH)
        if entry.fields["batch"] == batch
    )
    index = next(found, None)
    if checkpoint is None or index is None:
        return None
    entry = next(ledger.entries(connection, index, index + 1))
    proof = ledger.tlog_proof(connection, index, checkpoint)
    return LedgerPlace(index, b64encode(entry).decode("ascii"), proof)


def _write(path: Path, data: bytes) -> None:
    place_file(path, data, 0o640)
