"""What a learner is shown."""

from __future__ import annotations

import pytest

from counterfoil.core.values import NameForm, Resident
from counterfoil.register.learning import PAIRS_MAX, person_pairs
from tests.register.conftest import FLAT, JUNIPER, PEOPLE, Office


class Recording:
    def __init__(self) -> None:
        self.pairs: list[tuple[str, str, tuple[int, ...], tuple[int, ...]]] = []
        self.homes: list[list[str]] = []

    def same_person(self, earlier: Resident, later: Resident, /) -> None:
        self.pairs.append(
            (earlier.name.given[0], later.name.given[0], earlier.periods, later.periods)
        )

    def co_residents(self, residents: tuple[Resident, ...], /) -> None:
        self.homes.append(sorted(held.record_ref for held in residents))

    def merge(self, other: Recording, /) -> None:
        self.pairs += other.pairs
        self.homes += other.homes


def learned(office: Office, people: list[dict[str, str]]) -> Recording:
    learner = Recording()
    office.build(people, learner=learner)
    return learner


def test_every_home_is_shown_once_and_whole(office: Office) -> None:
    assert sorted(learned(office, PEOPLE).homes) == [["REF-7781", "REF-7782"], ["REF-7783"]]


def test_one_number_in_two_periods_is_a_pair_also_where_nothing_changed(office: Office) -> None:
    assert learned(office, PEOPLE).pairs == [("ROSALIND", "ROSALIND", (2019, 2020), (2019, 2020))]


def test_one_number_at_two_addresses_in_two_periods_is_a_pair(office: Office) -> None:
    moved = PEOPLE[3] | FLAT | {"taxable_period": "2021", "given_name": "Consuela"} | JUNIPER
    assert learned(office, [PEOPLE[3], moved]).pairs == [("CONSUELO", "CONSUELA", (2020,), (2021,))]


def test_a_row_without_a_number_makes_no_pair(office: Office) -> None:
    assert learned(office, [person | {"tin": ""} for person in PEOPLE]).pairs == []


def resident(given: str, *periods: int) -> Resident:
    return Resident(NameForm((given,), (), ("X",), ""), None, b"h", given, periods)


def test_two_spellings_in_one_period_are_no_pair() -> None:
    assert list(person_pairs([resident("A", 2020), resident("B", 2020)])) == []


def test_a_number_that_five_share_in_one_period_teaches_nothing() -> None:
    assert list(person_pairs([resident(name, 2019, 2020) for name in "ABCDE"])) == []


def test_a_person_of_many_periods_gives_at_most_eight_pairs(office: Office) -> None:
    years = [PEOPLE[0] | {"taxable_period": str(year)} for year in range(2000, 2020)]
    assert len(learned(office, years).pairs) == PAIRS_MAX


def test_a_learner_without_its_evidence_is_a_bug_of_the_caller(office: Office) -> None:
    with pytest.raises(ValueError, match="given together"):
        office.plan(learner=Recording(), evidence=None)


def test_what_was_learned_stands_in_the_manifest(office: Office) -> None:
    learner = Recording()
    manifest = office.build(
        learner=learner, evidence=lambda: {"pairs": len(learner.pairs), "homes": len(learner.homes)}
    )
    assert manifest.evidence == {"pairs": 1, "homes": 2}
