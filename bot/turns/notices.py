"""Tells the desk by e-mail that somebody waits: one copy of the service at a time, and again when it failed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.engine import Engine

from bot.turns.repeating import Repeating
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
        self._address = f"{settings.base_url}/desk/overdrachten"
        self._handovers = Handovers(database)
        self._advisers = Advisers(database)
        self._looks = Repeating(self._look, _failed, every=every, longest=LONGEST_WAIT)

    async def start(self) -> None:
        if self._mail.host:
            self._looks.start()

    async def stop(self) -> None:
        await self._looks.stop()

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

    async def _look(self) -> None:
        if sent := await asyncio.to_thread(self.send):
            log.info("notices.sent mails=%s", sent)


def _failed(error: Exception) -> None:
    """The desk says that mail does not arrive."""
    log.error("notices.failed why=%s", type(error).__name__)
