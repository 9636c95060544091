"""The guards' hashes: keyed, of one kind each, 64 bits; one at a time and a column at a time they
are the same."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from counterfoil.gate.history.keyed_hash import (
    ABSENT,
    column_of,
    keyed_hash,
    number_of,
    prepare,
    prepare_column,
    utf8,
)

KEY = b"a made-up history key, 32 bytes!"


@given(st.binary(min_size=1, max_size=64), st.binary(max_size=16), st.binary(max_size=50))
def test_a_hash_is_keyed_blake2b_of_eight_bytes_as_a_signed_number(
    key: bytes, context: bytes, data: bytes
) -> None:
    digest = hashlib.blake2b(data, key=key, person=context, digest_size=8).digest()
    assert prepare(key, context)(data) == digest
    assert keyed_hash(key, context, data) == int.from_bytes(digest, "big", signed=True)


def test_one_prepared_hash_serves_many_texts() -> None:
    hashed = prepare(KEY, b"person")
    assert [hashed(b"a"), hashed(b"b"), hashed(b"a")] == [
        prepare(KEY, b"person")(each) for each in (b"a", b"b", b"a")
    ]
    assert hashed(b"a") != hashed(b"b")


def test_key_and_kind_tell_hashes_apart() -> None:
    hashes = {
        keyed_hash(key, kind, b"x") for key in (KEY, KEY[::-1]) for kind in (b"person", b"door")
    }
    assert len(hashes) == 4


def test_a_key_counts_to_64_bytes() -> None:
    long = KEY + KEY
    assert (
        keyed_hash(long, b"", b"x")
        == keyed_hash(long + b"more", b"", b"x")
        != keyed_hash(long[:63], b"", b"x")
    )


@given(st.text())
def test_text_is_hashed_as_its_bytes(text: str) -> None:
    assert prepare(KEY, b"person")(text) == prepare(KEY, b"person")(utf8(text))


def test_a_lone_surrogate_has_bytes_of_its_own() -> None:
    assert utf8("\ud800é") == b"\xed\xa0\x80\xc3\xa9"
    assert prepare(KEY, b"person")("\ud800") == prepare(KEY, b"person")(b"\xed\xa0\x80")


@given(st.lists(st.binary(min_size=8, max_size=8), max_size=5))
def test_a_column_holds_the_number_of_each(hashes: list[bytes]) -> None:
    assert column_of(hashes).tolist() == [number_of(each) for each in hashes]


def test_numbers_reach_from_the_least_to_the_most_that_a_database_keeps() -> None:
    assert [number_of(each) for each in (ABSENT, b"\x80" + bytes(7), b"\x7f" + b"\xff" * 7)] == [
        0,
        -(2**63),
        2**63 - 1,
    ]


@given(st.lists(st.text(st.characters(categories=["L", "N", "P", "Cs"]))))
def test_a_column_is_hashed_as_each_of_its_texts(texts: list[str]) -> None:
    one, column = (make(KEY, b"person") for make in (prepare, prepare_column))
    assert column(texts) == [one(text) for text in texts]
