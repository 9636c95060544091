"""A request file looked at before it is sent: its form, what a spreadsheet may have done to it, and
the rules that are public. It needs no key, sends nothing and uses nothing up.

    1  form    what intake would reject, row by row
    2  habits  what a spreadsheet changes (sheets/habits.py)
    3  rules   the law's elements, as the gate finds them today from the row and the file alone:
               what earlier files asked is the holder's knowledge, and is not in it

A row that passes may still be refused, for what was asked before; a row that fails will be.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

from counterfoil import gate, intake
from counterfoil.core.use_cases import Progress
from counterfoil.core.values import Finding, Header, Public, Refusal, Reject, Request
from counterfoil.gate.law.load import Law, load_law
from counterfoil.intake.request_file import RequestFile
from counterfoil.requester.known_office import KnownOffice
from counterfoil.requester.sheets.habits import RowProblem, find_habits

_ROWS: Final = 4096


class Checked(Public, frozen=True):
    """What was found. `rows` counts all rows; `form`, `habits` and `rules` the rows with a problem
    of each kind; `whole` what the file as a whole fails. `ruled` is False where no agreement was
    there to check against."""

    rows: int
    form: int
    habits: int
    rules: int
    whole: tuple[RowProblem, ...]
    ruled: bool


def check_request_file(
    path: Path, header: Header, law: Law | None, on: date
) -> Iterator[RowProblem | Progress | Checked]:
    """Every problem of a request file, in the order of its rows, and last what was found in all.

    Raises InputFault for a file that is no request file, GateFault where the law has no such route
    or is not in force.
    """
    file = intake.open_file(path, default_header=header, principal_keys={})
    judge = _Judge(law, file, header, on) if law else None
    counts: Counter[str] = Counter()
    for table in file.stretches(_ROWS):
        counts["rows"] += len(table.rows) + len(table.rejects)
        problems = [*find_habits(table), *_formal(table)]
        told = {problem.row for problem in problems}
        for kind in ("form", "habit"):
            counts[kind] += len({each.row for each in problems if each.kind == kind})
        if judge is not None:
            ruled = [each for each in judge.problems(table) if each.row not in told]
            counts["rule"] += len({each.row for each in ruled})
            problems += ruled
        yield from sorted(problems, key=lambda problem: problem.row)
        yield Progress(counts["rows"], None, "checking")
    whole = judge.whole() if judge else ()
    yield Checked(
        counts["rows"], counts["form"], counts["habit"], counts["rule"], whole, law is not None
    )


def rules_of(office: KnownOffice, folder: Path) -> Law:
    """The law of an office's agreement; `folder` is a place for its text. Raises SettingsFault."""
    path = folder / "agreement.yaml"
    path.write_text(office.text, encoding="utf-8")
    return load_law(gate.law_library(), path)


def _formal(table: intake.Table) -> Iterator[RowProblem]:
    for row in intake.RowReader().read(table):
        if isinstance(row, Reject):
            yield RowProblem(
                row.shown_row, row.request_id, row.field, "form", row.code, row.message, row.cure
            )


class _Judge:
    """The gate over one file, as whoever sends it can know it."""

    def __init__(self, law: Law, file: RequestFile, header: Header, on: date) -> None:
        builder = gate_facts(file)
        facts = builder.finish(header, file.digest)
        self._gate = gate.Gate(law, facts, gate.History(), on)
        self._elements = {element.id: element for element in self._gate.elements}
        self._whole = {finding.element for finding in self._gate.batch_failed}
        self._reader = intake.RowReader()

    def whole(self) -> tuple[RowProblem, ...]:
        """What the file fails as a whole."""
        return tuple(self._problem(0, "", finding) for finding in self._gate.batch_failed)

    def problems(self, table: intake.Table) -> Iterator[RowProblem]:
        """What each row fails, beside what the whole file does."""
        sheet_rows = dict(zip(table.rows, table.sheet_rows, strict=True))
        for row in self._reader.read(table):
            if not isinstance(row, Request):
                continue
            decision = self._gate.decide(row)
            if isinstance(decision, Refusal):
                yield from (
                    self._problem(sheet_rows[row.row], row.request_id, finding)
                    for finding in decision.failed
                    if finding.element not in self._whole
                )

    def _problem(self, row: int, request_id: str, finding: Finding) -> RowProblem:
        element = self._elements[finding.element]
        return RowProblem(
            row,
            request_id,
            "",
            "rule",
            element.code,
            f"{finding.state.value.replace('_', ' ')}: {element.explanation} ({element.citation})",
            element.cure,
        )


def gate_facts(file: RequestFile) -> gate.BatchFactsBuilder:
    """What the file asks as a whole."""
    builder = gate.BatchFactsBuilder(secrets.token_bytes(32))
    reader = intake.RowReader()
    for table in file.stretches(_ROWS):
        builder.add(*reader.read(table))
    return builder


def header_for(office: KnownOffice | None, principal: str, route: str, on: date) -> Header:
    """The header that a file is checked under. Without a principal, the agreement's first."""
    if office is None:
        return Header("-", "-", "-", on, signed=True, route=route)
    agreement = office.agreement
    named = principal or agreement.principals[0].id
    requester = agreement.parties.requester.id
    return Header(requester, agreement.id, named, on, signed=True, route=route)
