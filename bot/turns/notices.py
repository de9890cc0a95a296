"""Tells the desk by e-mail that somebody waits: one copy of the service at a time, and again when it failed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from sqlalchemy.engine import Engine

from coach.desk.notice import Post, notice
from coach.settings import Settings
from coach.store import locks
from coach.store.advisers import Advisers
from coach.store.handovers import Handovers

log = logging.getLogger("padwijzer.notices")

EVERY = 5.0
"""Seconds between two looks at who waits."""
LONGEST_WAIT = 300.0
"""Seconds between two attempts while the mail server is away."""


class Notices:
    def __init__(
        self,
        database: Engine,
        settings: Settings,
        *,
        now: Callable[[], datetime],
        every: float = EVERY,
    ) -> None:
        self._database, self._mail, self._now = database, settings.mail, now
        self._every = self._wait = every
        self._address = f"{settings.base_url}/desk/overdrachten"
        self._handovers = Handovers(database)
        self._advisers = Advisers(database)
        self._stopping = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None

    async def start(self) -> None:
        if self._mail.host:
            self._loop = asyncio.create_task(self._repeat())

    async def stop(self) -> None:
        self._stopping.set()
        if self._loop:
            await self._loop

    def send(self) -> int:
        """Mail about who came since the last time; how many mails. What was not sent stays to be sent.

        A copy that dies between sending and noting it sends once more: better twice than never.
        """
        with locks.hold_if_free(self._database, "desk notices") as ours:
            keys = self._handovers.unnoticed() if ours else []
            if not keys:
                return 0
            mails = self._mails(keys)
            with Post(self._mail) as post:
                for to, number in mails:
                    post.send(to, *notice(number, self._address))
            self._handovers.noticed(keys, self._now())
            return len(mails)

    def _mails(self, keys: list[str]) -> list[tuple[str, int]]:
        """To whom, and how many wait for them."""
        if self._mail.desk:
            return [(self._mail.desk, self._handovers.waiting())]
        everybody = self._advisers.all()
        numbers = {a.email: self._handovers.waiting_for(a, keys) for a in everybody}
        return [(email, number) for email, (number, concerned) in numbers.items() if concerned]

    async def _repeat(self) -> None:
        while not self._stopping.is_set():
            try:
                if sent := await asyncio.to_thread(self.send):
                    log.info("notices.sent mails=%s", sent)
                self._wait = self._every
            except Exception as error:  # tried again; the desk says that mail does not arrive
                self._wait = min(LONGEST_WAIT, 2 * self._wait)
                log.error("notices.failed why=%s", type(error).__name__)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._wait)
