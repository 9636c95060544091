"""`counterfoil office create | roots`, and `status`. Closing one is close.py."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from counterfoil import disclosure
from counterfoil.accountability import publication, reconciliation
from counterfoil.accountability.retention.closing import ClosingStatus, closing_status
from counterfoil.cli.batch.steps import waiting_words
from counterfoil.cli.options import (
    AsJson,
    OfficeDir,
    PassphraseFile,
    Quiet,
    ask_new,
    read_passphrase,
)
from counterfoil.cli.output import faults, say, show
from counterfoil.cli.verbs import add_verb, group
from counterfoil.controls import witnesses
from counterfoil.controls.duties import service as duties
from counterfoil.controls.suspension.service import SuspensionStatus, suspension_status
from counterfoil.core.bounded_yaml import write_yaml
from counterfoil.core.errors import UsageFault
from counterfoil.core.use_cases import NOBODY
from counterfoil.office import agreement_file, create_office, law_library, open_office, read_vkey
from counterfoil.office.roots import office_roots
from counterfoil.office.settings import DATABASE

_WAITING = "`counterfoil waiting {} --office {}` lists what waits for an officer."
app = group("Make an office, and close one for good.", "office create tax-office --sandbox")


def create(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="A directory that does not exist yet.")
    ],
    agreement: Annotated[
        str, typer.Option(help="Name of an agreement that comes with Counterfoil, or a file.")
    ] = "",
    sandbox: Annotated[
        bool,
        typer.Option("--sandbox", help="Made-up people only; asks nothing, makes two officers."),
    ] = False,
    name: Annotated[
        str,
        typer.Option(
            help="The ledger's origin and the holder key's name; needed but for a sandbox."
        ),
    ] = "",
    database: Annotated[
        str,
        typer.Option(help="An empty PostgreSQL database, as postgresql+psycopg://ROLE@HOST/NAME."),
    ] = DATABASE,
    principal_key: Annotated[
        Path | None,
        typer.Option(
            help="Sandbox: the verifier key file of a principal, named as in the agreement, whose "
            "signed files it receives.",
            show_default=False,
        ),
    ] = None,
    passphrase_file: PassphraseFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Make an office: settings, law, keys, an empty database, and the first ledger entries. Prints
    the holder's verifier key."""
    with faults(as_json=as_json):
        library = law_library()
        chosen = agreement or ("sandbox" if sandbox else "")
        if not chosen:
            raise UsageFault(
                "agreement_missing",
                "an office needs an agreement",
                place="--agreement",
                cure="Name one; `sandbox` goes with --sandbox.",
            )
        file = agreement_file(chosen, library)
        passphrase = (
            None
            if sandbox
            else read_passphrase(passphrase_file) or ask_new("Passphrase for the office's keys")
        )
        create_office(
            directory,
            name=name or (f"counterfoil.example/{directory.absolute().name}" if sandbox else ""),
            agreement=file,
            sandbox=sandbox,
            passphrase=passphrase,
            library=library,
            database=database,
            principal=read_vkey(principal_key) if principal_key else None,
        )
        vkey = str(read_vkey(directory / "keys" / "holder.vkey"))
        said = {
            "office": str(directory),
            "agreement": chosen,
            "sandbox": sandbox,
            "holder_vkey": vkey,
        }
        show(said, vkey, as_json=as_json)
        words = (
            f"Made the office {directory} under the agreement {chosen}. Its verifier key is "
            "for requesters and inspectors."
        )
        say(words, quiet=quiet or as_json)


def status(directory: OfficeDir, as_json: AsJson = False) -> None:
    """What stands: every batch with its state and counts, and what stands still, by scope. Needs no
    passphrase."""
    with faults(as_json=as_json):
        office = open_office(directory)
        witnessed = witnesses.witness_status(office, NOBODY)
        suspended = suspension_status(office, NOBODY)
        published = publication.publication_status(office, NOBODY)
        reconciled = reconciliation.reconciliation_status(office, NOBODY)
        due = duties.list_duties(office, NOBODY)
        batches = disclosure.batch_statuses(office, NOBODY)
        closed = closing_status(office, NOBODY)
        found = [
            {
                "batch": each.batch,
                "state": each.state,
                "counts": each.counts,
                "waiting": each.waiting,
            }
            for each in batches
        ]
        lines = [
            f"{each.batch}  {each.state}"
            + (f"  ({waiting_words(each.waiting)})" if each.waiting else "")
            for each in batches
        ]
        words = "\n".join(lines) or "No batch has been received."
        told = {
            "witnesses": witnessed,
            "stopped": {"reaches": suspended.scopes, "agrees": suspended.agrees},
            "published": published,
            "reconciled": reconciled,
            "closed": closed,
            "duties": {"open": due.open, "agrees": due.agrees},
        }
        show({"batches": found} | msgspec.to_builtins(told), words, as_json=as_json)
        for each in batches:
            if each.waiting:
                say(_WAITING.format(each.batch, directory), quiet=as_json)
        say(
            f"{_closed(closed)}{_still(suspended)}{_witnessed(witnessed)}\n"
            f"{_published(published)}\n{_reconciled(reconciled)}{_due(due)}",
            quiet=as_json,
        )


def _closed(closing: ClosingStatus) -> str:
    if not closing.entered:
        return ""
    rest = (
        f"Its archive is {closing.archive}; its keys are destroyed."
        if closing.archive
        else "It is not finished: run `counterfoil office close` again."
    )
    return f"Closed for good by two officers at {closing.entered}. {rest}\n"


def _still(suspended: SuspensionStatus) -> str:
    lines = [
        f"Suspended: {text} ({count} to be lifted).\n" for text, count in suspended.scopes.items()
    ]
    if not suspended.agrees:
        lines.append(
            "Suspended: office, for its table of orders does not say what the ledger says.\n"
        )
    return "".join(lines)


def _witnessed(standing: witnesses.QuorumStatus) -> str:
    if not standing.configured:
        return "Witnesses: none are set; answers leave without a cosigned checkpoint."
    last = (
        f"last cosigned at {standing.size} entries, {standing.time}"
        if standing.time
        else "nothing was cosigned yet"
    )
    return f"Witnesses: {last}." + (
        "" if standing.fresh else " Nothing is released until `counterfoil ledger cosign`."
    )


def _published(standing: publication.PublicationStatus) -> str:
    if not standing.folder:
        return "Published: no folder is set; nobody outside sees this ledger."
    shown = f"{standing.size} entries at {standing.time}" if standing.time else "nothing yet"
    promised = f"Published: {shown}, and every {standing.hours} hours."
    return promised + (" LATE: run `counterfoil ledger publish`." if standing.late else "")


def _reconciled(standing: reconciliation.ReconciliationStatus) -> str:
    found = f"{standing.differences} differences" if standing.differences else "no difference"
    told = f"Reconciled: {standing.time}, {found}." if standing.time else "Reconciled: never."
    return told + (" LATE: run `counterfoil reconcile`." if standing.late else "")


def _due(listed: duties.DutyListing) -> str:
    """A line for each open duty; nothing where there is none."""
    lines = [
        f"\nDuty {each.number}: {each.about}, due {each.due_on}.{' LATE.' if each.late else ''}"
        for each in listed.open
    ]
    if not listed.agrees:
        lines.append("\nDuties: they are not those that the ledger has entries of.")
    return "".join(lines)


def roots(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The office's directory.")],
    as_json: AsJson = False,
) -> None:
    """Print what both parties sign so that their signatures cover the law files in use, the
    holder's key, the ledger's name, the first officers and the witnesses: a part of the
    agreement."""
    with faults(as_json=as_json):
        found = {"roots": office_roots(open_office(directory), NOBODY)}
        show(found, write_yaml(found).rstrip(), as_json=as_json)


add_verb(
    app,
    create,
    "office create tax-office --sandbox",
    "office create tax-office --agreement treasury-dhs-2025 --name ledger.agency.gov/disclosure",
)
add_verb(app, roots, "office roots tax-office")
