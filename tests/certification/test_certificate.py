"""A certificate is believed only under the holder's key, for its own snapshot, rules and
weights."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from counterfoil import register
from counterfoil.certification.certificate import (
    Certificate,
    certificate_bytes,
    certificate_digest,
    certificate_path,
    open_certificate,
    write_certificate,
)
from counterfoil.core import canonical
from counterfoil.core.errors import StateFault, StoreFault, VerifyFault
from tests.certification.certificates import made_certificate
from tests.world.office import World

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()


@pytest.fixture
def manifest(world: World) -> register.Manifest:
    folder = world.office.register_directory
    return register.open_manifest(
        folder / register.current_snapshot(folder), world.office.holder_key.public
    )


@pytest.fixture
def certificate(manifest: register.Manifest) -> Certificate:
    return made_certificate(manifest)


def path_of(folder: Path, certificate: Certificate, suffix: str = ".json") -> Path:
    return certificate_path(folder, certificate.asks, certificate_digest(certificate), suffix)


def opened(folder: Path, manifest: register.Manifest, certificate: Certificate) -> Certificate:
    """What the ledger's word for `certificate` opens."""
    return open_certificate(
        folder, PUBLIC, manifest, certificate.asks, certificate_digest(certificate)
    )


def test_what_is_written_is_read_back(
    tmp_path: Path, certificate: Certificate, manifest: register.Manifest
) -> None:
    write_certificate(tmp_path, certificate, KEY.sign)
    assert opened(tmp_path, manifest, certificate) == certificate


def test_a_certificate_is_canonical_json_of_whole_numbers(
    tmp_path: Path, certificate: Certificate
) -> None:
    write_certificate(tmp_path, certificate, KEY.sign)
    data = path_of(tmp_path, certificate).read_bytes()
    assert canonical.encode(json.loads(data)) == data == certificate_bytes(certificate)
    assert certificate_digest(certificate) == canonical.digest(data)


def test_a_newer_certificate_leaves_the_older_one_for_the_answers_that_cite_it(
    tmp_path: Path, certificate: Certificate, manifest: register.Manifest
) -> None:
    newer = replace(certificate, threshold=800)
    for each in (certificate, newer):
        write_certificate(tmp_path, each, KEY.sign)
    assert [opened(tmp_path, manifest, each) for each in (certificate, newer)] == [
        certificate,
        newer,
    ]


@pytest.mark.parametrize("suffix", [".json", ".sig"])
def test_a_certificate_of_which_half_is_gone_is_missing(
    tmp_path: Path, certificate: Certificate, manifest: register.Manifest, suffix: str
) -> None:
    write_certificate(tmp_path, certificate, KEY.sign)
    path_of(tmp_path, certificate, suffix).unlink()
    with pytest.raises(StateFault) as raised:
        opened(tmp_path, manifest, certificate)
    assert raised.value.code == "certificate_missing"


def test_another_certificate_in_its_place_is_refused(
    tmp_path: Path, certificate: Certificate, manifest: register.Manifest
) -> None:
    """A signed one, of the same snapshot and scope, put under the name that the ledger's digest
    gives."""
    looser = replace(certificate, threshold=600)
    for each in (certificate, looser):
        write_certificate(tmp_path, each, KEY.sign)
    for suffix in (".json", ".sig"):
        path_of(tmp_path, looser, suffix).replace(path_of(tmp_path, certificate, suffix))
    expect_refused(tmp_path, manifest, certificate)


@pytest.mark.parametrize("change", [b"}", b"6", b"9"])
def test_a_changed_byte_is_refused(
    tmp_path: Path, certificate: Certificate, manifest: register.Manifest, change: bytes
) -> None:
    write_certificate(tmp_path, certificate, KEY.sign)
    path = path_of(tmp_path, certificate)
    path.write_bytes(path.read_bytes().replace(change, b"1", 1))
    expect_refused(tmp_path, manifest, certificate)


def test_a_bad_signature_file_is_refused(
    tmp_path: Path, certificate: Certificate, manifest: register.Manifest
) -> None:
    write_certificate(tmp_path, certificate, KEY.sign)
    path_of(tmp_path, certificate, ".sig").write_text("not base64 !")
    expect_refused(tmp_path, manifest, certificate)


def test_the_signature_of_a_manifest_does_not_serve(
    tmp_path: Path, certificate: Certificate, manifest: register.Manifest
) -> None:
    """The signed bytes begin with the certificate's own context."""
    write_certificate(tmp_path, certificate, lambda signed: KEY.sign(signed.partition(b"\x00")[2]))
    expect_refused(tmp_path, manifest, certificate)


@pytest.mark.parametrize(
    "change", [{"built_at": "2027-01-01T00:00:00Z"}, {"match_version": "match-99"}]
)
def test_a_certificate_of_another_snapshot_or_rules_is_refused(
    tmp_path: Path, certificate: Certificate, manifest: register.Manifest, change: dict[str, str]
) -> None:
    write_certificate(tmp_path, certificate, KEY.sign)
    expect_refused(tmp_path, replace(manifest, **change), certificate)


def test_a_certificate_of_the_other_scope_is_refused(
    tmp_path: Path, certificate: Certificate, manifest: register.Manifest
) -> None:
    write_certificate(tmp_path, certificate, KEY.sign)
    for suffix in (".json", ".sig"):
        path = path_of(tmp_path, certificate, suffix)
        path.rename(path.with_name(path.name.replace("birth", "names")))
    with pytest.raises(VerifyFault) as raised:
        open_certificate(tmp_path, PUBLIC, manifest, "names", certificate_digest(certificate))
    assert raised.value.code == "certificate_not_verified"


def test_another_format_is_refused(
    tmp_path: Path, certificate: Certificate, manifest: register.Manifest
) -> None:
    other = replace(certificate, format="counterfoil-certificate-2")
    write_certificate(tmp_path, other, KEY.sign)
    with pytest.raises(StateFault) as raised:
        opened(tmp_path, manifest, other)
    assert raised.value.code == "certificate_unknown"


def test_a_certificate_that_cannot_be_read_is_no_missing_one(
    tmp_path: Path, certificate: Certificate, manifest: register.Manifest
) -> None:
    path_of(tmp_path, certificate).mkdir()
    with pytest.raises(StoreFault) as raised:
        opened(tmp_path, manifest, certificate)
    assert raised.value.code == "certificate_unreadable"


def expect_refused(folder: Path, manifest: register.Manifest, certificate: Certificate) -> None:
    with pytest.raises(VerifyFault) as raised:
        opened(folder, manifest, certificate)
    assert raised.value.code == "certificate_not_verified"
