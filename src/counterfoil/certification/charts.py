"""The pictures of a certificate (bound by kind; own people as held, by threshold) and of an
evaluation's curve. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from counterfoil.certification.curves import PARTS, Point
from counterfoil.core import svg
from counterfoil.core.svg import BLUE, INK, PALE, RED, Frame

_WIDTH: Final = 860
_ROW: Final = 26
_LEFT: Final = 130
_DECADES: Final = (1e-7, 1.0)


def draw_certificate(
    points: Sequence[Point], chosen: Point | None, limit: int, snapshot: str
) -> str:
    """Bars: the bound of each kind at the certified threshold, or at the weights' own where none
    is. Below: the own people as held."""
    shown = chosen or points[0]
    state = (
        f"Certified at {shown.threshold / 100:.1f} bits"
        if chosen
        else f"Not certified; shown at {shown.threshold / 100:.1f} bits"
    )
    title = f"Wrong confirmations of snapshot {snapshot}"
    listed = "; ".join(
        f"{kind.kind} {kind.wrong} wrong of {kind.asked}, bound {kind.bound / PARTS:.1e}"
        for kind in shown.kinds
    )
    description = (
        f"{state}. Limit {limit / PARTS:.1e}. 95 % upper bound by kind of decoy: "
        f"{listed}. Own people as held {shown.recall:.4f}."
    )
    height = 80 + _ROW * len(shown.kinds) + 330
    return svg.page(
        _WIDTH,
        height,
        title,
        description,
        [
            svg.text(16, 26, f"{title}: {state}", bold=True),
            svg.text(16, 46, "95 % upper bound of each kind of decoy; the red line is the limit"),
            *_bars(shown, limit),
            *_recall(points, chosen, 80 + _ROW * len(shown.kinds) + 60),
        ],
    )


def _bars(shown: Point, limit: int) -> list[str]:
    low, high = (math.log10(edge) for edge in _DECADES)
    frame = Frame(_LEFT, 64, 470, _ROW * len(shown.kinds), (low, high), (0, 1))
    parts: list[str] = []
    for at, kind in enumerate(shown.kinds):
        y = frame.top + _ROW * at
        rate = max(_DECADES[0], kind.bound / PARTS)
        end = frame.across(math.log10(rate))
        over = kind.bound > limit
        label = (
            f"{kind.bound / PARTS:.2e}  ({kind.wrong} of "
            f"{kind.asked:,}){', over the limit' if over else ''}"
        )
        parts += [
            svg.text(_LEFT - 8, y + 17, kind.kind, anchor="end"),
            svg.bar(frame.left, y + 4, end - frame.left, _ROW - 8, PALE if over else BLUE),
            svg.text(frame.left + frame.width + 8, y + 17, label),
        ]
    at_limit = frame.across(math.log10(limit / PARTS)) if limit else frame.left
    foot = frame.top + frame.height
    ticks = [(float(exponent), f"1e{exponent}" if exponent else "1") for exponent in range(-7, 1)]
    return [
        *parts,
        *svg.axes(frame, ticks, ()),
        svg.line((at_limit, frame.top - 4), (at_limit, foot), RED, "5 3"),
    ]


def _recall(points: Sequence[Point], chosen: Point | None, top: float) -> list[str]:
    frame = Frame(
        _LEFT, top, 600, 200, (points[0].threshold / 100, points[-1].threshold / 100), (0, 1)
    )
    ticks = [(bits, f"{bits:g}") for bits in range(math.ceil(frame.x[0]), int(frame.x[1]) + 1, 2)]
    parts = [
        svg.text(
            16,
            top - 14,
            "Share of the register's own people who are confirmed, asked as held, by threshold "
            "in bits",
            bold=True,
        ),
        *svg.axes(frame, ticks, [(share / 4, f"{share * 25} %") for share in range(5)]),
        svg.path(
            [(frame.across(point.threshold / 100), frame.up(point.recall)) for point in points],
            BLUE,
        ),
    ]
    if chosen is not None:
        x, y = frame.across(chosen.threshold / 100), frame.up(chosen.recall)
        parts += [
            svg.line((x, frame.top), (x, frame.top + frame.height), INK, "2 3"),
            svg.text(
                x + 6,
                max(y + 18, frame.top + 14),
                f"certified: {chosen.threshold / 100:.1f} bits, {chosen.recall:.1%}",
            ),
        ]
    return parts


def draw_curve(
    thresholds: Sequence[float],
    recall: Sequence[float],
    wrong: Sequence[int],
    false: int,
    own: float,
) -> str:
    """Recall (line, left) and wrong confirmations (dashed, right) of labelled questions, by
    threshold in bits."""
    most = max(1, *wrong)
    frame = Frame(70, 70, 640, 300, (thresholds[0], thresholds[-1]), (0, 1))
    at = min(range(len(thresholds)), key=lambda index: abs(thresholds[index] - own))
    description = (
        f"At the threshold in use, {own:.1f} bits: recall {recall[at]:.4f}, {wrong[at]} wrong "
        f"of {false} false questions. "
        f"From {thresholds[0]:.1f} bits ({recall[0]:.4f}, {wrong[0]} wrong) to "
        f"{thresholds[-1]:.1f} ({recall[-1]:.4f}, {wrong[-1]} wrong)."
    )
    shares = [(share / 4, f"{share * 25} %") for share in range(5)]
    ticks = [
        (bits, f"{bits:g}") for bits in range(math.ceil(thresholds[0]), int(thresholds[-1]) + 1, 2)
    ]
    x = frame.across(own)
    return svg.page(
        _WIDTH,
        430,
        "Recall and wrong confirmations by threshold",
        description,
        [
            svg.text(16, 26, "Recall and wrong confirmations by threshold in bits", bold=True),
            svg.text(16, 48, "recall: whole line, left", colour=BLUE),
            svg.text(
                230,
                48,
                f"wrong confirmations among {false} false questions: dashed line, right",
                colour=RED,
            ),
            *svg.axes(frame, ticks, shares),
            *[
                svg.text(frame.left + frame.width + 8, frame.up(share) + 4, f"{most * share:g}")
                for share, _ in shares
            ],
            svg.path(
                [
                    (frame.across(t), frame.up(value))
                    for t, value in zip(thresholds, recall, strict=True)
                ],
                BLUE,
            ),
            svg.path(
                [
                    (frame.across(t), frame.up(count / most))
                    for t, count in zip(thresholds, wrong, strict=True)
                ],
                RED,
                "6 4",
            ),
            svg.line((x, frame.top), (x, frame.top + frame.height), INK, "2 3"),
            svg.text(x + 6, frame.top + 14, f"in use: {own:.1f} bits"),
        ],
    )
