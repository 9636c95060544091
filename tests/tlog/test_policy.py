"""A policy says which witnesses are enough; whatever is not a policy refuses."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counterfoil.core.errors import SettingsFault
from counterfoil.tlog import Checkpoint, Signer
from counterfoil.tlog.cosignature import CosignerKey, check_cosignatures, cosign, cosigner_key
from counterfoil.tlog.policy import parse_policy


def _key(number: int) -> CosignerKey:
    private = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
    return cosigner_key(f"w.example/{number}", private.public_key().public_bytes_raw())


def _colliding(number: int) -> CosignerKey:
    """Seeds 15421 and 109766 were found by search: their keys share this name and a key id."""
    seed = hashlib.sha256(b"collide%d" % number).digest()
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    return cosigner_key("witness.example/w1", public)


COLLIDING = (_colliding(15421), _colliding(109766))
WEAK = cosigner_key("w.example/weak", bytes(32))
LOG = Signer("log.example", Ed25519PrivateKey.from_private_bytes(b"\x09" * 32)).verifier
X = "\n".join(f"witness X{number} {_key(number)}" for number in (1, 2, 3))
Y = "\n".join(f"witness Y{number} {_key(number)} https://w.example/{number}" for number in (4, 5))
TWO_LEVELS = f"""# as in the format's own example
log {LOG}

{X}
 group\tX-witnesses 2 X1 X2 X3
{Y}
group Y-witnesses any Y4 Y5
group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


@pytest.mark.parametrize(
    ("cosigned", "holds"),
    [
        ((1, 2, 4), True),
        ((2, 3, 5), True),
        ((1, 2, 3), False),
        ((1, 4, 5), False),
        ((), False),
        ((1, 2, 3, 4, 5), True),
    ],
)
def test_a_quorum_of_two_levels(cosigned: tuple[int, ...], holds: bool) -> None:
    assert parse_policy(TWO_LEVELS.encode()).holds([_key(each) for each in cosigned]) is holds


def test_quorum_none_asks_for_nobody() -> None:
    assert parse_policy(b"quorum none\n").holds([])


def test_a_single_witness_is_a_quorum() -> None:
    policy = parse_policy(f"{X}\nquorum X2".encode())
    assert policy.holds([_key(2)])
    assert not policy.holds([_key(1), _key(3)])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "quorum X1",
        f"{X}\nquorum X1\nquorum X1",
        f"{X}\nquorum",
        f"{X}\ngroup g 0 X1\nquorum g",
        f"{X}\ngroup g 4 X1 X2 X3\nquorum g",
        f"{X}\ngroup g 02 X1 X2\nquorum g",
        f"{X}\ngroup g all\nquorum g",
        f"{X}\ngroup g all X1 X1\nquorum g",
        f"{X}\ngroup g all X1 X9\nquorum g",
        f"{X}\ngroup g all X1\ngroup h all X1\nquorum h",
        f"{X}\ngroup X1 all X2\nquorum X1",
        f"{X}\ngroup none all X2\nquorum none",
        f"{X}\ngroup g all none\nquorum g",
        f"{X}\nwitness X4 {_key(1)}\nquorum X1",
        f"log {LOG}\nwitness X {LOG}\nquorum X",
        f"witness X {LOG}\nlog {LOG}\nquorum X",
        f"witness X {WEAK}\nquorum X",
        f"witness X {COLLIDING[0]}\nwitness Y {COLLIDING[1]}\nquorum X",
        "witness X nothing\nquorum X",
        f"log {_key(1)}\nquorum none",
        f"log {LOG}\nlog {LOG}\nquorum none",
        "quorum none\nother",
        "quorum none\r\n",
        "quorum none\n" + "#" * 65_536,
    ],
)
def test_what_is_no_policy_refuses(text: str) -> None:
    with pytest.raises(SettingsFault) as fault:
        parse_policy(text.encode())
    assert fault.value.code == "policy_malformed"


def test_two_keys_that_share_name_and_key_id_are_told_apart_by_what_they_signed() -> None:
    one, two = COLLIDING
    assert ((one.name, one.key_id), one.public == two.public) == ((two.name, two.key_id), False)
    text = str(Checkpoint("log.example", 3, bytes(32)))
    for number, key in ((15421, one), (109766, two)):
        seed = hashlib.sha256(b"collide%d" % number).digest()
        line = cosign(text, Signer(key.name, Ed25519PrivateKey.from_private_bytes(seed)), 7)
        assert check_cosignatures(f"{text}\n{line}", COLLIDING) == {key: 7}
        assert check_cosignatures(f"{text}\n{line}", COLLIDING[::-1]) == {key: 7}
