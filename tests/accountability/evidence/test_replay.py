"""An answer reckoned anew from its bundle is identical, and a bundle that lies is told apart from
one that is altered."""

from __future__ import annotations

import shutil
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from counterfoil import client, disclosure
from counterfoil.accountability.evidence import (
    ExportEvidence,
    check_public,
    export_evidence,
    replay,
)
from counterfoil.accountability.evidence.check_public import versions
from counterfoil.answers.verify import verify_answer
from counterfoil.batches.store import find_batch
from counterfoil.core import canonical, keyfile
from counterfoil.core.errors import (
    CounterfoilError,
    StateFault,
    StoreFault,
    UsageFault,
    VerifyFault,
)
from counterfoil.core.use_cases import NOBODY, SERVICE
from counterfoil.core.values import Officer
from counterfoil.register import EvidenceBuckets
from tests.accountability.evidence.bundles import (
    Made,
    compared,
    make,
    parts,
    released,
    signed_again,
)
from tests.accountability.reconciliation.desk import alter
from tests.controls.recall.desk import recall
from tests.world.office import NOW, World, closing
from tests.world.people import REQUESTS, SOURCE, request
from tests.world.scan import found_in, tokens_of

OUTCOMES = {
    "q1": "confirmed",
    "q2": "confirmed",
    "q3": "not_confirmed",
    "q4": "not_confirmed",
    "q5": "not_confirmed",
    "q6": "refused",
    "q7": "confirmed",
    "q8": "refused",
    "q9": "not_confirmed",
    "q10": "not_confirmed",
}


class Answered(NamedTuple):
    """An office that answered a batch, the batch, and the bundle of its first request."""

    world: World
    batch: str
    made: Made


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory, world_template: Path) -> Iterator[Answered]:
    """For tests that look at the bundle, and leave the office as it is."""
    with closing(World(tmp_path_factory.mktemp("answered"), template=world_template)) as world:
        batch = released(world)
        yield Answered(world, batch, make(world, batch))


def test_every_answer_of_a_batch_is_reckoned_again_and_is_the_one_that_was_given(
    world: World,
) -> None:
    given = {str(row["request_id"]): row["answer"] for row in world.answer()}
    batch = disclosure.batch_statuses(world.office, NOBODY)[0].batch
    for request_id, outcome in given.items():
        made = make(world, batch, request_id)
        found = replay(made.data, made.key, world.office.holder_key)
        assert (found.batch, found.outcome) == (batch, outcome)
        assert [each.partition(".")[0] for each in found.statements] == [
            str(number) for number in range(1, 12)
        ]
    assert given == OUTCOMES


def test_what_is_said_names_nobody(answered: Answered) -> None:
    made = answered.made
    found = replay(made.data, made.key)
    assert found_in(msgspec.json.encode(found), tokens_of([*SOURCE, *REQUESTS])) == []


def test_the_public_part_is_checked_without_the_key(answered: Answered) -> None:
    world, _, made = answered
    assert len(check_public(made.data, world.office.holder_key).statements) == 5


def test_the_counts_of_the_past_are_those_of_the_day(world: World) -> None:
    """What earlier and later files asked changes what a gate would say today, and not what the
    bundle says."""
    agreement = world.path / "law" / "agreement.yaml"
    text = agreement.read_text()
    limit = next(line for line in text.splitlines() if "attempts_on_person:" in line)
    agreement.write_text(text.replace(limit, limit.split(":")[0] + ": 2"))
    world.office = world.opened()
    batches = []
    for number in range(3):
        rows = [request(40 + number, "Marisol", "Quintanilla", "1847 Heron Lake Rd")]
        batch = world.receive(world.requests(rows, f"file{number}.csv"))
        client.determine(world.office, batch)
        batches.append((batch, f"q{40 + number}"))
    made = [make(world, *each) for each in batches]
    assert [
        replay(each.data, each.key).statements[7].split(",")[2].split()[0] for each in made
    ] == ["admits", "admits", "refuses"]
    assert [parts(each)[1].circumstances.attempts for each in made] == [1, 2, 3]


def test_a_request_before_it_is_determined_or_answered_has_its_bundle_too(world: World) -> None:
    batch = world.receive(world.requests())
    gated = make(world, batch)
    assert replay(gated.data, gated.key).statements[8:] == (
        "9. The register was not asked.",
        "10. Nothing was determined when the bundle was made.",
        "11. No answer was given when the bundle was made.",
    )
    client.determine(world.office, batch)
    client.review(world.office, batch, world.officer("a"))
    determined = make(world, batch)
    assert replay(determined.data, determined.key).outcome == ""


def test_what_was_not_compared_is_replayed_as_that(world: World) -> None:
    agreement = world.path / "law" / "agreement.yaml"
    agreement.write_text(
        agreement.read_text().replace("openings_per_day: 1000000", "openings_per_day: 1")
    )
    world.office = world.opened()
    made = make(world, released(world), "q2")
    found = replay(made.data, made.key)
    assert (found.outcome, found.statements[9]) == (
        "not_compared",
        "10. The determination is that it could not be compared (keeper_limit).",
    )


def test_a_law_that_changed_since_is_not_the_one_that_judges(world: World) -> None:
    batch = released(world)
    agreement = world.path / "law" / "agreement.yaml"
    agreement.write_text(
        agreement.read_text().replace("answer_expiry_days: 90", "answer_expiry_days: 30")
    )
    world.office = world.opened()
    made = make(world, batch)
    assert replay(made.data, made.key).outcome == "confirmed"
    assert "answer_expiry_days: 90" in parts(made)[0].law["agreement.yaml"]


def test_a_clock_that_goes_on_within_each_step_changes_nothing(world: World) -> None:
    """The time of a row and that of its entry are one reading of the clock."""
    seconds = count()
    ticking = replace(world.office, clock=lambda: NOW + timedelta(seconds=next(seconds)))
    world.office = ticking
    made = make(world, released(world))
    assert replay(made.data, made.key).outcome == "confirmed"
    said = verify_answer(
        world.directory / "answers.jsonl", str(world.office.holder_key), NOW.date()
    )
    assert all(each.holds for each in said)


def test_a_batch_whose_officers_signed_in_an_older_version_is_replayed(world: World) -> None:
    """Bare base64 over other bytes, where a signed statement is kept now."""
    batch = released(world)
    with world.office.store.reading() as connection:
        digest = find_batch(connection, batch).determinations_digest
    signed = {
        "act": "",
        "batch": batch,
        "determinations": digest,
        "office": world.office.ledger.origin,
    }
    for letter, column, act in (("a", "first", "review"), ("b", "second", "release")):
        path = world.path / "keys" / f"officer-{letter}.key"
        _, secret = keyfile.open_key(
            path, purpose="officer", passphrase=None, allow_unprotected=True
        )
        body = canonical.encode(signed | {"act": act, "format": "counterfoil-officer-1"})
        signature = b64encode(keyfile.signing_key(secret).sign(body)).decode()
        alter(world, f"UPDATE batch SET {column}_signature = ?", signature)
    world.office.store.watch = None  # the rows are an older version's, not those that were entered
    made = make(world, batch)
    assert replay(made.data, made.key).outcome == "confirmed"
    review = parts(made)[0].review
    assert review is not None and not review.signature.startswith("{")


# -- the look is entered --------------------------------------------------------------------------


def test_each_bundle_is_entered_as_an_inspection_and_counted_by_the_custodian(world: World) -> None:
    batch = released(world)
    before = world.office.custodian().total()
    made = make(world, batch)
    assert world.kinds()[-1] == "inspection"
    assert world.office.custodian().total() == before + 1
    assert parts(made)[0].entries[-3].role == "inspection"


def test_nobody_takes_a_bundle_who_is_no_officer(world: World) -> None:
    batch, before = released(world), len(world.entries())
    stranger = Officer("stranger", world.officer("a").officer.vkey)
    refused_as = {stranger: "officer_unknown", SERVICE: "actor_refused", NOBODY: "actor_refused"}
    for actor, code in refused_as.items():
        with pytest.raises((StateFault, UsageFault)) as fault:
            export_evidence(world.office, actor, ExportEvidence(batch, "q1"))
        assert (fault.value.code, len(world.entries())) == (code, before)


def test_a_request_that_is_not_there_enters_nothing(world: World) -> None:
    batch, before = released(world), len(world.entries())
    with pytest.raises(StateFault) as fault:
        make(world, batch, "q99")
    assert (fault.value.code, len(world.entries())) == ("request_unknown", before)


# -- against the snapshot -------------------------------------------------------------------------


def test_the_snapshot_that_still_stands_is_compared(world: World) -> None:
    made = make(world, released(world))
    assert "byte for byte" in compared(world, made)
    world.build(SOURCE[:1])
    assert "byte for byte" in compared(world, made)


def test_a_snapshot_that_is_gone_is_said_and_the_bundle_stands_alone(world: World) -> None:
    made = make(world, released(world))
    shutil.rmtree(world.path / "register" / parts(made)[0].snapshot)
    assert "no longer exists" in compared(world, made)
    assert replay(made.data, made.key).outcome == "confirmed"


def test_without_the_snapshot_no_new_bundle_is_made(world: World) -> None:
    batch = released(world)
    for folder in (world.path / "register").glob("0001-*"):
        shutil.rmtree(folder)
    with pytest.raises(StoreFault) as fault:
        make(world, batch)
    assert fault.value.code == "manifest_unreadable"


def test_a_door_that_the_holder_left_out_is_found_against_the_snapshot(world: World) -> None:
    made = make(world, released(world))
    _, sealed = parts(made)
    assert sealed.doors is not None
    emptied = tuple(msgspec.structs.replace(each, value=b"") for each in sealed.doors.doors)
    nobody = EvidenceBuckets(emptied, (), sealed.doors.asked_tin_hash)
    with pytest.raises(VerifyFault) as fault:
        compared(world, Made(signed_again(world, made, sealed={"doors": nobody}), made.key))
    assert fault.value.code == "evidence_differs"


# -- a holder who lies ----------------------------------------------------------------------------


def refused(world: World, made: Made, public: Any = None, **sealed: Any) -> str:
    with pytest.raises(VerifyFault) as fault:
        replay(signed_again(world, made, public, sealed), made.key)
    return fault.value.code


def test_a_bundle_signed_again_with_nothing_changed_is_identical(answered: Answered) -> None:
    world, _, made = answered
    assert replay(signed_again(world, made), made.key).outcome == "confirmed"


def test_every_part_that_is_exchanged_for_another_requests_is_found(answered: Answered) -> None:
    world, batch, made = answered
    other = make(world, batch, "q4")
    _, theirs = parts(other)
    fields = (
        "request_id",
        "row",
        "row_salt",
        "determination",
        "doors",
        "answer",
        "answer_salt",
        "inspection_salt",
    )
    codes = {
        name: refused(world, made, None, **{name: getattr(theirs, name)})
        for name in fields
        if name != "doors"
    }
    assert set(codes.values()) == {"evidence_differs"}
    elsewhere = parts(make(world, batch, "q2"))[1].doors
    assert refused(world, made, None, doors=elsewhere) in ("evidence_differs", "evidence_doors")
    assert refused(world, made, None, doors=None) == "evidence_differs"


def test_other_counts_and_weights_are_found(answered: Answered) -> None:
    world, _, made = answered
    _, sealed = parts(made)
    counts = msgspec.structs.replace(sealed.circumstances, attempts=10_000)
    assert refused(world, made, None, circumstances=counts) == "evidence_differs"
    assert sealed.weights is not None
    assert (
        refused(world, made, None, weights=sealed.weights | {"threshold": 90_000})
        == "evidence_differs"
    )


def _without(role: str) -> Any:
    def change(body: dict[str, Any]) -> None:
        body["entries"] = [each for each in body["entries"] if each["role"] != role]

    return change


@pytest.mark.parametrize(
    "role", ["law", "batch", "gate", "opening", "review", "release", "inspection"]
)
def test_an_entry_that_is_left_out_is_found(answered: Answered, role: str) -> None:
    world, _, made = answered
    assert refused(world, made, _without(role)) == "evidence_public"


def test_officers_are_shown_to_be_enrolled_before_they_signed(answered: Answered) -> None:
    """An older bundle, which does not show it, still verifies, and says so."""
    world, _, made = answered
    assert "enrolled them before" in replay(made.data, made.key).statements[4]
    roles = ("first-officer", "second-officer")

    def older(body: dict[str, Any]) -> None:
        for role in roles:
            _without(role)(body)

    said = replay(signed_again(world, made, older), made.key).statements[4]
    assert "does not show when they were enrolled" in said

    def exchanged(body: dict[str, Any]) -> None:
        *others, first, second = body["entries"]
        body["entries"] = [*others, second | {"role": roles[0]}, first | {"role": roles[1]}]

    assert refused(world, made, exchanged) == "evidence_public"


def test_an_answer_without_its_entry_is_found(answered: Answered) -> None:
    world, _, made = answered
    assert refused(world, made, _without("answer")) == "evidence_differs"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (
            lambda body: body["law"].update(
                {"agreement.yaml": body["law"]["agreement.yaml"] + "\n# \n"}
            ),
            "evidence_public",
        ),
        (lambda body: body["law"].update({"../../evil.yaml": ""}), "evidence_public"),
        (lambda body: body.update(determinations="sha256:" + "0" * 64), "officer_signature"),
        (lambda body: body.update(review=body["release"]), "officer_signature"),
        (lambda body: body.update(release=None), "evidence_public"),
        (lambda body: body.update(office="another"), "evidence_public"),
        (lambda body: body.update(received_at="2026-05-04T12:00:01Z"), "evidence_public"),
        (lambda body: body.update(gate_date="2026-05-05"), "evidence_public"),
        (lambda body: body.update(gate_date="1990-01-01"), "evidence_public"),
        (lambda body: body.update(file_digest="sha256:" + "0" * 64), "evidence_differs"),
        (lambda body: body.update(snapshot="0002-000000000000"), "evidence_public"),
        (
            lambda body: body.update(manifest=body["manifest"].replace('"rows":9', '"rows":8')),
            "manifest_not_verified",
        ),
        (lambda body: body.update(agreement="another"), "evidence_public"),
        (lambda body: body.update(entries=body["entries"][::-1]), "evidence_public"),
        (lambda body: body.update(more=1), "evidence_contents"),
    ],
)
def test_every_part_of_the_public_part_is_held_to_the_others(
    answered: Answered, change: Any, code: str
) -> None:
    world, _, made = answered
    with pytest.raises(CounterfoilError) as fault:
        replay(signed_again(world, made, change), made.key)
    assert fault.value.code == code


def test_paths_of_law_files_lead_nowhere_else(answered: Answered) -> None:
    def add(body: dict[str, Any]) -> None:
        body["law"]["../../evil.yaml"] = ""
        body["law_digests"]["../../evil.yaml"] = canonical.digest(b"")

    world, _, made = answered
    assert refused(world, made, add) == "law_paths"


def test_a_bundle_of_other_rules_is_not_called_different(answered: Answered) -> None:
    world, _, made = answered
    later = versions() | {"match": "match-99"}
    with pytest.raises(StateFault) as fault:
        replay(signed_again(world, made, lambda body: body.update(versions=later)), made.key)
    assert fault.value.code == "evidence_rules_other"


def test_a_bundle_of_a_recalled_answer_says_so_and_of_another_row_nothing(world: World) -> None:
    """Whoever reads the evidence of an answer must not learn from elsewhere that it is withdrawn."""
    batch = released(world)
    before = make(world, batch)
    recall(world, batch, ["q1"])
    recalled, other = make(world, batch), make(world, batch, "q2")
    assert [replay(*made).recalled_on for made in (before, recalled, other)] == [
        "",
        world.clock().date().isoformat(),
        "",
    ]
    assert replay(*recalled).statements[-1].startswith("12. The holder says that this answer was ")
    assert len(replay(*before).statements) == len(replay(*other).statements) == 11
    assert b"recalled_on" not in recalled.data
    forged = signed_again(world, recalled, sealed={"recalled_on": "soon"})
    with pytest.raises(VerifyFault, match="or of no day"):
        replay(forged, recalled.key)
