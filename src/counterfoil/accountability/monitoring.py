"""Following a published ledger from outside: what `counterfoil monitor` does each time it is run.

    1  The holder signed the checkpoint that is published.
    2  Witnesses that are the policy's quorum cosigned it; who, and when, is told. Nobody's time is
       counted that lies more than a day after the reader's.
    3  It continues the publication that was seen last: the root over the entries seen then and
       those that came since is the one that was signed.
    4  Every entry that came since is in the grammar of its kind, counted, and not earlier than the
       one before it, nor more than a day after the reader's time: from a clock that is set forward
       no promise would ever be late.
    5  Each publication came when the one before it had promised, and the next one is not overdue.
    6  Where it is asked for: what each witness cosigned last is of this ledger too, whether that is
       more, as much or less than what was seen last.

What is remembered lies in a folder of the reader's own:

    STATE/seen.json     one JSON object: {"format": "counterfoil-monitor-1", "note": the checkpoint
                        that was seen last, "size", "time", "counts" and "frontier" over its
                        entries (the partial tile of each level, hex), "promise": {"entry", "time",
                        "hours"} of the newest `published` entry, or null}
    STATE/refused       the last published checkpoint that did not verify: evidence

Trusted: `seen.json` is. Whoever can set it back can show the reader an older history again. Lost:
the next run reads the ledger from its first entry, and knows nothing of what was seen before. It is
written once everything verified, whole or not at all. Where a publication is refused it stays as it
was, so that the next run says so again. Another `format` is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

import msgspec

from counterfoil.core.atomic_files import replace_file
from counterfoil.core.errors import InputFault, StoreFault, VerifyFault
from counterfoil.core.values import Public
from counterfoil.ledger import EntryKind
from counterfoil.ledger.check import Recomputation
from counterfoil.ledger.entries import decode, entry_time
from counterfoil.ledger.export import read_file
from counterfoil.tlog import Checkpoint, VerifierKey, check_checkpoint
from counterfoil.tlog.cosignature import check_cosignatures, time_words
from counterfoil.tlog.http_call import get
from counterfoil.tlog.note import MAX_NOTE_BYTES
from counterfoil.tlog.policy import Policy
from counterfoil.tlog.tiles import (
    MAX_ENTRY_BYTES,
    WIDTH,
    Row,
    node_reader,
    split_entries,
    split_hashes,
    tile_path,
)
from counterfoil.tlog.tree import check_consistency, prove_consistency
from counterfoil.tlog.witness import origin_hash

Fetch = Callable[[str, int], bytes]
"""The bytes of a published file, by its path and the most that it may have."""
_BUNDLE_BYTES: Final = WIDTH * (MAX_ENTRY_BYTES + 2)
_MAX_STATE_BYTES: Final = 4_000_000
_TILE_BYTES: Final = 32 * WIDTH
_SECONDS: Final = 30
_AHEAD: Final = timedelta(days=1)
"""How far the clocks of holder, witnesses and reader may be apart."""
_COMPARE: Final = (
    "Keep both, and ask the holder; compare with what other readers and witnesses saw."
)


class Promise(Public, frozen=True):
    """A `published` entry: within so many hours after `time` another publication comes."""

    entry: int
    time: str
    hours: int

    def is_late(self, time: str) -> bool:
        """Whether a publication at `time`, or none until then, breaks it."""
        passed = datetime.fromisoformat(time) - datetime.fromisoformat(self.time)
        return passed > timedelta(hours=self.hours)


class _State(Public, frozen=True):
    """`seen.json`."""

    format: Literal["counterfoil-monitor-1"]
    note: str
    size: int
    time: str
    counts: dict[EntryKind, int]
    frontier: list[list[str]]
    promise: Promise | None


class Seen(Public, frozen=True):
    """What one run saw. `came`: how many entries of each kind came since the last run; `late`: the
    promises that were missed, the one that is overdue now last; `statements`: all of it in
    sentences."""

    before: int
    size: int
    came: dict[EntryKind, int]
    late: tuple[Promise, ...]
    statements: tuple[str, ...]


class MonitorLedger(Public, frozen=True):
    """Follow the ledger in a folder or at a URL. `state`: the reader's own folder; `ask_witnesses`:
    whether those that have a URL are asked for what they cosigned last."""

    source: str
    state: Path
    ask_witnesses: bool = False


def monitor(question: MonitorLedger, key: VerifierKey, policy: Policy, now: datetime) -> Seen:
    """Establish 1 to 4 and 6, report 5, and remember what was seen. `now` is UTC.

    Raises InputFault `monitor_unreadable` (the source), StoreFault `monitor_state`; VerifyFault
    `monitor_shrunk`, `monitor_fork`, `monitor_future`, `monitor_witness`, `witness_quorum`, and as
    `check_checkpoint`, `check_cosignatures` and `Recomputation.add`.
    """
    fetch, state = fetcher(question.source), _read_state(question.state, key)
    raw = fetch("checkpoint", MAX_NOTE_BYTES)
    try:
        new = check_checkpoint(raw, key)  # 1
        every = check_cosignatures(raw, [each.key for each in policy.witnesses])  # 2
        times = {key: at for key, at in every.items() if at <= (now + _AHEAD).timestamp()}
        if not policy.holds(times):
            raise _fault("witness_quorum", "the witnesses that cosigned are no quorum")
        others = _latest_of(policy, key) if question.ask_witnesses else {}
        seen = _Walk(state, others)
        seen.walk(fetch, new)  # 3, 4 and 6
        if seen.tree.time > entry_time(now + _AHEAD):
            raise _fault(
                "monitor_future", f"its newest entry is of {seen.tree.time}, still to come"
            )
    except VerifyFault:
        _write(question.state, "refused", raw)
        raise
    tree, promise = seen.tree, seen.promise
    _write(question.state, "seen.json", _state_bytes(raw.decode(), tree, promise))
    late = list(seen.late)
    if promise is not None and promise.is_late(entry_time(now)):  # 5
        late.append(promise)
    before = Recomputation() if state is None else _resumed(state)
    came = {kind: many - before.counts[kind] for kind, many in tree.counts.items()}
    cosigned = ", ".join(f"{each.name} at {time_words(at)}" for each, at in times.items())
    statements = (
        f"1. {new.origin} signed its ledger at {new.size} entries.",
        f"2. Cosigned by {cosigned or 'nobody'}: what the policy asks for.",
        f"3. It continues the {before.size} entries seen before; {new.size - before.size} came "
        "since.",
        "4. Each of those is in its grammar and counted, and no time goes back.",
        *_promise_words(promise, late, overdue=len(late) > len(seen.late)),
        *([f"6. {seen.agreed} witnesses hold this ledger too."] if question.ask_witnesses else []),
    )
    return Seen(
        before.size, new.size, {k: n for k, n in came.items() if n}, tuple(late), statements
    )


class _Walk:
    """The entries that came since the last run, added to those before."""

    def __init__(self, state: _State | None, others: Mapping[str, Checkpoint]) -> None:
        self.tree = Recomputation() if state is None else _resumed(state)
        self.promise = None if state is None else state.promise
        self.late: list[Promise] = []
        self.agreed = 0
        self._others = others

    def walk(self, fetch: Fetch, new: Checkpoint) -> None:
        """Add them, and compare the root with the one that was signed."""
        if new.size < self.tree.size:
            raise _fault(
                "monitor_shrunk", f"{self.tree.size} entries were seen before, and {new.size} now"
            )
        before = self.tree.size
        self._compare()
        for first in range(self.tree.size - self.tree.size % WIDTH, new.size, WIDTH):
            width = min(WIDTH, new.size - first)
            bundle = split_entries(
                fetch(tile_path(None, first // WIDTH, width), _BUNDLE_BYTES), width
            )
            for data in bundle[self.tree.size - first :]:
                self._add(data)
        if self.tree.root() != new.root:
            raise _fault("monitor_fork", "it does not continue what was seen before")
        for name, other in self._others.items():
            if other.size > new.size:
                raise _fault(
                    "monitor_witness",
                    f"{name} cosigned {other.size} entries, more than are published",
                )
            if other.size < before:
                self._compare_older(fetch, new, name, other)

    def _compare_older(self, fetch: Fetch, new: Checkpoint, name: str, other: Checkpoint) -> None:
        """Compare with a witness that stopped before what was seen last, by a proof that the
        published hashes make: false ones make none."""
        read = node_reader(published_rows(fetch, new.size))
        proof = prove_consistency(other.size, new.size, read)
        try:
            check_consistency(other.size, other.root, new.size, new.root, proof)
        except VerifyFault:
            raise _fault(
                "monitor_witness", f"{name} cosigned another ledger, and less of it"
            ) from None
        self.agreed += 1

    def _add(self, data: bytes) -> None:
        index = self.tree.size
        self.tree.add(data)
        list(self.tree.full_tiles())
        entry = decode(data, f"entry {index}")
        if entry.kind == EntryKind.PUBLISHED:
            if self.promise is not None and self.promise.is_late(entry.time):
                self.late.append(self.promise)
            self.promise = Promise(index, entry.time, int(entry.fields["hours"]))
        self._compare()

    def _compare(self) -> None:
        """Compare the tree as it is now with every witness that stopped at this size."""
        for name, other in self._others.items():
            if other.size == self.tree.size:
                if other.root != self.tree.root():
                    raise _fault("monitor_witness", f"{name} cosigned another ledger of this size")
                self.agreed += 1


def published_rows(fetch: Fetch, size: int) -> Row:
    """The tree hashes of a published tree of `size` entries."""

    def row(level: int, low: int, high: int) -> list[bytes]:
        index = low // WIDTH
        width = min(WIDTH, size // WIDTH**level - index * WIDTH)
        hashes = split_hashes(fetch(tile_path(level, index, width), _TILE_BYTES), width)
        return hashes[low - index * WIDTH : high - index * WIDTH]

    return row


def _promise_words(promise: Promise | None, late: list[Promise], *, overdue: bool) -> Iterator[str]:
    if promise is None:
        yield "5. No publication was ever promised."
        return
    yield (
        f"5. The newest publication, at {promise.time}, promises the next one within "
        f"{promise.hours} hours."
    )
    for place, each in enumerate(late, 1):
        came = "has not come" if overdue and place == len(late) else "came too late"
        yield f"   LATE: what was promised at {each.time} within {each.hours} hours {came}."


def _latest_of(policy: Policy, key: VerifierKey) -> dict[str, Checkpoint]:
    """What each witness with a URL cosigned last of this log, by its name; none of those that do
    not answer."""
    found: dict[str, Checkpoint] = {}
    for witness in policy.witnesses:
        place = f"{witness.url.rstrip('/')}/{origin_hash(key.name)}/checkpoint"
        status, note = get(place, MAX_NOTE_BYTES, _SECONDS) if witness.url else (0, b"")
        if status == 200 and check_cosignatures(note, [witness.key]):
            found[witness.name] = check_checkpoint(note, key)
    return found


def fetcher(source: str) -> Fetch:
    """What reads the published files of a folder or a URL. It raises InputFault
    `monitor_unreadable`, `export_missing`."""
    if urlsplit(source).scheme not in ("http", "https"):

        def read(path: str, limit: int) -> bytes:
            try:
                return read_file(Path(source), path, limit)
            except VerifyFault:
                raise _unreadable(path) from None

        return read

    def download(path: str, limit: int) -> bytes:
        status, body = get(f"{source.rstrip('/')}/{path}", limit, _SECONDS)
        if status != 200:
            raise _unreadable(path)
        return body

    return download


def _unreadable(path: str) -> InputFault:
    return InputFault(
        "monitor_unreadable",
        "a published file is missing, too long, or did not come in time",
        place=path,
        cure="Try again; if it stays, ask whoever publishes. What was seen before is kept.",
    )


def _read_state(folder: Path, key: VerifierKey) -> _State | None:
    """What was seen last; None where nothing was. Raises StoreFault `monitor_state`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "seen.json").open("rb") as file:
            state = msgspec.json.decode(file.read(_MAX_STATE_BYTES), type=_State)
        checkpoint = check_checkpoint(state.note, key)
        tree = _resumed(state)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, VerifyFault):
        raise _state_fault() from None
    if (checkpoint.size, checkpoint.root) != (tree.size, tree.root()):
        raise _state_fault()
    return state


def _resumed(state: _State) -> Recomputation:
    frontier = [[bytes.fromhex(each) for each in level] for level in state.frontier]
    return Recomputation.resumed(state.size, state.time, state.counts, frontier)


def _state_bytes(note: str, tree: Recomputation, promise: Promise | None) -> bytes:
    frontier = [[each.hex() for each in level] for level in tree.frontier()]
    state = _State(
        "counterfoil-monitor-1", note, tree.size, tree.time, tree.counts, frontier, promise
    )
    return msgspec.json.encode(state)


def _write(folder: Path, name: str, data: bytes) -> None:
    try:
        replace_file(folder / name, data)
    except OSError:
        raise _state_fault() from None


def _state_fault() -> StoreFault:
    return StoreFault(
        "monitor_state",
        "what was seen before cannot be read or written, or is of another ledger",
        place="seen.json",
        cure="Put back the last copy of the --state folder; a new one forgets what was seen.",
    )


def _fault(code: str, why: str) -> VerifyFault:
    return VerifyFault(
        code, f"the publication does not verify: {why}", place="checkpoint", cure=_COMPARE
    )
