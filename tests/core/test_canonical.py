"""The one byte form."""

from __future__ import annotations

import hashlib

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.core import canonical

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-canonical.MAX_INTEGER, canonical.MAX_INTEGER) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=20,
)


@given(VALUES)
def test_the_bytes_are_those_of_an_independent_rfc_8785(value: object) -> None:
    assert canonical.encode(value) == rfc8785.dumps(value)  # type: ignore[arg-type]


def test_keys_are_sorted_by_utf_16_code_units() -> None:
    assert (
        canonical.encode({"\ufb33": 1, "\U0001f600": 2, "a": 3})
        == '{"a":3,"\U0001f600":2,"\ufb33":1}'.encode()
    )


@pytest.mark.parametrize("value", [1.0, b"x", {1: "x"}, {"a": {2.5}}, object()])
def test_a_value_without_a_canonical_form_is_a_bug_of_the_caller(value: object) -> None:
    with pytest.raises(TypeError):
        canonical.encode(value)


@pytest.mark.parametrize("value", [2**53, -(2**53), "\ud800"])
def test_values_that_readers_disagree_on_are_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical.encode(value)


def test_a_commitment_is_sha_256_of_context_salt_and_data() -> None:
    salt = bytes(range(32))
    expected = hashlib.sha256(b"counterfoil/commit/v1\x00" + salt + b"data").hexdigest()
    assert canonical.commit(salt, b"data") == f"sha256:{expected}"


def test_another_salt_gives_another_commitment() -> None:
    assert canonical.commit(bytes(32), b"confirmed") != canonical.commit(
        bytes(31) + b"\x01", b"confirmed"
    )


def test_a_short_salt_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        canonical.commit(b"short", b"data")


def test_many_commitments_are_those_that_each_has_alone() -> None:
    salts, data = [bytes([number]) * 32 for number in range(3)], [b"", b"yes", b"no"]
    each = [canonical.commit(salt, one) for salt, one in zip(salts, data, strict=True)]
    assert canonical.commit_each(salts, data) == each
    for wrong in ([*salts[:2], b"short"], salts[:2]):
        with pytest.raises(ValueError):
            canonical.commit_each(wrong, data)
