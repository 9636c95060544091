"""An officer's security keys: the verifier key is read in one form only, and a signature is believed
only where each numbered clause of batches/security_keys.py holds."""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from webauthn import verify_authentication_response
from webauthn.helpers.exceptions import InvalidAuthenticationResponse

from counterfoil.batches.officers import share_key
from counterfoil.batches.ruling import Act, Reviewed, rule
from counterfoil.batches.security_keys import (
    Assertion,
    challenge_of,
    is_security_key,
    read_keys,
    to_base64url,
    write_keys,
)
from counterfoil.batches.statements import (
    check_signed,
    keep_signed,
    read_signed,
    security_key_signature,
)
from counterfoil.core.errors import CounterfoilError, StateFault
from counterfoil.core.origins import is_page_of, is_rp
from counterfoil.core.use_cases import Signature, Signed, statement_bytes
from counterfoil.core.values import Officer
from counterfoil.tlog.encoding import to_base64
from counterfoil.tlog.note import key_id
from tests.batches.office import ADA, DETERMINED, sign, statement
from tests.world.authenticators import ORIGIN, RP, KeyedOfficer, SoftKey, credential_json

MAYA = KeyedOfficer("m-okafor")
ES256, EDDSA = 0, 1
PAGE = Path(__file__).parents[2] / "docs/formats/security-key.md"
P256 = 2**256 - 2**224 + 2**192 + 2**96 - 1


def _code(work: Callable[[], object]) -> str:
    with pytest.raises(CounterfoilError) as fault:
        work()
    assert fault.value.cure and fault.value.place is not None
    return fault.value.code


def _assertion(signed: Signed) -> Assertion:
    from counterfoil.batches.security_keys import read_assertion

    return read_assertion(signed.signature.value, signed.signature.client_data)


# -- the verifier key --------------------------------------------------------------------------


def test_a_verifier_key_says_the_authenticators_and_comes_back() -> None:
    keys = read_keys(MAYA.officer.vkey)
    assert (keys.name, keys.rp) == ("m-okafor", RP)
    assert {one.credential for one in keys.authenticators} == {k.credential for k in MAYA.keys}
    assert write_keys(keys) == MAYA.officer.vkey
    assert is_security_key(MAYA.officer.vkey) and not is_security_key(ADA.vkey)


def _vkey(said: Any, *, kind: int = 0xFF, name: str = "m", prefix: bytes | None = None) -> str:
    head = b"counterfoil/security-key/v1\x00" if prefix is None else prefix
    data = said if isinstance(said, bytes) else json.dumps(said, separators=(",", ":")).encode()
    body = head + data
    return f"{name}+{key_id(name, kind, body).hex()}+{to_base64(bytes([kind]) + body)}"


def _said(**changes: Any) -> dict[str, Any]:
    one = {"credential": to_base64url(bytes(32)), "key": _jwk()}
    return {"authenticators": [one], "rp": RP} | changes


def _jwk(**changes: Any) -> dict[str, Any]:
    key = SoftKey("j")
    named = {"crv": "P-256", "kty": "EC", "x": to_base64url(key.x), "y": to_base64url(key.y)}
    return {name: value for name, value in (named | changes).items() if value is not None}


def _with_key(**changes: Any) -> dict[str, Any]:
    one = {"credential": to_base64url(bytes(32)), "key": dict(sorted(_jwk(**changes).items()))}
    return _said(authenticators=[one])


def test_the_made_up_key_of_these_tests_is_read() -> None:
    assert read_keys(_vkey(_said())).rp == RP


@pytest.mark.parametrize(
    "vkey",
    [
        _vkey(_said(more=1)),
        _vkey(_said(rp="Office.example")),
        _vkey(_said(rp="127.0.0.1")),
        _vkey(_said(rp="gov")),
        _vkey(_said(rp="office.example:443")),
        _vkey(_said(rp=None)),
        _vkey(_said(authenticators=[])),
        _vkey(_said(authenticators={})),
        _vkey(_said(authenticators=[_said()["authenticators"][0]] * 2)),
        _vkey(
            _said(
                authenticators=[
                    {"credential": to_base64url(bytes([n]) * 16), "key": _jwk()} for n in (1, 2)
                ]
            )
        ),
        _vkey(_said(authenticators=[{"credential": "AA", "key": _jwk()}])),
        _vkey(_said(authenticators=[{"credential": to_base64url(bytes(256)), "key": _jwk()}])),
        _vkey(_said(authenticators=[{"credential": to_base64url(bytes(32)) + "=", "key": _jwk()}])),
        _vkey(_said(authenticators=[{"credential": "!" * 43, "key": _jwk()}])),
        _vkey(_said(authenticators=[{"credential": to_base64url(bytes(32))}])),
        _vkey(_with_key(crv="P-384")),
        _vkey(_with_key(kty="OKP")),
        _vkey(_with_key(crv="secp256k1")),
        _vkey(_with_key(more="x")),
        _vkey(_with_key(y=None)),
        _vkey(_with_key(x=7)),
        _vkey(_with_key(kty="RSA", n="AQAB", e="AQAB")),
        _vkey(_said(), prefix=b"counterfoil/security-key/v2\x00"),
        _vkey(_said(), prefix=b""),
        _vkey(b" " + json.dumps(_said()).encode()),
        _vkey(b"\xff\xfe"),
        _vkey(_said(), kind=0x02),
        _vkey(_said()).replace("+", "-", 1),
        _vkey(_said(rp="a." * 120 + "example")) + "A" * 2000,
    ],
)
def test_p10_a_verifier_key_in_any_other_form_is_refused(vkey: str) -> None:
    assert _code(lambda: read_keys(vkey)) == "vkey_malformed"


@pytest.mark.parametrize(
    "point",
    [
        {"x": to_base64url(bytes(32)), "y": to_base64url(bytes(32))},
        {"x": to_base64url(bytes(31))},
        {"x": to_base64url(b"\x00" + SoftKey("j").x)},
        {"x": to_base64url(P256.to_bytes(32, "big"))},
        {"x": to_base64url(b"\xff" * 32)},
        {"y": to_base64url(bytes(32))},
        {"y": to_base64url(SoftKey("other").y)},
        {"kty": "OKP", "crv": "Ed25519", "y": None, "x": to_base64url(bytes(32))},
        {"kty": "OKP", "crv": "Ed25519", "y": None, "x": to_base64url(b"\x01" + bytes(31))},
        {"kty": "OKP", "crv": "Ed25519", "y": None, "x": to_base64url(b"\xff" * 32)},
        {"kty": "OKP", "crv": "Ed25519", "y": None, "x": to_base64url(bytes(33))},
    ],
)
def test_p10_a_key_that_is_no_point_or_of_small_order_is_refused(point: dict[str, Any]) -> None:
    assert _code(lambda: read_keys(_vkey(_with_key(**point)))) == "security_key_weak"


def test_an_officer_is_the_same_by_any_one_authenticator_and_by_the_other_half_of_a_point() -> None:
    shared, other = MAYA.keys[0], SoftKey("other")
    twin = KeyedOfficer("twin", other, shared)
    assert share_key(MAYA.officer, twin.officer)
    assert not share_key(MAYA.officer, KeyedOfficer("nina").officer)
    mirrored = SoftKey("m-okafor 1")
    mirrored.credential = bytes(32)
    y = (P256 - int.from_bytes(mirrored.y, "big")).to_bytes(32, "big")
    mirrored.one = msgspec.structs.replace(
        mirrored.one, credential=bytes(32), public=b"\x04" + mirrored.x + y
    )
    assert share_key(MAYA.officer, KeyedOfficer("mirror", mirrored).officer)


@pytest.mark.parametrize(
    ("origin", "holds"),
    [
        (f"https://{RP}", True),
        (f"https://pages.{RP}:8443", True),
        (f"http://{RP}", False),
        (f"https://{RP}:443", False),
        (f"https://{RP}/", False),
        (f"https://{RP.upper()}", False),
        (f"https://evil{RP}", False),
        (f"https://{RP}.evil.example", False),
        (f"https://{RP}@evil.example", False),
        (f"https://.{RP}", False),
        (f"https://a..{RP}", False),
        (f"https://{RP}:99999", False),
        ("null", False),
        ("", False),
        (None, False),
        ([f"https://{RP}"], False),
    ],
)
def test_an_origin_is_of_its_host_in_one_form(origin: Any, holds: bool) -> None:
    assert is_page_of(origin, RP) is holds


def test_this_machine_is_a_host_of_pages_and_its_address_is_none() -> None:
    assert is_rp("localhost") and is_page_of("http://localhost:8441", "localhost")
    assert not is_rp("127.0.0.1") and not is_rp("example")


# -- the signature -----------------------------------------------------------------------------


@pytest.mark.parametrize("which", [ES256, EDDSA])
def test_what_a_security_key_signed_is_kept_read_back_and_verifies(which: int) -> None:
    signed = MAYA.sign(statement(), which)
    kept = keep_signed(signed)
    said = check_signed(read_signed(kept, MAYA.officer))
    assert said is not None
    assert (said.origin, said.rp, said.credential) == (ORIGIN, RP, MAYA.keys[which].credential)
    assert "\n" not in kept


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"type": "webauthn.create"}, "security_key_type"),
        ({"type": None}, "security_key_type"),
        ({"type": ["webauthn.get"]}, "security_key_type"),
        ({"challenge": to_base64url(bytes(32))}, "security_key_challenge"),
        ({"challenge": None}, "security_key_challenge"),
        ({"challenge": ""}, "security_key_challenge"),
        ({"origin": "https://evil.example"}, "security_key_origin"),
        ({"origin": f"https://{RP}.evil.example"}, "security_key_origin"),
        ({"origin": f"http://{RP}"}, "security_key_origin"),
        ({"origin": None}, "security_key_origin"),
        ({"crossOrigin": True}, "security_key_cross_origin"),
        ({"crossOrigin": 0}, "security_key_cross_origin"),
        ({"crossOrigin": "false"}, "security_key_cross_origin"),
        ({"topOrigin": "https://evil.example"}, "security_key_cross_origin"),
        ({"topOrigin": ORIGIN, "crossOrigin": None}, "security_key_cross_origin"),
        ({"flags": 0x00}, "security_key_unverified"),
        ({"flags": 0x01}, "security_key_unverified"),
        ({"flags": 0x04}, "security_key_unverified"),
        ({"flags": 0x0D}, "security_key_backup"),
        ({"flags": 0x1D}, "security_key_backup"),
        ({"flags": 0x15}, "security_key_backup"),
        ({"flags": 0x45}, "security_key_malformed"),
        ({"flags": 0x85}, "security_key_malformed"),
        ({"more": "x" * 4096}, "security_key_malformed"),
    ],
)
@pytest.mark.parametrize("which", [ES256, EDDSA])
def test_p10_what_an_authenticator_signed_otherwise_is_refused(
    wrong: dict[str, Any], code: str, which: int
) -> None:
    signed = MAYA.sign(statement(), which, **wrong)
    assert _code(lambda: check_signed(signed)) == code


def test_client_data_may_say_more_and_may_leave_out_that_it_is_not_inside_another_page() -> None:
    check_signed(MAYA.sign(statement(), other_keys_can_be_added_here="x", crossOrigin=None))


@pytest.mark.parametrize(
    "client",
    [
        b"",
        b"[]",
        b"null",
        b'"text"',
        b"{",
        b"\xff",
        b"[" * 4000,
        b'{"type":"webauthn.get","type":"webauthn.get"}',
        b'{"type":"webauthn.get"}x',
    ],
)
def test_p10_client_data_that_is_no_object_with_each_name_once_is_refused(client: bytes) -> None:
    made = _assertion(MAYA.sign(statement()))
    data = made.authenticator_data
    signature = MAYA.keys[0].sign(data + sha256(client).digest())
    other = Assertion(made.credential, data, client, signature)
    signed = Signed(MAYA.officer, statement(), security_key_signature(other))
    code = _code(lambda: check_signed(signed))
    assert code in ("security_key_malformed", "security_key_type")


def test_another_site_s_authenticator_data_are_refused() -> None:
    elsewhere = KeyedOfficer("m-okafor", SoftKey("m-okafor 1", rp="evil.example"))
    assert _code(lambda: check_signed(elsewhere.sign(statement()))) == "security_key_rp"


def test_another_officers_authenticator_is_refused_and_so_is_its_name_on_ones_own_signature() -> (
    None
):
    nina = KeyedOfficer("nina")
    theirs = nina.sign(statement())
    borrowed = Signed(MAYA.officer, theirs.statement, theirs.signature)
    assert _code(lambda: check_signed(borrowed)) == "security_key_unknown"
    made = msgspec.structs.replace(_assertion(theirs), credential=MAYA.keys[0].credential)
    renamed = Signed(MAYA.officer, theirs.statement, security_key_signature(made))
    assert _code(lambda: check_signed(renamed)) == "security_key_signature"


@pytest.mark.parametrize(
    "changes",
    [
        {"act": "release"},
        {"office": "another.gov/office"},
        {"subject": "b-ffffffffffff"},
        {"generation": 3},
        {"details": {"determinations": "sha256:" + "00" * 32}},
        {"nonce": "5e" * 16},
        {"expires": "2026-03-02T14:20:01Z"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_signature_is_of_every_field_of_its_statement(changes: dict[str, object]) -> None:
    signed = MAYA.sign(statement())
    other = Signed(MAYA.officer, statement(**changes), signed.signature)
    assert _code(lambda: check_signed(other)) == "security_key_challenge"


SIGNED = {which: MAYA.sign(statement(), which) for which in (ES256, EDDSA)}


@given(st.data())
def test_one_altered_bit_of_any_part_is_refused(data: st.DataObject) -> None:
    signed = SIGNED[data.draw(st.sampled_from([ES256, EDDSA]))]
    made = _assertion(signed)
    part = data.draw(st.sampled_from(Assertion.__struct_fields__))
    raw = bytearray(getattr(made, part))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    altered = security_key_signature(msgspec.structs.replace(made, **{part: bytes(raw)}))
    with pytest.raises(CounterfoilError):
        check_signed(Signed(MAYA.officer, signed.statement, altered))


@given(st.integers(0, 2000), st.binary(min_size=1, max_size=3))
def test_p10_a_kept_text_with_other_bytes_never_verifies(at: int, other: bytes) -> None:
    kept = keep_signed(SIGNED[ES256]).encode()
    at %= len(kept)
    altered = (kept[:at] + other + kept[at + len(other) :]).decode("utf-8", "replace")
    if altered.encode() == kept:
        return
    with pytest.raises(CounterfoilError):
        check_signed(read_signed(altered, MAYA.officer))


@pytest.mark.parametrize(
    "signature",
    [
        Signature("ed25519", SIGNED[ES256].signature.value, ""),
        Signature("ed25519", SIGNED[ES256].signature.value, SIGNED[ES256].signature.client_data),
        Signature("none", SIGNED[ES256].signature.value, SIGNED[ES256].signature.client_data),
    ],
)
def test_p10_an_officer_with_security_keys_signs_in_no_other_scheme(signature: Signature) -> None:
    signed = Signed(MAYA.officer, statement(), signature)
    assert _code(lambda: check_signed(signed)) == "officer_signature"


@pytest.mark.parametrize(
    "signature",
    [
        Signature("webauthn", SIGNED[ES256].signature.value, ""),
        Signature("webauthn", "", SIGNED[ES256].signature.client_data),
        Signature("webauthn", "!", SIGNED[ES256].signature.client_data),
        Signature("webauthn", b64encode(bytes(81)).decode(), SIGNED[ES256].signature.client_data),
        Signature("webauthn", SIGNED[ES256].signature.value, "{}"),
        Signature("webauthn", SIGNED[ES256].signature.value, "\ud800"),
        Signature(
            "webauthn",
            SIGNED[ES256].signature.value,
            SIGNED[ES256].signature.client_data.replace(":", ": "),
        ),
        Signature(
            "webauthn",
            SIGNED[ES256].signature.value,
            SIGNED[ES256].signature.client_data.replace("{", '{"a":"",', 1),
        ),
    ],
)
def test_p10_a_signature_in_another_form_is_refused(signature: Signature) -> None:
    signed = Signed(MAYA.officer, statement(), signature)
    assert _code(lambda: check_signed(signed)) == "security_key_malformed"


def test_an_officer_with_a_key_file_does_not_sign_as_a_security_key() -> None:
    signed = Signed(ADA, statement(), SIGNED[ES256].signature)
    assert _code(lambda: check_signed(signed)) == "officer_signature"


# -- two officers ------------------------------------------------------------------------------


def _word(signer: KeyedOfficer, act: Act, which: int = 0) -> str:
    said = statement(act=str(act), details={"determinations": DETERMINED.determinations_digest})
    return keep_signed(signer.sign(said, which))


def test_a_batch_is_ruled_by_two_officers_with_security_keys_or_with_one_of_each_kind() -> None:
    nina = KeyedOfficer("nina")
    reviewed = Reviewed(DETERMINED, MAYA.officer, _word(MAYA, Act.REVIEW))
    assert rule(reviewed, nina.officer, _word(nina, Act.RELEASE)).second == nina.officer
    said = statement(act="release")
    assert rule(reviewed, ADA, keep_signed(sign(said, ADA, 1))).second == ADA


def test_p6_one_authenticator_under_two_names_is_one_officer() -> None:
    twin = KeyedOfficer("twin", SoftKey("twin 1"), MAYA.keys[0])
    reviewed = Reviewed(DETERMINED, MAYA.officer, _word(MAYA, Act.REVIEW))
    with pytest.raises(StateFault) as fault:
        rule(reviewed, twin.officer, _word(twin, Act.RELEASE))
    assert fault.value.code == "second_officer_same_key"


# -- a second implementation -------------------------------------------------------------------


@pytest.mark.parametrize("which", [ES256, EDDSA])
@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"origin": "https://evil.example"},
        {"type": "webauthn.create"},
        {"challenge": to_base64url(bytes(32))},
        {"flags": 0x01},
    ],
    ids=lambda wrong: next(iter(wrong), "as it should be"),
)
def test_py_webauthn_says_the_same_of_the_same_assertions(
    wrong: dict[str, Any], which: int
) -> None:
    signed, key = MAYA.sign(statement(), which, **wrong), MAYA.keys[which]
    cose = key.cose()
    ours = theirs = True
    try:
        check_signed(signed)
    except CounterfoilError:
        ours = False
    try:
        verify_authentication_response(
            credential=credential_json(_assertion(signed)),
            expected_challenge=challenge_of(statement_bytes(signed.statement)),
            expected_rp_id=RP,
            expected_origin=ORIGIN,
            credential_public_key=cose,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except InvalidAuthenticationResponse:
        theirs = False
    assert ours is theirs is (not wrong)


# -- the page ----------------------------------------------------------------------------------


def test_the_worked_example_is_what_is_read_and_verifies() -> None:
    from counterfoil.client.keys import key_code, short_code

    text = PAGE.read_text(encoding="utf-8")
    [vkey] = [line.strip() for line in text.splitlines() if line.startswith("    m-okafor+")]
    [kept] = [line.strip() for line in text.splitlines() if line.startswith('    {"client_data"')]
    officer = Officer("m-okafor", vkey)
    assert vkey == MAYA.officer.vkey
    signed = read_signed(kept, officer)
    said = check_signed(signed)
    assert said is not None and said.origin == ORIGIN
    assert b64decode(vkey.split("+", 2)[2])[29:].decode() in text
    data, made = statement_bytes(signed.statement), _assertion(signed)
    for shown in (
        data.decode(),
        challenge_of(data).hex(),
        to_base64url(challenge_of(data)),
        short_code(signed.statement),
        key_code(officer),
        made.client_data_json.decode(),
        made.authenticator_data.hex(),
    ):
        assert shown in text


def test_every_code_that_a_security_keys_signature_can_meet_is_on_its_page() -> None:
    from counterfoil.batches import security_keys

    source = Path(security_keys.__file__).read_text(encoding="utf-8")
    codes = set(re.findall(r'"(security_key_[a-z_]+)"', source))
    text = PAGE.read_text(encoding="utf-8")
    assert codes and {code for code in codes if f"`{code}`" not in text} == set()
