"""The office's own side of the mailbox: a folder inside the office's directory that nobody outside
sees, and what it remembers of each item.

    exchange/spool/ITEM.FORM     an item that was taken in and is being read
    exchange/spool/ITEM/         its content in clear, for as long as it is being received
    exchange/items/ITEM.json     what became of an item that a principal signed, or of an open file
    exchange/notices/            recalls that left (exchange/notices.py)
    exchange/statements/         what a requester stated of a recall or of destruction
                                 (exchange/statements.py)
    exchange/keys/               intake keys (exchange/intake_keys.py)
    exchange/head.jws            the newest head of the outbox
    exchange/tmp/                files that last as long as one request or one answer

`ItemRecord` is what `items/` holds, and `NoticeRecord` (exchange/notices.py) what `notices/` does,
and `StatementRecord` (exchange/statements.py) what `statements/` does, each as one JSON object:

    {"mac": "<64 hex>", "record": {...}}

`mac` is HMAC-SHA-256(key, kind || 0x00 || the bytes of `record`), under a key that is derived from
the office's payload key; a record stands in the file of its own name. A file that is anything else
is no record. So nobody without the office's passphrase has an answer sealed to another key, or to
the item of another batch. Records of before they had one are taken as they are, once: the database
remembers that it was done (`exchange`).

Trusted: no. Who deletes a record withholds an answer. Lost: an item that is sent again is received
again, and the same file is the same batch.
"""

from __future__ import annotations

import hmac
import shutil
from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from counterfoil.core.atomic_files import replace_file
from counterfoil.core.bounded import read_bounded
from counterfoil.core.errors import StoreFault
from counterfoil.core.values import Public
from counterfoil.database.remembered import remember_value, remembered_value
from counterfoil.office import Office

RECEIVED: Final = "received"
ANSWERED: Final = "answered"
CLOSED: Final = "closed"
_MOST_BYTES: Final = 262_144
_KEY_CONTEXT: Final = b"counterfoil/exchange-record-key/v1"
_SUBJECT: Final = "exchange"
_AUTHENTICATED: Final = "records are authenticated"
Record = TypeVar("Record")


class _Kept(Public, frozen=True, forbid_unknown_fields=True):
    """A file of `items/` or `notices/`. See the module."""

    mac: str
    record: msgspec.Raw


class ItemRecord(Public, frozen=True):
    """One item. `form` as of the mailbox; `digest` of the item's file; `content` the item's own
    commitment, "" of an open file; `reply_to` the opening keys for the answer, in base64; `answer`
    the digest of the sealed answer, `left_at` when it left. Times are instants, or ""."""

    item: str
    form: str
    digest: str
    content: str
    signer: str
    batch: str
    received_at: str
    expected: str
    reply_to: tuple[str, ...]
    state: str = RECEIVED
    answer: str = ""
    left_at: str = ""


class NoticeRecord(Public, frozen=True, forbid_unknown_fields=True):
    """One notice of a recall that left. `number`: of its recall; `digest`: of the item's file."""

    number: int
    item: str
    batch: str
    digest: str
    left_at: str


class StatementRecord(Public, frozen=True, forbid_unknown_fields=True):
    """What a requester stated, as it came in an item. `digest`: of the item's file; `content`: the
    item's own commitment; `statement`: the signed object, and `stated` the digest of it."""

    item: str
    digest: str
    content: str
    batch: str
    received_at: str
    statement: str
    stated: str


class ExchangeFolders:
    """The folder `exchange/` of one office. Methods raise OSError where the disk refuses."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.root = office.directory / "exchange"
        self.spool = self.root / "spool"
        self.items = self.root / "items"
        self.notices = self.root / "notices"
        self.statements = self.root / "statements"
        self.keys = self.root / "keys"
        self.tmp = self.root / "tmp"
        self.head = self.root / "head.jws"

    def make(self) -> None:
        """Make what is missing, remove what a process left that was ended, and take the records of
        an older version. Raises StoreFault `exchange_folder`, KeyFault."""
        try:
            for folder in (self.spool, self.items, self.notices, self.statements, self.keys):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for folder in self._clear():
                shutil.rmtree(folder, ignore_errors=True)
            self.make_tmp()
            self._take_older()
        except OSError as fault:
            raise StoreFault(
                "exchange_folder",
                f"the office's own side of the mailbox cannot be written ({type(fault).__name__})",
                place=self.root.name,
                cure="Check disk space and the permissions of the office's folder.",
            ) from None

    def make_tmp(self) -> None:
        """Make the folder for what lasts as long as one request."""
        self.tmp.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _clear(self) -> list[Path]:
        return [each for each in self.spool.iterdir() if each.is_dir()]

    def record(self, item: str) -> ItemRecord | None:
        """What is remembered of an item; None where nothing can be read that the office wrote."""
        found = self.read_record(self.items / f"{item}.json", ItemRecord)
        return found if found is not None and found.item == item else None

    def keep(self, record: ItemRecord) -> None:
        """Remember an item, durably."""
        self.keep_record(self.items / f"{record.item}.json", record)

    def records(self) -> Iterator[ItemRecord]:
        """Every item that is remembered, in no order."""
        for path in self.items.glob("*.json"):
            record = self.record(path.stem)
            if record is not None:
                yield record

    def read_record(self, path: Path, kind: type[Record]) -> Record | None:
        """What a file of `items/` or `notices/` holds; None where the office did not write it."""
        with suppress(OSError, ValueError, msgspec.MsgspecError):
            kept = msgspec.json.decode(read_bounded(path, _MOST_BYTES), type=_Kept)
            data = bytes(kept.record)
            if hmac.compare_digest(self._mac(kind, data).encode(), kept.mac.encode()):
                return msgspec.json.decode(data, type=kind)
        return None

    def keep_record(self, path: Path, record: Public) -> None:
        """Write a record, durably. Inverse of `read_record`."""
        data = msgspec.json.encode(record)
        kept = _Kept(self._mac(record.__class__, data), msgspec.Raw(data))
        replace_file(path, msgspec.json.encode(kept))

    @cached_property
    def _key(self) -> bytes:
        return hmac.digest(self._office.payload_keys()[1], _KEY_CONTEXT, "sha256")

    def _mac(self, kind: type, data: bytes) -> str:
        return hmac.digest(self._key, kind.__name__.encode() + b"\x00" + data, "sha256").hex()

    def _take_older(self) -> None:
        """Write the records of an older version anew with their MAC, once."""
        store = self._office.store
        with store.reading() as connection:
            if remembered_value(connection, _SUBJECT) == _AUTHENTICATED:
                return
        for path in (*self.items.glob("*.json"), *self.notices.glob("*.json")):
            data = read_bounded(path, _MOST_BYTES)
            kind = ItemRecord if path.parent == self.items else NoticeRecord
            with suppress(ValueError, msgspec.MsgspecError):
                self.keep_record(path, msgspec.json.decode(data, type=kind))
        with store.transaction() as connection:
            remember_value(connection, _SUBJECT, _AUTHENTICATED)
