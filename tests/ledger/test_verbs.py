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


def test_a_release_is_not_attested_away(answered: Desk) -> None:
    key = answered.office / "keys" / "holder.vkey"
    days = ("--from", "2020-01-01", "--to", "2099-12-31")
    told = command(
        "ledger", "attest", answered.directory / "published", "--holder-key", key, *days, "--json"
    )
    assert (told.code, told.error) == (1, "attest_found")


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
