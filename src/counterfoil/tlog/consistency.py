"""Consistency files: `counterfoil-consistency-1`. A later ledger continues an earlier one; the file
holds both checkpoints.

    counterfoil-consistency-1
    gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=      the proof of RFC 9162 2.1.4 in its order, at
                                                      most 63 lines; none where the earlier ledger
                                                      is empty or as large as the later one
                                                      an empty line
    example.com/fancylog                              the earlier checkpoint, as signed
    109482
    sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=

    \u2014 example.com/fancylog hI2DJw...
                                                      an empty line
    example.com/fancylog                              the later checkpoint, as signed
    ...

A checkpoint has exactly one empty line, before its signatures, so the file falls into five parts.
Another first line is another version and is refused. The file name's extension is `.consistency`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from counterfoil.tlog.checkpoint import Checkpoint, LogKeys, check_checkpoint
from counterfoil.tlog.encoding import malformed, read_hashes, to_base64, to_text
from counterfoil.tlog.note import MAX_NOTE_BYTES
from counterfoil.tlog.tree import check_consistency

HEADER: Final = "counterfoil-consistency-1"
_CODE: Final = "consistency_malformed"
_WHAT: Final = "consistency proof"


@dataclass(frozen=True, slots=True)
class Consistency:
    """A proof taken apart: hashes of 32 bytes, the notes of the earlier and the later
    checkpoint."""

    hashes: tuple[bytes, ...]
    older: str
    newer: str

    def __str__(self) -> str:
        return "\n".join([HEADER, *map(to_base64, self.hashes)]) + f"\n\n{self.older}\n{self.newer}"


def parse_consistency(raw: str | bytes) -> Consistency:
    """Read a proof; verify nothing. Inverse of `str(proof)`. Raises VerifyFault
    `consistency_malformed`."""
    head, *notes = to_text(raw, 3 * MAX_NOTE_BYTES, _CODE, _WHAT).split("\n\n")
    lines = head.split("\n")
    if lines.pop(0) != HEADER or len(notes) != 4:
        raise malformed(
            _CODE, _WHAT, f"it does not begin with {HEADER}, or does not hold two checkpoints"
        )
    return Consistency(
        read_hashes(lines, _CODE, _WHAT), f"{notes[0]}\n\n{notes[1]}\n", f"{notes[2]}\n\n{notes[3]}"
    )


def check_consistency_file(raw: str | bytes, key: LogKeys) -> tuple[Checkpoint, Checkpoint]:
    """Establish: 1 the log `key` signed both checkpoints; 2 the later tree continues the earlier
    one.

    Raises VerifyFault: `consistency_malformed`, those of `check_checkpoint`, `proof_consistency`.
    """
    proof = parse_consistency(raw)
    older, newer = check_checkpoint(proof.older, key), check_checkpoint(proof.newer, key)  # 1
    check_consistency(older.size, older.root, newer.size, newer.root, proof.hashes)  # 2
    return older, newer
