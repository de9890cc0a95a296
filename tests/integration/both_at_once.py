"""Pairs of messages of one talk that come to two copies of the service at the same moment, and what must be true of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import httpx
from sqlalchemy import select
from sqlalchemy.engine import Engine, Row

from coach.store.tables import events, inbox, outbox, talks

PATH = "/webhooks/rest/webhook"
TYPED = ("wat bedoel je met vraag {n}", "waarom wil je dat weten, keer {n}", "hoeveel nog na {n}")


@dataclass
class Pairs:
    """One person who says two things at once, again and again, each to another copy."""

    http: httpx.AsyncClient
    urls: Sequence[str]
    sender: str
    sent: int = 0

    async def send(self, pairs: int) -> None:
        for _ in range(pairs):
            self.sent += 1
            await asyncio.gather(*(self._say(url, at) for at, url in enumerate(self.urls)))

    async def _say(self, url: str, at: int) -> None:
        said = TYPED[(self.sent + at) % len(TYPED)].format(n=self.sent)
        message = {"sender": self.sender, "message": said, "message_id": f"{self.sent}:{at}"}
        answer = await self.http.post(url + PATH, json=message)
        answer.raise_for_status()
        assert len(answer.json()) > 1, "no answer, but for the state"

    def faults(self, eyes: Engine, talk: str) -> list[str]:
        """What is not as it should be."""
        said = _rows(eyes, inbox, talk)
        replies, turns = _rows(eyes, outbox, talk), _rows(eyes, events, talk)
        with eyes.connect() as db:
            now = db.execute(select(talks).where(talks.c.id == talk)).one()
        ids = [f"{n}:{at}" for n in range(1, self.sent + 1) for at in range(len(self.urls))]
        in_order = [int(row.message_id.split(":")[0]) for row in sorted(said, key=lambda r: r.line)]
        lines = sorted(row.line for row in (*said, *replies))
        checks = {
            "a message is lost or doubled": sorted(r.message_id for r in said) == sorted(ids),
            "a message was not answered": {row.status for row in said} == {"done"},
            "a message has no reply": {row.inbox for row in replies} == {row.id for row in said},
            "a turn has no effect or two": now.seq == len(said) == len({r.seq for r in turns}),
            "a line is lost or doubled": lines == list(range(1, now.lines + 1)),
            "a pair overtook another": in_order == sorted(in_order),
        }
        return [what for what, fine in checks.items() if not fine]


def _rows(eyes: Engine, table: object, talk: str) -> Sequence[Row]:
    with eyes.connect() as db:
        return db.execute(select(table).where(table.c.talk == talk)).all()  # type: ignore[attr-defined]
