"""Whatever somebody else wrote is read or refused with its stated fault; the inspector's verifier
exits 0 or 5, and shows no traceback."""

from __future__ import annotations

import pytest
from bench.fuzz.targets import TARGETS, run
from hypothesis import given, settings
from hypothesis import strategies as st

PIECES = [
    b"\n",
    b"\n\n",
    b" ",
    b"+",
    b"=",
    "\u2014 ".encode(),
    b"\x00",
    b"\xff",
    b"0",
    b"9" * 25,
    b'{"',
    b"\\ud800",
    b"1e999",
]


@st.composite
def altered(draw: st.DrawFn, seeds: list[bytes]) -> bytes:
    """A good example with a few spans replaced, doubled or cut off."""
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 4))):
        low = draw(st.integers(0, len(data)))
        high = draw(st.integers(low, min(len(data), low + 80)))
        between = draw(
            st.binary(max_size=4) | st.sampled_from([*PIECES, data[low:high] * 2, data[high:]])
        )
        data = data[:low] + between + data[high:]
    return data


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=40)
@given(data=st.data())
def test_what_somebody_else_wrote_is_read_or_refused(name: str, data: st.DataObject) -> None:
    assert run(name, data.draw(st.binary(max_size=300) | altered(TARGETS[name].seeds))) is not None


@pytest.mark.parametrize("name", TARGETS)
def test_every_cut_and_every_doubled_line_of_a_good_example_is_read_or_refused(name: str) -> None:
    for seed in TARGETS[name].seeds:
        lines = seed.splitlines(keepends=True)
        doubled = [b"".join([*lines[:at], lines[at], *lines[at:]]) for at in range(len(lines))]
        step = max(1, len(seed) // 60)
        for data in (
            *doubled,
            *(seed[:at] for at in range(0, len(seed), step)),
            b"",
            b"\n",
            b"\n\n",
            seed + seed,
        ):
            assert run(name, data) is not None


@pytest.mark.parametrize(
    "name",
    [name for name in TARGETS if name not in ("verifier: envelope", "verifier: signed payload")],
)
def test_the_examples_themselves_are_accepted(name: str) -> None:
    for seed in TARGETS[name].seeds:
        assert not isinstance(run(name, seed), str)
        assert run(name, seed) != 5
