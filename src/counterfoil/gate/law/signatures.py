"""What must be signed or given before a file is decided: the parties' signatures over the
agreement, and the document that a file rests on.

Format `counterfoil-agreement-signature-2`. A party signs, with Ed25519, the canonical JSON
(core/canonical.py) of

    {"agreement": "sha256:..." (the digest of its terms, see clauses.py),
     "format": "counterfoil-agreement-signature-2",
     "party": "holder" | "requester",
     "vkey": "treasury-secretary+8 hex+base64"}

and the agreement's file keeps, under `signatures`, for each party `vkey` (a C2SP verifier key) and
`signature` (standard base64 of 64 bytes). Comments and layout of the file do not count; any other
change ends both signatures. The same signatures verify over a publication with hidden clauses
(publication.py). A signature of one party never serves as the other's, and the two keys differ.

    a signature that does not verify    the law does not load (law_signature)
    one party or none has signed        the office opens, and receives nothing
                                        (agreement_not_signed); a sandbox may receive

Trusted: the two keys are in the file, so whoever may write it can put other keys there and sign
anew. The file's digest is in the ledger before it is used, so that such a change shows; each party
compares the keys that `counterfoil agreement verify` prints with its own.

A court's order or a consent is named in a file's header by its digest, and its file must be given:

    header names none, none is given      nothing to do: the route's elements say what is missing
    header names one, none is given       document_missing
    header names none, one is given       document_not_named
    header names one, another is given    document_differs

Each of the last three refuses the file whole, before a row is decided. The document itself stays in
the holder's own files; batch and ledger keep its digest, the ledger salted.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from pathlib import Path
from typing import Final, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from counterfoil.core import canonical
from counterfoil.core.errors import GateFault, SettingsFault, StoreFault, VerifyFault
from counterfoil.core.values import Header
from counterfoil.gate.law.agreement import Agreement, Signature
from counterfoil.gate.law.clauses import terms_digest
from counterfoil.gate.law.schema import require
from counterfoil.tlog import Signer, parse_vkey

FORMAT: Final = "counterfoil-agreement-signature-2"
PartyName = Literal["holder", "requester"]
PARTIES: Final[tuple[PartyName, ...]] = ("holder", "requester")
_BLOCK: Final = re.compile(r"(?m)^signatures:.*\n(?:[ \t]+.*\n)*")


def signed_bytes(terms: str, party: PartyName, vkey: str) -> bytes:
    """What a party signs. `terms` is the digest of the agreement's terms."""
    return canonical.encode({"agreement": terms, "format": FORMAT, "party": party, "vkey": vkey})


def sign_agreement(agreement: Agreement, party: PartyName, signer: Signer) -> Signature:
    """A party's signature over an agreement, whoever else has signed."""
    vkey = str(signer.verifier)
    signature = signer.private.sign(signed_bytes(terms_digest(agreement), party, vkey))
    return Signature(vkey=vkey, signature=b64encode(signature).decode())


def check_signatures(agreement: Agreement) -> None:
    """Every signature in the agreement verifies, and the two are by two different keys. Raises
    SettingsFault `law_signature`, `law_signature_same`."""
    terms = terms_digest(agreement)
    keys = [
        check_signed_digest(terms, party, signature, agreement.id)
        for party in PARTIES
        if (signature := _of(agreement, party)) is not None
    ]
    require(
        len(set(keys)) == len(keys),
        "law_signature_same",
        "one key signed for both parties",
        f"agreement {agreement.id}: signatures",
        "Each party signs with a key of its own.",
    )


def unsigned_parties(agreement: Agreement) -> tuple[PartyName, ...]:
    """The parties who have not signed."""
    return tuple(party for party in PARTIES if _of(agreement, party) is None)


def require_signed(agreement: Agreement) -> None:
    """Raise GateFault `agreement_not_signed` unless both parties have signed, or it is a
    sandbox's."""
    missing = unsigned_parties(agreement)
    if missing and not agreement.sandbox:
        raise GateFault(
            "agreement_not_signed",
            f"the agreement is not signed by its {' and its '.join(missing)}, so it is not in "
            "force",
            place=f"agreement {agreement.id}: signatures",
            cure="Each party signs with `counterfoil agreement sign --help`; until then nothing is "
            "received.",
        )


def write_signature(
    path: Path, agreement: Agreement, party: PartyName, signature: Signature
) -> None:
    """Put a signature into the agreement's file, the rest of its text kept. Raises StoreFault
    `agreement_not_written`."""
    signatures = {each: signature if each == party else _of(agreement, each) for each in PARTIES}
    lines = [f"  {each}: {_written(value)}" for each, value in signatures.items()]
    block = "\n".join(["signatures:", *lines]) + "\n"
    try:
        text = _BLOCK.sub(lambda _: block, path.read_text(encoding="utf-8"), count=1)
        beside = path.with_name(f".{path.name}.signing")
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as fault:
        raise agreement_not_written(path, fault) from None


def agreement_not_written(path: Path, fault: OSError) -> StoreFault:
    """The agreement's file, or the lock beside it, cannot be written."""
    return StoreFault(
        "agreement_not_written",
        f"the signature could not be written ({type(fault).__name__})",
        place=path.name,
        cure="Check disk space and permissions, and that nobody else is signing the file; it is as "
        "it was.",
    )


def _written(signature: Signature | None) -> str:
    return (
        f'{{vkey: "{signature.vkey}", signature: "{signature.signature}"}}' if signature else "null"
    )


def _of(agreement: Agreement, party: PartyName) -> Signature | None:
    return agreement.signatures.holder if party == "holder" else agreement.signatures.requester


def check_signed_digest(
    terms: str, party: PartyName, signature: Signature, agreement_id: str
) -> bytes:
    """The 32-byte public key of a party's signature that verifies over these terms. Raises
    SettingsFault `law_signature`."""
    try:
        key = parse_vkey(signature.vkey)
        raw = b64decode(signature.signature, validate=True)
        Ed25519PublicKey.from_public_bytes(key.public).verify(
            raw, signed_bytes(terms, party, signature.vkey)
        )
    except (VerifyFault, InvalidSignature, Base64Error, ValueError):
        raise SettingsFault(
            "law_signature",
            f"the signature of the {party} does not verify over this agreement",
            place=f"agreement {agreement_id}: signatures.{party}",
            cure="Restore the text that was signed, or have both parties sign the present one.",
        ) from None
    return key.public


def require_document(header: Header, given: str, name: str) -> None:
    """Raise GateFault unless the document that was given is the one that the header names.

    `given` is "sha256:..." of the bytes of the document's file, "" where none was given; `name` the
    request file's.
    """
    named = header.document.digest if header.document else ""
    if named == given:
        return
    if not given:
        raise GateFault(
            "document_missing",
            "the header names an order or consent by its digest, and its file was not given",
            place=f"{name}: header, document.digest",
            cure="Give it: --document FILE.",
        )
    if not named:
        raise GateFault(
            "document_not_named",
            "a document was given, and the file's header names none",
            place=f"{name}: header, document",
            cure="Have the requester state the document in the header, or leave out --document.",
        )
    raise GateFault(
        "document_differs",
        "the document's file is not the one whose digest the header names",
        place=f"{name}: header, document.digest",
        cure="Give the file of the order or consent byte for byte as the requester sent it, or "
        "have the header corrected and signed anew.",
    )
