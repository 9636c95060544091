"""No bytes whatever make a parser do anything but return or raise VerifyFault."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.core.errors import VerifyFault
from counterfoil.tlog import (
    Checkpoint,
    Proof,
    Signer,
    parse_checkpoint,
    parse_proof,
    parse_vkey,
    sign_checkpoint,
)
from counterfoil.tlog.note import check_note, parse_note
from counterfoil.tlog.tiles import split_entries

SIGNER = Signer("made-up.example/office", Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))
NOTE = sign_checkpoint(Checkpoint(SIGNER.name, 7, bytes(32)), SIGNER)
PROOF = str(Proof(5, (bytes(32),) * 3, NOTE, b"extra"))


@st.composite
def mutated(draw: st.DrawFn, text: str) -> str:
    """`text` with a few spans replaced: near enough to the format to reach deep into the parser."""
    for _ in range(draw(st.integers(1, 3))):
        low = draw(st.integers(0, len(text)))
        high = draw(st.integers(low, min(len(text), low + 8)))
        text = (
            text[:low]
            + draw(st.text(max_size=4) | st.sampled_from(["\n", "\n\n", " ", "+", "=", "\u2014 "]))
            + text[high:]
        )
    return text


PARSERS: dict[str, tuple[Callable[[str], object], str]] = {
    "note": (parse_note, NOTE),
    "signed note": (lambda text: check_note(text, [SIGNER.verifier]), NOTE),
    "checkpoint": (parse_checkpoint, NOTE),
    "proof": (parse_proof, PROOF),
    "vkey": (parse_vkey, str(SIGNER.verifier)),
}


def outcome(parser: Callable[[Any], object], raw: Any) -> object:
    """What the parser returns, or the code of its VerifyFault; anything else that it raises fails
    the test."""
    try:
        return parser(raw)
    except VerifyFault as fault:
        return fault.code


@pytest.mark.parametrize("name", PARSERS)
@given(data=st.data())
def test_any_text_is_read_or_refused(name: str, data: st.DataObject) -> None:
    parser, good = PARSERS[name]
    assert outcome(parser, data.draw(st.text() | mutated(good)))


@given(st.binary())
def test_any_bytes_are_a_note_or_refused(raw: bytes) -> None:
    assert outcome(parse_note, raw)


@given(mutated(PROOF))
def test_a_proof_that_is_read_is_written_back_the_same(text: str) -> None:
    assert outcome(lambda raw: str(parse_proof(raw)), text) in (text, "proof_malformed")


@given(mutated(NOTE))
def test_a_checkpoint_that_is_read_is_written_back_the_same(text: str) -> None:
    read = outcome(lambda raw: str(parse_checkpoint(raw)) == parse_note(raw).text, text)
    assert read in (True, "note_malformed", "checkpoint_malformed")


@given(st.binary(max_size=200), st.integers(0, 5))
def test_any_bytes_are_a_bundle_or_refused(data: bytes, width: int) -> None:
    assert outcome(lambda raw: len(split_entries(raw, width)), data) in (width, "bundle_malformed")
