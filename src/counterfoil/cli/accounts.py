"""`counterfoil ledger account | delay | disclosure-record`: what was disclosed about one person,
and in what."""

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

from counterfoil.accountability.accounting import service as accounting
from counterfoil.accountability.retention import service as retention
from counterfoil.cli.files import read_whole
from counterfoil.cli.options import (
    AsJson,
    BatchArgument,
    OfficeDir,
    OfficerKeyFile,
    OfficerPassphrase,
    OrderFile,
    PassphraseFile,
    officer_key,
    officer_signer,
    opened,
)
from counterfoil.cli.output import faults, say, show
from counterfoil.client import act
from counterfoil.core.errors import UsageFault
from counterfoil.core.use_cases import Upload
from counterfoil.office import open_office

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
        typer.Option("--for", help="Who will read it: a person is not shown what is delayed."),
    ] = Reader.PERSON,
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """The accounting of disclosures for one person: date, requester, purpose, outcome. Entered as
    an inspection."""
    with faults(as_json=as_json):
        person = accounting.read_person(read_whole(person_file, accounting.MAX_PERSON_BYTES))
        office = opened(directory, passphrase_file)
        signer = officer_signer(office, officer, officer_passphrase_file)
        found = accounting.account(office, person, reader is Reader.PERSON, *signer)
        lines = [line for each in found for line in _told(each)]
        words = "\n".join(lines or ["No request about this person is shown."])
        show({"for": reader.value, "requests": msgspec.to_builtins(found)}, words, as_json=as_json)
        say(
            "Make sure that they are about this person before you hand them over.",
            quiet=as_json or not found,
        )


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
    as_json: AsJson = False,
) -> None:
    """Put off telling persons of a batch's requests, up to and with a day, by a written request.
    Entered in the ledger."""
    with faults(as_json=as_json):
        office = open_office(directory)
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
        if bool(batch) == bool(first and last) or bool(first) != bool(last):
            raise UsageFault(
                "record_of_what",
                "name one batch, or the first and the last day of a period",
                place="disclosure-record",
                cure="Give --batch, or both --from and --to.",
            )
        office = opened(directory, passphrase_file)
        signer = officer_signer(office, officer, officer_passphrase_file)
        days = ((first or datetime.min).date(), (last or datetime.min).date())
        found = accounting.record_disclosures(office, batch, *days, *signer)
        show({"disclosures": msgspec.to_builtins(found)}, _csv(found), as_json=as_json)


def _told(each: accounting.Accounted) -> list[str]:
    delayed = (
        f", not to be told before the end of {each.delayed_until}" if each.delayed_until else ""
    )
    return [
        f"{each.released_on or each.received_on}  {each.requester} ({each.principal}), request "
        f"{each.request_id} of {each.batch}{delayed}",
        f"  under {each.agreement}, {each.statute}, by {each.route or 'the only route'}: "
        f"{'; '.join(each.purposes)}",
        f"  in the accounting of {each.accounted_under}"
        if each.accounted_under
        else "  by consent, which no accounting demands",
        f"  outcome: {each.outcome}; found by {each.found_by}",
    ]


def _csv(found: Sequence[accounting.Disclosed]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(accounting.Disclosed.__struct_fields__)
    for each in found:
        joined = msgspec.structs.replace(
            each, purposes="; ".join(each.purposes), officers="; ".join(each.officers)
        )
        writer.writerow([_cell(str(field)) for field in msgspec.structs.astuple(joined)])
    return out.getvalue().removesuffix("\n")


def _cell(text: str) -> str:
    """A cell that a spreadsheet does not take for a formula: request ids are the requester's
    words."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
