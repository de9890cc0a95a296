"""slack-bolt as this service uses it: nothing from its own environment variables, and no words of people in its logs."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from traceback import extract_tb
from typing import Any, Protocol

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.slack import incoming
from bot.channels.slack.pusher import SECONDS
from coach.settings import Slack

log = logging.getLogger("padwijzer.slack")

COMMAND = "/padwijzer"
EVENTS = ("message", "app_mention", "app_home_opened")
ANYTHING = re.compile(".*", re.DOTALL)


UNREADABLE = (ValueError, TypeError, LookupError, AttributeError, RecursionError)
"""What goes wrong on a request that is not as Slack makes them."""


class Listener(Protocol):
    """What the door does with each kind of thing that Slack sends."""

    async def on_message(self, event: Mapping[str, Any], team: str | None) -> None: ...

    async def on_mention(
        self, event: Mapping[str, Any], team: str | None, bot: str | None
    ) -> None: ...

    async def on_command(self, given: Mapping[str, Any], team: str | None) -> str: ...

    async def on_press(self, body: Mapping[str, Any], team: str | None, respond: Any) -> None: ...

    async def on_home(self, event: Mapping[str, Any], team: str | None) -> None: ...


def client(slack: Slack) -> AsyncWebClient:
    """Without retries of its own: what fails is tried again from the outbox, also after a restart."""
    return AsyncWebClient(
        token=slack.bot_token, base_url=slack.api_url, timeout=SECONDS, retry_handlers=[]
    )


def app(web: AsyncWebClient, slack: Slack, door: Listener) -> AsyncApp:
    """The Bolt app. A request is answered after its message is in the inbox, so that Slack keeps what was not."""
    quiet = logging.getLogger("padwijzer.slack.bolt")
    quiet.setLevel(logging.ERROR)  # its warnings hold whole requests

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        # one workspace, one token: nobody has to be asked, and a start without internet works
        return AuthorizeResult(
            enterprise_id=enterprise_id, team_id=team_id, bot_token=slack.bot_token
        )

    made = AsyncApp(
        name=quiet.name,  # Bolt sets the level of the logger of this name with every request
        logger=quiet,
        client=web,
        signing_secret=slack.signing_secret,
        authorize=authorize,
        process_before_response=True,
        ignoring_self_events_enabled=False,  # we look at every event's `bot_id` ourselves
    )
    _listen(made, door)

    @made.error
    async def failed(error: Exception) -> BoltResponse:
        # a failure is no receipt: Slack sends the event again
        at = extract_tb(error.__traceback__)[-1]
        where = f"{Path(at.filename).name}:{at.lineno}"
        log.error("slack.failed why=%s where=%s", type(error).__name__, where)
        return BoltResponse(status=400 if isinstance(error, UNREADABLE) else 503)

    return made


def _listen(made: AsyncApp, door: Listener) -> None:
    @made.event("message")
    async def message(event: dict[str, Any], context: Any) -> None:
        await door.on_message(event, _team(context))

    @made.event("app_mention")
    async def mention(event: dict[str, Any], body: dict[str, Any], context: Any) -> None:
        await door.on_mention(event, _team(context), incoming.bot_of(body))

    @made.event("app_home_opened")
    async def home(event: dict[str, Any], context: Any) -> None:
        await door.on_home(event, _team(context))

    @made.event(ANYTHING)
    async def other() -> None:
        """Nothing of ours; an answer keeps Slack from sending it again."""

    @made.command(COMMAND)
    async def command(ack: Any, command: dict[str, Any], context: Any) -> None:
        await ack(await door.on_command(command, _team(context)))

    @made.action(ANYTHING)
    async def press(ack: Any, body: dict[str, Any], context: Any, respond: Any) -> None:
        await door.on_press(body, _team(context), respond)
        await ack()


def _team(context: Any) -> str | None:
    team: str | None = context.team_id or context.enterprise_id
    return team


async def dispatch(made: AsyncApp, request: Request, body: bytes) -> Response:
    """Hand a request to Bolt; what is no request of Slack at all is refused."""
    at = request.headers.get("x-slack-request-timestamp", "")
    if not (at.isascii() and at.isdecimal()):
        return Response(status_code=401)
    try:
        asked = to_async_bolt_request(request, body)
    except UNREADABLE:
        return Response(status_code=400)
    return to_starlette_response(await made.async_dispatch(asked))


class Socket:
    """Socket Mode: the service opens the connection, and keeps trying to while Slack cannot be reached."""

    def __init__(self, made: AsyncApp, token: str) -> None:
        self._app, self._token = made, token
        self._handler: AsyncSocketModeHandler | None = None
        self._connecting: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._handler = AsyncSocketModeHandler(self._app, self._token)
        self._connecting = asyncio.get_running_loop().create_task(self._handler.connect_async())

    async def stop(self) -> None:
        if self._handler is None or self._connecting is None:
            return
        self._connecting.cancel()
        with suppress(asyncio.CancelledError):
            await self._connecting
        with suppress(Exception):  # a connection that was never made cannot be closed
            await self._handler.close_async()
        await self._handler.client.aiohttp_client_session.close()
