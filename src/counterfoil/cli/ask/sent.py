"""What is said of items that were sent: `counterfoil-ask send | acknowledge --to`."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from counterfoil.cli.output import say, show
from counterfoil.requester.desk import SentItem
from counterfoil.requester.outgoing import Sent

REFUSED: Final = 4
WAIT_SECONDS: Final = 10.0


def show_sent(items: list[SentItem], done: list[Sent], *, as_json: bool, quiet: bool) -> None:
    """Print the office's receipt of each item, or that none came."""
    said: list[dict[str, Any]] = []
    lines: list[str] = []
    for sent, each in zip(items, done, strict=True):
        receipt = msgspec.to_builtins(each.receipt) if each.receipt else None
        said.append({"item": sent.item, "rows": sent.rows, "said": each.said, "receipt": receipt})
        lines += _sent_words(sent, each)
    if not items:
        lines = ["Everything that was sent has its receipt."]
    show({"sent": said}, "\n".join(lines), as_json=as_json)
    for sent, each in zip(items, done, strict=True):
        if each.receipt is None:
            say(
                f"{sent.item}: {each.said}; that is no receipt of the office yet. Run `send` "
                "again, or `fetch`.",
                quiet=quiet or as_json,
            )


def _sent_words(sent: SentItem, done: Sent) -> list[str]:
    receipt = done.receipt
    if receipt is None:
        what = f"{sent.rows} rows" if sent.kind == "request" else "statement"
        return [f"item {sent.item}", f"  {sent.file}, {what}: {done.said}"]
    if receipt.refused:
        return [
            f"item {sent.item}",
            f"  refused by the office: {receipt.refused}; docs/formats/codes.md says why. Mend the "
            "file and send it again.",
        ]
    if sent.kind == "notice":
        return [
            f"receipt of {receipt.office}",
            f"  item {sent.item}",
            f"  your statement of batch {receipt.batch}, received {receipt.received_at}; two "
            "officers enter it",
        ]
    when = f", answer planned for {receipt.expected}" if receipt.expected else ""
    return [
        f"receipt of {receipt.office}",
        f"  item {sent.item}",
        f"  batch {receipt.batch}, {sent.rows} rows, received {receipt.received_at}{when}",
    ]
