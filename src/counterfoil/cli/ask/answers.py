"""`counterfoil-ask open | acknowledge`: a sealed answer or notice, and what is established of it;
what a requester signs of a recall or of destruction."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from counterfoil.cli.ask.options import (
    AsJson,
    Authority,
    Certificate,
    CertificateKey,
    Key,
    KeyPassphrase,
    OfficeFile,
    Quiet,
    desk_of,
    intake_key_for,
    now,
    office_of,
    opening_key,
    signing_key,
    way_of,
)
from counterfoil.cli.ask.sent import REFUSED, WAIT_SECONDS, show_sent
from counterfoil.cli.files import read_whole, require_new, write_new
from counterfoil.cli.output import faults, say, show, show_lines
from counterfoil.core.errors import UsageFault
from counterfoil.requester.opening import (
    AnsweredRow,
    OpenedAnswer,
    answered_rows,
    has_envelope,
    is_notice,
    open_answer,
    open_notice,
)
from counterfoil.requester.outgoing import principal_of, send_item, trusted_intake_key
from counterfoil.requester.receipts import (
    MAX_NOTICE_BYTES,
    MakeReceipt,
    names_of,
    receipt_of_answer,
    receipt_of_notice,
)
from counterfoil.requester.stating import seal_statement
from counterfoil.requester.verify import RecallFilter, read_list

_OUT_OF_FORCE = 6


def open_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A sealed answer that `fetch` printed.")
    ],
    key: Key,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for the answer and its rows beside the requests; else the item's own.",
            show_default=False,
        ),
    ] = None,
    recalls: Annotated[
        Path | None,
        typer.Option(
            help="The list of recalls that the holder publishes; else the newest that came.",
            show_default=False,
        ),
    ] = None,
    key_passphrase_file: KeyPassphrase = None,
    office_file: OfficeFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Open a sealed answer, establish what it is, and print its rows as JSON lines; or a sealed
    notice, and print what it says.

    Beside the answer stands answers-with-requests.csv: every row of your file with its answer, and
    what to do where nothing was asked. Exit 5 where something does not verify; 6 where the last day
    of use is over, it was recalled, or the outbox is not known up to now, so that a recall would
    not show.
    """
    with faults(as_json=as_json):
        office = office_of(key, office_file)
        opened = opening_key(key, key_passphrase_file, office)
        desk, keys = desk_of(key), {opened.key_id: opened}
        if is_notice(file):
            notice = open_notice(office, desk, file, keys)
            show(msgspec.to_builtins(notice), "\n".join(notice.lines), as_json=as_json)
            say(f"Notice: {notice.file or notice.recalls}", quiet=quiet or as_json)
            return
        listed = recalls or (desk.recalls if desk.recalls.is_file() else None)
        asked = RecallFilter(read_list(listed)) if listed else None
        done = open_answer(office, desk, file, keys, out, now(), asked)
        rows = answered_rows(Path(done.file))
        if as_json:
            said = msgspec.to_builtins(done) | {"rows": [_fields(row) for row in rows]}
            show_lines([msgspec.json.encode(said).decode()])
        else:
            show_lines(msgspec.json.encode(_fields(row)).decode() for row in rows)
        _tell(done, quiet=quiet or as_json)
        if not (done.in_force and done.current):
            raise typer.Exit(_OUT_OF_FORCE)


_Day = typer.Option(
    formats=["%Y-%m-%d"], help="The day on which every copy was.", show_default=False
)


def acknowledge(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="A notice of recall that `open` wrote, or an answer file that expired.",
        ),
    ],
    key: Key,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            help="Send it too: the gateway's URL or the mailbox's folder.",
            show_default=False,
        ),
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option(help="The statement, a new file; else FILE.receipt.jws.", show_default=False),
    ] = None,
    passed_to: Annotated[
        list[str] | None,
        typer.Option(help="An agency or official who has them too.", show_default=False),
    ] = None,
    passed_to_nobody: Annotated[
        bool, typer.Option("--passed-to-nobody", help="Nobody else has them.")
    ] = False,
    destroyed_on: Annotated[datetime | None, _Day] = None,
    returned_on: Annotated[datetime | None, _Day] = None,
    key_passphrase_file: KeyPassphrase = None,
    office_file: OfficeFile = None,
    certificate: Certificate = None,
    certificate_key: CertificateKey = None,
    authority: Authority = None,
    as_json: AsJson = False,
) -> None:
    """Sign that answers were recalled or expired, who else had them, and, once it is done, that
    every copy was destroyed or returned. With --to it is sealed and sent, and the office's receipt
    is printed; without, hand the file to the holder. Two officers enter it.

    What has no receipt yet is sent again by `send` without a file. Exit 4 where the office refuses
    it.
    """
    with faults(as_json=as_json):
        way = way_of(to, certificate, certificate_key, authority) if to else None
        target = out or file.with_name(f"{file.name}.receipt.jws")
        require_new(target)
        if destroyed_on and returned_on:
            raise UsageFault(
                "receipt_of_what",
                "copies were destroyed or returned, not both",
                place="--destroyed-on, --returned-on",
                cure="Give one of the two, or none while it is not done.",
            )
        onward = names_of(passed_to or (), nobody=passed_to_nobody)
        office = office_of(key, office_file)
        signer = signing_key(key, key_passphrase_file, office)
        command = MakeReceipt.of(
            principal_of(office, signer.signer.verifier),
            onward,
            destroyed_on and destroyed_on.date(),
            returned_on and returned_on.date(),
            now().date(),
        )
        if has_envelope(file):
            data = receipt_of_answer(file, office.holder, command, signer)
        else:
            notes = read_whole(file, MAX_NOTICE_BYTES)
            data = receipt_of_notice(notes, office.holder, command, signer)
        write_new(target, data)
        if way is None:
            show({"receipt": str(target)}, str(target), as_json=as_json)
            say("Hand it to the holder, who enters it.", quiet=as_json)
            return
        trusted = trusted_intake_key(office, intake_key_for(None, None, key, way), now())
        desk = desk_of(key)
        sent = seal_statement(office, desk, trusted, signer, (target.name, data), now())
        done = send_item(office, desk, way, sent, WAIT_SECONDS)
        show_sent([sent], [done], as_json=as_json, quiet=as_json)
        if done.receipt is not None and done.receipt.refused:
            raise typer.Exit(REFUSED)


def _fields(row: AnsweredRow) -> dict[str, object]:
    fields = msgspec.structs.asdict(row)
    number = fields.pop("row")
    return fields | ({"row": number} if number else {})


def _tell(done: OpenedAnswer, *, quiet: bool) -> None:
    say("\n".join(done.statements), quiet=quiet)
    say("\n".join(["Use limits:", *(f"  {each}" for each in done.use_limits)]), quiet=quiet)
    say(f"Use it until {done.expires_on}, then destroy it.", quiet=quiet)
    say(f"Answer: {done.file}, with its envelope.", quiet=quiet)
    if done.joined:
        say(f"Rows beside your requests: {done.joined}", quiet=quiet)
