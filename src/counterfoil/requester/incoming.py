"""What comes back: the head of the outbox, receipts, sealed answers and notices; each checked
against what the office signed, whoever carried it.

    1  the head is the holder's, for this office, and follows from the newest that was seen here
    2  every answer to an item that was sent here, and every notice, is handed over as it is named
    3  the next head is not overdue
    4  an answer that was there before is the same as before: one that the office replaced is told

Where 1 fails, nothing is taken. What 2 and 3 find is told beside what was fetched: an answer that
is there can be opened, and nobody should take it for all that there is.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from counterfoil.core.errors import VerifyFault
from counterfoil.core.instants import from_instant
from counterfoil.core.values import Public
from counterfoil.envelopes import (
    OutboxHead,
    OutboxItem,
    Receipt,
    check_head,
    require_head_current,
    require_head_follows,
)
from counterfoil.requester.desk import Desk, SentItem, desk_fault, read_kept
from counterfoil.requester.known_office import KnownOffice
from counterfoil.requester.outgoing import kept_receipt, take_receipt
from counterfoil.requester.ways import Way

_PATIENCE: Final = timedelta(days=1)


class Trouble(Public, frozen=True):
    """Something that is not as the office says that it is."""

    code: str
    item: str
    message: str
    cure: str


class Fetched(Public, frozen=True):
    """What was found. `answers` and `notices`: files that are here now, by item; `new`: those that
    came this time; `waiting`: items that have a receipt and no answer yet; `unreceived`: items
    without a receipt; `troubles`: what did not fit."""

    sequence: int
    at: str
    next_due: str
    recalls: int
    answers: dict[str, str]
    notices: dict[str, str]
    new: tuple[str, ...]
    waiting: tuple[str, ...]
    unreceived: tuple[str, ...]
    troubles: tuple[Trouble, ...]


def fetch_all(office: KnownOffice, desk: Desk, way: Way, now: datetime) -> Fetched:
    """Take what lies there for this desk. Raises VerifyFault `outbox_missing`, `outbox_back`,
    `outbox_forked` and those of a head; StoreFault."""
    head = take_head(office, desk, way)
    sent = {each.item: each for each in desk.items()}
    troubles: list[Trouble] = []
    new: list[str] = []
    answers: dict[str, str] = {}
    notices: dict[str, str] = {}
    for listed in head.items:
        if listed.kind == "answer" and listed.item not in sent:
            continue  # somebody else's: whoever shares the outbox
        path, found = _place(desk, listed), answers if listed.kind == "answer" else notices
        before = _digest(path) if path.exists() else ""
        try:
            _take(way, listed, path)
            _require_same(listed, before)
        except VerifyFault as fault:
            troubles.append(Trouble(fault.code, listed.item, fault.message, fault.cure))
            if fault.code != "answer_replaced":
                continue
        found[listed.item] = str(path)
        new += [] if before == listed.digest else [str(path)]
    troubles += _receipts(office, desk, way, sent.values())
    troubles += _late(office, desk, sent, answers, now)
    try:
        require_head_current(head, now)
    except VerifyFault as fault:
        troubles.append(Trouble(fault.code, "", fault.message, fault.cure))
    answered = {each.item for each in head.items if each.kind == "answer"}
    receipts = {item: _kept(office, desk, each) for item, each in sent.items()}
    unreceived = [item for item, receipt in receipts.items() if receipt is None]
    waiting = [
        item
        for item, receipt in receipts.items()
        if receipt is not None
        and not receipt.refused
        and item not in answered
        and sent[item].kind == "request"
    ]
    return Fetched(
        head.sequence,
        head.at,
        head.next_due,
        head.recalls,
        answers,
        notices,
        tuple(new),
        tuple(waiting),
        tuple(unreceived),
        tuple(troubles),
    )


class OutboxStanding(Public, frozen=True):
    """How far the outbox is known: the newest head that was seen, "" and 0 for none. `current`:
    the next one is not due yet."""

    sequence: int
    at: str
    next_due: str
    current: bool


def outbox_standing(office: KnownOffice, desk: Desk, now: datetime) -> OutboxStanding:
    """How far the outbox is known here. Raises VerifyFault where the head was altered."""
    head = last_head(office, desk)
    if head is None:
        return OutboxStanding(0, "", "", current=False)
    current = from_instant(head.at) <= now <= from_instant(head.next_due)
    return OutboxStanding(head.sequence, head.at, head.next_due, current)


def answer_state(office: KnownOffice, desk: Desk, item: str) -> str:
    """What became of an answer that was fetched: whether it was opened, and whether the newest head
    lists another one. Raises VerifyFault where the head was altered; StoreFault."""
    head, path = last_head(office, desk), desk.answer(item)
    listed = {each.digest for each in head.items if each.item == item} if head else set[str]()
    try:
        digest = _digest(path)
    except OSError as fault:
        raise desk_fault(fault) from None
    opened = (read_kept(desk.opened(item)) or b"").decode("ascii", errors="replace")
    if listed and digest not in listed:
        return "replaced by the office: fetch it again"
    if opened and opened != digest:
        return "replaced by the office: what was opened is not the answer any more; open it again"
    return "answered and opened" if opened else "answered, and not opened yet"


def take_head(office: KnownOffice, desk: Desk, way: Way) -> OutboxHead:
    """The head of the outbox, once it follows from the one that was seen before, which it then
    replaces. Raises VerifyFault."""
    data = way.head()
    if data is None:
        raise VerifyFault(
            "outbox_missing",
            "no head of the outbox is there: what lies in it is not known",
            place="outbox head",
            cure="Fetch by the other way (gateway, folder), or later. The office makes one at "
            "least every hour.",
        )
    data = data.strip()
    head = check_head(data, [office.holder], office.office)
    seen = read_kept(desk.seen)
    if seen is not None:
        last = check_head(seen, [office.holder], office.office)
        require_head_follows(data, head, seen, last)
    if data != seen:
        desk.write(desk.seen, data)
    return head


def last_head(office: KnownOffice, desk: Desk) -> OutboxHead | None:
    """The newest head that was seen. Raises VerifyFault where it was altered."""
    seen = read_kept(desk.seen)
    return None if seen is None else check_head(seen, [office.holder], office.office)


def _place(desk: Desk, listed: OutboxItem) -> Path:
    if listed.kind == "answer":
        return desk.answer(listed.item)
    return desk.notices / f"{listed.item}.notice"


def _take(way: Way, listed: OutboxItem, path: Path) -> None:
    """Have the file that the head names. Raises VerifyFault `outbox_withheld`, `outbox_other`."""
    if path.exists() and _digest(path) == listed.digest:
        return
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("wb") as sink:
            came = way.fetch(listed.item, listed.kind, sink)
            sink.flush()
            os.fsync(sink.fileno())
        if not came:
            raise VerifyFault(
                "outbox_withheld",
                "the office says that this lies in the outbox, and it is not handed over",
                cure="Fetch by the other way, or later. If it stays, tell the office: a notice or "
                "a recall may be withheld.",
            )
        if _digest(beside) != listed.digest:
            raise VerifyFault(
                "outbox_other",
                "what is handed over is not what the office says lies there",
                cure="Fetch again, by the other way if it stays, and tell the office. It was not "
                "kept.",
            )
        beside.replace(path)
    except OSError as fault:
        raise desk_fault(fault) from None
    finally:
        beside.unlink(missing_ok=True)


def _require_same(listed: OutboxItem, before: str) -> None:
    """Raise VerifyFault `answer_replaced` where another answer was here before."""
    if before and before != listed.digest:
        raise VerifyFault(
            "answer_replaced",
            "the office replaced this answer: another one was fetched before",
            cure="Open the one that is here now, use nothing of the earlier one, and ask the "
            "office why, unless it told you.",
        )


def _receipts(
    office: KnownOffice, desk: Desk, way: Way, sent: Iterable[SentItem]
) -> Iterator[Trouble]:
    """Take the receipts that are there; what did not fit."""
    for each in sent:
        try:
            take_receipt(office, desk, way, each)
        except VerifyFault as fault:
            yield Trouble(fault.code, each.item, fault.message, fault.cure)


def _late(
    office: KnownOffice,
    desk: Desk,
    sent: dict[str, SentItem],
    answers: dict[str, str],
    now: datetime,
) -> Iterator[Trouble]:
    """Answers whose time was over a day ago and that nobody lists."""
    for item, each in sent.items():
        receipt = None if item in answers else _kept(office, desk, each)
        if (
            receipt is not None
            and receipt.expected
            and from_instant(receipt.expected) + _PATIENCE < now
        ):
            yield Trouble(
                "answer_late",
                item,
                f"an answer was planned for {receipt.expected}, and the outbox does not list it",
                "Two officers may still be looking at it. If it stays, ask the office by the batch "
                "in the receipt.",
            )


def _kept(office: KnownOffice, desk: Desk, sent: SentItem) -> Receipt | None:
    """The receipt that is kept; None for one that does not fit, which is told already."""
    try:
        return kept_receipt(office, desk, sent)
    except VerifyFault:
        return None


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"  # pyright: ignore[reportArgumentType]
