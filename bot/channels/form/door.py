"""The form over HTTP, without JavaScript: it fills in the same talk as the chat of this browser."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels.form import reading
from bot.channels.form.filling import Filling
from bot.channels.form.page import Frame, texts
from bot.channels.guard import Guard, Refused, check_id
from bot.channels.origins import Origins
from bot.channels.pictures import Pictures
from bot.channels.sessions import Cookies, WebCookie, new_id
from bot.channels.sockets import Sockets
from bot.turns import buttons, form
from bot.turns.worker import Turns
from coach.domain.interview import Phase
from coach.store.turn import Talk
from coach.usecases.form import FormTalk, Sheet
from coach.usecases.invitations import CHOICE
from coach.usecases.side import standing_of

PATH = "/formulier"
HEADERS = {"cache-control": "no-store", "referrer-policy": "same-origin"}
"""Without a referrer a browser would not tell us from which site a form was sent."""
AGREE = '/choose{"value": "ja"}'
MOST_CODE = 40
STYLE = Path(__file__).with_name("form.css")


@dataclass(frozen=True)
class Visit:
    """One request: who it is, whether that was known before, and where their talk stands."""

    sender: str
    known: bool
    talk: Talk | None

    @property
    def state(self) -> Mapping[str, Any]:
        return self.talk.state if self.talk else {}


class FormDoor:
    def __init__(
        self,
        turns: Turns,
        guard: Guard,
        talk: FormTalk,
        sockets: Sockets,
        pictures: Pictures,
        origins: Origins,
        secret: bytes,
    ) -> None:
        self._turns, self._guard, self._sockets = turns, guard, sockets
        self._origins = origins
        self._cookie = WebCookie(Cookies(secret))
        # a key of its own: a token can never pass for another thing that we sign
        self._key = hmac.new(secret, b"form tokens", hashlib.sha256).digest()
        self._filling = Filling(turns, talk, pictures)

    def routes(self) -> Sequence[BaseRoute]:
        return [
            Route(PATH, self._guarded(self.show)),
            Route(PATH, self._guarded(self.take), methods=["POST"]),
            Route(f"{PATH}/verder", self._guarded(self.go_on), methods=["POST"]),
            Route(f"{PATH}/meedoen", self._guarded(self.join), methods=["POST"]),
            Route(f"{PATH}/form.css", self.style),
        ]

    async def style(self, _: Request) -> Response:
        return FileResponse(STYLE, headers={"cache-control": "no-cache"})

    async def show(self, request: Request) -> Response:
        """The form as it stands in the talk of this browser."""
        visit = await self._visit(request)
        code = request.query_params.get("uitnodiging", "")[:MOST_CODE]
        sheet = self._filling.sheet(visit.state)
        return await self._answer(request, visit, sheet, invitation=code)

    async def take(self, request: Request) -> Response:
        """Take a form in when it is complete, else show it again with all that was filled in."""
        self._check_origin(request)
        given = await reading.read(request)
        visit, sheet = await self._visit(request), reading.sheet(given)
        self._guard.admit("form", visit.sender)
        if not visit.known or not self._is_ours(visit.sender, given):
            self._guard.refuse("form", "no_session")
            return await self._answer(request, visit, sheet, 403, notice="expired")
        outcome = self._filling.take(visit.state, sheet)
        if outcome.taken is None:
            more = outcome.more
            return await self._answer(request, visit, outcome.sheet, outcome.status, **more)
        if outcome.is_new:
            await self._keep(visit.sender, given, outcome.sheet)
        return _see(PATH + outcome.where)

    async def go_on(self, request: Request) -> Response:
        """The place is right: say so in the talk, and go there."""
        given, visit = await self._sent(request)
        agree = agreement(visit.talk)
        if agree and visit.talk:
            message = check_id(f"on:{given.get('id', '')}")
            title = visit.talk.offered[agree]
            waiting = await self._turns.take("web", visit.sender, message, title, agree)
            await self._sockets.hold(visit.sender, waiting)
        return _see("/")

    async def join(self, request: Request) -> Response:
        """Take part in a round by a code: the same as when it is typed in the talk."""
        given, visit = await self._sent(request)
        code, id_ = given.get("code", "")[:MOST_CODE], given.get("id", "")
        told = await self._say(visit.sender, f"code:{id_}", texts()["code_line"].format(code=code))
        talk = await self._turns.find_talk("web", visit.sender)
        asked = next((p for p in (talk.offered if talk else {}) if CHOICE in p), None)
        if talk and asked:  # the page said already that what was told before does not count
            told = await self._say(visit.sender, f"yes:{id_}", talk.offered[asked], asked)
        visit = await self._visit(request)
        return await self._answer(request, visit, self._filling.sheet(visit.state), told=told)

    async def _say(self, sender: str, id_: str, text: str, payload: str | None = None) -> str:
        """Say something in the talk; gives what the bot first says to it."""
        waiting = await self._turns.take("web", sender, check_id(id_), text, payload)
        await self._sockets.hold(sender, waiting)
        replies = await self._turns.handle(waiting)
        return str(replies[0].message.get("text", "")) if replies else ""

    # --- one request -----------------------------------------------------------------------------

    async def _sent(self, request: Request) -> tuple[reading.Given, Visit]:
        """What somebody sent from our own page, and who it is; Refused else."""
        self._check_origin(request)
        given = await reading.read(request)
        visit = await self._visit(request)
        if not visit.known or not self._is_ours(visit.sender, given):
            raise Refused(403, "no_session")
        self._guard.admit("form", visit.sender)
        return given, visit

    async def _visit(self, request: Request) -> Visit:
        sender = self._cookie.sender(request)
        talk = await self._turns.find_talk("web", sender) if sender else None
        return Visit(sender or new_id(), sender is not None, talk)

    async def _keep(self, sender: str, given: reading.Given, sheet: Sheet) -> None:
        """Into the inbox, then its turn; the same form sent again is the same message."""
        content = json.dumps(sheet.to_json(), ensure_ascii=False)
        digest = hashlib.sha256(content.encode()).hexdigest()[:32]
        message = check_id(f"{given.get('id', '')}:{digest}")
        waiting = await self._turns.take(
            "web", sender, message, texts()["chat_line"], content, door=form.DOOR
        )
        await self._sockets.hold(sender, waiting)

    async def _answer(
        self, request: Request, visit: Visit, sheet: Sheet, status: int = 200, **more: Any
    ) -> Response:
        html = await self._filling.html(
            visit.talk, sheet, self._token(visit.sender), Frame(), **more
        )
        response = HTMLResponse(html, status, HEADERS)
        self._cookie.set(request, response, visit.sender)
        return response

    # --- who may -------------------------------------------------------------------------------

    def _check_origin(self, request: Request) -> None:
        origin = request.headers.get("origin")
        if origin and not self._origins.is_own(origin, request.headers.get("host")):
            raise Refused(403, "not_allowed")

    def _token(self, sender: str) -> str:
        return hmac.new(self._key, sender.encode(), hashlib.sha256).hexdigest()

    def _is_ours(self, sender: str, given: reading.Given) -> bool:
        token, id_ = given.get("token", ""), given.get("id", "")
        same = hmac.compare_digest(token.encode(), self._token(sender).encode())
        return same and 0 < len(id_) <= len(secrets.token_urlsafe(24))

    def _guarded(
        self, answer: Callable[[Request], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """Answer a refusal with a page, and count it."""

        async def guarded(request: Request) -> Response:
            try:
                return await answer(request)
            except Refused as refused:
                self._guard.refuse("form", refused.code)
                page = self._filling.page.plain(refused.sentence())
                return HTMLResponse(page, refused.status, HEADERS)

        return guarded


def agreement(talk: Talk | None) -> str | None:
    """The button that says 'yes, that is right', when that is what the talk waits for."""
    if talk is None:
        return None
    now = standing_of(talk.state.get("slots", {}))
    if not now.interview or now.coaching or now.interview.phase is not Phase.REVIEW:
        return None
    return next((p for p in talk.offered if buttons.bare(p) == AGREE), None)


def _see(address: str) -> Response:
    return RedirectResponse(address, 303, HEADERS)
