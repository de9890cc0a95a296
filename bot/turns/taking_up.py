"""Takes up messages whose copy of the service is gone, or whose turn could not be stored: any copy may, within seconds.

A message that waits at two looks, while nobody holds its talk, has nobody. No clock is asked, because copies run on
machines whose clocks differ.
"""

from __future__ import annotations

import asyncio
import logging

from bot.turns.delivery import Delivery
from bot.turns.repeating import Repeating
from coach.store.ledger import Ledger
from coach.store.turn import Waiting

log = logging.getLogger("padwijzer.taking_up")

EVERY = 1.0
"""Seconds between two looks."""
LOOKS = 2
"""At so many looks a message has to wait before it is taken up; four times as many after each attempt."""
MOST = 200


class TakingUp:
    def __init__(self, delivery: Delivery, ledger: Ledger, *, every: float = EVERY) -> None:
        self._delivery, self._ledger = delivery, ledger
        self._seen: dict[int, int] = {}
        # the store may be away
        self._looks = Repeating(self._take_up, _failed, every=every, first_after=every)

    async def start(self) -> None:
        self._looks.start()

    async def stop(self) -> None:
        """End after the turns that are under way."""
        await self._looks.stop()

    async def look(self) -> int:
        """Take up what waited long enough; returns in how many talks."""
        waiting = await asyncio.to_thread(self._ledger.waiting, MOST)
        self._seen = {message.id: self._seen.get(message.id, 0) + 1 for message in waiting}
        # the last one of a talk brings the earlier ones along
        due = {message.talk: message for message in waiting if self._is_due(message)}
        taken = await asyncio.gather(*map(self._delivery.take_up, due.values()))
        return sum(taken)

    def _is_due(self, message: Waiting) -> bool:
        return self._seen[message.id] >= LOOKS * 4**message.attempts

    async def _take_up(self) -> None:
        if taken := await self.look():
            log.info("inbox.taken_up talks=%s", taken)


def _failed(error: Exception) -> None:
    log.error("inbox.failed why=%s", type(error).__name__)
