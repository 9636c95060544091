"""The gate's decision of one request made again, from counts that were kept.

A decision depends on the request, the law, the day, and on counts: of the same file, and of what
earlier files asked. The file's own counts can be counted anew from its rows; those of the past
cannot, because the history forgets. So `receive` keeps, beside each chunk, the counts as they were
(history/snapshot.py). `RequestCounts` is the same for one request, as plain numbers: what an
evidence bundle carries, without any hash or key. `decide_again` asks the gate with these counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Final

from counterfoil.core.values import Grant, Refusal, Request
from counterfoil.gate.decide import Gate
from counterfoil.gate.history.batch_counts import (
    BatchFacts,
    History,
    earlier_officer_hash,
    officer_hashes,
    officer_loads,
)
from counterfoil.gate.history.earlier import EarlierFile
from counterfoil.gate.history.request_counts import RequestCounts
from counterfoil.gate.history.snapshot import HistorySnapshot
from counterfoil.gate.history.uses import ONCE, Uses
from counterfoil.gate.law.load import Law

_KEY: Final = bytes(32)


class RecordedCounts:
    """The counts for requests of one file, from what was kept beside its chunks. `stretches` gives
    the file's requests, stretch by stretch: they are read once, for chunks of the first form only.
    `key` is the office's history key."""

    def __init__(self, stretches: Callable[[], Iterable[Sequence[Request]]], key: bytes) -> None:
        self._stretches = stretches
        self._key = key
        self._file: EarlierFile | None = None

    def counts(self, request: Request, place: int, snapshot: HistorySnapshot) -> RequestCounts:
        """The counts for a request at this place of the file, from 0, which the snapshot of its
        chunk covers."""
        history = snapshot.history
        if snapshot.uses is not None:
            facts = BatchFacts(snapshot.rows, "", snapshot.header, self._key, snapshot.officers)
            uses = snapshot.uses.get(place, ONCE)
            officers = request.engaged_officers
            found = [officer_loads(each, facts, history) for each in officers]
            loads, namesakes = [load for load, _ in found], [of_name for _, of_name in found]
            return _request_counts(snapshot, facts.rows, uses, loads, namesakes)
        self._file = file = self._file or EarlierFile(self._key, self._stretches())
        loads = [
            file.officer_load(each) + history.officers.get(earlier_officer_hash(self._key, each), 0)
            for each in request.engaged_officers
        ]
        return _request_counts(snapshot, file.rows, file.uses(request, snapshot.past), loads)


def _request_counts(
    snapshot: HistorySnapshot,
    rows: int,
    uses: Uses,
    loads: Iterable[int],
    namesakes: Iterable[int] = (),
) -> RequestCounts:
    history = snapshot.history
    return RequestCounts(
        header=snapshot.header,
        rows=rows,
        reason_uses=uses.reasons,
        similar_uses=uses.similar,
        investigation_people=uses.investigated,
        officers=tuple(loads),
        attempts=uses.attempts,
        addresses=uses.addresses,
        people=uses.people,
        contents=uses.contents,
        day_requests=history.day_requests,
        year_requests=history.year_requests,
        probes=history.probes,
        born_addresses=uses.born_addresses,
        probe_days=history.probe_days,
        namesakes=tuple(namesakes),
        dates=uses.dates,
        numbers=uses.numbers,
        years=uses.years,
    )


def decide_again(law: Law, request: Request, counts: RequestCounts, on: date) -> Grant | Refusal:
    """The gate's decision under this law on this day, given these counts. Raises GateFault as
    `Gate`."""
    return _gate_again(law, request, counts, on).decide(request, counts.uses)


def set_aside(
    law: Law, request: Request, counts: RequestCounts, on: date, elements: Iterable[str]
) -> Grant:
    """The grant that two officers' override makes of a request of which exactly `elements` wait for
    an officer. Raises GateFault as `Gate.set_aside`."""
    gate = _gate_again(law, request, counts, on)
    return gate.set_aside(request, counts.uses, frozenset(elements))


def _gate_again(law: Law, request: Request, counts: RequestCounts, on: date) -> Gate:
    officers: dict[bytes, int] = {}
    named, namesakes = request.engaged_officers, (*counts.namesakes, *(0 for _ in counts.officers))
    for officer, load, alike in zip(named, counts.officers, namesakes, strict=False):
        by_id, by_title, by_name = officer_hashes(_KEY, officer)
        for hashed, times in ((by_id, load), (by_title, load), (by_name, alike)):
            officers[hashed] = max(times, officers.get(hashed, 0))
    facts = BatchFacts(counts.rows, "", counts.header, _KEY, officers)
    history = History(
        {}, counts.day_requests, counts.year_requests, counts.probes, counts.probe_days
    )
    return Gate(law, facts, history, on)
