"""`evaluate`: a labelled file asked of a made-up register, without the gate's legal part. Prints counts, never a person.

The gate is skipped, which is why a register that is not marked as made up refuses. What a question must have to be asked at
all, a name and a complete address that is no placeholder, is asked here as in the gate, by the same code; a question
without it counts as not sufficient.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from counterfoil import match
from counterfoil.chunks import open_chunk
from counterfoil.errors import StateFault
from counterfoil.gate.unsafe import UnsafeGate
from counterfoil.model import Grant, Public, Reject
from counterfoil.office import Office
from counterfoil.trial.labelled import read_labelled

CHUNK_ROWS = 4096


class Evaluation(Public, frozen=True, rename={"true_": "true", "false_": "false"}):
    """Counts of questions. `true` and `false` by their label; recall is confirmed_true / true, 0 where there is none."""

    requests: int
    true_: int
    false_: int
    confirmed_true: int
    confirmed_false: int
    not_sufficient_true: int
    not_sufficient_false: int
    recall: float
    recall_of_sufficient: float
    rejected: int
    register_snapshot: str
    rules: str


class _Tally:
    """Counts by label."""

    def __init__(self) -> None:
        self.asked = {True: 0, False: 0}
        self.confirmed = {True: 0, False: 0}
        self.not_sufficient = {True: 0, False: 0}
        self.rejected = 0


def evaluate(office: Office, labelled: Path, progress: Callable[[int, int | None, str], None]) -> Evaluation:
    """Ask every question of the current snapshot.

    Raises StateFault `register_not_made_up`, InputFault for a file that cannot be read, StoreFault, VerifyFault.
    """
    tally = _Tally()
    with office.open_register(made_up_trial=True) as sealed:
        if not sealed.manifest.made_up:
            raise StateFault(
                "register_not_made_up", "this register is not marked as made up", place=sealed.snapshot,
                cure="Evaluate on a register that was built with --made-up: labelled questions about real people are not asked here.",
            )  # fmt: skip
        weights = office.weights(sealed.manifest)
        for questions in _chunks(office, labelled, tally):
            opened = open_chunk([grant for grant, _ in questions], sealed)
            for grant, truth in questions:
                residents = opened.get(grant.request.row)
                if residents is not None and match.decide(grant, residents, weights).confirmed:
                    tally.confirmed[truth] += 1
            progress(sum(tally.asked.values()), None, "evaluate")
        return _report(tally, sealed.snapshot, office.rules)


def _chunks(office: Office, labelled: Path, tally: _Tally) -> Iterator[list[tuple[Grant, bool]]]:
    rows, gate = read_labelled(labelled), UnsafeGate(office.law)
    while chunk := list(islice(rows, CHUNK_ROWS)):
        questions: list[tuple[Grant, bool]] = []
        for request, truth in chunk:
            if isinstance(request, Reject):
                tally.rejected += 1
                continue
            tally.asked[truth] += 1
            grant = gate.grant(request)
            if grant is None:
                tally.not_sufficient[truth] += 1
            else:
                questions.append((grant, truth))
        yield questions


def _report(tally: _Tally, snapshot: str, rules: str) -> Evaluation:
    sufficient = tally.asked[True] - tally.not_sufficient[True]
    return Evaluation(
        requests=tally.asked[True] + tally.asked[False],
        true_=tally.asked[True],
        false_=tally.asked[False],
        confirmed_true=tally.confirmed[True],
        confirmed_false=tally.confirmed[False],
        not_sufficient_true=tally.not_sufficient[True],
        not_sufficient_false=tally.not_sufficient[False],
        recall=round(tally.confirmed[True] / max(1, tally.asked[True]), 6),
        recall_of_sufficient=round(tally.confirmed[True] / max(1, sufficient), 6),
        rejected=tally.rejected,
        register_snapshot=snapshot,
        rules=rules,
    )
