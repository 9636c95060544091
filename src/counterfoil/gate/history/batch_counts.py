"""Counts over one batch and over earlier batches, by keyed hashes only.

An officer's hash is stored (tables.py): the first 16 bytes of HMAC-SHA256(history key, "officer"
0x00 folded id). All others are the 8-byte hashes of fingerprints.py: those of reasons and
investigations are counted in memory and dropped, those of persons, addresses and contents are
stored. Counts depend on questions only.

What is folded before hashing: officer ids and investigation numbers by case and white space. A
reason is counted twice: as the same by case and white space, as similar by its folded words, so
that a changed number does not make one reason look like many. A batch is read once, in stretches;
memory grows by the fingerprints of each row and by what is repeated.
"""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from counterfoil.core.values import AddressForm, Header, Reject, Request, Sensitive
from counterfoil.gate.history.counts import NO_COUNTS, Counts, count_repeated, group, repeated
from counterfoil.gate.history.fingerprints import (
    Fingerprinter,
    Fingerprints,
    address_forms,
    empty_fingerprints,
)
from counterfoil.gate.history.keyed_hash import utf8
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
    """Counts over one whole batch, by hash. `reasons`, `similar_reasons`: requests with one reason,
    those used once left out; `investigations`: people under one number, those of one person left
    out; `officers`: requests that name each engaged officer; `asked`: who was asked about, where.

    `key` is the history key, under which the hashes were made. Never store or send it.
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


class Tally(Sensitive, frozen=True, gc=False):
    """What was counted over a stretch of a file: requests, the fingerprints of every row, requests
    that name each engaged officer (by hash)."""

    requests: int
    fingerprints: Fingerprints
    officers: dict[bytes, int]


class BatchFactsBuilder:
    """Collects the facts of one batch in a pass over its rows. Raises ValueError for a history key
    of less than 32 bytes."""

    def __init__(self, history_key: bytes) -> None:
        if len(history_key) < 32:
            raise ValueError("a history key is at least 32 bytes")
        self._key = history_key
        self._fingerprinter = Fingerprinter(history_key)
        self._requests = 0
        self._officers: dict[bytes, int] = {}
        self._fingerprints = empty_fingerprints()

    def add(self, *rows: Request | Reject) -> None:
        """Count the rows that follow."""
        self.count(tally(self._key, self._fingerprinter, rows, address_forms(rows)))

    def count(self, stretch: Tally) -> None:
        """Count the rows that follow, which were tallied elsewhere."""
        self._requests += stretch.requests
        self._fingerprints.extend(stretch.fingerprints)
        for hashed, times in stretch.officers.items():
            self._officers[hashed] = self._officers.get(hashed, 0) + times

    @property
    def fingerprints(self) -> Fingerprints:
        """The fingerprints of every row added, in order, without owners."""
        return self._fingerprints.without_owners()

    def finish(self, header: Header, file_digest: str) -> BatchFacts:
        """The facts of every row added. `file_digest` is "sha256:..." of the file's bytes."""
        rows = self._fingerprints
        people = group(rows.investigations, rows.owners, repeated(rows.investigations))
        shared = {number: len(owners) for number, owners in people.items() if len(owners) > 1}
        return BatchFacts(
            self._requests,
            file_digest,
            header,
            self._key,
            repeated(rows.reasons),
            repeated(rows.similar),
            shared,
            dict(self._officers),
            count_repeated(rows),
        )


def tally(
    key: bytes,
    fingerprinter: Fingerprinter,
    rows: Sequence[Request | Reject],
    forms: Sequence[AddressForm],
) -> Tally:
    """What a stretch of rows adds to the facts. `forms` are those of `address_forms`."""
    named = Counter(row.engaged_officers for row in rows if isinstance(row, Request))
    officers: dict[bytes, int] = {}
    for group_of, times in named.items():
        for hashed in {officer_hash(key, officer.id) for officer in group_of}:
            officers[hashed] = officers.get(hashed, 0) + times
    return Tally(named.total(), fingerprinter.fingerprint(rows, forms), officers)


def officer_hash(key: bytes, officer_id: str) -> bytes:
    """The keyed hash under which an engaged officer is counted: 16 bytes."""
    return hmac.digest(key, b"officer\x00" + utf8(fold_entry(officer_id)), "sha256")[
        :OFFICER_HASH_BYTES
    ]


def officer_load(officer_id: str, facts: BatchFacts, history: History) -> int:
    """Requests that name this officer, batch and history together."""
    hashed = officer_hash(facts.key, officer_id)
    return facts.officers.get(hashed, 0) + history.officers.get(hashed, 0)
