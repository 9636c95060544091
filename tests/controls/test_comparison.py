"""Nothing is opened by a court's order before an officer has compared order and header, field by
field, and signed that."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from counterfoil import client
from counterfoil.client import act
from counterfoil.controls import comparison
from counterfoil.core.errors import InputFault, StateFault, UsageFault
from counterfoil.core.use_cases import NOBODY, SERVICE, Upload
from counterfoil.gate import load_law
from counterfoil.office import agreement_file, law_library
from tests.world.office import World, closing
from tests.world.people import request

FIELDS = (
    "court", "expires_on", "finds", "issued_on", "items", "judge", "people", "periods", "statute",
)  # fmt: skip


class Ordered(World):
    """An office with all three routes, and a file by court order that it has received."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory, seed="ordered")
        shutil.copy(
            agreement_file("sandbox-routes", law_library()), self.path / "law/agreement.yaml"
        )
        self.office.store.close()
        self.office = self.opened()
        self.order = directory / "order.pdf"
        self.order.write_bytes(b"a made-up order")
        self.batch = client.receive(self.office, self._file(), document=self.order).batch

    def _file(self) -> Path:
        day = self.clock().date().isoformat()
        stated = {
            "digest": "sha256:" + hashlib.sha256(self.order.read_bytes()).hexdigest(),
            "issued_on": day,
            "expires_on": "2026-12-31",
            "court": "United States District Court for the Western District of Washington",
            "judge": "magistrate",
            "statute": "8 USC 1253(a)(1)",
            "finds": ["specific_act", "relevance", "exclusive_use", "no_other_source"],
            "people": [{"given_name": "Marisol", "family_name": "Quintanilla"}],
            "periods": ["2023", "2024"],
            "items": ["address"],
        }
        header = {
            "requester": "agency-a",
            "agreement": "sandbox-routes",
            "principal": "sandbox-attorney",
            "sent_on": day,
            "route": "court-order",
            "document": stated,
        }
        asked = self.requests([request(1, "Marisol", "Quintanilla", "1847 Heron Lake Rd")])
        asked.with_name(f"{asked.name}.header.json").write_text(json.dumps(header))
        return asked

    def compare(self, fields: tuple[str, ...] = FIELDS, document: Path | None = None) -> int:
        command = comparison.CompareDocument(self.batch, Upload(document or self.order), fields)
        statement = comparison.compare_document_statement
        verb = comparison.compare_document
        return act(self.office, statement, verb, command, self.officer("a")).index


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Ordered]:
    with closing(Ordered(tmp_path)) as made:
        yield made


def test_nothing_is_opened_until_an_officer_has_signed_the_comparison(world: Ordered) -> None:
    assert load_law(world.path / "law").agreement.id == "sandbox-routes"
    with pytest.raises(StateFault) as fault:
        client.determine(world.office, world.batch)
    assert fault.value.code == "document_not_compared"
    assert "opening" not in world.kinds()
    index = world.compare()
    assert world.entries()[index]["kind"] == "comparison"
    assert client.determine(world.office, world.batch).state == "determined"
    assert world.kinds().index("comparison") < world.kinds().index("opening")


def test_an_officer_is_shown_what_the_header_states_and_nobody_else_is(world: Ordered) -> None:
    question = comparison.ShowDocument(world.batch)
    found = comparison.show_document(world.office, world.officer("a").officer, question)
    assert tuple(sorted(found.stated)) == FIELDS
    assert found.stated["people"] == [{"given_name": "Marisol", "family_name": "Quintanilla"}]
    with pytest.raises(UsageFault) as fault:
        comparison.show_document(world.office, SERVICE, question)
    assert fault.value.code == "actor_refused"


@pytest.mark.parametrize("fields", [(), FIELDS[1:], (*FIELDS, "weather"), FIELDS[::-1]])
def test_every_field_that_the_header_states_is_compared_and_no_other(
    world: Ordered, fields: tuple[str, ...]
) -> None:
    with pytest.raises(InputFault) as fault:
        world.compare(fields)
    assert fault.value.code == "comparison_fields"
    assert "comparison" not in world.kinds()


def test_no_other_actor_signs_a_comparison(world: Ordered) -> None:
    command = comparison.CompareDocument(world.batch, Upload(world.order), FIELDS)
    for actor in (SERVICE, NOBODY):
        with pytest.raises(UsageFault) as fault:
            comparison.compare_document_statement(world.office, actor, command)
        assert fault.value.code == "actor_refused"
        with pytest.raises(UsageFault) as fault:
            comparison.compare_document(world.office, actor, command)
        assert fault.value.code == "actor_refused"


def test_another_file_than_the_one_received_is_no_comparison(world: Ordered) -> None:
    other = world.directory / "other.pdf"
    other.write_bytes(b"another made-up order")
    with pytest.raises(InputFault) as fault:
        world.compare(document=other)
    assert fault.value.code == "comparison_other"


def test_a_comparison_is_made_once(world: Ordered) -> None:
    world.compare()
    with pytest.raises(StateFault) as fault:
        world.compare()
    assert fault.value.code == "comparison_made"


def test_a_comparison_whose_row_was_altered_opens_nothing(world: Ordered) -> None:
    world.compare()
    with world.office.store.transaction() as connection:
        connection.exec_driver_sql("DROP TRIGGER IF EXISTS act_no_update")
        connection.exec_driver_sql("UPDATE act SET subject = 'b-0f1e2d3c4b5a'")
    with pytest.raises(StateFault) as fault:
        client.determine(world.office, world.batch)
    assert fault.value.code == "orders_disagree"


def test_a_file_by_written_request_needs_none(world: Ordered) -> None:
    batch = world.receive(_written(world))
    assert client.determine(world.office, batch).state == "determined"
    question = comparison.ShowDocument(batch)
    with pytest.raises(StateFault) as fault:
        comparison.show_document(world.office, world.officer("a").officer, question)
    assert fault.value.code == "document_none"


def _written(world: Ordered) -> Path:
    day = world.clock().date().isoformat()
    header = {
        "requester": "agency-a",
        "agreement": "sandbox-routes",
        "principal": "sandbox-principal",
        "sent_on": day,
        "route": "written-request",
    }
    asked = world.requests(
        [request(2, "Wilhelmina", "Ostrander", "2290 Copperfield Ave")], "written.csv"
    )
    asked.with_name(f"{asked.name}.header.json").write_text(json.dumps(header))
    return asked
