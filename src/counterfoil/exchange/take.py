"""Taking an item in: from the mailbox, which nobody trusts, to a request file that can be received.

    1  The file is copied into the office's own spool, without following a link; all that follows
       reads the copy.
    2  It is an item of this version, named as its file is, for this office and this agreement, of
       the kind `request`, or a `notice` of a requester, and its time is not over.
    3  Its id is new, or the same bytes had it before: one item, received once.
    4  It is sealed to an intake key of this office, unaltered and whole, and a principal of the
       agreement who has a key signed it (envelopes/open.py).
    5  Its content has the parts that a request has; answers are sealed to the keys that it names,
       each of which the agreement names where it names any.
    6  The request file's own header is signed by the same principal.

Of a notice, 5 is that it holds one statement, whose own signature exchange/statements.py looks at.

An open file is taken in a sandbox alone; of it, only 1 and 3 hold. The clear file lies in the spool
until it is received, which `received` and `drop` end.
"""

from __future__ import annotations

import hashlib
import io
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, Final

from counterfoil import intake
from counterfoil.answers.receipts import MAX_BYTES
from counterfoil.core.errors import StateFault, VerifyFault
from counterfoil.core.values import Sensitive
from counterfoil.envelopes import (
    Content,
    ItemHeader,
    OpenedItem,
    PublicOpeningKey,
    open_item,
    peek_header,
    require_current,
)
from counterfoil.envelopes.content import REQUEST_FILES
from counterfoil.exchange.folders import ExchangeFolders, ItemRecord, StatementRecord
from counterfoil.exchange.intake_keys import IntakeKeys
from counterfoil.exchange.mailbox import SEALED, Mailbox, Waiting
from counterfoil.office import Office
from counterfoil.tlog import VerifierKey, parse_vkey

MOST_BYTES: Final = 4_500_000_000
_BLOCK: Final = 1 << 20
_HEADER: Final = "request.header.jws"
_DOCUMENT: Final = "request.document"
_STATEMENT: Final = "statement.jws"
_SIDE_BYTES: Final = 16_384


class TakenItem(Sensitive, frozen=True):
    """A request file in the spool, with what is known of the item that it came in. `signer` is the
    principal's name, "" of an open file."""

    item: str
    form: str
    digest: str
    content: str
    signer: str
    reply_to: tuple[str, ...]
    file: Path
    document: Path | None


class TakenStatement(Sensitive, frozen=True):
    """What a requester stated of a recall or of destruction, and the item that it came in."""

    item: str
    digest: str
    content: str
    statement: bytes


class Taker:
    """Takes items into one office."""

    def __init__(
        self, office: Office, mailbox: Mailbox, folders: ExchangeFolders, keys: IntakeKeys
    ) -> None:
        self._office = office
        self._mailbox = mailbox
        self._folders = folders
        self._keys = keys

    def copy(self, waiting: Waiting) -> tuple[Path, str]:
        """Step 1: (path in the spool, digest). Raises OSError, VerifyFault `item_long`."""
        path = self._folders.spool / waiting.name
        digest, size = hashlib.sha256(), 0
        with self._mailbox.open_waiting(waiting) as source, path.open("wb") as sink:
            while block := source.read(_BLOCK):
                size += len(block)
                if size > MOST_BYTES:
                    break
                digest.update(block)
                sink.write(block)
        if size > MOST_BYTES:
            path.unlink()
            raise _refused("item_long", f"the item is longer than {MOST_BYTES} bytes")
        return path, f"sha256:{digest.hexdigest()}"

    def known(
        self, waiting: Waiting, digest: str, stated: StatementRecord | None = None
    ) -> ItemRecord | StatementRecord | None:
        """Step 3: what is remembered of this very item; `stated`: what is of a statement that had
        its id. Raises StateFault `item_replayed`."""
        record = self._folders.record(waiting.item) or stated
        if record is not None and record.digest != digest:
            raise StateFault(
                "item_replayed",
                "an item of this id was received before, with other bytes",
                place="item",
                cure="An id is used once. Have its sender seal the file anew.",
            )
        return record

    def take(self, waiting: Waiting, path: Path, digest: str) -> TakenItem | TakenStatement:
        """Steps 2 and 4 to 6. Raises VerifyFault, InputFault, StateFault `item_open`; KeyFault."""
        if waiting.form == SEALED:
            return self._open(waiting, path, digest)
        if not self._office.settings.sandbox:
            raise StateFault(
                "item_open",
                "this office takes sealed items only",
                place="item",
                cure="Seal the file with `counterfoil-ask sign FILE --key KEY`.",
            )
        file = self._folder(waiting.item) / f"request.{waiting.form}"
        shutil.copyfile(path, file)
        return TakenItem(waiting.item, waiting.form, digest, "", "", (), file, None)

    def drop(self, waiting: Waiting) -> None:
        """Delete what lies in the spool of an item, the clear file first."""
        shutil.rmtree(self._folders.spool / waiting.item, ignore_errors=True)
        (self._folders.spool / waiting.name).unlink(missing_ok=True)

    def _open(self, waiting: Waiting, path: Path, digest: str) -> TakenItem | TakenStatement:
        with path.open("rb") as source:
            header = peek_header(source)
        self._require_for_us(waiting, header)  # 2
        folder = self._folder(waiting.item)
        clear = folder / "content"
        with path.open("rb") as source, clear.open("w+b") as sink:
            opened = open_item(source, sink, self._keys.opening(), self._signers)  # 4
            if header.kind == "notice":
                return _statement(opened, sink, digest)
            taken = self._unpack(opened, sink, folder, digest)  # 5
        clear.unlink()
        signed = intake.open_file(
            taken.file, default_header=None, principal_keys=self._office.principal_keys()
        )
        if not signed.header.signed or signed.header.principal != opened.signer:  # 6
            raise _refused(
                "item_principal", "the request file is signed by another than the item is"
            )
        return taken

    def _require_for_us(self, waiting: Waiting, header: ItemHeader) -> None:
        """Step 2. Raises VerifyFault `item_renamed`, `item_readdressed`, `item_kind`,
        `item_agreement`, `item_expired`."""
        if header.item != waiting.item:
            raise _refused("item_renamed", "the item has another id than its file")
        if header.office != self._office.settings.name:
            raise _refused("item_readdressed", "the item is for another office")
        if header.kind not in ("request", "notice") or header.answers:
            raise _refused("item_kind", "the item is neither a request nor a requester's notice")
        if header.agreement != self._office.law.agreement_digest:
            raise _refused("item_agreement", "the item is under another agreement")
        require_current(header, self._office.clock())

    def _signers(self, _header: ItemHeader) -> Iterable[VerifierKey]:
        keys = (each.key for each in self._office.law.agreement.principals)
        return [parse_vkey(key) for key in keys if key]

    def _unpack(self, opened: OpenedItem, clear: BinaryIO, folder: Path, digest: str) -> TakenItem:
        content = Content(clear)
        names = [part.name for part in content.parts if part.name in REQUEST_FILES]
        if len(names) != 1 or _HEADER not in content:
            raise _refused("item_parts", "the item does not hold one request file and its header")
        file = folder / names[0]
        _copy(content, names[0], file)
        if any(part.size > _SIDE_BYTES for part in content.parts if part.name == _HEADER):
            raise _refused("item_parts", "the header of the request file is too long")
        _copy(content, _HEADER, file.with_name(file.name + ".header.jws"))
        document = folder / "document" if _DOCUMENT in content else None
        if document is not None:
            _copy(content, _DOCUMENT, document)
        header = opened.header
        reply_to = tuple(map(str, self._reply_to(content.reply_to)))
        return TakenItem(
            header.item, SEALED, digest, header.content, opened.signer, reply_to, file, document
        )

    def _reply_to(self, named: tuple[PublicOpeningKey, ...]) -> tuple[PublicOpeningKey, ...]:
        """Step 5. Raises VerifyFault `item_reply`."""
        exchange = self._office.law.agreement.exchange
        agreed = exchange.reply_to if exchange else ()
        if not named or (agreed and not {key.key_id for key in named} <= set(agreed)):
            raise _refused(
                "item_reply", "the item names no key for its answer, or one that was not agreed"
            )
        return named

    def _folder(self, item: str) -> Path:
        folder = self._folders.spool / item
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        return folder


def _statement(opened: OpenedItem, clear: BinaryIO, digest: str) -> TakenStatement:
    """Step 5 of a notice. Raises VerifyFault `item_parts`."""
    content, sink = Content(clear), io.BytesIO()
    sizes = {part.name: part.size for part in content.parts}
    if sizes.keys() != {_STATEMENT} or sizes[_STATEMENT] > MAX_BYTES:
        raise _refused("item_parts", "the item does not hold one statement and nothing else")
    content.copy(_STATEMENT, sink)
    header = opened.header
    return TakenStatement(header.item, digest, header.content, sink.getvalue())


def _copy(content: Content, name: str, path: Path) -> None:
    with path.open("wb") as sink:
        content.copy(name, sink)


def _refused(code: str, message: str) -> VerifyFault:
    return VerifyFault(
        code,
        message,
        place="item",
        cure="Nothing of it was received. Have its sender look at it, and seal it anew.",
    )
