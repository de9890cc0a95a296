"""Brings check-ins that are due into the talk: taken from the queue every few seconds, held as a turn, sent."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from bot.turns.delivery import Delivery
from bot.turns.repeating import Repeating
from coach.store.checkins import CheckIns
from coach.store.turn import Waiting

log = logging.getLogger("padwijzer.checkins")

EVERY = 5.0
"""Seconds between two looks at the queue."""
AT_ONCE = 2
"""Turns of check-ins at the same time, so that people who talk do not wait for them."""
MOST = 20
"""Check-ins that one look takes: what a copy that dies leaves to the others."""


class ComingBack:
    def __init__(
        self,
        delivery: Delivery,
        queue: CheckIns,
        *,
        now: Callable[[], datetime],
        every: float = EVERY,
    ) -> None:
        self._delivery, self._queue = delivery, queue
        self._now = now
        self._places = asyncio.Semaphore(AT_ONCE)
        # the store may be away
        self._looks = Repeating(self._look, _failed, every=every)

    async def start(self) -> None:
        self._looks.start()

    async def stop(self) -> None:
        """End after the check-ins that are under way."""
        await self._looks.stop()

    async def sweep(self) -> int:
        """Take all that is due now, bring it into its talks, and send it; returns how many."""
        brought = 0
        while not self._looks.is_stopping:
            taken = await asyncio.to_thread(self._queue.take, self._now(), MOST)
            await asyncio.gather(*(self._bring(message) for message in taken))
            brought += len(taken)
            if len(taken) < MOST:
                break
        return brought

    async def _bring(self, message: Waiting) -> None:
        async with self._places:
            await self._delivery.hold(message)

    async def _look(self) -> None:
        if brought := await self.sweep():
            log.info("checkins.brought count=%s", brought)


def _failed(error: Exception) -> None:
    log.error("checkins.failed why=%s", type(error).__name__)
