"""`python -m bench.addresses`: three readers on the public labeled sets; print the table and write
docs/measurements/addresses.md."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator

from bench.addresses.labels import reason_of
from bench.addresses.page import Measured, table, write_page
from bench.addresses.readers import READERS
from bench.addresses.sets import EVERY, LARGE, ROOT, SETS, fetch, is_plain, rows
from bench.addresses.truth import Parts, invented, lost, truth_of


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m bench.addresses", description=__doc__)
    options.add_argument("--no-page", action="store_true", help="print only")
    options.add_argument(
        "--show",
        metavar="SET",
        choices=SETS,
        help="print what we read otherwise in this set, and no table",
    )
    chosen = options.parse_args()
    fetch()
    if chosen.show:
        print("\n".join(differences(chosen.show)))
        return
    found: list[Measured] = []
    for name in SETS:
        print(name, file=sys.stderr)
        found.append(measure(name))
    print("\n".join(table(found)))
    if not chosen.no_page:
        write_page(ROOT / "docs" / "measurements", found)


def measure(name: str) -> Measured:
    """Count one set's plain rows by reader and outcome."""
    otherwise = Counter[str]()
    counts, total, plain, with_unit = {reader: Counter[str]() for reader in READERS}, 0, 0, 0
    for row in rows(name):
        total += 1
        if not is_plain(row[1]):
            continue
        truth = truth_of(row[1])
        if name in LARGE and not truth.unit and total % EVERY:
            continue
        plain, with_unit = plain + 1, with_unit + bool(truth.unit)
        reason = reason_of(row[0])
        for reader, read in READERS.items():
            found = list(outcomes(truth, read(row)))
            if reason:
                otherwise[reason] += reader == "ours" and "right" not in found
                found = [each for each in found if each not in {"lost", "invented"}]
            counts[reader].update(found)
            counts[reader]["unit_not_read"] += bool(truth.unit) and "not_read" in found
    return Measured(name, total, plain, with_unit, counts, otherwise)


def outcomes(truth: Parts, read: Parts | None) -> Iterator[str]:
    """What came of one row: any of right, lost, invented; or not_read."""
    if read is None:
        yield "not_read"
        return
    if read == truth:
        yield "right"
    if lost(truth, read):
        yield "lost"
    if invented(truth, read):
        yield "invented"


def differences(name: str) -> Iterator[str]:
    """The rows that we read otherwise than they are labeled: for whoever mends the forms. Printed,
    never kept."""
    for row in rows(name):
        if is_plain(row[1]):
            truth, read = truth_of(row[1]), READERS["ours"](row)
            found = " ".join(outcomes(truth, read))
            if found != "right":
                found = " ".join((found, reason_of(row[0]) or "")).strip()
                yield f"{found or 'other'}\t{row[0]}\t{tuple(truth)}\t{read and tuple(read)}"


if __name__ == "__main__":
    main()
