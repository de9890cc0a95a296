"""What the service clears away by itself: talks whose time has come, and once a day what is too old."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime

from sqlalchemy.engine import Engine

from coach.domain.checkin import AMSTERDAM
from coach.store.privacy import Vault
from coach.store.retention import expire
from coach.store.rounds import Rounds
from coach.usecases.privacy import Terms

log = logging.getLogger("padwijzer.housekeeping")

EVERY = 30.0
"""Seconds between two looks at what is due."""


class Housekeeping:
    def __init__(
        self,
        database: Engine,
        terms: Terms,
        *,
        every: float = EVERY,
        now: Callable[[], datetime] = lambda: datetime.now(UTC).replace(tzinfo=None),
    ) -> None:
        self._database, self._vault, self._terms = database, Vault(database), terms
        self._rounds = Rounds(database)
        self._every, self._now = every, now
        self._cleared_on: date | None = None
        self._stopping = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop().create_task(self._repeat())

    async def stop(self) -> None:
        self._stopping.set()
        if self._loop:
            await self._loop

    def clear(self) -> None:
        """One look: safe in every copy of the service, for what is gone is not counted again."""
        now = self._now()
        forgotten = self._vault.forget_due(now)
        if forgotten:
            log.info("talks.forgotten number=%s", forgotten)
        self._close_rounds(now)
        if self._cleared_on != now.date():
            done = expire(self._database, self._terms, now)
            log.info("retention.done %s", " ".join(f"{k}={v}" for k, v in done.items()))
            self._cleared_on = now.date()

    def _close_rounds(self, now: datetime) -> None:
        """Rounds whose last day is past, by the days of our users; two copies may try, and one does."""
        today = now.replace(tzinfo=UTC).astimezone(AMSTERDAM).date()
        closed = sum(self._rounds.close(key, now) for key in self._rounds.due(today))
        if closed:
            log.info("rounds.closed number=%s", closed)

    async def _repeat(self) -> None:
        while not self._stopping.is_set():
            try:
                await asyncio.to_thread(self.clear)
            except Exception as error:  # told and tried again at the next look
                log.error("housekeeping.failed why=%s", type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._every)
