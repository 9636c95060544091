"""A bundle for a reader who may not see who lives at the address: it proves the answer, and shows
nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from counterfoil.accountability.evidence import ExportEvidence, export_evidence, replay
from counterfoil.accountability.evidence.bundle import open_bundle, open_sealed
from counterfoil.core.errors import VerifyFault
from tests.accountability.evidence.bundles import (
    Made,
    compared,
    make,
    parts,
    released,
    signed_again,
)
from tests.world.office import World, closing


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, world_template: Path) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("residents")
    with closing(World(folder, template=world_template)) as made:
        (folder / "batch").write_text(released(made))
        yield made


def bare(world: World, request_id: str) -> Made:
    actor, batch = world.officer("a").officer, (world.directory / "batch").read_text()
    done = export_evidence(world.office, actor, ExportEvidence(batch, request_id, residents=False))
    return Made(done.bundle, done.key)


@pytest.mark.parametrize(
    ("request_id", "outcome"), [("q1", "confirmed"), ("q4", "not_confirmed"), ("q6", "refused")]
)
def test_it_proves_request_law_officers_and_answer(
    world: World, request_id: str, outcome: str
) -> None:
    made = bare(world, request_id)
    found = replay(made.data, made.key, world.office.holder_key)
    assert found.outcome == outcome
    assert found.made_again == (outcome == "refused")
    assert [each.split(".")[0] for each in found.statements] == [str(n) for n in range(1, 12)]
    assert compared(world, made).startswith("12. ")


def test_nothing_of_who_lives_there_is_in_it(world: World) -> None:
    whole, made = make(world, (world.directory / "batch").read_text(), "q4"), bare(world, "q4")
    shown, kept = parts(whole)[1], parts(made)[1]
    assert shown.doors is not None
    assert shown.determination
    assert (kept.determination, kept.doors, kept.weights, kept.thresholds) == (
        b"",
        None,
        None,
        None,
    )
    plain = open_sealed(open_bundle(made.data), made.key)
    assert b"uintanilla" not in plain  # who lives where Leopold Winterbourne was asked for
    assert b"residents_left_out" in plain
    assert b"residents_left_out" not in open_sealed(open_bundle(whole.data), whole.key)


def test_another_answer_or_residents_that_are_shown_all_the_same_are_refused(world: World) -> None:
    made = bare(world, "q1")
    answer = parts(made)[1].answer
    whole = parts(make(world, (world.directory / "batch").read_text(), "q1"))[1]
    changes: tuple[dict[str, object], ...] = (
        {"answer": answer.replace(b"confirmed", b"not_confirmed")},
        {"answer": answer.replace(b"q1", b"q2")},
        {"answer": b""},
        {"determination": whole.determination},
        {"doors": whole.doors},
    )
    for change in changes:
        with pytest.raises(VerifyFault) as fault:
            replay(signed_again(world, made, sealed=dict(change)), made.key)
        assert fault.value.code == "evidence_differs"


def test_a_refusal_cannot_pass_as_an_answer_without_residents(world: World) -> None:
    made = bare(world, "q6")
    with pytest.raises(VerifyFault) as fault:
        replay(
            signed_again(world, made, sealed={"residents_left_out": True, "determination": b""}),
            made.key,
        )
    assert fault.value.code == "evidence_differs"
