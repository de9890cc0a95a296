"""The form over HTTP, without JavaScript: it fills in the same talk as the chat of this browser."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels.form import checks, reading
from bot.channels.form.page import FormPage, Shown, texts
from bot.channels.guard import Guard, Refused, check_id
from bot.channels.origins import Origins
from bot.channels.pictures import Pictures, local
from bot.channels.sessions import Cookies, WebCookie, new_id
from bot.channels.sockets import Sockets
from bot.turns import buttons, form
from bot.turns.worker import Turns
from coach.domain.interview import Phase
from coach.store.ledger import Talk
from coach.usecases.form import FormTalk, Sheet, Taken
from coach.usecases.invitations import CHOICE
from coach.usecases.side import standing_of

PATH = "/formulier"
HEADERS = {"cache-control": "no-store", "referrer-policy": "same-origin"}
"""Without a referrer a browser would not tell us from which site a form was sent."""
AGREE = '/choose{"value": "ja"}'
PRIVACY = 2
"""The wording that does not speak of what went before."""
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
        self._turns, self._guard, self._talk, self._sockets = turns, guard, talk, sockets
        self._pictures, self._origins = pictures, origins
        self._cookie = WebCookie(Cookies(secret))
        # a key of its own: a token can never pass for another thing that we sign
        self._key = hmac.new(secret, b"form tokens", hashlib.sha256).digest()
        self._page = FormPage(talk)

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
        before = standing_of(visit.state.get("slots", {})).interview
        sheet = self._talk.sheet_of(before, form.left_in(visit.state))
        code = request.query_params.get("uitnodiging", "")[:MOST_CODE]
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
        before = standing_of(visit.state.get("slots", {})).interview
        sheet = self._talk.invited(sheet, before)
        if sheet.version != self._talk.version_for(before):
            return await self._answer(request, visit, sheet, 422, notice="renewed")
        alarm = checks.alarm(sheet, self._turns.alarm)
        if alarm:
            return await self._answer(request, visit, alarm.sheet, alarm=alarm.sentence)
        checked = checks.check(self._talk, sheet, before)
        if checked.errors:
            return await self._answer(request, visit, checked.sheet, 422, errors=checked.errors)
        assert checked.taken is not None
        if self._talk.is_new(checked.taken.interview, before):
            await self._keep(visit.sender, given, checked.sheet)
        return _see(PATH + _where(checked.taken))

    async def go_on(self, request: Request) -> Response:
        """The place is right: say so in the talk, and go there."""
        self._check_origin(request)
        given = await reading.read(request)
        visit = await self._visit(request)
        if not visit.known or not self._is_ours(visit.sender, given):
            raise Refused(403, "no_session")
        self._guard.admit("form", visit.sender)
        offered = visit.talk.offered if visit.talk else {}
        agree = next((p for p in offered if buttons.bare(p) == AGREE), None)
        now = standing_of(visit.state.get("slots", {}))
        at_result = now.interview and not now.coaching and now.interview.phase is Phase.REVIEW
        if agree and at_result:
            message = check_id(f"on:{given.get('id', '')}")
            waiting = await self._turns.take("web", visit.sender, message, offered[agree], agree)
            await self._sockets.hold(visit.sender, waiting)
        return _see("/")

    async def join(self, request: Request) -> Response:
        """Take part in a round by a code: the same as when it is typed in the talk."""
        self._check_origin(request)
        given = await reading.read(request)
        visit = await self._visit(request)
        if not visit.known or not self._is_ours(visit.sender, given):
            raise Refused(403, "no_session")
        self._guard.admit("form", visit.sender)
        code, id_ = given.get("code", "")[:MOST_CODE], given.get("id", "")
        told = await self._say(visit.sender, f"code:{id_}", texts()["code_line"].format(code=code))
        talk = await self._turns.find_talk("web", visit.sender)
        asked = next((p for p in (talk.offered if talk else {}) if CHOICE in p), None)
        if talk and asked:  # the page said already that what was told before does not count
            told = await self._say(visit.sender, f"yes:{id_}", talk.offered[asked], asked)
        visit = await self._visit(request)
        interview = standing_of(visit.state.get("slots", {})).interview
        sheet = self._talk.sheet_of(interview, {})
        return await self._answer(request, visit, sheet, told=told)

    async def _say(self, sender: str, id_: str, text: str, payload: str | None = None) -> str:
        """Say something in the talk; gives what the bot first says to it."""
        waiting = await self._turns.take("web", sender, check_id(id_), text, payload)
        await self._sockets.hold(sender, waiting)
        replies = await self._turns.handle(waiting)
        return str(replies[0].message.get("text", "")) if replies else ""

    # --- one request -----------------------------------------------------------------------------

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
        sheet = (
            sheet
            if sheet.version in self._talk.content.questionnaires
            else replace(sheet, version=self._talk.content.current)
        )
        now = standing_of(visit.state.get("slots", {}))
        invited = bool(now.interview and now.interview.invited)
        shown = Shown(self._token(visit.sender), new_id(), invited=invited, **more)
        if now.interview and not (more.keys() - {"invitation", "told"}):
            shown = replace(shown, talking=now.coaching is not None, **await self._result(visit))
        asked = ("utter_ask_consent_invited", 1) if invited else ("utter_ask_consent", PRIVACY)
        privacy = self._turns.sentence(*asked)
        ring = checks.ring_of(self._talk, sheet)
        html = self._page.render(sheet, ring, privacy, shown)
        response = HTMLResponse(html, status, HEADERS)
        self._cookie.set(request, response, visit.sender)
        return response

    async def _result(self, visit: Visit) -> dict[str, Any]:
        now = standing_of(visit.state.get("slots", {}))
        interview = now.interview
        assert visit.talk is not None and interview is not None
        if interview.version not in self._talk.content.questionnaires:
            return {}
        told = await self._turns.tell(
            visit.talk.id, visit.state, self._talk.result(interview, now.rounds)
        )
        image = next((reply["image"] for reply in told if "image" in reply), None)
        said = [
            {"text": r.get("text"), "image": local(r["image"]) if "image" in r else None}
            for r in told
        ]
        alt = self._pictures.describe(image) if image else ""
        return {"said": said, "alt": alt, "placed": image is not None}

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
                page = self._page.plain(refused.sentence())
                return HTMLResponse(page, refused.status, HEADERS)

        return guarded


def _where(taken: Taken) -> str:
    """The part of the page that comes next."""
    if not taken.missing:
        return "#resultaat"
    return "#vervolg" if taken.missing[0].ring else "#vragen"


def _see(address: str) -> Response:
    return RedirectResponse(address, 303, HEADERS)
