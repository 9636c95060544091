"""`counterfoil-verify` says what our own code says, of every good file and of every file with one
byte changed."""

from __future__ import annotations

import ast
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counterfoil.answers.verify import verify_answer
from counterfoil.certification.certificate import certificate_digest
from counterfoil.cli import verifier
from counterfoil.core.errors import CounterfoilError
from counterfoil.tlog import Signer, check_proof, sign_note
from counterfoil.tlog.consistency import Consistency, check_consistency_file, parse_consistency
from counterfoil.tlog.tlog_proof import Proof, parse_proof
from tests.certification.certificates import certify
from tests.ledger.history import STORY, Held, attested, entries_of, verify, vkey
from tests.ledger.office import KEY, ORIGIN
from tests.tlog import reference
from tests.world.office import World
from tests.world.people import REQUESTS, SOURCE

HELD = Held(entries_of(STORY))
PROOF = str(Proof(9, tuple(reference.path(9, HELD.entries)), HELD.note(), HELD.entries[9]))
CONSISTENCY = str(
    Consistency(tuple(reference.consistency(6, HELD.entries)), HELD.note(6), HELD.note())
)
ATTESTATION = str(HELD.attestation(6, 11, [*range(6), 6, 8, 9, 10, 11], older=6))
FILES: dict[str, tuple[str, Callable[[bytes], object]]] = {
    "proof": (PROOF, lambda raw: check_proof(raw, parse_proof(raw).extra or b"", KEY)),
    "consistency": (CONSISTENCY, lambda raw: check_consistency_file(raw, KEY)),
    "attestation": (ATTESTATION, attested),
}


def holds(check: Callable[[bytes], object], raw: bytes) -> bool:
    try:
        check(raw)
    except CounterfoilError as fault:
        assert fault.exit_code == 5
        return False
    return True


def test_it_is_one_file_of_at_most_799_lines_that_imports_nothing_of_ours() -> None:
    source = Path(verifier.__file__).read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 799
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(source))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported - set(sys.stdlib_module_names) == {"cryptography"}


def test_a_copy_of_it_runs_alone(tmp_path: Path) -> None:
    shutil.copy(verifier.__file__, tmp_path / "counterfoil_verify.py")
    (tmp_path / "9.tlog-proof").write_text(PROOF)
    command = [
        sys.executable,
        "-I",
        "counterfoil_verify.py",
        "proof",
        "9.tlog-proof",
        "--key",
        vkey(),
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f"1. {ORIGIN} signed its ledger at 15 entries.",
        f"2. This is entry 9 of it, byte for byte: {HELD.entries[9].decode()}",
        "OK",
    ]


def test_it_says_its_version_and_its_own_digest(capsys: pytest.CaptureFixture[str]) -> None:
    """By which a judge compares two copies."""
    digest = sha256(Path(verifier.__file__).read_bytes()).hexdigest()
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as ended:
        patch.setattr(sys, "argv", ["counterfoil-verify", "--version"])
        verifier.main()
    assert ended.value.code == 0
    assert capsys.readouterr().out == (
        f"counterfoil-verify {version('counterfoil')} sha256:{digest}\n"
    )


@pytest.mark.parametrize("what", FILES)
def test_a_good_file_holds_for_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    text, check = FILES[what]
    (tmp_path / "file").write_text(text)
    assert holds(check, text.encode())
    assert verify(monkeypatch, what, tmp_path / "file", "--key", vkey()) == 0


@pytest.mark.parametrize("what", FILES)
def test_every_changed_byte_is_judged_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    text, check = FILES[what]
    raw, path = text.encode(), tmp_path / "file"
    step = 1 + len(raw) // 500
    for at in range(0, len(raw), step):
        for changed in (
            raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :],
            raw[:at] + raw[at + 1 :],
            raw[:at],
        ):
            path.write_bytes(changed)
            expected = 0 if holds(check, changed) else 5
            assert verify(monkeypatch, what, path, "--key", vkey()) == expected, at


@pytest.mark.parametrize("old", range(16))
def test_consistency_from_every_size_to_every_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: int
) -> None:
    for new in range(old, 16):
        proof = Consistency(
            tuple(reference.consistency(old, HELD.entries[:new])), HELD.note(old), HELD.note(new)
        )
        assert parse_consistency(str(proof)) == proof
        for text in (str(proof), str(replace(proof, hashes=(*proof.hashes, b"\x00" * 32)))):
            (tmp_path / "file").write_text(text)
            expected = (
                0 if holds(lambda raw: check_consistency_file(raw, KEY), text.encode()) else 5
            )
            assert expected == (0 if text == str(proof) else 5)
            assert (
                verify(monkeypatch, "consistency", tmp_path / "file", "--key", vkey()) == expected
            )


def test_a_ledger_that_was_rewritten_is_not_consistent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Held(entries_of([*STORY[:3], *STORY[4:]]))
    text = str(
        Consistency(tuple(reference.consistency(6, other.entries)), HELD.note(6), other.note())
    )
    (tmp_path / "file").write_text(text)
    assert not holds(lambda raw: check_consistency_file(raw, KEY), text.encode())
    assert verify(monkeypatch, "consistency", tmp_path / "file", "--key", vkey()) == 5


def test_another_key_of_the_same_name_signed_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\x02" * 32))
    (tmp_path / "file").write_text(PROOF)
    assert verify(monkeypatch, "proof", tmp_path / "file", "--key", str(other.verifier)) == 5
    text = str(
        Proof(
            9,
            parse_proof(PROOF).hashes,
            sign_note(HELD.note().partition("\n\n")[0] + "\n", [other]),
        )
    )
    (tmp_path / "file").write_text(text)
    assert verify(monkeypatch, "proof", tmp_path / "file", "--key", vkey()) == 5


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("proof", "missing", "--key", vkey()), "missing"),
        (("answer", "missing", "--key", vkey()), "missing.jws"),
        (("proof", "missing", "--key", "nothing"), "nothing"),
        (("proof", "missing", "--key", vkey(), "--policy", "no-policy"), "no-policy"),
        (("proof", "missing", "--key", vkey(), "--entry", "no-entry"), "no-entry"),
        (("proof", "missing", "--key", vkey(), "--witness", "a+b+c"), ""),
        (("proof", ".", "--key", vkey()), "."),
        (("answer", ".", "--key", vkey()), "."),
        (("proof", "/dev/zero", "--key", vkey()), "/dev/zero"),
        (("proof", "missing", "--key", "/dev/zero"), "/dev/zero"),
        (("proof", "missing", "--key", __file__), __file__),
        (("proof", "missing", "--key", "a+folder/holder.vkey"), "a+folder/holder.vkey"),
        (("proof", "missing", "--key", vkey(), "--policy", __file__), __file__),
        (("proof", "missing", "--key", vkey(), "--witness", __file__), __file__),
        (("answer", "missing", "--key", vkey(), "--recalls", sys.executable), sys.executable),
    ],
)
def test_what_cannot_be_read_is_no_forgery_and_is_named(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    named: str,
) -> None:
    assert verify(monkeypatch, *arguments) == 2
    said = capsys.readouterr().out
    assert said.startswith("CANNOT BE USED: ")
    assert named in said


def test_what_never_ends_is_not_read_wherever_it_lies(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file, rows = tmp_path / "answers.jsonl", tmp_path / "rows.jsonl"
    os.mkfifo(tmp_path / "pipe")
    for path, target in ((tmp_path / "answers.jsonl.jws", "pipe"), (file, "/dev/zero")):
        path.symlink_to(target)
        assert verify(monkeypatch, "answer", file, "--key", vkey()) == 2
        assert path.name in capsys.readouterr().out
    with rows.open("wb") as written:
        written.truncate(1 << 40)  # A file without a byte on the disk.
    said = {"format": verifier.ANSWER_FORMATS[0], "rows_format": "jsonl", "row_count": 3}
    with pytest.raises(verifier.VerifyFault):
        verifier.check_rows(rows, said | {"rows_digest": ""})


def test_that_nobody_reads_what_it_prints_is_no_forgery(tmp_path: Path) -> None:
    (tmp_path / "file").write_text(PROOF)
    command = [sys.executable, verifier.__file__, "proof", tmp_path / "file", "--key", vkey()]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert (done.returncode, done.stderr) == (2, b"")


def test_a_terminal_that_cannot_show_a_letter_shows_its_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = io.TextIOWrapper(io.BytesIO(), "ascii")
    monkeypatch.setattr(sys, "stdout", shown)
    verifier.say("caf\u00e9 \x1b[31m")
    shown.seek(0)
    assert shown.read() == "caf\\xe9 \\x1b[31m\n"


def test_an_answer_tells_its_certificates_and_their_limits(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    digest = certificate_digest(certify(world, "birth"))
    for made, told in (
        (digest, f"certified birth to 1.0e-05 by {digest}."),
        ("", "certified none."),
    ):
        if not made:
            world.build(SOURCE)
        world.answer(
            REQUESTS[:1] if made else REQUESTS[1:2],
            f"answers{len(made)}.jsonl",
            f"asked{len(made)}.csv",
        )
        path = world.directory / f"answers{len(made)}.jsonl"
        assert verify(monkeypatch, "answer", path, "--key", str(world.office.holder_key)) == 0
        assert told in capsys.readouterr().out


@pytest.mark.parametrize("out", ["answers.jsonl", "answers.csv"])
def test_an_answer_is_judged_as_our_own_check_judges_it(
    world: World, monkeypatch: pytest.MonkeyPatch, out: str
) -> None:
    world.answer(out=out)
    key, day = str(world.office.holder_key), date(2026, 5, 4)
    path, envelope = world.directory / out, world.directory / f"{out}.jws"
    assert verify(monkeypatch, "answer", path, "--key", key) == 0
    for changed in (path, envelope):
        raw = changed.read_bytes()
        for at in range(0, len(raw), 1 + len(raw) // 120):
            changed.write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
            assert not holds(lambda _: verify_answer(path, key, day), b"")
            assert verify(monkeypatch, "answer", path, "--key", key) == 5
        changed.write_bytes(raw)
