"""Recalls, of the subject `writers`: whoever can write the office's database, and has no key, wants
a recall to be forgotten, to be of another answer, or to have happened; or an incident's clock to
run unseen.

Each attack recalls an answer (or does not), writes the database with SQL, and has the list of
recalls made that everybody reads. It succeeded where a list is made that does not say what the
honest office would have said, or where a requester's silence is not told; it is stopped by the code
of the first command that refuses. An earlier version recalls nothing: there it cannot be carried
out.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from scripts.attacks.attack import ANSWERED, DENIED, Attack, Group, NotRun, Outcome, stopped
from scripts.attacks.attack import succeeded as success
from scripts.attacks.office import call, on_day
from scripts.attacks.people import request
from scripts.attacks.writers import Case, Refused

ITEMS: Final[dict[str, str]] = {}
"""Those of writers.py."""
_ITEM: Final = "writers-1"
_DIGEST: Final = "sha256:" + "5a" * 32
_OPEN: Final = "kind IN ('recall', 'duty')"


class Recalls:
    """An office whose one answer was released, and what is recalled of it."""

    def __init__(self, folder: Path) -> None:
        self.case = Case(folder).to("release")
        self.folder, self.batch, self.out = folder, self.case.batch, self.case.out
        self.lists = 0
        if self.case.office.at("recall", "list").code:
            raise NotRun("this version recalls nothing")

    def recall(self, batch: str = "") -> None:
        """Two officers recall the whole answer."""
        self.lists += 1
        document = self.folder / f"finding{self.lists}.txt"
        document.write_text(f"made up {self.lists}")
        notice = self.folder / f"recall{self.lists}.jws"
        said = ("--reason", "ordered", "--document", document, "--notice", notice)
        key = self.case.office.key
        pair = ("--officer", key("a"), "--second", key("b"))
        self.case.at("recall", "answers", batch or self.batch, *said, *pair)

    def recalled(self, out: Path | None = None) -> bool:
        """Whether a list that the office makes now says that the answer is recalled. Raises
        Refused."""
        self.lists += 1
        made = self.folder / f"recalls{self.lists}"
        self.case.at("recall", "list", "--to", made)
        key = self.case.office.path / "keys" / "holder.vkey"
        asked = ("--holder-key", key, "--recalls", made)
        said = call("verify-answer", out or self.out, *asked).required("verify-answer")
        return not all(each["holds"] for each in said["statements"])

    def forgotten(self, *statements: str) -> None:
        """The answer is recalled, and the database written."""
        self.recall()
        self.case.write(*statements)
        if self.recalled():
            raise Refused("still_recalled")

    def another(self) -> tuple[str, Path]:
        """A second answer that was released: its batch and its file."""
        self.case.receive([request(2, "Marisol", "Quintana", "1847 Heron Lake Rd")])
        self.case.to("release", "determine")
        return self.case.batch, self.case.out


def _put(it: Recalls, row: sqlite3.Row, **changes: Any) -> None:
    """Put a row of acts, changed, into the table."""
    changed = dict(row) | changes
    marks = ",".join("?" * len(changed))
    with it.case.database() as owner:
        owner.execute(f"INSERT OR REPLACE INTO act VALUES ({marks})", tuple(changed.values()))


def _put_back(it: Recalls) -> None:
    """The table of acts of before the recall is put back."""
    before = it.case.rows("act")
    it.recall()
    it.case.write("DELETE FROM act")
    it.case.put("act", before)
    if it.recalled():
        raise Refused("still_recalled")


def _of_another_batch(it: Recalls) -> None:
    other, _ = it.another()
    it.recall()
    it.case.write(
        f"UPDATE act SET committed = CAST(replace(committed, '{it.batch}', '{other}') AS BLOB) "
        "WHERE kind = 'recall'"
    )
    if it.recalled():
        raise Refused("still_recalled")


def _exchanged(it: Recalls) -> None:
    """What is sealed of two recalls is exchanged."""
    other, _ = it.another()
    it.recall()
    it.recall(other)
    first, second = it.case.rows("act", "kind = 'recall'")
    for row, extra in ((first, second["extra"]), (second, first["extra"])):
        _put(it, row, extra=extra)
    if it.recalled():
        raise Refused("still_recalled")


def _inserted(it: Recalls, columns: Mapping[str, Any]) -> None:
    """A row of a recall that nobody made."""
    other, out = it.another()
    it.recall()
    (row,) = it.case.rows("act", "kind = 'recall'")
    committed = row["committed"].replace(it.batch.encode(), other.encode())
    _put(it, row, number=999, subject="2", committed=committed, **columns)
    if not it.recalled(out):
        raise Refused("not_recalled")


def _entry(it: Recalls) -> None:
    it.case.append("recall", commitment=_DIGEST, officer=_DIGEST, second=_DIGEST)
    it.recalled()


def _silence(it: Recalls, *statements: str) -> None:
    """The requester is silent, and the duties are written so that the clock does not see it."""
    it.recall()
    it.case.write(*statements)
    on_day(10)
    if it.case.at("duty", "run").printed["escalated"]:
        raise Refused("escalated")


def _incident(it: Recalls, *statements: str) -> None:
    """An incident is open, and the database written so that nobody is reminded of it."""
    key = it.case.office.key("a")
    it.case.at("incident", "open", "--class", "wrong-answer", "--officer", key)
    it.case.write(*statements)
    listed = it.case.at("incident", "list").required("incident list")
    if listed["incidents"]:
        raise Refused("still_open")


def _closed(it: Recalls) -> None:
    it.recall()
    (row, *_) = it.case.rows("act", "kind = 'duty'")
    said = json.loads(row["committed"])
    closed = {"document": _DIGEST, "duty": said["duty"], "event": "closed"}
    committed = json.dumps(closed, sort_keys=True, separators=(",", ":")).encode()
    _put(it, row, number=999, event="closed", committed=committed, document=_DIGEST)
    on_day(10)
    if it.case.at("duty", "run").printed["escalated"]:
        raise Refused("escalated")


def _yesterday(it: Recalls) -> None:
    """A copy of before the recall is put back beside a newer public folder."""
    settings = it.case.office.path / "office.toml"
    settings.write_text(settings.read_text().replace('publish_to = ""', 'publish_to = "public"'))
    copy = it.folder / "yesterday.db"
    with it.case.database() as owner:
        owner.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(it.case.office.path / "office.db", copy)
    it.recall()
    it.case.at("ledger", "publish")
    for path in it.case.office.path.glob("office.db*"):
        path.unlink()
    shutil.copy(copy, it.case.office.path / "office.db")
    if it.recalled():
        raise Refused("still_recalled")


_DELETE: Final = "DELETE FROM act WHERE kind = 'recall'"
_ATTACKS: Final[tuple[tuple[str, str, Callable[[Recalls], None]], ...]] = (
    ("recall-deleted", "the row of a recall is deleted", lambda it: it.forgotten(_DELETE)),
    (
        "recall-and-duties-deleted",
        "the rows of a recall and of its duties are deleted",
        lambda it: it.forgotten(f"DELETE FROM act WHERE {_OPEN}"),
    ),
    ("recall-put-back", "the acts of before a recall are put back", _put_back),
    (
        "recall-renamed",
        "a recall's row becomes one of another kind",
        lambda it: it.forgotten("UPDATE act SET kind = 'notice' WHERE kind = 'recall'"),
    ),
    ("recall-other-batch", "a recall's row names another batch", _of_another_batch),
    ("recall-exchanged", "what is sealed of two recalls is exchanged", _exchanged),
    (
        "recall-emptied",
        "what is sealed of a recall is emptied",
        lambda it: it.forgotten("UPDATE act SET extra = x'' WHERE kind = 'recall'"),
    ),
    ("recall-inserted", "a row recalls an answer", lambda it: _inserted(it, {})),
    (
        "recall-inserted-entry",
        "the same, with the entry of a review",
        lambda it: _inserted(it, {"entry_index": 20}),
    ),
    ("recall-entry", "an appended entry `recall` is signed over", _entry),
    (
        "recall-duty-deleted",
        "the duty to acknowledge a recall is deleted",
        lambda it: _silence(it, "DELETE FROM act WHERE kind = 'duty'"),
    ),
    (
        "recall-duty-later",
        "the duty to acknowledge a recall is due in ten years",
        lambda it: _silence(
            it,
            'UPDATE act SET committed = CAST(replace(committed, \'"due":"202\', '
            "'\"due\":\"203') AS BLOB) WHERE kind = 'duty'",
        ),
    ),
    ("recall-duty-closed", "a row closes the duty to acknowledge a recall", _closed),
    (
        "incident-deleted",
        "the row of an open incident is deleted",
        lambda it: _incident(it, "DELETE FROM act WHERE kind = 'incident'"),
    ),
    (
        "incident-renamed",
        "the row of an open incident becomes one of another kind",
        lambda it: _incident(it, "UPDATE act SET kind = 'delay' WHERE kind = 'incident'"),
    ),
    ("recall-yesterday", "a copy of before a recall beside a newer public folder", _yesterday),
)


def _outcome(run: Callable[[Recalls], None], folder: Path) -> Outcome:
    it = Recalls(folder)
    try:
        run(it)
    except Refused as refused:
        return stopped(str(refused))
    return success("a list says what the honest office would not say")


def _run(name: str, run: Callable[[Recalls], None]) -> Callable[[Path], Mapping[str, Outcome]]:
    return lambda folder: {name: _outcome(run, folder)}


def _honest(folder: Path) -> Mapping[str, Outcome]:
    it = Recalls(folder)
    before = it.recalled()
    it.recall()
    on_day(10)
    told = it.recalled() and it.case.at("duty", "run").printed["escalated"]
    return {"recall-honest": Outcome(ANSWERED if told and not before else DENIED)}


GROUPS: tuple[Group, ...] = (
    *(
        Group(f"writers-{name}", (Attack(_ITEM, name, what),), _run(name, run))
        for name, what, run in _ATTACKS
    ),
    Group(
        "writers-recall-honest",
        (Attack(_ITEM, "recall-honest", "a recall is listed, and silence told", control=True),),
        _honest,
    ),
)
