"""The trial's way to a grant: what must be there to ask at all, read once for all questions that
share it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from counterfoil.core.values import Address, Person, Request
from counterfoil.gate import ungated
from counterfoil.gate.ungated import UnsafeGate
from counterfoil.normalize import normalize_address, normalize_name
from tests.gate.world import sandbox

LAW = sandbox()
ASKED = Request(
    "q1",
    1,
    Person("Marisol", "", "Quintanilla"),
    Address("12 Heron Rd", "", "Anytown", "WA", "98101"),
    ("2024",),
)


def test_a_question_with_name_and_door_is_granted_under_the_law_in_force() -> None:
    grant = UnsafeGate(LAW).grant(ASKED)
    assert grant is not None
    assert (grant.request, grant.address, grant.name) == (
        ASKED,
        normalize_address(ASKED.address),
        normalize_name(ASKED.person),
    )
    assert (grant.periods, grant.rules) == ((2024,), LAW.digest)


@pytest.mark.parametrize(
    "lacking",
    [
        replace(ASKED, person=Person("", "", "Quintanilla")),
        replace(ASKED, person=Person("Unknown", "", "Quintanilla")),
        replace(ASKED, address=Address("Heron Rd", "", "Anytown", "WA", "98101")),
        replace(ASKED, address=Address("Failed to provide", "", "Anytown", "WA", "98101")),
        replace(ASKED, address=Address("12 Heron Rd", "see file", "Anytown", "WA", "98101")),
        replace(ASKED, address=Address("99999 Heron Rd", "", "Anytown", "WA", "98101")),
    ],
)
def test_refuses_a_question_without_name_or_door(lacking: Request) -> None:
    gate = UnsafeGate(LAW)
    assert gate.grant(lacking) is None
    granted = gate.grants([ASKED, lacking, ASKED])
    assert [grant is None for grant in granted] == [False, True, False]


def test_shared_names_and_addresses_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Address] = []
    normal = ungated.normalize_address
    monkeypatch.setattr(
        ungated, "normalize_address", lambda address: (read.append(address), normal(address))[1]
    )
    elsewhere = replace(
        ASKED,
        address=Address("14 Heron Rd", "", "Anytown", "WA", "98101"),
        taxable_periods=("2023",),
    )
    granted = UnsafeGate(LAW).grants([ASKED, elsewhere, ASKED, elsewhere])
    assert [grant.address.number for grant in granted if grant] == ["12", "14", "12", "14"]
    assert [grant.periods for grant in granted if grant] == [(2024,), (2023,), (2024,), (2023,)]
    assert len(read) == 2
