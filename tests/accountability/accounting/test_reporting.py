"""The yearly report by agency and provision: whole for the Joint Committee, with small counts withheld
where it is published."""

from __future__ import annotations

from datetime import timedelta

import pytest

from counterfoil.accountability.accounting.reporting import (
    ProvisionReport,
    ReportDisclosures,
    Taxpayers,
    report_disclosures,
)
from counterfoil.core.errors import UsageFault
from counterfoil.core.use_cases import SERVICE
from counterfoil.gate.history.traces import OTHER_STATUTE, Traces
from tests.accountability.evidence.bundles import released
from tests.world.acts import dispose
from tests.world.office import NOW, World
from tests.world.people import REQUESTS, request

WHOLE = {
    "requests": 10,
    "unreadable": 0,
    "refused": 2,
    "disclosures": 8,
    "not_compared": 0,
    "recalled": 0,
    "taxpayers": 8,
}
"""Of REQUESTS. Two that name one person at two homes, without a date of birth or a number, count as
two persons: nothing shows that they are one."""


def reported(world: World, year: int = 2026, *, public: bool = False) -> list[ProvisionReport]:
    question = ReportDisclosures(year, public)
    return [*report_disclosures(world.office, world.officer("a").officer, question).rows]


def test_a_year_is_counted_by_agency_and_provision_and_every_count_is_stated(world: World) -> None:
    released(world)
    [row] = reported(world)
    assert row.agency == world.office.law.agreement.parties.requester.name
    assert (row.provision, row.accounted) == ("26 USC 6103(i)(2)", True)
    assert row.counts == WHOLE
    assert row.purposes == {"8 USC 1253(a)(1)": 10}
    assert reported(world, 2025) == []
    assert world.kinds()[-1] == "inspection"


def test_the_report_is_the_same_once_the_rows_are_gone(world: World) -> None:
    released(world)
    before = reported(world)
    world.now = NOW + timedelta(days=1826)
    dispose(world)
    assert reported(world) == before


def test_one_person_who_was_asked_about_twice_is_one_taxpayer(world: World) -> None:
    rows = [
        request(1, "Marisol", "Quintanilla", "1847 Heron Lake Rd", tin="900-00-1001"),
        request(2, "Marisol", "Quintanilla", "6402 Larkspur Way", tin="900-00-1001"),
    ]
    world.answer(rows)
    [row] = reported(world)
    assert (row.counts["disclosures"], row.counts["taxpayers"]) == (2, 1)


def test_rows_that_could_not_be_read_and_other_statutes_are_counted_apart(world: World) -> None:
    rows = [
        *REQUESTS[:1],
        request(2, "Wilhelmina", "Ostrander", "2290 Copperfield Ave", zip="x" * 3000),
        request(3, "Philippa", "Thornquist", "PO Box 7731", statutory_authority="8 USC 1229a"),
    ]
    world.answer(rows)
    [row] = reported(world)
    assert (row.counts["requests"], row.counts["unreadable"], row.counts["refused"]) == (2, 1, 1)
    assert row.purposes == {"8 USC 1253(a)(1)": 1, OTHER_STATUTE: 1}


def test_where_it_is_published_small_counts_and_what_gives_them_away_are_withheld(
    world: World,
) -> None:
    released(world)
    [row] = reported(world, public=True)
    assert row.counts == {
        "requests": None,
        "unreadable": 0,
        "refused": None,
        "disclosures": None,
        "not_compared": 0,
        "recalled": 0,
        "taxpayers": None,
    }
    assert row.purposes == {"8 USC 1253(a)(1)": 10}


def test_only_an_officer_is_shown_it(world: World) -> None:
    with pytest.raises(UsageFault):
        report_disclosures(world.office, SERVICE, ReportDisclosures(2026))


def test_persons_are_joined_by_what_their_requests_have_in_common() -> None:
    found = Taxpayers()
    found.add(Traces(number=1))
    found.add(Traces(person=2, name=3, door=4))
    assert found.count() == 2
    found.add(Traces(number=1, name=3, door=4))
    assert found.count() == 1
    found.add(Traces(name=3, door=5))
    found.add(Traces(name=3))
    found.add(Traces())
    assert found.count() == 4
