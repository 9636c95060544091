"""One function coarsens, and nothing but three fields can come out of it."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.answers.coarsen import coarsen
from counterfoil.core.errors import SettingsFault, StateFault
from counterfoil.core.values import (
    Answer,
    Comparison,
    Finding,
    Match,
    NotCompared,
    Officer,
    Outcome,
    Refusal,
    State,
)
from tests.answers.answers import DIGEST, RULING

CODES = {
    "i2B-period": "period",
    "i2B-reason": "reason",
    "i2-principal": "principal",
    "reason-repeated": "reason",
}
EVIDENCE = st.lists(st.builds(Comparison, st.text(), st.text(), st.floats()), max_size=8).map(tuple)


@given(st.integers(1), st.floats(), st.floats(), EVIDENCE)
def test_p4_every_negative_is_the_same_answer_whatever_the_evidence(
    row: int, score: float, margin: float, evidence: tuple
) -> None:
    negative = Match("q1", row, False, score, margin, evidence)
    assert coarsen(negative, RULING, CODES) == Answer("q1", Outcome.NOT_CONFIRMED, ())


@given(st.integers(1), st.floats(), st.floats(), EVIDENCE)
def test_p1_a_confirmation_is_one_word(
    row: int, score: float, margin: float, evidence: tuple
) -> None:
    assert coarsen(Match("q1", row, True, score, margin, evidence), RULING, CODES) == Answer(
        "q1", Outcome.CONFIRMED, ()
    )


def test_p1_no_field_but_id_word_and_codes_can_leave() -> None:
    schema = msgspec.json.schema(Answer)
    described = schema["$defs"]["Answer"]
    assert set(described["properties"]) == {"request_id", "answer", "codes"}
    assert set(schema["$defs"]) == {"Answer", "Outcome"}
    assert sorted(schema["$defs"]["Outcome"]["enum"]) == [
        "confirmed",
        "not_compared",
        "not_confirmed",
        "refused",
    ]
    assert described["properties"]["codes"]["items"] == {"type": "string"}
    assert described["properties"]["request_id"] == {"type": "string"}


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(CODES)), st.sampled_from(State)), min_size=1, max_size=8
    )
)
def test_p2_a_refusal_tells_the_public_codes_of_its_elements_in_order_each_once(
    failed: list,
) -> None:
    answer = coarsen(
        Refusal("q1", 1, tuple(Finding(*finding) for finding in failed), DIGEST), RULING, CODES
    )
    expected = list(dict.fromkeys(CODES[element] for element, _ in failed))
    assert (answer.answer, list(answer.codes)) == (Outcome.REFUSED, expected)


def test_not_compared_tells_its_one_code() -> None:
    assert coarsen(NotCompared("q1", 1, "keeper_limit"), RULING, CODES) == Answer(
        "q1", Outcome.NOT_COMPARED, ("keeper_limit",)
    )


def test_p10_an_element_without_a_public_code_refuses() -> None:
    with pytest.raises(SettingsFault) as fault:
        coarsen(Refusal("q1", 1, (Finding("unlisted", State.NOT_MET),), DIGEST), RULING, CODES)
    assert (fault.value.code, fault.value.place) == ("public_code_missing", "unlisted")


def test_p10_a_refusal_that_names_nothing_refuses() -> None:
    with pytest.raises(StateFault) as fault:
        coarsen(Refusal("q1", 1, (), DIGEST), RULING, CODES)
    assert fault.value.code == "refusal_without_code"


@pytest.mark.parametrize(
    "second",
    [Officer("officer-a", "b+00000000+B"), Officer("officer-b", "a+00000000+A")],
    ids=["name", "key"],
)
def test_p6_a_ruling_that_names_one_officer_coarsens_nothing(second: Officer) -> None:
    with pytest.raises(StateFault) as fault:
        coarsen(
            NotCompared("q1", 1, "keeper_limit"),
            msgspec.structs.replace(RULING, second=second),
            CODES,
        )
    assert fault.value.code == "ruling_one_officer"
