"""Every parser of bytes that somebody else wrote, with good examples to begin from: for `make fuzz`
and tests/tlog/test_fuzz_all.py.

A target takes any bytes, and either returns or raises the fault that it documents; everything else
is a finding.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import date
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from counterfoil.cli import verifier
from counterfoil.core.errors import SettingsFault, VerifyFault
from counterfoil.ledger.entries import KINDS, EntryKind, decode, encode
from counterfoil.tlog import (
    Checkpoint,
    Proof,
    Signer,
    check_checkpoint,
    check_note,
    check_proof,
    leaf_hash,
    parse_checkpoint,
    parse_vkey,
    sign_checkpoint,
    sign_note,
)
from counterfoil.tlog.attestation import (
    Attestation,
    ProvenEntry,
    check_attestation,
    parse_attestation,
    sign_attestation,
)
from counterfoil.tlog.consistency import Consistency, check_consistency_file
from counterfoil.tlog.cosignature import (
    MldsaSigner,
    check_cosignatures,
    cosign,
    cosigner_key,
    parse_cosigner_key,
)
from counterfoil.tlog.note import parse_note
from counterfoil.tlog.policy import parse_policy
from counterfoil.tlog.tiles import split_entries, split_hashes
from counterfoil.tlog.tree import node_hash
from counterfoil.tlog.witness import parse_request

SIGNER = Signer("made-up.example/office", Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))
WITNESS = Signer("witness.example/w1", Ed25519PrivateKey.from_private_bytes(b"\x02" * 32))
MLDSA = MldsaSigner("witness.example/w1", MLDSA44PrivateKey.from_seed_bytes(b"\x02" * 32))
KEYS = [
    cosigner_key(each.name, each.private.public_key().public_bytes_raw())
    for each in (WITNESS, MLDSA)
]
ENTRY = encode(
    EntryKind.OPENING,
    {"batch": "b-0f1e2d3c4b5a6978", "rows": 1, "snapshot": "sha256:" + "0" * 64},
    1,
    "2026-03-02T14:05:00Z",
)
LEAF = leaf_hash(ENTRY)
ONE = sign_checkpoint(Checkpoint(SIGNER.name, 1, LEAF), SIGNER)
TWO = sign_checkpoint(Checkpoint(SIGNER.name, 2, node_hash(LEAF, LEAF)), SIGNER)
TEXT = parse_note(TWO).text
COSIGNED = TWO + cosign(TEXT, WITNESS, 1_772_460_300)
PROOF = str(Proof(1, (LEAF,), COSIGNED, ENTRY))
CONSISTENT = str(Consistency((LEAF,), ONE, TWO))
LATER = encode(
    EntryKind.OPENING,
    {"batch": "b-0f1e2d3c4b5a6978", "rows": 1, "snapshot": "sha256:" + "0" * 64},
    2,
    "2026-03-03T14:05:00Z",
)
PAIR = sign_checkpoint(Checkpoint(SIGNER.name, 2, node_hash(LEAF, leaf_hash(LATER))), SIGNER)
UNSIGNED = Attestation(
    "release",
    date(2026, 3, 2),
    date(2026, 3, 2),
    0,
    1,
    (),
    (ProvenEntry(0, ENTRY, (leaf_hash(LATER),)), ProvenEntry(1, LATER, (LEAF,))),
    None,
    PAIR,
)
ATTESTED = str(UNSIGNED), str(sign_attestation(UNSIGNED, SIGNER))
POLICY = (
    f"log {SIGNER.verifier}\n# c\nwitness a {KEYS[0]} http://127.0.0.1/\ngroup g any a\nquorum g\n"
).encode()
_SCRATCH = tempfile.TemporaryDirectory(prefix="counterfoil-fuzz-")


class Target(NamedTuple):
    """What is called, what it may raise, and good input for it."""

    call: Callable[[bytes], object]
    raises: type[Exception]
    seeds: list[bytes]


def verify(what: str) -> Callable[[bytes], object]:
    """The inspector's verifier over a file, as a process would run it; anything but exit 0 or 5 is
    a finding."""

    def call(data: bytes) -> int:
        directory = Path(_SCRATCH.name)
        (directory / "file").write_bytes(
            data if what != "answer" else b"request_id,answer,codes\r\n"
        )
        (directory / "file.jws").write_bytes(data)
        before, sys.argv = (
            sys.argv,
            ["verify", what, str(directory / "file"), "--key", str(SIGNER.verifier)],
        )
        try:
            with redirect_stdout(io.StringIO()):
                code = verifier.main()
        finally:
            sys.argv = before
        if code not in (0, 5):
            raise AssertionError(f"exit {code}")
        return code

    return call


def verify_key(data: bytes) -> object:
    """The verifier's own reading of a key, which comes from its command line."""
    try:
        text = data.decode("utf-8", "replace")
        return verifier.read_key(text if "+" in text else f"{text}+", 1)
    except (ValueError, OSError) as fault:
        raise VerifyFault("key", type(fault).__name__) from None


def verify_policy(data: bytes) -> object:
    """The verifier's own reading of a policy."""
    path = Path(_SCRATCH.name) / "policy"
    path.write_bytes(data)
    try:
        return verifier.read_policy(path, verifier.read_key(str(SIGNER.verifier), 1))
    except (ValueError, LookupError) as fault:
        raise VerifyFault("policy", type(fault).__name__) from None


def envelope(payload: bytes) -> bytes:
    """An answer's envelope with a good signature over any payload, so that what comes after the
    signature is reached."""
    named = {
        "alg": "EdDSA",
        "kid": f"{SIGNER.name}+{SIGNER.verifier.key_id.hex()}",
        "typ": "counterfoil-answer-1",
    }
    header = json.dumps(named, sort_keys=True, separators=(",", ":")).encode()
    parts = [urlsafe_b64encode(each).rstrip(b"=") for each in (header, payload)]
    return b".".join(
        [*parts, urlsafe_b64encode(SIGNER.private.sign(b".".join(parts))).rstrip(b"=")]
    )


def signed(data: bytes) -> object:
    """A checkpoint whose text is anything that a note can hold, with a good signature and good
    cosignatures."""
    text = data.decode("utf-8", "replace") + "\n"
    note = sign_note(text, [SIGNER]) + cosign(text, WITNESS, 5)
    return check_checkpoint(note, SIGNER.verifier), check_cosignatures(note, KEYS)


def _text(call: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda data: call(data.decode("utf-8", "surrogateescape"))


PAYLOAD = json.dumps(
    dict.fromkeys(sorted(verifier.FIELDS), 1) | {"format": "counterfoil-answer-1"},
    sort_keys=True,
    separators=(",", ":"),
)


def _check_two(data: bytes) -> object:
    return parse_checkpoint(data), check_checkpoint(data, SIGNER.verifier)


def _attested(data: bytes) -> object:
    return parse_attestation(data), check_attestation(
        data, SIGNER.verifier, KINDS, date(2026, 6, 1)
    )


def _sized(call: Callable[[bytes, int], object]) -> Callable[[bytes], object]:
    """A parser that is told how many there should be, which is the first byte."""
    return lambda data: call(data[1:], data[0] if data else 0)


def _target(
    call: Callable[[bytes], object], *seeds: str | bytes, raises: type[Exception] = VerifyFault
) -> Target:
    return Target(
        call, raises, [seed.encode() if isinstance(seed, str) else seed for seed in seeds]
    )


TARGETS: dict[str, Target] = {
    "note": _target(lambda data: check_note(data, [SIGNER.verifier]), COSIGNED),
    "checkpoint": _target(_check_two, ONE, TWO),
    "signed checkpoint": _target(signed, TEXT.removesuffix("\n")),
    "vkey": _target(_text(parse_vkey), str(SIGNER.verifier)),
    "cosigner key": _target(_text(parse_cosigner_key), *map(str, KEYS)),
    "cosignature": _target(
        lambda data: check_cosignatures(data, KEYS),
        COSIGNED,
        ONE + cosign(parse_note(ONE).text, MLDSA, 5),
    ),
    "proof": _target(lambda data: check_proof(data, ENTRY, SIGNER.verifier), PROOF),
    "consistency": _target(lambda data: check_consistency_file(data, SIGNER.verifier), CONSISTENT),
    "attestation": _target(_attested, *ATTESTED),
    "policy": _target(parse_policy, POLICY, raises=SettingsFault),
    "witness request": _target(parse_request, f"old 0\n\n{ONE}"),
    "tile": _target(_sized(split_hashes), b"\x02" + LEAF + LEAF),
    "bundle": _target(_sized(split_entries), b"\x01\x00\x02{}"),
    "entry": _target(lambda data: decode(data, "entry 0"), ENTRY),
    "verifier: key": _target(verify_key, str(SIGNER.verifier)),
    "verifier: proof": _target(verify("proof"), PROOF),
    "verifier: consistency": _target(verify("consistency"), CONSISTENT),
    "verifier: policy": _target(verify_policy, POLICY),
    "verifier: attestation": _target(verify("attestation"), *ATTESTED),
    "verifier: envelope": _target(verify("answer"), envelope(PAYLOAD.encode())),
    "verifier: signed payload": _target(lambda data: verify("answer")(envelope(data)), PAYLOAD),
}


def run(name: str, data: bytes) -> object:
    """What the target returns, or the code of its documented fault; anything else that it raises is
    a finding."""
    target = TARGETS[name]
    try:
        return target.call(data)
    except target.raises as fault:
        return getattr(fault, "code", "")
