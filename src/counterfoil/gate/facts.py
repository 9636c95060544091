"""What the guards know: counts over one batch and over earlier batches, under keyed hashes only.

An officer's hash is stored (see `tables.py`): HMAC-SHA256(history key, "officer" 0x00 folded id), 16 bytes.
The hash of a reason or an investigation is counted in memory and dropped; those of a question (guards.py) are
stored: all of them keyed BLAKE2b of 8 bytes (hashing.py), four times as fast. Counts depend on questions only.

Folding before hashing: officer ids and investigation numbers by case and white space. A reason is counted twice: as the
same by case and white space, as similar by `words.fold_words`, so that a changed number does not make one reason look like many.
Streaming: a batch is read once; memory grows by a few small integers a row.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import date
from typing import Final

from counterfoil.gate.guards import NO_COUNTS, Counts, CountsBuilder, read_question
from counterfoil.gate.hashing import keyed_hash, utf8
from counterfoil.gate.words import fold_entry, fold_words
from counterfoil.model import EngagedOfficer, Header, Person, Request, Sensitive

OFFICER_HASH_BYTES: Final = 16


class History(Sensitive, frozen=True, gc=False):
    """What earlier files asked, this batch left out.

    `officers`: requests that named each engaged officer (by hash) within the window. `day_requests`, `year_requests`: requests
    of the day of decision, and of the 365 days that end with it. `probes`: (day, attempts to probe) of earlier files.
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
        return self.similar_reasons.get(reason_hash(self.key, folded), 1) if self.similar_reasons else 1

    def investigation_people(self, number: str) -> int:
        """Different people of the batch under this investigation number; at least 1."""
        return self.investigations.get(investigation_hash(self.key, number), 1) if self.investigations else 1


class BatchFactsBuilder:
    """Collects the facts of one batch in a pass over its requests."""

    def __init__(self, history_key: bytes) -> None:
        if len(history_key) < 32:
            raise ValueError("a history key is at least 32 bytes")
        self._key = history_key
        self._rows = 0
        self._officer_ids: dict[str, bytes] = {}
        self._officers: dict[bytes, int] = {}
        self._reasons: dict[int, int] = {}
        self._similar: dict[int, int] = {}
        self._first: dict[int, int] = {}
        self._shared: dict[int, set[int]] = {}
        self._asked = CountsBuilder()

    def add(self, request: Request) -> None:
        """Count one request."""
        self._rows += 1
        self._asked.add(read_question(self._key, request))
        for hashed in {self._officer(officer) for officer in request.engaged_officers}:
            self._officers[hashed] = self._officers.get(hashed, 0) + 1
        for counted, folded in (
            (self._reasons, fold_entry(request.reason)),
            (self._similar, fold_words(request.reason)),
        ):
            reason = reason_hash(self._key, folded)
            counted[reason] = counted.get(reason, 0) + 1
        if request.investigation_number:
            number = investigation_hash(self._key, request.investigation_number)
            self._person_under(number, _hashed(self._key, b"person", _person(request.person)))

    def finish(self, header: Header, file_digest: str) -> BatchFacts:
        """The facts of every request added. `file_digest` is "sha256:..." of the file's bytes."""
        repeated, similar = _repeated(self._reasons), _repeated(self._similar)
        shared = {number: len(people) for number, people in self._shared.items()}
        return BatchFacts(
            self._rows,
            file_digest,
            header,
            self._key,
            repeated,
            similar,
            shared,
            dict(self._officers),
            self._asked.finish(),
        )

    def _officer(self, officer: EngagedOfficer) -> bytes:
        hashed = self._officer_ids.get(officer.id)
        if hashed is None:
            hashed = self._officer_ids[officer.id] = officer_hash(self._key, officer.id)
        return hashed

    def _person_under(self, number: int, person: int) -> None:
        first = self._first.setdefault(number, person)
        if first != person:
            self._shared.setdefault(number, {first}).add(person)


def _repeated(counted: dict[int, int]) -> dict[int, int]:
    return {reason: uses for reason, uses in counted.items() if uses > 1}


def officer_hash(key: bytes, officer_id: str) -> bytes:
    """The keyed hash under which an engaged officer is counted: 16 bytes."""
    return hmac.digest(key, b"officer\x00" + utf8(fold_entry(officer_id)), "sha256")[:OFFICER_HASH_BYTES]


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


def _person(person: Person) -> str:
    born = person.date_of_birth.isoformat() if person.date_of_birth else ""
    return f"{fold_entry(person.given_name)}|{fold_entry(person.family_name)}|{fold_entry(person.suffix)}|{born}"


def _hashed(key: bytes, context: bytes, text: str) -> int:
    return keyed_hash(key, context, utf8(text))
