"""Offices that are no sandbox: passphrases, officers, keys."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from counterfoil.cli import passphrases
from tests.cli.desk import Desk, agreement, command, secret
from tests.world.people import request, write_csv

NAMED = ("--name", "ledger.agency.example/disclosure")


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office under the 2025 agreement, protected by a passphrase; two officers with passphrases
    of their own."""
    directory = tmp_path_factory.mktemp("bureau")
    opens, office = _opens(directory), directory / "office"
    making = ("office", "create", office, "--agreement", "treasury-dhs-2025", *opens)
    assert command(*making, "--json").error == "office_unnamed"
    told = command(*making, *NAMED)
    assert told.code == 0
    for letter in "ab":
        protect = (
            "--key-passphrase-file",
            secret(directory / f"{letter}.pass", f"passphrase of {letter}"),
        )
        told = command(
            "officer",
            "create",
            letter,
            "--office",
            office,
            "--keys",
            directory / "keys",
            *opens,
            *protect,
        )
        assert told.code == 0
    return directory


def _opens(directory: Path) -> tuple[str, Path]:
    return ("--passphrase-file", secret(directory / "office.pass"))


def _made_anew(directory: Path, *more: str | Path) -> str:
    return command("office", "create", directory / "office", *more, "--json").error


def test_an_office_that_is_no_sandbox_has_no_passphrase_on_disk_and_no_officers_made_for_it(
    bureau: Path,
) -> None:
    assert sorted(path.name for path in (bureau / "office" / "keys").iterdir()) == [
        "holder.key",
        "holder.vkey",
        "ledger-head",
        "payload.key",
        "register.key",
    ]
    listed = command("officer", "list", "--office", bureau / "office", "--json").json["officers"]
    assert [each["officer"] for each in listed] == ["a", "b"]


def test_an_unsigned_file_is_refused_whole(bureau: Path, desk: Desk) -> None:
    told = command(
        "receive", desk.requests(), "--office", bureau / "office", *_opens(bureau), "--json"
    )
    assert (told.code, told.error) == (1, "header_missing")


def test_a_file_signed_by_a_principal_without_a_registered_key_is_exit_5(
    bureau: Path, desk: Desk
) -> None:
    protect = ("--key-passphrase-file", secret(desk.directory / "p.pass"))
    command("principal", "create", "dhs-secretary", "--keys", desk.directory, *protect)
    file = desk.requests()
    says = (
        "--requester",
        "dhs",
        "--agreement",
        "treasury-dhs-2025",
        "--principal",
        "dhs-secretary",
    )
    assert (
        command(
            "sign-request", file, *says, "--key", desk.directory / "dhs-secretary.key", *protect
        ).code
        == 0
    )
    told = command("receive", file, "--office", bureau / "office", *_opens(bureau), "--json")
    assert (told.code, told.error) == (5, "principal_unknown")


@pytest.mark.parametrize(
    "verb",
    [["receive", "requests.csv"], ["ledger", "prove", "0"], ["ledger", "export", "--out", "x"]],
)
def test_a_wrong_passphrase_opens_nothing(
    bureau: Path, desk: Desk, verb: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.requests()
    monkeypatch.chdir(desk.directory)
    (desk.directory / "requests.csv.header.json").write_text(
        '{"requester":"dhs","agreement":"treasury-dhs-2025","principal":"dhs-secretary","sent_on":"2026-01-01"}'
    )
    wrong = secret(desk.directory / "wrong.pass", "wrong")
    told = command(*verb, "--office", bureau / "office", "--passphrase-file", wrong, "--json")
    assert (told.code, told.error) == (1, "passphrase_wrong")


def test_a_wrong_passphrase_enrols_nobody(bureau: Path, tmp_path: Path) -> None:
    wrong = ("--passphrase-file", secret(tmp_path / "wrong.pass", "wrong"))
    protect = ("--key-passphrase-file", secret(tmp_path / "c.pass"))
    told = command(
        "officer",
        "create",
        "c",
        "--office",
        bureau / "office",
        "--keys",
        tmp_path,
        *wrong,
        *protect,
        "--json",
    )
    assert told.error == "passphrase_wrong"
    assert not (tmp_path / "c.key").exists()


def test_without_a_terminal_a_missing_passphrase_is_said_and_not_waited_for(
    bureau: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse, made up\n"))
    told = command("ledger", "prove", "0", "--office", bureau / "office", "--json")
    assert (told.code, told.error) == (2, "passphrase_missing")


def test_what_reads_without_keys_asks_for_no_passphrase(bureau: Path) -> None:
    at = ("--office", bureau / "office")
    assert [
        command(*verb, *at).code for verb in (["status"], ["ledger", "check"], ["ledger", "show"])
    ] == [0, 0, 0]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "passphrase_empty"),
        (b"\nsecond line\n", "passphrase_empty"),
        (b"\xff\n", "passphrase_unreadable"),
    ],
)
def test_a_passphrase_file_without_a_passphrase_is_refused(
    tmp_path: Path, content: bytes, code: str
) -> None:
    (tmp_path / "given").write_bytes(content)
    assert (
        _made_anew(
            tmp_path, "--agreement", "treasury-dhs-2025", "--passphrase-file", tmp_path / "given"
        )
        == code
    )
    assert not (tmp_path / "office").exists()


def test_a_passphrase_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    missing = ("--passphrase-file", tmp_path / "missing")
    assert (
        _made_anew(tmp_path, "--agreement", "treasury-dhs-2025", *missing)
        == "passphrase_unreadable"
    )


def test_a_passphrase_file_may_end_its_line_as_windows_does(bureau: Path, tmp_path: Path) -> None:
    line = (bureau / "office.pass").read_text(encoding="utf-8").strip()
    (tmp_path / "windows.pass").write_bytes(line.encode() + b"\r\n")
    told = command(
        "ledger",
        "prove",
        "0",
        "--office",
        bureau / "office",
        "--passphrase-file",
        tmp_path / "windows.pass",
    )
    assert told.code == 0


def test_an_office_needs_an_agreement(tmp_path: Path) -> None:
    assert _made_anew(tmp_path) == "agreement_missing"


def test_an_agreement_that_does_not_come_with_counterfoil_must_be_a_file(tmp_path: Path) -> None:
    told = command("office", "create", tmp_path / "office", "--agreement", "nobody-2025", "--json")
    assert (told.code, told.error) == (2, "agreement_unknown")
    assert "sandbox, sandbox-routes, treasury-dhs-2025" in told.json["error"]["cure"]


def test_a_sandbox_has_a_sandbox_agreement_and_no_other_office_has_one(tmp_path: Path) -> None:
    assert (
        _made_anew(tmp_path, "--agreement", "treasury-dhs-2025", "--sandbox") == "agreement_sandbox"
    )
    made = ("--agreement", "sandbox", *NAMED, *_opens(tmp_path))
    assert _made_anew(tmp_path, *made) == "agreement_sandbox"


def test_an_office_is_not_made_over_another(desk: Desk) -> None:
    assert _made_anew(desk.directory, "--sandbox") == "office_exists"


def test_an_agreement_may_be_a_file(tmp_path: Path) -> None:
    protect = ("--key-passphrase-file", secret(tmp_path / "p.pass"))
    vkey = command("principal", "create", "dhs-secretary", "--keys", tmp_path, *protect).out.strip()
    file = agreement(tmp_path / "agreement.yaml", vkey)
    assert (
        command(
            "office", "create", tmp_path / "office", "--agreement", file, *NAMED, *_opens(tmp_path)
        ).code
        == 0
    )


# -- officers ----------------------------------------------------------------------------------


def _officer(desk: Desk, name: str, keys: str = "keys", *more: str) -> list[str | Path]:
    return ["officer", "create", name, *desk.at, "--keys", desk.directory / keys, *more]


def test_a_sandbox_officer_may_have_a_key_in_clear(desk: Desk) -> None:
    assert command(*_officer(desk, "c")).code == 0
    batch = desk.receive()
    command("determine", batch, *desk.at)
    assert (
        command("review", batch, *desk.at, "--officer", desk.directory / "keys" / "c.key").code == 0
    )


def test_the_same_officer_twice_is_refused_and_leaves_no_key(desk: Desk) -> None:
    assert command(*_officer(desk, "c")).code == 0
    assert command(*_officer(desk, "c"), "--json").error == "key_taken"
    assert command(*_officer(desk, "c", "other"), "--json").error == "officer_taken"
    assert list((desk.directory / "other").iterdir()) == []


@pytest.mark.parametrize("name", ["../c", "c d", "-c", "a/b", "c+d", ".c", "c" * 65])
def test_an_officer_name_is_no_path(desk: Desk, name: str) -> None:
    told = command(
        "officer", "create", *desk.at, "--keys", desk.directory / "keys", "--json", "--", name
    )
    assert (told.code, told.error) == (2, "key_name")


def test_a_folder_for_keys_that_cannot_be_made_is_said(desk: Desk) -> None:
    (desk.directory / "keys").write_text("a file", encoding="utf-8")
    assert command(*_officer(desk, "c"), "--json").error == "key_folder"


def test_a_retired_officer_signs_no_more_and_the_ledger_says_so(desk: Desk) -> None:
    assert command("officer", "retire", "officer-a", *desk.at).code == 0
    batch = desk.receive()
    command("determine", batch, *desk.at)
    assert (
        command("review", batch, *desk.at, *desk.officer("a"), "--json").error == "officer_retired"
    )
    assert '"event":"retired"' in command("ledger", "show", *desk.at).out
    assert command("officer", "retire", "officer-a", *desk.at, "--json").error == "officer_retired"
    assert command("officer", "retire", "nobody", *desk.at, "--json").error == "officer_unknown"


def test_another_offices_officer_signs_nothing_here(desk: Desk, tmp_path: Path) -> None:
    other = tmp_path / "other"
    command("office", "create", other, "--sandbox")
    batch = desk.receive()
    command("determine", batch, *desk.at)
    told = command(
        "review", batch, *desk.at, "--officer", other / "keys" / "officer-a.key", "--json"
    )
    assert (told.code, told.error) == (1, "officer_key_other")


def test_a_stranger_is_not_handed_an_answer_that_was_released_before(
    desk: Desk, tmp_path: Path
) -> None:
    batch = desk.answer(desk.requests()).out.strip()
    other = tmp_path / "other"
    command("office", "create", other, "--sandbox")
    stranger = ("--officer", other / "keys" / "officer-b.key", "--out", tmp_path / "stolen.jsonl")
    assert command("release", batch, *desk.at, *stranger, "--json").error == "officer_key_other"
    command("officer", "retire", "officer-a", *desk.at)
    retired = (*desk.officer("a"), "--out", tmp_path / "stolen.jsonl")
    assert command("release", batch, *desk.at, *retired, "--json").error == "officer_retired"
    assert not (tmp_path / "stolen.jsonl").exists()


def test_a_second_officer_who_is_not_enrolled_is_found_before_anything_is_received(
    desk: Desk,
) -> None:
    command(*_officer(desk, "c"))
    command("officer", "retire", "c", *desk.at)
    second = (
        "--second",
        desk.directory / "keys" / "c.key",
        "--out",
        desk.directory / "answers.jsonl",
    )
    told = command("answer", desk.requests(), *desk.at, *desk.officer("a"), *second, "--json")
    assert (told.error, desk.batches()) == ("officer_retired", [])


def test_one_officer_cannot_answer_alone(desk: Desk) -> None:
    key = desk.office / "keys" / "officer-a.key"
    out = desk.directory / "answers.jsonl"
    told = command(
        "answer",
        desk.requests(),
        *desk.at,
        "--officer",
        key,
        "--second",
        key,
        "--out",
        out,
        "--json",
    )
    assert (told.code, told.error) == (1, "second_officer_same_name")
    assert not out.exists()


def test_a_key_of_another_purpose_is_no_officers(desk: Desk) -> None:
    batch = desk.receive()
    holder = ("--officer", desk.office / "keys" / "holder.key")
    told = command(
        "review",
        batch,
        *desk.at,
        *holder,
        "--officer-passphrase-file",
        secret(desk.directory / "p"),
        "--json",
    )
    assert told.error == "key_purpose"


# -- asking at a terminal ----------------------------------------------------------------------


class _Terminal:
    def isatty(self) -> bool:
        return True


def _typing(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    typed = iter(lines)

    def typed_line(_prompt: str) -> str:
        for line in typed:
            return line
        raise EOFError

    monkeypatch.setattr("sys.stdin", _Terminal())
    monkeypatch.setattr(passphrases, "getpass", typed_line)


def test_a_new_passphrase_is_typed_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = "the first of them", "the second of them"
    making = ("office", "create", tmp_path / "office", "--agreement", "treasury-dhs-2025", *NAMED)
    _typing(monkeypatch, "too short", "too short")
    assert command(*making, "--json").error == "passphrase_short"
    _typing(monkeypatch, one, one)
    assert command(*making).code == 0
    at = ("--office", tmp_path / "office")
    _typing(monkeypatch, one, two, two)
    assert command("officer", "create", "c", *at, "--keys", tmp_path).code == 0
    _typing(monkeypatch, one, two, two)
    assert command("key", "passphrase", tmp_path / "office").code == 0
    _typing(monkeypatch, two, two, two)
    assert command("officer", "create", "d", *at, "--keys", tmp_path).code == 0


def test_two_passphrases_that_differ_make_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _typing(monkeypatch, "one", "two")
    assert _made_anew(tmp_path, "--agreement", "treasury-dhs-2025") == "passphrase_differs"
    assert not (tmp_path / "office").exists()


def test_ctrl_d_at_the_prompt_is_no_passphrase(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _typing(monkeypatch)
    assert _made_anew(tmp_path, "--agreement", "treasury-dhs-2025") == "passphrase_missing"


def test_an_officers_passphrase_is_asked_for(bureau: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = ("--office", bureau / "office", *_opens(bureau))
    _typing(monkeypatch, "passphrase of a")
    key = ("--officer", bureau / "keys" / "a.key")
    assert command("review", "b-0000000000000000", *at, *key, "--json").error == "batch_unknown"


# -- a sandbox that receives signed files -------------------------------------------------------


def _key(folder: Path, name: str) -> Path:
    protect = ("--key-passphrase-file", secret(folder / "key.pass"))
    assert command("principal", "create", name, "--keys", folder / "keys", *protect).code == 0
    return folder / "keys" / f"{name}.vkey"


def test_a_sandbox_takes_the_key_of_a_principal_of_its_agreement(tmp_path: Path) -> None:
    made = ("office", "create", tmp_path / "office", "--sandbox", "--principal-key")
    assert command(*made, _key(tmp_path, "sandbox-principal")).code == 0
    of = ("--office", tmp_path / "office")
    file = write_csv(tmp_path / "q.csv", [request(1, "Rosalind", "Quill", "12 Elm St Apt 4")])
    signed = ("--key", tmp_path / "keys" / "sandbox-principal.key")
    opens = ("--key-passphrase-file", tmp_path / "key.pass")
    named = ("--requester", "agency-a", "--agreement", "sandbox", "--principal")
    sign = command("sign-request", file, *named, "sandbox-principal", *signed, *opens)
    assert sign.code == 0
    assert command("receive", file, *of).code == 0
    file.write_bytes(file.read_bytes().replace(b"Quill", b"Quilt"))
    assert command("receive", file, *of, "--json").error == "file_digest_differs"
    assert command("law", "check", *of).code == 0


def test_no_other_office_and_no_other_key_is_taken(tmp_path: Path) -> None:
    other = _key(tmp_path, "somebody")
    made = ("office", "create", tmp_path / "office", "--json", "--principal-key", other)
    told = command(*made, "--sandbox")
    assert (told.code, told.error) == (2, "principal_not_agreed")
    told = command(*made, "--agreement", "treasury-dhs-2025", *_opens(tmp_path))
    assert (told.code, told.error) == (2, "principal_key_agreed")
    assert not (tmp_path / "office").exists()


def test_a_sandboxs_agreement_says_that_nobody_signed_it(desk: Desk) -> None:
    told = command("agreement", "verify", desk.office / "law" / "agreement.yaml")
    assert told.code == 0
    assert told.out.count("has not signed (a sandbox's agreement needs no signature)") == 2
