"""The main job, end to end, on made-up people: what `counterfoil demo` runs.

DIR/people.csv     the register's source: returns of 2019 and 2020
DIR/requests.csv   about 2,000 requests, lawful and not
DIR/deputy.csv     the same kind of file, sent by an official whom the statute does not name (F9)
DIR/labelled.csv   every census row of 2020 as a question with its answer, for `evaluate`
DIR/office/        the office
DIR/answers.jsonl  what leaves, with its .jws
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from counterfoil import client, disclosure, ledger
from counterfoil.answers.verify import verify_answer
from counterfoil.certification.evaluate import evaluate
from counterfoil.client import sandbox_key
from counterfoil.core.errors import UsageFault
from counterfoil.core.use_cases import NOBODY, watcher
from counterfoil.demo import sample
from counterfoil.demo.offices import make_office, prepare_directory
from counterfoil.demo.questions import REQUEST_COLUMNS, Question, make_questions
from counterfoil.disclosure import register_build
from counterfoil.disclosure.screening import REFUSED_BY
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, agreement_file, law_library

MARKER: Final = ".counterfoil-demonstration"
_DEPUTY_ROWS: Final = 20

Progress = Callable[[int, int | None, str], None]


def demonstrate(directory: Path, population: Path, progress: Progress) -> dict[str, Any]:
    """Run everything in `directory` and return the figures. A demonstration that is there already
    is replaced.

    Raises UsageFault where something else is there, InputFault without the sample population.
    """
    prepare_directory(
        directory,
        MARKER,
        "demo",
        UsageFault(
            "demo_folder_taken",
            "there is something else than a demonstration there",
            place=directory.name,
            cure="Name another directory with --dir.",
        ),
    )
    rows = sample.write_source(population, directory / "people.csv")
    sample.write_labelled(population, directory / "labelled.csv")
    questions = make_questions(population)
    _write_requests(directory / "requests.csv", questions)
    office = make_office(
        directory / "office", "demonstration", agreement_file("sandbox", law_library())
    )
    manifest = register_build.build_snapshot(
        office, directory / "people.csv", made_up=True, progress=progress
    )
    groups = _answer(office, directory, questions, progress)
    deputy = _ask_as_deputy(office, directory, questions)
    return {
        "register": {
            "rows": rows,
            "residents": manifest.counts.residents,
            "addresses": manifest.counts.exact_doors,
        },
        "asked": len(questions),
        "batch": disclosure.batch_statuses(office, NOBODY)[0].batch,
        "groups": groups,
        "refused_by_element": _refused_by_element(office),
        "deputy": deputy,
        "openings": _openings(office),
        "ledger": _ledger(office),
        "verified": [
            each.text
            for each in verify_answer(
                directory / "answers.jsonl", str(office.holder_key), datetime.now(UTC).date()
            )
        ],
        "evaluation": msgspec.to_builtins(evaluate(office, directory / "labelled.csv", progress)),
    }


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[sample.Row]) -> Path:
    """Write rows as CSV under `columns`; return the path."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer: csv.DictWriter[str] = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def _write_requests(path: Path, questions: Iterable[Question]) -> None:
    write_rows(path, REQUEST_COLUMNS, (question.row for question in questions))


def _answer(
    office: Office, directory: Path, questions: Sequence[Question], progress: Progress
) -> dict[str, dict[str, int]]:
    """Answer requests.csv with the sandbox's two officers; count answers by the group each request
    was made for."""
    out = directory / "answers.jsonl"
    batch = client.receive(office, directory / "requests.csv", watcher(progress)).batch
    client.determine(office, batch, watcher(progress))
    client.review(office, batch, sandbox_key(office, "officer-a"))
    client.release(office, batch, sandbox_key(office, "officer-b"), out)
    answers = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    groups: dict[str, Counter[str]] = {}
    for question, answer in zip(questions, answers, strict=True):
        groups.setdefault(question.group, Counter())[answer["answer"]] += 1
    return {name: dict(groups[name]) for name in sorted(groups)}


def _ask_as_deputy(
    office: Office, directory: Path, questions: Sequence[Question]
) -> dict[str, int]:
    """F9: lawful questions, sent by an official who is not on the statute's list."""
    path = directory / "deputy.csv"
    _write_requests(
        path, [question for question in questions if question.group == "true"][:_DEPUTY_ROWS]
    )
    header = office.default_header()
    if header is None:
        raise AssertionError("a demonstration's office is a sandbox")
    sent = {
        "requester": header.requester,
        "agreement": header.agreement,
        "principal": "deputy-assistant",
        "sent_on": header.sent_on.isoformat(),
    }
    path.with_name("deputy.csv.header.json").write_text(json.dumps(sent), encoding="utf-8")
    status = client.receive(office, path)
    return {name: count for name, count in status.counts.items() if not name.startswith(REFUSED_BY)}


def _refused_by_element(office: Office) -> dict[str, int]:
    counts = disclosure.batch_statuses(office, NOBODY)[0].counts
    refused = {
        name.removeprefix(REFUSED_BY): count
        for name, count in counts.items()
        if name.startswith(REFUSED_BY)
    }
    return dict(sorted(refused.items(), key=lambda item: (-item[1], item[0])))


def _openings(office: Office) -> dict[str, int]:
    """Admitted requests by the ledger, and openings by the key custodian's own count: the same
    number."""
    with office.store.reading() as connection:
        granted = office.ledger.counts(connection)[EntryKind.GRANTED]
    return {"granted": granted, "opened": office.custodian().total()}


def _ledger(office: Office) -> dict[str, Any]:
    with office.store.reading() as connection:
        report = ledger.check(connection, office.holder_key)
    return {
        "size": report.size,
        "root": report.root,
        "counts": {kind.value: count for kind, count in report.counts.items() if count},
    }
