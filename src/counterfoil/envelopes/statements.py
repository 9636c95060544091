"""What the office signs about items: its intake key, its receipts, and the head of an outbox.

Each is a JWS (jws.py) of a `typ` of its own, canonical JSON inside. Whoever carries them, a gateway
or a managed file transfer, can withhold them and nothing else: docs/formats/item.md and
docs/formats/outbox.md.

    counterfoil-intake-key-1   the key that items are sealed to, for a month; signed by the key that
                               the agreement names for it
    counterfoil-item-receipt-1 the office has read an item, or refuses it; signed by the holder
    counterfoil-outbox-1       what lies in an outbox, and when the next head is due; signed by the
                               holder
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import msgspec

from counterfoil.core import canonical
from counterfoil.core.errors import VerifyFault
from counterfoil.core.instants import from_instant, instant_text
from counterfoil.core.values import Public
from counterfoil.envelopes.header import Kind, is_item
from counterfoil.envelopes.jws import JwsFaults, check_statement, sign_statement
from counterfoil.envelopes.keys import OpeningKey, PublicOpeningKey, parse_opening_key
from counterfoil.tlog.compact_jws import from_base64url
from counterfoil.tlog.note import Signer, VerifierKey

INTAKE_KEY: Final = "counterfoil-intake-key-1"
RECEIPT: Final = "counterfoil-item-receipt-1"
OUTBOX: Final = "counterfoil-outbox-1"
MAX_STATEMENT_BYTES: Final = 4_194_304
MAX_OUTBOX_ITEMS: Final = 10_000
_COUNTS_BYTES: Final = 256
"""What is sealed of a receipt has one length, whatever it says."""

_Value = TypeVar("_Value", bound=Public)
_Instant = str


class IntakeKey(Public, frozen=True, forbid_unknown_fields=True):
    """The key that items for an office are sealed to. `office`: the origin of its ledger. `public`
    is base64; both times are instants, the last one included."""

    office: str
    key_id: str
    public: str
    valid_from: _Instant
    valid_until: _Instant

    @property
    def key(self) -> PublicOpeningKey:
        """What to seal to. Raises VerifyFault `opening_key_malformed`."""
        return parse_opening_key(self.public)


def make_intake_key(
    office: str, key: PublicOpeningKey, first: datetime, last: datetime, signer: Signer
) -> bytes:
    """The signed statement of an intake key. Checked by `check_intake_key`."""
    said = IntakeKey(office, key.key_id, str(key), instant_text(first), instant_text(last))
    return sign_statement(msgspec.to_builtins(said), INTAKE_KEY, signer)


def check_intake_key(
    data: bytes, keys: Iterable[VerifierKey], office: str, now: datetime
) -> IntakeKey:
    """The intake key of an office that one of `keys` signed, in its time.

    Raises VerifyFault `intake_key_malformed`, `intake_key_signer`, `intake_key_signature`,
    `intake_key_office`, `intake_key_time`.
    """
    said = _read(data, INTAKE_KEY, keys, IntakeKey, _intake_key_faults())
    if said.office != office:
        raise _fault("intake_key_office", "the intake key is of another office", "intake key")
    if said.key.key_id != said.key_id or not _are_instants(said.valid_from, said.valid_until):
        raise _fault("intake_key_malformed", "the intake key's fields contradict it", "intake key")
    if not said.valid_from <= instant_text(now) <= said.valid_until:
        raise VerifyFault(
            "intake_key_time",
            "the intake key is not in its time: nothing is sealed to it now",
            place="intake key",
            cure="Check this machine's clock. If it is right, the office or what stands before it "
            "shows an old key: ask the office.",
        )
    return said


class SealedCounts(Public, frozen=True, forbid_unknown_fields=True):
    """How many rows an item had and how many of them were rejected, sealed to one key."""

    to: str
    sealed: str


class LedgerPlace(Public, frozen=True, forbid_unknown_fields=True):
    """Where the ledger says that an item was received: the entry's index, its bytes in base64, and
    its proof as a C2SP tlog-proof."""

    index: int
    entry: str
    proof: str


class Receipt(Public, frozen=True, forbid_unknown_fields=True):
    """The office has read an item, or refuses it. This alone counts: a gateway's receipt says only
    that bytes arrived.

    `digest` is the SHA-256 of the item's file as it was read, `content` the item's own commitment.
    `refused` is the code of a refusal or ""; `batch` and `expected` are "" then. `expected`: the
    release time for which the answer is planned. `ledger` is None where the entry is not published
    yet.
    """

    office: str
    item: str
    digest: str
    content: str
    received_at: _Instant
    refused: str = ""
    batch: str = ""
    expected: str = ""
    counts: tuple[SealedCounts, ...] = ()
    ledger: LedgerPlace | None = None


class Counts(Public, frozen=True, forbid_unknown_fields=True):
    """Rows of an item, and those of them that could not be read as questions."""

    rows: int
    rejected: int


def seal_counts(
    item: str, counts: Counts, keys: Sequence[PublicOpeningKey]
) -> tuple[SealedCounts, ...]:
    """A receipt's counts, for each who may read them. Inverse of `open_counts`."""
    clear = canonical.encode(msgspec.to_builtins(counts)).ljust(_COUNTS_BYTES)
    return tuple(
        SealedCounts(key.key_id, b64encode(key.seal(clear, _counts_info(item))).decode("ascii"))
        for key in keys
    )


def open_counts(receipt: Receipt, keys: Mapping[str, OpeningKey]) -> Counts | None:
    """The counts of a receipt, where they are sealed to one of `keys`. Raises VerifyFault
    `item_seal`, `item_receipt_malformed`."""
    for each in receipt.counts:
        if each.to in keys:
            sealed = _from_base64(each.sealed)
            clear = keys[each.to].open(sealed, _counts_info(receipt.item))
            fields = canonical.read_object(clear.rstrip(b" "))
            return _convert(fields, Counts, _receipt_faults())
    return None


def make_receipt(receipt: Receipt, signer: Signer) -> bytes:
    """The signed receipt. Checked by `check_receipt`."""
    return sign_statement(msgspec.to_builtins(receipt), RECEIPT, signer)


def check_receipt(data: bytes, keys: Iterable[VerifierKey], office: str, item: str) -> Receipt:
    """The office's receipt for an item. Raises VerifyFault `item_receipt_malformed`,
    `item_receipt_signer`, `item_receipt_signature`, `item_receipt_other` (of another item or
    office)."""
    receipt = _read(data, RECEIPT, keys, Receipt, _receipt_faults())
    if (receipt.office, receipt.item) != (office, item):
        raise _fault("item_receipt_other", "the receipt is for another item or office", "receipt")
    if not _are_instants(receipt.received_at, receipt.expected or receipt.received_at):
        raise _fault("item_receipt_malformed", "a time of the receipt is none", "receipt")
    return receipt


class OutboxItem(Public, frozen=True, forbid_unknown_fields=True):
    """One item that lies in an outbox, and the SHA-256 of its file."""

    item: str
    kind: Kind
    digest: str


class OutboxHead(Public, frozen=True, forbid_unknown_fields=True):
    """What lies in an outbox. `sequence` counts from 1; `previous` is the SHA-256 of the head
    before, as it was signed, or "" of the first. `at` and `next_due` are instants: a reader for
    whom `next_due` is over does not know what lies there now. `recalls` counts the notices of
    recall that have ever been put there."""

    office: str
    sequence: int
    previous: str
    at: _Instant
    next_due: _Instant
    items: tuple[OutboxItem, ...]
    recalls: int = 0


def make_head(head: OutboxHead, signer: Signer) -> bytes:
    """The signed head of an outbox. Checked by `check_head`."""
    return sign_statement(msgspec.to_builtins(head), OUTBOX, signer)


def head_digest(data: bytes) -> str:
    """What the next head names as `previous`."""
    return canonical.digest(data)


def check_head(data: bytes, keys: Iterable[VerifierKey], office: str) -> OutboxHead:
    """The head of an office's outbox. Raises VerifyFault `outbox_malformed`, `outbox_signer`,
    `outbox_signature`, `outbox_office`."""
    head = _read(data, OUTBOX, keys, OutboxHead, _outbox_faults())
    if head.office != office:
        raise _fault("outbox_office", "the outbox head is of another office", "outbox head")
    names = [each.item for each in head.items]
    well_formed = (
        head.sequence > 0
        and len(names) <= MAX_OUTBOX_ITEMS
        and len(set(names)) == len(names)
        and all(map(is_item, names))
        and _are_instants(head.at, head.next_due)
        and head.at <= head.next_due
    )
    if not well_formed:
        raise _fault("outbox_malformed", "the outbox head's fields contradict it", "outbox head")
    return head


def require_head_current(head: OutboxHead, now: datetime) -> None:
    """Raise VerifyFault `outbox_late` where the next head was due, `outbox_clock` where this one is
    of the future."""
    moment = instant_text(now.astimezone(UTC))
    if moment > head.next_due:
        raise VerifyFault(
            "outbox_late",
            f"the newest head of the outbox is of {head.at}, and the next was due at "
            f"{head.next_due}: what lies there now is not known",
            place="outbox head",
            cure="Fetch again later, or by the other way (gateway, folder). If it stays, a recall "
            "may be withheld: ask the office before any answer is used.",
        )
    if moment < head.at:
        raise VerifyFault(
            "outbox_clock",
            f"the head of the outbox is of {head.at}, which is later than now",
            place="outbox head",
            cure="Set this machine's clock.",
        )


def require_head_follows(data: bytes, head: OutboxHead, seen: bytes, last: OutboxHead) -> None:
    """Raise VerifyFault where a head cannot come after one that was seen: `outbox_back` (it is
    older), `outbox_forked` (there are two of one number, or it names another as the one before)."""
    if head.sequence < last.sequence or head.at < last.at:
        raise VerifyFault(
            "outbox_back",
            f"head {head.sequence} of the outbox is older than head {last.sequence}, which was "
            "seen before",
            place="outbox head",
            cure="What carries the items shows an old state. Fetch again by the other way, and "
            "tell the office.",
        )
    same = head.sequence == last.sequence
    if (same and data != seen) or (
        head.sequence == last.sequence + 1 and head.previous != head_digest(seen)
    ):
        raise VerifyFault(
            "outbox_forked",
            f"head {head.sequence} of the outbox does not follow from the one that was seen before",
            place="outbox head",
            cure="The office has signed two histories of one outbox. Keep both heads, and ask the "
            "office.",
        )


def read_unchecked(data: bytes, kind: type[_Value]) -> _Value:
    """What a statement says, its signature not looked at: for an office that reads what itself made
    and kept. Raises ValueError for what is no statement of this kind."""
    parts = data.split(b".")
    body = from_base64url(parts[1]) if len(parts) > 1 else None
    try:
        fields: dict[str, Any] = msgspec.json.decode(body or b"")
        fields.pop("format", None)
        return msgspec.convert(fields, kind)
    except (msgspec.MsgspecError, AttributeError):
        raise ValueError("this is no statement of that kind") from None


def _read(
    data: bytes, typ: str, keys: Iterable[VerifierKey], kind: type[_Value], faults: JwsFaults
) -> _Value:
    if len(data) > MAX_STATEMENT_BYTES:
        raise faults.malformed
    return _convert(check_statement(data.strip(), typ, keys, faults), kind, faults)


def _convert(fields: dict[str, Any] | None, kind: type[_Value], faults: JwsFaults) -> _Value:
    try:
        return msgspec.convert(fields, kind)
    except msgspec.ValidationError:
        raise faults.malformed from None


def _intake_key_faults() -> JwsFaults:
    what = "intake key"
    return JwsFaults(
        _fault("intake_key_malformed", "this is not a signed intake key of this version", what),
        _fault("intake_key_signer", "nobody signed the intake key who may for this office", what),
        _fault("intake_key_signature", "the signature of the intake key is wrong", what),
    )


def _receipt_faults() -> JwsFaults:
    what = "receipt"
    return JwsFaults(
        _fault("item_receipt_malformed", "this is not a signed receipt of this version", what),
        _fault("item_receipt_signer", "the holder did not sign the receipt", what),
        _fault("item_receipt_signature", "the signature of the receipt is wrong", what),
    )


def _outbox_faults() -> JwsFaults:
    what = "outbox head"
    return JwsFaults(
        _fault("outbox_malformed", "this is not a signed outbox head of this version", what),
        _fault("outbox_signer", "the holder did not sign the outbox head", what),
        _fault("outbox_signature", "the signature of the outbox head is wrong", what),
    )


def _counts_info(item: str) -> bytes:
    return f"{RECEIPT}\n{item}".encode()


def _from_base64(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError:
        return b""


def _are_instants(*texts: str) -> bool:
    try:
        return all(instant_text(from_instant(text)) == text for text in texts)
    except ValueError:
        return False


def _fault(code: str, message: str, what: str) -> VerifyFault:
    cure = "Fetch it again, byte for byte; if it stays, ask the office, by a way that you know."
    return VerifyFault(code, message, place=what, cure=cure)
