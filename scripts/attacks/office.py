"""An office to be attacked, by the command line alone, so that the same attack runs on any version.

Each office is a sandbox under the tree's own agreement of April 2025, whose limits stay as they
are: its dates are made long, its principals get test keys, its daily, yearly and caseload quotas
are raised so that they do not stop an attack before its own guard does, and no certificate is
required. An attack names what it needs otherwise. Every file is signed, as the agreement demands.

An office is made once for each register and agreement, and copied. What the command line prints as
JSON is read; nothing of the tree's modules is, but the default clock of `open_office`, for attacks
that need another day.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from scripts.attacks import tree
from scripts.attacks.attack import ANSWERED, DENIED, NotRun, Outcome
from scripts.attacks.people import SOURCE_COLUMNS, Row

PRINCIPALS: Final = ("dhs-secretary", "dhs-inspector-general")
QUOTAS: Final = {
    "matters": "1000",
    "batch_rows": "5000",
    "requests_per_day": "50000",
    "requests_per_year": "500000",
}
"""Raised everywhere: they count rows, whoever is asked about."""
WIDE: Final = {
    "attempts_on_person": "100000",
    "addresses_of_person": "100000",
    "people_at_address": "100000",
    "addresses_of_given_and_birth": "100000",
    "same_request": "100000",
    "same_reason": "100000",
    "similar_reason": "100000",
    "people_per_investigation": "100000",
    "lockout_attempts": "100000",
}
"""An office whose guards stop nothing: it shows what the matcher confirms."""
NEW_LIMITS: Final = frozenset({"addresses_of_given_and_birth"})
"""Limits of which an earlier tree's agreement knows nothing: without one, nothing is limited."""
CONFIRMED: Final = "confirmed"
FAULTS: Final = ("internal", "store_refused")
"""Codes whose cure is to report a fault of the program: they stop nothing."""
_PASSPHRASE: Final = "made up and long"


@dataclass(frozen=True)
class Ran:
    """One command: its exit code, the JSON that it printed (None if it printed none), its words."""

    code: int
    printed: Any
    words: str

    @property
    def fault(self) -> str:
        """The code of the error that ended it, or ""."""
        error = self.printed.get("error") if isinstance(self.printed, dict) else None
        return str(error["code"]) if error else ""

    def required(self, step: str) -> Any:
        """What it printed. Raises NotRun where it failed."""
        if self.fault or self.code not in (0, 3) or self.printed is None:
            raise NotRun(f"{step} ended with {self.code} {self.fault or self.words[-200:]}")
        return self.printed


def call(*arguments: str | Path) -> Ran:
    """Run one command of the program in this process."""
    from counterfoil.cli import main

    out, err, before, code = io.StringIO(), io.StringIO(), sys.argv, 0
    sys.argv = ["counterfoil", *map(str, arguments), "--json"]
    try:
        with redirect_stdout(out), redirect_stderr(err):
            main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    finally:
        sys.argv = before
    try:
        printed = json.loads(out.getvalue())
    except ValueError:
        printed = None
    return Ran(code, printed, err.getvalue())


@dataclass(frozen=True)
class Sent:
    """What came of one file: `fault` where it was refused whole, else what each request was
    answered and by which codes, by request id."""

    fault: str = ""
    answers: Mapping[str, tuple[str, tuple[str, ...]]] = field(
        default_factory=dict[str, tuple[str, tuple[str, ...]]]
    )
    batch: str = ""

    def answer(self, request_id: str) -> str:
        """What this request was answered; `` where it has no answer."""
        return self.answers.get(request_id, ("", ()))[0]

    def was_put(self, request_id: str) -> bool:
        """Whether the request was put to the register: its answer depends on a record."""
        return self.answer(request_id) in (CONFIRMED, "not_confirmed")

    def put(self) -> int:
        """How many requests were put to the register."""
        return sum(map(self.was_put, self.answers))

    def confirmed(self) -> int:
        """How many requests were confirmed."""
        return sum(answer == CONFIRMED for answer, _ in self.answers.values())

    def code(self, request_id: str = "") -> str:
        """Why this request, or most of the file's, has no better answer: the file's fault, the
        first code of the refusal, or the answer itself. Raises NotRun for a fault of the
        program."""
        if self.fault in FAULTS:
            raise NotRun("a fault of the program")
        if self.fault:
            return self.fault
        if request_id:
            answer, codes = self.answers.get(request_id, ("", ()))
            return codes[0] if codes else answer
        codes = [codes[0] for answer, codes in self.answers.values() if codes]
        return Counter(codes).most_common(1)[0][0] if codes else "not_confirmed"


class Office:
    """One office, and what is sent to it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.path = folder, folder / "office"
        self._files = 0

    def key(self, letter: str) -> Path:
        """The key file of an officer of the sandbox."""
        return self.path / "keys" / f"officer-{letter}.key"

    def at(self, *arguments: str | Path) -> Ran:
        """Run a command of the office."""
        return call(*arguments, "--office", self.path)

    def write(self, rows: Iterable[Row], name: str = "") -> Path:
        """A request file that is not signed."""
        self._files += 1
        path = self.folder / (name or f"file{self._files}.csv")
        return write_csv(path, map(tree.fitted, rows), tree.columns())

    def sign(self, path: Path, **options: str | Path) -> Path:
        """Sign a file, as the first principal unless `principal` is given. Raises NotRun."""
        principal = str(options.pop("principal", PRINCIPALS[0]))
        more = [part for name, value in options.items() for part in (f"--{name}", value)]
        call(
            "sign-request",
            path,
            *("--requester", "dhs", "--agreement", options.pop("agreement", "treasury-dhs-2025")),
            *("--principal", principal, "--key", self.folder / f"{principal}.key"),
            *("--key-passphrase-file", self.folder / "passphrase", *more),
        )
        if not path.with_name(f"{path.name}.header.jws").is_file():
            raise NotRun("the file could not be signed")
        return path

    def send(self, rows: Iterable[Row], **options: str | Path) -> Sent:
        """Write, sign and answer a file."""
        asked, document = list(rows), options.get("document")
        ids = [row["request_id"] for row in asked]
        return self.answer(self.sign(self.write(asked), **options), document, ids)

    def answer(
        self, path: Path, document: str | Path | None = None, ids: Sequence[str] = ()
    ) -> Sent:
        """All four steps with a file. `ids` are those of its rows, to tell which were rejected."""
        out = path.with_suffix(".answers.jsonl")
        if document:
            self._compare(path, document)
        with_document = ["--document", document] if document else []
        ran = self.at(
            *("answer", path, "--officer", self.key("a"), "--second", self.key("b")),
            *("--out", out, *with_document),
        )
        if ran.fault:
            return Sent(ran.fault)
        batch = str(ran.required("answer").get("batch", ""))
        answers = read_answers(out)
        return Sent("", answers | _rejected(out, ids, answers), batch)

    def _compare(self, path: Path, document: str | Path) -> None:
        """Have an officer say that the order and the header agree in all, where the tree asks for
        that: the attack is what they agree in."""
        received = self.at("receive", path, "--document", document)
        if received.fault or not received.printed:
            return
        words = ("compare-document", received.printed["batch"], "--document", document)
        words = (*words, "--officer", self.key("a"))
        shown = self.at(*words)
        if not shown.fault and shown.printed:
            self.at(
                *words, *(part for name in shown.printed["stated"] for part in ("--agree", name))
            )

    def receive(self, path: Path) -> Ran:
        """Put a file before the law."""
        return self.at("receive", path)


def read_answers(out: Path) -> dict[str, tuple[str, tuple[str, ...]]]:
    """The rows of an answer file, by request id."""
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines() if line]
    return {
        str(row.get("request_id") or f"row {number}"): (row["answer"], tuple(row["codes"]))
        for number, row in enumerate(rows, 1)
    }


def _rejected(
    out: Path, ids: Sequence[str], answers: Mapping[str, object]
) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Rows that are listed as rejected and are not in the answer. A version counts rows from the
    header or from the first after it."""
    path, found = (
        out.with_name(f"{out.name}.rejects.jsonl"),
        dict[str, tuple[str, tuple[str, ...]]](),
    )
    if ids and path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            listed = json.loads(line)
            near = [ids[at] for at in (listed["row"] - 1, listed["row"] - 2) if 0 <= at < len(ids)]
            for name in [each for each in near if each not in answers and each not in found][:1]:
                found[name] = ("rejected", (listed["code"],))
    return found


def write_csv(path: Path, rows: Iterable[Mapping[str, str]], columns: Sequence[str]) -> Path:
    """Write rows as CSV. A lone surrogate is written as it is."""
    with path.open("w", encoding="utf-8", errors="surrogatepass", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


# -- agreement and register --------------------------------------------------------------------


def agreement(
    keys: Mapping[str, str],
    changes: Mapping[str, str],
    certificate: str,
    quotas: Mapping[str, str] = QUOTAS,
) -> str:
    """The tree's agreement of April 2025 as a sandbox's, with these numbers changed. Raises NotRun
    where the tree's agreement has no such number, but for those of `NEW_LIMITS`."""
    from counterfoil.office import law_library

    path = law_library() / "agreements" / "treasury-dhs-2025.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("sandbox: false", "sandbox: true")
    text = re.sub(r"(from: 2025-04-07, to: )2026-04-06", r"\g<1>2035-12-31", text)
    text = text.replace("current_until: null", "current_until: 2035-12-31")
    text = text.replace("certificate: required", f"certificate: {certificate}")
    text = re.sub(r"openings_per_day: \d+", "openings_per_day: 1000000", text)
    for name, key in keys.items():
        text = re.sub(rf"(id: {name},.*?key: )null", rf"\g<1>{key}", text)
    for name, value in (dict(quotas) | dict(changes)).items():
        text, times = re.subn(rf"(\b{name}: )\d+", rf"\g<1>{value}", text)
        if not times and name in changes and name not in NEW_LIMITS:
            raise NotRun(f"the agreement has no {name}")
    return text


def make_office(
    folder: Path,
    source: Iterable[Row],
    *,
    limits: Mapping[str, str] | None = None,
    certificate: str = "not_required",
    amend: Sequence[tuple[str, str]] = (),
    database: str = "",
) -> Office:
    """A new office in this folder, over a register of these people. `limits` are numbers of the
    agreement, `amend` are words of it and what stands in their place; `database` is the URL of an
    empty one, where the office has none of its own. Raises NotRun."""
    people = list(source)
    if database:
        _make(folder, people, limits or {}, certificate, amend, database)
        return Office(folder)
    wanted = json.dumps([people, dict(limits or {}), certificate, list(amend)], sort_keys=True)
    name = hashlib.sha256(wanted.encode()).hexdigest()[:32]
    made = Path(tempfile.gettempdir()) / f"made-office-{os.getppid()}-{name}"
    if not made.is_dir():
        making = Path(tempfile.mkdtemp(prefix="making-"))
        _make(making, people, limits or {}, certificate, amend)
        making.rename(made)
    shutil.copytree(made, folder, dirs_exist_ok=True)
    return Office(folder)


def _make(
    folder: Path,
    source: list[Row],
    limits: Mapping[str, str],
    certificate: str,
    amend: Sequence[tuple[str, str]],
    database: str = "",
) -> None:
    passphrase = folder / "passphrase"
    passphrase.write_text(f"{_PASSPHRASE}\n", encoding="utf-8")
    keys: dict[str, str] = {}
    for name in PRINCIPALS:
        made = call(
            "principal", "create", name, "--keys", folder, "--key-passphrase-file", passphrase
        )
        keys[name] = made.required("principal create")["vkey"]
    text = agreement(keys, limits, certificate)
    for old, new in amend:
        if old not in text:
            raise NotRun(f"the agreement does not say {old}")
        text = text.replace(old, new)
    path = folder / "agreement.yaml"
    path.write_text(text, encoding="utf-8")
    office = folder / "office"
    creating = ["office", "create", office, "--sandbox", "--agreement", path]
    call(*creating, *(["--database", database] if database else [])).required("office create")
    people = write_csv(folder / "people.csv", source, SOURCE_COLUMNS)
    call("register", "build", people, "--made-up", "--office", office).required("register build")


def on_day(days_later: int) -> None:
    """Let the program's clock be some days later than the machine's, in this process from now on.
    Raises NotRun where `open_office` takes no clock."""
    from counterfoil.office import open_office

    named: dict[str, Any] | None = open_office.__kwdefaults__
    if not named or "clock" not in named:
        raise NotRun("open_office takes no clock")
    named["clock"] = lambda: datetime.now(UTC).replace(microsecond=0) + timedelta(days=days_later)


# -- outcomes ----------------------------------------------------------------------------------


def control(sent: Sent, request_id: str, wanted: str = CONFIRMED) -> Outcome:
    """The outcome of a control: whether this honest request was answered as it should be."""
    if sent.answer(request_id) == wanted:
        return Outcome(ANSWERED, wanted)
    return Outcome(DENIED, sent.code(request_id))
