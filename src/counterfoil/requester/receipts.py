"""A requester's receipts of answers that were recalled or expired, made and signed where the
principal's key is; no office is needed. The format: answers/receipts.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from counterfoil.answers.read_envelope import (
    MAX_ENVELOPE_BYTES,
    check_envelope,
    envelope_path,
    reading,
)
from counterfoil.answers.recalls import MAX_NOTICE_BYTES, check_notice
from counterfoil.answers.receipts import Disposed, Receipt, sign_receipt, sorted_names
from counterfoil.core import canonical
from counterfoil.core.errors import UsageFault
from counterfoil.core.values import Public
from counterfoil.requester.keys import PrincipalKey
from counterfoil.tlog.note import VerifierKey


class MakeReceipt(Public, frozen=True):
    """What the principal of this id says of answers. `onward`: who else had them, () for nobody."""

    principal: str
    onward: tuple[str, ...]
    disposed: Disposed
    disposed_on: date | None
    today: date

    @classmethod
    def of(
        cls,
        principal: str,
        onward: tuple[str, ...],
        destroyed_on: date | None,
        returned_on: date | None,
        today: date,
    ) -> MakeReceipt:
        """The command where every copy was destroyed, or returned, on a day, or is not gone yet;
        the caller sees to it that it is not both."""
        disposed: Disposed = "destroyed" if destroyed_on else "returned" if returned_on else ""
        return cls(principal, onward, disposed, destroyed_on or returned_on, today)


def receipt_of_notice(
    notice: bytes, holder: VerifierKey, command: MakeReceipt, key: PrincipalKey
) -> bytes:
    """The receipt of a notice of recall that `holder` signed. Raises as `check_notice`,
    `sign_receipt`. Whether this principal may sign it is for the holder to find."""
    said, digest = check_notice(notice, holder)
    committed = said["committed"]
    about = {"about": "recall", "number": committed["number"], "batch": committed["batch"]}
    return _sign(about | {"notice": digest, "office": said["office"]}, command, key)


def receipt_of_answer(
    file: Path, holder: VerifierKey, command: MakeReceipt, key: PrincipalKey
) -> bytes:
    """The receipt of an answer file whose last day of use is over, from its envelope. Raises as
    `check_envelope`, `sign_receipt`; InputFault `answer_unreadable`."""
    with reading(envelope_path(file)) as envelope:
        data = envelope.read(MAX_ENVELOPE_BYTES + 1)
    said = check_envelope(data, holder)
    about = {"about": "expiry", "number": 0, "batch": said["batch"]}
    notice = {"notice": canonical.digest(data), "office": said["office"]}
    return _sign(about | notice, command, key)


def names_of(passed_to: Sequence[str], *, nobody: bool) -> tuple[str, ...]:
    """Who else had the answers. Raises UsageFault `receipt_onward` unless it is said."""
    if bool(passed_to) == nobody:
        raise UsageFault(
            "receipt_onward",
            "say who else had the answers, or that nobody had them",
            place="--passed-to, --passed-to-nobody",
            cure="Name each agency or official with --passed-to, or give --passed-to-nobody.",
        )
    return sorted_names(passed_to)


def _sign(about: dict[str, Any], command: MakeReceipt, key: PrincipalKey) -> bytes:
    receipt = Receipt(
        format="counterfoil-receipt-1",
        **about,
        principal=command.principal,
        acknowledged_on=command.today,
        onward=command.onward,
        disposed=command.disposed,
        disposed_on=command.disposed_on.isoformat() if command.disposed_on else "",
    )
    return sign_receipt(receipt, key.signer)


__all__ = ["MAX_NOTICE_BYTES", "MakeReceipt", "names_of", "receipt_of_answer", "receipt_of_notice"]
