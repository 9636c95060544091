"""Writes tests/vectors/items.json: `python -m tests.envelopes.make_vectors`. Sealing is random, so
that each run makes other items; a committed file stays as it is until the format changes."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

from counterfoil.core.canonical import digest
from counterfoil.envelopes import (
    Counts,
    OutboxHead,
    OutboxItem,
    Receipt,
    make_head,
    make_intake_key,
    make_receipt,
    seal_counts,
    write_content,
)
from tests.envelopes.items import (
    HOLDER,
    ITEM,
    NOW,
    OFFICE,
    OFFICE_SECRET,
    ORIGIN,
    READER,
    SENDER,
    sealed,
)

PATH = Path(__file__).parents[1] / "vectors/items.json"
ROWS = b"request_id,first_name,last_name\r\nq-1,Ada,Example\r\nq-2,Bo,Example\r\n"
AT = "2026-05-04T12:00:00Z"


def content() -> bytes:
    """The content of a request of two rows."""
    sink = io.BytesIO()
    parts = {"request.csv": io.BytesIO(ROWS), "request.header.jws": io.BytesIO(b"e30.e30.AA")}
    write_content(sink, parts, [READER.public])
    return sink.getvalue()


def vectors() -> dict[str, Any]:
    """Keys, items with what each must give, and one statement of each sort."""
    whole, second = sealed(content()), sealed(b"x" * 20_000, READER, OFFICE)
    middle = len(second) // 2
    items = [
        ("a request of two rows", whole, {"content": digest(content())}),
        ("two chunks, sealed to two", second, {"content": digest(b"x" * 20_000)}),
        (
            "a byte of a chunk altered",
            second[:middle] + bytes([second[middle] ^ 1]) + second[middle + 1 :],
            {"code": "item_chunk"},
        ),
        (
            "cut after a whole chunk",
            second[: second.index(b"\n", 20) + 1 + 2 * 1713 + 56 + 16_400],
            {"code": "item_cut"},
        ),
        ("signed by the holder instead", sealed(content(), signer=HOLDER), {"code": "item_signer"}),
        ("sealed to somebody else", sealed(content(), READER), {"code": "item_key"}),
        (
            "another item named in the header",
            whole.replace(ITEM.encode(), b"f" * 32, 1),
            {"code": "item_seal"},
        ),
        ("another version", whole.replace(b"item-1", b"item-2", 1), {"code": "item_format"}),
    ]
    counts = seal_counts(ITEM, Counts(6, 1), [READER.public])
    receipt = Receipt(
        ORIGIN, ITEM, digest(whole), digest(b""), AT, batch="b-1", expected=AT, counts=counts
    )
    head = OutboxHead(
        ORIGIN, 1, "", AT, "2026-05-04T13:00:00Z", (OutboxItem(ITEM, "answer", digest(b"")),)
    )
    return {
        "secret": _b64(OFFICE_SECRET),
        "public": str(OFFICE.public),
        "signer": str(SENDER.verifier),
        "holder": str(HOLDER.verifier),
        "items": [{"what": what, "item": _b64(item)} | gives for what, item, gives in items],
        "intake_key": make_intake_key(
            ORIGIN, OFFICE.public, NOW, NOW.replace(month=6), HOLDER
        ).decode(),
        "receipt": make_receipt(receipt, HOLDER).decode(),
        "head": make_head(head, HOLDER).decode(),
    }


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


if __name__ == "__main__":
    PATH.write_text(json.dumps(vectors(), indent=1) + "\n", encoding="utf-8")
