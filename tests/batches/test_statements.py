"""What an officer signed, as it is kept: it comes back as it went, and nothing else is read."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.batches.officers import public_key
from counterfoil.batches.statements import (
    check_signature,
    check_signed,
    ed25519_signature,
    keep_signed,
    read_signed,
)
from counterfoil.core.errors import KeyFault, VerifyFault
from counterfoil.core.use_cases import Signature, Signed, Statement, statement_bytes
from counterfoil.core.values import Officer
from tests.batches.office import ADA, BEN, DETERMINED, sign, statement

SIGNED = sign(statement(), ADA, 1)
TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
STATEMENTS = st.builds(
    Statement,
    TEXT,
    TEXT,
    TEXT,
    st.integers(0, 2**53 - 1),
    st.dictionaries(TEXT, TEXT | st.integers(0, 2**53 - 1), max_size=4),
    TEXT,
    TEXT,
)


def _expect_refused(work: Callable[[], object]) -> None:
    with pytest.raises(VerifyFault) as fault:
        work()
    assert fault.value.code == "officer_signature"
    assert fault.value.place == ADA.name


@given(STATEMENTS, TEXT, TEXT, TEXT)
def test_what_is_kept_is_read_back(said: Statement, scheme: str, value: str, client: str) -> None:
    signed = Signed(ADA, said, Signature(scheme, value, client))
    assert read_signed(keep_signed(signed), ADA) == signed


@given(STATEMENTS)
def test_a_signature_over_a_statement_verifies_after_it_was_kept(said: Statement) -> None:
    check_signed(read_signed(keep_signed(sign(said, ADA, 1)), ADA))


def test_the_kept_form_is_one_line_of_the_documented_fields() -> None:
    kept = json.loads(keep_signed(SIGNED))
    assert list(kept) == ["client_data", "scheme", "signature", "statement"]
    assert (kept["client_data"], kept["scheme"]) == ("", "ed25519")
    assert kept["statement"]["details"] == {"determinations": DETERMINED.determinations_digest}
    assert "\n" not in keep_signed(SIGNED)


def test_a_key_files_signature_is_plain_ed25519_over_the_statements_bytes() -> None:
    key = Ed25519PublicKey.from_public_bytes(public_key(ADA))
    key.verify(b64decode(SIGNED.signature.value), statement_bytes(SIGNED.statement))


def _kept(**changes: object) -> str:
    fields = {**json.loads(keep_signed(SIGNED)), **changes}
    return json.dumps(fields, separators=(",", ":"), sort_keys=True)


@pytest.mark.parametrize(
    "text",
    [
        _kept(more=1),
        _kept(statement={**msgspec.to_builtins(SIGNED.statement), "more": 1}),
        _kept(statement={**msgspec.to_builtins(SIGNED.statement), "generation": "2"}),
        _kept(statement={**msgspec.to_builtins(SIGNED.statement), "generation": 2**53}),
        _kept(statement={**msgspec.to_builtins(SIGNED.statement), "details": {"a": 1.5}}),
        _kept(statement="said"),
        _kept(scheme=None),
        _kept().replace('"scheme":"ed25519",', ""),
        _kept().replace('"scheme":"ed25519"', '"scheme":"ed25519","scheme":"ed25519"'),
        _kept().replace(":", ": "),
        keep_signed(SIGNED) + "\n",
        keep_signed(SIGNED).replace("ed25519", "\ud800"),
        "{",
        "{}",
        "[]",
        "",
        "é",
    ],
)
def test_p10_a_text_that_is_not_the_canonical_one_is_refused(text: str) -> None:
    _expect_refused(lambda: read_signed(text, ADA))


@pytest.mark.parametrize("scheme", ["", "Ed25519", "ed25519ph", "webauthn", "none"])
def test_p10_an_unknown_scheme_is_refused_whatever_was_signed(scheme: str) -> None:
    signature = Signature(scheme, SIGNED.signature.value)
    _expect_refused(lambda: check_signed(Signed(ADA, SIGNED.statement, signature)))


def test_p10_what_a_browser_adds_is_refused_while_no_scheme_reads_it() -> None:
    signature = Signature("ed25519", SIGNED.signature.value, "{}")
    _expect_refused(lambda: check_signed(Signed(ADA, SIGNED.statement, signature)))


@pytest.mark.parametrize(
    "changes",
    [
        {"act": "release"},
        {"office": "another.gov/office"},
        {"subject": "b-ffffffffffff"},
        {"generation": 3},
        {"details": {}},
        {"details": {"determinations": "sha256:" + "00" * 32}},
        {"details": {"determinations": DETERMINED.determinations_digest, "more": "x"}},
        {"nonce": "5e" * 16},
        {"expires": "2026-03-02T14:20:01Z"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_signature_is_of_every_field_of_its_statement(changes: dict[str, object]) -> None:
    other = Signed(ADA, statement(**changes), SIGNED.signature)
    _expect_refused(lambda: check_signed(other))


def test_a_signature_of_another_key_is_refused() -> None:
    _expect_refused(lambda: check_signed(sign(statement(), ADA, 2)))
    with pytest.raises(VerifyFault):
        check_signed(Signed(BEN, SIGNED.statement, SIGNED.signature))


@given(st.integers(0, 63), st.integers(0, 7))
def test_one_altered_bit_of_a_signature_is_refused(position: int, bit: int) -> None:
    raw = bytearray(b64decode(SIGNED.signature.value))
    raw[position] ^= 1 << bit
    _expect_refused(
        lambda: check_signed(Signed(ADA, SIGNED.statement, ed25519_signature(bytes(raw))))
    )


@pytest.mark.parametrize("value", ["", "!", "AAAA", "A" * 86, "A" * 88, "é"])
def test_what_is_no_signature_is_refused(value: str) -> None:
    _expect_refused(lambda: check_signature(b"said", "review", ADA, value))


def test_a_key_of_another_name_verifies_nothing() -> None:
    other = Officer("officer-b", ADA.vkey)
    with pytest.raises(KeyFault):
        check_signed(Signed(other, SIGNED.statement, SIGNED.signature))
