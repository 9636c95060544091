"""A file judged by both verifiers: `counterfoil-verify` in this process, and the scripts of
verify.html under node, in one run for many files."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field, replace
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from counterfoil.accountability.publication import verify_page
from counterfoil.cli import verifier
from tests.world.browsers import NODE

SCRIPTS = [str(verify_page.FOLDER / name) for name in verify_page.SCRIPTS[:-1]]
MALFORMED = re.compile(
    r"(?:.* is altered(?: \(\w+\))?|a text is not base64 in its one form|"
    r"a number is not in its one form|an object is not canonical JSON)"
)
"""Reasons that say that something has not its form. Which of them comes first is no matter."""


@dataclass(frozen=True)
class Asked:
    """One question to both. `files` are by name, `main` the one that is named."""

    name: str
    what: str
    main: str
    files: dict[str, bytes]
    key: str
    witnesses: Sequence[str] = ()
    policy: bytes | None = None
    entry: bytes | None = None
    recalls: bytes | None = None
    today: str = "2026-06-01"
    expected: Sequence[str] = field(default=())
    """What the page says where it says something else than `counterfoil-verify`."""

    def altered(self, name: str, data: bytes, file: str = "") -> Asked:
        """The same question of another file."""
        files = self.files | {file or self.main: data}
        return replace(self, name=f"{self.name}: {name}", files=files)


@dataclass(frozen=True)
class Said:
    """An exit code, and what was printed before the last line and as the last line."""

    code: int
    lines: tuple[str, ...]
    last: str

    @property
    def alike(self) -> tuple[int, tuple[str, ...], str]:
        """What both must agree on."""
        word, _, why = self.last.partition(": ")
        if self.code == 2:
            return 2, self.lines, word
        return self.code, self.lines, f"{word}: {MALFORMED.sub('malformed', why)}"


def by_program(asked: Asked, folder: Path) -> Said:
    """What `counterfoil-verify` says, its files below `folder`."""
    for path in folder.iterdir():
        path.unlink()
    for name, data in asked.files.items():
        (folder / name).write_bytes(data)
    arguments = [asked.what, str(folder / asked.main), "--key", asked.key, "--in-force"]
    arguments += [part for each in asked.witnesses for part in ("--witness", each)]
    options = {"policy": asked.policy, "entry": asked.entry, "recalls": asked.recalls}
    for option, data in options.items():
        if data is not None:
            (folder / f".{option}").write_bytes(data)
            arguments += [f"--{option}", str(folder / f".{option}")]
    out = StringIO()
    with (
        patch.object(sys, "argv", ["counterfoil-verify", *arguments]),
        patch.object(verifier, "today", lambda: asked.today),
        redirect_stdout(out),
    ):
        code = verifier.main()
    *lines, last = out.getvalue().splitlines()
    return Said(code, tuple(lines), last)


def by_page(questions: Iterable[Asked]) -> list[Said]:
    """What the scripts of verify.html say, under node."""
    assert NODE is not None
    done = subprocess.run(
        [NODE, str(Path(__file__).with_name("run_verify.js")), *SCRIPTS],
        input="".join(f"{json.dumps(_given(each))}\n" for each in questions),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    found = [json.loads(line) for line in done.stdout.split("\n") if line]
    return [Said(each["code"], tuple(each["lines"]), each["last"]) for each in found]


def _given(asked: Asked) -> dict[str, object]:
    files = {
        "main": asked.files[asked.main],
        "envelope": asked.files.get(f"{asked.main}.jws"),
        "proof": asked.files.get(f"{asked.main}.proof"),
        "policy": asked.policy,
        "entry": asked.entry,
        "recalls": asked.recalls,
    }
    return {
        "what": asked.what,
        "name": asked.main,
        "key": asked.key,
        "witnesses": list(asked.witnesses),
        "today": asked.today,
    } | {name: _text(data) for name, data in files.items() if data is not None}


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def require_alike(questions: Sequence[Asked], folder: Path) -> list[Said]:
    """Ask both, compare, and return what the page said."""
    folder.mkdir(exist_ok=True)
    page = by_page(questions)
    assert len(page) == len(questions)
    for asked, said in zip(questions, page, strict=True):
        if not asked.expected:
            assert said.alike == by_program(asked, folder).alike, asked.name
    return page
