"""Public vectors that a transparency log's library is held to: Merkle proofs, notes, cosignatures of
real witnesses, policies, and the edge cases of Ed25519 and ML-DSA-44. Our code and
`counterfoil-verify` decide every one alike."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from counterfoil.cli import verifier
from counterfoil.core.errors import SettingsFault, VerifyFault
from counterfoil.tlog import check_consistency, check_inclusion, check_note, leaf_hash, parse_vkey
from counterfoil.tlog.cosignature import check_cosignatures, cosigner_key, parse_cosigner_key
from counterfoil.tlog.ed25519 import is_sound_key, verifies
from counterfoil.tlog.encoding import to_base64
from counterfoil.tlog.note import verifier_key
from counterfoil.tlog.policy import parse_policy


def _vectors(name: str) -> dict[str, Any]:
    path = Path(__file__).parents[1] / "vectors" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))


MERKLE, EDDSA, COSIGNED = _vectors("rfc6962"), _vectors("ed25519"), _vectors("cosignatures")
LEAVES = [bytes.fromhex(each) for each in MERKLE["leaves"]]
ROOTS = [bytes.fromhex(each) for each in MERKLE["roots"]]
WEAK = [bytes.fromhex(each) for each in EDDSA["small order"] + EDDSA["not canonical"]]


def _hashes(path: list[str]) -> list[bytes]:
    return [bytes.fromhex(each) for each in path]


def _lines(path: list[str]) -> list[str]:
    return [to_base64(each) for each in _hashes(path)]


@pytest.mark.parametrize("case", MERKLE["inclusion"], ids=str)
def test_the_published_inclusion_proofs_hold_and_no_changed_one_does(case: dict[str, Any]) -> None:
    index, size, path = case["index"], case["size"], _hashes(case["path"])
    leaf, root = leaf_hash(LEAVES[index]), ROOTS[size]
    check_inclusion(leaf, index, size, path, root)
    ledger = verifier.Checkpoint(size, root, "")
    verifier.check_inclusion(LEAVES[index], index, _lines(case["path"]), ledger)
    changed = [path[:-1], [*path, bytes(32)], path[::-1] if len(path) > 1 else [bytes(32)]]
    for wrong in (each for each in changed if each != path):
        with pytest.raises(VerifyFault):
            check_inclusion(leaf, index, size, wrong, root)
        with pytest.raises(verifier.VerifyFault):
            verifier.check_inclusion(LEAVES[index], index, list(map(to_base64, wrong)), ledger)


@pytest.mark.parametrize("case", MERKLE["consistency"], ids=str)
def test_the_published_consistency_proofs_hold_and_no_changed_one_does(
    case: dict[str, Any],
) -> None:
    old, new, path = case["old"], case["new"], _hashes(case["path"])
    check_consistency(old, ROOTS[old], new, ROOTS[new], path)
    older, newer = (verifier.Checkpoint(size, ROOTS[size], "") for size in (old, new))
    verifier.check_consistency(older, newer, _lines(case["path"]))
    for wrong in ([*path, bytes(32)], [bytes(32), *path[1:]]):
        with pytest.raises(VerifyFault):
            check_consistency(old, ROOTS[old], new, ROOTS[new], wrong)
        with pytest.raises(verifier.VerifyFault):
            verifier.check_consistency(older, newer, list(map(to_base64, wrong)))


@pytest.mark.parametrize("case", EDDSA["cases"], ids=lambda case: case["what"])
def test_every_published_edge_case_of_ed25519_is_decided(case: dict[str, Any]) -> None:
    key, signature, message = (
        bytes.fromhex(case[each]) for each in ("key", "signature", "message")
    )
    assert verifies(key, signature, message) is case["verifies"]
    with suppress(verifier.VerifyFault):
        named = verifier.read_key(str(verifier_key("x", key)), verifier.SIGNS)
        assert verifier.is_signature(named, signature, message) is case["verifies"]


def test_the_library_alone_would_have_let_a_key_of_small_order_sign() -> None:
    case = EDDSA["cases"][0]
    key, signature, message = (
        bytes.fromhex(case[each]) for each in ("key", "signature", "message")
    )
    Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    assert not verifies(key, signature, message)


@pytest.mark.parametrize("public", WEAK, ids=bytes.hex)
def test_no_key_of_small_order_and_none_that_is_not_canonical_is_read(
    public: bytes, tmp_path: Path
) -> None:
    assert not is_sound_key(public)
    for text, read in (
        (str(verifier_key("x", public)), parse_vkey),
        (str(cosigner_key("x", public)), parse_cosigner_key),
        (str(verifier_key("x", public)), parse_cosigner_key),
    ):
        with pytest.raises(VerifyFault) as fault:
            read(text)
        assert fault.value.code == "vkey_weak"
        with pytest.raises(verifier.VerifyFault):
            verifier.read_key(text, verifier.COSIGNS)
    with pytest.raises(SettingsFault):
        parse_policy(f"witness w {cosigner_key('x', public)}\nquorum w\n".encode())


def test_a_key_that_is_no_point_of_the_curve_is_not_read() -> None:
    none = next(
        bytes([y]) + bytes(31) for y in range(2, 99) if not is_sound_key(bytes([y]) + bytes(31))
    )
    with pytest.raises(VerifyFault) as fault:
        parse_vkey(str(verifier_key("x", none)))
    assert fault.value.code == "vkey_weak"


def test_the_example_of_signed_note_verifies() -> None:
    example = COSIGNED["example"]
    key = parse_vkey(example["vkey"])
    assert key.public.hex() == example["public"]
    note, signed = check_note(example["note"], [key])
    assert (note.text, signed) == ("This is an example message.\n", (key,))


@pytest.mark.parametrize("kind", ["ed25519", "ml-dsa-44"])
def test_the_cosignatures_of_public_witnesses_verify_and_say_when(kind: str) -> None:
    case = COSIGNED[kind]
    keys = [parse_cosigner_key(each) for each in case["witnesses"]]
    found = check_cosignatures(case["note"], keys)
    assert set(found) == set(keys)
    assert all(1_700_000_000 < time < 1_800_000_000 for time in found.values())
    size = case["note"].split("\n")[1]
    with pytest.raises(VerifyFault) as fault:
        check_cosignatures(case["note"].replace(f"\n{size}\n", "\n42\n"), keys)
    assert fault.value.code == "cosignature_wrong"


def test_a_real_log_whose_note_carries_signatures_of_other_types_verifies() -> None:
    case = COSIGNED["ed25519"]
    note, signed = check_note(case["note"], [parse_vkey(case["log"])])
    assert len(note.signatures) == 6
    assert [str(each) for each in signed] == [case["log"]]


def test_a_policy_with_witness_keys_of_type_1_is_read_as_their_cosignature_keys() -> None:
    policy = parse_policy(COSIGNED["policies"]["two of four"].encode())
    keys = [each.key for each in policy.witnesses]
    assert [each.kind for each in keys] == [4] * 4
    assert (policy.holds(keys[:2]), policy.holds(keys[3:])) == (True, False)
    with pytest.raises(SettingsFault):
        parse_policy(COSIGNED["policies"]["one key under two names"].encode())
