"""The sample of a batch, row by row at a terminal: why a row was asked first, then what was asked,
what was compared, and what was decided; then the officer's own yes or no.

Words go to stderr, answers come from stdin, which must be a terminal: a pipe that says yes to
everything looks at nothing. What another officer found of the same sample is not shown.
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Sequence
from typing import Final

from counterfoil.cli.output import say
from counterfoil.controls.sampling.sheet import SheetRow
from counterfoil.core.errors import UsageFault
from counterfoil.disclosure.explain_chart import feature_words

_WIDTH: Final = 78
_LABEL: Final = 12
_KEYS: Final = "y agree, n do not agree, w why, b back, q leave"


def can_walk() -> bool:
    """Whether somebody sits at a terminal."""
    return sys.stdin.isatty()


def walk(rows: Sequence[SheetRow], why: Callable[[SheetRow], str]) -> dict[str, bool]:
    """What the officer says of each row, by the row's digest. `why` explains one row, which is
    entered as a look. Raises UsageFault `review_left` where the officer leaves before the end."""
    found: list[bool] = []
    while len(found) < len(rows):
        row = rows[len(found)]
        say(f"\n{row_text(row, len(found) + 1, len(rows))}\n\n  {_KEYS}")
        answer = _answer("Do you agree? ", "ynwbq")
        if answer == "w":
            say("\n" + textwrap.indent(why(row), "  "))
            answer = _answer("Do you agree? ", "ynbq")
        if answer == "q":
            raise _left()
        if answer == "b":
            found[-1:] = []
        else:
            found.append(answer == "y")
    return _confirmed(rows, found)


def row_text(row: SheetRow, number: int, count: int) -> str:
    """One row, readable on 80 columns."""
    asked = [f"{feature_words(name)}: {value}" for name, value in row.asked.items()]
    compared = [f"{feature_words(feature)}: {level}" for feature, level in row.evidence]
    parts = [
        ("Under", [row.authority or "nothing was cited"]),
        ("Reason", [row.reason or "none was given"]),
        ("Matter", [row.investigation] if row.investigation else []),
        ("Asked", asked),
        ("Compared", compared or ["nothing that is held fits"]),
        ("Decided", [row.decided.replace("_", " ")]),
    ]
    lines = [f"Row {number} of {count}: {row.request_id}"]
    for label, texts in parts:
        for place, text in enumerate(texts):
            first = f"  {label if place == 0 else '':{_LABEL - 2}}"
            lines += textwrap.wrap(
                text, _WIDTH, initial_indent=first, subsequent_indent=" " * _LABEL
            ) or [first]
    return "\n".join(lines)


def _confirmed(rows: Sequence[SheetRow], found: Sequence[bool]) -> dict[str, bool]:
    """What was said, once the officer has seen it summed up. Raises UsageFault `review_left`."""
    against = [row.request_id for row, agrees in zip(rows, found, strict=True) if not agrees]
    if against:
        say(
            f"\nYou do not agree with {len(against)} of {len(rows)} rows: {', '.join(against)}.\n"
            "That is entered and stops the batch, and you cannot agree to it later."
        )
    else:
        say(f"\nYou agree with all {len(rows)} rows.")
    if _answer("Sign that? y or n: ", "yn") == "n":
        raise _left()
    return {row.digest: agrees for row, agrees in zip(rows, found, strict=True)}


def _answer(prompt: str, allowed: str) -> str:
    """One of these letters, or a word that begins with it. Raises UsageFault `review_left` where
    the input ends."""
    while True:
        sys.stderr.write(prompt)
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            raise _left()
        letter = line.strip().lower()[:1]
        if letter and letter in allowed:
            return letter
        say(f"  Type one of {', '.join(allowed)}.")


def _left() -> UsageFault:
    return UsageFault(
        "review_left",
        "the sample was left before its end; nothing was signed",
        place="review",
        cure="Run the same command again, or have the sheet written with --sheet-out.",
    )
