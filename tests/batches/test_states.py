"""The states of a batch: one table, and nothing that is not in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.batches.states import (
    NEXT_STEP,
    RESUMES_AS,
    TRANSITIONS,
    BatchState,
    Event,
    Standing,
    advance,
)
from counterfoil.core.errors import StateFault

EVENTS = st.sampled_from(Event)


def _allowed(standing: Standing) -> set[Event]:
    listed = {event for state, event in TRANSITIONS if state is standing.state}
    if standing.held_from is None:
        return listed
    begun = (standing.held_from, Event.RECONSIDER) in TRANSITIONS
    return listed | {Event.RESUME} | ({Event.RECONSIDER} if begun else set())


def test_the_way_to_release_is_one_line() -> None:
    standing = Standing(BatchState.RECEIVED)
    for event in (Event.GATE, Event.DETERMINE, Event.REVIEW, Event.RELEASE):
        standing = advance(standing, event)
    assert standing == Standing(BatchState.RELEASED)


@pytest.mark.parametrize("state", BatchState)
@pytest.mark.parametrize("event", Event)
def test_a_step_outside_the_table_names_state_event_and_cure(
    state: BatchState, event: Event
) -> None:
    if (state, event) in TRANSITIONS:
        assert advance(Standing(state), event).state is TRANSITIONS[state, event]
        return
    with pytest.raises(StateFault) as fault:
        advance(Standing(state), event)
    assert fault.value.code == "step_refused"
    assert f"is {state.value} " in fault.value.message and fault.value.message.endswith(event.value)
    assert fault.value.cure == NEXT_STEP[state]


@given(st.lists(EVENTS, max_size=40))
def test_no_sequence_reaches_released_but_through_review_and_release(events: list[Event]) -> None:
    standing, since_determined = Standing(BatchState.RECEIVED), []
    for event in events:
        if event not in _allowed(standing):
            continue
        standing = advance(standing, event)
        since_determined = (
            [] if standing.state is BatchState.DETERMINED else [*since_determined, event]
        )
    if standing.state is BatchState.RELEASED:
        assert since_determined == [Event.REVIEW, Event.RELEASE]


@given(st.lists(EVENTS, max_size=40))
def test_held_from_is_set_exactly_while_held(events: list[Event]) -> None:
    standing = Standing(BatchState.RECEIVED)
    for event in events:
        if event in _allowed(standing):
            standing = advance(standing, event)
        assert (standing.held_from is not None) == (standing.state is BatchState.HELD)


@pytest.mark.parametrize("state", [BatchState.RELEASED, BatchState.WITHDRAWN])
def test_released_and_withdrawn_are_final(state: BatchState) -> None:
    assert _allowed(Standing(state)) == set()


@pytest.mark.parametrize("state", RESUMES_AS)
def test_a_held_batch_resumes_where_it_was_but_reviewed_must_be_reviewed_again(
    state: BatchState,
) -> None:
    held = advance(Standing(state), Event.HOLD)
    expected = BatchState.DETERMINED if state is BatchState.REVIEWED else state
    assert advance(held, Event.RESUME) == Standing(expected)


BEGUN = (BatchState.GATED, BatchState.DETERMINED, BatchState.REVIEWED)


@pytest.mark.parametrize("state", BEGUN)
def test_what_is_not_released_is_determined_anew_when_it_is_reconsidered(state: BatchState) -> None:
    assert advance(Standing(state), Event.RECONSIDER) == Standing(BatchState.GATED)


@pytest.mark.parametrize("state", BEGUN)
def test_a_held_batch_stays_held_and_comes_back_to_be_determined_anew(state: BatchState) -> None:
    held = advance(advance(Standing(state), Event.HOLD), Event.RECONSIDER)
    assert held == Standing(BatchState.HELD, BatchState.GATED)
    assert advance(held, Event.RESUME) == Standing(BatchState.GATED)


def test_a_batch_that_was_held_before_the_gate_has_nothing_to_reconsider() -> None:
    held = advance(Standing(BatchState.RECEIVED), Event.HOLD)
    with pytest.raises(StateFault) as fault:
        advance(held, Event.RECONSIDER)
    assert fault.value.code == "step_refused"


@given(st.lists(EVENTS, max_size=40))
def test_nothing_determined_before_a_reconsidering_is_released(events: list[Event]) -> None:
    standing, determined_since = Standing(BatchState.RECEIVED), False
    for event in events:
        if event not in _allowed(standing):
            continue
        determined_since = event is Event.DETERMINE or (
            determined_since and event is not Event.RECONSIDER
        )
        standing = advance(standing, event)
        assert determined_since or standing.state is not BatchState.RELEASED


def test_every_state_says_what_comes_next() -> None:
    assert set(NEXT_STEP) == set(BatchState) and all(NEXT_STEP.values())
