"""Who follows a published ledger sees when it was rewritten, shortened, not cosigned or late, and
goes on from what was seen before."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from counterfoil.accountability.monitoring import MonitorLedger, Seen, monitor
from counterfoil.core.errors import CounterfoilError
from counterfoil.ledger import EntryKind
from counterfoil.tlog.cosignature import cosign
from counterfoil.tlog.note import parse_note
from counterfoil.tlog.policy import parse_policy
from counterfoil.tlog.tiles import WIDTH, join_entries, tile_path
from counterfoil.tlog.tree import leaf_hash, root_of
from counterfoil.tlog.witness import Records, Witness
from counterfoil.tlog.witness_server import serve
from tests.cli.desk import command
from tests.ledger.history import STORY, Held, at_day, entries_of
from tests.ledger.office import KEY
from tests.tlog.test_witness import TIME, body, key, signer

PUBLISHED = EntryKind.PUBLISHED
DAILY = [(PUBLISHED, 1), *STORY[1:6], (PUBLISHED, 2 + 1), *[(EntryKind.GRANTED, 3)] * 600]
HELD = Held(entries_of([*DAILY, (PUBLISHED, 4), (EntryKind.BATCH, 4)]))
"""Publications on the first, third and fourth day; no promise, each of 7 hours, is kept."""
OTHER = Held(entries_of([*DAILY[:2], DAILY[3], DAILY[2], *DAILY[4:]]))
"""The same kinds in another order."""
FORKS = ("monitor_fork", "ledger_count")
"""The second where what came since does not fit the counts of what was seen."""
LAST = len(HELD.entries)
POLICY = f"witness w2 {key(2)}\nwitness w3 {key(3)}\ngroup g any w2 w3\nquorum g\n"
NOW = at_day(4) + timedelta(hours=3)


def publish(folder: Path, held: Held, size: int, *witnesses: int) -> None:
    """Write what a reader fetches: entries and hashes of a size, then its checkpoint."""
    for first in range(0, size, WIDTH):
        width = min(WIDTH, size - first)
        path = folder / tile_path(None, first // WIDTH, width)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(join_entries(held.entries[first : first + width]))
        hashes = [leaf_hash(entry) for entry in held.entries[first : first + width]]
        tile = folder / tile_path(0, first // WIDTH, width)
        tile.parent.mkdir(parents=True, exist_ok=True)
        tile.write_bytes(b"".join(hashes))
        if width == WIDTH:
            parent = folder / tile_path(1, 0, size // WIDTH)
            parent.parent.mkdir(parents=True, exist_ok=True)
            with parent.open("ab" if first else "wb") as file:
                file.write(root_of(hashes))
    note = held.note(size)
    text = parse_note(note).text
    lines = "".join(cosign(text, signer(each), TIME) for each in witnesses)
    (folder / "checkpoint").write_text(note + lines)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "public"


def look(
    folder: Path | str, now: datetime = NOW, policy: str = POLICY, *, ask: bool = False
) -> Seen:
    state = (folder if isinstance(folder, Path) else Path()).parent / "seen"
    return monitor(MonitorLedger(str(folder), state, ask), KEY, parse_policy(policy.encode()), now)


def code_of(folder: Path, **more: object) -> str:
    with pytest.raises(CounterfoilError) as fault:
        look(folder, **more)  # pyright: ignore[reportArgumentType]
    return fault.value.code


def test_each_run_goes_on_from_the_last_one_and_counts_what_came(folder: Path) -> None:
    for size, before in ((3, 0), (3, 3), (256, 3), (257, 256), (512, 257), (LAST, 512)):
        publish(folder, HELD, size, 2)
        seen = look(folder)
        assert (seen.before, seen.size, sum(seen.came.values())) == (before, size, size - before)
    state = json.loads((folder.parent / "seen" / "seen.json").read_bytes())
    assert [len(level) for level in state["frontier"]] == [LAST % 256, LAST // 256]
    assert f"Cosigned by {key(2).name} at 2026-03-02" in seen.statements[1]


@pytest.mark.parametrize("size", [3, 255, 256, 300])
def test_a_ledger_that_was_rewritten_is_found_and_kept_as_evidence_until_it_is_mended(
    folder: Path, size: int
) -> None:
    publish(folder, HELD, size, 2)
    look(folder)
    state = (folder.parent / "seen" / "seen.json").read_bytes()
    for new in (size, size + 5, 500):
        publish(folder, OTHER, new, 2)
        for _ in range(2):
            assert code_of(folder) in FORKS
        refused = (folder.parent / "seen" / "refused").read_bytes()
        assert refused == (folder / "checkpoint").read_bytes()
    assert (folder.parent / "seen" / "seen.json").read_bytes() == state
    publish(folder, HELD, 500, 2)
    assert look(folder).size == 500


def test_a_ledger_that_was_shortened_is_found(folder: Path) -> None:
    publish(folder, HELD, 300, 2)
    look(folder)
    publish(folder, HELD, 299, 2)
    assert code_of(folder) == "monitor_shrunk"


@pytest.mark.parametrize(
    ("who", "policy", "expected"),
    [
        ((), POLICY, "witness_quorum"),
        ((4,), POLICY, "witness_quorum"),
        ((2,), POLICY.replace("any", "all"), "witness_quorum"),
    ],
)
def test_without_a_quorum_it_is_refused(
    folder: Path, who: tuple[int, ...], policy: str, expected: str
) -> None:
    publish(folder, HELD, 3, *who)
    assert code_of(folder, policy=policy) == expected
    assert not (folder.parent / "seen" / "seen.json").exists()


def test_a_note_of_another_holder_and_an_entry_outside_its_grammar_are_refused(
    folder: Path,
) -> None:
    publish(folder, HELD, 3, 2)
    note = (folder / "checkpoint").read_text()
    (folder / "checkpoint").write_text(note.replace("\n3\n", "\n4\n"))
    assert code_of(folder) == "note_signature"
    forged = Held([*HELD.entries[:2], b'{"kind":"nothing"}'])
    publish(folder, forged, 3, 2)
    assert code_of(folder) == "entry_version"
    counts = Held(entries_of(DAILY[:5], forged={2: 5}))
    publish(folder, counts, 5, 2)
    assert code_of(folder) == "ledger_count"


def test_a_promise_that_was_missed_is_told_once_and_one_that_is_overdue_until_it_is_kept(
    folder: Path,
) -> None:
    publish(folder, HELD, 3, 2)
    assert look(folder, at_day(1) + timedelta(hours=7)).late == ()
    for _ in range(2):
        (late,) = look(folder, at_day(1) + timedelta(hours=8)).late
        assert (late.entry, late.hours) == (0, 7)
    publish(folder, HELD, LAST, 2)
    seen = look(folder)
    assert [each.entry for each in seen.late] == [0, 6]
    assert "came too late" in seen.statements[-1]
    assert look(folder).late == ()
    assert "has not come" in look(folder, NOW + timedelta(days=2)).statements[-1]


def test_what_cannot_be_read_changes_nothing(folder: Path) -> None:
    assert code_of(folder) == "export_missing"
    publish(folder, HELD, 3, 2)
    look(folder)
    publish(folder, HELD, 300, 2)
    (folder / tile_path(None, 1, 44)).unlink()
    assert code_of(folder) == "monitor_unreadable"
    publish(folder, HELD, 300, 2)
    assert look(folder).before == 3


@pytest.mark.parametrize("was", ['"size":6', '"frontier":[["', "counterfoil-monitor-1", "}"])
def test_a_state_that_is_damaged_is_not_taken_for_a_fork(folder: Path, was: str) -> None:
    publish(folder, HELD, 6, 2)
    look(folder)
    path = folder.parent / "seen" / "seen.json"
    text = path.read_text()
    assert was in text
    path.write_text(text.replace(was, was[:-1] + ("7" if was[-1] == "6" else "00")))
    assert code_of(folder) == "monitor_state"


@pytest.fixture
def witnessed(tmp_path: Path) -> Iterator[tuple[Witness, str]]:
    records = Records(tmp_path / "records")
    witness = Witness(records, [KEY], [signer(2)], lambda: TIME)
    server = serve(witness, "127.0.0.1", 0)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield witness, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    records.close()


def test_a_witness_that_holds_more_or_another_ledger_shows_a_split_view(
    folder: Path, witnessed: tuple[Witness, str]
) -> None:
    witness, url = witnessed
    policy = POLICY.replace(str(key(2)), f"{key(2)} {url}")
    publish(folder, HELD, 6, 2)
    assert "0 witnesses" in look(folder, policy=policy, ask=True).statements[-1]
    witness.add_checkpoint(body(HELD, 0, 10))
    assert code_of(folder, policy=policy, ask=True) == "monitor_witness"
    publish(folder, HELD, 20, 2)
    assert "1 witnesses" in look(folder, policy=policy, ask=True).statements[-1]
    other = Held(entries_of([*DAILY[:8], (EntryKind.BATCH, 3), *DAILY[8:]]))
    publish(folder.parent / "b" / "public", other, 20, 2)
    assert code_of(folder.parent / "b" / "public", policy=policy, ask=True) == "monitor_witness"


def test_a_witness_that_stopped_before_what_was_seen_is_compared_too(
    folder: Path, witnessed: tuple[Witness, str]
) -> None:
    """The holder shows one ledger to the reader, and another one to the witness, from before."""
    witness, url = witnessed
    policy = POLICY.replace(str(key(2)), f"{key(2)} {url}")
    publish(folder, HELD, 300, 2)
    look(folder)
    witness.add_checkpoint(body(HELD, 0, 10))
    publish(folder, HELD, 400, 2)
    assert "1 witnesses" in look(folder, policy=policy, ask=True).statements[-1]
    publish(folder.parent / "b" / "public", OTHER, 300, 2)
    look(folder.parent / "b" / "public")
    for size in (300, 400):
        publish(folder.parent / "b" / "public", OTHER, size, 2)
        assert code_of(folder.parent / "b" / "public", policy=policy, ask=True) == "monitor_witness"


def test_what_lies_in_days_to_come_is_no_promise_and_no_cosignature(folder: Path) -> None:
    publish(folder, HELD, LAST, 2)
    assert code_of(folder, now=at_day(1)) == "witness_quorum"
    nobody = "quorum none\n"
    assert code_of(folder, now=at_day(4) - timedelta(days=2), policy=nobody) == "monitor_future"
    assert look(folder, now=at_day(4) - timedelta(hours=20), policy=nobody).size == LAST


@pytest.mark.parametrize("name", ["checkpoint", tile_path(None, 0, 6)])
def test_a_pipe_in_a_published_folder_keeps_nobody_waiting(folder: Path, name: str) -> None:
    publish(folder, HELD, 6, 2)
    (folder / name).unlink()
    os.mkfifo(folder / name)
    assert code_of(folder) == "monitor_unreadable"


def test_a_url_is_followed_as_a_folder_is(folder: Path, tmp_path: Path) -> None:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    publish(folder, HELD, 300, 2)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    (tmp_path / "policy").write_text(POLICY)
    place = ("monitor", f"http://127.0.0.1:{server.server_port}/", "--key", str(KEY))
    rest = ("--policy", tmp_path / "policy", "--state", tmp_path / "mine")
    try:
        told = command(*place, *rest)
        assert (told.code, told.out.splitlines()[-1]) == (6, "LATE: 300 entries")
        publish(folder, OTHER, 400, 2)
        told = command(*place, *rest, "--json")
        assert (told.code, told.error) == (5, "monitor_fork")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    told = command(*place, *rest, "--json")
    assert (told.code, told.error) == (1, "monitor_unreadable")
