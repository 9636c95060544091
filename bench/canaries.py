"""`python -m bench.canaries [PEOPLE] [CANARIES] [REQUESTS]`: what canaries cost a build, and a file
that is received.

Builds a made-up register with and without canaries, in turn, three times each; then receives one
made-up file in an office of either kind. CPU seconds of all processes, the best of three builds,
and the ratio. Nothing is kept.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.__main__ import write_requests
from bench.certify.__main__ import cpu_seconds, make_office
from counterfoil import client
from counterfoil.disclosure import register_build
from counterfoil.office import Office

PASSES = 3


def main(people: int, canaries: int, requests: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        offices = [_office(Path(scratch) / name, people) for name in ("without", "with")]
        builds: list[list[float]] = [[], []]
        for _ in range(PASSES):
            for spent, (office, source), wanted in zip(builds, offices, (0, canaries), strict=True):
                spent.append(_spent(lambda o=office, s=source, n=wanted: _build(o, s, n)))
        held = register_build.count_canaries(offices[1][0], _snapshot(offices[1][0]))
        _tell(f"build of {people} people, {held} canaries", min(builds[0]), min(builds[1]))
        file = write_requests(Path(scratch), requests)
        received = [_spent(lambda o=office: client.receive(o, file)) for office, _ in offices]
        _tell(f"receive of {requests} requests", *received)


def _office(directory: Path, people: int) -> tuple[Office, Path]:
    directory.mkdir()
    return make_office(directory, people)


def _build(office: Office, source: Path, canaries: int) -> None:
    register_build.build_snapshot(
        office, source, made_up=True, progress=lambda *_: None, canaries=canaries
    )


def _snapshot(office: Office) -> str:
    return (office.register_directory / "current").read_text("ascii").strip()


def _spent(work: Callable[[], object]) -> float:
    before = cpu_seconds()
    work()
    return cpu_seconds() - before


def _tell(what: str, without: float, with_them: float) -> None:
    print(
        f"{what}: {without:.2f} s of CPU without, {with_them:.2f} s with, ratio "
        f"{with_them / without:.3f}"
    )


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]]
    main(*(given + [30_000, 1000, 20_000][len(given) :]))
