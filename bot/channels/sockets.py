"""The web door over Socket.IO: every tab of a person sees one talk, as it goes.

A message is acknowledged when it is in the inbox; its turn follows, and what it gave goes to all tabs.
Who somebody is comes from the token at connecting, never from a message.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from traceback import extract_tb
from typing import Any
from weakref import WeakValueDictionary

import socketio
from socketio.exceptions import ConnectionRefusedError
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketClose

from bot.channels.guard import Guard, Refused
from bot.channels.http import refusal
from bot.channels.origins import Origins
from bot.channels.sessions import Tokens
from bot.channels.view import View, read_message, standing
from bot.turns.delivery import SECONDS_A_SEND
from bot.turns.worker import Turns
from coach.store.bell import News, Ring
from coach.store.codes import DOOR, MOVED
from coach.store.turn import Line, Waiting

log = logging.getLogger("padwijzer.web")

MOST_FRAME = 16_384
"""Bytes of one frame or request: room for 4,000 characters of four bytes and what is around them."""

Answer = dict[str, Any]
Handler = Callable[[str, Any], Coroutine[Any, Any, Answer]]


class TextPacket(socketio.packet.Packet):
    """Nobody sends us binary data, and its parts would be kept without a limit."""

    uses_binary_events = False

    def decode(self, encoded_packet: Any) -> Any:
        if encoded_packet[:1] in ("5", "6") or not isinstance(encoded_packet, str):
            raise ValueError("binary packet")
        return super().decode(encoded_packet)


class Sockets:
    def __init__(
        self,
        turns: Turns,
        guard: Guard,
        view: View,
        tokens: Tokens,
        origins: Origins,
    ) -> None:
        self._turns, self._guard = turns, guard
        self._view, self._tokens, self._origins = view, tokens, origins
        self._lanes: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._working: Counter[str] = Counter()
        self._tabs: dict[str, dict[str, str]] = {}
        """Of each room its open tabs, and who sits there: in one room always the same person."""
        self._rooms: dict[str, str] = {}
        """Of each open tab its room."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._server = socketio.AsyncServer(
            async_mode="asgi",
            async_handlers=False,  # one after the other for each socket, so that order is kept
            serializer=TextPacket,
            max_http_buffer_size=MOST_FRAME,
            cors_allowed_origins=self._shares,
            cors_credentials=False,
        )
        self._server.on("connect", self._connect)
        self._server.on("disconnect", self._disconnect)
        for event, handler in (
            ("say", self._say),
            ("since", self._since),
            ("forget", self._forget),
        ):
            self._server.on(event, self._guarded(handler))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse other sites and big bodies before anything is read of them."""
        if scope["type"] not in ("http", "websocket"):
            return
        try:
            self._check(Headers(scope=scope))
        except Refused as refused:
            self._guard.refuse("web", refused.code)
            closed = WebSocketClose() if scope["type"] == "websocket" else refusal(refused)
            await closed(scope, receive, send)
            return
        await self._server.handle_request(scope, receive, send)

    async def send(
        self, address: Mapping[str, Any], message: Mapping[str, Any], line: int, key: str = ""
    ) -> None:
        """A reply that no tab asked for; who has none open finds it in the history. A tab shows a line once."""
        shown = self._view.shown(Line(line, False, message.get("text", ""), message))
        await self._server.emit("messages", [shown], to=address["room"])
        await self._rest(address["room"])

    async def rung(self, ring: Ring) -> None:
        """Show the tabs of somebody what another copy of the service did."""
        room = ring.sender_hash
        sender = next(iter(self._tabs.get(room, {}).values()), None)
        if sender is None:
            return
        if ring.news is News.GONE:
            await self.forgotten({"room": room})
        elif ring.news is News.MOVED:
            await self._moved(sender, room, ring.line)
        else:
            await self._show(sender, room, ring.line)
        await self._rest(room)

    async def catch_up(self) -> None:
        """The last line to every tab: one that misses those before it asks for them."""
        people = {room: sender for room, tabs in self._tabs.items() for sender in tabs.values()}
        for room, sender in people.items():
            found = await self._view.since(sender, 0)
            await self._server.emit("messages", found["messages"][-1:], to=room)
            await self._server.emit("state", found["state"], to=room)

    async def forgotten(self, address: Mapping[str, Any]) -> None:
        """All of a talk was erased: no tab keeps it either."""
        await self._server.emit("forgotten", {}, to=address["room"])
        await self._server.emit("state", standing({}), to=address["room"])

    async def stop(self) -> None:
        """Let the turns under way reach their tabs."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=SECONDS_A_SEND)
        await self._server.shutdown()

    def _check(self, headers: Headers) -> None:
        origin, length = headers.get("origin"), headers.get("content-length", "0")
        if origin and not self._origins.allows(origin, headers.get("host")):
            raise Refused(403, "not_allowed")
        if not length.isdecimal() or int(length[:9]) > MOST_FRAME:
            raise Refused(413, "too_big")

    def _shares(self, origin: str | None, environ: Mapping[str, Any]) -> bool:
        return bool(origin) and self._origins.allows(str(origin), environ.get("HTTP_HOST"))

    # --- what a tab sends ------------------------------------------------------------------------

    async def _connect(self, sid: str, _: Any, auth: Any = None) -> None:
        sender = self._tokens.read(auth.get("token")) if isinstance(auth, dict) else None
        if sender is None:
            self._guard.refuse("web", "no_session")
            refused = Refused(401, "no_session")
            raise ConnectionRefusedError(refused.sentence(), {"code": refused.code})
        await self._server.save_session(sid, {"sender": sender})
        room = self._room(sender)
        await self._server.enter_room(sid, room)
        self._rooms[sid] = room
        self._tabs.setdefault(room, {})[sid] = sender

    async def _disconnect(self, sid: str, *_: Any) -> None:
        room = self._rooms.pop(sid, None)
        if room is None:  # it was never let in
            return
        del self._tabs[room][sid]
        if not self._tabs[room]:
            del self._tabs[room]

    async def _say(self, sender: str, data: Any) -> Answer:
        if not isinstance(data, dict):
            raise Refused(400, "bad_message")
        message = read_message(sender, data)
        self._guard.admit("web", sender)
        room = self._room(sender)
        waiting = await self._turns.take(
            "web", sender, message.id, message.text, message.payload, {"room": room}
        )
        task = asyncio.get_running_loop().create_task(self._answer(sender, room, waiting))
        self._tasks.add(task)  # the loop itself keeps no task alive
        task.add_done_callback(self._tasks.discard)
        return {}

    async def _since(self, sender: str, data: Any) -> Answer:
        after = data.get("after", 0) if isinstance(data, dict) else None
        if type(after) is not int or not 0 <= after < 2**31:
            raise Refused(400, "bad_message")
        self._guard.admit("web history", sender)
        # another copy may be at it, also one that takes up what a dead one left
        here = self._working[self._room(sender)] > 0
        working = here or await self._turns.is_busy("web", sender)
        return {**await self._view.since(sender, after), "working": working}

    async def _forget(self, sender: str, _: Any) -> Answer:
        self._guard.admit("web", sender)
        await self._turns.forget("web", sender)
        await self.forgotten({"room": self._room(sender)})
        return {}

    def _guarded(self, handler: Handler) -> Callable[..., Coroutine[Any, Any, Answer]]:
        """Run a handler for the sender of this socket; whatever goes wrong is told in Dutch."""

        async def guarded(sid: str, *given: Any) -> Answer:
            try:
                session = await self._server.get_session(sid)
                return {"ok": True, **await handler(session["sender"], given[0] if given else None)}
            except Refused as error:
                refused = error
            except SQLAlchemyError as error:
                log.error("store.failed why=%s", type(error).__name__)
                refused = Refused(503, "broken")
            except Exception as error:
                log.error("socket.failed why=%s where=%s", type(error).__name__, _where(error))
                refused = Refused(500, "failed")
            self._guard.refuse("web", refused.code)
            return {"ok": False, "code": refused.code, "message": refused.sentence()}

        return guarded

    # --- what tabs get ---------------------------------------------------------------------------

    async def _answer(self, sender: str, room: str, waiting: Waiting) -> None:
        lane = self._lanes.setdefault(room, asyncio.Lock())
        self._working[room] += 1
        try:
            await self._server.emit("working", {"on": True}, to=room)
            async with lane:
                await self._hold(sender, room, waiting)
        except Exception as error:  # it is in the inbox, and is taken up from there
            log.error("turn.kept message=%s why=%s", waiting.id, type(error).__name__)
            kept = Refused(503, "kept")
            trouble = {"code": kept.code, "message": kept.sentence()}
            await self._server.emit("trouble", trouble, to=room)
        finally:
            self._working[room] -= 1
            if not self._working[room]:
                del self._working[room]
                await self._server.emit("working", {"on": False}, to=room)

    async def hold(self, sender: str, waiting: Waiting) -> None:
        """Hold the turn of what came in by another way, and show it to the tabs of this person."""
        room = self._room(sender)
        async with self._lanes.setdefault(room, asyncio.Lock()):
            await self._hold(sender, room, waiting)

    async def _hold(self, sender: str, room: str, waiting: Waiting) -> None:
        replies = await self._turns.handle(waiting)
        own = None if replies else await self._turns.line_of(waiting)
        if not replies and own is None:  # the talk was erased meanwhile
            return
        first = min((reply.line for reply in replies), default=(own or 0) + 1)
        if waiting.channel == DOOR and waiting.payload in MOVED:
            await self._moved(sender, room, replies[-1].line)
        else:
            await self._show(sender, room, first - 2)
        await self._turns.shown(replies)

    async def _moved(self, sender: str, room: str, line: int) -> None:
        """Another talk than the one on the screen: a tab fetches all of it."""
        await self._server.emit("moved", {}, to=room)
        now = await self._view.since(sender, line)
        await self._server.emit("state", now["state"], to=room)

    async def _show(self, sender: str, room: str, after: int) -> None:
        talk, found = await self._view.look(sender, after)
        if talk and not talk.state:  # all was erased: no tab keeps it either
            await self._server.emit("forgotten", {}, to=room)
        await self._server.emit("messages", found["messages"], to=room)
        await self._server.emit("state", found["state"], to=room)

    async def _rest(self, room: str) -> None:
        """Nobody is waited for any more, as far as this copy knows."""
        if not self._working[room]:
            await self._server.emit("working", {"on": False}, to=room)

    def _room(self, sender: str) -> str:
        return self._turns.sender_hash("web", sender)


def _where(error: Exception) -> str:
    at = extract_tb(error.__traceback__)[-1]
    return f"{Path(at.filename).name}:{at.lineno}"
