"""`counterfoil witness create | serve`, for whoever the holder does not run, and `counterfoil
ledger cosign`, for the holder."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from counterfoil.cli.options import (
    AsJson,
    NewPassphrase,
    OfficeDir,
    PassphraseFile,
    ask,
    ask_new,
    opened,
    read_passphrase,
)
from counterfoil.cli.output import faults, say, show
from counterfoil.cli.verbs import add_verb, group
from counterfoil.controls import witnesses
from counterfoil.core.use_cases import SERVICE, Upload
from counterfoil.tlog.witness_directory import create_witness, witness_server

app = group("Witness the ledgers of others.", "witness create w1 --name witness.example/w1")
_Place = Annotated[
    Path, typer.Argument(metavar="DIR", help="The witness's directory.", show_default=False)
]


def create(
    directory: _Place,
    name: Annotated[
        str, typer.Option(help="The witness's name, a URL without its scheme.", show_default=False)
    ],
    ml_dsa: Annotated[
        bool,
        typer.Option(
            "--ml-dsa", help="A second key, of ML-DSA-44, that a quantum computer does not break."
        ),
    ] = False,
    key_passphrase_file: NewPassphrase = None,
    as_json: AsJson = False,
) -> None:
    """Make a witness's key: witness.key (PEM, under a passphrase) and witness.vkey. Prints the
    verifier key, or both."""
    with faults(as_json=as_json):
        passphrase = read_passphrase(key_passphrase_file) or ask_new("Passphrase for the witness")
        vkeys = create_witness(directory, name, passphrase, ml_dsa=ml_dsa)
        show({"witness": name, "vkey": vkeys[0], "vkeys": vkeys}, "\n".join(vkeys), as_json=as_json)


def run(
    directory: _Place,
    log: Annotated[
        list[str],
        typer.Option(help="Verifier key of a log; may be given often.", show_default=False),
    ],
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535)
    ] = 8480,
    key_passphrase_file: NewPassphrase = None,
    as_json: AsJson = False,
) -> None:
    """Serve add-checkpoint of c2sp.org/tlog-witness until stopped. Keeps the latest checkpoint of
    each log, nothing else."""
    with faults(as_json=as_json):
        passphrase = read_passphrase(key_passphrase_file) or ask("Passphrase of the witness")
        with witness_server(directory, passphrase, log, (host, port), _seconds) as server:
            at = server.server_port
            show({"host": host, "port": at}, f"http://{host}:{at}", as_json=as_json)
            server.serve_forever()


def cosign(
    directory: OfficeDir,
    policy: Annotated[
        Path | None,
        typer.Option(
            help="Witnesses and quorum, as a C2SP tlog-policy; by default office.toml's.",
            show_default=False,
        ),
    ] = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Sign a checkpoint, ask the policy's witnesses, keep and print it with their cosignatures.
    Exit 5 without a quorum."""
    with faults(as_json=as_json):
        office = opened(directory, passphrase_file)
        command = witnesses.Cosign(Upload(policy) if policy else None)
        done = witnesses.cosign(office, SERVICE, command)
        say_witnesses(done, quiet=as_json)
        witnesses.require_cosigned(done)
        show(
            {"checkpoint": done.note, "said": done.said},
            done.note.removesuffix("\n"),
            as_json=as_json,
        )


def _seconds() -> int:
    return int(time.time())


def say_witnesses(done: witnesses.Cosigned, *, quiet: bool) -> None:
    """What each witness said, on stderr, and why where it refused."""
    for name, what in done.said.items():
        why = done.reasons.get(name, "")
        say(f"{name}: {what}{f' ({why})' if why else ''}", quiet=quiet)


add_verb(app, create, "witness create w1 --name witness.example/w1")
add_verb(
    app, run, "witness serve w1 --log 'example.gov/office+1f0a9c3b+...' --port 8480", name="serve"
)
