"""`counterfoil office close | check-archive`: two officers close an office for good; its archive is
written and checked, and its keys are destroyed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from counterfoil.accountability.retention import archive, closing
from counterfoil.cli.options import (
    AsJson,
    OfficeDir,
    OfficerPassphrase,
    PassphraseFile,
    SecondPassphrase,
    both_officers,
    named_vkey,
    office_url,
    opened_to_close,
)
from counterfoil.cli.output import faults, say, show
from counterfoil.client import act
from counterfoil.core.errors import UsageFault
from counterfoil.core.use_cases import NOBODY, SERVICE, Upload
from counterfoil.office import Office, open_office


def close(
    directory: OfficeDir,
    to: Annotated[
        Path,
        typer.Option(
            "--archive",
            help="A new folder outside the office's, for the archive.",
            show_default=False,
        ),
    ],
    order: Annotated[
        Path | None,
        typer.Option(
            help="File of the order that closes the office. Not needed to finish a closing that "
            "was broken off, nor are the two keys.",
            show_default=False,
        ),
    ] = None,
    accounting: Annotated[
        Path | None,
        typer.Option(
            help="What `accounting export` wrote last; needed where a batch was ever received.",
            show_default=False,
        ),
    ] = None,
    despite: Annotated[
        list[str] | None,
        typer.Option(help="Close in spite of what stands: duties, incidents, rows. Repeat it."),
    ] = None,
    officer: Annotated[
        Path | None,
        typer.Option(help="Key file of a disclosure officer who signs it.", show_default=False),
    ] = None,
    second: Annotated[
        Path | None, typer.Option(help="Key file of the second such officer.", show_default=False)
    ] = None,
    officer_passphrase_file: OfficerPassphrase = None,
    second_passphrase_file: SecondPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Close an office for good: enter it, have the last checkpoint cosigned, write and check the
    archive, destroy every key. Two officers. Broken off, it goes on when it is run again."""
    with faults(as_json=as_json):
        office = _opened(directory, passphrase_file)
        if not closing.closing_status(office, NOBODY).entered:
            if order is None or officer is None or second is None:
                raise UsageFault(
                    "closing_signers",
                    "two officers close an office, by an order",
                    place="office close",
                    cure="Give --order, --officer and --second; nothing was changed.",
                )
            files = (officer_passphrase_file, second_passphrase_file)
            keys = both_officers(office, (officer, second), files)
            papers = Upload(accounting) if accounting else None
            wanted = closing.CloseOffice(Upload(order), papers, tuple(despite or ()))
            done = act(office, closing.close_office_statement, closing.close_office, wanted, *keys)
            say(f"Closed by entry {done.index}; now its archive is written.", quiet=as_json)
        made = closing.finish_closing(office, SERVICE, closing.FinishClosing(to, accounting))
        words = f"Closed. {made.archive} holds {made.size} entries and was checked: {made.digest}"
        show(msgspec.to_builtins(made), words, as_json=as_json)
        say(
            f"{len(made.destroyed)} key files were destroyed. Writing over a file does not reach "
            "every copy on today's disks: destroy passphrases, copies of `keys` and the disk too.",
            quiet=as_json,
        )


def _opened(directory: Path, passphrase_file: Path | None) -> Office:
    """The office with its keys; without them where they are destroyed by now."""
    if not office_url(directory):
        office = open_office(directory)
        if closing.closing_status(office, NOBODY).archive:
            return office
        office.close()
    return opened_to_close(directory, passphrase_file)


def check_archive(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The archive.")],
    holder_key: Annotated[
        str,
        typer.Option(
            "--holder-key",
            help="The holder's verifier key, or its file, as you had it before.",
            show_default=False,
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Check the archive of a closed office: every file, the whole ledger, and who closed it. Needs
    no office. Exit 5 if it differs."""
    with faults(as_json=as_json):
        found = archive.check_archive(folder, named_vkey(holder_key))
        words = "\n".join([*found.statements, f"OK: {found.size} entries"])
        show(msgspec.to_builtins(found), words, as_json=as_json)
