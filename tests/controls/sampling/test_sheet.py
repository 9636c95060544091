"""The sheet that an officer fills in, and the officer's word on it."""

from __future__ import annotations

import hashlib
from base64 import b64encode

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counterfoil.batches.statements import ed25519_signature, keep_signed
from counterfoil.controls.sampling.sheet import (
    KeptFinding,
    SampleFinding,
    SheetOf,
    SheetRow,
    check_finding,
    decode_finding,
    encode_finding,
    finding_bytes,
    read_sheet,
    write_sheet,
)
from counterfoil.core import canonical
from counterfoil.core.errors import InputFault, StoreFault, VerifyFault
from counterfoil.core.use_cases import Signed, Statement, statement_bytes
from counterfoil.core.values import Officer
from counterfoil.tlog import verifier_key

KEY = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
OFFICER = Officer("a", str(verifier_key("a", KEY.public_key().public_bytes_raw())))
DETERMINED = "sha256:" + hashlib.sha256(b"made up").hexdigest()
ROW = SheetRow(
    "q1",
    "confirmed",
    {"given": "Ada", "door": "12 Elm St"},
    (("given", "equal"),),
    SheetOf(DETERMINED, 0),
    None,
)


def filled(text: str) -> bytes:
    return write_sheet([ROW]).replace(b'"agrees":null', f'"agrees":{text}'.encode())


def found(*rows: tuple[int, bool]) -> SampleFinding:
    return SampleFinding("made-up", "b-0001", DETERMINED, rows, OFFICER)


def commitment(finding: SampleFinding) -> str:
    return canonical.commit(bytes(32), finding_bytes(finding))


def signed(finding: SampleFinding, **changes: object) -> KeptFinding:
    """The finding with the officer's statement of the review, as it is kept."""
    fields = {
        "act": "disagree" if finding.disagreed else "review",
        "office": finding.office,
        "subject": finding.batch,
        "generation": 2,
        "details": {"determinations": DETERMINED, "sample": commitment(finding)},
        "nonce": "5d" * 16,
        "expires": "2026-05-04T12:15:00Z",
    }
    said = Statement(**(fields | changes))  # type: ignore[arg-type]
    raw = KEY.sign(statement_bytes(said))
    return KeptFinding(41, finding, keep_signed(Signed(OFFICER, said, ed25519_signature(raw))))


def older(*rows: tuple[int, bool]) -> SampleFinding:
    """A finding as an older version signed it, over the bytes that it documented."""
    listed = ",".join(f"[{row},{str(agrees).lower()}]" for row, agrees in rows)
    said = (
        f'{{"batch":"b-0001","determinations":"{DETERMINED}","format":"counterfoil-sample-1",'
        f'"office":"made-up","rows":[{listed}]}}'
    )
    signature = b64encode(KEY.sign(said.encode())).decode("ascii")
    return msgspec.structs.replace(found(*rows), signature=signature)


def expect_refused(kept: KeptFinding, said: str) -> None:
    with pytest.raises(VerifyFault) as fault:
        check_finding(kept, said)
    assert fault.value.code == "officer_signature"


@pytest.mark.parametrize(("text", "agrees"), [("true", True), ("false", False)])
def test_what_the_officer_wrote_is_read(text: str, agrees: bool) -> None:
    assert read_sheet(filled(text)) == {ROW.digest: agrees}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"confirmed"', b'"not_confirmed"'),
        (b'"Ada"', b'"Eva"'),
        (b'"equal"', b'"typo"'),
        (b'"round":0', b'"round":1'),
        (b'"q1"', b'"q2"'),
        (DETERMINED.encode(), DETERMINED[:-1].encode() + b"0"),
    ],
)
def test_a_row_that_was_edited_is_another_row(old: bytes, new: bytes) -> None:
    edited = filled("true").replace(old, new)
    assert edited != filled("true")
    assert ROW.digest not in read_sheet(edited)


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
    assert fault.value.place.startswith("--sheet, line ")


FOUND = found((7, True), (12, False))
OTHER = {
    "office": "other",
    "batch": "b-0002",
    "determinations": DETERMINED[:-1] + "0",
    "rows": ((7, True), (12, True)),
    "officer": Officer("b", str(verifier_key("b", KEY.public_key().public_bytes_raw()))),
}


def test_the_signed_statement_stands_for_every_row() -> None:
    agreed = found((7, True), (12, True))
    assert (FOUND.disagreed, agreed.disagreed) == (1, 0)
    for finding in (FOUND, agreed):
        check_finding(signed(finding), commitment(finding))


def test_a_statement_that_agrees_does_not_stand_for_one_that_does_not_nor_the_other_way() -> None:
    agreed = found((7, True), (12, True))
    expect_refused(signed(FOUND, act="review"), commitment(FOUND))
    expect_refused(signed(agreed, act="disagree"), commitment(agreed))


@pytest.mark.parametrize("name", OTHER)
def test_the_signed_statement_stands_for_nothing_else(name: str) -> None:
    other = msgspec.structs.replace(FOUND, **{name: OTHER[name]})
    expect_refused(msgspec.structs.replace(signed(FOUND), finding=other), commitment(other))


def test_a_finding_that_is_not_the_one_that_was_committed_to_is_refused() -> None:
    expect_refused(signed(FOUND), commitment(found((7, True), (12, True))))
    expect_refused(KeptFinding(41, FOUND), commitment(FOUND))


@pytest.mark.parametrize(
    "changes",
    [
        {"act": "release"},
        {"act": "sample"},
        {"subject": "b-0002"},
        {"office": "other"},
        {"details": {"determinations": DETERMINED, "sample": ""}},
        {"details": {"determinations": DETERMINED}},
        {"details": {"determinations": DETERMINED, "sample": commitment(FOUND), "more": 1}},
    ],
    ids=["release", "sample", "batch", "office", "no sample", "none named", "more"],
)
def test_a_statement_of_anything_but_this_review_is_refused(changes: dict[str, object]) -> None:
    expect_refused(signed(FOUND, **changes), commitment(FOUND))


def test_another_keys_signature_is_refused() -> None:
    kept = signed(FOUND)
    other = b64encode(Ed25519PrivateKey.from_private_bytes(b"\x08" * 32).sign(b"said")).decode()
    text = kept.signed.split('"signature":"')[1].split('"')[0]
    expect_refused(
        msgspec.structs.replace(kept, signed=kept.signed.replace(text, other)), commitment(FOUND)
    )


def test_the_word_of_an_older_version_stands_for_every_row_and_for_nothing_else() -> None:
    looked = older((7, True), (12, False))
    check_finding(KeptFinding(41, looked), commitment(looked))
    for name, value in OTHER.items():
        changed = msgspec.structs.replace(looked, **{name: value})
        if name != "officer":
            expect_refused(KeptFinding(41, changed), commitment(changed))
    forged = Officer("a", str(verifier_key("a", bytes(range(32)))))
    expect_refused(KeptFinding(41, msgspec.structs.replace(looked, officer=forged)), "")
    expect_refused(KeptFinding(41, msgspec.structs.replace(looked, signature="AAAA")), "")


def test_what_an_older_version_kept_is_read() -> None:
    """It kept MessagePack of [index, finding], with the signature in the finding."""
    looked = older((7, True))
    kept = decode_finding(msgspec.msgpack.encode((41, looked)))
    assert (kept.index, kept.finding, kept.signed) == (41, looked, "")


def test_what_is_kept_is_read_back_and_what_is_none_is_refused() -> None:
    kept = signed(found((7, True)))
    plain = encode_finding(kept)
    assert decode_finding(plain) == kept
    more = msgspec.msgpack.encode([*msgspec.msgpack.decode(plain), "more"])
    for other in (plain[:-1], b"", more, msgspec.msgpack.encode([41])):
        with pytest.raises(StoreFault) as fault:
            decode_finding(other)
        assert fault.value.code == "payload_rows"


def test_p1_a_sheet_row_and_a_finding_print_nothing() -> None:
    assert "Elm" not in f"{ROW} {ROW!r} {FOUND!r} {signed(FOUND)!r}"
    assert DETERMINED not in f"{FOUND!r} {signed(FOUND)!r}"
