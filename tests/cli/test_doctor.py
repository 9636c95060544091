"""`office doctor` and `status` say what needs somebody, each with its code and its cure; the doctor
changes nothing."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from counterfoil.batches import store
from counterfoil.exchange.mailbox import Mailbox
from counterfoil.office import open_office, read_vkey
from counterfoil.service import doctor
from counterfoil.service.config import FORMAT, GatewayDoor, ServiceConfig, write_config
from tests.cli.desk import Desk, Told, command
from tests.world.scan import files_below


def _examined(desk: Desk, *more: str | Path) -> Told:
    return command("office", "doctor", *desk.at, "--json", *more)


def _contents(desk: Desk) -> dict[str, bytes]:
    """Every file of the office but what SQLite keeps beside its own."""
    found = (path for path in files_below(desk.office) if not path.name.endswith(("-wal", "-shm")))
    return {str(path): path.read_bytes() for path in found}


def _codes(told: Told) -> dict[str, str]:
    found: list[dict[str, Any]] = told.json["findings"]
    for each in found:
        assert bool(each["code"]) == bool(each["cure"]) == (each["level"] != "ok")
    return {each["code"]: each["level"] for each in found if each["code"]}


def _service(desk: Desk) -> Path:
    Mailbox(desk.directory / "mailbox").make()
    (desk.directory / "public").mkdir()
    holder = str(read_vkey(desk.office / "keys" / "holder.vkey"))
    door = GatewayDoor("127.0.0.1:8440", holder, open_files=True)
    places = (Path("office"), Path("mailbox"), Path("public"))
    write_config(desk.directory / "service.toml", ServiceConfig(FORMAT, *places, None, door))
    return desk.directory / "service.toml"


def test_a_sound_office_has_no_fault_and_is_left_as_it_was(desk: Desk) -> None:
    _service(desk)
    desk.receive()
    before = _contents(desk)
    told = _examined(desk)
    assert (told.code, set(_codes(told)) - {"clock_unsynchronized", "disk_low"}) == (0, set())
    subjects = {each["subject"] for each in told.json["findings"]}
    assert subjects == {
        "configuration",
        "database",
        "batch keys",
        "permissions",
        "keys",
        "clock",
        "witnesses",
        "standing",
        "disk",
        "mailbox",
    }
    assert _contents(desk) == before
    lines = command("office", "doctor", *desk.at).out.splitlines()
    assert all(len(line) <= 80 or "`counterfoil" in line for line in lines)


def test_what_is_wrong_is_named_with_its_code(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    config = _service(desk)
    keys, mailbox = desk.office / "keys", desk.directory / "mailbox"
    (keys / "register.key").chmod(0o644)
    (keys / "payload.key").unlink()
    shutil.rmtree(mailbox / "outbox")
    (mailbox / "inbox").chmod(0o777)
    config.write_text(config.read_text().replace('holder = "', 'holder = "other.'))
    monkeypatch.setattr(doctor, "_clock_state", lambda: 5)
    monkeypatch.setattr(doctor, "_LOW_BYTES", 1 << 60)
    monkeypatch.setattr(doctor, "_LEAST_BYTES", 1 << 59)
    told = _examined(desk)
    assert told.code == 1
    assert _codes(told) == {
        "office_folder_open": "fail",
        "office_key_missing": "fail",
        "service_holder_other": "fail",
        "clock_unsynchronized": "warn",
        "key_missing": "fail",
        "disk_low": "fail",
        "mailbox_missing": "fail",
        "mailbox_open": "fail",
    }


def test_what_lies_in_the_inbox_and_is_no_item_is_told(desk: Desk) -> None:
    """Somebody dropped a file there by its own name, and nobody takes it in."""
    _service(desk)
    (desk.directory / "mailbox" / "inbox" / "requests.csv").write_bytes(b"request_id")
    told = _examined(desk)
    assert (told.code, _codes(told).get("mailbox_others")) == (0, "warn")
    assert "requests" not in told.out


def test_a_database_that_others_read_is_told(desk: Desk) -> None:
    """An earlier version left it so; a folder that nobody else enters keeps it."""
    (desk.office / "office.db").chmod(0o644)
    desk.office.chmod(0o700)
    assert "office_folder_open" not in _codes(_examined(desk))
    desk.office.chmod(0o755)
    assert _codes(_examined(desk))["office_folder_open"] == "fail"


@pytest.mark.parametrize(
    ("file", "text", "code"),
    [
        ("office.toml", "nonsense", "office_settings"),
        ("law/agreement.yaml", "- nonsense", "law_field"),
        ("office.db", None, "database_empty"),
        ("register/current", None, "register_missing"),
    ],
)
def test_an_office_that_cannot_be_opened_is_told_of_and_not_mended(
    desk: Desk, file: str, text: str | None, code: str
) -> None:
    path = desk.office / file
    if text is None:
        path.unlink()
    else:
        path.write_text(text, encoding="utf-8")
    told = _examined(desk)
    assert (told.code, code in _codes(told)) == (1, True), told.out
    assert path.exists() is (text is not None)


def test_batches_whose_shares_are_gone_or_left_are_told(desk: Desk) -> None:
    batch, keys = desk.receive(), desk.office / "batch-keys.db"
    assert "batch_keys_missing" not in _codes(_examined(desk))
    keys.chmod(0o640)
    assert _codes(_examined(desk))["office_folder_open"] == "fail"
    keys.unlink()
    found = _codes(_examined(desk))
    assert (found["batch_keys_missing"], keys.exists()) == ("fail", False)
    office = open_office(desk.office)
    office.shares.keep({batch: bytes(32)})
    with office.store.transaction() as connection:
        store.mark_withdrawn(connection, store.find_batch(connection, batch))
        store.destroy_key(connection, store.find_batch(connection, batch))
    office.close()
    assert _codes(_examined(desk))["batch_keys_left"] == "warn"


def test_the_doctor_is_asked_on_the_offices_own_machine(desk: Desk) -> None:
    told = command("office", "doctor", "--office", "http://127.0.0.1:1", "--json")
    assert told.error == "office_here_only"
