"""The mix of real negatives: which kind of decoy each `not_confirmed` of the office's own batches
is nearest to.

THE TABLE. A negative's truth is not known; what is known is the evidence for its best resident. One
whose evidence fits several kinds is shared among them evenly. Rows that were disposed of, refused
or not compared are not counted. Only counts come out.

| best evidence                                       | nearest kinds                     |
|-----------------------------------------------------|-----------------------------------|
| none: no resident is there in those periods         | next_number, next_unit, former    |
| only given names that are another's                 | withheld, sibling, synthetic      |
| reached by the address key that forgives a ZIP      | other_zip                         |
| reached by any other tolerant address key           | like_street                       |
| another suffix, or another date of birth            | junior_senior                     |
| all else: agreement that is not enough              | withheld                          |
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

from counterfoil.batches import store as batches
from counterfoil.batches.batch import Batch
from counterfoil.core.errors import StateFault
from counterfoil.core.values import Comparison, Match
from counterfoil.database import Connection
from counterfoil.office import Office

SHARES: Final = 6
"""Parts that one negative is cut into: a whole number for one, two or three kinds."""
_NOBODY: Final = ("next_number", "next_unit", "former")
_OTHERS: Final = ("withheld", "sibling", "synthetic")
_CONTRADICTED: Final = frozenset({("suffix", "differs"), ("dob", "differs")})


class HistoryMix(NamedTuple):
    """Parts by kind, and how many negatives of how many batches they are of."""

    mix: dict[str, int]
    negatives: int
    batches: int


def read_mix(office: Office) -> HistoryMix:
    """The mix of all batches that were determined. Raises StateFault `mix_no_history` where there
    is no negative, StoreFault."""
    mix, negatives, counted = Counter[str](), 0, 0
    with office.store.reading() as connection:
        for batch in batches.list_batches(connection):
            found = [
                nearest_kinds(match.evidence) for match in _negatives(office, connection, batch)
            ]
            for kinds in found:
                mix.update(dict.fromkeys(kinds, SHARES // len(kinds)))
            negatives, counted = negatives + len(found), counted + bool(found)
    if not negatives:
        raise StateFault(
            "mix_no_history",
            "no batch of this office holds a negative to learn a mix from",
            place="--mix-of-history",
            cure="Give a mix with --mix, or none: all kinds then weigh the same.",
        )
    return HistoryMix(dict(sorted(mix.items())), negatives, counted)


def nearest_kinds(evidence: tuple[Comparison, ...]) -> tuple[str, ...]:
    """By the table, for the evidence of a match that was not confirmed."""
    if not evidence:
        return _NOBODY
    levels = {line.feature: line.level for line in evidence}
    if levels.keys() == {"given"}:
        return _OTHERS
    tolerance = levels.get("door", "exact")
    if tolerance != "exact":
        return ("other_zip",) if tolerance == "place" else ("like_street",)
    return ("withheld",) if _CONTRADICTED.isdisjoint(levels.items()) else ("junior_senior",)


def _negatives(office: Office, connection: Connection, batch: Batch) -> Iterator[Match]:
    if batch.wrapped_key is None:
        return
    session = office.batch_session(connection, batch)
    yield from (row for row in session.compared() if not row.confirmed)
