"""Rows rest encrypted under a key per batch; without it nothing of them is left."""

from __future__ import annotations

import hmac
from os import urandom

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.batches.encryption import BatchKey, is_shared, new_key, unwrap_key
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault, StoreFault

OFFICE_KEY, SHARE = bytes(range(32)), b"\x01" * 32
KEY = BatchKey("b-1", b"\x07" * 32)


@given(st.binary(max_size=5000), st.integers(0, 10**6))
def test_open_is_the_inverse_of_seal(plain: bytes, seq: int) -> None:
    assert KEY.open("request", seq, KEY.seal("request", seq, plain, urandom)) == plain


def test_a_sealed_chunk_shows_nothing_of_its_rows() -> None:
    assert b"Quintanilla" not in KEY.seal("request", 0, b"Quintanilla" * 50, urandom)


@pytest.mark.parametrize(
    ("key", "kind", "seq"),
    [
        (KEY, "determination", 0),
        (KEY, "request", 1),
        (BatchKey("b-2", b"\x07" * 32), "request", 0),
        (BatchKey("b-1", b"\x08" * 32), "request", 0),
    ],
    ids=["kind", "place", "batch", "key"],
)
def test_a_chunk_opens_only_where_it_belongs(key: BatchKey, kind: str, seq: int) -> None:
    with pytest.raises(StoreFault) as fault:
        key.open(kind, seq, KEY.seal("request", 0, b"rows", urandom))
    assert fault.value.code == "payload_sealed"


@given(st.integers(0, 31), st.integers(0, 7))
def test_one_altered_bit_refuses(position: int, bit: int) -> None:
    sealed = bytearray(KEY.seal("request", 0, b"rows", urandom))
    sealed[position] ^= 1 << bit
    with pytest.raises(StoreFault):
        KEY.open("request", 0, bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(12), bytes(27)])
def test_a_truncated_chunk_refuses(sealed: bytes) -> None:
    with pytest.raises(StoreFault):
        KEY.open("request", 0, sealed)


def test_unwrap_is_the_inverse_of_wrap() -> None:
    key = new_key("b-1", urandom)
    again = unwrap_key("b-1", key.wrap(OFFICE_KEY, SHARE, urandom), OFFICE_KEY, SHARE)
    assert again.open("request", 3, key.seal("request", 3, b"rows", urandom)) == b"rows"


@pytest.mark.parametrize(
    ("batch", "office", "share"),
    [("b-2", OFFICE_KEY, SHARE), ("b-1", b"\x09" * 32, SHARE), ("b-1", OFFICE_KEY, b"\x09" * 32)],
    ids=["batch", "office key", "share"],
)
def test_a_wrapped_key_opens_for_its_batch_office_and_share_only(
    batch: str, office: bytes, share: bytes
) -> None:
    with pytest.raises(StoreFault) as fault:
        unwrap_key(batch, KEY.wrap(OFFICE_KEY, SHARE, urandom), office, share)
    assert fault.value.code == "payload_sealed"


def test_without_its_wrapped_key_or_its_share_a_batch_cannot_be_read() -> None:
    for wrapped, share in ((None, SHARE), (KEY.wrap(OFFICE_KEY, SHARE, urandom), None)):
        with pytest.raises(StateFault) as fault:
            unwrap_key("b-1", wrapped, OFFICE_KEY, share)
        assert fault.value.code == "payload_destroyed"


def test_a_key_that_an_earlier_version_wrapped_needs_no_share() -> None:
    bound = b'{"batch":"b-1","format":"counterfoil-payload-1","part":"key"}'
    wrapped = bytes(12) + AESGCM(OFFICE_KEY).encrypt(bytes(12), b"\x07" * 32, bound)
    assert not is_shared(wrapped)
    assert is_shared(KEY.wrap(OFFICE_KEY, SHARE, urandom))
    assert unwrap_key("b-1", wrapped, OFFICE_KEY, None).salt("granted", 1) == KEY.salt("granted", 1)


def test_a_commitment_verifies_with_the_salt_and_tells_nothing_without_the_key() -> None:
    commitment = canonical.commit(KEY.salt("refused", 1), b"confirmed")
    assert commitment == canonical.commit(KEY.salt("refused", 1), b"confirmed")
    guesses = [
        canonical.commit(BatchKey("b-1", urandom(32)).salt("refused", 1), b"confirmed")
        for _ in range(8)
    ]
    assert commitment not in guesses


@given(
    st.sampled_from(["granted", "refused", "release"]),
    st.lists(st.integers(0, 2**40), min_size=1, max_size=5),
)
def test_a_salt_is_hmac_sha_256_of_kind_and_row(kind: str, rows: list[int]) -> None:
    expected = [
        hmac.digest(b"\x07" * 32, f"counterfoil/salt/v1\0{kind}\0{row}".encode(), "sha256")
        for row in rows
    ]
    assert KEY.salts(kind, rows) == expected
    assert KEY.salt(kind, rows[0]) == expected[0]


@pytest.mark.parametrize("length", [0, 16, 31, 33, 64])
def test_a_key_of_another_length_is_a_bug(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        BatchKey("b-1", bytes(length))
    with pytest.raises(ValueError, match="32 bytes"):
        KEY.wrap(bytes(length), SHARE, urandom)


def test_a_batch_key_does_not_print_itself() -> None:
    assert (b"\x07" * 4).hex() not in repr(KEY) and "\\x07" not in repr(KEY)
