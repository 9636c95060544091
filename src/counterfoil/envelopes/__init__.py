"""Items: files between two agencies, signed by who sends them and sealed to who may read them, and
what an office signs about them. The format is docs/formats/item.md; nothing here knows an office.

    seal_item -> an item -> open_item          write_content -> the content -> Content
    make_intake_key, make_receipt, make_head -> a statement -> check_intake_key, ...
"""

from __future__ import annotations

from counterfoil.envelopes.content import Content, Part, write_content
from counterfoil.envelopes.header import ItemHeader, is_item, new_item, require_current
from counterfoil.envelopes.keys import (
    OpeningKey,
    PublicOpeningKey,
    new_opening_secret,
    parse_opening_key,
)
from counterfoil.envelopes.open import OpenedItem, open_item, peek_header
from counterfoil.envelopes.seal import seal_item, sealed_length
from counterfoil.envelopes.sizes import answer_length, padded_length
from counterfoil.envelopes.statements import (
    Counts,
    IntakeKey,
    LedgerPlace,
    OutboxHead,
    OutboxItem,
    Receipt,
    SealedCounts,
    check_head,
    check_intake_key,
    check_receipt,
    head_digest,
    make_head,
    make_intake_key,
    make_receipt,
    open_counts,
    require_head_current,
    require_head_follows,
    seal_counts,
)

__all__ = [
    "Content",
    "Counts",
    "IntakeKey",
    "ItemHeader",
    "LedgerPlace",
    "OpenedItem",
    "OpeningKey",
    "OutboxHead",
    "OutboxItem",
    "Part",
    "PublicOpeningKey",
    "Receipt",
    "SealedCounts",
    "answer_length",
    "check_head",
    "check_intake_key",
    "check_receipt",
    "head_digest",
    "is_item",
    "make_head",
    "make_intake_key",
    "make_receipt",
    "new_item",
    "new_opening_secret",
    "open_counts",
    "open_item",
    "padded_length",
    "parse_opening_key",
    "peek_header",
    "require_current",
    "require_head_current",
    "require_head_follows",
    "seal_counts",
    "seal_item",
    "sealed_length",
    "write_content",
]
