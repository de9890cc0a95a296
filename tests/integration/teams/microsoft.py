"""What stands in for Microsoft: a key server, a login and a connector, really listening, in a thread of their own."""

from __future__ import annotations

import asyncio
import copy
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from bot.channels.teams.cloud import Cloud
from coach.settings import TeamsApp

ISSUER = "https://api.botframework.com"
TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47"
OTHER_TENANT = "b28fdbfd-2b78-4f93-b0f8-8881793f0f8f"
APP = TeamsApp("c9e8c047-2a74-40a2-b28a-b162d5f5327c", "a client secret", TENANT)
HERE = Path(__file__).parent

Json = dict[str, Any]


@cache
def private_key(kid: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@dataclass(frozen=True)
class Post:
    """One activity as it came in at the connector."""

    path: str
    token: str
    activity: Json

    @property
    def conversation(self) -> str:
        return unquote(self.path.split("/conversations/")[1].removesuffix("/activities"))

    @property
    def card(self) -> Json | None:
        attachments = self.activity.get("attachments")
        return dict(attachments[0]["content"]) if attachments else None

    @property
    def words(self) -> str:
        """The text a person reads, without the labels."""
        if self.card is None:
            return str(self.activity["text"])
        blocks = [b for b in self.card["body"] if b["type"] == "RichTextBlock"]
        return "\n".join(run["text"] for b in blocks for run in b["inlines"])

    @property
    def buttons(self) -> list[Json]:
        card = self.card or {}
        sets = [b["actions"] for b in card.get("body", []) if b["type"] == "ActionSet"]
        return [*card.get("actions", []), *(action for actions in sets for action in actions)]


@dataclass
class Microsoft:
    """Listens from `start`; a test sets what the next answers are and looks at what came in."""

    endorsements: dict[str, list[str]] = field(
        default_factory=lambda: {"k1": ["msteams", "emulator"]}
    )
    posts: list[Post] = field(default_factory=list)
    logins: list[tuple[str, Json]] = field(default_factory=list)
    key_requests: int = 0
    answers: list[tuple[int, Mapping[str, str]]] = field(default_factory=list)
    """Status and headers of the next posts; when there are none left all goes well."""
    login_answers: list[int] = field(default_factory=list)
    lasts: int = 3600
    open: threading.Event = field(default_factory=threading.Event)
    """The connector answers while this is set."""
    port: int = 0

    def __post_init__(self) -> None:
        self.open.set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def service(self) -> str:
        return f"{self.origin}/amer/"

    @property
    def cloud(self) -> Cloud:
        return Cloud(self.origin, f"{self.origin}/openid", ISSUER, (self.origin,))

    def start(self, port: int = 0) -> None:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(port), self._loop).result(10)

    def stop(self) -> None:
        self.open.set()
        asyncio.run_coroutine_threadsafe(self._runner.cleanup(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    async def _listen(self, port: int) -> None:
        app = web.Application()
        app.router.add_get("/openid", self._openid)
        app.router.add_get("/keys", self._keys)
        app.router.add_post("/{tenant}/oauth2/v2.0/token", self._login)
        app.router.add_post("/{region}/v3/conversations/{id}/activities", self._post)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.port = self._runner.addresses[0][1]

    async def _openid(self, _: web.Request) -> web.Response:
        self.key_requests += 1
        return web.json_response({"issuer": ISSUER, "jwks_uri": f"{self.origin}/keys"})

    async def _keys(self, _: web.Request) -> web.Response:
        keys = []
        for kid, endorsed in self.endorsements.items():
            public = RSAAlgorithm.to_jwk(private_key(kid).public_key(), as_dict=True)
            keys.append({**public, "kid": kid, "use": "sig", "endorsements": endorsed})
        return web.json_response({"keys": keys})

    async def _login(self, request: web.Request) -> web.Response:
        self.logins.append((request.match_info["tenant"], dict(await request.post())))
        if self.login_answers and (status := self.login_answers.pop(0)) != 200:
            return web.json_response({"error": "invalid_client"}, status=status)
        token = f"token-{len(self.logins)}"
        return web.json_response({"access_token": token, "expires_in": self.lasts})

    async def _post(self, request: web.Request) -> web.Response:
        await asyncio.get_running_loop().run_in_executor(None, self.open.wait)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        status, headers = self.answers.pop(0) if self.answers else (201, {})
        if status < 300:
            self.posts.append(Post(request.raw_path, token, await request.json()))
        return web.json_response({"id": str(len(self.posts))}, status=status, headers=headers)

    # --- what it sends ---------------------------------------------------------------------------

    def claims(self, **other: Any) -> Json:
        now = int(time.time())
        usual = {
            "iss": ISSUER,
            "aud": APP.app_id,
            "serviceurl": self.service,
            "nbf": now - 300,
            "exp": now + 3600,
        }
        return {name: v for name, v in {**usual, **other}.items() if v is not None}

    def token(self, kid: str = "k1", **other: Any) -> str:
        """A token as Microsoft makes them, except for the claims that are given."""
        claims = self.claims(**other)
        return jwt.encode(claims, private_key(kid), "RS256", {"kid": kid})

    def recorded(self, name: str, **other: Any) -> Json:
        """A recorded activity, sent by this connector."""
        activity = json.loads((HERE / "recorded" / f"{name}.json").read_text(encoding="utf-8"))
        return copy.deepcopy({**activity, "serviceUrl": self.service, **other})
