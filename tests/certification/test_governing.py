"""Which certificates govern: what the ledger names, and what the agreement makes of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from counterfoil.certification.certificate import certificate_digest
from counterfoil.certification.governing import (
    Certificates,
    Certified,
    agreed_limit,
    cited,
    find_certificates,
    governing,
    scope_of,
)
from counterfoil.core.errors import SettingsFault, StateFault, VerifyFault
from counterfoil.gate.law.agreement import Confirmation, MostWrong
from counterfoil.ledger import Draft, EntryKind
from counterfoil.matching import NEVER, Thresholds, default_weights
from counterfoil.matching.table import UNDATED
from tests.certification.certificates import BORN, certify, current_manifest
from tests.matching.people import grant
from tests.world.office import World
from tests.world.people import person

LIMIT = 10_000_000
BIRTH = Certified("sha256:" + "1" * 64, LIMIT, 750)
NAMES = Certified("sha256:" + "2" * 64, LIMIT, 1200)
WEIGHTS = default_weights()


def agreed(
    certificate: str = "required", birth: str = "0.00001", names: str = "0.00001"
) -> Confirmation:
    return Confirmation(certificate=certificate, most_wrong=MostWrong(birth=birth, names=names))  # type: ignore[arg-type]


def thresholds(birth: int, names: int, undated: int) -> Thresholds:
    """`undated`: the higher of the two, before it is raised."""
    return Thresholds(birth=birth, names=names, undated=min(NEVER, undated + UNDATED))


def test_each_scope_has_its_own_threshold_and_evidence_by_name_the_higher() -> None:
    found = governing(Certificates(birth=BIRTH, names=NAMES), agreed(), WEIGHTS)
    assert (found.thresholds, found.put) == (thresholds(750, 1200, 1200), {"birth", "names"})
    found = governing(
        Certificates(birth=replace(BIRTH, threshold=1300), names=NAMES), agreed(), WEIGHTS
    )
    assert found.thresholds == thresholds(1300, 1200, 1300)


@pytest.mark.parametrize(
    ("held", "put", "wanted"),
    [
        (Certificates(), set(), thresholds(NEVER, NEVER, NEVER)),
        (Certificates(birth=BIRTH), {"birth"}, thresholds(750, NEVER, NEVER)),
        (Certificates(names=NAMES), {"names"}, thresholds(NEVER, 1200, NEVER)),
    ],
)
def test_p10_where_certificates_are_required_a_scope_without_one_is_closed(
    held: Certificates, put: set[str], wanted: Thresholds
) -> None:
    found = governing(held, agreed(), WEIGHTS)
    assert (found.put, found.thresholds) == (put, wanted)


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        (Certificates(), thresholds(600, 600, 600)),
        (Certificates(birth=BIRTH), thresholds(750, 600, 750)),
        (Certificates(names=NAMES), thresholds(600, 1200, 1200)),
    ],
)
def test_where_they_are_not_required_a_scope_without_one_has_the_weights_own_threshold(
    held: Certificates, wanted: Thresholds
) -> None:
    found = governing(held, agreed("not_required"), WEIGHTS)
    assert (found.put, found.thresholds) == ({"birth", "names"}, wanted)


@pytest.mark.parametrize(
    ("word", "least", "put"),
    [("required", NEVER, set[str]()), ("not_required", 750, {"birth", "names"})],
)
def test_a_certificate_to_a_looser_limit_counts_as_none_and_keeps_its_threshold(
    word: str, least: int, put: set[str]
) -> None:
    held, term = Certificates(birth=replace(BIRTH, limit=LIMIT + 1)), agreed(word)
    found = governing(held, term, WEIGHTS)
    assert (cited(held, term), found.thresholds.birth, found.put) == ({}, least, put)


def test_answers_cite_what_counts() -> None:
    assert cited(Certificates(birth=BIRTH, names=NAMES), agreed(names="0.000001")) == {
        "birth": BIRTH
    }


def test_the_scope_of_a_question_is_what_it_states() -> None:
    found = governing(Certificates(birth=BIRTH), agreed(), WEIGHTS)
    dated, undated = grant("Marisol||Quintanilla", born=BORN), grant("Marisol||Quintanilla")
    assert (scope_of(dated), scope_of(undated)) == ("birth", "names")
    assert (found.puts(dated), found.puts(undated)) == (True, False)


@pytest.mark.parametrize(
    ("rate", "parts"), [("0.00001", LIMIT), ("0.5", 5 * 10**11), ("0.000000000001", 1)]
)
def test_an_agreed_limit_is_exact(rate: str, parts: int) -> None:
    assert (
        agreed_limit(agreed(birth=rate), "birth"),
        agreed_limit(agreed(names=rate), "names"),
    ) == (parts, parts)


@pytest.mark.parametrize(
    "rate", ["0", "0.0", "0.000", "0.51", "0.500001", "1", "-0.1", "1e-5", "nan", ".1", "null"]
)
def test_p10_a_limit_that_is_none_refuses_the_agreement(world: World, rate: str) -> None:
    with pytest.raises(SettingsFault) as raised:
        world.amend("birth: 0.00001", f"birth: {rate}")
    assert raised.value.code == "law_field"


def find(world: World) -> Certificates:
    manifest = current_manifest(world)
    with world.office.store.reading() as connection:
        return find_certificates(world.office, connection, manifest, world.office.weights(manifest))


def test_a_snapshot_that_was_never_certified_has_none(world: World) -> None:
    assert find(world) == Certificates()


def test_the_newest_of_each_scope_stands(world: World) -> None:
    certify(world, "birth", threshold=900)
    names, birth = certify(world, "names", threshold=1200), certify(world, "birth", threshold=800)
    assert find(world) == Certificates(
        birth=Certified(certificate_digest(birth), LIMIT, 800),
        names=Certified(certificate_digest(names), LIMIT, 1200),
    )


def test_a_certificate_of_another_snapshot_does_not_count(world: World) -> None:
    certify(world)
    world.build([person("x1", "Somebody", "Else", "77 Other Ave")])
    assert find(world) == Certificates()


def test_an_entry_of_before_certificates_governed_names_none(world: World) -> None:
    made = certify(world)
    fields = {"certificate": "sha256:" + "9" * 64, "snapshot": made.manifest}
    with world.office.store.transaction() as connection:
        world.office.ledger.append(
            connection, [Draft(EntryKind.CERTIFICATE, {**fields})], world.clock()
        )
    assert find(world).birth == Certified(certificate_digest(made), LIMIT, 750)


@pytest.mark.parametrize("suffix", ["json", "sig"])
def test_an_older_certificate_does_not_stand_in_for_the_newest(world: World, suffix: str) -> None:
    certify(world, threshold=650)
    newest = certificate_digest(certify(world, threshold=900))
    _file(world, newest, suffix).unlink()
    with pytest.raises(StateFault) as raised:
        find(world)
    assert raised.value.code == "certificate_missing"


@pytest.mark.parametrize(
    "change", [{"threshold": 550}, {"own_threshold": 500, "threshold": 500}, {"margin": 200}]
)
def test_a_certificate_over_other_weights_is_refused(world: World, change: dict[str, int]) -> None:
    certify(world, **change)
    with pytest.raises(VerifyFault) as raised:
        find(world)
    assert raised.value.code == "certificate_not_verified"


def _file(world: World, digest: str, suffix: str) -> Path:
    [path] = world.office.register_directory.glob(f"0*/certificate-*-{digest[7:19]}.{suffix}")
    return path
