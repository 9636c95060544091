"""The acts of recalls and receipts: what was entered, and what is kept sealed beside it.

A recall is an act (office/acts.py) of kind `recall`; its subject is its number: 1, 2, 3 ... What it
commits to: answers/recalls.py. Its `extra` is sealed:

    extra     nonce(12) || AES-256-GCM(seal key, canonical JSON of {"key","reason","rows"}), bound
              to {"format":"counterfoil-recall-kept-1","kind","subject"}; `key` is that of the
              sealed parts of its batch in lists of recalls, base64
    seal key  HMAC-SHA-256(accounting key, "counterfoil/recall-kept/v1")

So it outlives the rows and the batch's key, as the accounting does, and whoever has the database
alone does not learn which answers were recalled, nor why. The salts of `reason` and `rows` are
HMAC-SHA-256(seal key, "reason" or "rows", 0x00, number).

A receipt is an act of kind `receipt`, its subject the place of the receipt among them: 1, 2, 3 ...
It commits to {"about","batch","disposed","document","number"}: `document` is the digest of the
receipt's file, which `extra` holds sealed.

Trusted: no. What relies on them loads them as the ledger has them (`load_recalls`): a row that was
altered, added, deleted or put back, and an `extra` that does not open to what the entry commits to,
stop it (`orders_disagree`). Lost: restore the backup; the entries still show each act.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from counterfoil.answers.recalls import Opening, rows_commitment
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault
from counterfoil.core.values import Public, Sensitive
from counterfoil.database import Connection
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, acts
from counterfoil.office.acts import Act, NewAct
from counterfoil.office.journal import accounting_key
from counterfoil.tlog.encoding import from_base64, to_base64

KINDS: Final = (EntryKind.RECALL, EntryKind.RECEIPT)
_CONTEXT: Final = b"counterfoil/recall-kept/v1"
_FORMAT: Final = "counterfoil-recall-kept-1"
_RECALL: Final = ("batch", "document", "duties", "number", "reason", "rows")
_RECEIPT: Final = ("about", "batch", "disposed", "document", "number")


class KeptRecall(Sensitive, frozen=True):
    """What is sealed of a recall. `rows`: empty for the whole answer; `key`: of its sealed parts in
    lists."""

    reason: str
    rows: tuple[str, ...]
    key: bytes


class EnteredRecall(Public, frozen=True):
    """A recall as its act says it. `duties`: to acknowledge, and to destroy; `is_whole`: of the
    whole answer."""

    number: int
    batch: str
    document: str
    duties: tuple[int, int]
    is_whole: bool
    recalled_at: datetime
    officers: tuple[str, str]
    entry_index: int


class EnteredReceipt(Public, frozen=True):
    """A receipt as its act says it. `number`: the recall's, 0 for an expiry; `disposed`: "",
    destroyed or returned."""

    about: str
    number: int
    batch: str
    disposed: str
    document: str
    entered_at: datetime
    entry_index: int


class EnteredActs(Public, frozen=True):
    """All of them in the order of entry, with the acts that they are of. `agrees`: whether they are
    those that the ledger has entries of."""

    recalls: tuple[EnteredRecall, ...]
    receipts: tuple[EnteredReceipt, ...]
    acts: tuple[Act, ...]
    agrees: bool

    def act_of(self, number: int) -> Act:
        """The act of a recall."""
        return next(
            act for act in self.acts if act.kind is EntryKind.RECALL and act.subject == str(number)
        )


class RecallSeal:
    """Seals and opens what is kept beside the acts. Its `repr` shows nothing."""

    def __init__(self, office: Office) -> None:
        """Raises KeyFault."""
        self._key = hmac.digest(accounting_key(office), _CONTEXT, "sha256")
        self._random = office.random

    def salt(self, name: str, number: int) -> bytes:
        """The salt of the reason or the rows of a recall: 32 bytes."""
        return hmac.digest(self._key, f"{name}\x00{number}".encode(), "sha256")

    def keyed_digest(self, rows: Sequence[str]) -> str:
        """What a statement says of the rows that it is about; "" for the whole answer."""
        said = hmac.digest(self._key, b"which\x00" + canonical.encode(list(rows)), "sha256")
        return f"sha256:{said.hex()}" if rows else ""

    def seal(self, kind: EntryKind, subject: str, plain: bytes) -> bytes:
        """The `extra` of an act. Inverse of `open`."""
        nonce = self._random(12)
        return nonce + AESGCM(self._key).encrypt(nonce, plain, _bound(kind, subject))

    def open(self, act: Act) -> bytes:
        """What an act's `extra` holds. Raises StateFault `orders_disagree`."""
        nonce, sealed = act.extra[:12], act.extra[12:]
        try:
            return AESGCM(self._key).decrypt(nonce, sealed, _bound(act.kind, act.subject))
        except (InvalidTag, ValueError):
            raise recalls_disagree() from None

    def seal_recall(self, number: int, kept: KeptRecall) -> bytes:
        """The `extra` of a recall. Inverse of `open_recall`."""
        said = {"key": to_base64(kept.key), "reason": kept.reason, "rows": list(kept.rows)}
        return self.seal(EntryKind.RECALL, str(number), canonical.encode(said))

    def open_recall(self, act: Act) -> tuple[KeptRecall, Opening]:
        """What is kept of a recall, and what opens its entry, once the two are found to be what the
        act commits to. Raises StateFault `orders_disagree`."""
        said = canonical.read_object(self.open(act)) or {}
        kept = KeptRecall(said["reason"], tuple(said["rows"]), from_base64(said["key"]) or b"")
        committed = canonical.read_object(act.committed) or {}
        number = int(act.subject)
        rows_salt = self.salt("rows", number) if kept.rows else b""
        reason = canonical.commit(self.salt("reason", number), kept.reason.encode())
        if (committed.get("reason"), committed.get("rows")) != (
            reason,
            rows_commitment(kept.rows, rows_salt),
        ):
            raise recalls_disagree()
        return kept, Opening(committed, kept.rows, rows_salt, act.salt)


def load_recalls(office: Office, connection: Connection) -> EnteredActs:
    """Every recall and receipt, as the ledger has them. Raises StateFault `orders_disagree`."""
    found = read_recalls(office, connection)
    if not found.agrees:
        raise recalls_disagree()
    return found


def read_recalls(office: Office, connection: Connection) -> EnteredActs:
    """Every recall and receipt, and whether they are those of the ledger."""
    loaded = acts.load_acts(office, connection, KINDS, _meaning)
    recalls = [act for act in loaded.acts if act.kind is EntryKind.RECALL]
    receipts = [act for act in loaded.acts if act.kind is EntryKind.RECEIPT]
    if not loaded.agrees:
        return EnteredActs((), (), loaded.acts, agrees=False)
    return EnteredActs(
        tuple(map(_recall, recalls)), tuple(map(_receipt, receipts)), loaded.acts, agrees=True
    )


def recalls_disagree() -> StateFault:
    """The recalls in the database are not those of the ledger."""
    return acts.acts_disagree("no answer is recalled, and no list of recalls is made")


def recall_act(number: int, said: dict[str, Any], extra: bytes = b"") -> NewAct:
    """The act of a recall before it is entered. `said`: what it commits to."""
    committed = canonical.encode(said)
    document = str(said.get("document"))
    return NewAct(EntryKind.RECALL, str(number), committed, {}, document=document, extra=extra)


def receipt_act(place: int, said: dict[str, Any], extra: bytes = b"") -> NewAct:
    """The act of a receipt before it is entered. `said`: what it commits to."""
    committed = canonical.encode(said)
    document = str(said.get("document"))
    return NewAct(EntryKind.RECEIPT, str(place), committed, {}, document=document, extra=extra)


def _meaning(act: Act) -> NewAct:
    """The act that the columns of one mean."""
    said = canonical.read_object(act.committed) or {}
    if act.kind is EntryKind.RECEIPT:
        return receipt_act(_place(act), {name: said.get(name) for name in _RECEIPT})
    number = _place(act)
    return recall_act(number, {name: said.get(name) for name in _RECALL} | {"number": number})


def _place(act: Act) -> int:
    return int(act.subject) if act.subject.isdecimal() else 0


def _recall(act: Act) -> EnteredRecall:
    said = canonical.read_object(act.committed) or {}
    first, second = said["duties"]
    return EnteredRecall(
        number=int(act.subject),
        batch=str(said["batch"]),
        document=act.document,
        duties=(int(first), int(second)),
        is_whole=said["rows"] == "",
        recalled_at=act.entered_at,
        officers=(act.officer, act.second),
        entry_index=act.entry_index,
    )


def _receipt(act: Act) -> EnteredReceipt:
    said = canonical.read_object(act.committed) or {}
    return EnteredReceipt(
        about=str(said["about"]),
        number=int(said["number"]),
        batch=str(said["batch"]),
        disposed=str(said["disposed"]),
        document=act.document,
        entered_at=act.entered_at,
        entry_index=act.entry_index,
    )


def _bound(kind: EntryKind, subject: str) -> bytes:
    return canonical.encode({"format": _FORMAT, "kind": str(kind), "subject": subject})
