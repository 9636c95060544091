"""A small holder for the tests of the requester's side: it takes items from a mailbox's folder,
signs receipts, seals answers and makes the head of the outbox, with no office and no process.

And carriers that do what a gateway whose host was taken can do.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from counterfoil import intake
from counterfoil.answers.envelope import seal_envelope
from counterfoil.answers.packed_rows import pack_rows, packed_length
from counterfoil.answers.rows import render_rows
from counterfoil.core.canonical import digest
from counterfoil.core.instants import instant_text
from counterfoil.core.values import Answer, Outcome, Reject, RejectedRow
from counterfoil.envelopes import (
    Content,
    Counts,
    ItemHeader,
    OpeningKey,
    OutboxHead,
    OutboxItem,
    Receipt,
    answer_length,
    head_digest,
    make_head,
    make_intake_key,
    make_receipt,
    new_item,
    open_item,
    seal_counts,
    seal_item,
    write_content,
)
from counterfoil.requester.keys import make_principal
from counterfoil.requester.known_office import KnownOffice, read_office_file, write_office_file
from counterfoil.requester.opening_keys import SUFFIX, make_opening_key
from counterfoil.requester.ways import Folder
from counterfoil.tlog import parse_vkey
from tests.answers import answers as made
from tests.envelopes.items import OFFICE
from tests.house.tree import ROOT

PRINCIPAL = "sandbox-principal"
NOW = datetime.now(UTC).replace(microsecond=0)
"""The kit's own clock is the machine's, so that what the holder signs is of now."""


def make_kit(folder: Path) -> Path:
    """A requester's folder: keys without passphrase, and office.json. Returns the key's path."""
    public = make_principal(folder, PRINCIPAL, None)
    make_opening_key(folder / f"{PRINCIPAL}{SUFFIX}", PRINCIPAL, None)
    text = (ROOT / "law/agreements/sandbox.yaml").read_text(encoding="utf-8")
    text = text.replace("key: null", f"key: {public}")
    (folder / "office.json").write_bytes(write_office_file(made.OFFICE, made.VKEY, text))
    return folder / f"{PRINCIPAL}.key"


class Holder:
    """The other side of one mailbox."""

    def __init__(self, mailbox: Path, kit: Path) -> None:
        self.mailbox, self.key = mailbox, OFFICE
        self.known: KnownOffice = read_office_file(kit / "office.json")
        for name in ("inbox", "outbox", "receipts"):
            (mailbox / name).mkdir(parents=True, exist_ok=True)
        self.heads: list[bytes] = []
        self.says: dict[str, str] = {}
        (mailbox / "intake-key.jws").write_bytes(self.intake_key())
        self.publish()

    def intake_key(self, key: OpeningKey | None = None, **signer: object) -> bytes:
        signs = signer.get("signer", made.HOLDER)
        first, last = NOW - timedelta(days=1), NOW + timedelta(days=30)
        return make_intake_key(made.OFFICE, (key or self.key).public, first, last, signs)  # type: ignore[arg-type]

    def work(self) -> None:
        """Take, receive and answer all that lies in the inbox."""
        for path in sorted((self.mailbox / "inbox").glob("*.item")):
            self.receive(path)
            self.answer(path)
            path.unlink()
        self.publish()

    def receive(self, path: Path, **changes: object) -> None:
        """Sign the receipt of an item."""
        content, header, _ = self._opened(path)
        fields: dict[str, object] = {
            "office": made.OFFICE,
            "item": header.item,
            "digest": digest(path.read_bytes()),
            "content": header.content,
            "received_at": instant_text(NOW),
            "batch": "b-0f1e2d3c4b5a",
            "expected": instant_text(NOW),
            "counts": seal_counts(header.item, Counts(2, 0), content.reply_to),
        }
        receipt = Receipt(**(fields | changes))  # type: ignore[arg-type]
        target = self.mailbox / "receipts" / f"{header.item}.receipt"
        target.write_bytes(make_receipt(receipt, made.HOLDER))

    def answer(self, path: Path, edit: Callable[[bytes], bytes] = bytes, **facts: object) -> None:
        """Seal the answer to an item. `edit` changes the rows before they are signed."""
        content, header, request = self._opened(path)
        rows = list(self._rows(request))
        version = "counterfoil-answer-2" if any(isinstance(each, RejectedRow) for each in rows) else made.facts(b"").format  # fmt: skip
        data = edit(b"".join(render_rows(rows, "csv", version)))
        about = made.facts(
            data,
            "csv",
            **{
                "request_file_digest": intake.file_digest(request),
                "agreement_digest": self.known.digest,
                "row_count": data.count(b"\r\n") - 1,
                "expires_on": NOW.date() + timedelta(days=90),
                "format": version,
                "use_limits": ("One matter.",),
                **facts,
            },
        )
        envelope = seal_envelope(about, made.ledger_proof(made.entry_bytes(about)), made.KEY)
        packed, clear = io.BytesIO(), io.BytesIO()
        pack_rows(io.BytesIO(data), packed, "csv", version)
        parts: dict[str, BinaryIO] = {"answer.rows": packed, "answer.jws": io.BytesIO(envelope)}
        write_content(clear, parts)
        ids = sum(len(each.request_id) for each in rows)
        answered = ItemHeader(
            "answer",
            new_item(),
            made.OFFICE,
            (),
            self.known.digest,
            NOW + timedelta(days=90),
            answers=header.item,
            length=answer_length(packed_length(len(rows), ids)),
        )
        with (self.mailbox / "outbox" / f"{header.item}.answer").open("wb") as sink:
            seal_item(clear, sink, answered, content.reply_to, made.HOLDER)

    def publish(self, **changes: object) -> bytes:
        """Make the next head of the outbox."""
        listed = [
            OutboxItem(each.stem, each.suffix[1:], digest(each.read_bytes()))  # type: ignore[arg-type]
            for each in sorted((self.mailbox / "outbox").iterdir())
            if each.suffix in (".answer", ".notice")
        ]
        fields: dict[str, object] = {
            "office": made.OFFICE,
            "sequence": len(self.heads) + 1,
            "previous": head_digest(self.heads[-1]) if self.heads else "",
            "at": instant_text(NOW),
            "next_due": instant_text(NOW + timedelta(hours=2)),
            "items": tuple(listed),
        }
        data = make_head(OutboxHead(**(fields | changes)), made.HOLDER)  # type: ignore[arg-type]
        self.heads.append(data)
        (self.mailbox / "outbox/head.json").write_bytes(data)
        return data

    def _opened(self, path: Path) -> tuple[Content, ItemHeader, Path]:
        """What is in an item, its header, and the request file in a folder of its own."""
        keys = [parse_vkey(each.key) for each in self.known.agreement.principals if each.key]
        folder = self.mailbox.parent / "spool" / path.stem
        folder.mkdir(parents=True, exist_ok=True)
        clear = folder / "content"
        with path.open("rb") as source, clear.open("w+b") as sink:
            opened = open_item(source, sink, {self.key.key_id: self.key}, lambda _: keys)
        content = Content(io.BytesIO(clear.read_bytes()))
        names = [part.name for part in content.parts]
        for name in names:
            target = "request.csv.header.jws" if name == "request.header.jws" else name
            with (folder / target).open("wb") as sink:
                content.copy(name, sink)
        return content, opened.header, folder / names[0]

    def _rows(self, request: Path) -> list[Answer | RejectedRow]:
        keys = {each.id: parse_vkey(each.key).public for each in self.known.agreement.principals if each.key}  # fmt: skip
        rows = intake.open_file(request, default_header=None, principal_keys=keys).rows()
        return [
            RejectedRow(row.request_id, "rejected", (row.code,), row.shown_row)
            if isinstance(row, Reject)
            else Answer(row.request_id, Outcome(self.says.get(row.request_id, "confirmed")))
            for row in rows
        ]


# -- carriers ----------------------------------------------------------------------------------


class Carrier(Folder):
    """A gateway as an object: the mailbox's folder, as whoever holds its host can show it."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.shown: dict[str, bytes | None] = {}
        self.puts: list[bytes] = []

    def put(self, item: str, path: Path) -> str:
        self.puts.append(path.read_bytes())
        return super().put(item, path)

    def head(self) -> bytes | None:
        return self.shown.get("head", super().head())

    def intake_key(self) -> bytes | None:
        return self.shown.get("intake_key", super().intake_key())

    def receipt(self, item: str) -> bytes | None:
        return self.shown.get("receipt", super().receipt(item))

    def fetch(self, item: str, kind: str, sink: BinaryIO) -> bool:
        if "answer" not in self.shown:
            return super().fetch(item, kind, sink)
        data = self.shown["answer"]
        sink.write(data or b"")
        return data is not None


class Deaf(Carrier):
    """It says that it took the item, and drops it."""

    def put(self, item: str, path: Path) -> str:
        self.puts.append(path.read_bytes())
        return "arrived at the gateway"
