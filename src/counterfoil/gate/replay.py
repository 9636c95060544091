"""What the guards knew when one request was decided: kept with its chunk, so that the decision can
be made again.

A decision depends on request, law, day, and on counts: of the same file, and of what earlier files
asked. The file's own counts can be counted anew from its rows; those of the past cannot, because
the memory forgets. So `receive` keeps, beside each chunk, what the guards knew of the past
(known.py). `Circumstances` is the same for one request, as plain counts: what an evidence bundle
carries. It holds no hash and no key.

`decide_again` puts the counts back under a key of zeros, which hashes nobody but this request, and
asks the gate.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from counterfoil.core.values import Grant, Header, Refusal, Request, Sensitive
from counterfoil.gate.decide import Gate
from counterfoil.gate.history.batch_counts import (
    BatchFacts,
    BatchFactsBuilder,
    History,
    investigation_hash,
    officer_hash,
    reason_hash,
)
from counterfoil.gate.history.counts import Counts, Question, Uses, read_question, uses_of
from counterfoil.gate.history.snapshot import HistorySnapshot
from counterfoil.gate.law.folding import fold_entry, fold_words
from counterfoil.gate.law.load import Law

_KEY: Final = bytes(32)
_MADE_UP: Final = 1 << 62
"""Where the hashes begin that stand for the other people and doors that were counted."""


class Circumstances(Sensitive, frozen=True, gc=False, forbid_unknown_fields=True):
    """The counts for one request, itself included. `officers`: requests that name each engaged
    officer, in the order named."""

    header: Header
    rows: int
    reason_uses: int
    similar_uses: int
    investigation_people: int
    officers: tuple[int, ...]
    attempts: int
    doors: int
    people: int
    contents: int
    day_requests: int
    year_requests: int
    probes: tuple[tuple[date, int], ...]


def circumstances_of(
    request: Request, stretches: Iterable[Sequence[Request]], known: HistorySnapshot, key: bytes
) -> Circumstances:
    """The circumstances of `request`, whose file held these requests, stretch by stretch. `key` is
    the office's history key."""
    return circumstances_in(request, facts_of(known.header, stretches, key), known, key)


def facts_of(header: Header, stretches: Iterable[Sequence[Request]], key: bytes) -> BatchFacts:
    """What the requests of one file have in common, counted anew: for the circumstances of several
    of them."""
    builder = BatchFactsBuilder(key)
    for stretch in stretches:
        builder.add(*stretch)
    return builder.finish(header, "")


def circumstances_in(
    request: Request, facts: BatchFacts, known: HistorySnapshot, key: bytes
) -> Circumstances:
    """As `circumstances_of`, of a file that was counted by `facts_of`."""
    history = known.history
    uses = uses_of(read_question(key, request), facts.asked, known.past)
    hashes = [officer_hash(key, officer.id) for officer in request.engaged_officers]
    return Circumstances(
        header=known.header,
        rows=facts.rows,
        reason_uses=facts.reason_uses(request.reason),
        similar_uses=facts.similar_uses(fold_words(request.reason)),
        investigation_people=facts.investigation_people(request.investigation_number),
        officers=tuple(
            facts.officers.get(each, 0) + history.officers.get(each, 0) for each in hashes
        ),
        attempts=uses.attempts,
        doors=uses.doors,
        people=uses.people,
        contents=uses.contents,
        day_requests=history.day_requests,
        year_requests=history.year_requests,
        probes=history.probes,
    )


def decide_again(law: Law, request: Request, counted: Circumstances, on: date) -> Grant | Refusal:
    """The gate's decision under this law on this day, given these counts. Raises GateFault as
    `Gate`."""
    gate, question = _gate_again(law, request, counted, on)
    return gate.decide(request, question)


def set_aside(
    law: Law, request: Request, counted: Circumstances, on: date, elements: Iterable[str]
) -> Grant:
    """The grant that two officers' word makes of a request of which exactly `elements` wait. Raises
    as `Gate.set_aside`."""
    gate, question = _gate_again(law, request, counted, on)
    return gate.set_aside(request, question, frozenset(elements))


def _gate_again(
    law: Law, request: Request, counted: Circumstances, on: date
) -> tuple[Gate, Question]:
    ids = [officer_hash(_KEY, officer.id) for officer in request.engaged_officers]
    question = read_question(_KEY, request)
    uses = Uses(counted.attempts, counted.doors, counted.people, counted.contents)
    facts = BatchFacts(
        rows=counted.rows,
        file_digest="",
        header=counted.header,
        key=_KEY,
        reasons={reason_hash(_KEY, fold_entry(request.reason)): counted.reason_uses},
        similar_reasons={reason_hash(_KEY, fold_words(request.reason)): counted.similar_uses},
        investigations={
            investigation_hash(_KEY, request.investigation_number): counted.investigation_people
        },
        officers=dict(zip(ids, counted.officers, strict=False)),
        asked=_asked(question, uses),
    )
    history = History({}, counted.day_requests, counted.year_requests, counted.probes)
    return Gate(law, facts, history, on), question


def _asked(question: Question, uses: Uses) -> Counts:
    """Counts that give the question these uses: the others that were counted are made up."""
    people = {question.person, *range(_MADE_UP, _MADE_UP + uses.people - 1)}
    doors = {question.door, *range(_MADE_UP, _MADE_UP + uses.doors - 1)}
    return Counts(
        {question.person: uses.attempts},
        {question.person: doors},
        {question.door: people},
        {question.content: uses.contents},
    )
