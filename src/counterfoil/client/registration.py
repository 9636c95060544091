"""Registering an officer's security keys in a browser: one credential after the other, until the
verifier key of both is made, which two officers then enroll (office/officers.py). One
`Registrations` belongs to one opened office, as `Ceremonies` does.

    made = registrations.begin("m-okafor")
    #   navigator.credentials.create({publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(
    #   made.options)}), and send credential.toJSON() back
    made = registrations.add(made.id, credential_json)
    #   the same again with the new made.options and the other authenticator; then made.options is
    #   None, made.officer the officer whose verifier key two officers enroll, and made.code what
    #   all three compare. registrations.made() lists what waits to be enrolled, by
    #   ceremonies.begin(officer, "officer-enroll", EnrollOfficer(officer=made.officer, role=role))

A sandbox enrolls one key too: registrations.end(made.id) after the first. Where `add` raises, take
`registrations.again(made.id)` and go on. Who may begin is for the page to say; whoever does gets
nothing by it before two officers have signed.

What a browser sends is what `navigator.credentials.create()` gave, by `toJSON()`. `webauthn`
(py_webauthn) checks it as W3C Web Authentication 7.1 says; it passes over some things, so that here
stands what it leaves open: bounds, repeated keys, `crossOrigin`, the flags of a backup, which
attestations are read at all, and that the key is one of its algorithm and curve.

No attestation is asked for: that an authenticator is a device of some maker is not established, and
a program can say that its key cannot be copied. Two officers vouch for whose it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, cast

import msgspec

from counterfoil.batches.security_keys import (
    MAX_CLIENT_DATA,
    MOST_AUTHENTICATORS,
    Authenticator,
    SecurityKeys,
    check_client_data,
    check_flags,
    ec_public,
    ed25519_public,
    from_base64url,
    read_client_data,
    to_base64url,
    write_keys,
)
from counterfoil.client.keys import key_code
from counterfoil.core.errors import CounterfoilError, StateFault, VerifyFault
from counterfoil.core.keyfile import require_key_name
from counterfoil.core.outside_json import decode_json, repeats_a_key
from counterfoil.core.use_cases import NOBODY
from counterfoil.core.values import Officer, Public
from counterfoil.office import Office
from counterfoil.office.authority import STATEMENT_MINUTES
from counterfoil.office.officers import list_officers
from counterfoil.office.page_signatures import Pages, require_pages

MILLISECONDS: Final = 300_000
MAX_ATTESTATION: Final = 16_384
MAX_CREDENTIAL: Final = 40_000
MOST: Final = 200
_LASTS: Final = timedelta(minutes=STATEMENT_MINUTES)
_WAITS: Final = timedelta(hours=24)
ALGORITHMS: Final = (-8, -7)
"""EdDSA and ES256, by their COSE numbers."""
_PLACE: Final = "security key"
_ATTESTATIONS: Final = ("none", "packed")
"""Formats that are read. A browser may leave what a device signs with its own new key."""


class Registration(Public, frozen=True):
    """Security keys that are being registered. `options`: for the browser, None once it is over;
    `officer` and `code` are then the officer to be enrolled, and the code of the verifier key."""

    id: str
    name: str
    options: dict[str, Any] | None
    officer: Officer | None = None
    code: str = ""


class _Made(msgspec.Struct):
    name: str
    until: datetime
    challenge: bytes
    authenticators: tuple[Authenticator, ...] = ()
    officer: Officer | None = None


class Registrations:
    """See the module. Held in memory alone and bounded: 15 minutes while it is under way, a day
    once it waits to be enrolled."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._made: dict[str, _Made] = {}

    def begin(self, name: str) -> Registration:
        """Register the security keys of an officer of this name, who is not enrolled yet.

        Raises StateFault `security_keys_not_agreed`, `officer_taken`, `registrations_too_many`;
        UsageFault `key_name`.
        """
        self._pages()
        require_key_name(name)
        listed = list_officers(self._office, NOBODY)
        if any(each.officer.name.casefold() == name.casefold() for each in listed):
            raise StateFault(
                "officer_taken",
                "an officer is enrolled with this name already",
                place=name,
                cure="One officer has one name and one set of keys: take a name of its own.",
            )
        self._forget()
        if len(self._made) >= MOST:
            raise StateFault(
                "registrations_too_many",
                f"{MOST} registrations are under way or wait to be enrolled",
                place=name,
                cure="Enroll those who wait, or try again in a quarter of an hour.",
            )
        registration = self._office.random(16).hex()
        until = self._office.clock() + _LASTS
        self._made[registration] = _Made(name, until, self._office.random(32))
        return self.again(registration)

    def again(self, registration: str) -> Registration:
        """What the browser is to be given next. Raises StateFault `registration_unknown`,
        `security_keys_not_agreed`."""
        made, pages = self._find(registration), self._pages()
        options = registration_options(pages, made.name, made.challenge, made.authenticators)
        return Registration(registration, made.name, options)

    def add(self, registration: str, credential: Any) -> Registration:
        """Take one security key: the JSON of what the browser made, as an object or a text.

        Raises StateFault `registration_unknown`; as `check_registration`, `write_keys`. Each
        challenge is used once: after a fault the browser is given a new one.
        """
        made, pages = self._find(registration), self._pages()
        challenge, made.challenge = made.challenge, self._office.random(32)
        one = check_registration(pages, read_json(credential), challenge)
        both = (*made.authenticators, one)
        write_keys(SecurityKeys(made.name, pages.rp, both))
        made.authenticators = both
        if len(both) < MOST_AUTHENTICATORS:
            return self.again(registration)
        return self.end(registration)

    def end(self, registration: str) -> Registration:
        """Make the verifier key of what was registered. Raises StateFault `registration_unknown`,
        VerifyFault `vkey_malformed` where nothing was."""
        made, pages = self._find(registration), self._pages()
        vkey = write_keys(SecurityKeys(made.name, pages.rp, made.authenticators))
        made.officer = Officer(made.name, vkey)
        made.until = self._office.clock() + _WAITS
        return _ended(registration, made.officer)

    def made(self) -> list[Registration]:
        """Those that were registered in the last day and are not enrolled, the oldest first."""
        self._forget()
        enrolled = {each.officer.name for each in list_officers(self._office, NOBODY)}
        return [
            _ended(name, made.officer)
            for name, made in self._made.items()
            if made.officer is not None and made.name not in enrolled
        ]

    def _pages(self) -> Pages:
        return require_pages(self._office.law.agreement.pages)

    def _find(self, registration: str) -> _Made:
        self._forget()
        found = self._made.get(registration)
        if found is None or found.officer is not None:
            raise StateFault(
                "registration_unknown",
                "no registration of security keys is under way there",
                place="registration",
                cure="It is over, or was left too long. Begin it again.",
            )
        return found

    def _forget(self) -> None:
        now = self._office.clock()
        self._made = {name: made for name, made in self._made.items() if made.until >= now}


def _ended(registration: str, officer: Officer) -> Registration:
    return Registration(registration, officer.name, None, officer, key_code(officer))


def read_json(said: Any) -> dict[str, Any]:
    """The object that a browser sent, as an object or as the text of one; empty for anything
    else."""
    if isinstance(said, str | bytes):
        data = said.encode("utf-8", "replace") if isinstance(said, str) else said
        try:
            is_read = len(data) <= MAX_CREDENTIAL and not repeats_a_key(data)
            said = decode_json(data, dict[str, Any]) if is_read else None
        except ValueError:
            said = None
    return cast("dict[str, Any]", said) if isinstance(said, dict) else {}


def registration_options(
    pages: Pages, name: str, challenge: bytes, registered: Sequence[Authenticator]
) -> dict[str, Any]:
    """What `navigator.credentials.create()` takes as `publicKey`, in the form of
    `PublicKeyCredential.parseCreationOptionsFromJSON()`."""
    return {
        "rp": {"id": pages.rp, "name": "Counterfoil"},
        "user": {
            "id": to_base64url(sha256(name.encode()).digest()),
            "name": name,
            "displayName": name,
        },
        "challenge": to_base64url(challenge),
        "pubKeyCredParams": [{"type": "public-key", "alg": each} for each in ALGORITHMS],
        "timeout": MILLISECONDS,
        "excludeCredentials": described(registered),
        "authenticatorSelection": {
            "residentKey": "discouraged",
            "requireResidentKey": False,
            "userVerification": "required",
        },
        "attestation": "none",
    }


def assertion_options(
    pages: Pages, authenticators: Sequence[Authenticator], challenge: bytes
) -> dict[str, Any]:
    """What `navigator.credentials.get()` takes as `publicKey`, in the form of
    `PublicKeyCredential.parseRequestOptionsFromJSON()`."""
    return {
        "challenge": to_base64url(challenge),
        "timeout": MILLISECONDS,
        "rpId": pages.rp,
        "allowCredentials": described(authenticators),
        "userVerification": "required",
    }


def described(authenticators: Sequence[Authenticator]) -> list[dict[str, str]]:
    """Credentials as a browser is told of them."""
    return [{"type": "public-key", "id": to_base64url(each.credential)} for each in authenticators]


def check_registration(pages: Pages, credential: Any, challenge: bytes) -> Authenticator:
    """The authenticator of a credential that a browser made, whose JSON is given.

    Raises VerifyFault `security_key_registration`, `security_key_page`, `security_key_weak`,
    `security_key_type`, `security_key_challenge`, `security_key_origin`,
    `security_key_cross_origin`, `security_key_rp`, `security_key_unverified`,
    `security_key_backup`, `security_key_malformed`.
    """
    response = _member(credential, "response")
    client = from_base64url(_member(response, "clientDataJSON")) or b""
    attestation = from_base64url(_member(response, "attestationObject")) or b""
    if not (0 < len(client) <= MAX_CLIENT_DATA and 0 < len(attestation) <= MAX_ATTESTATION):
        raise _refused("its client data or its attestation has no such length")
    said = read_client_data(client, _PLACE)
    check_client_data(said, "webauthn.create", challenge, pages.rp, _PLACE)
    if said["origin"] not in pages.origins:
        raise VerifyFault(
            "security_key_page",
            "it was registered on a page that the agreement does not name",
            place=_PLACE,
            cure="Register it on the office's own page.",
        )
    return _authenticator(pages, credential, attestation, challenge)


def _authenticator(
    pages: Pages, credential: Any, attestation: bytes, challenge: bytes
) -> Authenticator:
    """What py_webauthn reads of a registration. Of what it raises, and of what its readers of CBOR
    raise, nothing is told."""
    from webauthn import verify_registration_response
    from webauthn.helpers import decode_credential_public_key, parse_attestation_object
    from webauthn.helpers.cose import COSEAlgorithmIdentifier

    try:
        read = parse_attestation_object(attestation)
        data = read.auth_data
        if read.fmt not in _ATTESTATIONS:
            raise _refused("its attestation is of a format that is not read")
        names = ((1, "up"), (4, "uv"), (8, "be"), (16, "bs"))
        flags = sum(bit for bit, name in names if getattr(data.flags, name))
        check_flags(data.rp_id_hash, flags, pages.rp, _PLACE)
        verified = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=pages.rp,
            expected_origin=list(pages.origins),
            require_user_verification=True,
            supported_pub_key_algs=[COSEAlgorithmIdentifier(each) for each in ALGORITHMS],
        )
        public = _public(decode_credential_public_key(verified.credential_public_key))
    except CounterfoilError:
        raise
    except Exception:  # noqa: BLE001 - readers of other people's bytes raise whatever they like
        raise _refused("its attestation cannot be read, or does not hold") from None
    if not 16 <= len(verified.credential_id) <= 255:
        raise _refused("its credential id is not of 16 to 255 bytes")
    return Authenticator(verified.credential_id, public)


def _public(key: Any) -> bytes:
    """The public key of COSE members (RFC 9053): EC2 on P-256 with ES256, or OKP on Ed25519 with
    EdDSA, and no other pairing."""
    kind = tuple(int(getattr(key, name)) for name in ("kty", "alg", "crv"))
    if kind == (2, -7, 1) and isinstance(key.x, bytes) and isinstance(key.y, bytes):
        return ec_public(key.x, key.y)
    if kind == (1, -8, 6) and isinstance(key.x, bytes):
        return ed25519_public(key.x)
    raise _refused("its key is neither ES256 on P-256 nor EdDSA on Ed25519")


def _member(said: Any, name: str) -> Any:
    return cast("dict[str, Any]", said).get(name) if isinstance(said, dict) else None


def _refused(why: str) -> VerifyFault:
    return VerifyFault(
        "security_key_registration",
        f"the security key is not registered: {why}",
        place=_PLACE,
        cure="Nothing was enrolled. Begin the registration again, with a key of another kind if it "
        "stays.",
    )
