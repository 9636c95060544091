"""The tree is RFC 6962's, at every size, and no proof but the right one verifies."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.core.errors import VerifyFault
from counterfoil.tlog import tree
from tests.tlog import reference

EDGES = sorted({0, 1, 2, 3} | {2**k + d for k in range(2, 7) for d in (-1, 0, 1)})
VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "rfc6962.json").read_text(encoding="utf-8")
)


def leaves(size: int) -> list[bytes]:
    return [b"leaf %d" % index for index in range(size)]


def reader(entries: list[bytes]) -> tree.Reader:
    return lambda height, index: reference.mth(entries[index << height : (index + 1) << height])


def hashes(entries: list[bytes]) -> list[bytes]:
    return [tree.leaf_hash(entry) for entry in entries]


@pytest.mark.parametrize("size", range(9))
def test_roots_are_the_published_ones(size: int) -> None:
    entries = [bytes.fromhex(leaf) for leaf in VECTORS["leaves"][:size]]
    assert tree.root_of(hashes(entries)).hex() == VECTORS["roots"][size]


@pytest.mark.parametrize("size", EDGES)
def test_both_ways_to_the_root_agree_with_the_rfc(size: int) -> None:
    entries = leaves(size)
    roots = {tree.root_of(hashes(entries)), tree.root_at(size, reader(entries))}
    assert roots == {reference.mth(entries)}


@pytest.mark.parametrize("size", EDGES)
def test_every_inclusion_proof_is_the_rfcs_and_verifies(size: int) -> None:
    entries = leaves(size)
    root = reference.mth(entries)
    for index, entry in enumerate(entries):
        proof = tree.prove_inclusion(index, size, reader(entries))
        assert proof == reference.path(index, entries)
        tree.check_inclusion(tree.leaf_hash(entry), index, size, proof, root)


@pytest.mark.parametrize("new", EDGES)
def test_every_consistency_proof_is_the_rfcs_and_verifies(new: int) -> None:
    entries = leaves(new)
    for old in range(new + 1):
        proof = tree.prove_consistency(old, new, reader(entries))
        assert proof == reference.consistency(old, entries)
        tree.check_consistency(
            old, reference.mth(entries[:old]), new, reference.mth(entries), proof
        )


@given(st.data())
def test_an_inclusion_proof_changed_in_any_way_fails(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 40))
    entries = leaves(size)
    index = data.draw(st.integers(0, size - 1))
    args = [
        tree.leaf_hash(entries[index]),
        index,
        size,
        reference.path(index, entries),
        reference.mth(entries),
    ]
    which = data.draw(st.sampled_from(["leaf", "index", "root", "hash", "drop", "extra"]))
    if which == "leaf":
        args[0] = bytes(32)
    elif which == "index":
        args[1] = data.draw(st.integers(-1, size + 1).filter(lambda other: other != index))
    elif which == "root":
        args[4] = bytes(32)
    else:
        args[3] = _changed(data, list(args[3]), which)
    with pytest.raises(VerifyFault) as fault:
        tree.check_inclusion(*args)
    assert fault.value.code == "proof_inclusion"


@given(st.data())
def test_a_consistency_proof_changed_in_any_way_fails(data: st.DataObject) -> None:
    new = data.draw(st.integers(1, 40))
    old = data.draw(st.integers(1, new))
    entries = leaves(new)
    args = [
        old,
        reference.mth(entries[:old]),
        new,
        reference.mth(entries),
        reference.consistency(old, entries),
    ]
    which = data.draw(st.sampled_from(["old root", "new root", "larger", "hash", "drop", "extra"]))
    if which == "old root":
        args[1] = bytes(32)
    elif which == "new root":
        args[3] = bytes(32)
    elif which == "larger":
        args[0] = new + 1
    else:
        args[4] = _changed(data, list(args[4]), which)
    with pytest.raises(VerifyFault) as fault:
        tree.check_consistency(*args)
    assert fault.value.code == "proof_consistency"


def _changed(data: st.DataObject, proof: list[bytes], which: str) -> list[bytes]:
    if which == "extra" or not proof:
        return [*proof, bytes(32)]
    at = data.draw(st.integers(0, len(proof) - 1))
    if which == "drop":
        return proof[:at] + proof[at + 1 :]
    return [*proof[:at], bytes(32), *proof[at + 1 :]]


def test_an_empty_tree_is_continued_by_any_other_but_only_with_its_own_root() -> None:
    tree.check_consistency(0, tree.EMPTY_ROOT, 3, bytes(32), [])
    tree.check_consistency(0, tree.EMPTY_ROOT, 0, tree.EMPTY_ROOT, [])
    with pytest.raises(VerifyFault):
        tree.check_consistency(0, bytes(32), 3, bytes(32), [])
    with pytest.raises(VerifyFault):
        tree.check_consistency(0, tree.EMPTY_ROOT, 0, bytes(32), [])


def test_nothing_is_in_an_empty_tree() -> None:
    with pytest.raises(VerifyFault):
        tree.check_inclusion(bytes(32), 0, 0, [], tree.EMPTY_ROOT)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3)])
def test_proving_outside_the_tree_is_a_bug_of_the_caller(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        tree.prove_inclusion(index, size, reader(leaves(3)))


def test_proving_from_a_larger_tree_is_a_bug_of_the_caller() -> None:
    with pytest.raises(ValueError, match="larger"):
        tree.prove_consistency(4, 3, reader(leaves(3)))
