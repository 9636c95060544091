"""An office: made whole or not at all, opened by what it holds, and its keys used for one purpose
each."""

from __future__ import annotations

import stat
from pathlib import Path

import msgspec
import pytest

from counterfoil import client, intake, matching, office
from counterfoil.core import keyfile
from counterfoil.core.errors import (
    KeyFault,
    SettingsFault,
    StateFault,
    StoreFault,
    UsageFault,
    VerifyFault,
)
from counterfoil.core.file_lock import locked_file
from counterfoil.core.values import Header
from counterfoil.gate import library
from counterfoil.office import (
    agreement_file,
    context,
    create,
    create_office,
    law_library,
    open_office,
    read_vkey,
)
from counterfoil.tlog import verifier_key
from tests.cli.desk import agreement
from tests.world.office import NOW, World, repeating
from tests.world.people import REQUESTS, write_csv

LIBRARY = law_library()
PASSPHRASE = "made-up horse"


def _make(
    directory: Path,
    law: str | Path = "sandbox",
    *,
    sandbox: bool = True,
    passphrase: str | None = None,
) -> Path:
    file = law if isinstance(law, Path) else agreement_file(law, LIBRARY)
    create_office(
        directory / "office",
        name="counterfoil.example/test",
        agreement=file,
        sandbox=sandbox,
        passphrase=passphrase,
        library=LIBRARY,
        clock=lambda: NOW,
        random=repeating("office"),
    )
    return directory / "office"


# -- making ------------------------------------------------------------------------------------


def test_a_new_office_has_entered_itself_its_law_and_its_keys(tmp_path: Path) -> None:
    made = open_office(_make(tmp_path))
    with made.store.reading() as connection:
        entries = b"".join(made.ledger.entries(connection, 0, made.ledger.size(connection)))
    made.store.close()
    assert [
        entries.count(kind) for kind in (b'"kind":"office"', b'"kind":"law"', b'"kind":"key"')
    ] == [1, 1, 5]


def test_no_key_of_an_office_is_readable_by_others(tmp_path: Path) -> None:
    keys = list((_make(tmp_path) / "keys").iterdir())
    secret = [path for path in keys if path.suffix in {".key", ".passphrase"}]
    assert len(secret) == 6
    assert {stat.S_IMODE(path.stat().st_mode) for path in secret} == {0o600}


def test_an_office_that_is_no_sandbox_must_have_a_passphrase(tmp_path: Path) -> None:
    with pytest.raises(KeyFault) as caught:
        _make(tmp_path, "treasury-dhs-2025", sandbox=False)
    assert caught.value.code == "passphrase_missing"


def test_a_making_that_fails_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(create, "create_store", full)
    with pytest.raises(StoreFault) as caught:
        _make(tmp_path)
    assert caught.value.code == "office_not_made"
    assert list(tmp_path.iterdir()) == []


def test_an_office_is_made_by_one_process_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("counterfoil.core.file_lock.locked_file.__wrapped__.__defaults__", (0,))
    with locked_file(tmp_path / ".office.lock"), pytest.raises(StoreFault) as caught:
        _make(tmp_path)
    assert (caught.value.code, list(tmp_path.iterdir())) == ("office_not_made", [])
    assert (_make(tmp_path) / "office.toml").is_file()


def test_an_agreement_that_cannot_be_used_leaves_nothing(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("format: counterfoil-agreement-1\n", encoding="utf-8")
    with pytest.raises(SettingsFault):
        _make(tmp_path, bad)
    assert list(tmp_path.iterdir()) == [bad]


def test_an_empty_directory_may_become_an_office(tmp_path: Path) -> None:
    (tmp_path / "office").mkdir()
    assert (_make(tmp_path) / "office.toml").is_file()


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_stands_there_is_never_replaced(tmp_path: Path, kind: str) -> None:
    taken = tmp_path / "office"
    if kind == "file":
        taken.write_text("mine", encoding="utf-8")
    else:
        taken.mkdir()
        (taken / "mine").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageFault) as caught:
        _make(tmp_path)
    assert caught.value.code == "office_exists"
    assert (taken if kind == "file" else taken / "mine").read_text(encoding="utf-8") == "mine"


def test_a_name_that_no_key_can_have_makes_no_office(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault) as caught:
        create_office(
            tmp_path / "office",
            name="two words",
            agreement=agreement_file("sandbox", LIBRARY),
            sandbox=True,
            passphrase=None,
            library=LIBRARY,
        )
    assert caught.value.code == "office_name"


def test_the_installed_law_is_taken_where_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "_law").mkdir()
    (tmp_path / "office").mkdir()
    monkeypatch.setattr(library, "__file__", str(tmp_path / "office" / "making.py"))
    assert law_library() == tmp_path / "_law"


# -- opening -----------------------------------------------------------------------------------


def test_an_office_without_its_passphrase_opens_and_its_keys_do_not(tmp_path: Path) -> None:
    path = _make(tmp_path)
    (path / "keys" / "office.passphrase").unlink()
    made = open_office(path)
    with pytest.raises(KeyFault) as caught:
        made.signer()
    made.store.close()
    assert caught.value.code == "passphrase_missing"


def test_the_passphrase_is_not_shown(world: World) -> None:
    assert str(world.office.passphrase) not in repr(world.office)


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_verifier_key_that_cannot_be_read_is_said(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "holder.vkey"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(KeyFault) as caught:
        read_vkey(path)
    assert caught.value.code == "vkey_missing"


def test_a_verifier_key_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "holder.vkey").write_text("not a key\n", encoding="utf-8")
    with pytest.raises(VerifyFault):
        read_vkey(tmp_path / "holder.vkey")


def test_a_database_elsewhere_keeps_its_address(tmp_path: Path) -> None:
    settings = context.Settings(
        format="counterfoil-office-1",
        name="x",
        sandbox=True,
        database="sqlite:////var/office.db",
        chunk_rows=1,
    )
    assert context.database_url(settings.database, tmp_path) == "sqlite:////var/office.db"


def test_time_is_utc_in_whole_seconds() -> None:
    now = context.utc_now()
    assert (now.microsecond, now.utcoffset()) == (0, NOW.utcoffset())


def test_a_register_of_other_match_rules_must_be_built_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = world.office.open_register().manifest
    monkeypatch.setattr(context.matching, "READABLE_VERSIONS", ("match-99",))
    with pytest.raises(StateFault) as caught:
        world.office.weights(manifest)
    assert caught.value.code == "register_rules_other"


def test_a_register_built_without_evidence_is_matched_by_the_default_weights(world: World) -> None:
    untaught = msgspec.structs.replace(world.office.open_register().manifest, evidence={})
    assert world.office.weights(untaught) == matching.default_weights()


def test_the_trial_counts_its_openings_apart(world: World) -> None:
    world.office.custodian(made_up_trial=True).reserve(5)
    assert world.office.custodian().total() == 0


# -- a principal who signs ---------------------------------------------------------------------


@pytest.fixture
def signed(tmp_path: Path) -> tuple[office.Office, Path, bytes]:
    """(office under the 2025 agreement, a request file, the secretary's secret whose key is
    registered there)."""
    secret = keyfile.new_secret("principal", repeating("principal"))
    key = str(verifier_key("dhs-secretary", keyfile.public_bytes(secret)))
    (tmp_path / "agency").mkdir()
    path = _make(
        tmp_path / "agency",
        agreement(tmp_path / "agreement.yaml", key),
        sandbox=False,
        passphrase=PASSPHRASE,
    )
    made = open_office(path, PASSPHRASE, clock=lambda: NOW, random=repeating("opened"))
    return made, write_csv(tmp_path / "requests.csv", REQUESTS), secret


HEADER = Header("dhs", "treasury-dhs-2025", "dhs-secretary", NOW.date())


def test_a_file_that_a_registered_principal_signed_is_put_before_the_law(
    signed: tuple[office.Office, Path, bytes],
) -> None:
    made, file, secret = signed
    intake.sign_header(file, HEADER, secret)
    standing = client.receive(made, file)
    made.store.close()
    assert (standing.counts["granted"], standing.counts["refused"]) == (8, 2)


def test_the_same_file_unsigned_is_refused_in_every_row(
    signed: tuple[office.Office, Path, bytes],
) -> None:
    made, file, _ = signed
    body = '{"requester":"dhs","agreement":"treasury-dhs-2025","principal":"dhs-secretary","sent_on":"2026-05-04"}'
    file.with_name("requests.csv.header.json").write_text(body, encoding="utf-8")
    counts = client.receive(made, file).counts
    made.store.close()
    assert (counts["granted"], counts["refused"]) == (0, len(REQUESTS))
    assert counts["refused.i2-in-writing"] == len(REQUESTS)


def test_a_file_that_another_key_signed_is_refused_whole(
    signed: tuple[office.Office, Path, bytes],
) -> None:
    made, file, _ = signed
    intake.sign_header(file, HEADER, bytes(32))
    with pytest.raises(VerifyFault) as caught:
        client.receive(made, file)
    made.store.close()
    assert caught.value.code == "signature_wrong"


def test_only_a_sandbox_speaks_for_a_file_without_header(
    signed: tuple[office.Office, Path, bytes], world: World
) -> None:
    made, _, _ = signed
    made.store.close()
    assert made.default_header() is None
    assert world.office.default_header() == Header(
        "agency-a", "sandbox", "sandbox-principal", NOW.date()
    )
