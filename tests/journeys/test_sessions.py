"""Every session that the documentation shows is run, and prints what the page shows."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from counterfoil import ledger
from counterfoil.controls.recall.listing import list_at
from counterfoil.core import keyfile
from counterfoil.core.use_cases import SERVICE
from counterfoil.office import Office, create_office, open_office
from counterfoil.tlog import Signer
from counterfoil.tlog.cosignature import cosign, cosigner_key
from tests.cli.desk import agreement, command, secret
from tests.house.tree import ROOT, committed_files
from tests.journeys.sessions import Session, as_pattern, read_sessions, run_step
from tests.requester.holder import Holder, make_kit
from tests.world.people import SOURCE, SOURCE_COLUMNS, write_csv

WITH_SESSIONS = [
    path
    for path in committed_files()
    if path.suffix == ".md"
    and "```console" in path.read_text("utf-8")
    and path.name != "mutual-tls.md"  # needs nginx: tests/service/test_mutual_tls.py runs it
]


def _examples(folder: Path) -> None:
    shutil.copytree(ROOT / "examples", folder / "examples")


def _answered(folder: Path) -> None:
    _examples(folder)
    tiny, keys = Path("examples/tiny-agency"), Path("tax-office/keys")
    made = [
        ("office", "create", "tax-office", "--sandbox"),
        ("register", "build", tiny / "people.csv", "--office", "tax-office", "--made-up"),
        (
            "answer",
            tiny / "requests.csv",
            "--office",
            "tax-office",
            "--officer",
            keys / "officer-a.key",
            "--second",
            keys / "officer-b.key",
            "--out",
            "answers.jsonl",
        ),
    ]
    assert [command(*each).code for each in made] == [0, 0, 0]
    shutil.copy(keys / "holder.vkey", "holder.vkey")


def _requester(folder: Path) -> None:
    secret(folder / "head.pass")
    shutil.copy(ROOT / "examples" / "tiny-agency" / "requests.csv", folder)


def _engineer(folder: Path) -> None:
    for name in ("office", "okafor", "lindqvist", "principal"):
        secret(folder / f"{name}.pass", f"made up for {name}")
    protect = ("--key-passphrase-file", folder / "principal.pass")
    made = command("principal", "create", "dhs-secretary", "--keys", folder / "theirs", *protect)
    agreement(folder / "agreement.yaml", made.out.strip())
    write_csv(folder / "people.csv", SOURCE, SOURCE_COLUMNS)


def _mailbox(folder: Path) -> Callable[[], None]:
    """A requester's keys and what came with the agreement, and a mailbox whose other side takes and
    answers, after each step, whatever lies in the inbox."""
    make_kit(folder / "keys")
    shutil.copy(ROOT / "examples" / "tiny-agency" / "requests.csv", folder)
    holder = Holder(folder / "mailbox", folder / "keys")
    holder.says = {"TA-0003": "not_confirmed"}
    return holder.work


WITNESS = Signer("witness.example/w1", keyfile.signing_key(bytes(range(32))))


def _cosigned(office: Office) -> str:
    """A checkpoint of now that a witness cosigned, whose policy and published ledger lie here."""
    key = cosigner_key(WITNESS.name, WITNESS.verifier.public)
    Path("witnesses.policy").write_text(f"witness w1 {key}\nquorum w1\n", encoding="utf-8")
    with office.store.transaction() as connection:
        note = office.ledger.sign_checkpoint(connection, office.signer())
        text = note.partition("\n\n")[0] + "\n"
        note += cosign(text, WITNESS, int(office.clock().timestamp()))
        ledger.export(connection, Path("public"), note)
    return note


def _judged(folder: Path) -> None:
    """An answer with its completed proof, of which a row was recalled since."""
    _answered(folder)
    Path("finding.txt").write_text("made up: the finding\n", encoding="utf-8")
    keys = Path("tax-office/keys")
    batch = command("status", "--office", "tax-office", "--json").json["batches"][0]["batch"]
    said = ("--row", "TA-0001", "--reason", "ordered", "--document", "finding.txt")
    pair = ("--officer", keys / "officer-a.key", "--second", keys / "officer-b.key")
    to = ("--notice", "recall.jws", "--office", "tax-office")
    assert command("recall", "answers", batch, *said, *to, *pair).code == 0
    office = open_office(Path("tax-office"))
    Path("recalls").write_bytes(list_at(office, SERVICE, _cosigned(office)).data)
    given = ("--holder-key", "holder.vkey", "--policy", "witnesses.policy")
    assert command("complete-answer", "answers.jsonl", "--from", "public", *given).code == 0


def _quarter(folder: Path) -> None:
    """Answers that were released three days ago, and a cosigned checkpoint of today."""
    secret(folder / "inspector.pass", "made up for the inspector")
    before = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3)
    Path("day").write_text(f"{before:%Y-%m-%d}\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for step in (create_office, open_office):
            named = (step.__kwdefaults__ or {}) | {"clock": lambda: before}
            patch.setattr(step, "__kwdefaults__", named)
        _answered(folder)
    Path("my-checkpoint").write_text(_cosigned(open_office(Path("tax-office"))), encoding="utf-8")


SETUPS: dict[str, Callable[[Path], Callable[[], None] | None]] = {
    "mailbox": _mailbox,
    "tiny-agency": _examples,
    "answered": _answered,
    "judged": _judged,
    "quarter": _quarter,
    "requester": _requester,
    "engineer": _engineer,
}


def _sessions() -> list[object]:
    return [
        pytest.param(session, id=f"{path.relative_to(ROOT)}-{number}")
        for path in WITH_SESSIONS
        for number, session in enumerate(read_sessions(path.read_text(encoding="utf-8")))
    ]


@pytest.mark.parametrize("session", _sessions())
def test_a_session_prints_what_the_page_shows(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    between = SETUPS[session.setup](tmp_path) or (lambda: None)
    for step in session.steps:
        code, printed = run_step(step.command)
        assert as_pattern(step.expected).fullmatch(printed), f"$ {step.command}\n{printed}"
        assert code == 0
        between()


def test_every_guide_has_a_session() -> None:
    guides = {"officer.md", "requester.md", "inspector.md", "engineer.md", "judge.md", "README.md"}
    assert guides <= {path.name for path in WITH_SESSIONS}


@pytest.mark.parametrize(
    ("expected", "printed", "fits"),
    [
        ("a\n", "a\n", True),
        ("a\n", "b\n", False),
        ("a ...\n", "a b c\n", True),
        ("a ...\n", "a b\nc\n", False),
        ("a\n...\nd\n", "a\nb\nc\nd\n", True),
        ("a\n...\nd\n", "a\nd\n", True),
        ("", "a\n", False),
    ],
)
def test_three_dots_stand_for_what_differs_and_nothing_else(
    expected: str, printed: str, fits: bool
) -> None:
    assert (as_pattern(expected).fullmatch(printed) is not None) is fits
