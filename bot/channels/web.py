"""The web door: its session, its messages and the picture of the path."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels import guard, state
from bot.channels.guard import Refused
from bot.channels.http import read_json, refusal
from bot.turns.worker import Turns
from coach.domain.content import Content
from coach.domain.path import POSITIONS, Position
from coach.report import figure
from coach.store.ledger import Line

COOKIE = "padwijzer"
MOST_DIGITS = 9
YEAR = 365 * 24 * 3600
PICTURE = "/figuur/"


class WebDoor:
    def __init__(self, turns: Turns, content: Content, secret: bytes) -> None:
        self._turns, self._secret = turns, secret
        self._labels = figure.Labels.of(content.figure)
        self._drawn = lru_cache(maxsize=64)(self._draw)
        self.describe = lru_cache(maxsize=64)(self._describe)

    def routes(self) -> list[Route]:
        return [
            Route("/web/session", self.session, methods=["POST"]),
            Route("/web/talk", self.talk),
            Route("/web/messages", self.messages, methods=["POST"]),
            Route(PICTURE + "{name}", self.picture),
        ]

    async def session(self, request: Request) -> Response:
        """Give this browser a random id of our own making, signed; the page never sees it."""
        known = self._sender(request)
        response = JSONResponse({"resumed": known is not None})
        sender = known or secrets.token_urlsafe(24)
        secure = request.url.scheme == "https"
        cookie = f"{sender}.{self._sign(sender)}"
        response.set_cookie(
            COOKIE, cookie, max_age=YEAR, httponly=True, samesite="strict", secure=secure
        )
        return response

    async def talk(self, request: Request) -> Response:
        try:
            sender = self._known(request)
        except Refused as refused:
            return refusal(refused)
        after = request.query_params.get("after", "0")
        known = after.isdecimal() and len(after) <= MOST_DIGITS
        return JSONResponse(await self._since(sender, int(after) if known else 0))

    async def messages(self, request: Request) -> Response:
        """`{"id", "text", "payload"?, "after"?}`; the same id twice is one message."""
        try:
            sender = self._known(request)
            data = await read_json(request)
            message = self._message(sender, data)
        except Refused as refused:
            return refusal(refused)
        replies = await self._turns.receive(
            "web", sender, message.id, message.text, message.payload
        )
        await self._turns.shown(replies)
        first = min((r.line for r in replies), default=1)
        return JSONResponse(await self._since(sender, first - 2))

    async def picture(self, request: Request) -> Response:
        """`/figuur/<ring>-<process>.svg` or `.png`."""
        name, _, kind = request.path_params["name"].rpartition(".")
        position = next((p for p in POSITIONS if p.id == name), None)
        if position is None or kind not in ("svg", "png"):
            return Response(status_code=404)
        loop = asyncio.get_running_loop()
        body = await loop.run_in_executor(None, partial(self._drawn, position, kind))
        media = "image/svg+xml" if kind == "svg" else "image/png"
        return Response(body, media_type=media, headers={"cache-control": "public, max-age=3600"})

    def _draw(self, position: Position, kind: str) -> bytes:
        svg = figure.draw(position, self._labels, travelled(position))
        return svg.encode() if kind == "svg" else figure.to_png(svg, 720)

    def _describe(self, position: Position) -> str:
        return figure.describe(position, self._labels, travelled(position))

    async def _since(self, sender: str, after: int) -> dict[str, Any]:
        found = await self._turns.find_talk("web", sender)
        if found is None:
            return {
                "messages": [],
                "state": {**state.report({}), "progress": None},
                "working": False,
            }
        lines = await self._turns.lines(found.id, after)
        shown = {**state.report(found.state), "progress": state.progress(found.state)}
        return {"messages": [self._shown(line) for line in lines], "state": shown, "working": False}

    def _shown(self, line: Line) -> dict[str, Any]:
        image = line.message.get("image")
        return {
            "n": line.n,
            "from": "user" if line.by_user else "bot",
            "text": line.text,
            "buttons": line.message.get("buttons", []),
            "image": _local(image) if image else None,
            "alt": self._alt(image) if image else None,
            "more": None,
        }

    def _alt(self, image: str) -> str:
        return self.describe(
            Position.from_id(_local(image).removeprefix(PICTURE).rpartition(".")[0])
        )

    def _message(self, sender: str, data: Mapping[str, Any]) -> guard.Message:
        text = guard.check_text(data.get("text", ""))
        payload = data.get("payload")
        if payload is not None:
            payload = guard.check_text(payload)
        elif not text.strip():
            raise Refused(400, "empty")
        return guard.Message(sender, guard.check_id(data.get("id")), text, payload)

    def _known(self, request: Request) -> str:
        origin = request.headers.get("origin")
        if origin and origin.partition("://")[2] != request.headers.get("host"):
            raise Refused(403, "not_allowed")
        sender = self._sender(request)
        if sender is None:
            raise Refused(401, "no_session")
        return sender

    def _sender(self, request: Request) -> str | None:
        sender, _, signature = request.cookies.get(COOKIE, "").rpartition(".")
        signed = self._sign(sender).encode()
        return sender if sender and hmac.compare_digest(signature.encode(), signed) else None

    def _sign(self, sender: str) -> str:
        return hmac.new(self._secret, f"web:{sender}".encode(), hashlib.sha256).hexdigest()


def travelled(position: Position) -> tuple[Position, ...]:
    """The positions before this one on the path: their order is what the model says comes first."""
    return POSITIONS[: POSITIONS.index(position)]


def _local(image: str) -> str:
    """The picture as a path of this server, in the sharper form that a page can show."""
    return PICTURE + image.rpartition("/")[2].replace(".png", ".svg")
