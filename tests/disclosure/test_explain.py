"""`explain`: findings in the law's words, evidence in levels only, and the look itself entered."""

from __future__ import annotations

import msgspec
import pytest

from counterfoil import client
from counterfoil.batches import store as batches
from counterfoil.batches.encryption import BatchKey, unwrap_key
from counterfoil.core import canonical
from counterfoil.core.errors import KeyFault, StateFault
from counterfoil.core.values import Officer, State
from counterfoil.disclosure.explain import (
    ExplainedRequest,
    ExplainRequest,
    Explanation,
    RequestValues,
    explain_request,
)
from tests.world.office import World
from tests.world.people import REQUESTS, SOURCE
from tests.world.scan import found_in, tokens_of


@pytest.fixture
def batch(world: World) -> str:
    return world.receive(world.requests())


def _explain(world: World, batch: str, request_id: str) -> Explanation:
    shown = _look(world, batch, request_id, values=False)
    assert shown.values is None
    return shown.explanation


def _look(world: World, batch: str, request_id: str, *, values: bool) -> ExplainedRequest:
    question = ExplainRequest(batch, request_id, values)
    return explain_request(world.office, world.officer("a").officer, question)


def _values(world: World, batch: str, request_id: str) -> RequestValues:
    asked = _look(world, batch, request_id, values=True).values
    assert asked is not None
    return asked


def test_a_refused_request_shows_what_failed_with_citation_and_cure(
    world: World, batch: str
) -> None:
    found = _explain(world, batch, "q8")
    failed = [each for each in found.findings if each.state is not State.MET]
    assert (found.outcome, [each.code for each in failed]) == ("refused", ["period_vague"])
    assert all(each.citation and each.explanation and each.cure for each in failed)


def test_every_element_in_force_has_its_finding(world: World, batch: str) -> None:
    assert len(_explain(world, batch, "q1").findings) == len(
        world.office.law.in_force(world.now.date())
    )


def test_before_the_register_is_opened_nothing_is_decided(world: World, batch: str) -> None:
    found = _explain(world, batch, "q1")
    assert (found.outcome, found.decided, found.evidence) == ("granted", "", ())


@pytest.mark.parametrize(
    ("asked", "decided"), [("q1", "confirmed"), ("q4", "not_confirmed"), ("q6", "refused")]
)
def test_what_was_decided_is_shown(world: World, batch: str, asked: str, decided: str) -> None:
    client.determine(world.office, batch)
    assert _explain(world, batch, asked).decided == decided


def test_what_was_not_compared_is_shown_as_that(world: World) -> None:
    agreement = world.path / "law" / "agreement.yaml"
    agreement.write_text(
        agreement.read_text().replace("openings_per_day: 1000000", "openings_per_day: 1")
    )
    world.office = world.opened()
    batch = world.receive(world.requests())
    client.determine(world.office, batch)
    assert [_explain(world, batch, asked).decided for asked in ("q1", "q2")] == [
        "confirmed",
        "not_compared",
    ]


def test_evidence_is_levels_and_weights_and_names_nobody(world: World, batch: str) -> None:
    client.determine(world.office, batch)
    found = [_explain(world, batch, str(row["request_id"])) for row in REQUESTS]
    assert any(each.evidence for each in found)
    assert found_in(msgspec.json.encode(found), tokens_of([*SOURCE, *REQUESTS])) == []


def test_each_look_is_entered_before_anything_is_shown(world: World, batch: str) -> None:
    _explain(world, batch, "q1")
    _explain(world, batch, "q1")
    looks = [entry for entry in world.entries() if entry["kind"] == "inspection"]
    assert [entry["count"] for entry in looks] == [1, 2]
    assert {entry["batch"] for entry in looks} == {batch}


def test_a_look_that_finds_nothing_shows_and_enters_nothing(world: World, batch: str) -> None:
    with pytest.raises(StateFault) as caught:
        _explain(world, batch, "q99")
    assert caught.value.code == "request_unknown"
    assert "inspection" not in world.kinds()


def test_looking_opens_no_door_of_the_register(world: World, batch: str) -> None:
    client.determine(world.office, batch)
    before = world.office.custodian().total()
    _explain(world, batch, "q1")
    assert world.office.custodian().total() == before


def test_only_an_enrolled_officer_may_look(world: World, batch: str) -> None:
    officer, question = world.officer("a").officer, ExplainRequest(batch, "q1")
    stranger = Officer(officer.name, str(world.office.signer().verifier))
    with pytest.raises(KeyFault) as caught:
        explain_request(world.office, stranger, question)
    assert caught.value.code == "officer_key_other"
    with pytest.raises(StateFault) as unknown:
        explain_request(world.office, Officer("stranger", officer.vkey), question)
    assert unknown.value.code == "officer_unknown"
    assert "inspection" not in world.kinds()


def test_findings_are_not_told_in_the_words_of_another_law(world: World, batch: str) -> None:
    agreement = world.path / "law" / "agreement.yaml"
    agreement.write_text(
        agreement.read_text().replace("answer_expiry_days: 90", "answer_expiry_days: 30")
    )
    world.office = world.opened()
    with pytest.raises(StateFault) as caught:
        _explain(world, batch, "q1")
    assert caught.value.code == "rules_changed"


def test_values_are_the_requests_own_and_shown_only_where_they_were_asked_for(
    world: World, batch: str
) -> None:
    client.determine(world.office, batch)
    shown = _look(world, batch, "q1", values=True)
    assert shown.values is not None
    assert shown.values.values["given"] == REQUESTS[0]["given_name"]
    assert shown.explanation == _explain(world, batch, "q1")
    assert repr(shown.values) == "<RequestValues: hidden>"
    assert repr(shown) == "<ExplainedRequest: hidden>"


def test_values_of_a_request_that_matched_tolerantly_are_not_those_of_the_record(
    world: World,
) -> None:
    row = {**REQUESTS[0], "request_id": "near", "family_name": "Quintanila", "middle_name": ""}
    batch = world.receive(world.requests([row]))
    client.determine(world.office, batch)
    asked = _values(world, batch, "near")
    assert asked.values["family"] == "Quintanila"
    assert "Quintanilla" not in asked.values.values()


def test_that_values_were_looked_at_can_be_shown_from_the_entry(world: World, batch: str) -> None:
    _values(world, batch, "q1")
    _explain(world, batch, "q1")
    looks = [entry for entry in world.entries() if entry["kind"] == "inspection"]
    salt = _key(world, batch).salt("inspection", 1)
    told = [{"request_id": "q1", "values": True}, {"request_id": "q1"}]
    assert [entry["commitment"] for entry in looks] == [
        canonical.commit(salt, canonical.encode(each)) for each in told
    ]


def test_what_cannot_be_printed_in_a_value_never_reaches_the_terminal(world: World) -> None:
    row = {**REQUESTS[0], "given_name": "Mari\u00a0sol"}
    batch = world.receive(world.requests([row]))
    asked = _values(world, batch, str(row["request_id"]))
    assert asked.values["given"] == "Mari\ufffdsol"


def _key(world: World, batch: str) -> BatchKey:
    with world.office.store.reading() as connection:
        held = batches.find_batch(connection, batch)
    share = world.office.shares.find(held.id)
    return unwrap_key(held.id, held.wrapped_key, world.office.payload_keys()[0], share)
