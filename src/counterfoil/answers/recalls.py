"""Recalls: the notice of one, and the list of all of them. Formats `counterfoil-recall-1` and
`counterfoil-recalls-1`, each a signed object (signed_object.py) by the holder's key.

A recall says that released answers must no longer be used: all of a batch, or the rows that it
names. It never says why, nor what would have been right: with an answer of one bit, "this was
wrong" tells the other bit, and "not confirmed" would become the address (P1). The holder keeps the
reason.

The ledger's entry `recall` has officers and a commitment, and nothing of batch, rows or number of
rows. It commits to

    canonical.commit(salt, canonical JSON of {"batch","document","duties","number","reason","rows"})

where `document` is the digest of the paper that the recall rests on, `duties` the numbers of two
duties (controls/duties), `reason` a salted commitment of its own that no reader but the holder
opens, and `rows` "" for the whole answer, or canonical.commit(rows salt, canonical JSON of the
list of request ids, sorted).

A notice has the fields of `NOTICE`: what the entry commits to (`committed`) with both salts and the
rows, so that whoever has it can show what the entry is of. `acknowledge_by` and `destroy_by` are
the days of the two duties.

A list has the fields of `LIST`. It is complete as of its `checkpoint`, and shows it:

    kinds     [index, entry, [hash ...]] for the last entry of every kind, in the order of their
              indices. Their running counts add up to the size of the checkpoint, so that no kind is
              left out (as of an attestation, tlog/attestation.py)
    recalls   [index, entry, [hash ...], sealed] for each entry `recall`: the running counts are
              1, 2, ... to the one that `kinds` says

Hashes are inclusion proofs in the checkpoint's tree, base64. What `sealed` says can be read by who
has the envelope of the answer (FILE.jws), and by nobody else, so that the list may be public:

    sealed    AES-256-GCM(key, plain, nonce: the recall's number in 12 bytes), base64
    key       HMAC-SHA-256(secret, "counterfoil/recall/v1" 0x00 batch), the secret being the
              envelope's salt; or the text of its `request_file_digest`, where the batch's key was
              deleted before the recall
    plain     canonical JSON of {"committed","rows","rows_salt","salt"}, filled up with spaces to
              1,024, 2,048, 4,096 ... bytes

`made_at` is the holder's own time. A list that is older than its reader accepts is refused, and so
is one whose checkpoint does not cover the release that is looked up: it could not know of it.
Standard library and `cryptography` only.
"""

from __future__ import annotations

import hmac
import json
from base64 import b64decode
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from counterfoil.answers.signed_object import check_object, sign_object
from counterfoil.core import canonical
from counterfoil.core.bounded import read_ordinary
from counterfoil.core.errors import CounterfoilError, InputFault, VerifyFault
from counterfoil.core.values import Public, Sensitive
from counterfoil.tlog.checkpoint import Checkpoint, check_checkpoint
from counterfoil.tlog.encoding import from_base64, to_base64
from counterfoil.tlog.note import Signer, VerifierKey
from counterfoil.tlog.tree import check_inclusion, leaf_hash

NOTICE_FORMAT: Final = "counterfoil-recall-1"
LIST_FORMAT: Final = "counterfoil-recalls-1"
MAX_NOTICE_BYTES: Final = 4_000_000
MAX_LIST_BYTES: Final = 64_000_000
KIND: Final = "recall"
NOTICE: Final = frozenset(
    {
        "acknowledge_by",
        "agreement",
        "committed",
        "destroy_by",
        "entry",
        "format",
        "index",
        "office",
        "principal",
        "released_on",
        "requester",
        "rows",
        "rows_salt",
        "salt",
    }
)
LIST: Final = frozenset({"checkpoint", "format", "kinds", "made_at", "office", "recalls"})
COMMITTED: Final = frozenset({"batch", "document", "duties", "number", "reason", "rows"})
_OPENING: Final = frozenset({"committed", "rows", "rows_salt", "salt"})
_KEY_CONTEXT: Final = b"counterfoil/recall/v1\x00"
_LEAST_BYTES: Final = 1024
_INSTANT: Final = "%Y-%m-%dT%H:%M:%SZ"


class Opening(Sensitive, frozen=True):
    """What an entry `recall` commits to, and what opens it. `rows`: empty for the whole answer;
    salts of 32 bytes, the rows' b"" where there are none."""

    committed: dict[str, Any]
    rows: tuple[str, ...]
    rows_salt: bytes
    salt: bytes

    @property
    def number(self) -> int:
        """The recall's number in its office."""
        return int(self.committed["number"])

    def fields(self) -> dict[str, Any]:
        """The fields of notice and sealed part alike."""
        return {
            "committed": self.committed,
            "rows": list(self.rows),
            "rows_salt": to_base64(self.rows_salt),
            "salt": to_base64(self.salt),
        }


class ListedRecall(Public, frozen=True):
    """One recall of an answer, as a list shows it. `rows`: empty for the whole answer."""

    number: int
    index: int
    recalled_at: str
    rows: tuple[str, ...]


class ProvenEntry(NamedTuple):
    """An entry of the ledger, its index, and its inclusion proof."""

    place: int
    entry: bytes
    hashes: tuple[bytes, ...]


class RecallFilter(Public, frozen=True):
    """A list of recalls as a reader asks it. `since`: the list must not be older, None for any."""

    data: bytes
    since: datetime | None = None


def rows_commitment(rows: Sequence[str], salt: bytes) -> str:
    """What an entry's `rows` says: "" for the whole answer."""
    return canonical.commit(salt, canonical.encode(list(rows))) if rows else ""


def recall_key(secret: bytes, batch: str) -> bytes:
    """The key of the sealed parts of a batch. See the module for the secret."""
    return hmac.digest(secret, _KEY_CONTEXT + batch.encode(), "sha256")


# -- to make -----------------------------------------------------------------------------------


def seal_opening(opening: Opening, key: bytes) -> bytes:
    """The sealed part of a recall; the same for the same recall. Inverse of `open_sealed`."""
    plain, size = canonical.encode(opening.fields()), _LEAST_BYTES
    while size < len(plain):
        size *= 2
    nonce = opening.number.to_bytes(12, "big")
    return AESGCM(key).encrypt(nonce, plain.ljust(size), LIST_FORMAT.encode())


def make_list(
    made_at: datetime,
    checkpoint: str,
    kinds: Iterable[ProvenEntry],
    recalls: Iterable[tuple[ProvenEntry, bytes]],
    signer: Signer,
) -> bytes:
    """The bytes of a list. `recalls`: each entry with its sealed part."""
    payload = {
        "checkpoint": checkpoint,
        "format": LIST_FORMAT,
        "kinds": [_proven(each) for each in kinds],
        "made_at": made_at.astimezone(UTC).strftime(_INSTANT),
        "office": signer.name,
        "recalls": [[*_proven(each), to_base64(sealed)] for each, sealed in recalls],
    }
    return sign_object(payload, signer)


def _proven(each: ProvenEntry) -> list[Any]:
    return [each.place, each.entry.decode("ascii"), [to_base64(hash_) for hash_ in each.hashes]]


# -- a notice ----------------------------------------------------------------------------------


def check_notice(data: bytes, key: VerifierKey) -> tuple[dict[str, Any], str]:
    """(fields, digest of its canonical bytes) of a notice that `key` signed and whose entry commits
    to what it says. Raises VerifyFault `recall_notice`; as `check_object`."""
    said, plain = check_object(data, key, NOTICE_FORMAT, "notice of recall", MAX_NOTICE_BYTES)
    try:
        entry = _entry(b64decode(said["entry"], validate=True))
        sound = said.keys() == NOTICE and said["office"] == key.name and _commits(entry, said)
    except (ValueError, LookupError, TypeError, AttributeError):
        sound = False
    if not sound:
        raise _fault("recall_notice", "notice", "its entry does not commit to what it says")
    return said, canonical.digest(plain)


# -- a list ------------------------------------------------------------------------------------


def read_list(path: Path) -> bytes:
    """The bytes of a list's file. Raises InputFault `recalls_unreadable`."""
    try:
        return read_ordinary(path, MAX_LIST_BYTES)
    except (OSError, ValueError):
        raise InputFault(
            "recalls_unreadable",
            "the list of recalls cannot be read, or is too long",
            place=path.name,
            cure="Name the file `recalls` that the holder publishes.",
        ) from None


def look_up(
    asked: RecallFilter,
    envelope: Mapping[str, Any],
    key: VerifierKey,
    cosigned: Callable[[str], object] = str,
) -> tuple[str, int, tuple[ListedRecall, ...]]:
    """(when the list was made, size of its ledger, every recall of this answer), once the list is
    found to be the holder's, of the answer's ledger, complete, and new enough. `envelope` is the
    answer's; `cosigned` is given the list's checkpoint, and raises where its witnesses are not
    enough.

    Raises VerifyFault `recalls_other`, `recalls_incomplete`, `recalls_altered`, `recalls_old`,
    `recalls_before`; as `check_object`, `check_checkpoint`.
    """
    said, _ = check_object(asked.data, key, LIST_FORMAT, "list of recalls", MAX_LIST_BYTES)
    try:
        if said.keys() != LIST:
            raise _fault("recalls_altered", "list", "it has a field too many or too few")
        if not said["office"] == key.name == envelope["ledger"]["origin"]:
            raise _fault("recalls_other", "list", "it is of another ledger than the answer")
        checkpoint = check_checkpoint(said["checkpoint"], key)
        cosigned(said["checkpoint"])
        found = _complete(said, checkpoint)
        _require_new(said["made_at"], asked.since)
        if checkpoint.size <= envelope["ledger"]["index"]:
            raise _fault("recalls_before", "list", "it was made before this answer was released")
        return said["made_at"], checkpoint.size, tuple(_of_answer(found, envelope))
    except CounterfoilError:
        raise
    except (ValueError, LookupError, TypeError, AttributeError):
        raise _fault("recalls_altered", "list", "it is not in the form of its format") from None


def _require_new(made_at: str, since: datetime | None) -> None:
    made = datetime.strptime(made_at, _INSTANT).replace(tzinfo=UTC)
    if since is not None and made < since:
        raise _fault("recalls_old", "list", f"it was made at {made_at}, before the time you named")


def _complete(
    said: Mapping[str, Any], checkpoint: Checkpoint
) -> list[tuple[int, dict[str, Any], bytes]]:
    """(index, entry, sealed part) of every recall in the ledger of the checkpoint."""
    lasts: dict[str, int] = {}
    for index, entry, hashes in said["kinds"]:
        made = _shown(index, entry, hashes, checkpoint)
        if made["kind"] in lasts:
            raise _fault("recalls_incomplete", "list", "it shows two last entries of a kind")
        lasts[made["kind"]] = int(made["count"])
    if sum(lasts.values()) != checkpoint.size:
        raise _fault("recalls_incomplete", "list", "running counts do not add up to its ledger")
    found: list[tuple[int, dict[str, Any], bytes]] = []
    for count, (index, entry, hashes, sealed) in enumerate(said["recalls"], 1):
        made = _shown(index, entry, hashes, checkpoint)
        if (made["kind"], made["count"]) != (KIND, count):
            raise _fault("recalls_incomplete", "list", "its recalls are not numbered in order")
        found.append((index, made, from_base64(sealed) or b""))
    if len(found) != lasts.get(KIND, 0):
        raise _fault("recalls_incomplete", "list", "the ledger has another number of recalls")
    return found


def _shown(index: int, entry: str, hashes: Sequence[str], checkpoint: Checkpoint) -> dict[str, Any]:
    if type(index) is not int or index < 0:
        raise ValueError("an index that is none")
    data, path = entry.encode("ascii"), [from_base64(each) or b"" for each in hashes]
    check_inclusion(leaf_hash(data), index, checkpoint.size, path, checkpoint.root)
    return _entry(data)


def _of_answer(
    found: Iterable[tuple[int, dict[str, Any], bytes]], envelope: Mapping[str, Any]
) -> Iterable[ListedRecall]:
    """The recalls that open with what the envelope holds."""
    batch = str(envelope["batch"])
    secrets = (b64decode(envelope["salt"]), str(envelope["request_file_digest"]).encode())
    ciphers = [AESGCM(recall_key(secret, batch)) for secret in secrets]
    for count, (index, entry, sealed) in enumerate(found, 1):
        opened = _open(ciphers, count, sealed)
        if opened is None:
            continue
        if opened.keys() != _OPENING or not _commits(entry, opened):
            raise _fault("recalls_altered", "list", "a recall is not what its entry commits to")
        if opened["committed"]["batch"] == batch:
            yield ListedRecall(count, index, str(entry["time"]), tuple(opened["rows"]))


def _open(ciphers: Iterable[AESGCM], number: int, sealed: bytes) -> dict[str, Any] | None:
    for cipher in ciphers:
        try:
            plain = cipher.decrypt(number.to_bytes(12, "big"), sealed, LIST_FORMAT.encode())
        except (InvalidTag, ValueError):
            continue
        return dict(json.loads(plain))
    return None


def _commits(entry: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    """Whether the entry commits to what an opening says, its rows included."""
    committed, rows = said["committed"], said["rows"]
    rows_salt, salt = (from_base64(said[name]) for name in ("rows_salt", "salt"))
    if salt is None or rows_salt is None or committed.keys() != COMMITTED:
        return False
    return (
        entry["kind"] == KIND
        and entry["commitment"] == canonical.commit(salt, canonical.encode(committed))
        and committed["rows"] == rows_commitment(rows, rows_salt)
        and rows == sorted(set(rows))
    )


def _entry(data: bytes) -> dict[str, Any]:
    entry = canonical.read_object(data)
    if entry is None:
        raise ValueError("an entry that is no canonical object")
    return entry


def _fault(code: str, what: str, why: str) -> VerifyFault:
    return VerifyFault(
        code,
        f"the {what} of recalls does not serve: {why}",
        place=what,
        cure="Do not use the answer on the word of it. Fetch the file again from where the holder "
        "publishes it, and tell the inspector if it stays so.",
    )
