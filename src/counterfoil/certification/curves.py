"""Wrong confirmations and the recall proxy by threshold, and the threshold that meets a limit.
Pure.

A threshold is certified if at it, for every kind of decoy, the bound is at or under the limit.
Thresholds are tried from the highest down, on the half-bit grid, and the last that still meets the
limit is taken. Confirmations only grow on the way down, so the first that fails ends the search:
that is a fixed-sequence test, and the choice needs no correction. Had the true rate of a kind at
the chosen threshold been above the limit, the bound would have shown less than the limit with
probability 5 % at most.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from counterfoil.certification.bounds import parts, upper_bound
from counterfoil.certification.decoys import KINDS
from counterfoil.certification.tally import PROXY, Tally
from counterfoil.core.values import Public

HALF: Final = 50
"""Hundredths of a bit in half a bit."""
HIGHEST: Final = 2000


class KindPoint(Public, frozen=True, gc=False):
    """One kind at one threshold: decoys asked, wrong, and the bound in parts of 10**12."""

    kind: str
    asked: int
    wrong: int
    bound: int


class Point(Public, frozen=True, gc=False):
    """One threshold, in hundredths of a bit. `recalled` of `proxy` own questions are confirmed at
    it."""

    threshold: int
    kinds: tuple[KindPoint, ...]
    proxy: int
    recalled: int

    @property
    def worst(self) -> KindPoint:
        """The kind with the highest bound."""
        return max(self.kinds, key=lambda kind: kind.bound)

    @property
    def recall(self) -> float:
        """Share of the proxy's questions that are confirmed."""
        return self.recalled / max(1, self.proxy)


def point_at(tally: Tally, threshold: int, names: Iterable[str] = tuple(KINDS)) -> Point:
    """The counts of the kinds named, at a threshold on the half-bit grid."""
    least = threshold // HALF
    kinds = tuple(
        KindPoint(name, tally[name].asked, wrong, parts(upper_bound(wrong, tally[name].asked)))
        for name in names
        for wrong in [tally[name].confirmed_from(least)]
    )
    return Point(threshold, kinds, tally[PROXY].asked, tally[PROXY].confirmed_from(least))


def curve(
    tally: Tally, own_threshold: int, names: Sequence[str] = tuple(KINDS)
) -> tuple[Point, ...]:
    """From the first threshold on the grid that is at or above the weights' own, up to
    `HIGHEST`."""
    first = -(-own_threshold // HALF) * HALF
    return tuple(point_at(tally, threshold, names) for threshold in range(first, HIGHEST + 1, HALF))


def lowest_meeting(points: Iterable[Point], limit: int) -> Point | None:
    """The lowest threshold from which on every kind meets `limit` (parts of 10**12). None where
    none does."""
    chosen: Point | None = None
    for point in sorted(points, key=lambda point: -point.threshold):
        if point.worst.bound > limit:
            break
        chosen = point
    return chosen


def curve_csv(points: Sequence[Point]) -> str:
    """One line for each threshold: bits, recall proxy, then wrong and bound of each kind."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [kind.kind for kind in points[0].kinds]
    named = [f"{name}_{what}" for name in names for what in ("asked", "wrong", "bound")]
    writer.writerow(["threshold_bits", "recall_proxy", *named])
    for point in points:
        cells = [
            cell
            for kind in point.kinds
            for cell in (kind.asked, kind.wrong, f"{kind.bound / 1e12:.3e}")
        ]
        writer.writerow([f"{point.threshold / 100:.1f}", f"{point.recall:.6f}", *cells])
    return out.getvalue()
