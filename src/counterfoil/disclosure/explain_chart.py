"""The evidence of one explanation as a waterfall, in text and as SVG: each line of evidence moves
the sum up or down. Pure.

    +6.12  given name: equal     |++++++++++++          |   6.12
    +3.00  middle name: initial  |            ++++++    |   9.12
    -2.00  address: affix        |              ----    |   7.12

`+` and `-` tell the direction, and every line has its weight and the sum after it as text, so that
nothing hangs on colour or on seeing the bars. A contradiction is named as one; its bar ends at the
left edge, because it ends the sum whatever follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from counterfoil.core import svg
from counterfoil.core.svg import BLUE, INK, PALE, RED, Frame
from counterfoil.disclosure.explain import Explanation

CONTRADICTION_BITS: Final = -60.0
"""A line of this weight or less is a contradiction (matching/table.py)."""
_LOWEST: Final = -12.0
"""Sums under it are drawn at the left edge."""
_COLUMNS: Final = 26
_LABEL: Final = 26
_LONGEST: Final = 60
FEATURE_WORDS: Final[Mapping[str, str]] = {
    "given": "given name",
    "middle": "middle name",
    "family": "family name",
    "door": "address",
    "dob": "date of birth",
    "tin": "tax number",
    "crowd": "how many live there",
}
"""What is compared, in words, where its own name says too little."""
_ROW: Final = 28


class Step(NamedTuple):
    """One line of evidence: what it says, its weight, and the sum before and after it, in bits."""

    label: str
    weight_bits: float
    before: float
    after: float

    @property
    def is_contradiction(self) -> bool:
        """Whether nothing can make up for it."""
        return self.weight_bits <= CONTRADICTION_BITS


def steps_of(found: Explanation) -> tuple[Step, ...]:
    """The lines of the best resident in their order, with running sums. Empty before `determine`,
    and where nobody was compared."""
    steps: list[Step] = []
    total = 0.0
    for each in found.evidence:
        before, total = total, round(total + each.weight_bits, 2)
        steps.append(
            Step(
                f"{feature_words(each.feature)}: {each.level.replace('_', ' ')}",
                each.weight_bits,
                before,
                total,
            )
        )
    return tuple(steps)


def feature_words(feature: str) -> str:
    """A feature of the evidence as a person reads it."""
    return FEATURE_WORDS.get(feature, feature)


def draw_text(found: Explanation) -> list[str]:
    """One line of at most 80 columns for each step."""
    steps = steps_of(found)
    frame = Frame(0, 0, _COLUMNS, 1, _span(steps), (0, 1))
    return [
        f"  {step.weight_bits:+8.2f}  {step.label:<{_LABEL}} |{_bar(step, frame)}| "
        + ("contradiction" if step.is_contradiction else f"{step.after:7.2f}")
        for step in steps
    ]


def draw_svg(found: Explanation, asked: Mapping[str, str] | None = None) -> str:
    """A whole picture. With `asked` each line names the value of the request by its feature;
    without, the picture holds none."""
    steps, values = steps_of(found), asked or {}
    decided = found.decided.replace("_", " ") or "not decided"
    title = f"Evidence for request {found.request_id}: {decided}"
    frame = Frame(330, 58, 380, _ROW * max(1, len(steps)), _span(steps), (0, 1))
    parts = [
        svg.text(16, 26, title, bold=True),
        svg.text(16, 46, "weights in bits; each bar begins where the last one ended"),
    ]
    for at, (step, line) in enumerate(zip(steps, found.evidence, strict=True)):
        value = values.get(line.feature, "")
        parts += _row(
            step,
            frame,
            frame.top + _ROW * at,
            f'{step.label} (asked: "{_short(value)}")' if value else step.label,
        )
    zero, foot = frame.across(0), frame.top + frame.height
    parts += [
        svg.line((zero, frame.top - 6), (zero, foot + 6), INK),
        svg.text(zero, foot + 22, "0", anchor="middle"),
    ]
    parts.append(svg.text(16, foot + 46, _sum(found), bold=True))
    return svg.page(860, int(foot) + 64, title, _described(found, steps), parts)


def _row(step: Step, frame: Frame, y: float, label: str) -> list[str]:
    left, right = sorted(_clamp(value, frame) for value in (step.before, step.after))
    colour = RED if step.is_contradiction else BLUE if step.weight_bits > 0 else PALE
    told = (
        "contradiction"
        if step.is_contradiction
        else f"{step.weight_bits:+.2f}, sum {step.after:.2f}"
    )
    return [
        svg.text(16, y + 18, label),
        svg.bar(left, y + 5, right - left, _ROW - 10, colour),
        svg.text(frame.left + frame.width + 10, y + 18, told),
    ]


def _clamp(value: float, frame: Frame) -> float:
    return frame.across(min(frame.x[1], max(frame.x[0], value)))


def _span(steps: tuple[Step, ...]) -> tuple[float, float]:
    sums = [0.0, *(step.after for step in steps)]
    return max(_LOWEST, min(sums)), max(1.0, *sums)


def _bar(step: Step, frame: Frame) -> str:
    left, right = sorted(round(_clamp(value, frame)) for value in (step.before, step.after))
    return (" " * left + ("+" if step.weight_bits > 0 else "-") * (right - left)).ljust(_COLUMNS)


def _sum(found: Explanation) -> str:
    if not found.evidence:
        compared = found.decided in ("confirmed", "not_confirmed")
        return (
            "No resident to compare with in these periods." if compared else "Nothing was compared."
        )
    return f"Best resident: {found.score_bits:.2f} bits, {found.margin_bits:.2f} above the next."


def _described(found: Explanation, steps: tuple[Step, ...]) -> str:
    told = "; ".join(
        f"{step.label} {'a contradiction' if step.is_contradiction else f'{step.weight_bits:+.2f}'}"
        for step in steps
    )
    return (
        "A waterfall of the evidence, line by line, in bits. "
        f"{told + '. ' if told else ''}{_sum(found)}"
    )


def _short(value: str) -> str:
    return value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "\u2026"
