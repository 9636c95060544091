"""`counterfoil hold add | lift | list`: holds of 26 USC 6103(i)(6), for officers of the role
`holds` alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from counterfoil.cli.options import (
    AsJson,
    OfficeDir,
    OfficerPassphrase,
    PassphraseFile,
    SecondKey,
    SecondPassphrase,
    officer_key,
    opened,
)
from counterfoil.cli.output import faults, say, show
from counterfoil.cli.verbs import add_verb, group
from counterfoil.client import act
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
        office = opened(directory, passphrase_file)
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
        office = opened(directory, passphrase_file)
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
        office = opened(directory, passphrase_file)
        key = officer_key(office, officer, officer_passphrase_file, Role.HOLDS)
        found = holds.list_holds(office, key.officer)
        words = "\n".join(_line(each) for each in found) or "No hold was ever added."
        show({"holds": msgspec.to_builtins(found)}, words, as_json=as_json)


def _line(each: holds.HoldListing) -> str:
    lifted = (
        f", lifted {each.lifted_at} by {' and '.join(each.lifted_by)}"
        if each.lifted_at
        else ", stands"
    )
    return f"{each.hold}  added {each.added_at} by {' and '.join(each.added_by)}{lifted}"


_DESK = "--office tax-office --officer a.key"
add_verb(app, add, f"hold add --person-file held.json {_DESK} --second b.key")
add_verb(app, lift, f"hold lift 1 {_DESK} --second b.key")
add_verb(app, show_list, f"hold list {_DESK}", name="list")
