"""Canaries: made-up people sealed among the rows, who change nothing for anybody else."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil import matching, normalize
from counterfoil.core.values import Address
from counterfoil.register import Manifest
from counterfoil.register.canaries import SAMPLED, Canary, Draws, candidates, sample
from counterfoil.register.canary_watch import CanaryWatch
from counterfoil.register.source import Batch
from tests.register.conftest import Office, grant_at
from tests.world.crowd import FAMILY, GIVEN, people


def built(
    folder: Path, rows: list[dict[str, str]], wanted: int
) -> tuple[Office, Manifest, list[Canary]]:
    folder.mkdir()
    office, made = Office(folder, limit=10**6), []
    manifest = office.build(
        rows,
        canaries=wanted,
        keep_canaries=lambda _, found: made.extend(found),
        learner=matching.Learner("00"),
    )
    return office, manifest, made


def asked(address: Address) -> dict[str, str]:
    return {name: getattr(address, name) for name in ("line1", "line2", "city", "state", "zip")}


def test_canaries_are_sealed_at_their_own_exact_door_and_nobody_else_is_there(
    tmp_path: Path,
) -> None:
    office, _, made = built(tmp_path / "with", people(300), 8)
    assert len(made) == 8
    with office.open() as register:
        opened = register.open_residents([grant_at(asked(canary.address)) for canary in made])
    assert [held.residents for held in opened] == [(canary.resident,) for canary in made]
    assert {held.tolerances for held in opened} == {("exact",)}


def test_no_door_of_a_canary_is_a_door_of_a_row_and_no_row_has_its_number_on_that_street(
    tmp_path: Path,
) -> None:
    rows = people(400)
    _, _, made = built(tmp_path / "with", rows, 20)
    held = [
        normalize.normalize_address(
            Address(*[row[name] for name in ("line1", "line2", "city", "state", "zip")])
        )
        for row in rows
    ]
    doors = {door.key for form in held for door in normalize.address_keys(form)}
    lines = {(form.number, form.predirectional, form.street, form.suffix) for form in held}
    references = {row["record_ref"] for row in rows}
    assert len(made) >= 10
    for canary in made:
        form = canary.form
        assert doors.isdisjoint(door.key for door in canary.keys)
        assert (form.number, form.predirectional, form.street, form.suffix) not in lines
        assert canary.resident.record_ref not in references
        assert normalize.incomplete_part(form) is None and not form.unit
        near = [
            one
            for one in held
            if (one.street, one.suffix, one.predirectional, one.zip5)
            == (form.street, form.suffix, form.predirectional, form.zip5)
        ]
        assert all(
            sum(a != b for a, b in zip(one.number, form.number, strict=False)) != 1
            for one in near
            if len(one.number) == len(form.number)
        )


def test_a_canarys_names_come_from_different_rows_and_its_periods_from_the_source(
    tmp_path: Path,
) -> None:
    rows = people(200)
    _, _, made = built(tmp_path / "with", rows, 10)
    given = {(name.upper(),) for name in GIVEN}
    assert {canary.resident.name.given for canary in made} <= given
    assert {canary.resident.name.family for canary in made} <= {(name.upper(),) for name in FAMILY}
    assert {canary.resident.periods for canary in made} == {(2019, 2020)}


def test_counts_evidence_and_every_other_answer_are_the_same_with_and_without_canaries(
    tmp_path: Path,
) -> None:
    rows = people(300)
    plain, before, _ = built(tmp_path / "without", rows, 0)
    office, after, made = built(tmp_path / "with", rows, 20)
    assert (before.counts, before.evidence) == (after.counts, after.evidence)
    places = {canary.keys[0].key for canary in made}
    chance, questions = Random(7), []
    for row in [*rows, *people(300, seed=2)]:
        address = {name: row[name] for name in ("line1", "line2", "city", "state", "zip")}
        at = chance.randrange(len(address["line1"]))
        slip = {
            **address,
            "line1": address["line1"][:at]
            + chance.choice("ABEINRST347")
            + address["line1"][at + 1 :],
        }
        questions += [
            address,
            slip,
            {**address, "zip": chance.choice(("94939", "94940", "03049"))},
            {**address, "line2": ""},
        ]
    for canary in made:
        near = asked(canary.address)
        number, _, street = near["line1"].partition(" ")
        questions += [
            {**near, "line1": f"{int(number) + 1} {street}"},
            {**near, "zip": "94941"},
            {**near, "line1": f"{number} {street}S"},
            {**near, "line2": "Apt 7"},
        ]
    grants = [grant_at(address, number=number) for number, address in enumerate(questions, 1)]
    others = [grant for grant in grants if normalize.exact_address_key(grant.address) not in places]
    with plain.open() as one, office.open() as two:
        assert one.open_residents(others) == two.open_residents(others)
    assert len(others) > 2000


def test_the_same_random_source_makes_the_same_canaries_and_another_makes_others(
    tmp_path: Path,
) -> None:
    drawn = []
    for seed in (b"a" * 32, b"a" * 32, b"b" * 32):
        draws = Draws(seed)
        sampled = sample(iter([Batch(1, [tuple(row.values()) for row in people(100)])]), 5, draws)
        drawn.append(
            [
                (canary.address, canary.resident)
                for canary in candidates(sampled, lambda _: b"", draws)
            ]
        )
    assert drawn[0] == drawn[1] != drawn[2]


@given(st.integers(0, 80), st.integers(1, 5), st.integers(1, 30))
def test_a_sample_holds_rows_of_the_source_each_once(total: int, wanted: int, size: int) -> None:
    rows = [(str(number),) for number in range(total)]
    batches = iter([Batch(at + 1, rows[at : at + size]) for at in range(0, total, size)])
    found = sample(batches, wanted, Draws(bytes([total, wanted, size])))
    assert len(set(found)) == len(found) == min(total, SAMPLED * wanted)
    assert set(found) <= set(rows)


def test_a_sample_is_drawn_from_all_of_the_source() -> None:
    seen = [0] * 60
    for seed in range(400):
        batches = iter([Batch(1, [(str(number),) for number in range(60)])])
        for (number,) in sample(batches, 1, Draws(seed.to_bytes(2, "big"))):
            seen[int(number)] += 1
    assert min(seen) > 6 and max(seen) < 52  # 27 each, give or take four standard deviations


@pytest.mark.parametrize(
    "rows", [people(1), [row | {"line1": "PO Box 77", "line2": ""} for row in people(20)]]
)
def test_a_source_that_gives_no_street_or_no_two_names_gives_no_canary(
    tmp_path: Path, rows: list[dict[str, str]]
) -> None:
    _, manifest, made = built(tmp_path / "with", rows, 5)
    assert made == []
    assert manifest.counts.residents >= 1


def test_a_candidate_that_a_row_speaks_against_does_not_stand(tmp_path: Path) -> None:
    draws = Draws(bytes(32))
    sampled = sample(iter([Batch(1, [tuple(row.values()) for row in people(40)])]), 5, draws)
    custodian = Office(tmp_path).custodian()
    canary = next(candidates(sampled, custodian.tin_hash, draws))
    for change in ({}, {"unit": "7"}, {"zip5": "94999", "city": "ELSEWHERE"}):
        watch = CanaryWatch([canary])
        form = grant_at(asked(canary.address)).address
        changed = type(form)(
            **({name: getattr(form, name) for name in form.__struct_fields__} | change)
        )
        watch.saw_place(changed)
        assert watch.choose(5) == []
    watch = CanaryWatch([canary, canary])
    watch.saw_reference("another")
    assert watch.choose(5) == [canary]
    watch.saw_reference(canary.resident.record_ref)
    assert watch.choose(5) == []
