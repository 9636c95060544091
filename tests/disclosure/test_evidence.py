"""P1: what a request states besides name and address is evidence, and is not tried. The first
question about a person at a home is answered; another date of birth, number or set of years, or
none, waits for two officers, in whatever file, spelling or officer's name it comes."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterfoil import client
from counterfoil.batches.officers import Role
from tests.world.acts import officer, override
from tests.world.office import World
from tests.world.people import Row, request

WHO = ("Marisol", "Quintanilla", "1847 Heron Lake Rd")
FIRST: Row = {"date_of_birth": "1981-05-29", "tin": "900-00-1847", "taxable_periods": "2024"}
_TWO_PEOPLE = (
    "The county's records of birth, of which both sent copies, show father and son of one name. A. "
    "Officer, C. Counsel"
)
WAITS = {"refused.guard-evidence"}
OTHERS: dict[str, Row] = {
    "another date": {"date_of_birth": "1981-05-28"},
    "no date": {"date_of_birth": ""},
    "another number": {"tin": "900-00-1874"},
    "no number": {"tin": ""},
    "other years": {"taxable_periods": "2023"},
    "more years": {"taxable_periods": "2023-2024"},
    "a date, the name written otherwise": {"given_name": "M4r1sol", "date_of_birth": "1981-05-28"},
    "a date, another family name": {"family_name": "Thornquist", "date_of_birth": "1981-05-28"},
    "years, the street written otherwise": {"line1": "1847 HERON LAKE", "taxable_periods": "2023"},
    "a date, in another officer's name": {
        "engaged_officers": "Z9|Ada Kerr|Analyst",
        "date_of_birth": "1981-05-28",
    },
}


def _file(world: World, name: str, *rows: Row) -> Path:
    number = int(name) * 10
    asked = [request(number + at, *WHO) | FIRST | row for at, row in enumerate(rows)]
    return world.requests(asked, f"{name}.csv")


def _received(world: World, name: str, *rows: Row) -> tuple[str, set[str]]:
    """The batch, and what its requests were refused by."""
    status = client.receive(world.office, _file(world, name, *rows))
    return status.batch, {each for each in status.counts if each.startswith("refused.")}


def test_p1_a_second_one_waits_for_officers_in_another_file_and_in_the_same(world: World) -> None:
    homes = [{"line1": f"{number} Heron Lake Rd"} for number in range(1901, 1941, 2)]
    firsts, seconds = homes[: len(OTHERS)], [*OTHERS.values()]
    others = [
        home | other | ({"line1": home["line1"][:-3].upper()} if "line1" in other else {})
        for home, other in zip(firsts, seconds, strict=True)
    ]
    batch, refused = _received(world, "1", *firsts)
    assert refused == set()
    client.determine(world.office, batch)
    counts = client.receive(world.office, _file(world, "3", *others)).counts
    assert counts["refused"] == counts["refused.guard-evidence"] == len(OTHERS)
    together = [homes[-1], homes[-1] | OTHERS["another date"]]
    counts = client.receive(world.office, _file(world, "5", *together)).counts
    assert counts["refused"] == counts["refused.guard-evidence"] == 2


def test_the_same_is_asked_again_as_often_as_the_other_guards_let_it(world: World) -> None:
    _received(world, "1", {})
    same = {"tin": "900 00 1847", "taxable_periods": "2024-2024"}
    assert _received(world, "2", {"reason": "The notice came back; where it was sent matters."})[
        1
    ].isdisjoint(WAITS)
    assert _received(world, "3", same)[1].isdisjoint(WAITS)


def test_what_nobody_answered_was_not_tried(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    batch, _ = _received(world, "1", {})
    client.withdraw(world.office, batch, world.officer("a"))
    batch, refused = _received(world, "2", OTHERS["another date"])
    assert refused == set()
    with monkeypatch.context() as patched:
        patched.setattr("counterfoil.disclosure.deciding.open_residents", lambda *_: {})
        client.determine(world.office, batch)
    assert _received(world, "3", OTHERS["other years"])[1] == set()


def test_two_officers_let_two_people_of_one_name_be_asked_about(world: World) -> None:
    _received(world, "1", {})
    batch, refused = _received(world, "2", OTHERS["another date"])
    assert refused == WAITS
    counsel = officer(world, "counsel-c", Role.COUNSEL)
    done = override(
        world, batch, "q20", ("guard-evidence",), _TWO_PEOPLE, world.officer("a"), counsel
    )
    assert done.elements == ("guard-evidence",)


def test_what_the_gate_refused_was_put_to_nobody_and_can_be_mended(world: World) -> None:
    batch, refused = _received(world, "1", {"taxable_periods": "2099"})
    assert refused == {"refused.i2-period-not-future"}
    assert (
        _received(world, "2", {})[1] == WAITS
    )  # only received: it counts, as two files at once do
    client.determine(world.office, batch)
    batch, refused = _received(world, "3", {})
    assert refused == set()
    client.determine(world.office, batch)
    for name, other in (("4", "other years"), ("5", "another date")):
        batch, refused = _received(world, name, OTHERS[other])
        assert refused == WAITS
        client.determine(world.office, batch)
    assert _received(world, "6", {})[1].isdisjoint(WAITS)


def test_a_refused_one_that_two_officers_admitted_was_put_to_the_register(world: World) -> None:
    batch, _ = _received(world, "1", {})
    client.determine(world.office, batch)
    batch, refused = _received(world, "2", OTHERS["another date"])
    assert refused == WAITS
    counsel = officer(world, "counsel-c", Role.COUNSEL)
    override(world, batch, "q20", ("guard-evidence",), _TWO_PEOPLE, world.officer("a"), counsel)
    client.determine(world.office, batch)
    assert _received(world, "3", {})[1] == WAITS
