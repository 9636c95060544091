"""Who has not looked at a sample is told by no question, no list and no page that another officer
reviewed the batch; whoever has concluded, reviewed, or decides nothing about samples is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from counterfoil import client
from counterfoil.accountability.ledger_access import ReadEntries, page_entries
from counterfoil.accountability.ledger_pages.entries import (
    ListEntries,
    ShowEntry,
    list_entries,
    show_entry,
)
from counterfoil.client.actions import ACTIONS
from counterfoil.client.status import office_state
from counterfoil.core.errors import StateFault
from counterfoil.core.use_cases import NOBODY, SERVICE, Actor
from counterfoil.core.values import Role
from counterfoil.disclosure import batch_status
from counterfoil.disclosure.listing import (
    ListBatches,
    PageBatches,
    ShowBatch,
    list_batches,
    page_batches,
    show_batch,
)
from counterfoil.disclosure.release import ReadAnswer, read_answer
from tests.controls.sampling.test_service import drawn, reopened
from tests.world.office import World, closing

OTHER = "officer-a"


@pytest.fixture
def world(tmp_path: Path, world_template: Path) -> Iterator[World]:
    with closing(World(tmp_path, template=world_template)) as made:
        reopened(made, 2)
        yield made


@pytest.fixture
def batch(world: World) -> str:
    found = world.receive(world.requests())
    client.determine(world.office, found)
    return found


def review(world: World, batch: str, letter: str, *, agrees: bool = True) -> None:
    sheet = {row.digest: agrees for row in drawn(world, batch, letter)}
    client.review(world.office, batch, world.officer(letter), sheet)


def told(world: World, batch: str, actor: Actor) -> list[tuple[str, str]]:
    """The state, and who reviewed, as each list and status tells it."""
    office = world.office
    lines = [
        *list_batches(office, actor, ListBatches()),
        *list_batches(office, actor, ListBatches(batch=batch)),
        *page_batches(office, actor, PageBatches()).lines,
        *page_batches(office, actor, PageBatches(need="batch_review")).lines,
    ]
    found = [(each.state, each.reviewed_by) for each in lines]
    return [*found, (batch_status(office, actor, batch).state, lines[0].reviewed_by)]


def test_the_second_officer_is_not_told_before_they_have_concluded(
    world: World, batch: str
) -> None:
    second = world.officer("b").officer
    before = told(world, batch, second)
    assert set(before) == {("determined", "")} and len(before) == 5
    review(world, batch, "a")
    assert told(world, batch, second) == before
    assert show_batch(world.office, second, ShowBatch(batch)).batch.state == "determined"
    assert list_batches(world.office, second, ListBatches("reviewed")) == []
    assert len(list_batches(world.office, second, ListBatches("determined"))) == 1
    with pytest.raises(StateFault) as fault, read_answer(world.office, second, ReadAnswer(batch)):
        pass
    assert "is determined" in fault.value.message
    review(world, batch, "b")
    assert set(told(world, batch, second)) == {("reviewed", "officer-b")}
    first = world.officer("a").officer
    assert set(told(world, batch, first)) == {("reviewed", "officer-b")}, "they concluded before"


def test_who_disagreed_has_concluded(world: World, batch: str) -> None:
    with pytest.raises(StateFault, match="sample_disagreed"):
        review(world, batch, "b", agrees=False)
    review(world, batch, "a")
    assert set(told(world, batch, world.officer("b").officer)) == {("reviewed", OTHER)}


def test_the_reviewer_the_service_and_other_roles_are_told_and_nobody_is_not(
    world: World, batch: str
) -> None:
    keys = world.path / "keys"
    inspector = client.create_officer(world.office, keys, "maya", None, Role.INSPECTOR)
    review(world, batch, "a")
    for actor in (world.officer("a").officer, SERVICE, inspector):
        assert set(told(world, batch, actor)) == {("reviewed", OTHER)}
    assert set(told(world, batch, NOBODY)) == {("determined", "")}


def test_where_no_sample_is_asked_for_everybody_is_told(world: World, batch: str) -> None:
    reopened(world, 0)
    client.review(world.office, batch, world.officer("a"))
    assert [each.state for each in list_batches(world.office, NOBODY, ListBatches())] == [
        "reviewed"
    ]
    needs = {each.code for each in office_state(world.office, NOBODY).needs}
    assert "batch_release" in needs and "batch_review" not in needs


def test_the_status_of_the_office_is_the_same_before_and_after(world: World, batch: str) -> None:
    def said() -> tuple[Any, ...]:
        state = office_state(world.office, NOBODY)
        return msgspec.to_builtins((state.needs, state.counts, state.batches))

    before = said()
    review(world, batch, "a")
    assert said() == before and OTHER not in str(before)


def test_the_ledger_leaves_out_what_tells_of_it(world: World, batch: str) -> None:
    review(world, batch, "a")
    kinds = world.kinds()
    hidden = {kinds.index("sample"), kinds.index("review")}
    office, second, first = world.office, world.officer("b").officer, world.officer("a").officer

    def indices(actor: Actor) -> tuple[set[int], set[int], int]:
        listed = list_entries(office, actor, ListEntries(rows=200))
        texts = page_entries(office, actor, ReadEntries())
        lines = {each.index for each in listed.entries}
        return lines, {index for index, _ in texts.entries}, listed.left_out

    lines, texts, left_out = indices(second)
    assert not hidden & (lines | texts) and left_out == 2
    all_lines, all_texts, none_left_out = indices(first)
    assert all_lines == lines | hidden and all_texts == texts | hidden and none_left_out == 0
    for index in hidden:
        with pytest.raises(StateFault, match="entry_not_yet"):
            show_entry(office, second, ShowEntry(index))
    review(world, batch, "b")
    assert hidden <= indices(second)[0]


def test_no_question_of_the_api_takes_what_the_pages_say_of_a_look() -> None:
    """A door passes one question: a look is what the pages alone can say."""
    named = {"looks"} & {
        field for each in ACTIONS.values() for field in getattr(each.takes, "__struct_fields__", ())
    }
    assert not named
