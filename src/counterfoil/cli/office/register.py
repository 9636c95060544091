"""`counterfoil register build`, `register update`, `register compact`, `register certify` and
`register info`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from counterfoil.cli.office.certify import EXAMPLE, certify
from counterfoil.cli.options import (
    AsJson,
    EngineName,
    OfficeDir,
    PassphraseFile,
    Quiet,
    opened,
    opened_here,
)
from counterfoil.cli.output import DONE_WITH_REJECTS, faults, progress, say, show
from counterfoil.cli.verbs import add_verb, group
from counterfoil.core.errors import UsageFault
from counterfoil.core.use_cases import NOBODY, SERVICE, finish, watcher
from counterfoil.disclosure.register_build import (
    BuildRegister,
    UpdateRegister,
    build_register,
    describe_register,
    update_register,
)
from counterfoil.disclosure.register_compact import CompactRegister, compact_register
from counterfoil.office.context import LOCAL

app = group(
    "Build and describe the sealed register.",
    "register build people.csv --office tax-office --made-up",
)


def build(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="SOURCE",
            help="CSV or Parquet: docs/formats/register-source.md has the columns.",
        ),
    ],
    directory: OfficeDir,
    made_up: Annotated[
        bool,
        typer.Option(
            "--made-up", help="The source holds made-up people only; lets `evaluate` run."
        ),
    ] = False,
    canaries: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=100_000,
            help="Made-up people to seal beside the rows; else as office.toml says.",
        ),
    ] = None,
    engine: EngineName = LOCAL,
    passphrase_file: PassphraseFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Seal SOURCE into a new snapshot. The old snapshot answers until the new one is whole. Prints
    the snapshot's number."""
    with faults(as_json=as_json):
        office = opened(directory, passphrase_file)
        if office.settings.sandbox and not made_up:
            say(
                "A sandbox is for made-up people. If SOURCE holds any other, stop now and use "
                "an office with its own agreement.",
                quiet=quiet,
            )
        command = BuildRegister(source, made_up, canaries, engine)
        with progress(quiet=quiet or as_json) as advance:
            built = finish(build_register(office, SERVICE, command), watcher(advance))
        show(built.described | {"canaries": built.canaries}, built.snapshot, as_json=as_json)
        words = (
            f"Sealed {built.rows} rows: {built.residents} residents behind "
            f"{built.addresses} addresses."
        )
        wanted = office.settings.canaries if canaries is None else canaries
        words += f" {built.canaries} canaries are sealed among them." if wanted else ""
        if built.rejected_rows:
            words += (
                f"\n{built.rejected_rows} rows were rejected; "
                f"register/{built.snapshot}/rejects.jsonl says which and why."
            )
        say(words, quiet=quiet or as_json)
        if built.rejected_rows:
            raise typer.Exit(DONE_WITH_REJECTS)


def update(
    directory: OfficeDir,
    added: Annotated[
        Path | None, typer.Option("--added", metavar="SOURCE", help="Rows that came.")
    ] = None,
    removed: Annotated[
        Path | None,
        typer.Option("--removed", metavar="SOURCE", help="Rows that left, as they were sealed."),
    ] = None,
    passphrase_file: PassphraseFile = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Apply changed rows to the current snapshot, in a new one beside it. A person who moved is
    removed there and added here. The old snapshot answers until the new one is whole; which
    streets are known stays as it was until the next build. Prints the snapshot's number."""
    with faults(as_json=as_json):
        if added is None and removed is None:
            raise UsageFault(
                "register_no_changes",
                "neither --added nor --removed names a file",
                cure="Name a source of rows that came, or of rows that left.",
            )
        office = opened(directory, passphrase_file)
        with progress(quiet=quiet or as_json) as advance:
            command = UpdateRegister(added, removed)
            made = finish(update_register(office, SERVICE, command), watcher(advance))
        show(made.described, made.snapshot, as_json=as_json)
        words = (
            f"Took {made.rows} rows: {made.residents} residents behind {made.addresses} addresses."
        )
        if made.rejected_rows:
            words += (
                f"\n{made.rejected_rows} rows were rejected; "
                f"register/{made.snapshot}/rejects.jsonl says which and why."
            )
        say(words, quiet=quiet or as_json)
        if made.rejected_rows:
            raise typer.Exit(DONE_WITH_REJECTS)


def compact(
    directory: OfficeDir,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be removed, and remove nothing.")
    ] = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Remove the buckets of snapshots that nothing cites any more: neither the current one, nor one
    that decided a batch whose rows are still there. Manifests and certificates stay. Needs no
    passphrase."""
    with faults(as_json=as_json):
        command = CompactRegister(dry_run=dry_run)
        found = compact_register(opened_here(directory), SERVICE, command)
        lines = [
            f"{each.snapshot}  {each.size:,} bytes  kept by {_named(each.kept_by)}"
            if each.kept_by
            else f"{each.snapshot}  {each.size:,} bytes  "
            + ("would be removed" if dry_run else f"removed, {each.freed:,} bytes freed")
            for each in found
        ]
        show({"snapshots": msgspec.to_builtins(found)}, "\n".join(lines), as_json=as_json)
        gone = sum(not each.kept_by for each in found)
        words = f"{gone} of {len(found)} snapshots with buckets are cited by nothing."
        say(words, quiet=quiet or as_json)


def _named(kept_by: tuple[str, ...]) -> str:
    """What keeps a snapshot, of many the first and how many more."""
    more = len(kept_by) - 1
    return kept_by[0] if not more else f"{kept_by[0]} and {more} more"


def info(directory: OfficeDir, as_json: AsJson = False) -> None:
    """The current snapshot's manifest, verified: counts and versions, never a person. Needs no
    passphrase."""
    with faults(as_json=as_json):
        said = describe_register(opened_here(directory), NOBODY).described
        show(said, "\n".join(f"{name}: {value}" for name, value in said.items()), as_json=as_json)


add_verb(
    app,
    build,
    "register build people.csv --office tax-office --made-up",
    "register build people.parquet --office tax-office --canaries 1000",
    "register build people.parquet --office tax-office --engine spark",
)
add_verb(app, update, "register update --added came.csv --removed left.csv --office tax-office")
add_verb(app, compact, "register compact --office tax-office --dry-run")
add_verb(app, certify, EXAMPLE)
add_verb(app, info, "register info --office tax-office --json")
