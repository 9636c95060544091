"""Runs the reported file against made-up offices: once under the limits of treasury-dhs-2025, once
with some lifted.

DIR/requests.csv, people.csv     the file and the register's source (replay.py)
DIR/limited/                     a sandbox office with every limit of treasury-dhs-2025: the file is
                                 refused whole
DIR/lifted/                      the same, for study, with `LIFTED` lifted: what then stops each
                                 defect, and what is confirmed
DIR/answers.jsonl                what would leave the second office

Both offices are sandboxes because the people are made up; elements, lists and all other limits are
those of the agreement.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from counterfoil import client
from counterfoil.client import sandbox_key
from counterfoil.core.errors import UsageFault, VerifyFault
from counterfoil.core.use_cases import watcher
from counterfoil.demo.offices import make_office, prepare_directory
from counterfoil.demo.questions import REQUEST_COLUMNS
from counterfoil.demo.replay import LEAST_ROWS, STOPPED_BY, group_of, replay_rows
from counterfoil.demo.sample import SOURCE_COLUMNS
from counterfoil.disclosure import register_build
from counterfoil.disclosure.screening import REFUSED_BY
from counterfoil.office import Office, law_library

MARKER: Final = ".counterfoil-replay"
LIFTED: Final = ("batch_rows", "matters", "requests_per_day", "requests_per_year")
"""Limits of file, declared caseload and quota. The caseload of one officer stays: it is what stops
F5."""

_LIMITS: Final = re.compile(r"(?m)^limits:\n(?:[ #].*\n)*?(?=# The lists|lists:)")
_CONFIRMABLE: Final = "held"
Progress = Callable[[int, int | None, str], None]


def replay(directory: Path, rows: int, progress: Progress) -> dict[str, Any]:
    """Run everything in `directory`; the figures. A replay that is there already is replaced.

    Raises UsageFault, and VerifyFault `replay_unexpected` where an answer is not what its row was
    made for.
    """
    if rows < LEAST_ROWS:
        raise UsageFault(
            "replay_small",
            "the file is too small to hold every defect",
            place="--rows",
            cure=f"Ask for {LEAST_ROWS} or more.",
        )
    prepare_directory(
        directory,
        MARKER,
        "replay",
        UsageFault(
            "replay_folder_taken",
            "there is something else than a replay there",
            place=directory.name,
            cure="Name another directory with --dir.",
        ),
    )
    _write(directory, rows)
    return {
        "rows": rows,
        "limited": _limited(directory, progress),
        "lifted": _lifted(directory, progress),
    }


def _write(directory: Path, rows: int) -> None:
    with (
        (directory / "requests.csv").open("w", encoding="utf-8", newline="") as requests,
        (directory / "people.csv").open("w", encoding="utf-8", newline="") as people,
    ):
        asked: csv.DictWriter[str] = csv.DictWriter(requests, REQUEST_COLUMNS)
        sources: csv.DictWriter[str] = csv.DictWriter(people, SOURCE_COLUMNS)
        asked.writeheader()
        sources.writeheader()
        for each in replay_rows(rows):
            asked.writerow(each.row)
            sources.writerows(each.held)


def study_agreement(*, lifted: bool) -> str:
    """The sandbox agreement with the limits of treasury-dhs-2025, all of them or but for
    `LIFTED`."""
    agreements = law_library() / "agreements"
    limits = _LIMITS.search((agreements / "treasury-dhs-2025.yaml").read_text(encoding="utf-8"))
    if limits is None:
        raise AssertionError("the agreement states its limits before its lists")
    text = limits[0]
    for name in LIFTED if lifted else ():
        text = re.sub(rf"\b{name}: [0-9]+", f"{name}: 999999999", text)
    return _LIMITS.sub(
        lambda _: text, (agreements / "sandbox.yaml").read_text(encoding="utf-8"), count=1
    )


def _office(directory: Path, name: str, *, lifted: bool) -> Office:
    agreement = directory / f"{name}.yaml"
    agreement.write_text(study_agreement(lifted=lifted), encoding="utf-8")
    return make_office(directory / name, name, agreement)


def _limited(directory: Path, progress: Progress) -> dict[str, Any]:
    """Received, and refused whole: there is nothing to determine."""
    office = _office(directory, "limited", lifted=False)
    counts = client.receive(office, directory / "requests.csv", watcher(progress)).counts
    office.close()
    total = counts["granted"] + counts["refused"] + counts["rejected"]
    whole = sorted(
        name.removeprefix(REFUSED_BY)
        for name, count in counts.items()
        if count == total and name.startswith(REFUSED_BY)
    )
    _expect(
        counts["refused"] == total and bool(whole),
        "a row of the whole file passed the agreement's limits",
    )
    return {"granted": counts["granted"], "refused": counts["refused"], "whole_file": whole}


def _lifted(directory: Path, progress: Progress) -> dict[str, Any]:
    office, out = _office(directory, "lifted", lifted=True), directory / "answers.jsonl"
    manifest = register_build.build_snapshot(
        office, directory / "people.csv", made_up=True, progress=progress
    )
    batch = client.receive(office, directory / "requests.csv", watcher(progress)).batch
    client.determine(office, batch, watcher(progress))
    client.review(office, batch, sandbox_key(office, "officer-a"))
    client.release(office, batch, sandbox_key(office, "officer-b"), out)
    opened = office.custodian().total()
    office.close()
    found = tabulate(out, {element.code: element.id for element in office.law.elements})
    return {"residents": manifest.counts.residents, "opened": opened, **found}


def tabulate(out: Path, elements: dict[str, str]) -> dict[str, Any]:
    """Outcomes by group, elements by group, and what was confirmed that was not made to be.
    `elements`: code to id."""
    outcomes: dict[str, Counter[str]] = {}
    stopped: dict[str, Counter[str]] = {}
    for answer in _answers(out):
        group = group_of(int(answer["request_id"][1:]))
        outcomes.setdefault(group, Counter())[answer["answer"]] += 1
        by = {elements[code] for code in answer["codes"] if code in elements}
        stopped.setdefault(group, Counter()).update(by)
        if group in STOPPED_BY:
            _expect(
                answer["answer"] == "refused" and not by.isdisjoint(STOPPED_BY[group]),
                f"a row made as {group} was not stopped by its element",
            )
        else:
            _expect(answer["answer"] != "refused", f"a row made as {group}, in order, was refused")
            _expect(
                answer["answer"] != "confirmed" or group == _CONFIRMABLE,
                f"a row made as {group} was confirmed",
            )
    return {
        "outcomes": {group: dict(outcomes[group]) for group in sorted(outcomes)},
        "stopped_by": {
            group: dict(stopped[group].most_common()) for group in sorted(stopped) if stopped[group]
        },
    }


def _answers(out: Path) -> Iterator[dict[str, Any]]:
    with out.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _expect(as_expected: bool, what: str) -> None:
    if not as_expected:
        raise VerifyFault(
            "replay_unexpected",
            what,
            place="replay",
            cure="Look at the row with `counterfoil explain BATCH REQUEST_ID` in DIR/lifted.",
        )
