"""ML-DSA-44 cosignatures (type 6) beside Ed25519 (type 4): the same witness, two lines, each
checked by its own key."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from counterfoil.core.errors import SettingsFault, VerifyFault
from counterfoil.tlog import Checkpoint, check_checkpoint, parse_vkey
from counterfoil.tlog.cosignature import (
    MldsaSigner,
    check_cosignatures,
    cosign,
    cosigner_key,
    parse_cosigner_key,
)
from counterfoil.tlog.encoding import from_base64, to_base64
from counterfoil.tlog.note import parse_note
from counterfoil.tlog.policy import parse_policy
from counterfoil.tlog.witness import Records, Witness
from tests.cli.desk import command, secret
from tests.ledger.office import KEY, ORIGIN
from tests.tlog.test_witness import HONEST, TIME, body, key, signer

NAME = "witness.example/w2"
MLDSA = MldsaSigner(NAME, MLDSA44PrivateKey.from_seed_bytes(b"\x02" * 32))
MLDSA_KEY = cosigner_key(NAME, MLDSA.private.public_key().public_bytes_raw())
NOTE = HONEST.note()
TEXT = parse_note(NOTE).text


def fault_code(raw: str) -> str:
    with pytest.raises(VerifyFault) as fault:
        check_cosignatures(raw, [MLDSA_KEY])
    return fault.value.code


def test_a_key_comes_back_and_is_of_type_6() -> None:
    assert parse_cosigner_key(str(MLDSA_KEY)) == MLDSA_KEY
    data = from_base64(str(MLDSA_KEY).split("+", 2)[2]) or b""
    assert (data[0], len(data)) == (6, 1313)
    with pytest.raises(VerifyFault):
        parse_vkey(str(MLDSA_KEY))


@pytest.mark.parametrize("length", [0, 1, 32, 33, 1311, 1312, 1314])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(VerifyFault) as fault:
        parse_cosigner_key(f"{NAME}+00000000+{to_base64(bytes([6]) + bytes(length))}")
    assert fault.value.code == "vkey_malformed"


def test_the_signed_message_is_that_of_the_format() -> None:
    line = cosign(TEXT, MLDSA, TIME)
    raw = from_base64(line.split(" ")[2].strip()) or b""
    name, origin = NAME.encode(), ORIGIN.encode()
    checkpoint = check_checkpoint(NOTE, KEY)
    message = (
        b"subtree/v1\n\0"
        + bytes([len(name)])
        + name
        + TIME.to_bytes(8, "big")
        + bytes([len(origin)])
        + origin
    )
    message += bytes(8) + checkpoint.size.to_bytes(8, "big") + checkpoint.root
    assert (raw[:4], raw[4:12], len(raw)) == (
        MLDSA_KEY.key_id,
        TIME.to_bytes(8, "big"),
        4 + 8 + 2420,
    )
    MLDSA.private.public_key().verify(raw[12:], message)


def test_both_lines_of_one_witness_are_checked_and_neither_key_needs_the_other() -> None:
    note = NOTE + cosign(TEXT, signer(2), TIME) + cosign(TEXT, MLDSA, TIME + 1)
    assert check_cosignatures(note, [key(2), MLDSA_KEY]) == {key(2): TIME, MLDSA_KEY: TIME + 1}
    assert check_cosignatures(note, [MLDSA_KEY]) == {MLDSA_KEY: TIME + 1}
    assert check_cosignatures(note, [key(2)]) == {key(2): TIME}
    assert check_checkpoint(note, KEY).size == len(HONEST.entries)


@pytest.mark.parametrize("part", ["time", "signature", "short", "other checkpoint"])
def test_an_altered_line_is_refused(part: str) -> None:
    line = cosign(
        str(Checkpoint(ORIGIN, 3, bytes(32))) if part == "other checkpoint" else TEXT, MLDSA, TIME
    )
    raw = bytearray(from_base64(line.split(" ")[2].strip()) or b"")
    if part == "time":
        raw[11] ^= 1
    elif part == "signature":
        raw[200] ^= 1
    elif part == "short":
        del raw[-1]
    assert fault_code(f"{NOTE}\u2014 {NAME} {to_base64(bytes(raw))}\n") == "cosignature_wrong"


def test_extension_lines_are_not_part_of_what_type_6_signs() -> None:
    extended = str(Checkpoint(ORIGIN, 3, bytes(32), ("extension",)))
    line = cosign(str(Checkpoint(ORIGIN, 3, bytes(32))), MLDSA, TIME)
    assert check_cosignatures(f"{extended}\n{line}", [MLDSA_KEY]) == {MLDSA_KEY: TIME}


def test_a_text_that_is_no_checkpoint_is_refused() -> None:
    line = cosign(TEXT, MLDSA, TIME)
    assert fault_code(f"no checkpoint\n\n{line}") == "checkpoint_malformed"
    long = str(Checkpoint("o" * 256, 3, bytes(32)))
    assert fault_code(f"{long}\n{line}") == "checkpoint_malformed"


def test_a_witness_with_two_keys_answers_with_two_lines_and_a_policy_may_name_both(
    tmp_path: Path,
) -> None:
    records = Records(tmp_path)
    answered = Witness(records, [KEY], [signer(2), MLDSA], lambda: TIME).add_checkpoint(
        body(HONEST, 0, 6)
    )
    records.close()
    note = HONEST.note(6) + answered.body
    policy = parse_policy(
        f"witness a {key(2)}\nwitness b {MLDSA_KEY}\ngroup two all a b\nquorum two\n".encode()
    )
    assert policy.holds(check_cosignatures(note, [each.key for each in policy.witnesses]))
    assert not policy.holds(
        check_cosignatures(HONEST.note(6) + cosign(TEXT, signer(3), TIME), [key(2), MLDSA_KEY])
    )


def test_the_verb_makes_both_keys_under_one_passphrase(tmp_path: Path) -> None:
    passphrase = secret(tmp_path / "good")
    arguments = [
        "witness",
        "create",
        tmp_path / "w",
        "--name",
        NAME,
        "--ml-dsa",
        "--key-passphrase-file",
        passphrase,
    ]
    told = command(*arguments)
    first, second = told.out.split()
    assert (parse_cosigner_key(first).kind, parse_cosigner_key(second).kind) == (4, 6)
    bad = secret(tmp_path / "bad", "another, made up")
    told = command(
        "witness",
        "serve",
        tmp_path / "w",
        "--log",
        str(KEY),
        "--key-passphrase-file",
        bad,
        "--json",
    )
    assert told.error == "witness_key"


def test_p10_a_policy_whose_key_has_a_name_that_is_not_utf_8_refuses() -> None:
    with pytest.raises(SettingsFault) as fault:
        parse_policy(
            b"witness a " + str(key(2)).encode().replace(b"example", b"\x80") + b"\nquorum a\n"
        )
    assert fault.value.code == "policy_malformed"
