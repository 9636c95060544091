"""A small writer of SVG charts: axes, bars, lines and labels, readable without colour and by a
screen reader. Pure.

Every picture has a `title` and a `desc` that says in words what is drawn, `role="img"`, and text
for every value that matters. No script, no style sheet, no font that must be fetched. All text is
escaped; what cannot be printed is left out. Numbers are rounded to tenths, so the same figures give
the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple
from xml.sax import saxutils

INK: Final = "#1b1b1b"
PALE: Final = "#a9aeb1"
BLUE: Final = "#005ea2"
RED: Final = "#b50909"
_FONT: Final = 'font-family="sans-serif" font-size="13"'


def escape(words: str) -> str:
    """`words` as XML text."""
    return saxutils.escape("".join(char for char in words if char.isprintable()))


class Frame(NamedTuple):
    """A chart's place on the page, in pixels, and the values at its edges. `log_y`: decades from
    bottom to top."""

    left: float
    top: float
    width: float
    height: float
    x: tuple[float, float]
    y: tuple[float, float]
    log_y: bool = False

    def across(self, value: float) -> float:
        """Pixels from the left of the page."""
        low, high = self.x
        return self.left + self.width * (value - low) / ((high - low) or 1)

    def up(self, value: float) -> float:
        """Pixels from the top of the page; values outside are drawn on the edge."""
        low, high = self.y
        if self.log_y:
            low, high, value = math.log10(low), math.log10(high), math.log10(max(value, 1e-300))
        share = min(1.0, max(0.0, (value - low) / ((high - low) or 1)))
        return self.top + self.height * (1 - share)


def page(width: int, height: int, title: str, description: str, parts: Sequence[str]) -> str:
    """A whole picture."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 '
        f'0 {width} {height}"'
        ' role="img" aria-labelledby="title desc">'
    )
    names = (
        f'<title id="title">{escape(title)}</title>\n<desc id="desc">{escape(description)}</desc>'
    )
    return "\n".join(
        [
            head,
            names,
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            *parts,
            "</svg>",
            "",
        ]
    )


def text(
    x: float, y: float, words: str, *, anchor: str = "start", bold: bool = False, colour: str = INK
) -> str:
    """A line of text whose baseline begins, ends or is centered at (x, y)."""
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" {_FONT}{weight} fill="{colour}" '
        f'text-anchor="{anchor}">{escape(words)}</text>'
    )


def line(
    one: tuple[float, float], two: tuple[float, float], colour: str = PALE, dash: str = ""
) -> str:
    """A straight line, dashed if `dash` says how."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{one[0]:.1f}" y1="{one[1]:.1f}" x2="{two[0]:.1f}" y2="{two[1]:.1f}"'
        f' stroke="{colour}" stroke-width="1.5"{dashed}/>'
    )


def bar(x: float, y: float, width: float, height: float, colour: str) -> str:
    """A filled bar."""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 1):.1f}" height="{height:.1f}" '
        f'fill="{colour}"/>'
    )


def path(points: Sequence[tuple[float, float]], colour: str, dash: str = "") -> str:
    """A line through the points."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="2"{dashed}/>'


def axes(
    frame: Frame, x_ticks: Sequence[tuple[float, str]], y_ticks: Sequence[tuple[float, str]]
) -> list[str]:
    """The frame's lines with their labels."""
    left, foot = frame.left, frame.top + frame.height
    parts: list[str] = []
    for value, label in y_ticks:
        level = frame.up(value)
        parts += [
            line((left, level), (left + frame.width, level), "#e6e6e6"),
            text(left - 6, level + 4, label, anchor="end"),
        ]
    for value, label in x_ticks:
        parts.append(text(frame.across(value), foot + 18, label, anchor="middle"))
    return [
        *parts,
        line((left, frame.top), (left, foot)),
        line((left, foot), (left + frame.width, foot)),
    ]
