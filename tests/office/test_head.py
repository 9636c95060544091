"""Who writes the database without the office's key can stop the office, and do nothing else: entries
under no head, rows that no entry commits to, and older ones put back, are found where they are
relied on, and never signed over."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from counterfoil import client, disclosure
from counterfoil.accountability import publication
from counterfoil.accountability.ledger_access import CheckLedger, check_ledger
from counterfoil.batches import store as batches
from counterfoil.batches.batch import ChunkKind
from counterfoil.core.errors import CounterfoilError, KeyFault, VerifyFault
from counterfoil.core.use_cases import NOBODY, SERVICE
from counterfoil.core.values import Officer, Role
from counterfoil.ledger import Draft, EntryKind, Ledger
from counterfoil.ledger.store import read_head
from counterfoil.office import open_office, opening
from counterfoil.tlog import verifier_key
from tests.ledger.owner import open_as_owner
from tests.world.acts import add_hold, officer, person_file, resume, suspend
from tests.world.office import World
from tests.world.people import Row, request

DIGEST = "sha256:" + "5a" * 32
KEY_FIELDS = {"key": DIGEST, "purpose": "officer", "event": "added"}


def alter(world: World, *statements: str) -> None:
    """Write the database as its owner would, with no key."""
    with closing(sqlite3.connect(world.path / "office.db")) as owner:
        owner.executescript(";".join(statements))


def append(world: World, kind: EntryKind, fields: dict[str, str | int]) -> None:
    """Append an entry well, as the program would, without the office's key."""
    with closing(Thief(world)) as thief, thief.store.transaction() as connection:
        Ledger(world.office.settings.name).append(connection, [Draft(kind, fields)], world.now)


class Thief:
    """The office's store, watched by nobody."""

    def __init__(self, world: World) -> None:
        self.store = world.opened().store
        self.store.watch = None

    def close(self) -> None:
        self.store.close()


def fault_of(step: Callable[[], object]) -> str:
    with pytest.raises(CounterfoilError) as fault:
        step()
    assert fault.value.cure
    return fault.value.code


def reviewed(world: World) -> str:
    batch = world.receive(world.requests())
    client.determine(world.office, batch)
    client.review(world.office, batch, world.officer("a"))
    return batch


def release(world: World, batch: str) -> object:
    return client.release(world.office, batch, world.officer("b"), world.directory / "out.jsonl")


# -- the head ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (EntryKind.KEY, KEY_FIELDS),
        (EntryKind.RESUMPTION, {"commitment": DIGEST}),
        (EntryKind.SUSPENSION, {"commitment": DIGEST, "officer": DIGEST}),
        (EntryKind.STATE, {"commitment": DIGEST}),
    ],
)
def test_an_entry_that_somebody_else_appended_stops_the_office_and_is_not_signed_over(
    world: World, kind: EntryKind, fields: dict[str, str | int]
) -> None:
    batch = reviewed(world)
    entries = world.entries()
    append(world, kind, fields)
    assert fault_of(lambda: release(world, batch)) == "head_entries"
    assert fault_of(lambda: world.receive(world.requests(name="other.csv"))) == "head_entries"
    assert fault_of(lambda: check_ledger(world.office, NOBODY, CheckLedger())) == "head_entries"
    assert len(world.entries()) == len(entries) + 1


def test_a_checked_ledger_says_that_its_head_is_the_offices_own(world: World) -> None:
    report = check_ledger(world.office, NOBODY, CheckLedger()).report
    assert report.statements[6].startswith(f"7. The {report.size} entries are under the head")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_head SET mac = zeroblob(32)",
        "UPDATE ledger_head SET state = zeroblob(2048)",
        "UPDATE ledger_head SET root = 'text', mac = 7",
        "DELETE FROM ledger_head",
        "DELETE FROM ledger_head; DELETE FROM remembered",
        "DELETE FROM remembered",
        "UPDATE remembered SET digest = zeroblob(32)",
        "UPDATE remembered SET entry_index = 0",
        "UPDATE remembered SET subject = subject || 'x'",
    ],
)
def test_a_head_or_a_record_that_was_altered_stops_the_office(world: World, statement: str) -> None:
    batch = reviewed(world)
    alter(world, statement)
    expected = {"head_altered", "head_missing", "remembered_altered"}
    assert fault_of(lambda: release(world, batch)) in expected
    assert "release" not in world.kinds()


def test_an_older_head_put_back_stops_the_office(world: World) -> None:
    batch = reviewed(world)
    with closing(sqlite3.connect(world.path / "office.db")) as owner:
        older = owner.execute("SELECT * FROM ledger_head").fetchone()
    suspend(world)
    resume(world)
    with closing(sqlite3.connect(world.path / "office.db")) as owner:
        owner.execute("DELETE FROM ledger_head")
        owner.execute(f"INSERT INTO ledger_head VALUES ({','.join('?' * len(older))})", older)
        owner.commit()
    assert fault_of(lambda: release(world, batch)) == "head_entries"


def test_a_batch_that_an_older_version_knew_nothing_of_is_not_taken_for_an_older_office(
    world: World,
) -> None:
    """The mark beside the keys, and the entry `state` itself, each show that there was a head."""
    (world.path / "keys" / "ledger-head").unlink()
    alter(world, "DELETE FROM ledger_head; DELETE FROM remembered")
    assert fault_of(lambda: world.receive(world.requests())) == "head_missing"


CUT_OFF = (
    "DELETE FROM ledger_head; DELETE FROM remembered; DELETE FROM ledger_tile;"
    "DELETE FROM ledger_block WHERE start >= {0}; DELETE FROM ledger_checkpoint WHERE size > {0}"
)


@pytest.mark.parametrize("entries", [0, 1, 5, 7])
def test_a_ledger_that_was_cut_off_before_its_first_state_is_not_taken_for_an_older_offices(
    world: World, entries: int
) -> None:
    """Whoever deletes every trace of the head has no checkpoint over so short a ledger."""
    (world.path / "keys" / "ledger-head").unlink()
    with closing(open_as_owner(world.path / "office.db")) as owner:
        owner.executescript(CUT_OFF.format(entries))
    assert fault_of(lambda: world.receive(world.requests())) == "head_missing"
    if entries:
        assert fault_of(lambda: check_ledger(world.office, NOBODY, CheckLedger())) == "head_missing"


def test_an_older_office_takes_no_officer_whom_no_entry_enrolled(world: World) -> None:
    with world.office.store.reading() as connection:
        opening.require_entered_officers(world.office, connection)
    alter(world, "UPDATE office_officer SET vkey = replace(vkey, 'officer-a', 'officer-c')")
    with world.office.store.engine.connect() as connection, pytest.raises(VerifyFault) as fault:
        opening.require_entered_officers(world.office, connection)
    assert fault.value.code == "row_disagrees"


# -- without the key -----------------------------------------------------------------------------


def _without_key(world: World) -> World:
    """The office as a process opens it that was given no passphrase."""
    world.office.store.close()
    hidden = world.path / "keys" / "office.passphrase"
    hidden.rename(world.directory / "passphrase")
    world.office = world.opened()
    return world


def _with_key(world: World) -> None:
    world.office.store.close()
    (world.directory / "passphrase").rename(world.path / "keys" / "office.passphrase")
    world.office = world.opened()


def test_a_suspension_without_the_passphrase_is_believed_and_covered_by_the_next_head(
    world: World,
) -> None:
    batch = reviewed(world)
    _without_key(world)
    suspend(world)
    _with_key(world)
    assert fault_of(lambda: release(world, batch)) == "suspended"
    resume(world)
    [status] = disclosure.batch_statuses(world.office, NOBODY)
    assert status.state == "determined"  # what was held is reviewed anew
    check_ledger(world.office, NOBODY, CheckLedger())


def test_nothing_else_is_entered_without_the_passphrase(world: World) -> None:
    suspend(world)
    _without_key(world)
    with pytest.raises(KeyFault) as fault:
        resume(world)
    assert fault.value.code == "head_key"
    assert "resumption" not in world.kinds()


def test_a_suspension_whose_signature_was_used_before_is_not_believed(world: World) -> None:
    batch = reviewed(world)
    suspend(world)
    resume(world)
    entries = world.entries()
    index = next(at for at, each in enumerate(entries) if each["kind"] == "suspension")
    fields = {name: entries[index][name] for name in ("commitment", "officer")}
    append(world, EntryKind.SUSPENSION, fields)  # type: ignore[arg-type]
    alter(
        world,
        "CREATE TEMP TABLE one AS SELECT * FROM act WHERE kind = 'suspension'",
        f"UPDATE one SET number = 99, entry_index = {len(entries)}",
        "INSERT INTO act SELECT * FROM one",
    )
    assert fault_of(lambda: release(world, batch)) == "head_entries"


# -- rows ----------------------------------------------------------------------------------------


def _thief_officer() -> Officer:
    return Officer("mallory", str(verifier_key("mallory", bytes(range(32)))))


def test_an_officer_that_a_row_made_is_nobody(world: World) -> None:
    mallory = _thief_officer()
    alter(
        world,
        "INSERT INTO office_officer VALUES "
        f"('mallory', '{mallory.vkey}', 'x', '2026-01-01T00:00:00Z', 1, 'disclosure')",
    )
    with world.office.store.reading() as connection:
        assert fault_of(lambda: batches.signing_officer(connection, "mallory")) == "row_disagrees"
    with world.office.store.reading() as connection:
        assert fault_of(lambda: batches.list_officers(connection)) == "row_disagrees"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE office_officer SET role = 'holds'",
        "UPDATE office_officer SET active = 1 - active",
        "DELETE FROM office_officer WHERE name = 'officer-b'",
        "UPDATE office_officer SET enrolled_at = '2020-01-01T00:00:00Z'",
    ],
)
def test_an_officer_whose_row_was_altered_does_nothing(world: World, statement: str) -> None:
    batch = reviewed(world)
    alter(world, statement)
    assert fault_of(lambda: release(world, batch)) == "row_disagrees"


def test_a_withdrawn_batch_is_not_revived(world: World) -> None:
    batch = world.receive(world.requests())
    client.withdraw(world.office, batch, world.officer("a"))
    alter(world, "UPDATE batch SET state = 'gated'")
    with pytest.raises(VerifyFault) as fault:
        client.determine(world.office, batch)
    assert fault.value.code == "row_disagrees"
    assert batch in (fault.value.place or "")
    assert "entry " in (fault.value.place or "")
    assert "opening" not in world.kinds()


def _row(world: World) -> tuple[object, ...]:
    with closing(sqlite3.connect(world.path / "office.db")) as owner:
        return owner.execute("SELECT * FROM batch").fetchone()


def _put_back(world: World, row: tuple[object, ...]) -> None:
    with closing(sqlite3.connect(world.path / "office.db")) as owner:
        owner.execute("PRAGMA foreign_keys = OFF")
        owner.execute("DELETE FROM batch")
        owner.execute(f"INSERT INTO batch VALUES ({','.join('?' * len(row))})", row)
        owner.commit()


def test_an_older_row_of_a_batch_put_back_is_found(world: World) -> None:
    batch = world.receive(world.requests())
    older = _row(world)
    client.determine(world.office, batch)
    _put_back(world, older)
    assert fault_of(lambda: client.determine(world.office, batch)) == "row_disagrees"


def test_a_batch_that_was_deleted_is_missed(world: World) -> None:
    world.receive(world.requests())
    alter(world, "DELETE FROM chunk", "DELETE FROM batch")
    assert fault_of(lambda: world.receive(world.requests())) == "row_disagrees"
    assert fault_of(lambda: disclosure.batch_statuses(world.office, NOBODY)) == "row_disagrees"


def test_openings_that_a_row_says_were_entered_open_nothing(world: World) -> None:
    batch = world.receive(world.requests())
    alter(world, "UPDATE chunk SET opened = 1, openings = row_count WHERE kind = 'request'")
    assert fault_of(lambda: client.determine(world.office, batch)) == "row_disagrees"


@pytest.mark.parametrize("kind", ["request", "determination", "certificates", "holds"])
def test_a_chunk_that_was_deleted_is_missed(world: World, kind: str) -> None:
    batch = reviewed(world)
    alter(world, f"DELETE FROM chunk WHERE kind = '{kind}'")
    assert fault_of(lambda: release(world, batch)) == "row_disagrees"


def test_the_custodians_count_taken_away_opens_nothing(world: World) -> None:
    client.determine(world.office, world.receive(world.requests()))
    (world.path / "register" / "openings.json").unlink()
    second = world.receive(world.requests(name="second.csv", rows=_others(50)))
    assert fault_of(lambda: client.determine(world.office, second)) == "custodian_state_altered"
    assert world.kinds().count("opening") == 1


def _others(first: int = 40) -> list[Row]:
    return [
        request(first + at, "Consuelo", "Villanueva", f"{700 + at} Larkspur Way") for at in (0, 1)
    ]


# -- what was determined before a hold -----------------------------------------------------------


def _chunks(world: World) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(world.path / "office.db")) as owner:
        chosen = "SELECT * FROM chunk WHERE kind IN ('determination', 'holds')"
        return owner.execute(chosen).fetchall()


def test_what_was_determined_before_a_hold_does_not_open_as_what_is_determined_after(
    world: World,
) -> None:
    first, second = (officer(world, name, Role.HOLDS) for name in ("holds-a", "holds-b"))
    batch = reviewed(world)
    older = _chunks(world)
    add_hold(world, person_file(world, record_refs=["r1"]), first, second)
    client.determine(world.office, batch)
    with closing(sqlite3.connect(world.path / "office.db")) as owner:
        for row in older:
            owner.execute("DELETE FROM chunk WHERE batch_id = ? AND kind = ? AND seq = ?", row[:3])
            owner.execute(f"INSERT INTO chunk VALUES ({','.join('?' * len(row))})", row)
        owner.commit()
    step = lambda: client.review(world.office, batch, world.officer("a"))  # noqa: E731
    try:
        step()
    except CounterfoilError as fault:
        assert fault.code in ("payload_sealed", "row_disagrees")
        return
    assert fault_of(lambda: release(world, batch)) == "payload_sealed"
    assert "release" not in world.kinds()


def test_the_digest_of_what_is_determined_changes_whether_or_not_a_hold_touched_it(
    world: World,
) -> None:
    batch = reviewed(world)
    with world.office.store.transaction() as connection:
        batches.mark_reconsidered(connection, batches.find_batch(connection, batch))
    client.determine(world.office, batch)
    one, other = (
        each["determinations"] for each in world.entries() if each["kind"] == "determined"
    )
    assert one != other


# -- the whole -----------------------------------------------------------------------------------


def test_each_commit_that_writes_such_rows_enters_a_state_and_the_head_covers_everything(
    world: World,
) -> None:
    world.answer()
    with world.office.store.reading() as connection:
        size = connection.execute(text("SELECT size FROM ledger_head")).scalar_one()
        assert size == read_head(connection).size
        session = world.office.batch_session(connection, batches.list_batches(connection)[0])
        assert session.count(ChunkKind.ANSWER)[0] == 1
    assert world.kinds().count("state") >= 6


def test_a_copy_of_the_office_with_another_key_believes_nothing(
    world: World, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    stranger = World(other, seed="stranger")
    shutil.copy(world.path / "office.db", stranger.path / "office.db")
    stranger.office.store.close()
    office = open_office(stranger.path, clock=world.clock)
    with office.store.reading() as connection:
        assert fault_of(lambda: office.ledger.counts(connection)) == "head_altered"
    office.store.close()


# -- settings, and an older copy -----------------------------------------------------------------


def _reopened(world: World, old: str, new: str) -> None:
    path = world.path / "office.toml"
    before = path.read_text(encoding="utf-8")
    assert old in before
    path.write_text(before.replace(old, new), encoding="utf-8")
    world.office.store.close()
    world.office = world.opened()


def test_a_sample_of_another_size_is_entered_in_the_commit_that_first_uses_it(world: World) -> None:
    batch = world.receive(world.requests())
    client.determine(world.office, batch)
    _reopened(world, "sample_rows = 0", "sample_rows = 3")
    assert world.kinds().count("settings") == 1
    with pytest.raises(CounterfoilError):
        client.review(world.office, batch, world.officer("a"))
    world.receive(world.requests(name="other.csv", rows=_others()))
    entered = [each for each in world.entries() if each["kind"] == "settings"]
    assert [each["rows"] for each in entered] == [0, 3]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("page = []", 'page = ["true"]'),
        ('publish_to = ""', 'publish_to = "elsewhere"'),
        ('custodian = ""', 'custodian = "ask.sock"'),
        ("canaries = 0", "canaries = 1"),
        ('spark = ""', 'spark = "sc://other.example:15002"'),
    ],
)
def test_a_setting_that_could_weaken_a_control_is_entered_in_the_first_commit_under_it(
    world: World, old: str, new: str
) -> None:
    suspend(world)
    before = len(world.entries())
    _reopened(world, old, new)
    resume(world)
    assert world.kinds()[before:].count("settings") == 1


def test_an_office_is_a_sandbox_where_its_agreement_says_so(world: World) -> None:
    path = world.path / "office.toml"
    path.write_text(path.read_text().replace("sandbox = true", "sandbox = false"))
    path.write_text(path.read_text().replace("sample_rows = 0", "sample_rows = 1"))
    assert fault_of(world.opened) == "office_sandbox"


def test_yesterdays_copy_enters_nothing_while_the_public_folder_shows_a_newer_checkpoint(
    world: World,
) -> None:
    _reopened(world, 'publish_to = ""', 'publish_to = "public"')
    batch = reviewed(world)
    world.office.store.close()
    shutil.copytree(world.path, world.directory / "yesterday", ignore=_public)
    world.office = world.opened()
    release(world, batch)
    publication.publish(world.office, SERVICE, publication.PublishLedger())
    world.office.store.close()
    shutil.copytree(world.path / "public", world.directory / "yesterday" / "public")
    world.path = world.directory / "yesterday"
    world.office = world.opened()
    for path in world.directory.glob("out.jsonl*"):
        path.unlink()
    assert fault_of(lambda: release(world, batch)) == "ledger_behind"


def _public(_folder: str, names: list[str]) -> set[str]:
    return {"public"} & set(names)
