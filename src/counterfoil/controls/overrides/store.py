"""Overrides: two roles admit a request of which nothing failed, and something waits for an officer.
Pure.

Format `counterfoil-override-1`: what both officers sign, with Ed25519, as canonical JSON
(core/canonical.py):

    {"batch":"b-0001","elements":["i2-address-custodial"],"format":"counterfoil-override-1","office":"sandbox",
     "reason":"...","refused":"sha256:9f..."}

- `refused` is the commitment of the request's own entry in the ledger: it binds the word to that
  row, byte for byte.
- `elements` are all the findings that are set aside, sorted. `reason` is the officers' own words: 1
  to 2,000 printable characters.
- the first officer's role is `disclosure`, the second's `counsel` (officers.py): two names, two
  keys, two roles.

Kept with the grant that follows, as MessagePack of `Override`, sealed in a chunk of its own of kind
`override`; the entry `override` commits to these bytes. Who alters the chunk is found when it is
opened, who forges one lacks the officers' keys. An unknown format or field is refused. A finding
that is not met or not shown cannot be set aside by anybody: the gate makes the grant, and refuses
to.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from counterfoil.batches.ruling import check_signature
from counterfoil.core import canonical
from counterfoil.core.errors import StoreFault, UsageFault
from counterfoil.core.values import Grant, Officer, Sensitive

OVERRIDE: Final = "override"
FORMAT: Final = "counterfoil-override-1"
MOST_CHARACTERS: Final = 2000


class Override(Sensitive, frozen=True, gc=False, array_like=True, forbid_unknown_fields=True):
    """See the module. `first` and `second` are the officers of the roles disclosure and counsel."""

    office: str
    batch: str
    refused: str
    elements: tuple[str, ...]
    reason: str
    first: Officer
    first_signature: str
    second: Officer
    second_signature: str
    grant: Grant


def word_bytes(
    office: str, batch: str, refused: str, elements: tuple[str, ...], reason: str
) -> bytes:
    """The bytes that both officers sign."""
    body = {"batch": batch, "elements": list(elements), "format": FORMAT, "office": office}
    return canonical.encode(body | {"reason": reason, "refused": refused})


def sign_override(word: bytes, key: Ed25519PrivateKey) -> str:
    """One officer's signature, as base64."""
    return b64encode(key.sign(word)).decode("ascii")


def check_override(override: Override) -> None:
    """Raise VerifyFault `officer_signature` unless both officers signed exactly this."""
    word = word_bytes(
        override.office, override.batch, override.refused, override.elements, override.reason
    )
    for officer, signature in (
        (override.first, override.first_signature),
        (override.second, override.second_signature),
    ):
        check_signature(word, OVERRIDE, officer, signature)


def read_reason(text: str) -> str:
    """The officers' words, stripped. Raises UsageFault `override_reason`: never a default, never an
    empty one."""
    reason = text.strip()
    if (
        not reason
        or len(reason) > MOST_CHARACTERS
        or not all(line.isprintable() for line in reason.splitlines())
    ):
        raise UsageFault(
            "override_reason",
            f"an override needs a reason in plain words, of at most {MOST_CHARACTERS} characters",
            place="--reason",
            cure="Write why this request may be answered although it waits for an officer, and "
            "who decided it.",
        )
    return reason


def encode_override(override: Override) -> bytes:
    """Plain bytes of an override's chunk: what its entry commits to. Inverse of
    `decode_override`."""
    return msgspec.msgpack.encode(override)


def decode_override(plain: bytes) -> Override:
    """Raises StoreFault `override_unreadable`."""
    try:
        return msgspec.msgpack.decode(plain, type=Override)
    except msgspec.MsgspecError:
        raise StoreFault(
            "override_unreadable",
            "an override cannot be read from its stored chunk",
            cure="It was written by another version, or damaged: open the office with the "
            "version that wrote it.",
        ) from None
