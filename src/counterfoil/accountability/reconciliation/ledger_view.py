"""What the ledger says of each batch, read in one walk over all entries. Pure.

The commitments of a batch's rows, and of its answers, are kept as one digest each over (kind,
commitment) in the order of the ledger: whoever makes the same entries anew from the rows gets the
same digest, and a batch of a million rows costs no memory.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from counterfoil.core.errors import VerifyFault
from counterfoil.ledger.entries import Entry, EntryKind, decode

ROWS: Final = frozenset({EntryKind.GRANTED, EntryKind.REFUSED, EntryKind.REJECTED})
ANSWERS: Final = frozenset({EntryKind.DISCLOSURE, EntryKind.NOT_COMPARED})
_SINGLE: Final = frozenset({EntryKind.BATCH, EntryKind.REVIEW, EntryKind.RELEASE})


class Committed:
    """A digest over commitments in their order."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def add(self, kind: EntryKind, commitment: object) -> None:
        """Add the next one."""
        self._hash.update(f"{kind.value} {commitment}\n".encode())

    def digest(self) -> bytes:
        """32 bytes over all that was added."""
        return self._hash.digest()


@dataclass
class BatchEntries:
    """One batch. `last`: index of its last entry, but for `replay`; `single`: its entries `batch`,
    `review`, `release`, with indices."""

    last: int = -1
    kinds: Counter[EntryKind] = field(default_factory=Counter[EntryKind])
    opened: int = 0
    rows: Committed = field(default_factory=Committed)
    answers: Committed = field(default_factory=Committed)
    single: list[tuple[int, Entry]] = field(default_factory=list[tuple[int, Entry]])

    def add(self, index: int, entry: Entry) -> None:
        """Take the batch's next entry."""
        self.last = self.last if entry.kind is EntryKind.REPLAY else index
        self.kinds[entry.kind] += 1
        if entry.kind in ROWS:
            self.rows.add(entry.kind, entry.fields["commitment"])
        elif entry.kind in ANSWERS:
            self.answers.add(entry.kind, entry.fields["commitment"])
        elif entry.kind is EntryKind.OPENING:
            self.opened += int(entry.fields["rows"])
        elif entry.kind in _SINGLE:
            self.single.append((index, entry))

    def signers(self) -> Iterator[tuple[int, str]]:
        """The index of each entry `review` and `release`, and who signed there last: the digest of
        the officer's key."""
        for index, entry in self.single:
            named = {EntryKind.REVIEW: "officer", EntryKind.RELEASE: "second"}.get(entry.kind)
            if named is not None:
                yield index, str(entry.fields[named])

    def of(self, kind: EntryKind, **fields: Any) -> list[int]:
        """Indices of the entries `batch`, `review` or `release` that have these fields."""
        return [
            at
            for at, entry in self.single
            if entry.kind is kind and fields.items() <= entry.fields.items()
        ]


def read_batch_entries(entries: Iterable[bytes]) -> dict[str, BatchEntries]:
    """What all entries of a ledger, in order, say of each batch. Raises VerifyFault as
    `entries.decode`."""
    found: dict[str, BatchEntries] = {}
    for index, data in enumerate(entries):
        entry = decode(data, f"entry {index}")
        if "batch" in entry.fields:
            found.setdefault(str(entry.fields["batch"]), BatchEntries()).add(index, entry)
    return found


def difference(code: str, place: str, message: str, cure: str) -> VerifyFault:
    """A difference that was found: collected, not raised."""
    return VerifyFault(code, message, place=place, cure=cure)
