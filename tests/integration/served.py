"""The application on a real port, and tabs of browsers that talk with it."""

from __future__ import annotations

import asyncio
import socket
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import socketio
import uvicorn
from starlette.applications import Starlette
from talking import value_of

from bot.serving import config

PATIENCE = 60
"""Seconds after which something that should have come counts as lost."""


async def until(condition: Callable[[], Any]) -> None:
    """Let the others work until something is so."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@dataclass
class Served:
    server: uvicorn.Server
    task: asyncio.Task[None]
    port: int

    @classmethod
    async def start(cls, application: Starlette, port: int = 0) -> Served:
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        server = uvicorn.Server(config(application, "127.0.0.1", listening.getsockname()[1]))
        task = asyncio.create_task(server.serve([listening]))
        await until(lambda: server.started or task.done())
        return cls(server, task, listening.getsockname()[1])

    async def stop(self) -> None:
        self.server.should_exit = True
        await self.task

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def token(self, old: Any = None) -> str:
        return await session_token(self.url, old)


async def session_token(url: str, old: Any = None) -> str:
    """What a page asks for before anything else; the old one again when it still counts."""
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        return str((await client.post("/web/session", json={"token": old})).json()["token"])


@dataclass
class Tab:
    """One tab of a browser: what it got, in the order in which it came."""

    url: str
    token: Any
    origin: str | None = None
    transport: str = "websocket"
    got: list[dict[str, Any]] = field(default_factory=list)
    heard: list[tuple[str, Any]] = field(default_factory=list)
    """Every other event, with its data."""

    def __post_init__(self) -> None:
        self.client = socketio.AsyncClient(reconnection_delay=0.05, reconnection_delay_max=0.2)
        self.client.on("messages", self.got.extend)
        for event in ("working", "state", "trouble", "forgotten", "connect_error"):
            self.client.on(event, lambda data, event=event: self.heard.append((event, data)))

    async def __aenter__(self) -> Tab:
        headers = {"Origin": self.origin} if self.origin else {}
        await self.client.connect(
            self.url, headers, {"token": self.token}, [self.transport], wait_timeout=PATIENCE
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.disconnect()

    async def call(self, event: str, data: Any = None) -> Any:
        return await self.client.call(event, data, timeout=PATIENCE)

    async def say(self, text: Any, payload: Any = None, message_id: Any = None) -> Any:
        said = {"id": message_id or uuid.uuid4().hex, "text": text}
        return await self.call("say", said | ({} if payload is None else {"payload": payload}))

    async def turn(self, text: str, payload: Any = None) -> dict[str, Any]:
        """Say something and wait for all of the answer; returns the state then."""
        before = len(self.heard)
        answer = await self.say(text, payload)
        assert answer == {"ok": True}, answer
        await until(lambda: self._is_answered(before))
        return self.state

    def _is_answered(self, before: int) -> bool:
        """Whether work was begun and ended since; an earlier end may come in late."""
        news = [data["on"] for event, data in self.heard[before:] if event == "working"]
        return True in news and False in news[news.index(True) :]

    async def press(self, *values: str) -> dict[str, Any]:
        for value in values:
            button = next(
                b for m in reversed(self.got) for b in m["buttons"]
                if value_of(b["payload"]) == value
            )  # fmt: skip
            await self.turn(button["title"], button["payload"])
        return self.state

    @property
    def state(self) -> dict[str, Any]:
        return next(data for event, data in reversed(self.heard) if event == "state")

    @property
    def numbers(self) -> list[int]:
        return [message["n"] for message in self.got]

    async def history(self, after: Any = 0) -> Any:
        return await self.call("since", {"after": after})
