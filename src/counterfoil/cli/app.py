"""Every verb, put together, and the one place that runs them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import typer
from typer.exceptions import TyperException

from counterfoil.cli import demo
from counterfoil.cli.batch import explain, listing, override, sample, waiting
from counterfoil.cli.batch import steps as batch
from counterfoil.cli.controls import comparison, duty, hold, incident, notice, recall, suspension
from counterfoil.cli.office import close, evaluate, key, officer, register
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
    after="Exit codes: 0 done, 1 failed, 2 usage, 3 done with rejects, 4 refused by the gate, 5 "
    "something did not verify, 6 out of force or late.",
)
_DESK = "--office tax-office --officer a.key"

add_verb(app, batch.receive, "receive requests.csv --office tax-office")
add_verb(app, waiting.waiting, "waiting b-0f1e2d3c4b5a6978 --office tax-office")
add_verb(
    app,
    override.override,
    f"override b-0f1e2d3c4b5a6978 R-0001 {_DESK} --counsel c.key --element i2-address-custodial "
    "--reason reason.txt",
)
add_verb(
    app,
    comparison.compare_document,
    f"compare-document b-0f1e2d3c4b5a6978 {_DESK} --document order.pdf",
    f"compare-document b-0f1e2d3c4b5a6978 {_DESK} --document order.pdf --agree court --agree judge",
)
add_verb(app, batch.determine, "determine b-0f1e2d3c4b5a6978 --office tax-office")
add_verb(app, sample.sample, f"sample b-0f1e2d3c4b5a6978 {_DESK} --to sheet.jsonl")
add_verb(app, batch.review, f"review b-0f1e2d3c4b5a6978 {_DESK} --sample sheet.jsonl")
add_verb(
    app,
    batch.release,
    "release b-0f1e2d3c4b5a6978 --office tax-office --officer b.key --out answers.jsonl",
)
add_verb(app, batch.answer, f"answer requests.csv {_DESK} --second b.key --out answers.jsonl")
add_verb(app, batch.withdraw, f"withdraw b-0f1e2d3c4b5a6978 {_DESK}")
add_verb(
    app,
    suspension.suspend,
    f"suspend {_DESK} --order order.pdf",
    f"suspend {_DESK} --order order.pdf --scope requester",
)
add_verb(app, suspension.resume, f"resume {_DESK} --second b.key --order lifted.pdf")
add_verb(app, office.status, "status --office tax-office")
add_verb(app, reconcile.reconcile, "reconcile --office tax-office --answers answers")
_EXPLAIN = f"explain b-0f1e2d3c4b5a6978 R-0001 {_DESK}"
add_verb(app, explain.explain, _EXPLAIN, f"{_EXPLAIN} --svg evidence.svg", f"{_EXPLAIN} --values")
add_verb(app, evaluate.evaluate, "evaluate labelled.csv --office tax-office --json")
add_verb(
    app,
    requester.sign_request,
    "sign-request requests.csv --requester dhs --agreement treasury-dhs-2025 --principal "
    "dhs-secretary --key dhs-secretary.key",
)
add_verb(
    app,
    verify.verify_answer,
    "verify-answer answers.jsonl --holder-key holder.vkey",
    "verify-answer answers.jsonl --holder-key holder.vkey --policy policy.txt --recalls recalls "
    "--in-force",
)
add_verb(
    app,
    receipt.receipt,
    "receipt --notice recall.jws --holder-key holder.vkey --principal dhs-secretary --key "
    "dhs-secretary.key --passed-to-nobody --to receipt.jws",
    "receipt --answer answers.jsonl --holder-key holder.vkey --principal dhs-secretary --key "
    "dhs-secretary.key --passed-to 'Field office 3' --destroyed-on 2026-06-01 --to receipt.jws",
)
add_verb(
    app,
    verify.complete_answer,
    "complete-answer answers.jsonl --from public --holder-key holder.vkey",
)
add_verb(app, verify.verify_notice, "verify-notice correction-1.txt --holder-key holder.vkey")
add_verb(app, verify.verify_export, "verify-export published --holder-key holder.vkey")
add_verb(
    app, verify.verify_proof, "verify-proof 17.tlog-proof --entry 17.json --holder-key holder.vkey"
)
add_verb(app, verify.verify_page, "verify-page --out verify.html")
add_verb(
    app,
    monitor.monitor,
    "monitor https://ledger.example --key holder.vkey --policy witnesses.policy --state seen",
)
add_verb(app, demo.demo, "demo --dir demo-office")
add_verb(
    app, replay.replay, "replay R-0001.evidence --holder-key holder.vkey", "replay --rows 20000"
)
add_verb(
    office.app,
    close.close,
    f"office close {_DESK} --second b.key --order order.pdf --accounting accounting.jsonl "
    "--archive archive",
    "office close --office tax-office --accounting accounting.jsonl --archive archive",
)
add_verb(office.app, close.check_archive, "office check-archive archive --holder-key holder.vkey")

_groups = (
    ("serve", serve.app),
    ("batch", listing.app),
    ("office", office.app),
    ("officer", officer.app),
    ("key", key.app),
    ("principal", requester.app),
    ("register", register.app),
    ("ledger", ledger.app),
    ("accounting", accounting.app),
    ("evidence", evidence.app),
    ("retention", retention.app),
    ("litigation", litigation.app),
    ("witness", witness.app),
    ("law", law.app),
    ("agreement", agreement.app),
    ("incident", incident.app),
    ("hold", hold.app),
    ("notice", notice.app),
    ("duty", duty.app),
    ("recall", recall.app),
    ("inspect", inspect.app),
)
for _name, _group in _groups:
    app.add_typer(_group, name=_name)

_INTERRUPTED: Final = 130
"""The exit code by which the library tells Ctrl-C."""


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code. A call that is wrong is told like every other
    error."""
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
