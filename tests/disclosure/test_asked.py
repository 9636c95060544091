"""What counts as asked: what was received is reserved, what was determined is final, and what nobody
answered is not used up."""

from __future__ import annotations

import msgspec
import pytest

from counterfoil import client
from counterfoil.gate.history.tables import AskedState
from tests.world.office import World
from tests.world.people import Row, request

LIMITS = {
    "attempts_on_person: 1000": "attempts_on_person: 3",
    "requests_per_day: 2000000": "requests_per_day: 3",
    "same_reason: 20": "same_reason: 1000",
}


def _with(world: World, *, signed: bool = False) -> None:
    """The office under tight limits; `signed`: no unsigned file is accepted."""
    path = world.path / "law" / "agreement.yaml"
    text = path.read_text(encoding="utf-8")
    for old, new in LIMITS.items():
        text = text.replace(old, new)
    for said in ("true", "false"):
        wanted = "false" if signed else "true"
        text = text.replace(f"unsigned_accepted: {said}", f"unsigned_accepted: {wanted}")
    path.write_text(text, encoding="utf-8")
    world.office = world.opened()


def _about(*numbers: int) -> list[Row]:
    return [request(number, "Marisol", "Quintanilla", "1847 Heron Lake Rd") for number in numbers]


def _received(world: World, name: str, *numbers: int) -> tuple[str, set[str]]:
    """The batch, and what its requests were refused by."""
    standing = client.receive(world.office, world.requests(_about(*numbers), name))
    prefix = "refused."
    return standing.batch, {each for each in standing.counts if each.startswith(prefix)}


def test_a_batch_that_is_withdrawn_before_it_is_determined_was_not_asked(world: World) -> None:
    _with(world)
    batch, refused = _received(world, "1.csv", 1, 2, 3)
    assert refused == set()
    client.withdraw(world.office, batch, world.officer("a"))
    assert _received(world, "2.csv", 4, 5, 6)[1] == set()


def test_a_batch_that_was_determined_was_asked_whatever_becomes_of_it(world: World) -> None:
    _with(world)
    batch, _ = _received(world, "1.csv", 1, 2, 3)
    client.determine(world.office, batch)
    client.withdraw(world.office, batch, world.officer("a"))
    assert _received(world, "2.csv", 4)[1] == {"refused.guard-attempts", "refused.guard-day"}


def test_a_file_that_is_refused_whole_is_not_used_up(world: World) -> None:
    """The cure says to send it another day; a smaller one is taken the same day."""
    _with(world)
    assert "refused.guard-day" in _received(world, "1.csv", 1, 2, 3, 4)[1]
    assert _received(world, "2.csv", 5, 6, 7)[1] == set()


@pytest.mark.parametrize(
    ("other", "refused"),
    [
        ({"agreement": "another"}, "agreement-named"),
        ({"principal": "nobody"}, "i2-principal-listed"),
        ({}, "i2-in-writing"),
    ],
    ids=["another agreement", "an unknown principal", "unsigned"],
)
def test_a_file_that_no_principal_signed_under_this_agreement_takes_nothing_from_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch, other: dict[str, str], refused: str
) -> None:
    header = world.office.default_header()
    assert header is not None
    _with(world, signed=not other)
    with monkeypatch.context() as patched:
        sent = msgspec.structs.replace(header, **other)
        patched.setattr(type(world.office), "default_header", lambda _: sent)
        assert any(refused in each for each in _received(world, "1.csv", 1, 2, 3)[1])
    if not other:
        _with(world)
    assert _received(world, "2.csv", 4, 5, 6)[1] == set()


def test_what_could_not_be_compared_was_not_asked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _with(world)
    batch, _ = _received(world, "1.csv", 1, 2, 3)
    with monkeypatch.context() as patched:
        patched.setattr("counterfoil.disclosure.deciding.open_residents", lambda *_: {})
        client.determine(world.office, batch)
    with world.office.store.reading() as connection:
        states = connection.exec_driver_sql("SELECT state, requests FROM asked_file").all()
        counts = connection.exec_driver_sql("SELECT sum(counts) FROM asked_question").scalar()
    assert (states, counts) == ([(AskedState.FINAL, 0)], 0)
    assert _received(world, "2.csv", 4, 5, 6)[1] == set()
