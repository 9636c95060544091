"""`counterfoil recall answers | list | show | notice | statements | receipt`: released answers that
must no longer be used."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from counterfoil.cli.files import read_whole, require_new, write_new
from counterfoil.cli.options import (
    AsJson,
    BatchArgument,
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
from counterfoil.client import Desk, RemoteOffice, act, ask, ask_plainly, statements
from counterfoil.controls.recall import listing, receipts
from counterfoil.controls.recall import service as recalls
from counterfoil.controls.recall.reasons import REASONS
from counterfoil.core.use_cases import NOBODY, SERVICE, Upload

_REASONS = values("Reasons", REASONS)
app = group(
    "Recall released answers: two officers, a notice to the requester, a list for everybody.",
    "recall list --office tax-office",
    "recall answers b-0f1e2d3c4b5a6978 --row R-0001 --reason answer-wrong --document finding.pdf "
    "--notice recall.jws --office tax-office --officer a.key --second b.key",
    after=_REASONS,
)
Number = Annotated[
    int, typer.Argument(metavar="NUMBER", help="Its number, as `recall answers` printed it.")
]
_MAX_ROWS_BYTES = 1_000_000


def answers(
    batch: BatchArgument,
    reason: Annotated[
        str,
        typer.Option(
            metavar="REASON", help="Why; see the end. Nobody outside is told.", show_default=False
        ),
    ],
    document: Annotated[
        Path, typer.Option(help="The document that shows it. It is not copied.", show_default=False)
    ],
    notice: Annotated[
        Path, typer.Option(help="The notice to the requester, a new file.", show_default=False)
    ],
    directory: OfficeDir,
    officer: OfficerKeyFile,
    second: SecondKey,
    row: Annotated[
        list[str] | None,
        typer.Option(help="A request id; once for each. None: all answers.", show_default=False),
    ] = None,
    rows: Annotated[
        Path | None,
        typer.Option(help="A file of request ids, one on each line.", show_default=False),
    ] = None,
    officer_passphrase_file: OfficerPassphrase = None,
    second_passphrase_file: SecondPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Recall released answers, all of a batch or single rows, and write the notice that the
    requester is given. Two officers. Prints its number."""
    with faults(as_json=as_json):
        require_new(notice)
        named = [*(row or []), *(_lines(rows) if rows else [])]
        office = desk(directory, passphrase_file)
        first = officer_key(office, officer, officer_passphrase_file)
        other = officer_key(office, second, second_passphrase_file)
        wanted = recalls.RecallAnswers(batch, reason, Upload(document), tuple(named))
        statement = recalls.recall_answers_statement
        done = act(office, statement, recalls.recall_answers, wanted, first, other)
        write_new(notice, done.notice)
        told = {"recall": msgspec.to_builtins(done.status), "notice": str(notice)}
        show(told, str(done.status.number), as_json=as_json)
        say(
            f"Recall {done.status.number} is entry {done.status.index}. Give {notice} to the "
            f"requester: acknowledged by {done.status.acknowledge.due_on}, destroyed by "
            f"{done.status.destroy.due_on}. {_published(office)}",
            quiet=as_json,
        )


def show_list(
    directory: OfficeDir,
    to: Annotated[
        Path | None,
        typer.Option(
            help="Write the signed list that everybody may read to a new file.", show_default=False
        ),
    ] = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Every recall and where its duties stand; no row is named. With --to, also the list that
    `verify-answer --recalls` reads, signed and complete as of now; `ledger publish` writes the
    same."""
    with faults(as_json=as_json):
        if to is not None:
            require_new(to)
            made = listing.make_recall_list(opened(directory, passphrase_file), SERVICE)
            write_new(to, made.data)
            say(f"Wrote {to}: {made.recalls} recalls, {made.size} entries.", quiet=as_json)
        found = recalls.list_recalls(opened_here(directory), NOBODY)
        lines = [_line(each) for each in found.recalls] or ["Nothing was recalled."]
        if not found.agrees:
            lines = ["These are not the recalls that the ledger has entries of."]
        show(msgspec.to_builtins(found), "\n".join(lines), as_json=as_json)


def show_one(
    number: Number,
    directory: OfficeDir,
    officer: OfficerKeyFile,
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """One recall, whole: its reason, its rows by request id, and what the requester signed."""
    with faults(as_json=as_json):
        office = desk(directory, passphrase_file)
        key = officer_key(office, officer, officer_passphrase_file)
        found = ask(office, recalls.show_recall, key.officer, recalls.ShowRecall(number))
        signed = [
            each
            for each in ask_plainly(office, receipts.show_receipts, key.officer)
            if each.receipt.number == number
        ]
        lines = [_line(found.status), f"reason: {found.reason}"]
        lines.append(f"rows: {', '.join(found.rows) or 'all of them'}")
        lines += [_receipt_line(each) for each in signed]
        told = msgspec.to_builtins(found) | {"receipts": msgspec.to_builtins(signed)}
        show(told, "\n".join(lines), as_json=as_json)


def write_notice(
    number: Number,
    to: Annotated[Path, typer.Option(help="The notice, a new file.", show_default=False)],
    directory: OfficeDir,
    officer: OfficerKeyFile,
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Write the notice of a recall again."""
    with faults(as_json=as_json):
        require_new(to)
        office = desk(directory, passphrase_file)
        key = officer_key(office, officer, officer_passphrase_file)
        data = ask(office, recalls.write_recall_notice, key.officer, recalls.WriteNotice(number))
        write_new(to, data)
        show({"notice": str(to)}, str(to), as_json=as_json)


def show_statements(
    directory: OfficeDir,
    officer: OfficerKeyFile,
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """What requesters stated by the mailbox of recalls and destruction, and two officers have yet
    to enter."""
    with faults(as_json=as_json):
        office = desk(directory, passphrase_file)
        key = officer_key(office, officer, officer_passphrase_file)
        found = ask_plainly(office, statements.list_statements, key.officer)
        lines = [line for each in found for line in statements.statement_lines(each)]
        words = "\n".join(lines) or "No statement waits."
        show({"statements": msgspec.to_builtins(found)}, words, as_json=as_json)
        if found:
            say(f"`counterfoil recall receipt {found[0].item} --second KEY`", quiet=as_json)


def receipt(
    file: Annotated[
        str,
        typer.Argument(
            metavar="RECEIPT",
            help="What the requester's principal signed: a file, or the item that it came in, as "
            "`recall statements` lists it.",
        ),
    ],
    directory: OfficeDir,
    officer: OfficerKeyFile,
    second: SecondKey,
    officer_passphrase_file: OfficerPassphrase = None,
    second_passphrase_file: SecondPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Enter what a requester signed of answers that were recalled or expired, which closes the
    duties that it does. Two officers."""
    with faults(as_json=as_json):
        office = desk(directory, passphrase_file)
        first = officer_key(office, officer, officer_passphrase_file)
        other = officer_key(office, second, second_passphrase_file)
        statement = receipts.enter_receipt_statement
        with statements.statement_file(office, first, file) as path:
            wanted = receipts.EnterReceipt(Upload(path))
            done = act(office, statement, receipts.enter_receipt, wanted, first, other)
        closed = ", ".join(map(str, done.closed))
        words = f"Receipt {done.place} is entry {done.index}; it closes duty {closed}."
        show(msgspec.to_builtins(done), words, as_json=as_json)


def _lines(path: Path) -> list[str]:
    text = read_whole(path, _MAX_ROWS_BYTES).decode("utf-8", errors="replace")
    return [line.strip() for line in text.splitlines() if line.strip()]


def _line(each: recalls.RecallStatus) -> str:
    what = "all answers" if each.is_whole else "single rows"
    return row(
        f"{each.number}  {each.batch}  {what}",
        f"{each.recalled_at} by {' and '.join(each.officers)}",
        f"acknowledged: {_standing(each.acknowledge)}; destroyed: {_standing(each.destroy)}",
    )


def _standing(duty: recalls.duties.Duty) -> str:
    if duty.closed_at:
        return duty.closed_at
    return f"LATE, due {duty.due_on}" if duty.late else f"due {duty.due_on}"


def _receipt_line(each: receipts.ShownReceipt) -> str:
    said = each.receipt
    gone = f"{said.disposed} on {said.disposed_on}" if said.disposed else "not destroyed yet"
    return (
        f"receipt of {said.acknowledged_on} by {said.principal}: passed on to "
        f"{', '.join(said.onward) or 'nobody'}; {gone}"
    )


_DESK = "--office tax-office --officer a.key"
add_verb(
    app,
    answers,
    f"recall answers b-0f1e2d3c4b5a6978 --reason ordered --document order.pdf --notice recall.jws "
    f"{_DESK} --second b.key",
    "recall answers b-0f1e2d3c4b5a6978 --row R-0001 --reason answer-wrong --document finding.pdf "
    f"--notice recall.jws {_DESK} --second b.key",
    after=_REASONS,
)
add_verb(
    app,
    show_list,
    "recall list --office tax-office",
    "recall list --office tax-office --to recalls",
    name="list",
)
add_verb(app, show_one, f"recall show 1 {_DESK}", name="show")
add_verb(app, write_notice, f"recall notice 1 --to recall.jws {_DESK}", name="notice")
add_verb(app, show_statements, f"recall statements {_DESK}", name="statements")
add_verb(app, receipt, f"recall receipt receipt.jws {_DESK} --second b.key")


def _published(office: Desk) -> str:
    """How the requester and the public come to know: a service sees to both by itself."""
    if isinstance(office, RemoteOffice):
        return "The service puts it into the mailbox; the list comes with its next publication."
    return "Publish the list: `counterfoil ledger publish`."
