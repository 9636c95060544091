"""`counterfoil hold add | lift | list` and `hold court-list | court-prepare | court-answer`: holds
of 26 USC 6103(i)(6), and what it has certified to a court, for officers of the role `holds`
alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
import typer

from counterfoil.cli.options import (
    AsJson,
    OfficeDir,
    OfficerPassphrase,
    PassphraseFile,
    SecondKey,
    SecondPassphrase,
    desk,
    officer_key,
)
from counterfoil.cli.output import faults, row, say, show
from counterfoil.cli.verbs import add_verb, group
from counterfoil.client import act, ask, ask_plainly
from counterfoil.controls.holds import court
from counterfoil.controls.holds import service as holds
from counterfoil.core.use_cases import Upload
from counterfoil.core.values import Role

app = group(
    "Hold a person back from every answer, unseen by all but officers of the role holds; 26 USC "
    "6103(i)(6).",
    "hold add --person-file held.json --office tax-office --officer a.key --second b.key",
)
_OfficerKey = Annotated[
    Path,
    typer.Option("--officer", help="Key file of an officer of the role holds.", show_default=False),
]


def add(
    person_file: Annotated[
        Path, typer.Option(help="Whom it is of, as counterfoil-held-1.", show_default=False)
    ],
    directory: OfficeDir,
    officer: _OfficerKey,
    second: SecondKey,
    officer_passphrase_file: OfficerPassphrase = None,
    second_passphrase_file: SecondPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Hold a person: no answer confirms them from now on. Prints the hold's number. What is not
    released is determined anew."""
    with faults(as_json=as_json):
        office = desk(directory, passphrase_file)
        first = officer_key(office, officer, officer_passphrase_file, Role.HOLDS)
        other = officer_key(office, second, second_passphrase_file, Role.HOLDS)
        wanted = holds.AddHold(Upload(person_file))
        done = act(office, holds.add_hold_statement, holds.add_hold, wanted, first, other)
        show(msgspec.to_builtins(done), str(done.hold), as_json=as_json)
        say(f"Hold {done.hold} stands from entry {done.index} on; destroy the file.", quiet=as_json)
        if done.batches:
            say(
                f"Back to `determine`, then `review`: {done.batches} batches that were not "
                "released.",
                quiet=as_json,
            )


def lift(
    number: Annotated[
        int, typer.Argument(metavar="NUMBER", help="Its number, as `hold add` printed it.")
    ],
    directory: OfficeDir,
    officer: _OfficerKey,
    second: SecondKey,
    officer_passphrase_file: OfficerPassphrase = None,
    second_passphrase_file: SecondPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Lift a hold, for batches that are not determined yet. What was decided under it stands."""
    with faults(as_json=as_json):
        office = desk(directory, passphrase_file)
        first = officer_key(office, officer, officer_passphrase_file, Role.HOLDS)
        other = officer_key(office, second, second_passphrase_file, Role.HOLDS)
        wanted = holds.LiftHold(number)
        done = act(office, holds.lift_hold_statement, holds.lift_hold, wanted, first, other)
        show(msgspec.to_builtins(done), str(done.hold), as_json=as_json)
        say(f"Hold {done.hold} is lifted by entry {done.index}.", quiet=as_json)


def show_list(
    directory: OfficeDir,
    officer: _OfficerKey,
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Every hold by number, with days and officers, never with whom it is of. Entered as an
    inspection."""
    with faults(as_json=as_json):
        office = desk(directory, passphrase_file)
        key = officer_key(office, officer, officer_passphrase_file, Role.HOLDS)
        found = ask_plainly(office, holds.list_holds, key.officer)
        words = "\n".join(_line(each) for each in found) or "No hold was ever added."
        show({"holds": msgspec.to_builtins(found)}, words, as_json=as_json)


def _line(each: holds.HoldListing) -> str:
    lifted = (
        f"lifted {each.lifted_at} by {' and '.join(each.lifted_by)}" if each.lifted_at else "stands"
    )
    return row(str(each.hold), f"added {each.added_at} by {' and '.join(each.added_by)}", lifted)


def court_list(
    directory: OfficeDir,
    officer: _OfficerKey,
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Every batch by a court's order that was determined while a hold stood, with the day by which
    two officers answer whether the court is to be written to. Entered as an inspection."""
    with faults(as_json=as_json):
        office = desk(directory, passphrase_file)
        key = officer_key(office, officer, officer_passphrase_file, Role.HOLDS)
        found = ask_plainly(office, court.list_court_matters, key.officer)
        words = "\n".join(_matter_line(each) for each in found) or "There is no such batch."
        show({"matters": msgspec.to_builtins(found)}, words, as_json=as_json)


def _matter_line(each: court.CourtMatter) -> str:
    state = (
        f"answered {each.answered_at}" if each.answered_at else f"to be answered by {each.due_on}"
    )
    return f"{each.batch}  received {each.received_on}, {state}{', LATE' if each.late else ''}"


def court_prepare(
    batch: Annotated[str, typer.Argument(metavar="BATCH", help="A batch of `court-list`.")],
    directory: OfficeDir,
    officer: _OfficerKey,
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """The certification to the court, prepared: print it, complete its blanks, and file it under
    seal. Entered as an inspection."""
    with faults(as_json=as_json):
        office = desk(directory, passphrase_file)
        key = officer_key(office, officer, officer_passphrase_file, Role.HOLDS)
        found = ask(office, court.prepare_certification, key.officer, batch)
        show({"batch": found.batch, "text": found.text}, found.text, as_json=as_json)


def court_answer(
    batch: Annotated[str, typer.Argument(metavar="BATCH", help="A batch of `court-list`.")],
    directory: OfficeDir,
    officer: _OfficerKey,
    second: SecondKey,
    answer: Annotated[
        Literal["certified", "nothing"],
        typer.Option(
            help="What was done: the certification went to the court, or nobody whom the order "
            "names is held.",
            show_default=False,
        ),
    ],
    officer_passphrase_file: OfficerPassphrase = None,
    second_passphrase_file: SecondPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Sign what was done for the court that ordered a disclosure. The entry tells neither which
    answer it is nor of what batch."""
    with faults(as_json=as_json):
        office = desk(directory, passphrase_file)
        first = officer_key(office, officer, officer_passphrase_file, Role.HOLDS)
        other = officer_key(office, second, second_passphrase_file, Role.HOLDS)
        wanted = court.AnswerCourt(batch, answer)
        done = act(office, court.answer_court_statement, court.answer_court, wanted, first, other)
        show(msgspec.to_builtins(done), done.batch, as_json=as_json)
        say(f"Answered by entry {done.index}.", quiet=as_json)


_DESK = "--office tax-office --officer a.key"
add_verb(app, add, f"hold add --person-file held.json {_DESK} --second b.key")
add_verb(app, lift, f"hold lift 1 {_DESK} --second b.key")
add_verb(app, show_list, f"hold list {_DESK}", name="list")
add_verb(app, court_list, f"hold court-list {_DESK}", name="court-list")
add_verb(app, court_prepare, f"hold court-prepare b-0f1e2d3c4b5a6978 {_DESK}", name="court-prepare")
add_verb(
    app,
    court_answer,
    f"hold court-answer b-0f1e2d3c4b5a6978 --answer nothing {_DESK} --second b.key",
    name="court-answer",
)
