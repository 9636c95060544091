"""The verbs of an agreement: signing says what it did, and what `publish` prints `verify` reads."""

from __future__ import annotations

import json
import shutil
from base64 import urlsafe_b64decode, urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier, BrokenBarrierError

import pytest

from counterfoil.core.errors import VerifyFault
from counterfoil.gate.law.agreement import Agreement
from counterfoil.requester import agreement
from counterfoil.requester.keys import open_principal
from counterfoil.requester.sd_jwt import check_sd_jwt
from tests.cli.desk import Told, command, secret
from tests.gate.world import LIBRARY

PARTIES = ("holder", "requester")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a signed, salted agreement, and a key for each party and for a clerk."""
    place = tmp_path_factory.mktemp("agreement")
    file = place / "agreement.yaml"
    text = (LIBRARY / "agreements" / "treasury-dhs-2025.yaml").read_text(encoding="utf-8")
    salted = text.replace("clause_salt: null", f'clause_salt: "{"5a" * 32}"')
    file.write_text(salted, encoding="utf-8")
    secret(place / "p.pass")
    for name in (*PARTIES, "clerk"):
        command("principal", "create", name, "--keys", place, *opens(place))
    for party in PARTIES:
        assert sign(place, file, party).code == 0
    return place


def opens(place: Path) -> tuple[object, ...]:
    return ("--key-passphrase-file", place / "p.pass")


def sign(place: Path, file: Path, party: str, key: str = "", *more: object) -> Told:
    named = place / f"{key or party}.key"
    return command("agreement", "sign", file, "--as", party, "--key", named, *opens(place), *more)


def statement(place: Path, issuer: str, *redact: str) -> Path:
    hidden = [part for each in redact for part in ("--redact", each)]
    file, key = place / "agreement.yaml", place / f"{issuer}.key"
    told = command("agreement", "publish", file, *hidden, "--key", key, *opens(place))
    assert told.code == 0
    path = place / f"{issuer}{len(redact)}.jwt"
    path.write_text(told.out)
    return path


def digest(place: Path) -> str:
    published = command("agreement", "publish", place / "agreement.yaml").out
    return json.loads(published)["agreement"]


def test_the_sd_jwt_that_publish_prints_is_read_and_proves_the_agreement_where_nothing_is_hidden(
    place: Path,
) -> None:
    told = command("agreement", "verify", statement(place, "holder"), "--json")
    assert (told.code, told.json["hidden"], told.json["agreement"]) == (0, 0, digest(place))
    assert set(told.json["signed"]) == set(PARTIES)
    words = command("agreement", "verify", place / "holder0.jwt", "--digest", digest(place)).out
    assert words.startswith("1. holder signed this statement: holder+")
    other = ("--digest", "sha256:" + "0" * 64, "--json")
    told = command("agreement", "verify", place / "holder0.jwt", *other)
    assert (told.code, told.error) == (5, "agreement_other")


def test_with_clauses_hidden_it_says_whose_word_it_is(place: Path) -> None:
    path = statement(place, "requester", "limits", "title")
    told = command("agreement", "verify", path)
    assert told.code == 0
    assert "is the word of requester" in told.out
    found = command("agreement", "verify", path, "--json").json
    assert found["hidden"] > 1
    assert not [name for name in found["shown"] if name.startswith("limits.")]


def test_an_issuer_who_is_no_party_is_named_by_the_reader(place: Path) -> None:
    path = statement(place, "clerk")
    told = command("agreement", "verify", path, "--json")
    assert (told.code, told.error) == (5, "sd_jwt_key")
    named = ("--issuer-key", place / "clerk.vkey")
    assert command("agreement", "verify", path, *named).code == 0
    wrong = ("--issuer-key", place / "holder.vkey", "--json")
    assert command("agreement", "verify", path, *wrong).error == "sd_jwt_key"


def _code(data: bytes) -> str:
    with pytest.raises(VerifyFault) as fault:
        check_sd_jwt(data)
    return fault.value.code


def test_no_changed_statement_verifies(place: Path) -> None:
    good = statement(place, "holder", "title").read_bytes().strip()
    signed, *shown = good.split(b"~")
    check_sd_jwt(good)
    assert _code(b"~".join([signed, *shown[1:-1], shown[1], b""])) == "sd_jwt_clause"
    assert _code(good[:-1]) == "sd_jwt_malformed"
    made = urlsafe_b64encode(b'["00","title","Another"]').rstrip(b"=")
    assert _code(b"~".join([signed, made, *shown])) == "sd_jwt_clause"
    header, payload, signature = signed.split(b".")
    plain = json.loads(urlsafe_b64decode(payload + b"=="))
    for change in ({"agreement": "sha256:" + "0" * 64}, {"_sd": plain["_sd"][1:]}):
        body = urlsafe_b64encode(json.dumps(plain | change).encode()).rstrip(b"=")
        forged = b"~".join([b".".join([header, body, signature]), *shown])
        assert _code(forged) == "sd_jwt_signature"
    for at in range(0, len(good), 37):
        changed = good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :]
        assert _code(changed).startswith("sd_jwt_") or _code(changed) == "vkey_malformed"


def test_signing_new_terms_is_done_and_says_that_the_other_signature_ended(
    place: Path, tmp_path: Path
) -> None:
    file = Path(shutil.copy(place / "agreement.yaml", tmp_path))
    file.write_text(file.read_text(encoding="utf-8").replace("2025-04-07", "2025-04-08"))
    told = sign(place, file, "holder")
    assert (told.code, told.out.strip()) == (0, (place / "holder.vkey").read_text().strip())
    assert "requester's signature was over other terms" in told.err
    assert command("agreement", "verify", file, "--json").error == "law_signature"
    again = sign(place, file, "requester", "", "--json")
    assert (again.code, again.json["ended"], again.err) == (0, [], "")
    assert command("agreement", "verify", file).code == 0


def test_a_signature_that_is_refused_is_not_written(place: Path, tmp_path: Path) -> None:
    file = Path(shutil.copy(place / "agreement.yaml", tmp_path))
    before = file.read_bytes()
    told = sign(place, file, "requester", "holder", "--json")
    assert (told.code, told.error) == (1, "law_signature_same")
    assert file.read_bytes() == before


def test_two_parties_who_sign_at_once_both_have_signed(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = Path(shutil.copy(LIBRARY / "agreements" / "treasury-dhs-2025.yaml", tmp_path))
    phrase = (place / "p.pass").read_text().splitlines()[0]
    keys = {party: open_principal(place / f"{party}.key", phrase) for party in PARTIES}
    read, both = agreement._read, Barrier(2)

    def read_late(path: Path) -> Agreement:
        found = read(path)
        with suppress(BrokenBarrierError):  # the second reads when the first has written
            both.wait(timeout=0.2)
        return found

    monkeypatch.setattr(agreement, "_read", read_late)
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda party: agreement.sign_file(file, party, keys[party]), PARTIES))
    assert set(agreement.verify_file(file).keys) == set(PARTIES)
    assert not list(tmp_path.glob(".*"))
