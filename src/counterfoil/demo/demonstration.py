"""The main job, end to end, on made-up people: what `counterfoil demo` runs.

DIR/people.csv     the register's source: returns of 2019 and 2020
DIR/requests.csv   about 2,000 requests, lawful and not
DIR/deputy.jsonl   the same kind of file, sent by an official whom the statute does not name (F9)
DIR/labelled.csv   every census row of 2020 as a question with its answer, for `evaluate`
DIR/office/        the office; beside it the rest of a sandbox (service/sandbox.py)
DIR/answers.jsonl  what the requester opened, with its .jws
DIR/answers-with-requests.csv   the request file's rows with their answers

The file goes by the mailbox to a sandbox's service, two officers review and release through its
door, and the requester's kit fetches and opens the answer (service.py).
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from counterfoil import disclosure, ledger
from counterfoil.certification.evaluate import evaluate
from counterfoil.core.errors import UsageFault
from counterfoil.core.use_cases import NOBODY, watcher
from counterfoil.demo import sample
from counterfoil.demo.offices import prepare_directory
from counterfoil.demo.questions import REQUEST_COLUMNS, Question, make_questions
from counterfoil.demo.service import Agencies, free_port, served
from counterfoil.disclosure.screening import REFUSED_BY
from counterfoil.ledger import EntryKind
from counterfoil.office import Office, open_office
from counterfoil.office.lease import office_served, service_place
from counterfoil.requester.opening import OpenedAnswer
from counterfoil.service.sandbox import make_sandbox

NAME: Final = "counterfoil.example/demonstration"
ANSWERS: Final = "answers.jsonl"
MARKER: Final = ".counterfoil-demonstration"
_DEPUTY: Final = "deputy-assistant"
_DEPUTY_ROWS: Final = 20

Progress = Callable[[int, int | None, str], None]


def demonstrate(directory: Path, population: Path, progress: Progress) -> dict[str, Any]:
    """Run everything in `directory` and return the figures. A demonstration that is there already
    is replaced. The service's processes end with it, also where it is broken off.

    Raises UsageFault where something else is there or it is being served, InputFault without the
    sample population, StoreFault `sandbox_not_made`; what the service and both agencies' tools
    raise.
    """
    if service_place(directory / "office"):
        raise office_served(directory)
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
    config, snapshot = make_sandbox(
        directory, NAME, directory / "people.csv", free_port(), watcher(progress)
    )
    with served(directory, config) as agencies:
        opened = _answer(agencies, directory, progress)
        deputy = _ask_as_deputy(agencies, directory, questions)
    office = open_office(directory / "office")
    try:
        return {
            "register": {
                "rows": rows,
                "residents": snapshot.residents,
                "addresses": snapshot.addresses,
            },
            "asked": len(questions),
            "batch": opened.batch,
            "groups": _groups(questions, directory / ANSWERS),
            "refused_by_element": _refused_by_element(office, opened.batch),
            "deputy": deputy,
            "openings": _openings(office),
            "ledger": _ledger(office),
            "verified": [each.split("  ", 1)[1] for each in opened.statements],
            "evaluation": msgspec.to_builtins(
                evaluate(office, directory / "labelled.csv", progress)
            ),
        }
    finally:
        office.close()


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[sample.Row]) -> Path:
    """Write rows as CSV under `columns`; return the path."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer: csv.DictWriter[str] = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def _write_requests(path: Path, questions: Iterable[Question]) -> None:
    write_rows(path, REQUEST_COLUMNS, (question.row for question in questions))


def _answer(agencies: Agencies, directory: Path, progress: Progress) -> OpenedAnswer:
    """Have requests.csv answered: by the mailbox to the office, signed by two officers, and back to
    the requester, who opens the answer."""
    progress(0, None, "send")
    batch = agencies.send(directory / "requests.csv")
    progress(0, None, "determine")
    agencies.determined()
    progress(0, None, "release")
    agencies.sign(batch)
    progress(0, None, "open")
    return agencies.open(batch, directory)


def _groups(questions: Sequence[Question], answers: Path) -> dict[str, dict[str, int]]:
    """Count answers by the group that each request was made for."""
    told = [json.loads(line) for line in answers.read_text(encoding="utf-8").splitlines()]
    groups: dict[str, Counter[str]] = {}
    for question, answer in zip(questions, told, strict=True):
        groups.setdefault(question.group, Counter())[answer["answer"]] += 1
    return {name: dict(groups[name]) for name in sorted(groups)}


def _ask_as_deputy(
    agencies: Agencies, directory: Path, questions: Sequence[Question]
) -> dict[str, int]:
    """F9: lawful questions, sent by an official who is not on the statute's list, and who has
    therefore no key that the agreement names: the file goes in the open."""
    path = directory / "deputy.jsonl"
    asked = [question.row for question in questions if question.group == "true"][:_DEPUTY_ROWS]
    lines = [{"header": agencies.header(_DEPUTY)}, *asked]
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    agencies.drop(path)
    counts = agencies.determined(_DEPUTY).counts
    return {name: counts[name] for name in ("granted", "refused", "rejected")}


def _refused_by_element(office: Office, batch: str) -> dict[str, int]:
    counts = disclosure.batch_status(office, NOBODY, batch).counts
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
