"""Recalls that go out by the mailbox: for each recall of an answer that left there, one sealed item
of kind `notice` (docs/formats/outbox.md), to whom the answer was sealed.

    exchange/notices/NUMBER.json    what became of the recall of this number: `NoticeRecord`
    outbox/ITEM.notice              the item: `notice.txt`, the signed notice, and `recalls`, the
                                    signed list of recalls as of now

The outbox's head names the item and counts the recalls, so that a gateway which holds one back is
noticed. A list that cannot be made now (no quorum of witnesses answers) holds no notice back: it
goes without. A notice lies there until `_DAYS` after it left. Trusted and lost: as the records of
items (folders.py); a notice that is lost is made again, under another item.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, Final

from counterfoil.controls.recall import listing
from counterfoil.controls.recall import service as recalls
from counterfoil.core.atomic_files import placed_file
from counterfoil.core.errors import CounterfoilError
from counterfoil.core.instants import from_instant, instant_text
from counterfoil.core.use_cases import NOBODY, SERVICE
from counterfoil.envelopes import (
    ItemHeader,
    PublicOpeningKey,
    new_item,
    parse_opening_key,
    seal_item,
    write_content,
)
from counterfoil.exchange.folders import ExchangeFolders, ItemRecord, NoticeRecord
from counterfoil.exchange.mailbox import Mailbox, digest_of
from counterfoil.office import Office

_DAYS: Final = timedelta(days=400)


class Notices:
    """The notices of one office."""

    def __init__(self, office: Office, mailbox: Mailbox, folders: ExchangeFolders) -> None:
        self._office = office
        self._mailbox = mailbox
        self._folders = folders

    def put_new(self, records: Iterable[ItemRecord]) -> int:
        """Seal a notice of each recall that has none yet, of whose batch an answer left; how many.
        Raises OSError, StateFault `orders_disagree`, KeyFault, StoreFault, VerifyFault."""
        listed = recalls.list_recalls(self._office, NOBODY)
        if not listed.recalls:
            return 0
        sent = {each.number for each in self.records()}
        readers: dict[str, dict[str, PublicOpeningKey]] = {}
        for record in records:
            if record.left_at:
                keys = (parse_opening_key(each) for each in record.reply_to)
                readers.setdefault(record.batch, {}).update({key.key_id: key for key in keys})
        wanted = [
            each for each in listed.recalls if each.number not in sent and readers.get(each.batch)
        ]
        for each in wanted:
            self._put(each.number, each.batch, list(readers[each.batch].values()))
        return len(wanted)

    def records(self) -> Iterator[NoticeRecord]:
        """Every notice that left and still lies there, by number."""
        for each in sorted(self._kept(), key=lambda each: each.number):
            if self._mailbox.notice(each.item).is_file() and not self._is_over(each):
                yield each

    def expire(self) -> None:
        """Take away the notices whose time is over. Raises OSError."""
        for each in self._kept():
            if self._is_over(each):
                self._mailbox.notice(each.item).unlink(missing_ok=True)

    def _kept(self) -> Iterator[NoticeRecord]:
        for path in self._folders.notices.glob("*.json"):
            kept = self._folders.read_record(path, NoticeRecord)
            if kept is not None and path == self._path(kept.number):
                yield kept

    def _is_over(self, record: NoticeRecord) -> bool:
        return from_instant(record.left_at) + _DAYS < self._office.clock()

    def _put(self, number: int, batch: str, keys: list[PublicOpeningKey]) -> None:
        office, item = self._office, new_item(self._office.random)
        notice = recalls.notice_for_outbox(office, SERVICE, recalls.WriteNotice(number))
        parts: dict[str, BinaryIO] = {"notice.txt": io.BytesIO(notice)}
        with suppress(CounterfoilError):
            parts["recalls"] = io.BytesIO(listing.make_recall_list(office, SERVICE).data)
        clear = io.BytesIO()
        write_content(clear, parts)
        header = ItemHeader(
            kind="notice",
            item=item,
            office=office.settings.name,
            to=tuple(key.key_id for key in keys),
            agreement=office.law.agreement_digest,
            expires=office.clock() + _DAYS,
        )
        clear.seek(0)
        with placed_file(self._mailbox.notice(item), 0o640) as sink:
            seal_item(clear, sink, header, keys, office.signer(), office.random)
            digest = digest_of(sink)
        kept = NoticeRecord(number, item, batch, digest, instant_text(office.clock()))
        self._folders.keep_record(self._path(number), kept)

    def _path(self, number: int) -> Path:
        return self._folders.notices / f"{number}.json"
