"""The sheet that an officer fills in, and the officer's word on it."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counterfoil.controls.sampling.sheet import (
    SampleFinding,
    SheetRow,
    check_looked,
    decode_looked,
    encode_looked,
    read_sheet,
    sign_looked,
    write_sheet,
)
from counterfoil.core.errors import InputFault, StoreFault, VerifyFault
from counterfoil.core.values import Officer
from counterfoil.tlog import verifier_key

KEY = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
OFFICER = Officer("a", str(verifier_key("a", KEY.public_key().public_bytes_raw())))
DETERMINED = "sha256:" + hashlib.sha256(b"made up").hexdigest()
ROW = SheetRow(
    "q1", "confirmed", {"given": "Ada", "door": "12 Elm St"}, (("given", "equal"),), None
)


def filled(text: str) -> bytes:
    return write_sheet([ROW]).replace(b'"agrees":null', f'"agrees":{text}'.encode())


def signed(rows: dict[int, bool]) -> SampleFinding:
    return sign_looked("made-up", "b-0001", DETERMINED, rows, OFFICER, KEY)


@pytest.mark.parametrize(("text", "agrees"), [("true", True), ("false", False)])
def test_what_the_officer_wrote_is_read(text: str, agrees: bool) -> None:
    assert read_sheet(filled(text)) == {"q1": agrees}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (write_sheet([ROW]), "sample_row_open"),
        (filled('"yes"'), "sample_sheet"),
        (filled("1"), "sample_sheet"),
        (filled("true") * 2, "sample_sheet"),
        (filled("true").replace(b'"decided"', b'"decide"'), "sample_sheet"),
        (b"\xff\xfe\n", "sample_sheet"),
        (b"\n", "sample_sheet"),
    ],
)
def test_p10_a_sheet_that_does_not_say_it_of_every_row_refuses_without_a_value(
    data: bytes, code: str
) -> None:
    with pytest.raises(InputFault) as fault:
        read_sheet(data)
    assert fault.value.code == code
    assert "Elm" not in str(fault.value)
    assert fault.value.place.startswith("--sample, line ")


def test_the_word_stands_for_every_row_and_for_nothing_else() -> None:
    looked = signed({12: False, 7: True})
    assert (looked.rows, looked.disagreed) == (((7, True), (12, False)), 1)
    check_looked(looked)
    other = {
        "office": "other",
        "batch": "b-0002",
        "determinations": DETERMINED[:-1] + "0",
        "rows": ((7, True), (12, True)),
    }
    for name, value in other.items():
        changed = {field: getattr(looked, field) for field in looked.__struct_fields__} | {
            name: value
        }
        with pytest.raises(VerifyFault) as fault:
            check_looked(SampleFinding(**changed))
        assert fault.value.code == "officer_signature"


def test_what_is_kept_is_read_back_and_what_is_none_is_refused() -> None:
    looked = signed({7: True})
    assert decode_looked(encode_looked(41, looked)) == (41, looked)
    with pytest.raises(StoreFault):
        decode_looked(encode_looked(41, looked)[:-1])


def test_p1_a_sheet_row_prints_nothing() -> None:
    assert "Elm" not in f"{ROW} {ROW!r} {signed({7: True})!r}"
