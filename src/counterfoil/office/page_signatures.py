"""What a security key's signature needs besides the key itself (batches/security_keys.py): a page
that the agreement names, and a sign count that goes forward. And what an officer's security keys
need to be enrolled.

An authenticator that counts its signatures says a higher number each time; one that says the same
number or a lower one has a copy somewhere. The last number of each credential is remembered with
the ledger's head (database/remembered.py), under the digest of the credential id, so that who can
write the database cannot set it back. An authenticator that does not count says 0, always. Where
another officer has yet to sign, the number is remembered when the signature comes in.
"""

from __future__ import annotations

from hashlib import sha256

from counterfoil.batches.officers import security_keys
from counterfoil.batches.security_keys import MOST_AUTHENTICATORS, Checked
from counterfoil.batches.statements import keep_signed
from counterfoil.core.errors import StateFault, UsageFault, VerifyFault
from counterfoil.core.use_cases import Signed
from counterfoil.core.values import Officer
from counterfoil.database import Connection
from counterfoil.database.remembered import derived_key, remember_value, remembered_value
from counterfoil.gate.law.agreement import Pages

_SUBJECT = "security-key "


def require_pages(pages: Pages | None) -> Pages:
    """Where officers sign with security keys, by the agreement. Raises StateFault
    `security_keys_not_agreed`."""
    if pages is None:
        raise StateFault(
            "security_keys_not_agreed",
            "the agreement names no pages on which officers sign with security keys",
            place="agreement: pages",
            cure="Use a key file, or have both parties sign an agreement that names the pages.",
        )
    return pages


def is_agreed_page(pages: Pages | None, said: Checked) -> bool:
    """Whether a signature was made on one of the pages of an agreement."""
    return pages is not None and said.rp == pages.rp and said.origin in pages.origins


def require_page(pages: Pages | None, said: Checked, officer: Officer) -> None:
    """Raise StateFault `security_keys_not_agreed`, VerifyFault `security_key_page` unless it was
    signed on a page that the agreement names."""
    if not is_agreed_page(require_pages(pages), said):
        raise VerifyFault(
            "security_key_page",
            "it was signed on a page that the agreement does not name",
            place=officer.name,
            cure="Nothing was done. Sign on the office's own page: `pages` in the agreement has "
            "its address.",
        )


def require_rising(
    counted: set[bytes], connection: Connection, signed: Signed, said: Checked
) -> None:
    """Remember the credential's sign count in this transaction. Raises VerifyFault
    `security_key_counter` where it is not higher than the last.

    Nothing is compared of a signature of `counted`, which was remembered when it came in and serves
    once, and while the office's key is not open: only a suspension is entered then.
    """
    if signature_name(signed) in counted:
        counted.discard(signature_name(signed))
        return
    if derived_key(connection, b"counterfoil/sign-count/v1") is None:
        return
    subject = _SUBJECT + sha256(said.credential).hexdigest()
    last = int(remembered_value(connection, subject) or 0)
    if said.sign_count <= last and (said.sign_count, last) != (0, 0):
        raise VerifyFault(
            "security_key_counter",
            "the security key has counted no further than when it last signed: a copy of it may be "
            "in use",
            place=signed.officer.name,
            cure="Nothing was done. Have two officers retire this officer, find out where the key "
            "was, and enroll new ones.",
        )
    if said.sign_count:
        remember_value(connection, subject, str(said.sign_count))


def signature_name(signed: Signed) -> bytes:
    """32 bytes that name a signature over its statement."""
    return sha256(keep_signed(signed).encode()).digest()


def require_enrollable(pages: Pages | None, officer: Officer, *, sandbox: bool) -> None:
    """Raise unless this officer's keys can be enrolled here: a key file's always; of security keys,
    two that are made for the agreement's pages, or one in a sandbox.

    Raises StateFault `security_keys_not_agreed`, UsageFault `security_keys_two`,
    `security_key_other_rp`; as `officers.security_keys`.
    """
    keys = security_keys(officer)
    if keys is None:
        return
    if keys.rp != require_pages(pages).rp:
        raise UsageFault(
            "security_key_other_rp",
            "the security keys are made for other pages than the agreement names",
            place=officer.name,
            cure="Register them on the office's own page.",
        )
    if len(keys.authenticators) < MOST_AUTHENTICATORS and not sandbox:
        raise UsageFault(
            "security_keys_two",
            "an officer has two security keys, so that one can be lost",
            place=officer.name,
            cure="Register a second one on the office's own page, then enroll both.",
        )


__all__ = [
    "Pages",
    "is_agreed_page",
    "require_enrollable",
    "require_page",
    "require_pages",
    "require_rising",
    "signature_name",
]
