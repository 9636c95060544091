"""A step that was broken off goes on where its last commit was: nothing lost, nothing twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterfoil import client, disclosure
from counterfoil.client import steps
from counterfoil.core.errors import StoreFault
from counterfoil.core.use_cases import NOBODY
from counterfoil.disclosure import deciding, receive, screening, sealed_answer
from tests.world.office import World, read_rows


class Stopped(BaseException):
    """What Ctrl-C or a full disk does to a step."""


def _small_chunks(world: World) -> None:
    settings = world.path / "office.toml"
    settings.write_text(settings.read_text().replace("chunk_rows = 4096", "chunk_rows = 2"))
    world.office = world.opened()


def _stop_after(monkeypatch: pytest.MonkeyPatch, module: object, name: str, calls: int) -> None:
    """Let a function run `calls` times, then stop the step that calls it."""
    function, done = getattr(module, name), 0

    def counted(*arguments: object) -> object:
        nonlocal done
        done += 1
        if done > calls:
            raise Stopped
        return function(*arguments)

    monkeypatch.setattr(module, name, counted)


@pytest.mark.parametrize("calls", [0, 1, 3])
@pytest.mark.parametrize(
    ("module", "name"),
    [
        (screening, "gate_rows"),
        (receive, "enter_screened"),
        (deciding, "open_residents"),
        (deciding, "decide_rows"),
        (sealed_answer, "seal_envelope"),
        (steps, "write_answer"),
    ],
    ids=[
        "before gate",
        "before commit",
        "before open",
        "before decide",
        "before envelope",
        "before files",
    ],
)
def test_a_run_broken_off_is_finished_by_the_next(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    module: object,
    name: str,
    calls: int,
) -> None:
    _small_chunks(world)
    with monkeypatch.context() as patched:
        _stop_after(patched, module, name, calls if module in (receive, deciding) else 0)
        with pytest.raises(Stopped):
            world.answer()
    assert not (world.directory / "answers.jsonl").exists()
    world.office = world.opened()
    standing = client.receive(world.office, world.directory / "requests.csv")
    state = client.determine(world.office, standing.batch).state
    if state == "determined":
        client.review(world.office, standing.batch, world.officer("a"))
    client.release(
        world.office, standing.batch, world.officer("b"), world.directory / "answers.jsonl"
    )
    assert [row["answer"] for row in read_rows(world.directory / "answers.jsonl")] == [
        "confirmed",
        "confirmed",
        "not_confirmed",
        "not_confirmed",
        "not_confirmed",
        "refused",
        "confirmed",
        "refused",
        "not_confirmed",
        "not_confirmed",
    ]
    kinds = world.kinds()
    assert {
        kind: kinds.count(kind)
        for kind in ("batch", "granted", "refused", "opening", "disclosure", "release")
    } == {"batch": 1, "granted": 8, "refused": 2, "opening": 5, "disclosure": 8, "release": 1}


def test_a_full_disk_at_release_leaves_a_batch_that_can_be_released_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreFault("answer_not_written", "the answer could not be written")

    with monkeypatch.context() as patched:
        patched.setattr(steps, "write_answer", full)
        with pytest.raises(StoreFault):
            world.answer()
    batch = disclosure.batch_statuses(world.office, NOBODY)[0].batch
    again = client.release(
        world.office, batch, world.officer("b"), world.directory / "answers.jsonl"
    )
    assert again.already
    assert len(read_rows(world.directory / "answers.jsonl")) == 10
