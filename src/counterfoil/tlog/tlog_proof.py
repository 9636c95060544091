"""Proof files: c2sp.org/tlog-proof@v1. An entry is in a log; anyone can check it offline, with the
log's key alone.

    c2sp.org/tlog-proof@v1
    extra YWdlLXYxLjIuMQ==                            at most one such line: opaque data that is not
                                                      authenticated and never trusted
    index 73894
    gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=      inclusion proof, the leaf's sibling first, at
                                                      most 63 lines
                                                      an empty line
    example.com/fancylog                              the checkpoint, as signed
    109482
    sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=

    \u2014 example.com/fancylog hI2DJw...

Another first line is another version and is refused. The file name's extension is `.tlog-proof`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from counterfoil.tlog.checkpoint import Checkpoint, check_checkpoint
from counterfoil.tlog.encoding import (
    from_base64,
    from_decimal,
    malformed,
    read_hashes,
    to_base64,
    to_text,
)
from counterfoil.tlog.note import MAX_NOTE_BYTES, VerifierKey
from counterfoil.tlog.tree import check_inclusion, leaf_hash

HEADER: Final = "c2sp.org/tlog-proof@v1"
_CODE: Final = "proof_malformed"
_WHAT: Final = "tlog-proof"


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof taken apart: index from 0, hashes of 32 bytes, the checkpoint's note, opaque extra
    data or None."""

    index: int
    hashes: tuple[bytes, ...]
    note: str
    extra: bytes | None = None

    def __str__(self) -> str:
        extra = [] if self.extra is None else [f"extra {to_base64(self.extra)}"]
        lines = [HEADER, *extra, f"index {self.index}", *map(to_base64, self.hashes)]
        return "\n".join(lines) + "\n\n" + self.note


def parse_proof(raw: str | bytes) -> Proof:
    """Read a proof; verify nothing. Inverse of `str(proof)`. Raises VerifyFault
    `proof_malformed`."""
    text = to_text(raw, 2 * MAX_NOTE_BYTES, _CODE, _WHAT)
    head, blank, note = text.partition("\n\n")
    lines = head.split("\n")
    if not blank or lines.pop(0) != HEADER:
        raise malformed(_CODE, _WHAT, f"it does not begin with {HEADER}, or holds no checkpoint")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = from_base64(lines.pop(0).removeprefix("extra "))
        if extra is None:
            raise malformed(_CODE, _WHAT, "its extra data is not base64")
    place, *hashes = lines or [""]
    index = from_decimal(place.removeprefix("index ")) if place.startswith("index ") else None
    if index is None:
        raise malformed(_CODE, _WHAT, "its index is missing or not a decimal number")
    return Proof(index, read_hashes(hashes, _CODE, _WHAT), note, extra)


def check_proof(raw: str | bytes, entry: bytes, key: VerifierKey) -> tuple[Proof, Checkpoint]:
    """Establish: 1 the log `key` signed the checkpoint; 2 `entry` is in the checkpointed tree at
    the stated index.

    Raises VerifyFault: `proof_malformed`, those of `check_checkpoint`, `proof_inclusion`.
    """
    proof = parse_proof(raw)
    checkpoint = check_checkpoint(proof.note, key)  # 1
    check_inclusion(
        leaf_hash(entry), proof.index, checkpoint.size, proof.hashes, checkpoint.root
    )  # 2
    return proof, checkpoint
