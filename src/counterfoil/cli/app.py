"""Every verb, put together, and the one place that runs them."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Annotated, Final

import typer
from typer.exceptions import TyperException
from typer.main import get_command

from counterfoil.cli import demo
from counterfoil.cli.batch import explain, listing, override, review, sample, waiting
from counterfoil.cli.batch import steps as batch
from counterfoil.cli.controls import comparison, duty, hold, incident, notice, recall, suspension
from counterfoil.cli.hints import completing
from counterfoil.cli.office import adopt, close, custodian, evaluate, key, officer, register, status
from counterfoil.cli.office import create as office
from counterfoil.cli.output import fail, say
from counterfoil.cli.oversight import (
    accounting,
    evidence,
    inspect,
    ledger,
    litigation,
    monitor,
    reconcile,
    replay,
    retention,
    witness,
)
from counterfoil.cli.requester import agreement, law, receipt, verify
from counterfoil.cli.requester import sign as requester
from counterfoil.cli.service import serve
from counterfoil.cli.verbs import add_verb, group

app = group(
    "Answers one lawful question with yes or no, and keeps a proof of every answer and refusal.",
    "office create tax-office --sandbox",
    "register build people.csv --office tax-office --made-up",
    "answer requests.csv --office tax-office --officer a.key --second b.key --out answers.jsonl",
    "verify-answer answers.jsonl --holder-key tax-office/keys/holder.vkey",
    completion=True,
    after="Exit codes: 0 done, 1 failed, 2 usage, 3 done with rejects, 4 refused by the gate, 5 "
    "something did not verify, 6 out of force or late.",
)
OFFICERS: Final = "For officers"
OPERATOR: Final = "For the operator of the office"
INSPECTORS: Final = "For inspectors and judges"
REQUESTERS: Final = "For requesters and parties"
EVERYBODY: Final = "To try it on made-up people"
_DESK = "--office tax-office --officer a.key"

add_verb(
    app,
    status.status,
    "status --office tax-office",
    "status --office https://office.example --officer a.key",
    who=OFFICERS,
)
add_verb(app, batch.receive, "receive requests.csv --office tax-office", who=OPERATOR)
add_verb(app, waiting.waiting, "waiting b-0f1e2d3c4b5a6978 --office tax-office", who=OFFICERS)
add_verb(
    app,
    override.override,
    f"override b-0f1e2d3c4b5a6978 R-0001 {_DESK} --counsel c.key --element i2-address-custodial "
    "--reason reason.txt",
    who=OFFICERS,
)
add_verb(
    app,
    comparison.compare_document,
    f"compare-document b-0f1e2d3c4b5a6978 {_DESK} --document order.pdf",
    f"compare-document b-0f1e2d3c4b5a6978 {_DESK} --document order.pdf --agree court --agree judge",
    who=OFFICERS,
)
add_verb(app, batch.determine, "determine b-0f1e2d3c4b5a6978 --office tax-office", who=OPERATOR)
add_verb(app, sample.sample, f"sample b-0f1e2d3c4b5a6978 {_DESK} --to sheet.jsonl", who=OFFICERS)
add_verb(
    app,
    review.review,
    f"review b-0f1e2d3c4b5a6978 {_DESK}",
    f"review b-0f1e2d3c4b5a6978 {_DESK} --sheet-out sheet.csv",
    f"review b-0f1e2d3c4b5a6978 {_DESK} --sheet sheet.csv",
    who=OFFICERS,
)
add_verb(
    app,
    batch.release,
    "release b-0f1e2d3c4b5a6978 --office tax-office --officer b.key --out answers.jsonl",
    who=OFFICERS,
)
add_verb(
    app,
    batch.answer,
    f"answer requests.csv {_DESK} --second b.key --out answers.jsonl",
    who=OFFICERS,
)
add_verb(app, batch.withdraw, f"withdraw b-0f1e2d3c4b5a6978 {_DESK}", who=OFFICERS)
add_verb(
    app,
    suspension.suspend,
    f"suspend {_DESK} --order order.pdf",
    f"suspend {_DESK} --order order.pdf --scope requester",
    who=OFFICERS,
)
add_verb(app, suspension.resume, f"resume {_DESK} --second b.key --order lifted.pdf", who=OFFICERS)
add_verb(app, reconcile.reconcile, "reconcile --office tax-office --answers answers", who=OPERATOR)
_EXPLAIN = f"explain b-0f1e2d3c4b5a6978 R-0001 {_DESK}"
add_verb(
    app,
    explain.explain,
    _EXPLAIN,
    f"{_EXPLAIN} --svg evidence.svg",
    f"{_EXPLAIN} --values",
    who=OFFICERS,
)
add_verb(app, evaluate.evaluate, "evaluate labelled.csv --office tax-office --json", who=OPERATOR)
add_verb(
    app,
    requester.sign_request,
    "sign-request requests.csv --requester dhs --agreement treasury-dhs-2025 --principal "
    "dhs-secretary --key dhs-secretary.key",
    who=REQUESTERS,
)
add_verb(
    app,
    verify.verify_answer,
    "verify-answer answers.jsonl --holder-key holder.vkey",
    "verify-answer answers.jsonl --holder-key holder.vkey --policy policy.txt --recalls recalls "
    "--in-force",
    who=REQUESTERS,
)
add_verb(
    app,
    receipt.receipt,
    "receipt --notice recall.jws --holder-key holder.vkey --principal dhs-secretary --key "
    "dhs-secretary.key --passed-to-nobody --to receipt.jws",
    "receipt --answer answers.jsonl --holder-key holder.vkey --principal dhs-secretary --key "
    "dhs-secretary.key --passed-to 'Field office 3' --destroyed-on 2026-06-01 --to receipt.jws",
    who=REQUESTERS,
)
add_verb(
    app,
    verify.complete_answer,
    "complete-answer answers.jsonl --from public --holder-key holder.vkey",
    who=REQUESTERS,
)
add_verb(
    app,
    verify.verify_notice,
    "verify-notice correction-1.txt --holder-key holder.vkey",
    who=REQUESTERS,
)
add_verb(
    app, verify.verify_export, "verify-export published --holder-key holder.vkey", who=INSPECTORS
)
add_verb(
    app,
    verify.verify_proof,
    "verify-proof 17.tlog-proof --entry 17.json --holder-key holder.vkey",
    who=INSPECTORS,
)
add_verb(app, verify.verify_page, "verify-page --out verify.html", who=INSPECTORS)
add_verb(
    app,
    monitor.monitor,
    "monitor https://ledger.example --key holder.vkey --policy witnesses.policy --state seen",
    who=INSPECTORS,
)
add_verb(app, demo.demo, "demo --dir demo-office", who=EVERYBODY)
add_verb(
    app,
    replay.replay,
    "replay R-0001.evidence --holder-key holder.vkey",
    "replay --rows 20000",
    who=INSPECTORS,
)
add_verb(
    office.app,
    close.close,
    f"office close {_DESK} --second b.key --order order.pdf --accounting accounting.jsonl "
    "--archive archive",
    "office close --office tax-office --accounting accounting.jsonl --archive archive",
)
add_verb(office.app, adopt.adopt, "office adopt --office tax-office --checkpoint kept.checkpoint")
add_verb(office.app, close.check_archive, "office check-archive archive --holder-key holder.vkey")

_groups = (
    ("serve", serve.app, OPERATOR),
    ("batch", listing.app, OFFICERS),
    ("office", office.app, OPERATOR),
    ("officer", officer.app, OPERATOR),
    ("key", key.app, OPERATOR),
    ("custodian", custodian.app, OPERATOR),
    ("principal", requester.app, REQUESTERS),
    ("register", register.app, OPERATOR),
    ("ledger", ledger.app, INSPECTORS),
    ("accounting", accounting.app, OFFICERS),
    ("evidence", evidence.app, INSPECTORS),
    ("retention", retention.app, OPERATOR),
    ("litigation", litigation.app, OFFICERS),
    ("witness", witness.app, INSPECTORS),
    ("law", law.app, REQUESTERS),
    ("agreement", agreement.app, REQUESTERS),
    ("incident", incident.app, OFFICERS),
    ("hold", hold.app, OFFICERS),
    ("notice", notice.app, OFFICERS),
    ("duty", duty.app, OFFICERS),
    ("recall", recall.app, OFFICERS),
    ("inspect", inspect.app, INSPECTORS),
)
for _name, _group, _who in _groups:
    app.add_typer(_group, name=_name, rich_help_panel=_who)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"counterfoil {version('counterfoil')}")
        raise typer.Exit


@app.callback()
def _program(
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the program's version and end.",
            is_eager=True,
            callback=_print_version,
        ),
    ] = False,
) -> None:
    """What stands before every verb."""


_INTERRUPTED: Final = 130
"""The exit code by which the library tells Ctrl-C."""


def _tree(program: typer.Typer = app) -> object:
    """The verbs as they are declared, for the hints."""
    return get_command(program)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code. A call that is wrong is told like every other
    error."""
    with completing(_tree, arguments):
        return _run(arguments)


def _run(arguments: Sequence[str]) -> int:
    try:
        code = app(args=list(arguments), prog_name="counterfoil", standalone_mode=False)
    except TyperException as fault:
        return _misused(fault, as_json="--json" in arguments)
    except typer.Abort:
        code = _INTERRUPTED
    if code == _INTERRUPTED:  # Ctrl-C outside a verb's own work
        cure = "Run the same command again. `counterfoil status` shows what stands."
        fail(
            "interrupted",
            "stopped; what was recorded stands",
            "",
            cure,
            as_json="--json" in arguments,
        )
        return 1
    return int(code or 0)


def _misused(fault: TyperException, *, as_json: bool) -> int:
    message = fault.format_message()
    if message.startswith("Usage:"):  # a group without a verb: its help is the message
        say(message)
        return fault.exit_code
    context = getattr(fault, "ctx", None)
    path = context.command_path if context else "counterfoil"
    fail(
        "usage",
        message,
        path.removeprefix("counterfoil").strip(),
        f"See `{path} --help`.",
        as_json=as_json,
    )
    return fault.exit_code
