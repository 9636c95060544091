"""`counterfoil evaluate`: recall and wrong confirmations over labelled questions, by group and by
threshold."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from counterfoil.certification.charts import draw_curve
from counterfoil.certification.curves import upper_bound
from counterfoil.certification.evaluate import Evaluation, Examination, examine
from counterfoil.cli.options import AsJson, OfficeDir, PassphraseFile, Quiet, opened
from counterfoil.cli.output import DONE_WITH_REJECTS, faults, progress, say, show, write_file


def evaluate(
    labelled: Annotated[
        Path,
        typer.Argument(metavar="LABELLED", help="Person, address and period columns, and `truth`."),
    ],
    directory: OfficeDir,
    curve: Annotated[
        Path | None,
        typer.Option(
            help="Write recall and wrong confirmations by threshold as CSV.", show_default=False
        ),
    ] = None,
    svg: Annotated[Path | None, typer.Option(help="Draw the same.", show_default=False)] = None,
    errors: Annotated[
        Path | None,
        typer.Option(
            help="Write the ids of wrong and missed questions with their levels as JSON lines.",
            show_default=False,
        ),
    ] = None,
    passphrase_file: PassphraseFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Recall and wrong confirmations over labelled questions, by group of names. Made-up registers
    only."""
    with faults(as_json=as_json):
        office = opened(directory, passphrase_file)
        with progress(quiet=quiet or as_json) as advance:
            found = examine(office, labelled, advance)
        write_file(curve, _curve_lines(found))
        write_file(svg, [_picture(found)])
        write_file(
            errors, (msgspec.json.encode(mistake).decode() + "\n" for mistake in found.mistakes)
        )
        counts: dict[str, Any] = msgspec.to_builtins(found.evaluation)
        told = counts | {
            "slices": msgspec.to_builtins(found.slices),
            "groups": msgspec.to_builtins(found.groups),
        }
        show(
            told, msgspec.json.format(msgspec.json.encode(told), indent=2).decode(), as_json=as_json
        )
        say(_remark(found.evaluation), quiet=quiet or as_json)
        if found.evaluation.rejected:
            raise typer.Exit(DONE_WITH_REJECTS)


def _remark(found: Evaluation) -> str:
    bound = upper_bound(found.confirmed_false, found.false_) if found.false_ else 1.0
    return (
        f"Wrong: {found.confirmed_false} of {found.false_}; with 95 % confidence at most "
        f"{bound:.2e} of such questions."
    )


def _curve_lines(found: Examination) -> Iterable[str]:
    true, false = max(1, found.evaluation.true_), found.evaluation.false_
    yield "threshold_bits,confirmed_true,recall,confirmed_false,wrong_bound_95\n"
    for point in found.curve:
        bound = upper_bound(point.confirmed_false, false) if false else 1.0
        yield (
            f"{point.threshold_bits:.1f},{point.confirmed_true},{point.confirmed_true / true:.6f},"
            f"{point.confirmed_false},{bound:.3e}\n"
        )


def _picture(found: Examination) -> str:
    true = max(1, found.evaluation.true_)
    return draw_curve(
        [point.threshold_bits for point in found.curve],
        [point.confirmed_true / true for point in found.curve],
        [point.confirmed_false for point in found.curve],
        found.evaluation.false_,
        found.threshold_bits,
    )
