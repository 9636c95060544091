"""All verbs of `counterfoil-ask` in one program."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated, Final

import typer
from typer import TyperException
from typer.main import get_command

from counterfoil.cli.ask import answers, exchange, prepare
from counterfoil.cli.ask.options import PROGRAM
from counterfoil.cli.hints import completing
from counterfoil.cli.output import fail, say, speaking_as
from counterfoil.cli.verbs import add_verb, group

app = group(
    "Asks a holder about addresses: prepares, signs, seals and sends a file, and opens the answer.",
    "template requests.xlsx",
    "check requests.xlsx --office-file office.json",
    "send requests.xlsx --to https://disclosure.example.gov --key agency-head.key",
    "fetch --from https://disclosure.example.gov --key agency-head.key",
    "open items/ITEM/ITEM.answer --key agency-head.key",
    after="Exit codes: 0 done, 1 failed, 2 usage, 3 done with rejects, 4 refused by the gate, 5 "
    "something did not verify, 6 out of force or late.",
    program=PROGRAM,
    completion=True,
)
_KEY = "--key agency-head.key"
_GATEWAY = "https://disclosure.example.gov"

add_verb(app, prepare.new_key, "new-key agency-head --keys keys", name="new-key", program=PROGRAM)
add_verb(app, prepare.template, "template requests.xlsx", program=PROGRAM)
add_verb(
    app,
    prepare.check,
    "check requests.xlsx",
    "check requests.csv --office-file office.json --dates mdy --list problems.csv",
    program=PROGRAM,
)
add_verb(app, exchange.sign, f"sign requests.csv {_KEY} --out mailbox", program=PROGRAM)
add_verb(
    app,
    exchange.send,
    f"send requests.csv --to {_GATEWAY} {_KEY}",
    f"send --to {_GATEWAY} {_KEY}",
    f"send requests.csv --to mailbox {_KEY}",
    program=PROGRAM,
)
add_verb(app, exchange.status, f"status {_KEY} --from {_GATEWAY}", program=PROGRAM)
add_verb(app, exchange.fetch, f"fetch --from {_GATEWAY} {_KEY}", program=PROGRAM)
add_verb(app, answers.open_, f"open items/ITEM/ITEM.answer {_KEY}", name="open", program=PROGRAM)
add_verb(
    app,
    answers.acknowledge,
    f"acknowledge items/notices/ITEM.txt {_KEY} --passed-to-nobody --destroyed-on 2026-08-10",
    program=PROGRAM,
)

_INTERRUPTED: Final = 130


@app.callback(invoke_without_command=True)
def _version(
    context: typer.Context,
    version_: Annotated[
        bool, typer.Option("--version", help="Print the program's version and end.")
    ] = False,
) -> None:
    if version_:
        typer.echo(f"{PROGRAM} {_installed_version()}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)


def _installed_version() -> str:
    """The version of the package that this is of: the program alone, or all of Counterfoil."""
    for package in (PROGRAM, "counterfoil"):
        try:
            return version(package)
        except PackageNotFoundError:
            continue
    return "unknown"


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code. A call that is wrong is told like every other
    error."""
    with speaking_as(PROGRAM), completing(lambda: get_command(app), arguments, PROGRAM):
        return _run(arguments, as_json="--json" in arguments)


def _run(arguments: Sequence[str], *, as_json: bool) -> int:
    try:
        code = app(args=list(arguments), prog_name=PROGRAM, standalone_mode=False)
    except TyperException as fault:
        message = fault.format_message()
        if message.startswith("Usage:"):
            say(message)
            return fault.exit_code
        context = getattr(fault, "ctx", None)
        path = context.command_path if context else PROGRAM
        place = path.removeprefix(PROGRAM).strip()
        fail("usage", message, place, f"See `{path} --help`.", as_json=as_json)
        return fault.exit_code
    except typer.Abort:
        code = _INTERRUPTED
    if code == _INTERRUPTED:
        cure = "Run the same command again: an item that is sent twice is one item."
        fail("interrupted", "stopped; what was recorded stands", "", cure, as_json=as_json)
        return 1
    return int(code or 0)
