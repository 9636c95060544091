"""Building the office's register: entered, signed for, and taught from the source itself."""

from __future__ import annotations

import pytest

from counterfoil import register
from counterfoil.core import canonical
from counterfoil.core.errors import CounterfoilError
from counterfoil.register.manifest import manifest_bytes
from tests.world.office import World
from tests.world.people import SOURCE, person


def test_a_snapshot_is_entered_by_the_digest_of_its_manifest(world: World) -> None:
    snapshot = world.build(SOURCE)
    folder = world.office.register_directory / snapshot
    manifest = register.open_manifest(folder, world.office.holder_key.public)
    entry = world.entries()[-1]
    assert (entry["kind"], entry["rows"]) == ("snapshot", len(SOURCE))
    assert entry["snapshot"] == canonical.digest(manifest_bytes(manifest))


def test_a_source_that_cannot_be_used_leaves_the_old_snapshot_and_no_entry(world: World) -> None:
    before, entries = (
        register.current_snapshot(world.office.register_directory),
        len(world.entries()),
    )
    with pytest.raises(CounterfoilError):
        world.build([person("r1", "", "", "")])
    assert register.current_snapshot(world.office.register_directory) == before
    assert len(world.entries()) == entries


def test_changed_law_is_entered_before_the_snapshot(world: World) -> None:
    agreement = world.path / "law" / "agreement.yaml"
    agreement.write_text(
        agreement.read_text().replace("answer_expiry_days: 90", "answer_expiry_days: 30")
    )
    world.office = world.opened()
    world.build(SOURCE)
    assert world.kinds()[-2:] == ["law", "snapshot"]


def test_a_build_teaches_the_match_rules(world: World) -> None:
    manifest = world.office.open_register().manifest
    assert manifest.evidence
    assert world.office.weights(manifest)
