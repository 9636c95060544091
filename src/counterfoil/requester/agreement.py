"""An agreement file as its parties handle it: signed, checked, and published with clauses hidden.

The agreement is read from its file each time; an office reads the same file from its own law. What
is published verifies with the clauses that are hidden, by the digest that answers cite.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import msgspec

from counterfoil.answers.sd_jwt import Claim, seal_sd_jwt
from counterfoil.core.errors import SettingsFault, UsageFault, VerifyFault
from counterfoil.core.file_lock import locked_file
from counterfoil.core.values import Public
from counterfoil.gate.agreement_changes import Change, changes_of, has_other_salt
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
    agreement_not_written,
    check_signatures,
    require_signed,
    sign_agreement,
    write_signature,
)
from counterfoil.requester.keys import PrincipalKey
from counterfoil.requester.sd_jwt import Disclosed, check_sd_jwt, is_sd_jwt
from counterfoil.tlog import VerifierKey


class SignedAgreement(Public, frozen=True):
    """An agreement's id, the verifier key of each party that signed it, and the parties whose
    signature over earlier terms is still in the file and ended."""

    agreement: str
    keys: dict[str, str]
    ended: tuple[str, ...] = ()


class AgreementDifference(Public, frozen=True):
    """What differs between two agreement files: their digests, the fields, whether their clauses
    are hidden by different salts, and who signed each, by party."""

    before: str
    after: str
    changes: tuple[Change, ...]
    other_salt: bool
    signed_before: dict[str, str]
    signed_after: dict[str, str]


def require_party(party: str) -> None:
    """Raise UsageFault `party_unknown` unless this is a party of an agreement."""
    if party not in PARTIES:
        raise UsageFault(
            "party_unknown", "there is no such party", place="--as", cure="Say holder or requester."
        )


def sign_file(file: Path, party: str, key: PrincipalKey) -> SignedAgreement:
    """Sign an agreement for one party and write the signature into its file. Any later change of
    its terms ends it.

    Everything that can be refused is refused before the file is written. That the other party's
    signature was over other terms is no fault of this one: it is told in `ended`. Two parties who
    sign one file at once sign it one after the other. Raises UsageFault `party_unknown`,
    SettingsFault `law_signature_same` among others, GateFault, StoreFault.
    """
    require_party(party)
    with ExitStack() as stack:
        try:
            stack.enter_context(locked_file(file.with_name(f".{file.name}.lock")))
        except OSError as fault:
            raise agreement_not_written(file, fault) from None
        return _sign(file, party, key)


def _sign(file: Path, party: str, key: PrincipalKey) -> SignedAgreement:
    chosen, agreement = PARTIES[PARTIES.index(party)], _read(file)
    signature = sign_agreement(agreement, chosen, key.signer)
    signatures = {
        "holder": agreement.signatures.holder,
        "requester": agreement.signatures.requester,
    }
    others = {each: made for each, made in signatures.items() if made and each != chosen}
    signed = msgspec.structs.replace(
        agreement, signatures=msgspec.structs.replace(agreement.signatures, **{chosen: signature})
    )
    ended: list[str] = []
    try:
        check_signatures(signed)
    except SettingsFault as fault:
        if fault.code != "law_signature":
            raise
        ended = list(others)
    write_signature(file, agreement, chosen, signature)
    return SignedAgreement(agreement.id, {chosen: signature.vkey}, tuple(ended))


def verify_file(file: Path, digest: str = "") -> SignedAgreement:
    """Check that both parties signed the agreement in a file. `digest`: the one that it must have,
    or "". Raises GateFault where a signature is missing, VerifyFault `agreement_other`."""
    agreement = _read(file)
    _check_digest(agreement_digest(agreement), digest)
    check_signatures(agreement)
    require_signed(agreement)
    return SignedAgreement(agreement.id, _signed(agreement))


def compare_files(before: Path, after: Path) -> AgreementDifference:
    """What differs between two agreement files, each of which may be unsigned as yet. Raises
    SettingsFault, `law_signature` for a signature that is there and does not verify."""
    old, new = _read(before), _read(after)
    check_signatures(old)
    check_signatures(new)
    return AgreementDifference(
        agreement_digest(old),
        agreement_digest(new),
        changes_of(old, new),
        has_other_salt(old, new),
        _signed(old),
        _signed(new),
    )


def _signed(agreement: Agreement) -> dict[str, str]:
    signed = {"holder": agreement.signatures.holder, "requester": agreement.signatures.requester}
    return {party: signature.vkey for party, signature in signed.items() if signature}


def verify_publication(data: bytes, digest: str = "") -> Published:
    """Check a publication of an agreement. Raises VerifyFault, `agreement_other` among them."""
    published = check_publication(data)
    _check_digest(published.agreement, digest)
    return published


def verify_sd_jwt(data: bytes, digest: str = "", issuer: VerifierKey | None = None) -> Disclosed:
    """Check the SD-JWT that `publish_file` made with a key. Raises VerifyFault, `agreement_other`
    among them."""
    disclosed = check_sd_jwt(data, issuer)
    _check_digest(disclosed.agreement, digest)
    return disclosed


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
    "AgreementDifference",
    "Disclosed",
    "Published",
    "SignedAgreement",
    "compare_files",
    "is_sd_jwt",
    "publish_file",
    "require_party",
    "sign_file",
    "verify_file",
    "verify_publication",
    "verify_sd_jwt",
]
