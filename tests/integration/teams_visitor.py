"""Somebody in Microsoft Teams, through a stand-in for its service."""

from __future__ import annotations

import json
import uuid
from typing import Any

import httpx
from microsoft import Microsoft, Post
from talking import Store, value_of
from teams_service import activity_id, offered
from visitor import Read, Visitor, lines


class TeamsVisitor(Visitor):
    channel = "teams"

    def __init__(
        self, store: Store, name: str, client: httpx.AsyncClient, microsoft: Microsoft
    ) -> None:
        super().__init__(store, name)
        self._client, self._microsoft = client, microsoft
        self._who = {
            "from": {"id": f"29:{name}", "aadObjectId": str(uuid.uuid5(uuid.NAMESPACE_DNS, name))},
            "conversation": {"conversationType": "personal", "id": f"a:{name}"},
        }

    async def send(self, text: Any, message_id: str | None = None) -> int:
        return await self._send(text=text, id=message_id or activity_id())

    async def press(self, value: str) -> None:
        post = next(post for post in reversed(self._posts()) if self._values([post]))
        await self._send(**self._values([post])[value], id=activity_id())
        await self.settled()

    async def press_old(self, value: str) -> None:
        post = next(post for post in self._posts() if value in self._values([post]))
        await self._send(**self._values([post])[value], id=activity_id())
        await self.settled()

    def read(self) -> list[Read]:
        return [self._read(post) for post in self._posts()]

    def told(self) -> list[str]:
        return [post.words for post in self._posts()]

    async def _send(self, **activity: Any) -> int:
        body = self._microsoft.recorded("message", **{**self._who, **activity})
        headers = {
            "authorization": f"Bearer {self._microsoft.token()}",
            "content-type": "application/json; charset=utf-8",
        }
        raw = json.dumps(body).encode()
        return (
            await self._client.post("/webhooks/teams", content=raw, headers=headers)
        ).status_code

    def _posts(self) -> list[Post]:
        where = self._who["conversation"]["id"]
        return [post for post in self._microsoft.posts if post.conversation == where]

    @staticmethod
    def _values(posts: list[Post]) -> dict[str, dict[str, Any]]:
        """What Teams sends back for each button or choice, by its value."""
        found = {}
        for value, button in offered(posts).items():
            back = button["data"]["msteams"]
            found[value] = {"text": back["text"], "value": back["value"]}
        for choice in (c for post in posts for c in _choices(post)):
            value = value_of(json.loads(choice["value"])["payload"])
            found[value] = {"text": None, "value": {"choice": choice["value"]}}
        return found

    @staticmethod
    def _read(post: Post) -> Read:
        body = (post.card or {}).get("body", [])
        pictures = [block for block in body if block["type"] == "Image"]
        alt = pictures[0]["altText"] if pictures else None
        listed = [choice["title"] for choice in _choices(post)]
        files = tuple(b["title"] for b in post.buttons if b["type"] == "Action.OpenUrl")
        buttons = listed or [b["title"] for b in post.buttons if b["title"] not in files]
        return Read(lines(post.words) or files, tuple(buttons), bool(pictures), alt)


def _choices(post: Post) -> list[dict[str, Any]]:
    body = (post.card or {}).get("body", [])
    return [c for block in body if block["type"] == "Input.ChoiceSet" for c in block["choices"]]
