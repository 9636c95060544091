"""`counterfoil ledger check | show | prove | export`; ledger_proofs.py holds the other verbs of the
group."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from counterfoil.accountability.exported_ledger import EntryKind
from counterfoil.accountability.ledger_access import (
    CheckLedger,
    ExportLedger,
    LedgerEntries,
    ProveEntry,
    ReadEntries,
    check_ledger,
    export_ledger,
    newest_checkpoint,
    page_entries,
    prove_entry,
    read_entries,
)
from counterfoil.cli.files import require_new, write_new
from counterfoil.cli.options import (
    AsJson,
    OfficeDir,
    OfficerMaybe,
    OfficerPassphrase,
    PassphraseFile,
    looking_desk,
    opened,
    opened_here,
    read_passphrase,
)
from counterfoil.cli.output import faults, show, show_lines
from counterfoil.cli.oversight.accounts import account, delay, disclosure_record, inform
from counterfoil.cli.oversight.ledger_proofs import attest, checkpoints, consistency, report
from counterfoil.cli.oversight.publish import publish
from counterfoil.cli.oversight.witness import cosign
from counterfoil.cli.verbs import add_verb, group
from counterfoil.client import Desk, RemoteOffice, ask
from counterfoil.core.use_cases import NOBODY, SERVICE, Upload

app = group("Check, read, prove and export the ledger.", "ledger check --office tax-office")
_KINDS = f"Kinds: {', '.join(EntryKind)}."


def check(
    directory: OfficeDir,
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option(help="A checkpoint kept elsewhere; may be given often.", show_default=False),
    ] = None,
    certification: Annotated[
        Path | None,
        typer.Option(
            help="Write the technical part of a certification of this check to a new file.",
            show_default=False,
        ),
    ] = None,
    exported: Annotated[
        Path | None,
        typer.Option(
            "--export", help="What `ledger export` wrote; its tiles too.", show_default=False
        ),
    ] = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Reckon everything anew from the entries and compare. Exit 5 names the first divergence. Needs
    no passphrase; with it, who else wrote entries or rows shows too."""
    with faults(as_json=as_json):
        require_new(*([] if certification is None else [certification]))
        office = opened_here(directory, read_passphrase(passphrase_file))
        checkpoints = tuple(Upload(path) for path in checkpoint or [])
        question = CheckLedger(checkpoints, exported, certify=certification is not None)
        found = check_ledger(office, NOBODY, question)
        if certification is not None:
            write_new(certification, found.certification.encode())
        report = found.report
        lines = [*report.statements, f"OK: {report.size} entries, root {report.root}"]
        show(msgspec.to_builtins(report), "\n".join(lines), as_json=as_json)


def show_entries(
    directory: OfficeDir,
    start: Annotated[int, typer.Option("--from", help="First index.", min=0)] = 0,
    stop: Annotated[
        int | None,
        typer.Option(
            "--to", help="Index after the last; the end by default.", min=0, show_default=False
        ),
    ] = None,
    kind: Annotated[
        EntryKind | None,
        typer.Option(metavar="KIND", help="Of this kind only; see the end.", show_default=False),
    ] = None,
    batch: Annotated[str, typer.Option(help="Of this batch only.", show_default=False)] = "",
    since: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="Of this day (UTC) and later only.", show_default=False
        ),
    ] = None,
    officer: OfficerMaybe = None,
    officer_passphrase_file: OfficerPassphrase = None,
    as_json: AsJson = False,
) -> None:
    """Print entries as they stand, each its index and its canonical JSON on one line. Needs no
    passphrase; by the URL of a service, the key of an officer or an inspector."""
    with faults(as_json=as_json):
        office = looking_desk(directory, officer, officer_passphrase_file)
        day = "" if since is None else since.date().isoformat()
        question = ReadEntries(start, stop, "" if kind is None else kind.value, batch, day)
        with _entries(office, question) as found:
            if as_json:
                chosen = list(found.entries)
                entries = [msgspec.json.decode(entry) for _, entry in chosen]
                indices = [index for index, _ in chosen]
                said = {"size": found.size, "from": start, "entries": entries, "indices": indices}
                show(said, "", as_json=True)
            else:
                show_lines(f"{index} {entry}" for index, entry in found.entries)


@contextmanager
def _entries(office: Desk, question: ReadEntries) -> Generator[LedgerEntries]:
    """The entries of an office here, or of one behind its service, page by page."""
    if not isinstance(office, RemoteOffice):
        with read_entries(office, NOBODY, question) as found:
            yield found
        return
    first = ask(office, page_entries, NOBODY, question)

    def pages() -> Iterator[tuple[int, str]]:
        page = first
        yield from page.entries
        while page.following >= 0:
            rest = msgspec.structs.replace(question, start=page.following)
            page = ask(office, page_entries, NOBODY, rest)
            yield from page.entries

    yield LedgerEntries(first.size, pages())


def prove(
    index: Annotated[int, typer.Argument(metavar="INDEX", help="Index of the entry, from 0.")],
    directory: OfficeDir,
    signed_before: Annotated[
        bool,
        typer.Option(
            "--signed-before",
            help="Sign nothing: under the newest checkpoint, cosigned if one is. Needs no "
            "passphrase.",
        ),
    ] = False,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Print a C2SP tlog-proof that an entry is in the ledger; its extra line carries the entry."""
    with faults(as_json=as_json):
        office = opened_here(directory) if signed_before else opened(directory, passphrase_file)
        actor = NOBODY if signed_before else SERVICE
        made = prove_entry(office, actor, ProveEntry(index, signed_before))
        entry = msgspec.json.decode(made.entry)
        result = {"index": made.index, "entry": entry, "proof": made.proof}
        show(result, made.proof.removesuffix("\n"), as_json=as_json)


def checkpoint(
    directory: OfficeDir,
    cosigned: Annotated[
        bool, typer.Option("--cosigned", help="The newest one that witnesses cosigned.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Print the newest checkpoint that this office signed, as it was signed and cosigned. Signs
    nothing and needs no passphrase."""
    with faults(as_json=as_json):
        note = newest_checkpoint(opened_here(directory), NOBODY, cosigned=cosigned)
        show({"checkpoint": note}, note.removesuffix("\n"), as_json=as_json)


def export(
    directory: OfficeDir,
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            help="Directory for checkpoint, tile/... and tile/entries/...",
            show_default=False,
        ),
    ],
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Write the ledger as the static files of C2SP tlog-tiles, and check what was written."""
    with faults(as_json=as_json):
        office = opened(directory, passphrase_file)
        size = export_ledger(office, SERVICE, ExportLedger(out))
        show(
            {"out": str(out), "size": size},
            f"Wrote {size} entries to {out}, and checked them.",
            as_json=as_json,
        )


add_verb(
    app,
    check,
    "ledger check --office tax-office",
    "ledger check --office tax-office --checkpoint kept/checkpoint --certification "
    "certification.txt",
    "ledger check --office tax-office --export published",
)
add_verb(
    app,
    show_entries,
    "ledger show --office tax-office --from 0 --to 20",
    "ledger show --office tax-office --kind release --since 2026-01-01",
    name="show",
    after=_KINDS,
)
add_verb(
    app,
    prove,
    "ledger prove 17 --office tax-office > 17.tlog-proof",
    "ledger prove 17 --office tax-office --signed-before > 17.tlog-proof",
)
add_verb(app, checkpoint, "ledger checkpoint --office tax-office > kept.checkpoint")
add_verb(app, checkpoints, "ledger checkpoints --office tax-office")
add_verb(app, consistency, "ledger consistency 17 4711 --office tax-office > 17-4711.consistency")
add_verb(
    app,
    attest,
    "ledger attest published --holder-key holder.vkey --none release --from 2026-01-01 --to "
    "2026-01-31 > january.attestation",
    "ledger attest published --holder-key holder.vkey --none release --from 2026-01-01 --to "
    "2026-01-31 --office tax-office > january.attestation",
    after=_KINDS,
)
add_verb(
    app, cosign, "ledger cosign --policy witnesses.policy --office tax-office > kept.checkpoint"
)
add_verb(app, report, "ledger report published --holder-key holder.vkey --year 2026")
add_verb(app, export, "ledger export --office tax-office --out published")
add_verb(app, publish, "ledger publish --office tax-office --to /srv/www/ledger")
_DESK = "--office tax-office --officer a.key"
add_verb(app, account, f"ledger account --person-file person.json {_DESK}")
add_verb(app, inform, f"ledger inform b-0f1e2d3c4b5a6978 --order decision.pdf {_DESK}")
add_verb(
    app, delay, f"ledger delay b-0f1e2d3c4b5a6978 --until 2026-12-31 --order request.pdf {_DESK}"
)
add_verb(
    app,
    disclosure_record,
    f"ledger disclosure-record --batch b-0f1e2d3c4b5a6978 {_DESK}",
    f"ledger disclosure-record --from 2026-01-01 --to 2026-12-31 {_DESK} --json",
)
