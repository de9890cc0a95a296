"""The routes and events of the fake server."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import socketio
from fake_talk import Json, Talk, user
from socketio.exceptions import ConnectionRefusedError
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.answers import SafeHeaders
from bot.channels import pages

if TYPE_CHECKING:
    from fake_server import FakeServer

FIGURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400"><g fill="none" stroke="#0e5e62" stroke-width="3">'
    '<circle cx="200" cy="200" r="60"/><circle cx="200" cy="200" r="120"/><circle cx="200" cy="200" r="180"/>'
    '<path d="M20 200h360M200 20v360"/></g><circle cx="262" cy="138" r="16" fill="#0e5e62"/></svg>'
)
EMPTY_PAGE = "<!doctype html><html lang=nl><title>Ergens anders</title><body><h1>Ergens anders</h1>"


class Door:
    def __init__(self, fake: FakeServer) -> None:
        self._fake = fake
        origins = [fake.address, *fake.origins]
        self.sio = socketio.AsyncServer(
            async_mode="asgi", cors_allowed_origins=origins, logger=False, engineio_logger=False
        )
        logging.getLogger("engineio").setLevel(logging.CRITICAL)
        for event in (self.connect, self.say, self.since, self.forget):
            self.sio.on(event.__name__, event)
        app = Starlette(
            routes=[
                *pages.routes(),
                Route("/web/session", self.session, methods=["POST"]),
                Route("/figuur/{name}", self.figure),
                Route("/bestand/{name}", self.file),
            ]
        )
        app.add_middleware(
            CORSMiddleware, allow_origins=origins, allow_methods=["*"], allow_headers=["*"]
        )
        app.add_middleware(SafeHeaders)
        self._inside = socketio.ASGIApp(self.sio, app)

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """While the door is away nothing of the talk gets through; the pages still do."""
        if scope["path"] == "/elders":
            await self.elsewhere(Request(scope))(scope, receive, send)
        elif not self._fake.is_away or not scope["path"].startswith(("/socket.io", "/web")):
            await self._inside(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close"})
        else:
            await Response(status_code=502)(scope, receive, send)

    async def session(self, request: Request) -> Response:
        token = (await request.json())["token"]
        resumed = token in self._fake.talks
        if not resumed:
            token = f"token{len(self._fake.talks) + 1}-{id(object())}"
            self._fake.talks[token] = Talk()
        return JSONResponse({"token": token, "resumed": resumed})

    async def connect(self, sid: str, environ: Json, auth: Json) -> None:
        if auth.get("token") not in self._fake.talks:
            raise ConnectionRefusedError("Ik ken je niet.", {"code": "no_session"})
        await self.sio.save_session(sid, auth["token"])
        await self.sio.enter_room(sid, auth["token"])

    async def say(self, sid: str, message: Json) -> Json | None:
        fake = self._fake
        if fake.refuse_next:
            (code, sentence), fake.refuse_next = fake.refuse_next, None
            return {"ok": False, "code": code, "message": sentence}
        if fake.lose_next_question:
            fake.lose_next_question, fake.is_away = False, True
            await fake.break_lines()
            return None
        fake.received.append(message)
        loses, fake.lose_next_answer = fake.lose_next_answer, False
        if loses:
            fake.is_away = True
            await self._handle(sid, message, tells=False)
            await fake.break_lines()
            return None
        self.sio.start_background_task(self._handle, sid, message)
        return {"ok": True}

    async def since(self, sid: str, data: Json) -> Json:
        talk = await self._talk(sid)
        messages, state = talk.messages[data["after"] :], self._fake.state()
        return {"ok": True, "messages": messages, "state": state, "working": talk.working}

    async def forget(self, sid: str, _: Json) -> Json:
        talk = await self._talk(sid)
        talk.messages.clear()
        talk.handled.clear()
        await self.sio.emit("forgotten", {}, room=await self.sio.get_session(sid))
        return {"ok": True}

    async def _handle(self, sid: str, message: Json, tells: bool = True) -> None:
        fake, talk = self._fake, await self._talk(sid)
        if message["id"] in talk.handled:
            return
        room = await self.sio.get_session(sid)
        talk.working = fake.is_slow
        await self.sio.emit("working", {"on": True}, room=room)
        answers = () if fake.is_slow else fake.answers(message)
        new = talk.handled[message["id"]] = talk.add(user(message["text"]), *answers)
        if not tells:
            return
        await self.sio.emit("messages", new, room=room)
        await self.sio.emit("state", fake.state(), room=room)
        await self.sio.emit("working", {"on": fake.is_slow}, room=room)

    async def _talk(self, sid: str) -> Talk:
        return self._fake.talks.setdefault(await self.sio.get_session(sid), Talk())

    async def figure(self, _: Request) -> Response:
        return Response(FIGURE, media_type="image/svg+xml")

    async def file(self, _: Request) -> Response:
        return Response("BEGIN:VCALENDAR\nEND:VCALENDAR\n", media_type="text/calendar")

    def elsewhere(self, request: Request) -> Response:
        """A page of another site that holds the widget of the server that is named."""
        server = request.query_params["server"]
        policy = f"default-src 'self' {server} {server.replace('http', 'ws')}"
        body = f'{EMPTY_PAGE}<script src="{server}/widget/padwijzer.js"></script>'
        return HTMLResponse(body, headers={"content-security-policy": policy})
