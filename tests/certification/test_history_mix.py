"""Real negatives are given to the kinds of decoy that their evidence is nearest to; what cannot be
told is shared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from counterfoil.certification.decoys import KINDS
from counterfoil.certification.history_mix import SHARES, nearest_kinds, read_mix
from counterfoil.core.errors import StateFault
from counterfoil.core.values import Comparison
from tests.world.office import World, closing
from tests.world.people import request


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with closing(World(tmp_path)) as opened:
        yield opened


def evidence(*levels: str) -> tuple[Comparison, ...]:
    return tuple(Comparison(*level.split("."), 0.0) for level in levels)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("levels", "kinds"),
    [
        ((), {"next_number", "next_unit", "former"}),
        (("given.other",), {"withheld", "sibling", "synthetic"}),
        (("given.equal", "family.equal", "door.place"), {"other_zip"}),
        (("given.equal", "family.equal", "door.affix"), {"like_street"}),
        (("given.equal", "family.equal", "suffix.differs", "door.exact"), {"junior_senior"}),
        (("given.equal", "family.equal", "dob.differs", "door.exact"), {"junior_senior"}),
        (("given.near", "family.equal", "dob.missing", "door.exact"), {"withheld"}),
    ],
)
def test_evidence_tells_the_nearest_kinds(levels: tuple[str, ...], kinds: set[str]) -> None:
    assert set(nearest_kinds(evidence(*levels))) == kinds
    assert kinds <= KINDS.keys()


def test_the_offices_own_negatives_make_the_mix(world: World) -> None:
    rows = [
        request(1, "Marisol", "Quintanilla", "1847 Heron Lake Rd"),
        request(2, "Teodoro", "Vandermolen", "9999 Heron Lake Rd"),
        request(3, "Leopold", "Quintanilla", "1847 Heron Lake Rd"),
    ]
    world.answer(rows)
    found = read_mix(world.office)
    assert (found.negatives, found.batches) == (2, 1)
    third = SHARES // 3
    assert found.mix == dict.fromkeys(
        sorted({"next_number", "next_unit", "former", "withheld", "sibling", "synthetic"}), third
    )


def test_an_office_without_negatives_has_no_mix(world: World) -> None:
    with pytest.raises(StateFault) as raised:
        read_mix(world.office)
    assert raised.value.code == "mix_no_history"
