"""Who is suppressed, in a bundle: marks that every bundle has, and that cannot be changed unseen."""

from __future__ import annotations

import msgspec
import pytest

from counterfoil.accountability.evidence import replay
from counterfoil.accountability.evidence.suppressed import (
    SuppressedMarks,
    mark_suppressed,
    suppressed_among,
)
from counterfoil.batches.rows import Granted, decode_gated, pack
from counterfoil.core.errors import VerifyFault
from counterfoil.core.values import Residents
from counterfoil.register import residents_in
from counterfoil.register.pages.sealing import BUCKET_FORMAT
from tests.accountability.evidence.bundles import make, parts, released, signed_again
from tests.matching.people import held, resident
from tests.world.office import World, repeating

HOME = held(
    resident("Marisol||Quintanilla"),
    resident("Teodoro||Quintanilla"),
    resident("Leopold||Winterbourne"),
)


@pytest.mark.parametrize("places", [(), (0,), (1, 2), (0, 1, 2)])
def test_those_who_are_marked_are_found_and_nobody_else(places: tuple[int, ...]) -> None:
    shown = mark_suppressed([HOME.residents[place] for place in places], repeating("marks"))
    assert shown.is_whole and len(shown.marks) == 16
    assert suppressed_among(HOME, shown) == frozenset(places)
    assert suppressed_among(HOME, msgspec.structs.replace(shown, salt=bytes(32))) == frozenset()


def test_more_than_sixteen_make_the_next_multiple() -> None:
    crowd = [resident(f"Somebody||Number{number}") for number in range(17)]
    shown = mark_suppressed(crowd, repeating("marks"))
    assert (shown.is_whole, len(shown.marks)) == (True, 32)


MARKS = mark_suppressed([], repeating("marks")).marks
SHAPES = {
    "none": (bytes(32), ()),
    "fifteen": (bytes(32), MARKS[1:]),
    "not rising": (bytes(32), (*MARKS[1:], MARKS[0])),
    "one twice": (bytes(32), (MARKS[0], *MARKS[:15])),
    "one that is short": (bytes(32), (MARKS[0][:15], *MARKS[1:])),
    "a short salt": (bytes(31), MARKS),
}


@pytest.mark.parametrize("name", SHAPES)
def test_marks_of_another_form_are_refused(world: World, name: str) -> None:
    made = make(world, released(world))
    other = SuppressedMarks(*SHAPES[name])
    with pytest.raises(VerifyFault) as fault:
        replay(signed_again(world, made, sealed={"suppressed": other}), made.key)
    assert fault.value.code == "evidence_differs"


def test_a_holder_who_marks_somebody_afterwards_does_not_come_out_the_same(world: World) -> None:
    made = make(world, released(world))
    marks = mark_suppressed(_opened(parts(made)).residents, repeating("late"))
    with pytest.raises(VerifyFault) as fault:
        replay(signed_again(world, made, sealed={"suppressed": marks}), made.key)
    assert (fault.value.code, "the match decides otherwise" in fault.value.message) == (
        "evidence_differs",
        True,
    )


def _opened(found: tuple[object, object]) -> Residents:
    public, sealed = found
    [row] = decode_gated(pack([sealed.row]))  # type: ignore[attr-defined]
    assert isinstance(row, Granted)
    return residents_in(sealed.doors, row.grant, public.snapshot, BUCKET_FORMAT)  # type: ignore[attr-defined]
