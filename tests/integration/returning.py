"""Somebody who promised something, the bot that comes back to it, and a clock that the test moves."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.engine import Row
from talking import Person, Store, texts

from bot.turns.checkins import ComingBack
from bot.turns.delivery import Delivery
from coach.store.tables import check_ins, outbox, plans

MONDAY = datetime(2026, 12, 7, 9, 30)
"""Half past ten in the Netherlands."""


class Clock:
    """The time of the product, as far as the test has moved it."""

    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self) -> datetime:
        return self.now

    def to(self, day: date, hour: int = 10) -> None:
        self.now = datetime(day.year, day.month, day.day, hour)


class Came:
    """Somebody who promised a step, and the copy of the service that comes back to it."""

    def __init__(self, person: Person, store: Store, clock: Clock) -> None:
        self.person, self.store, self.clock = person, store, clock
        delivery = Delivery(person.turns, store.ledger)
        self.coming = ComingBack(delivery, store.check_ins, now=clock)

    async def promise(self, *, consent: bool = True) -> None:
        await self.person.reach("done", consent=consent)

    async def come_back(self) -> list[str]:
        """Move to the day of the check-in and let the bot come; returns what it says."""
        self.clock.to(self.queue[-1].due_at.date(), 11)
        return await self.sweep()

    async def sweep(self) -> list[str]:
        before = self.store.count(outbox)
        await self.coming.sweep()
        return [row.message.get("text", "") for row in self.store.rows(outbox)[before:]]

    async def say(self, text: str) -> str:
        return "\n".join(texts(await self.person.say(text)))

    async def press(self, *values: str) -> str:
        said: list[str] = []
        for value in values:
            said = texts(await self.person.press(value))
        return "\n".join(said)

    @property
    def queue(self) -> list[Row]:
        return list(self.store.rows(check_ins))

    @property
    def states(self) -> list[str]:
        return [row.state for row in self.queue]

    @property
    def plan(self) -> Row:
        return self.store.rows(plans)[-1]
