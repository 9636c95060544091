"""Every session that the documentation shows is run, and prints what the page shows."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.desk import agreement, command, secret
from tests.house.tree import ROOT, committed_files
from tests.journeys.sessions import Session, as_pattern, read_sessions, run_step
from tests.requester.holder import Holder, make_kit
from tests.world.people import SOURCE, SOURCE_COLUMNS, write_csv

WITH_SESSIONS = [
    path
    for path in committed_files()
    if path.suffix == ".md" and "```console" in path.read_text("utf-8")
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


SETUPS: dict[str, Callable[[Path], Callable[[], None] | None]] = {
    "mailbox": _mailbox,
    "tiny-agency": _examples,
    "answered": _answered,
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
    guides = {"officer.md", "requester.md", "inspector.md", "engineer.md", "README.md"}
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
