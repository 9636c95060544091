"""One desk: the command line run in this process, over an office made by the command line
itself."""

from __future__ import annotations

import atexit
import io
import json
import shutil
import tempfile
from collections.abc import Iterable
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from counterfoil.cli.app import run
from counterfoil.core import keyfile
from counterfoil.gate.law.agreement import Agreement
from counterfoil.gate.law.schema import read_law_file
from counterfoil.gate.law.signatures import PARTIES, sign_agreement, write_signature
from counterfoil.office import law_library
from counterfoil.tlog import Signer
from tests.world.people import REQUESTS, SOURCE, SOURCE_COLUMNS, Row, write_csv
from tests.world.scan import found_in, tokens_of

TOKENS = tokens_of([*SOURCE, *REQUESTS])


class Told(NamedTuple):
    """What one command did: exit code, stdout, stderr."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one object on stdout."""
        assert self.out.count("\n") == 1
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found

    @property
    def error(self) -> str:
        """The code of the error in the one object on stdout."""
        error = self.json["error"]
        assert set(error) == {"code", "message", "place", "cure"}
        return str(error["code"])


def command(*arguments: str | Path, values: bool = False) -> Told:
    """Run one command; whatever it says, it names nobody of the made-up source or its requests,
    unless values were asked for."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run([str(argument) for argument in arguments])
    told = Told(code, out.getvalue(), err.getvalue())
    assert values or found_in((told.out + told.err).encode(), TOKENS) == []
    return told


class Desk:
    """A sandbox office with its register, and the commands that tests give in it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.office = directory / "office"
        self.at = ("--office", self.office)
        shutil.copytree(_built() / "office", self.office)
        self.source()

    def source(self, rows: Iterable[Row] = SOURCE) -> Path:
        return write_csv(self.directory / "source.csv", rows, SOURCE_COLUMNS)

    def requests(self, rows: Iterable[Row] = REQUESTS, name: str = "requests.csv") -> Path:
        return write_csv(self.directory / name, rows)

    def officer(self, letter: str) -> tuple[str, Path]:
        return ("--officer", self.office / "keys" / f"officer-{letter}.key")

    def answer(self, file: Path, *more: str | Path, out: str = "answers.jsonl") -> Told:
        second = ("--second", self.office / "keys" / "officer-b.key")
        return command(
            "answer",
            file,
            *self.at,
            *self.officer("a"),
            *second,
            "--out",
            self.directory / out,
            *more,
        )

    def receive(self, rows: Iterable[Row] = REQUESTS) -> str:
        """The id of a new batch."""
        return command("receive", self.requests(rows), *self.at).out.strip()

    def batches(self) -> list[dict[str, Any]]:
        return command("status", *self.at, "--json").json["batches"]

    def answers(self, out: str = "answers.jsonl") -> dict[str, str]:
        """The answers by request id, rejected rows left out."""
        return {
            row["request_id"]: row["answer"]
            for row in self._rows(out)
            if row["answer"] != "rejected"
        }

    def rejected(self, out: str = "answers.jsonl") -> list[tuple[int, str, str]]:
        """Row, id and code of each row that the signed answer returns as rejected."""
        return [
            (row["row"], row["request_id"], *row["codes"])
            for row in self._rows(out)
            if row["answer"] == "rejected"
        ]

    def _rows(self, out: str) -> list[dict[str, Any]]:
        lines = (self.directory / out).read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]


@cache
def _built() -> Path:
    """The folder of an office that the command line made once; each desk is a copy."""
    folder = Path(tempfile.mkdtemp(prefix="cf-desk-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    office = folder / "office"
    source = write_csv(folder / "source.csv", SOURCE, SOURCE_COLUMNS)
    assert command("office", "create", office, "--sandbox").code == 0
    assert command("register", "build", source, "--office", office, "--made-up").code == 0
    return folder


def secret(path: Path, passphrase: str = "correct horse, made up") -> Path:
    """A passphrase file."""
    path.write_text(f"{passphrase}\n", encoding="utf-8")
    return path


def agreement(path: Path, principal_key: str) -> Path:
    """The 2025 agreement with long dates, safeguards shown, the secretary's key registered, signed
    by both. Not a sandbox."""
    text = (law_library() / "agreements" / "treasury-dhs-2025.yaml").read_text(encoding="utf-8")
    text = text.replace("2026-04-06", "2060-12-31").replace(
        "current_until: null", "current_until: 2060-12-31"
    )
    text = text.replace(  # whom the made-up requests name as the officers' agency
        "agency: homeland-security", "agency: homeland-security, written_as: [Agency A]"
    )
    lines = [
        line.replace("key: null", f'key: "{principal_key}"')
        if "id: dhs-secretary" in line
        else line
        for line in text.splitlines()
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for party in PARTIES:
        agreed = read_law_file(path, Agreement)
        signer = Signer(f"made-up-{party}", keyfile.signing_key(keyfile.new_secret("principal")))
        write_signature(path, agreed, party, sign_agreement(agreed, party, signer))
    return path
