"""`counterfoil-ask new-key | template | check`: before anything is sent."""

from __future__ import annotations

import csv
import os
import tempfile
from datetime import date
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from counterfoil.cli.ask.options import (
    AsJson,
    Dates,
    Encoding,
    OfficeFile,
    Quiet,
    Route,
    SheetName,
    now,
)
from counterfoil.cli.output import DONE_WITH_REJECTS, faults, say, show
from counterfoil.cli.passphrases import ask_new, read_passphrase
from counterfoil.core.atomic_files import open_private
from counterfoil.core.errors import StoreFault, UsageFault
from counterfoil.core.values import Header
from counterfoil.requester.check import Checked, Law, check_request_file, header_for, rules_of
from counterfoil.requester.keys import make_principal
from counterfoil.requester.known_office import NAME, read_office_file
from counterfoil.requester.opening_keys import SUFFIX, make_opening_key
from counterfoil.requester.sheets.convert import Reading, to_request_file
from counterfoil.requester.sheets.habits import RowProblem
from counterfoil.requester.sheets.template import write_template

_TOLD = 20


def new_key(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The principal's id in the agreement.")
    ],
    keys: Annotated[
        Path, typer.Option(help="Folder where the four files are written.", show_default=False)
    ],
    key_passphrase_file: Annotated[
        Path | None,
        typer.Option(help="File whose first line protects both keys.", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a principal's two keys: NAME.key signs, NAME.opening.key opens answers.

    Prints what the parties enter in the agreement: the verifier key, and the opening key's id.
    """
    with faults(as_json=as_json):
        protect = read_passphrase(key_passphrase_file) or ask_new(f"Passphrase for {name}")
        opening = keys / f"{name}{SUFFIX}"
        if opening.exists():
            raise UsageFault(
                "key_taken",
                "a key of that name stands there already",
                place=opening.name,
                cure="Keys are never overwritten: choose another name or folder.",
            )
        vkey = str(make_principal(keys, name, protect))
        key_id = make_opening_key(opening, name, protect).key_id
        said = {"principal": name, "vkey": vkey, "opening_key": key_id}
        show(said, f"{vkey}\n{key_id}", as_json=as_json)


def template(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new .xlsx or .csv file.")] = Path(
        "requests.xlsx"
    ),
    as_json: AsJson = False,
) -> None:
    """Write a blank request file, with every column explained; in .xlsx all cells are text, so that
    no zero and no date is lost."""
    with faults(as_json=as_json):
        write_template(file)
        show({"template": str(file)}, str(file), as_json=as_json)


def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Your own file.")],
    office_file: OfficeFile = None,
    route: Route = "",
    principal: Annotated[
        str,
        typer.Option(
            help="Who will sign; else the agreement's first principal.", show_default=False
        ),
    ] = "",
    encoding: Encoding = "",
    dates: Dates = "ymd",
    sheet: SheetName = "",
    problems: Annotated[
        Path | None,
        typer.Option("--list", help="Write every problem to this CSV file.", show_default=False),
    ] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Look a file through before it is sent: form, spreadsheet habits, and the rules that are
    public. Needs no key, sends nothing, uses nothing up.

    With office.json beside the file or named, the agreement's rules are checked too. Exit 3 where a
    row has a problem.
    """
    with faults(as_json=as_json), tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        beside = office_file or next(
            (each for each in (file.with_name(NAME), Path(NAME)) if each.is_file()), None
        )
        office = read_office_file(beside) if beside else None
        how = Reading(encoding, dates, sheet)
        path, remarks = to_request_file(file, how, scratch / "request.csv")
        law = rules_of(office, scratch) if office else None
        header = header_for(office, principal, route, now().date())
        told = _Problems(quiet=quiet or as_json)
        done = _run(path, header, law, now().date(), told)
        _write_list(problems, [*done.whole, *told.found])
        said = msgspec.to_builtins(done) | {
            "problems": msgspec.to_builtins(told.found),
            "remarks": list(remarks),
        }
        show(said, _words(done, file.name, remarks), as_json=as_json)
        if done.form or done.habits or done.rules or done.whole:
            raise typer.Exit(DONE_WITH_REJECTS)


class _Problems:
    """Tells the first of them as they come, and keeps all."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self.found: list[RowProblem] = []

    def add(self, problem: RowProblem) -> None:
        self.found.append(problem)
        if len(self.found) <= _TOLD:
            field = f", {problem.field}" if problem.field else ""
            named = f" ({problem.request_id})" if problem.request_id else ""
            words = f"row {problem.row}{named}{field}: {problem.message} [{problem.code}]"
            say(f"{words}\n  {problem.cure}", quiet=self._quiet)
        elif len(self.found) == _TOLD + 1:
            say("(there are more; --list FILE has all of them)", quiet=self._quiet)


def _run(path: Path, header: Header, law: Law | None, on: date, told: _Problems) -> Checked:
    done: Checked | None = None
    for event in check_request_file(path, header, law, on):
        if isinstance(event, RowProblem):
            told.add(event)
        elif isinstance(event, Checked):
            done = event
    if done is None:
        raise AssertionError("a check ends with what was found")
    return done


def _words(done: Checked, name: str, remarks: tuple[str, ...]) -> str:
    lines = [f"{name}: {done.rows} rows.", *remarks]
    lines += [f"The whole file: {each.message} [{each.code}] {each.cure}" for each in done.whole]
    lines += [f"{done.form} cannot be read, and would come back as rejected."] if done.form else []
    lines += (
        [f"{done.habits} hold what a spreadsheet may have changed: the file is not signed."]
        if done.habits
        else []
    )
    lines += [f"{done.rules} would be refused as they stand."] if done.rules else []
    if not done.ruled:
        lines.append("The agreement's rules were not checked: name office.json with --office-file.")
    elif not (done.form or done.habits or done.rules or done.whole):
        lines.append("Nothing is amiss. What was asked before is for the holder to count.")
    return "\n".join(lines)


def _write_list(path: Path | None, problems: list[RowProblem]) -> None:
    if path is None:
        return
    names = RowProblem.__struct_fields__
    try:
        with os.fdopen(open_private(path), "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow(names)
            writer.writerows([getattr(each, name) for name in names] for each in problems)
    except OSError:
        raise StoreFault(
            "file_not_written",
            "the list could not be written",
            place=path.name,
            cure="Name a file in a folder that exists.",
        ) from None
