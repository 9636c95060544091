"""What is measured of one format: a build, look-ups, one question."""

from __future__ import annotations

import csv
import os
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import msgspec

from bench.register.world import HardWorld
from counterfoil import matching, normalize, register
from counterfoil.core import keyfile
from counterfoil.core.values import Address, Grant, Person, Request, Residents
from counterfoil.register.bucket import BUCKET_FORMAT as PAIRS
from counterfoil.register.pages.reader import SealedPages
from counterfoil.register.pages.sealing import BUCKET_FORMAT as PAGES
from counterfoil.register.source import COLUMNS

SECRET, HOLDER = bytes(range(64)), b"h" * 32
FORMATS = (PAIRS, PAGES)
PLACE = ("line1", "line2", "city", "state", "zip")
CHUNK = 4_096
KINDS = ("held, under its own city", "held, under another city", "not held")


def custodian(folder: Path) -> register.KeyCustodian:
    """Of a folder of this run."""
    return register.KeyCustodian(SECRET, folder / "count.json", 10**10, date(2026, 5, 4))


def cpu_seconds() -> float:
    """Of this process and those it has waited for."""
    both = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return sum(each.ru_utime + each.ru_stime for each in both)


def disk_bytes(folder: Path) -> int:
    """Of all files below."""
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(root, name)).st_size  # noqa: PTH116, PTH118 - speed
            except FileNotFoundError:
                continue
    return total


def build(
    source: Path, folder: Path, bucket_format: str, *, learn: bool = True, workers: int = 0
) -> dict[str, Any]:
    """Build `source` into a register of the format; figures of it."""
    keys = custodian(folder.parent)
    learner = matching.Learner(keys.names_salt()) if learn else None
    peak, looked = 0, 0.0

    def progress(_done: int, _total: int | None, _phase: str) -> None:
        nonlocal peak, looked
        if time.monotonic() - looked > 0.5:
            looked = time.monotonic()
            peak = max(peak, disk_bytes(folder / ".building"))

    plan = register.BuildPlan(
        custodian=keys,
        sign=keyfile.signing_key(HOLDER).sign,
        now=datetime(2026, 5, 4, tzinfo=UTC),
        match_version=matching.MATCH_VERSION,
        learner=learner,
        evidence=(lambda: matching.weights_to_dict(learner.finish())) if learner else None,
        made_up=True,
        progress=progress,
        bucket_format=bucket_format,
        workers=workers,
    )
    began, used = time.perf_counter(), cpu_seconds()
    manifest = register.build(source, folder, plan)
    rows = manifest.counts.rows
    return {
        "rows": rows,
        "seconds": time.perf_counter() - began,
        "cpu": cpu_seconds() - used,
        "bytes": manifest.store_bytes,
        "temporary": peak,
        "counts": manifest.counts,
    }


def opened(folder: Path, count_ahead: int = 0) -> register.SealedRegister:
    """The register in a folder."""
    return register.open_register(
        folder, custodian(folder.parent), keyfile.public_bytes(HOLDER), count_ahead=count_ahead
    )


def grant_at(place: dict[str, str]) -> Grant:
    """An admitted question about somebody at a place."""
    person = Person("Rosalind", "", "Achterberg")
    asked = Address(*[place[name] for name in PLACE])
    form, name = normalize.normalize_address(asked), normalize.normalize_name(person)
    return Grant(Request("q", 1, person, asked), form, name, (2023, 2024), "sha256:rules")


def questions(source: Path, count: int) -> dict[str, list[Grant]]:
    """So many questions of each kind, from rows all over the source."""
    chance, places, cities = Random(11), list[dict[str, str]](), set[str]()
    with source.open(newline="", encoding="utf-8") as file:
        for number, row in enumerate(csv.DictReader(file)):
            cities.add(row["city"])
            if len(places) < count:
                places.append(row)
            elif (at := chance.randrange(number + 1)) < count:
                places[at] = row
    names = sorted(cities)
    return {
        KINDS[0]: [grant_at(place) for place in places],
        KINDS[1]: [grant_at(place | {"city": chance.choice(names)}) for place in places],
        KINDS[2]: [
            grant_at(place | {"line1": f"{chance.randrange(20_000, 90_000)} {_street(place)}"})
            for place in places
        ],
    }


def _street(place: dict[str, str]) -> str:
    return place["line1"].partition(" ")[2] or "Main St"


class Counting:
    """An LMDB store that counts what is asked of it and what is there."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.asked = self.values = 0

    def get_many(self, keys: Sequence[bytes]) -> list[bytes | None]:
        """As the store does."""
        found = self._store.get_many(keys)
        self.asked += len(keys)
        self.values += sum(value is not None for value in found)
        return found

    def close(self) -> None:
        """As the store does."""
        self._store.close()


def look_up(folder: Path, grants: Sequence[Grant]) -> dict[str, float]:
    """CPU microseconds a question in chunks, warm, the best of three; look-ups or pages, and values
    read, a question asked alone."""
    with opened(folder, 1 << 20) as sealed:
        times: list[float] = []
        for _ in range(3):
            began = time.process_time()
            for chunk in chunks(grants, CHUNK):
                sealed.open_residents(chunk)
            times.append((time.process_time() - began) / len(grants))
        store = sealed._store  # pyright: ignore[reportPrivateUsage]
        alone = grants[:5_000]
        if isinstance(store, SealedPages):
            values, reads = store.values_read, store.pages_read
            for grant in alone:
                sealed.open_residents([grant])
            values, reads = store.values_read - values, store.pages_read - reads
        else:
            counting = Counting(store._store)  # pyright: ignore[reportPrivateUsage]
            store._store = counting  # pyright: ignore[reportPrivateUsage]
            for grant in alone:
                sealed.open_residents([grant])
            values, reads = counting.values, counting.asked
    count = len(alone)
    return {"us": 1e6 * min(times), "values": values / count, "reads": reads / count}


def one_by_one(folder: Path, grants: Sequence[Grant], count_ahead: int) -> tuple[float, float]:
    """(p50, p99) in microseconds by the clock of opening and deciding one question, warm."""
    weights = matching.default_weights()
    taken: list[float] = []
    with opened(folder, count_ahead) as sealed:
        for grant in grants:
            began = time.perf_counter()
            [residents] = sealed.open_residents([grant])
            matching.decide(grant, residents, weights)
            taken.append(1e6 * (time.perf_counter() - began))
    taken.sort()
    return median(taken), taken[len(taken) * 99 // 100]


def chunks(grants: Sequence[Grant], size: int) -> Iterator[list[Grant]]:
    """The same, so many at a time."""
    left = iter(grants)
    while chunk := list(islice(left, size)):
        yield chunk


def same_residents(folder: Path, rows: int, asked: int, tell: Callable[[str], None]) -> dict[str, int]:  # fmt: skip
    """Ask both formats over a crowded world; how many answers differ."""
    world, source = HardWorld(1, zips=max(2, rows // 15_000)), folder / "crowded.csv"
    with source.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list[str](COLUMNS))
        writer.writeheader()
        writer.writerows(world.rows(rows))
    for name in FORMATS:
        build(source, folder / name, name, learn=False)
    counts = {"asked": 0, "found": 0, "several": 0, "differ": 0}
    with opened(folder / PAIRS, 1 << 20) as two, opened(folder / PAGES, 1 << 20) as three:
        while counts["asked"] < asked:
            grants = [grant_at(world.question()) for _ in range(CHUNK)]
            for before, now in zip(
                two.open_residents(grants), three.open_residents(grants), strict=True
            ):
                counts["asked"] += 1
                counts["found"] += bool(before.residents)
                counts["several"] += len(set(before.tolerances)) > 1
                counts["differ"] += in_order(before) != in_order(now)
            tell(f"{counts['asked']:,} compared")
    return counts


def in_order(found: Residents) -> list[tuple[bytes, str]]:
    """Residents and their tolerances, whatever the order: decisions do not depend on it."""
    encoded = map(msgspec.msgpack.encode, found.residents)
    return sorted(zip(encoded, found.tolerances, strict=True))
