"""Encoding many entries that are appended together.

Of a batch there is an entry for each row and each answer, and such entries differ in their
commitment and their count alone. What they share is encoded, and held against the grammar of their
kind, once; then each commitment is held against its own. The bytes are those of `entries.encode`
(a test holds it), in half the time.
"""

from __future__ import annotations

import re
from typing import Final

from counterfoil.ledger.entries import FIELDS, Draft, EntryKind, encode

_DIGEST: Final = re.compile(FIELDS["commitment"][0]).fullmatch
_FIELDS: Final = 2
"""A batch and a commitment, and nothing else."""


class EntriesEncoder:
    """Encodes the entries of one time."""

    def __init__(self, time: str) -> None:
        """time: `entry_time`."""
        self._time = time
        self._shared: dict[tuple[EntryKind, str], tuple[str, str]] = {}

    def encode(self, draft: Draft, count: int) -> bytes:
        """The bytes of an entry. Raises ValueError as `entries.encode`."""
        kind, fields = draft.kind, draft.fields
        batch, commitment = fields.get("batch"), fields.get("commitment")
        if (
            len(fields) != _FIELDS
            or type(batch) is not str
            or type(commitment) is not str
            or not _DIGEST(commitment)
        ):
            return encode(kind, fields, count, self._time)
        shared = self._shared.get((kind, batch))
        if shared is None:
            data = encode(kind, fields, count, self._time)
            before, _, after = data.decode("ascii").partition(f'{commitment}","count":{count},')
            self._shared[kind, batch] = before, after
            return data
        return f'{shared[0]}{commitment}","count":{count},{shared[1]}'.encode()
