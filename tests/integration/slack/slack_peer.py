"""A real HTTP server that stands in for Slack's Web API, response addresses, uploads and Socket Mode."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

Answer = tuple[int, dict[str, Any], dict[str, str]]


@dataclass
class Call:
    """One call of the bot: the method, and its arguments as sent."""

    method: str
    args: dict[str, Any]
    token: str = ""

    @property
    def blocks(self) -> list[dict[str, Any]]:
        return list(self.args.get("blocks") or (self.args.get("view") or {}).get("blocks") or [])

    @property
    def buttons(self) -> list[dict[str, Any]]:
        rows = [b for b in self.blocks if b["type"] == "actions"]
        return [{**e, "block_id": row["block_id"]} for row in rows for e in row["elements"]]

    @property
    def shown(self) -> str:
        """What a person reads in the blocks."""
        return "\n".join(b["text"]["text"] for b in self.blocks if b["type"] == "section")


@dataclass
class SlackPeer:
    calls: list[Call] = field(default_factory=list)
    answers: list[tuple[str, Answer]] = field(default_factory=list)
    """What the next calls of a method get instead of an ok, in order."""
    refuse: Callable[[Call], str | None] = lambda call: None
    """An error for a call, by what is in it."""
    taking: Callable[[Call], Awaitable[None]] | None = None
    """What happens between a call and its answer."""
    acks: list[dict[str, Any]] = field(default_factory=list)
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    port: int = 0
    _ts: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        app = web.Application(client_max_size=2**22)
        app.add_routes(
            [
                web.post("/api/{method}", self._method),
                web.get("/api/{method}", self._method),
                web.post("/respond/{name}", self._respond),
                web.post("/upload/{name}", self._upload),
                web.get("/link", self._link),
            ]
        )
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        assert self._runner
        for socket in self.sockets:
            await socket.close()
        await self._runner.cleanup()

    def next(self, method: str, status: int, body: dict[str, Any], **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers.append((method, (status, body, named)))

    def of(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    @property
    def posts(self) -> list[Call]:
        """Messages that Slack took."""
        return [call for call in self.of("chat.postMessage") if call.args.get("_taken")]

    async def until(self, true: Callable[[], Any], seconds: float = 25.0) -> None:
        """Wait for something; the time is only there so that a broken test ends."""
        async with asyncio.timeout(seconds):
            while not true():  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async def _method(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        call = Call(method, await _arguments(request), request.headers.get("authorization", ""))
        self.calls.append(call)
        for n, (wanted, (status, body, headers)) in enumerate(self.answers):
            if wanted == method:
                del self.answers[n]
                return web.json_response(body, status=status, headers=headers)
        if error := self.refuse(call):
            return web.json_response({"ok": False, "error": error})
        if self.taking:
            await self.taking(call)
        if (first := self._first(call)) is not None:
            return web.json_response({"ok": True, **self._posted(first)})
        call.args["_taken"] = True
        return web.json_response({"ok": True, **self._body(call)})

    def _first(self, call: Call) -> Call | None:
        """The post that has the same key already: Slack shows it once."""
        key = call.args.get("client_msg_id")
        same = (post for post in self.posts if post.args.get("client_msg_id") == key)
        return next(same, None) if key else None

    @staticmethod
    def _posted(call: Call) -> dict[str, Any]:
        return {"channel": call.args["channel"], "ts": call.args["_ts"], "message": {}}

    def _body(self, call: Call) -> dict[str, Any]:
        if call.method == "chat.postMessage":
            ts = f"1731900000.{next(self._ts):06d}"
            call.args["_ts"] = ts
            return self._posted(call)
        if call.method == "files.getUploadURLExternal":
            return {"file_id": f"F{next(self._ts)}", "upload_url": f"{self.url}/upload/x"}
        if call.method == "files.completeUploadExternal":
            files = call.args["files"]
            return {"files": json.loads(files) if isinstance(files, str) else files}
        if call.method == "apps.connections.open":
            return {"url": f"{self.url.replace('http', 'ws')}/link"}
        return {}

    async def _respond(self, request: web.Request) -> web.Response:
        self.calls.append(Call("respond", await request.json()))
        return web.Response(text="ok")

    async def _upload(self, request: web.Request) -> web.Response:
        self.calls.append(Call("upload", {"bytes": await request.read()}))
        return web.Response(text="OK")

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1})
        self.sockets.append(socket)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self.acks.append(json.loads(message.data))
        return socket


async def _arguments(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        return dict(await request.json())
    given = dict(await request.post()) | dict(request.query)
    return {
        name: json.loads(value) if name in ("blocks", "view") else value  # type: ignore[arg-type]
        for name, value in given.items()
    }
