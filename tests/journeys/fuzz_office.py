"""`make fuzz-office`: generated sequences by somebody who can write everything of an office but its
keys, between the honest steps of a batch, and what stopped each kind.

A sequence begins at a moment of one office (test_writers.py) and makes one kind of edit before each
of its steps: determine, review, release, among them exchanges of keys and enrolments. Broken is: an
answer leaves that the honest office would not have released (a withdrawn batch's, or one that
confirms who is held), or the register is opened where the ledger has no opening. The page is
written of what the program saw.

An earlier version made the office, so that its ledger can be cut back to what that version signed.
It publishes its ledger, and the writer may delete what is published, but puts nothing older there:
others have copies of it. Nothing else shows that all of the database is an older copy
(ledger/head.py).

The sequences are cut into shares, each with an office and a seed of its own (`SEED`, number of the
share), and there are as many processes as cores. Keys are sealed under scrypt's smallest cost: this writer has no
passphrase and guesses none, and most of a sequence's time would go into it.
"""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, suppress
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import pytest

from counterfoil import client
from counterfoil.accountability import publication
from counterfoil.client import office_keys
from counterfoil.core import keyfile
from counterfoil.core.errors import CounterfoilError
from counterfoil.core.use_cases import SERVICE, Upload
from counterfoil.core.values import Officer, Role
from counterfoil.office import AdoptOffice, adopt_office, opening
from counterfoil.office.opening import HEAD_MARK
from counterfoil.office.settings import write_settings
from counterfoil.register import SealedRegister
from tests.journeys.test_writers import MOMENTS, STARTS, TABLES, TRIGGERS, Story, cut_off, edit
from tests.world import once
from tests.world.office import MadeHere, World
from tests.world.office import closing as closed
from tests.world.people import SOURCE

PAGE: Final = Path(__file__).parents[2] / "docs" / "measurements" / "fuzz-office.md"
_ROWS: Final = ("tables", "table", "row", "column", "delete", "insert")
_LEDGER: Final = ("ledger_block", "ledger_tile", "ledger_checkpoint", "ledger_head", "remembered")
_FILES: Final = ("office.toml", "register", "law")
_OFFICE_PARTS: Final = (*_FILES, "keys")
PUBLIC: Final = "public"
EARLIER: Final = {"withdrawn": MOMENTS[:1], "determined": MOMENTS[:1]} | {
    moment: ("received", *MOMENTS[2 : MOMENTS.index(moment)]) for moment in MOMENTS[3:]
}
"""The moments that one office went through before it came to one: each once, and `withdrawn` on no
way but its own."""
_MOST_SHOWN: Final = 6
_CONSEQUENCE: Final = "batch_not_ready"
"""What a step says because one before it was stopped."""
_SHARE: Final = 250
"""Sequences of one office."""


class PublishedStory(Story):
    """A story whose office publishes its ledger at each moment, and finds the folder of that moment
    when it is as it was then."""

    def keep(self, moment: str) -> None:
        office = self.world.office
        publication.publish(office, SERVICE, publication.PublishLedger())
        super().keep(moment)
        _copy(self.folder, self.world.directory / f"{moment}-{PUBLIC}")

    def back(self, moment: str) -> None:
        _copy(self.world.directory / f"{moment}-{PUBLIC}", self.folder)
        super().back(moment)

    @property
    def folder(self) -> Path:
        """What is published."""
        return self.world.directory / PUBLIC


class Fuzz:
    """One office, altered again and again from the same moments. `stopped`: by the kind of edit,
    how often each code stopped a sequence of it, or that the honest answer left."""

    def __init__(self, directory: Path, seed: str, patch: pytest.MonkeyPatch) -> None:
        template = directory / "template"
        template.mkdir()
        (directory / "world").mkdir()
        with closed(_of_an_earlier_version(template, patch)) as world:
            self.taken = len(world.entries())
            _adopt(world)
            publishing = msgspec.structs.replace(world.office.settings, publish_to=f"../{PUBLIC}")
            write_settings(world.path, publishing)
        self.story = PublishedStory(directory / "world", template / "taken")
        self.base = directory / "base"
        self.base.mkdir()
        for name in _OFFICE_PARTS:
            _copy(self.story.world.path / name, self.base / name)
        self.random = random.Random(seed)
        self.stopped: dict[str, Counter[str]] = defaultdict(Counter)
        self.broken: list[str] = []
        self.unentered = 0
        self._watch_openings(patch)

    def _watch_openings(self, patch: pytest.MonkeyPatch) -> None:
        opened = SealedRegister.open_residents

        def watched(sealed: SealedRegister, grants: Any) -> Any:
            with closing(sqlite3.connect(self.story.path)) as live:
                newest = live.execute("SELECT counts FROM ledger_block ORDER BY start DESC LIMIT 1")
                self.unentered += not json.loads(newest.fetchone()[0]).get("opening")
            return opened(sealed, grants)

        patch.setattr(SealedRegister, "open_residents", watched)

    def run(self, number: int) -> None:
        """One sequence."""
        start, kind = self.random.choice(STARTS), self.random.choice(tuple(self.kinds()))
        self.story.world.office.store.close()
        for name in _OFFICE_PARTS:
            _copy(self.base / name, self.story.world.path / name)
        self.start = start
        self.story.back(start)
        codes: list[str] = []
        steps = self.random.sample(list(self.steps().values()), 2) + list(self.ends().values())
        for step in steps:
            if self.random.random() < 2 / 3:
                with suppress(sqlite3.Error, OSError, IndexError):
                    self.kinds()[kind]()
            codes += self._try(step)
        left: list[object] | None = None
        try:
            left = self.story.released("left.jsonl")
        except CounterfoilError as fault:
            codes.append(fault.code)
        if left is not None and left not in self.story.allowed(start):
            self.broken.append(f"sequence {number}: {kind} from {start}")
        why = next((code for code in reversed(codes) if code != _CONSEQUENCE), _CONSEQUENCE)
        self.stopped[kind]["the honest answer left" if left is not None else why] += 1

    def _try(self, step: Callable[[], object]) -> list[str]:
        world = self.story.world
        try:
            world.office.store.close()
            world.office = world.opened()
            step()
        except CounterfoilError as fault:
            return [fault.code]
        return []

    def steps(self) -> dict[str, Callable[[], object]]:
        """Steps of keys and officers."""
        world = self.story.world

        def two() -> tuple[client.OfficerKey, client.OfficerKey]:
            return world.officer("a"), world.officer("b")

        def enroll() -> Officer:
            return client.create_officer(
                world.office,
                world.directory / "made",
                f"o{self.random.getrandbits(40):x}",
                None,
                Role.DISCLOSURE,
            )

        return {
            "payload": lambda: office_keys.rotate(world.office, "payload", *two()),
            "register": lambda: office_keys.rotate(world.office, "register", *two()),
            "holder": lambda: office_keys.rotate(world.office, "holder", *two()),
            "retire": lambda: office_keys.retire_holder(world.office, *two()),
            "enroll": enroll,
        }

    def ends(self) -> dict[str, Callable[[], object]]:
        """The batch's own steps, before its release."""
        world, batch = self.story.world, self.story.batch
        return {
            "determine": lambda: client.determine(world.office, batch),
            "review": lambda: client.review(world.office, batch, world.officer("a")),
        }

    # -- edits -----------------------------------------------------------------------------------

    def kinds(self) -> dict[str, Callable[[], None]]:
        """Each kind of edit."""
        rows = {
            f"rows: {way}": (lambda way=way: self._rows(way, self.random.choice(TABLES)))
            for way in _ROWS
        }
        memory = {
            f"ledger: {way}": (lambda way=way: self._rows(way, self.random.choice(_LEDGER)))
            for way in _ROWS
        }
        return (
            rows
            | memory
            | {
                "ledger: truncated": self._truncate,
                "ledger: cut off with every trace of its head": self._cut_off,
                "ledger: entry inserted": lambda: self._append("key"),
                "ledger: renumbered": self._renumber,
                "database of an older moment": self._older,
                "the same, and what is published deleted": self._older_unpublished,
                "office.toml": self._settings,
                "law file": lambda: self._bytes("law"),
                "register file": lambda: self._bytes("register"),
                "register file taken away": self._remove,
            }
        )

    def _owner(self, do: Callable[[sqlite3.Connection], object]) -> None:
        with closing(sqlite3.connect(self.story.path)) as owner:
            owner.execute("PRAGMA foreign_keys = OFF")
            for (name,) in owner.execute(TRIGGERS).fetchall():
                owner.execute(f"DROP TRIGGER {name}")
            with suppress(sqlite3.IntegrityError):
                do(owner)
            owner.commit()

    def _rows(self, way: str, table: str) -> None:
        other, one, two = self.random.choice(MOMENTS), *self.random.choices(range(41), k=2)
        self._owner(lambda owner: edit(owner, self.story.copy(other), way, table, one, two))

    def _truncate(self) -> None:
        self._owner(
            lambda owner: owner.execute(
                "DELETE FROM ledger_block WHERE start >= (SELECT max(start) FROM ledger_block) - ?",
                (self.random.randrange(6),),
            )
        )

    def _append(self, kind: str) -> None:
        def append(owner: sqlite3.Connection) -> None:
            query = "SELECT stop, time, counts FROM ledger_block ORDER BY start DESC LIMIT 1"
            stop, time, text = owner.execute(query).fetchone()
            counts = json.loads(text)
            counts[kind] = counts.get(kind, 0) + 1
            digest = f"sha256:{self.random.getrandbits(256):064x}"
            entry = {"count": counts[kind], "event": "added", "key": digest, "kind": kind}
            entry |= {"purpose": "officer", "time": time, "v": 1}
            data = json.dumps(entry, sort_keys=True, separators=(",", ":")).encode()
            counted = json.dumps(counts, sort_keys=True, separators=(",", ":"))
            row = (stop, stop + 1, time, counted, len(data).to_bytes(2, "big") + data)
            owner.execute("INSERT INTO ledger_block VALUES (?,?,?,?,?)", row)

        self._owner(append)

    def _renumber(self) -> None:
        by = self.random.choice((-1, 1))
        query = "UPDATE ledger_block SET start = start + ?, stop = stop + ? WHERE start >= ?"
        at = self.random.randrange(40)
        self._owner(lambda owner: owner.execute(query, (by, by, at)))

    def _older(self) -> None:
        self.story.world.office.store.close()
        for name in ("office.db-wal", "office.db-shm"):
            (self.story.world.path / name).unlink(missing_ok=True)
        shutil.copy(self.story.copy(self.random.choice(EARLIER[self.start])), self.story.path)

    def _older_unpublished(self) -> None:
        self._older()
        shutil.rmtree(self.story.folder, ignore_errors=True)

    def _cut_off(self) -> None:
        """Rows of an older moment, and the ledger back to what the earlier version left, or to
        another size."""
        self._older_unpublished()
        at = self.random.choice((self.taken, self.random.randrange(self.taken + 40)))
        mark = self.story.world.path / "keys" / HEAD_MARK
        self._owner(lambda owner: cut_off(owner, mark, at))

    def _settings(self) -> None:
        path = self.story.world.path / "office.toml"
        lines = path.read_text(encoding="utf-8").splitlines()
        at = self.random.randrange(len(lines))
        name = lines[at].partition(" = ")[0]
        values = ("0", "1", "true", "false", '""', '"counterfoil.example/other"', "10000")
        lines[at] = f"{name} = {self.random.choice(values)}"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _bytes(self, folder: str) -> None:
        files = sorted(
            each for each in (self.story.world.path / folder).rglob("*") if each.is_file()
        )
        path = self.random.choice(files)
        data = bytearray(path.read_bytes())
        at = self.random.randrange(max(1, len(data)))
        data[at : at + 16] = self.random.randbytes(len(data[at : at + 16]))
        path.write_bytes(data)

    def _remove(self) -> None:
        files = sorted((self.story.world.path / "register").rglob("*"))
        self.random.choice([each for each in files if each.is_file()]).unlink()


def _of_an_earlier_version(directory: Path, patch: pytest.MonkeyPatch) -> World:
    """An office without a head, as versions made it that had none."""
    with patch.context() as earlier:
        earlier.setattr(opening, "_keeper", lambda _: None)
        with closed(MadeHere(directory, SOURCE, "template")):
            pass
    return World(directory / "taken", template=directory)


def _adopt(world: World) -> None:
    kept = world.directory / "kept.checkpoint"
    with world.office.store.reading() as connection:
        kept.write_text(world.office.ledger.newest_checkpoint(connection) or "")
    adopt_office(world.office, SERVICE, AdoptOffice(Upload(kept)))


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)
    else:
        shutil.copy(source, target)


class Ran(NamedTuple):
    """What some sequences came to: by the kind of edit how often each code stopped a sequence,
    those that were broken, and openings without an entry."""

    stopped: dict[str, Counter[str]]
    broken: list[str]
    unentered: int


def ran(sequences: range, seed: str) -> Ran:
    """Run these sequences at one office, in this process."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        once.remember(patch)
        patch.setattr(keyfile, "_N", 2)
        fuzz = Fuzz(Path(folder), seed, patch)
        for number in sequences:
            fuzz.run(number)
        fuzz.story.world.office.store.close()
    return Ran(fuzz.stopped, fuzz.broken, fuzz.unentered)


def together(parts: list[Ran]) -> Ran:
    """What the sequences of all processes came to."""
    stopped: dict[str, Counter[str]] = defaultdict(Counter)
    for part in parts:
        for kind, codes in part.stopped.items():
            stopped[kind].update(codes)
    broken = [each for part in parts for each in part.broken]
    return Ran(stopped, broken, sum(part.unentered for part in parts))


def page(ran: Ran, sequences: int, seed: int) -> str:
    """The page of a run."""
    lines = [
        "# Somebody who writes everything of an office but its keys",
        "",
        f"`make fuzz-office SEQUENCES={sequences} SEED={seed}` wrote this page: "
        f"{sequences:,} generated sequences, each one kind of edit between the",
        "steps of a batch and of two exchanges of keys or enrolments, from a moment at which the "
        "batch was withdrawn, determined, reviewed, or sent back by a hold.",
        "",
        f"- answers that left and that the honest office would not have released: {len(ran.broken)}",
        f"- openings of the register while the ledger had none: {ran.unentered}",
        "",
        "| kind of edit | sequences | how they ended |",
        "|---|---|---|",
    ]
    for kind, codes in sorted(ran.stopped.items()):
        ended = ", ".join(f"{code} {times}" for code, times in codes.most_common(_MOST_SHOWN))
        more = len(codes) - _MOST_SHOWN
        rest = f", {more} other codes" if more > 0 else ""
        lines.append(f"| {kind} | {codes.total()} | {ended}{rest} |")
    return "\n".join(lines) + "\n"


def main(sequences: int, seed: int, target: Path | None) -> int:
    """Run them; 1 where one was broken."""
    starts = range(0, sequences, _SHARE)
    shares = [range(start, min(start + _SHARE, sequences)) for start in starts]
    seeds = [f"{seed} {number}" for number in range(len(shares))]
    parts: list[Ran] = []
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for part in pool.map(ran, shares, seeds):
            parts.append(part)
            print(f"{len(parts)} of {len(shares)} shares, broken {part.broken}", file=sys.stderr)
    found = together(parts)
    text = page(found, sequences, seed)
    print(text)
    if target is not None:
        target.write_text(text, encoding="utf-8")
    for each in found.broken:
        print(each, file=sys.stderr)
    return int(bool(found.broken or found.unentered))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), PAGE))
