"""Override: the only way past "needs officer" is two roles with keys and a reason; what failed
cannot be set aside at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from counterfoil import client, ledger
from counterfoil.accountability.evidence import replay
from counterfoil.batches import store as batches
from counterfoil.batches.officers import Role
from counterfoil.batches.override import Override, decode_override, encode_override
from counterfoil.batches.states import BatchState
from counterfoil.client import OfficerKey
from counterfoil.controls.overrides import service as overrides
from counterfoil.controls.overrides.service import OverrideRequest, OverrideResult
from counterfoil.core.errors import (
    CounterfoilError,
    GateFault,
    StateFault,
    StoreFault,
    UsageFault,
    VerifyFault,
)
from counterfoil.core.use_cases import NOBODY
from tests.accountability.evidence.bundles import make, parts, signed_again
from tests.world.acts import officer, override, suspend
from tests.world.looks import accounted, explained
from tests.world.office import World, closing, read_rows
from tests.world.people import SOURCE, Row, person, request

WAITING = "i2-address-not-general-delivery"
PROSE = (
    "The post office of Anytown confirmed by letter that she fetches her mail there. A. "
    "Officer, C. Counsel"
)
HELD = person("r20", "Henrietta", "Ravensworth", "General Delivery", tin="900-00-1020")
ASKED: tuple[Row, ...] = (
    request(1, "Marisol", "Quintanilla", "1847 Heron Lake Rd"),
    request(2, "Henrietta", "Ravensworth", "General Delivery"),
    request(3, "Henrietta", "Ravensworth", "General Delivery", taxable_periods="all years"),
    request(4, "Rosalind", "Featherstone", "Failed to Provide"),
)


@pytest.fixture
def desk(tmp_path) -> Any:
    with closing(World(tmp_path, (*SOURCE, HELD))) as made:
        yield made


@pytest.fixture
def counsel(desk: World) -> OfficerKey:
    return officer(desk, "counsel-c", Role.COUNSEL)


def _override(
    desk: World,
    batch: str,
    counsel: OfficerKey,
    request_id: str = "q2",
    elements: tuple[str, ...] = (WAITING,),
    reason: str = PROSE,
) -> OverrideResult:
    return override(desk, batch, request_id, elements, reason, desk.officer("a"), counsel)


def _finished(desk: World, batch: str, out: str = "answers.jsonl") -> list[dict[str, object]]:
    client.determine(desk.office, batch)
    client.review(desk.office, batch, desk.officer("a"))
    client.release(desk.office, batch, desk.officer("b"), desk.directory / out)
    return read_rows(desk.directory / out)


def _expect(code: str, work: Callable[[], object], kind: type[CounterfoilError]) -> None:
    with pytest.raises(kind) as caught:
        work()
    assert caught.value.code == code


def test_what_waits_is_refused_until_two_roles_admit_it(desk: World, counsel: OfficerKey) -> None:
    batch = desk.receive(desk.requests(ASKED))
    done = _override(desk, batch, counsel)
    entry = desk.entries()[done.index]
    assert (entry["kind"], entry["batch"], done.elements) == ("override", batch, (WAITING,))
    assert {entry["officer"], entry["second"]}.isdisjoint({entry["commitment"]})
    answers = {row["request_id"]: row["answer"] for row in _finished(desk, batch)}
    assert answers == {"q1": "confirmed", "q2": "confirmed", "q3": "refused", "q4": "refused"}


def test_without_an_override_it_is_expect(desk: World) -> None:
    answers = {
        row["request_id"]: row["answer"]
        for row in _finished(desk, desk.receive(desk.requests(ASKED)))
    }
    assert answers["q2"] == "refused"


@pytest.mark.parametrize("request_id", ["q3", "q4"])
def test_a_failed_element_cannot_be_set_aside_by_anybody(
    desk: World, counsel: OfficerKey, request_id: str
) -> None:
    batch = desk.receive(desk.requests(ASKED))
    named = [each.element for each in explained(desk, batch, request_id).findings]
    for elements in ((WAITING,), tuple(named), ()):
        _expect(
            "override_statute",
            lambda e=elements: _override(desk, batch, counsel, request_id, e),
            GateFault,
        )
    assert "override" not in desk.kinds()


@pytest.mark.parametrize(
    "elements", [(), ("i2-address-complete",), (WAITING, "i2-address-complete")]
)
def test_exactly_what_waits_must_be_named(
    desk: World, counsel: OfficerKey, elements: tuple[str, ...]
) -> None:
    batch = desk.receive(desk.requests(ASKED))
    _expect(
        "override_elements", lambda: _override(desk, batch, counsel, elements=elements), GateFault
    )
    assert "override" not in desk.kinds()


def test_what_was_admitted_needs_no_override_and_gets_none(
    desk: World, counsel: OfficerKey
) -> None:
    batch = desk.receive(desk.requests(ASKED))
    _expect("override_elements", lambda: _override(desk, batch, counsel, "q1"), GateFault)


def test_two_officers_of_one_role_are_not_two_roles(desk: World, counsel: OfficerKey) -> None:
    batch = desk.receive(desk.requests(ASKED))
    a, b, holds = desk.officer("a"), desk.officer("b"), officer(desk, "holds-d", Role.HOLDS)
    for first, second in ((a, b), (counsel, counsel), (counsel, a), (a, a), (a, holds)):
        _expect(
            "officer_role",
            lambda f=first, s=second: override(desk, batch, "q2", (WAITING,), PROSE, f, s),
            StateFault,
        )
    assert "override" not in desk.kinds()


@pytest.mark.parametrize("reason", ["", " \n ", "x" * 2001, "bell \x07", "half \udc80 character"])
def test_a_reason_must_be_words(desk: World, counsel: OfficerKey, reason: str) -> None:
    batch = desk.receive(desk.requests(ASKED))
    _expect("override_reason", lambda: _override(desk, batch, counsel, reason=reason), UsageFault)


def test_a_request_is_overridden_once_and_before_its_part_is_determined(
    desk: World, counsel: OfficerKey
) -> None:
    batch = desk.receive(desk.requests(ASKED))
    _override(desk, batch, counsel)
    _expect("override_stands", lambda: _override(desk, batch, counsel), StateFault)
    late = desk.receive(desk.requests(ASKED[1:], "late.csv"))
    with desk.office.store.transaction() as connection:
        batches.mark_opened(connection, batches.find_batch(connection, late), 0, 1)
    _expect("override_late", lambda: _override(desk, late, counsel), StateFault)
    _finished(desk, batch)
    with pytest.raises(StateFault):
        _override(desk, batch, counsel)


def test_an_office_that_is_suspended_overrides_nothing(desk: World, counsel: OfficerKey) -> None:
    batch = desk.receive(desk.requests(ASKED))
    suspend(desk)
    _expect("suspended", lambda: _override(desk, batch, counsel), StateFault)


def test_both_sign_one_statement_that_binds_the_row_the_elements_and_the_reason(
    desk: World, counsel: OfficerKey
) -> None:
    batch = desk.receive(desk.requests(ASKED))
    command = OverrideRequest(batch, "q2", (WAITING,), PROSE)
    first = desk.officer("a")
    statement = overrides.override_statement(desk.office, first.officer, command)
    assert (statement.act, statement.subject) == ("override", batch)
    assert statement.details.keys() == {"refused", "elements", "reason"}
    assert PROSE not in str(statement) and "Anytown" not in repr(command)
    signed = tuple(key.sign(statement) for key in (first, counsel))
    other = msgspec.structs.replace(command, reason="Another reason", signatures=signed)
    _expect(
        "statement_moved",
        lambda: overrides.override_request(desk.office, first.officer, other),
        StateFault,
    )
    alone = msgspec.structs.replace(command, signatures=signed[:1])
    _expect(
        "signatures_missing",
        lambda: overrides.override_request(desk.office, first.officer, alone),
        UsageFault,
    )
    _expect(
        "actor_refused",
        lambda: overrides.override_statement(desk.office, NOBODY, command),
        UsageFault,
    )
    assert "override" not in desk.kinds()


def test_it_survives_being_broken_off_and_the_ledger_still_checks(
    desk: World, counsel: OfficerKey
) -> None:
    batch = desk.receive(desk.requests(ASKED))
    _override(desk, batch, counsel)
    desk.office.store.close()
    desk.office = desk.opened()
    assert _finished(desk, batch)[1]["answer"] == "confirmed"
    with desk.office.store.reading() as connection:
        assert ledger.check(connection, desk.office.holder_key).size == len(desk.entries())


def test_explain_and_the_accounting_tell_of_it(desk: World, counsel: OfficerKey) -> None:
    batch = desk.receive(desk.requests(ASKED))
    _override(desk, batch, counsel)
    _finished(desk, batch)
    found = explained(desk, batch, "q2")
    assert (found.outcome, found.decided, found.overridden) == ("granted", "confirmed", (WAITING,))
    assert explained(desk, batch, "q4").overridden == ()
    told = accounted(desk, "Henrietta", "Ravensworth", "General Delivery")
    assert [each.outcome for each in told if each.request_id == "q2"] == ["confirmed"]


def test_the_bundle_of_an_overridden_request_replays(desk: World, counsel: OfficerKey) -> None:
    batch = desk.receive(desk.requests(ASKED))
    done = _override(desk, batch, counsel)
    _finished(desk, batch)
    replayed = replay(*make(desk, batch, "q2"))
    assert replayed.outcome == "confirmed"
    [said] = [each for each in replayed.statements if each.startswith("8.")]
    assert f"entry {done.index}" in said
    assert WAITING in said


def _altered(**changes: Any) -> Callable[[Override], Override]:
    return lambda override: msgspec.structs.replace(override, **changes)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda _: None, "evidence_differs"),
        (_altered(reason="Another reason"), "officer_signature"),
        (_altered(elements=()), "officer_signature"),
        (
            lambda each: msgspec.structs.replace(
                each, grant=msgspec.structs.replace(each.grant, periods=(1999,))
            ),
            "evidence_differs",
        ),
        (
            lambda each: msgspec.structs.replace(
                each, second=each.first, second_signature=each.first_signature
            ),
            "evidence_differs",
        ),
    ],
    ids=["left out", "reason", "elements", "grant", "one officer twice"],
)
def test_an_altered_override_is_found_in_the_bundle(
    desk: World, counsel: OfficerKey, change: Callable[[Override], Override | None], code: str
) -> None:
    batch = desk.receive(desk.requests(ASKED))
    _override(desk, batch, counsel)
    _finished(desk, batch)
    made = make(desk, batch, "q2")
    changed = change(decode_override(parts(made)[1].override))
    data = signed_again(
        desk, made, sealed={"override": b"" if changed is None else encode_override(changed)}
    )
    _expect(code, lambda: replay(data, made.key), VerifyFault)


def test_an_override_of_another_version_is_said_to_be_one() -> None:
    _expect("override_unreadable", lambda: decode_override(b"\x91\x01"), StoreFault)


def test_a_held_batch_is_not_overridden(desk: World, counsel: OfficerKey) -> None:
    batch = desk.receive(desk.requests(ASKED))
    with desk.office.store.transaction() as connection:
        batches.mark_held(connection, batches.find_batch(connection, batch))
        assert batches.find_batch(connection, batch).state is BatchState.HELD
    with pytest.raises(StateFault):
        _override(desk, batch, counsel)
