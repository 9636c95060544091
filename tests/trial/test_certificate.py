"""A certificate is believed only under the holder's key, for its own snapshot, rules and weights."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from counterfoil import canon, register
from counterfoil.errors import StateFault, StoreFault, VerifyFault
from counterfoil.match import default_weights
from counterfoil.trial.certificate import (
    CERTIFICATE_FILE,
    SIGNATURE_FILE,
    Certificate,
    CertifiedKind,
    certificate_bytes,
    certificate_digest,
    certified_weights,
    open_certificate,
    write_certificate,
)
from counterfoil.trial.decoys import KINDS
from tests.world.office import World

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()


@pytest.fixture
def manifest(world: World) -> register.Manifest:
    folder = world.office.register_directory
    return register.open_manifest(folder / register.current_snapshot(folder), world.office.holder_key.public)


@pytest.fixture
def certificate(manifest: register.Manifest) -> Certificate:
    kinds = tuple(CertifiedKind(name, KINDS[name].sentence, 300_000, 0, 9_985_724, 12) for name in KINDS)
    return Certificate(
        snapshot=manifest.snapshot, manifest=register.manifest_digest(manifest), source_digest=manifest.source_digest,
        forms_version=manifest.forms_version, match_version=manifest.match_version, made_up=True,
        certified_at="2026-05-04T12:00:00Z", seed="00" * 32, asks="birth", confidence_percent=95, limit=10_000_000,
        own_threshold=600, threshold=750, margin=300, kinds=kinds, maximum=9_985_724, mix=dict.fromkeys(KINDS, 111_111),
        mix_said="equal", weighted=9_985_724, proxy_asked=10, proxy_confirmed=9, people=9, not_covered=("stale rows",),
    )  # fmt: skip


def test_what_is_written_is_read_back(tmp_path: Path, certificate: Certificate, manifest: register.Manifest) -> None:
    write_certificate(tmp_path, certificate, KEY.sign)
    assert open_certificate(tmp_path, PUBLIC, manifest) == certificate


def test_a_certificate_is_canonical_json_of_whole_numbers(tmp_path: Path, certificate: Certificate) -> None:
    write_certificate(tmp_path, certificate, KEY.sign)
    data = (tmp_path / CERTIFICATE_FILE).read_bytes()
    assert canon.encode(json.loads(data)) == data == certificate_bytes(certificate)
    assert certificate_digest(certificate) == canon.digest(data)


def test_a_snapshot_without_a_certificate_has_none(tmp_path: Path, manifest: register.Manifest) -> None:
    assert open_certificate(tmp_path, PUBLIC, manifest) is None


@pytest.mark.parametrize("name", [CERTIFICATE_FILE, SIGNATURE_FILE])
def test_half_a_certificate_is_refused(
    tmp_path: Path, certificate: Certificate, manifest: register.Manifest, name: str
) -> None:
    write_certificate(tmp_path, certificate, KEY.sign)
    (tmp_path / name).unlink()
    _expect(tmp_path, manifest, "certificate_not_verified")


@pytest.mark.parametrize("change", [b"}", b"6", b"9"])
def test_a_changed_byte_is_refused(
    tmp_path: Path, certificate: Certificate, manifest: register.Manifest, change: bytes
) -> None:
    write_certificate(tmp_path, certificate, KEY.sign)
    path = tmp_path / CERTIFICATE_FILE
    path.write_bytes(path.read_bytes().replace(change, b"1", 1))
    _expect(tmp_path, manifest, "certificate_not_verified")


def test_a_bad_signature_file_is_refused(tmp_path: Path, certificate: Certificate, manifest: register.Manifest) -> None:
    write_certificate(tmp_path, certificate, KEY.sign)
    (tmp_path / SIGNATURE_FILE).write_text("not base64 !")
    _expect(tmp_path, manifest, "certificate_not_verified")


def test_the_signature_of_a_manifest_does_not_serve(
    tmp_path: Path, certificate: Certificate, manifest: register.Manifest
) -> None:
    """The signed bytes begin with the certificate's own context."""
    write_certificate(tmp_path, certificate, lambda signed: KEY.sign(signed.partition(b"\x00")[2]))
    _expect(tmp_path, manifest, "certificate_not_verified")


@pytest.mark.parametrize("change", [{"built_at": "2027-01-01T00:00:00Z"}, {"match_version": "match-9"}])
def test_a_certificate_of_another_snapshot_or_rules_is_refused(
    tmp_path: Path, certificate: Certificate, manifest: register.Manifest, change: dict[str, str]
) -> None:
    write_certificate(tmp_path, certificate, KEY.sign)
    _expect(tmp_path, replace(manifest, **change), "certificate_not_verified")


def test_another_format_is_refused(tmp_path: Path, certificate: Certificate, manifest: register.Manifest) -> None:
    write_certificate(tmp_path, replace(certificate, format="counterfoil-certificate-2"), KEY.sign)
    with pytest.raises(StateFault) as raised:
        open_certificate(tmp_path, PUBLIC, manifest)
    assert raised.value.code == "certificate_unknown"


def test_a_certificate_that_cannot_be_read_is_no_missing_one(tmp_path: Path, manifest: register.Manifest) -> None:
    (tmp_path / CERTIFICATE_FILE).mkdir()
    with pytest.raises(StoreFault) as raised:
        open_certificate(tmp_path, PUBLIC, manifest)
    assert raised.value.code == "certificate_unreadable"


def test_certified_weights_have_the_certified_threshold_and_nothing_else(certificate: Certificate) -> None:
    weights = default_weights()
    assert certified_weights(weights, certificate) == replace(weights, threshold_bits=7.5)
    assert certified_weights(weights, None) is weights


@pytest.mark.parametrize("change", [{"threshold": 550}, {"own_threshold": 500, "threshold": 500}, {"margin": 200}])
def test_a_certificate_never_lowers_a_threshold(certificate: Certificate, change: dict[str, int]) -> None:
    with pytest.raises(VerifyFault) as raised:
        certified_weights(default_weights(), replace(certificate, **change))
    assert raised.value.code == "certificate_not_verified"


def _expect(folder: Path, manifest: register.Manifest, code: str) -> None:
    with pytest.raises(VerifyFault) as raised:
        open_certificate(folder, PUBLIC, manifest)
    assert raised.value.code == code
