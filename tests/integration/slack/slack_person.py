"""Somebody in Slack: signed requests to the bot, and eyes on what Slack was asked to show."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import httpx
import slack_payloads as payloads
from slack_peer import Call, SlackPeer
from talking import Store, value_of

from coach.store.tables import inbox, outbox

PATH = "/slack/events"
TOKEN = "xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcBrzbqgy"


@dataclass
class SlackPerson:
    """Somebody in Slack: signed requests to the bot, and eyes on what Slack was asked to show."""

    client: httpx.AsyncClient
    peer: SlackPeer
    store: Store
    user: str = payloads.USER

    async def send(self, body: Any, **headers: str) -> httpx.Response:
        """A request of Slack, JSON or a form, signed."""
        form = isinstance(body, str)
        raw = body.encode() if form else json.dumps(body).encode()
        kind = payloads.FORM if form else payloads.JSON
        signed = payloads.headers(raw, kind, **headers)
        return await self.client.post(PATH, content=raw, headers=signed)

    async def say(self, text: str, **more: Any) -> list[Call]:
        """Type in the direct message; the posts that answer it."""
        return await self.answered(payloads.callback(payloads.message(text, self.user, **more)))

    async def answered(self, body: Any, **headers: str) -> list[Call]:
        before = len(self.peer.posts)
        response = await self.send(body, **headers)
        assert response.status_code == 200, response.text
        await self.settled()
        return self.peer.posts[before:]

    async def press(self, value: str, **more: Any) -> list[Call]:
        """Use the button with this value on the newest post that has buttons."""
        return await self.answered(self.pressing(self.newest(), value, **more))

    def pressing(self, post: Call, value: str, **more: Any) -> str:
        element = next(b for b in post.buttons if value_of(b["value"]) == value)
        respond = f"{self.peer.url}/respond/{post.args['_ts']}"
        return payloads.interaction(
            payloads.press(element, post.args["_ts"], respond, self.user, **more)
        )

    def newest(self) -> Call:
        return next(post for post in reversed(self.peer.posts) if post.buttons)

    async def settled(self) -> None:
        """Every message had its turn and every reply was taken by Slack."""

        def done() -> bool:
            waiting = [row for row in self.store.rows(inbox) if row.status == "new"]
            return not waiting and all(row.sent for row in self.store.rows(outbox))

        await self.peer.until(done)
