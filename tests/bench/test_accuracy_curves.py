"""Recall at k wrong confirmations."""

from __future__ import annotations

from bench.accuracy.curves import NEVER, Recall, Scored, recall_at
from hypothesis import given
from hypothesis import strategies as st

SCORED = st.lists(
    st.builds(Scored, st.sampled_from([NEVER, 0.0, 1.0, 2.5, 4.0]), st.booleans(), st.booleans())
)


def by_every_threshold(scored: list[Scored], wrong: int) -> Recall:
    """The definition, word for word."""
    best = Recall(0.0, 0.0)
    for threshold in {each.score for each in scored} - {NEVER}:
        yes = [each for each in scored if each.score >= threshold]
        if sum(not each.truth for each in yes) <= wrong:
            true, full = sum(x.truth for x in scored), sum(x.truth and x.full for x in scored)
            right, right_full = sum(x.truth for x in yes), sum(x.truth and x.full for x in yes)
            best = Recall(
                max(best[0], right / max(1, true)), max(best[1], right_full / max(1, full))
            )
    return best


@given(SCORED, st.integers(0, 3))
def test_recall_at_k_is_the_best_that_a_threshold_with_k_wrong_reaches(
    scored: list[Scored], wrong: int
) -> None:
    assert recall_at(scored, wrong) == by_every_threshold(scored, wrong)


def test_a_question_that_no_threshold_confirms_counts_among_the_true_ones() -> None:
    scored = [
        Scored(3.0, True, True),
        Scored(NEVER, True, False),
        Scored(1.0, False, True),
        Scored(1.0, True, True),
    ]
    assert recall_at(scored, 0) == Recall(1 / 3, 1 / 2)
    assert recall_at(scored, 1) == Recall(2 / 3, 1.0)
