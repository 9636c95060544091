"""The ledger's verbs print what `counterfoil-verify` checks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.desk import Desk, Told, command
from tests.ledger.history import verify


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """An office that has answered one file, and exported its ledger."""
    desk = Desk(tmp_path_factory.mktemp("answered"))
    assert desk.answer(desk.requests()).code in (0, 3)
    assert command("ledger", "export", *desk.at, "--out", desk.directory / "published").code == 0
    return desk


def kept(desk: Desk, told: Told, name: str) -> Path:
    assert told.code == 0
    path = desk.directory / name
    path.write_text(told.out, encoding="utf-8")
    return path


def test_what_the_verbs_print_verifies(answered: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    key = answered.office / "keys" / "holder.vkey"
    sizes = command("ledger", "checkpoints", *answered.at, "--json").json["sizes"]
    assert len(sizes) >= 2
    proof = kept(answered, command("ledger", "prove", "3", *answered.at), "3.tlog-proof")
    two = kept(
        answered,
        command("ledger", "consistency", str(sizes[0]), str(sizes[-1]), *answered.at),
        "consistency",
    )
    days = ("--from", "2020-01-01", "--to", "2020-12-31")
    none = command("ledger", "attest", answered.directory / "published", "--holder-key", key, *days)
    attestation = kept(answered, none, "2020.attestation")
    for what, path in (("proof", proof), ("consistency", two), ("attestation", attestation)):
        assert verify(monkeypatch, what, path, "--key", key) == 0
    assert verify(monkeypatch, "answer", answered.directory / "answers.jsonl", "--key", key) == 0


def test_days_to_come_are_not_attested_and_the_holder_signs_those_that_are_over(
    answered: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    key = answered.office / "keys" / "holder.vkey"
    place = ("ledger", "attest", answered.directory / "published", "--holder-key", key)
    told = command(*place, "--from", "2020-01-01", "--to", "2099-12-31", "--json")
    assert (told.code, told.error) == (2, "attest_days")
    days = ("--from", "2020-01-01", "--to", "2020-12-31", "--none", "fork")
    signed = kept(answered, command(*place, *days, "--office", answered.office), "signed")
    assert verify(monkeypatch, "attestation", signed, "--key", key) == 0
    assert "signed this kind, these days" in capsys.readouterr().out
    signed.write_text(signed.read_text().replace("none fork", "none release"))
    assert verify(monkeypatch, "attestation", signed, "--key", key) == 5


def test_entries_are_shown_by_kind_batch_and_day(answered: Desk) -> None:
    whole = command("ledger", "show", *answered.at, "--json").json
    assert whole["indices"] == list(range(whole["size"]))
    kind = command("ledger", "show", *answered.at, "--kind", "release", "--json").json
    assert {each["kind"] for each in kind["entries"]} == {"release"}
    batch = kind["entries"][0]["batch"]
    of_batch = command("ledger", "show", *answered.at, "--batch", batch, "--json").json
    assert of_batch["entries"] == [each for each in whole["entries"] if each.get("batch") == batch]
    lines = command("ledger", "show", *answered.at, "--batch", batch).out.splitlines()
    assert [int(line.split(" ")[0]) for line in lines] == of_batch["indices"]
    both = ("--kind", "granted", "--batch", "b-0000000000000000")
    assert command("ledger", "show", *answered.at, *both, "--json").json["entries"] == []
    for since, many in (("2020-01-01", whole["size"]), ("2099-01-01", 0)):
        told = command("ledger", "show", *answered.at, "--since", since, "--json").json
        assert len(told["entries"]) == many
    assert command("ledger", "show", *answered.at, "--kind", "nothing").code == 2


def test_the_last_checkpoint_and_proofs_under_it_need_no_passphrase_and_sign_nothing(
    answered: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = answered.office / "keys" / "holder.vkey"
    sizes = command("ledger", "checkpoints", *answered.at, "--json").json["sizes"]
    (answered.office / "keys").rename(answered.office / "keys-away")
    (answered.office / "keys").mkdir()
    for public in ("holder.vkey",):
        (answered.office / "keys" / public).write_bytes(
            (answered.office / "keys-away" / public).read_bytes()
        )
    try:
        note = command("ledger", "checkpoint", *answered.at)
        proof = kept(
            answered, command("ledger", "prove", "3", *answered.at, "--signed-before"), "p"
        )
        none = command("ledger", "checkpoint", *answered.at, "--cosigned", "--json")
    finally:
        (answered.office / "keys" / "holder.vkey").unlink()
        (answered.office / "keys").rmdir()
        (answered.office / "keys-away").rename(answered.office / "keys")
    assert note.out.splitlines()[1] == str(sizes[-1])
    assert proof.read_text().endswith(note.out)
    assert verify(monkeypatch, "proof", proof, "--key", key) == 0
    assert (none.code, none.error) == (2, "checkpoint_none")
    after = command("ledger", "checkpoints", *answered.at, "--json").json["sizes"]
    assert after == sizes


def test_an_export_is_not_written_over_another_history(answered: Desk, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Desk(tmp_path / "other")
    assert other.answer(other.requests()).code in (0, 3)
    # One entry more: the partial tiles of the two histories have different names.
    assert command("ledger", "publish", *other.at, "--to", tmp_path / "public").code == 0
    folder = tmp_path / "published"
    assert command("ledger", "export", *other.at, "--out", folder).code == 0
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    told = command("ledger", "export", *answered.at, "--out", folder, "--json")
    assert (told.code, told.error) == (1, "export_other")
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    (folder / "checkpoint").write_text("nothing that anybody signed")
    told = command("ledger", "export", *answered.at, "--out", folder, "--json")
    assert (told.code, told.error) == (1, "export_other")


def test_a_size_that_was_not_signed_is_a_usage_fault(answered: Desk) -> None:
    told = command("ledger", "consistency", "1", "2", *answered.at, "--json")
    assert (told.code, told.error) == (2, "checkpoint_none")


def test_the_years_counts_are_printed(answered: Desk) -> None:
    key = answered.office / "keys" / "holder.vkey"
    place = ("ledger", "report", answered.directory / "published", "--holder-key", key)
    assert command(*place, "--year", "2020", "--json").json["agreements"] == {}
    assert command(*place, "--year", "2020").out.startswith("counterfoil")


def test_the_check_compares_exported_tiles_too_and_names_the_first_that_diverges(
    answered: Desk, tmp_path: Path
) -> None:
    published = tmp_path / "published"
    assert command("ledger", "export", *answered.at, "--out", published).code == 0
    told = command("ledger", "check", *answered.at, "--export", published)
    assert told.code == 0
    assert "\n7. " in told.out
    (tile,) = (published / "tile" / "0").rglob("*.p/*")
    held = tile.read_bytes()
    tile.write_bytes(held[:96] + bytes(32) + held[128:])
    told = command("ledger", "check", *answered.at, "--export", published, "--json")
    assert (told.code, told.error, told.json["error"]["place"]) == (5, "ledger_tile", "entry 3")
    told = command("ledger", "check", *answered.at, "--export", tmp_path / "nothing", "--json")
    assert (told.code, told.error) == (1, "checkpoint_unreadable")
