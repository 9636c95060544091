"""The mailbox: the one folder that outside and inside share. It holds sealed items and what the
office signed about them; nobody who has it can open one.

    inbox/ITEM.item         a sealed item from a requester
    inbox/ITEM.csv          a sandbox only: a request file in the open (.jsonl and .parquet alike)
    outbox/ITEM.answer      the sealed answer to it
    outbox/ITEM.notice      a sealed notice of the office, with an id of its own
    outbox/head.json        the signed head of the outbox (exchange/outbox.py)
    receipts/ITEM.receipt   the office's signed receipt: this one counts
    receipts/ITEM.arrived   the gateway's receipt, which nobody signed: it says that it arrived
    intake-key.jws          the key that items are sealed to, signed

ITEM is 32 hex digits that the sender chose at random. A file is written whole under a name that
begins with a dot, made durable, and then takes its name: whoever lists the folder sees whole files
only. The gateway and a managed file transfer (SFTP and its kin) fill the same folder.

Trusted: nothing in it. Who can write it can add, drop, delay or double items: what is refused is in
exchange/take.py, and what is withheld shows by receipts and the head. Lost: senders send again what
has no receipt, and the office writes receipts, answers and head anew.
"""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Container, Generator, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from counterfoil.core.atomic_files import open_regular, place_file, read_regular, sync_path
from counterfoil.core.errors import InputFault, StateFault, StoreFault
from counterfoil.core.instants import instant_text
from counterfoil.core.values import Public

ITEM: Final = re.compile(r"[0-9a-f]{32}")
SEALED: Final = "item"
OPEN_FORMS: Final = ("csv", "jsonl", "parquet")
ARRIVED: Final = "counterfoil-arrival-1"
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0)
_READ: Final = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | getattr(os, "O_NOFOLLOW", 0)
_BLOCK: Final = 1 << 20
_MOST_ARRIVAL: Final = 4096


class Arrival(Public, frozen=True):
    """The gateway's receipt of an item: that these bytes lay in the inbox at this time (UTC). No
    signature: what counts is the office's receipt. `form`: "item", or what an open file is."""

    format: str
    item: str
    form: str
    digest: str
    bytes: int
    arrived_at: str


class Waiting(Public, frozen=True):
    """One file of the inbox. `form` as of `Arrival`; `name` is the file's."""

    item: str
    form: str
    name: str
    bytes: int
    modified: float


def item_id(text: str) -> str:
    """The id, where it is one. Raises InputFault `item_id`."""
    if not ITEM.fullmatch(text):
        raise InputFault(
            "item_id",
            "an item is named by 32 hex digits",
            place="item",
            cure="Choose 16 random bytes and write them in hex.",
        )
    return text


class Mailbox:
    """One mailbox folder. Every method raises OSError where the disk refuses, unless it says
    another."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.inbox = root / "inbox"
        self.outbox = root / "outbox"
        self.receipts = root / "receipts"
        self.intake_key = root / "intake-key.jws"

    def make(self, *, outside: bool = False) -> None:
        """Make the folders that are missing, and see that those can be written that this process
        has to write: the office all of them, a gateway (`outside`) not the outbox. Their group may
        write them, whatever the umask: a gateway of another user shares it with the office. Raises
        StoreFault `mailbox_folder`."""
        folders = (self.inbox, self.receipts, self.outbox)
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            for folder in folders:
                _make_shared(folder)
            for folder in folders[:2] if outside else folders:
                descriptor, path = _probe(folder)
                os.close(descriptor)
                path.unlink()
        except OSError as fault:
            raise StoreFault(
                "mailbox_folder",
                f"the mailbox cannot be written ({type(fault).__name__})",
                place=self.root.name,
                cure="Check disk space and the permissions of the folder and what is in it.",
            ) from None

    # -- what arrives ----------------------------------------------------------------------

    def begin(self, item: str) -> Incoming:
        """A new file of the inbox that nobody sees yet."""
        part = self.inbox / f".{item}.{os.urandom(6).hex()}.part"
        return Incoming(part, os.fdopen(os.open(part, _NEW, 0o640), "wb"))

    def place(self, item: str, form: str, incoming: Incoming) -> tuple[Arrival, bool]:
        """Give what came in its name, durably; return the gateway's receipt, and whether the item
        is new. The same bytes again are the same item.

        What arrived and has no receipt of the office yet is placed again where it is gone. Raises
        StateFault `item_taken` where other bytes have the id.
        """
        digest, size = incoming.finish()
        final, before = self.inbox / f"{item}.{form}", self.arrival(item)
        if before is not None:
            if (before.digest, before.form) != (digest, form):
                raise item_taken()
            if final.exists() or self.receipt(item).exists():
                return before, False
        try:
            os.link(incoming.path, final, follow_symlinks=False)
            new = True
        except FileExistsError:
            new = False
        if not new and not _holds(final, digest, size):
            raise item_taken()
        sync_path(self.inbox)
        if before is not None:
            return before, False
        at = datetime.fromtimestamp(int(time.time()), UTC)
        arrival = Arrival(ARRIVED, item, form, digest, size, instant_text(at))
        place_file(self.receipts / f"{item}.arrived", msgspec.json.encode(arrival), 0o640)
        return arrival, new

    def arrival(self, item: str) -> Arrival | None:
        """The gateway's receipt of an item; None where it wrote none that can be read."""
        try:
            data = read_regular(self.receipts / f"{item}.arrived", _MOST_ARRIVAL)
            return msgspec.json.decode(data, type=Arrival)
        except (OSError, ValueError, msgspec.MsgspecError):
            return None

    def waiting(self, limit: int, but: Container[str] = ()) -> list[Waiting]:
        """Up to `limit` files of the inbox, longest there first, but for those of these names.
        What has no name of an item, and what is no regular file, is passed over."""
        found = [each for each in self._inbox() if each.name not in but]
        return sorted(found, key=lambda each: (each.modified, each.name))[:limit]

    def count_others(self) -> int:
        """How many things lie in the inbox that are no item by their name or their kind, and so
        are never taken in; what is being written (a name that begins with a dot) is not counted."""
        items = {each.name for each in self._inbox()}
        with os.scandir(self.inbox) as listing:
            names = [each.name for each in listing]
        return sum(1 for name in names if name not in items and not name.startswith("."))

    def _inbox(self) -> Iterator[Waiting]:
        with os.scandir(self.inbox) as listing:
            for each in listing:
                name, _, form = each.name.partition(".")
                if not ITEM.fullmatch(name) or form not in (SEALED, *OPEN_FORMS):
                    continue
                with suppress(FileNotFoundError):
                    told = each.stat(follow_symlinks=False)
                    if stat.S_ISREG(told.st_mode):
                        yield Waiting(name, form, each.name, told.st_size, told.st_mtime)

    def count_waiting(self) -> int:
        """How many names the inbox holds, half-written ones too."""
        with os.scandir(self.inbox) as listing:
            return sum(1 for _ in listing)

    @contextmanager
    def open_waiting(self, waiting: Waiting) -> Generator[BinaryIO]:
        """A file of the inbox, opened without following a link, waiting for a pipe or reading a
        device. Raises InputFault `item_no_file`, OSError."""
        descriptor = os.open(self.inbox / waiting.name, _READ)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise InputFault(
                "item_no_file",
                "what lies in the mailbox under this name is no file",
                place="item",
                cure="Put the item there as a file of its own.",
            )
        with os.fdopen(descriptor, "rb") as file:
            yield file

    def forget(self, waiting: Waiting) -> None:
        """Take a file out of the inbox: the office has its own copy, or has refused it."""
        (self.inbox / waiting.name).unlink(missing_ok=True)

    def sweep(self, older_than: float) -> None:
        """Remove what was begun before this time (seconds since 1970) and never finished. Raises
        OSError."""
        for folder in (self.inbox, self.outbox, self.receipts):
            with os.scandir(folder) as listing:
                for each in listing:
                    if each.name.startswith(".") and each.name.endswith(".part"):
                        with suppress(OSError):  # gone meanwhile, or a folder of that name
                            if each.stat(follow_symlinks=False).st_mtime < older_than:
                                Path(each.path).unlink()

    # -- what leaves -----------------------------------------------------------------------

    def receipt(self, item: str) -> Path:
        """Where the office's receipt of an item lies."""
        return self.receipts / f"{item}.receipt"

    def answer(self, item: str) -> Path:
        """Where the sealed answer to an item lies."""
        return self.outbox / f"{item}.answer"

    def notice(self, item: str) -> Path:
        """Where a sealed notice lies."""
        return self.outbox / f"{item}.notice"

    @property
    def head(self) -> Path:
        """Where the signed head of the outbox lies."""
        return self.outbox / "head.json"


class Incoming:
    """A file that is being written under a name that nobody looks at."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path = path
        self._file = file
        self._digest = sha256()
        self._size = 0

    def write(self, data: bytes) -> None:
        """Add bytes. Raises OSError."""
        self._file.write(data)
        self._digest.update(data)
        self._size += len(data)

    def finish(self) -> tuple[str, int]:
        """(digest, size) of what was written, which is durable now. Raises OSError."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return f"sha256:{self._digest.hexdigest()}", self._size

    def drop(self) -> None:
        """Remove the name that it was written under."""
        with suppress(OSError, ValueError):
            self._file.close()
        with suppress(OSError):
            self.path.unlink(missing_ok=True)


def item_taken() -> StateFault:
    """Another item has the id."""
    return StateFault(
        "item_taken",
        "an item of this id arrived before, with other bytes",
        place="item",
        cure="An id is used once. Choose a new one and seal the file again.",
    )


def digest_of(file: BinaryIO) -> str:
    """The digest of a file's bytes, from its beginning. Raises OSError."""
    digest = sha256()
    file.seek(0)
    while block := file.read(_BLOCK):
        digest.update(block)
    return f"sha256:{digest.hexdigest()}"


def _holds(path: Path, digest: str, size: int) -> bool:
    """Whether a file has these bytes; what is no file of this size is not read."""
    try:
        with open_regular(path) as file:
            return os.fstat(file.fileno()).st_size == size and digest_of(file) == digest
    except OSError:
        return False


def _make_shared(folder: Path) -> None:
    before = os.umask(0o007)  # the mode of mkdir alone would be cut by a umask such as 027
    try:
        folder.mkdir(mode=0o770, exist_ok=True)
    finally:
        os.umask(before)


def _probe(folder: Path) -> tuple[int, Path]:
    path = folder / f".{os.urandom(8).hex()}.probe"
    return os.open(path, _NEW, 0o600), path
