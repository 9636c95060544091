"""Key files: what opens them, what does not, and what they show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from counterfoil.core import keyfile
from counterfoil.core.errors import KeyFault, StoreFault

PASSPHRASE = "correct horse"


@pytest.fixture
def sealed(tmp_path: Path) -> tuple[Path, bytes]:
    path, secret = tmp_path / "register.key", keyfile.new_secret("register")
    keyfile.seal_key(
        path, name="register", purpose="register", secret=secret, passphrase=PASSPHRASE
    )
    return path, secret


def _opened(path: Path, **changes: object) -> tuple[str, bytes]:
    options: dict[str, object] = {
        "purpose": "register",
        "passphrase": PASSPHRASE,
        "allow_unprotected": False,
    } | changes
    return keyfile.open_key(path, **options)  # type: ignore[arg-type]


def _code(path: Path, **changes: object) -> str:
    with pytest.raises(KeyFault) as caught:
        _opened(path, **changes)
    return caught.value.code


def test_opening_is_the_inverse_of_sealing(sealed: tuple[Path, bytes]) -> None:
    assert _opened(sealed[0]) == ("register", sealed[1])


def test_the_file_shows_no_secret_and_only_its_owner_may_read_it(
    sealed: tuple[Path, bytes],
) -> None:
    path, secret = sealed
    assert secret not in path.read_bytes()
    assert "secret" not in json.loads(path.read_text())
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_wrong_passphrase_is_refused(sealed: tuple[Path, bytes]) -> None:
    assert _code(sealed[0], passphrase="wrong horse") == "passphrase_wrong"


@pytest.mark.parametrize("nothing", [None, ""])
def test_p10_no_passphrase_is_refused(sealed: tuple[Path, bytes], nothing: str | None) -> None:
    assert _code(sealed[0], passphrase=nothing) == "passphrase_missing"


def test_a_key_of_another_purpose_is_refused(sealed: tuple[Path, bytes]) -> None:
    assert _code(sealed[0], purpose="payload") == "key_purpose"


@pytest.mark.parametrize(
    "change",
    [
        {"format": "counterfoil-key-2"},
        {"kdf": "md5"},
        {"n": 2},
        {"salt": "*"},
        {"sealed": 7},
        {"name": None},
    ],
    ids=["format", "kdf", "cost", "base64", "type", "name"],
)
def test_p10_a_field_that_is_not_known_refuses(
    sealed: tuple[Path, bytes], change: dict[str, object]
) -> None:
    path = sealed[0]
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    assert _code(path) == "key_unreadable"


@pytest.mark.parametrize("change", [{"name": "other"}, {"nonce": "AAAAAAAAAAAAAAAA"}])
def test_an_altered_file_does_not_open(sealed: tuple[Path, bytes], change: dict[str, str]) -> None:
    path = sealed[0]
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    assert _code(path) == "passphrase_wrong"


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\xfe", b"{" * 5000])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.key"
    path.write_bytes(content)
    assert _code(path) == "key_unreadable"


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert _code(tmp_path / "none.key") == "key_missing"


def test_a_key_in_clear_opens_in_a_sandbox_only(tmp_path: Path) -> None:
    path, secret = tmp_path / "officer.key", keyfile.new_secret("officer")
    keyfile.seal_key(path, name="officer-a", purpose="officer", secret=secret, passphrase=None)
    assert not keyfile.needs_passphrase(path)
    assert _opened(path, purpose="officer", allow_unprotected=True) == ("officer-a", secret)
    assert _code(path, purpose="officer") == "key_unprotected"


def test_a_secret_of_the_wrong_length_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "officer.key"
    keyfile.seal_key(path, name="officer-a", purpose="officer", secret=b"short", passphrase=None)
    assert _code(path, purpose="officer", allow_unprotected=True) == "key_unreadable"


def test_a_key_file_is_never_overwritten(sealed: tuple[Path, bytes]) -> None:
    before = sealed[0].read_bytes()
    with pytest.raises(StoreFault):
        keyfile.seal_key(
            sealed[0], name="register", purpose="register", secret=sealed[1], passphrase=PASSPHRASE
        )
    assert sealed[0].read_bytes() == before


def test_an_unknown_purpose_is_a_bug_of_the_caller() -> None:
    with pytest.raises(ValueError, match="purpose"):
        keyfile.new_secret("master")


def test_secrets_have_the_length_of_their_purpose() -> None:
    assert {
        purpose: len(keyfile.new_secret(purpose))
        for purpose in ("holder", "officer", "principal", "register", "payload")
    } == {"holder": 32, "officer": 32, "principal": 32, "register": 64, "payload": 64}
