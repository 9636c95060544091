"""Two officers close an office for good: its archive checks without it, its keys are gone only after
that, and nothing but reading is done from then on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from counterfoil.accountability.ledger_access import CheckLedger, check_ledger
from counterfoil.accountability.retention import archive, closing
from counterfoil.batches.tables import BATCH
from counterfoil.client import act
from counterfoil.controls.duties import service as duties
from counterfoil.core.errors import CounterfoilError
from counterfoil.core.use_cases import NOBODY, SERVICE, Upload
from counterfoil.office import Office, open_office
from counterfoil.office.acts import Act
from counterfoil.tlog import parse_vkey
from tests.accountability.accounting.files import exported, written
from tests.cli.desk import command
from tests.tlog.loopback import court
from tests.world.acts import order, suspend
from tests.world.office import World
from tests.world.office import closing as ending

Paths = dict[str, Path]


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory, world_template: Path) -> Path:
    """An office that released one batch."""
    folder = tmp_path_factory.mktemp("closing")
    with ending(World(folder, template=world_template)) as world:
        world.answer()
    return folder


@pytest.fixture
def world(tmp_path: Path, answered: Path) -> Iterator[World]:
    with ending(World(tmp_path, template=answered, seed="closing")) as made:
        yield made


def close(
    world: World,
    letters: str = "ab",
    *,
    papers: Path | None = None,
    despite: tuple[str, ...] = ("rows",),
) -> closing.ClosingEntered:
    accounting = Upload(papers) if papers else None
    wanted = closing.CloseOffice(Upload(order(world, "made up: close")), accounting, despite)
    keys = [world.officer(letter) for letter in letters]
    return act(world.office, closing.close_office_statement, closing.close_office, wanted, *keys)


def accounting(world: World) -> Path:
    return written(world, exported(world))


def finish(world: World, papers: Path | None) -> closing.Closed:
    wanted = closing.FinishClosing(world.directory / "archive", papers)
    return closing.finish_closing(world.office, SERVICE, wanted)


def secrets(world: World) -> list[str]:
    return sorted(path.name for path in (world.path / "keys").glob("*.key"))


def code_of(step: Callable[[], object]) -> str:
    with pytest.raises(CounterfoilError) as fault:
        step()
    assert fault.value.cure
    return fault.value.code


def test_a_closed_office_leaves_an_archive_that_checks_and_no_key(
    world: World, answered: Path
) -> None:
    papers = accounting(world)
    entered = close(world, papers=papers)
    made = finish(world, papers)
    assert world.kinds()[entered.index :] == ["closing"]
    assert set(made.destroyed) >= {"holder.key", "register.key", "payload.key"}
    assert secrets(world) == []
    assert not (world.path / "keys" / "office.passphrase").exists()
    with world.office.store.reading() as connection:
        kept = connection.execute(BATCH.select()).all()
    assert [row.wrapped_key for row in kept] == [None]
    folder, moved = world.directory / "archive", world.directory / "moved"
    shutil.move(folder, moved)
    vkey = (answered / "office" / "keys" / "holder.vkey").read_text().strip()
    found = archive.check_archive(moved, parse_vkey(vkey))
    assert (found.size, found.digest) == (entered.index + 1, made.digest)
    told = command("verify-export", moved / "ledger", "--holder-key", vkey)
    assert told.code == 0, told.err
    answer = command("verify-answer", answered / "answers.jsonl", "--holder-key", vkey)
    assert (answer.code, "all of it verifies" in answer.out) == (0, True), answer.err


def test_after_it_every_verb_but_reading_says_so(world: World) -> None:
    papers, keys = accounting(world), {letter: world.officer(letter) for letter in "ab"}
    world.officer = keys.__getitem__  # type: ignore[method-assign]
    close(world, papers=papers)
    for stage in ("entered", "finished"):
        if stage == "finished":
            finish(world, papers)
        writes: list[Callable[[], object]] = [
            lambda: world.receive(world.requests(name="more.csv")),
            lambda: close(world, papers=papers),
            lambda: open_office(world.path, serves=True),
            lambda: suspend(world),
        ]
        codes = [code_of(each) for each in writes]
        assert codes == ["office_closed"] * len(writes), stage
        for verb in (("retention", "run"), ("duty", "run"), ("ledger", "cosign")):
            told = command(*verb, "--office", world.path)
            assert (told.code, "office_closed" in told.err) == (1, True), verb
        report = check_ledger(world.office, NOBODY, CheckLedger()).report
        assert report.size == len(world.entries())
        told = command("status", "--office", world.path)
        assert (told.code, told.err.startswith("Closed for good at ")) == (0, True)
        assert "LATE" not in told.err
        assert ("closing_unfinished" in told.err) is (stage == "entered")
        shown = closing.closing_status(world.office, NOBODY)
        assert (bool(shown.entered), shown.archive) == (True, "archive" * (stage == "finished"))
    with pytest.raises(CounterfoilError, match="closed"):
        world.office.signer()


def test_one_officer_alone_closes_nothing(world: World) -> None:
    papers = accounting(world)
    assert code_of(lambda: close(world, "aa", papers=papers)) == "officers_same"
    assert code_of(lambda: close(world, "a", papers=papers)) == "signatures_missing"
    assert "closing" not in world.kinds()
    assert code_of(lambda: finish(world, papers)) == "closing_none"
    assert "holder.key" in secrets(world)


def test_what_stands_stops_it_unless_both_sign_for_it(world: World) -> None:
    paper = Upload(order(world, "made up: public"))
    opened = duties.OpenDuty("safeguard-report", date(2026, 5, 1), paper, date(2026, 6, 1))
    act(world.office, duties.open_duty_statement, duties.open_duty, opened, world.officer("a"))
    papers = accounting(world)
    assert code_of(lambda: close(world, papers=papers, despite=())) == "closing_stands"
    assert code_of(lambda: close(world, papers=papers)) == "closing_stands"
    wrong = ("rows", "holds")
    assert code_of(lambda: close(world, papers=papers, despite=wrong)) == "closing_despite"
    close(world, papers=papers, despite=("rows", "duties"))
    with world.office.store.reading() as connection:
        [entered] = closing.acts.list_acts(connection, closing.EntryKind.CLOSING)
    assert b'"despite":"duties,rows","duties":1,"incidents":0' in entered.committed


def test_nothing_closes_over_an_open_batch_or_rows_that_are_kept(world: World) -> None:
    papers = accounting(world)
    suspend(world)
    assert code_of(lambda: close(world, papers=papers)) == "closing_holds"


def test_an_open_batch_is_released_or_withdrawn_first(world: World) -> None:
    world.receive(world.requests(name="more.csv", rows=[{"request_id": "z1"}]))
    everything = closing.DESPITE
    step = lambda: close(world, papers=accounting(world), despite=everything)  # noqa: E731
    assert code_of(step) == "closing_batches"


def test_the_accounting_goes_out_before_the_keys(world: World) -> None:
    assert code_of(lambda: close(world)) == "closing_accounting"
    old = accounting(world)
    altered = old.with_name("altered.jsonl")
    altered.write_bytes(old.read_bytes().replace(b'"type":"record"', b'"type":"recorD"', 1))
    assert code_of(lambda: close(world, papers=altered)) == "accounting_file"
    close(world, papers=old)
    assert code_of(lambda: finish(world, None)) == "closing_accounting"
    assert code_of(lambda: finish(world, altered)) == "closing_accounting"
    assert "payload.key" in secrets(world)
    assert finish(world, old).destroyed


class Killed(BaseException):
    """The process ends here."""


def kill_after(monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    """Let this many files become durable, and end at the next one."""
    left, real = [steps], os.fsync

    def fsync(descriptor: int) -> None:
        if not left[0]:
            raise Killed
        left[0] -= 1
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)


def test_broken_off_at_any_moment_it_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The archive's writing is killed at every twentieth file; then each step of the destruction."""
    papers = accounting(world)
    close(world, papers=papers)
    monkeypatch.setattr(os, "sync", lambda: None)
    marked, steps, runs = world.path / "keys" / "closed", 0, 0
    before = secrets(world)
    while True:
        with monkeypatch.context() as patched:
            kill_after(patched, steps)
            try:
                finish(world, papers)
                break
            except Killed:
                world.office.store.close()
                world.office = world.opened()
        runs += 1
        if not marked.exists():
            assert secrets(world) == before
            steps += 20
        else:
            steps = 2
            found = archive.check_archive(world.directory / "archive", world.office.holder_key)
            assert found.size
    assert runs > 6
    assert secrets(world) == []
    assert finish(world, None).destroyed == ()


def test_no_key_is_destroyed_while_the_archive_does_not_check(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = accounting(world)
    close(world, papers=papers)
    monkeypatch.setattr(os, "sync", lambda: None)
    folder, real, before = world.directory / "archive", archive.write_archive, secrets(world)
    for how in ("altered", "missing", "added", "linked", "list", "closing"):

        def write(office: Office, to: Path, note: str, done: Act, how: str = how) -> str:
            digest = real(office, to, note, done)
            spoil(to, how)
            return digest

        with monkeypatch.context() as patched:
            patched.setattr(archive, "write_archive", write)
            assert code_of(lambda: finish(world, papers)) == "archive_differs", how
        assert secrets(world) == before
        assert not (world.path / "keys" / "closed").exists()
        shutil.rmtree(folder)
    assert finish(world, papers).destroyed


def spoil(folder: Path, how: str) -> None:
    target = folder / "officers.json"
    if how == "altered":
        target.write_bytes(target.read_bytes().replace(b"true", b"True", 1))
    elif how == "missing":
        target.unlink()
    elif how == "added":
        (folder / "keys" / "more.vkey").write_text("x")
    elif how == "linked":
        target.rename(folder.parent / "elsewhere.json")
        target.symlink_to(folder.parent / "elsewhere.json")
    elif how == "list":
        listed = folder / "archive.json"
        listed.write_bytes(listed.read_bytes().replace(b'"size":', b'"size":1', 1))
    else:
        (folder / "closing.json").unlink()


def test_the_archive_lies_outside_and_overwrites_nothing(world: World) -> None:
    papers = accounting(world)
    close(world, papers=papers)
    other = world.directory / "other"
    other.mkdir()
    (other / "paper.txt").write_text("made up")
    for folder, code in ((world.path / "archive", "archive_inside"), (other, "archive_taken")):
        wanted = closing.FinishClosing(folder, papers)
        assert code_of(lambda w=wanted: closing.finish_closing(world.office, SERVICE, w)) == code
    assert [path.name for path in other.iterdir()] == ["paper.txt"]
    assert "holder.key" in secrets(world)


def test_with_witnesses_the_last_checkpoint_is_cosigned_or_no_key_goes(
    world: World, tmp_path: Path
) -> None:
    papers = accounting(world)
    with court(world, tmp_path) as none:
        none.adopt("any", 5)
        close(world, papers=papers)
        assert code_of(lambda: finish(world, papers)) == "witness_quorum"
    assert "holder.key" in secrets(world)


def test_a_key_file_that_is_a_link_is_not_followed(world: World) -> None:
    elsewhere = world.directory / "elsewhere"
    elsewhere.write_text("made up: not a key of the office")
    papers = accounting(world)
    close(world, papers=papers)
    link = world.path / "keys" / "old.key"
    link.symlink_to(elsewhere)
    assert code_of(lambda: finish(world, papers)) == "keys_not_destroyed"
    assert elsewhere.read_text().startswith("made up")
    link.unlink()
    finish(world, papers)
    assert secrets(world) == []


def test_the_command_line_closes_checks_and_goes_on(world: World) -> None:
    papers, keys = accounting(world), world.path / "keys"
    desk = ("--office", world.path, "--archive", world.directory / "archive")
    papers_too = (*desk, "--accounting", papers)
    told = command("office", "close", *papers_too)
    assert (told.code, "closing_signers" in told.err) == (2, True)
    copies = [shutil.copy(keys / f"officer-{each}.key", world.directory) for each in "ab"]
    signed = ("--officer", copies[0], "--second", copies[1], "--despite", "rows")
    paper = order(world, "made up: close")
    told = command("office", "close", *papers_too, *signed, "--order", paper, "--json")
    assert (told.code, "holder.key" in told.json["destroyed"]) == (0, True), told.err
    assert command("office", "close", *desk).code == 0
    vkey = keys / "holder.vkey"
    checked = ("office", "check-archive", world.directory / "archive", "--holder-key", vkey)
    assert command(*checked).code == 0
    (world.directory / "archive" / "office.toml").write_text("made up")
    assert command(*checked).code == 5
