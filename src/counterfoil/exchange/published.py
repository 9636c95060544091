"""What the office publishes, as whoever serves it looks at it."""

from __future__ import annotations

import time
from pathlib import Path

from counterfoil.core.bounded import read_ordinary
from counterfoil.core.errors import VerifyFault
from counterfoil.tlog.checkpoint import check_checkpoint
from counterfoil.tlog.note import MAX_NOTE_BYTES, parse_vkey


class PublishedLedger:
    """The folder of a published ledger, and the key that its checkpoints are signed with. Raises
    VerifyFault for what is no verifier key."""

    def __init__(self, folder: Path, holder: str) -> None:
        self._path = folder / "checkpoint"
        self._holder = parse_vkey(holder)

    def checkpoint_age(self) -> int | None:
        """Seconds since the checkpoint was written; None where there is none that the holder
        signed."""
        try:
            check_checkpoint(read_ordinary(self._path, MAX_NOTE_BYTES), self._holder)
            return max(0, int(time.time() - self._path.stat().st_mtime))
        except (OSError, ValueError, VerifyFault):
            return None
