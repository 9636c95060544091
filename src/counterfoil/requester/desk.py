"""What a requester's tool remembers of its items: a folder `items/` beside the key.

    items/ITEM/sent.json           what was sent: `SentItem`
    items/ITEM/request.csv         the request file as it was signed (or .jsonl, .parquet), and
                                   beside it request.csv.header.jws
    items/ITEM/ITEM.item           the sealed item, which is sent again as it is
    items/ITEM/ITEM.receipt        the office's receipt, once it came
    items/ITEM/ITEM.answer         the sealed answer, once it was fetched
    items/ITEM/answers.*           the answer, once it was opened
    items/ITEM/opened              the digest of the sealed answer that was opened
    items/notices/ITEM.notice      sealed notices, and beside them what they say, ITEM.txt
    items/recalls                  the newest list of recalls that came
    items/outbox-seen.jws          the newest head of the outbox that was seen

Mode 0700: requests and answers lie here in clear. Trusted: as much as the disk is. Whoever deletes
outbox-seen.jws can show this tool an older outbox; who deletes the rest makes it ask again.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

import msgspec

from counterfoil.core.atomic_files import replace_file
from counterfoil.core.bounded import read_bounded
from counterfoil.core.errors import StoreFault
from counterfoil.core.outside_json import decode_json
from counterfoil.core.values import Public
from counterfoil.envelopes import is_item
from counterfoil.envelopes.content import REQUEST_FILES

FORMAT: Final = "counterfoil-sent-1"
_RECORD: Final = "sent.json"
_MAX_BYTES: Final = 4_194_304


class SentItem(Public, frozen=True, forbid_unknown_fields=True):
    """One item that was signed here. `file`: the name of the sender's own file; `digest`: SHA-256
    of the request file, or of the statement, that was sealed; `item_digest`: of the item;
    `content`: its commitment; `kind`: "notice" of a statement, which nobody answers."""

    format: str
    item: str
    file: str
    digest: str
    item_digest: str
    content: str
    agreement: str
    made_at: datetime
    expires: datetime
    rows: int
    rejected: int
    kind: Literal["request", "notice"] = "request"


class Desk:
    """The folder. Its methods raise StoreFault `desk` where the disk refuses."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def beside(cls, key: Path) -> Desk:
        """The folder that belongs to a key."""
        return cls(key.resolve().parent / "items")

    def folder(self, item: str) -> Path:
        """An item's folder, made where it is not there."""
        return self._made(self.root / item)

    @property
    def notices(self) -> Path:
        """The folder of notices."""
        return self._made(self.root / "notices")

    @property
    def recalls(self) -> Path:
        """The newest list of recalls that came."""
        return self.root / "recalls"

    @property
    def seen(self) -> Path:
        """The newest head of the outbox."""
        return self._made(self.root) / "outbox-seen.jws"

    def sealed(self, item: str) -> Path:
        """An item's own file."""
        return self.root / item / f"{item}.item"

    def receipt(self, item: str) -> Path:
        """An item's receipt."""
        return self.root / item / f"{item}.receipt"

    def answer(self, item: str) -> Path:
        """An item's sealed answer."""
        return self.root / item / f"{item}.answer"

    def opened(self, item: str) -> Path:
        """The digest of the sealed answer that was opened last."""
        return self.root / item / "opened"

    def unread(self) -> list[Path]:
        """Notices that were fetched and not opened, by name."""
        found = sorted((self.root / "notices").glob("*.notice"))
        return [path for path in found if not path.with_suffix(".txt").exists()]

    def request(self, item: str) -> Path | None:
        """The request file that was sealed in an item."""
        paths = (self.root / item / name for name in REQUEST_FILES)
        return next((path for path in paths if path.is_file()), None)

    def keep(self, sent: SentItem) -> None:
        """Remember an item, durably."""
        self.write(self.folder(sent.item) / _RECORD, msgspec.json.encode(sent))

    def find(self, item: str) -> SentItem | None:
        """What is remembered of an item; None where nothing can be read."""
        with suppress(OSError, ValueError):
            data = read_bounded(self.root / item / _RECORD, _MAX_BYTES)
            sent = decode_json(data, SentItem)
            return sent if sent.item == item and sent.format == FORMAT else None
        return None

    def items(self) -> Iterator[SentItem]:
        """Every item, oldest first."""
        try:
            names = [each.name for each in self.root.iterdir() if is_item(each.name)]
        except OSError:
            return
        found = [sent for sent in map(self.find, names) if sent is not None]
        yield from sorted(found, key=lambda sent: (sent.made_at, sent.item))

    def same_file(self, digest: str, now: datetime) -> SentItem | None:
        """The newest item of the same request file that is not over."""
        same = [sent for sent in self.items() if sent.digest == digest and sent.expires > now]
        return same[-1] if same else None

    def drop(self, item: str) -> None:
        """Forget an item that was not sealed whole."""
        shutil.rmtree(self.root / item, ignore_errors=True)

    def write(self, path: Path, data: bytes) -> None:
        """Write a file whole. Raises StoreFault `desk`."""
        try:
            replace_file(path, data)
        except OSError as fault:
            raise desk_fault(fault) from None

    def _made(self, folder: Path) -> Path:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as fault:
            raise desk_fault(fault) from None
        return folder


def read_kept(path: Path) -> bytes | None:
    """The bytes of a file that is kept; None where there is none."""
    try:
        return read_bounded(path, _MAX_BYTES)
    except (OSError, ValueError):
        return None


def desk_fault(fault: OSError) -> StoreFault:
    """The disk refuses."""
    return StoreFault(
        "desk",
        f"the folder of items cannot be written ({type(fault).__name__})",
        place="items",
        cure="Check disk space, and that you may write in the folder of the key.",
    )
