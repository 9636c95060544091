"""The sealed form of a bucket."""

from __future__ import annotations

import copy
import hashlib
import hmac
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.core.errors import KeyFault, VerifyFault
from counterfoil.core.values import AddressKey, NameForm, Resident
from counterfoil.register.bucket import (
    KNOWN_PLACE_KIND,
    REFERENCE_BYTES,
    REFERENCES_KIND,
    RESIDENTS_KIND,
    RegisterKey,
    decode_residents,
    encode_residents,
    open_bucket,
    seal_bucket,
    size_class,
    snapshot_binding,
    split_references,
)
from tests.register.conftest import SECRET

TAG, KEY, BOUND, NONCE = b"t" * 32, b"k" * 32, snapshot_binding("0001-0123456789ab"), b"n" * 12


def sealed(body: bytes = b"body", kind: int = RESIDENTS_KIND) -> bytes:
    return seal_bucket(kind, body, tag=TAG, key=KEY, bound=BOUND, nonce=NONCE)


def test_a_door_is_derived_as_the_format_says() -> None:
    message = b"counterfoil/register/door/v1\x00forms-9\x00exact\x00door key"
    expected = hmac.new(SECRET, message, hashlib.sha512).digest()
    tag, key = RegisterKey(SECRET, "forms-9").derive([AddressKey("exact", "door key")])[0][1:]
    assert tag == bytes([expected[0] & 0x7F]) + expected[1:32]
    assert key == expected[32:]


def test_an_exact_and_a_tolerant_door_of_one_text_never_collide() -> None:
    key = RegisterKey(SECRET, "forms-9")
    exact, tolerant = (
        key.derive([AddressKey("exact", "text")])[0][1:],
        key.derive([AddressKey("suffix", "text")])[0][1:],
    )
    assert exact[1] != tolerant[1]
    assert (exact[0][0] >> 7, tolerant[0][0] >> 7) == (0, 1)


@pytest.mark.parametrize("mark", ["known-line", "known-zip"])
def test_a_mark_of_one_text_collides_with_no_door_and_sorts_behind_all(mark: str) -> None:
    key = RegisterKey(SECRET, "forms-9")
    texts = [str(number) for number in range(100)]
    tolerant = key.derive([AddressKey("affix", text) for text in texts])
    marks = key.derive([AddressKey(mark, text) for text in texts])
    assert max(tag for _, tag, _ in tolerant) < min(tag for _, tag, _ in marks)
    assert not {its for _, _, its in tolerant} & {its for _, _, its in marks}


def test_a_mark_is_a_value_of_the_smallest_class() -> None:
    assert len(sealed(b"", KNOWN_PLACE_KIND)) == 128
    assert open_bucket(sealed(b"", KNOWN_PLACE_KIND), tag=TAG, key=KEY, bound=BOUND) == (
        KNOWN_PLACE_KIND,
        b"",
    )


def test_another_version_of_the_forms_derives_other_doors() -> None:
    door = AddressKey("exact", "text")
    assert RegisterKey(SECRET, "forms-1").derive([door]) != RegisterKey(SECRET, "forms-2").derive(
        [door]
    )


@given(st.text(), st.text())
def test_any_text_has_a_door_and_different_texts_have_different_ones(one: str, other: str) -> None:
    key = RegisterKey(SECRET, "forms-9")
    assert (
        key.derive([AddressKey("exact", one)])[0][1:]
        == key.derive([AddressKey("exact", other)])[0][1:]
    ) == (one == other)


@given(st.binary(max_size=3000))
def test_opening_undoes_sealing(body: bytes) -> None:
    assert open_bucket(sealed(body), tag=TAG, key=KEY, bound=BOUND) == (RESIDENTS_KIND, body)


@given(st.integers(0, 100_000))
def test_a_value_is_a_power_of_two_of_at_least_128_bytes(length: int) -> None:
    size = size_class(length)
    assert size >= 128
    assert size & (size - 1) == 0
    assert size - 33 >= length


def test_bodies_of_one_class_give_values_of_one_length() -> None:
    assert len(sealed(b"")) == len(sealed(b"x" * 95)) == 128
    assert len(sealed(b"x" * 96)) == 256


def test_31_references_fill_the_class_of_2048_bytes() -> None:
    assert size_class(31 * REFERENCE_BYTES) == 2048
    assert size_class(32 * REFERENCE_BYTES) == 4096


@pytest.mark.parametrize("at", [0, 12, 40, 127])
def test_a_value_with_one_byte_changed_does_not_open(at: int) -> None:
    value = bytearray(sealed())
    value[at] ^= 1
    with pytest.raises(VerifyFault, match="register_bucket_altered"):
        open_bucket(bytes(value), tag=TAG, key=KEY, bound=BOUND)


@pytest.mark.parametrize("value", [b"", b"short", b"n" * 12])
def test_a_cut_value_does_not_open(value: bytes) -> None:
    with pytest.raises(VerifyFault, match="register_bucket_altered"):
        open_bucket(value, tag=TAG, key=KEY, bound=BOUND)


def test_a_value_moved_to_another_tag_or_snapshot_or_key_does_not_open() -> None:
    for change in (
        {"tag": b"u" * 32},
        {"bound": snapshot_binding("0002-0123456789ab")},
        {"key": b"l" * 32},
    ):
        with pytest.raises(VerifyFault):
            open_bucket(sealed(), **({"tag": TAG, "key": KEY, "bound": BOUND} | change))


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(VerifyFault):
        open_bucket(sealed(kind=4), tag=TAG, key=KEY, bound=BOUND)


def test_residents_survive_their_encoding() -> None:
    held = (
        Resident(
            NameForm(("ROSALIND",), (), ("ACHTERBERG",), ""), None, b"h" * 16, "REF", (2019, 2020)
        ),
    )
    assert decode_residents(encode_residents(held)) == held


def test_a_body_that_holds_no_residents_is_refused() -> None:
    with pytest.raises(VerifyFault):
        decode_residents(b"\xc1")


def test_references_come_apart_as_tag_key_and_whether_the_place_is_marked() -> None:
    body = b"a" * 32 + b"b" * 32 + b"\x00" + b"c" * 32 + b"d" * 32 + b"\x01"
    assert split_references(body) == [(b"a" * 32, b"b" * 32, False), (b"c" * 32, b"d" * 32, True)]
    assert (
        open_bucket(sealed(body, REFERENCES_KIND), tag=TAG, key=KEY, bound=BOUND)[0]
        == REFERENCES_KIND
    )


def test_a_register_key_does_not_show_copy_or_pickle_itself() -> None:
    key = RegisterKey(SECRET, "forms-9")
    assert repr(key) == "<RegisterKey: hidden>"
    for copying in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError):
            copying(key)


def test_a_register_key_of_another_length_is_refused() -> None:
    with pytest.raises(KeyFault, match="register_key_length"):
        RegisterKey(b"short", "forms-9")
