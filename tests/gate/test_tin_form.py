"""A tax number's form, over every group of digits. The numbers are put together here, so that none
stands in the repository."""

from __future__ import annotations

import pytest

from counterfoil.core.values import Refusal
from counterfoil.gate import Gate
from tests.gate.world import NO_HISTORY, ON, changed, facts_of, sandbox

GATE = Gate(sandbox(), facts_of(changed()), NO_HISTORY, ON)
ITIN = {*range(50, 66), *range(70, 89), *range(90, 93), *range(94, 100)}
ADOPTION = {93}
MADE_UP = {0}


def _is_well_formed(tin: str) -> bool:
    person = changed().person
    decided = GATE.decide(
        changed(person=type(person)(person.given_name, "", person.family_name, "", None, tin))
    )
    return not (
        isinstance(decided, Refusal)
        and any(finding.element == "tin-form" for finding in decided.failed)
    )


@pytest.mark.parametrize("group", range(100))
def test_a_number_that_begins_with_9_is_well_formed_in_the_issued_groups_and_the_test_group_only(
    group: int,
) -> None:
    assert _is_well_formed(f"9{0:02d}-{group:02d}-{1234}") == (group in ITIN | ADOPTION | MADE_UP)


@pytest.mark.parametrize("group", [0, 1, 50, 99])
def test_a_number_that_begins_otherwise_needs_a_group(group: int) -> None:
    assert _is_well_formed(f"{512}-{group:02d}-{1234}") == (group > 0)


def test_p8_every_well_formed_kind_gives_the_same_finding() -> None:
    assert {
        _is_well_formed(f"{area}-{group:02d}-{1234}")
        for area, group in ((900, 0), (900, 70), (900, 93), (512, 34))
    } == {True}
