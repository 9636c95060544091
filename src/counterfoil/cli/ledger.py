"""`counterfoil ledger check | show | prove | export`; ledger_proofs.py holds the other verbs of the
group."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from counterfoil import ledger
from counterfoil.cli.accounts import account, delay, disclosure_record
from counterfoil.cli.files import require_new, write_new
from counterfoil.cli.ledger_proofs import attest, checkpoints, consistency, read_note, report
from counterfoil.cli.options import AsJson, OfficeDir, PassphraseFile, opened
from counterfoil.cli.output import faults, show, show_lines
from counterfoil.cli.publish import publish
from counterfoil.cli.verbs import add_verb, group
from counterfoil.cli.witness import cosign
from counterfoil.controls import witnesses
from counterfoil.core.errors import CounterfoilError, VerifyFault
from counterfoil.core.use_cases import SERVICE
from counterfoil.ledger.certification import certification as certify
from counterfoil.office import Office, open_office
from counterfoil.tlog import parse_proof

app = group("Check, read, prove and export the ledger.", "ledger check --office tax-office")


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
    as_json: AsJson = False,
) -> None:
    """Reckon everything anew from the entries and compare. Exit 5 names the first divergence. Needs
    no passphrase."""
    with faults(as_json=as_json):
        require_new(*([] if certification is None else [certification]))
        office = open_office(directory)
        held = [read_note(path) for path in checkpoint or []]
        held += [] if exported is None else [read_note(exported / "checkpoint")]
        report = _checked(office, held)
        statements = report.statements
        if exported is not None:
            size = ledger.check_export(exported, office.holder_key).size
            statements += (
                f"7. The {size} exported entries and every exported tile are what this ledger's "
                "entries make.",
            )
        if certification is not None:
            write_new(
                certification,
                certify(report, office.holder_key, len(held), office.clock()).encode(),
            )
        result = msgspec.to_builtins(report) | {"statements": statements}
        show(
            result,
            "\n".join(statements) + f"\nOK: {report.size} entries, root {report.root}",
            as_json=as_json,
        )


def _checked(office: Office, held: list[str]) -> ledger.CheckReport:
    """The report. A signed checkpoint that is not of this tree is entered as a fork before its
    fault is told."""
    with office.store.reading() as connection:
        cosigned = list(office.ledger.cosigned(connection))
    try:
        with office.store.reading() as connection:
            return ledger.check(connection, office.holder_key, [*cosigned, *held])
    except VerifyFault as fault:
        if fault.code in ("ledger_rewritten", "ledger_shortened"):
            with suppress(
                CounterfoilError
            ):  # what was found is told, whether or not it can be entered
                witnesses.enter_fork(office, SERVICE, [*cosigned, *held])
        raise


def show_entries(
    directory: OfficeDir,
    start: Annotated[int, typer.Option("--from", help="First index.", min=0)] = 0,
    stop: Annotated[
        int | None,
        typer.Option(
            "--to", help="Index after the last; the end by default.", min=0, show_default=False
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print entries as they stand, each its index and its canonical JSON on one line. Needs no
    passphrase."""
    with faults(as_json=as_json):
        office = open_office(directory)
        with office.store.reading() as connection:
            size = office.ledger.size(connection)
            end = size if stop is None else min(stop, size)
            entries = (
                data.decode() for data in office.ledger.entries(connection, min(start, end), end)
            )
            if as_json:
                found = [msgspec.json.decode(entry) for entry in entries]
                show({"size": size, "from": start, "entries": found}, "", as_json=True)
            else:
                show_lines(f"{index} {entry}" for index, entry in enumerate(entries, start))


def prove(
    index: Annotated[int, typer.Argument(metavar="INDEX", help="Index of the entry, from 0.")],
    directory: OfficeDir,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Print a C2SP tlog-proof that an entry is in the ledger; its extra line carries the entry."""
    with faults(as_json=as_json):
        office = opened(directory, passphrase_file)
        with office.store.transaction() as connection:
            checkpoint = office.ledger.sign_checkpoint(connection, office.signer())
            proof = office.ledger.tlog_proof(connection, index, checkpoint)
            entry = next(office.ledger.entries(connection, index, index + 1))
        carried = str(replace(parse_proof(proof), extra=entry))
        result = {"index": index, "entry": msgspec.json.decode(entry), "proof": carried}
        show(result, carried.removesuffix("\n"), as_json=as_json)


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
        with office.store.transaction() as connection:
            checkpoint = office.ledger.sign_checkpoint(connection, office.signer())
            size = office.ledger.size(connection)
            ledger.export(connection, out, checkpoint)
        ledger.check_export(out, office.holder_key)
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
add_verb(app, show_entries, "ledger show --office tax-office --from 0 --to 20", name="show")
add_verb(app, prove, "ledger prove 17 --office tax-office > 17.tlog-proof")
add_verb(app, checkpoints, "ledger checkpoints --office tax-office")
add_verb(app, consistency, "ledger consistency 17 4711 --office tax-office > 17-4711.consistency")
add_verb(
    app,
    attest,
    "ledger attest published --holder-key holder.vkey --none release --from 2026-01-01 --to "
    "2026-01-31 > january.attestation",
)
add_verb(
    app, cosign, "ledger cosign --policy witnesses.policy --office tax-office > kept.checkpoint"
)
add_verb(app, report, "ledger report published --holder-key holder.vkey --year 2026")
add_verb(app, export, "ledger export --office tax-office --out published")
add_verb(app, publish, "ledger publish --office tax-office --to /srv/www/ledger")
_DESK = "--office tax-office --officer a.key"
add_verb(app, account, f"ledger account --person-file person.json {_DESK}")
add_verb(
    app, delay, f"ledger delay b-0f1e2d3c4b5a6978 --until 2026-12-31 --order request.pdf {_DESK}"
)
add_verb(
    app,
    disclosure_record,
    f"ledger disclosure-record --batch b-0f1e2d3c4b5a6978 {_DESK}",
    f"ledger disclosure-record --from 2026-01-01 --to 2026-12-31 {_DESK} --json",
)
