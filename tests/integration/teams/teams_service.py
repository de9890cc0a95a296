"""One run of the service as far as Teams is concerned, over the real turns and a real database."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
from microsoft import APP, Json, Microsoft, Post
from sqlalchemy import func, select
from starlette.applications import Starlette
from talking import SECRET, Store, value_of

from bot.channels import state
from bot.channels.guard import Guard
from bot.channels.pictures import Pictures
from bot.channels.teams.door import TeamsDoor
from bot.engine import Engine
from bot.turns.delivery import Delivery
from bot.turns.worker import Turns
from coach.domain.content import Content
from coach.store.tables import inbox, outbox

PATH = "/webhooks/teams"
PERSON = "7faf8ab2-3d56-4244-b585-20c8a42ed2b8"
"""Who talks in the recordings."""


class Clock:
    """The time as the delivery sees it; a test moves it on."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 5, 9, 0)

    def __call__(self) -> datetime:
        return self.time

    def wait(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


class Service:
    """One run of the service, as far as Teams is concerned."""

    def __init__(
        self, engine: Engine, store: Store, content: Content, microsoft: Microsoft, burst: int
    ) -> None:
        self.store, self.microsoft, self.clock = store, microsoft, Clock()
        self.turns = Turns(engine, store.ledger, SECRET)
        self.delivery = Delivery(self.turns, store.ledger, now=self.clock)
        self.guard = Guard(burst=burst)
        self.door = TeamsDoor(
            self.turns, self.guard, self.delivery, APP, Pictures(content).describe, microsoft.cloud
        )
        self.delivery.register(self.door.channel, self.door.pusher)
        transport = httpx.ASGITransport(Starlette(routes=self.door.routes()))
        self._client = httpx.AsyncClient(transport=transport, base_url="http://bot.test")

    async def receive(
        self, activity: Any, token: str | None = "valid", **headers: str
    ) -> httpx.Response:
        """An activity comes in, with a valid token unless the test has another."""
        if token == "valid":
            token = self.microsoft.token()
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        headers["content-type"] = "application/json; charset=utf-8"
        sent = {name: value.encode("latin-1") for name, value in headers.items()}
        body = json.dumps(activity)  # also what is no character, which httpx would not send
        return await self._client.post(PATH, content=body, headers=sent)

    async def say(self, text: str, **other: Any) -> list[Post]:
        """Somebody types; returns what came back."""
        return await self._exchange(self.microsoft.recorded("message", text=text, **other))

    async def press(self, button: Json, **other: Any) -> list[Post]:
        """Somebody uses a button, as Teams does it: the text and the value of its messageBack come back."""
        back = button["data"]["msteams"]
        activity = self.microsoft.recorded("message", text=back["text"], value=back["value"])
        return await self._exchange({**activity, **other})

    async def _exchange(self, activity: Json) -> list[Post]:
        before = len(self.microsoft.posts)
        response = await self.receive({**activity, "id": activity_id()})
        assert response.status_code == 200, response.text
        await self.settled()
        return self.microsoft.posts[before:]

    async def settled(self) -> None:
        """Until everything that was taken in is answered and sent; a test that waits too long fails."""
        for _ in range(1000):
            if not self._count(inbox, inbox.c.status == "new") and not self.unsent():
                return
            await asyncio.sleep(0.01)
        raise AssertionError("something was not answered")

    def unsent(self) -> int:
        return self._count(outbox, outbox.c.sent.is_(False))

    def _count(self, table: Any, where: Any) -> int:
        with self.store.database.begin() as db:
            return int(db.execute(select(func.count()).select_from(table).where(where)).scalar())

    async def close(self) -> None:
        await self._client.aclose()
        await self.delivery.stop()
        await self.door.stop()
        self.turns.close()


def activity_id() -> str:
    return f"f:{uuid4()}"


def offered(posts: list[Post]) -> dict[str, Json]:
    """The buttons of an answer by the value that they carry."""
    actions = [a for post in posts for a in post.buttons if "msteams" in a.get("data", {})]
    return {value_of(a["data"]["msteams"]["value"]["payload"]): a for a in actions}


async def phase(service: Service) -> str:
    return str((await report(service))["phase"])


async def report(service: Service) -> Json:
    """How the talk of the person in the recordings stands."""
    talk = await service.turns.find_talk("teams", PERSON)
    assert talk is not None
    return dict(state.report(talk.state))
