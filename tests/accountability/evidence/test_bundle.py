"""A bundle has one form, opens with one key, and any other byte in it is found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from counterfoil.accountability.evidence import replay
from counterfoil.accountability.evidence.bundle import (
    MAX_BYTES,
    open_bundle,
    open_sealed,
    read_key,
    write_key,
)
from counterfoil.core import canonical
from counterfoil.core.errors import CounterfoilError, InputFault, VerifyFault
from counterfoil.tlog import parse_vkey
from tests.accountability.evidence.bundles import Made, make, parts, released
from tests.world.office import World, closing
from tests.world.people import REQUESTS, SOURCE
from tests.world.scan import found_in, tokens_of


@pytest.fixture(scope="module")
def made(world_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    with closing(World(tmp_path_factory.mktemp("bundle"), template=world_template)) as world:
        return make(world, released(world))


def code_of(data: bytes, key: bytes) -> str:
    with pytest.raises(CounterfoilError) as fault:
        replay(data, key)
    assert fault.value.exit_code in (1, 5)
    return fault.value.code


def changed(made: Made, **members: object) -> bytes:
    return canonical.encode(json.loads(made.data) | members)


@settings(
    deadline=None, max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_any_flipped_bit_of_a_bundle_is_found(made: Made, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(made.data) - 1))
    mask = data.draw(st.integers(1, 255))
    altered = bytearray(made.data)
    altered[at] ^= mask
    with pytest.raises(VerifyFault):
        open_bundle(bytes(altered))


@settings(
    deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_any_piece_cut_out_or_put_in_is_found(made: Made, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(made.data)))
    stop = data.draw(st.integers(start, min(len(made.data), start + 64)))
    piece = data.draw(st.binary(max_size=8))
    altered = made.data[:start] + piece + made.data[stop:]
    if altered != made.data:
        with pytest.raises(VerifyFault):
            open_bundle(altered)


def test_another_format_is_refused_as_another_version(made: Made) -> None:
    assert code_of(changed(made, format="counterfoil-evidence-2"), made.key) == "evidence_version"


@pytest.mark.parametrize(
    "members", [{"more": 1}, {"public": []}, {"signature": 1}, {"signature": "AAA"}, {"holder": 7}]
)
def test_a_member_of_another_form_is_refused(made: Made, members: dict[str, object]) -> None:
    assert code_of(changed(made, **members), made.key) == "evidence_malformed"


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b"{" * 100_000, b" " * 10])
def test_what_is_no_bundle_is_refused(data: bytes) -> None:
    assert code_of(data, bytes(32)) in ("evidence_malformed", "evidence_version")


def test_spaces_and_a_last_newline_are_not_the_same_bytes(made: Made) -> None:
    assert code_of(made.data + b"\n", made.key) == "evidence_malformed"
    assert code_of(json.dumps(json.loads(made.data)).encode(), made.key) == "evidence_malformed"


def test_a_file_beyond_the_limit_is_refused_unread() -> None:
    assert code_of(b"[" * (MAX_BYTES + 1), bytes(32)) == "evidence_malformed"


def test_another_key_opens_nothing(made: Made) -> None:
    with pytest.raises(VerifyFault) as fault:
        open_sealed(open_bundle(made.data), bytes(32))
    assert fault.value.code == "evidence_key_other"


def test_another_holder_than_the_one_you_know_is_refused(made: Made, world: World) -> None:
    other = parse_vkey(world.officer("b").officer.vkey)
    with pytest.raises(VerifyFault) as fault:
        open_bundle(made.data, other)
    assert fault.value.code == "evidence_holder"


def test_p1_the_bundle_without_its_key_names_nobody(made: Made) -> None:
    tokens = tokens_of([*SOURCE, *REQUESTS])
    assert found_in(made.data, tokens) == []
    assert found_in(parts(made)[1].row, tokens) != []


def test_the_answer_is_not_in_the_public_part(made: Made) -> None:
    assert b'"confirmed"' not in canonical.encode(open_bundle(made.data).public)
    assert b'"q1"' not in canonical.encode(open_bundle(made.data).public)


def test_a_key_file_is_read_back(made: Made) -> None:
    assert read_key(write_key(made.key)) == made.key


@pytest.mark.parametrize(
    "data", [b"", b"{}", write_key(bytes(32))[:-9] + b'x"}\n', write_key(bytes(31)), b"null"]
)
def test_what_is_no_key_file_is_refused(data: bytes) -> None:
    with pytest.raises(InputFault) as fault:
        read_key(data)
    assert fault.value.code == "evidence_key_unreadable"
