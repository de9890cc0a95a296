"""What the service clears away by itself: talks whose time has come, and once a day what is too old."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime

from sqlalchemy.engine import Engine

from coach.store.privacy import Vault
from coach.store.retention import expire
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
        if self._cleared_on != now.date():
            done = expire(self._database, self._terms, now)
            log.info("retention.done %s", " ".join(f"{k}={v}" for k, v in done.items()))
            self._cleared_on = now.date()

    async def _repeat(self) -> None:
        while not self._stopping.is_set():
            try:
                await asyncio.to_thread(self.clear)
            except Exception as error:  # told and tried again at the next look
                log.error("housekeeping.failed why=%s", type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._every)
