"""Somebody at each of the four doors of one running service: the same things said, and what is read there."""

from __future__ import annotations

import asyncio
import html
import json
import re
import uuid
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any

import httpx
import slack_payloads as payloads
from microsoft import Microsoft, Post
from served import PATIENCE, Tab, until
from slack_peer import Call, SlackPeer
from slack_person import SlackPerson
from talking import Store, value_of
from teams_service import activity_id, offered

from bot.channels.slack import mrkdwn
from bot.channels.slack.blocks import MOST_LABEL
from coach.store.tables import inbox, outbox

CHANNELS = ("rest", "web", "slack", "teams")


@dataclass(frozen=True)
class Read:
    """One message of the bot as it is read, without the markup of the place where it stands."""

    words: tuple[str, ...]
    buttons: tuple[str, ...] = ()
    picture: bool = False
    alt: str | None = None
    """None where the platform shows none: REST is for scripts."""


def lines(text: str) -> tuple[str, ...]:
    """What is read line by line; empty lines and the sign of a list differ by platform."""
    shown = (re.sub(r"^[-•*]\s+", "- ", line.strip()) for line in text.splitlines())
    return tuple(line for line in shown if line)


class Visitor(ABC):
    """One person at one door."""

    channel: str

    def __init__(self, store: Store, name: str) -> None:
        self.store, self.name = store, name

    @abstractmethod
    async def send(self, text: Any, message_id: str | None = None) -> int:
        """Send whatever it is, and wait for no answer; returns a status as HTTP has them."""

    @abstractmethod
    async def press(self, value: str) -> None:
        """Use the button that carries a value, on the newest message that has any."""

    @abstractmethod
    def read(self) -> list[Read]:
        """All that the bot said."""

    @abstractmethod
    def told(self) -> list[str]:
        """The sentences of refusals that this person got to read."""

    async def say(self, text: str) -> None:
        status = await self.send(text)
        assert status == 200, status
        await self.settled()

    async def settled(self) -> None:
        """Everything was answered, and the answers were given to the platform."""

        def done() -> bool:
            waiting = any(row.status == "new" for row in self.store.rows(inbox))
            return not waiting and all(row.sent for row in self.store.rows(outbox))

        await until(done)


class RestVisitor(Visitor):
    channel = "rest"

    def __init__(self, store: Store, name: str, client: httpx.AsyncClient) -> None:
        super().__init__(store, name)
        self._client = client
        self._got: dict[str, list[dict[str, Any]]] = {}
        self._told: list[str] = []

    async def send(self, text: Any, message_id: str | None = None) -> int:
        known = message_id or uuid.uuid4().hex
        body = {"sender": self.name, "message": text, "message_id": known}
        raw = json.dumps(body).encode()  # also what is no character, which httpx would not send
        headers = {"content-type": "application/json"}
        response = await self._client.post("/webhooks/rest/webhook", content=raw, headers=headers)
        if response.status_code == 200:
            self._got[known] = response.json()
        else:
            self._told.append(response.json()["error"]["message"])
        return response.status_code

    async def press(self, value: str) -> None:
        rows = [m["buttons"] for m in self._messages() if m.get("buttons")]
        await self.say(next(b["title"] for b in rows[-1] if value_of(b["payload"]) == value))

    def read(self) -> list[Read]:
        return [
            Read(lines(m.get("text", "")), _titles(m.get("buttons", [])), bool(m.get("image")))
            for m in self._messages()
            if "text" in m or "image" in m or "buttons" in m
        ]

    def told(self) -> list[str]:
        return self._told

    def _messages(self) -> list[dict[str, Any]]:
        return [message for answer in self._got.values() for message in answer]


class WebVisitor(Visitor):
    channel = "web"

    def __init__(self, store: Store, name: str, tab: Tab) -> None:
        super().__init__(store, name)
        self.tab = tab
        self._told: list[str] = []

    async def send(self, text: Any, message_id: str | None = None) -> int:
        answer = await self.tab.say(text, message_id=message_id)
        if answer["ok"]:
            return 200
        self._told.append(answer["message"])
        return 500 if answer["code"] in ("failed", "broken", "kept") else 400

    async def say(self, text: str) -> None:
        await self.tab.turn(text)

    async def press(self, value: str) -> None:
        await self.tab.press(value)

    def read(self) -> list[Read]:
        numbered = {m["n"]: m for m in self.tab.got if m["from"] == "bot"}  # as a page shows them
        return [
            Read(lines(m["text"]), _titles(m["buttons"]), bool(m["image"]), m["alt"])
            for _, m in sorted(numbered.items())
        ]

    def told(self) -> list[str]:
        return self._told


class SlackVisitor(Visitor):
    channel = "slack"

    def __init__(self, store: Store, name: str, client: httpx.AsyncClient, peer: SlackPeer) -> None:
        super().__init__(store, name)
        self._where = f"D{name.upper()}"
        self._person = SlackPerson(client, peer, store, f"U{name.upper()}")

    async def send(self, text: Any, message_id: str | None = None) -> int:
        known = {"ts": message_id, "event_ts": message_id} if message_id else {}
        if isinstance(text, str):  # as Slack's own apps send what was typed
            text = html.escape(text, quote=False)
        event = payloads.message(text, self._person.user, channel=self._where, **known)
        return (await self._person.send(payloads.callback(event))).status_code

    async def press(self, value: str) -> None:
        post = [call for call in self._posts() if call.buttons][-1]
        where = {"container": {"type": "message", "message_ts": post.args["_ts"],
                               "channel_id": self._where}}  # fmt: skip
        await self._person.send(self._person.pressing(post, value, **where))
        await self.settled()

    def read(self) -> list[Read]:
        return [self._read(post) for post in self._posts()]

    def told(self) -> list[str]:
        return [mrkdwn.read(post.args["text"]) for post in self._posts()]

    def _posts(self) -> list[Call]:
        return [p for p in self._person.peer.posts if p.args["channel"] == self._where]

    @staticmethod
    def _read(post: Call) -> Read:
        words = lines(mrkdwn.read(post.shown))
        titles = [button["text"]["text"] for button in post.buttons]
        # a label that is too long for Slack stands in full above the buttons
        for n, title in enumerate(titles):
            if title.endswith("…") and len(title) == MOST_LABEL:
                full = next(w for w in words if w.startswith(f"- {title[:-1]}"))
                words = tuple(w for w in words if w != full)
                titles[n] = full.removeprefix("- ")
        pictures = [block for block in post.blocks if block["type"] == "image"]
        alt = pictures[0]["alt_text"] if pictures else None
        return Read(words, tuple(titles), bool(pictures), alt)


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
        buttons = listed or [button["title"] for button in post.buttons]
        return Read(lines(post.words), tuple(buttons), bool(pictures), alt)


def _choices(post: Post) -> list[dict[str, Any]]:
    body = (post.card or {}).get("body", [])
    return [c for block in body if block["type"] == "Input.ChoiceSet" for c in block["choices"]]


def _titles(buttons: list[dict[str, str]]) -> tuple[str, ...]:
    return tuple(button["title"] for button in buttons)


@dataclass
class House:
    """One running service with its four doors, and who stands at them."""

    store: Store
    url: str
    token: Any
    peer: SlackPeer
    microsoft: Microsoft
    client: httpx.AsyncClient
    tabs: list[Tab] = field(default_factory=list)

    async def visitor(self, channel: str, name: str) -> Visitor:
        if channel == "rest":
            return RestVisitor(self.store, name, self.client)
        if channel == "slack":
            return SlackVisitor(self.store, name, self.client, self.peer)
        if channel == "teams":
            return TeamsVisitor(self.store, name, self.client, self.microsoft)
        tab = Tab(self.url, await self.token())
        self.tabs.append(await tab.__aenter__())
        return WebVisitor(self.store, name, tab)

    async def visitors(self, name: str) -> list[Visitor]:
        return list(await asyncio.gather(*(self.visitor(c, name) for c in CHANNELS)))

    async def close(self) -> None:
        for tab in self.tabs:
            await tab.__aexit__()
        await self.client.aclose()


def client_of(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=url, timeout=PATIENCE, limits=httpx.Limits(max_connections=40)
    )
