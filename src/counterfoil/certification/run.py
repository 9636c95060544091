"""`register certify`: how often this register would confirm what is not so, and at which threshold
that is seldom enough.

1 The snapshot's manifest verifies, and the source is the file that it was built from.
2 Decoys of every kind are asked, pass after pass over the source, until there are enough of each
  (ask.py). The state is written every few seconds, so that a run can go on (checkpoint.py).
3 The lowest threshold is taken at which every kind's bound meets the limit, and which still
  confirms most of the register's own people (curves.py). There may be none.
4 The certificate is entered in the ledger, and then written beside the manifest, with its picture.

The figures are returned whether or not the register can be certified; the outcome's `fault` says
why there is no certificate.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
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
from counterfoil.certification.checkpoint import CertificationStatus, CertificationTask
from counterfoil.certification.compose import EQUAL, compose, refusal
from counterfoil.certification.curves import Point, curve, lowest_meeting
from counterfoil.certification.decoys import NAMES, kinds_not_shown, kinds_without_decoys
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
from counterfoil.core.file_lock import locked_file
from counterfoil.core.worker_pool import InProcess, WorkerPool, WorkerProcesses
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, journal

PER_CLASS: Final = 300_000
LIMIT: Final = 10_000_000
_CHUNK_DECOYS: Final = 8192
_SAVE_CHUNKS: Final = 8
_TURN: Final = 10**12
"""Places of the stream of decoys that one pass may take."""
_SEED_CONTEXT: Final = b"counterfoil/certify/seed/v1\x00"

Progress = Callable[[int, int | None, str], None]


@dataclass(frozen=True, kw_only=True)
class CertificationPlan:
    """What a certification is to establish.

    limit: parts of 10**12. asks: one of decoys.ASKS. seed: hex, or "" for the one that follows from
    the manifest. mix: weights by kind, empty for equal ones; mix_said: where they are from.
    without: kinds that are left out and then not covered. least_recall: the share of the register's
    own people that a threshold must still confirm to be of use.
    """

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
    the counts; the picture."""

    certificate: Certificate | None
    fault: StateFault | None
    points: tuple[Point, ...]
    tally: Tally
    picture: str


def certify(
    office: Office, source: Path, plan: CertificationPlan, progress: Progress
) -> CertificationOutcome:
    """Ask decoys of the current snapshot and certify it, if it can be certified.

    Raises InputFault (the source), StateFault (nothing built, other rules, a kind that cannot be
    tried, the state of another certification, `certify_running`), KeyFault, VerifyFault,
    StoreFault. What was counted is kept; a plan that resumes goes on from there.
    """
    folder = office.register_directory / register.current_snapshot(office.register_directory)
    with _alone(folder):
        return _certify(office, source, plan, progress, folder)


@contextmanager
def _alone(folder: Path) -> Generator[None]:
    """One certification of a snapshot at a time: what is counted lies in one file. Raises
    StateFault `certify_running`."""
    with ExitStack() as stack:
        try:
            stack.enter_context(locked_file(folder / ".certify.lock", seconds=0))
        except BlockingIOError:
            raise StateFault(
                "certify_running",
                "another process is certifying this snapshot",
                place=folder.name,
                cure="Wait for it to end.",
            ) from None
        except OSError as fault:
            raise checkpoint.state_unwritable(fault) from None
        yield


def _certify(
    office: Office, source: Path, plan: CertificationPlan, progress: Progress, folder: Path
) -> CertificationOutcome:
    manifest = register.open_manifest(folder, office.signing_publics)
    weights, key = office.weights(manifest), office.signer().private
    check_source(source, manifest)
    sample = read_sample(source, progress)
    task = _task(manifest, plan, kinds_not_shown(sample))
    status = checkpoint.load(folder, task, key) if plan.resume else checkpoint.begin(task)
    if lacking := [name for name in kinds_without_decoys(sample) if name in task.kinds]:
        raise checkpoint.kinds_untried(lacking)
    with ExitStack() as stack:
        pool = _open_pool(office, manifest.snapshot, sample, task, plan.jobs, stack)
        stack.enter_context(frozen_memory())
        _ask_all(
            status, source, sample, pool, lambda: checkpoint.save(folder, status, key), progress
        )
    points = curve(status.tally, round(weights.threshold_bits * 100), task.kinds)
    chosen = lowest_meeting(points, plan.limit)
    fault = refusal(chosen, points, plan.limit, plan.least_recall)
    chosen = None if fault else chosen
    picture = draw_certificate(points, chosen, plan.limit, manifest.snapshot)
    certificate = None
    if chosen is not None:
        certificate = compose(
            manifest,
            weights,
            status,
            chosen,
            plan.limit,
            plan.mix or dict.fromkeys(task.kinds, 1),
            office.clock(),
            sample,
            mix_said=plan.mix_said if plan.mix else EQUAL,
        )
        _enter(office, folder, certificate, picture)
    return CertificationOutcome(
        certificate=certificate, fault=fault, points=points, tally=status.tally, picture=picture
    )


def _task(
    manifest: register.Manifest, plan: CertificationPlan, not_shown: Iterable[str]
) -> CertificationTask:
    """What is certified. Kinds of which the source shows next to nothing are left out, and the
    certificate names them."""
    digest = register.manifest_digest(manifest)
    return CertificationTask(
        manifest=digest,
        asks=plan.asks,
        seed=bytes.fromhex(plan.seed).hex()
        if plan.seed
        else hashlib.sha256(_SEED_CONTEXT + digest.encode()).hexdigest(),
        per_class=plan.per_class,
        without=tuple(sorted({*plan.without, *not_shown})),
    )


def _open_pool(
    office: Office,
    snapshot: str,
    sample: SourceSample,
    task: CertificationTask,
    jobs: int,
    stack: ExitStack,
) -> WorkerPool:
    """A pool of askers, which `stack` ends: this process, or `jobs` processes beside it."""
    asking = (snapshot, sample, bytes.fromhex(task.seed), task.asks)
    if jobs <= 1:
        return InProcess(stack.enter_context(closing(open_asker(office, *asking))))
    opening = (office.directory, office.passphrase)
    return stack.enter_context(
        WorkerProcesses(jobs, start_asker, *opening, *asking, ended=process_lost)
    )


def _ask_all(
    status: CertificationStatus,
    source: Path,
    sample: SourceSample,
    pool: WorkerPool,
    save: Callable[[], None],
    progress: Progress,
) -> None:
    """Ask until every kind was asked as often as is wanted, and at least through the whole
    source. The same chunks give the same counts in any number of processes."""
    total = status.task.per_class * len(status.task.kinds)
    try:
        while status.rows_done < sample.rows or not status.is_done:
            if status.rows_done >= sample.rows:
                status.next_turn(sample.rows)
            chunks, sent = tee(_chunks(status, source, sample))
            tallies = pool.each("ask", ((chunk.visits,) for chunk in sent))
            for at, (chunk, tally) in enumerate(zip(chunks, tallies, strict=True), 1):
                add(status.tally, tally)
                for kind, visits in chunk.passed.items():
                    status.tally[kind].visits += visits
                status.rows_done += chunk.rows
                progress(status.asked, total, "decoys")
                if at % _SAVE_CHUNKS == 0:
                    save()
    finally:
        save()


def _chunks(status: CertificationStatus, source: Path, sample: SourceSample) -> Iterator[Chunk]:
    """The visits of the rest of the pass, in chunks."""
    done, total = status.rows_done, sample.rows
    spans_of = _schedule(status.wanted, status.turn, total)
    chunk, first = Chunk(), done
    for index, row in enumerate(_from(read_rows(source), done), done):
        spans = spans_of(index)
        if spans:
            chunk.add(row, spans, sample)
        if chunk.decoys >= _CHUNK_DECOYS:
            chunk.rows = index + 1 - first
            yield chunk
            chunk, first = Chunk(), index + 1
    chunk.rows = total - first
    yield chunk


def _schedule(wanted: Mapping[str, int], turn: int, total: int) -> Callable[[int], list[VisitSpan]]:
    """A function that states the visits of each row in a pass. The visits of each kind are spread
    evenly over the rows."""
    shift, start = turn * 7919 % total, turn * _TURN
    by_count: dict[int, list[str]] = {}
    for name, count in wanted.items():
        by_count.setdefault(count, []).append(name)
    counts = [(count, tuple(names)) for count, names in by_count.items() if count]

    def spans_of(index: int) -> list[VisitSpan]:
        spans: list[VisitSpan] = []
        place = (index - shift) % total
        for count, names in counts:
            first, behind = spread(place, count, total)
            if first < behind:
                spans += [(name, start + first, start + behind) for name in names]
        return spans

    return spans_of


def _from(rows: Iterable[Row], start: int) -> Iterator[Row]:
    for index, row in enumerate(rows):
        if index >= start:
            yield row


def _enter(office: Office, folder: Path, certificate: Certificate, picture: str) -> None:
    """Enter the certificate in the ledger, then write its files: no answer can cite a certificate
    that is not entered."""
    fields = {
        "certificate": certificate_digest(certificate),
        "snapshot": certificate.manifest,
        "scope": certificate.asks,
    }
    signer = office.signer()
    with office.store.transaction() as connection:
        journal.enter(office, connection, EntryKind.CERTIFICATE, fields)
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
