"""OpenID Connect with the agency's own provider: the code flow with PKCE, state and nonce.

What is believed of the provider, and why:

1  its description (`.well-known/openid-configuration`) is of the issuer that the configuration
   names, and its endpoints are reached by TLS, or on this machine
2  the answer belongs to what this browser began: `state`, and `iss` where it is given
3  the identity token comes over the back channel, is signed by a key that the issuer publishes, by
   an asymmetric algorithm
4  it is of this issuer, for this client alone, for what was begun (`nonce`), and in time
5  one claim names the officer; the configuration says which

The access token is not used and not kept. No error says anything of what the provider answered.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import quote_plus, urlsplit

import httpx
import msgspec
from authlib.oauth2 import rfc7636
from authlib.oauth2.rfc6749 import parameters
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from counterfoil.core.bounded import read_bounded
from counterfoil.core.errors import SettingsFault, StoreFault, UsageFault
from counterfoil.core.outside_json import decode_json
from counterfoil.core.values import Public
from counterfoil.web.signing_in.under_way import Begun

_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384")
_MOST_BYTES: Final = 262_144
_LEEWAY_SECONDS: Final = 60
_SECONDS: Final = 15
Value = TypeVar("Value")
_PREPARE: Callable[..., Any] = parameters.prepare_grant_uri  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
_CHALLENGE: Callable[[str], Any] = rfc7636.create_s256_code_challenge  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


class OpenIdSettings(Public, frozen=True):
    """The provider. `secret`: the file that holds the client's secret; `claim`: the claim whose
    value is the name of an enrolled officer."""

    issuer: str
    client_id: str
    secret: Path
    claim: str
    scope: str = "openid profile"


class _Described(msgspec.Struct, frozen=True):
    """What is used of a provider's description."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class _Answered(msgspec.Struct, frozen=True):
    """What is used of the answer to a code."""

    id_token: str


class OpenIdProvider:
    """The provider as this office reaches it. `back`: where the provider sends the browser;
    `clock`: the office's."""

    def __init__(
        self,
        settings: OpenIdSettings,
        back: str,
        clock: Callable[[], datetime],
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.settings = settings
        self._back = back
        self._clock = clock
        self._transport = transport
        self._secret = _read_secret(settings.secret)
        self._known: _Described | None = None

    @property
    def name(self) -> str:
        """What the page calls it: the host of its issuer."""
        return urlsplit(self.settings.issuer).netloc

    async def begin(self, begun: Begun) -> str:
        """The address at the provider where the browser is sent. Raises StoreFault
        `sign_in_unreachable`, SettingsFault `sign_in_provider`."""
        described = await self._describe()
        return str(
            _PREPARE(
                described.authorization_endpoint,
                self.settings.client_id,
                "code",
                redirect_uri=self._back,
                scope=self.settings.scope,
                state=begun.state,
                nonce=begun.nonce,
                code_challenge=_CHALLENGE(begun.verifier),
                code_challenge_method="S256",
            )
        )

    async def finish(self, begun: Begun, answer: dict[str, str]) -> str:
        """The officer's name, from the provider's answer. Raises UsageFault `sign_in_refused`,
        StoreFault `sign_in_unreachable`, SettingsFault `sign_in_provider`."""
        state, issuer = answer.get("state", ""), answer.get("iss", self.settings.issuer)
        if not hmac.compare_digest(state.encode(), begun.state.encode()):  # 2
            raise refused()
        if issuer != self.settings.issuer or not answer.get("code"):
            raise refused()
        described = await self._describe()
        token = await self._token(described, begun, answer["code"])
        claims = await self._claims(described, token)
        self._require_claims(claims, begun)
        name = claims.get(self.settings.claim)  # 5
        if not isinstance(name, str) or not name:
            raise refused()
        return name

    async def _token(self, described: _Described, begun: Begun, code: str) -> str:
        """The identity token for a code, over the back channel (3)."""
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._back,
            "code_verifier": begun.verifier,
        }
        who = (quote_plus(self.settings.client_id), quote_plus(self._secret))
        try:
            async with self._client() as client:
                answer = await client.post(described.token_endpoint, data=asked, auth=who)
        except httpx.HTTPError:
            raise _unreachable() from None
        if answer.status_code != 200:
            raise refused()
        try:
            return _json(answer.content, _Answered).id_token
        except ValueError:
            raise refused() from None

    async def _claims(self, described: _Described, token: str) -> dict[str, Any]:
        """The claims of a token that the issuer signed (3)."""
        try:
            published: Any = await self._fetch(described.jwks_uri, dict[str, Any])
            keys = KeySet.import_key_set(published)
            return dict(jwt.decode(token, keys, algorithms=list(_ALGORITHMS)).claims)
        except (JoseError, ValueError, KeyError, TypeError):
            raise refused() from None

    def _require_claims(self, claims: dict[str, Any], begun: Begun) -> None:
        """Raise UsageFault `sign_in_refused` unless the token is for this sign-in (4)."""
        now = int(self._clock().timestamp())
        audience = claims.get("aud")
        ours = audience in (self.settings.client_id, [self.settings.client_id])
        issued, ends = claims.get("iat"), claims.get("exp")
        in_time = (
            isinstance(issued, int)
            and isinstance(ends, int)
            and issued <= now + _LEEWAY_SECONDS
            and now < ends + _LEEWAY_SECONDS
        )
        nonce = str(claims.get("nonce", ""))
        if (
            not ours
            or not in_time
            or claims.get("iss") != self.settings.issuer
            or claims.get("azp", self.settings.client_id) != self.settings.client_id
            or not hmac.compare_digest(nonce.encode(), begun.nonce.encode())
        ):
            raise refused()

    async def _describe(self) -> _Described:
        known = self._known
        if known is None:
            address = f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration"
            found: _Described = await self._fetch(address, _Described)
            addresses = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
            if found.issuer != self.settings.issuer or not all(map(is_private, addresses)):  # 1
                raise provider_unusable()
            self._known = known = found
        return known

    async def _fetch(self, address: str, kind: type[Value]) -> Value:
        try:
            async with self._client() as client:
                answer = await client.get(address)
        except httpx.HTTPError:
            raise _unreachable() from None
        if answer.status_code != 200:
            raise _unreachable()
        try:
            return _json(answer.content, kind)
        except ValueError:
            raise provider_unusable() from None

    def _client(self) -> httpx.AsyncClient:
        """Follows no redirect."""
        return httpx.AsyncClient(transport=self._transport, timeout=_SECONDS, trust_env=False)


def _json(data: bytes, kind: type[Value]) -> Value:
    """Raises ValueError."""
    if len(data) > _MOST_BYTES:
        raise ValueError("too long")
    return decode_json(data, kind)


def is_private(address: str) -> bool:
    """Whether an address is reached by TLS, or on this machine."""
    parts = urlsplit(address)
    if parts.scheme == "https":
        return bool(parts.hostname)
    return parts.scheme == "http" and parts.hostname in _LOOPBACK


def _read_secret(path: Path) -> str:
    try:
        secret = read_bounded(path, 4_096).decode("utf-8").strip()
    except (OSError, ValueError):
        secret = ""
    if not secret:
        raise SettingsFault(
            "sign_in_secret",
            "the client's secret for signing in cannot be read",
            place=path.name,
            cure="Write it into the file that `secret` of [pages] names, for the office's user "
            "alone.",
        )
    return secret


def refused() -> UsageFault:
    """Signing in came to nothing. Why is not said: whoever tries learns nothing of it."""
    return UsageFault(
        "sign_in_refused",
        "signing in did not succeed",
        place="sign-in",
        cure="Begin again from this office's own page. If it goes on, ask whoever runs the office: "
        "the account must name an enrolled officer.",
    )


def provider_unusable() -> SettingsFault:
    """The provider's description does not fit the configuration."""
    return SettingsFault(
        "sign_in_provider",
        "the provider's description does not fit the configuration",
        place="issuer",
        cure="Check `issuer` of [pages] with whoever runs the agency's accounts.",
    )


def _unreachable() -> StoreFault:
    return StoreFault(
        "sign_in_unreachable",
        "the provider of accounts does not answer as it should",
        place="issuer",
        cure="Try again. The command line works meanwhile.",
    )
