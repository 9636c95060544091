"""What a requester states of a recall or of destruction, as it comes by the mailbox: an item of
kind `notice` from the requester, whose one part is `statement.jws` (answers/receipts.py).

    in       it is read as every item is (exchange/take.py), and held against the office's own
             recalls and batches, as two officers would enter it: what they could not enter is
             refused with the same code
    waits    until two officers enter it (`counterfoil recall receipt ITEM`); `status` tells of it

The same item twice is one item. The same statement in another item is refused while it waits
(`receipt_waits`) and once it was entered (`receipt_nothing`). Trusted and lost: as the records of
items (folders.py).
"""

from __future__ import annotations

from collections.abc import Iterator

from counterfoil.answers.receipts import Receipt, read_receipt
from counterfoil.answers.signed_object import read_unchecked
from counterfoil.controls.recall.receipts import CameIn, check_came_in, entered_receipts
from counterfoil.core.errors import StateFault
from counterfoil.core.instants import instant_text
from counterfoil.core.use_cases import NOBODY, SERVICE, Actor
from counterfoil.core.values import Public
from counterfoil.exchange.folders import ExchangeFolders, StatementRecord
from counterfoil.exchange.take import TakenStatement
from counterfoil.office import Office
from counterfoil.office.authority import require_officer


class WaitingStatement(Public, frozen=True):
    """A statement that waits for two officers: the item that it came in, what it says, and the
    signed object itself."""

    item: str
    received_at: str
    receipt: Receipt
    statement: str


class Statements:
    """The statements that came to one office."""

    def __init__(self, office: Office, folders: ExchangeFolders) -> None:
        self._office = office
        self._folders = folders

    def find(self, item: str) -> StatementRecord | None:
        """What is remembered of a statement's item."""
        path = self._folders.statements / f"{item}.json"
        found = self._folders.read_record(path, StatementRecord)
        return found if found is not None and found.item == item else None

    def keep(self, taken: TakenStatement) -> StatementRecord:
        """Keep a statement for two officers. Raises StateFault `receipt_waits`,
        `receipt_nothing`; as `check_came_in`; OSError."""
        came = check_came_in(self._office, SERVICE, taken.statement)
        if came.is_entered:
            raise _refused("receipt_nothing", "two officers entered this statement before", came)
        if any(each.stated == came.digest for each in self.records()):
            raise _refused("receipt_waits", "this statement waits already for two officers", came)
        record = StatementRecord(
            taken.item,
            taken.digest,
            taken.content,
            came.receipt.batch,
            instant_text(self._office.clock()),
            taken.statement.decode("ascii"),
            came.digest,
        )
        self._folders.keep_record(self._folders.statements / f"{record.item}.json", record)
        return record

    def records(self) -> Iterator[StatementRecord]:
        """Every statement that is remembered, in the order in which they came."""
        paths = self._folders.statements.glob("*.json")
        found = [each for each in map(self.find, (path.stem for path in paths)) if each]
        yield from sorted(found, key=lambda each: (each.received_at, each.item))


def list_statements(office: Office, actor: Actor) -> tuple[WaitingStatement, ...]:
    """The statements that wait for two officers, the oldest first. Names agencies and officials who
    had answers, and nobody whom they are about. Raises as `require_officer`; StateFault
    `orders_disagree`, KeyFault."""
    with office.store.reading() as connection:
        require_officer(connection, actor)
    folders = ExchangeFolders(office)
    if not folders.statements.is_dir():
        return ()
    entered = entered_receipts(office, NOBODY)
    return tuple(
        WaitingStatement(each.item, each.received_at, _said(each), each.statement)
        for each in Statements(office, folders).records()
        if each.stated not in entered
    )


def count_statements(office: Office, _actor: Actor) -> int:
    """How many items with a statement lie there that nobody entered: by the names of the files, for
    who has no key of the office."""
    folder = ExchangeFolders(office).statements
    came = len(list(folder.glob("*.json"))) if folder.is_dir() else 0
    return max(0, came - len(entered_receipts(office, NOBODY))) if came else 0


def _said(record: StatementRecord) -> Receipt:
    data = record.statement.encode("ascii")
    return read_receipt(read_unchecked(data, "receipt", len(data)))


def _refused(code: str, message: str, came: CameIn) -> StateFault:
    return StateFault(
        code,
        message,
        place=came.receipt.batch,
        cure="Nothing is to be done: it need not be sent again.",
    )
