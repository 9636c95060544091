"""Builds a snapshot: in bounded memory, atomically, and with nothing readable on disk at any
moment.

0 choose  source rows -> candidates for canaries, if any are wanted         (canaries.py)
1 read    source rows -> opaque pairs, sorted on disk by tag                (loading.py)
2 seal    pairs in order of tag -> exact buckets in the store               (writer.py)
3 places  homes by street and city -> known places and references           (known_places.py)
4 doors   references in order of tag -> tolerant buckets, then known places (writer.py)
5 learn   residents by tax number -> evidence, if a learner is given        (learning.py)
6 close   the store is synced, the manifest signed, the folder moved into place, and `current`
          replaced                                                          (snapshots.py)
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from counterfoil import normalize
from counterfoil.core import canonical
from counterfoil.core.errors import InputFault
from counterfoil.core.values import Resident
from counterfoil.register.bucket import BUCKET_FORMAT
from counterfoil.register.canaries import Canary, Draws, candidates, sample
from counterfoil.register.custodian import KeyCustodian
from counterfoil.register.external_sort import ExternalSort, SortSpace
from counterfoil.register.known_places import KnownPlaces
from counterfoil.register.learning import Learner, PersonSort
from counterfoil.register.loading import CanaryWatch, Progress, SourceLoader
from counterfoil.register.manifest import Counts, Manifest, write_manifest
from counterfoil.register.snapshots import building, next_number, publish
from counterfoil.register.source import (
    Fingerprint,
    Source,
    check_unchanged,
    empty_source,
    take_fingerprint,
)
from counterfoil.register.source_csv import CsvSource
from counterfoil.register.source_parquet import ParquetSource
from counterfoil.register.stores import LMDB_FILE, LmdbWriter, digest_head
from counterfoil.register.writer import RegisterWriter

REJECTS_FILE: Final = "rejects.jsonl"
_REPORT_STEPS: Final = 4096


def _no_progress(_done: int, _total: int | None, _phase: str) -> None:
    """Report nothing."""


def _keep_no_canaries(_snapshot: str, _canaries: list[Canary]) -> None:
    """Keep nothing."""


@dataclass(frozen=True, kw_only=True)
class BuildPlan:
    """What a build is given besides its source and its place.

    sign: makes the holder's Ed25519 signature over bytes. now: UTC. match_version: stored for the
    reader. learner: is fed as learning.py says. evidence: given with a learner, called once after
    it was fed; returns what goes into the manifest. memory_bytes: what DuckDB may use, at least
    256 MiB; the rest of a build needs about 300 MB. progress: called with (done, total or None,
    phase); the phases are read, seal, marks, doors, learn and close. canaries: how many are wanted.
    keep_canaries: called with the snapshot's name and its canaries before the snapshot is made
    current; nothing else learns which they are.
    """

    custodian: KeyCustodian
    sign: Callable[[bytes], bytes]
    now: datetime
    match_version: str
    learner: Learner | None = None
    evidence: Callable[[], dict[str, Any]] | None = None
    made_up: bool = False
    random: Callable[[int], bytes] = os.urandom
    memory_bytes: int = 512 << 20
    progress: Progress = field(default=_no_progress)
    canaries: int = 0
    keep_canaries: Callable[[str, list[Canary]], None] = _keep_no_canaries

    def __post_init__(self) -> None:
        if (self.learner is None) != (self.evidence is None):
            raise ValueError(
                "a learner and its evidence are given together, or what was learned is lost"
            )

    @property
    def built_at(self) -> str:
        """The time of the build, UTC to the second, as the manifest states it."""
        return self.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def open_source(path: Path) -> Source:
    """The source at `path`, by its suffix: .csv or .parquet. Raises InputFault."""
    kinds: dict[str, Callable[[Path], Source]] = {".csv": CsvSource, ".parquet": ParquetSource}
    kind = kinds.get(path.suffix.lower())
    if kind is None:
        raise InputFault(
            "source_suffix",
            "the source is neither .csv nor .parquet",
            place="source",
            cure="Name a CSV or Parquet file by its suffix.",
        )
    return kind(path)


def build(source: Path, directory: Path, plan: BuildPlan) -> Manifest:
    """Build `source` into a new snapshot of the register in `directory` and make it current.

    Raises InputFault (the source), StateFault (another build runs), StoreFault (disk). After any of
    them, or a kill, the old snapshot is still current.
    """
    fingerprint = take_fingerprint(source)
    opened = open_source(source)
    with building(directory) as folder:
        snapshot = _name(next_number(directory), fingerprint, plan)
        made = folder / snapshot
        made.mkdir(mode=0o700)
        counts, content_digest, evidence, canaries = _fill(opened, made, folder, plan)
        check_unchanged(source, fingerprint)
        plan.progress(0, None, "close")
        stored = take_fingerprint(made / LMDB_FILE)
        manifest = Manifest(
            snapshot=snapshot,
            source_digest=fingerprint.digest,
            counts=counts,
            evidence=evidence,
            content_digest=content_digest,
            store_digest=stored.digest,
            store_bytes=stored.size,
            store_head_digest=digest_head(made / LMDB_FILE),
            built_at=plan.built_at,
            made_up=plan.made_up,
            key_id=plan.custodian.key_id,
            bucket_format=BUCKET_FORMAT,
            forms_version=normalize.FORMS_VERSION,
            match_version=plan.match_version,
        )
        write_manifest(made, manifest, plan.sign)
        plan.keep_canaries(snapshot, canaries)
        publish(made, directory, snapshot)
    return manifest


def _name(number: int, fingerprint: Fingerprint, plan: BuildPlan) -> str:
    facts = {
        "source": fingerprint.digest,
        "key": plan.custodian.key_id,
        "forms": normalize.FORMS_VERSION,
        "built_at": plan.built_at,
    }
    return f"{number:04}-{hashlib.sha256(canonical.encode(facts)).hexdigest()[:12]}"


def _fill(
    opened: Source, made: Path, folder: Path, plan: BuildPlan
) -> tuple[Counts, str, dict[str, Any], list[Canary]]:
    """Phases 0 to 5, in a folder that is removed afterwards. Returns the counts, the digest of the
    content, the evidence and the canaries."""
    watch = _watch(opened, plan)
    with SortSpace(folder, plan.memory_bytes, plan.random) as space:
        rows, references, marks = (space.sort(name) for name in ("residents", "links", "marks"))
        places = KnownPlaces(space.sort("homes"), marks)
        persons = PersonSort(space.sort("persons"), plan.random)
        loader = _load(opened, made, rows, watch, plan)
        canaries = watch.choose(plan.canaries)
        store = LmdbWriter(made / LMDB_FILE)
        try:
            writer = RegisterWriter(made.name, store, plan.random)
            sealed = writer.seal_exact(rows, places, canaries)
            _run_phase("seal", _teach(sealed, persons, plan.learner), rows.pairs, plan)
            _run_phase("marks", places.settle(references), places.homes, plan)
            _run_phase("doors", writer.seal_tolerant(references), references.pairs, plan)
            writer.seal_marks(marks)
        finally:
            store.close()
        evidence = _learn(persons, plan)
    counts = _counts(loader, writer, places)
    return counts, writer.content_digest(), evidence, [canary for canary, _, _ in canaries]


def _watch(opened: Source, plan: BuildPlan) -> CanaryWatch:
    if not plan.canaries:
        return CanaryWatch()
    draws = Draws(plan.random(32))
    sampled = sample(opened.batches(), plan.canaries, draws)
    return CanaryWatch(candidates(sampled, plan.custodian.tin_hash, draws), plan.custodian)


def _load(
    opened: Source, made: Path, rows: ExternalSort, watch: CanaryWatch, plan: BuildPlan
) -> SourceLoader:
    descriptor = os.open(made / REJECTS_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as rejects:
        loader = SourceLoader(plan.custodian, rows, rejects, watch)
        loader.load(opened.batches(), opened.total_rows, plan.progress)
    if not loader.rows:
        raise empty_source()
    if not rows.pairs:
        found = ", ".join(f"{count} {code}" for code, count in sorted(loader.rejects.items()))
        raise InputFault(
            "source_all_rejected",
            f"not one row of the source can be used ({found})",
            place="source",
            cure="The old snapshot is still current. See docs/formats/register-source.md for what "
            "a row needs.",
        )
    return loader


def _run_phase(phase: str, steps: Iterable[int], total: int, plan: BuildPlan) -> None:
    """Take every step of a phase, each of which says how much it has done, and report progress."""
    done = 0
    for number, taken in enumerate(steps):
        done += taken
        if number % _REPORT_STEPS == 0:
            plan.progress(done, total, phase)
    plan.progress(done, total, phase)


def _teach(
    sealed: Iterable[tuple[int, tuple[Resident, ...]]], persons: PersonSort, learner: Learner | None
) -> Iterator[int]:
    """Feed the learner with the residents of each bucket; yield the rows that were taken."""
    for taken, residents in sealed:
        if learner is not None and residents:
            learner.co_residents(residents)
            persons.add(residents)
        yield taken


def _learn(persons: PersonSort, plan: BuildPlan) -> dict[str, Any]:
    if plan.learner is None or plan.evidence is None:
        return {}
    for earlier, later in persons.pairs():
        plan.learner.same_person(earlier, later)
    plan.progress(0, None, "learn")
    return plan.evidence()


def _counts(loader: SourceLoader, writer: RegisterWriter, places: KnownPlaces) -> Counts:
    return Counts(
        rows=loader.rows,
        rejected_rows=loader.rejects.total(),
        rejects=dict(sorted(loader.rejects.items())),
        malformed_tins=loader.malformed_tins,
        residents=writer.residents,
        exact_doors=writer.exact_doors,
        tolerant_doors=writer.tolerant_doors,
        dropped_tolerant_doors=writer.dropped_tolerant_doors,
        crowded_exact_doors=writer.crowded_exact_doors,
        known_lines=places.known_lines,
        known_zips=places.known_zips,
        size_classes={str(size): count for size, count in sorted(writer.size_classes.items())},
    )
