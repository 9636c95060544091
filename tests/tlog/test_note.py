"""Signed notes: what another implementation signed is accepted, and anything malformed is refused
with its code."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counterfoil.core.errors import VerifyFault
from counterfoil.tlog import Signer, VerifierKey, check_note, parse_vkey, sign_note, verifier_key
from counterfoil.tlog.note import MAX_NOTE_BYTES, MAX_SIGNATURES, parse_note

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "notes.json").read_text(encoding="utf-8")
)
TEXT = "made-up.example/office\n7\n"


def signer(name: str = "made-up.example/office", seed: int = 1) -> Signer:
    return Signer(name, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


def code_of(raw: str | bytes, *keys: VerifierKey) -> str:
    with pytest.raises(VerifyFault) as fault:
        check_note(raw, keys)
    assert fault.value.exit_code == 5
    return fault.value.code


def test_a_note_that_go_signed_verifies() -> None:
    key = parse_vkey(VECTORS["vkey"])
    note, keys = check_note(VECTORS["note"], [key])
    assert keys == (key,)
    assert note.text.startswith("If you think cryptography")
    assert str(key) == VECTORS["vkey"]


def test_a_note_comes_back_with_the_keys_that_signed_it_in_order() -> None:
    first, second = signer(), signer("witness.example", 2)
    note, keys = check_note(
        sign_note(TEXT, [first, second]).encode(), [second.verifier, first.verifier]
    )
    assert note.text == TEXT
    assert keys == (first.verifier, second.verifier)


def test_a_text_with_empty_lines_ends_at_the_last_one() -> None:
    note, _ = check_note(sign_note("a\n\nb\n", [signer()]), [signer().verifier])
    assert note.text == "a\n\nb\n"


def test_signatures_by_unknown_keys_are_ignored() -> None:
    signed = sign_note(TEXT, [signer(), signer("other.example", 2), signer(seed=3)])
    assert check_note(signed, [signer().verifier])[1] == (signer().verifier,)


def test_the_same_signature_twice_counts_once() -> None:
    assert check_note(sign_note(TEXT, [signer(), signer()]), [signer().verifier])[1] == (
        signer().verifier,
    )


def test_sixteen_large_signatures_are_accepted() -> None:
    line = f"\u2014 pq.example {b64encode(bytes(5000)).decode()}\n"
    check_note(sign_note(TEXT, [signer()]) + line * 15, [signer().verifier])


def test_a_note_by_nobody_known_is_refused() -> None:
    assert code_of(sign_note(TEXT, [signer(seed=2)]), signer().verifier) == "note_unsigned"


def test_no_trusted_key_at_all_refuses() -> None:
    assert code_of(sign_note(TEXT, [signer()])) == "note_keys"


def test_two_trusted_keys_that_cannot_be_told_apart_refuse() -> None:
    key = signer().verifier
    assert (
        code_of(sign_note(TEXT, [signer()]), key, VerifierKey(key.name, key.key_id, bytes(32)))
        == "note_keys"
    )


def test_a_changed_text_is_refused() -> None:
    assert (
        code_of(sign_note(TEXT, [signer()]).replace("7", "8"), signer().verifier)
        == "note_signature"
    )


def test_one_wrong_signature_by_a_known_key_refuses_the_note_whatever_else_it_holds() -> None:
    good = sign_note(TEXT, [signer()])
    bad = sign_note("another\n", [signer()]).removeprefix("another\n\n")
    assert code_of(good + bad, signer().verifier) == "note_signature"


def test_a_known_key_of_no_use_refuses_without_a_traceback() -> None:
    useless = verifier_key("made-up.example/office", b"\xff" * 32)
    line = f"\u2014 {useless.name} {b64encode(useless.key_id + bytes(64)).decode()}\n"
    assert code_of(f"{TEXT}\n{line}", useless) == "note_signature"


GOOD = sign_note(TEXT, [signer()])
LINE = GOOD.removeprefix(TEXT + "\n")
MALFORMED = {
    "empty": "",
    "no blank line": TEXT + LINE,
    "no signature": TEXT + "\n",
    "no last newline": GOOD[:-1],
    "tab": "a\tb\n\n" + LINE,
    "carriage return": GOOD.replace("\n", "\r\n"),
    "lone surrogate": "\ud800\n\n" + LINE,
    "hyphen for dash": GOOD.replace("\u2014", "-"),
    "two spaces": GOOD.replace("\u2014 ", "\u2014  "),
    "no name": f"{TEXT}\n\u2014  {LINE.split()[2]}\n",
    "plus in the name": GOOD.replace("/office ", "+office "),
    "unicode space in the name": GOOD.replace("/office ", "\u00a0office "),
    "not base64": GOOD[:-2] + "*\n",
    "unpadded base64": GOOD.replace("=\n", "\n"),
    "key id without a signature": f"{TEXT}\n\u2014 n {b64encode(bytes(4)).decode()}\n",
    "text among the signatures": GOOD + "more\n",
    "too many signatures": GOOD + LINE * MAX_SIGNATURES,
    "too long": "x" * MAX_NOTE_BYTES + "\n\n" + LINE,
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_note_is_refused(name: str) -> None:
    assert code_of(MALFORMED[name], signer().verifier) == "note_malformed"


def test_bytes_that_are_not_utf8_are_refused() -> None:
    assert code_of(b"\xff" + GOOD.encode(), signer().verifier) == "note_malformed"


def test_base64_with_spare_bits_set_is_refused() -> None:
    line = GOOD.rstrip("\n")
    assert line.endswith("=")
    swapped = line[:-2] + chr(ord(line[-2]) + 1) + "=\n"
    assert b64decode(swapped.split()[-1]) == b64decode(line.split()[-1])
    assert code_of(swapped, signer().verifier) == "note_malformed"


@pytest.mark.parametrize("text", ["no newline", "a\tb\n", ""])
def test_a_text_that_no_note_can_hold_is_not_signed(text: str) -> None:
    with pytest.raises(VerifyFault) as fault:
        sign_note(text, [signer()])
    assert fault.value.code == "note_malformed"


def test_a_note_is_not_made_without_a_signer() -> None:
    with pytest.raises(ValueError, match="signer"):
        sign_note(TEXT, [])


KEY = str(signer().verifier)
BAD_KEYS = {
    "empty": "",
    "two parts": "name+00000000",
    "no name": KEY[KEY.index("+") :],
    "space in the name": " " + KEY,
    "wrong key id": KEY.replace("+" + KEY.split("+")[1], "+00000000", 1),
    "upper-case key id": KEY.replace(KEY.split("+")[1], KEY.split("+")[1].upper()),
    "not base64": KEY[:-1] + "*",
    "another type": "n+00000000+" + b64encode(b"\x04" + bytes(32)).decode(),
    "short key": "n+00000000+" + b64encode(b"\x01" + bytes(31)).decode(),
    "newline": KEY + "\n",
    "too long": "n" * 2000 + KEY,
}


@pytest.mark.parametrize("name", BAD_KEYS)
def test_a_malformed_verifier_key_is_refused(name: str) -> None:
    with pytest.raises(VerifyFault) as fault:
        parse_vkey(BAD_KEYS[name])
    assert fault.value.code == "vkey_malformed"


def test_a_malformed_text_is_never_quoted_in_the_fault() -> None:
    with pytest.raises(VerifyFault) as fault:
        parse_note("Zebedee Made-Up\n")
    assert "Zebedee" not in str(fault.value)
