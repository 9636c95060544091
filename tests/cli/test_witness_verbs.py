"""The witness's verbs: a key, a server, and a ledger that is cosigned by it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.desk import Desk, command, secret
from tests.ledger.history import verify


def test_a_ledger_is_cosigned_by_a_witness_of_its_own_and_proved_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path)
    passphrase = secret(tmp_path / "passphrase")
    at = tmp_path / "w1"
    made = command(
        "witness", "create", at, "--name", "witness.example/w1", "--key-passphrase-file", passphrase
    )
    key = desk.office / "keys" / "holder.vkey"
    arguments = ["witness", "serve", str(at), "--log", key.read_text().strip(), "--port", "0"]
    starter = "import sys; from counterfoil.cli import main; main()"
    running = subprocess.Popen(
        [sys.executable, "-c", starter, *arguments, "--key-passphrase-file", str(passphrase)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert running.stdout is not None
        url = running.stdout.readline().strip()
        policy = tmp_path / "policy"
        policy.write_text(f"witness w1 {made.out.strip()} {url}\nquorum w1\n")
        told = command("ledger", "cosign", *desk.at, "--policy", policy)
        assert (told.code, told.err) == (0, "w1: cosigned\n")
        again = command("ledger", "cosign", *desk.at, "--policy", policy, "--json")
        assert again.json["said"] == {"w1": "cosigned"}
    finally:
        running.terminate()
        running.wait(timeout=10)
        running.stdout.close()
    proof = command("ledger", "prove", "0", *desk.at, "--json").json["proof"].partition("\n\n")[0]
    (tmp_path / "proof").write_text(f"{proof}\n\n{told.out}")
    assert (
        verify(
            monkeypatch, "proof", tmp_path / "proof", "--key", key, "--witness", made.out.strip()
        )
        == 0
    )
    down = command("ledger", "cosign", *desk.at, "--policy", policy, "--json")
    assert (down.code, down.error) == (5, "witness_quorum")


@pytest.mark.parametrize("change", ["passphrase", "missing"])
def test_a_key_that_cannot_be_opened_serves_nothing(tmp_path: Path, change: str) -> None:
    good, at = secret(tmp_path / "good"), tmp_path / "w1"
    vkey = command(
        "witness", "create", at, "--name", "witness.example/w1", "--key-passphrase-file", good
    ).out.strip()
    if change == "missing":
        (at / "witness.key").unlink()
    bad = secret(tmp_path / "bad", "another, made up") if change == "passphrase" else good
    told = command("witness", "serve", at, "--log", vkey, "--key-passphrase-file", bad, "--json")
    assert (told.code, told.error) == (1, "witness_key")


def test_a_second_witness_does_not_take_the_place_of_the_first(tmp_path: Path) -> None:
    again = [
        "witness",
        "create",
        tmp_path,
        "--name",
        "w.example",
        "--key-passphrase-file",
        secret(tmp_path / "good"),
    ]
    assert command(*again).code == 0
    assert command(*again, "--json").error == "witness_exists"


def test_a_policy_that_is_none_refuses(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    (tmp_path / "policy").write_text("quorum nobody\n")
    told = command("ledger", "cosign", *desk.at, "--policy", tmp_path / "policy", "--json")
    assert (told.code, told.error) == (1, "policy_malformed")
