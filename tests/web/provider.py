"""A small OpenID provider of a made-up agency: description, keys, a page on which a person says who
they are, codes that are used once and are bound to their client, and signed identity tokens. What
it does wrong on purpose, each test says by `faults`."""

from __future__ import annotations

import asyncio
import secrets
import socket
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode

import uvicorn
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "counterfoil", "made-up secret & more"


class Provider:
    """One provider. `faults`: claims of the token that are other than they should be, by name, or
    `key` for a signature by a key that is not published."""

    def __init__(self, issuer: str, now: Any = time.time) -> None:
        self.issuer, self.now = issuer, now
        self.key = ECKey.generate_key("P-256", {"kid": "one"})
        self.codes: dict[str, dict[str, str]] = {}
        self.faults: dict[str, Any] = {}
        self.asked: list[str] = []

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.describe),
                Route("/keys", self.keys),
                Route("/authorize", self.authorize),
                Route("/account", self.account, methods=["POST"]),
                Route("/token", self.token, methods=["POST"]),
            ]
        )

    async def describe(self, _request: Request) -> Response:
        said = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        return JSONResponse(said | self.faults.get("description", {}))

    async def keys(self, _request: Request) -> Response:
        return JSONResponse(KeySet([self.key]).as_dict(private=False))

    async def authorize(self, request: Request) -> Response:
        """The page on which a person says who they are."""
        asked = request.query_params
        assert asked["response_type"] == "code" and asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        fields = "".join(
            f'<input type="hidden" name="{name}" value="{asked[name]}">'
            for name in ("state", "nonce", "code_challenge", "redirect_uri")
        )
        return HTMLResponse(
            f"<!doctype html><html lang=en><title>Agency</title><form method=post action=/account>{fields}"
            "<label>Account <input name=account></label><button>Go on</button></form>"
        )

    async def account(self, request: Request) -> Response:
        asked = dict(parse_qsl((await request.body()).decode()))
        back = self.grant(asked, asked["account"])
        return RedirectResponse(back, 303)

    def grant(self, asked: dict[str, str], account: str) -> str:
        """A code for an account; where the browser goes with it."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = {**asked, "account": account}
        said = {"code": code, "state": asked["state"], "iss": self.issuer}
        return f"{asked['redirect_uri']}?{urlencode(said | self.faults.get('back', {}))}"

    async def token(self, request: Request) -> Response:
        asked = dict(parse_qsl((await request.body()).decode()))
        scheme, _, pair = request.headers.get("authorization", "").partition(" ")
        name, _, secret = b64decode(pair).decode().partition(":")
        known = self.codes.pop(asked.get("code", ""), None)
        self.asked.append(scheme)
        if (
            known is None
            or (unquote_plus(name), unquote_plus(secret)) != (CLIENT, SECRET)
            or create_s256_code_challenge(asked["code_verifier"]) != known["code_challenge"]
            or asked["redirect_uri"] != known["redirect_uri"]
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(self.now())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "0815",
            "iat": now,
            "exp": now + 300,
            "nonce": known["nonce"],
            "officer": known["account"],
        }
        claims |= {name: value for name, value in self.faults.items() if name in {*claims, "azp"}}
        key = self.faults.get("key", self.key)
        header = {"alg": "ES256", "kid": "one"} | self.faults.get("header", {})
        token = jwt.encode(header, {k: v for k, v in claims.items() if v is not None}, key)
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": token})


@contextmanager
def on_loopback(app: Any, port: int = 0) -> Iterator[str]:
    """An application on a port of this machine, in a thread."""
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", port))
    config = uvicorn.Config(app, log_config=None, lifespan="off", loop="asyncio", ws="none")
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([bound])), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://localhost:{bound.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        bound.close()
