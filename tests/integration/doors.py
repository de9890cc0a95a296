"""Somebody at each of the four doors of one running service: the same things said, and what is read there."""

from __future__ import annotations

import asyncio
import html
import json
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx
import slack_payloads as payloads
from microsoft import APP, Microsoft
from served import PATIENCE, Tab
from slack_peer import Call, SlackPeer
from slack_person import TOKEN, SlackPerson
from talking import Store, value_of
from teams_visitor import TeamsVisitor
from visitor import Read, Visitor, lines

from bot.channels.slack import mrkdwn
from bot.channels.slack.blocks import MOST_LABEL

CHANNELS = ("rest", "web", "slack", "teams")


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

    async def press_old(self, value: str) -> None:
        offered = (b for m in self._messages() for b in m.get("buttons", []))
        await self.say(next(b["payload"] for b in offered if value_of(b["payload"]) == value))

    def read(self) -> list[Read]:
        return [
            Read(_words(m), _titles(m.get("buttons", [])), bool(m.get("image")))
            for m in self._messages()
            if m.keys() & {"text", "image", "buttons", "attachment"}
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

    async def press_old(self, value: str) -> None:
        offered = (b for m in self.tab.got for b in m["buttons"])
        old = next(b for b in offered if value_of(b["payload"]) == value)
        await self.tab.turn(old["title"], old["payload"])

    def read(self) -> list[Read]:
        numbered = {m["n"]: m for m in self.tab.got if m["from"] == "bot"}  # as a page shows them
        return [
            Read(_words(m), _titles(m["buttons"]), bool(m["image"]), m["alt"])
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
        await self._press([call for call in self._posts() if call.buttons][-1], value)

    async def press_old(self, value: str) -> None:
        carried = [c for c in self._posts() for b in c.buttons if value_of(b["value"]) == value]
        await self._press(carried[0], value)

    async def _press(self, post: Call, value: str) -> None:
        where = {"container": {"type": "message", "message_ts": post.args["_ts"],
                               "channel_id": self._where}}  # fmt: skip
        await self._person.send(self._person.pressing(post, value, **where))
        await self.settled()

    def read(self) -> list[Read]:
        return [self._read(post) for post in self._posts()]

    def told(self) -> list[str]:
        aside = [call.args["text"] for call in self._person.peer.of("respond")]
        return [*(mrkdwn.read(post.args["text"]) for post in self._posts()), *aside]

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


def _words(message: dict[str, Any]) -> tuple[str, ...]:
    """The text of a message, or the name of the file that it brings."""
    file = message.get("attachment") or message.get("file")
    return lines(message.get("text", "")) or ((file["name"],) if file else ())


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


def platforms(slack: str) -> dict[str, str]:
    """The settings for Slack and Teams, with what stands in for Slack at this address."""
    return {
        "PADWIJZER_SLACK_BOT_TOKEN": TOKEN,
        "PADWIJZER_SLACK_SIGNING_SECRET": payloads.SIGNING,
        "PADWIJZER_SLACK_API_URL": f"{slack}/api/",
        "PADWIJZER_TEAMS_APP_ID": APP.app_id,
        "PADWIJZER_TEAMS_PASSWORD": APP.password,
        "PADWIJZER_TEAMS_TENANT": APP.tenant,
    }


def client_of(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=url, timeout=PATIENCE, limits=httpx.Limits(max_connections=40)
    )
