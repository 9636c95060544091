"""Who asks is said once, by a header that is signed or is not; contradictions refuse."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counterfoil import intake
from counterfoil.core import canonical, keyfile
from counterfoil.core.errors import CounterfoilError, InputFault, StoreFault, VerifyFault
from counterfoil.core.values import Header
from tests.intake.make import FULL, HEADER, csv_bytes, jsonl_bytes, row

SECRET = bytes(range(32))
KEYS = {"sandbox-principal": keyfile.public_bytes(SECRET)}
SIGNED = Header("agency-a", "sandbox", "sandbox-principal", date(2026, 3, 2), signed=True)
WORDS = {
    "requester": "agency-a",
    "agreement": "sandbox",
    "principal": "sandbox-principal",
    "sent_on": "2026-03-02",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "file.csv"
    path.write_bytes(csv_bytes([row(1)]))
    return path


def _side(path: Path, kind: str) -> Path:
    return path.with_name(path.name + f".header.{kind}")


def _open(path: Path, default: Header | None = None, keys: dict[str, bytes] = KEYS) -> Header:
    return intake.open_file(path, default_header=default, principal_keys=keys).header


def _refusal(path: Path, **options: dict[str, bytes]) -> CounterfoilError:
    with pytest.raises(CounterfoilError) as found:
        _open(path, **options)
    return found.value


def _jws(protected: object, payload: bytes, secret: bytes = SECRET) -> bytes:
    parts = [
        urlsafe_b64encode(part).rstrip(b"=") for part in (json.dumps(protected).encode(), payload)
    ]
    signature = Ed25519PrivateKey.from_private_bytes(secret).sign(b".".join(parts))
    return b".".join([*parts, urlsafe_b64encode(signature).rstrip(b"=")])


def test_a_file_without_header_takes_the_default_unsigned(path: Path) -> None:
    assert _open(path, SIGNED) == HEADER


def test_a_file_without_header_and_without_default_is_refused(path: Path) -> None:
    fault = _refusal(path)
    assert (type(fault), fault.code) == (InputFault, "header_missing")


def test_a_plain_side_file_is_an_unsigned_header_and_goes_before_the_default(path: Path) -> None:
    _side(path, "json").write_text(json.dumps(WORDS))
    assert _open(path, Header("another", "sandbox", "other", date(2020, 1, 1))) == HEADER


def test_a_signed_side_file_is_a_signed_header(path: Path) -> None:
    assert intake.sign_header(path, HEADER, SECRET) == _side(path, "jws")
    assert _open(path) == SIGNED


def test_signing_again_replaces_the_side_file(path: Path) -> None:
    intake.sign_header(path, HEADER, SECRET)
    path.write_bytes(csv_bytes([row(1), row(2)]))
    intake.sign_header(path, HEADER, SECRET)
    assert _open(path) == SIGNED


def test_the_signed_payload_is_canonical_and_names_the_file_by_digest(path: Path) -> None:
    token = intake.sign_header(path, HEADER, SECRET).read_bytes()
    payload = urlsafe_b64decode(token.split(b".")[1] + b"==")
    assert payload == canonical.encode(
        {**WORDS, "file_digest": canonical.digest(path.read_bytes())}
    )


@pytest.mark.parametrize("algorithm", ["EdDSA", "Ed25519"])
def test_both_names_of_the_algorithm_are_read(path: Path, algorithm: str) -> None:
    payload = canonical.encode({**WORDS, "file_digest": canonical.digest(path.read_bytes())})
    _side(path, "jws").write_bytes(
        _jws({"alg": algorithm, "kid": "sandbox-principal"}, payload) + b"\n"
    )
    assert _open(path) == SIGNED


def test_another_file_than_the_signed_one_does_not_verify(path: Path) -> None:
    intake.sign_header(path, HEADER, SECRET)
    path.write_bytes(csv_bytes([row(2)]))
    fault = _refusal(path)
    assert (type(fault), fault.code) == (VerifyFault, "file_digest_differs")


def test_another_key_does_not_verify(path: Path) -> None:
    intake.sign_header(path, HEADER, bytes(32))
    fault = _refusal(path)
    assert (type(fault), fault.code) == (VerifyFault, "signature_wrong")


def test_a_principal_without_key_does_not_verify(path: Path) -> None:
    intake.sign_header(path, HEADER, SECRET)
    fault = _refusal(path, keys={})
    assert (type(fault), fault.code) == (VerifyFault, "principal_unknown")


@pytest.mark.parametrize("part", [0, 1, 2])
def test_no_character_of_the_signed_header_can_change(path: Path, part: int) -> None:
    side = intake.sign_header(path, HEADER, SECRET)
    parts = side.read_bytes().split(b".")
    for place in range(len(parts[part]) - 1):
        changed = bytearray(parts[part])
        changed[place] = ord("A") if changed[place] != ord("A") else ord("B")
        side.write_bytes(b".".join([*parts[:part], bytes(changed), *parts[part + 1 :]]))
        assert _refusal(path).code in {"signature_wrong", "header_invalid", "principal_unknown"}


@pytest.mark.parametrize(
    "protected",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "Ed448"},
        {"alg": "EdDSA", "crit": ["b64"], "b64": False},
    ],
)
def test_another_algorithm_is_refused(path: Path, protected: dict[str, object]) -> None:
    payload = canonical.encode({**WORDS, "file_digest": canonical.digest(path.read_bytes())})
    _side(path, "jws").write_bytes(_jws({**protected, "kid": "sandbox-principal"}, payload))
    assert _refusal(path).code in {"signature_wrong", "header_invalid"}


@pytest.mark.parametrize(
    "token", [b"", b"x", b"a.b.c", b"\xff\xfe", b"." * 20_000, b"x" * 20_000, b"e30.e30.e30"]
)
def test_a_side_file_that_is_no_jws_is_refused_even_with_a_default(
    path: Path, token: bytes
) -> None:
    _side(path, "jws").write_bytes(token)
    with pytest.raises(InputFault) as found:
        _open(path, HEADER)
    assert found.value.code == "header_invalid"


def test_one_principal_cannot_sign_in_the_name_of_another(path: Path) -> None:
    body = {**WORDS, "principal": "other", "file_digest": canonical.digest(path.read_bytes())}
    _side(path, "jws").write_bytes(
        _jws({"alg": "EdDSA", "kid": "sandbox-principal"}, canonical.encode(body))
    )
    assert _refusal(path).code == "header_invalid"


def test_a_signed_header_without_digest_is_refused(path: Path) -> None:
    _side(path, "jws").write_bytes(
        _jws({"alg": "EdDSA", "kid": "sandbox-principal"}, canonical.encode(WORDS))
    )
    assert _refusal(path).code == "header_invalid"


@pytest.mark.parametrize(
    "changes",
    [
        {"sent_on": "2026-02-30"},
        {"sent_on": 20260302},
        {"principal": ""},
        {"principal": "x" * 201},
        {"requester": "agency\n-a"},
        {"requester": None},
        {"signed": True},
    ],
)
def test_a_header_of_another_form_is_refused(path: Path, changes: dict[str, object]) -> None:
    _side(path, "json").write_text(json.dumps({**WORDS, **changes}))
    assert _refusal(path).code == "header_invalid"


def test_a_side_file_that_cannot_be_read_is_refused(path: Path) -> None:
    _side(path, "json").mkdir()
    assert _refusal(path).code == "header_invalid"


def test_the_first_json_line_may_be_an_unsigned_header(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    path.write_bytes(b"\n" + jsonl_bytes([{"header": WORDS}, row(1)]))
    file = intake.open_file(path, default_header=None, principal_keys={})
    assert (file.header, [found.row for found in file.rows()]) == (HEADER, [1])


def test_parquet_metadata_may_hold_an_unsigned_header(tmp_path: Path) -> None:
    table = pa.table({name: [cell] for name, cell in FULL.items()})
    pq.write_table(
        table.replace_schema_metadata({"counterfoil.header": json.dumps(WORDS)}),
        tmp_path / "file.parquet",
    )
    assert _open(tmp_path / "file.parquet") == HEADER


def test_an_embedded_header_that_agrees_with_the_signed_one_stays_signed(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    path.write_bytes(jsonl_bytes([{"header": WORDS}, row(1)]))
    intake.sign_header(path, HEADER, SECRET)
    assert _open(path) == SIGNED


def test_headers_that_differ_refuse_the_file(path: Path) -> None:
    intake.sign_header(path, HEADER, SECRET)
    _side(path, "json").write_text(json.dumps({**WORDS, "sent_on": "2026-03-03"}))
    assert _refusal(path).code == "header_differs"


def test_a_side_file_that_cannot_be_written_is_a_store_fault(path: Path) -> None:
    _side(path, "jws").mkdir()
    with pytest.raises(StoreFault) as found:
        intake.sign_header(path, HEADER, SECRET)
    assert found.value.code == "header_not_written"


def test_a_side_file_may_begin_with_the_mark_of_utf_8(path: Path) -> None:
    _side(path, "json").write_bytes(b"\xef\xbb\xbf" + json.dumps(WORDS).encode())
    assert _open(path) == msgspec.structs.replace(SIGNED, signed=False)
    intake.sign_header(path, SIGNED, SECRET)
    signed = _side(path, "jws")
    signed.write_bytes(b"\xef\xbb\xbf" + signed.read_bytes())
    assert _open(path) == SIGNED


_TWICE = '{"principal": "somebody-else", ' + json.dumps(WORDS)[1:]
_DOCUMENT = (
    '"document": {"digest": "sha256:' + "0" * 64 + '", "issued_on": "2026-03-01", "people": '
    '[{"given_name": "Rosa", "family_name": "Quill", "family_name": "Marsh"}], '
    '"periods": ["2024"], "items": ["address"]}'
)


@pytest.mark.parametrize("text", [_TWICE, json.dumps(WORDS)[:-1] + ", " + _DOCUMENT + "}"])
def test_a_header_that_has_one_key_twice_is_refused_at_any_depth(path: Path, text: str) -> None:
    _side(path, "json").write_text(text, encoding="utf-8")
    assert _refusal(path).code == "key_repeated"
    assert "Marsh" not in str(_refusal(path)) and "somebody" not in str(_refusal(path))


def test_a_signed_header_that_has_one_key_twice_is_refused(path: Path) -> None:
    digest = json.dumps({"file_digest": intake.file_digest(path)})[1:]
    payload = (_TWICE[:-1] + ", " + digest).encode()
    raw = _jws({"alg": "EdDSA", "kid": "sandbox-principal"}, payload)
    _side(path, "jws").write_bytes(raw)
    assert _refusal(path).code == "key_repeated"


def test_a_protected_header_that_has_one_key_twice_is_refused(path: Path) -> None:
    payload = json.dumps(WORDS | {"file_digest": intake.file_digest(path)}).encode()
    protected = b'{"alg":"EdDSA","kid":"somebody-else","kid":"sandbox-principal"}'
    parts = [urlsafe_b64encode(part).rstrip(b"=") for part in (protected, payload)]
    signature = Ed25519PrivateKey.from_private_bytes(SECRET).sign(b".".join(parts))
    raw = b".".join([*parts, urlsafe_b64encode(signature).rstrip(b"=")])
    _side(path, "jws").write_bytes(raw)
    assert _refusal(path).code == "key_repeated"


@pytest.mark.parametrize(
    "line",
    [
        '{"header": ' + _TWICE + "}",
        f'{{"header": {json.dumps(WORDS)}, "header": {json.dumps(WORDS)}}}',
    ],
)
def test_an_embedded_header_that_has_one_key_twice_is_refused(tmp_path: Path, line: str) -> None:
    path = tmp_path / "file.jsonl"
    path.write_bytes(line.encode() + b"\n" + jsonl_bytes([row(1)]))
    assert _refusal(path).code == "key_repeated"
