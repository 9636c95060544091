"""`evaluate`: a labelled file asked of a made-up register, without the legal part of the gate. It
prints counts, never a person.

Because the gate is skipped, a register that is not marked as made up refuses. What a question must
have to be asked at all, a name and a complete address that is no placeholder, is required as in the
gate, by the same code; a question without it counts as not sufficient.

The file is read twice: first to learn how often names are in it (slices.py), then to be asked.
`Examination` holds, besides the counts, the groups, the curve over thresholds, and the questions
that came out wrong, by id and level of evidence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from counterfoil import matching
from counterfoil.certification.labelled import read_grouped, read_labelled
from counterfoil.certification.slices import SliceCount, Slicer, SliceTally, core_words
from counterfoil.certification.tally import half_bits, levels_of
from counterfoil.core.errors import StateFault, VerifyFault
from counterfoil.core.values import Grant, Match, Public, Reject, Request, Residents
from counterfoil.gate.ungated import UnsafeGate
from counterfoil.normalize import normalize_name
from counterfoil.office import Office
from counterfoil.register import SealedRegister

CHUNK_ROWS: Final = 4096
CURVE_HALF_BITS: Final = range(41)
"""Thresholds of the curve: 0 to 20 bits."""
_CONTRADICTION: Final = -60.0

Progress = Callable[[int, int | None, str], None]


class Evaluation(Public, frozen=True, rename={"true_": "true", "false_": "false"}):
    """Counts of questions. `true` and `false` by their label; recall is confirmed_true / true, 0
    where there is none."""

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


class Mistake(Public, frozen=True):
    """One question that came out otherwise than its label: `kind` is wrong, missed or
    not_sufficient. Levels, no values."""

    request_id: str
    row: int
    kind: str
    score_bits: float
    margin_bits: float
    levels: str


class CurvePoint(Public, frozen=True):
    """What a threshold would confirm, the margin and the contradictions as they are."""

    threshold_bits: float
    confirmed_true: int
    confirmed_false: int


class Examination(Public, frozen=True):
    """An evaluation with its groups by form, by the file's own `name_group`, its curve and its
    mistakes. threshold_bits: the one in use."""

    evaluation: Evaluation
    slices: tuple[SliceCount, ...]
    curve: tuple[CurvePoint, ...]
    mistakes: tuple[Mistake, ...]
    threshold_bits: float
    groups: tuple[SliceCount, ...] = ()


class _Tally:
    """Counts by label."""

    def __init__(self) -> None:
        self.asked = {True: 0, False: 0}
        self.confirmed = {True: 0, False: 0}
        self.not_sufficient = {True: 0, False: 0}
        self.rejected = 0
        self.slices, self.groups = SliceTally(), SliceTally()
        self.scores = Counter[tuple[bool, int]]()
        self.mistakes: list[Mistake] = []

    def confirmable(self, threshold: int, *, truth: bool) -> int:
        return sum(
            count
            for (label, score), count in self.scores.items()
            if label is truth and score >= threshold
        )


def evaluate(office: Office, labelled: Path, progress: Progress) -> Evaluation:
    """The counts alone. Raises as `examine`."""
    return examine(office, labelled, progress).evaluation


def examine(office: Office, labelled: Path, progress: Progress) -> Examination:
    """Ask every question of the current snapshot.

    Raises StateFault `register_not_made_up`, InputFault for a file that cannot be read, StoreFault,
    VerifyFault.
    """
    tally = _Tally()
    with office.open_register(made_up_trial=True) as sealed:
        if not sealed.manifest.made_up:
            raise StateFault(
                "register_not_made_up",
                "this register is not marked as made up",
                place=sealed.snapshot,
                cure="Evaluate on a register that was built with --made-up: labelled questions "
                "about real people are not asked here.",
            )
        weights, slicer = office.weights(sealed.manifest), Slicer(_family_words(labelled))
        for questions in _chunks(office, labelled, tally):
            _ask(questions, sealed, weights, slicer, tally)
            progress(sum(tally.asked.values()), None, "evaluate")
        curve = tuple(
            CurvePoint(
                at / 2, tally.confirmable(at, truth=True), tally.confirmable(at, truth=False)
            )
            for at in CURVE_HALF_BITS
        )
        evaluation = _report(tally, sealed.snapshot, office.rules)
    return Examination(
        evaluation,
        tally.slices.counts(),
        curve,
        tuple(tally.mistakes),
        weights.threshold_bits,
        tally.groups.counts(tally.groups.met()),
    )


def _family_words(labelled: Path) -> Counter[str]:
    rows = (row for row, _ in read_labelled(labelled) if isinstance(row, Request))
    return Counter(word for row in rows for word in core_words(normalize_name(row.person))[:1])


_Question = tuple[Grant, bool, str]


def _chunks(office: Office, labelled: Path, tally: _Tally) -> Iterator[list[_Question]]:
    rows, gate = read_grouped(labelled), UnsafeGate(office.law)
    while chunk := list(islice(rows, CHUNK_ROWS)):
        questions: list[_Question] = []
        for request, truth, group in chunk:
            if isinstance(request, Reject):
                tally.rejected += 1
                continue
            tally.asked[truth] += 1
            grant = gate.grant(request)
            if grant is None:
                tally.not_sufficient[truth] += 1
                tally.groups.add([group] if group else (), truth=truth, confirmed=False)
                if truth:
                    tally.mistakes.append(
                        Mistake(request.request_id, request.row, "not_sufficient", 0.0, 0.0, "")
                    )
            else:
                questions.append((grant, truth, group))
        yield questions


def _ask(
    questions: list[_Question],
    sealed: SealedRegister,
    weights: matching.Weights,
    slicer: Slicer,
    tally: _Tally,
) -> None:
    for (grant, truth, group), residents in zip(questions, _opened(questions, sealed), strict=True):
        found = None if residents is None else matching.decide(grant, residents, weights)
        confirmed = found is not None and found.confirmed
        tally.confirmed[truth] += confirmed
        tally.slices.add(
            slicer.slices_of(grant.name, grant.address), truth=truth, confirmed=confirmed
        )
        tally.groups.add([group] if group else (), truth=truth, confirmed=confirmed)
        if found is None:
            continue
        if found.margin_bits >= weights.margin_bits and _agrees(found):
            tally.scores[truth, half_bits(found.score_bits)] += 1
        if confirmed != truth:
            named = (grant.request.request_id, grant.request.row, "missed" if truth else "wrong")
            tally.mistakes.append(
                Mistake(*named, found.score_bits, found.margin_bits, levels_of(found))
            )


def _opened(questions: list[_Question], sealed: SealedRegister) -> Sequence[Residents | None]:
    """The residents of each question; none at all where one bucket is damaged, as in
    `determine`."""
    try:
        return sealed.open_residents([grant for grant, _, _ in questions])
    except VerifyFault:
        return [None] * len(questions)


def _agrees(found: Match) -> bool:
    """Whether there is a best resident, and nothing about it is a contradiction."""
    return (
        bool(found.evidence) and min(line.weight_bits for line in found.evidence) > _CONTRADICTION
    )


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
