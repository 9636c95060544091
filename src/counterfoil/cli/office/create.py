"""`counterfoil office create | roots`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from counterfoil.cli.office import doctor
from counterfoil.cli.options import (
    AsJson,
    PassphraseFile,
    Quiet,
    ask_new,
    opened_here,
    read_passphrase,
)
from counterfoil.cli.output import faults, say, show
from counterfoil.cli.verbs import add_verb, group
from counterfoil.core.bounded_yaml import write_yaml
from counterfoil.core.errors import UsageFault
from counterfoil.core.use_cases import NOBODY
from counterfoil.office import agreement_file, create_office, law_library, read_vkey
from counterfoil.office.roots import office_roots
from counterfoil.office.settings import DATABASE

app = group(
    "Make an office, and look at it.",
    "office create tax-office --sandbox",
    "office doctor --office tax-office",
)


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


def roots(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The office's directory.")],
    as_json: AsJson = False,
) -> None:
    """Print what both parties sign so that their signatures cover the law files in use, the
    holder's key, the ledger's name, the first officers and the witnesses: a part of the
    agreement."""
    with faults(as_json=as_json):
        found = {"roots": office_roots(opened_here(directory), NOBODY)}
        show(found, write_yaml(found).rstrip(), as_json=as_json)


add_verb(
    app,
    create,
    "office create tax-office --sandbox",
    "office create tax-office --agreement treasury-dhs-2025 --name ledger.agency.gov/disclosure",
)
add_verb(app, roots, "office roots tax-office")
add_verb(
    app,
    doctor.doctor,
    "office doctor --office tax-office",
    "office doctor --office tax-office --config service.toml",
)
