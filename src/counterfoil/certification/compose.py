"""The sentences and numbers of a certificate, and of a refusal to give one. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from counterfoil import matching, register
from counterfoil.certification.certificate import Certificate, CertifiedKind
from counterfoil.certification.checkpoint import CertificationStatus
from counterfoil.certification.curves import (
    CONFIDENCE_PERCENT,
    HALF,
    PARTS,
    KindPoint,
    Point,
    parts,
    upper_bound,
)
from counterfoil.certification.decoys import BIRTH, KINDS, NAMES
from counterfoil.certification.source_sample import SourceSample
from counterfoil.core.errors import StateFault

MILLION: Final = 1_000_000
EQUAL: Final = "equal: no history of real negatives was given"
_REPEATED: Final = 2
"""A kind is said to repeat itself where its decoys are on average more than so many for a row."""

_NOT_COVERED: Final = (
    "Rows that are stale or wrong in the holder's own source: a decoy is a no by that source, "
    "not by the world.",
    "An impostor who knows a resident's name and address, and whatever else the question states.",
    "Two people of one name at one address whom nothing that was stated tells apart, beyond how "
    "often the source shows them.",
    "Streets and ZIPs that the register hardly knows (fewer than three homes): a question about "
    "one is taken for a slip of the pen (N Main St for S Main St, Elm Ave for Elm St, Heartland "
    "Dr for Hartland Dr).",
    "Kinds of confusion not tried: misread house numbers, two homes of one family.",
    "A twin of 27 or more who shares the first given word, one of the two being written by it "
    "alone or with a third word put in, or who bears it twice (Ming Ming, Ming), or whose other "
    "word begins with the initial that is written for the resident's, and so from 18 on unless "
    "both are syllables in the given name's field; a younger one where both are written by the "
    "same initial, where one writes none, and, but for a syllable that is half a name, where both "
    "are written by the shared word alone.",
    "A twin of 18 or more, or with an equal middle name, whose given name is a familiar form or "
    "another spelling of the resident's, and "
    "somebody of one given name and date of birth with another family name (but for 1 January).",
    "A twin who bears the resident's given words, one of them longer than two letters, in another "
    "order, or a name that one slip of a hand makes of the resident's; from 27 on one whose second "
    "syllable is a letter away and in no table (Tao Gag): all are taken for the resident's own.",
    "A building whose units neither the register nor the question writes: only the date of "
    "birth tells a namesake there.",
)
_ASKED: Final = {
    NAMES: "Questions that state more than name and address are judged by the same threshold, "
    "but were not tried.",
    BIRTH: "Questions that state no date of birth, or one that stands for an unknown one: they are "
    "questions by name, and no decoy here.",
}


def compose(
    manifest: register.Manifest,
    weights: matching.Weights,
    status: CertificationStatus,
    chosen: Point,
    limit: int,
    mix: Mapping[str, int],
    now: datetime,
    sample: SourceSample,
    mix_said: str,
) -> Certificate:
    """The certificate of a threshold that meets the limit."""
    shares = normal_mix(mix)
    kinds = tuple(_certified(point, status, sample, chosen.threshold) for point in chosen.kinds)
    return Certificate(
        snapshot=manifest.snapshot,
        manifest=status.task.manifest,
        source_digest=manifest.source_digest,
        forms_version=manifest.forms_version,
        match_version=manifest.match_version,
        made_up=manifest.made_up,
        certified_at=now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        seed=status.task.seed,
        asks=status.task.asks,
        confidence_percent=CONFIDENCE_PERCENT,
        limit=limit,
        own_threshold=round(weights.threshold_bits * 100),
        threshold=chosen.threshold,
        margin=round(weights.margin_bits * 100),
        kinds=kinds,
        maximum=chosen.worst.bound,
        mix=shares,
        mix_said=mix_said,
        weighted=weighted_bound(chosen, shares),
        proxy_asked=chosen.proxy,
        proxy_confirmed=chosen.recalled,
        people=sample.rows,
        not_covered=(*_limits(status), _ASKED[status.task.asks], *_NOT_COVERED),
        confusions=dict(sample.confusions),
    )


def _certified(
    point: KindPoint, status: CertificationStatus, sample: SourceSample, threshold: int
) -> CertifiedKind:
    """One kind, by question and by person. A person has as many rows as people have on average."""
    count = status.tally[point.kind]
    people = max(1, count.most_rows * (sample.people or sample.rows) // max(1, sample.rows))
    wrong = min(people, count.rows_confirmed_from(threshold // HALF))
    return CertifiedKind(
        point.kind,
        KINDS[point.kind].sentence,
        point.asked,
        point.wrong,
        point.bound,
        count.none_after_all,
        people,
        wrong,
        parts(upper_bound(wrong, people)),
    )


def _limits(status: CertificationStatus) -> list[str]:
    """What holds for this certification alone: kinds left out, and kinds of which the source shows
    few."""
    left_out = [
        f"Decoys of the kind {name}: none was asked. {KINDS[name].sentence}"
        for name in status.task.without
    ]
    few = [
        f"Decoys of the kind {name} beyond the {count.most_rows} rows or so of the source that "
        f"all {count.asked} are about."
        for name in status.task.kinds
        for count in [status.tally[name]]
        if count.most_rows * _REPEATED < count.asked
    ]
    return left_out + few


def normal_mix(mix: Mapping[str, int]) -> dict[str, int]:
    """Shares of a million by kind, rounded; kinds not named have none."""
    total = sum(mix.values())
    return {name: round(mix.get(name, 0) * MILLION / total) for name in KINDS}


def weighted_bound(point: Point, shares: Mapping[str, int]) -> int:
    """The bounds weighted by the shares, in parts of 10**12, rounded up. A kind that was not tried
    has the bound 1."""
    bounds = {kind.kind: kind.bound for kind in point.kinds}
    total = sum(share * bounds.get(kind, PARTS) for kind, share in shares.items())
    return -(-total // sum(shares.values()))


def refusal(
    chosen: Point | None, points: Sequence[Point], limit: int, least_recall: float
) -> StateFault | None:
    """Why there is no certificate; None where there can be one."""
    if chosen is not None and chosen.recall >= least_recall:
        return None
    useful = [point for point in points if point.recall >= least_recall] or list(points[:1])
    best = min(useful, key=lambda point: (point.worst.bound, point.threshold))
    over = [kind for kind in best.kinds if kind.bound > limit]
    figures = "; ".join(
        f"{k.kind} {k.wrong} of {k.asked}, bound {k.bound / PARTS:.2e}" for k in over
    )
    met = (
        ""
        if chosen is None
        else f" It is met from {chosen.threshold / 100:.1f} bits on, where {chosen.recall:.3f} "
        "are confirmed."
    )
    return StateFault(
        "certify_limit_not_met",
        f"no threshold that confirms {least_recall:.2f} of the register's own people meets the "
        f"limit of {limit / PARTS:.1e};"
        f" at {best.threshold / 100:.1f} bits: {figures}.{met}",
        place="certificate",
        cure="Nothing was certified; the threshold is as it was. Require a date of birth (--ask "
        "birth), raise --limit with the agreement's"
        " parties, or ask more decoys with --per-class; docs/guides/statistician.md shows how "
        "to read the figures.",
    )
