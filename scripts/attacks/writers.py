"""ledger-1: whoever can write the office's database and its settings, and has no key.

Each attack takes a batch to a step with the command line, writes the database with SQL, and goes
on. It succeeded where an answer is written that the honest office would not have written; it is
stopped by the code of the first command that refuses. The control writes nothing.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from scripts.attacks.attack import ANSWERED, DENIED, Attack, Group, NotRun, Outcome, stopped
from scripts.attacks.attack import succeeded as success
from scripts.attacks.office import Ran, call, make_office, on_day
from scripts.attacks.people import Row, crowd, person, request

ITEMS: Final = {"writers-1": "Rows and entries written by somebody who has no key"}
_SOURCE: Final = (person("r1", "Marisol", "Quintana", "1847 Heron Lake Rd"), *crowd(40))
_STEPS: Final = ("receive", "determine", "review", "release")


class Case:
    """An office with one batch, and what is done to it. A refusal raises `Refused`."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.office = make_office(folder, _SOURCE, **options)
        self.folder, self.batch, self.files = folder, "", 0
        self.second = self.office.key("b")

    def to(self, last: str, first: str = "receive") -> Case:
        """Take the batch from one step to another, both included."""
        for step in _STEPS[_STEPS.index(first) : _STEPS.index(last) + 1]:
            getattr(self, step)()
        return self

    def at(self, *arguments: str | Path) -> Ran:
        """Run a command of the office. Raises Refused."""
        ran = self.office.at(*arguments)
        if ran.fault:
            raise Refused(ran.fault)
        return ran

    def receive(self, rows: Sequence[Row] = ()) -> None:
        """Receive a file of these rows, or of one honest question."""
        asked = [*rows] or [request(1, "Marisol", "Quintana", "1847 Heron Lake Rd")]
        self.file = self.office.sign(self.office.write(asked))
        self.receive_again()

    def receive_again(self) -> None:
        """Receive the same file once more."""
        self.batch = str(self.at("receive", self.file).required("receive")["batch"])

    def determine(self) -> None:
        """Determine the batch."""
        self.at("determine", self.batch)

    def review(self) -> None:
        """The first officer signs."""
        self.at("review", self.batch, "--officer", self.office.key("a"))

    def release(self) -> None:
        """Whoever is the second officer signs, and the answer is written."""
        self.files += 1
        self.out = self.folder / f"out{self.files}.jsonl"
        self.at("release", self.batch, "--officer", self.second, "--out", self.out)

    def answers(self) -> list[str]:
        """What the answer says, row by row."""
        return [json.loads(line)["answer"] for line in self.out.read_text().splitlines()]

    @contextmanager
    def database(self) -> Iterator[sqlite3.Connection]:
        """The database, as its owner writes it: without its triggers."""
        with closing(sqlite3.connect(self.office.path / "office.db")) as owner:
            owner.row_factory = sqlite3.Row
            triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for each in owner.execute(triggers).fetchall():
                owner.execute(f"DROP TRIGGER {each['name']}")
            yield owner
            owner.commit()

    def write(self, *statements: str) -> None:
        """Write the database."""
        with self.database() as owner:
            for each in statements:
                owner.execute(each)

    def rows(self, table: str, where: str = "1") -> list[sqlite3.Row]:
        """The rows of a table."""
        with self.database() as owner:
            return owner.execute(f"SELECT * FROM {table} WHERE {where}").fetchall()

    def put(self, table: str, rows: Sequence[sqlite3.Row]) -> None:
        """Put rows into a table, in place of those that stand there."""
        with self.database() as owner:
            for row in rows:
                marks = ",".join("?" * len(row))
                owner.execute(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", tuple(row))

    def append(self, kind: str, **fields: str) -> None:
        """Append an entry well, as the program does."""
        with self.database() as owner:
            last = owner.execute("SELECT * FROM ledger_block ORDER BY start DESC").fetchone()
            counts = json.loads(last["counts"])
            counts[kind] = counts.get(kind, 0) + 1
            entry = {**fields, "count": counts[kind], "kind": kind, "time": last["time"], "v": 1}
            data = json.dumps(entry, sort_keys=True, separators=(",", ":")).encode()
            block = len(data).to_bytes(2, "big") + data
            text = json.dumps(counts, sort_keys=True, separators=(",", ":"))
            start = last["stop"]
            row = (start, start + 1, last["time"], text, block)
            owner.execute("INSERT INTO ledger_block VALUES (?,?,?,?,?)", row)

    def entries(self, kind: str) -> int:
        """How many entries of a kind there are."""
        with self.database() as owner:
            last = owner.execute("SELECT counts FROM ledger_block ORDER BY start DESC").fetchone()
        return int(json.loads(last["counts"]).get(kind, 0))


class Refused(Exception):
    """A command refused, with this code."""


def stranger_key(case: Case) -> tuple[Path, str]:
    """The key of somebody whom nobody enrolled, and its public half."""
    other = case.folder / "other"
    call("office", "create", other, "--sandbox").required("office create")
    keys = case.folder / "strangers"
    keys.mkdir()
    made = call("officer", "create", "mallory", "--office", other, "--keys", keys)
    return keys / "mallory.key", str(made.required("officer create")["vkey"])


def _officer_row(case: Case) -> None:
    case.to("review")
    case.second, vkey = stranger_key(case)
    columns = "name, vkey, public_key, enrolled_at, active, role"
    values = f"'mallory', '{vkey}', 'aa', '2026-01-01T00:00:00Z', 1, 'disclosure'"
    case.write(f"INSERT INTO office_officer ({columns}) VALUES ({values})")
    case.release()


def _officer_replaced(case: Case) -> None:
    case.to("review")
    case.second, vkey = stranger_key(case)
    case.write(
        f"UPDATE office_officer SET name = 'mallory', vkey = '{vkey}' WHERE name = 'officer-b'"
    )
    case.release()


def _officer_role(case: Case) -> None:
    case.to("review")
    keys = case.folder / "counsel"
    keys.mkdir()
    case.at("officer", "create", "cam", "--role", "counsel", "--keys", keys)
    case.second = keys / "cam.key"
    case.write("UPDATE office_officer SET role = 'disclosure'")
    case.release()


def _unretired(case: Case) -> None:
    case.to("review")
    case.at("officer", "retire", "officer-b")
    case.write("UPDATE office_officer SET active = 1")
    case.release()


def _retired_after_review(case: Case) -> None:
    case.to("review")
    case.at("officer", "retire", "officer-a")
    case.release()


def _withdrawn(case: Case, change: str) -> None:
    case.to("receive")
    case.at("withdraw", case.batch, "--officer", case.office.key("a"))
    case.write(f"UPDATE batch SET {change}")
    case.to("release", "determine")


def _released_twice(case: Case, *statements: str) -> None:
    case.to("release")
    case.write(*statements)
    case.receive_again()
    case.to("release", "determine")


def _reviewed_row_put_back(case: Case) -> None:
    case.to("review")
    rows = case.rows("batch")
    case.release()
    case.put("batch", rows)
    case.write("DELETE FROM chunk WHERE kind IN ('answer', 'envelope')")
    case.release()


def _hold(case: Case) -> None:
    keys = case.folder / "holds"
    keys.mkdir()
    for name in ("holds-a", "holds-b"):
        case.at("officer", "create", name, "--role", "holds", "--keys", keys)
    person_file = case.folder / "person.json"
    person_file.write_text('{"format":"counterfoil-held-1","record_refs":["r1"]}')
    pair = ("--officer", keys / "holds-a.key", "--second", keys / "holds-b.key")
    case.at("hold", "add", "--person-file", person_file, *pair)


def _hold_undone(case: Case, tables: Mapping[str, str], last: str) -> None:
    case.to("review")
    kept = {table: case.rows(table, where) for table, where in tables.items()}
    _hold(case)
    if last:
        case.to(last, "determine")
    for table, where in tables.items():
        case.write(f"DELETE FROM {table} WHERE {where}")
        case.put(table, kept[table])
    steps = _STEPS[_STEPS.index(last or "review") + 1 :]
    case.to("release", steps[0])
    if "confirmed" not in case.answers():
        raise Refused("not_confirmed")


_DETERMINED: Final = "kind IN ('determination', 'holds')"


def _opened_flag(case: Case) -> None:
    case.to("receive")
    case.write("UPDATE chunk SET opened = 1")
    case.to("release", "determine")
    if case.entries("opening"):
        raise Refused("opening_entered")


def _custodian(case: Case) -> None:
    case.to("release")
    (case.office.path / "register" / "openings.json").unlink()
    case.receive([request(2, "Marisol", "Quintana", "1847 Heron Lake Rd")])
    case.to("release", "determine")
    if "not_compared" in case.answers():
        raise Refused("custodian_limit")


def _entry(case: Case, kind: str, **fields: str) -> None:
    case.to("review")
    case.append(kind, **fields)
    case.release()


def _heads(case: Case, *statements: str) -> None:
    case.to("receive")
    case.at("withdraw", case.batch, "--officer", case.office.key("a"))
    tables = [each["name"] for each in case.rows("sqlite_master", "type = 'table'")]
    wanted = [each for each in statements if each.split()[2] in tables]
    case.write(*wanted, "UPDATE batch SET state = 'gated'")
    case.to("release", "determine")


def _yesterday(case: Case) -> None:
    settings = case.office.path / "office.toml"
    settings.write_text(settings.read_text().replace('publish_to = ""', 'publish_to = "public"'))
    case.to("review")
    copy = case.folder / "yesterday.db"
    with case.database() as owner:
        owner.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(case.office.path / "office.db", copy)
    case.release()
    case.at("ledger", "publish")
    for path in case.office.path.glob("office.db*"):
        path.unlink()
    shutil.copy(copy, case.office.path / "office.db")
    case.release()


def _sheet(case: Case) -> Path:
    """The sheet of the sample, filled in."""
    settings = case.office.path / "office.toml"
    settings.write_text(settings.read_text().replace("sample_rows = 0", "sample_rows = 1"))
    path = case.folder / "sheet.jsonl"
    case.at("sample", case.batch, "--officer", case.office.key("a"), "--to", path)
    path.write_text(path.read_text().replace('"agrees":null', '"agrees":true'))
    return path


def _review_with(case: Case, sheet: Path) -> None:
    key = case.office.key("a")
    case.at("review", case.batch, "--officer", key, "--sample", sheet)
    case.release()


def _sheet_before_hold(case: Case) -> None:
    sheet = _sheet(case.to("determine"))
    _hold(case)
    case.determine()
    if case.entries("determined") < 2:
        raise Refused("not_determined_anew")
    _review_with(case, sheet)


def _sheet_edited(case: Case) -> None:
    sheet = _sheet(case.to("determine"))
    text = sheet.read_text()
    sheet.write_text(text.replace("Marisol", "Maribel"))
    _review_with(case, sheet)


_GUARDED: Final = {"attempts_on_person": "1", "sent_within_days": "1000", "same_request": "100"}
_MEMORY: Final = ("asked_key", "asked_question", "asked_matter", "asked_file", "caseload")


def _asked_again(case: Case) -> None:
    """Ask about the same person in another file, which the guards refuse where they remember."""
    case.receive([request(2, "Marisol", "Quintana", "1847 Heron Lake Rd")])
    case.to("release", "determine")
    if "confirmed" not in case.answers():
        raise Refused("guard-attempts")


def _memory(case: Case, *statements: str) -> None:
    case.to("receive")
    case.write(*statements)
    _asked_again(case)


def _clock_forward(case: Case) -> None:
    case.to("release")
    on_day(400)
    _asked_again(case)


def _register_emptied(case: Case, last: str) -> None:
    case.to(last)
    for path in (case.office.path / "register").glob("*/buckets.lmdb"):
        data = bytearray(path.read_bytes())
        for start in range(8192, len(data), 4096):
            page = data[start : start + 4096]
            if page[10:12] == b"\x02\x00":  # A leaf page: keep its head and say that it is empty.
                data[start + 12 : start + 14] = (16).to_bytes(2, "little")
        path.write_bytes(data)
    for path in (case.office.path / "register").glob("*/whole.pages"):
        stated = json.loads((path.parent / "manifest.json").read_bytes())["files"][0]
        data, index = bytearray(path.read_bytes()), 64 * sum(stated["pages"])
        data[32 : len(data) - index] = bytes(len(data) - index - 32)  # Every page says so.
        path.write_bytes(data)
    case.to("release", _STEPS[_STEPS.index(last) + 1])


_DIGEST: Final = "sha256:" + "5a" * 32
_KEY: Final = {"key": _DIGEST, "purpose": "officer", "event": "added"}
_BACK: Final = "DELETE FROM"
_ATTACKS: Final[tuple[tuple[str, str, bool, Callable[[Case], None]], ...]] = (
    ("officer-row", "a row makes an officer, who releases", True, _officer_row),
    ("officer-replaced", "an officer's row gets another key", False, _officer_replaced),
    ("officer-role", "an officer of counsel is made one of disclosure", False, _officer_role),
    ("officer-unretired", "a retired officer's row is made active", False, _unretired),
    ("retired-after-review", "who reviewed is retired before release", True, _retired_after_review),
    (
        "withdrawn-revived",
        "a withdrawn batch is gated again",
        True,
        lambda case: _withdrawn(case, "state = 'gated'"),
    ),
    (
        "withdrawn-revived-whole",
        "the same, with its generation",
        False,
        lambda case: _withdrawn(case, "state = 'gated', generation = 1"),
    ),
    (
        "batch-deleted",
        "a released batch is deleted and its file received again",
        False,
        lambda case: _released_twice(case, f"{_BACK} chunk", f"{_BACK} batch"),
    ),
    (
        "file-renamed",
        "another batch stands for a released file",
        False,
        lambda case: _released_twice(case, "UPDATE batch SET identity = 'other'"),
    ),
    ("released-twice", "the row of before release is put back", False, _reviewed_row_put_back),
    (
        "hold-chunks",
        "chunks of before a hold are put back after the new determination",
        True,
        lambda case: _hold_undone(case, {"chunk": _DETERMINED}, "determine"),
    ),
    (
        "hold-batch",
        "chunks and the batch's row of before a hold are put back",
        False,
        lambda case: _hold_undone(case, {"chunk": _DETERMINED, "batch": "1"}, ""),
    ),
    (
        "hold-batch-anew",
        "the same, after it was determined and reviewed anew",
        False,
        lambda case: _hold_undone(case, {"chunk": _DETERMINED, "batch": "1"}, "review"),
    ),
    ("opened-flag", "the register is opened without an entry", True, _opened_flag),
    ("custodian-deleted", "the custodian's count is deleted", True, _custodian),
    (
        "entry-key",
        "an appended `key` is signed over",
        True,
        lambda case: _entry(case, "key", **_KEY),
    ),
    (
        "entry-inspection",
        "an appended `inspection` is signed over",
        False,
        lambda case: _entry(case, "inspection", commitment=_DIGEST, officer=_DIGEST),
    ),
    (
        "entry-withdrawal",
        "an appended `withdrawal` is signed over",
        False,
        lambda case: _entry(case, "withdrawal", batch="b-0123456789abcdef"),
    ),
    (
        "head-deleted",
        "a withdrawn batch is revived and the head deleted",
        False,
        lambda case: _heads(case, "DELETE FROM ledger_head"),
    ),
    (
        "head-and-records-deleted",
        "the same, with the digests of rows",
        False,
        lambda case: _heads(case, "DELETE FROM ledger_head", "DELETE FROM remembered"),
    ),
    (
        "records-deleted",
        "the same, with the digests of rows alone",
        False,
        lambda case: _heads(case, "DELETE FROM remembered"),
    ),
    (
        "memory-emptied",
        "what the guards remember is emptied between two files",
        True,
        lambda case: _memory(case, *(f"DELETE FROM {table}" for table in _MEMORY)),
    ),
    (
        "memory-altered",
        "the questions that the guards remember get other keys",
        False,
        lambda case: _memory(case, "UPDATE asked_key SET key = key + 1"),
    ),
    (
        "memory-freed",
        "a file is marked as one that does not count",
        False,
        lambda case: _memory(case, "UPDATE asked_file SET state = 'free'"),
    ),
    (
        "clock-forward",
        "a clock set forward by 400 days in one `receive` empties the guards' windows",
        True,
        _clock_forward,
    ),
    (
        "sheet-before-hold",
        "a batch is reviewed by a sheet that was shown before a hold",
        True,
        _sheet_before_hold,
    ),
    ("sheet-edited", "a batch is reviewed by a sheet that was edited", True, _sheet_edited),
    (
        "register-emptied",
        "pages of the register are emptied, its size kept: false negatives",
        True,
        lambda case: _register_emptied(case, "receive"),
    ),
    ("yesterday", "an older copy releases again beside a newer public folder", True, _yesterday),
)


def _outcome(name: str, run: Callable[[Case], None], folder: Path) -> Outcome:
    options: dict[str, Any] = {}
    if run is _custodian:
        options["amend"] = [("openings_per_day: 1000000", "openings_per_day: 1")]
    if name.startswith(("memory", "clock")):
        options["limits"] = _GUARDED
    case = Case(folder, **options)
    try:
        run(case)
    except Refused as refused:
        return stopped(str(refused))
    return success("an answer left")


def _run(name: str, run: Callable[[Case], None]) -> Callable[[Path], Mapping[str, Outcome]]:
    return lambda folder: {name: _outcome(name, run, folder)}


def _honest(folder: Path) -> Mapping[str, Outcome]:
    case = Case(folder)
    try:
        case.to("release")
    except Refused as refused:
        return {"honest": Outcome(DENIED, str(refused))}
    if "confirmed" not in case.answers():
        raise NotRun("the honest question was not confirmed")
    return {"honest": Outcome(ANSWERED)}


_ITEM: Final = "writers-1"
GROUPS: tuple[Group, ...] = (
    *(
        Group(f"writers-{name}", (Attack(_ITEM, name, what, listed=listed),), _run(name, run))
        for name, what, listed, run in _ATTACKS
    ),
    Group(
        "writers-honest",
        (Attack(_ITEM, "honest", "nobody writes anything", control=True),),
        _honest,
    ),
)
