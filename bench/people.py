"""Many people at once at four doors, each with a token that nobody else has, and all that ever came to them."""

from __future__ import annotations

import asyncio
import json
import uuid
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterable
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import doors
import httpx
from erasing import TOKEN
from grounds import Grounds
from sqlalchemy import select, update
from talking import Store
from teams_visitor import TeamsVisitor

from coach.store.tables import events, inbox, outbox, talks

PATIENCE = 60.0
LAST = 200


class Heard(list[Any]):
    """What a stand-in for a platform was given, put into the box of who it is for; only the last is kept as well."""

    def __init__(self, where: Callable[[Any], str]) -> None:
        super().__init__()
        self._where = where
        self.boxes: dict[str, list[Any]] = defaultdict(list)

    def append(self, item: Any) -> None:
        super().append(item)
        del self[:-LAST]
        self.boxes[self._where(item)].append(item)


def listen(made: Grounds) -> None:
    """Let every outgoing call be put into the box of a person."""
    made.peer.calls = Heard(lambda call: str(call.args.get("channel", "")))
    made.microsoft.posts = Heard(lambda post: post.conversation)


class Person(ABC):
    """Somebody at one door; `got` is every byte that came back."""

    def __init__(self, made: Grounds, client: httpx.AsyncClient) -> None:
        self.made, self.client = made, client
        self.name = uuid.uuid4().hex[:16]
        self.token = f"merk{uuid.uuid4().hex[:10]}"
        self.got: list[str] = []

    @abstractmethod
    async def send(self, text: str, key: str) -> int:
        """Send something under an id; returns the status."""

    async def say(self, text: str, key: str = "") -> str:
        """Say something and wait for what comes back."""
        before, key = len(self.seen()), key or fresh()
        try:
            status = await self.send(text, key)
        except httpx.TransportError:  # a connection that was idle for long ended just now
            status = await self.send(text, key)
        assert status == 200, f"{type(self).__name__}: {status}"
        async with asyncio.timeout(PATIENCE):
            while len(self.seen()) == before:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return "\n".join(self.seen()[before:])

    def seen(self) -> list[str]:
        return self.got

    def others(self) -> set[str]:
        """Tokens of somebody else among all that came."""
        return {found for said in self.seen() for found in TOKEN.findall(said)} - {self.token}


class AtRest(Person):
    async def send(self, text: str, key: str) -> int:
        said = {"sender": self.name, "message": text, "message_id": key}
        answer = await self.client.post("/webhooks/rest/webhook", json=said)
        self.got.append(_all_of(answer))
        return answer.status_code


class AtWeb(Person):
    """Our own page, over HTTP."""

    cookie = ""

    def __init__(self, made: Grounds, client: httpx.AsyncClient) -> None:
        super().__init__(made, client)
        # the client is everybody's: it may keep no cookie, or the next would be this person
        client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    async def send(self, text: str, key: str) -> int:
        if not self.cookie:
            given = await self.client.post("/web/session")
            self.cookie = given.headers["set-cookie"].partition(";")[0]
        said = {"id": key, "text": text}
        answer = await self.client.post("/web/messages", json=said, headers={"cookie": self.cookie})
        self.got.append(_all_of(answer))
        return answer.status_code


class _Called(Person):
    """At a platform that is called with the replies."""

    visitor: Any
    where: str
    calls: Heard

    async def send(self, text: str, key: str) -> int:
        return int(await self.visitor.send(text, key))

    def seen(self) -> list[str]:
        return [
            json.dumps(getattr(call, "args", None) or call.activity, ensure_ascii=False)
            for call in self.calls.boxes[self.where]
        ]


class AtSlack(_Called):
    def __init__(self, made: Grounds, client: httpx.AsyncClient) -> None:
        super().__init__(made, client)
        store: Any = None  # it only sends: what it reads is in the box
        self.visitor = doors.SlackVisitor(store, self.name, client, made.peer)
        self.where, self.calls = self.visitor._where, made.peer.calls  # type: ignore[assignment]


class AtTeams(_Called):
    def __init__(self, made: Grounds, client: httpx.AsyncClient) -> None:
        super().__init__(made, client)
        store: Any = None
        self.visitor = TeamsVisitor(store, self.name, client, made.microsoft)
        self.where = self.visitor._who["conversation"]["id"]
        self.calls = made.microsoft.posts  # type: ignore[assignment]


KINDS: tuple[type[Person], ...] = (AtRest, AtWeb, AtSlack, AtTeams)
_count = iter(range(1, 10**9))


def fresh() -> str:
    """An id of a message as Slack makes them, which every door takes."""
    n = next(_count)
    return f"{1_515_000_000 + n // 1_000_000}.{n % 1_000_000:06d}"


def _all_of(answer: httpx.Response) -> str:
    return f"{answer.headers}\n{answer.text}"


def place(store: Store, key: str, reached: dict[str, Any]) -> None:
    """Put the talk of the message with this id where another stands."""
    with store.database.begin() as db:
        talk = select(inbox.c.talk).where(inbox.c.message_id.endswith(key)).scalar_subquery()
        db.execute(update(talks).where(talks.c.id == talk).values(**reached))


def mixed(store: Store) -> list[str]:
    """Talks in whose rows, in any table of talking, there is more than one token."""
    found: dict[str, set[str]] = defaultdict(set)
    with store.database.begin() as db:
        for talk, words in _rows(db):
            found[talk].update(TOKEN.findall(words))
    return [
        f"talk {talk} has {sorted(tokens)}" for talk, tokens in found.items() if len(tokens) > 1
    ]


def _rows(db: Any) -> Iterable[tuple[str, str]]:
    for table in (inbox, outbox, events):
        for row in db.execute(select(table)):
            yield row.talk, repr(tuple(row))
    for row in db.execute(select(talks)):
        yield row.id, repr(tuple(row))
