"""Checking an exported ledger: from its files alone, with the office's verifier key. The twin of
`check`.

1  The checkpoint is signed by the key, and the bundles hold as many entries as it says.
2  Every entry is canonical and within its kind's grammar.
3  The running count of every kind goes up by one with each entry of that kind.
4  No entry is earlier than the one before it.
5  Every hash tile is what the entries make.
6  The root of the entries is the checkpoint's.
"""

from __future__ import annotations

from pathlib import Path

from counterfoil.core.errors import VerifyFault
from counterfoil.ledger.check import CheckReport
from counterfoil.ledger.exported import read_bundles, read_file
from counterfoil.ledger.reckon import Reckoning, differing, divergence
from counterfoil.tlog.checkpoint import check_checkpoint
from counterfoil.tlog.encoding import to_base64
from counterfoil.tlog.note import MAX_NOTE_BYTES, VerifierKey
from counterfoil.tlog.tiles import TILE_BYTES, WIDTH, tile_path, tiles_of


def check_export(directory: Path, key: VerifierKey) -> CheckReport:
    """Establish 1 to 6.

    Raises VerifyFault at the first divergence: `export_unreadable`, `bundle_malformed`, those of
    `entries.decode`, `ledger_count`, `ledger_time`, `ledger_tile`, those of `check_checkpoint`,
    `ledger_rewritten`.
    """
    checkpoint = check_checkpoint(read_file(directory, "checkpoint", MAX_NOTE_BYTES), key)  # 1
    reckoning = Reckoning()
    for bundle in read_bundles(directory, checkpoint.size):  # 1
        for entry in bundle:
            reckoning.add(entry)  # 2 3 4
        for tile in reckoning.full_tiles() if len(bundle) == WIDTH else ():
            _check_tile(directory, tile.level, tile.index, tile.hashes)  # 5
    for level, full, width in tiles_of(reckoning.size):
        if width:
            _check_tile(directory, level, full, reckoning.partial(level))  # 5
    if reckoning.root() != checkpoint.root:
        raise VerifyFault(
            "ledger_rewritten",
            "the entries are not those that the checkpoint was signed over",
            place="checkpoint",
            cure="Keep this export as evidence, and ask the office for an explanation.",
        )  # 6
    return _report(reckoning)


def _check_tile(directory: Path, level: int, index: int, reckoned: bytes) -> None:
    held = read_file(directory, tile_path(level, index, len(reckoned) // 32), TILE_BYTES)
    if held != reckoned:
        first = (index * WIDTH + differing(held, reckoned)) * WIDTH**level
        raise divergence(
            "ledger_tile", f"tile {index} of level {level} is not what the entries make", first
        )


def _report(reckoning: Reckoning) -> CheckReport:
    size, root = reckoning.size, to_base64(reckoning.root())
    statements = (
        f"1. The checkpoint is signed by the office's key, over {size} entries, and all of them "
        "are here.",
        "2. Every entry is canonical and says only what its kind may say.",
        "3. The running count of every kind goes up by one.",
        "4. No entry is earlier than the one before it.",
        "5. Every hash tile is what the entries make.",
        f"6. The root of the entries is the checkpoint's: {root}.",
    )
    return CheckReport(size, root, reckoning.time, reckoning.counts, 1, statements)
