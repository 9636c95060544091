"""`python -m bench.certify --dir`: what was made is used again, and a run that was broken off goes
on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from bench.certify import __main__ as bench
from bench.certify import make_people

from counterfoil.certification import run as certify_module
from counterfoil.certification.run import CertificationOutcome
from counterfoil.certification.tally import plain

CHUNKS = 3


class Impatient(bench.Clock):
    """Breaks off after so many chunks."""

    calls = 0

    def __call__(self, done: int, total: int | None, phase: str) -> None:
        super().__call__(done, total, phase)
        self.calls += phase == "decoys"
        if self.calls == CHUNKS:
            raise KeyboardInterrupt


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[CertificationOutcome, bench.Clock]]:
    told: list[tuple[CertificationOutcome, bench.Clock]] = []
    report = bench.report
    monkeypatch.setattr(make_people, "STREETS_A_ZIP", 25)  # so that few people have two ZIPs
    monkeypatch.setattr(certify_module, "_CHUNK_DECOYS", 300)
    monkeypatch.setattr(
        bench, "report", lambda found, clock: (told.append((found, clock)), report(found, clock))
    )
    size = [
        "--people",
        "6000",
        "--per-class",
        "300",
        "--jobs",
        "1",
        "--limit",
        "0.1",
        "--dir",
        str(tmp_path),
    ]

    def run(*more: str) -> tuple[CertificationOutcome, bench.Clock]:
        monkeypatch.setattr("sys.argv", ["certify", *size, *more])
        bench.main()
        return told[-1]

    return run


def test_a_run_that_was_broken_off_goes_on_on_the_same_register(
    tmp_path: Path,
    run: Callable[..., tuple[CertificationOutcome, bench.Clock]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(bench, "Clock", Impatient)
        run("--resume")
    made = {
        path: path.stat().st_mtime_ns
        for path in (*tmp_path.glob("*.csv"), *tmp_path.glob("**/*.pages"))
    }
    rest, clock = run("--resume")
    assert clock.before > 300 * CHUNKS
    again, clock = run("--resume")
    assert plain(again.tally) == plain(rest.tally)
    assert "nothing was left to ask" in capsys.readouterr().out
    whole, clock = run()
    assert clock.before <= 600
    assert plain(whole.tally) == plain(rest.tally)
    assert made == {
        path: path.stat().st_mtime_ns
        for path in (*tmp_path.glob("*.csv"), *tmp_path.glob("**/*.pages"))
    }
    assert len(made) == 2
