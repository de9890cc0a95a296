"""Rasa's own Slack channel in Sanic, as a process of its own: Sanic rewrites itself and can start once only.

`GET /heard` tells and forgets what reached the bot. Prints its port when it listens.
"""

from __future__ import annotations

import asyncio
import sys

from rasa.core.channels.channel import UserMessage
from rasa.core.channels.slack import SlackInput
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json


async def serve(token: str, secret: str) -> None:
    heard: list[str] = []

    async def on_message(message: UserMessage) -> None:
        heard.append(str(message.text))

    app = Sanic("stock_slack", configure_logging=False)
    given = {"slack_token": token, "slack_channel": "C1", "slack_signing_secret": secret}
    channel = SlackInput.from_credentials(given)
    app.blueprint(channel.blueprint(on_message), url_prefix="/webhooks/slack")

    @app.get("/heard")
    async def told(_: Request) -> HTTPResponse:
        await asyncio.sleep(0)  # the channel hands messages on in a task of its own
        said, heard[:] = heard[:], []
        return json(said)

    server = await app.create_server("127.0.0.1", 0, return_asyncio_server=True, access_log=False)
    await server.startup()
    await server.start_serving()
    print(server.server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:]))
