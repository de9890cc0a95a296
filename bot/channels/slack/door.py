"""The Slack door: what Slack sends goes into the inbox before Slack is answered; replies go out later.

slack-bolt checks signatures and takes the envelopes apart, over HTTP and over Socket Mode alike.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.channels.door import Door
from bot.channels.guard import Guard, Refused, check_id, check_text
from bot.channels.pictures import Pictures
from bot.channels.slack import blocks, bolt, home, incoming
from bot.channels.slack.incoming import Press, Said
from bot.channels.slack.pictures import SlackPictures, is_public
from bot.channels.slack.pusher import SlackPusher
from bot.channels.slack.texts import text
from bot.turns.delivery import Delivery
from bot.turns.worker import Turns
from coach.settings import Settings
from coach.store.turn import Waiting
from coach.wiring import Coach

log = logging.getLogger("padwijzer.slack")

PATH = "/slack/events"
"""One address for events, buttons and the slash command."""
SECONDS_TO_STOP = 5.0
MOST_BODY = 512_000
"""Slack sends a text up to three times, and with a button the whole message that it stood in."""


class SlackDoor(Door):
    channel = "slack"

    def __init__(
        self, turns: Turns, guard: Guard, delivery: Delivery, coach: Coach, settings: Settings
    ) -> None:
        self._turns, self._guard, self._delivery, self._coach = turns, guard, delivery, coach
        self._slack = settings.slack
        self._client = bolt.client(settings.slack)
        public = is_public(settings.base_url)
        self._pictures = SlackPictures(self._client, Pictures(coach.content), public=public)
        self._pusher = self.pusher = SlackPusher(self._client, self._pictures)
        self._app = bolt.app(self._client, settings.slack, self)
        self._socket = bolt.Socket(self._app, settings.slack.app_token)
        self._told: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def routes(self) -> Sequence[BaseRoute]:
        if not self._slack.signing_secret:
            return ()
        return [Route(PATH, self.receive, methods=["POST"])]

    async def start(self) -> None:
        if self._slack.app_token:
            await self._socket.start()

    async def stop(self) -> None:
        await self._socket.stop()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=SECONDS_TO_STOP)

    async def receive(self, request: Request) -> Response:
        """A request of Slack; its size is refused before it is parsed."""
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_BODY:
                self._guard.refuse(self.channel, "too_big")
                return Response(status_code=413)
        answer = await bolt.dispatch(self._app, request, body)
        if answer.status_code in (400, 401):
            self._guard.refuse(self.channel, "not_allowed")
        return answer

    # --- what people do --------------------------------------------------------------------------

    async def on_message(self, event: Mapping[str, Any], team: str | None) -> None:
        said = incoming.message(event, team)
        if said:
            await self._hear(said)

    async def on_mention(self, event: Mapping[str, Any], team: str | None, bot: str | None) -> None:
        said = incoming.mention(event, team, bot)
        waiting = await self._hear(said) if said else None
        if waiting and waiting.fresh:
            thread = {"channel": event["channel"], "thread": event.get("thread_ts") or event["ts"]}
            self._begin(self._tell(thread, text("in_private")))

    async def on_command(self, given: Mapping[str, Any], team: str | None) -> str:
        """Returns what only this person sees where the command was typed."""
        said = incoming.command(given, team)
        try:
            await self._take(said)
        except Refused as refused:
            return refused.sentence()
        return "" if given.get("channel_name") == "directmessage" else text("in_private")

    async def on_press(self, body: Mapping[str, Any], team: str | None, respond: Any) -> None:
        press = incoming.press(body, team)
        if press is None:
            return
        if await self._is_old(press):
            old = Refused(409, "old_button")
            self._guard.refuse(self.channel, old.code)
            self._begin(_quietly(respond(text=old.sentence(), replace_original=False)))
            return
        waiting = await self._hear(press.said)
        if waiting and press.message:
            self._begin(_quietly(self._replace(press, waiting, respond)))

    async def on_home(self, event: Mapping[str, Any], team: str | None) -> None:
        if event.get("tab") == "home":
            self._begin(_quietly(self._show_home(event["user"], team)))

    # --- how it goes on --------------------------------------------------------------------------

    async def _hear(self, said: Said) -> Waiting | None:
        """Take a message in; a refusal is told to the person, once in a row."""
        try:
            waiting = await self._take(said)
        except Refused as refused:
            if said.sender not in self._told:
                self._told.add(said.sender)
                self._begin(self._tell(said.address, refused.sentence()))
            return None
        self._told.discard(said.sender)
        return waiting

    async def _take(self, said: Said) -> Waiting:
        try:
            if not said.text.strip() and said.payload is None:
                raise Refused(400, "empty")
            check_id(said.id), check_id(said.sender), check_text(said.text)
            if said.payload is not None:
                check_text(said.payload)
            self._guard.admit(self.channel, said.sender)
        except Refused as refused:
            self._guard.refuse(self.channel, refused.code)
            raise
        waiting = await self._turns.take(
            self.channel, said.sender, said.id, said.text, said.payload, said.address
        )
        self._delivery.answer(waiting)
        return waiting

    async def _is_old(self, press: Press) -> bool:
        """Whether the bot has offered other buttons since: an old one could answer the wrong question."""
        if press.line is None or press.said.payload == incoming.BEGIN:
            return False
        talk = await self._turns.find_talk(self.channel, press.said.sender)
        if talk is None:
            return False
        later = await self._turns.lines(talk.id, press.line)
        return any(line.message.get("buttons") for line in later if not line.by_user)

    async def _replace(self, press: Press, waiting: Waiting, respond: Any) -> None:
        lines = await self._turns.lines(waiting.talk, (press.line or 1) - 1)
        said = next((line.message for line in lines if line.n == press.line), None)
        if said is None:
            said = {"text": str(press.message.get("text") or "")}
        image = said.get("image")
        picture = await self._pictures.block(image) if image else None
        await respond(**blocks.used(said, press.title, picture), replace_original=True)

    async def _show_home(self, user: str, team: str | None) -> None:
        talk = await self._turns.find_talk(self.channel, incoming.sender(team, user))
        view = home.view(talk.state if talk else {}, self._coach)
        await self._client.views_publish(user_id=user, view=view)

    async def _tell(self, address: Mapping[str, Any], sentence: str) -> None:
        """A word beside the talk: it is said once and not kept."""
        await _quietly(self._pusher.send(address, {"text": sentence}, 0))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)  # the loop itself keeps no task alive
        task.add_done_callback(self._tasks.discard)


async def _quietly(work: Coroutine[Any, Any, Any]) -> None:
    """For what makes Slack nicer and may fail: the talk itself does not depend on it."""
    try:
        await work
    except Exception as error:
        log.warning("slack.aside_failed why=%s", type(error).__name__)
