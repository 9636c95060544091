"""Checkpoints: c2sp.org/tlog-checkpoint. A log's signed statement of its size and root.

The text of the note is three lines or more, each ended by a newline:

    example.com/behind-the-sofa                       origin: the log's name, which is also the name
                                                      of the key that signs
    20852163                                          size: decimal, at most 2**63 - 1
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=      root: base64 of 32 bytes
                                                      extension lines, none of them empty: they are
                                                      read and kept, never written

Here the log's key name must equal the origin, which the format only recommends, and size 0 must
have the root of the empty tree. Other signatures, a witness's among them, are left to those who
know their keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from counterfoil.core.errors import VerifyFault
from counterfoil.tlog.encoding import from_base64, from_decimal, malformed, to_base64
from counterfoil.tlog.note import Signer, VerifierKey, check_note, parse_note, sign_note
from counterfoil.tlog.tree import EMPTY_ROOT, HASH_BYTES

LogKeys = VerifierKey | Sequence[VerifierKey]
"""The key of a log, or the keys that it had one after the other."""
_CODE: Final = "checkpoint_malformed"
_WHAT: Final = "checkpoint"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Origin, number of entries, root (32 bytes), extension lines."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "".join(
            f"{line}\n" for line in (self.origin, self.size, to_base64(self.root), *self.extensions)
        )


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> str:
    """Return the checkpoint as a signed note. A signer of another name is a bug of the caller
    (ValueError)."""
    if signer.name != checkpoint.origin:
        raise ValueError("a log's key is named as its origin")
    signers = [signer]
    if signer.successor is not None:
        signers.append(Signer(signer.name, signer.successor))
    return sign_note(str(checkpoint), signers)


def parse_checkpoint(raw: str | bytes) -> Checkpoint:
    """Read a checkpoint without verifying it. Raises VerifyFault `note_malformed` or
    `checkpoint_malformed`."""
    return read_text(parse_note(raw).text)


def check_checkpoint(raw: str | bytes, key: LogKeys) -> Checkpoint:
    """Read a checkpoint and verify that its log, `key`, signed it; of several keys, which one log
    had one after the other, one of them.

    Raises VerifyFault: those of `note.check_note`, `checkpoint_malformed`, `checkpoint_origin`.
    """
    keys = [key] if isinstance(key, VerifierKey) else list(key)
    note, _ = check_note(raw, keys)
    checkpoint = read_text(note.text)
    if any(checkpoint.origin != each.name for each in keys):
        raise VerifyFault(
            "checkpoint_origin",
            "the checkpoint is of another log",
            cure="Ask for the checkpoint of the log whose key you hold.",
        )
    return checkpoint


def read_text(text: str) -> Checkpoint:
    """Read the text that is signed, without its signatures. Raises VerifyFault
    `checkpoint_malformed`."""
    checkpoint = read_claim(text)
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        raise malformed(_CODE, _WHAT, "its root is not that of an empty tree")
    return checkpoint


def read_claim(text: str) -> Checkpoint:
    """As `read_text`, but a size of 0 may come with any root: a witness tells a log that signs such
    a checkpoint apart from a text that is none."""
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < 3 or not all(lines):
        raise malformed(_CODE, _WHAT, "it has fewer than three lines, or an empty one")
    size, root = from_decimal(lines[1]), from_base64(lines[2])
    if size is None:
        raise malformed(_CODE, _WHAT, "its size is not a decimal number")
    if root is None or len(root) != HASH_BYTES:
        raise malformed(_CODE, _WHAT, "its root is not the base64 of 32 bytes")
    return Checkpoint(lines[0], size, root, tuple(lines[3:]))
