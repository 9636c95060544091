"""What a witness, and anyone who holds a proof, asks of this room. No office is needed, nothing is
printed, and files are given and returned as bytes.

    create_witness   make the keys of a new witness
    start_witness    serve add-checkpoint under these keys
    ask_witnesses    ask the witnesses of a policy to cosign a checkpoint
    verify_proof     check that an entry is in a ledger

The command line and other doors import this module and no other of the room.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from counterfoil.core.errors import KeyFault
from counterfoil.tlog.cosignature import MldsaSigner, cosigner_key
from counterfoil.tlog.note import Signer, VerifierKey, parse_vkey
from counterfoil.tlog.policy import MAX_POLICY_BYTES, Policy, parse_policy
from counterfoil.tlog.tlog_proof import check_proof
from counterfoil.tlog.witness import Records, Witness
from counterfoil.tlog.witness_client import Prove, Witnessed, ask_witnesses
from counterfoil.tlog.witness_server import serve

__all__ = [
    "KEY_FILES",
    "MAX_POLICY_BYTES",
    "CreateWitness",
    "Policy",
    "ProofChecked",
    "Prove",
    "RunningWitness",
    "ServeWitness",
    "Signer",
    "VerifierKey",
    "WitnessCreated",
    "Witnessed",
    "ask_witnesses",
    "create_witness",
    "parse_policy",
    "parse_vkey",
    "start_witness",
    "verify_proof",
]

KEY_FILES: Final = ("witness.key", "witness.vkey", "witness-mldsa.key", "witness-mldsa.vkey")
"""Names of a witness's key files. The private keys are PEM (PKCS 8) under a passphrase. A witness
without an ML-DSA-44 key has only the first two."""
_PrivateKey = Ed25519PrivateKey | MLDSA44PrivateKey


@dataclass(frozen=True, slots=True)
class CreateWitness:
    """A witness to be made. `name` is a URL without its scheme; `ml_dsa` asks for a second key."""

    name: str
    passphrase: str = field(repr=False)
    ml_dsa: bool = False


@dataclass(frozen=True, slots=True)
class WitnessCreated:
    """The verifier keys of a new witness, and its files by name."""

    vkeys: tuple[str, ...]
    files: Mapping[str, bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ServeWitness:
    """A witness to be served: its key files by name, where its records are, the verifier keys of
    the logs that it knows, and the address. Port 0 takes a free one."""

    files: Mapping[str, bytes] = field(repr=False)
    passphrase: str = field(repr=False)
    records: Path
    logs: tuple[str, ...]
    host: str
    port: int


class RunningWitness:
    """A witness that has its port and its records. `serve` returns when `stop` is called elsewhere;
    `close` lets go of both."""

    def __init__(self, server: ThreadingHTTPServer, records: Records) -> None:
        self._server, self._records = server, records
        self.port = server.server_port
        self.serve, self.stop = server.serve_forever, server.shutdown

    def close(self) -> None:
        """Release the port and the records."""
        self._server.server_close()
        self._records.close()


@dataclass(frozen=True, slots=True)
class ProofChecked:
    """What a proof established: the entry has this index in the ledger `origin`, of which `size`
    entries are signed."""

    index: int
    size: int
    origin: str


def create_witness(command: CreateWitness) -> WitnessCreated:
    """Make the keys of a witness. Raises VerifyFault `vkey_malformed` for a name that no key can
    have, KeyFault `mldsa_unsupported`."""
    keys: dict[str, _PrivateKey] = {"witness": Ed25519PrivateKey.generate()}
    if command.ml_dsa:
        keys["witness-mldsa"] = _mldsa_key()
    protection = serialization.BestAvailableEncryption(command.passphrase.encode())
    vkeys: list[str] = []
    files: dict[str, bytes] = {}
    for file, private in keys.items():
        vkeys.append(str(cosigner_key(command.name, private.public_key().public_bytes_raw())))
        files[f"{file}.key"] = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection
        )
        files[f"{file}.vkey"] = f"{vkeys[-1]}\n".encode()
    return WitnessCreated(tuple(vkeys), files)


def start_witness(
    command: ServeWitness, clock: Callable[[], int] = lambda: int(time.time())
) -> RunningWitness:
    """Take the port and the records; the caller then calls `serve`. `clock` gives POSIX seconds.

    Raises KeyFault `witness_key`, VerifyFault `vkey_malformed` for a log's key, StateFault
    `witness_busy`, StoreFault `witness_not_written` and `witness_port`.
    """
    signers = _signers(command.files, command.passphrase)
    logs = [parse_vkey(each) for each in command.logs]
    records = Records(command.records)
    try:
        server = serve(Witness(records, logs, signers, clock), command.host, command.port)
    except BaseException:
        records.close()
        raise
    return RunningWitness(server, records)


def verify_proof(proof: bytes, line: bytes, key: VerifierKey) -> ProofChecked:
    """Check a C2SP tlog-proof. `line` is the entry, with its index before it or without.

    Raises VerifyFault as `check_proof`.
    """
    _, brace, rest = line.strip().partition(b"{")
    found, checkpoint = check_proof(proof, brace + rest, key)
    return ProofChecked(found.index, checkpoint.size, checkpoint.origin)


def _signers(files: Mapping[str, bytes], passphrase: str) -> list[Signer | MldsaSigner]:
    """The witness's Ed25519 key, and its ML-DSA-44 key where it has one, under the name in
    witness.vkey."""
    try:
        name = files["witness.vkey"].decode().partition("+")[0]
        texts = [files["witness.key"], *filter(None, [files.get("witness-mldsa.key")])]
        keys = [serialization.load_pem_private_key(pem, passphrase.encode()) for pem in texts]
    except (LookupError, ValueError, TypeError, UnsupportedAlgorithm):
        raise _key_fault() from None
    signers: list[Signer | MldsaSigner] = []
    for key in keys:
        if isinstance(key, MLDSA44PrivateKey):
            signers.append(MldsaSigner(name, key))
        elif isinstance(key, Ed25519PrivateKey):
            signers.append(Signer(name, key))
        else:
            raise _key_fault()
    return signers


def _mldsa_key() -> MLDSA44PrivateKey:
    try:
        return MLDSA44PrivateKey.generate()
    except UnsupportedAlgorithm:
        raise KeyFault(
            "mldsa_unsupported",
            "the `cryptography` of this machine does not offer ML-DSA-44",
            cure="Install one that does, or make the witness without --ml-dsa.",
        ) from None


def _key_fault() -> KeyFault:
    return KeyFault(
        "witness_key",
        "the witness's key cannot be opened",
        cure="Check the passphrase, and that witness.key and witness.vkey are as `witness "
        "create` made them.",
    )
