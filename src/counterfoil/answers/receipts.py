"""Receipts: what a requester's principal signs about answers that were recalled or expired. Format
`counterfoil-receipt-1`, a signed object (signed_object.py) by the key that the agreement registers
for the principal.

    about           recall | expiry
    number          the recall's number; 0 of answers that expired
    batch           as the answer's envelope names it
    notice          of a recall: SHA-256 of the notice's canonical bytes (recalls.py); of an expiry:
                    SHA-256 of the envelope's file (FILE.jws)
    office          whose answers they are
    principal       the official who signs, as the agreement lists them
    acknowledged_on the day on which it was signed, UTC
    onward          names of agencies and officials to whom the answers were passed on, each once,
                    sorted; [] says that there was nobody
    disposed        "" (not yet) | destroyed | returned
    disposed_on     the day on which that was done, "" for not yet

A receipt that says `destroyed` or `returned` certifies it of every copy, those of onward recipients
included (IRS Publication 1075). It names nobody whom the answers are about.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, Literal

import msgspec

from counterfoil.answers.signed_object import check_object, sign_object
from counterfoil.core import canonical
from counterfoil.core.errors import UsageFault, VerifyFault
from counterfoil.core.values import Public
from counterfoil.tlog.note import Signer, VerifierKey

FORMAT: Final = "counterfoil-receipt-1"
MAX_BYTES: Final = 65_536
MOST_NAMES: Final = 64
MOST_NAME_LETTERS: Final = 200
About = Literal["recall", "expiry"]
Disposed = Literal["", "destroyed", "returned"]


class Receipt(Public, frozen=True, forbid_unknown_fields=True):
    """The fields of the format. See the module."""

    format: Literal["counterfoil-receipt-1"]
    about: About
    number: int
    batch: str
    notice: str
    office: str
    principal: str
    acknowledged_on: date
    onward: tuple[str, ...]
    disposed: Disposed
    disposed_on: str


def sign_receipt(receipt: Receipt, signer: Signer) -> bytes:
    """The bytes of a receipt. Raises UsageFault `receipt_fields`."""
    if not _is_sound(receipt):
        raise UsageFault(
            "receipt_fields",
            "the names or days of the receipt are not within their bounds",
            place="receipt",
            cure=f"At most {MOST_NAMES} names of agencies or officials, each once and of at most "
            f"{MOST_NAME_LETTERS} characters on one line; a day of destruction that has come.",
        )
    return sign_object(msgspec.to_builtins(receipt), signer)


def check_receipt(data: bytes, key: VerifierKey) -> Receipt:
    """A receipt that `key` signed. Raises VerifyFault `receipt_malformed`; as `check_object`."""
    said, _ = check_object(data, key, FORMAT, "receipt", MAX_BYTES)
    return read_receipt(said)


def read_receipt(said: dict[str, Any]) -> Receipt:
    """The receipt of an object. Raises VerifyFault `receipt_malformed`."""
    try:
        receipt = msgspec.convert(said, Receipt)
    except msgspec.ValidationError:
        receipt = None
    if receipt is None or not _is_sound(receipt):
        raise VerifyFault(
            "receipt_malformed",
            "the receipt is signed, and is not in the form of its format",
            place="receipt",
            cure="Ask the requester for one that `counterfoil receipt --help` makes.",
        )
    return receipt


def receipt_digest(data: bytes) -> str:
    """How an office names a receipt's file."""
    return canonical.digest(data.strip())


def sorted_names(names: Sequence[str]) -> tuple[str, ...]:
    """Names as a receipt has them: on one line each, each once, sorted."""
    return tuple(sorted({" ".join(name.split()) for name in names}))


def _is_sound(receipt: Receipt) -> bool:
    names, on = receipt.onward, receipt.acknowledged_on
    try:
        disposed = date.fromisoformat(receipt.disposed_on) if receipt.disposed_on else None
    except ValueError:
        return False
    return (
        len(names) <= MOST_NAMES
        and names == sorted_names(names)
        and all(name.isprintable() and 0 < len(name) <= MOST_NAME_LETTERS for name in names)
        and (disposed is None) == (receipt.disposed == "")
        and (disposed is None or disposed.isoformat() == receipt.disposed_on)
        and (disposed is None or disposed <= on)
        and (receipt.number > 0) == (receipt.about == "recall")
    )
