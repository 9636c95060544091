"""A reader that we did not write (tlog-scales) accepts our tiles, checkpoints, cosignatures and
proofs, and refuses forged ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey, VkeySet
from tlog_scales.tlog import (
    Checkpoint,
    ConsistencyProof,
    ConsistencyProofInvalid,
    InclusionProof,
    InclusionProofInvalid,
)

from counterfoil.database import Store
from counterfoil.ledger import export
from counterfoil.tlog import leaf_hash, parse_proof
from counterfoil.tlog.consistency import parse_consistency
from counterfoil.tlog.cosignature import cosign, cosigner_key
from counterfoil.tlog.note import parse_note
from tests.ledger.office import KEY, LEDGER, SIGNER, grow, inclusion_path

SIZES = [1, 2, 255, 256, 257, 512, 700]


def read(store: Store, directory: Path, size: int) -> TilesReader:
    """Their reader over our export of a ledger of `size`."""
    note = grow(store, size)
    with store.reading() as connection:
        export(connection, directory / "export", note)
    return TilesReader(LocalBackend(directory / "export"))


@pytest.mark.parametrize("size", SIZES)
def test_it_finds_the_root_of_our_checkpoint_in_our_tiles(
    store: Store, tmp_path: Path, size: int
) -> None:
    reader = read(store, tmp_path, size)
    checkpoint = reader.get_checkpoint()
    checkpoint.verify(Vkey.from_string(str(KEY)))
    assert (checkpoint.size, checkpoint.origin) == (size, KEY.name)
    assert reader.calculate_root_hash() == checkpoint.root_hash
    with store.reading() as connection:
        assert list(LEDGER.entries(connection, 0, size)) == [
            reader.get_entry(index) for index in range(size)
        ]


def test_it_makes_the_proofs_that_we_make(store: Store, tmp_path: Path) -> None:
    reader = read(store, tmp_path, 700)
    reader.get_checkpoint()
    with store.reading() as connection:
        for index in (0, 1, 255, 256, 511, 512, 699):
            assert reader.get_inclusion_proof(index, 700).node_hashes == inclusion_path(
                connection, index
            )
        for old in (1, 2, 255, 256, 257, 512, 699, 700):
            proof = reader.get_consistency_proof(old, 700)
            assert proof.node_hashes == LEDGER.prove_consistency(connection, old)


def test_it_accepts_our_proof_files_and_refuses_them_altered(store: Store) -> None:
    older, newer = grow(store, 300), grow_on(store)
    with store.reading() as connection:
        proof = parse_proof(LEDGER.tlog_proof(connection, 257, newer))
        two = parse_consistency(LEDGER.consistency_file(connection, older, newer))
        entry = next(LEDGER.entries(connection, 257, 258))
    before, after = Checkpoint.from_text(two.older), Checkpoint.from_text(two.newer)
    hashes, path = list(proof.hashes), list(two.hashes)
    InclusionProof(257, after.size, hashes).check(leaf_hash(entry), after.root_hash)
    ConsistencyProof(before.size, after.size, path).check(before.root_hash, after.root_hash)
    with pytest.raises(InclusionProofInvalid):
        InclusionProof(256, after.size, hashes).check(leaf_hash(entry), after.root_hash)
    with pytest.raises(ConsistencyProofInvalid):
        ConsistencyProof(before.size, after.size, path[::-1]).check(
            before.root_hash, after.root_hash
        )


def grow_on(store: Store) -> str:
    """A checkpoint of 350 entries over one of 300."""
    from datetime import timedelta

    from tests.ledger.office import START, drafts

    with store.transaction() as connection:
        LEDGER.append(connection, drafts(50), START + timedelta(hours=1))
        return LEDGER.sign_checkpoint(connection, SIGNER)


@pytest.mark.parametrize(
    ("forge", "expected"),
    [(lambda note: note, 2), (lambda note: note.replace("\n7\n", "\n8\n"), 0)],
)
def test_it_accepts_our_cosignatures(
    store: Store, forge: Callable[[str], str], expected: int
) -> None:
    note = grow(store, 7)
    cosigned = note + cosign(parse_note(note).text, SIGNER, 1_772_460_300)
    checkpoint = Checkpoint.from_text(forge(cosigned))
    keys = VkeySet(*map(Vkey.from_string, (str(KEY), str(cosigner_key(SIGNER.name, KEY.public)))))
    assert len(keys.verify(checkpoint.signatures, checkpoint)) == expected
