"""What a person is shown of the requests about them: nothing but by consent, or where an officer
decided so; and never anything from which a hold, or an order of a court, can be inferred."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from counterfoil.accountability.accounting.service import ANSWERED, ShownToPerson
from counterfoil.core.errors import StateFault
from counterfoil.core.values import Role
from counterfoil.gate.law.load import load_law
from counterfoil.office import law_library
from counterfoil.office.accounting_law import UNKNOWN, accounting_law, accounting_of_route
from tests.accountability.evidence.bundles import released
from tests.cli.desk import command
from tests.world.acts import add_hold, delay_notice, inform_persons, officer, person_file
from tests.world.looks import shown_to_person
from tests.world.office import World, closing
from tests.world.people import REQUESTS, request

HOME = "1847 Heron Lake Rd"
Opened = Callable[[], World]


def shown(world: World) -> tuple[ShownToPerson, ...]:
    return shown_to_person(world, "Marisol", "Quintanilla", HOME)


# -- the table ------------------------------------------------------------------------------------


def test_every_route_of_the_law_has_a_row_with_a_citation_and_every_open_one_both_readings() -> (
    None
):
    rows = {row.route: row for row in accounting_law().routes}
    law = load_law(law_library(), "sandbox-routes")
    assert {each.route.id for each in law.every_route} == rows.keys()
    for row in (*rows.values(), UNKNOWN):
        assert row.citation
        if row.status == "open":
            assert len(row.readings) == 2
            assert row.informs == "on_decision"
            assert row.decides


def test_the_words_of_the_accounting_and_of_holds_are_quoted_with_their_digest() -> None:
    quoted = {each.citation for each in accounting_law().quotes}
    assert {"26 USC 6103(i)(2)(C)", "26 USC 6103(i)(6)", "26 USC 6103(p)(3)(A)"} < quoted


def test_consent_informs_and_both_routes_of_subsection_i_need_a_decision_and_look_alike() -> None:
    written, order = accounting_of_route("written-request"), accounting_of_route("court-order")
    assert accounting_of_route("consent").informs == "always"
    assert (written.informs, order.informs) == ("on_decision", "on_decision")
    assert (written.shown_as, written.shows_reason) == (order.shown_as, order.shows_reason)
    assert not written.shows_reason


@pytest.mark.parametrize("route", ["", "another", "written request"])
def test_a_route_that_the_table_does_not_have_discloses_least(route: str) -> None:
    assert accounting_of_route(route) is UNKNOWN


# -- the decision ---------------------------------------------------------------------------------


def test_a_person_is_shown_nothing_of_a_written_request_until_an_officer_decides_so(
    world: World,
) -> None:
    batch = released(world)
    assert shown(world) == ()
    done = inform_persons(world, batch)
    assert world.entries()[done.index]["kind"] == "inform"
    [line] = shown(world)
    assert msgspec.to_builtins(line) == {
        "date": "2026-05-04",
        "agency": world.office.law.agreement.parties.requester.name,
        "agency_address": "not stated in the agreement",
        "provision": "26 USC 6103(i)",
        "purpose": "enforcement of 8 USC 1253(a)(1)",
        "nature": ANSWERED,
        "found_by": "name and address",
        "recalled_on": "",
    }


def test_a_delay_takes_the_decision_back_and_no_other_batch_is_shown_by_it(world: World) -> None:
    first = released(world)
    again = request(31, "Marisol", "Quintanilla", HOME)
    world.answer([again], out="second.jsonl", name="second.csv")
    inform_persons(world, first)
    assert len(shown(world)) == 1
    delay_notice(world, first, date(2026, 12, 31))
    assert shown(world) == ()


def test_one_paper_decides_once_and_of_a_batch_that_is_there(world: World) -> None:
    batch = released(world)
    inform_persons(world, batch)
    for wrong, code in ((batch, "order_used"), ("b-0000", "batch_unknown")):
        with pytest.raises(StateFault) as fault:
            inform_persons(world, wrong)
        assert fault.value.code == code


@pytest.mark.parametrize(
    "altered",
    [
        "UPDATE act SET subject = (SELECT max(id) FROM batch) WHERE kind = 'inform'",
        "INSERT INTO act SELECT number + 1, kind, event, (SELECT max(id) FROM batch), document, "
        "committed, extra, officer, second, signatures, salt, entered_at, entry_index FROM act",
        "DELETE FROM act WHERE kind = 'delay'",
    ],
)
def test_a_decision_or_a_delay_that_the_ledger_does_not_have_shows_nothing(
    world: World, altered: str
) -> None:
    batches = [released(world)]
    again = request(31, "Marisol", "Quintanilla", HOME)
    world.answer([again], out="second.jsonl", name="second.csv")
    inform_persons(world, min(batches))
    if "delay" in altered:
        delay_notice(world, min(batches), date(2026, 12, 31))
    with world.office.store.transaction() as connection:
        changed = connection.execute(text(altered)).rowcount
    try:
        assert changed == 1
        found = shown(world)
    except StateFault as fault:
        assert fault.code == "orders_disagree"
    else:
        # The one batch is the greatest, so nothing was altered.
        assert len(found) == 1
        assert "UPDATE" in altered


# -- what cannot be inferred ------------------------------------------------------------------------


def _printed(world: World) -> str:
    """What the command line prints for Marisol, as JSON and in words."""
    said = {
        "format": "counterfoil-person-1",
        "given_name": "Marisol",
        "family_name": "Quintanilla",
        "line1": HOME,
        "city": "Anytown",
        "state": "WA",
        "zip": "98101",
    }
    path = world.directory / "marisol.json"
    path.write_bytes(msgspec.json.encode(said))
    at = ("ledger", "account", "--person-file", path, "--office", world.path, "--officer")
    done = [
        command(*at, world.path / "keys" / "officer-a.key", *form) for form in ((), ("--json",))
    ]
    assert [each.code for each in done] == [0, 0]
    return "".join(each.out + each.err for each in done)


def test_what_a_person_under_a_hold_is_shown_is_byte_for_byte_that_of_one_who_is_not(
    tmp_path: Path,
) -> None:
    outs: list[str] = []
    answers: list[object] = []
    for name in ("free", "held"):
        (tmp_path / name).mkdir()
        with closing(World(tmp_path / name)) as world:
            keys = [officer(world, f"holds-{letter}", Role.HOLDS) for letter in "ab"]
            inform_persons(world, released(world))
            if name == "held":
                add_hold(world, person_file(world, record_refs=["r1"]), *keys)
            again = request(31, "Marisol", "Quintanilla", HOME)
            answers.append(world.answer([again], out="two.jsonl", name="two.csv")[0]["answer"])
            second = max(
                (batch for batch in world.entries() if batch["kind"] == "batch"),
                key=lambda entry: int(str(entry["count"])),
            )["batch"]
            inform_persons(world, str(second), "made up: inform again")
            outs.append(_printed(world))
    assert answers == ["confirmed", "not_confirmed"]
    assert outs[0] == outs[1]
    assert outs[0].count(ANSWERED) == 4


def test_a_yes_a_no_and_their_order_are_shown_alike(world: World) -> None:
    batch = released(world)
    inform_persons(world, batch)
    yes = shown_to_person(world, "Marisol", "Quintanilla", HOME)
    no = shown_to_person(world, "Leopold", "Winterbourne", HOME)
    assert yes == no != ()


def test_what_is_shown_names_neither_route_nor_answer_nor_how_many_lines_are_not_shown(
    world: World,
) -> None:
    inform_persons(world, released(world))
    before = shown(world)
    again = REQUESTS[0] | {"request_id": "q77", "investigation_number": "INV-2026-000077"}
    world.answer([again], out="second.jsonl", name="second.csv")
    assert shown(world) == before
    for word in ("confirmed", "route", "order", "(i)(1)", "(i)(2)", "q1", "b-"):
        assert word not in _printed(world)
