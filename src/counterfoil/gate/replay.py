"""The gate's decision of one request made again, from counts that were kept.

A decision depends on the request, the law, the day, and on counts: of the same file, and of what
earlier files asked. The file's own counts can be counted anew from its rows; those of the past
cannot, because the history forgets. So `receive` keeps, beside each chunk, the history as it was
(history/snapshot.py). `RequestCounts` is the same for one request, as plain numbers: what an
evidence bundle carries, without any hash or key.

`decide_again` makes a history that has these counts, under a key of zeros that hashes nobody but
this request, and asks the gate.
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
    officer_hash,
    officer_load,
)
from counterfoil.gate.history.counts import Counts, Question, read_question, uses_of
from counterfoil.gate.history.snapshot import HistorySnapshot
from counterfoil.gate.law.load import Law

_KEY: Final = bytes(32)
_MADE_UP: Final = 1 << 62
"""Where the hashes begin of the made-up people and addresses that are counted beside the request's
own."""


class RequestCounts(
    Sensitive, frozen=True, gc=False, forbid_unknown_fields=True, rename={"addresses": "doors"}
):
    """The counts for one request, itself included, of its file and of the past together.

    `officers`: requests that name each engaged officer, in the order named. A bundle carries this
    by field name; `addresses` is there under the name `doors`.
    """

    header: Header
    rows: int
    reason_uses: int
    similar_uses: int
    investigation_people: int
    officers: tuple[int, ...]
    attempts: int
    addresses: int
    people: int
    contents: int
    day_requests: int
    year_requests: int
    probes: tuple[tuple[date, int], ...]


def counts_of_request(
    request: Request, stretches: Iterable[Sequence[Request]], snapshot: HistorySnapshot, key: bytes
) -> RequestCounts:
    """The counts for `request`, whose file had these requests, stretch by stretch. `key` is the
    office's history key."""
    return counts_in_file(
        request, facts_of_requests(snapshot.header, stretches, key), snapshot, key
    )


def facts_of_requests(
    header: Header, stretches: Iterable[Sequence[Request]], key: bytes
) -> BatchFacts:
    """The facts of a file of these requests, counted anew: for the counts of several of them."""
    builder = BatchFactsBuilder(key)
    for stretch in stretches:
        builder.add(*stretch)
    return builder.finish(header, "")


def counts_in_file(
    request: Request, facts: BatchFacts, snapshot: HistorySnapshot, key: bytes
) -> RequestCounts:
    """As `counts_of_request`, in a file that was counted by `facts_of_requests`."""
    history, question = snapshot.history, read_question(key, request)
    uses = uses_of(question, facts.asked, snapshot.past)
    return RequestCounts(
        header=snapshot.header,
        rows=facts.rows,
        reason_uses=facts.reasons.get(question.reason, 1),
        similar_uses=facts.similar_reasons.get(question.similar, 1),
        investigation_people=facts.investigations.get(question.investigation, 1),
        officers=tuple(
            officer_load(officer.id, facts, history) for officer in request.engaged_officers
        ),
        attempts=uses.attempts,
        addresses=uses.addresses,
        people=uses.people,
        contents=uses.contents,
        day_requests=history.day_requests,
        year_requests=history.year_requests,
        probes=history.probes,
    )


def decide_again(law: Law, request: Request, counts: RequestCounts, on: date) -> Grant | Refusal:
    """The gate's decision under this law on this day, given these counts. Raises GateFault as
    `Gate`."""
    gate, question = _gate_again(law, request, counts, on)
    return gate.decide(request, question)


def set_aside(
    law: Law, request: Request, counts: RequestCounts, on: date, elements: Iterable[str]
) -> Grant:
    """The grant that two officers' override makes of a request of which exactly `elements` wait for
    an officer. Raises GateFault as `Gate.set_aside`."""
    gate, question = _gate_again(law, request, counts, on)
    return gate.set_aside(request, question, frozenset(elements))


def _gate_again(
    law: Law, request: Request, counts: RequestCounts, on: date
) -> tuple[Gate, Question]:
    question = read_question(_KEY, request)
    people = {question.person, *range(_MADE_UP, _MADE_UP + counts.people - 1)}
    addresses = {question.address, *range(_MADE_UP, _MADE_UP + counts.addresses - 1)}
    ids = [officer_hash(_KEY, officer.id) for officer in request.engaged_officers]
    facts = BatchFacts(
        rows=counts.rows,
        file_digest="",
        header=counts.header,
        key=_KEY,
        reasons={question.reason: counts.reason_uses},
        similar_reasons={question.similar: counts.similar_uses},
        investigations={question.investigation: counts.investigation_people},
        officers=dict(zip(ids, counts.officers, strict=False)),
        asked=Counts(
            {question.person: counts.attempts},
            {question.person: addresses},
            {question.address: people},
            {question.content: counts.contents},
        ),
    )
    history = History({}, counts.day_requests, counts.year_requests, counts.probes)
    return Gate(law, facts, history, on), question
