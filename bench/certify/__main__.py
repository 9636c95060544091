"""Makes people, builds their register, certifies it, and says how many decoys a second that was;
the picture on request.

    python -m bench.certify [--people 50000] [--per-class 5000] [--ask birth] [--jobs 0] [--svg
    picture.svg] python -m bench.certify --people 1000000 --per-class 3000000 --dir kept [--resume]

The rate is that of asking decoys alone; reading the source once before that is reported by itself.
The floor is what any program would have to do: one HMAC-SHA-512 for each door of the addresses
asked about, and AES-GCM, once each way, for each address. Microseconds are of CPU, over all
processes; ratios travel between machines. Nothing is kept, unless a folder is named with --dir:
people-N.csv and office-N then stay there, N being how many people, and are made once. With --resume
a run that was broken off goes on as `register certify --resume` does; the rate is of what this run
asked.
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import floors
from bench.certify.make_people import COLUMNS, Maker, odd_rows
from counterfoil import normalize
from counterfoil.certification.checkpoint import STATE_FILE
from counterfoil.certification.curves import PARTS
from counterfoil.certification.decoys import ASKS, BIRTH, KINDS
from counterfoil.certification.run import CertificationOutcome, CertificationPlan, certify
from counterfoil.core.values import Address
from counterfoil.disclosure import register_build
from counterfoil.office import Office, agreement_file, create_office, law_library, open_office
from counterfoil.register.snapshots import CURRENT, current_snapshot

ELSEWHERE = sum(kind.elsewhere for kind in KINDS.values())
ADDRESSES_A_ROW = 1 + ELSEWHERE
DOORS = [
    door.key
    for form in [
        normalize.normalize_address(Address("1501 Copperfield Ave N", "", "Anytown", "WA", "98101"))
    ]
    for door in (*normalize.address_keys(form), *normalize.known_place_keys(form))
]


class Clock:
    """Wall and CPU seconds, of this process and of those that it waited for, from when the first
    decoys were counted."""

    def __init__(self) -> None:
        self.before = self.asked = 0  # decoys before the first were counted here, and since
        self._wall = self._cpu = 0.0

    def __call__(self, done: int, _total: int | None, phase: str) -> None:
        """What a certification tells of its progress."""
        if phase != "decoys":
            return
        if not self._wall:
            self.before, self._wall, self._cpu = done, time.monotonic(), cpu_seconds()
        self.asked = done - self.before

    def spent(self) -> tuple[float, float]:
        """Seconds since: wall, CPU."""
        return time.monotonic() - self._wall, cpu_seconds() - self._cpu


def cpu_seconds() -> float:
    """CPU seconds of this process and of its ended children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


@contextmanager
def folder(kept: Path | None) -> Iterator[Path]:
    """The folder to work in: the one that is kept, or one that is gone afterwards."""
    if kept is None:
        with tempfile.TemporaryDirectory() as scratch:
            yield Path(scratch)
    else:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept


def make_office(directory: Path, people: int) -> tuple[Office, Path]:
    """A sandbox whose register holds so many made-up people, and the register's source. What
    `directory` has of it is used."""
    source, home, library = (
        directory / f"people-{people}.csv",
        directory / f"office-{people}",
        law_library(),
    )
    if not source.exists():
        begun = source.with_suffix(".begun")
        with begun.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows(odd_rows(Maker(1).rows(people), 1))
        begun.rename(source)
    if not home.exists():
        create_office(
            home,
            name="bench.example/certify",
            agreement=agreement_file("sandbox", library),
            sandbox=True,
            passphrase=None,
            library=library,
        )
    office = open_office(home)
    if not (office.register_directory / CURRENT).exists():
        register_build.build_snapshot(office, source, made_up=True, progress=lambda *_: None)
    return office, source


def is_begun(office: Office) -> bool:
    """Whether a certification of the current snapshot was begun."""
    return (
        office.register_directory / current_snapshot(office.register_directory) / STATE_FILE
    ).exists()


def floor_us() -> float:
    """CPU microseconds a decoy of the floor: a row's addresses, shared by its decoys."""
    addresses = 2000
    started = time.process_time()
    for _ in range(addresses):
        floors.derive_and_open(DOORS)
    return (time.process_time() - started) / addresses * 1e6 * ADDRESSES_A_ROW / len(KINDS)


def report(found: CertificationOutcome, clock: Clock) -> None:
    """Print counts, bounds and rates."""
    wall, cpu = clock.spent()
    point = found.points[0]
    if found.certificate is not None:
        point = next(each for each in found.points if each.threshold == found.certificate.threshold)
    state = "certified" if found.certificate is not None else "not certified"
    print(f"{state}; at {point.threshold / 100:.1f} bits, own people as held {point.recall:.4f}:")
    for kind in point.kinds:
        print(
            f"  {kind.kind:14} {kind.wrong} wrong of {kind.asked}, bound {kind.bound / PARTS:.2e}"
        )
    if not clock.asked:
        print("nothing was left to ask, so there is no rate")
        return
    per_decoy, floor = cpu / clock.asked * 1e6, floor_us()
    print(
        f"{clock.asked / wall:.0f} decoys/s on {os.cpu_count()} cores; CPU microseconds a "
        f"decoy, all processes: {per_decoy:.1f}, "
        f"floor {floor:.1f}, ratio {per_decoy / floor:.1f} (HMAC a door, AES-GCM both ways an "
        "address)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--per-class", type=int, default=5000)
    parser.add_argument("--ask", choices=ASKS, default=BIRTH)
    parser.add_argument("--jobs", type=int, default=0, help="processes; 0 for one for each core")
    parser.add_argument(
        "--limit", type=float, default=0.0, help="0 for what so many decoys can show"
    )
    parser.add_argument("--svg", type=Path, help="write the picture here")
    parser.add_argument(
        "--dir", type=Path, help="keep source and office here, or use those that are here"
    )
    parser.add_argument("--resume", action="store_true", help="go on with what was begun in --dir")
    asked = parser.parse_args()
    limit = asked.limit or 3.1 / asked.per_class
    with folder(asked.dir) as directory:
        office, source = make_office(directory, asked.people)
        plan = CertificationPlan(
            per_class=asked.per_class,
            asks=asked.ask,
            jobs=asked.jobs or os.cpu_count() or 1,
            limit=round(limit * PARTS),
            resume=asked.resume and is_begun(office),
        )
        clock = Clock()
        found = certify(office, source, plan, clock)
        report(found, clock)
        if asked.svg:
            asked.svg.write_text(found.picture, encoding="utf-8")


if __name__ == "__main__":
    main()
