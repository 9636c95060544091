"""A witness's own directory: its keys, and what it remembers of each log.

    DIR/witness.key         Ed25519, PKCS 8 in PEM under a passphrase, mode 0600
    DIR/witness.vkey        its verifier key, one line; its name is the witness's
    DIR/witness-mldsa.*     the same of an ML-DSA-44 key, where one was asked for
    DIR/records/            the latest checkpoint of each log

Trusted: the key files are, by whoever names the witness in a policy. Lost: the witness is another
one from then on; without its records it could cosign a history that it refused before.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from counterfoil.core.errors import KeyFault, StateFault
from counterfoil.tlog.cosignature import MldsaSigner, cosigner_key
from counterfoil.tlog.note import Signer, parse_vkey
from counterfoil.tlog.records import Records
from counterfoil.tlog.witness import Witness
from counterfoil.tlog.witness_server import serve


def create_witness(directory: Path, name: str, passphrase: str, *, ml_dsa: bool) -> list[str]:
    """Make a witness's key, or both, and return their verifier keys.

    Raises VerifyFault for a bad name, KeyFault `mldsa_unsupported`, StateFault `witness_exists`.
    """
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
    return vkeys


@contextmanager
def witness_server(
    directory: Path,
    passphrase: str,
    logs: Sequence[str],
    address: tuple[str, int],
    clock: Callable[[], int],
) -> Generator[ThreadingHTTPServer]:
    """A server of this witness for the logs of these verifier keys, until it is left. `clock`:
    seconds since 1970.

    Raises KeyFault `witness_key`, VerifyFault for a key of a log that is none, StoreFault.
    """
    signers = _open_keys(directory, passphrase)
    records = Records(directory / "records")
    try:
        witness = Witness(records, [parse_vkey(each) for each in logs], signers, clock)
        server = serve(witness, *address)
        try:
            yield server
        finally:
            server.server_close()
    finally:
        records.close()


def _open_keys(directory: Path, passphrase: str) -> list[Signer | MldsaSigner]:
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
