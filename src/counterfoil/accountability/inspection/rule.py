"""The rule of the inspector's sample. Pure: entries of a ledger in, indices out.

    1  The inspector has a checkpoint of the ledger: N entries, a root. Where the ledger has
       witnesses, a quorum cosigned it. From then on the holder can change nothing of what the
       sample is of.
    2  After that the inspector draws 32 random bytes, the nonce, and signs it with that checkpoint,
       two days and a number of rows (nonce.py). So the nonce was chosen when the root was fixed.
    3  The population: each entry `disclosure` below N of a batch that has an entry `release` below
       N with a time from the first day to the last, both included, UTC, and no entry `disposal`
       below N. The last day was over: entry N, or who cosigned, says so.
    4  Each of them has a mark: SHA-256("counterfoil/inspector-sample/v1" 0x00 root, nonce, index of
       the entry in 8 bytes, big-endian). Drawn are those of the smallest marks, as many as were
       asked for, or all where there are fewer.

Nobody can place a row so that it is not drawn: who places rows does not know the nonce, and who
knows the nonce finds the rows in place. What it cannot show: that the inspector drew one nonce and
not many, and kept the one whose sample they liked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Final

from counterfoil.core.errors import VerifyFault
from counterfoil.core.values import Public
from counterfoil.ledger.entries import EntryKind, decode

MOST_ROWS: Final = 1_000
NONCE_BYTES: Final = 32
_CONTEXT: Final = b"counterfoil/inspector-sample/v1\x00"


class Population(Public, frozen=True):
    """The released answers that a sample is of: index of each entry `disclosure`, in order, and the
    batch of each."""

    batches: dict[int, str]

    def draw(self, root: bytes, nonce: bytes, rows: int) -> tuple[int, ...]:
        """4 of the module: the indices that are drawn, in order."""
        marked = sorted((mark_of(root, nonce, index), index) for index in self.batches)
        return tuple(sorted(index for _, index in marked[:rows]))


def population(entries: Iterable[bytes], size: int, first: date, last: date) -> Population:
    """3 of the module, of a ledger's entries from the first one on; they may go on after `size`.

    Raises VerifyFault `sample_open` where the last day was not over at `size`; as `decode`.
    """
    days = first.isoformat(), last.isoformat()
    released, disposed, answers = set[str](), set[str](), dict[int, str]()
    for index, data in enumerate(entries):
        entry = decode(data, f"entry {index}")
        if index >= size:
            if entry.time[:10] <= days[1]:
                raise VerifyFault(
                    "sample_open",
                    "the last day was not over when the checkpoint of the sample was signed",
                    place=f"entry {index}",
                    cure="Take a checkpoint after the last day is over, and sign a nonce for that.",
                )
            break
        batch = str(entry.fields.get("batch", ""))
        if entry.kind is EntryKind.DISCLOSURE:
            answers[index] = batch
        elif entry.kind is EntryKind.RELEASE and days[0] <= entry.time[:10] <= days[1]:
            released.add(batch)
        elif entry.kind is EntryKind.DISPOSAL:
            disposed.add(batch)
    wanted = released - disposed
    return Population({index: batch for index, batch in answers.items() if batch in wanted})


def mark_of(root: bytes, nonce: bytes, index: int) -> bytes:
    """The mark of the entry of an index: 32 bytes."""
    return hashlib.sha256(_CONTEXT + root + nonce + index.to_bytes(8, "big")).digest()
