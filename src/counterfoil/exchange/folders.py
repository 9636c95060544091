"""The office's own side of the mailbox: a folder inside the office's directory that nobody outside
sees, and what it remembers of each item.

    exchange/spool/ITEM.FORM     an item that was taken in and is being read
    exchange/spool/ITEM/         its content in clear, for as long as it is being received
    exchange/items/ITEM.json     what became of an item that a principal signed, or of an open file
    exchange/notices/            recalls that left (exchange/notices.py)
    exchange/keys/               intake keys (exchange/intake_keys.py)
    exchange/head.jws            the newest head of the outbox
    exchange/tmp/                files that last as long as one request or one answer

`ItemRecord` is what `items/` holds. Trusted: no more than the folder it lies in; who alters a
record can have an answer sealed to another key or withheld, and can decide nothing. Lost: an item
that is sent again is received again, and the same file is the same batch.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from counterfoil.core.atomic_files import replace_file
from counterfoil.core.bounded import read_bounded
from counterfoil.core.errors import StoreFault
from counterfoil.core.values import Public
from counterfoil.office import Office

RECEIVED: Final = "received"
ANSWERED: Final = "answered"
CLOSED: Final = "closed"
_MOST_BYTES: Final = 262_144


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


class ExchangeFolders:
    """The folder `exchange/` of one office. Methods raise OSError where the disk refuses."""

    def __init__(self, office: Office) -> None:
        self.root = office.directory / "exchange"
        self.spool = self.root / "spool"
        self.items = self.root / "items"
        self.notices = self.root / "notices"
        self.keys = self.root / "keys"
        self.tmp = self.root / "tmp"
        self.head = self.root / "head.jws"

    def make(self) -> None:
        """Make what is missing, and remove what a process left that was ended. Raises StoreFault
        `exchange_folder`."""
        try:
            for folder in (self.spool, self.items, self.notices, self.keys):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for folder in self._clear():
                shutil.rmtree(folder, ignore_errors=True)
            self.make_tmp()
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
        """What is remembered of an item; None where nothing can be read."""
        with suppress(OSError, ValueError, msgspec.MsgspecError):
            data = read_bounded(self.items / f"{item}.json", _MOST_BYTES)
            return msgspec.json.decode(data, type=ItemRecord)
        return None

    def keep(self, record: ItemRecord) -> None:
        """Remember an item, durably."""
        replace_file(self.items / f"{record.item}.json", msgspec.json.encode(record))

    def records(self) -> Iterator[ItemRecord]:
        """Every item that is remembered, in no order."""
        for path in self.items.glob("*.json"):
            record = self.record(path.stem)
            if record is not None:
                yield record
