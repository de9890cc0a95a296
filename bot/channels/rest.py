"""The REST door: Rasa's own JSON at `/webhooks/rest/webhook`, for tools and simulators."""

from __future__ import annotations

import hmac
import math
import uuid
from typing import Any

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels import guard, state
from bot.channels.door import Door
from bot.channels.guard import Guard, Refused
from bot.channels.http import read_json, refusal
from bot.turns.showing import Reply
from bot.turns.worker import Turns

LOCAL = ("127.0.0.1", "::1", "testclient")


class RestDoor(Door):
    channel = "rest"

    def __init__(self, turns: Turns, guard: Guard, token: str | None) -> None:
        self._turns, self._guard, self._token = turns, guard, token

    def routes(self) -> list[Route]:
        return [Route("/webhooks/rest/webhook", self.webhook, methods=["POST"])]

    async def webhook(self, request: Request) -> Response:
        """`{"sender", "message", "message_id"?}` -> Rasa's list of messages, with the state once."""
        try:
            self._admit(request)
            message = self._message(await read_json(request))
            self._guard.admit("rest", message.sender)
        except Refused as refused:
            self._guard.refuse("rest", refused.code)
            return refusal(refused)
        replies, talk, unsent = await self._turns.answer(
            "rest", message.sender, message.id, message.text
        )
        shown = [*_missed(unsent, replies), *replies]
        answer = [{"recipient_id": message.sender, **reply.message} for reply in shown]
        answer.append(
            {"recipient_id": message.sender, "custom": {"state": state.report(talk.state)}}
        )
        return JSONResponse(answer, background=BackgroundTask(self._turns.shown, shown))

    def _admit(self, request: Request) -> None:
        client = request.client.host if request.client else ""
        if self._token is None:
            if client not in LOCAL:
                raise Refused(403, "not_allowed")
            return
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if client not in LOCAL and not hmac.compare_digest(given.encode(), self._token.encode()):
            raise Refused(403, "not_allowed")

    @staticmethod
    def _message(data: dict[str, Any]) -> guard.Message:
        text = guard.check_text(data.get("message"))
        if not text.strip():
            raise Refused(400, "empty")
        message_id = data.get("message_id") or uuid.uuid4().hex
        return guard.Message(guard.check_id(data.get("sender")), guard.check_id(message_id), text)


def _missed(unsent: list[Reply], replies: list[Reply]) -> list[Reply]:
    """Replies to earlier messages that were stored when the service stopped, and never shown."""
    now = {reply.id for reply in replies}
    first = min(now, default=math.inf)  # nothing is said while a person has the talk
    return [reply for reply in unsent if reply.id not in now and reply.id < first]
