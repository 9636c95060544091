"""Every verb: data on stdout, words on stderr, one JSON object with --json."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from tests.cli.desk import Desk, Told, command
from tests.journeys.test_answering import EXPECTED
from tests.world.people import SOURCE, request, write_csv


def test_office_create_prints_the_holder_key_and_nothing_else_on_stdout(tmp_path: Path) -> None:
    told = command("office", "create", tmp_path / "tax-office", "--sandbox")
    assert told.code == 0
    assert told.out == (tmp_path / "tax-office" / "keys" / "holder.vkey").read_text(
        encoding="utf-8"
    )
    assert "sandbox" in told.err


def test_office_create_as_json(tmp_path: Path) -> None:
    told = command(
        "office",
        "create",
        tmp_path / "tax-office",
        "--sandbox",
        "--name",
        "example.gov/desk",
        "--json",
    )
    assert told.json["holder_vkey"].startswith("example.gov/desk+")
    assert told.err == ""


def test_the_four_steps_pass_the_batch_on_by_its_id(desk: Desk) -> None:
    batch = desk.receive()
    for step in (
        ["determine", batch, *desk.at],
        ["review", batch, *desk.at, *desk.officer("a")],
        ["release", batch, *desk.at, *desk.officer("b"), "--out", desk.directory / "answers.jsonl"],
    ):
        told = command(*step)
        assert (told.code, told.out) == (0, f"{batch}\n")
    assert desk.answers() == EXPECTED


def test_quiet_says_nothing_on_stderr(desk: Desk) -> None:
    assert desk.answer(desk.requests(), "--quiet").err == ""


def test_answer_as_json_counts_and_names_its_files(desk: Desk) -> None:
    told = desk.answer(desk.requests(), "--json")
    assert (told.code, told.err) == (0, "")
    said = told.json
    assert (said["state"], said["rejected"], said["rejects"]) == ("released", 0, None)
    refused = list(EXPECTED.values()).count("refused")
    assert (said["counts"]["granted"], said["counts"]["refused"]) == (
        len(EXPECTED) - refused,
        refused,
    )
    assert Path(said["out"]).is_file()
    assert Path(said["envelope"]).is_file()


def test_answer_writes_csv_where_the_name_says_so(desk: Desk) -> None:
    assert desk.answer(desk.requests(), out="answers.csv").code == 0
    with (desk.directory / "answers.csv").open(encoding="utf-8", newline="") as file:
        assert {row["request_id"]: row["answer"] for row in csv.DictReader(file)} == EXPECTED
    told = command(
        "verify-answer",
        desk.directory / "answers.csv",
        "--holder-key",
        desk.office / "keys" / "holder.vkey",
    )
    assert told.code == 0


def test_a_bare_jsonl_file_is_enough_for_a_sandbox(desk: Desk) -> None:
    path = desk.directory / "requests.jsonl"
    path.write_text(
        json.dumps(request(1, "Marisol", "Quintanilla", "1847 Heron Lake Rd")) + "\n",
        encoding="utf-8",
    )
    assert desk.answer(path).code == 0
    assert desk.answers() == {"q1": "confirmed"}


def test_the_same_file_again_is_the_same_batch_and_the_same_bytes(desk: Desk) -> None:
    first = desk.answer(desk.requests())
    written = (desk.directory / "answers.jsonl").read_bytes()
    again = desk.answer(desk.requests())
    assert (again.code, again.out) == (0, first.out)
    assert "received before" in again.err
    assert (desk.directory / "answers.jsonl").read_bytes() == written


def test_withdraw_closes_a_batch(desk: Desk) -> None:
    batch = desk.receive()
    told = command("withdraw", batch, *desk.at, *desk.officer("a"), "--json")
    assert told.json["state"] == "withdrawn"
    assert command("determine", batch, *desk.at, "--json").error == "batch_not_ready"


def test_status_of_an_empty_office_says_so(desk: Desk) -> None:
    assert command("status", *desk.at).out == "No batch has been received.\n"


def test_status_says_what_stands(desk: Desk) -> None:
    batch = desk.receive()
    assert command("status", *desk.at).out == f"{batch}  gated\n"
    assert [each["state"] for each in desk.batches()] == ["gated"]


def test_register_info_names_nobody(desk: Desk) -> None:
    told = command("register", "info", *desk.at, "--json")
    assert (told.json["made_up"], told.json["counts"]["rows"]) == (True, len(SOURCE))
    assert "snapshot: 0001-" in command("register", "info", *desk.at).out


def test_register_build_prints_the_snapshot(desk: Desk) -> None:
    told = command("register", "build", desk.source(), *desk.at, "--made-up")
    assert (told.code, told.out[:5]) == (0, "0002-")
    said = command("register", "build", desk.source(), *desk.at, "--made-up", "--json").json
    assert (said["snapshot"][:5], said["counts"]["rows"]) == ("0003-", len(SOURCE))


def test_p9_register_build_in_a_sandbox_warns_where_the_source_is_not_said_to_be_made_up(
    desk: Desk,
) -> None:
    assert (
        "A sandbox is for made-up people"
        in command("register", "build", desk.source(), *desk.at).err
    )


def test_register_build_with_rejects_is_exit_3(desk: Desk) -> None:
    source = desk.source([*SOURCE, {**SOURCE[0], "date_of_birth": "2001-02-30"}])
    told = command("register", "build", source, *desk.at, "--made-up")
    assert told.code == 3
    assert "1 rows were rejected" in told.err


def test_explain_shows_findings_to_an_officer(desk: Desk) -> None:
    batch = desk.receive()
    told = command("explain", batch, "q8", *desk.at, *desk.officer("a"))
    assert told.code == 0
    assert "[period_vague]" in told.out
    assert "elements met." in told.out


def test_explain_says_why_a_row_was_rejected_by_its_id_or_its_row(desk: Desk) -> None:
    rows = [
        request(1, "Rosalind", "Quill", "12 Elm St Apt 4"),
        request(2, "Rosalind", "Quill", "12 Elm St Apt 4") | {"date_of_birth": "1980-02-30"},
        request(3, "Rosalind", "Quill", "12 Elm St Apt 4") | {"request_id": "!"},
    ]
    told = command("receive", write_csv(desk.directory / "rejects.csv", rows), *desk.at)
    look = ("explain", told.out.strip())
    of = (*desk.at, *desk.officer("a"))
    entries = len(command("ledger", "show", *desk.at).out.splitlines())
    shown = command(*look, "q2", *of)
    assert (shown.code, shown.out.splitlines()[0]) == (0, "q2: rejected, so that nothing was asked")
    assert "row 3, date_of_birth: " in shown.out
    assert "[date_invalid]" in shown.out
    assert "Cure: Write dates as YYYY-MM-DD." in shown.out
    assert "1980" not in shown.out
    assert command(*look, "row 4", *of, "--json").json["reject"]["code"] == "request_id_invalid"
    assert command(*look, "row 9", *of, "--json").error == "request_unknown"
    assert len(command("ledger", "show", *desk.at).out.splitlines()) == entries + 2


def test_an_id_of_a_request_and_of_a_rejected_row_is_the_requests(desk: Desk) -> None:
    row = request(1, "Rosalind", "Quill", "12 Elm St Apt 4")
    told = command("receive", write_csv(desk.directory / "twice.csv", [row, row]), *desk.at)
    look, of = ("explain", told.out.strip()), (*desk.at, *desk.officer("a"))
    assert command(*look, "q1", *of, "--json").json["outcome"] == "granted"
    assert command(*look, "row 3", *of, "--json").json["reject"]["code"] == "duplicate_request_id"


def test_explain_shows_levels_and_weights_once_determined(desk: Desk) -> None:
    batch = desk.receive()
    command("determine", batch, *desk.at)
    told = command("explain", batch, "q1", *desk.at, *desk.officer("a"))
    assert told.out.startswith("q1: granted, confirmed\n")
    assert "Best resident: " in told.out
    as_json = command("explain", batch, "q1", *desk.at, *desk.officer("a"), "--json").json
    assert {"feature", "level", "weight_bits"} == set(as_json["evidence"][0])


def test_explain_draws_a_waterfall_that_holds_values_only_where_they_are_asked_for(
    desk: Desk,
) -> None:
    batch, picture = desk.receive(), desk.directory / "evidence.svg"
    command("determine", batch, *desk.at)
    look = ("explain", batch, "q1", *desk.at, *desk.officer("a"), "--svg", picture)
    told = command(*look)
    assert "Marisol" not in told.out + picture.read_text()
    assert picture.stat().st_mode & 0o777 == 0o600
    assert "|+" in told.out
    told = command(*look, "--values", values=True)
    assert ("given name: Marisol" in told.out, 'asked: "Marisol"' in picture.read_text()) == (
        True,
        True,
    )
    assert command(*look, "--values", "--json", values=True).json["asked"]["given"] == "Marisol"


def _labelled(desk: Desk, **changes: str) -> Path:
    kept = (
        "request_id",
        "date_of_birth",
        "given_name",
        "family_name",
        "line1",
        "city",
        "state",
        "zip",
        "taxable_periods",
    )
    rows = [
        request(1, "Marisol", "Quintanilla", "1847 Heron Lake Rd"),
        request(2, "No", "Body", "1847 Heron Lake Rd"),
    ]
    labelled = [
        {**{name: row[name] for name in kept}, "truth": truth}
        for row, truth in zip(rows, ("true", "false"), strict=True)
    ]
    return write_csv(
        desk.directory / "labelled.csv", [{**row, **changes} for row in labelled], (*kept, "truth")
    )


def test_evaluate_prints_the_figures(desk: Desk) -> None:
    told = command("evaluate", _labelled(desk), *desk.at, "--json")
    assert told.code == 0
    wanted = {
        "requests",
        "true",
        "false",
        "confirmed_true",
        "confirmed_false",
        "not_sufficient_true",
    }
    assert wanted | {"not_sufficient_false", "register_snapshot", "rules"} <= set(told.json)
    assert (told.json["confirmed_true"], told.json["confirmed_false"]) == (1, 0)
    assert json.loads(command("evaluate", _labelled(desk), *desk.at).out) == told.json


def test_evaluate_with_rejects_is_exit_3(desk: Desk) -> None:
    told = command("evaluate", _labelled(desk, date_of_birth="2001-02-30"), *desk.at, "--json")
    assert (told.code, told.json["rejected"]) == (3, 2)


def test_ledger_check_needs_no_passphrase_and_takes_checkpoints_kept_elsewhere(desk: Desk) -> None:
    out = desk.directory / "published"
    assert command("ledger", "export", *desk.at, "--out", out).code == 0
    desk.receive()
    told = command("ledger", "check", *desk.at, "--checkpoint", out / "checkpoint")
    assert told.code == 0
    assert told.out.splitlines()[-1].startswith("OK: ")
    assert command("ledger", "check", *desk.at, "--json").json["size"] > 8


def test_ledger_show_prints_index_and_entry(desk: Desk) -> None:
    told = command("ledger", "show", *desk.at, "--from", "2", "--to", "4")
    index, _, entry = told.out.splitlines()[0].partition(" ")
    assert (index, json.loads(entry)["kind"], told.out.count("\n")) == ("2", "key", 2)


@pytest.mark.parametrize(
    ("first", "last", "shown"), [("0", "1", 1), ("7", "3", 0), ("900", "901", 0)]
)
def test_ledger_show_takes_any_range(desk: Desk, first: str, last: str, shown: int) -> None:
    told = command("ledger", "show", *desk.at, "--from", first, "--to", last, "--json")
    assert (told.code, len(told.json["entries"])) == (0, shown)


def _proved(desk: Desk) -> tuple[Path, Path, tuple[str, Path]]:
    proof, entry = desk.directory / "3.tlog-proof", desk.directory / "3.json"
    proof.write_text(command("ledger", "prove", "3", *desk.at).out, encoding="utf-8")
    entry.write_text(
        command("ledger", "show", *desk.at, "--from", "3", "--to", "4").out, encoding="utf-8"
    )
    return proof, entry, ("--holder-key", desk.office / "keys" / "holder.vkey")


def test_a_proof_verifies_without_the_office(desk: Desk) -> None:
    proof, entry, key = _proved(desk)
    told = command("verify-proof", proof, "--entry", entry, *key)
    assert (told.code, told.out[:11]) == (0, "OK: entry 3")
    assert command("verify-proof", proof, "--entry", entry, *key, "--json").json["index"] == 3


def test_a_proof_of_another_entry_is_exit_5(desk: Desk) -> None:
    proof, entry, key = _proved(desk)
    entry.write_text(
        command("ledger", "show", *desk.at, "--from", "4", "--to", "5").out, encoding="utf-8"
    )
    told = command("verify-proof", proof, "--entry", entry, *key, "--json")
    assert (told.code, told.error) == (5, "proof_inclusion")


def test_a_proof_or_entry_that_is_not_there_is_said(desk: Desk) -> None:
    proof, entry, key = _proved(desk)
    entry.unlink()
    assert (
        command("verify-proof", proof, "--entry", entry, *key, "--json").error == "file_unreadable"
    )


def test_prove_as_json_holds_entry_and_proof(desk: Desk) -> None:
    assert command("ledger", "prove", "0", *desk.at, "--json").json["entry"]["kind"] == "office"


def test_an_entry_that_is_not_there_cannot_be_proved(desk: Desk) -> None:
    told = command("ledger", "prove", "900", *desk.at, "--json")
    assert (told.code, told.error) == (2, "ledger_index")


def test_an_export_verifies_from_its_files_alone(desk: Desk) -> None:
    out = desk.directory / "published"
    assert command("ledger", "export", *desk.at, "--out", out, "--json").json["size"] > 0
    key = (desk.office / "keys" / "holder.vkey").read_text(encoding="utf-8").strip()
    assert (
        command("verify-export", out, "--holder-key", key).out.splitlines()[-1].startswith("OK: ")
    )


def test_an_altered_export_is_exit_5(desk: Desk) -> None:
    out = desk.directory / "published"
    command("ledger", "export", *desk.at, "--out", out)
    bundle = next((out / "tile" / "entries").rglob("*.p/*"))
    bundle.write_bytes(bundle.read_bytes().replace(b"officer", b"offices", 1))
    told = command(
        "verify-export", out, "--holder-key", desk.office / "keys" / "holder.vkey", "--json"
    )
    assert (told.code, told.error) == (5, "entry_field")


def _verified(desk: Desk, *more: str) -> Told:
    key = desk.office / "keys" / "holder.vkey"
    return command("verify-answer", desk.directory / "answers.jsonl", "--holder-key", key, *more)


def test_verify_answer_states_what_it_established(desk: Desk) -> None:
    desk.answer(desk.requests())
    assert _verified(desk).out.splitlines()[-1] == "OK"
    assert [each["number"] for each in _verified(desk, "--json").json["statements"]] == [
        1,
        2,
        3,
        4,
        5,
        6,
        7,
    ]


def test_an_altered_answer_is_exit_5(desk: Desk) -> None:
    desk.answer(desk.requests())
    out = desk.directory / "answers.jsonl"
    out.write_bytes(out.read_bytes().replace(b"not_confirmed", b"confirmed", 1))
    assert (_verified(desk).code, _verified(desk, "--json").error) == (5, "rows_digest")


def test_officers_are_listed(desk: Desk) -> None:
    told = command("officer", "list", *desk.at)
    assert re.findall(r"^officer-.", told.out, re.MULTILINE) == ["officer-a", "officer-b"]
    assert [
        each["officer"] for each in command("officer", "list", *desk.at, "--json").json["officers"]
    ] == ["officer-a", "officer-b"]


def test_demo_without_the_sample_says_how_to_get_it(tmp_path: Path) -> None:
    told = command("demo", "--dir", tmp_path / "demo", "--sample", tmp_path / "nothing", "--json")
    assert told.code == 1
    assert told.error == "sample_missing"
