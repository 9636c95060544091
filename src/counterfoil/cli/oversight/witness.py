"""`counterfoil witness create | serve`, for whoever the holder does not run, and `counterfoil
ledger cosign`, for the holder."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Annotated

import typer
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

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
from counterfoil.core.errors import KeyFault, StateFault
from counterfoil.core.use_cases import SERVICE, Upload
from counterfoil.tlog import Signer, parse_vkey
from counterfoil.tlog.cosignature import MldsaSigner, cosigner_key
from counterfoil.tlog.witness import Records, Witness
from counterfoil.tlog.witness_server import serve

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
        made: list[tuple[str, Ed25519PrivateKey | MLDSA44PrivateKey]] = [
            ("witness", Ed25519PrivateKey.generate())
        ]
        made += [("witness-mldsa", _mldsa_key())] if ml_dsa else []
        vkeys = [
            str(cosigner_key(name, private.public_key().public_bytes_raw())) for _, private in made
        ]
        protected = serialization.BestAvailableEncryption(passphrase.encode())
        for (file, private), vkey in zip(made, vkeys, strict=True):
            pem = private.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protected
            )
            _write_new(directory, f"{file}.key", pem)
            _write_new(directory, f"{file}.vkey", f"{vkey}\n".encode())
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
        signers = _signers(
            directory, read_passphrase(key_passphrase_file) or ask("Passphrase of the witness")
        )
        records = Records(directory / "records")
        witness = Witness(
            records, [parse_vkey(each) for each in log], signers, lambda: int(time.time())
        )
        server = serve(witness, host, port)
        show(
            {"host": host, "port": server.server_port},
            f"http://{host}:{server.server_port}",
            as_json=as_json,
        )
        try:
            server.serve_forever()
        finally:
            server.server_close()
            records.close()


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


def say_witnesses(done: witnesses.Cosigned, *, quiet: bool) -> None:
    """What each witness said, on stderr."""
    for name, what in done.said.items():
        say(f"{name}: {what}", quiet=quiet)


add_verb(app, create, "witness create w1 --name witness.example/w1")
add_verb(
    app, run, "witness serve w1 --log 'example.gov/office+1f0a9c3b+...' --port 8480", name="serve"
)


def _signers(directory: Path, passphrase: str) -> list[Signer | MldsaSigner]:
    """The witness's Ed25519 key, and its ML-DSA-44 key where it has one, under the name in
    witness.vkey."""
    keys = [_private(directory, "witness.key", passphrase)]
    if (directory / "witness-mldsa.key").exists():
        keys.append(_private(directory, "witness-mldsa.key", passphrase))
    try:
        name = (directory / "witness.vkey").read_text(encoding="utf-8").partition("+")[0]
    except (OSError, UnicodeDecodeError):
        raise _key_fault(directory) from None
    return [
        MldsaSigner(name, key) if isinstance(key, MLDSA44PrivateKey) else Signer(name, key)
        for key in keys
    ]


def _private(directory: Path, file: str, passphrase: str) -> Ed25519PrivateKey | MLDSA44PrivateKey:
    try:
        key = serialization.load_pem_private_key(
            (directory / file).read_bytes(), passphrase.encode()
        )
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
        raise _key_fault(directory) from None
    if not isinstance(key, (Ed25519PrivateKey, MLDSA44PrivateKey)):
        raise _key_fault(directory)
    return key


def _mldsa_key() -> MLDSA44PrivateKey:
    try:
        return MLDSA44PrivateKey.generate()
    except UnsupportedAlgorithm:
        raise KeyFault(
            "mldsa_unsupported",
            "the `cryptography` of this machine does not offer ML-DSA-44",
            cure="Install one that does, or make the witness without --ml-dsa.",
        ) from None


def _key_fault(directory: Path) -> KeyFault:
    return KeyFault(
        "witness_key",
        "the witness's key cannot be opened",
        place=directory.name,
        cure="Check the passphrase, and that witness.key and witness.vkey are as `witness "
        "create` made them.",
    )


def _write_new(directory: Path, name: str, data: bytes) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with os.fdopen(
            os.open(directory / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
        ) as file:
            file.write(data)
    except OSError:
        raise StateFault(
            "witness_exists",
            "the file cannot be made",
            place=name,
            cure="Name a directory that holds no witness.",
        ) from None
