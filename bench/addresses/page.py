"""The table of the address readers, and docs/measurements/addresses.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final, NamedTuple

from bench.addresses.labels import REASONS


class Measured(NamedTuple):
    """One set: its different rows, the plain ones, those with a unit, counts by reader and outcome,
    labels read otherwise by class."""

    name: str
    rows: int
    plain: int
    with_unit: int
    counts: dict[str, Counter[str]]
    otherwise: Counter[str]


def table(found: Sequence[Measured]) -> list[str]:
    """One line for each set and reader."""
    lines = [
        "| set | rows | plain | with a unit | reader | all parts right | units lost | units "
        "invented | not read | of them with a unit |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for each in found:
        for reader, counts in each.counts.items():
            lines.append(
                f"| {each.name} | {each.rows:,} | {each.plain:,} | {each.with_unit:,} | {reader} | "
                f"{counts['right'] / max(1, each.plain):.1%} | {counts['lost']:,} | "
                f"{counts['invented']:,} | {counts['not_read']:,} | "
                f"{counts['unit_not_read']:,} |"
            )
    return lines


def reasons(found: Sequence[Measured]) -> list[str]:
    """One line for each class of labels that we read otherwise on purpose."""
    lines = [
        "| a row like (made up) | labeled | read as, and why | rows |",
        "| --- | --- | --- | --- |",
    ]
    for name, reason in REASONS.items():
        rows = sum(each.otherwise[name] for each in found)
        lines.append(f"| `{reason.example}` | {reason.labeled} | {reason.read} | {rows:,} |")
    return lines


def write_page(folder: Path, found: Sequence[Measured]) -> None:
    """Write the page."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = {"table": "\n".join(table(found)), "reasons": "\n".join(reasons(found))}
    said = _PAGE.format(**lines, usaddress=version("usaddress"), doorplate=version("doorplate"))
    (folder / "addresses.md").write_text(said, encoding="utf-8")


_PAGE: Final = """# Addresses, beside two parsers

Written by `python -m bench.addresses`; not edited by hand. The sets are public and labeled; they come inside the
source package of usaddress {usaddress} and are fetched by hash, never committed (`bench/addresses/sets.py`).

**Readers.** Ours: `normalize.normalize_address`, as gate, register and matching use it. usaddress {usaddress}: `tag`, on the
whole text as it was labeled; these are the sets that its model was trained on. doorplate {doorplate}:
`parse_fields`, as it comes, with line, city, state and ZIP apart, as ours gets them.

**Plain rows** are one address and nothing else: rows with the name of a person, a building or a landmark, crossings,
and rows whose place is not at the end are left out. Counted are different rows. Of the two large sets
(openaddress linn, synthetic osm) every plain row with a unit is read, and every tenth of the others.

**Right** means number, predirectional, street, suffix, postdirectional, unit and box, each as labeled, in a fold
that forgives what Publication 28 calls the same and no letter or digit of an identifier (`bench/addresses/truth.py`).
**Lost**: some run of letters or digits of the labeled unit is in no unit, box or letter of the house number that
was read (4922-N and 4922 UNIT N are one unit). **Invented**: the other way round. **Not read**: the reader says that
it cannot read the row. Ours then makes no form, or one without its number, street or box, which has no exact address key: such an
address can be neither in a register nor asked about, so that nothing is confirmed and no unit is lost in it. Counted are also those
of them whose label has a unit: mostly two addresses in one (a department before a PO box), and numbers in words.

{table}

## Labels that we read otherwise, and why

These rows count neither as lost nor as invented, for any reader. They are not right, either, where their label is not met.
`bench/addresses/labels.py` holds the digest of each with its class, and nothing of its text.

{reasons}

All other labels are usaddress's own and are counted as they are, mistakes included. Letters of a unit are checked by nothing
but the reading; digits by the last check of `normalize/addresses.py`, which keeps every digit of a line in some part of the form or
makes no form. The forms were mended on these rows, so that the table says what they do on them and not what they do on rows
that nobody has looked at. `python -m bench.addresses --show labeled` prints every row that we read otherwise.
"""
