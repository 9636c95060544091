"""Seals the buckets of a snapshot: pairs in order of tag become values in the store.

The rows of one exact bucket come together; those of the same person (all equal but the period)
become one resident with the union of the periods. Residents are in order of their bytes, so the
same source gives the same bucket. Each exact bucket then states once which tolerant keys lead to
it; known_places.py adds to each such reference whether the home is at a known place. The
references, in order of tolerant tag, become the tolerant buckets; the known places come last.
Canaries (canaries.py) are sealed at their place among the exact buckets and counted nowhere.
"""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Final

from counterfoil.core.values import Resident
from counterfoil.register.bucket import (
    KNOWN_PLACE_KIND,
    NONCE_BYTES,
    REFERENCES_KIND,
    REFERENCES_MAX,
    RESIDENTS_KIND,
    encode_residents,
    seal_bucket,
    snapshot_binding,
)
from counterfoil.register.canaries import Canary
from counterfoil.register.external_sort import ExternalSort
from counterfoil.register.known_places import KnownPlaces
from counterfoil.register.loading import AddressLinks, decode_links, split_row
from counterfoil.register.rows import decode_identity
from counterfoil.register.stores import BucketWriter, Pair

PlacedCanary = tuple[Canary, bytes, bytes]
"""A canary, and tag and key of its exact door."""
RESIDENTS_MAX: Final = 10_000
_WRITE_PAIRS: Final = 2_048
_KEY_BYTES: Final = 32


class RegisterWriter:
    """Seals buckets into a store and counts them. `random` gives the nonces."""

    def __init__(self, snapshot: str, store: BucketWriter, random: Callable[[int], bytes]) -> None:
        self.exact_doors = self.tolerant_doors = self.dropped_tolerant_doors = (
            self.crowded_exact_doors
        ) = self.residents = 0
        self.size_classes: Counter[int] = Counter()
        self._content = hashlib.sha256()
        self._bound = snapshot_binding(snapshot)
        self._store = store
        self._random = random
        self._waiting: list[Pair] = []

    def seal_exact(
        self, rows: ExternalSort, marking: KnownPlaces, canaries: Sequence[PlacedCanary] = ()
    ) -> Iterator[tuple[int, tuple[Resident, ...]]]:
        """Seal every exact door; yields (rows taken, residents) after each. `canaries` are in order
        of tag. Raises StoreFault."""
        waiting = deque(canaries)
        for tag, group in groupby(rows.drain(), itemgetter(0)):
            self._seal_canaries(waiting, tag)
            taken, links_of_rows, merged = merge_rows(value for _, value in group)
            residents = tuple(
                decode_identity(identity, tuple(sorted(merged[identity])))
                for identity in sorted(merged)
            )
            if len(residents) > RESIDENTS_MAX:
                self.crowded_exact_doors += 1
                yield taken, ()
                continue
            key = links_of_rows[0].key
            self._seal(RESIDENTS_KIND, encode_residents(residents), tag, key)
            self.exact_doors += 1
            self.residents += len(residents)
            marking.add(tag + key, links_of_rows)
            yield taken, residents
        self._seal_canaries(waiting, None)
        self._write()

    def seal_tolerant(self, references: ExternalSort) -> Iterator[int]:
        """Seal every tolerant door that is not too ambiguous; yields references taken after each.
        Raises StoreFault."""
        for tag, group in groupby(references.drain(), itemgetter(0)):
            taken, key, led = 0, b"", set[bytes]()
            for _, value in group:
                taken, key = taken + 1, value[:_KEY_BYTES]
                if len(led) <= REFERENCES_MAX:
                    led.add(value[_KEY_BYTES:])
            if len(led) > REFERENCES_MAX:
                self.dropped_tolerant_doors += 1
            else:
                self._seal(REFERENCES_KIND, b"".join(sorted(led)), tag, key)
                self.tolerant_doors += 1
            yield taken
        self._write()

    def seal_marks(self, marks: ExternalSort) -> None:
        """Seal every mark. Raises StoreFault."""
        for tag, key in marks.drain():
            self._seal(KNOWN_PLACE_KIND, b"", tag, key)
        self._write()

    def content_digest(self) -> str:
        """Digest of every pair so far, as the manifest defines it."""
        return "sha256:" + self._content.hexdigest()

    def _seal_canaries(self, waiting: deque[PlacedCanary], before: bytes | None) -> None:
        while waiting and (before is None or waiting[0][1] < before):
            canary, tag, key = waiting.popleft()
            self._put(RESIDENTS_KIND, encode_residents((canary.resident,)), tag, key)

    def _seal(self, kind: int, body: bytes, tag: bytes, key: bytes) -> None:
        self.size_classes[self._put(kind, body, tag, key)] += 1

    def _put(self, kind: int, body: bytes, tag: bytes, key: bytes) -> int:
        """Bytes of the value that was sealed."""
        value = seal_bucket(
            kind, body, tag=tag, key=key, bound=self._bound, nonce=self._random(NONCE_BYTES)
        )
        self._content.update(tag + len(value).to_bytes(4, "big") + value)
        self._waiting.append((tag, value))
        if len(self._waiting) >= _WRITE_PAIRS:
            self._write()
        return len(value)

    def _write(self) -> None:
        if self._waiting:
            self._store.put_many(self._waiting)
            self._waiting = []


def merge_rows(values: Iterator[bytes]) -> tuple[int, list[AddressLinks], dict[bytes, set[int]]]:
    """(rows, where they lead, periods by identity) of one door's rows; stops collecting identities
    once it is crowded.

    Rows of one exact door may differ in what its key does not hold (a city has several names in one
    ZIP), so that the tolerant doors of all of them lead here."""
    rows = 0
    links: set[bytes] = set()
    merged: dict[bytes, set[int]] = {}
    for value in values:
        period, leads, identity = split_row(value)
        rows += 1
        if leads:
            links.add(leads)
        if identity in merged:
            merged[identity].add(period)
        elif len(merged) <= RESIDENTS_MAX:
            merged[identity] = {period}
    return rows, [decode_links(leads) for leads in sorted(links)], merged
