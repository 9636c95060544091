"""The signed manifest."""

from __future__ import annotations

import json

import pytest

from counterfoil.core import canonical, keyfile
from counterfoil.core.errors import StateFault, VerifyFault
from counterfoil.register import describe, open_manifest
from counterfoil.register.manifest import manifest_bytes
from tests.register.conftest import HOLDER, PUBLIC, Office
from tests.register.test_thief import Learner


def test_opening_undoes_writing(office: Office) -> None:
    manifest = office.build(learner=Learner(), evidence=lambda: {"pairs": 3})
    assert open_manifest(office.register / manifest.snapshot, PUBLIC) == manifest


def test_the_file_is_canonical_json_of_the_format(office: Office) -> None:
    manifest = office.build()
    data = (office.register / manifest.snapshot / "manifest.json").read_bytes()
    assert data == canonical.encode(json.loads(data)) == manifest_bytes(manifest)
    assert json.loads(data)["format"] == "counterfoil-manifest-1"


@pytest.mark.parametrize("name", ["manifest.json", "manifest.sig"])
def test_a_changed_byte_is_refused(office: Office, name: str) -> None:
    folder = office.register / office.build().snapshot
    data = bytearray((folder / name).read_bytes())
    data[20] ^= 1
    (folder / name).write_bytes(bytes(data))
    with pytest.raises(VerifyFault, match="manifest_not_verified"):
        open_manifest(folder, PUBLIC)


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"format":"counterfoil-manifest-2"}'])
def test_another_format_is_refused_even_where_it_is_signed(office: Office, body: bytes) -> None:
    from base64 import b64encode

    folder = office.register / office.build().snapshot
    (folder / "manifest.json").write_bytes(body)
    (folder / "manifest.sig").write_bytes(b64encode(keyfile.signing_key(HOLDER).sign(body)))
    with pytest.raises(StateFault, match="manifest_unknown"):
        open_manifest(folder, PUBLIC)


def test_a_description_gives_the_digest_of_the_evidence_and_not_the_evidence(
    office: Office,
) -> None:
    manifest = office.build()
    said = describe(manifest)
    assert "evidence" not in said
    assert said["evidence_digest"] == canonical.digest(b"{}")
    assert said["counts"]["residents"] == 3
    assert json.loads(json.dumps(said)) == said


def test_evidence_that_holds_a_fraction_is_a_bug_of_the_learner(office: Office) -> None:

    with pytest.raises(TypeError):
        office.build(learner=Learner(), evidence=lambda: {"share": 0.5})
