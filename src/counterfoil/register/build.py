"""Builds a snapshot: in bounded memory, atomically, and with nothing readable on disk at any
moment. New snapshots have format 3 (pages/steps.py); the phases of format 2, which is built for
tests and measurements alone:

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
import shutil
from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from counterfoil import normalize
from counterfoil.core import canonical
from counterfoil.core.errors import InputFault
from counterfoil.core.values import Resident
from counterfoil.register.canary_watch import CanaryWatch
from counterfoil.register.external_sort import ExternalSort, SortSpace
from counterfoil.register.known_places import KnownPlaces
from counterfoil.register.learning import Learner, PersonSort
from counterfoil.register.loading import SourceLoader
from counterfoil.register.manifest import Counts, Manifest, write_manifest
from counterfoil.register.pages.build import (
    REJECTS_FILE,
    Filled,
    draw_candidates,
    fill_pages,
    require_rows,
)
from counterfoil.register.pages.plan import BuildPlan
from counterfoil.register.pages.sealing import BUCKET_FORMAT as PAGES_FORMAT
from counterfoil.register.snapshots import building, next_number, publish
from counterfoil.register.source import Fingerprint, Source, check_unchanged, take_fingerprint
from counterfoil.register.source_csv import CsvSource
from counterfoil.register.source_parquet import ParquetSource
from counterfoil.register.stores import LMDB_FILE, LmdbWriter, digest_head
from counterfoil.register.writer import RegisterWriter

_REPORT_STEPS: Final = 4096


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

    A build that was killed is taken up again, where source, key, rules and version are the same.
    Raises InputFault (the source), StateFault (another build runs), StoreFault (disk). After any of
    them, or a kill, the old snapshot is still current.
    """
    fingerprint = take_fingerprint(source)
    opened = open_source(source)
    with building(directory, keep=True) as folder:
        snapshot = _name(next_number(directory), fingerprint, plan)
        made = folder / snapshot
        filled = (
            fill_pages(opened, fingerprint, folder, made, plan)
            if plan.bucket_format == PAGES_FORMAT
            else _fill(opened, made, folder, plan)
        )
        check_unchanged(source, fingerprint)
        plan.progress(0, None, "close")
        manifest = Manifest(
            snapshot=snapshot,
            source_digest=fingerprint.digest,
            counts=filled.counts,
            evidence=filled.evidence,
            content_digest=filled.content_digest,
            store_digest=filled.store_digest,
            store_bytes=filled.store_bytes,
            store_head_digest=filled.store_head_digest,
            built_at=plan.built_at,
            made_up=plan.made_up,
            key_id=plan.custodian.key_id,
            bucket_format=plan.bucket_format,
            forms_version=normalize.FORMS_VERSION,
            match_version=plan.match_version,
            files=filled.files,
        )
        write_manifest(made, manifest, plan.sign)
        plan.keep_canaries(snapshot, filled.canaries)
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


def _fill(opened: Source, made: Path, folder: Path, plan: BuildPlan) -> Filled:
    """Phases 0 to 5 of format 2, in a folder that is removed afterwards."""
    shutil.rmtree(folder, ignore_errors=True)
    made.mkdir(mode=0o700, parents=True)
    watch = CanaryWatch(draw_candidates(opened, plan, plan.random(32)))
    with SortSpace(folder, plan.memory_bytes, plan.random) as space:
        rows, references, marks = (space.sort(name) for name in ("residents", "links", "marks"))
        places = KnownPlaces(space.sort("homes"), marks)
        persons = PersonSort(space.sort("persons"), plan.random)
        loader = _load(opened, made, rows, watch, plan)
        canaries = [
            (canary, tag, key)
            for canary in watch.choose(plan.canaries)
            for _, tag, key in plan.custodian.derive(canary.keys[:1])
        ]
        canaries.sort(key=itemgetter(1))
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
    stored = take_fingerprint(made / LMDB_FILE)
    return Filled(
        counts=_counts(loader, writer, places),
        evidence=evidence,
        content_digest=writer.content_digest(),
        store_digest=stored.digest,
        store_bytes=stored.size,
        store_head_digest=digest_head(made / LMDB_FILE),
        canaries=[canary for canary, _, _ in canaries],
    )


def _load(
    opened: Source, made: Path, rows: ExternalSort, watch: CanaryWatch, plan: BuildPlan
) -> SourceLoader:
    descriptor = os.open(made / REJECTS_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as rejects:
        loader = SourceLoader(plan.custodian, rows, rejects, watch)
        loader.load(opened.batches(), opened.total_rows, plan.progress)
    require_rows(loader.rows, rows.pairs, loader.rejects)
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
