"""A build of format 3, step by step (worker.py), on all processors, and on again after a kill.

    .building/
      state          salt (16 bytes) | nonce | AES-256-GCM(build key, facts): the salt of the page
                     file, what the canaries are drawn from, and a digest of all that the build
                     depends on
      NAME           temporary files (spill.py); `done-STEP-PART` holds what a step returned
      exact-PART, other-PART    sealed pages, until they are in the page file

A step of a part is done when its `done` file is there; a build that finds a state of the same
source, key, rules and version takes it up and does what is left. Each step gives the same bytes
each time, so one that was broken off seals the same again under the same keys. Another source, key
or version begins anew with other salts. What a killed build left cannot be read without the
register key.

Memory: a part is as large as lets a process sort it within `memory_bytes` / 16. Disk, at most: the
records of two steps, about twice the register; files are removed once no step reads them.
"""

from __future__ import annotations

import os
import pickle
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from counterfoil.core.errors import StateFault, StoreFault
from counterfoil.core.values import Sensitive
from counterfoil.core.worker_pool import CallPool
from counterfoil.register.known_places import LEAST_HOMES, LEAST_OF_CITY, ZIPS_MAX
from counterfoil.register.loading import Progress
from counterfoil.register.pages.page_file import (
    ENTRY_BYTES,
    HEAD_BYTES,
    MAGIC,
    PAGE_BYTES,
    SALT_BYTES,
    PageFile,
    finish_pages,
    open_private,
    shift_index,
)
from counterfoil.register.pages.spill import Spill, failed
from counterfoil.register.pages.worker import Sizes, rejects_of
from counterfoil.register.source import Batch

PAGES_FILE: Final = "whole.pages"
CHUNK_ROWS: Final = 65_536
STATE: Final = "state"
_ROW_BYTES: Final = 200
_PARTS_MAX: Final = 4_096
_REFERENCE_BYTES: Final = 46
_COPY_BYTES: Final = 1 << 20
_NONCE: Final = 12


class BuildState(Sensitive, frozen=True):
    """What a build was begun with. key: of its temporary files; made again from the salt."""

    facts: str
    page_salt: bytes
    seed: bytes
    key: bytes = b""


def take_state(folder: Path, facts: str, salt: bytes, seed: bytes, build_key: Any) -> BuildState:
    """The state of the build that was broken off in `folder`, if it is of these facts; else a new
    one, in an empty folder. build_key: gives the key for a salt. Raises OSError."""
    path = folder / STATE
    found = _read_state(path, build_key) if path.exists() else None
    if found is not None and found.facts == facts:
        return found
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    state, key, nonce = BuildState(facts, salt[:SALT_BYTES], seed), build_key(salt), os.urandom(12)
    sealed = AESGCM(key).encrypt(nonce, msgspec.msgpack.encode(state), None)
    with open_private(path.with_suffix(".new"), "wb") as file:
        file.write(salt + nonce + sealed)
    path.with_suffix(".new").rename(path)
    return msgspec.structs.replace(state, key=key)


def shared_state(folder: Path, build_key: Any) -> BuildState:
    """The state of the build that goes on in `folder`, as a worker on another machine finds it.
    Raises StateFault `spark_folder`."""
    try:
        found = _read_state(folder / STATE, build_key)
    except OSError:
        found = None
    if found is None:
        raise other_folder()
    return found


def other_folder() -> StateFault:
    """The fault of a worker that does not see the folder in which its caller builds."""
    return StateFault(
        "spark_folder",
        "a Spark worker does not see the folder of the build",
        place="register folder",
        cure="Mount the register's folder and the source on every machine of the cluster, under "
        "the paths that they have here, for the user who runs Spark's Python workers.",
    )


def _read_state(path: Path, build_key: Any) -> BuildState | None:
    data = path.read_bytes()
    salt, nonce, sealed = data[:32], data[32 : 32 + _NONCE], data[32 + _NONCE :]
    key = build_key(salt)
    try:
        plain = AESGCM(key).decrypt(nonce, sealed, None)
        state = msgspec.msgpack.decode(plain, type=BuildState)
    except (InvalidTag, ValueError, msgspec.MsgspecError):
        return None
    return msgspec.structs.replace(state, key=key)


def part_count(rows: int, memory_bytes: int) -> int:
    """How many parts so many rows are divided into."""
    return max(1, min(_PARTS_MAX, -(-rows * _ROW_BYTES * 16 // memory_bytes)))


class PageBuild:
    """Runs the steps. `counts` and `classes` are what was sealed."""

    def __init__(
        self, folder: Path, state: BuildState, pool: CallPool, sizes: Sizes, progress: Progress
    ) -> None:
        self._folder, self._pool, self._progress = folder, pool, progress
        self._state, self._sizes = state, sizes
        self._spill = Spill(folder, state.key)
        self._chunks: list[str] = []
        self.rejects: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self.classes: Counter[int] = Counter()
        self.excluded: set[int] = set()

    def load(self, batches: Iterable[Batch], total: int | None) -> None:
        """Read the source."""
        sizes = self._sizes

        def calls() -> Iterator[tuple[str, tuple[Any, ...]]]:
            for chunk in _in_chunks(batches):
                name = f"rows-{len(self._chunks)}"
                self._chunks.append(name)
                yield name, (name, chunk.first_row, chunk.rows, sizes)

        self._take_loaded(self._run("load", calls()), total)

    def load_apart(self, path: Path, rows: int, chunk_rows: int) -> None:
        """Have a source of so many rows read where the steps are taken, `chunk_rows` a call."""
        firsts = range(0, rows, chunk_rows)
        self._chunks = [f"rows-{number}" for number in range(len(firsts))]
        calls: list[tuple[str, tuple[Any, ...]]] = [
            (name, (name, str(path), first, chunk_rows, self._sizes))
            for name, first in zip(self._chunks, firsts, strict=True)
        ]
        self._take_loaded(self._run("load", calls, "load_apart"), rows)

    def _take_loaded(self, results: Iterator[dict[str, Any]], total: int | None) -> None:
        for loaded in results:
            self.rejects.update(loaded["rejects"])
            self.counts.update({"rows": loaded["rows"], "malformed": loaded["malformed"]})
            self.excluded |= loaded["excluded"]
            self._progress(self.counts["rows"], total, "read")

    def merge(self, learner: Any) -> None:
        """Make homes of rows."""
        zips, cities = Counter[tuple[bytes, bytes]](), Counter[bytes]()
        calls = [(str(p), (p, self._chunks, self._sizes)) for p in self._parts]
        for merged in self._run("merge", calls):
            self.counts.update({f"merged {name}": n for name, n in merged["counts"].items()})
            zips.update(merged["zips"])
            cities.update(merged["cities"])
            if len(zips) > 2 * ZIPS_MAX:
                zips = Counter(dict(zips.most_common(ZIPS_MAX)))
            if learner is not None:
                learner.merge(merged["learner"])
            self._progress(self.counts["merged rows"], self.usable, "seal")
        known = [
            mark
            for (city, mark), homes in zips.most_common(ZIPS_MAX)
            if homes >= LEAST_HOMES and homes * LEAST_OF_CITY >= cities[city]
        ]
        self.counts["known zips"] = len(known)
        for _ in self._run("zips", [("", (known, self._sizes))], method="mark_zips"):
            pass
        self._drop(self._chunks, keep_rejects=True)

    @property
    def usable(self) -> int:
        """Rows that were not rejected."""
        return self.counts["rows"] - self.rejects.total()

    def settle(self) -> None:
        """Settle which lines are known, and make references."""
        names = self._names("lines")
        calls = [(str(p), (p, names, self._sizes)) for p in self._parts]
        total = self.counts["merged homes"]
        for settled in self._run("settle", calls):
            self.counts.update(settled)
            self._progress(self.counts["homes"], total, "marks")
        self._progress(total, total, "marks")
        self._drop(names)

    def seal(self, canaries: Sequence[bytes], path: Path) -> PageFile:
        """Seal everything, and put the page file together."""
        parts, counts = self._sizes.parts, self.counts
        sizes = Sizes(
            parts,
            _pages(counts["merged bytes"], parts),
            _pages(counts["merged references"] * _REFERENCE_BYTES, parts),
        )
        names = [*self._names("others"), "others-zips"]
        calls: list[tuple[str, tuple[Any, ...]]] = [
            (str(p), (p, names, sizes)) for p in self._parts
        ]
        other = list(self._watched("tolerant", calls, "doors"))
        self._drop(names)
        leads = self._names("leads")
        calls = [(str(p), (p, leads, canaries, sizes)) for p in self._parts]
        exact = list(self._watched("exact", calls, "doors"))
        self._drop([*leads, *self._names("homes")])
        for sealed in (*exact, *other):
            self.classes.update(sealed["classes"])
            self.counts.update(sealed.get("counts", {}))
        if not self._spill.has("done-pages"):
            stated = self._put_together(path, sizes, exact, other)
            self._spill.write("done-pages", [[msgspec.msgpack.encode(stated)]])
        self._drop([*self._names("exact"), *self._names("other")])
        [stated] = self._spill.read(["done-pages"], 0)
        return msgspec.msgpack.decode(stated, type=PageFile)

    def learn(self, learner: Any) -> None:
        """Teach the learner what persons show."""
        names = self._names("persons")
        for part in self._run("learn", [(str(p), (p, names)) for p in self._parts]):
            learner.merge(part)
        self._drop(names)
        self._progress(0, None, "learn")

    def rejected_lines(self) -> Iterator[bytes]:
        """The lines of the rejects file."""
        return rejects_of(self._spill, self._chunks, self._sizes)

    @property
    def _parts(self) -> range:
        return range(self._sizes.parts)

    def _names(self, kind: str) -> list[str]:
        return [f"{kind}-{part}" for part in self._parts]

    def _drop(self, names: Iterable[str], *, keep_rejects: bool = False) -> None:
        """Remove files that are read no more; of rows, keep the rejects alone."""
        if keep_rejects:
            for name in names:
                lines = self._spill.read([name], self._sizes.parts)
                self._spill.write(name, [*([[]] * self._sizes.parts), lines])
        else:
            self._spill.drop(names)

    def _watched(self, step: str, calls: Any, phase: str) -> Iterator[Any]:
        for number, result in enumerate(self._run(step, calls), 1):
            self._progress(number, self._sizes.parts, phase)
            yield result

    def _run(
        self, step: str, calls: Iterable[tuple[str, tuple[Any, ...]]], method: str = ""
    ) -> Iterator[Any]:
        """The results of a step's calls, in their order. What was done before a kill is not done
        again."""
        waiting: list[tuple[str, bool]] = []

        def left() -> Iterator[tuple[Any, ...]]:
            for name, arguments in calls:
                done = self._spill.has(f"done-{step}-{name}")
                waiting.append((f"done-{step}-{name}", done))
                if not done:
                    yield arguments

        for result in self._pool.each(method or step, left()):
            yield from self._earlier(waiting)
            name, _ = waiting.pop(0)
            self._spill.write(name, [[pickle.dumps(result)]])
            yield result
        yield from self._earlier(waiting)

    def _earlier(self, waiting: list[tuple[str, bool]]) -> Iterator[Any]:
        while waiting and waiting[0][1]:
            name, _ = waiting.pop(0)
            [record] = self._spill.read([name], 0)
            yield pickle.loads(record)  # noqa: S301 - sealed under a key of this office alone

    def _put_together(
        self, path: Path, sizes: Sizes, exact: list[Any], other: list[Any]
    ) -> PageFile:
        index, at = bytearray(), HEAD_BYTES
        parts = [(f"exact-{p}", each) for p, each in enumerate(exact)]
        parts += [(f"other-{p}", each) for p, each in enumerate(other)]
        pages = sizes.exact_pages, sizes.other_pages
        try:
            with open_private(path, "wb") as file:
                file.write(MAGIC + self._state.page_salt)
                for name, sealed in parts:
                    with (self._folder / name).open("rb") as part:
                        shutil.copyfileobj(part, file, _COPY_BYTES)
                    index += shift_index(sealed["index"], at)
                    at += sealed["size"]
                if file.tell() != at or len(index) != sum(pages) * ENTRY_BYTES:
                    raise _lost()
                salt = self._state.page_salt
                return finish_pages(file, path.name, salt, pages, bytes(index))
        except OSError as fault:
            raise failed(fault) from None


def _lost() -> StoreFault:
    return failed(OSError("sealed pages are not as they were left"))


def _pages(size: int, parts: int) -> int:
    """Pages for so many bytes: a multiple of the parts."""
    return max(1, -(-size // (PAGE_BYTES * parts))) * parts


def _in_chunks(batches: Iterable[Batch]) -> Iterator[Batch]:
    """The same rows, so many at a time as one call loads."""
    rows, first = list[Sequence[str]](), 1
    for batch in batches:
        if not rows:
            first = batch.first_row
        rows += batch.rows
        if len(rows) >= CHUNK_ROWS:
            yield Batch(first, rows)
            rows = []
    if rows:
        yield Batch(first, rows)
