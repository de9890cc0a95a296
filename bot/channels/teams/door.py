"""The Teams door: checks who calls, takes the message in, answers at once, and replies through the connector."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels.door import Door
from bot.channels.guard import Guard, Refused
from bot.channels.http import read_json, refusal
from bot.channels.teams import cards, incoming
from bot.channels.teams.cards import Alt
from bot.channels.teams.cloud import PUBLIC, Cloud, Http
from bot.channels.teams.connector import Connector, NotTaken
from bot.channels.teams.incoming import Incoming
from bot.channels.teams.keys import SigningKeys
from bot.channels.teams.tokens import Untrusted, Verifier
from bot.turns.delivery import Delivery, Gone, Later
from bot.turns.worker import Turns
from coach.settings import TeamsApp

log = logging.getLogger("padwijzer.teams")


class TeamsPusher:
    """Sends one stored message to one stored address."""

    def __init__(self, connector: Connector, alt: Alt) -> None:
        self._connector, self._alt = connector, alt

    async def send(
        self, address: Mapping[str, Any], message: Mapping[str, Any], line: int, key: str = ""
    ) -> None:
        """Teams knows no keys: a reply may stand there twice after a crash in the very moment of sending."""
        shown = cards.activity(message, self._alt)
        if shown is None:
            return
        try:
            await self._connector.post(address, shown)
        except NotTaken:  # better without the card than not at all
            await self._connector.post(address, cards.in_words(message))


class TeamsDoor(Door):
    channel = "teams"

    def __init__(
        self,
        turns: Turns,
        guard: Guard,
        delivery: Delivery,
        app: TeamsApp,
        alt: Alt,
        cloud: Cloud = PUBLIC,
    ) -> None:
        self._turns, self._guard, self._delivery = turns, guard, delivery
        self._http = Http()
        keys = SigningKeys(cloud.openid, self._http)
        self._verifier = Verifier(cloud, keys, app.app_id, app.tenant)
        self._connector = Connector(cloud, app, self._http)
        self.pusher: TeamsPusher = TeamsPusher(self._connector, alt)
        self._running: set[asyncio.Task[None]] = set()
        self._told_to_wait: set[str] = set()

    def routes(self) -> list[BaseRoute]:
        return [Route("/webhooks/teams", self.webhook, methods=["POST"])]

    async def webhook(self, request: Request) -> Response:
        """Takes an activity; Teams hears at once that it is in, the person gets the answer by the connector."""
        try:
            claims = await self._verifier.identify(request.headers.get("authorization"))
            activity = await read_json(request)
            self._verifier.match(claims, activity)
        except Refused as refused:
            return self._refuse(refused)
        try:
            message = incoming.read(activity)
            if message is not None:
                await self._take(message)
        except Refused as refused:
            self._say_why(refused, activity)
            return self._refuse(refused)
        return JSONResponse({})

    async def _take(self, message: Incoming) -> None:
        self._guard.admit(self.channel, message.sender)
        self._told_to_wait.discard(message.sender)
        if message.to_group:
            self._start(self._tell(message.address, cards.texts()["group"]))
            return
        waiting = await self._turns.take(
            self.channel,
            message.sender,
            message.id,
            message.text,
            message.payload,
            message.address,
        )
        self._delivery.answer(waiting)

    async def _tell(self, address: Mapping[str, Any], sentence: str) -> None:
        """Something that is not part of a talk; when it cannot be sent it is not kept."""
        try:
            await self.pusher.send(address, {"text": sentence}, 0)
        except (Later, Gone, NotTaken) as error:
            log.warning("teams.untold why=%s", type(error).__name__)

    def _say_why(self, refused: Refused, activity: Mapping[str, Any]) -> None:
        """Tell the person, who sees no status code; somebody who goes too fast hears it once."""
        try:
            sender, address = incoming.sender(activity), incoming.address(activity)
        except Refused:
            return
        if refused.status == 429:
            if sender in self._told_to_wait:
                return
            self._told_to_wait.add(sender)
        self._start(self._tell(address, refused.sentence()))

    def _refuse(self, refused: Refused) -> Response:
        why = refused.why if isinstance(refused, Untrusted) else refused.code
        self._guard.refuse(self.channel, why)
        return refusal(refused)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)  # or the loop may drop it half-way
        task.add_done_callback(self._running.discard)

    async def stop(self) -> None:
        if self._running:
            await asyncio.wait(self._running)
        await self._http.close()
