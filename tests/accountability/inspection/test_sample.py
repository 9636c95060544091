"""An inspector's sample is drawn by a rule that nobody can bend: by a nonce that was chosen once the
root was fixed, over every answer that was released; anybody checks it offline."""

from __future__ import annotations

import hashlib
import shutil
from base64 import b64decode
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from counterfoil.accountability.inspection.check import CheckSample, check_sample
from counterfoil.accountability.inspection.draw import (
    DrawFiles,
    DrawnSample,
    DrawSample,
    draw_sample,
    draw_sample_files,
    write_sample,
)
from counterfoil.accountability.inspection.nonce import AskSample, MadeNonce, make_nonce
from counterfoil.accountability.inspection.rule import Population
from counterfoil.answers.signed_object import read_unchecked, sign_object
from counterfoil.core.errors import CounterfoilError
from counterfoil.core.use_cases import NOBODY, Actor, Upload, finish
from counterfoil.requester.keys import PrincipalKey
from counterfoil.tlog import Signer, parse_checkpoint, sign_note
from counterfoil.tlog.policy import parse_policy
from tests.world.acts import dispose
from tests.world.office import World, closing
from tests.world.people import REQUESTS

INSPECTOR = PrincipalKey("inspector.example", bytes(range(32)))
VKEY = str(INSPECTOR.signer.verifier)
DAY = date(2026, 5, 4)
ROWS = 2


class Drawn(NamedTuple):
    """An office, what the inspector signed, and the folder that was drawn."""

    world: World
    made: MadeNonce
    folder: Path
    done: DrawnSample

    def check(self, secret: bytes | None = None, **changes: object) -> object:
        said = {"folder": self.folder, "holder": str(self.world.office.holder_key)}
        question = CheckSample(**(said | {"inspector": VKEY} | changes))  # pyright: ignore[reportArgumentType]
        return check_sample(question, secret)


def checkpoint(world: World) -> str:
    with world.office.store.transaction() as connection:
        return world.office.ledger.sign_checkpoint(connection, world.office.signer())


def ask(
    world: World, note: str, first: date = DAY, last: date = DAY, rows: int = ROWS
) -> MadeNonce:
    command = AskSample(note, first, last, rows, world.now.date())
    holder, random = world.office.holder_key, world.office.random
    return make_nonce(command, holder, INSPECTOR.signer, random, None)


def draw(
    world: World,
    nonce: bytes,
    name: str,
    *,
    first: date = DAY,
    last: date = DAY,
    rows: int = ROWS,
    actor: Actor | None = None,
    inspector: str = VKEY,
) -> DrawnSample:
    file, folder = world.directory / f"{name}.nonce", world.directory / name
    file.write_bytes(nonce)
    command = DrawSample(Upload(file), inspector, first, last, rows, folder)
    return finish(draw_sample(world.office, actor or world.officer("a").officer, command))


def code_of(step: Callable[[], object]) -> str:
    with pytest.raises(CounterfoilError) as fault:
        step()
    return fault.value.code


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    """Two batches released on one day, and a sample drawn on the next."""
    folder = tmp_path_factory.mktemp("sampled")
    with closing(World(folder, seed="sampled")) as world:
        world.answer(REQUESTS[:3])
        world.answer(REQUESTS[3:6], "second.jsonl", "second.csv")
        world.now += timedelta(days=1)
        made = ask(world, checkpoint(world))
        return Drawn(world, made, folder / "sample", draw(world, made.nonce, "sample"))


def test_the_draw_is_the_smallest_marks_of_every_answer_that_was_released(drawn: Drawn) -> None:
    said = read_unchecked(drawn.made.nonce, "nonce", 10**6)
    tree = parse_checkpoint(said["checkpoint"])
    answers = [
        index for index, each in enumerate(drawn.world.entries()) if each["kind"] == "disclosure"
    ]

    def mark(index: int) -> bytes:
        start = b"counterfoil/inspector-sample/v1\x00" + tree.root + b64decode(said["nonce"])
        return hashlib.sha256(start + index.to_bytes(8, "big")).digest()

    assert drawn.done.released == len(answers) > ROWS
    assert drawn.done.drawn == tuple(sorted(sorted(answers, key=mark)[:ROWS]))


def test_anybody_checks_the_folder_offline_and_the_inspector_makes_the_answers_again(
    drawn: Drawn,
) -> None:
    found = check_sample(CheckSample(drawn.folder, str(drawn.world.office.holder_key), VKEY))
    assert (found.drawn, found.outcomes) == (drawn.done.drawn, {})
    assert len(found.statements) == 5
    with_key = check_sample(
        CheckSample(drawn.folder, str(drawn.world.office.holder_key), VKEY), drawn.made.key
    )
    assert with_key.outcomes.keys() == set(drawn.done.drawn)
    assert set(with_key.outcomes.values()) <= {"confirmed", "not_confirmed"}
    other = ask(drawn.world, checkpoint(drawn.world)).key
    assert code_of(lambda: drawn.check(other)) == "sample_key"
    assert code_of(lambda: drawn.check(b"{}")) == "nonce_key_unreadable"


def test_who_is_elsewhere_gets_the_same_folder_as_files(drawn: Drawn, tmp_path: Path) -> None:
    """Through a service the folder comes as files, which check as it does; a name that would leave
    the folder is none of a sample's."""
    file = tmp_path / "elsewhere.nonce"
    file.write_bytes(drawn.made.nonce)
    question = DrawFiles(Upload(file), VKEY, DAY, DAY, ROWS)
    found = draw_sample_files(drawn.world.office, drawn.world.officer("a").officer, question)
    assert found.sample.drawn == drawn.done.drawn
    write_sample(tmp_path / "sample", found.files)
    holder = str(drawn.world.office.holder_key)
    checked = check_sample(CheckSample(tmp_path / "sample", holder, VKEY), drawn.made.key)
    assert checked.drawn == drawn.done.drawn
    for name in ("../out", "ledger/../../out", "/out", "bundles/1.evidence/x", "ledger/.x"):
        with pytest.raises(CounterfoilError) as fault:
            write_sample(tmp_path / "other", {name: b""})
        assert fault.value.code == "sample_path"
    assert not (tmp_path / "out").exists()
    with pytest.raises(CounterfoilError) as taken:
        write_sample(tmp_path / "sample", {})
    assert taken.value.code == "sample_folder"


def _replace(folder: Path, name: str, data: bytes) -> None:
    (folder / name).write_bytes(data)


def test_a_folder_with_a_row_left_out_added_exchanged_or_altered_does_not_check(
    drawn: Drawn, tmp_path: Path
) -> None:
    first, second = (f"bundles/{index}.evidence" for index in drawn.done.drawn)
    resigned = sign_object(
        read_unchecked(drawn.made.nonce, "nonce", 10**6) | {"rows": 1}, INSPECTOR.signer
    )
    changes: tuple[tuple[Callable[[Path], object], str], ...] = (
        (lambda it: (it / first).unlink(), "sample_rows"),
        (lambda it: shutil.copy(it / first, it / "bundles/0.evidence"), "sample_rows"),
        (lambda it: shutil.copy(it / first, it / second), "sample_bundle"),
        (lambda it: _replace(it, "nonce", resigned), "sample_rows"),
        (lambda it: _replace(it, "nonce", drawn.made.nonce[:-5]), "signed_malformed"),
        (lambda it: (it / "nonce").unlink(), "sample_unreadable"),
        (lambda it: (it / "ledger" / "checkpoint").unlink(), "export_unreadable"),
    )
    for place, (change, code) in enumerate(changes):
        copy = tmp_path / str(place)
        shutil.copytree(drawn.folder, copy)
        change(copy)
        assert code_of(lambda copy=copy: drawn.check(folder=copy)) == code


def test_who_checks_names_the_keys_and_whose_cosignatures_are_enough(drawn: Drawn) -> None:
    other = str(PrincipalKey("inspector.example", bytes(32)).signer.verifier)
    assert code_of(lambda: drawn.check(inspector=other)) == "signed_key"
    holder = str(drawn.world.office.holder_key)
    assert code_of(lambda: drawn.check(inspector=holder)) in ("signed_key", "sample_nonce")
    policy = parse_policy(f"witness w {VKEY}\nquorum w\n".encode())
    assert code_of(lambda: drawn.check(policy=policy)) == "sample_quorum"


def test_the_nonce_names_the_root_so_one_of_before_it_or_of_another_ledger_draws_nothing(
    drawn: Drawn, tmp_path: Path
) -> None:
    world = drawn.world
    said = read_unchecked(drawn.made.nonce, "nonce", 10**6)
    rootless = sign_object({k: v for k, v in said.items() if k != "checkpoint"}, INSPECTOR.signer)
    assert code_of(lambda: draw(world, rootless, "a")) == "sample_nonce"
    forged = PrincipalKey(world.office.settings.name, bytes(32)).signer
    other_note = _signed_by(said["checkpoint"], forged)
    unsigned = sign_object(said | {"checkpoint": other_note}, INSPECTOR.signer)
    assert code_of(lambda: draw(world, unsigned, "b")).startswith("note_")
    assert code_of(lambda: draw(world, b"5d5d", "c")) == "signed_malformed"  # a bare number
    with closing(World(tmp_path, seed="another")) as other:
        other.answer(REQUESTS[:3])
        other.now += timedelta(days=1)
        assert code_of(lambda: draw(other, drawn.made.nonce, "d")).startswith(("note_", "ledger_"))


def _signed_by(note: str, signer: Signer) -> str:
    return sign_note(note.partition("\n\n")[0] + "\n", [signer])


def test_days_and_rows_are_those_that_the_inspector_signed(drawn: Drawn) -> None:
    world, nonce = drawn.world, drawn.made.nonce
    assert code_of(lambda: draw(world, nonce, "e", rows=1)) == "sample_asked"
    earlier = DAY - timedelta(days=1)
    assert code_of(lambda: draw(world, nonce, "e", first=earlier)) == "sample_asked"
    assert code_of(lambda: draw(world, nonce, "e", actor=NOBODY)) == "actor_refused"
    assert code_of(lambda: draw(world, nonce, "sample")) == "sample_folder"
    note = read_unchecked(nonce, "nonce", 10**6)["checkpoint"]
    for first, last, rows in ((DAY, DAY, 0), (DAY, earlier, 1), (DAY, world.now.date(), 1)):
        assert code_of(lambda f=first, n=last, r=rows: ask(world, note, f, n, r)) == "sample_bounds"


def test_more_rows_than_there_are_draw_all_and_days_without_any_draw_none(drawn: Drawn) -> None:
    world = drawn.world
    note = read_unchecked(drawn.made.nonce, "nonce", 10**6)["checkpoint"]
    every = ask(world, note, rows=1000)
    done = draw(world, every.nonce, "every", rows=1000)
    assert len(done.drawn) == done.released
    before = DAY - timedelta(days=9)
    none = ask(world, note, before, before)
    done = draw(world, none.nonce, "none", first=before, last=before)
    assert (done.released, done.drawn) == (0, ())
    assert "none" in done.statements[3]


def test_a_day_that_was_not_over_when_the_root_was_fixed_is_refused(tmp_path: Path) -> None:
    with closing(World(tmp_path, seed="sampled")) as world:
        world.answer(REQUESTS[:2])
        note = checkpoint(world)
        world.answer(REQUESTS[2:4], "late.jsonl", "late.csv")
        world.now += timedelta(days=1)
        made = ask(world, note)
        assert code_of(lambda: draw(world, made.nonce, "open")) == "sample_open"
        world.now += timedelta(days=3000)
        dispose(world)
        gone = ask(world, checkpoint(world))
        assert draw(world, gone.nonce, "gone").released == 0


def test_a_draw_depends_on_root_nonce_and_every_index() -> None:
    answers = Population(dict.fromkeys(range(200), "b"))
    first = answers.draw(bytes(32), bytes(32), 20)
    assert len(first) == 20
    assert first != answers.draw(bytes(32), b"\x01" + bytes(31), 20)
    assert first != answers.draw(b"\x01" + bytes(31), bytes(32), 20)
    fewer = Population({index: "b" for index in range(200) if index not in first})
    assert not set(first) & set(fewer.draw(bytes(32), bytes(32), 20))
