"""`counterfoil ledger account | inform | delay | disclosure-record`: what was disclosed about one
person, and in what."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from counterfoil.accountability.accounting import orders
from counterfoil.accountability.accounting import service as accounting
from counterfoil.accountability.retention import service as retention
from counterfoil.cli.options import (
    AsJson,
    BatchArgument,
    OfficeDir,
    OfficerKeyFile,
    OfficerPassphrase,
    OrderFile,
    PassphraseFile,
    officer_key,
    opened,
)
from counterfoil.cli.output import faults, say, show
from counterfoil.client import act
from counterfoil.core.use_cases import Upload

_Day = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help="First day, UTC.", show_default=False),
]
_LastDay = Annotated[
    datetime | None,
    typer.Option(
        "--to", formats=["%Y-%m-%d"], help="Last day, itself included.", show_default=False
    ),
]


class Reader(StrEnum):
    """Who will read an accounting."""

    INSPECTOR = "inspector"
    PERSON = "person"


def account(
    person_file: Annotated[
        Path, typer.Option(help="The person who asks, as counterfoil-person-1.", show_default=False)
    ],
    directory: OfficeDir,
    officer: OfficerKeyFile,
    reader: Annotated[
        Reader,
        typer.Option(
            "--for",
            help="Who will read it: a person is shown requests by consent, and others where an "
            "officer decided so.",
        ),
    ] = Reader.PERSON,
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """The accounting of disclosures for one person: date, requester, purpose, outcome. Entered as
    an inspection."""
    with faults(as_json=as_json):
        office = opened(directory, passphrase_file)
        key = officer_key(office, officer, officer_passphrase_file)
        question = accounting.AccountPerson(Upload(person_file))
        if reader is Reader.PERSON:
            found = accounting.account_to_person(office, key.officer, question)
            lines = [line for each in found for line in _person_lines(each)]
        else:
            found = accounting.account(office, key.officer, question)
            lines = [line for each in found for line in _request_lines(each)]
        words = "\n".join(lines or ["No request about this person is shown."])
        show({"for": reader.value, "requests": msgspec.to_builtins(found)}, words, as_json=as_json)
        say(
            "Make sure that they are about this person before you hand them over.",
            quiet=as_json or not found,
        )


def inform(
    batch: BatchArgument,
    directory: OfficeDir,
    order: OrderFile,
    officer: OfficerKeyFile,
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Decide, in writing, that persons who ask may be informed of a batch's requests. Entered in
    the ledger; a delay takes it back."""
    with faults(as_json=as_json):
        office = opened(directory, passphrase_file)
        key = officer_key(office, officer, officer_passphrase_file)
        wanted = orders.InformPersons(batch, Upload(order))
        done = act(office, orders.inform_persons_statement, orders.inform_persons, wanted, key)
        shown = f"are shown the requests of {done.batch}"
        if done.delayed_until:
            shown = (
                f"are not shown the requests of {done.batch} up to and with {done.delayed_until}, "
                "the last day of a delay, and are shown them from then on"
            )
        words = f"Persons who ask {shown}; entry {done.index}."
        show(msgspec.to_builtins(done), words, as_json=as_json)


def delay(
    batch: BatchArgument,
    until: Annotated[
        datetime,
        typer.Option(formats=["%Y-%m-%d"], help="Last day of the delay.", show_default=False),
    ],
    directory: OfficeDir,
    order: OrderFile,
    officer: OfficerKeyFile,
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Put off telling persons of a batch's requests, up to and with a day, by a written request.
    Entered in the ledger."""
    with faults(as_json=as_json):
        office = opened(directory, passphrase_file)
        key = officer_key(office, officer, officer_passphrase_file)
        wanted = retention.DelayNotice(batch, until.date(), Upload(order))
        done = act(office, retention.delay_notice_statement, retention.delay_notice, wanted, key)
        words = (
            f"{done.batch} is not shown to persons up to and with {until.date()}; entry "
            f"{done.index}."
        )
        show(msgspec.to_builtins(done), words, as_json=as_json)


def disclosure_record(
    directory: OfficeDir,
    officer: OfficerKeyFile,
    batch: Annotated[
        str, typer.Option(help="One batch; or name a period.", show_default=False)
    ] = "",
    first: _Day = None,
    last: _LastDay = None,
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """The holder's record of disclosures, one line an answer, as CSV or JSON. Entered as an
    inspection."""
    with faults(as_json=as_json):
        days = [None if day is None else day.date() for day in (first, last)]
        question = accounting.RecordDisclosures(batch, *days)
        office = opened(directory, passphrase_file)
        key = officer_key(office, officer, officer_passphrase_file)
        found = accounting.record_disclosures(office, key.officer, question)
        show({"disclosures": msgspec.to_builtins(found)}, _csv(found), as_json=as_json)


def _request_lines(each: accounting.Accounted) -> list[str]:
    delayed = (
        f", not to be told before the end of {each.delayed_until}" if each.delayed_until else ""
    )
    return [
        f"{each.released_on or each.received_on}  {each.requester} ({each.principal}), request "
        f"{each.request_id} of {each.batch}{delayed}",
        f"  address: {each.requester_address}",
        f"  under {each.agreement}, {each.statute}, by {each.route or 'the only route'}",
        f"  purpose: {_printable(each.purpose)}",
        f"  in the accounting of {each.accounted_under}"
        if each.accounted_under
        else "  by consent, which no accounting demands",
        f"  outcome: {each.outcome}; found by {each.found_by}",
        *_recalled(each.recalled_on),
    ]


def _person_lines(each: accounting.ShownToPerson) -> list[str]:
    return [
        f"{each.date}  {each.agency}, {each.agency_address}",
        f"  under {each.provision}; purpose: {_printable(each.purpose)}",
        f"  {each.nature}; found by {each.found_by}",
        *_recalled(each.recalled_on),
    ]


def _recalled(day: str) -> list[str]:
    return [f"  recalled on {day}: it must no longer be used"] if day else []


def _printable(text: str) -> str:
    """A reason is the requester's own words: what moves a terminal's cursor is not printed."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


def _csv(found: Sequence[accounting.Disclosed]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(accounting.Disclosed.__struct_fields__)
    for each in found:
        joined = msgspec.structs.replace(each, officers="; ".join(each.officers))
        writer.writerow([_cell(str(field)) for field in msgspec.structs.astuple(joined)])
    return out.getvalue().removesuffix("\n")


def _cell(text: str) -> str:
    """A cell that a spreadsheet does not take for a formula: request ids are the requester's
    words."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
