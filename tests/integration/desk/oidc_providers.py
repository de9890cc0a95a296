"""Two sign-in services on real ports: an honest one that others wrote, in its own process, and one that lies as told."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from desk_visitor import served
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bench.ports import free_port

ROOT = Path(__file__).parents[3]
CLIENT, PASSWORD = "padwijzer", "a secret between the desk and its provider"
HONEST = "oidc-provider-mock==0.3.4"
"""Needs a newer pydantic than Rasa, so it lives in an environment of its own."""
PATIENCE = 120


@contextmanager
def honest(*people: dict[str, Any]) -> Iterator[str]:
    """A provider that knows these people by their claims; gives how it calls itself."""
    uv = shutil.which("uv") or str(ROOT / ".tools" / "bin" / "uv")
    port = str(free_port())
    known = [part for one in people for part in ("--user-claims", json.dumps(one))]
    run = [uv, "tool", "run", "--quiet", "--python", sys.executable, "--from", HONEST]
    started = [*run, "oidc-provider-mock", "--port", port, "--require-nonce", "true", *known]
    process = subprocess.Popen(started, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    issuer = f"http://localhost:{port}"
    try:
        _wait_for(f"{issuer}/.well-known/openid-configuration", process)
        yield issuer
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, process.communicate()[1].decode()
        try:
            httpx.get(url).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the provider did not start")


@dataclass
class FalseProvider:
    """Right in everything but what a test makes wrong. `claims` go over what it would honestly say."""

    port: int = field(default_factory=free_port)
    claims: dict[str, Any] = field(default_factory=dict)
    without: set[str] = field(default_factory=set)
    signs_with: str = "its key"
    """`another key`, `the client secret` or `nothing`."""
    answers: tuple[int, Any] | None = None
    """What the token endpoint says instead."""
    userinfo: dict[str, Any] = field(default_factory=dict)
    calls_itself: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    """How it was asked to let somebody sign in."""

    def __post_init__(self) -> None:
        self.issuer = f"http://127.0.0.1:{self.port}"
        self.key = RSAKey.generate_key(2048, {"kid": "first"})

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.about),
                Route("/keys", self.keys),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
                Route("/userinfo", self.user),
            ]
        )

    @contextmanager
    def serving(self) -> Iterator[FalseProvider]:
        with served(self.app(), self.port):
            yield self

    async def about(self, _: Request) -> Response:
        ends = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
        told = {f"{name}_endpoint": f"{self.issuer}/{path}" for name, path in ends.items()}
        name = self.calls_itself or self.issuer
        return JSONResponse({"issuer": name, "jwks_uri": f"{self.issuer}/keys", **told})

    async def keys(self, _: Request) -> Response:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def authorize(self, request: Request) -> Response:
        """Somebody signs in at once."""
        self.asked.append(dict(request.query_params))
        given = request.query_params
        return RedirectResponse(f"{given['redirect_uri']}?code=good&state={given['state']}", 303)

    async def token(self, request: Request) -> Response:
        if self.answers:
            status, said = self.answers
            return Response(said, status, media_type="application/json")
        given = {k: v[0] for k, v in parse_qs((await request.body()).decode()).items()}
        basic = base64.b64encode(f"{CLIENT}:{PASSWORD}".encode()).decode()
        challenge = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        proven = base64.urlsafe_b64encode(challenge).decode().rstrip("=")
        right = proven == self.asked[-1]["code_challenge"] and given.get("code") == "good"
        if not right or request.headers.get("authorization") != f"Basic {basic}":
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse(
            {"access_token": "access", "token_type": "Bearer", "id_token": self._signed()}
        )

    async def user(self, request: Request) -> Response:
        if request.headers.get("authorization") != "Bearer access":
            return Response(status_code=401)
        return JSONResponse(self.userinfo)

    def _signed(self) -> str:
        now = int(time.time())
        honest = {
            "iss": self.issuer,
            "sub": "anna-1",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": self.asked[-1]["nonce"],
            "email": "anna@desk.test",
            "email_verified": True,
        }
        says = {k: v for k, v in {**honest, **self.claims}.items() if k not in self.without}
        if self.signs_with == "nothing":
            parts = ({"alg": "none"}, says)
            encoded = [base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=") for p in parts]
            return b".".join(encoded).decode() + "."
        if self.signs_with == "the client secret":
            return jwt.encode({"alg": "HS256"}, says, OctKey.import_key(PASSWORD))
        key = self.key
        if self.signs_with == "another key":
            key = RSAKey.generate_key(2048, {"kid": "first"})
        return jwt.encode({"alg": "RS256", "kid": key.kid}, says, key)


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
