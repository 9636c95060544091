"""`counterfoil duty add | correct | list | close | run`: dated duties toward persons and about
recipients."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from counterfoil.accountability.accounting import corrections
from counterfoil.cli.files import require_new, write_new
from counterfoil.cli.options import (
    AsJson,
    OfficeDir,
    OfficerKeyFile,
    OfficerPassphrase,
    PassphraseFile,
    SecondKey,
    SecondPassphrase,
    desk,
    officer_key,
    opened,
    opened_here,
)
from counterfoil.cli.output import faults, row, say, show
from counterfoil.cli.verbs import add_verb, group, values
from counterfoil.client import act
from counterfoil.controls.duties import service as duties
from counterfoil.controls.duties.table import duty_classes
from counterfoil.controls.recall import receipts
from counterfoil.core.use_cases import NOBODY, SERVICE, Upload

_CLASSES = values(
    "Classes", {each.id: f"{each.sentence} {each.citation}" for each in duty_classes().values()}
)
app = group(
    "Dated duties: process that became public, corrections to recipients, safeguards.",
    "duty list --office tax-office",
    "duty add --class safeguard-report --since 2026-01-05 --due 2026-02-28 --document asked.pdf "
    "--office tax-office --officer a.key",
    after=_CLASSES,
)
_Since = Annotated[
    datetime,
    typer.Option(formats=["%Y-%m-%d"], help="The day it counts from, UTC.", show_default=False),
]
_Document = Annotated[
    Path, typer.Option(help="The document that shows it. It is not copied.", show_default=False)
]


def add(
    about: Annotated[str, typer.Option("--class", help="See the end.", show_default=False)],
    since: _Since,
    document: _Document,
    directory: OfficeDir,
    officer: OfficerKeyFile,
    due: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="The day it is due, where the class has the officer name it.",
            show_default=False,
        ),
    ] = None,
    batch: Annotated[str, typer.Option(help="The batch that it is about.")] = "",
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Enter that a duty began, and print its number. `counterfoil status` says when it is late."""
    with faults(as_json=as_json):
        office = desk(directory, passphrase_file)
        key = officer_key(office, officer, officer_passphrase_file)
        wanted = duties.OpenDuty(
            about, since.date(), Upload(document), due.date() if due else None, batch
        )
        done = act(office, duties.open_duty_statement, duties.open_duty, wanted, key)
        show(msgspec.to_builtins(done), str(done.duty.number), as_json=as_json)
        say(
            f"Duty {done.duty.number}, {done.duty.citation}: due {done.duty.due_on}.", quiet=as_json
        )


def correct(
    person_file: Annotated[
        Path,
        typer.Option(
            help="Whose record was corrected, as counterfoil-person-1.", show_default=False
        ),
    ],
    since: _Since,
    document: _Document,
    to: Annotated[Path, typer.Option(help="An empty folder for the notices.", show_default=False)],
    directory: OfficeDir,
    officer: OfficerKeyFile,
    disputed: Annotated[
        bool, typer.Option("--disputed", help="The record is disputed, and was not corrected.")
    ] = False,
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Write a signed notice to everybody who was answered about a person whose record was corrected
    or is disputed, 5 USC 552a(c)(4). Entered as an inspection and as a duty, which two officers
    close with the receipts."""
    with faults(as_json=as_json):
        require_new(to / "correction-1.txt")
        office = desk(directory, passphrase_file)
        key = officer_key(office, officer, officer_passphrase_file)
        wanted = corrections.CorrectRecord(
            Upload(person_file),
            Upload(document),
            since.date(),
            "disputed" if disputed else "corrected",
        )
        statement = corrections.correct_record_statement
        done = act(office, statement, corrections.correct_record, wanted, key)
        files = [to / f"correction-{place}.txt" for place, _ in enumerate(done.notices, 1)]
        for file, notice in zip(files, done.notices, strict=True):
            write_new(file, notice.text.encode())
        result = {
            "duty": done.duty.number,
            "due_on": done.duty.due_on,
            "entry": done.index,
            "notices": list(map(str, files)),
        }
        show(result, "\n".join(map(str, files)) or "Nobody is to be informed.", as_json=as_json)
        say(
            f"Duty {done.duty.number}: due {done.duty.due_on}; two officers close it with the "
            "receipts. Make sure that each answer was about this person before you send its "
            "notice.",
            quiet=as_json,
        )


def show_list(
    directory: OfficeDir,
    every: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Open duties with the day on which each is due, and LATE after it."""
    with faults(as_json=as_json):
        found = duties.list_duties(opened_here(directory), NOBODY)
        listed = found.duties if every else found.open
        lines = [_line(each) for each in listed] or ["No duty is open."]
        if not found.agrees:
            lines.append("These are not the duties that the ledger has entries of.")
        result = {"agrees": found.agrees, "duties": msgspec.to_builtins(listed)}
        show(result, "\n".join(lines), as_json=as_json)


def close(
    number: Annotated[
        int, typer.Argument(metavar="NUMBER", help="Its number, as `duty add` printed it.")
    ],
    document: _Document,
    directory: OfficeDir,
    officer: OfficerKeyFile,
    second: SecondKey,
    officer_passphrase_file: OfficerPassphrase = None,
    second_passphrase_file: SecondPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Enter that a duty was done, with the document that shows it: two officers."""
    with faults(as_json=as_json):
        office = desk(directory, passphrase_file)
        first = officer_key(office, officer, officer_passphrase_file)
        other = officer_key(office, second, second_passphrase_file)
        wanted = duties.CloseDuty(number, Upload(document))
        statement = duties.close_duty_statement
        done = act(office, statement, duties.close_duty, wanted, first, other)
        late = ", after its day" if done.duty.late else ""
        words = f"Duty {number} is closed{late} by entry {done.index}."
        show(msgspec.to_builtins(done), words, as_json=as_json)


def run(
    directory: OfficeDir, passphrase_file: PassphraseFile = None, as_json: AsJson = False
) -> None:
    """By the clock, daily: open a duty for each answer whose last day of use has passed, and an
    incident, which the inspector general is told of, for each that a requester left late. Exit 6
    where there is one that is late."""
    with faults(as_json=as_json):
        done = receipts.run_duties(opened(directory, passphrase_file), SERVICE)
        lines = [f"opened   {_line(each)}" for each in done.opened]
        lines += [f"LATE     {_line(each)}" for each in done.escalated]
        show(msgspec.to_builtins(done), "\n".join(lines) or "Nothing to do.", as_json=as_json)
        if done.escalated:
            raise typer.Exit(6)


def _line(each: duties.Duty) -> str:
    if each.closed_at:
        by = " and ".join(each.closed_by)
        state = f"closed {each.closed_at} by {by}" + (", after its day" if each.late else "")
    else:
        state = "LATE" if each.late else "open"
        state += f", incident {each.incident}" if each.incident else ""
    return row(
        f"{each.number}  {each.about}",
        each.batch,
        f"due {each.due_on}, {state}",
        f"({each.citation})",
    )


_DESK = "--office tax-office --officer a.key"
add_verb(
    app,
    add,
    "duty add --class process-public --batch b-0f1e2d3c4b5a6978 --since 2026-03-02 --document "
    f"unsealed.pdf {_DESK}",
    after=_CLASSES,
)
add_verb(
    app,
    correct,
    f"duty correct --person-file person.json --since 2026-03-02 --document correction.pdf --to out "
    f"{_DESK}",
)
add_verb(app, show_list, "duty list --office tax-office", name="list")
add_verb(app, run, "duty run --office tax-office")
add_verb(app, close, f"duty close 1 --document report.pdf {_DESK} --second b.key")
