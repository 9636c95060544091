"""The order or consent that a header names: carried whole under the signature, refused with any
fault."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import pytest

from counterfoil import intake
from counterfoil.core import keyfile
from counterfoil.core.errors import CounterfoilError, InputFault, VerifyFault
from counterfoil.core.values import Document, Header, Person
from tests.intake.make import csv_bytes, row
from tests.world.faults import expect_fault

SECRET = bytes(range(32))
KEYS = {"sandbox-attorney": keyfile.public_bytes(SECRET)}
PAPER = b"a made-up order"
STATED = {
    "digest": f"sha256:{hashlib.sha256(PAPER).hexdigest()}",
    "issued_on": "2026-02-01",
    "expires_on": "2026-05-01",
    "court": "District Court of Example",
    "judge": "magistrate",
    "finds": ["specific_act", "relevance", "exclusive_use"],
    "people": [{"given_name": "Rosalind", "family_name": "Quill", "date_of_birth": "1980-02-29"}],
    "periods": ["2023"],
    "items": ["address"],
}
ORDER = Document(
    digest=STATED["digest"],  # type: ignore[arg-type]
    issued_on=date(2026, 2, 1),
    expires_on=date(2026, 5, 1),
    people=(Person("Rosalind", "", "Quill", "", date(1980, 2, 29)),),
    periods=("2023",),
    items=("address",),
    court="District Court of Example",
    judge="magistrate",
    finds=("specific_act", "relevance", "exclusive_use"),
)
HEADER = Header(
    "agency-a",
    "sandbox-routes",
    "sandbox-attorney",
    date(2026, 3, 2),
    route="court-order",
    document=ORDER,
)
WORDS = {
    "requester": "agency-a",
    "agreement": "sandbox-routes",
    "principal": "sandbox-attorney",
    "sent_on": "2026-03-02",
    "route": "court-order",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "file.csv"
    path.write_bytes(csv_bytes([row(1)]))
    return path


def _open(path: Path) -> Header:
    return intake.open_file(path, default_header=None, principal_keys=KEYS).header


def _state(path: Path, **changes: object) -> None:
    header = WORDS | {"document": STATED | changes}
    path.with_name(path.name + ".header.json").write_text(json.dumps(header), encoding="utf-8")


def test_a_route_and_a_document_are_read_from_an_unsigned_header(path: Path) -> None:
    _state(path)
    assert _open(path) == HEADER


def test_a_route_and_a_document_are_carried_whole_under_the_signature(path: Path) -> None:
    intake.sign_header(path, HEADER, SECRET)
    opened = _open(path)
    assert (opened.signed, opened.route, opened.document) == (True, "court-order", ORDER)


def test_a_header_that_states_another_document_than_the_signed_one_refuses(path: Path) -> None:
    intake.sign_header(path, HEADER, SECRET)
    _state(path, expires_on="2027-05-01")
    with pytest.raises(InputFault) as raised:
        _open(path)
    assert raised.value.code == "header_differs"


@pytest.mark.parametrize(
    "changes",
    [
        {"digest": "sha256:0"},
        {"digest": None},
        {"issued_on": "2026-02-30"},
        {"expires_on": "never"},
        {"colour": "blue"},
        {"people": [{"given_name": "Rosalind"}]},
        {"people": [{"given_name": "Ros\u0000alind", "family_name": "Quill"}]},
        {"people": [{"given_name": "Rosalind", "family_name": "Quill"}] * 101},
        {"periods": "2023"},
        {"items": [""]},
        {"court": "x" * 201},
        {"purpose": "=cmd()"},
    ],
)
def test_a_document_with_a_fault_refuses_the_file_and_names_no_value(
    path: Path, changes: dict[str, object]
) -> None:
    _state(path, **changes)
    with pytest.raises(InputFault) as raised:
        _open(path)
    assert raised.value.code == "header_invalid"
    assert "Quill" not in str(raised.value)


@pytest.mark.parametrize("missing", ["digest", "issued_on", "people", "periods", "items"])
def test_what_every_document_has_must_be_stated(path: Path, missing: str) -> None:
    stated = {name: value for name, value in STATED.items() if name != missing}
    path.with_name(path.name + ".header.json").write_text(
        json.dumps(WORDS | {"document": stated}), encoding="utf-8"
    )
    with pytest.raises(InputFault) as raised:
        _open(path)
    assert raised.value.code == "header_invalid"


def test_what_is_stated_of_a_document_is_compared_with_its_file(tmp_path: Path) -> None:
    states, paper = tmp_path / "order.json", tmp_path / "order.pdf"
    states.write_text(json.dumps(STATED), encoding="utf-8")
    paper.write_bytes(PAPER)
    assert intake.state_document(states, paper) == ORDER
    paper.write_bytes(PAPER + b".")
    assert _refused(states, paper) == (VerifyFault, "document_other")
    states.write_text("{}", encoding="utf-8")
    assert _refused(states, paper) == (InputFault, "document_invalid")


def _refused(states: Path, paper: Path) -> tuple[type[CounterfoilError], str]:
    with pytest.raises(CounterfoilError) as raised:
        intake.state_document(states, paper)
    return type(raised.value), raised.value.code


def test_what_is_stated_of_a_document_may_begin_with_the_mark_of_utf_8(tmp_path: Path) -> None:
    paper, states = tmp_path / "order.pdf", tmp_path / "order.json"
    paper.write_bytes(PAPER)
    states.write_bytes(b"\xef\xbb\xbf" + json.dumps(STATED).encode())
    assert intake.state_document(states, paper) == ORDER


@pytest.mark.parametrize("twice", ['"periods": ["2024"]', '"judge": "district"'])
def test_what_is_stated_of_a_document_has_each_key_once(tmp_path: Path, twice: str) -> None:
    paper, states = tmp_path / "order.pdf", tmp_path / "order.json"
    paper.write_bytes(PAPER)
    states.write_text(f"{{{twice}, {json.dumps(STATED)[1:]}", encoding="utf-8")
    with expect_fault(InputFault, "key_repeated", "order.json"):
        intake.state_document(states, paper)
