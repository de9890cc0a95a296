"""What the service clears away by itself: talks whose time has come, and once a day what is too old."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy.engine import Engine

from bot.turns.repeating import Repeating
from coach.domain.checkin import AMSTERDAM
from coach.store import locks
from coach.store.clock import utc_now
from coach.store.privacy import Vault
from coach.store.remembered import Remembered
from coach.store.retention import expire
from coach.store.rounds import Rounds
from coach.store.tombstones import BadList
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
        erased: Path | None = None,
        every: float = EVERY,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database, self._vault, self._terms = database, Vault(database), terms
        self._rounds = Rounds(database)
        self._remembered = Remembered(database, erased) if erased else None
        self._now = now
        self._cleared_on: date | None = None
        self._looks = Repeating(self._look, _failed, every=every)

    async def start(self) -> None:
        """Before anybody talks: who is on the list of erased people is erased, also from a backup that was put back."""
        if self._remembered:
            await self._honour(self._remembered)
        self._looks.start()

    async def _honour(self, remembered: Remembered) -> None:
        try:
            again = await asyncio.to_thread(remembered.honour, self._now())
        except (BadList, OSError) as error:
            log.error("erased.unreadable why=%s", type(error).__name__)
            return
        if again:
            log.warning("talks.erased_again number=%s", again)

    async def stop(self) -> None:
        await self._looks.stop()

    def clear(self) -> None:
        """One look, by one copy of the service at a time; what is gone is not counted again."""
        with locks.hold_if_free(self._database, "housekeeping") as ours:
            if ours:
                self._clear(self._now())

    def _clear(self, now: datetime) -> None:
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

    async def _look(self) -> None:
        await asyncio.to_thread(self.clear)
        if self._remembered:
            await asyncio.to_thread(self._remembered.write)


def _failed(error: Exception) -> None:
    log.error("housekeeping.failed why=%s", type(error).__name__)
