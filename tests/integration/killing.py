"""Whole talks with a service that is killed and started again, and what must be true of them at the end.

Everybody here keeps their own truth: what they said under which id, which answers they gave, what they
promised, and what arrived on their screen; `keeping_count` holds that against the database.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
import uuid
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
import slack_payloads as payloads
import socketio
from slack_peer import Call, SlackPeer
from sqlalchemy import select, update
from sqlalchemy.engine import Engine, Row

from bot.channels import state
from bot.channels.sessions import Tokens
from bot.channels.slack.incoming import sender as slack_sender
from coach.cli.door import Button, Reply, State
from coach.cli.persona import Persona
from coach.cli.talk import ENDS, GREETING
from coach.cli.voice import Voice
from coach.domain.followup import Stage
from coach.domain.promise import Outcome
from coach.store.ledger import sender_hash
from coach.store.tables import check_ins, inbox, outbox, talks

LOOK = 0.08
PATIENCE = 240.0
"""Seconds for one turn, restarts of the service included; a talk that waits longer is lost."""
MOST_TURNS = 60
AGO = timedelta(days=1)
NO_MESSAGES = "no_messages"
CLOSING = ("klaar", "overslaan", "ja")
"""Buttons of a follow-up that lead to its end without a new round."""
TURNED = {"zelfde": Outcome.OPEN, "laten": Outcome.DROPPED}
"""What a way to go on makes of a promise that was not kept; the other ways leave it as it went."""


@dataclass
class World:
    """Where the service is, and eyes on its database that lock nothing."""

    url: Callable[[], str]
    eyes: Engine
    secret: bytes
    now: Callable[[], datetime]
    peer: SlackPeer
    verify: bool = True
    """Whether its certificate has to be one that is known."""
    http: httpx.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.AsyncClient(timeout=10, verify=self.verify)

    def rows(self, query: Any) -> Sequence[Row]:
        with self.eyes.connect() as db:
            return db.execute(query).all()


class Visitor(ABC):
    """Somebody who talks, and keeps the truth about it."""

    channel: str

    def __init__(self, world: World, persona: Persona, number: int) -> None:
        self.world, self.persona, self.number = world, persona, number
        self.said: list[str] = []
        self.levels: list[tuple[str, int | None]] = []
        """Of each answer by a button: a question that is not known is asked a second time."""
        self.outcome = ""
        self.tries = 0
        self.longest = 0.0
        """Seconds that the longest turn took, from saying something until the answer stood on the screen."""
        self.talk = ""

    @property
    @abstractmethod
    def sender(self) -> str: ...

    @abstractmethod
    async def send(self, key: str, text: str, button: Button | None) -> bool:
        """Hand a message over once; False when nobody said that it was taken."""

    @abstractmethod
    def arrived(self) -> list[tuple[str, str]]:
        """What stands on the screen: the id of each message of the bot and its text."""

    def words(self, text: str, button: Button | None) -> str:
        """What is said, as it is stored."""
        return button.title if button else text

    async def say(self, text: str, button: Button | None = None) -> Reply:
        """Say something, again with the same id until it is taken; then wait for the answer."""
        key, before, began = uuid.uuid4().hex, len(self.said), time.monotonic()
        self.said.append(self.words(text, button))
        async with asyncio.timeout(PATIENCE):
            while not await self.send(key, text, button):
                self.tries += 1
                await asyncio.sleep(0.1)
            while len(self._handled()) <= before:  # noqa: ASYNC110
                await asyncio.sleep(LOOK)
            await self.see()
        self.longest = max(self.longest, time.monotonic() - began)
        return self.now()

    async def see(self) -> None:  # noqa: B027
        """Wait until the answer stands on the screen, where it comes by itself."""

    def now(self) -> Reply:
        """Where the talk stands, and the buttons on offer."""
        [row] = self.world.rows(select(talks).where(talks.c.id == self.talk))
        report = state.report(row.state)
        offered = tuple(Button(title, payload) for payload, title in row.offered.items())
        return Reply(State.from_json(report), (), offered, report)

    def own_rows(self, table: Any, *order: Any) -> Sequence[Row]:
        query = select(table).where(table.c.talk == self.talk)
        return self.world.rows(query.order_by(*order or (table.c.id,)))

    def _handled(self) -> list[Row]:
        if not self.talk:
            hashed = sender_hash(self.world.secret, self.channel, self.sender)
            here = (talks.c.channel == self.channel) & (talks.c.sender_hash == hashed)
            self.talk = next((r.id for r in self.world.rows(select(talks.c.id).where(here))), "")
        mine = select(inbox.c.id).where(inbox.c.talk == self.talk, inbox.c.own.is_(False))
        return list(self.world.rows(mine.where(inbox.c.status != "new")))

    async def hold(self, chance: random.Random) -> None:
        """The whole way: questions, coaching, plan, the check-in that comes, and how it went."""
        await self.promise()
        await self._fall_due()
        await self._follow_up(chance)

    async def promise(self) -> None:
        voice, reply = Voice(self.persona, clicking=True), await self.say(GREETING)
        while reply.state.phase not in ENDS:
            assert len(self.said) < MOST_TURNS, f"no end, at {reply.state.phase}"
            said, asked = voice.answer(reply).text, reply.state.question
            button = next((b for b in reply.buttons if b.payload == said), None)
            if button and asked and reply.state.phase in ("question", "probe"):
                level = button.value.removeprefix("niveau_")
                self.levels.append((asked.id, int(level) if level.isdecimal() else None))
            reply = await self.say(f"{said} (nummer {self.number})" if not button else said, button)
        assert reply.state.plan, f"no plan at {reply.state.phase}"

    async def _fall_due(self) -> None:
        """The day of the check-in comes, and the bot with it."""
        due = (check_ins.c.talk == self.talk) & (check_ins.c.state == "due")
        with self.world.eyes.begin() as db:
            late = {"due_at": self.world.now() - AGO}
            assert db.execute(update(check_ins).where(due).values(**late)).rowcount == 1
            earlier = {"updated_at": self.world.now() - AGO}
            db.execute(update(talks).where(talks.c.id == self.talk).values(**earlier))
        async with asyncio.timeout(PATIENCE):
            while self.now().state.phase != Stage.HOW:  # noqa: ASYNC110
                await asyncio.sleep(LOOK)

    async def _follow_up(self, chance: random.Random) -> None:
        reply = self.now()
        before: tuple[Button, ...] = ()
        while reply.state.phase not in ENDS:
            assert len(self.said) < 2 * MOST_TURNS, f"no end, at {reply.state.phase}"
            # without messages there is nothing to follow up
            values = {b.value: b for b in reply.buttons if b.value != NO_MESSAGES}
            closing = next((values[v] for v in CLOSING if v in values), None)
            button = closing or chance.choice(list(values.values()))
            if reply.state.phase == Stage.HOW:
                self.outcome = button.value
            elif reply.state.phase == Stage.WAY:
                self.outcome = TURNED.get(button.value, self.outcome)
            # a question that brings no buttons of its own wants words
            wordy = reply.state.phase == Stage.SMALLER or reply.buttons == before
            before = reply.buttons
            if wordy:
                named = reply.state.phase == "who"  # somebody else, who has a name
                said = "Fatma van de planning" if named else "een kwartier met een collega praten"
                reply = await self.say(said)
            else:
                reply = await self.say(button.payload, button)


class WebVisitor(Visitor):
    """A tab of the web page that connects again by itself; it shows every line once, by its number."""

    channel = "web"

    def __init__(self, world: World, persona: Persona, number: int) -> None:
        super().__init__(world, persona, number)
        self.lines: dict[int, str] = {}
        self._token: str | None = None
        self._client: socketio.AsyncClient | None = None

    @property
    def sender(self) -> str:
        return str(Tokens(self.world.secret).read(self._token))

    async def send(self, key: str, text: str, button: Button | None) -> bool:
        said = {"id": key, "text": button.title if button else text}
        more = {"payload": button.payload} if button else {}
        return await self._call("say", {**said, **more}) == {"ok": True}

    async def catch_up(self) -> None:
        """What a page asks when it opens: everything behind the last line that it has."""
        async with asyncio.timeout(PATIENCE):
            while (found := await self._call("since", {"after": 0})) is None:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        self._show(found["messages"])

    async def close(self) -> None:
        if self._client:
            await self._client.disconnect()

    async def see(self) -> None:
        """A tab whose line broke connects again by itself, and asks what it missed."""
        while not {row.line for row in self.own_rows(outbox)} <= set(self.lines):
            if self._client is None or not self._client.connected:
                await self.catch_up()
            await asyncio.sleep(LOOK)

    def arrived(self) -> list[tuple[str, str]]:
        return [(str(n), text) for n, text in sorted(self.lines.items())]

    def _show(self, messages: list[dict[str, Any]]) -> None:
        for message in messages:
            if message["from"] == "bot":
                known = self.lines.setdefault(message["n"], message["text"])
                assert known == message["text"], "a line became another"

    async def _call(self, event: str, data: Any) -> Any:
        try:
            if self._client is None or not self._client.connected:
                await self._connect()
            assert self._client is not None
            return await self._client.call(event, data, timeout=5)
        except (httpx.HTTPError, OSError, socketio.exceptions.SocketIOError):
            return None

    async def _connect(self) -> None:
        await self.close()
        if self._token is None:
            given = await self.world.http.post(
                f"{self.world.url()}/web/session", json={"token": None}
            )
            given.raise_for_status()
            self._token = given.json()["token"]
        self._client = socketio.AsyncClient(reconnection=False, ssl_verify=self.world.verify)
        self._client.on("messages", self._show)
        await self._client.connect(
            self.world.url(), {}, {"token": self._token}, ["websocket"], wait_timeout=10
        )
        # as our page does first of all: else what comes now stands behind a gap that nobody sees
        missed = await self._client.call("since", {"after": max(self.lines, default=0)}, timeout=5)
        self._show(missed.get("messages", ()))


class RestVisitor(Visitor):
    """A program that talks for somebody, and sends again with the same id until it has its answer."""

    channel = "rest"

    def __init__(self, world: World, persona: Persona, number: int) -> None:
        super().__init__(world, persona, number)
        self._answers: dict[str, int] = {}
        """How many messages came with the answer to each."""

    @property
    def sender(self) -> str:
        return f"programma-{self.number}"

    async def send(self, key: str, text: str, button: Button | None) -> bool:
        message = {"sender": self.sender, "message": self.words(text, button), "message_id": key}
        try:
            url = f"{self.world.url()}/webhooks/rest/webhook"
            answer = await self.world.http.post(url, json=message)
        except httpx.HTTPError:
            return False
        if answer.status_code == 200:
            self._answers[key] = sum("custom" not in reply for reply in answer.json())
        return answer.status_code == 200

    def words(self, text: str, button: Button | None) -> str:
        return button.payload if button else text

    def arrived(self) -> list[tuple[str, str]]:
        """REST names no lines: the replies to a message arrived when as many came with its answer."""
        keys = {row.id: row.message_id for row in self.own_rows(inbox)}
        replies = self.own_rows(outbox, outbox.c.line)
        wanted = Counter(keys[row.inbox] for row in replies)
        came = {key for key, number in wanted.items() if self._answers.get(key, 0) >= number}
        shown = (row for row in replies if keys[row.inbox] in came)
        return [(str(row.line), row.message.get("text", "")) for row in shown]


class SlackVisitor(Visitor):
    """Somebody in Slack; Slack itself sends an event again until it gets its answer."""

    channel = "slack"

    @property
    def user(self) -> str:
        return f"U{self.number:09d}"

    @property
    def sender(self) -> str:
        return slack_sender(payloads.TEAM, self.user)

    async def send(self, key: str, text: str, button: Button | None) -> bool:
        if button and not self._at(button):
            return False  # the message with this button is still on its way
        raw, kind = self._body(key, text, button)
        headers = payloads.headers(raw, kind)
        try:
            url = f"{self.world.url()}/slack/events"
            answer = await self.world.http.post(url, content=raw, headers=headers)
        except httpx.HTTPError:
            return False
        return answer.status_code == 200

    def arrived(self) -> list[tuple[str, str]]:
        return [(p.args["client_msg_id"], p.args["text"]) for p in self.posts()]

    def posts(self) -> list[Call]:
        return [p for p in self.world.peer.posts if p.args["channel"] == f"D{self.number:09d}"]

    def repeats(self) -> int:
        """How often the service sent what Slack had already."""
        sent = [p for p in self.world.peer.of("chat.postMessage")
                if p.args["channel"] == f"D{self.number:09d}"]  # fmt: skip
        return len(sent) - len(self.posts())

    def _body(self, key: str, text: str, button: Button | None) -> tuple[bytes, str]:
        where = f"D{self.number:09d}"
        if button is None:
            ts = f"{int(key[:8], 16)}.{int(key[8:13], 16) % 1_000_000:06d}"
            event = payloads.message(text, self.user, channel=where, ts=ts, event_ts=ts)
            return json.dumps(payloads.callback(event)).encode(), payloads.JSON
        element = {
            "type": "button",
            "text": {"type": "plain_text", "text": button.title},
            "value": button.payload,
            "action_id": key,
        }
        pressed = payloads.press(element, "1.1", f"{self.world.peer.url}/respond/x", self.user,
                                 container={"type": "message", "message_ts": self._at(button),
                                            "channel_id": where})  # fmt: skip
        pressed["actions"][0]["action_ts"] = f"{int(key[:8], 16)}.{int(key[8:13], 16)}"
        return payloads.interaction(pressed).encode(), payloads.FORM

    def _at(self, button: Button) -> str:
        here = (
            p for p in reversed(self.posts()) for b in p.buttons if b["value"] == button.payload
        )
        return str(next((post.args["_ts"] for post in here), ""))


async def settle(visitors: Sequence[Visitor]) -> None:
    """Everything has gone out, and everybody has looked at all of it."""
    world = visitors[0].world
    open_ = select(outbox.c.id).where(outbox.c.sent.is_(False))
    async with asyncio.timeout(PATIENCE):
        while world.rows(open_):  # noqa: ASYNC110
            await asyncio.sleep(LOOK)
    for visitor in visitors:
        if isinstance(visitor, WebVisitor):
            await visitor.catch_up()
            await visitor.close()
