"""`counterfoil incident open | list | show | reported | close`: the clock of 24 hours, and the
report's fields."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import msgspec
import typer

from counterfoil.cli.options import (
    AsJson,
    OfficeDir,
    OfficerKeyFile,
    OfficerPassphrase,
    PassphraseFile,
    desk,
    officer_key,
    opened_here,
)
from counterfoil.cli.output import faults, folded, row, say, show
from counterfoil.cli.verbs import add_verb, group, values
from counterfoil.client import act
from counterfoil.controls.incidents import service as incidents
from counterfoil.controls.incidents.service import (
    CLASSES,
    DUE_HOURS,
    IncidentClass,
    IncidentFacts,
    IncidentStatus,
)
from counterfoil.core.errors import UsageFault
from counterfoil.core.instants import from_instant, instant_text
from counterfoil.core.use_cases import NOBODY
from counterfoil.office.context import utc_now

_CLASSES = values("Classes", CLASSES)
app = group(
    "Open an incident at once, see what is due, and fill in its report.",
    "incident open --class wrong-answer --office tax-office --officer a.key",
    "incident show 1 --office tax-office",
    after=_CLASSES,
)
Number = Annotated[
    int, typer.Argument(metavar="NUMBER", help="Its number, as `incident open` printed it.")
]


def open_(
    directory: OfficeDir,
    officer: OfficerKeyFile,
    about: Annotated[
        str,
        typer.Option(
            "--class", help="What is thought to have happened; see the end.", show_default=False
        ),
    ],
    batch: Annotated[
        str, typer.Option(help="The batch that it is about; else every released one.")
    ] = "",
    found_at: Annotated[
        str, typer.Option(help="When it was found, as 2026-03-02T14:05:00Z; else now.")
    ] = "",
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Enter an incident, which starts its clock, and print its number. Needs no words about
    anyone."""
    with faults(as_json=as_json):
        office = desk(directory, passphrase_file)
        key = officer_key(office, officer, officer_passphrase_file)
        found = _moment(found_at) if found_at else utc_now()
        wanted = incidents.OpenIncident(IncidentFacts(_class(about), found, batch))
        done = act(office, incidents.open_incident_statement, incidents.open_incident, wanted, key)
        _show(done, as_json)


def show_list(directory: OfficeDir, as_json: AsJson = False) -> None:
    """Incidents that are not closed, and the hours left to report each."""
    with faults(as_json=as_json):
        due = incidents.due_incidents(opened_here(directory), NOBODY)
        lines = [row(f"{each.number}  {each.about}", *_clock(each).split(": ")) for each in due]
        listed = [
            {"incident": each.number, "class": each.about, "hours_left": each.hours_left}
            for each in due
        ]
        show({"incidents": listed}, "\n".join(lines) or "No incident is open.", as_json=as_json)


def show_one(number: Number, directory: OfficeDir, as_json: AsJson = False) -> None:
    """The report's fields, filled in from the ledger: digests, dates, counts. No row is opened, and
    nobody is named but officials."""
    with faults(as_json=as_json):
        report = incidents.fill_report(opened_here(directory), NOBODY, number)
        show(msgspec.to_builtins(report), "\n".join(map(folded, _lines(report))), as_json=as_json)


def reported(
    number: Number,
    directory: OfficeDir,
    officer: OfficerKeyFile,
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Enter that the inspector general was told, which stops the clock."""
    with faults(as_json=as_json):
        office = desk(directory, passphrase_file)
        key = officer_key(office, officer, officer_passphrase_file)
        wanted = incidents.ReportIncident(number)
        done = act(
            office, incidents.report_incident_statement, incidents.report_incident, wanted, key
        )
        _show(done, as_json)


def close(
    number: Number,
    directory: OfficeDir,
    officer: OfficerKeyFile,
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Enter that nothing more is to be done about a reported incident."""
    with faults(as_json=as_json):
        office = desk(directory, passphrase_file)
        key = officer_key(office, officer, officer_passphrase_file)
        wanted = incidents.CloseIncident(number)
        done = act(
            office, incidents.close_incident_statement, incidents.close_incident, wanted, key
        )
        _show(done, as_json)


def _show(done: IncidentStatus, as_json: bool) -> None:
    shown = {
        "incident": done.number,
        "class": done.about,
        "due_at": instant_text(done.due_at),
        "hours_left": done.hours_left,
    }
    show(shown, str(done.number), as_json=as_json)
    say(f"Incident {done.number}: {_clock(done)}", quiet=as_json)


def _clock(status: IncidentStatus) -> str:
    if status.state == "closed":
        return "closed"
    left = status.hours_left
    if status.state == "reported":
        return f"reported {'in time' if left >= 0 else 'late'}"
    due = f"due {status.due_at:%Y-%m-%d %H:%M} UTC, {DUE_HOURS} hours after it was found"
    return f"{due}: {left} hours left" if left >= 0 else f"{due}: overdue"


def _lines(report: incidents.Report) -> Iterator[str]:
    fields = msgspec.to_builtins(report)
    for name in ("batches", "statutes", "duties"):
        del fields[name]
    fields["suspended"] = "yes" if report.suspended else "no"
    fields["suspensions"] = ", ".join(report.suspensions) or "none"
    yield from (
        f"{name.replace('_', ' ')}: {value}" for name, value in fields.items() if value != ""
    )
    yield f"statutes: {', '.join(report.statutes)}"
    yield from (f"duty: {duty}" for duty in report.duties)
    for batch in report.batches:
        counts = ", ".join(f"{count} {kind}" for kind, count in batch.entries.items())
        yield (
            f"batch {batch.batch}: {batch.state}, received {batch.received_at}, asked by "
            f"{batch.principal}; {counts}"
        )
        if batch.released_at:
            yield (
                f"  released {batch.released_at} as entry {batch.release_index} by "
                f"{' and '.join(batch.officers)}"
            )
        yield f"  file {batch.file_digest}, rules {batch.rules_digest}"


def _class(text: str) -> IncidentClass:
    try:
        return IncidentClass(text)
    except ValueError:
        raise UsageFault(
            "incident_class",
            "there is no such class of incident",
            place="--class",
            cure=f"Name one of {', '.join(CLASSES)}.",
        ) from None


def _moment(text: str) -> datetime:
    try:
        return from_instant(text)
    except ValueError:
        raise UsageFault(
            "incident_time",
            "this is not a time in UTC",
            place="--found-at",
            cure="Write it as 2026-03-02T14:05:00Z.",
        ) from None


add_verb(
    app,
    open_,
    "incident open --class wrong-answer --batch b-0f1e2d3c4b5a6978 --office tax-office "
    "--officer a.key",
    name="open",
    after=_CLASSES,
)
add_verb(app, show_list, "incident list --office tax-office", name="list")
add_verb(app, show_one, "incident show 1 --office tax-office", name="show")
add_verb(app, reported, "incident reported 1 --office tax-office --officer a.key")
add_verb(app, close, "incident close 1 --office tax-office --officer a.key")
