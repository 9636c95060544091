"""What a requester knows and trusts of an office: `office.json`, beside the key.

    {"format": "counterfoil-office-1",
     "office": "counterfoil.example/tax-office",      the origin of the holder's ledger
     "holder": "<verifier key>",                      signs answers, receipts, outbox heads, recalls
     "intake_signer": "<verifier key>",               signs intake keys; "" where the holder does
     "agreement": "<text of the agreement's file>",   as both parties signed it
     "witnesses": "<text of a C2SP tlog-policy>"}     "" where the parties want none

Trusted: all of it, so that it comes by a way other than the gateway: with the signed agreement, in
a sandbox with the key. Whoever alters it can have a request sealed to himself, so that `describe`
names the digests to compare. An unknown format or field is refused. At most 1 MB.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

import msgspec

from counterfoil.core.bounded import read_bounded
from counterfoil.core.errors import InputFault
from counterfoil.core.outside_json import decode_json
from counterfoil.core.values import Public
from counterfoil.gate.law.agreement import Agreement
from counterfoil.gate.law.clauses import agreement_digest
from counterfoil.gate.law.schema import parse_law_text
from counterfoil.gate.law.signatures import check_signatures
from counterfoil.tlog import VerifierKey, parse_vkey
from counterfoil.tlog.policy import Policy, parse_policy

FORMAT: Final = "counterfoil-office-1"
NAME: Final = "office.json"
MAX_BYTES: Final = 1_000_000


class _OfficeFile(Public, frozen=True, forbid_unknown_fields=True):
    format: Literal["counterfoil-office-1"]
    office: str
    holder: str
    agreement: str
    intake_signer: str = ""
    witnesses: str = ""


class KnownOffice(Public, frozen=True):
    """An office as its requester knows it. `text`: the agreement's file; `digest`: its digest, as
    items and answers cite it."""

    office: str
    holder: VerifierKey
    intake_signer: VerifierKey
    agreement: Agreement
    digest: str
    policy: Policy | None
    text: str


def write_office_file(
    office: str, holder: str, agreement: str, *, intake_signer: str = "", witnesses: str = ""
) -> bytes:
    """The bytes of `office.json`. Inverse of `read_office_file`; `agreement` is the text of its
    file."""
    said = _OfficeFile(FORMAT, office, holder, agreement, intake_signer, witnesses)
    return msgspec.json.format(msgspec.json.encode(said), indent=1) + b"\n"


def read_office_file(path: Path) -> KnownOffice:
    """Read `office.json`. Raises InputFault `office_file`, and what reading an agreement, a
    verifier key or a policy raises (SettingsFault, VerifyFault)."""
    try:
        said = decode_json(read_bounded(path, MAX_BYTES), _OfficeFile)
    except (OSError, ValueError):
        raise InputFault(
            "office_file",
            "what is known of the office cannot be read",
            place=path.name,
            cure="Put office.json, which came with the agreement, beside the key, or name it with "
            "--office-file.",
        ) from None
    agreement = parse_law_text(said.agreement, Agreement, f"{path.name}: agreement")
    check_signatures(agreement)
    holder = parse_vkey(said.holder)
    return KnownOffice(
        said.office,
        holder,
        parse_vkey(said.intake_signer) if said.intake_signer else holder,
        agreement,
        agreement_digest(agreement),
        parse_policy(said.witnesses.encode()) if said.witnesses else None,
        said.agreement,
    )


def office_file_beside(key: Path) -> Path:
    """Where `office.json` stands for a key."""
    return key.with_name(NAME)
