"""Building a snapshot: bounded memory, atomic, and nothing readable on disk at any moment.

0 choose  source rows -> candidates for canaries                   (canaries.py), if any are wanted
1 read    source rows -> opaque pairs, sorted on disk by tag        (loading.py, piles.py)
2 seal    pairs in order of tag -> exact doors in the store         (sealing.py)
3 marks   homes by street and city -> marks, references             (marking.py)
4 doors   references in order of tag -> tolerant doors, then marks  (sealing.py)
5 learn   residents by tax number -> evidence                       (learning.py), if a learner is
          given
6 close   store synced, manifest signed, folder moved into place, `current` replaced
          (snapshots.py)
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from counterfoil import normalize
from counterfoil.core import canonical
from counterfoil.core.errors import InputFault
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
from counterfoil.register.writer import PlacedCanary, RegisterWriter

REJECTS_FILE: Final = "rejects.jsonl"
_REPORT_DOORS: Final = 4096


def _silent(_done: int, _total: int | None, _phase: str) -> None:
    """No progress."""


def _forget(_snapshot: str, _canaries: list[Canary]) -> None:
    """Nobody keeps them."""


@dataclass(frozen=True, kw_only=True)
class BuildPlan:
    """What a build is given besides its source and its place.

    sign: the holder's Ed25519 signature over bytes. now: UTC. match_version: stored, for the
    reader. learner: fed as learning.py says; evidence, given with it: called once afterwards for
    what goes into the manifest. memory_bytes: what DuckDB may use, at least 256 MiB; the rest of a
    build needs about 300 MB. progress: called with (done, total or None, phase), phases read, seal,
    marks, doors, learn, close. canaries: how many are wanted; keep_canaries: told the snapshot's
    name and those that stand before it is made current, and nothing else ever is.
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
    progress: Progress = field(default=_silent)
    canaries: int = 0
    keep_canaries: Callable[[str, list[Canary]], None] = _forget

    def __post_init__(self) -> None:
        if (self.learner is None) != (self.evidence is None):
            raise ValueError(
                "a learner and its evidence are given together, or what was learned is lost"
            )


def open_source(path: Path) -> Source:
    """The source at `path`, by suffix: .csv or .parquet. Raises InputFault."""
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
    them, or a kill, the old snapshot is current still.
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
            built_at=_time(plan.now),
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
    told = {
        "source": fingerprint.digest,
        "key": plan.custodian.key_id,
        "forms": normalize.FORMS_VERSION,
        "built_at": _time(plan.now),
    }
    return f"{number:04}-{hashlib.sha256(canonical.encode(told)).hexdigest()[:12]}"


def _fill(
    opened: Source, made: Path, folder: Path, plan: BuildPlan
) -> tuple[Counts, str, dict[str, Any], list[Canary]]:
    """Phases 0 to 5, in a folder that is removed afterwards: counts, digest of the content,
    evidence, canaries."""
    watch = _watch(opened, plan)
    with SortSpace(folder, plan.memory_bytes, plan.random) as room:
        rows, references, marks = room.pile("residents"), room.pile("links"), room.pile("marks")
        marking, persons = (
            KnownPlaces(room.pile("homes"), marks),
            PersonSort(room.pile("persons"), plan.random),
        )
        loading = _load(opened, made, (rows, watch), plan)
        standing = watch.standing(plan.canaries)
        store = LmdbWriter(made / LMDB_FILE)
        try:
            sealing = RegisterWriter(made.name, store, plan.random)
            _seal_exact(sealing, (rows, standing), marking, persons, plan)
            _settle_marks(marking, references, plan)
            _seal_tolerant(sealing, references, plan)
            sealing.seal_marks(marks)
        finally:
            store.close()
        counts, canaries = _counts(loading, sealing, marking), [canary for canary, _, _ in standing]
        return counts, sealing.content_digest(), _learn(persons, plan), canaries


def _watch(opened: Source, plan: BuildPlan) -> CanaryWatch:
    if not plan.canaries:
        return CanaryWatch()
    draws = Draws(plan.random(32))
    sampled = sample(opened.batches(), plan.canaries, draws)
    return CanaryWatch(candidates(sampled, plan.custodian.tin_hash, draws), plan.custodian)


def _load(
    opened: Source, made: Path, into: tuple[ExternalSort, CanaryWatch], plan: BuildPlan
) -> SourceLoader:
    rows, watch = into
    with os.fdopen(
        os.open(made / REJECTS_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
    ) as rejects:
        loading = SourceLoader(plan.custodian, rows, rejects, watch)
        loading.load(opened.batches(), opened.total_rows, plan.progress)
    if not loading.rows:
        raise empty_source()
    if not rows.pairs:
        found = ", ".join(f"{count} {code}" for code, count in sorted(loading.rejects.items()))
        raise InputFault(
            "source_all_rejected",
            f"not one row of the source can be used ({found})",
            place="source",
            cure="The old snapshot still stands. See docs/formats/register-source.md for what a "
            "row needs.",
        )
    return loading


def _seal_exact(
    sealing: RegisterWriter,
    given: tuple[ExternalSort, Sequence[PlacedCanary]],
    marking: KnownPlaces,
    persons: PersonSort,
    plan: BuildPlan,
) -> None:
    done, (rows, canaries) = 0, given
    for taken, residents in sealing.seal_exact(rows, marking, canaries):
        done += taken
        if plan.learner is not None and residents:
            plan.learner.co_residents(residents)
            persons.add(residents)
        if sealing.exact_doors % _REPORT_DOORS == 0:
            plan.progress(done, rows.pairs, "seal")
    plan.progress(done, rows.pairs, "seal")


def _settle_marks(marking: KnownPlaces, references: ExternalSort, plan: BuildPlan) -> None:
    done = 0
    for taken in marking.settle(references):
        done += taken
        if done % _REPORT_DOORS == 0:
            plan.progress(done, marking.homes, "marks")
    plan.progress(done, marking.homes, "marks")


def _seal_tolerant(sealing: RegisterWriter, references: ExternalSort, plan: BuildPlan) -> None:
    done = 0
    for taken in sealing.seal_tolerant(references):
        done += taken
        if sealing.tolerant_doors % _REPORT_DOORS == 0:
            plan.progress(done, references.pairs, "doors")
    plan.progress(done, references.pairs, "doors")


def _learn(persons: PersonSort, plan: BuildPlan) -> dict[str, Any]:
    if plan.learner is None or plan.evidence is None:
        return {}
    for earlier, later in persons.pairs():
        plan.learner.same_person(earlier, later)
    plan.progress(0, None, "learn")
    return plan.evidence()


def _counts(loading: SourceLoader, sealing: RegisterWriter, marking: KnownPlaces) -> Counts:
    return Counts(
        rows=loading.rows,
        rejected_rows=loading.rejects.total(),
        rejects=dict(sorted(loading.rejects.items())),
        malformed_tins=loading.malformed_tins,
        residents=sealing.residents,
        exact_doors=sealing.exact_doors,
        tolerant_doors=sealing.tolerant_doors,
        dropped_tolerant_doors=sealing.dropped_tolerant_doors,
        crowded_exact_doors=sealing.crowded_exact_doors,
        known_lines=marking.known_lines,
        known_zips=marking.known_zips,
        size_classes={str(size): count for size, count in sorted(sealing.size_classes.items())},
    )


def _time(now: datetime) -> str:
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
