"""The web door over HTTP: the page, sessions, messages; `sockets.py` is the same talk over a socket."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from bot.channels import pages
from bot.channels.door import Door
from bot.channels.form.door import FormDoor
from bot.channels.guard import Guard, Refused
from bot.channels.http import read_json, refusal
from bot.channels.origins import Origins
from bot.channels.pictures import Pictures
from bot.channels.sessions import Cookies, Tokens, WebCookie, new_id
from bot.channels.sockets import Sockets
from bot.channels.view import View, read_message
from bot.turns.worker import Turns
from coach.domain.content import Content
from coach.settings import Settings
from coach.store.bell import Ring
from coach.usecases.form import FormTalk

MOST_DIGITS = 9

Answer = Callable[[Request], Coroutine[Any, Any, Response]]


class WebDoor(Door):
    channel = "web"

    def __init__(
        self,
        turns: Turns,
        guard: Guard,
        content: Content,
        form: FormTalk,
        settings: Settings,
    ) -> None:
        self._turns, self._guard = turns, guard
        self._cookie = WebCookie(Cookies(settings.secret))
        self._tokens = Tokens(settings.secret)
        self._origins = Origins(settings.base_url, settings.origins)
        self._pictures = Pictures(content)
        self._view = View(turns, self._pictures)
        self._sockets = Sockets(turns, guard, self._view, self._tokens, self._origins)
        self.pusher = self._sockets
        self._form = FormDoor(
            turns, guard, form, self._sockets, self._pictures, self._origins, settings.secret
        )

    def routes(self) -> Sequence[BaseRoute]:
        return [
            *pages.routes(),
            *self._form.routes(),
            Route("/web/session", self._guarded(self.session), methods=["POST"]),
            Route("/web/session", self._guarded(self.preflight), methods=["OPTIONS"]),
            Route("/web/talk", self._guarded(self.talk)),
            Route("/web/messages", self._guarded(self.messages), methods=["POST"]),
            Mount("/socket.io", self._sockets),
            self._pictures.route(),
        ]

    async def forgotten(self, address: Mapping[str, Any]) -> None:
        await self._sockets.forgotten(address)

    async def rung(self, ring: Ring) -> None:
        await self._sockets.rung(ring)

    async def catch_up(self) -> None:
        await self._sockets.catch_up()

    async def stop(self) -> None:
        await self._sockets.stop()

    async def session(self, request: Request) -> Response:
        """`{"token": old or null}` -> `{"token", "resumed"}`; without a token a cookie for our own page."""
        try:
            shared = self._sharing(request)
        except Refused as refused:  # the widget there may read why, and nothing else
            self._guard.refuse("web", refused.code)
            told = refusal(refused)
            told.headers["access-control-allow-origin"] = "*"
            return told
        typed = request.headers.get("content-type", "").startswith("application/json")
        data = await read_json(request) if typed else {}
        if "token" not in data:
            return self._known_by_cookie(request)
        # on our own page the cookie goes first: it is the talk that a form of ours was filled in for
        own = self._is_own(request)
        known = (self._cookie.sender(request) if own else None) or self._tokens.read(data["token"])
        sender = known or new_id()
        answer = {"token": self._tokens.issue(sender), "resumed": known is not None}
        response = JSONResponse(answer, headers={**shared, "cache-control": "no-store"})
        if own:
            self._cookie.set(request, response, sender)
        return response

    async def preflight(self, _: Request) -> Response:
        """What a browser asks before it sends a session request from another site: any may ask, and hears whether it may."""
        headers = {
            "access-control-allow-origin": "*",
            "access-control-allow-methods": "POST",
            "access-control-allow-headers": "content-type",
            "access-control-max-age": "600",
        }
        return Response(status_code=204, headers=headers)

    async def talk(self, request: Request) -> Response:
        sender = self._known(request)
        after = request.query_params.get("after", "0")
        known = after.isdecimal() and len(after) <= MOST_DIGITS
        return await self._since(sender, int(after) if known else 0)

    async def messages(self, request: Request) -> Response:
        """`{"id", "text", "payload"?}`; the same id twice is one message."""
        sender = self._known(request)
        message = read_message(sender, await read_json(request))
        self._guard.admit("web", sender)
        replies = await self._turns.receive(
            "web", sender, message.id, message.text, message.payload
        )
        first = min((r.line for r in replies), default=1)
        answer = await self._since(sender, first - 2)
        await self._turns.shown(
            replies
        )  # after it was read: an erased talk is gone once it is shown
        return answer

    async def _since(self, sender: str, after: int) -> Response:
        return JSONResponse({**await self._view.since(sender, after), "working": False})

    def _known_by_cookie(self, request: Request) -> Response:
        """Give this browser a random id of our own making, signed; the page never sees it."""
        known = self._cookie.sender(request)
        response = JSONResponse({"resumed": known is not None})
        self._cookie.set(request, response, known or new_id())
        return response

    def _is_own(self, request: Request) -> bool:
        origin = request.headers.get("origin")
        return bool(origin) and self._origins.is_own(str(origin), request.headers.get("host"))

    def _sharing(self, request: Request) -> dict[str, str]:
        """The headers that let an allowed site read our answer; Refused for another site."""
        origin = request.headers.get("origin")
        if not origin:
            return {}
        if not self._origins.allows(origin, request.headers.get("host")):
            raise Refused(403, "other_site")
        return {"access-control-allow-origin": origin, "vary": "origin"}

    def _known(self, request: Request) -> str:
        origin = request.headers.get("origin")
        if origin and not self._origins.is_own(origin, request.headers.get("host")):
            raise Refused(403, "not_allowed")
        sender = self._cookie.sender(request)
        if sender is None:
            raise Refused(401, "no_session")
        return sender

    def _guarded(self, answer: Answer) -> Answer:
        """Answer a refusal with its Dutch sentence, and count it."""

        async def guarded(request: Request) -> Response:
            try:
                return await answer(request)
            except Refused as refused:
                self._guard.refuse("web", refused.code)
                return refusal(refused)

        return guarded
