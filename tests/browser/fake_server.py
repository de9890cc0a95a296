"""A small web door that speaks the widget's protocol, with switches for what can go wrong. It serves the real pages."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable
from typing import Any

import socketio
import uvicorn
from fake_door import Door
from fake_talk import GREETING, Json, Message, Talk, bot

from bench.ports import free_port


class Announced(uvicorn.Server):
    """Says when it can be reached."""

    def __init__(self, config: uvicorn.Config, up: threading.Event) -> None:
        super().__init__(config)
        self._up = up

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._up.set()


class FakeServer:
    """Starts and stops on one port; `received` holds every message that came in, resent ones too."""

    def __init__(self) -> None:
        self.talks: dict[str, Talk] = {}
        self.received: list[Json] = []
        self.replies: dict[str, tuple[Message, ...]] = {}
        self.progress: Json | None = None
        self.origins: list[str] = []
        self.is_slow = False
        self.is_away = False
        self.lose_next_question = False
        self.lose_next_answer = False
        self.refuse_next: tuple[str, str] | None = None
        self._port = free_port()
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sio: socketio.AsyncServer | None = None

    @property
    def address(self) -> str:
        return f"http://localhost:{self._port}"

    @property
    def talk(self) -> Talk:
        (only,) = self.talks.values()
        return only

    def start(self) -> None:
        up = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(up,), daemon=True)
        self._thread.start()
        assert up.wait(10), "the fake server did not start"

    def stop(self) -> None:
        """Gone at once, as after a power cut: open lines break off."""
        if self._server and self._thread:
            self._server.force_exit = self._server.should_exit = True
            self._thread.join(10)
        self._server = None

    def cut(self) -> None:
        """Break every open line, and stay reachable."""
        self._run(self.break_lines())

    def reply_to(self, said: str, *messages: Message) -> None:
        self.replies[said] = messages

    def finish(self) -> None:
        """The slow turn is done: its answer goes out."""
        talk, last = self.talk, self.received[-1]
        new = talk.add(*self.answers(last))
        talk.working = False
        self.tell(new)

    def tell(self, messages: list[Message], *, working: bool = False) -> None:
        """Send this to everyone who is there, as when an adviser or another tab spoke."""
        assert self._sio
        self._run(self._sio.emit("messages", messages))
        self._run(self._sio.emit("working", {"on": working}))

    def state(self) -> Json:
        return {"phase": "question", "construct": None, "ring": None, "progress": self.progress}

    def answers(self, message: Json) -> tuple[Message, ...]:
        if message.get("payload") in ("/greet", "/restart"):
            return GREETING
        return self.replies.get(message["text"], (bot(f"Je schreef: {message['text']}"),))

    async def break_lines(self) -> None:
        """As a network does it: no goodbye."""
        assert self._server
        for connection in list(self._server.server_state.connections):
            connection.transport.abort()

    def _run(self, work: Awaitable[Any]) -> None:
        async def wrapped() -> None:
            await work

        assert self._loop
        asyncio.run_coroutine_threadsafe(wrapped(), self._loop).result(10)

    def _serve(self, up: threading.Event) -> None:
        asyncio.run(self._hold(up))

    async def _hold(self, up: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        door = Door(self)
        self._sio = door.sio
        options: Json = {"port": self._port, "log_level": "error", "ws": "wsproto"}
        config = uvicorn.Config(
            door.app, host="localhost", lifespan="off", interface="asgi3", **options
        )
        self._server = Announced(config, up)
        await self._server.serve()
