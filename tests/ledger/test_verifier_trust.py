"""Whom `counterfoil-verify` believes, and what it prints: policies and their quorum, keys of every
type that witnesses have, times, answers whose time is over, and nothing that a terminal obeys."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counterfoil.cli import verifier
from counterfoil.core.errors import SettingsFault
from counterfoil.tlog import Checkpoint, Signer, sign_checkpoint
from counterfoil.tlog.cosignature import cosign, cosigner_key
from counterfoil.tlog.note import parse_note, signature_line
from counterfoil.tlog.policy import parse_policy
from counterfoil.tlog.tlog_proof import parse_proof
from tests.ledger.history import verify, vkey
from tests.ledger.office import KEY, SIGNER
from tests.ledger.test_verifier import PROOF
from tests.tlog import reference
from tests.tlog.test_mldsa import MLDSA, MLDSA_KEY
from tests.tlog.test_witness import key, signer
from tests.world.office import World

TIME = 1_772_460_300
WHEN = "2026-03-02T14:05:00Z"


def cosigned(*numbers: int, at: int = TIME, ml_dsa: bool = False) -> str:
    """The proof, its checkpoint cosigned by these witnesses."""
    text = parse_note(parse_proof(PROOF).note).text
    lines = "".join(cosign(text, signer(each), at) for each in numbers)
    return PROOF + lines + (cosign(text, MLDSA, at) if ml_dsa else "")


def policy_of(*numbers: int, least: str = "2", ml_dsa: bool = False) -> str:
    keys = [*map(key, numbers), *([MLDSA_KEY] if ml_dsa else [])]
    lines = [f"witness w{place} {each}" for place, each in enumerate(keys)]
    names = " ".join(f"w{place}" for place in range(len(keys)))
    return "\n".join([f"log {KEY}", "# c", *lines, f"group g {least} {names}", "quorum g", ""])


def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, proof: str, *more: str) -> int:
    (tmp_path / "file").write_text(proof)
    return verify(monkeypatch, "proof", tmp_path / "file", "--key", vkey(), *more)


@pytest.mark.parametrize(
    ("by", "least", "expected"),
    [((2, 3), "2", 0), ((2,), "2", 5), ((), "any", 5), ((4,), "any", 0), ((2, 3, 4), "all", 0)],
)
def test_a_policy_demands_its_quorum_on_the_checkpoint(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, by: tuple[int, ...], least: str, expected: int
) -> None:
    (tmp_path / "policy").write_text(policy_of(2, 3, 4, least=least))
    arguments = ("--policy", str(tmp_path / "policy"))
    assert run(monkeypatch, tmp_path, cosigned(*by), *arguments) == expected


def test_every_witness_is_told_with_its_own_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "policy").write_text(policy_of(2, 3, ml_dsa=True))
    proof = cosigned(2, 3, ml_dsa=True)
    assert run(monkeypatch, tmp_path, proof, "--policy", str(tmp_path / "policy")) == 0
    first = capsys.readouterr().out.splitlines()[0]
    for name in (key(2).name, key(3).name, MLDSA_KEY.name):
        assert f"; {name} cosigned at {WHEN}" in first
    assert run(monkeypatch, tmp_path, cosigned(2, at=2**63 - 1), "--witness", str(key(2))) == 0
    assert f"cosigned at {2**63 - 1}" in capsys.readouterr().out


def test_a_key_of_ml_dsa_and_one_of_type_1_are_read_as_witnesses(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for named in (str(MLDSA_KEY), str(key(2)), str(signer(2).verifier)):
        assert run(monkeypatch, tmp_path, cosigned(2, ml_dsa=True), "--witness", named) == 0
        assert run(monkeypatch, tmp_path, PROOF, "--witness", named) == 5
    (tmp_path / "policy").write_text(
        f"witness a {signer(2).verifier}\nwitness b {MLDSA_KEY}\ngroup g all a b\nquorum g\n"
    )
    arguments = ("--policy", str(tmp_path / "policy"))
    assert run(monkeypatch, tmp_path, cosigned(2, ml_dsa=True), *arguments) == 0
    assert run(monkeypatch, tmp_path, cosigned(2), *arguments) == 5


def test_an_altered_line_of_ml_dsa_refuses_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = parse_note(parse_proof(PROOF).note).text.replace("\n15\n", "\n14\n")
    proof = PROOF + cosign(other, MLDSA, TIME)
    assert run(monkeypatch, tmp_path, proof, "--witness", str(MLDSA_KEY)) == 5


def test_a_cosignature_without_a_time_is_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = parse_note(parse_proof(PROOF).note).text
    made = Ed25519PrivateKey.from_private_bytes(b"\x02" * 32)
    line = parse_note(f"x\n\n{cosign(text, signer(2), TIME)}").signatures[0]
    stamped = made.sign(f"cosignature/v1\ntime 0\n{text}".encode())
    proof = PROOF + signature_line(line.name, line.key_id + bytes(8) + stamped)
    assert run(monkeypatch, tmp_path, proof, "--witness", str(key(2))) == 5


def test_two_witnesses_whose_key_ids_collide_are_told_apart(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text, named = parse_note(parse_proof(PROOF).note).text, []
    for number in (15421, 109766):
        seed = hashlib.sha256(b"collide%d" % number).digest()
        named.append(Signer("witness.example/w1", Ed25519PrivateKey.from_private_bytes(seed)))
    keys = [str(cosigner_key(each.name, each.verifier.public)) for each in named]
    both = [part for each in keys for part in ("--witness", each)]
    for one, other in (named, named[::-1]):
        proof = PROOF + cosign(text, one, TIME)
        assert run(monkeypatch, tmp_path, proof, *both) == 5
        assert run(monkeypatch, tmp_path, proof + cosign(text, other, TIME), *both) == 0
    (tmp_path / "policy").write_text(f"witness a {keys[0]}\nwitness b {keys[1]}\nquorum a\n")
    assert run(monkeypatch, tmp_path, PROOF, "--policy", str(tmp_path / "policy")) == 2


BAD = [
    "",
    "quorum g",
    "quorum none\nquorum none",
    f"witness a {key(2)}\nwitness a {key(3)}\nquorum a",
    f"witness a {key(2)}\nwitness b {key(2)}\nquorum a",
    f"witness a {key(2)}\nwitness b {signer(2).verifier}\nquorum a",
    f"witness none {key(2)}\nquorum none",
    f"witness a {key(2)}\ngroup g 2 a\nquorum g",
    f"witness a {key(2)}\ngroup g 0 a\nquorum g",
    f"witness a {key(2)}\ngroup g any\nquorum g",
    f"witness a {key(2)}\ngroup g any b\nquorum g",
    f"witness a {key(2)}\ngroup g any a a\nquorum g",
    f"witness a {key(2)}\ngroup g any a\ngroup h any a\nquorum h",
    f"witness a {key(2)} x y\nquorum a",
    f"log {KEY}\nwitness a {KEY}\nquorum a",
    f"log {KEY}\nlog {KEY}\nquorum none",
    f"witness a {cosigner_key('x', bytes(32))}\nquorum a",
    f"witness a {key(2)}\nquorum a\x0b",
    "other\nquorum none",
    "log holder.vkey\nquorum none",
]


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_policy_is_input_that_cannot_be_used_for_both(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str
) -> None:
    (tmp_path / "policy").write_text(text)
    assert run(monkeypatch, tmp_path, PROOF, "--policy", str(tmp_path / "policy")) == 2
    with pytest.raises(SettingsFault):
        parse_policy(text.encode())


def test_a_policy_for_another_log_is_refused_and_the_holder_is_no_witness_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "policy").write_text(f"log {signer(3).verifier}\nquorum none\n")
    assert run(monkeypatch, tmp_path, PROOF, "--policy", str(tmp_path / "policy")) == 2
    assert "another log" in capsys.readouterr().out
    assert run(monkeypatch, tmp_path, PROOF, "--witness", vkey()) == 2
    assert "no witness" in capsys.readouterr().out


def test_nothing_that_a_terminal_obeys_is_printed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = b'{"a":"\x1b[2J\x7f\x08"}'
    root = reference.mth([entry])
    evil = "off\u202eice.example/\x9b31m"
    holder = Signer(evil, Ed25519PrivateKey.from_private_bytes(b"\x07" * 32))
    note = sign_checkpoint(Checkpoint(evil, 1, root), holder)
    (tmp_path / "e\x1b[31mvil").write_text(f"c2sp.org/tlog-proof@v1\nindex 0\n\n{note}")
    (tmp_path / "entry").write_bytes(entry)
    for path, expected in (("e\x1b[31mvil", 0), ("\x1b]0;missing", 2)):
        arguments = (tmp_path / path, "--key", str(holder.verifier), "--entry", tmp_path / "entry")
        assert verify(monkeypatch, "proof", *arguments) == expected
        said = capsys.readouterr().out
        assert all(each.isprintable() for line in said.splitlines() for each in line)
        assert not {"\x1b", "\x9b", "\x7f", "\x08", "\u202e"} & set(said)


@pytest.mark.parametrize("in_force", [False, True])
def test_an_answer_whose_time_is_over_is_said_and_is_not_in_force(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    in_force: bool,
) -> None:
    world.answer(out="answers.jsonl")
    arguments = ["answer", str(world.directory / "answers.jsonl"), "--key"]
    arguments += [str(world.office.holder_key), *(["--in-force"] if in_force else [])]
    for day, last, code in (("2026-03-03", "OK", 0), ("2036-03-03", "EXPIRED", 6 * in_force)):
        with monkeypatch.context() as patched:
            patched.setattr("sys.argv", ["counterfoil-verify", *arguments])
            patched.setattr(verifier, "today", lambda day=day: day)
            assert verifier.main() == code
        assert capsys.readouterr().out.splitlines()[-1].startswith(last)


def test_a_ledger_of_any_size_is_judged_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    huge = sign_checkpoint(Checkpoint(KEY.name, 2**63 - 1, bytes(32)), SIGNER)
    top = "counterfoil-attestation-1\nnone fork\nfrom 2026-03-01\nto 2026-03-02\nrange 0 0"
    (tmp_path / "huge").write_text(f"{top}\n\n{huge}")
    assert verify(monkeypatch, "attestation", tmp_path / "huge", "--key", vkey()) == 5
