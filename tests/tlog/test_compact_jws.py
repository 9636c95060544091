"""A compact JWS is made of parts that have one form, and another library reads it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import OKPKey

from counterfoil.answers.envelope import OnlyEdDSA
from counterfoil.tlog.compact_jws import from_base64url, kid_of, sign_compact, to_base64url
from tests.tlog.test_note import signer


@given(st.binary(max_size=40))
def test_bytes_have_one_form_and_come_back(data: bytes) -> None:
    text = to_base64url(data)
    assert from_base64url(text) == data
    assert b"=" not in text
    assert from_base64url(text + b"=") is None


@pytest.mark.parametrize("text", [b"A", b"AB", b"AA==", b"A A", b"AA\n", b"+/AA", b"A!AA"])
def test_any_other_text_is_none(text: bytes) -> None:
    assert from_base64url(text) is None


def test_another_library_verifies_it_and_its_key_is_named_as_in_the_verifier_key() -> None:
    holder = signer()
    assert str(holder.verifier).startswith(f"{kid_of(holder.verifier)}+")
    made = sign_compact(b'{"alg":"EdDSA"}', b"{}", holder)
    registry = OnlyEdDSA()
    key = OKPKey.import_key(holder.private.public_key())
    assert jws.deserialize_compact(made, key, registry=registry).payload == b"{}"
    altered = made[:-4] + b"AAAA"
    with pytest.raises(Exception, match="signature"):
        jws.deserialize_compact(altered, key, registry=registry)
