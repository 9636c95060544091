"""An agreement file as its parties handle it: signed, checked, and published with clauses hidden.

The agreement is read from its file each time; an office reads the same file from its own law. What
is published verifies with the clauses that are hidden, by the digest that answers cite.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from counterfoil.answers.sd_jwt import Claim, seal_sd_jwt
from counterfoil.core.errors import UsageFault, VerifyFault
from counterfoil.core.values import Public
from counterfoil.gate.law.agreement import Agreement
from counterfoil.gate.law.clauses import Clause, agreement_digest, clauses_of
from counterfoil.gate.law.publication import (
    MAX_BYTES,
    Published,
    check_publication,
    hide,
    require_salt,
    write_publication,
)
from counterfoil.gate.law.schema import read_law_file
from counterfoil.gate.law.signatures import (
    PARTIES,
    check_signatures,
    require_signed,
    sign_agreement,
    write_signature,
)
from counterfoil.requester.keys import PrincipalKey


class SignedAgreement(Public, frozen=True):
    """An agreement's id, and the verifier key of each party that signed it."""

    agreement: str
    keys: dict[str, str]


def require_party(party: str) -> None:
    """Raise UsageFault `party_unknown` unless this is a party of an agreement."""
    if party not in PARTIES:
        raise UsageFault(
            "party_unknown", "there is no such party", place="--as", cure="Say holder or requester."
        )


def sign_file(file: Path, party: str, key: PrincipalKey) -> SignedAgreement:
    """Sign an agreement for one party and write the signature into its file. Any later change of
    its terms ends it. Raises UsageFault `party_unknown`, SettingsFault, GateFault."""
    require_party(party)
    chosen, agreement = PARTIES[PARTIES.index(party)], _read(file)
    signature = sign_agreement(agreement, chosen, key.signer)
    write_signature(file, agreement, chosen, signature)
    check_signatures(_read(file))
    return SignedAgreement(agreement.id, {chosen: signature.vkey})


def verify_file(file: Path, digest: str = "") -> SignedAgreement:
    """Check that both parties signed the agreement in a file. `digest`: the one that it must have,
    or "". Raises GateFault where a signature is missing, VerifyFault `agreement_other`."""
    agreement = _read(file)
    _check_digest(agreement_digest(agreement), digest)
    check_signatures(agreement)
    require_signed(agreement)
    signed = {"holder": agreement.signatures.holder, "requester": agreement.signatures.requester}
    keys = {party: signature.vkey for party, signature in signed.items() if signature}
    return SignedAgreement(agreement.id, keys)


def verify_publication(data: bytes, digest: str = "") -> Published:
    """Check a publication of an agreement. Raises VerifyFault, `agreement_other` among them."""
    published = check_publication(data)
    _check_digest(published.agreement, digest)
    return published


def publish_file(file: Path, redact: Sequence[str], key: PrincipalKey | None) -> bytes:
    """The agreement with the clauses that are named hidden: JSON, or an SD-JWT (RFC 9901) signed by
    `key`. Raises SettingsFault, `agreement_no_salt` among them, GateFault, UsageFault."""
    agreement = _read(file)
    check_signatures(agreement)
    clauses = hide(agreement, redact)
    if key is None:
        return write_publication(clauses).rstrip()
    plain = {"agreement": agreement_digest(agreement), "iss": key.name}
    return seal_sd_jwt(plain, _claims(agreement, clauses), key.signer)


def _claims(agreement: Agreement, clauses: Sequence[Clause | bytes]) -> list[Claim]:
    """Every clause as a claim: one without a salt could be guessed."""
    whole = clauses_of(agreement)
    require_salt(agreement)
    return [
        Claim(clause.salt or "", clause.path, clause.value, isinstance(shown, Clause))
        for clause, shown in zip(whole, clauses, strict=True)
    ]


def _check_digest(found: str, wanted: str) -> None:
    if wanted and wanted != found:
        raise VerifyFault(
            "agreement_other",
            "this is another agreement than the one that the digest names",
            place="--digest",
            cure="Compare with `agreement_digest` of the answer, or with the ledger's law entries.",
        )


def _read(file: Path) -> Agreement:
    """The agreement of a file. Its signatures are not checked: one that ended is replaced by
    signing again."""
    return read_law_file(file, Agreement)


__all__ = [
    "MAX_BYTES",
    "PARTIES",
    "Published",
    "SignedAgreement",
    "publish_file",
    "require_party",
    "sign_file",
    "verify_file",
    "verify_publication",
]
