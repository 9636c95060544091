"""Fills a snapshot of format 3 from an opened source: the steps in their order."""

from __future__ import annotations

import copy
import os
import shutil
from collections import Counter
from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from typing import Any

from counterfoil import normalize
from counterfoil.core import canonical
from counterfoil.core.errors import InputFault
from counterfoil.core.values import Sensitive
from counterfoil.core.worker_pool import CallPool, worker_count, worker_pool
from counterfoil.register.bucket import RegisterKey
from counterfoil.register.canaries import Canary, Draws, candidates, sample
from counterfoil.register.canary_watch import CanaryWatch
from counterfoil.register.custodian import KeyCustodian
from counterfoil.register.manifest import Counts
from counterfoil.register.pages.code_digest import PACKAGE, digest_of_code
from counterfoil.register.pages.page_file import FORMAT, PageFile, share_file
from counterfoil.register.pages.plan import BuildPlan
from counterfoil.register.pages.sealing import BUCKET_FORMAT
from counterfoil.register.pages.steps import (
    CHUNK_ROWS,
    PAGES_FILE,
    BuildState,
    PageBuild,
    other_folder,
    part_count,
    shared_state,
    take_state,
)
from counterfoil.register.pages.worker import BuildWorker, Sizes, canary_home
from counterfoil.register.source import Fingerprint, Source, empty_source
from counterfoil.register.source_parquet import ParquetSource
from counterfoil.register.spark.pool import spark_pool

REJECTS_FILE = "rejects.jsonl"
_SHARED_CHUNKS = 8192
"""About how many chunks Spark workers read a source in, and so how many files each part has."""
_SHARED_CHUNK_ROWS = 1 << 20
_LEAST_ROW_BYTES = 80
"""Of a source; where only its size is known, it has at most so many rows."""


class Filled(Sensitive, frozen=True):
    """What a build has sealed, as its manifest states it."""

    counts: Counts
    evidence: dict[str, Any]
    content_digest: str
    store_digest: str
    store_bytes: int
    store_head_digest: str
    canaries: list[Canary]
    files: tuple[PageFile, ...] = ()


def fill_pages(
    opened: Source, fingerprint: Fingerprint, folder: Path, made: Path, plan: BuildPlan
) -> Filled:
    """Build into `made`, with temporary files in `folder`. Raises InputFault, StoreFault,
    OSError."""
    rows = opened.total_rows or fingerprint.size // _LEAST_ROW_BYTES
    sizes = Sizes(part_count(rows, plan.memory_bytes))
    state = take_state(
        folder,
        _facts(fingerprint, plan, sizes, rows),
        plan.random(32),
        plan.random(32),
        plan.custodian.build_key,
    )
    for left in [path for path in folder.iterdir() if path.is_dir()]:
        shutil.rmtree(left)  # a snapshot that was put together and not moved into place
    made.mkdir(mode=0o700)
    drawn = list(draw_candidates(opened, plan, state.seed))
    with _pool(plan, fingerprint.size, folder, state, drawn) as pool:
        run = PageBuild(folder, state, pool, sizes, plan.progress)
        if plan.cluster is not None and isinstance(opened, ParquetSource):
            run.load_apart(opened.path, rows, _chunk_rows(rows, plan))
        else:
            run.load(opened.batches(), opened.total_rows)
        require_rows(run.counts["rows"], run.usable, run.rejects)
        watch = CanaryWatch(drawn)
        watch.excluded |= run.excluded
        chosen = watch.choose(plan.canaries)
        run.merge(plan.learner)
        run.settle()
        homes = [canary_home(canary, plan.custodian) for canary in chosen]
        stated = run.seal(homes, folder / PAGES_FILE)
        evidence = {}
        if plan.learner is not None and plan.evidence is not None:
            run.learn(plan.learner)
            evidence = plan.evidence()
    share_file(folder / PAGES_FILE, made / PAGES_FILE)
    _write_rejects(made / REJECTS_FILE, run)
    return _filled(run, stated, evidence, chosen)


def _pool(
    plan: BuildPlan, size: int, folder: Path, state: BuildState, drawn: list[Canary]
) -> AbstractContextManager[CallPool]:
    """The workers of a build: Spark's where the plan names a cluster, else this machine's."""
    learner = copy.deepcopy(plan.learner)
    if plan.cluster is not None:
        given = str(folder.resolve()), state.page_salt, learner, drawn
        return spark_pool(plan.cluster, plan.custodian, shared_worker, *given)
    key, count = plan.custodian.lend_key(), worker_count(plan.workers, size)
    given = str(folder), state.key, state.page_salt, learner, drawn
    return worker_pool(count, BuildWorker, key, *given)


def shared_worker(
    custodian: KeyCustodian, folder: str, page_salt: bytes, learner: Any, drawn: list[Canary]
) -> BuildWorker:
    """A worker of a build whose folder another machine may share: with the register key, which its
    own custodian lends. Raises StateFault `custodian_lends_nothing`, `spark_folder`."""
    key = custodian.lend_key()
    state = shared_state(Path(folder), RegisterKey(key).build_key)
    if state.page_salt != page_salt:
        raise other_folder()
    return BuildWorker(key, folder, state.key, page_salt, learner, drawn)


def _chunk_rows(rows: int, plan: BuildPlan) -> int:
    """Rows of one call that reads a source apart: more of a large one, so that its parts are in
    fewer files."""
    if plan.cluster is None:
        return CHUNK_ROWS
    return max(CHUNK_ROWS, min(_SHARED_CHUNK_ROWS, rows // _SHARED_CHUNKS))


def draw_candidates(opened: Source, plan: BuildPlan, seed: bytes) -> list[Canary]:
    """Candidates for the canaries that are wanted: the same for the same source and seed."""
    if not plan.canaries:
        return []
    draws = Draws(seed)
    sampled = sample(opened.batches(), plan.canaries, draws)
    return list(candidates(sampled, plan.custodian.tin_hash, draws))


def require_rows(rows: int, usable: int, rejects: Mapping[str, int]) -> None:
    """Raise InputFault where the source has no row, or none that can be used."""
    if not rows:
        raise empty_source()
    if not usable:
        found = ", ".join(f"{count} {code}" for code, count in sorted(rejects.items()))
        raise InputFault(
            "source_all_rejected",
            f"not one row of the source can be used ({found})",
            place="source",
            cure="The old snapshot is still current. See docs/formats/register-source.md for what "
            "a row needs.",
        )


def _facts(fingerprint: Fingerprint, plan: BuildPlan, sizes: Sizes, rows: int) -> str:
    """Everything that what is sealed depends on."""
    facts: dict[str, Any] = {
        "source": fingerprint.digest,
        "key": plan.custodian.key_id,
        "forms": normalize.FORMS_VERSION,
        "match": plan.match_version,
        "bucket": BUCKET_FORMAT,
        "file": FORMAT,
        "code": _code_digest(),
        "canaries": plan.canaries,
        "learner": plan.learner is not None,
        "parts": sizes.parts,
        "chunk": _chunk_rows(rows, plan),
    }
    return canonical.digest(canonical.encode(facts))


@cache
def _code_digest() -> str:
    """Of the code that makes what is sealed: a build is taken up by the same code alone, which
    seals the same again."""
    found = (path for room in ("register", "normalize") for path in (PACKAGE / room).rglob("*"))
    return digest_of_code(path for path in found if path.is_file() and path.suffix != ".pyc")


def _write_rejects(path: Path, run: PageBuild) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.writelines(run.rejected_lines())


def _filled(
    run: PageBuild, stated: PageFile, evidence: dict[str, Any], chosen: list[Canary]
) -> Filled:
    counts: Counter[str] = run.counts
    files = (stated,)
    digest = files_digest(files)
    return Filled(
        counts=Counts(
            rows=counts["rows"],
            rejected_rows=run.rejects.total(),
            rejects=dict(sorted(run.rejects.items())),
            malformed_tins=counts["malformed"],
            residents=counts["merged residents"],
            exact_doors=counts["merged homes"],
            tolerant_doors=counts["tolerant"],
            dropped_tolerant_doors=counts["dropped"],
            crowded_exact_doors=counts["merged crowded"],
            known_lines=counts["known_lines"],
            known_zips=counts["known zips"],
            size_classes={str(size): count for size, count in sorted(run.classes.items())},
        ),
        evidence=evidence,
        content_digest=digest,
        store_digest=digest,
        store_bytes=sum(each.size for each in files),
        store_head_digest=digest,
        canaries=chosen,
        files=files,
    )


def files_digest(files: tuple[PageFile, ...]) -> str:
    """The digest of a snapshot's list of page files, each of which names the digest of its
    index."""
    stated = [
        {
            "name": each.name,
            "salt": each.salt,
            "size": each.size,
            "pages": list(each.pages),
            "index_digest": each.index_digest,
        }
        for each in files
    ]
    return canonical.digest(canonical.encode({"files": stated}))
