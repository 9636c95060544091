"""`register certify`: how often would this register confirm what is not so, and at which threshold
seldom enough?

1 the snapshot's manifest verifies, and the source is the file that it was built from
2 decoys of every kind are asked, pass after pass over the source, until there are enough of each
  (asking.py, crew.py); where it stands is written every few seconds (certify_state.py)
3 the lowest threshold is taken at which every kind's bound meets the limit, and which still
  confirms most of the register's own people (curves.py); there may be none
4 the certificate is entered in the ledger, and then written beside the manifest, with its picture

What cannot be certified is not: the figures are returned either way, and
`CertificationOutcome.fault` says why there is no certificate.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from itertools import tee
from pathlib import Path
from typing import Final

from counterfoil import register
from counterfoil.certification import checkpoint
from counterfoil.certification.ask import (
    Chunk,
    VisitSpan,
    frozen_memory,
    open_asker,
    process_lost,
    start_asker,
)
from counterfoil.certification.certificate import Certificate, certificate_digest, write_certificate
from counterfoil.certification.charts import draw_certificate
from counterfoil.certification.checkpoint import CertificationStatus
from counterfoil.certification.compose import EQUAL, compose, refusal
from counterfoil.certification.curves import Point, curve, lowest_meeting
from counterfoil.certification.decoys import NAMES, kinds_without_decoys
from counterfoil.certification.seeded_choice import spread
from counterfoil.certification.source_sample import (
    Row,
    SourceSample,
    check_source,
    read_rows,
    read_sample,
)
from counterfoil.certification.tally import Tally, add
from counterfoil.core.errors import StateFault, StoreFault
from counterfoil.core.worker_pool import InProcess, WorkerPool, WorkerProcesses
from counterfoil.ledger import Draft, EntryKind
from counterfoil.office import Office

PER_CLASS: Final = 300_000
LIMIT: Final = 10_000_000
_CHUNK_DECOYS: Final = 8192
_SAVE_CHUNKS: Final = 8
_TURN: Final = 10**12
"""Places of the stream that one pass may take."""
_SEED_CONTEXT: Final = b"counterfoil/certify/seed/v1\x00"

Progress = Callable[[int, int | None, str], None]


@dataclass(frozen=True, kw_only=True)
class CertificationPlan:
    """limit: parts of 10**12. asks: decoys.ASKS. seed: hex, "" for the one that the manifest gives.
    mix: weights by kind, empty for equal ones; mix_said: where they are from. without: kinds that
    are left out, and then not covered. least_recall: of the register's own people, what a threshold
    must still confirm to be of use."""

    per_class: int = PER_CLASS
    limit: int = LIMIT
    asks: str = NAMES
    seed: str = ""
    mix: dict[str, int] = field(default_factory=dict[str, int])
    mix_said: str = "given by the holder"
    without: tuple[str, ...] = ()
    least_recall: float = 0.5
    jobs: int = 1
    resume: bool = False


@dataclass(frozen=True, kw_only=True)
class CertificationOutcome:
    """What was found: the certificate, or the fault that says why there is none; the whole curve;
    the counts."""

    certificate: Certificate | None
    fault: StateFault | None
    points: tuple[Point, ...]
    tally: Tally
    picture: str


def certify(
    office: Office, source: Path, plan: CertificationPlan, progress: Progress
) -> CertificationOutcome:
    """Ask decoys of the current snapshot and certify it, if it can be.

    Raises InputFault (the source), StateFault (nothing built, other rules, a kind that cannot be
    tried, a state that is another's), KeyFault, VerifyFault, StoreFault. What was counted stands;
    --resume goes on.
    """
    folder = office.register_directory / register.current_snapshot(office.register_directory)
    manifest = register.open_manifest(folder, office.holder_key.public)
    weights, signer = office.weights(manifest), office.signer()
    check_source(source, manifest)
    digest = register.manifest_digest(manifest)
    seed = (
        bytes.fromhex(plan.seed)
        if plan.seed
        else hashlib.sha256(_SEED_CONTEXT + digest.encode()).digest()
    )
    task = checkpoint.CertificationTask(
        manifest=digest,
        asks=plan.asks,
        seed=seed.hex(),
        per_class=plan.per_class,
        without=tuple(sorted(set(plan.without))),
    )
    standing = (
        checkpoint.load(folder, task, signer.private) if plan.resume else checkpoint.begin(task)
    )

    def save() -> None:
        checkpoint.save(folder, standing, signer.private)

    sample = read_sample(source, progress)
    if untried := [name for name in kinds_without_decoys(sample) if name in task.kinds]:
        raise checkpoint.kinds_untried(untried)
    with ExitStack() as stack:
        asking = (manifest.snapshot, sample, seed, plan.asks)
        pool: WorkerPool = (
            InProcess(stack.enter_context(closing(open_asker(office, *asking))))
            if plan.jobs <= 1
            else stack.enter_context(
                WorkerProcesses(
                    plan.jobs,
                    start_asker,
                    office.directory,
                    office.passphrase,
                    *asking,
                    ended=process_lost,
                )
            )
        )
        stack.enter_context(frozen_memory())
        _ask_all(standing, source, sample, pool, save, progress)
    points = curve(standing.tally, round(weights.threshold_bits * 100), task.kinds)
    chosen = lowest_meeting(points, plan.limit)
    fault = refusal(chosen, points, plan.limit, plan.least_recall)
    certificate = None
    if chosen is not None and fault is None:
        mix = plan.mix or dict.fromkeys(task.kinds, 1)
        certificate = compose(
            manifest,
            weights,
            standing,
            chosen,
            plan.limit,
            mix,
            office.clock(),
            sample.rows,
            mix_said=plan.mix_said if plan.mix else EQUAL,
        )
    picture = draw_certificate(
        points, chosen if fault is None else None, plan.limit, manifest.snapshot
    )
    if certificate is not None:
        _enter(office, folder, certificate, picture)
    return CertificationOutcome(
        certificate=certificate, fault=fault, points=points, tally=standing.tally, picture=picture
    )


def _ask_all(
    standing: CertificationStatus,
    source: Path,
    sample: SourceSample,
    pool: WorkerPool,
    save: Callable[[], None],
    progress: Progress,
) -> None:
    total = standing.task.per_class * len(standing.task.kinds)
    try:
        while standing.rows_done < sample.rows or not standing.is_done:
            if standing.rows_done >= sample.rows:
                standing.next_turn(sample.rows)
            chunks, sent = tee(_chunks(standing, source, sample))
            tallies = pool.each("ask", ((chunk.visits,) for chunk in sent))
            for at, (chunk, tally) in enumerate(zip(chunks, tallies, strict=True), 1):
                add(standing.tally, tally)
                for kind, visits in chunk.passed.items():
                    standing.tally[kind].visits += visits
                standing.rows_done += chunk.rows
                progress(standing.asked, total, "decoys")
                if at % _SAVE_CHUNKS == 0:
                    save()
    finally:
        save()


def _chunks(standing: CertificationStatus, source: Path, sample: SourceSample) -> Iterator[Chunk]:
    """The rest of the pass, in chunks."""
    done, total = standing.rows_done, sample.rows
    turns_of = _schedule(standing.wanted, standing.turn, total)
    chunk, first = Chunk(), done
    for index, row in enumerate(_from(read_rows(source), done), done):
        turns = turns_of(index)
        if turns:
            chunk.add(row, turns, sample)
        if chunk.decoys >= _CHUNK_DECOYS:
            chunk.rows = index + 1 - first
            yield chunk
            chunk, first = Chunk(), index + 1
    chunk.rows = total - first
    yield chunk


def _schedule(wanted: Mapping[str, int], turn: int, total: int) -> Callable[[int], list[VisitSpan]]:
    """What to make of each row of the source in a pass: the visits of each kind spread evenly."""
    shift, start = turn * 7919 % total, turn * _TURN
    by_count: dict[int, list[str]] = {}
    for name, count in wanted.items():
        by_count.setdefault(count, []).append(name)
    counts = [(count, tuple(names)) for count, names in by_count.items() if count]

    def turns_of(index: int) -> list[VisitSpan]:
        turns: list[VisitSpan] = []
        place = (index - shift) % total
        for count, names in counts:
            first, behind = spread(place, count, total)
            if first < behind:
                turns += [(name, start + first, start + behind) for name in names]
        return turns

    return turns_of


def _from(rows: Iterable[Row], start: int) -> Iterator[Row]:
    for index, row in enumerate(rows):
        if index >= start:
            yield row


def _enter(office: Office, folder: Path, certificate: Certificate, picture: str) -> None:
    """The ledger first, the files after it: no answer can cite what is not entered."""
    fields = {
        "certificate": certificate_digest(certificate),
        "snapshot": certificate.manifest,
        "scope": certificate.asks,
    }
    signer = office.signer()
    with office.store.transaction() as connection:
        office.ledger.append(connection, [Draft(EntryKind.CERTIFICATE, {**fields})], office.clock())
        office.ledger.sign_checkpoint(connection, signer)
    try:
        write_certificate(folder, certificate, signer.private.sign, picture)
    except OSError as fault:
        raise StoreFault(
            "certificate_unwritten",
            f"the certificate cannot be written ({type(fault).__name__})",
            place=folder.name,
            cure="It is entered in the ledger. Check disk space and permissions, then run it "
            "again with --resume.",
        ) from None
