"""Checkpoints: what is signed comes back, and no other text passes for one."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counterfoil.core.errors import VerifyFault
from counterfoil.tlog import (
    Checkpoint,
    Signer,
    check_checkpoint,
    parse_checkpoint,
    sign_checkpoint,
    sign_note,
)
from counterfoil.tlog.tree import EMPTY_ROOT

ORIGIN = "made-up.example/office"
SIGNER = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\x01" * 32))
ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="


def code_of(text: str, signer: Signer = SIGNER) -> str:
    with pytest.raises(VerifyFault) as fault:
        check_checkpoint(sign_note(text, [signer]), SIGNER.verifier)
    return fault.value.code


@pytest.mark.parametrize("size", [1, 2, 20852163, 2**63 - 1])
def test_a_signed_checkpoint_comes_back(size: int) -> None:
    checkpoint = Checkpoint(ORIGIN, size, bytes(range(32)))
    assert check_checkpoint(sign_checkpoint(checkpoint, SIGNER), SIGNER.verifier) == checkpoint


def test_an_empty_tree_has_a_checkpoint() -> None:
    checkpoint = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    assert parse_checkpoint(sign_checkpoint(checkpoint, SIGNER)) == checkpoint


def test_extension_lines_are_read() -> None:
    checkpoint = Checkpoint(ORIGIN, 1, bytes(32), ("one", "two"))
    assert parse_checkpoint(sign_checkpoint(checkpoint, SIGNER)) == checkpoint


def test_the_published_form_is_ours() -> None:
    text = f"example.com/behind-the-sofa\n20852163\n{ROOT}\n"
    assert str(parse_checkpoint(sign_note(text, [SIGNER]))) == text


def test_a_checkpoint_of_another_log_is_refused_though_the_key_signed_it() -> None:
    assert code_of(f"other.example\n1\n{ROOT}\n") == "checkpoint_origin"


def test_a_checkpoint_by_another_key_is_refused() -> None:
    other = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\x02" * 32))
    assert code_of(f"{ORIGIN}\n1\n{ROOT}\n", other) == "note_unsigned"


@pytest.mark.parametrize(
    "text",
    [
        "\n",
        f"{ORIGIN}\n",
        f"{ORIGIN}\n1\n",
        f"\n1\n{ROOT}\n",
        f"{ORIGIN}\n1\n{ROOT}\n\n",
        f"{ORIGIN}\n\n{ROOT}\n",
        *(
            f"{ORIGIN}\n{size}\n{ROOT}\n"
            for size in ("01", "-1", "+1", " 1", "1.0", "0x1", "\u0661", 2**63, "9" * 500)
        ),
        *(
            f"{ORIGIN}\n1\n{root}\n"
            for root in ("*", ROOT[:-1], ROOT[:-4], ROOT + ROOT, " " + ROOT)
        ),
        f"{ORIGIN}\n0\n{ROOT}\n",
    ],
)
def test_a_malformed_checkpoint_is_refused(text: str) -> None:
    assert code_of(text) == "checkpoint_malformed"


def test_a_log_signs_only_under_its_own_name() -> None:
    with pytest.raises(ValueError, match="origin"):
        sign_checkpoint(Checkpoint("other.example", 1, bytes(32)), SIGNER)
