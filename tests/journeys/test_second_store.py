"""A whole office on PostgreSQL: the same answer as on SQLite to the byte, by a role that cannot
touch the triggers."""

from __future__ import annotations

import contextlib
import re
import shutil
import signal
import time
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from counterfoil import client, ledger
from counterfoil.batches.officers import Role
from counterfoil.controls.holds import service as holds
from counterfoil.core.errors import SettingsFault, StateFault, StoreFault
from counterfoil.database import create_store, open_store
from tests.cli.desk import command
from tests.database.places import ServerPlace
from tests.house.tree import ROOT
from tests.ledger.office import KEY, LEDGER, START, drafts, grow
from tests.ledger.owner import other_digest, rewrite
from tests.world.acts import add_hold, lift_hold, officer, person_file, suspend
from tests.world.office import World, closing, read_rows
from tests.world.people import REQUEST_COLUMNS, REQUESTS, SOURCE, SOURCE_COLUMNS, write_csv
from tests.world.postgres import Server

pytestmark = pytest.mark.postgres

PAGE = ROOT / "docs" / "operate" / "settings.md"
OUT = ("answers.jsonl", "answers.jsonl.jws")
DAILY = "counterfoil_daily"


@pytest.fixture
def place(postgres_server: Server) -> ServerPlace:
    return ServerPlace(postgres_server)


def give_daily_rights(place: ServerPlace) -> None:
    """What the operator's page says, as it stands there."""
    block = re.search(
        r"```sql\n(-- after `office create`.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL
    )
    assert block is not None
    with place.server.connect(place.name) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [DAILY]).fetchone():
            connection.execute(f"CREATE ROLE {DAILY} LOGIN")
        connection.execute(
            block[1].replace("DATABASE tax_office", f"DATABASE {place.name}").encode()
        )


def as_daily(world: World, place: ServerPlace) -> None:
    """Change office.toml to the role of daily work, and open the office anew."""
    give_daily_rights(place)
    settings = world.path / "office.toml"
    settings.write_text(
        settings.read_text().replace(place.url, place.server.url(place.name, DAILY))
    )
    world.office.store.close()
    world.office = world.opened()


def test_the_whole_answer_is_the_same_bytes_on_either_store(
    tmp_path: Path, place: ServerPlace
) -> None:
    """Same clock, same chance. The second file meets the first one's questions in the guards'
    memory."""
    told: list[tuple[list[bytes], list[dict[str, object]]]] = []
    for database in ({}, {"database": place.url}):
        directory = tmp_path / f"on-{len(database)}"
        directory.mkdir()
        with closing(World(directory, **database)) as world:
            if database:
                as_daily(world, place)
            world.answer()
            world.answer(out="second.jsonl", name="second.csv", rows=REQUESTS[:5])
            files = [(directory / name).read_bytes() for name in (*OUT, "second.jsonl")]
            told.append((files, world.entries()))
    assert told[0][0] == told[1][0]
    assert told[0][1] == told[1][1] != []


def test_a_restored_dump_is_a_copy_of_its_moment_and_is_told_from_the_newest(
    tmp_path: Path, place: ServerPlace
) -> None:
    """As docs/operate/backup.md says it: dump, restore, check against a checkpoint kept outside;
    the doctor finds nothing wrong with the copy."""
    copy = tmp_path / "copy"
    with closing(World(tmp_path, database=place.url)) as world:
        world.answer()
        kept = _checkpoint(world, tmp_path / "kept.checkpoint")
        restored = place.server.copy_by_dump(place.name)
        shutil.copytree(world.path, copy)
        settings = (copy / "office.toml").read_text(encoding="utf-8")
        url = place.server.url(restored)
        (copy / "office.toml").write_text(settings.replace(place.url, url), encoding="utf-8")
        at = ["--office", copy]
        assert command("ledger", "check", *at, "--checkpoint", kept).code == 0
        told = command("office", "doctor", *at, "--json").json["findings"]
        machine = {"clock_unsynchronized", "disk_low"}
        wrong = {each["code"] for each in told if each["level"] == "fail"} - machine
        assert wrong <= {"clock_behind"}, told  # the world's clock is not this machine's
        assert [each["place"] for each in told if each["subject"] == "database"] == ["postgresql"]
        with place.server.connect(restored) as connection, pytest.raises(psycopg.Error):
            connection.execute("DELETE FROM ledger_block")  # the triggers came along
        world.answer(out="second.jsonl", name="second.csv", rows=REQUESTS[:5])
        newer = _checkpoint(world, tmp_path / "newer.checkpoint")
        older = command("ledger", "check", *at, "--checkpoint", newer, "--json")
        assert (older.code, older.error) == (5, "ledger_shortened")


def _checkpoint(world: World, path: Path) -> Path:
    with world.office.store.reading() as connection:
        note = world.office.ledger.newest_checkpoint(connection)
    assert note is not None
    path.write_text(note, encoding="utf-8")
    return path


def test_holds_are_added_applied_and_lifted_by_the_role_of_daily_work(
    tmp_path: Path, place: ServerPlace
) -> None:
    with closing(World(tmp_path, database=place.url)) as world:
        as_daily(world, place)
        two = [officer(world, name, Role.HOLDS) for name in ("holds-a", "holds-b")]
        batch = world.receive(world.requests())
        client.determine(world.office, batch)
        person = person_file(world, record_refs=["r1"])
        assert add_hold(world, person, *two).batches == 1
        client.determine(world.office, batch)
        client.review(world.office, batch, world.officer("a"))
        client.release(world.office, batch, world.officer("b"), tmp_path / "answers.jsonl")
        lift_hold(world, 1, *two)
        listed = holds.list_holds(world.office, two[0].officer)
        assert [bool(each.lifted_at) for each in listed] == [True]
        told = {row["request_id"]: row["answer"] for row in read_rows(tmp_path / "answers.jsonl")}
        assert (told["q1"], told["q2"], world.kinds().count("hold")) == (
            "not_confirmed",
            "confirmed",
            2,
        )


def test_the_role_of_daily_work_can_rewrite_nothing(tmp_path: Path, place: ServerPlace) -> None:
    with closing(World(tmp_path, database=place.url)) as world:
        as_daily(world, place)
        world.answer()
        for forced in (
            "ALTER TABLE ledger_block DISABLE TRIGGER ALL",
            "DROP TRIGGER ledger_block_change ON ledger_block",
            "CREATE OR REPLACE FUNCTION ledger_block_refuse() RETURNS trigger LANGUAGE plpgsql "
            "AS 'BEGIN RETURN NEW; END'",
            "DROP TABLE ledger_block CASCADE",
            "TRUNCATE ledger_block",
            "UPDATE ledger_block SET time = 'x'",
            "DELETE FROM ledger_cosigned",
            "SET session_replication_role = replica",
            "UPDATE alembic_version SET version_num = ''",
        ):
            with pytest.raises(StoreFault), world.office.store.transaction() as connection:
                connection.exec_driver_sql(forced)
                pytest.fail(f"not refused: {forced}")
        with world.office.store.reading() as connection:
            assert ledger.check(connection, world.office.holder_key).size == len(world.entries())


def test_by_the_command_line_and_what_the_owner_forces_is_found(
    tmp_path: Path, place: ServerPlace
) -> None:
    office, out = tmp_path / "office", tmp_path / "answers.jsonl"
    at = ("--office", office)
    keys = [office / "keys" / f"officer-{letter}.key" for letter in "ab"]
    source = write_csv(tmp_path / "source.csv", SOURCE, SOURCE_COLUMNS)
    requests = write_csv(tmp_path / "requests.csv", REQUESTS, REQUEST_COLUMNS)
    assert command("office", "create", office, "--sandbox", "--database", place.url).code == 0
    assert command("register", "build", source, *at, "--made-up").code == 0
    assert command(
        "answer", requests, *at, "--officer", keys[0], "--second", keys[1], "--out", out
    ).code in (0, 3)
    assert command("ledger", "export", "--out", tmp_path / "published", *at).code == 0
    checking = (
        "ledger",
        "check",
        *at,
        "--checkpoint",
        tmp_path / "published" / "checkpoint",
        "--json",
    )
    assert command(*checking).code == 0
    with contextlib.closing(place.owner()) as owner:
        start = owner.execute("SELECT max(start) FROM ledger_block").fetchone()[0]
        rewrite(owner, start, lambda held: [other_digest(held[0]), *held[1:]])
    told = command(*checking)
    assert (told.code, told.error) == (5, "ledger_rewritten")
    taken = command(
        "office", "create", tmp_path / "second", "--sandbox", "--database", place.url, "--json"
    )
    assert (taken.code, taken.error) == (1, "database_taken")


def test_a_suspension_stops_the_work(tmp_path: Path, place: ServerPlace) -> None:
    with closing(World(tmp_path, database=place.url)) as world:
        batch = world.receive(world.requests())
        assert suspend(world).batches == 1
        with pytest.raises(StateFault):
            client.determine(world.office, batch)
        assert world.kinds()[-2:] == ["suspension", "state"]


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes"])
def test_a_server_that_would_lose_what_it_acknowledged_is_refused(
    place: ServerPlace, setting: str
) -> None:
    with place.server.connect() as connection:
        try:
            _set(connection, f"{setting} = off")
            with pytest.raises(SettingsFault) as fault:
                open_store(place.url)
            assert (fault.value.code, fault.value.place) == ("database_not_durable", setting)
        finally:
            _set(connection, f"{setting} = on")


def _set(connection: psycopg.Connection, setting: str) -> None:
    """Change a setting of the running server, and wait until new sessions see it."""
    name, value = setting.split(" = ")
    connection.execute(f"ALTER SYSTEM SET {setting}")
    connection.execute("SELECT pg_reload_conf()")
    until = time.monotonic() + 10
    while connection.execute(f"SHOW {name}").fetchone() != (value,):
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_commit_waits_for_the_disk_whatever_the_role_asks(place: ServerPlace) -> None:
    create_store(place.url).close()
    for asked, held in (("off", "on"), ("local", "on"), ("remote_apply", "remote_apply")):
        with place.server.connect(place.name) as connection:
            connection.execute(f"ALTER DATABASE {place.name} SET synchronous_commit = {asked}")
        store = open_store(place.url)
        with store.transaction() as connection:
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar_one() == held
        store.close()


@pytest.mark.slow
def test_what_was_acknowledged_outlives_a_crash_of_the_server(place: ServerPlace) -> None:
    store = create_store(place.url)
    grow(store, 300)
    with pytest.raises(StoreFault), store.transaction() as connection:
        LEDGER.append(connection, drafts(10), START + timedelta(days=1))
        place.server.stop(signal.SIGQUIT)
    place.server.start()
    with store.transaction() as connection:
        assert LEDGER.append(connection, drafts(10), START + timedelta(days=1)).start == 300
    store.close()
    with store.reading() as connection:
        assert ledger.check(connection, KEY).size == 310
    store.close()
