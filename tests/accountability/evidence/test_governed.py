"""What governed a decision is in its bundle: certificates with their thresholds, marks that shut a
door, the route and its document."""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import Any

import msgspec
import pytest

from counterfoil import client, disclosure
from counterfoil.accountability.evidence import replay
from counterfoil.batches.rows import encode_determinations
from counterfoil.certification.certificate import certificate_digest
from counterfoil.core.errors import VerifyFault
from counterfoil.core.use_cases import NOBODY
from counterfoil.core.values import NotCompared
from counterfoil.matching import NEVER, Thresholds
from counterfoil.office import agreement_file, law_library
from tests.accountability.evidence.bundles import Made, compared, make, parts, signed_again
from tests.certification.certificates import certify
from tests.world.acts import compare
from tests.world.office import World
from tests.world.people import person, request

DATED = request(1, "Marisol", "Quintanilla", "1847 Heron Lake Rd", date_of_birth="1981-05-29")
UNDATED = request(2, "Wilhelmina", "Ostrander", "2290 Copperfield Ave", line2="Apt 4B")


def batch_of(world: World) -> str:
    return disclosure.batch_statuses(world.office, NOBODY)[-1].batch


def refused(world: World, made: Made, public: Any = None, **sealed: Any) -> tuple[str, str]:
    with pytest.raises(VerifyFault) as fault:
        replay(signed_again(world, made, public, sealed), made.key)
    return fault.value.code, fault.value.message


def strict(world: World) -> World:
    """An office whose agreement requires certificates."""
    world.amend("certificate: not_required", "certificate: required")
    return world


# -- certificates ---------------------------------------------------------------------------------


def test_what_a_birth_certificate_decided_is_replayed_under_it_and_what_none_covers_as_not_compared(
    world: World,
) -> None:
    digest = certificate_digest(certify(strict(world), "birth"))
    given = [row["answer"] for row in world.answer([DATED, UNDATED])]
    made = [make(world, batch_of(world), each) for each in ("q1", "q2")]
    found = [replay(each.data, each.key) for each in made]
    assert [each.outcome for each in found] == given == ["confirmed", "not_compared"]
    assert found[0].statements[3].endswith(f"as the ledger names them: birth {digest}.")
    assert "Thresholds: 7.50 with a date of birth, none reachable by name" in found[0].statements[9]
    assert parts(made[0])[1].thresholds == Thresholds(birth=750, names=NEVER, undated=NEVER)
    assert (
        found[1].statements[9]
        == "10. The determination is that it could not be compared (not_certified)."
    )


def test_a_bundle_that_leaves_out_or_exchanges_what_governed_is_found(world: World) -> None:
    certify(strict(world), "birth")
    world.answer([DATED])
    made = make(world, batch_of(world), "q1")

    def left_out(body: dict[str, Any]) -> None:
        body["certificates"] = {}
        body["entries"] = [each for each in body["entries"] if each["role"] != "certificate-birth"]

    def of_another_scope(body: dict[str, Any]) -> None:
        body["certificates"] = {"names": body["certificates"]["birth"]}

    def altered(body: dict[str, Any]) -> None:
        text = body["certificates"]["birth"]["certificate"]
        body["certificates"]["birth"]["certificate"] = text.replace(
            '"threshold":750', '"threshold":600'
        )

    assert refused(world, made, left_out)[1].endswith(
        "no certificate covers the question, and the agreement requires one"
    )
    assert refused(world, made, lambda body: body.update(certificates={}))[0] == "evidence_public"
    assert refused(world, made, of_another_scope)[0] == "evidence_public"
    assert refused(world, made, altered)[0] == "certificate_not_verified"
    other = Thresholds(birth=600, names=NEVER, undated=NEVER)
    assert refused(world, made, thresholds=other)[1].endswith(
        "certificates and agreement make other thresholds"
    )
    assert refused(world, made, thresholds=None)[0] == "evidence_differs"


def test_not_certified_is_no_word_for_what_an_agreement_compares_without(world: World) -> None:
    world.answer([UNDATED])
    made = make(world, batch_of(world), "q2")
    assert parts(made)[1].thresholds == Thresholds(birth=600, names=600, undated=2600)
    told = encode_determinations([NotCompared("q2", 1, "not_certified")])
    code, message = refused(
        world, made, determination=told, doors=None, weights=None, thresholds=None
    )
    assert (code, message) == (
        "evidence_differs",
        "not identical: the determination is of another request, or of other terms",
    )


def test_the_certificate_of_the_day_decides_again_whatever_was_certified_since(
    world: World,
) -> None:
    certify(world, "names", threshold=5000)
    given = [row["answer"] for row in world.answer([UNDATED])]
    certify(world, "names", threshold=600)
    made = make(world, batch_of(world), "q2")
    assert [replay(made.data, made.key).outcome] == given == ["not_confirmed"]


# -- tolerant doors and marks ---------------------------------------------------------------------


def people_of(street: str, numbers: range) -> list[dict[str, str]]:
    return [
        person(f"{street} {number}", "Ottoline", "Grimsditch", f"{number} {street}")
        for number in numbers
    ]


HELD = (
    *people_of("Oak St", range(2, 5)),
    *people_of("Oak Ct", range(2, 5)),
    person("m1", "Marisol", "Quintanilla", "1 Oak Ct", tin="900-00-1001"),
    person("t1", "Teodoro", "Quintanilla", "1 Elm Ct", tin="900-00-1002"),
)
"""Oak St and Oak Ct are places of their own; Elm Ct is one home, which a slip of the pen may
mean."""
ASKED = (
    request(1, "Marisol", "Quintanilla", "1 Oak St", tin="900-00-1001"),
    request(2, "Teodoro", "Quintanilla", "1 Elm St", tin="900-00-1002"),
)


def test_a_tolerant_door_and_one_kept_shut_by_marks_are_replayed_as_the_register_led(
    world: World,
) -> None:
    world.build(HELD)
    given = [row["answer"] for row in world.answer(ASKED)]
    shut, led = [make(world, batch_of(world), each) for each in ("q1", "q2")]
    assert (
        [replay(each.data, each.key).outcome for each in (shut, led)]
        == given
        == ["not_confirmed", "confirmed"]
    )
    doors = [parts(each)[1].doors for each in (shut, led)]
    assert [each and len(each.homes) for each in doors] == [0, 1]
    assert "byte for byte" in compared(world, shut)
    assert "byte for byte" in compared(world, led)

    without = doors[0]
    assert without is not None
    emptied = tuple(
        msgspec.structs.replace(each, value=b"") if each.tolerance == "known-line" else each
        for each in without.doors
    )
    lie = msgspec.structs.replace(without, doors=emptied)
    assert refused(world, shut, doors=lie)[0] == "evidence_doors"
    unmarked = msgspec.structs.replace(without, doors=without.doors[:-1])
    assert refused(world, shut, doors=unmarked)[0] == "evidence_doors"


# -- routes ---------------------------------------------------------------------------------------


def by_consent(world: World) -> str:
    """A batch by consent, received and determined in an office of three routes."""
    shutil.copy(
        agreement_file("sandbox-routes", law_library()), world.path / "law" / "agreement.yaml"
    )
    world.office.store.close()
    world.office = world.opened()
    paper = world.directory / "consent.pdf"
    paper.write_bytes(b"a made-up consent")
    day = world.clock().date().isoformat()
    stated = {
        "digest": "sha256:" + hashlib.sha256(paper.read_bytes()).hexdigest(),
        "issued_on": day,
        "recipient": "agency-a",
        "purpose": "To confirm my address for my mortgage application",
        "signed_by": "Marisol Quintanilla",
        "capacity": "taxpayer",
        "alone": "yes",
        "revoked": "no",
        "people": [{"given_name": "Marisol", "family_name": "Quintanilla"}],
        "periods": ["2023", "2024"],
        "items": ["address"],
    }
    header = {
        "requester": "agency-a",
        "agreement": "sandbox-routes",
        "principal": "sandbox-designee",
        "sent_on": day,
    }
    asked = world.requests([DATED])
    (asked.parent / f"{asked.name}.header.json").write_text(
        json.dumps(header | {"route": "consent", "document": stated})
    )
    batch = client.receive(world.office, asked, document=paper).batch
    compare(world, batch, paper)
    client.determine(world.office, batch)
    return batch


def test_a_request_by_consent_is_replayed_by_its_own_route_and_held_to_its_document(
    world: World,
) -> None:
    made = make(world, by_consent(world))
    found = replay(made.data, made.key)
    assert found.statements[6].endswith("asked by the route consent.")
    assert found.statements[7].split(",")[2].split()[0] == "admits"
    public, sealed = parts(made)
    assert {
        "routes/consent.yaml",
        "routes/court-order.yaml",
        "routes/written-request.yaml",
    } <= public.law.keys()
    assert any(path.startswith("common/") for path in public.law)
    header = sealed.circumstances.header
    assert header.document is not None
    paper = msgspec.structs.replace(header.document, digest="sha256:" + "0" * 64)
    lies = {"another route": {"route": "court-order"}, "another document": {"document": paper}}
    for word, change in lies.items():
        lie = msgspec.structs.replace(
            sealed.circumstances, header=msgspec.structs.replace(header, **change)
        )
        assert refused(world, made, circumstances=lie) == (
            "evidence_differs",
            f"not identical: the ledger {_verb(word)} {word}",
        )


def _verb(word: str) -> str:
    return "names" if word == "another route" else "commits to"
