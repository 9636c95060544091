"""The accounting of one person's disclosures, and the record of a batch's."""

from __future__ import annotations

import json
from datetime import date, timedelta

import msgspec
import pytest
from sqlalchemy import text

from counterfoil import client
from counterfoil.accountability.accounting import service as accounting
from counterfoil.accountability.accounting.service import (
    Accounted,
    AccountPerson,
    Disclosed,
    RecordDisclosures,
    ShownToPerson,
    account,
    account_to_person,
    read_person,
    record_disclosures,
)
from counterfoil.batches import store as batches
from counterfoil.core.errors import (
    CounterfoilError,
    InputFault,
    KeyFault,
    StateFault,
    StoreFault,
    UsageFault,
)
from counterfoil.core.use_cases import NOBODY, SERVICE, Actor, Upload
from counterfoil.core.values import Address, Officer, Person
from counterfoil.gate.history.traces import OTHER_STATUTE, Traces, is_about, statute_of, traces_of
from counterfoil.gate.law.load import load_law
from counterfoil.office import law_library
from counterfoil.office.keep_accounting import occasion_of
from tests.accountability.evidence.bundles import released
from tests.world.acts import delay_notice, dispose, inform_persons
from tests.world.office import NOW, World
from tests.world.people import REQUESTS, SOURCE, request
from tests.world.scan import files_below, found_in, tokens_of

MARISOL = {
    "format": "counterfoil-person-1",
    "given_name": "Marisol",
    "family_name": "Quintanilla",
    "line1": "1847 Heron Lake Road",
    "city": "Anytown",
    "state": "WA",
    "zip": "98101",
}


def person_file(world: World, **changes: str) -> Upload:
    path = world.directory / "person.json"
    path.write_text(json.dumps(MARISOL | changes), encoding="utf-8")
    return Upload(path)


def asked(world: World, **changes: str) -> list[Accounted]:
    question = AccountPerson(person_file(world, **changes))
    return [*account(world.office, world.officer("a").officer, question)]


def shown(world: World, **changes: str) -> list[ShownToPerson]:
    question = AccountPerson(person_file(world, **changes))
    return [*account_to_person(world.office, world.officer("a").officer, question)]


def recorded(
    world: World, batch: str = "", first: date | None = None, last: date | None = None
) -> list[Disclosed]:
    question = RecordDisclosures(batch, first, last)
    return [*record_disclosures(world.office, world.officer("a").officer, question)]


def test_a_person_finds_the_request_about_them_with_date_requester_purpose_and_outcome(
    world: World,
) -> None:
    batch = released(world)
    [found] = asked(world)
    assert msgspec.to_builtins(found) == {
        "batch": batch,
        "request_id": "q1",
        "received_on": "2026-05-04",
        "released_on": "2026-05-04",
        "requester": world.office.law.agreement.parties.requester.name,
        "requester_address": "not stated in the agreement",
        "principal": "sandbox-principal",
        "agreement": "sandbox",
        "statute": "8 USC 1253(a)(1)",
        "purpose": REQUESTS[0]["reason"],
        "outcome": "confirmed",
        "found_by": "name and address",
        "delayed_until": "",
        "route": "written-request",
        "provision": "26 USC 6103(i)(2)",
        "accounted_under": "26 USC 6103(p)(3)(A)",
        "recalled_on": "",
    }


@pytest.mark.parametrize(
    ("route", "accounted"), [("written-request", True), ("court-order", True), ("consent", False)]
)
def test_what_rests_on_a_taxpayers_consent_is_shown_and_stands_under_no_accounting(
    world: World, route: str, accounted: bool
) -> None:
    law = load_law(law_library(), "sandbox-routes")
    with world.office.store.reading() as connection:
        batch = batches.find_batch(connection, released(world))
        by = msgspec.structs.replace(
            batch, header=msgspec.structs.replace(batch.header, route=route)
        )
        occasion = occasion_of(world.office, connection, by, law.for_route(route))
    assert (occasion.route, occasion.accounted) == (route, accounted)


def test_a_namesake_elsewhere_and_a_co_resident_find_nothing(world: World) -> None:
    released(world)
    assert asked(world, line1="12 Nowhere St") == []
    assert asked(world, given_name="Teodoro") == []


def test_a_refused_request_is_accounted_for_too(world: World) -> None:
    rows = [request(1, "Marisol", "Quintanilla", "1847 Heron Lake Rd", taxable_periods="all years")]
    world.answer(rows)
    assert [each.outcome for each in asked(world)] == ["refused"]


def test_what_was_not_answered_yet_is_told_as_that(world: World) -> None:
    client.determine(world.office, world.receive(world.requests()))
    assert [(each.outcome, each.released_on) for each in asked(world)] == [("not_answered", "")]


def test_a_number_or_a_date_of_birth_finds_what_another_address_does_not(world: World) -> None:
    rows = [
        request(1, "Marisol", "Quintanilla", "1847 Heron Lake Rd", tin="900-00-1001"),
        request(2, "Marisol", "Quintanilla", "6402 Larkspur Way", date_of_birth="1981-05-29"),
    ]
    world.answer(rows)
    found = asked(world, line1="9 Other St", tin="900001001", date_of_birth="1981-05-29")
    assert [(each.request_id, each.found_by) for each in found] == [
        ("q1", "number"),
        ("q2", "name and date of birth"),
    ]


# -- delay ----------------------------------------------------------------------------------------


def test_a_delay_hides_from_the_person_and_not_from_the_inspector_until_it_is_over(
    world: World,
) -> None:
    batch = released(world)
    inform_persons(world, batch)
    delay_notice(world, batch, date(2026, 6, 30))
    assert shown(world) == []
    assert [each.delayed_until for each in asked(world)] == ["2026-06-30"]
    world.now = NOW + timedelta(days=57)
    assert world.now.date() == date(2026, 6, 30)
    assert shown(world) == []
    world.now += timedelta(days=1)
    assert [each.nature for each in shown(world)] == [accounting.ANSWERED]


def test_of_two_delays_the_longer_one_counts(world: World) -> None:
    batch = released(world)
    for number, day in enumerate((date(2026, 12, 31), date(2026, 6, 30))):
        delay_notice(world, batch, day, str(number))
    assert [each.delayed_until for each in asked(world)] == ["2026-12-31"]


# -- the look -------------------------------------------------------------------------------------


def test_each_look_is_entered_and_its_commitment_opens_with_the_file_and_the_offices_key(
    world: World,
) -> None:
    released(world)
    asked(world)
    asked(world, given_name="Nobody")
    looks = [entry for entry in world.entries() if entry["kind"] == "inspection"]
    assert [("batch" in entry, entry["count"]) for entry in looks] == [(False, 1), (False, 2)]
    assert looks[0]["commitment"] != looks[1]["commitment"]


def test_who_is_no_officer_is_told_nothing_and_enters_nothing(world: World) -> None:
    released(world)
    before, vkey = len(world.entries()), str(world.office.holder_key)
    refused: dict[Actor, tuple[type[CounterfoilError], str]] = {
        Officer("officer-a", vkey): (KeyFault, "officer_key_other"),
        Officer("stranger", vkey): (StateFault, "officer_unknown"),
        SERVICE: (UsageFault, "actor_refused"),
        NOBODY: (UsageFault, "actor_refused"),
    }
    period = RecordDisclosures("", date.min, date.max)
    for actor, (kind, code) in refused.items():
        with pytest.raises(kind) as fault:
            account(world.office, actor, AccountPerson(person_file(world)))
        assert fault.value.code == code
        with pytest.raises(kind):
            record_disclosures(world.office, actor, period)
    assert len(world.entries()) == before


# -- the record -----------------------------------------------------------------------------------


def test_the_record_has_one_line_a_disclosure_a_yes_and_a_no_alike(world: World) -> None:
    batch = released(world)
    found = recorded(world, batch)
    assert [each.request_id for each in found] == ["q1", "q2", "q3", "q4", "q5", "q7", "q9", "q10"]
    assert {each.officers for each in found} == {("officer-a", "officer-b")}
    assert {each.disclosed for each in found} == set(accounting.DISCLOSED.values())
    assert [entry.get("batch") for entry in world.entries() if entry["kind"] == "inspection"] == [
        batch
    ]


def test_a_period_takes_the_batches_released_in_it(world: World) -> None:
    released(world)
    assert recorded(world, "", date(2026, 5, 5), date(2026, 12, 31)) == []
    assert len(recorded(world, "", date(2026, 5, 4), date(2026, 5, 4))) == 8


@pytest.mark.parametrize(
    ("batch", "first", "last"),
    [
        ("", None, None),
        ("", date.min, None),
        ("", None, date.max),
        ("b-1", date.min, date.max),
        ("b-1", date.min, None),
    ],
)
def test_a_record_is_of_a_batch_or_of_a_period(
    batch: str, first: date | None, last: date | None
) -> None:
    with pytest.raises(UsageFault) as fault:
        RecordDisclosures(batch, first, last)
    assert fault.value.code == "record_of_what"


def test_a_batch_that_is_not_there_is_not_recorded_and_enters_nothing(world: World) -> None:
    before = len(world.entries())
    with pytest.raises(StateFault) as fault:
        recorded(world, "b-none")
    assert (fault.value.code, len(world.entries())) == ("batch_unknown", before)


def test_disposed_batches_are_in_the_record_as_before(world: World) -> None:
    batch = released(world)
    before = recorded(world, batch)
    world.now = NOW + timedelta(days=1826)
    dispose(world)
    assert recorded(world, batch) == before


# -- what rests -----------------------------------------------------------------------------------


def test_what_outlives_the_rows_names_nobody_in_clear_in_any_file(world: World) -> None:
    released(world)
    world.now = NOW + timedelta(days=1826)
    dispose(world)
    tokens = tokens_of([*SOURCE, *REQUESTS])
    assert {
        path.name for path in files_below(world.path) if found_in(path.read_bytes(), tokens)
    } == set()


def test_accounting_that_was_altered_does_not_open(world: World) -> None:
    released(world)
    world.now = NOW + timedelta(days=1826)
    dispose(world)
    with world.office.store.transaction() as connection:
        connection.execute(text("UPDATE accounting_record SET sealed = zeroblob(100)"))
    with pytest.raises(StoreFault) as fault:
        asked(world)
    assert fault.value.code == "accounting_sealed"


# -- reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"\xff",
        b"{}",
        json.dumps(MARISOL | {"format": "counterfoil-person-2"}).encode(),
        json.dumps(MARISOL | {"more": "x"}).encode(),
        json.dumps(MARISOL | {"family_name": ""}).encode(),
        json.dumps(MARISOL | {"date_of_birth": "yesterday"}).encode(),
        b" " * 70_000,
    ],
)
def test_what_is_no_person_file_is_refused_without_a_value_of_it(data: bytes) -> None:
    with pytest.raises(InputFault) as fault:
        read_person(data)
    assert fault.value.code == "person_file"
    assert found_in(str(fault.value).encode(), ["Marisol", "Quintanilla"]) == []


def test_absent_traces_match_nothing() -> None:
    assert is_about(Traces(), Traces()) == ""
    assert is_about(Traces(name=1, door=2), Traces(name=1)) == ""
    assert traces_of(bytes(32), Person(), Address()) == Traces()


def test_a_number_is_nine_digits_or_none() -> None:
    numbers = [
        traces_of(bytes(32), Person(tin=tin), Address()).number
        for tin in ("900-00-1001", "900001001", "90000100", "x")
    ]
    assert (numbers[0] == numbers[1] != 0, numbers[2:]) == (True, [0, 0])


def test_a_statute_is_told_in_the_agreements_words_or_not_at_all(world: World) -> None:
    agreement = world.office.law.agreement
    first = agreement.designated[0]
    assert [
        statute_of(written, agreement)
        for written in (first.citation, first.written_as[0], "because I say so")
    ] == [first.citation, first.citation, OTHER_STATUTE]
