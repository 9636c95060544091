"""Overrides: two roles admit a request of which nothing failed, and something waits for an officer.
Pure.

Both officers sign one statement (core/use_cases.py) of the act `override` over the batch. Its
details are `refused`, the commitment of the request's own entry in the ledger, which binds it to
that row byte for byte; `elements`, all the findings that are set aside, sorted, between blanks; and
`reason`, the digest of the officers' own words: 1 to 2,000 printable characters. The first
officer's role is `disclosure`, the second's `counsel`: two names, two keys, two roles.

Kept with the grant that follows, as MessagePack of `Override`, sealed in a chunk of its own; the
entry `override` commits to these bytes. Who alters the chunk is found when it is opened, who forges
one lacks the officers' keys. An unknown format or field is refused. A finding that is not met or
not shown cannot be set aside by anybody: the gate makes the grant, and refuses to.

An override of an older version has two bare signatures of format `counterfoil-override-1`, over
canonical JSON of batch, elements, format, office, reason and refused. It is read, and never made.
"""

from __future__ import annotations

from typing import Final

import msgspec

from counterfoil.batches.rows import written_grant
from counterfoil.batches.statements import (
    check_signature,
    check_signed,
    read_signed,
    signature_fault,
)
from counterfoil.core import canonical
from counterfoil.core.errors import StoreFault, UsageFault
from counterfoil.core.values import Grant, Officer, Sensitive

OVERRIDE: Final = "override"
OLDER_FORMAT: Final = "counterfoil-override-1"
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


def override_details(refused: str, elements: tuple[str, ...], reason: str) -> dict[str, str | int]:
    """The details of the statement that both officers sign."""
    said = {"refused": refused, "elements": " ".join(elements)}
    return {**said, "reason": canonical.digest(reason.encode("utf-8"))}


def check_override(override: Override) -> None:
    """Raise VerifyFault `officer_signature` unless both officers signed exactly this."""
    for officer, signature in (
        (override.first, override.first_signature),
        (override.second, override.second_signature),
    ):
        if signature.startswith("{"):
            _check_statement(override, officer, signature)
        else:
            check_signature(_older_bytes(override), OVERRIDE, officer, signature)


def _check_statement(override: Override, officer: Officer, signature: str) -> None:
    signed = read_signed(signature, officer)
    said = signed.statement
    details = override_details(override.refused, override.elements, override.reason)
    wanted = (OVERRIDE, override.office, override.batch, details)
    if (said.act, said.office, said.subject, said.details) != wanted:
        raise signature_fault(officer, OVERRIDE)
    check_signed(signed)


def _older_bytes(override: Override) -> bytes:
    """What both officers signed in an older version."""
    said = {"batch": override.batch, "elements": list(override.elements), "format": OLDER_FORMAT}
    said |= {"office": override.office, "reason": override.reason, "refused": override.refused}
    return canonical.encode(said)


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
    fields = msgspec.structs.astuple(override)[:-1]
    return msgspec.msgpack.encode((*fields, written_grant(override.grant)))


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
