"""Evidence, retention and accounting as a user runs them."""

from __future__ import annotations

import csv
import io
import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from counterfoil.office import opening
from tests.cli.desk import Desk, command

PERSON = {
    "format": "counterfoil-person-1",
    "given_name": "Marisol",
    "family_name": "Quintanilla",
    "line1": "1847 Heron Lake Rd",
    "city": "Anytown",
    "state": "WA",
    "zip": "98101",
}


@pytest.fixture
def batch(desk: Desk) -> str:
    assert desk.answer(desk.requests()).code == 0
    return str(desk.batches()[0]["batch"])


def exported(desk: Desk, batch: str, request: str = "q1") -> Path:
    to = desk.directory / f"{request}.evidence"
    told = command(
        "evidence", "export", request, "--batch", batch, *desk.at, *desk.officer("a"), "--to", to
    )
    assert (told.code, told.out.split()) == (0, [str(to), f"{to}.key"])
    return to


def vkey(desk: Desk) -> Path:
    return desk.office / "keys" / "holder.vkey"


def paper(desk: Desk, name: str) -> Path:
    path = desk.directory / name
    path.write_text(name, encoding="utf-8")
    return path


def test_a_bundle_is_exported_and_replayed_without_the_office(desk: Desk, batch: str) -> None:
    bundle, key = exported(desk, batch), desk.directory / "holder.vkey"
    shutil.copy(vkey(desk), key)
    shutil.rmtree(desk.office)
    told = command("replay", bundle, "--holder-key", key)
    assert (told.code, told.out.splitlines()[-1], len(told.out.splitlines())) == (
        0,
        "identical: confirmed",
        12,
    )
    assert command("evidence", "check", bundle, "--holder-key", key).out.endswith(
        "OK: the public part\n"
    )


def test_a_bundle_is_compared_with_the_snapshot_where_the_office_is_named(
    desk: Desk, batch: str
) -> None:
    told = command("replay", exported(desk, batch), "--office", desk.office, "--json")
    assert (
        told.code,
        told.json["identical"],
        told.json["outcome"],
        len(told.json["statements"]),
    ) == (0, True, "confirmed", 12)


def test_bundle_and_key_are_for_the_owner_only(desk: Desk, batch: str) -> None:
    bundle = exported(desk, batch)
    assert {
        path.stat().st_mode & 0o777 for path in (bundle, bundle.with_name("q1.evidence.key"))
    } == {0o600}


def test_an_altered_bundle_ends_with_5(desk: Desk, batch: str) -> None:
    bundle = exported(desk, batch)
    bundle.write_bytes(bundle.read_bytes().replace(b'"agreement"', b'"agreemenT"', 1))
    told = command("replay", bundle, "--json")
    assert (told.code, told.error) == (5, "evidence_signature")


def test_without_its_key_nothing_is_replayed(desk: Desk, batch: str) -> None:
    bundle = exported(desk, batch)
    bundle.with_name("q1.evidence.key").unlink()
    assert (command("replay", bundle, "--json").error, command("replay", bundle).code) == (
        "file_unreadable",
        1,
    )


def test_another_holders_key_ends_with_5(desk: Desk, batch: str) -> None:
    other = desk.office / "keys" / "officer-a.vkey"
    told = command("replay", exported(desk, batch), "--holder-key", other, "--json")
    assert (told.code, told.error) == (5, "evidence_holder")


def test_a_bundle_that_stands_is_not_written_over_and_nothing_is_entered(
    desk: Desk, batch: str
) -> None:
    to = exported(desk, batch)
    before = to.read_bytes()
    told = command(
        "evidence",
        "export",
        "q2",
        "--batch",
        batch,
        *desk.at,
        *desk.officer("a"),
        "--to",
        to,
        "--json",
    )
    assert (told.code, told.error, to.read_bytes() == before) == (2, "out_taken", True)
    assert command("ledger", "show", *desk.at).out.count('"inspection"') == 1


def test_a_certification_says_what_the_check_established_and_leaves_the_signer_blank(
    desk: Desk, batch: str
) -> None:
    out = desk.directory / "certification.txt"
    told = command("ledger", "check", *desk.at, "--certification", out, "--json")
    text = out.read_text(encoding="utf-8")
    assert told.code == 0
    assert all(
        part in text
        for part in (told.json["root"], *told.json["statements"], vkey(desk).read_text().strip())
    )
    assert text.count("____") > 5
    assert "28 USC 1746" in text
    assert command("ledger", "check", *desk.at, "--certification", out).code == 2


def test_a_ledger_that_does_not_check_is_not_certified(desk: Desk, batch: str) -> None:
    out, other = desk.directory / "certification.txt", desk.office / "keys" / "holder.vkey"
    shutil.copy(desk.office / "keys" / "officer-a.vkey", other)
    assert (command("ledger", "check", *desk.at, "--certification", out).code, out.exists()) == (
        5,
        False,
    )


def test_an_accounting_delay_and_record_are_run_as_in_their_help(desk: Desk, batch: str) -> None:
    person = desk.directory / "person.json"
    person.write_text(json.dumps(PERSON), encoding="utf-8")
    asked = ("ledger", "account", "--person-file", person, *desk.at, *desk.officer("a"))
    assert command(*asked).out == "No request about this person is shown.\n"
    decision = ("--order", paper(desk, "inform"), *desk.at, *desk.officer("a"))
    assert command("ledger", "inform", batch, *decision).code == 0
    [shown] = command(*asked, "--json").json["requests"]
    assert "confirmed" not in json.dumps(shown)
    assert shown["nature"].startswith("an answer was given")
    assert command(*asked).out.count(shown["nature"]) == 1
    until = date.today() + timedelta(days=30)
    order = ("--order", paper(desk, "delay"), *desk.at, *desk.officer("a"))
    assert command("ledger", "delay", batch, "--until", until.isoformat(), *order).code == 0
    assert command(*asked).out == "No request about this person is shown.\n"
    again = ("--order", paper(desk, "inform again"), *desk.at, *desk.officer("a"))
    told = command("ledger", "inform", batch, *again).out
    assert f"are not shown the requests of {batch} up to and with {until}" in told
    assert command(*asked, "--for", "inspector").out.count("outcome: confirmed") == 1
    record = ("ledger", "disclosure-record", *desk.at, *desk.officer("a"))
    rows = list(csv.DictReader(io.StringIO(command(*record, "--batch", batch).out)))
    assert [row["request_id"] for row in rows] == ["q1", "q2", "q3", "q4", "q5", "q7", "q9", "q10"]
    assert (
        len(
            command(*record, "--from", "2026-01-01", "--to", "2999-12-31", "--json").json[
                "disclosures"
            ]
        )
        == 8
    )
    assert command(*record, "--from", "2026-01-01", "--json").error == "record_of_what"


def test_the_accounting_is_exported_checked_kept_and_reported_as_in_their_help(
    desk: Desk, batch: str
) -> None:
    out, folder = desk.directory / "accounting.jsonl", desk.directory / "published"
    export = ("accounting", "export", "--to", out, *desk.at, *desk.officer("a"))
    assert command(*export, "--json").json["bytes"] == out.stat().st_size
    assert command(*export, "--json").error == "out_taken"
    assert out.stat().st_mode & 0o077 == 0
    check = ("accounting", "check", out)
    assert command(*check, *desk.at).out.endswith("OK: 10 records\n")
    assert command("ledger", "export", *desk.at, "--out", folder).code == 0
    published = ("--ledger", folder, "--holder-key", vkey(desk))
    assert command(*check, *published, "--json").json["records"] == 10
    for wrong in ((), (*desk.at, *published), ("--ledger", folder)):
        told = command(*check, *wrong, "--json")
        assert (told.code, told.error) == (2, "accounting_against")
    assert command("accounting", "keep", *desk.at).out == "0 made, 1 checked.\n"
    year = ("--year", str(date.today().year), *desk.at, *desk.officer("a"))
    [row] = command("accounting", "report", *year, "--json").json["rows"]
    assert (row["counts"]["requests"], row["counts"]["disclosures"]) == (10, 8)
    assert "refused: withheld" in command("accounting", "report", "--public", *year).out
    out.write_bytes(out.read_bytes().replace(b"Marisol", b"Marisal"))
    told = command(*check, *desk.at, "--json")
    assert (told.code, "Marisal" in told.out) == (5, False)


def test_a_person_file_that_cannot_be_used_is_told_without_a_value_of_it(
    desk: Desk, batch: str
) -> None:
    person = desk.directory / "person.json"
    person.write_text(json.dumps(PERSON | {"date_of_birth": "Marisol"}), encoding="utf-8")
    asked = command(
        "ledger", "account", "--person-file", person, *desk.at, *desk.officer("a"), "--json"
    )
    assert (asked.code, asked.error) == (1, "person_file")


def test_retention_is_run_held_and_lifted(
    desk: Desk, batch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dry = ("retention", "run", *desk.at, "--dry-run", "--json")
    assert [each["is_due"] for each in command(*dry).json["batches"]] == [False]
    later = opening.utc_now() + timedelta(days=1827)
    clocked = dict(opening.open_office.__kwdefaults__ or {}) | {"clock": lambda: later}
    monkeypatch.setattr(opening.open_office, "__kwdefaults__", clocked)
    hold = ("--order", paper(desk, "hold"), *desk.at, *desk.officer("a"))
    assert command("retention", "hold", batch, *hold).code == 0
    assert [(each["held"], each["is_due"]) for each in command(*dry).json["batches"]] == [
        (True, False)
    ]
    second = ("--second", desk.office / "keys" / "officer-b.key")
    lifted = ("--order", paper(desk, "lifted"), *desk.at, *desk.officer("a"), *second)
    assert command("retention", "lift", batch, *lifted).code == 0
    assert [
        each["batch"] for each in command("retention", "run", *desk.at, "--json").json["batches"]
    ] == [batch]
    told = command(
        "evidence",
        "export",
        "q1",
        "--batch",
        batch,
        *desk.at,
        *desk.officer("a"),
        "--to",
        desk.directory / "x",
        "--json",
    )
    assert (told.code, told.error) == (1, "payload_destroyed")
    assert command("ledger", "check", *desk.at).code == 0
