"""Who may suspend and resume, and what their statements bind. What a suspension stops is tried in
tests/journeys."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from counterfoil.batches.officers import Role
from counterfoil.controls.suspension import service as suspension
from counterfoil.controls.suspension.service import Resume, Suspend
from counterfoil.core.errors import CounterfoilError
from counterfoil.core.use_cases import NOBODY, SERVICE, Actor, Signed, Upload
from counterfoil.office import open_office
from tests.world.acts import officer, order, resume, suspend
from tests.world.office import World


def _command(world: World, text: str = "made up: stop", scope: str = "office") -> Suspend:
    return Suspend(Upload(order(world, text)), "", scope)


def _code(work: Callable[[], object]) -> str:
    with pytest.raises(CounterfoilError) as fault:
        work()
    return fault.value.code


def _signed(world: World, command: Suspend) -> Signed:
    key = world.officer("a")
    return key.sign(suspension.suspend_statement(world.office, key.officer, command))


def _act(world: World, command: Suspend, *signatures: Signed, actor: Actor | None = None) -> object:
    first = actor or world.officer("a").officer
    return suspension.suspend(world.office, first, replace(command, signatures=signatures))


@pytest.mark.parametrize("actor", [NOBODY, SERVICE])
def test_only_an_officer_suspends(world: World, actor: Actor) -> None:
    command = _command(world)
    assert _code(lambda: suspension.suspend_statement(world.office, actor, command)) == (
        "actor_refused"
    )
    assert _code(lambda: _act(world, command, actor=actor)) == "actor_refused"
    assert "suspension" not in world.kinds()


def test_an_officer_of_another_role_does_not_suspend(world: World) -> None:
    counsel = officer(world, "counsel-c", Role.COUNSEL)
    assert _code(lambda: suspend(world, key=counsel)) == "officer_role"


def test_the_statement_names_the_scope_and_the_order(world: World) -> None:
    statement = _signed(world, _command(world, scope="route:consent")).statement
    assert (statement.act, statement.subject, statement.generation) == (
        "suspend",
        "route:consent",
        0,
    )
    assert list(statement.details) == ["order"]


def test_without_a_signature_or_with_one_too_many_nothing_is_suspended(world: World) -> None:
    command = _command(world)
    signed = _signed(world, command)
    for signatures in ((), (signed, signed)):
        assert _code(lambda s=signatures: _act(world, command, *s)) == "signatures_missing"
    assert "suspension" not in world.kinds()


@pytest.mark.parametrize("what", ["scope", "order"])
def test_a_statement_about_something_else_is_refused(world: World, what: str) -> None:
    signed = _signed(world, _command(world))
    other = (
        _command(world, scope="route:consent")
        if what == "scope"
        else _command(world, "made up: another")
    )
    assert _code(lambda: _act(world, other, signed)) == "statement_moved"


def test_a_statement_serves_once_and_not_after_another_act(world: World) -> None:
    command = _command(world)
    signed = _signed(world, command)
    suspend(world, "route:consent", "made up: meanwhile")
    assert _code(lambda: _act(world, command, signed)) == "statement_moved"


def test_a_statement_expires(world: World) -> None:
    command = _command(world)
    signed = _signed(world, command)
    world.now += timedelta(minutes=16)
    assert _code(lambda: _act(world, command, signed)) == "statement_expired"


def test_a_signature_of_another_officer_under_ones_name_does_not_verify(world: World) -> None:
    command = _command(world)
    signed = _signed(world, command)
    forged = replace(signed, signature=world.officer("b").sign(signed.statement).signature)
    assert _code(lambda: _act(world, command, forged)) == "officer_signature"


def test_a_resumption_needs_both_signatures(world: World) -> None:
    suspend(world)
    command = Resume(Upload(order(world, "made up: lifted")))
    key = world.officer("a")
    signed = key.sign(suspension.resume_statement(world.office, key.officer, command))
    one = replace(command, signatures=(signed,))
    assert _code(lambda: suspension.resume(world.office, key.officer, one)) == "signatures_missing"
    assert _code(lambda: resume(world, letters="aa")) == "officers_same"
    assert resume(world).running


def test_suspending_needs_no_passphrase_of_the_office(world: World) -> None:
    (world.path / "keys" / "office.passphrase").unlink()
    office = open_office(world.path, clock=world.clock)
    command, key = _command(world), world.officer("a")
    statement = suspension.suspend_statement(office, key.officer, command)
    signed = replace(command, signatures=(key.sign(statement),))
    assert not suspension.suspend(office, key.officer, signed).running
    office.store.close()


def test_anybody_may_ask_what_is_suspended(world: World) -> None:
    suspend(world, "route:consent")
    status = suspension.suspension_status(world.office, NOBODY)
    assert (status.scopes, status.agrees, status.covering()) == ({"route:consent": 1}, True, None)
