"""What leaves: sealed answers in the mailbox's outbox, and the signed head that lists them.

The head is made anew when something is put there or taken away, and every `HEAD_HOURS` in any case:
a reader for whom the next one is overdue does not know what lies there (docs/formats/outbox.md).
The newest is kept in the office's own folder too, from which the mailbox's copy is written again.

An answer is sealed with the length that its request decides, to the keys of the request. It lies
there until the use of it expires, and so long the sealed file is the same.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec

from counterfoil.answers.packed_rows import pack_rows
from counterfoil.core.atomic_files import place_file, placed_file, read_regular, replace_file
from counterfoil.core.errors import VerifyFault
from counterfoil.core.instants import from_instant, instant_text
from counterfoil.core.values import Public
from counterfoil.envelopes import (
    ItemHeader,
    OutboxHead,
    OutboxItem,
    PublicOpeningKey,
    answer_length,
    check_head,
    head_digest,
    make_head,
    new_item,
    seal_item,
    write_content,
)
from counterfoil.envelopes.statements import MAX_OUTBOX_ITEMS
from counterfoil.exchange.folders import ANSWERED, ExchangeFolders, ItemRecord, NoticeRecord
from counterfoil.exchange.mailbox import Mailbox, digest_of
from counterfoil.office import Office

HEAD_HOURS: Final = 1
_MARGIN: Final = timedelta(minutes=10)
"""How much sooner than it is due a head is made anew."""
_MOST_HEAD: Final = 4_194_304


class ReleasedAnswer(Public, frozen=True):
    """What an answer item holds: the rows, a file that can be read twice, their form and format,
    the signed envelope, and the proof with cosignatures, "" where there are no witnesses."""

    rows: Any
    form: str
    version: str
    envelope: bytes
    proof: str = ""


class Outbox:
    """The outbox of one office."""

    def __init__(self, office: Office, mailbox: Mailbox, folders: ExchangeFolders) -> None:
        self._office = office
        self._mailbox = mailbox
        self._folders = folders

    def put(
        self, record: ItemRecord, answer: ReleasedAnswer, keys: Sequence[PublicOpeningKey]
    ) -> ItemRecord:
        """Seal an answer to the keys of its request, durably; return the record that says so, which
        is kept too. Raises OSError, KeyFault, StoreFault."""
        office, path = self._office, self._mailbox.answer(record.item)
        folder = self._folders.tmp
        with (
            tempfile.TemporaryFile(dir=folder) as packed,
            tempfile.TemporaryFile(dir=folder) as clear,
        ):
            pack_rows(answer.rows, packed, answer.form, answer.version)
            size = packed.tell()
            packed.seek(0)
            parts: dict[str, Any] = {"answer.rows": packed}
            parts["answer.jws"] = io.BytesIO(answer.envelope)
            if answer.proof:
                parts["answer.proof"] = io.BytesIO(answer.proof.encode())
            write_content(clear, parts)
            header = ItemHeader(
                kind="answer",
                item=new_item(office.random),
                office=office.settings.name,
                to=tuple(key.key_id for key in keys),
                agreement=office.law.agreement_digest,
                expires=self._expires(),
                answers=record.item,
                length=answer_length(size),
            )
            digest = self._seal(path, clear, header, keys)
        left = instant_text(office.clock())
        done = msgspec.structs.replace(record, state=ANSWERED, answer=digest, left_at=left)
        self._folders.keep(done)
        return done

    def _expires(self) -> datetime:
        days = self._office.law.agreement.answer_expiry_days
        return self._office.clock() + timedelta(days=days)

    def _seal(
        self, path: Path, clear: BinaryIO, header: ItemHeader, keys: Sequence[PublicOpeningKey]
    ) -> str:
        with placed_file(path, 0o640) as sink:
            seal_item(clear, sink, header, keys, self._office.signer(), self._office.random)
            return digest_of(sink)

    def expire(self, records: Sequence[ItemRecord]) -> list[ItemRecord]:
        """Take away the answers whose use has expired; the records that are left."""
        now = self._office.clock()
        days = timedelta(days=self._office.law.agreement.answer_expiry_days)
        left = [each for each in records if from_instant(each.left_at) + days >= now]
        for each in records:
            if each not in left:
                self._mailbox.answer(each.item).unlink(missing_ok=True)
        return left

    # -- the head --------------------------------------------------------------------------

    def write_head(
        self, records: Sequence[ItemRecord], notices: Sequence[NoticeRecord] = ()
    ) -> OutboxHead:
        """Make the head anew over these answers and notices; of the answers the newest, where there
        are more than it may list. Raises OSError, KeyFault; as `_newest`."""
        before, last = self._newest()
        room = MAX_OUTBOX_ITEMS - len(notices)
        newest = sorted(records, key=lambda each: (each.left_at, each.item))[-room:]
        now = self._office.clock()
        head = OutboxHead(
            office=self._office.settings.name,
            sequence=last.sequence + 1 if last else 1,
            previous=head_digest(before) if last else "",
            at=instant_text(now),
            next_due=instant_text(now + timedelta(hours=HEAD_HOURS)),
            items=(
                *(OutboxItem(each.item, "answer", each.answer) for each in newest),
                *(OutboxItem(each.item, "notice", each.digest) for each in notices),
            ),
            recalls=max([last.recalls if last else 0, *(each.number for each in notices)]),
        )
        data = make_head(head, self._office.signer())
        replace_file(self._folders.head, data)
        self._show(data)
        return head

    def is_due(self) -> bool:
        """Whether the next head is to be made by now; where it is not, the mailbox has this one."""
        data, last = self._newest()
        if (
            last is None
            or not self._folders.head.is_file()
            or from_instant(last.next_due) - _MARGIN <= self._office.clock()
        ):
            return True
        if not self._mailbox.head.is_file():
            self._show(data)
        return False

    def _show(self, data: bytes) -> None:
        place_file(self._mailbox.head, data, 0o640)

    def _newest(self) -> tuple[bytes, OutboxHead | None]:
        """The newest head that this office signed, of its own copy and the mailbox's, and what it
        says; None where there is none. Who writes either folder can so neither set the sequence nor
        put it back. Raises VerifyFault where there is a head and none is the office's own."""
        found: list[tuple[OutboxHead, bytes]] = []
        fault: VerifyFault | None = None
        for path in (self._folders.head, self._mailbox.head):
            try:
                data = read_regular(path, _MOST_HEAD)
            except (OSError, ValueError):
                continue
            try:
                head = check_head(data, self._office.log_keys, self._office.settings.name)
            except VerifyFault as failed:
                fault = fault or failed
                continue
            found.append((head, data))
        if not found and fault is not None:
            raise fault
        head, data = max(found, key=lambda each: each[0].sequence, default=(None, b""))
        return data, head
