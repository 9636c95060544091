"""`counterfoil-ask sign | send | status | fetch`: to the office and back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from counterfoil.cli.ask.options import (
    AsJson,
    Authority,
    Certificate,
    CertificateKey,
    Dates,
    Encoding,
    Key,
    KeyPassphrase,
    OfficeFile,
    Quiet,
    Route,
    SheetName,
    desk_of,
    intake_key_for,
    now,
    office_of,
    readers_of,
    signing_key,
    way_of,
)
from counterfoil.cli.ask.sent import REFUSED, WAIT_SECONDS, show_sent
from counterfoil.cli.output import DONE_WITH_REJECTS, faults, no_progress, say, show, show_lines
from counterfoil.cli.rejects import RejectList
from counterfoil.core.errors import UsageFault
from counterfoil.core.use_cases import finish, watcher
from counterfoil.requester.desk import Desk, SentItem
from counterfoil.requester.incoming import (
    Fetched,
    OutboxStanding,
    answer_state,
    fetch_all,
    outbox_standing,
)
from counterfoil.requester.known_office import KnownOffice
from counterfoil.requester.outgoing import (
    Signer,
    SignItem,
    kept_receipt,
    send_item,
    sign_item,
    trusted_intake_key,
)
from counterfoil.requester.sheets.convert import Reading

_NOT_VERIFIED = 5

File = Annotated[
    Path, typer.Argument(metavar="FILE", help="Your own file: .csv, .xlsx, .jsonl, .parquet.")
]
Document = Annotated[
    Path | None,
    typer.Option(
        help="The file of the order or consent that the requests rest on.", show_default=False
    ),
]
States = Annotated[
    Path | None,
    typer.Option(
        help="What the order or consent states, as JSON: docs/formats/request-file.md.",
        show_default=False,
    ),
]
Again = Annotated[
    bool, typer.Option("--again", help="As a new item, also where the same file was sent before.")
]
ReplyTo = Annotated[
    list[Path] | None,
    typer.Option(
        "--reply-to",
        help="NAME.opening.pub of an engaged officer who may open the answer too.",
        show_default=False,
    ),
]
IntakeKeyFile = Annotated[
    Path | None,
    typer.Option(
        "--intake-key",
        help="The office's intake key, as it was published; else from the folder or gateway.",
        show_default=False,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        help="Put the item into this folder, for somebody to carry; a mailbox, or its inbox.",
        show_default=False,
    ),
]


def sign(
    file: File,
    key: Key,
    out: Out = None,
    intake_key: IntakeKeyFile = None,
    key_passphrase_file: KeyPassphrase = None,
    office_file: OfficeFile = None,
    route: Route = "",
    document: Document = None,
    states: States = None,
    reply_to: ReplyTo = None,
    encoding: Encoding = "",
    dates: Dates = "ymd",
    sheet: SheetName = "",
    again: Again = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Sign a file and seal it to the office; nothing is sent. Prints the path of the sealed item.

    Rows that cannot be read are told: exit 3. A file that is no request file is not signed.
    """
    with faults(as_json=as_json):
        _require_folder(out)
        office, desk = office_of(key, office_file), desk_of(key)
        command = SignItem(file, Reading(encoding, dates, sheet), route, document, states, again)
        key_data = intake_key_for(intake_key, out, key, None)
        rejects = RejectList(None, quiet=quiet or as_json)
        sent = _signed(
            office, desk, command, key_data, (key, key_passphrase_file, reply_to), rejects
        )
        path = _copied(desk, sent, out)
        said = {"item": sent.item, "file": str(path), "rows": sent.rows, "rejected": sent.rejected}
        show(said, str(path), as_json=as_json)
        words = f"Signed {sent.rows} rows; {sent.rejected} of them cannot be read."
        say(words, quiet=quiet or as_json)
        if sent.rejected:
            raise typer.Exit(DONE_WITH_REJECTS)


def send(
    key: Key,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]", help="Your own file; without it, all that has no receipt yet."
        ),
    ] = None,
    to: Annotated[
        str,
        typer.Option("--to", help="The gateway's URL or the mailbox's folder.", show_default=False),
    ] = "",
    out: Out = None,
    intake_key: IntakeKeyFile = None,
    key_passphrase_file: KeyPassphrase = None,
    office_file: OfficeFile = None,
    route: Route = "",
    document: Document = None,
    states: States = None,
    reply_to: ReplyTo = None,
    encoding: Encoding = "",
    dates: Dates = "ymd",
    sheet: SheetName = "",
    again: Again = False,
    wait: Annotated[
        float, typer.Option(help="Seconds to wait for the office's receipt.")
    ] = WAIT_SECONDS,
    certificate: Certificate = None,
    certificate_key: CertificateKey = None,
    authority: Authority = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Sign, seal and send a file, and print the office's receipt. What was sent and has no receipt
    is sent again, as the same item, whenever `send` is run without a file.

    Exit 3 where rows cannot be read: they come back as rejected. Exit 4 where the office refuses
    the whole item.
    """
    with faults(as_json=as_json):
        office, desk = office_of(key, office_file), desk_of(key)
        way = way_of(to or str(out or ""), certificate, certificate_key, authority)
        rejects = RejectList(None, quiet=quiet or as_json)
        if file is None:
            items = [each for each in desk.items() if _is_open(office, desk, each)]
        else:
            command = SignItem(
                file, Reading(encoding, dates, sheet), route, document, states, again
            )
            key_data = intake_key_for(intake_key, out, key, way)
            who = key, key_passphrase_file, reply_to
            items = [_signed(office, desk, command, key_data, who, rejects)]
        seconds = 0.0 if out is not None and not to else wait
        done = [send_item(office, desk, way, each, seconds) for each in items]
        show_sent(items, done, as_json=as_json, quiet=quiet)
        if any(each.receipt is not None and each.receipt.refused for each in done):
            raise typer.Exit(REFUSED)
        if any(each.rejected for each in items):
            raise typer.Exit(DONE_WITH_REJECTS)


def status(
    key: Key,
    from_: Annotated[
        str,
        typer.Option(
            "--from", help="Fetch first, from the gateway or the mailbox.", show_default=False
        ),
    ] = "",
    office_file: OfficeFile = None,
    certificate: Certificate = None,
    certificate_key: CertificateKey = None,
    authority: Authority = None,
    as_json: AsJson = False,
) -> None:
    """What became of every item that was sent with this key, and what needs you: notices that
    nobody opened, an outbox that is not known up to now, an answer that was replaced."""
    with faults(as_json=as_json):
        office, desk = office_of(key, office_file), desk_of(key)
        if from_:
            way = way_of(from_, certificate, certificate_key, authority)
            _tell_troubles(fetch_all(office, desk, way, now()), quiet=as_json)
        lines = [_status_of(office, desk, each) for each in desk.items()]
        words = "\n".join(line for each in lines for line in _status_lines(each))
        unread = list(map(str, desk.unread()))
        outbox = outbox_standing(office, desk, now())
        told = {"items": lines, "unread": unread, "outbox": msgspec.to_builtins(outbox)}
        show(told, words or "Nothing was sent with this key yet.", as_json=as_json)
        for line in [*_outbox_lines(outbox), *_unread_lines(unread, key)]:
            say(line, quiet=as_json)


def fetch(
    key: Key,
    from_: Annotated[
        str,
        typer.Option(
            "--from", help="The gateway's URL or the mailbox's folder.", show_default=False
        ),
    ],
    office_file: OfficeFile = None,
    certificate: Certificate = None,
    certificate_key: CertificateKey = None,
    authority: Authority = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Take receipts, sealed answers and notices, and print the path of each answer, for `open`.

    What the office says lies there and is not handed over, or is another, or older than was seen
    before, is told with its code: exit 5.
    """
    with faults(as_json=as_json):
        office, desk = office_of(key, office_file), desk_of(key)
        way = way_of(from_, certificate, certificate_key, authority)
        found = fetch_all(office, desk, way, now())
        if as_json:
            show(msgspec.to_builtins(found), "", as_json=True)
        else:
            show_lines([*found.answers.values(), *found.notices.values()])
            if not found.answers and not found.notices:
                say("No answer and no notice lies there for this key.", quiet=quiet)
        _tell_troubles(found, quiet=as_json)
        for item in found.waiting:
            say(f"{item}: received, and not answered yet.", quiet=quiet or as_json)
        for item in found.unreceived:
            say(f"{item}: no receipt yet. `send` sends it again.", quiet=quiet or as_json)
        if found.troubles:
            raise typer.Exit(_NOT_VERIFIED)


def _signed(
    office: KnownOffice,
    desk: Desk,
    command: SignItem,
    intake_key: bytes | None,
    who: tuple[Path, Path | None, list[Path] | None],
    rejects: RejectList,
) -> SentItem:
    key, passphrase_file, reply_to = who
    moment = now()
    trusted = trusted_intake_key(office, intake_key, moment)
    signer = Signer(signing_key(key, passphrase_file, office), office, readers_of(key, reply_to))
    work = sign_item(signer, desk, trusted, command, moment)
    return finish(work, watcher(no_progress, rejects.add))


def _require_folder(out: Path | None) -> None:
    """Raise UsageFault `out_folder` unless the folder is there: asked before anything is signed, so
    that no item is kept as sent that never left."""
    if out is not None and not out.is_dir():
        raise UsageFault(
            "out_folder",
            "the folder to write to does not exist",
            place=out.name,
            cure="Make it, or name another.",
        )


def _copied(desk: Desk, sent: SentItem, out: Path | None) -> Path:
    path = desk.sealed(sent.item)
    if out is None:
        return path
    way = way_of(str(out), None, None, None)
    way.put(sent.item, path)
    inbox = out / "inbox"
    return (inbox if inbox.is_dir() else out) / path.name


def _is_open(office: KnownOffice, desk: Desk, sent: SentItem) -> bool:
    return kept_receipt(office, desk, sent) is None and sent.expires > now()


def _status_of(office: KnownOffice, desk: Desk, sent: SentItem) -> dict[str, Any]:
    receipt = kept_receipt(office, desk, sent)
    if receipt is None:
        state = "no receipt yet" if sent.expires > now() else "over, without a receipt"
    elif receipt.refused:
        state = f"refused: {receipt.refused}"
    elif sent.kind == "notice":
        state = f"received, of batch {receipt.batch}"
    elif desk.answer(sent.item).exists():
        state = answer_state(office, desk, sent.item)
    else:
        state = f"received as batch {receipt.batch}"
    return {
        "item": sent.item,
        "file": sent.file,
        "kind": sent.kind,
        "rows": sent.rows,
        "made_at": sent.made_at.isoformat(timespec="seconds"),
        "batch": receipt.batch if receipt else "",
        "state": state,
        "answer": str(answer) if (answer := desk.answer(sent.item)).exists() else "",
    }


def _status_lines(each: dict[str, Any]) -> list[str]:
    what = f"{each['rows']} rows" if each["kind"] == "request" else "statement"
    return [each["item"], f"  {each['file']}, {what}: {each['state']}"] + (
        [f"  {each['answer']}"] if each["answer"] else []
    )


def _outbox_lines(standing: OutboxStanding) -> list[str]:
    if not standing.at:
        return [
            "The outbox was not looked at yet: `counterfoil-ask fetch --from GATEWAY --key KEY`."
        ]
    known = f"The outbox is known up to {standing.at}, head {standing.sequence}."
    if standing.current:
        return [known]
    return [
        f"{known} NOT CURRENT since {standing.next_due}: a recall would not show. "
        "`counterfoil-ask fetch --from GATEWAY --key KEY`"
    ]


def _unread_lines(unread: Sequence[str], key: Path) -> list[str]:
    return [
        f"NOT READ: a notice, which may be a recall: `counterfoil-ask open {each} --key {key}`"
        for each in unread
    ]


def _tell_troubles(found: Fetched, *, quiet: bool) -> None:
    for each in found.troubles:
        place = f"{each.item}: " if each.item else ""
        say(f"counterfoil-ask: {place}{each.message} [{each.code}]\n  {each.cure}", quiet=quiet)
