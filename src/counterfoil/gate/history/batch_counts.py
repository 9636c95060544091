"""What the guards know: counts over one batch and over earlier batches, under keyed hashes only.

An officer's hash is stored (see `tables.py`): HMAC-SHA256(history key, "officer" 0x00 folded id),
16 bytes. The hash of a reason or an investigation is counted in memory and dropped; those of a
   question (guards.py) are
stored: all of them keyed BLAKE2b of 8 bytes (hashing.py), four times as fast. Counts depend on
questions only.

Folding before hashing: officer ids and investigation numbers by case and white space. A reason is
counted twice: as the same by case and white space, as similar by `words.fold_words`, so that a
changed number does not make one reason look like many. Streaming: a batch is read once; memory
grows by the marks of each row (marks.py) and by what is repeated.
"""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from counterfoil.core.values import AddressForm, Header, Reject, Request, Sensitive
from counterfoil.gate.history.counts import NO_COUNTS, Counts, count_marks, group, repeated
from counterfoil.gate.history.fingerprints import (
    Fingerprinter,
    Fingerprints,
    address_forms,
    new_marks,
)
from counterfoil.gate.history.keyed_hash import keyed_hash, utf8
from counterfoil.gate.law.folding import fold_entry

OFFICER_HASH_BYTES: Final = 16


class History(Sensitive, frozen=True, gc=False):
    """What earlier files asked, this batch left out.

    `officers`: requests that named each engaged officer (by hash) within the window.
    `day_requests`, `year_requests`: requests of the day of decision, and of the 365 days that end
    with it. `probes`: (day, attempts to probe) of earlier files.
    """

    officers: Mapping[bytes, int] = {}
    day_requests: int = 0
    year_requests: int = 0
    probes: tuple[tuple[date, int], ...] = ()


class BatchFacts(Sensitive, frozen=True, gc=False):
    """Counts over one whole batch. Reasons used once and investigations of one person are left out.

    `key` is the history key: hashes of a request are looked up under it. Never store or send it.
    """

    rows: int
    file_digest: str
    header: Header
    key: bytes
    reasons: Mapping[int, int]
    similar_reasons: Mapping[int, int]
    investigations: Mapping[int, int]
    officers: Mapping[bytes, int]
    asked: Counts = NO_COUNTS

    def reason_uses(self, reason: str) -> int:
        """Requests of the batch with this same reason; at least 1."""
        return self.reasons.get(reason_hash(self.key, fold_entry(reason)), 1) if self.reasons else 1

    def similar_uses(self, folded: str) -> int:
        """Requests of the batch whose reason folds to these words; at least 1."""
        return (
            self.similar_reasons.get(reason_hash(self.key, folded), 1)
            if self.similar_reasons
            else 1
        )

    def investigation_people(self, number: str) -> int:
        """Different people of the batch under this investigation number; at least 1."""
        return (
            self.investigations.get(investigation_hash(self.key, number), 1)
            if self.investigations
            else 1
        )


class Tally(Sensitive, frozen=True, gc=False):
    """What was counted over a stretch of a file: requests, the marks of every row, requests by
    engaged officer (by hash)."""

    requests: int
    marks: Fingerprints
    officers: dict[bytes, int]


class BatchFactsBuilder:
    """Collects the facts of one batch in a pass over its rows."""

    def __init__(self, history_key: bytes) -> None:
        if len(history_key) < 32:
            raise ValueError("a history key is at least 32 bytes")
        self._key = history_key
        self._marker = Fingerprinter(history_key)
        self._requests = 0
        self._officers: dict[bytes, int] = {}
        self._marks = new_marks()

    def add(self, *rows: Request | Reject) -> None:
        """Count the rows that follow."""
        self.count(tally(self._key, self._marker, rows, address_forms(rows)))

    def count(self, stretch: Tally) -> None:
        """Count the rows that follow, which were tallied elsewhere."""
        self._requests += stretch.requests
        self._marks.extend(stretch.marks)
        for hashed, times in stretch.officers.items():
            self._officers[hashed] = self._officers.get(hashed, 0) + times

    @property
    def marks(self) -> Fingerprints:
        """The marks of every row added, in order."""
        return self._marks.kept()

    def finish(self, header: Header, file_digest: str) -> BatchFacts:
        """The facts of every row added. `file_digest` is "sha256:..." of the file's bytes."""
        marks = self._marks
        people = group(marks.investigations, marks.owners, repeated(marks.investigations))
        shared = {number: len(owners) for number, owners in people.items() if len(owners) > 1}
        return BatchFacts(
            self._requests,
            file_digest,
            header,
            self._key,
            repeated(marks.reasons),
            repeated(marks.similar),
            shared,
            dict(self._officers),
            count_marks(marks),
        )


def tally(
    key: bytes,
    marker: Fingerprinter,
    rows: Sequence[Request | Reject],
    addresses: Sequence[AddressForm],
) -> Tally:
    """What a stretch of rows adds to the facts. `addresses` are their forms
    (marks.address_forms)."""
    named = Counter(row.engaged_officers for row in rows if isinstance(row, Request))
    officers: dict[bytes, int] = {}
    for group_of, times in named.items():
        for hashed in {officer_hash(key, officer.id) for officer in group_of}:
            officers[hashed] = officers.get(hashed, 0) + times
    return Tally(named.total(), marker.mark(rows, addresses), officers)


def officer_hash(key: bytes, officer_id: str) -> bytes:
    """The keyed hash under which an engaged officer is counted: 16 bytes."""
    return hmac.digest(key, b"officer\x00" + utf8(fold_entry(officer_id)), "sha256")[
        :OFFICER_HASH_BYTES
    ]


def reason_hash(key: bytes, folded: str) -> int:
    """The keyed hash under which a folded reason is counted: 64 bits."""
    return _hashed(key, b"reason", folded)


def investigation_hash(key: bytes, number: str) -> int:
    """The keyed hash under which an investigation number is counted: 64 bits."""
    return _hashed(key, b"investigation", fold_entry(number))


def officer_load(officer_id: str, facts: BatchFacts, history: History) -> int:
    """Requests that name this officer, batch and history together."""
    hashed = officer_hash(facts.key, officer_id)
    return facts.officers.get(hashed, 0) + history.officers.get(hashed, 0)


def _hashed(key: bytes, context: bytes, text: str) -> int:
    return keyed_hash(key, context, utf8(text))
