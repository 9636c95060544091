"""`counterfoil accounting export | check | keep | report`: the permanent accounting of 26 USC
6103(p)(3)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from counterfoil.accountability.accounting import check as checking
from counterfoil.accountability.accounting import export as exporting
from counterfoil.accountability.accounting import keeping, reporting
from counterfoil.cli.files import require_new, write_parts
from counterfoil.cli.options import (
    AsJson,
    OfficeDir,
    OfficerKeyFile,
    OfficerPassphrase,
    PassphraseFile,
    named_vkey,
    officer_key,
    opened,
    opened_here,
)
from counterfoil.cli.output import faults, say, show
from counterfoil.cli.verbs import add_verb, group
from counterfoil.client import act
from counterfoil.core.errors import UsageFault
from counterfoil.core.use_cases import NOBODY, SERVICE, Upload, finish

app = group(
    "Export and check the permanent accounting of requests and disclosures; the yearly report.",
    "accounting export --to accounting.jsonl --office tax-office --officer a.key",
)


def export(
    to: Annotated[Path, typer.Option(help="The new file, JSON Lines.", show_default=False)],
    directory: OfficeDir,
    officer: OfficerKeyFile,
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Write the whole accounting to one signed file, for the Joint Committee on Taxation. An
    officer signs the act; entered as an inspection."""
    with faults(as_json=as_json):
        require_new(to)
        office = opened(directory, passphrase_file)
        key = officer_key(office, officer, officer_passphrase_file)
        wanted = exporting.ExportAccounting()
        with act(
            office, exporting.export_accounting_statement, exporting.export_accounting, wanted, key
        ) as lines:
            size = write_parts(to, lines)
        result = {"file": str(to), "bytes": size}
        show(result, f"Wrote {size} bytes to {to}.", as_json=as_json)
        say(
            "It names every person that was asked about: keep it as return information.",
            quiet=as_json,
        )


def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `accounting export` wrote.")],
    directory: Annotated[
        Path | None,
        typer.Option("--office", help="Compare with this office's own ledger.", show_default=False),
    ] = None,
    exported: Annotated[
        Path | None,
        typer.Option(
            "--ledger", help="Compare with what `ledger export` wrote.", show_default=False
        ),
    ] = None,
    holder_key: Annotated[
        str,
        typer.Option("--holder-key", help="The holder's verifier key, or its file; for --ledger."),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Compare an exported accounting with the ledger: every batch, every row, every record. Exit 5
    if it differs. Needs no passphrase."""
    with faults(as_json=as_json):
        if (directory is None) == (exported is None) or (exported is not None) != bool(holder_key):
            raise UsageFault(
                "accounting_against",
                "name one ledger to compare with",
                place="accounting check",
                cure="Give --office, or --ledger with --holder-key.",
            )
        if directory is not None:
            question = checking.CheckAccounting(Upload(file))
            found = checking.check_accounting(opened_here(directory), NOBODY, question)
        else:
            folder = exported or Path()
            key = named_vkey(holder_key)
            found = checking.check_exported_accounting(Upload(file), folder, key)
        words = "\n".join([*found.statements, f"OK: {found.records} records"])
        show(msgspec.to_builtins(found), words, as_json=as_json)


def keep(
    directory: OfficeDir, passphrase_file: PassphraseFile = None, as_json: AsJson = False
) -> None:
    """Check the accounting of every closed batch, and make what is missing of it: for batches that
    an earlier version closed, and after a loss."""
    with faults(as_json=as_json):
        office = opened(directory, passphrase_file)
        found = finish(keeping.keep_missing(office, SERVICE, keeping.KeepAccounting()))
        words = [f"{each.batch}  {each.rows} records, entry {each.entry}" for each in found.kept]
        words += [f"{batch}  only what an earlier version kept" for batch in found.earlier]
        words.append(f"{len(found.kept)} made, {found.checked} checked.")
        show(msgspec.to_builtins(found), "\n".join(words), as_json=as_json)


def report(
    directory: OfficeDir,
    officer: OfficerKeyFile,
    year: Annotated[
        int, typer.Option(help="The year, UTC.", min=1970, max=9999, show_default=False)
    ],
    public: Annotated[
        bool, typer.Option("--public", help="As it may be published: small counts withheld.")
    ] = False,
    officer_passphrase_file: OfficerPassphrase = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """The yearly report by agency and provision: requests, disclosures, taxpayers, purposes. Every
    count is stated unless --public. Entered as an inspection."""
    with faults(as_json=as_json):
        office = opened(directory, passphrase_file)
        key = officer_key(office, officer, officer_passphrase_file)
        question = reporting.ReportDisclosures(year, public)
        found = reporting.report_disclosures(office, key.officer, question)
        lines = [f"{found.office}, {found.year}"]
        for row in found.rows:
            lines.append(f"{row.agency}, under {row.provision}")
            counts = {**row.counts, **{f"purpose, {name}": n for name, n in row.purposes.items()}}
            lines += [
                f"  {name.replace('_', ' ')}: {'withheld' if count is None else count}"
                for name, count in counts.items()
            ]
        show(msgspec.to_builtins(found), "\n".join(lines), as_json=as_json)


_DESK = "--office tax-office --officer a.key"
add_verb(app, export, f"accounting export --to accounting.jsonl {_DESK}")
add_verb(
    app,
    check,
    "accounting check accounting.jsonl --office tax-office",
    "accounting check accounting.jsonl --ledger published --holder-key holder.vkey",
)
add_verb(app, keep, "accounting keep --office tax-office")
add_verb(
    app,
    report,
    f"accounting report --year 2026 {_DESK}",
    f"accounting report --year 2026 --public {_DESK}",
)
