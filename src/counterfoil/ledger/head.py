"""The ledger's head under the office's own key: what is believed of the database, and what is not.

    ledger_head   number  1: one row, written by each commit that enters something
                  size    how many entries there are
                  time    of the last entry
                  counts  running counts, as of ledger_block
                  root    of the tree of these entries, 32 bytes
                  state   digests of the rows that give authority (database/remembered.py): 2,048
                          bytes
                  mac     HMAC-SHA-256(key, "counterfoil/ledger-head/v1" || 0x00 || canonical JSON
                          of origin, size, time, counts, root and state, the last two in hex)

The key is derived from the office's payload key, which the passphrase opens; the database does not
hold it. In each transaction of an office that has the key:

    1  the head that is stored carries the key's MAC, and ends where the entries end
    2  an entry that decides something is in the tree of that head (`Ledger.believed`)
    3  rows that give authority are those that the newest entry about them commits to
    4  before what it enters is made durable, `state` is entered where such rows were written, the
       tree of the old head is found again below the new one, and the new head is written

So entries that somebody else appended are never signed over, and the office stops: `head_entries`.
Only a suspension may be entered without the key, so that it is quick: it is believed once it is
found to be signed by an enrolled officer (`Tail`), and stands below the next head.

An office of an older version has no head. Once its operator says so, and shows a checkpoint that
was kept outside (`adopt_office`), its whole ledger is checked, what its rows say is entered as
`state`, and from then on 1 to 4 hold. It is done once: a file beside the keys notes it, and so does
the entry itself. Whoever deletes both, by cutting the ledger off before its first `state`, stops
the office: one of this version has no checkpoint left that the holder signed over so short a
ledger, because `state` is entered before the first one is signed (`head_missing`); one of an older
version is not taken again by itself (`head_none`). And an officer's row that no entry enrolled is
not taken.

Trusted: no. Lost or altered: nothing is done (`head_missing`, `head_altered`) until a copy is
restored. It does not show that all of the database is an older copy; what is published does, and
witnesses do.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, String, Table, Text, delete, select

from counterfoil.core import canonical
from counterfoil.core.atomic_files import replace_file
from counterfoil.core.errors import CounterfoilError, KeyFault, StoreFault, VerifyFault
from counterfoil.core.values import Public
from counterfoil.database import METADATA, Connection
from counterfoil.database.remembered import (
    EMPTY_STATE,
    IN_TRANSACTION,
    Content,
    Remembered,
    Verified,
)
from counterfoil.ledger.entries import Entry, EntryKind, counts_text, decode
from counterfoil.ledger.store import (
    Hashes,
    counts_of,
    find_entry,
    read_checkpoints,
    read_entries,
    read_entry,
    read_head,
)
from counterfoil.ledger.watched import HEAD, HEAD_CURE, not_believed
from counterfoil.tlog.tiles import node_reader
from counterfoil.tlog.tree import (
    Reader,
    check_inclusion,
    leaf_hash,
    prove_inclusion,
    root_at,
    root_with,
)

KEY_CONTEXT: Final = b"counterfoil/ledger-head-key/v1"
_MAC_CONTEXT: Final = b"counterfoil/ledger-head/v1\x00"
_STATE_CONTEXT: Final = b"counterfoil/state/v1\x00"
_MARK_CONTEXT: Final = b"counterfoil/ledger-has-heads/v1"

LEDGER_HEAD: Final = Table(
    "ledger_head",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("time", String(20), nullable=False),
    Column("counts", Text, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("state", LargeBinary, nullable=False),
    Column("mac", LargeBinary, nullable=False),
)

_MOST_ENTRIES: Final = 4096
Tail = Callable[[Connection, int, int], None]
"""Checks that each of the entries from one index to the one before another is a suspension that an
enrolled officer signed; raises what it finds."""


class AuthenticatedHead(Public, frozen=True):
    """The end of the ledger under the office's key. Fields as of the table."""

    size: int
    time: str
    counts: str
    root: bytes
    state: bytes


class HeadKeeper:
    """What authenticates one office's ledger, transaction by transaction.

    `key` gives the key, or None where the passphrase was not given. `enter` enters a state, `check`
    checks a whole ledger of an older version, `tail` the suspensions that were entered without the
    key, `baseline` reads what an older version's rows say, and
    `before` is done once in each writing transaction; `admit` is asked as one begins, and raises
    where nothing is written any more. `mark`: the file beside the keys.
    """

    def __init__(
        self,
        origin: str,
        key: Callable[[], bytes | None],
        *,
        enter: Callable[[Connection, str], object],
        check: Callable[[Connection], Mapping[EntryKind, int]],
        tail: Tail,
        baseline: Callable[[Connection], Mapping[str, Content]],
        before: Callable[[Connection], None],
        admit: Callable[[Connection], None],
        mark: Path,
    ) -> None:
        self.origin = origin
        self.key = key
        self.enter = enter
        self.check = check
        self.tail = tail
        self.baseline = baseline
        self.before = before
        self.admit = admit
        self.mark = mark
        self._is_marked = False
        self.verified = Verified()
        self.entries: dict[int, Entry] = {}
        """Entries that were found under a head: the tree only grows, so they stay what they are.
        The newest of them, `_MOST_ENTRIES`."""

    def begin(self, connection: Connection, *, writes: bool) -> None:
        """Lay the transaction's head and map beside its connection; of the entries nothing is read
        yet. Raises as `admit`."""
        if writes:
            self.admit(connection)
        head = TransactionHead(self, connection, writes=writes)
        connection.info[HEAD] = head
        connection.info[IN_TRANSACTION] = head.remembered

    def commit(self, connection: Connection) -> None:
        """Step 4. Raises VerifyFault, KeyFault `head_key`."""
        connection.info[HEAD].write()

    def end(self, connection: Connection) -> None:
        """Take them away again."""
        connection.info.pop(HEAD, None)
        connection.info.pop(IN_TRANSACTION, None)

    def mac(self, key: bytes, head: AuthenticatedHead) -> bytes:
        """The MAC of a head of this office."""
        said = {"origin": self.origin, "size": head.size, "time": head.time, "counts": head.counts}
        hashes = {"root": head.root.hex(), "state": head.state.hex()}
        return hmac.digest(key, _MAC_CONTEXT + canonical.encode(said | hashes), "sha256")

    def is_marked(self) -> bool:
        """Whether this office has had a head before."""
        return self.mark.exists()

    def write_mark(self, key: bytes) -> None:
        """Note beside the keys, once a head is durable, that this office has one. Raises StoreFault
        `head_mark`."""
        if self._is_marked:
            return
        self._is_marked = True
        try:
            if self.mark.exists():
                return
            replace_file(self.mark, hmac.digest(key, _MARK_CONTEXT, "sha256").hex().encode())
        except OSError:
            raise StoreFault(
                "head_mark",
                "what notes that the ledger has a head cannot be written",
                place=self.mark.name,
                cure="Check disk space and permissions of the office, then run it again.",
            ) from None


class TransactionHead:
    """The head in one transaction. `remembered` is its map."""

    def __init__(self, keeper: HeadKeeper, connection: Connection, *, writes: bool) -> None:
        self._keeper = keeper
        self._connection = connection
        self._writes = writes
        self._start = read_head(connection).size if writes else 0
        self._found: AuthenticatedHead | None = None
        self._is_checked = False
        self._recorded: bytes | None = None
        self._is_begun = False
        self.remembered = Remembered(connection, self._authority, keeper.verified)

    def check(self) -> AuthenticatedHead | None:
        """The head as the transaction found it, once it is authenticated (1); None where the office
        has none yet, or no key. Raises VerifyFault `head_altered`, `head_missing`, `head_entries`,
        `head_behind`."""
        key = None if self._is_checked else self._keeper.key()
        if key is not None:
            self._found, self._is_checked = self._authenticated(key), True
            try:
                if self._found is None:
                    self._begin_heads()
                else:
                    self._require_end(self._found)
            except CounterfoilError:
                self._is_checked = False
                raise
        return self._found

    def believed(self, index: int) -> Entry:
        """The entry of an index, found in the tree of the head (2); of an entry of this very
        transaction, and where there is no head, as it is kept. Raises VerifyFault
        `head_entry`."""
        head, known = self.check(), self._keeper.entries
        if head is None or index >= head.size:
            return decode(read_entry(self._connection, index), f"entry {index}")
        if index not in known:
            data = read_entry(self._connection, index)
            hashes = prove_inclusion(index, head.size, self._nodes())
            try:
                check_inclusion(leaf_hash(data), index, head.size, hashes, head.root)
            except CounterfoilError:
                raise not_believed(index) from None
            if len(known) >= _MOST_ENTRIES:
                for oldest in sorted(known)[: _MOST_ENTRIES // 2]:
                    del known[oldest]
            found = known[index] = decode(data, f"entry {index}")
            return found
        return known[index]

    def believed_range(self, low: int, high: int) -> list[bytes]:
        """The bytes of the entries `low` to `high` - 1, found in the tree of the head as a whole:
        none is altered, and none is missing. As `believed` otherwise. Raises VerifyFault
        `head_entry`."""
        head, found = self.check(), list(read_entries(self._connection, low, high))
        end = high if head is None else min(high, head.size)
        if len(found) != max(high - low, 0):
            raise _fault("head_entry", "entries are missing, or there are too many", low)
        if head is not None and low < end:
            leaves = list(map(leaf_hash, found[: end - low]))
            if root_with(head.size, low, leaves, self._nodes()) != head.root:
                raise _fault(
                    "head_entry",
                    f"an entry from here to {end - 1} is not the one of the office's own head",
                    low,
                )
        return found

    def require_tree(self) -> Reader:
        """A reader of the tree as it is now, in which that of the head is found again. Raises
        VerifyFault `head_altered`."""
        head, read = self.check(), self._nodes()
        if head is not None and root_at(head.size, read) != head.root:
            raise _fault("head_altered", "the tree is not the one of the office's own head", 0)
        return read

    def check_whole(self) -> str:
        """What `ledger check` establishes of the head, as a sentence: 1, and that the newest entry
        `state` commits to the state. Without the key, that the entries end where the head does, but
        for suspensions. Raises VerifyFault."""
        head, key = self.check(), self._keeper.key()
        if key is None:
            return self._check_without_key()
        if head is None:
            if read_head(self._connection).size and not any(read_checkpoints(self._connection)):
                raise _fault("head_missing", "the ledger has no head, and no checkpoint", -1)
            return "The ledger has no head: an earlier version made it, and it is not adopted yet."
        self.require_tree()
        newest = counts_of(head.counts)[EntryKind.STATE]
        index, entry = find_entry(self._connection, EntryKind.STATE, newest, head.size)
        if entry.fields["commitment"] != _commitment(key, index, head.state):
            raise _fault("head_altered", "the newest state is not what its entry commits to", index)
        return (
            f"The {head.size} entries are under the head that the office's key authenticates, and "
            f"entry {index} commits to the rows that give authority."
        )

    def _check_without_key(self) -> str:
        found = self._connection.execute(select(LEDGER_HEAD.c.size)).scalars().all()
        end = read_head(self._connection).size
        covered = int(found[0]) if found else end
        if covered > end:
            raise _fault("head_behind", "entries are missing that the office's head covers", end)
        self._require_suspensions(covered, end, tail_fault)
        return "Not checked, because it needs the office's passphrase: the head over the entries."

    def settle(self) -> None:
        """Enter `state` where rows that give authority were written, before a checkpoint is signed
        or the transaction ends. Raises KeyFault `head_key`."""
        head, key = self.check(), self._keeper.key()
        if key is not None and not self._is_begun:
            self._is_begun = True
            self._keeper.before(self._connection)
        if not self.remembered.is_touched:
            return
        if key is None:
            raise _key_missing()
        index = read_head(self._connection).size
        state = self.remembered.record(key, self._state(head), index)
        self._recorded = state
        self._keeper.enter(self._connection, _commitment(key, index, state))

    def write(self) -> None:
        """Step 4. Without the key: nothing, where nothing but suspensions was entered."""
        head, key = self.check(), self._keeper.key()
        self.settle()
        now = read_head(self._connection)
        if key is None:
            self._require_suspensions(self._start, now.size, lambda _: _key_missing())
            return
        before = head.size if head else 0
        if now.size == before:
            return
        if head is None and self._start == 0:
            first = decode(read_entry(self._connection, 0), "entry 0")
            if first.kind is not EntryKind.OFFICE:  # It was emptied: a new one begins with this.
                raise _fault("head_missing", "the ledger of an office has been emptied", -1)
        read = self.require_tree()
        after = AuthenticatedHead(
            now.size, now.time, now.counts, root_at(now.size, read), self._state(head)
        )
        row = {name: getattr(after, name) for name in after.__struct_fields__}
        row |= {"number": 1, "mac": self._keeper.mac(key, after)}
        self._connection.execute(delete(LEDGER_HEAD))
        self._connection.execute(LEDGER_HEAD.insert().values(row))

    def _require_suspensions(
        self, start: int, stop: int, fault: Callable[[int], CounterfoilError]
    ) -> None:
        for index, data in enumerate(read_entries(self._connection, start, stop), start):
            if decode(data, f"entry {index}").kind is not EntryKind.SUSPENSION:
                raise fault(index)

    # -- inside --------------------------------------------------------------------------------

    def _nodes(self) -> Reader:
        """The tree as it is now."""
        return node_reader(Hashes(self._connection, read_head(self._connection).size))

    def _state(self, head: AuthenticatedHead | None) -> bytes:
        if self._recorded is not None:
            return self._recorded
        return head.state if head else EMPTY_STATE

    def _authority(self) -> tuple[bytes, bytes] | None:
        """The key and the state that rows are compared with; None where the office has no head."""
        head, key = self.check(), self._keeper.key()
        if key is None or (head is None and not self._writes):
            return None
        return key, self._state(head)

    def _authenticated(self, key: bytes) -> AuthenticatedHead | None:
        found = self._connection.execute(select(LEDGER_HEAD)).mappings().all()
        if not found:
            return None
        row = dict(found[0])
        head = AuthenticatedHead(*(row[name] for name in AuthenticatedHead.__struct_fields__))
        try:
            genuine = hmac.compare_digest(self._keeper.mac(key, head), row["mac"])
        except (AttributeError, TypeError, ValueError):
            genuine = False
        if len(found) != 1 or not genuine:
            raise _fault("head_altered", "the ledger's head is not what the office wrote", -1)
        if self._writes:
            self._keeper.write_mark(key)
        return head

    def _require_end(self, head: AuthenticatedHead) -> None:
        """The entries end where the head ends, but for suspensions that officers signed."""
        end = read_head(self._connection)
        if end.size < head.size:
            raise _fault(
                "head_behind", "entries are missing that the office's head covers", end.size
            )
        counts = counts_of(head.counts)
        counts[EntryKind.SUSPENSION] += end.size - head.size
        if end.counts != counts_text(counts) or (end.size == head.size and end.time != head.time):
            raise tail_fault(head.size)
        if end.size > head.size:
            self._keeper.tail(self._connection, head.size, end.size)

    def _begin_heads(self) -> None:
        """An office that has no head: a new one, whose ledger is empty, or an older one, which is
        taken as it is, once."""
        end = read_head(self._connection)
        if self._keeper.is_marked() or counts_of(end.counts)[EntryKind.STATE]:
            raise _fault("head_missing", "the ledger's head is not in the database", -1)
        if not self._writes:
            return
        if end.size:
            if self._keeper.check(self._connection)[EntryKind.STATE]:
                raise _fault("head_missing", "the ledger's head is not in the database", -1)
            self.remembered.adopt(self._keeper.baseline(self._connection))


def has_head(connection: Connection) -> bool:
    """Whether a head is stored, whatever it says."""
    return connection.execute(select(LEDGER_HEAD.c.number)).first() is not None


def _commitment(key: bytes, index: int, state: bytes) -> str:
    """What the entry `state` of this index says."""
    said = _STATE_CONTEXT + index.to_bytes(8, "big") + state
    return f"sha256:{hmac.digest(key, said, 'sha256').hex()}"


def tail_fault(index: int) -> VerifyFault:
    """The fault of an entry that is not under the office's head."""
    return _fault(
        "head_entries", "from here on there are entries that the office did not make", index
    )


def _fault(code: str, message: str, index: int) -> VerifyFault:
    place = f"entry {index}" if index >= 0 else "ledger_head"
    return VerifyFault(code, message, place=place, cure=HEAD_CURE)


def _key_missing() -> KeyFault:
    return KeyFault(
        "head_key",
        "what is entered is authenticated under the office's key, which was not opened",
        cure="Give the office's passphrase. Only a suspension needs none.",
    )
