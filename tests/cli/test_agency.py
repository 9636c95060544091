"""The requester's side and the holder's, under an agreement with a registered principal: signed,
received, answered."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.desk import Told, agreement, command, secret
from tests.world.people import REQUESTS, SOURCE, SOURCE_COLUMNS, write_csv

SAYS = ("--requester", "dhs", "--agreement", "treasury-dhs-2025", "--principal", "dhs-secretary")


class Agencies:
    """A holder's office with a register of made-up people, and a requester who holds the key in its
    agreement."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.protect = (
            "--key-passphrase-file",
            secret(directory / "principal.pass", "of the principal"),
        )
        made = command(
            "principal", "create", "dhs-secretary", "--keys", directory / "theirs", *self.protect
        )
        law = agreement(directory / "agreement.yaml", made.out.strip())
        self.opens = ("--passphrase-file", secret(directory / "office.pass"))
        self.at = ("--office", directory / "office", *self.opens)
        command(
            "office",
            "create",
            directory / "office",
            "--agreement",
            law,
            *self.opens,
            "--name",
            "ledger.example/office",
        )
        for name in "ab":
            protect = (
                "--key-passphrase-file",
                secret(directory / f"{name}.pass", f"passphrase of {name}"),
            )
            command("officer", "create", name, *self.at, "--keys", directory / "ours", *protect)
        source = write_csv(directory / "source.csv", SOURCE, SOURCE_COLUMNS)
        assert command("register", "build", source, *self.at).code == 0

    def sign(self, file: Path, *more: str | Path, says: tuple[str, ...] = SAYS) -> Told:
        key = ("--key", self.directory / "theirs" / "dhs-secretary.key")
        return command("sign-request", file, *says, *key, *self.protect, *more)

    def answer(self, file: Path, out: str, *more: str) -> Told:
        ours, given = self.directory / "ours", self.directory
        first = ("--officer", ours / "a.key", "--officer-passphrase-file", given / "a.pass")
        second = ("--second", ours / "b.key", "--second-passphrase-file", given / "b.pass")
        return command(
            "answer", file, *self.at, *first, *second, "--out", self.directory / out, *more
        )


@pytest.fixture(scope="module")
def agencies(tmp_path_factory: pytest.TempPathFactory) -> Agencies:
    return Agencies(tmp_path_factory.mktemp("agencies"))


def test_a_signed_file_is_put_before_the_law_and_not_compared_while_nothing_is_certified(
    agencies: Agencies,
) -> None:
    file = write_csv(agencies.directory / "signed.csv", REQUESTS[:2])
    told = agencies.sign(file)
    assert (told.code, told.out.strip()) == (0, f"{file}.header.jws")
    answered = agencies.answer(file, "signed.jsonl")
    assert answered.code == 0
    told_rows = (agencies.directory / "signed.jsonl").read_text(encoding="utf-8")
    assert told_rows.count('"answer":"not_compared","codes":["not_certified"]') == 2
    key = ("--holder-key", agencies.directory / "office" / "keys" / "holder.vkey")
    assert command("verify-answer", agencies.directory / "signed.jsonl", *key).code == 0


def test_an_unsigned_file_in_the_principals_name_is_refused_row_by_row_with_its_code(
    agencies: Agencies,
) -> None:
    file = write_csv(agencies.directory / "unsigned.csv", REQUESTS[2:3])
    header = '{"requester":"dhs","agreement":"treasury-dhs-2025","principal":"dhs-secretary","sent_on":"2026-04-01"}'
    file.with_name("unsigned.csv.header.json").write_text(header, encoding="utf-8")
    assert agencies.answer(file, "unsigned.jsonl").code == 0
    assert '"request_not_signed"' in (agencies.directory / "unsigned.jsonl").read_text(
        encoding="utf-8"
    )


def test_a_file_changed_after_signing_is_exit_5(agencies: Agencies) -> None:
    file = write_csv(agencies.directory / "changed.csv", REQUESTS[:1])
    agencies.sign(file)
    write_csv(file, REQUESTS[:2])
    told = agencies.answer(file, "changed.jsonl", "--json")
    assert (told.code, told.error) == (5, "file_digest_differs")


def test_evaluate_refuses_a_register_of_real_people(agencies: Agencies) -> None:
    labelled = write_csv(
        agencies.directory / "labelled.csv",
        [{**REQUESTS[0], "truth": "true"}],
        (*REQUESTS[0], "truth"),
    )
    assert command("evaluate", labelled, *agencies.at, "--json").error == "register_not_made_up"


def test_the_signer_is_told_which_rows_cannot_be_read(agencies: Agencies) -> None:
    file = write_csv(
        agencies.directory / "bad.csv", [REQUESTS[0], {**REQUESTS[1], "date_of_birth": "never"}]
    )
    told = agencies.sign(file)
    assert told.code == 3
    assert "row 3, date_of_birth" in told.err
    assert agencies.sign(file, "--json").json["rejected"] == 1


def test_a_file_that_cannot_be_read_is_said_to_the_signer(agencies: Agencies) -> None:
    file = agencies.directory / "broken.csv"
    file.write_text("given_name\nx\n", encoding="utf-8")
    assert agencies.sign(file, "--json").error == "column_missing"
    assert agencies.sign(agencies.directory / "none.csv", "--json").error == "file_unreadable"


def test_an_older_header_that_says_something_else_is_said_to_the_signer(agencies: Agencies) -> None:
    file = write_csv(agencies.directory / "two.csv", REQUESTS[:1])
    header = (
        '{"requester":"dhs","agreement":"other","principal":"dhs-secretary","sent_on":"2026-04-01"}'
    )
    file.with_name("two.csv.header.json").write_text(header, encoding="utf-8")
    assert agencies.sign(file, "--json").error == "header_differs"


def test_who_signs_a_file_of_the_earlier_form_is_told_what_it_does_not_state(
    agencies: Agencies,
) -> None:
    earlier = {"engaged_officers": "E001|Dana birch|Special Agent", "review": ""}
    rows = [REQUESTS[0] | earlier, REQUESTS[1]]
    told = agencies.sign(write_csv(agencies.directory / "earlier.csv", rows), "--json")
    assert told.json["lacks"] == {
        "engaged_officers: the agency of each, as fourth part": 1,
        "review: none, if there is none": 1,
    }
    whole = agencies.sign(write_csv(agencies.directory / "whole.csv", REQUESTS[:2]))
    assert "Not stated" not in whole.err


def test_a_wrong_passphrase_signs_nothing(agencies: Agencies) -> None:
    file = write_csv(agencies.directory / "wrong.csv", REQUESTS[:1])
    key = ("--key", agencies.directory / "theirs" / "dhs-secretary.key")
    wrong = ("--key-passphrase-file", secret(agencies.directory / "wrong.pass", "wrong"))
    assert command("sign-request", file, *SAYS, *key, *wrong, "--json").error == "passphrase_wrong"
    assert not file.with_name("wrong.csv.header.jws").exists()


def test_a_principals_key_is_never_overwritten(agencies: Agencies) -> None:
    theirs = agencies.directory / "theirs"
    before = (theirs / "dhs-secretary.key").read_bytes()
    told = command(
        "principal", "create", "dhs-secretary", "--keys", theirs, *agencies.protect, "--json"
    )
    assert (told.error, (theirs / "dhs-secretary.key").read_bytes()) == ("key_taken", before)


def test_a_principals_key_is_no_officers(agencies: Agencies) -> None:
    key = ("--officer", agencies.directory / "theirs" / "dhs-secretary.key")
    opens = ("--officer-passphrase-file", agencies.directory / "principal.pass")
    assert (
        command("review", "b-0000000000000000", *agencies.at, *key, *opens, "--json").error
        == "key_purpose"
    )
