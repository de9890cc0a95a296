"""Brings check-ins that are due into the talk: taken from the queue every few seconds, held as a turn, sent."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from bot.turns.delivery import Delivery
from bot.turns.worker import Turns
from coach.store.checkins import CheckIns
from coach.store.ledger import Waiting

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
        turns: Turns,
        delivery: Delivery,
        queue: CheckIns,
        *,
        now: Callable[[], datetime],
        every: float = EVERY,
    ) -> None:
        self._turns, self._delivery, self._queue = turns, delivery, queue
        self._now, self._every = now, every
        self._places = asyncio.Semaphore(AT_ONCE)
        self._stopping = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._loop = asyncio.create_task(self._repeat())

    async def stop(self) -> None:
        """End after the check-ins that are under way."""
        self._stopping.set()
        if self._loop:
            await self._loop

    async def sweep(self) -> int:
        """Take all that is due now, bring it into its talks, and send it; returns how many."""
        brought = await self._take_up_left()
        while not self._stopping.is_set():
            taken = await asyncio.to_thread(self._queue.take, self._now(), MOST)
            await asyncio.gather(*(self._bring(message) for message in taken))
            brought += len(taken)
            if len(taken) < MOST:
                break
        return brought

    async def _take_up_left(self) -> int:
        left = await asyncio.to_thread(self._queue.left, self._now())
        for message in left:
            await self._turns.tried(message)
            await self._bring(message)
        return len(left)

    async def _bring(self, message: Waiting) -> None:
        async with self._places:
            await self._delivery.hold(message)

    async def _repeat(self) -> None:
        while not self._stopping.is_set():
            try:
                if brought := await self.sweep():
                    log.info("checkins.brought count=%s", brought)
            except Exception as error:  # the store may be away; tried again at the next look
                log.error("checkins.failed why=%s", type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._every)
